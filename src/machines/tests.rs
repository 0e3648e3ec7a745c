//! Power, the network, who may touch them, and what a world's shape may say of machines.

use serde_json::{Value, json};

use super::{SERVICE, SYSTEM, State, shape};
use base::Time;
use sim::{Caller, Config, Principal, System, World};

static SYSTEMS: &[&System] = &[&SYSTEM];

fn world() -> World {
    World::new(SYSTEMS, Config::new(7, Time(0)))
}

fn ask(world: &mut World, who: Principal, op: &str, input: Value) -> Result<Value, String> {
    let def = SERVICE.operation(op).expect(op);
    let at = Time(world.now().0 + 1000);
    world.apply(at, &Caller::from(who), def, input).map_err(|e| e.to_string())
}

fn lab(world: &mut World, op: &str, names: &[&str]) -> Value {
    ask(world, Principal::Lab, op, json!({ "names": names })).expect(op)
}

/// Who is on, and who is reached from whom, as `dn1+dn2 | dn1-dn2`.
fn state(world: &World, pairs: &[(&str, &str)]) -> String {
    let state = world.get::<State>();
    let on: Vec<&str> = state.hosts().filter(|h| h.on).map(|h| h.name.as_str()).collect();
    let reach = pairs.iter().filter_map(|(a, b)| {
        let reaches = state.host(a)?.reaches(state.host(b)?);
        reaches.then(|| format!("{a}-{b}"))
    });
    format!("{} | {}", on.len(), reach.collect::<Vec<_>>().join(" "))
}

#[test]
fn power_goes_and_comes_back() {
    let mut world = world();
    let killed = lab(&mut world, "KillMachine", &["dn3"]);
    assert_eq!(killed["killed"], json!(["dn3"]));
    let host = world.get::<State>().host("dn3").expect("it is there").clone();
    assert_eq!((host.on, host.answers(), host.life, host.since), (false, false, 1, Time(1000)));
    let again = lab(&mut world, "KillMachine", &["dn3"]);
    assert_eq!((&again["killed"], &again["already"]), (&json!([]), &json!(["dn3"])));
    assert_eq!(world.get::<State>().host("dn3").map(|h| h.life), Some(1));
    lab(&mut world, "StartMachine", &["dn3"]);
    assert_eq!(world.get::<State>().host("dn3").map(|h| (h.on, h.life)), Some((true, 2)));
}

#[test]
fn those_that_are_cut_off_together_reach_each_other_and_nobody_else() {
    let pairs = [("dn1", "dn2"), ("dn1", "dn3"), ("dn3", "dn4")];
    let mut world = world();
    let mut check = |op: &str, names: &[&str], want: &str| {
        lab(&mut world, op, names);
        assert_eq!(state(&world, &pairs), want, "{op} {names:?}");
    };
    check("CutNetwork", &["dn1", "dn2"], "8 | dn1-dn2 dn3-dn4");
    check("CutNetwork", &["dn2"], "8 | dn3-dn4");
    check("KillMachine", &["dn4"], "7 | ");
    check("HealNetwork", &["dn1", "dn2"], "7 | dn1-dn2 dn1-dn3");
    check("StartMachine", &["dn4"], "8 | dn1-dn2 dn1-dn3 dn3-dn4");
}

#[test]
fn disks_are_filled_by_files_of_nobody_here() {
    let mut world = world();
    let percent = |world: &World, name: &str| {
        let host = world.get::<State>().host(name).expect("it is there").clone();
        (host.filled, host.foreign() == host.capacity() / 100 * u64::from(host.filled))
    };
    let fill = |percent: u32| json!({"names": ["dn3"], "racks": ["/rack2"], "percent": percent});
    let filled = ask(&mut world, Principal::Lab, "FillDisk", fill(90)).expect("filled");
    assert_eq!(filled["filled"], json!(["dn3", "dn5", "dn6", "dn7", "dn8"]));
    assert_eq!((percent(&world, "dn3"), percent(&world, "dn1")), ((90, true), (0, true)));
    let listed = lab(&mut world, "ListMachines", &[]);
    assert_eq!(listed["machines"][2]["filled"], 90);
    ask(&mut world, Principal::Lab, "FillDisk", fill(0)).expect("emptied");
    assert_eq!(percent(&world, "dn3"), (0, true));
    let before = world.digest();
    let refused = ask(&mut world, Principal::Lab, "FillDisk", fill(101)).expect_err("too much");
    assert!(refused.contains("percent is 101"), "{refused}");
    let missing = json!({"names": ["dn9"], "percent": 1});
    let refused = ask(&mut world, Principal::Lab, "FillDisk", missing).expect_err("no machine");
    assert!(refused.contains("there is no node named dn9"), "{refused}");
    assert_ne!(before, world.digest(), "time has passed");
}

#[test]
fn only_the_lab_touches_machines_and_a_wrong_name_is_helped() {
    let mut world = world();
    let before = world.digest();
    let check = |world: &mut World, who: Principal, name: &str, want: &str| {
        let refused = ask(world, who, "KillMachine", json!({ "names": [name] }));
        assert!(refused.as_ref().is_err_and(|e| e.contains(want)), "{refused:?}");
    };
    check(&mut world, Principal::Root, "dn1", "Only the lab itself");
    check(&mut world, Principal::Lab, "nd1", "did you mean dn1?");
    let now = world.now();
    let mut fresh = self::world();
    fresh.advance(now);
    assert_eq!(world.digest(), fresh.digest());
    assert_ne!(before, fresh.digest(), "time has passed");
}

#[test]
fn a_shape_says_how_many_there_are_and_how_big() {
    let check = |parts: Value, want: &[(&str, &str, &str)]| {
        let mut config = Config::new(7, Time(0));
        config.shape.parts = serde_json::from_value(parts).expect("parts");
        let hosts = shape::hosts(&config);
        let got: Vec<(&str, &str, &str)> =
            hosts.iter().map(|h| (h.name.as_str(), h.address.as_str(), h.rack.as_str())).collect();
        assert_eq!(got, want);
    };
    check(
        json!({"hadoop": {"racks": ["/a", "/b", "/a"]}}),
        &[("dn1", "10.0.1.11", "/a"), ("dn2", "10.0.2.11", "/b"), ("dn3", "10.0.1.12", "/a")],
    );
    let mut config = Config::new(7, Time(0));
    let machines = json!({"machines": {"memory": "1 KiB", "cores": 2, "disks": ["1GiB", "2 GiB"]}});
    config.shape.parts = serde_json::from_value(machines).expect("parts");
    let host = &shape::hosts(&config)[0];
    assert_eq!((host.memory, host.cores, host.capacity()), (1024, 2, 3 << 30));
}

#[test]
fn what_is_wrong_in_a_shape_is_named() {
    let check = |part: Value, wrong: usize| {
        assert_eq!(shape::PART.wrong(&part).len(), wrong, "{part}");
    };
    check(json!({"memory": "16 GiB", "cores": 4, "disks": ["50 GiB"]}), 0);
    check(json!({"cores": 0}), 1);
    check(json!({"memory": "16", "discs": ["1 GiB"]}), 2);
    check(json!([]), 1);
}
