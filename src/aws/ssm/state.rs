//! Everything that is kept, by account and region.

use std::collections::BTreeMap;

use super::parameter::Parameter;
use crate::place::Place;

/// The parameters of an account's region, by name.
pub(crate) type Region = BTreeMap<String, Parameter>;

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    places: BTreeMap<Place, Region>,
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
}
