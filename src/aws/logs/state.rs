//! Everything that is kept, by account and region.

use std::collections::BTreeMap;

use base::Time;
use sim::api::ApiError;

use super::faults::{no_group, no_stream};
use super::group::{Group, Stream};
use crate::place::Place;

/// The groups of an account's region.
pub(crate) type Region = BTreeMap<String, Group>;

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    places: BTreeMap<Place, Region>,
}

/// Expired events of a group are looked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(crate) place: Place,
    pub(crate) group: String,
}

impl State {
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Place, &Region)> {
        self.places.iter()
    }

    pub(crate) fn region(&self, place: &Place) -> Option<&Region> {
        self.places.get(place)
    }

    pub(crate) fn region_mut(&mut self, place: &Place) -> &mut Region {
        self.places.entry(place.clone()).or_default()
    }

    /// # Errors
    /// There is no such group.
    pub(crate) fn group(&self, place: &Place, name: &str) -> Result<&Group, ApiError> {
        self.region(place).and_then(|region| region.get(name)).ok_or_else(no_group)
    }

    /// # Errors
    /// There is no such group.
    pub(crate) fn group_mut(&mut self, place: &Place, name: &str) -> Result<&mut Group, ApiError> {
        self.places.get_mut(place).and_then(|region| region.get_mut(name)).ok_or_else(no_group)
    }

    /// # Errors
    /// There is no such group, or no such stream in it.
    pub(crate) fn stream(
        &self,
        place: &Place,
        group: &str,
        name: &str,
    ) -> Result<&Stream, ApiError> {
        self.group(place, group)?.streams.get(name).ok_or_else(no_stream)
    }

    /// Deletes what has expired, and says when that is to be done again.
    pub(crate) fn sweep(&mut self, event: &Event, now: Time) -> Option<Time> {
        let group = self.places.get_mut(&event.place)?.get_mut(&event.group)?;
        // One that was planned and then overtaken does nothing.
        if group.sweep != Some(now) {
            return None;
        }
        group.sweep(now);
        group.plan(now)
    }
}
