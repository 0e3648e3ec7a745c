//! Everything that is kept, by account and region.

use std::collections::BTreeMap;

use aws::place::Place;
use sim::api::ApiError;

use super::balancer::Balancer;
use super::faults::{no_balancer, no_group, no_listener, no_rule};
use super::flight::Flight;
use super::group::Group;
use super::listener::{Listener, Rule};
use super::probe::Probe;

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    places: BTreeMap<Place, Region>,
    /// Where the DNS names lead: a place, and the ARN of a load balancer there.
    pub(crate) names: BTreeMap<String, (Place, String)>,
    /// Requests that have no answer yet, by number.
    pub(crate) flights: BTreeMap<u64, Flight>,
    /// Requests that have come so far.
    pub(crate) arrivals: u64,
    /// Targets that only the outside can ask, and that wait for it.
    pub(crate) probes: BTreeMap<u64, Probe>,
    /// Counts probes.
    pub(crate) numbers: u64,
}

/// Everything in a place, by ARN.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Region {
    pub(crate) balancers: BTreeMap<String, Balancer>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) listeners: BTreeMap<String, Listener>,
    /// By the ARN of what they are on, then by key.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
}

static NOTHING: Region = Region {
    balancers: BTreeMap::new(),
    groups: BTreeMap::new(),
    listeners: BTreeMap::new(),
    tags: BTreeMap::new(),
};

impl State {
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Place, &Region)> {
        self.places.iter()
    }

    pub(crate) fn region(&self, place: &Place) -> &Region {
        self.places.get(place).unwrap_or(&NOTHING)
    }

    pub(crate) fn region_mut(&mut self, place: &Place) -> &mut Region {
        self.places.entry(place.clone()).or_default()
    }

    /// The next number of a probe.
    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}

impl Region {
    /// # Errors
    /// There is none of this ARN.
    pub(crate) fn balancer(&self, arn: &str) -> Result<&Balancer, ApiError> {
        self.balancers.get(arn).ok_or_else(|| no_balancer(arn))
    }

    /// # Errors
    /// There is none of this ARN.
    pub(crate) fn group(&self, arn: &str) -> Result<&Group, ApiError> {
        self.groups.get(arn).ok_or_else(|| no_group(arn))
    }

    /// # Errors
    /// There is none of this ARN.
    pub(crate) fn listener(&self, arn: &str) -> Result<&Listener, ApiError> {
        self.listeners.get(arn).ok_or_else(no_listener)
    }

    /// A rule that is not a default one, with the ARN of its listener and its priority.
    ///
    /// # Errors
    /// There is none of this ARN.
    pub(crate) fn rule(&self, arn: &str) -> Result<(&str, i64, &Rule), ApiError> {
        let mut rules = self.listeners.iter().flat_map(|(listener, has)| {
            has.rules.iter().map(move |(priority, rule)| (listener.as_str(), *priority, rule))
        });
        rules.find(|(_, _, rule)| rule.arn == arn).ok_or_else(no_rule)
    }

    /// Whether a rule is the default one of its listener.
    pub(crate) fn is_default_rule(&self, arn: &str) -> bool {
        self.listeners.values().any(|listener| listener.default_rule == arn)
    }

    /// The listeners of a load balancer.
    pub(crate) fn listeners_of<'r>(
        &'r self,
        balancer: &'r str,
    ) -> impl Iterator<Item = &'r Listener> + 'r {
        self.listeners.values().filter(move |listener| listener.balancer == balancer)
    }

    /// The load balancer that a target group is used by, if it is used.
    pub(crate) fn user_of(&self, group: &str) -> Option<&Balancer> {
        let mut listeners = self.listeners.values();
        let listener = listeners.find(|listener| listener.leads_to(group))?;
        self.balancers.get(&listener.balancer)
    }

    /// The tags of something, in the order of their keys.
    pub(crate) fn tags_of(&self, arn: &str) -> impl Iterator<Item = (&String, &String)> {
        self.tags.get(arn).into_iter().flatten()
    }
}
