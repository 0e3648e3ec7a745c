//! Hosted zones.

use std::collections::{BTreeMap, BTreeSet};

use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::ops::vpcs;
use crate::shapes::zone::{
    ChangeInfo, DelegationSet, HostedZone, HostedZoneConfig, HostedZoneConfigGiven, Vpc, VpcGiven,
};
use crate::state::{State, submit};
use crate::zone::{Zone, first_records};
use crate::{ids, name};

/// How many an account may have (developer guide, "Quotas"; adjustable in reality).
const ZONES_MAX: usize = 500;
/// Characters of a comment, and of a caller reference.
const COMMENT_MAX: usize = 256;
const REFERENCE_MAX: usize = 128;

/// Domains of which no public zone can be made here or there: AWS's own, and the one for documents.
const RESERVED: [&str; 2] = ["amazonaws.com.", "example.com."];

fn comment(given: Option<String>) -> Result<Option<String>, ApiError> {
    if given.as_ref().is_some_and(|text| text.chars().count() > COMMENT_MAX) {
        let message = format!("The comment has more than {COMMENT_MAX} characters.");
        return Err(invalid(message));
    }
    Ok(given.filter(|text| !text.is_empty()))
}

/// A zone as the API tells of it.
pub(crate) fn told(id: &str, zone: &Zone) -> HostedZone {
    HostedZone {
        id: format!("/hostedzone/{id}"),
        name: zone.name.clone(),
        caller_reference: zone.caller_reference.clone(),
        config: Some(HostedZoneConfig {
            comment: zone.comment.clone(),
            private_zone: Some(zone.is_private()),
        }),
        resource_record_set_count: i64::try_from(zone.records.len()).ok(),
    }
}

fn delegation(zone: &Zone) -> Option<DelegationSet> {
    let set = DelegationSet { name_servers: zone.name_servers.to_vec() };
    Some(set).filter(|_| !zone.is_private())
}

fn bad_name(message: String) -> ApiError {
    ApiError::new(400, "InvalidDomainName", message)
}

/// Whether a zone of this name may be made, as private or public as it is said to be.
fn permitted(name: &str, private: Option<bool>, has_network: bool) -> Result<(), ApiError> {
    match (private, has_network) {
        (Some(true), false) => Err(invalid(
            "When you're creating a private hosted zone (when you specify true for PrivateZone), you \
             must also specify values for VPCId and VPCRegion.",
        )),
        (Some(false), true) => Err(invalid(
            "A hosted zone that is associated with a VPC is private: PrivateZone cannot be false.",
        )),
        (_, false) if RESERVED.iter().any(|own| name::within(name, own)) => {
            Err(bad_name(format!("{} is reserved by AWS!", name.trim_end_matches('.'))))
        }
        _ => Ok(()),
    }
}

sim::operation! {
    /// Makes a hosted zone: a public one, or one that a network alone knows.
    write CreateHostedZone in "route53" = "POST /2013-04-01/hostedzone" (201);
    input {
        /// The domain that its records are in.
        name: String => "Name",
        /// The network that is to know it; without one it is public.
        vpc: Option<VpcGiven> => "VPC",
        /// What makes the request one of its own.
        caller_reference: String => "CallerReference",
        /// More about it.
        config: Option<HostedZoneConfigGiven> => "HostedZoneConfig",
        /// A delegation set that can be used again; not simulated.
        _delegation_set_id: Refused<String> => "DelegationSetId",
    }
    output CreateHostedZoneResponse {
        /// The zone.
        pub zone: Option<HostedZone> => "HostedZone",
        /// The change that makes it known.
        pub change: Option<ChangeInfo> => "ChangeInfo",
        /// Its name servers, of a public zone.
        pub delegation_set: Option<DelegationSet> => "DelegationSet",
        /// The network that knows it, of a private zone.
        pub vpc: Option<Vpc> => "VPC",
        /// Its address in the API.
        pub location: Option<String> => "Location" Header("Location"),
    }
    errors [
        "ConflictingDomainExists", "HostedZoneAlreadyExists", "InvalidDomainName", "InvalidInput",
        "InvalidVPCId", "TooManyHostedZones",
    ]
    access { "route53:CreateHostedZone" on "*" }
    takes time
}

impl Write for CreateHostedZone {
    type Output = CreateHostedZoneResponse;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let config = self.config.unwrap_or_default();
        let comment = comment(config.comment)?;
        let length = self.caller_reference.chars().count();
        if length == 0 || length > REFERENCE_MAX {
            return Err(invalid(format!(
                "The caller reference must have 1 to {REFERENCE_MAX} characters."
            )));
        }
        let name = name::parse(&self.name).map_err(bad_name)?;
        let network = self.vpc.map(|vpc| vpcs::network(world, cx, vpc)).transpose()?;
        permitted(&name, config.private_zone, network.is_some())?;
        let state = world.get::<State>();
        if state.zones.values().any(|zone| zone.caller_reference == self.caller_reference) {
            let message =
                "A hosted zone has already been created with the specified caller reference.";
            return Err(ApiError::new(409, "HostedZoneAlreadyExists", message));
        }
        if let Some(network) = &network {
            vpcs::free(state, &name, network)?;
        }
        if state.zones.len() >= ZONES_MAX {
            let message = format!("You have reached the limit of {ZONES_MAX} hosted zones.");
            return Err(ApiError::new(400, "TooManyHostedZones", message));
        }
        let (state, rng) = world.parts::<State>();
        let id = ids::id(rng, 'Z');
        let name_servers = match network {
            Some(_) => ids::private_name_servers(),
            None => ids::name_servers(rng),
        };
        let zone = Zone {
            number: state.made,
            records: first_records(&name, &name_servers),
            name,
            caller_reference: self.caller_reference,
            comment,
            networks: network.clone().map(|network| BTreeSet::from([network])),
            name_servers,
            live: None,
            tags: BTreeMap::new(),
        };
        let answer = CreateHostedZoneResponse {
            zone: Some(told(&id, &zone)),
            change: None,
            delegation_set: delegation(&zone),
            vpc: network.map(|(region, vpc)| Vpc { region: Some(region), id: Some(vpc) }),
            location: Some(format!("https://route53.amazonaws.com/2013-04-01/hostedzone/{id}")),
        };
        state.made += 1;
        state.zones.insert(id.clone(), zone);
        Ok(CreateHostedZoneResponse { change: Some(submit(world, Some(&id), None)), ..answer })
    }
}

sim::operation! {
    /// Tells of a hosted zone.
    read GetHostedZone in "route53" = "GET /2013-04-01/hostedzone/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetHostedZoneResponse {
        /// The zone.
        pub zone: Option<HostedZone> => "HostedZone",
        /// Its name servers, of a public zone.
        pub delegation_set: Option<DelegationSet> => "DelegationSet",
        /// The networks that know it, of a private zone.
        pub vpcs: Option<Vec<Vpc>> => "VPCs" XmlList("VPCs", "VPC"),
    }
    errors ["InvalidInput", "NoSuchHostedZone"]
    access { "route53:GetHostedZone" on "arn:aws:route53:::hostedzone/{Id}" }
}

impl Read for GetHostedZone {
    type Output = GetHostedZoneResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.id);
        let zone = world.get::<State>().zone(id)?;
        let vpc = |(region, vpc): &(String, String)| Vpc {
            region: Some(region.clone()),
            id: Some(vpc.clone()),
        };
        Ok(GetHostedZoneResponse {
            zone: Some(told(id, zone)),
            delegation_set: delegation(zone),
            vpcs: zone.networks.as_ref().map(|all| all.iter().map(vpc).collect()),
        })
    }
}

sim::operation! {
    /// Removes a hosted zone that has no records but those it began with.
    write DeleteHostedZone in "route53" = "DELETE /2013-04-01/hostedzone/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output DeleteHostedZoneResponse {
        /// The change that makes it unknown.
        pub change: Option<ChangeInfo> => "ChangeInfo",
    }
    errors ["HostedZoneNotEmpty", "InvalidDomainName", "InvalidInput", "NoSuchHostedZone"]
    access { "route53:DeleteHostedZone" on "arn:aws:route53:::hostedzone/{Id}" }
}

impl Write for DeleteHostedZone {
    type Output = DeleteHostedZoneResponse;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.id);
        let zone = world.get::<State>().zone(id)?;
        let apex = name::order(&zone.name);
        let required =
            |key: &crate::zone::Key| key.order == apex && matches!(key.kind, "NS" | "SOA");
        if !zone.records.keys().all(required) {
            let message = "The specified hosted zone contains non-required resource record sets and \
                           so cannot be deleted.";
            return Err(ApiError::new(400, "HostedZoneNotEmpty", message));
        }
        world.get_mut::<State>().zones.remove(id);
        Ok(DeleteHostedZoneResponse { change: Some(submit(world, None, None)) })
    }
}

sim::operation! {
    /// Changes what a hosted zone is said to be for.
    write UpdateHostedZoneComment in "route53" = "POST /2013-04-01/hostedzone/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
        /// The comment; without one there is none any more.
        comment: Option<String> => "Comment",
    }
    output UpdateHostedZoneCommentResponse {
        /// The zone.
        pub zone: Option<HostedZone> => "HostedZone",
    }
    errors ["InvalidInput", "NoSuchHostedZone"]
    access { "route53:UpdateHostedZoneComment" on "arn:aws:route53:::hostedzone/{Id}" }
}

impl Write for UpdateHostedZoneComment {
    type Output = UpdateHostedZoneCommentResponse;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.id);
        let comment = comment(self.comment)?;
        world.get::<State>().zone(id)?;
        let zone = world.get_mut::<State>().zone_mut(id)?;
        zone.comment = comment;
        Ok(UpdateHostedZoneCommentResponse { zone: Some(told(id, zone)) })
    }
}

sim::operation! {
    /// Counts the account's hosted zones.
    read GetHostedZoneCount in "route53" = "GET /2013-04-01/hostedzonecount";
    input {}
    output GetHostedZoneCountResponse {
        /// How many there are.
        pub count: i64 => "HostedZoneCount",
    }
    errors ["InvalidInput"]
    access { "route53:GetHostedZoneCount" on "*" }
}

impl Read for GetHostedZoneCount {
    type Output = GetHostedZoneCountResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let count = i64::try_from(world.get::<State>().zones.len()).unwrap_or(i64::MAX);
        Ok(GetHostedZoneCountResponse { count })
    }
}
