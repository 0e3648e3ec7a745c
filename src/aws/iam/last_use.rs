//! When keys and roles were last used.
//!
//! Requests that only read are in no journal, so what they leave behind is an entry of its own. That
//! it is a rare one follows from the real rule: of several uses within a quarter of an hour only the
//! first is recorded (IAM User Guide, "Get credential reports", `access_key_1_last_used_date`).

use std::time::Duration;

use base::Time;
use sim::{Caller, Principal, World};

use super::State;
use super::state::LastUse;

/// In this span only the first use counts.
const SPAN: Duration = Duration::from_mins(15);

/// The record of what the caller signed with; `None` when nobody asks when it was used.
fn record_of<'s>(state: &'s mut State, caller: &Caller) -> Option<&'s mut Option<LastUse>> {
    if let Principal::Role { role, .. } = &caller.principal {
        return Some(&mut state.roles.get_mut(role).ok()?.last_used);
    }
    Some(&mut state.keys.get_mut(&caller.via.access_key)?.last_used)
}

/// Whether a request that is signed so, now, is to be recorded.
#[must_use]
pub fn counts(world: &World, caller: &Caller, at: Time) -> bool {
    if caller.via.access_key.is_empty() {
        return false;
    }
    let state = world.get::<State>();
    let last = match &caller.principal {
        Principal::Role { role, .. } => state.roles.find(role).map(|role| &role.last_used),
        _ => state.keys.get(&caller.via.access_key).map(|key| &key.last_used),
    };
    last.is_some_and(|last| last.as_ref().is_none_or(|last| at >= last.at.plus(SPAN)))
}

/// Records a request to a service, by its name in signatures.
pub fn record(world: &mut World, caller: &Caller, at: Time, service: &str) {
    if !counts(world, caller, at) {
        return;
    }
    let region = world.circumstances(caller).region.to_owned();
    if let Some(record) = record_of(world.get_mut::<State>(), caller) {
        *record = Some(LastUse { at, service: service.to_owned(), region });
    }
}
