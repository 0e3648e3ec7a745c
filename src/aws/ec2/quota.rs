//! How many vCPUs the instances of an account may have in a region at the same time.
//!
//! Every type of the catalogue counts for one quota, "Running On-Demand Standard (A, C, D, H, I, M, R, T,
//! Z) instances". AWS's published value for an account that has never run anything is 5, and it raises it
//! by itself as an account is used; the account of a world begins with 128, and its shape may say otherwise.

use serde_json::Value;

use super::catalogue::types;
use super::error::refuse;
use super::machine::Phase;
use super::region::Region;
use sim::api::ApiError;
use sim::{Config, Key, Part, Wrong};

/// The part of a world's shape, as the kernel knows it.
pub(super) const PART: Part = Part { name: "ec2", keys: KEYS, check };

const VCPUS: &str = "vcpus";
/// The quota of an account of which nothing is said.
const DEFAULT: i64 = 128;

const KEYS: &[Key] = &[Key {
    name: VCPUS,
    about: "How many vCPUs the account's On-Demand Standard instances (A, C, D, H, I, M, R, T, Z) may have in \
            a region at the same time, pending and running ones together. 128 by default; an account that is \
            new to AWS begins with 5.",
    example: "vcpus = 5",
}];

fn check(_: &str, value: &Value, wrong: &mut Vec<Wrong>) {
    if value.as_i64().is_none_or(i64::is_negative) {
        let what = format!("`{VCPUS}` is {value}, which is no number of vCPUs");
        wrong.push(Wrong::new(&[VCPUS], what, "write `vcpus = 128`, or take it out"));
    }
}

/// The quota of a world.
pub(super) fn vcpus(config: &Config) -> i64 {
    config.shape.say(PART.name, VCPUS).and_then(Value::as_i64).unwrap_or(DEFAULT)
}

/// How many vCPUs are left of the quota beside those of instances that have power, or at least as many as
/// are wanted.
pub(super) fn left(region: &Region, quota: i64, wanted: i64) -> i64 {
    let largest = types::TYPES.iter().map(|entry| entry.vcpus).max().unwrap_or(1);
    let count = i64::try_from(region.instances.len()).unwrap_or(i64::MAX);
    // Where they fit beside the largest there could be, nobody is counted: launches stay quick.
    let rest = quota.saturating_sub(count.saturating_mul(largest));
    if rest >= wanted {
        return rest;
    }
    let powered = region
        .instances
        .values()
        .filter(|machine| matches!(machine.phase, Phase::Pending | Phase::Running));
    let used: i64 = powered.filter_map(|machine| Some(types::of_name(&machine.kind)?.vcpus)).sum();
    (quota - used).max(0)
}

/// That a launch or a start would go beyond it.
pub(super) fn exceeded(quota: i64) -> ApiError {
    let message = format!(
        "You have requested more vCPU capacity than your current vCPU limit of {quota} allows for the instance \
         bucket that the specified instance type belongs to. Please visit \
         http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
    );
    refuse("VcpuLimitExceeded", message)
}
