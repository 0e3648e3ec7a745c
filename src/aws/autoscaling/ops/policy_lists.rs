//! `DescribePolicies`.

use sim::api::{ApiError, Read};
use sim::{Cx, World};

use crate::page::page;
use crate::policy;
use crate::shapes::policy::ScalingPolicy;
use crate::state::{State, Whose};
use aws::place::Place;

sim::operation! {
    /// Gets information about the scaling policies in the account and Region.
    read DescribePolicies in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: Option<String> => "AutoScalingGroupName",
        /// The names or ARNs of one or more policies.
        policy_names: Vec<String> => "PolicyNames",
        /// One or more policy types.
        policy_types: Vec<String> => "PolicyTypes",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// The maximum number of items to be returned with each call.
        max_records: Option<i64> => "MaxRecords",
    }
    output DescribePoliciesOutput {
        /// The scaling policies.
        pub scaling_policies: Vec<ScalingPolicy> => "ScalingPolicies",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention", "ServiceLinkedRoleFailure"]
    access { "autoscaling:DescribePolicies" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["ScalingPolicies"],
    }
}

impl Read for DescribePolicies {
    type Output = DescribePoliciesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        if let Some(name) = &self.auto_scaling_group_name {
            world.get::<State>().group(&place, name)?;
        }
        let region = world.get::<State>().region(&place);
        let wanted = |policy: &&ScalingPolicy| {
            let group = &self.auto_scaling_group_name;
            let (names, types) = (&self.policy_names, &self.policy_types);
            group.as_ref().is_none_or(|name| *name == policy.auto_scaling_group_name)
                && (names.is_empty()
                    || names.contains(&policy.policy_name)
                    || names.contains(&policy.policy_arn))
                && (types.is_empty() || types.contains(&policy.policy_type))
        };
        let groups = region.into_iter().flat_map(|region| region.groups.values());
        let all = groups.flat_map(|group| group.policies.values()).filter(wanted);
        let keyed = all.map(|policy| (policy.policy_arn.clone(), policy)).collect();
        let (page, next_token) = page(keyed, self.next_token.as_deref(), self.max_records)?;
        let shown = |policy: &ScalingPolicy| {
            let group = policy.auto_scaling_group_name.clone();
            let whose = Whose { place: place.clone(), group };
            ScalingPolicy { alarms: policy::alarms(world, &whose, policy), ..policy.clone() }
        };
        let scaling_policies = page.into_iter().map(shown).collect();
        Ok(DescribePoliciesOutput { scaling_policies, next_token })
    }
}
