//! Health checks.

use std::net::Ipv4Addr;

use serde_json::json;

use super::behind::{self, Manner};
use super::{Lab, text};
use sim::{Caller, Principal};

/// The private address of an instance.
fn address(lab: &mut Lab, id: &str) -> Ipv4Addr {
    let told = lab.ec2("DescribeInstances", json!({"InstanceIds": [id]}));
    let address = text(&told["Reservations"][0]["Instances"][0]["PrivateIpAddress"]);
    address.parse().expect("an address")
}

fn behave(lab: &mut Lab, id: &str, manner: Manner) {
    let address = address(lab, id);
    lab.world.get_mut::<behind::State>().manners.insert(address, manner);
}

#[test]
fn targets_become_healthy_and_unhealthy() {
    let mut lab = Lab::new(1);
    let open = lab.open_group();
    let ids = lab.instances(1, &open);
    let balancer = lab.balancer("demo", &open);
    lab.register(&balancer.group, &ids);
    let is = |lab: &mut Lab, state: &str, reason: &str| {
        assert_eq!(lab.health(&balancer.group), [(state.to_owned(), reason.to_owned())]);
    };
    is(&mut lab, "initial", "Elb.RegistrationInProgress");
    lab.pass(6);
    is(&mut lab, "healthy", "");
    behave(&mut lab, &ids[0], Manner::Status(500));
    lab.pass(10);
    is(&mut lab, "healthy", "");
    lab.pass(10);
    is(&mut lab, "unhealthy", "Target.ResponseCodeMismatch");
    behave(&mut lab, &ids[0], Manner::Refused);
    lab.pass(10);
    is(&mut lab, "unhealthy", "Target.FailedHealthChecks");
    behave(&mut lab, &ids[0], Manner::Silent);
    lab.pass(20);
    is(&mut lab, "unhealthy", "Target.Timeout");
    behave(&mut lab, &ids[0], Manner::Status(200));
    lab.pass(40);
    is(&mut lab, "unhealthy", "Target.Timeout");
    lab.pass(10);
    is(&mut lab, "healthy", "");
    lab.ec2("StopInstances", json!({"InstanceIds": ids}));
    lab.pass(1);
    is(&mut lab, "unused", "Target.InvalidState");
}

#[test]
fn a_closed_group_is_a_timeout() {
    let mut lab = Lab::new(2);
    let open = lab.open_group();
    let vpc = lab.vpc();
    let closed = lab.ec2(
        "CreateSecurityGroup",
        json!({"GroupName": "closed", "Description": "closed", "VpcId": vpc}),
    );
    let ids = lab.instances(1, &text(&closed["GroupId"]));
    let balancer = lab.balancer("demo", &open);
    lab.register(&balancer.group, &ids);
    lab.pass(6);
    assert_eq!(lab.health(&balancer.group)[0].1, "Elb.RegistrationInProgress");
    lab.pass(6);
    assert_eq!(lab.health(&balancer.group)[0].1, "Elb.InitialHealthChecking");
    lab.pass(20);
    assert_eq!(lab.health(&balancer.group)[0].1, "Target.Timeout");
}

#[test]
fn targets_are_drained() {
    let mut lab = Lab::new(3);
    let open = lab.open_group();
    let ids = lab.instances(2, &open);
    let balancer = lab.balancer("demo", &open);
    lab.register(&balancer.group, &ids);
    lab.pass(6);
    let gone = json!({"TargetGroupArn": balancer.group, "Targets": [{"Id": ids[0]}]});
    lab.ask("DeregisterTargets", gone);
    let states = |lab: &mut Lab| {
        let mut all: Vec<String> =
            lab.health(&balancer.group).into_iter().map(|(state, _)| state).collect();
        all.sort();
        all
    };
    assert_eq!(states(&mut lab), ["draining", "healthy"]);
    lab.pass(299);
    assert_eq!(states(&mut lab), ["draining", "healthy"]);
    lab.pass(2);
    assert_eq!(states(&mut lab), ["healthy"]);
    let one = json!({"TargetGroupArn": balancer.group, "Targets": [{"Id": ids[0]}]});
    let told = lab.ask("DescribeTargetHealth", one);
    let told = &told["TargetHealthDescriptions"][0]["TargetHealth"];
    assert_eq!(told["Reason"], "Target.NotRegistered");
}

#[test]
fn an_unused_group_says_so() {
    let mut lab = Lab::new(4);
    let open = lab.open_group();
    let ids = lab.instances(1, &open);
    let group = lab.group("alone");
    lab.register(&group, &ids);
    lab.pass(60);
    assert_eq!(lab.health(&group), [("unused".to_owned(), "Target.NotInUse".to_owned())]);
}

#[test]
fn a_zone_without_power_costs_a_few_requests() {
    let mut lab = Lab::new(4);
    let open = lab.open_group();
    let ids = lab.instances(2, &open);
    let balancer = lab.balancer("demo", &open);
    lab.register(&balancer.group, &ids);
    lab.pass(6);
    let power = |lab: &mut Lab, name: &str, zone: &str| {
        let op = lab.world.operation("zones", name).expect(name);
        let (now, caller) = (lab.world.now(), Caller::from(Principal::Lab));
        lab.world.apply(now, &caller, op, json!({"zones": [zone]})).expect(name);
    };
    let statuses = |lab: &mut Lab| -> Vec<i64> {
        let mut all: Vec<i64> = (0..4).map(|_| lab.status(&balancer, "/")).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(statuses(&mut lab), [200; 4]);
    power(&mut lab, "KillZone", "us-east-1a");
    // The name leads to the other node, which does not know yet that a target is gone.
    assert_eq!(statuses(&mut lab), [200, 200, 504, 504]);
    lab.pass(30);
    let sick = |(_, reason): &(String, String)| reason == "Target.Timeout";
    assert_eq!(lab.health(&balancer.group).into_iter().filter(sick).count(), 1);
    assert_eq!(statuses(&mut lab), [200; 4]);
    power(&mut lab, "KillZone", "us-east-1b");
    assert_eq!(lab.request(&balancer, "/", &[])["act"], "silent");
    power(&mut lab, "StartZone", "us-east-1a");
    power(&mut lab, "StartZone", "us-east-1b");
    lab.pass(120);
    assert_eq!(statuses(&mut lab), [200; 4]);
}
