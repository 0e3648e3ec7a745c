//! How things are named: short names, ARNs, and what requests may say.

use aws::place::Place;
use base::Rng;
use base::rng::HEX;
use sim::api::ApiError;

use super::faults::invalid;

/// The cluster that is meant when none is named.
pub(crate) const DEFAULT_CLUSTER: &str = "default";

/// The name of the cluster that a request means, by name or ARN.
pub(crate) fn cluster(given: Option<&str>) -> String {
    let given = given.filter(|given| !given.is_empty()).unwrap_or(DEFAULT_CLUSTER);
    last(given).to_owned()
}

/// What stands behind the last slash.
pub(crate) fn last(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or_default()
}

pub(crate) fn cluster_arn(place: &Place, name: &str) -> String {
    place.arn("ecs", &format!("cluster/{name}"))
}

pub(crate) fn task_arn(place: &Place, cluster: &str, id: &str) -> String {
    place.arn("ecs", &format!("task/{cluster}/{id}"))
}

pub(crate) fn instance_arn(place: &Place, cluster: &str, id: &str) -> String {
    place.arn("ecs", &format!("container-instance/{cluster}/{id}"))
}

pub(crate) fn service_arn(place: &Place, cluster: &str, name: &str) -> String {
    place.arn("ecs", &format!("service/{cluster}/{name}"))
}

pub(crate) fn definition_arn(place: &Place, family: &str, revision: i64) -> String {
    place.arn("ecs", &format!("task-definition/{family}:{revision}"))
}

/// Letters, digits, hyphens and underscores, up to 255.
pub(crate) fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.len() <= 255 && text.chars().all(fits)
}

/// The family and revision that a text names; no revision means the newest that is active.
///
/// # Errors
/// It names none.
pub(crate) fn definition(text: &str) -> Result<(String, Option<i64>), ApiError> {
    let short = match text.strip_prefix("arn:") {
        Some(_) => text.split_once(":task-definition/").map(|(_, short)| short),
        None => Some(text),
    };
    let wrong = || invalid(format!("Invalid task definition identifier: {text}"));
    let short = short.ok_or_else(wrong)?;
    let (family, revision) = match short.split_once(':') {
        Some((family, revision)) => {
            let number = revision.parse::<i64>().ok().filter(|number| *number > 0);
            (
                family,
                Some(number.ok_or_else(|| {
                    invalid("Invalid revision number. Number: ".to_owned() + revision)
                })?),
            )
        }
        None => (short, None),
    };
    if is_name(family) { Ok((family.to_owned(), revision)) } else { Err(wrong()) }
}

/// Thirty-two digits, as tasks and container instances have.
pub(crate) fn id(rng: &mut Rng) -> String {
    rng.text(HEX, 32)
}

/// `ecs-svc/1234567890123456789`
pub(crate) fn deployment(rng: &mut Rng) -> String {
    let first = rng.text(b"123456789", 1);
    format!("ecs-svc/{first}{}", rng.text(b"0123456789", 18))
}
