//! The regions in which something was done, and how requests look at one and change it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::defaults;
use super::region::{Place, Region};
use base::{Rng, Time};
use sim::api::ApiError;
use sim::{Cx, World};

/// All regions that were changed. Any other is as an account finds it.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(super) regions: BTreeMap<Place, Region>,
}

/// What a change gets.
pub(super) struct Change<'a> {
    pub(super) region: &'a mut Region,
    pub(super) rng: &'a mut Rng,
    pub(super) now: Time,
}

/// The region that a request is for.
pub(super) fn look<'w>(world: &'w World, cx: &Cx<'_>) -> Cow<'w, Region> {
    let place = Place::of(cx);
    match world.get::<State>().regions.get(&place) {
        Some(region) => Cow::Borrowed(region),
        None => Cow::Owned(defaults::region(world.config().seed, place)),
    }
}

/// Changes the region that a request is for. Whoever refuses has changed nothing in it yet.
///
/// # Errors
/// What the change answers; then neither the region nor the generator has moved.
pub(super) fn change<T>(
    world: &mut World,
    cx: &Cx<'_>,
    what: impl FnOnce(&mut Change<'_>) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let (place, seed) = (Place::of(cx), world.config().seed);
    let (state, rng) = world.parts::<State>();
    let before = rng.clone();
    let mut fresh = None;
    let region = match state.regions.get_mut(&place) {
        Some(region) => region,
        None => fresh.insert(defaults::region(seed, place.clone())),
    };
    let done = what(&mut Change { region, rng, now: cx.at });
    if done.is_err() {
        *rng = before;
    } else if let Some(region) = fresh {
        state.regions.insert(place, region);
    }
    done
}
