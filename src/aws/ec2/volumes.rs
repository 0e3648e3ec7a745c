//! What volumes can be, by their type. Source: the EBS User Guide, "Amazon EBS volume types".

use super::error::{invalid, invalid_value, missing};
use super::region::Region;
use super::shapes::storage::Snapshot;
use sim::api::ApiError;

/// A type of volumes, with the sizes and speeds of one.
#[derive(Clone, Debug)]
pub(crate) struct Sort {
    pub(crate) name: &'static str,
    /// GiB.
    pub(crate) size: i64,
    pub(crate) iops: Option<i64>,
    /// MiB a second.
    pub(crate) throughput: Option<i64>,
}

/// The size of a volume that is made out of a snapshot, or of nothing.
///
/// # Errors
/// There is no such snapshot, or the volume would be smaller.
pub(crate) fn size(
    region: &Region,
    given: Option<i64>,
    snapshot: Option<&str>,
) -> Result<i64, ApiError> {
    match (given, snapshot) {
        (Some(size), None) => Ok(size),
        (None, None) => Err(missing("size/snapshot")),
        (given, Some(id)) => {
            let least = region.find::<Snapshot>(id)?.volume_size;
            let size = given.unwrap_or(least);
            if size < least {
                let message = format!(
                    "Volume of size {size}GB is smaller than snapshot '{id}', expect size >= {least}GB"
                );
                return Err(invalid(message));
            }
            Ok(size)
        }
    }
}

/// The type of a name, with the size and speeds that are asked for.
///
/// # Errors
/// There is none, or it cannot be so large or so fast.
pub(crate) fn sort(
    name: &str,
    size: i64,
    iops: Option<i64>,
    throughput: Option<i64>,
) -> Result<Sort, ApiError> {
    let (name, (least, most)) = match name {
        "gp2" => ("gp2", (1, 16_384)),
        "gp3" => ("gp3", (1, 65_536)),
        "io1" => ("io1", (4, 16_384)),
        "io2" => ("io2", (4, 65_536)),
        "st1" => ("st1", (125, 16_384)),
        "sc1" => ("sc1", (125, 16_384)),
        "standard" => ("standard", (1, 1024)),
        other => return Err(invalid_value(other, "volumeType", "")),
    };
    if !(least..=most).contains(&size) {
        return Err(invalid(format!(
            "Volume of {size}GiB is invalid for volume type '{name}'. Valid sizes are {least} to {most} \
             GiB."
        )));
    }
    let fast = matches!(name, "gp3" | "io1" | "io2");
    if iops.is_some() && !fast {
        return Err(invalid(format!("The parameter iops is not supported for {name} volumes.")));
    }
    if throughput.is_some() && name != "gp3" {
        return Err(invalid(format!(
            "The parameter throughput is not supported for {name} volumes."
        )));
    }
    let iops = match (name, iops) {
        ("gp3", given) => Some(given.unwrap_or(3000)),
        ("io1" | "io2", None) => return Err(missing("iops")),
        (_, Some(given)) => Some(given),
        // Three for each GiB, at least 100 and at most 16,000.
        ("gp2", None) => Some((3 * size).clamp(100, 16_000)),
        (_, None) => None,
    };
    if let Some(iops) = iops.filter(|iops| fast && !(100..=80_000).contains(iops)) {
        return Err(invalid(format!("Volume iops of {iops} is invalid for volume type '{name}'.")));
    }
    let throughput = (name == "gp3").then(|| throughput.unwrap_or(125));
    if let Some(throughput) = throughput.filter(|t| !(125..=2000).contains(t)) {
        return Err(invalid(format!(
            "Throughput of {throughput} is invalid for volume type '{name}'."
        )));
    }
    Ok(Sort { name, size, iops, throughput })
}
