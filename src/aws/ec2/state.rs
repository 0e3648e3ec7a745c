//! The regions in which something was done, and how requests look at one and change it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::defaults;
use super::event::{Event, What};
use super::news::InstanceTurned;
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
    /// What other systems are told.
    news: Vec<InstanceTurned>,
}

impl Change<'_> {
    /// Lets something happen at this instant.
    pub(super) fn at(&mut self, at: Time, what: What) {
        self.events.push((at, what));
    }

    /// Lets others know what state an instance is in now.
    pub(super) fn tell(&mut self, instance: &str) {
        let Some(machine) = self.region.instances.get(instance) else { return };
        let state = machine.phase.name();
        let place = self.region.place.clone();
        self.news.push(InstanceTurned { place, instance: instance.to_owned(), state });
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
    let mut change = Change { region, rng, now: cx.at, events: Vec::new(), news: Vec::new() };
    let done = what(&mut change);
    let (events, news) = (change.events, change.news);
    if done.is_err() {
        *rng = before;
        return done;
    }
    if let Some(region) = fresh {
        state.regions.insert(place.clone(), region);
    }
    schedule(world, &place, events);
    tell(world, &news);
    done
}

/// Lets an event happen in its region.
pub(super) fn happen(world: &mut World, event: &Event, what: fn(&mut Change<'_>, &What)) {
    let now = world.now();
    let (state, rng) = world.parts::<State>();
    let Some(region) = state.regions.get_mut(&event.place) else { return };
    let mut change = Change { region, rng, now, events: Vec::new(), news: Vec::new() };
    what(&mut change, &event.what);
    let (events, news) = (change.events, change.news);
    schedule(world, &event.place, events);
    tell(world, &news);
}

fn tell(world: &mut World, news: &[InstanceTurned]) {
    for one in news {
        world.tell(one);
    }
}

fn schedule(world: &mut World, place: &Place, events: Vec<(Time, What)>) {
    for (at, what) in events {
        world.schedule::<State>(at, Event { place: place.clone(), what });
    }
}
