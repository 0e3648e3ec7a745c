//! `DescribeScalingActivities`.

use sim::api::{ApiError, Read, Refused, Value};
use sim::{Cx, World};

use crate::page::page;
use crate::shapes::activity::Activity;
use crate::state::State;
use aws::place::Place;

sim::operation! {
    /// Gets information about the scaling activities in the account and Region, the newest first.
    read DescribeScalingActivities in "autoscaling" = "";
    input {
        /// The activity IDs of the desired scaling activities.
        activity_ids: Vec<String> => "ActivityIds",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: Option<String> => "AutoScalingGroupName",
        /// Indicates whether to include scaling activity from deleted groups.
        include_deleted_groups: Option<bool> => "IncludeDeletedGroups",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// One or more filters.
        _filters: Refused<Value> => "Filters",
    }
    output DescribeScalingActivitiesOutput {
        /// The scaling activities.
        pub activities: Vec<Activity> => required "Activities",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeScalingActivities" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["Activities"],
    }
}

impl Read for DescribeScalingActivities {
    type Output = DescribeScalingActivitiesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let deleted = self.include_deleted_groups == Some(true);
        let name = self.auto_scaling_group_name.as_ref();
        if let Some(name) = name.filter(|_| !deleted) {
            world.get::<State>().group(&place, name)?;
        }
        let living = region.into_iter().flat_map(|region| region.groups.values());
        let living = living.filter(|group| name.is_none_or(|name| group.name == *name));
        let past = region.into_iter().flat_map(|region| &region.past).filter(|_| deleted);
        let past = past.filter(|one| name.is_none_or(|name| one.auto_scaling_group_name == *name));
        let mut all: Vec<&Activity> =
            past.chain(living.flat_map(|group| &group.activities)).collect();
        all.retain(|one| {
            self.activity_ids.is_empty() || self.activity_ids.contains(&one.activity_id)
        });
        // What began at one instant stays in the reverse of its order.
        all.reverse();
        all.sort_by_key(|activity| std::cmp::Reverse(activity.start_time));
        let keyed = all.into_iter().map(|one| (one.activity_id.clone(), one)).collect();
        let (page, next_token) = page(keyed, self.next_token.as_deref(), self.max_records)?;
        Ok(DescribeScalingActivitiesOutput {
            activities: page.into_iter().cloned().collect(),
            next_token,
        })
    }
}
