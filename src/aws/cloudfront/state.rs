//! What CloudFront keeps: distributions, access controls, policies, and the copies at each edge.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::Time;

use crate::edge::cache::{Edge, is_meant};
use crate::faults::no_such_distribution;
use crate::managed;
use crate::shapes::access::OriginAccessControlConfig;
use crate::shapes::distribution::DistributionConfig;
use crate::shapes::invalidation::InvalidationBatch;
use crate::shapes::policy::{CachePolicyConfig, OriginRequestPolicyConfig};
use sim::api::ApiError;

/// How long a change takes to reach all edges: "a few minutes" (developer guide, "Create a
/// distribution"), "typically under 5 minutes" (AWS, 2020, on faster change propagation).
pub(crate) const DEPLOYMENT: Duration = Duration::from_mins(4);
/// How long an invalidation takes to reach all edges: under two minutes for most (developer guide,
/// "Invalidate files to remove content").
pub(crate) const INVALIDATION: Duration = Duration::from_mins(1);

/// Everything.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(crate) distributions: BTreeMap<String, Distribution>,
    /// Which of them a name means.
    pub(crate) domains: BTreeMap<String, String>,
    pub(crate) controls: BTreeMap<String, Kept<OriginAccessControlConfig>>,
    pub(crate) cache_policies: BTreeMap<String, Kept<CachePolicyConfig>>,
    pub(crate) origin_request_policies: BTreeMap<String, Kept<OriginRequestPolicyConfig>>,
    /// By distribution, then by location.
    pub(crate) edges: BTreeMap<String, BTreeMap<&'static str, Edge>>,
}

/// A thing with versions.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Kept<C> {
    pub(crate) config: C,
    pub(crate) etag: String,
    pub(crate) modified: Time,
}

/// One distribution.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Distribution {
    pub(crate) arn: String,
    pub(crate) domain: String,
    pub(crate) kept: Kept<DistributionConfig>,
    /// Counts changes: a deployment says of which it is.
    pub(crate) version: u64,
    /// What the edges know; nothing before the first deployment.
    pub(crate) live: Option<Arc<DistributionConfig>>,
    pub(crate) deployed: bool,
    pub(crate) tags: BTreeMap<String, String>,
    /// In the order in which they were asked for.
    pub(crate) invalidations: Vec<Invalidation>,
    /// What viewers asked for, by path.
    pub(crate) traffic: BTreeMap<String, Traffic>,
}

/// One invalidation.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Invalidation {
    pub(crate) id: String,
    pub(crate) batch: InvalidationBatch,
    pub(crate) created: Time,
    pub(crate) completed: bool,
}

/// How viewers fared with a path.
#[derive(Clone, Copy, Hash, Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) errors: u64,
    pub(crate) bytes: u64,
}

/// What happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// A change has reached all edges.
    Deployed { id: String, version: u64 },
    /// An invalidation has.
    Invalidated { id: String, invalidation: String },
}

impl Distribution {
    /// `InProgress` or `Deployed`
    pub(crate) fn status(&self) -> &'static str {
        if self.deployed { "Deployed" } else { "InProgress" }
    }

    /// How many invalidations are under way.
    pub(crate) fn invalidating(&self) -> usize {
        self.invalidations.iter().filter(|one| !one.completed).count()
    }
}

impl Invalidation {
    /// `InProgress` or `Completed`
    pub(crate) fn status(&self) -> &'static str {
        if self.completed { "Completed" } else { "InProgress" }
    }
}

impl State {
    /// # Errors
    /// There is no distribution of that id.
    pub(crate) fn distribution(&self, id: &str) -> Result<&Distribution, ApiError> {
        self.distributions.get(id).ok_or_else(no_such_distribution)
    }

    /// # Errors
    /// There is no distribution of that id.
    pub(crate) fn distribution_mut(&mut self, id: &str) -> Result<&mut Distribution, ApiError> {
        self.distributions.get_mut(id).ok_or_else(no_such_distribution)
    }

    /// What a cache policy says, whether the account's own or one of AWS.
    pub(crate) fn cache_policy(&self, id: &str) -> Option<CachePolicyConfig> {
        let own = self.cache_policies.get(id).map(|kept| kept.config.clone());
        own.or_else(|| managed::cache_policy(id).map(|policy| policy.config))
    }

    /// What an origin request policy says, whether the account's own or one of AWS.
    pub(crate) fn origin_request_policy(&self, id: &str) -> Option<OriginRequestPolicyConfig> {
        let own = self.origin_request_policies.get(id).map(|kept| kept.config.clone());
        own.or_else(|| managed::origin_request_policy(id).map(|policy| policy.config))
    }

    /// The edges know the newest version, unless a newer is on its way.
    pub(crate) fn deployed(&mut self, id: &str, version: u64) {
        let Some(distribution) = self.distributions.get_mut(id) else { return };
        if distribution.version == version {
            distribution.deployed = true;
            distribution.live = Some(Arc::new(distribution.kept.config.clone()));
        }
    }

    /// The edges forget what they had when the invalidation was asked for.
    pub(crate) fn invalidated(&mut self, id: &str, invalidation: &str) {
        let Some(distribution) = self.distributions.get_mut(id) else { return };
        let mut all = distribution.invalidations.iter_mut();
        let Some(found) = all.find(|one| one.id == invalidation) else { return };
        found.completed = true;
        let (paths, created) = (&found.batch.paths.items, found.created);
        for edge in self.edges.get_mut(id).into_iter().flat_map(BTreeMap::values_mut) {
            edge.forget(|key, copy| {
                copy.asked_at <= created && paths.iter().any(|path| is_meant(path, key))
            });
        }
    }
}
