//! What a zone without power does to EC2, and what it does not.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::reach::{self, End, Packet, Payload};
use super::is_impaired;
use crate::place::Place;
use crate::testing;
use base::Time;
use sim::api::ApiError;
use sim::{Caller, Config, Principal, World};

const ZONE: &str = "us-east-1a";

fn world() -> World {
    testing::world(Config::new(7, Time(1_795_341_600_000)))
}

fn ask(world: &mut World, who: Principal, op: &str, input: Value) -> Result<Value, ApiError> {
    let service = if op.ends_with("Zone") || op == "ListZones" { "zones" } else { "ec2" };
    let def = testing::service(service).and_then(|s| s.operation(op)).expect(op);
    world.apply(world.now(), &Caller::from(who), def, input)
}

fn ok(world: &mut World, op: &str, input: Value) -> Value {
    let who =
        if op.ends_with("Zone") || op == "ListZones" { Principal::Lab } else { Principal::Root };
    ask(world, who, op, input).expect(op)
}

fn pass(world: &mut World, secs: i64) {
    world.advance(Time(world.now().0 + secs * 1000));
}

/// An instance in a zone.
fn launch(world: &mut World, zone: &str) -> Result<String, ApiError> {
    let mut images = super::super::image_parameters("us-east-1");
    let image = images.find(|(name, _)| name.ends_with("default-x86_64"));
    let input = json!({"ImageId": image.expect("an image").1, "InstanceType": "t3.micro",
        "MinCount": 1, "MaxCount": 1, "Placement": {"AvailabilityZone": zone}});
    let made = ask(world, Principal::Root, "RunInstances", input)?;
    Ok(made["Instances"][0]["InstanceId"].as_str().expect("an id").to_owned())
}

fn place() -> Place {
    Place { account: "123456789012".into(), region: "us-east-1".into() }
}

/// What becomes of a packet from outside to an instance.
fn reached(world: &mut World, id: &str) -> String {
    let told = ok(world, "DescribeInstances", json!({"InstanceIds": [id]}));
    let address = told["Reservations"][0]["Instances"][0]["PublicIpAddress"].as_str();
    let address: Ipv4Addr = address.and_then(|text| text.parse().ok()).expect("an address");
    let packet = Packet {
        from: End::Address(Ipv4Addr::new(203, 0, 113, 7)),
        to: End::Address(address),
        payload: Payload::Tcp(49_152, 80),
        is_answer: false,
    };
    match reach::exchange_at(world, &place(), &packet) {
        Ok(_) => "arrives".to_owned(),
        Err(stop) => stop.to_string(),
    }
}

fn states(world: &mut World, id: &str) -> [String; 2] {
    let told = ok(world, "DescribeInstanceStatus", json!({"InstanceIds": [id]}));
    let own = &told["InstanceStatuses"][0];
    [&own["InstanceState"]["Name"], &own["SystemStatus"]["Status"]]
        .map(|text| text.as_str().unwrap_or_default().to_owned())
}

fn open(world: &mut World) {
    let input = json!({"GroupName": "default", "IpPermissions": [{"IpProtocol": "tcp",
        "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]});
    ok(world, "AuthorizeSecurityGroupIngress", input);
}

#[test]
fn nothing_reaches_a_zone_without_power() {
    let mut world = world();
    open(&mut world);
    let dark = launch(&mut world, ZONE).expect("launched");
    let lit = launch(&mut world, "us-east-1b").expect("launched");
    pass(&mut world, 600);
    assert_eq!(reached(&mut world, &dark), "arrives");
    let killed = ok(&mut world, "KillZone", json!({"zones": [ZONE]}));
    assert_eq!(killed, json!({"killed": [ZONE], "already": []}));
    assert_eq!(reached(&mut world, &dark), "us-east-1a has no power");
    assert_eq!(reached(&mut world, &lit), "arrives");
    // Status checks are made every minute; the state is what was asked for.
    assert_eq!(states(&mut world, &dark), ["running", "ok"]);
    pass(&mut world, 60);
    assert_eq!(states(&mut world, &dark), ["running", "impaired"]);
    assert!(is_impaired(&world, &place(), &dark) && !is_impaired(&world, &place(), &lit));
    assert_eq!(states(&mut world, &lit), ["running", "ok"]);
    let again = ok(&mut world, "KillZone", json!({"zones": [ZONE]}));
    assert_eq!(again, json!({"killed": [], "already": [ZONE]}));
    // With the power it boots anew.
    ok(&mut world, "StartZone", json!({"zones": [ZONE]}));
    assert_eq!(reached(&mut world, &dark), "arrives");
    assert_eq!(states(&mut world, &dark), ["running", "initializing"]);
}

#[test]
fn nothing_starts_there() {
    let mut world = world();
    let stopped = launch(&mut world, ZONE).expect("launched");
    pass(&mut world, 120);
    ok(&mut world, "StopInstances", json!({"InstanceIds": [stopped]}));
    pass(&mut world, 120);
    let pending = launch(&mut world, ZONE).expect("launched");
    ok(&mut world, "KillZone", json!({"zones": [ZONE]}));
    let told = ok(&mut world, "DescribeInstances", json!({"InstanceIds": [pending]}));
    let told = &told["Reservations"][0]["Instances"][0];
    assert_eq!(told["State"]["Name"], "shutting-down");
    assert_eq!(told["StateReason"]["Code"], "Server.InternalError");
    let before = world.digest();
    let refused = launch(&mut world, ZONE).expect_err("refused");
    assert_eq!(refused.code, "InsufficientInstanceCapacity");
    assert!(refused.message.contains("choosing us-east-1b, us-east-1c"), "{}", refused.message);
    let input = json!({"InstanceIds": [stopped]});
    let refused = ask(&mut world, Principal::Root, "StartInstances", input).expect_err("refused");
    assert_eq!(refused.code, "InsufficientInstanceCapacity");
    assert_eq!(world.digest(), before);
    let zones = ok(&mut world, "DescribeAvailabilityZones", json!({"ZoneNames": [ZONE]}));
    assert_eq!(zones["AvailabilityZones"][0]["State"], "unavailable");
    ok(&mut world, "StartZone", json!({"zones": [ZONE]}));
    launch(&mut world, ZONE).expect("launched");
}

#[test]
fn only_the_lab_has_its_hands_on_it() {
    let mut world = world();
    let check = |world: &mut World, who: Principal, zones: &[&str], code: &str| {
        let refused = ask(world, who, "KillZone", json!({"zones": zones})).expect_err("refused");
        assert_eq!(refused.code, code);
    };
    check(&mut world, Principal::Root, &[ZONE], "AccessControlException");
    check(&mut world, Principal::Lab, &[], "InvalidParameterValue");
    check(&mut world, Principal::Lab, &["us-east-1"], "NoSuchZone");
    check(&mut world, Principal::Lab, &["us-east-1z"], "NoSuchZone");
    // A second one that does not exist takes the first one's power neither.
    check(&mut world, Principal::Lab, &[ZONE, "mars-1a"], "NoSuchZone");
    let zones = ok(&mut world, "ListZones", json!({}));
    assert!(zones["zones"].as_array().expect("zones").iter().all(|zone| zone["on"] == true));
    ok(&mut world, "KillZone", json!({"zones": ["eu-west-1b"]}));
    let zones = ok(&mut world, "ListZones", json!({}));
    assert!(zones["zones"].as_array().expect("zones").iter().all(|zone| zone["on"] == true));
}

/// Digests of worlds in which no zone was ever out are what they were before zones could be.
#[test]
fn a_lit_region_hashes_as_before() {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut before = DefaultHasher::new();
    let nothing = before.finish();
    super::super::dark::Dark::default().hash(&mut before);
    assert_eq!(before.finish(), nothing);
}
