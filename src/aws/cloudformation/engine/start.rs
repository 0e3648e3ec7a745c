//! How operations on stacks begin.

use std::sync::Arc;

use serde_json::json;
use sim::World;

use super::{At, Live, What, fail, plan, pump, schedule, stack};
use crate::durations::BEGINNING;
use crate::job::{Phase, Task};
use crate::kinds::Failure;
use crate::shapes::StackStatus;
use crate::state::{Revision, uuid};

/// A stack that stands in the region begins to be made.
pub(crate) fn begin_create(world: &mut World, at: &At) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    stack.run += 1;
    stack.phase = Phase::Create;
    stack.before = None;
    stack.turn(now, StackStatus::CreateInProgress, Some("User Initiated".into()), id);
    let timeout = stack.timeout_minutes;
    schedule(world, at, now.plus(BEGINNING), What::Begin);
    if let Some(minutes) = timeout.and_then(|minutes| u64::try_from(minutes).ok()) {
        let when = now.plus(std::time::Duration::from_mins(minutes));
        schedule(world, at, when, What::Timeout);
    }
}

/// A stack begins to become another.
pub(crate) fn begin_update(world: &mut World, at: &At, revision: Arc<Revision>) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    stack.run += 1;
    stack.phase = Phase::Update;
    stack.before = Some(std::mem::replace(&mut stack.revision, revision));
    stack.updated = Some(now);
    stack.undo.clear();
    stack.leftovers.clear();
    stack.imports.clear();
    stack.turn(now, StackStatus::UpdateInProgress, Some("User Initiated".into()), id);
    schedule(world, at, now.plus(BEGINNING), What::Begin);
}

/// A stack begins to go away.
pub(crate) fn begin_delete(world: &mut World, at: &At, reason: Option<String>) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    stack.run += 1;
    stack.phase = Phase::Delete;
    stack.turn(now, StackStatus::DeleteInProgress, reason, id);
    schedule(world, at, now.plus(BEGINNING), What::Begin);
}

/// The first jobs begin.
pub(super) fn begin(world: &mut World, at: &At) {
    let Some(stack) = stack(world, at) else { return };
    let phase = stack.phase;
    if phase == Phase::Delete {
        let jobs = plan::removals(stack, stack.everything());
        stack.set_jobs(Phase::Delete, jobs);
        pump(world, at);
        return;
    }
    let timed = phase == Phase::Create && stack.timeout_minutes.is_some();
    let revision = Arc::clone(&stack.revision);
    if let Err(reason) = parameters_exist(world, at, &revision) {
        fail::whole(world, at, &reason);
        return;
    }
    let active = revision
        .template
        .resources
        .iter()
        .filter(|(_, resource)| revision.is_active(resource.condition.as_ref()))
        .map(|(name, _)| (name.clone(), Task::Make));
    let jobs = plan::makes(&revision, active);
    let (created, timeout) = {
        let Some(stack) = super::stack(world, at) else { return };
        stack.set_jobs(phase, jobs);
        (stack.events.last().map_or(stack.created, |event| event.at), stack.timeout_minutes)
    };
    if let Some(minutes) = timeout.filter(|_| timed).and_then(|minutes| u64::try_from(minutes).ok())
    {
        // Another run has begun, and with it another limit.
        let when = created.plus(std::time::Duration::from_mins(minutes));
        schedule(world, at, when, What::Timeout);
    }
    pump(world, at);
}

/// Whether what the parameters of AWS's own types name exists.
fn parameters_exist(world: &mut World, at: &At, revision: &Revision) -> Result<(), String> {
    for (name, declared) in &revision.template.parameters {
        let Some(kind) = declared.existing() else { continue };
        let Some(value) = revision.seen.get(name) else { continue };
        let values: Vec<String> = match value {
            serde_json::Value::Array(items) => {
                items.iter().filter_map(crate::text::text_of).collect()
            }
            value => crate::text::text_of(value).into_iter().collect(),
        };
        let (operation, member) = match kind {
            "AWS::EC2::AvailabilityZone::Name" => ("DescribeAvailabilityZones", "ZoneNames"),
            "AWS::EC2::Image::Id" => ("DescribeImages", "ImageIds"),
            "AWS::EC2::Instance::Id" => ("DescribeInstances", "InstanceIds"),
            "AWS::EC2::KeyPair::KeyName" => ("DescribeKeyPairs", "KeyNames"),
            "AWS::EC2::SecurityGroup::GroupName" => ("DescribeSecurityGroups", "GroupNames"),
            "AWS::EC2::SecurityGroup::Id" => ("DescribeSecurityGroups", "GroupIds"),
            "AWS::EC2::Subnet::Id" => ("DescribeSubnets", "SubnetIds"),
            "AWS::EC2::Volume::Id" => ("DescribeVolumes", "VolumeIds"),
            _ => ("DescribeVpcs", "VpcIds"),
        };
        for value in values {
            let Some(mut live) = Live::of(world, at) else { return Ok(()) };
            let mut call = live.call("");
            match call.ask("ec2", operation, json!({member: [value.as_str()]})) {
                Ok(_) => {}
                Err(Failure::Refused(_, error)) if error.code == "UnauthorizedOperation" => {
                    return Err(error.message);
                }
                Err(_) => {
                    return Err(format!(
                        "Parameter validation failed: parameter value {value} for parameter name \
                         {name} does not exist"
                    ));
                }
            }
        }
    }
    Ok(())
}
