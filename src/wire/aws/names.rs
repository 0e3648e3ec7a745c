//! The names that AWS's services have: which service and region a host means.
//!
//! From the endpoint tables of the AWS General Reference (`SERVICE.REGION.amazonaws.com`, dual-stack and
//! FIPS variants) and S3's User Guide (a bucket before `s3`, dashes before a region). Every name of
//! AWS's API is read, simulated or not: none of them may reach the real network from a lab.

use super::route::{self, Target};
use crate::codec::Head;
use sim::api::Service;

/// The domains of AWS's APIs.
pub const DOMAINS: [&str; 4] = ["amazonaws.com", "amazonaws.com.cn", "api.aws", "amazonaws.eu"];

/// What a host name says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// The endpoint's prefix: `s3`, `dynamodb`, `s3-website`; empty for a domain alone.
    pub service: String,
    /// `eu-west-1`, where the name has one.
    pub region: Option<String>,
}

/// Reads a host name, with or without a port; nothing when it is none of AWS's.
#[must_use]
pub fn read(host: &str) -> Option<Named> {
    let host = route::without_port(host).trim_end_matches('.').to_ascii_lowercase();
    let front = DOMAINS.iter().find_map(|domain| {
        let front = host.strip_suffix(domain)?;
        if front.is_empty() { Some(front) } else { front.strip_suffix('.') }
    })?;
    let mut labels: Vec<&str> = front.split('.').filter(|l| !l.is_empty()).collect();
    let mut region = labels.pop_if(|last| is_region(last)).map(str::to_owned);
    labels.pop_if(|last| *last == "dualstack");
    let last = labels.pop().unwrap_or_default();
    // `NAME.REGION.elb`, an older order.
    if region.is_none() {
        region = labels.pop_if(|last| is_region(last)).map(str::to_owned);
    }
    let last = last.strip_suffix("-fips").unwrap_or(last);
    let mut service = last;
    // `s3-eu-west-1`, `s3-website-eu-west-1`
    for (dash, _) in last.match_indices('-') {
        if is_region(&last[dash + 1..]) {
            service = &last[..dash];
            region = Some(last[dash + 1..].to_owned());
            break;
        }
    }
    let service = if service == "s3-external-1" { "s3" } else { service };
    Some(Named { service: service.to_owned(), region })
}

/// Whether a host is the one that tells its visitors their address, as people do who want a door for
/// that address alone.
pub(super) fn tells_address(host: &str) -> bool {
    route::without_port(host).trim_end_matches('.').eq_ignore_ascii_case("checkip.amazonaws.com")
}

/// `us-east-1`, `us-gov-west-1`, `ap-southeast-2`
fn is_region(label: &str) -> bool {
    let mut parts = label.split('-');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let Some((number, middle)) = rest.split_last() else { return false };
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    first.len() == 2
        && letters(first)
        && (1..=2).contains(&middle.len())
        && middle.iter().all(|part| letters(part))
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Where a request goes: by its head, else by its host. The kin of S3 (control, websites, access points)
/// sign as S3 does, so only their names tell them from it.
pub(super) fn target(services: &[&'static Service], host: &str, head: &Head) -> Target {
    match read(host).map(|named| named.service) {
        Some(name) if name.starts_with("s3-") || !route::says_service(head) => {
            route::by_scope(services, head, &name)
        }
        _ => route::target(services, head),
    }
}
