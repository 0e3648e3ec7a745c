//! Access logs: a line for each request, a file every five minutes of lab time.
//!
//! Source: the User Guide for Application Load Balancers, "Access logs".

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use aws::couriers;
use aws::delivery::{self, File, Interval, courier};
use aws::place::Place;
use aws::s3::delivery::lets_in;
use base::Time;
use base::rng::LOWER;
use sim::World;
use sim::api::ApiError;

use super::attributes::{self, BALANCER};
use super::balancer::Balancer;
use super::durations::LOG_INTERVAL;
use super::faults::configuration;
use super::state::State;

/// Whether log files can be put where these attributes say.
///
/// # Errors
/// The bucket is not there, or does not let them in.
pub(crate) fn check(
    world: &World,
    place: &Place,
    balancer: &Balancer,
    set: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let bucket = attributes::value(BALANCER, set, "access_logs.s3.bucket");
    let prefix = attributes::value(BALANCER, set, "access_logs.s3.prefix");
    if bucket.is_empty() {
        return Err(configuration(format!(
            "The access log bucket name must be specified for load balancer '{}'",
            balancer.arn
        )));
    }
    if prefix.contains("AWSLogs") {
        return Err(configuration("The access log prefix must not contain 'AWSLogs'"));
    }
    let key = format!("{}AWSLogs/{}/ELBAccessLogTestFile", folder(prefix), place.account);
    let by = courier(place, couriers::BALANCERS, &balancer.arn);
    if lets_in(world, &by, bucket, &key) {
        return Ok(());
    }
    Err(configuration(format!(
        "Access Denied for bucket: {bucket}. Please check S3bucket permission"
    )))
}

/// `prefix/`, or nothing.
fn folder(prefix: &str) -> String {
    let prefix = prefix.trim_matches('/');
    if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
}

/// Writes a line about a load balancer. The files end with round minutes.
pub(crate) fn write(world: &mut World, place: &Place, arn: &str, line: &str) {
    let span = i64::try_from(LOG_INTERVAL.as_millis()).unwrap_or(1);
    let until = Time((world.now().0.div_euclid(span) + 1) * span);
    let interval = Interval { log: arn.to_owned(), until };
    delivery::write(world, &interval, until, line, |world| begin(world, place, arn, until));
}

/// The file that ends then.
fn begin(world: &mut World, place: &Place, arn: &str, until: Time) -> File {
    let (state, rng) = world.parts::<State>();
    let tail = rng.text(LOWER, 8);
    let balancer = state.region(place).balancers.get(arn);
    let attribute = |key| balancer.map_or("", |balancer| balancer.attribute(key));
    let zone = balancer.and_then(|balancer| balancer.zones.first());
    let node = zone.map_or(Ipv4Addr::UNSPECIFIED, |zone| zone.public.unwrap_or(zone.private));
    let name = balancer.map_or(String::new(), |balancer| balancer.path().replace('/', "."));
    let (account, region) = (&place.account, &place.region);
    let key = format!(
        "{}AWSLogs/{account}/elasticloadbalancing/{region}/{}/{account}_elasticloadbalancing_\
         {region}_{name}_{}_{node}_{tail}.log.gz",
        folder(attribute("access_logs.s3.prefix")),
        until.format("%Y/%m/%d"),
        until.format("%Y%m%dT%H%MZ"),
    );
    File {
        by: courier(place, couriers::BALANCERS, arn),
        bucket: attribute("access_logs.s3.bucket").to_owned(),
        key,
        text: String::new(),
    }
}
