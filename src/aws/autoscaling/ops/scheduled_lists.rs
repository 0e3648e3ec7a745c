//! `DescribeScheduledActions`.

use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use crate::page::page;
use crate::shapes::rest::ScheduledUpdateGroupAction;
use crate::state::{Scheduled, State};
use aws::place::Place;

sim::operation! {
    /// Gets information about the scheduled actions that have not run or that have not reached their end
    /// time.
    read DescribeScheduledActions in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: Option<String> => "AutoScalingGroupName",
        /// The names of one or more scheduled actions.
        scheduled_action_names: Vec<String> => "ScheduledActionNames",
        /// The earliest scheduled start time to return.
        start_time: Option<Time> => "StartTime",
        /// The latest scheduled start time to return.
        end_time: Option<Time> => "EndTime",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
    }
    output DescribeScheduledActionsOutput {
        /// The scheduled actions.
        pub scheduled_update_group_actions: Vec<ScheduledUpdateGroupAction> =>
            "ScheduledUpdateGroupActions",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeScheduledActions" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["ScheduledUpdateGroupActions"],
    }
}

/// An action with the time at which it is due next as its start.
fn shown(scheduled: &Scheduled) -> ScheduledUpdateGroupAction {
    let start = scheduled.next.or(scheduled.action.start_time);
    ScheduledUpdateGroupAction { time: start, start_time: start, ..scheduled.action.clone() }
}

impl Read for DescribeScheduledActions {
    type Output = DescribeScheduledActionsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        if let Some(name) = &self.auto_scaling_group_name {
            world.get::<State>().group(&place, name)?;
        }
        let region = world.get::<State>().region(&place);
        let groups = region.into_iter().flat_map(|region| region.groups.values());
        let all = groups.flat_map(|group| group.scheduled.values()).map(shown);
        let wanted = |action: &ScheduledUpdateGroupAction| {
            let (group, names) = (&self.auto_scaling_group_name, &self.scheduled_action_names);
            group.as_ref().is_none_or(|name| *name == action.auto_scaling_group_name)
                && (names.is_empty() || names.contains(&action.scheduled_action_name))
                && self.start_time.is_none_or(|from| action.start_time >= Some(from))
                && self.end_time.is_none_or(|to| action.start_time <= Some(to))
        };
        let found = all.filter(wanted).map(|action| (action.scheduled_action_arn.clone(), action));
        let (page, next_token) =
            page(found.collect(), self.next_token.as_deref(), self.max_records)?;
        Ok(DescribeScheduledActionsOutput { scheduled_update_group_actions: page, next_token })
    }
}
