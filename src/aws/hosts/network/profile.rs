//! Credentials of an instance's profile, as its metadata service hands them out.

use std::time::Duration;

use aws::ec2::guests::Facts;
use aws::sts::state::{for_service, role_of_profile};
use sim::World;

use crate::state::{Credentials, State};

/// How long they are good (EC2 User Guide, "Retrieve security credentials from instance metadata":
/// about six hours).
const LASTING: Duration = Duration::from_hours(6);
/// So long before their end there are new ones: at least five minutes.
const AHEAD: Duration = Duration::from_mins(10);

/// The role of an instance, if it has a profile with one.
pub(super) fn role(world: &World, facts: &Facts) -> Option<String> {
    role_of_profile(world, &facts.profile.as_ref()?.0)
}

/// The credentials that are good now; new ones where those are about to end.
pub(super) fn credentials(world: &mut World, facts: &Facts, role: &str) -> Option<Credentials> {
    let now = world.now();
    let kept = world.get::<State>().guests.get(&facts.instance)?.credentials.clone();
    if let Some(kept) = kept.filter(|kept| kept.role == role && now.plus(AHEAD) < kept.expires) {
        return Some(kept);
    }
    let expires = now.plus(LASTING);
    let made = for_service(world, "ec2.amazonaws.com", role, &facts.instance, expires)?;
    let fresh = Credentials {
        role: role.to_owned(),
        key: made.access_key_id,
        secret: made.secret_access_key,
        token: made.session_token.unwrap_or_default(),
        since: now,
        expires,
    };
    world.get_mut::<State>().guests.get_mut(&facts.instance)?.credentials = Some(fresh.clone());
    Some(fresh)
}
