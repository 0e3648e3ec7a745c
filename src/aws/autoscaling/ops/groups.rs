//! Groups described and deleted, and their instances described.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::activity::at;
use crate::faults::{in_progress, in_use, validation};
use crate::page::page;
use crate::shapes::group::{AutoScalingGroup, AutoScalingInstanceDetails};
use crate::shapes::rest::Filter;
use crate::state::{Group, State, group_mut};
use crate::{groups, leave};
use aws::place::Place;

sim::operation! {
    /// Gets information about the Auto Scaling groups in the account and Region.
    read DescribeAutoScalingGroups in "autoscaling" = "";
    input {
        /// The names of the Auto Scaling groups.
        auto_scaling_group_names: Vec<String> => "AutoScalingGroupNames",
        /// Specifies whether to include information about the instances; they are when nothing is said.
        include_instances: Option<bool> => "IncludeInstances",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
        /// One or more filters: `tag:KEY`, `tag-key` and `tag-value`.
        filters: Vec<Filter> => "Filters",
    }
    output DescribeAutoScalingGroupsOutput {
        /// The groups.
        pub auto_scaling_groups: Vec<AutoScalingGroup> => required "AutoScalingGroups",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeAutoScalingGroups" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["AutoScalingGroups"],
    }
}

/// Whether a group has the tags that a filter wants.
fn fits(group: &Group, filter: &Filter) -> Result<bool, ApiError> {
    let name = filter.name.as_deref().unwrap_or_default();
    let wanted = |text: &String| filter.values.contains(text);
    Ok(match name {
        "tag-key" => group.tags.keys().any(wanted),
        "tag-value" => group.tags.values().any(|tag| wanted(&tag.value)),
        name => {
            let Some(key) = name.strip_prefix("tag:") else {
                return Err(validation(format!("Filter type {name} is not correct")));
            };
            group.tags.get(key).is_some_and(|tag| wanted(&tag.value))
        }
    })
}

impl Read for DescribeAutoScalingGroups {
    type Output = DescribeAutoScalingGroupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let names = &self.auto_scaling_group_names;
        let all = world.get::<State>().region(&place).into_iter().flat_map(|r| r.groups.values());
        let mut found = Vec::new();
        // Names of no group are passed over.
        for group in all.filter(|group| names.is_empty() || names.contains(&group.name)) {
            let mut fit = true;
            for filter in &self.filters {
                fit &= fits(group, filter)?;
            }
            if fit {
                found.push((group.name.clone(), group));
            }
        }
        let (page, next_token) = page(found, self.next_token.as_deref(), self.max_records)?;
        let with_instances = self.include_instances != Some(false);
        let shown = |group: &Group| groups::shown(&place, group, with_instances);
        Ok(DescribeAutoScalingGroupsOutput {
            auto_scaling_groups: page.into_iter().map(shown).collect(),
            next_token,
        })
    }
}

sim::operation! {
    /// Gets information about the Auto Scaling instances in the account and Region.
    read DescribeAutoScalingInstances in "autoscaling" = "";
    input {
        /// The IDs of the instances.
        instance_ids: Vec<String> => "InstanceIds",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
    }
    output DescribeAutoScalingInstancesOutput {
        /// The instances.
        pub auto_scaling_instances: Vec<AutoScalingInstanceDetails> => "AutoScalingInstances",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeAutoScalingInstances" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["AutoScalingInstances"],
    }
}

impl Read for DescribeAutoScalingInstances {
    type Output = DescribeAutoScalingInstancesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let wanted = |id: &String| self.instance_ids.is_empty() || self.instance_ids.contains(id);
        let all = region.into_iter().flat_map(|region| &region.members);
        let found = all.filter(|(id, _)| wanted(id)).filter_map(|(id, name)| {
            let group = region?.groups.get(name)?;
            Some((id.clone(), groups::details(group, group.members.get(id)?)))
        });
        let (page, next_token) =
            page(found.collect(), self.next_token.as_deref(), self.max_records)?;
        Ok(DescribeAutoScalingInstancesOutput { auto_scaling_instances: page, next_token })
    }
}

sim::operation! {
    /// Deletes the specified Auto Scaling group.
    write DeleteAutoScalingGroup in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// Specifies that the group is to be deleted along with all instances associated with it,
        /// without waiting for hooks.
        force_delete: Option<bool> => "ForceDelete",
    }
    output DeleteAutoScalingGroupOutput {}
    errors ["ResourceContention", "ResourceInUse", "ScalingActivityInProgress"]
    access {
        "autoscaling:DeleteAutoScalingGroup" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for DeleteAutoScalingGroup {
    type Output = DeleteAutoScalingGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let now = world.now();
        let Some(group) = group_mut(world, &whose) else {
            return Ok(DeleteAutoScalingGroupOutput {});
        };
        if self.force_delete != Some(true) {
            if group.members.values().any(crate::state::Member::leaves) {
                return Err(in_progress(
                    "You cannot delete an AutoScalingGroup while there are scaling activities in progress for \
                     that group.",
                ));
            }
            if !group.members.is_empty() {
                return Err(in_use(
                    "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance \
                     request(s) still in the group.",
                ));
            }
        }
        group.going = true;
        (group.min, group.max, group.desired) = (0, 0, 0);
        let members: Vec<String> = group.members.keys().cloned().collect();
        for id in members {
            let what =
                format!("instance {id} was taken out of service in response to a user request.");
            // One that waits for a hook waits no longer.
            if leave::begin(world, &whose, &id, at(now, &what)).is_none() {
                leave::hurry(world, &whose, &id);
            }
        }
        groups::gone_if_empty(world, &whose);
        Ok(DeleteAutoScalingGroupOutput {})
    }
}
