//! Requests about rules that name a single one beside their list.

use super::super::error::{combination, missing};
use super::super::shapes::group::{IpPermissionGiven, IpRangeGiven, UserIdGroupPairGiven};
use super::rules;
use sim::api::ApiError;

/// What a request says without a list of permissions, as one.
pub(super) struct Single<'a> {
    pub(super) protocol: Option<&'a String>,
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    pub(super) cidr: Option<&'a String>,
    pub(super) group: Option<&'a String>,
    pub(super) owner: Option<&'a String>,
}

/// The permissions of a request, which says them in a list or names a single one.
pub(super) fn given(
    list: Vec<IpPermissionGiven>,
    single: &Single<'_>,
) -> Result<Vec<IpPermissionGiven>, ApiError> {
    let says = single.protocol.is_some() || single.cidr.is_some() || single.group.is_some();
    if !list.is_empty() {
        if says {
            let message =
                "The parameter ipPermissions cannot be used with other parameters of a rule";
            return Err(combination(message));
        }
        return Ok(list);
    }
    if !says {
        return Ok(Vec::new());
    }
    let mut permission = IpPermissionGiven::about(single.protocol.cloned(), single.from, single.to);
    if let Some(cidr) = single.cidr {
        permission.ip_ranges.push(IpRangeGiven::of(cidr.clone()));
    }
    if let Some(name) = single.group {
        // A group alone lets everything in that comes from its members.
        permission.ip_protocol.get_or_insert_with(|| rules::ALL.to_owned());
        let pair = UserIdGroupPairGiven::named(name.clone(), single.owner.cloned());
        permission.user_id_group_pairs.push(pair);
    }
    if permission.ip_protocol.is_none() {
        return Err(missing("ipProtocol"));
    }
    Ok(vec![permission])
}
