//! Instances started, stopped, rebooted and terminated.

use super::super::catalogue::types;
use super::super::error::refuse;
use super::super::filter::Dry;
use super::super::lifecycle;
use super::super::machine::{Machine, Phase};
use super::super::quota;
use super::super::region::Region;
use super::super::shapes::instance::InstanceStateChange;
use super::super::state::{Change, change};
use super::describe::find_all;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

/// That an instance is not in a state in which this can be done.
fn wrong_state(machine: &Machine, done: &str) -> ApiError {
    let message =
        format!("The instance '{}' is not in a state from which it can be {done}.", machine.id);
    refuse("IncorrectInstanceState", message)
}

/// The instances of these ids, each once, or the refusal of one that is not there or cannot.
fn chosen(
    region: &Region,
    ids: &[String],
    check: impl Fn(&Machine) -> Result<(), ApiError>,
) -> Result<Vec<(String, Phase)>, ApiError> {
    if ids.is_empty() {
        return Err(super::super::error::missing("InstanceId"));
    }
    let found = find_all(region, ids)?;
    for machine in &found {
        check(machine)?;
    }
    Ok(found.into_iter().map(|machine| (machine.id.clone(), machine.phase)).collect())
}

/// What became of them.
fn changes(change: &Change<'_>, before: Vec<(String, Phase)>) -> Vec<InstanceStateChange> {
    let now = |id: &String| change.region.instances.get(id).map(|machine| machine.phase);
    before
        .into_iter()
        .map(|(id, phase)| InstanceStateChange {
            current_state: now(&id).unwrap_or(phase).shown(),
            previous_state: phase.shown(),
            instance_id: id,
        })
        .collect()
}

sim::operation! {
    /// Starts an Amazon EBS-backed instance that you've previously stopped.
    write StartInstances in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IDs of the instances.
        instance_ids: Vec<String> => required "InstanceIds" Xml("InstanceId"),
        /// Reserved.
        _additional_info: Refused<String> => "AdditionalInfo",
    }
    output StartInstancesOutput {
        /// Information about the started instances.
        pub starting_instances: Vec<InstanceStateChange> => "StartingInstances" Xml("instancesSet"),
    }
    errors [
        "IncorrectInstanceState",
        "InsufficientInstanceCapacity",
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "VcpuLimitExceeded",
    ]
    access { "ec2:StartInstances" on "arn:aws:ec2:{region}:{account}:instance/{InstanceIds}" }
    takes time
}

impl Write for StartInstances {
    type Output = StartInstancesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let quota = quota::vcpus(world.config());
        change(world, cx, |change| {
            let before =
                chosen(change.region, &self.instance_ids, |machine| match machine.phase {
                    Phase::Stopped | Phase::Pending | Phase::Running => Ok(()),
                    _ => Err(wrong_state(machine, "started")),
                })?;
            let dark = before.iter().filter_map(|(id, _)| change.region.instances.get(id));
            if dark.into_iter().any(|machine| change.region.dark.has(&machine.zone)) {
                return Err(refuse("InsufficientInstanceCapacity", "Insufficient capacity."));
            }
            let stopped = before.iter().filter(|(_, phase)| *phase == Phase::Stopped);
            let kinds = stopped
                .filter_map(|(id, _)| types::of_name(&change.region.instances.get(id)?.kind));
            let wanted: i64 = kinds.map(|kind| kind.vcpus).sum();
            if wanted > quota::left(change.region, quota, wanted) {
                return Err(quota::exceeded(quota));
            }
            self.dry.stop()?;
            for (id, phase) in &before {
                if *phase == Phase::Stopped {
                    lifecycle::start(change, id);
                }
            }
            Ok(StartInstancesOutput { starting_instances: changes(change, before) })
        })
    }
}

sim::operation! {
    /// Stops an Amazon EBS-backed instance.
    write StopInstances in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IDs of the instances.
        instance_ids: Vec<String> => required "InstanceIds" Xml("InstanceId"),
        /// Hibernates the instance if the instance was enabled for hibernation at launch.
        _hibernate: Refused<bool> => "Hibernate",
        /// Specifies whether to bypass the graceful OS shutdown process when the instance is
        /// stopped.
        _skip_os_shutdown: Refused<bool> => "SkipOsShutdown",
        /// Forces the instance to stop.
        _force: Option<bool> => "Force",
    }
    output StopInstancesOutput {
        /// Information about the stopped instances.
        pub stopping_instances: Vec<InstanceStateChange> => "StoppingInstances" Xml("instancesSet"),
    }
    errors [
        "IncorrectInstanceState",
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "OperationNotPermitted",
    ]
    access { "ec2:StopInstances" on "arn:aws:ec2:{region}:{account}:instance/{InstanceIds}" }
    takes time
}

impl Write for StopInstances {
    type Output = StopInstancesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let before = chosen(change.region, &self.instance_ids, |machine| {
                if machine.stop_protected {
                    let message = format!(
                        "The instance '{}' may not be stopped. Modify its 'disableApiStop' instance \
                         attribute and try again.",
                        machine.id
                    );
                    return Err(refuse("OperationNotPermitted", message));
                }
                match machine.phase {
                    Phase::Running | Phase::Stopping | Phase::Stopped => Ok(()),
                    _ => Err(wrong_state(machine, "stopped")),
                }
            })?;
            self.dry.stop()?;
            for (id, phase) in &before {
                if *phase == Phase::Running {
                    lifecycle::stop(change, id);
                }
            }
            Ok(StopInstancesOutput { stopping_instances: changes(change, before) })
        })
    }
}

sim::operation! {
    /// Terminates (deletes) the specified instances.
    write TerminateInstances in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IDs of the instances.
        instance_ids: Vec<String> => required "InstanceIds" Xml("InstanceId"),
        /// Forces the instances to terminate.
        _force: Option<bool> => "Force",
        /// Specifies whether to bypass the graceful OS shutdown process when the instance is
        /// terminated.
        _skip_os_shutdown: Refused<bool> => "SkipOsShutdown",
    }
    output TerminateInstancesOutput {
        /// Information about the terminated instances.
        pub terminating_instances: Vec<InstanceStateChange> =>
            "TerminatingInstances" Xml("instancesSet"),
    }
    errors [
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "OperationNotPermitted",
    ]
    access {
        "ec2:TerminateInstances" on "arn:aws:ec2:{region}:{account}:instance/{InstanceIds}",
    }
    takes time
}

impl Write for TerminateInstances {
    type Output = TerminateInstancesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let before = chosen(change.region, &self.instance_ids, |machine| {
                if machine.termination_protected && !machine.is_over() {
                    let message = format!(
                        "The instance '{}' may not be terminated. Modify its 'disableApiTermination' \
                         instance attribute and try again.",
                        machine.id
                    );
                    return Err(refuse("OperationNotPermitted", message));
                }
                Ok(())
            })?;
            self.dry.stop()?;
            for (id, phase) in &before {
                if !matches!(phase, Phase::ShuttingDown | Phase::Terminated) {
                    lifecycle::terminate(change, id);
                }
            }
            Ok(TerminateInstancesOutput { terminating_instances: changes(change, before) })
        })
    }
}

sim::operation! {
    /// Requests a reboot of the specified instances.
    write RebootInstances in "ec2" = "";
    input {
        ..dry: Dry,
        /// The instance IDs.
        instance_ids: Vec<String> => required "InstanceIds" Xml("InstanceId"),
    }
    output RebootInstancesOutput {}
    errors [
        "IncorrectInstanceState",
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
    ]
    access {
        "ec2:RebootInstances" on "arn:aws:ec2:{region}:{account}:instance/{InstanceIds}",
    }
    takes time
}

impl Write for RebootInstances {
    type Output = RebootInstancesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let ids = chosen(change.region, &self.instance_ids, |machine| match machine.phase {
                Phase::Running => Ok(()),
                _ => Err(wrong_state(machine, "rebooted")),
            })?;
            self.dry.stop()?;
            for (id, _) in &ids {
                lifecycle::reboot(change, id);
            }
            Ok(RebootInstancesOutput {})
        })
    }
}
