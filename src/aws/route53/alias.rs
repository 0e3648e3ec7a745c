//! Where an alias may lead: to a record set of its own zone, or to a name in one of AWS's zones that
//! something simulated answers for.
//!
//! Source: developer guide, "Choosing between alias and non-alias records". Whether what stands there is
//! well would be asked for by health checks only, and those are not simulated: an alias that asks is
//! refused where there are others that could be taken in its place. One that stands alone is answered
//! with in any case, as the real service does when nothing is well.

use sim::World;
use sim::api::ApiError;
use sim::names::{Code, Query};

use crate::faults::not_simulated;
use crate::name;
use crate::shapes::record::RecordType;
use crate::zone::{Data, RecordSet, Records, Routing, Zone};

/// The zone of all names of CloudFront.
const CLOUDFRONT: &str = "Z2FDTNDATAQYW2";

/// What is wrong with where a record set leads.
///
/// # Errors
/// `NotImplemented` when it asks for what is not simulated.
pub(crate) fn problems(
    world: &World,
    id: &str,
    zone: &Zone,
    records: &Records,
    set: &RecordSet,
) -> Result<Vec<String>, ApiError> {
    let Data::Alias { zone: target_zone, target, evaluates } = &set.data else {
        return Ok(Vec::new());
    };
    if *evaluates && set.routing != Routing::Simple {
        return Err(not_simulated("EvaluateTargetHealth with a routing policy"));
    }
    let tried = format!(
        "Tried to create an alias that targets {target}, type {} in zone {target_zone}, but",
        set.kind.as_str()
    );
    let outside = || format!("{tried} the alias target name does not lie within the target zone");
    let missing = || format!("{tried} that target was not found");
    if target_zone == id {
        if !name::within(target, &zone.name) {
            return Ok(vec![outside(), missing()]);
        }
        let order = name::order(target);
        let found = records
            .keys()
            .any(|key| key.order == order && key.kind == set.kind.as_str() && *key != set.key());
        let apart = !matches!(set.kind, RecordType::Ns | RecordType::Soa);
        return Ok(if found && apart { Vec::new() } else { vec![missing()] });
    }
    if !matches!(set.kind, RecordType::A | RecordType::Aaaa) {
        return Ok(vec![missing()]);
    }
    let asked = target.trim_end_matches('.');
    let Some(reply) = world.resolve(&Query::new(asked, "A", None)) else {
        return Ok(vec![outside(), missing()]);
    };
    if reply.zone != Some(target_zone.as_str()) {
        return Ok(vec![outside(), missing()]);
    }
    if reply.code != Code::NoError || reply.records.is_empty() {
        return Ok(vec![missing()]);
    }
    if *evaluates && target_zone == CLOUDFRONT {
        let why = "EvaluateTargetHealth cannot be true for an alias to a CloudFront distribution";
        return Ok(vec![why.to_owned()]);
    }
    Ok(Vec::new())
}
