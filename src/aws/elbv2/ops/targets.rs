//! Targets: registered, deregistered, and how healthy they are.

use std::net::Ipv4Addr;

use crate::event::{Event, What};
use crate::faults::{invalid, invalid_target, other};
use crate::group::{Group, Target, TargetKey};
use crate::health;
use crate::shapes::group::{TargetDescription, TargetHealthDescription, TargetType};
use crate::state::State;
use aws::ec2::managed;
use aws::place::Place;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

/// Targets of a target group (quotas of Application Load Balancers).
const TARGETS_MAX: usize = 1000;

sim::operation! {
    /// Registers the specified targets with the specified target group.
    write RegisterTargets in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the target group.
        target_group_arn: String => "TargetGroupArn",
        /// The targets.
        targets: Vec<TargetDescription> => required "Targets",
    }
    output RegisterTargetsOutput {}
    errors ["TargetGroupNotFound", "TooManyTargets", "InvalidTarget"]
    access { "elasticloadbalancing:RegisterTargets" on "{TargetGroupArn}" }
}

impl Write for RegisterTargets {
    type Output = RegisterTargetsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.target_group_arn);
        let group = world.get::<State>().region(&place).group(&arn)?;
        if self.targets.is_empty() {
            return Err(invalid("At least one target must be specified"));
        }
        let mut new = Vec::new();
        for target in &self.targets {
            let key = key(group, target)?;
            let zone = zone(world, &place, group, target)?;
            new.push((key, zone));
        }
        let more = new.iter().filter(|(key, _)| !group.targets.contains_key(key)).count();
        if group.targets.len() + more > TARGETS_MAX {
            let message = format!("A target group can have at most {TARGETS_MAX} targets");
            return Err(other("TooManyTargets", message));
        }
        if let Some(group) = world.get_mut::<State>().region_mut(&place).groups.get_mut(&arn) {
            for (key, zone) in new {
                let there = group.targets.entry(key).or_default();
                if there.draining.is_some() {
                    *there =
                        Target { requests: there.requests, open: there.open, ..Target::default() };
                }
                there.zone = zone;
            }
        }
        health::settle(world, &place);
        Ok(RegisterTargetsOutput {})
    }
}

/// What a target is called in its group.
fn key(group: &Group, target: &TargetDescription) -> Result<TargetKey, ApiError> {
    let port = match target.port {
        None => group.port,
        Some(port) => u16::try_from(port)
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(|| invalid(format!("Target port '{port}' must be between 1 and 65535")))?,
    };
    Ok(TargetKey { id: target.id.clone(), port })
}

/// Whether the target can be one of this group, and the zone that it is in.
fn zone(
    world: &World,
    place: &Place,
    group: &Group,
    target: &TargetDescription,
) -> Result<Option<String>, ApiError> {
    let id = &target.id;
    if group.by == TargetType::Instance {
        if !managed::is_instance_id(id) {
            return Err(invalid(format!("Instance ID '{id}' is not valid")));
        }
        if target.availability_zone.is_some() {
            return Err(invalid(
                "You cannot specify an Availability Zone for targets of type 'instance'",
            ));
        }
        let Some(facts) = managed::instance(world, place, id) else {
            return Err(invalid_target(format!("The following targets do not exist: '{id}'")));
        };
        if facts.vpc != group.vpc {
            return Err(invalid_target(format!(
                "The following targets are not in the target group VPC '{}': '{id}'",
                group.vpc
            )));
        }
        if facts.state != "running" {
            return Err(invalid_target(format!(
                "The following targets are not in a running state and cannot be registered: '{id}'"
            )));
        }
        return Ok(Some(facts.zone));
    }
    let Ok(address) = id.parse::<Ipv4Addr>() else {
        return Err(invalid(format!("The IP address '{id}' is not a valid IPv4 address")));
    };
    let inside = managed::is_inside(world, place, &group.vpc, address);
    match target.availability_zone.as_deref() {
        Some("all") if !inside && is_private(address) => Ok(Some("all".to_owned())),
        given if inside => {
            let zone = managed::zone_of(world, place, &group.vpc, address);
            match (given, zone) {
                (Some(given), Some(zone)) if given != zone => Err(invalid(format!(
                    "The IP address '{id}' is not in the Availability Zone '{given}'"
                ))),
                (_, zone) => Ok(zone),
            }
        }
        _ if is_private(address) => Err(invalid(format!(
            "The Availability Zone 'all' must be specified for the IP address '{id}', which is \
             outside of the target group VPC '{}'",
            group.vpc
        ))),
        _ => Err(invalid(format!(
            "The IP address '{id}' is publicly routable and cannot be registered"
        ))),
    }
}

/// Addresses that can be reached from a network without the internet (API reference, `TargetDescription`).
fn is_private(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private() || (first == 100 && (64..128).contains(&second))
}

sim::operation! {
    /// Deregisters the specified targets from the specified target group. They are drained first.
    write DeregisterTargets in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the target group.
        target_group_arn: String => "TargetGroupArn",
        /// The targets.
        targets: Vec<TargetDescription> => required "Targets",
    }
    output DeregisterTargetsOutput {}
    errors ["TargetGroupNotFound", "InvalidTarget"]
    access { "elasticloadbalancing:DeregisterTargets" on "{TargetGroupArn}" }
    takes time
}

impl Write for DeregisterTargets {
    type Output = DeregisterTargetsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.target_group_arn);
        let region = world.get::<State>().region(&place);
        let group = region.group(&arn)?;
        if self.targets.is_empty() {
            return Err(invalid("At least one target must be specified"));
        }
        let mut gone = Vec::new();
        for target in &self.targets {
            let key = key(group, target)?;
            if !group.targets.contains_key(&key) {
                return Err(invalid_target(format!(
                    "The following targets are not registered: '{}'",
                    target.id
                )));
            }
            gone.push(key);
        }
        let delay = group.seconds("deregistration_delay.timeout_seconds");
        let used = region.user_of(&arn).is_some();
        let until = cx.at.plus(delay);
        let mut events = Vec::new();
        if let Some(group) = world.get_mut::<State>().region_mut(&place).groups.get_mut(&arn) {
            for key in gone {
                if !used || delay.is_zero() {
                    group.targets.remove(&key);
                    continue;
                }
                let life = group.next_life();
                let Some(target) = group.targets.get_mut(&key) else { continue };
                if target.draining.is_none() {
                    target.draining = Some(until);
                    target.checked = false;
                    target.life = life;
                    let group = arn.clone();
                    events.push(What::Drained { group, target: key, life });
                }
            }
        }
        for what in events {
            Event { place: place.clone(), what }.at(world, until);
        }
        Ok(DeregisterTargetsOutput {})
    }
}

sim::operation! {
    /// Describes the health of the specified targets or all of your targets.
    read DescribeTargetHealth in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the target group.
        target_group_arn: String => "TargetGroupArn",
        /// The targets.
        targets: Vec<TargetDescription> => "Targets",
        /// Used to include anomaly detection information.
        _include: Refused<Vec<String>> => "Include",
    }
    output DescribeTargetHealthOutput {
        /// Information about the health of the targets.
        pub target_health_descriptions: Vec<TargetHealthDescription> =>
            "TargetHealthDescriptions",
    }
    errors ["InvalidTarget", "TargetGroupNotFound", "HealthUnavailable"]
    access { "elasticloadbalancing:DescribeTargetHealth" on "*" }
    waiters [
        waiter("TargetInService", 15, 40, &[
            success(All("TargetHealthDescriptions[].TargetHealth.State", "healthy")),
            retry(Error("InvalidInstance")),
        ]),
        waiter("TargetDeregistered", 15, 40, &[
            success(Error("InvalidTarget")),
            success(All("TargetHealthDescriptions[].TargetHealth.State", "unused")),
        ]),
    ]
}

impl Read for DescribeTargetHealth {
    type Output = DescribeTargetHealthOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let group = region.group(&self.target_group_arn)?;
        let user = region.user_of(&group.arn);
        let keys: Vec<TargetKey> = if self.targets.is_empty() {
            group.targets.keys().cloned().collect()
        } else {
            self.targets.iter().map(|target| key(group, target)).collect::<Result<_, _>>()?
        };
        let describe = |key: TargetKey| {
            let zone = group.targets.get(&key).and_then(|target| target.zone.clone());
            TargetHealthDescription {
                target_health: health::describe(world, &place, user, group, &key),
                health_check_port: Some(group.check_port(&key).to_string()),
                target: TargetDescription {
                    port: Some(i64::from(key.port)),
                    // Instances have no zone of their own here.
                    availability_zone: zone.filter(|_| group.by == TargetType::Ip),
                    id: key.id,
                    ..TargetDescription::default()
                },
                ..TargetHealthDescription::default()
            }
        };
        let target_health_descriptions = keys.into_iter().map(describe).collect();
        Ok(DescribeTargetHealthOutput { target_health_descriptions })
    }
}
