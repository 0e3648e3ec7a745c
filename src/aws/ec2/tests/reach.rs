//! Packets that arrive, and those that do not.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ask, image, pass, text, world};
use crate::ec2::reach::{End, Packet, Payload, Stop, exchange, send};
use sim::{Caller, Principal, World};

/// Somebody on the internet.
const STRANGER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);

/// A network with a public and a private subnet, an instance in each, and what leads where.
struct Lab {
    world: World,
    vpc: String,
    public: Host,
    private: Host,
    private_subnet: String,
    table: String,
    gateway: String,
}

struct Host {
    interface: String,
    address: Ipv4Addr,
    seen_as: Option<Ipv4Addr>,
    group: String,
}

fn host(world: &mut World, vpc: &str, subnet: &str, name: &str) -> Host {
    let input = json!({"GroupName": name, "Description": name, "VpcId": vpc});
    let group = text(&ask(world, "CreateSecurityGroup", input), "/GroupId");
    let input = json!({
        "ImageId": image("us-east-1"), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
        "SubnetId": subnet, "SecurityGroupIds": [group],
    });
    let made = ask(world, "RunInstances", input);
    let interface = text(&made, "/Instances/0/NetworkInterfaces/0/NetworkInterfaceId");
    let parse = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    let instance = &made["Instances"][0];
    Host {
        interface,
        address: parse(&instance["PrivateIpAddress"]).expect("an address"),
        seen_as: parse(&instance["PublicIpAddress"]),
        group,
    }
}

fn lab() -> Lab {
    let mut world = world();
    let vpc =
        text(&ask(&mut world, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})), "/Vpc/VpcId");
    let gateway = ask(&mut world, "CreateInternetGateway", json!({}));
    let gateway = text(&gateway, "/InternetGateway/InternetGatewayId");
    let input = json!({"InternetGatewayId": gateway, "VpcId": vpc});
    ask(&mut world, "AttachInternetGateway", input);
    let mut subnet = |block: &str| {
        let input = json!({"VpcId": vpc, "CidrBlock": block});
        text(&ask(&mut world, "CreateSubnet", input), "/Subnet/SubnetId")
    };
    let (open, closed) = (subnet("10.0.1.0/24"), subnet("10.0.2.0/24"));
    let input = json!({"SubnetId": open, "MapPublicIpOnLaunch": {"Value": true}});
    ask(&mut world, "ModifySubnetAttribute", input);
    let table = text(
        &ask(&mut world, "CreateRouteTable", json!({"VpcId": vpc})),
        "/RouteTable/RouteTableId",
    );
    ask(&mut world, "AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": open}));
    let route =
        json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway});
    ask(&mut world, "CreateRoute", route);
    let public = host(&mut world, &vpc, &open, "public");
    let private = host(&mut world, &vpc, &closed, "private");
    pass(&mut world, 15);
    Lab { world, vpc, public, private, private_subnet: closed, table, gateway }
}

/// Every line of the map, with a sign for how it stands.
fn map(world: &World) -> String {
    use sim::view::{Branch, Mood, Part};
    fn lines(branches: &[Branch], depth: usize, out: &mut Vec<(usize, String)>) {
        for branch in branches {
            let sign = match branch.mood {
                Mood::Good => "+ ",
                Mood::Bad => "- ",
                _ => "",
            };
            out.push((depth, format!("{sign}{}", branch.text)));
            lines(&branch.children, depth + 1, out);
        }
    }
    let mut out = Vec::new();
    for section in &(crate::ec2::SYSTEM.view.expect("a view"))(world).sections {
        out.push((0, section.heading.clone()));
        for part in &section.parts {
            if let Part::Tree(branches) = part {
                lines(branches, 1, &mut out);
            }
        }
    }
    let lines = out.iter().map(|(depth, text)| " ".repeat(*depth) + text);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_map_follows_a_packet_to_each_instance() {
    let mut lab = lab();
    let seen_as = lab.public.seen_as.expect("a public address");
    let check = |lab: &Lab, want: &str| {
        let map = map(&lab.world);
        assert!(map.contains(want), "{want}\nis not in\n{map}");
    };
    check(&lab, &format!("- tcp 22 from anywhere: no rule of {}", lab.public.group));
    check(&lab, &format!("0.0.0.0/0 → {}", lab.gateway));
    let open = |port: u16, from: &str| {
        json!({"GroupId": lab.public.group, "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": from}],
        }]})
    };
    ask(&mut lab.world, "AuthorizeSecurityGroupIngress", open(80, "0.0.0.0/0"));
    ask(&mut lab.world, "AuthorizeSecurityGroupIngress", open(22, "198.51.100.0/24"));
    check(&lab, &format!("+ tcp 80 from anywhere: {}", lab.gateway));
    check(&lab, "+ tcp 22 from 198.51.100.0/24: ");
    check(&lab, &seen_as.to_string());
    // A way that is cut is cut on the map, too.
    let route = json!({"RouteTableId": lab.table, "DestinationCidrBlock": "0.0.0.0/0"});
    ask(&mut lab.world, "DeleteRoute", route);
    check(&lab, "- tcp 80 from anywhere: it arrives, but its answer does not: ");
}

impl Lab {
    #[allow(clippy::needless_pass_by_value, reason = "it is written where it is called")]
    fn allow(&mut self, group: &str, port: u16, peer: Value) {
        let mut rule = json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port});
        rule.as_object_mut()
            .expect("an object")
            .extend(peer.as_object().cloned().expect("an object"));
        ask(
            &mut self.world,
            "AuthorizeSecurityGroupIngress",
            json!({"GroupId": group, "IpPermissions": [rule]}),
        );
    }

    fn send(&self, from: End, to: End, port: u16) -> Result<(), Stop> {
        let packet = Packet { from, to, payload: Payload::Tcp(50_000, port), is_answer: false };
        let caller = Caller::from(Principal::Root);
        let cx = self.world.circumstances(&caller);
        send(&self.world, &cx, &packet).map(|_| ())
    }

    fn exchange(&self, from: End, to: End, port: u16) -> Result<(), Stop> {
        let packet = Packet { from, to, payload: Payload::Tcp(50_000, port), is_answer: false };
        let caller = Caller::from(Principal::Root);
        let cx = self.world.circumstances(&caller);
        exchange(&self.world, &cx, &packet).map(|_| ())
    }
}

fn anywhere() -> Value {
    json!({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
}

fn inside(host: &Host) -> End {
    End::Interface(host.interface.clone())
}

#[test]
fn a_stranger_gets_in_where_a_group_lets_it() {
    let mut lab = lab();
    let seen = End::Address(lab.public.seen_as.expect("a public address"));
    let stopped = lab.send(End::Address(STRANGER), seen.clone(), 22);
    assert!(matches!(stopped, Err(Stop::GroupsIn { .. })), "{stopped:?}");
    let group = lab.public.group.clone();
    lab.allow(&group, 22, anywhere());
    assert_eq!(lab.exchange(End::Address(STRANGER), seen.clone(), 22), Ok(()));
    assert!(lab.send(End::Address(STRANGER), seen, 80).is_err());
}

#[test]
fn without_a_route_out_the_answer_does_not_come_back() {
    let mut lab = lab();
    let group = lab.public.group.clone();
    lab.allow(&group, 22, anywhere());
    let seen = End::Address(lab.public.seen_as.expect("a public address"));
    let route = json!({"RouteTableId": lab.table, "DestinationCidrBlock": "0.0.0.0/0"});
    ask(&mut lab.world, "DeleteRoute", route);
    let stopped = lab.exchange(End::Address(STRANGER), seen.clone(), 22);
    assert!(
        matches!(&stopped, Err(Stop::Answer(why)) if matches!(**why, Stop::NoRoute { .. })),
        "{stopped:?}"
    );
    assert_eq!(lab.send(End::Address(STRANGER), seen, 22), Ok(()));
}

#[test]
fn who_has_no_public_address_neither_gets_out_nor_is_reached() {
    let lab = lab();
    let out = lab.send(inside(&lab.private), End::Address(STRANGER), 443);
    assert!(matches!(out, Err(Stop::NoRoute { .. })), "{out:?}");
    let to = End::Address(lab.private.address);
    assert_eq!(
        lab.send(End::Address(STRANGER), to, 22),
        Err(Stop::PrivateOutside(lab.private.address))
    );
}

#[test]
fn groups_know_their_members_inside_of_a_network_only() {
    let mut lab = lab();
    let (from, to) = (lab.public.group.clone(), lab.private.group.clone());
    let packet = |lab: &Lab| lab.exchange(inside(&lab.public), inside(&lab.private), 5432);
    assert!(matches!(packet(&lab), Err(Stop::GroupsIn { .. })));
    lab.allow(&to, 5432, json!({"UserIdGroupPairs": [{"GroupId": from}]}));
    assert_eq!(packet(&lab), Ok(()));
    // By its public address it comes from outside, where nobody knows its group.
    lab.allow(&from, 80, json!({"UserIdGroupPairs": [{"GroupId": from}]}));
    let seen = End::Address(lab.public.seen_as.expect("a public address"));
    assert!(lab.send(inside(&lab.public), seen, 80).is_err());
}

#[test]
fn a_network_acl_forgets_what_it_has_let_through() {
    let mut lab = lab();
    let group = lab.private.group.clone();
    lab.allow(&group, 80, anywhere());
    let acl = ask(&mut lab.world, "CreateNetworkAcl", json!({"VpcId": lab.vpc}));
    let acl = text(&acl, "/NetworkAcl/NetworkAclId");
    let shown = ask(
        &mut lab.world,
        "DescribeNetworkAcls",
        json!({"Filters": [
        {"Name": "association.subnet-id", "Values": [lab.private_subnet]}]}),
    );
    let associations = shown["NetworkAcls"][0]["Associations"].as_array().expect("a list");
    let own =
        associations.iter().find(|a| a["SubnetId"] == lab.private_subnet.as_str()).expect("one");
    let input = json!({"AssociationId": own["NetworkAclAssociationId"], "NetworkAclId": acl});
    ask(&mut lab.world, "ReplaceNetworkAclAssociation", input);
    let packet = |lab: &Lab| lab.exchange(inside(&lab.public), inside(&lab.private), 80);
    assert!(matches!(packet(&lab), Err(Stop::AclIn { entry: 32_767, .. })));
    let mut allow = |egress: bool, from: u16, to: u16| {
        let input = json!({
            "NetworkAclId": acl, "RuleNumber": 100, "Egress": egress, "Protocol": "6",
            "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": from, "To": to},
        });
        ask(&mut lab.world, "CreateNetworkAclEntry", input);
    };
    allow(false, 80, 80);
    allow(true, 80, 80);
    let stopped = packet(&lab);
    assert!(
        matches!(&stopped, Err(Stop::Answer(why)) if matches!(**why, Stop::AclOut { .. })),
        "{stopped:?}"
    );
    let input = json!({
        "NetworkAclId": acl, "RuleNumber": 110, "Egress": true, "Protocol": "6", "RuleAction": "allow",
        "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 1024, "To": 65_535},
    });
    ask(&mut lab.world, "CreateNetworkAclEntry", input);
    assert_eq!(packet(&lab), Ok(()));
}

#[test]
fn a_nat_gateway_leads_out_and_not_in() {
    let mut lab = lab();
    let subnets = ask(
        &mut lab.world,
        "DescribeSubnets",
        json!({"Filters": [
        {"Name": "cidr-block", "Values": ["10.0.1.0/24"]}]}),
    );
    let open = text(&subnets, "/Subnets/0/SubnetId");
    let elastic = ask(&mut lab.world, "AllocateAddress", json!({}));
    let input = json!({"SubnetId": open, "AllocationId": elastic["AllocationId"]});
    let nat = text(&ask(&mut lab.world, "CreateNatGateway", input), "/NatGateway/NatGatewayId");
    let main = ask(
        &mut lab.world,
        "DescribeRouteTables",
        json!({"Filters": [
        {"Name": "association.main", "Values": ["true"]}, {"Name": "vpc-id", "Values": [lab.vpc]}]}),
    );
    let main = text(&main, "/RouteTables/0/RouteTableId");
    let input =
        json!({"RouteTableId": main, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": nat});
    ask(&mut lab.world, "CreateRoute", input);
    let packet = |lab: &Lab| lab.exchange(inside(&lab.private), End::Address(STRANGER), 443);
    assert!(matches!(packet(&lab), Err(Stop::NatState { .. })));
    pass(&mut lab.world, 100);
    assert_eq!(packet(&lab), Ok(()));
    let seen = text(&elastic, "/PublicIp").parse().expect("an address");
    assert_eq!(
        lab.send(End::Address(STRANGER), End::Address(seen), 443),
        Err(Stop::NatInward { gateway: nat.clone() })
    );
    ask(&mut lab.world, "DeleteNatGateway", json!({"NatGatewayId": nat}));
    assert!(matches!(packet(&lab), Err(Stop::Blackhole { .. })));
}

#[test]
fn what_is_detached_or_does_not_run_stops_packets() {
    let mut lab = lab();
    let group = lab.private.group.clone();
    lab.allow(&group, 80, anywhere());
    assert_eq!(lab.send(inside(&lab.public), inside(&lab.private), 80), Ok(()));
    let shown = ask(
        &mut lab.world,
        "DescribeInstances",
        json!({"Filters": [
        {"Name": "network-interface.network-interface-id", "Values": [lab.private.interface]}]}),
    );
    let id = text(&shown, "/Reservations/0/Instances/0/InstanceId");
    ask(&mut lab.world, "StopInstances", json!({"InstanceIds": [id]}));
    let stopped = lab.send(inside(&lab.public), inside(&lab.private), 80);
    assert_eq!(stopped, Err(Stop::NotRunning { instance: id.clone(), state: "stopping" }));
    assert_eq!(stopped.expect_err("stopped").to_string(), format!("{id} is stopping"));
    let input = json!({"InternetGatewayId": lab.gateway, "VpcId": lab.vpc});
    let got = super::refusal(&mut lab.world, "DetachInternetGateway", input);
    assert!(got.contains("has some mapped public address(es)"), "{got}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// One more rule of a group never stops what has arrived, and a packet that arrives without it
    /// arrives by a rule.
    #[test]
    fn rules_only_ever_let_more_in(ports in prop::collection::vec(1_u16..6, 0..4), asked in 1_u16..6) {
        let mut lab = lab();
        let group = lab.private.group.clone();
        let mut before = false;
        let mut known = Vec::new();
        for port in ports {
            if !known.contains(&port) {
                lab.allow(&group, port, anywhere());
                known.push(port);
            }
            let now = lab.exchange(inside(&lab.public), inside(&lab.private), asked).is_ok();
            prop_assert!(now || !before);
            prop_assert_eq!(now, known.contains(&asked));
            before = now;
        }
    }
}
