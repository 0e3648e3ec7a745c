//! When a group looks at what it has: before long, whenever something may be otherwise than it should.

use std::time::Duration;

use sim::World;

use super::durations::REACTION;
use super::state::{What, Whose, group_mut, schedule};

/// Lets a group look at what it has before long.
pub(crate) fn wake(world: &mut World, whose: &Whose) {
    wake_in(world, whose, REACTION);
}

/// The same, so much later, unless it looks before that.
pub(crate) fn wake_in(world: &mut World, whose: &Whose, span: Duration) {
    let now = world.now();
    let due = now.plus(span);
    let Some(group) = group_mut(world, whose) else { return };
    if group.looks_at.is_some_and(|planned| planned > now && planned <= due) {
        return;
    }
    group.looks_at = Some(due);
    schedule(world, whose, due, What::Look);
}
