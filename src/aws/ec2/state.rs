//! The regions in which something was done, and how requests look at one and change it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::defaults;
use super::event::{Event, What};
use super::news::{DiskTurn, DiskTurned, InstanceTurned, Turn};
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
    disks: Vec<DiskTurned>,
}

impl Change<'_> {
    /// Lets something happen at this instant.
    pub(super) fn at(&mut self, at: Time, what: What) {
        self.events.push((at, what));
    }

    /// Lets other systems hear of a turn in an instance's life.
    pub(super) fn tell(&mut self, instance: &str, turn: Turn) {
        let place = self.region.place.clone();
        self.news.push(InstanceTurned { place, instance: instance.to_owned(), turn });
    }

    /// Lets other systems hear what becomes of a snapshot, behind the turns of instances.
    pub(super) fn tell_disk(&mut self, snapshot: &str, turn: DiskTurn) {
        let place = self.region.place.clone();
        self.disks.push(DiskTurned { place, snapshot: snapshot.to_owned(), turn });
    }
}

/// The region that a request is for.
pub(super) fn look<'w>(world: &'w World, cx: &Cx<'_>) -> Cow<'w, Region> {
    look_at(world, &Place::of(cx))
}

/// The region of a place.
pub(super) fn look_at<'w>(world: &'w World, place: &Place) -> Cow<'w, Region> {
    match world.get::<State>().regions.get(place) {
        Some(region) => Cow::Borrowed(region),
        None => Cow::Owned(defaults::region(world.config().seed, place.clone())),
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
    change_at(world, &Place::of(cx), cx.at, what)
}

/// Changes the region of a place.
///
/// # Errors
/// As [`change`].
pub(super) fn change_at<T>(
    world: &mut World,
    place: &Place,
    now: Time,
    what: impl FnOnce(&mut Change<'_>) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let seed = world.config().seed;
    let (state, rng) = world.parts::<State>();
    let before = rng.clone();
    let mut fresh = None;
    let region = match state.regions.get_mut(place) {
        Some(region) => region,
        None => fresh.insert(defaults::region(seed, place.clone())),
    };
    let mut change =
        Change { region, rng, now, events: Vec::new(), news: Vec::new(), disks: Vec::new() };
    let done = what(&mut change);
    let (events, news, disks) = (change.events, change.news, change.disks);
    if done.is_err() {
        *rng = before;
        return done;
    }
    if let Some(region) = fresh {
        state.regions.insert(place.clone(), region);
    }
    schedule(world, place, events);
    tell(world, &news, &disks);
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
    let mut change =
        Change { region, rng, now, events: Vec::new(), news: Vec::new(), disks: Vec::new() };
    what(&mut change);
    let (events, news, disks) = (change.events, change.news, change.disks);
    schedule(world, place, events);
    tell(world, &news, &disks);
}

fn tell(world: &mut World, news: &[InstanceTurned], disks: &[DiskTurned]) {
    for one in news {
        world.tell(one);
    }
    for one in disks {
        world.tell(one);
    }
}

fn schedule(world: &mut World, place: &Place, events: Vec<(Time, What)>) {
    for (at, what) in events {
        world.schedule::<State>(at, Event { place: place.clone(), what });
    }
}
