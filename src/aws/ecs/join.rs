//! Container instances: EC2 instances whose agent joins the cluster that they were told of.

use std::collections::{BTreeMap, BTreeSet};

use aws::ec2::guests::{self, Facts};
use aws::ec2::news::{InstanceTurned, Turn};
use aws::ec2::outage;
use aws::iam::trusted;
use aws::place::Place;
use base::Time;
use serde_json::json;
use sim::api::Double;
use sim::{Subscriber, World};

use super::acting;
use super::durations::{JOINING, JOINING_AGAIN};
use super::events;
use super::names::{self, DEFAULT_CLUSTER};
use super::shapes::common::Attribute;
use super::shapes::instance::{ContainerInstance, Resource, VersionInfo};
use super::shapes::task::StopCode;
use super::state::{Event, Instance, State, TaskId};
use super::stop::{Why, vanish};

/// Ports of an instance that are taken from the beginning: SSH, the engine's and the agent's (Amazon ECS
/// API reference, `PortMapping`).
const TAKEN: [i64; 5] = [22, 2375, 2376, 51_678, 51_679];

impl Subscriber<InstanceTurned> for State {
    fn notify(world: &mut World, news: &InstanceTurned) {
        let has_agent = || {
            guests::facts(world, &news.place, &news.instance).is_some_and(|own| own.for_containers)
        };
        match news.turn {
            Turn::Running if has_agent() => {
                let at = world.now().plus(JOINING);
                world.schedule::<State>(at, Event::Join(news.place.clone(), news.instance.clone()));
            }
            Turn::Stopping | Turn::Ending if has_agent() => {
                let over = news.turn == Turn::Ending;
                lost(world, &news.place, &news.instance, over);
            }
            _ => {}
        }
    }
}

/// The cluster and attributes that an instance is told of by its user data: lines of
/// `/etc/ecs/ecs.config` that a script writes. What a host that really runs the script has in that file
/// is to be asked in this place.
fn configured(seen: &Facts) -> BTreeMap<String, String> {
    let bytes = seen.user_data.clone().unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    let mut found = BTreeMap::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("ECS_") {
        rest = &rest[at..];
        let end = rest.find(|c: char| !(c.is_ascii_uppercase() || c == '_')).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        rest = behind;
        let Some(value) = behind.strip_prefix('=') else { continue };
        let (value, len) = if value.starts_with('{') {
            (value, value.find('}').map_or(value.len(), |at| at + 1))
        } else {
            let bare = value.trim_start_matches(['"', '\'']);
            let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '\\');
            (bare, bare.find(ends).unwrap_or(bare.len()))
        };
        found.insert(name.to_owned(), value.get(..len).unwrap_or(value).to_owned());
    }
    found
}

/// The agent of an instance asks to join.
pub(crate) fn join(world: &mut World, place: &Place, id: &str) {
    let Some(seen) = guests::facts(world, place, id).filter(|own| own.state == "running") else {
        return;
    };
    // When the power is back it boots, and its agent comes then.
    if outage::is_dark(world, place, &seen.zone) {
        return;
    }
    if back(world, place, id) {
        return;
    }
    let configured = configured(&seen);
    let named = configured.get("ECS_CLUSTER").map(String::as_str);
    let cluster = names::cluster(named);
    if !joined(world, place, id, &seen, &cluster) {
        let at = world.now().plus(JOINING_AGAIN);
        world.schedule::<State>(at, Event::Join(place.clone(), id.to_owned()));
    }
}

/// An instance that has joined before is heard again.
fn back(world: &mut World, place: &Place, id: &str) -> bool {
    let Some(region) = world.get_mut::<State>().places.get_mut(place) else { return false };
    for (name, unit) in &mut region.clusters {
        let all = &mut unit.instances;
        if let Some(own) = all.values_mut().find(|own| own.shown.ec2_instance_id == id) {
            own.shown.agent_connected = true;
            own.shown.version += 1;
            let name = name.clone();
            events::nudge_all(world, place, &name);
            return true;
        }
    }
    false
}

fn joined(world: &mut World, place: &Place, id: &str, seen: &Facts, cluster: &str) -> bool {
    let profile = seen.profile.as_ref();
    let Some(role) = profile.and_then(|(profile, _)| trusted::of_profile(world, profile)) else {
        return false;
    };
    let who = place.caller(acting::role(&role, id));
    let cx =
        sim::Cx { at: world.now(), caller: &who, account: &place.account, region: &place.region };
    let arn = names::cluster_arn(place, cluster);
    let ask = |world: &World, action| {
        aws::ask(world, &cx, super::PROTOCOL, action, &arn, Vec::new()).is_ok()
    };
    if cluster == DEFAULT_CLUSTER && world.get::<State>().unit(place, cluster).is_err() {
        // The agent makes the cluster that everybody means who names none.
        let input = json!({ "clusterName": cluster });
        let _ = world.call(&cx, "ecs", "CreateCluster", input);
    }
    if world.get::<State>().unit(place, cluster).is_err()
        || !ask(world, "ecs:RegisterContainerInstance")
    {
        return false;
    }
    let now = world.now();
    let number = names::id(world.rng::<State>());
    let made = instance(place, cluster, &number, id, seen, role, now);
    if let Some(unit) = world.get_mut::<State>().find_mut(place, cluster) {
        unit.instances.insert(number, made);
    }
    events::nudge_all(world, place, cluster);
    true
}

/// MiB that containers may have of an instance: the kernel keeps some.
fn usable_mib(memory: i64) -> i64 {
    memory - memory / 64 - 25
}

fn instance(
    place: &Place,
    cluster: &str,
    number: &str,
    id: &str,
    seen: &Facts,
    role: String,
    now: Time,
) -> Instance {
    let (cpu, memory) = (
        i64::from(seen.cores) * 1024,
        usable_mib(i64::try_from(seen.memory >> 20).unwrap_or(i64::MAX)),
    );
    let ports: BTreeSet<i64> = TAKEN.into_iter().collect();
    let shown = ContainerInstance {
        arn: names::instance_arn(place, cluster, number),
        ec2_instance_id: id.to_owned(),
        version: 1,
        version_info: VersionInfo {
            agent_version: "1.93.1".into(),
            agent_hash: "aa8ec1e5".into(),
            docker_version: "DockerVersion: 25.0.8".into(),
        },
        registered: resources(cpu, memory, &ports),
        status: "ACTIVE".into(),
        agent_connected: true,
        attributes: attributes(seen),
        registered_at: now,
        ..ContainerInstance::default()
    };
    Instance {
        shown,
        tags: BTreeMap::new(),
        address: seen.address,
        network: seen.vpc.clone(),
        zone: seen.zone.clone(),
        role,
        tasks: BTreeSet::new(),
        cpu_left: cpu,
        memory_left: memory,
        ports,
    }
}

/// So much of everything.
pub(crate) fn resources(cpu: i64, memory: i64, ports: &BTreeSet<i64>) -> Vec<Resource> {
    let number = |name: &str, value: i64| Resource {
        name: name.to_owned(),
        kind: "INTEGER".into(),
        integer_value: value,
        ..Resource::default()
    };
    let set = |name: &str, values: Vec<String>| Resource {
        name: name.to_owned(),
        kind: "STRINGSET".into(),
        double_value: Double(0.0),
        set_value: values,
        ..Resource::default()
    };
    vec![
        number("CPU", cpu),
        number("MEMORY", memory),
        set("PORTS", ports.iter().map(ToString::to_string).collect()),
        set("PORTS_UDP", Vec::new()),
    ]
}

/// What an agent says of its instance.
fn attributes(seen: &Facts) -> Vec<Attribute> {
    const CAN: [&str; 12] = [
        "docker-remote-api.1.17",
        "docker-remote-api.1.18",
        "docker-remote-api.1.19",
        "docker-remote-api.1.20",
        "docker-remote-api.1.21",
        "docker-remote-api.1.22",
        "docker-remote-api.1.23",
        "docker-remote-api.1.24",
        "ecr-auth",
        "logging-driver.awslogs",
        "task-iam-role",
        "task-iam-role-network-host",
    ];
    let can = CAN.iter().map(|own| Attribute::bare(&format!("com.amazonaws.ecs.capability.{own}")));
    let more = ["ecs.capability.execution-role-awslogs", "ecs.capability.task-eni"];
    let mut all: Vec<Attribute> = can.chain(more.map(Attribute::bare)).collect();
    let architecture = if seen.architecture == "arm64" { "arm64" } else { "x86_64" };
    for (name, value) in [
        ("ecs.ami-id", seen.image.as_str()),
        ("ecs.availability-zone", &seen.zone),
        ("ecs.cpu-architecture", architecture),
        ("ecs.instance-type", &seen.kind),
        ("ecs.os-type", "linux"),
        ("ecs.subnet-id", &seen.subnet),
        ("ecs.vpc-id", &seen.vpc),
    ] {
        all.push(Attribute::valued(name, value));
    }
    let given = configured(seen).remove("ECS_INSTANCE_ATTRIBUTES").unwrap_or_default();
    let given: serde_json::Value = serde_json::from_str(&given).unwrap_or_default();
    for (name, value) in given.as_object().into_iter().flatten() {
        all.push(Attribute::valued(name, value.as_str().unwrap_or_default()));
    }
    all
}

/// An instance ends or stops: its tasks are gone at once, and of one that ends nothing stays.
fn lost(world: &mut World, place: &Place, id: &str, over: bool) {
    let Some(region) = world.get_mut::<State>().places.get_mut(place) else { return };
    let mut found = None;
    for (cluster, unit) in &mut region.clusters {
        let own = unit.instances.iter_mut().find(|(_, own)| own.shown.ec2_instance_id == id);
        if let Some((number, own)) = own {
            own.shown.agent_connected = false;
            found = Some((cluster.clone(), number.clone(), own.tasks.clone()));
            break;
        }
    }
    let Some((cluster, number, tasks)) = found else { return };
    let what = if over { "terminated" } else { "stopped" };
    for task in tasks {
        let id_of = TaskId { place: place.clone(), cluster: cluster.clone(), task };
        let reason = format!("Host EC2 (instance {id}) {what}.");
        vanish(world, &id_of, Why::new(StopCode::TerminationNotice, reason));
    }
    if over && let Some(unit) = world.get_mut::<State>().find_mut(place, &cluster) {
        unit.instances.remove(&number);
    }
    events::nudge_all(world, place, &cluster);
}
