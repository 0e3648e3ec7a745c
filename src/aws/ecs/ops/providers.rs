//! Capacity providers: Fargate's, which every account has.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::clusters::told;
use crate::names;
use crate::providers::{KNOWN, check};
use crate::shapes::cluster::{CapacityProvider, Cluster, ProviderStatus, ProviderType};
use crate::shapes::common::{CapacityProviderStrategyItem, Failure, IncludeTags};
use crate::state::State;
use aws::place::Place;

sim::operation! {
    /// Describes capacity providers.
    read DescribeCapacityProviders in "ecs" = "POST /";
    input {
        /// Names or ARNs; all when there are none.
        capacity_providers: Vec<String> => "capacityProviders",
        /// A cluster, of those that belong to one; none of these does.
        cluster: Option<String> => "cluster",
        /// What is told beside the usual; these have no tags.
        _include: Vec<IncludeTags> => "include",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
    }
    output DescribeCapacityProvidersOutput {
        /// The capacity providers.
        pub providers: Vec<CapacityProvider> => "capacityProviders",
        /// Those that are not there.
        pub failures: Vec<Failure> => "failures",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access {
        "ecs:DescribeCapacityProviders" on
            "arn:aws:ecs:{region}:{account}:capacity-provider/{capacityProviders}",
    }
}

impl Read for DescribeCapacityProviders {
    type Output = DescribeCapacityProvidersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        if let Some(cluster) = &self.cluster {
            world.get::<State>().unit(&place, &names::cluster(Some(cluster)))?;
        }
        let arn = |name: &str| place.arn("ecs", &format!("capacity-provider/{name}"));
        let provider = |name: &str, kind: ProviderType| CapacityProvider {
            arn: arn(name),
            name: name.to_owned(),
            status: ProviderStatus::Active,
            tags: Vec::new(),
            kind,
        };
        let mut out = DescribeCapacityProvidersOutput::default();
        if self.capacity_providers.is_empty() {
            let all = KNOWN.iter().map(|(name, kind)| provider(name, *kind)).collect();
            let token = self.next_token.as_deref();
            let page = crate::page::cut(all, |own| &own.name, token, self.max_results)?;
            (out.providers, out.next_token) = page;
            return Ok(out);
        }
        for given in &self.capacity_providers {
            let name = names::last(given);
            match KNOWN.iter().find(|(known, _)| *known == name) {
                Some((name, kind)) => out.providers.push(provider(name, *kind)),
                None => out.failures.push(Failure::missing(arn(name))),
            }
        }
        Ok(out)
    }
}

sim::operation! {
    /// Says which capacity providers may be used in a cluster, and which are when nothing is said.
    write PutClusterCapacityProviders in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: String => "cluster",
        /// The capacity providers.
        capacity_providers: Vec<String> => required "capacityProviders",
        /// What is used when nothing is said.
        default_strategy: Vec<CapacityProviderStrategyItem> =>
            required "defaultCapacityProviderStrategy",
    }
    output PutClusterCapacityProvidersOutput {
        /// The cluster.
        pub cluster: Cluster => "cluster",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access {
        "ecs:PutClusterCapacityProviders" on "arn:aws:ecs:{region}:{account}:cluster/{cluster}",
    }
}

impl Write for PutClusterCapacityProviders {
    type Output = PutClusterCapacityProvidersOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = names::cluster(Some(&self.cluster));
        world.get::<State>().unit(&Place::of(cx), &name)?;
        check(&self.capacity_providers, &self.default_strategy)?;
        let unit = world.get_mut::<State>().unit_mut(&Place::of(cx), &name)?;
        unit.cluster.capacity_providers = self.capacity_providers;
        unit.cluster.default_strategy = self.default_strategy;
        Ok(PutClusterCapacityProvidersOutput { cluster: told(unit, &[]) })
    }
}
