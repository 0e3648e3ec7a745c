//! `DescribeInstanceStatus`.

use super::super::error::combination;
use super::super::filter::{Listing, page_size};
use super::super::machine::{Machine, Phase};
use super::super::region::Region;
use super::super::shapes::instance::{
    InstanceStatus, InstanceStatusDetails, InstanceStatusSummary,
};
use super::super::state::look;
use super::super::zones;
use super::describe::asked;
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Describes the status of the specified instances or all of your instances.
    read DescribeInstanceStatus in "ec2" = "";
    input {
        ..listing: Listing,
        /// The instance IDs.
        instance_ids: Vec<String> => "InstanceIds" Xml("InstanceId"),
        /// Indicates whether to include managed resources in the output.
        _include_managed_resources: Option<bool> =>
            "IncludeManagedResources",
        /// When true, includes the health status for all instances.
        include_all_instances: Option<bool> => "IncludeAllInstances",
    }
    output DescribeInstanceStatusOutput {
        /// Information about the status of the instances.
        pub instance_statuses: Vec<InstanceStatus> => "InstanceStatuses" Xml("instanceStatusSet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeInstanceStatus" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["InstanceStatuses"],
    }
    waiters [
        waiter("InstanceStatusOk", 15, 40, &[
            success(All("InstanceStatuses[].InstanceStatus.Status", "ok")),
            retry(Error("InvalidInstanceID.NotFound")),
        ]),
        waiter("SystemStatusOk", 15, 40, &[
            success(All("InstanceStatuses[].SystemStatus.Status", "ok")),
        ]),
    ]
}

const FILTERS: &[&str] = &[
    "availability-zone",
    "instance-state-code",
    "instance-state-name",
    "instance-status.reachability",
    "instance-status.status",
    "system-status.reachability",
    "system-status.status",
];

fn status(region: &Region, machine: &Machine, now: Time) -> InstanceStatus {
    let (status, detail) = match machine.phase {
        Phase::Running if region.seen_dark(&machine.zone, now) => ("impaired", "failed"),
        Phase::Pending | Phase::Running if machine.is_checked(now) => ("ok", "passed"),
        Phase::Pending | Phase::Running => ("initializing", "initializing"),
        _ => ("not-applicable", ""),
    };
    let detail = (!detail.is_empty())
        .then(|| InstanceStatusDetails { name: "reachability".into(), status: detail.into() });
    let summary =
        InstanceStatusSummary { details: detail.into_iter().collect(), status: status.into() };
    InstanceStatus {
        availability_zone_id: zones::id(&region.place.region, &machine.zone).unwrap_or_default(),
        availability_zone: machine.zone.clone(),
        instance_id: machine.id.clone(),
        instance_state: machine.phase.shown(),
        instance_status: summary.clone(),
        system_status: summary,
    }
}

fn values(status: &InstanceStatus, filter: &str) -> Vec<String> {
    let summary = if filter.starts_with("system-status.") {
        &status.system_status
    } else {
        &status.instance_status
    };
    match filter {
        "availability-zone" => vec![status.availability_zone.clone()],
        "instance-state-code" => vec![status.instance_state.code.to_string()],
        "instance-state-name" => vec![status.instance_state.name.clone()],
        "instance-status.status" | "system-status.status" => vec![summary.status.clone()],
        "instance-status.reachability" | "system-status.reachability" => {
            summary.details.iter().map(|detail| detail.status.clone()).collect()
        }
        _ => Vec::new(),
    }
}

impl Read for DescribeInstanceStatus {
    type Output = DescribeInstanceStatusOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.listing.dry.stop()?;
        self.listing.known(FILTERS)?;
        if let Some(max) = self.listing.max_results {
            if !self.instance_ids.is_empty() {
                return Err(combination(
                    "The parameter instancesSet cannot be used with the parameter maxResults",
                ));
            }
            page_size(max, (5, 1000))?;
        }
        let region = look(world, cx);
        let all = self.include_all_instances == Some(true);
        let after = self.listing.after()?;
        let shown = asked(&region, &self.instance_ids)?
            .into_iter()
            .filter(|machine| all || machine.phase == Phase::Running)
            .filter(|machine| after.as_ref().is_none_or(|after| machine.id > *after))
            .map(|machine| status(&region, machine, cx.at))
            .filter(|status| self.listing.fit(|filter| values(status, filter)));
        let mut statuses: Vec<InstanceStatus> = shown.collect();
        let max = self.listing.max_results.and_then(|max| usize::try_from(max).ok());
        let mut next_token = None;
        if let Some(max) = max.filter(|max| *max < statuses.len()) {
            statuses.truncate(max);
            next_token = statuses.last().map(|last| super::super::filter::token(&last.instance_id));
        }
        Ok(DescribeInstanceStatusOutput { instance_statuses: statuses, next_token })
    }
}
