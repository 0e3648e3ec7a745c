//! Health checks: targets are asked in lab time, and what they answer makes them healthy or not.
//!
//! Source: the User Guide for Application Load Balancers, "Health checks for your target groups". One node
//! asks for all nodes of a balancer: that of the target's zone, else the first. A target is healthy after
//! the first check that goes well; later it takes the thresholds of its group to change that.

use std::net::Ipv4Addr;
use std::time::Duration;

use aws::ec2::managed;
use aws::ec2::outage;
use aws::ec2::reach::{self, End, Packet, Payload};
use aws::place::Place;
use sim::World;
use sim::traffic::{Answer, Endpoint, HttpRequest, Question};

use super::balancer::{Balancer, Zone};
use super::durations::REGISTRATION;
use super::event::{Event, What};
use super::group::{Group, Health, Target, TargetKey};
use super::matcher::judge;
use super::probe::{Outcome, Probe};
use super::shapes::group::{TargetHealth, TargetType};
use super::state::{Region, State};

/// A port of those from which nodes speak to targets.
const NODE_PORT: u16 = 49_152;

/// Why a target gets no requests although it is registered.
fn unused(
    world: &World,
    place: &Place,
    user: Option<&Balancer>,
    group: &Group,
    key: &TargetKey,
) -> Option<(&'static str, String)> {
    let Some(balancer) = user else {
        let text = "Target group is not configured to receive traffic from the load balancer";
        return Some(("Target.NotInUse", text.to_owned()));
    };
    if group.by == TargetType::Instance {
        match managed::instance(world, place, &key.id).map_or("terminated", |facts| facts.state) {
            "stopped" | "stopping" => {
                return Some(("Target.InvalidState", "Target is in the stopped state".to_owned()));
            }
            "terminated" | "shutting-down" => {
                let text = "Target is in the terminated state";
                return Some(("Target.InvalidState", text.to_owned()));
            }
            _ => {}
        }
    }
    let address = key.id.parse::<Ipv4Addr>().ok().filter(|_| group.by == TargetType::Ip);
    let own = |zone: &Zone| Some(zone.private) == address;
    let mut balancers = world.get::<State>().region(place).balancers.values();
    if address.is_some()
        && balancers.any(|balancer| balancer.vpc == group.vpc && balancer.zones.iter().any(own))
    {
        let text = "The IP address cannot be used as a target, as it is in use by a load balancer";
        return Some(("Target.IpUnusable", text.to_owned()));
    }
    let zone = group.targets.get(key).and_then(|target| target.zone.as_deref());
    let enabled =
        zone.is_none_or(|zone| zone == "all" || balancer.zones.iter().any(|own| own.name == zone));
    if !enabled {
        let text = "Target is in an Availability Zone that is not enabled for the load balancer";
        return Some(("Target.NotInUse", text.to_owned()));
    }
    None
}

/// The health of a target as the API describes it.
pub(crate) fn describe(
    world: &World,
    place: &Place,
    user: Option<&Balancer>,
    group: &Group,
    key: &TargetKey,
) -> TargetHealth {
    let state = |state: &str, reason: &str, description: String| TargetHealth {
        state: state.to_owned(),
        reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
        description: Some(description).filter(|description| !description.is_empty()),
    };
    let Some(target) = group.targets.get(key) else {
        let text = "Target is not registered to the target group".to_owned();
        return state("unused", "Target.NotRegistered", text);
    };
    if target.draining.is_some() {
        let text = "Target deregistration is in progress".to_owned();
        return state("draining", "Target.DeregistrationInProgress", text);
    }
    if let Some((reason, text)) = unused(world, place, user, group, key) {
        return state("unused", reason, text);
    }
    match &target.health {
        Health::Registering => {
            let text = "Target registration is in progress".to_owned();
            state("initial", "Elb.RegistrationInProgress", text)
        }
        Health::Checking => {
            let text = "Initial health checks in progress".to_owned();
            state("initial", "Elb.InitialHealthChecking", text)
        }
        Health::Healthy => state("healthy", "", String::new()),
        Health::Unhealthy(reason, text) => state("unhealthy", reason, text.clone()),
    }
}

/// Whether requests may be sent to a target as far as its place and state go.
pub(crate) fn usable(
    world: &World,
    place: &Place,
    user: Option<&Balancer>,
    group: &Group,
    key: &TargetKey,
) -> bool {
    let there = group.targets.get(key).is_some_and(|target| target.draining.is_none());
    there && unused(world, place, user, group, key).is_none()
}

/// Begins and ends checks as listeners and targets want it now.
pub(crate) fn settle(world: &mut World, place: &Place) {
    let region = world.get::<State>().region(place);
    let mut begins: Vec<(String, TargetKey)> = Vec::new();
    let mut ends: Vec<(String, TargetKey)> = Vec::new();
    for group in region.groups.values() {
        let used = region.user_of(&group.arn).is_some_and(|balancer| balancer.active);
        for (key, target) in &group.targets {
            let wanted = used && target.draining.is_none() && group.check.enabled;
            match (wanted, target.checked) {
                (true, false) => begins.push((group.arn.clone(), key.clone())),
                (false, true) => ends.push((group.arn.clone(), key.clone())),
                _ => {}
            }
        }
    }
    let at = world.now().plus(REGISTRATION);
    let region = world.get_mut::<State>().region_mut(place);
    for (group, key) in ends {
        if let Some((_, target)) = target(region, &group, &key) {
            let draining = target.draining;
            let (zone, requests, open) = (target.zone.clone(), target.requests, target.open);
            *target = Target { zone, draining, open, requests, ..Target::default() };
        }
    }
    let mut events = Vec::new();
    for (group, key) in begins {
        let Some((life, target)) = target(region, &group, &key) else { continue };
        target.checked = true;
        target.life = life;
        events.push(What::Check { group, target: key, life });
    }
    for what in events {
        Event { place: place.clone(), what }.at(world, at);
    }
}

/// A target, and a number for a new round of its checks.
fn target<'r>(
    region: &'r mut Region,
    group: &str,
    key: &TargetKey,
) -> Option<(u64, &'r mut Target)> {
    let group = region.groups.get_mut(group)?;
    let life = group.next_life();
    Some((life, group.targets.get_mut(key)?))
}

/// The private address of a target.
pub(crate) fn address(
    world: &World,
    place: &Place,
    by: TargetType,
    key: &TargetKey,
) -> Option<Ipv4Addr> {
    match by {
        TargetType::Instance => managed::instance(world, place, &key.id)?.address,
        _ => key.id.parse().ok(),
    }
}

/// The node that asks something of a target in a zone: the one there, else the first that has power.
pub(crate) fn node<'b>(
    world: &World,
    place: &Place,
    balancer: &'b Balancer,
    zone: Option<&str>,
) -> Option<&'b Zone> {
    let lit = |own: &&Zone| !outage::is_dark(world, place, &own.name);
    let there = balancer.zones.iter().find(|own| Some(own.name.as_str()) == zone).filter(lit);
    there.or_else(|| balancer.zones.iter().find(lit)).or_else(|| balancer.zones.first())
}

/// What a node hears that asks this of a target.
pub(crate) fn ask(
    world: &mut World,
    place: &Place,
    interface: &str,
    endpoint: &Endpoint,
    question: &Question,
) -> Answer {
    let packet = Packet {
        from: End::Interface(interface.to_owned()),
        to: End::Address(endpoint.address),
        payload: Payload::Tcp(NODE_PORT, endpoint.port),
        is_answer: false,
    };
    // Whatever stops a packet on its way does so without a word.
    match reach::exchange_at(world, place, &packet) {
        Ok(_) => world.call_at(endpoint, question),
        Err(_) => Answer::Silent,
    }
}

/// Asks a target, and plans when it is asked again.
pub(crate) fn check(world: &mut World, place: &Place, arn: &str, key: &TargetKey, life: u64) {
    let region = world.get::<State>().region(place);
    let Some(group) = region.groups.get(arn) else { return };
    let known = group.targets.get(key).filter(|target| target.checked && target.life == life);
    let (Some(target), Some(balancer)) = (known, region.user_of(arn)) else { return };
    let node = node(world, place, balancer, target.zone.as_deref());
    let Some(node) = node.map(|node| node.interface.clone()) else { return };
    let (by, check, vpc) = (group.by, group.check.clone(), group.vpc.clone());
    let port = group.check_port(key);
    if by == TargetType::Instance
        && managed::instance(world, place, &key.id).is_none_or(|i| i.state == "terminated")
    {
        // An instance that is gone is deregistered by itself.
        if let Some(group) = world.get_mut::<State>().region_mut(place).groups.get_mut(arn) {
            group.targets.remove(key);
        }
        return;
    }
    let again = world.now().plus(seconds(check.interval_s));
    let what = What::Check { group: arn.to_owned(), target: key.clone(), life };
    Event { place: place.clone(), what }.at(world, again);
    let Some(address) = address(world, place, by, key) else { return };
    let endpoint = Endpoint { region: place.region.clone(), network: vpc, address, port };
    let host = format!("{address}:{port}");
    let question = Question::Http(HttpRequest {
        method: "GET".to_owned(),
        target: check.path.clone(),
        headers: vec![
            ("Host".to_owned(), host.clone()),
            ("Connection".to_owned(), "close".to_owned()),
            ("User-Agent".to_owned(), "ELB-HealthChecker/2.0".to_owned()),
            ("Accept-Encoding".to_owned(), "gzip, compressed".to_owned()),
        ],
        body: Vec::new(),
    });
    let timeout = seconds(check.timeout_s);
    let (after, outcome) = match ask(world, place, &node, &endpoint, &question) {
        Answer::Http(response) if response.took > timeout => (timeout, Outcome::Timeout),
        Answer::Http(response) => (response.took, judge(&check.matcher, response.status)),
        Answer::Refused | Answer::Connected => (Duration::ZERO, Outcome::Failed),
        Answer::Silent => (timeout, Outcome::Timeout),
        Answer::Real(address) => {
            let (group, target) = (arn.to_owned(), key.clone());
            let place = place.clone();
            let probe =
                Probe { place, group, target, life, address, path: check.path, host, timeout };
            return want(world, probe);
        }
    };
    let what = What::Checked { group: arn.to_owned(), target: key.clone(), life, outcome };
    let at = world.now().plus(after);
    Event { place: place.clone(), what }.at(world, at);
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}

/// Wants a check of the outside, unless the last one of the target is not done yet.
fn want(world: &mut World, probe: Probe) {
    let state = world.get_mut::<State>();
    let same = |other: &Probe| {
        other.group == probe.group && other.target == probe.target && other.life == probe.life
    };
    if !state.probes.values().any(same) {
        let number = state.number();
        state.probes.insert(number, probe);
    }
}

/// Takes in what became of a check.
pub(crate) fn conclude(
    world: &mut World,
    place: &Place,
    group: &str,
    key: &TargetKey,
    life: u64,
    outcome: &Outcome,
) {
    let now = world.now();
    let region = world.get_mut::<State>().region_mut(place);
    let Some(group) = region.groups.get_mut(group) else { return };
    let (healthy, unhealthy) = (group.check.healthy, group.check.unhealthy);
    let Some(target) = group.targets.get_mut(key).filter(|t| t.checked && t.life == life) else {
        return;
    };
    if *outcome == Outcome::Passed {
        target.well += 1;
        target.ill = 0;
        let enough = match target.health {
            Health::Healthy => return,
            Health::Unhealthy(..) => target.well >= healthy,
            Health::Registering | Health::Checking => true,
        };
        if enough {
            target.health = Health::Healthy;
            target.healthy_since = Some(now);
        }
        return;
    }
    target.well = 0;
    target.ill += 1;
    let (reason, text) = match outcome {
        Outcome::Code(code) => {
            let text = format!("Health checks failed with these codes: [{code}]");
            ("Target.ResponseCodeMismatch", text)
        }
        Outcome::Timeout => ("Target.Timeout", "Request timed out".to_owned()),
        _ => ("Target.FailedHealthChecks", "Health checks failed".to_owned()),
    };
    let was = matches!(target.health, Health::Unhealthy(..));
    if was || target.ill >= unhealthy {
        target.health = Health::Unhealthy(reason, text);
        target.healthy_since = None;
    } else if target.health == Health::Registering {
        target.health = Health::Checking;
    }
}

/// The deregistration delay of a target is over.
pub(crate) fn drained(world: &mut World, place: &Place, group: &str, key: &TargetKey, life: u64) {
    let region = world.get_mut::<State>().region_mut(place);
    let Some(group) = region.groups.get_mut(group) else { return };
    if group.targets.get(key).is_some_and(|t| t.draining.is_some() && t.life == life) {
        group.targets.remove(key);
    }
}

/// What was seen of a check that only the outside could make.
pub(crate) fn probed(world: &mut World, number: u64, seen: &Outcome) {
    let Some(probe) = world.get_mut::<State>().probes.remove(&number) else { return };
    conclude(world, &probe.place, &probe.group, &probe.target, probe.life, seen);
}
