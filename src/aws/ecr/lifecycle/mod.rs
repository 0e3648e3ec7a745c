//! Lifecycle policies: which images expire, and when that is looked at.
//!
//! Source: user guide, "Automate the cleanup of images by using lifecycle policies" and "Lifecycle
//! policy properties".

mod parse;
pub(super) mod rules;
#[cfg(test)]
mod tests;

use std::time::Duration;

use base::Time;

use super::place::Place;
use super::push;
use super::state::{Event, State, What};
pub(super) use parse::read;
use rules::{Candidate, Expiring, Policy, Preview};
use sim::World;

/// How often the images of a repository are looked at: they expire within 24 hours after they meet
/// the criteria (user guide).
const EVERY: Duration = Duration::from_hours(24);

/// How long a preview takes. The user guide gives no figure; the AWS CLI asks every five seconds.
const PREVIEW_TAKES: Duration = Duration::from_secs(5);

/// What a policy would expire in a repository now.
fn expiring(world: &World, place: &Place, name: &str, policy: &Policy) -> Vec<Expiring> {
    let uri = place.uri(name);
    let Some(repository) = world.get::<State>().find(place, name) else { return Vec::new() };
    let images = world.get::<registry::State>().images(&uri);
    let candidates: Vec<Candidate<'_>> = images
        .map(|image| Candidate {
            digest: image.digest,
            tags: image.tags().collect(),
            pushed_at: repository.images.get(image.digest).map_or(Time(0), |info| info.pushed_at),
            held: push::indexes_with(world, &uri, image.digest).next().is_some(),
        })
        .collect();
    let found = policy.expiring(&candidates, world.now());
    let told = found.into_iter().map(|(candidate, rule)| Expiring {
        digest: candidate.digest.clone(),
        tags: candidate.tags.iter().map(|&tag| tag.to_owned()).collect(),
        pushed_at: candidate.pushed_at,
        rule,
    });
    told.collect()
}

/// Lets a policy that came into force then be looked at in a day, and each day after.
pub(super) fn begin(world: &mut World, place: Place, repository: String, since: Time) {
    let at = world.now().plus(EVERY);
    world.schedule::<State>(at, Event { place, repository, what: What::Evaluate(since) });
}

/// Expires what is to expire, if the policy is still the one that came into force then.
pub(super) fn evaluate(world: &mut World, place: Place, repository: String, since: Time) {
    let now = world.now();
    let found = world.get::<State>().find(&place, &repository);
    let lifecycle = found.and_then(|repository| repository.lifecycle.as_ref());
    let Some(lifecycle) = lifecycle.filter(|lifecycle| lifecycle.since == since) else { return };
    let expiring = expiring(world, &place, &repository, &lifecycle.policy);
    for image in expiring {
        push::remove(world, &place, &repository, &image.digest);
    }
    let found = world.get_mut::<State>().find_mut(&place, &repository);
    if let Some(lifecycle) = found.and_then(|repository| repository.lifecycle.as_mut()) {
        lifecycle.evaluated_at = Some(now);
    }
    begin(world, place, repository, since);
}

/// Begins a preview, in the place of the one before.
pub(super) fn preview(world: &mut World, place: &Place, name: &str, policy: Policy) {
    let now = world.now();
    if let Some(repository) = world.get_mut::<State>().find_mut(place, name) {
        repository.preview = Some(Preview { policy, begun: now, found: None });
        let event =
            Event { place: place.clone(), repository: name.to_owned(), what: What::Previewed(now) };
        world.schedule::<State>(now.plus(PREVIEW_TAKES), event);
    }
}

/// A preview that began then ends, unless another took its place.
pub(super) fn previewed(world: &mut World, place: &Place, name: &str, begun: Time) {
    let preview = world.get::<State>().find(place, name).and_then(|r| r.preview.as_ref());
    let Some(preview) = preview.filter(|preview| preview.begun == begun) else { return };
    let found = expiring(world, place, name, &preview.policy);
    let repository = world.get_mut::<State>().find_mut(place, name);
    if let Some(preview) = repository.and_then(|repository| repository.preview.as_mut()) {
        preview.found = Some(found);
    }
}
