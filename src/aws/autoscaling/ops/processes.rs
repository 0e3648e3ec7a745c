//! Processes of a group suspended and resumed.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::validation;
use crate::life;
use crate::state::group_mut;

/// What a group does by itself (user guide, "Suspend and resume Amazon EC2 Auto Scaling processes").
pub(super) const PROCESSES: &[&str] = &[
    "AZRebalance",
    "AddToLoadBalancer",
    "AlarmNotification",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
];

/// The processes of a request: all when it names none.
fn named(given: &[String]) -> Result<Vec<String>, ApiError> {
    if given.is_empty() {
        return Ok(PROCESSES.iter().map(|name| (*name).to_owned()).collect());
    }
    for name in given {
        if !PROCESSES.contains(&name.as_str()) {
            return Err(validation(format!("Unknown scaling process type: {name}")));
        }
    }
    Ok(given.to_vec())
}

sim::operation! {
    /// Suspends the specified auto scaling processes, or all processes, for the specified group.
    write SuspendProcesses in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// One or more processes; all when none is given.
        scaling_processes: Vec<String> => "ScalingProcesses",
    }
    output SuspendProcessesOutput {}
    errors ["ResourceContention", "ResourceInUse"]
    access {
        "autoscaling:SuspendProcesses" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for SuspendProcesses {
    type Output = SuspendProcessesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let names = named(&self.scaling_processes)?;
        let reason = format!("User suspended at {}", world.now().iso_secs());
        let Some(group) = group_mut(world, &whose) else { return Ok(SuspendProcessesOutput {}) };
        for name in names {
            group.suspended.entry(name).or_insert_with(|| reason.clone());
        }
        Ok(SuspendProcessesOutput {})
    }
}

sim::operation! {
    /// Resumes the specified suspended auto scaling processes, or all suspended processes.
    write ResumeProcesses in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// One or more processes; all when none is given.
        scaling_processes: Vec<String> => "ScalingProcesses",
    }
    output ResumeProcessesOutput {}
    errors ["ResourceContention", "ResourceInUse"]
    access {
        "autoscaling:ResumeProcesses" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for ResumeProcesses {
    type Output = ResumeProcessesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let names = named(&self.scaling_processes)?;
        if let Some(group) = group_mut(world, &whose) {
            group.suspended.retain(|name, _| !names.contains(name));
            group.failures = 0;
        }
        life::check_all(world, &whose);
        Ok(ResumeProcessesOutput {})
    }
}

sim::structure! {
    /// Describes a process type.
    pub struct ProcessType {
        /// One of the process types.
        pub process_name: String => "ProcessName",
    }
}

sim::operation! {
    /// Describes the scaling process types for use with ResumeProcesses and SuspendProcesses.
    read DescribeScalingProcessTypes in "autoscaling" = "";
    input {}
    output DescribeScalingProcessTypesOutput {
        /// The names of the process types.
        pub processes: Vec<ProcessType> => "Processes",
    }
    errors ["ResourceContention"]
    access { "autoscaling:DescribeScalingProcessTypes" on "*" }
}

impl Read for DescribeScalingProcessTypes {
    type Output = DescribeScalingProcessTypesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let one = |name: &&str| ProcessType { process_name: (*name).to_owned() };
        Ok(DescribeScalingProcessTypesOutput { processes: PROCESSES.iter().map(one).collect() })
    }
}
