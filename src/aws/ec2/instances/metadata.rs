//! How an instance's metadata service may be asked.

use super::super::error::{invalid_value, refuse};
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::machine::{MetadataAccess, Phase};
use super::super::portrait;
use super::super::shapes::image::Image;
use super::super::shapes::instance::InstanceMetadataOptionsResponse;
use super::super::shapes::launch::InstanceMetadataOptionsRequest;
use super::super::state::change;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

/// Hops that the answer of a token may go (EC2 API reference, `InstanceMetadataOptionsRequest`).
const HOPS: std::ops::RangeInclusive<i64> = 1..=64;

/// What a launch from an image begins with: one that says so takes tokens only, and lets their answers
/// go two hops (EC2 User Guide, "Configure the instance metadata options").
pub(super) fn of_image(image: &Image) -> MetadataAccess {
    let second = image.imds_support.as_deref() == Some("v2.0");
    MetadataAccess {
        enabled: true,
        token_required: second,
        hop_limit: if second { 2 } else { 1 },
        tags: false,
    }
}

/// What a request makes of it.
///
/// # Errors
/// `InvalidParameterValue`, and `UnsupportedOperation` for the IPv6 endpoint.
pub(super) fn with(
    before: MetadataAccess,
    given: &InstanceMetadataOptionsRequest,
) -> Result<MetadataAccess, ApiError> {
    let mut after = before;
    let switch = |text: &str, name: &str| match text {
        "enabled" => Ok(true),
        "disabled" => Ok(false),
        other => Err(invalid_value(other, name, "")),
    };
    if let Some(tokens) = &given.http_tokens {
        after.token_required = match tokens.as_str() {
            "required" => true,
            "optional" => false,
            other => return Err(invalid_value(other, "HttpTokens", "")),
        };
    }
    if let Some(limit) = given.http_put_response_hop_limit {
        if !HOPS.contains(&limit) {
            let more = "Must be between 1 and 64.";
            return Err(invalid_value(&limit.to_string(), "HttpPutResponseHopLimit", more));
        }
        after.hop_limit = limit;
    }
    if let Some(endpoint) = &given.http_endpoint {
        after.enabled = switch(endpoint, "HttpEndpoint")?;
    }
    if let Some(tags) = &given.instance_metadata_tags {
        after.tags = switch(tags, "InstanceMetadataTags")?;
    }
    if given.http_protocol_ipv6.as_deref().is_some_and(|six| six != "disabled") {
        let message = "The IPv6 endpoint of the metadata service is not simulated here";
        return Err(refuse("UnsupportedOperation", message));
    }
    Ok(after)
}

sim::operation! {
    /// Modify the instance metadata parameters on a running or stopped instance.
    write ModifyInstanceMetadataOptions in "ec2" = "";
    input {
        ..dry: Dry,
        ..options: InstanceMetadataOptionsRequest,
        /// The ID of the instance.
        instance_id: String => "InstanceId",
    }
    output ModifyInstanceMetadataOptionsOutput {
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The metadata options for the instance.
        pub instance_metadata_options: InstanceMetadataOptionsResponse =>
            "InstanceMetadataOptions",
    }
    errors [
        "IncorrectInstanceState",
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "InvalidParameterValue",
    ]
    access {
        "ec2:ModifyInstanceMetadataOptions" on
            "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
    }
}

impl Write for ModifyInstanceMetadataOptions {
    type Output = ModifyInstanceMetadataOptionsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let machine = change.region.instances.get_mut(&self.instance_id);
            let machine = machine.ok_or_else(|| Kind::Instance.none(&self.instance_id))?;
            if !matches!(machine.phase, Phase::Pending | Phase::Running | Phase::Stopped) {
                let message = format!(
                    "The instance '{}' is not in a state from which its metadata options can be modified.",
                    machine.id
                );
                return Err(refuse("IncorrectInstanceState", message));
            }
            let after = with(machine.metadata, &self.options)?;
            self.dry.stop()?;
            machine.metadata = after;
            Ok(ModifyInstanceMetadataOptionsOutput {
                instance_id: self.instance_id.clone(),
                instance_metadata_options: portrait::metadata(after),
            })
        })
    }
}
