//! The regions in which something was done, and how requests look at one and change it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::defaults;
use super::event::{Event, What};
use super::power::{Power, Turn};
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
    /// What happens later.
    events: Vec<(Time, What)>,
    /// What is told of instances behind the change.
    turns: Vec<(String, Turn)>,
}

impl Change<'_> {
    /// Lets something happen at this instant.
    pub(super) fn at(&mut self, at: Time, what: What) {
        self.events.push((at, what));
    }

    /// Tells whoever runs its system of a turn in an instance's life.
    pub(super) fn tell(&mut self, instance: &str, turn: Turn) {
        self.turns.push((instance.to_owned(), turn));
    }
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
    let mut change = Change { region, rng, now: cx.at, events: Vec::new(), turns: Vec::new() };
    let done = what(&mut change);
    let (events, turns) = (change.events, change.turns);
    if done.is_err() {
        *rng = before;
        return done;
    }
    if let Some(region) = fresh {
        state.regions.insert(place.clone(), region);
    }
    schedule(world, &place, events);
    tell(world, &place, turns);
    done
}

/// Lets an event happen in its region.
pub(super) fn happen(world: &mut World, event: &Event, what: fn(&mut Change<'_>, &What)) {
    by_itself(world, &event.place, |change| what(change, &event.what));
}

/// Changes a region in which something has been done before, without a request.
pub(super) fn by_itself(world: &mut World, place: &Place, what: impl FnOnce(&mut Change<'_>)) {
    let now = world.now();
    let (state, rng) = world.parts::<State>();
    let Some(region) = state.regions.get_mut(place) else { return };
    let mut change = Change { region, rng, now, events: Vec::new(), turns: Vec::new() };
    what(&mut change);
    let (events, turns) = (change.events, change.turns);
    schedule(world, place, events);
    tell(world, place, turns);
}

fn schedule(world: &mut World, place: &Place, events: Vec<(Time, What)>) {
    for (at, what) in events {
        world.schedule::<State>(at, Event { place: place.clone(), what });
    }
}

fn tell(world: &mut World, place: &Place, turns: Vec<(String, Turn)>) {
    for (instance, turn) in turns {
        world.tell(&Power { place: place.clone(), instance, turn });
    }
}
