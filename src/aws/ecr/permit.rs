//! Who may do what with a repository: the caller's own policies and the repository's.

use super::PROTOCOL;
use super::errors::invalid;
use super::place::Place;
use super::state::{Repository, State};
use crate::AccessRequest;
use sim::api::ApiError;
use sim::{Cx, Principal, World};

/// Asks whether the caller may do `action` with a repository, whether it is there or not.
///
/// # Errors
/// The refusal in the words of JSON services.
pub(super) fn ask(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    place: &Place,
    name: &str,
) -> Result<(), ApiError> {
    if matches!(cx.caller.principal, Principal::Anonymous | Principal::Unix(_) | Principal::Lab) {
        return Err(PROTOCOL.unsigned());
    }
    let resource = place.repository_arn(name);
    let repository = world.get::<State>().find(place, name);
    let request = AccessRequest {
        action,
        resource: &resource,
        resource_policy: repository.and_then(|repository| repository.policy.as_ref()),
        acl_allows: false,
        conditions: Vec::new(),
    };
    crate::authorize(world, cx, &request)
        .map_err(|denied| PROTOCOL.denied(&denied.message(action, &resource)))
}

/// The repository that a request is about, if the caller may do `action` with it.
///
/// # Errors
/// The caller may not, or there is none.
pub(super) fn open<'w>(
    world: &'w World,
    cx: &Cx<'_>,
    action: &str,
    registry: Option<&str>,
    name: &str,
) -> Result<(Place, &'w Repository), ApiError> {
    let place = place_of(cx, registry)?;
    ask(world, cx, action, &place, name)?;
    let repository = world.get::<State>().repository(&place, name)?;
    Ok((place, repository))
}

/// The registry that a request names.
///
/// # Errors
/// What it names is no id of a registry.
pub(super) fn place_of(cx: &Cx<'_>, registry: Option<&str>) -> Result<Place, ApiError> {
    let id = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if registry.is_some_and(|text| !id(text)) {
        return Err(invalid("registryId", "must satisfy regular expression '[0-9]{12}'"));
    }
    Ok(Place::registry(cx, registry))
}
