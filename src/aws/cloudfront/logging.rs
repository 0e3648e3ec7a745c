//! Standard logs: a line for each request of a viewer, in files in a bucket.
//!
//! Source: developer guide, "Configure standard logging (legacy)" and "Standard logging reference". There
//! are "up to several" files an hour, "usually within an hour" of what is in them; here there is one for
//! each quarter of an hour, five minutes after its end.

use std::time::Duration;

use serde_json::{Value, json};

use crate::edge::origin::bucket;
use crate::faults::invalid;
use crate::shapes::distribution::{DistributionConfig, LoggingConfig};
use crate::state::State;
use aws::couriers::{self, EDGES_ID};
use aws::delivery::{self, File, Interval, courier};
use aws::place::Place;
use base::Time;
use base::rng::HEX;
use sim::api::ApiError;
use sim::{Cx, World};

/// What a file is about, in milliseconds.
const INTERVAL_MS: i64 = 15 * 60 * 1000;
/// From the end of that until it is delivered.
const DELAY: Duration = Duration::from_mins(5);

/// The names of the fields, in their order.
const HEAD: &str = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method \
                    cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query \
                    cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol \
                    cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher \
                    x-edge-response-result-type cs-protocol-version fle-status \
                    fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type \
                    sc-content-type sc-content-len sc-range-start sc-range-end\n";

/// The logging of a configuration, where it is switched on.
pub(crate) fn of(config: &DistributionConfig) -> Option<&LoggingConfig> {
    config.logging.as_ref().filter(|logging| logging.enabled == Some(true))
}

/// Lets the log's writer into the bucket, in the name of whoever asks: its ACL gets a grant, as on AWS.
///
/// # Errors
/// There is no such bucket, it has its ACLs switched off, or the caller may not change them.
pub(crate) fn open_bucket(
    world: &mut World,
    cx: &Cx<'_>,
    config: &DistributionConfig,
) -> Result<(), ApiError> {
    let Some(logging) = of(config) else { return Ok(()) };
    let domain = logging.bucket.as_deref().unwrap_or_default();
    let unknown = || invalid("The parameter Logging Bucket does not refer to a valid S3 bucket.");
    let (name, region) = bucket(domain).ok_or_else(unknown)?;
    let cx = Cx { region, ..*cx };
    let refused = |error: ApiError| match error.code.as_str() {
        "NoSuchBucket" => unknown(),
        "AccessControlListNotSupported" => invalid(format!(
            "The S3 bucket that you specified for CloudFront logs does not enable ACL access: {domain}"
        )),
        "AccessDenied" => {
            let message = format!(
                "You don't have permission to access the S3 bucket for CloudFront logs: {domain} If \
                 you're using IAM, you need s3:GetBucketAcl and s3:PutBucketAcl permissions to create a \
                 distribution or to update log settings for an existing distribution. In addition, the \
                 S3 ACL for the bucket must grant you FULL_CONTROL."
            );
            ApiError::new(403, "AccessDenied", message)
        }
        _ => error,
    };
    let mut acl =
        world.call(&cx, "s3", "GetBucketAcl", json!({"Bucket": name})).map_err(refused)?;
    let grant = json!({
        "Grantee": {"Type": "CanonicalUser", "ID": EDGES_ID}, "Permission": "FULL_CONTROL",
    });
    let is_own =
        |one: &Value| one["Grantee"]["ID"] == EDGES_ID && one["Permission"] == "FULL_CONTROL";
    let Some(grants) = acl["Grants"].as_array_mut() else { return Err(unknown()) };
    if grants.iter().any(is_own) {
        return Ok(());
    }
    grants.push(grant);
    let put = json!({"Bucket": name, "AccessControlPolicy": acl});
    world.call(&cx, "s3", "PutBucketAcl", put).map_err(refused)?;
    Ok(())
}

/// Writes a line to the log of a distribution.
pub(crate) fn write(
    world: &mut World,
    (id, arn): (&str, &str),
    logging: &LoggingConfig,
    at: Time,
    line: &str,
) {
    let begun = at.0.div_euclid(INTERVAL_MS) * INTERVAL_MS;
    let until = Time(begun + INTERVAL_MS);
    let interval = Interval { log: arn.to_owned(), until };
    delivery::write(world, &interval, until.plus(DELAY), line, |world| {
        let domain = logging.bucket.as_deref().unwrap_or_default();
        let (name, region) = bucket(domain).unwrap_or_default();
        let place = Place { account: world.config().account.clone(), region: region.to_owned() };
        let prefix = logging.prefix.as_deref().unwrap_or_default();
        let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
        let tail = world.rng::<State>().text(HEX, 8);
        let hour = Time(begun).format("%Y-%m-%d-%H");
        File {
            by: courier(&place, couriers::EDGES, arn),
            bucket: name.to_owned(),
            key: format!("{prefix}{slash}{id}.{hour}.{tail}.gz"),
            text: HEAD.to_owned(),
        }
    });
}
