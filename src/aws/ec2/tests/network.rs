//! Networks, groups and keys.

use serde_json::{Value, json};

use super::{ask, ask_in, refusal, text, world};

#[test]
fn a_region_is_the_same_before_and_after_it_is_touched() {
    let mut world = world();
    let before = ask(&mut world, "DescribeVpcs", json!({}));
    let elsewhere = ask_in(&mut world, "eu-west-1", "DescribeVpcs", json!({})).expect("done");
    assert_ne!(text(&before, "/Vpcs/0/VpcId"), text(&elsewhere, "/Vpcs/0/VpcId"));
    ask(&mut world, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}));
    let after = ask(
        &mut world,
        "DescribeVpcs",
        json!({"Filters": [{"Name": "is-default", "Values": ["true"]}]}),
    );
    assert_eq!(before["Vpcs"], after["Vpcs"]);
    let other = ask_in(&mut world, "eu-west-1", "DescribeVpcs", json!({})).expect("done");
    assert_eq!(elsewhere, other);
}

#[test]
fn default_subnets_share_out_the_default_network() {
    let mut world = world();
    let shown = ask(&mut world, "DescribeSubnets", json!({}));
    let subnets = shown["Subnets"].as_array().expect("a list");
    let mut blocks: Vec<&str> = subnets.iter().filter_map(|s| s["CidrBlock"].as_str()).collect();
    blocks.sort_unstable();
    let want = [0, 16, 32, 48, 64, 80].map(|n| format!("172.31.{n}.0/20"));
    assert_eq!(blocks, want);
    assert!(subnets.iter().all(|s| s["AvailableIpAddressCount"] == 4091));
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut world = world();
    let vpc =
        text(&ask(&mut world, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})), "/Vpc/VpcId");
    let mut check = |op: &str, input: Value, want: &str| {
        let got = refusal(&mut world, op, input);
        assert!(got.starts_with(want), "{got}\nis not\n{want}");
    };
    check("CreateVpc", json!({"CidrBlock": "10.0.0.0"}), "InvalidParameterValue: ");
    check("CreateVpc", json!({"CidrBlock": "10.0.0.0/8"}), "InvalidVpc.Range: ");
    check("CreateVpc", json!({}), "MissingParameter: ");
    check(
        "CreateSubnet",
        json!({"VpcId": vpc, "CidrBlock": "10.1.0.0/24"}),
        "InvalidSubnet.Range: ",
    );
    check(
        "CreateSubnet",
        json!({"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}),
        "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
    );
    check(
        "CreateSecurityGroup",
        json!({"GroupName": "sg-x", "Description": "d"}),
        "InvalidParameterValue: Value (sg-x) for parameter groupName is invalid. Group names may not be in \
         the format sg-*",
    );
    check(
        "CreateKeyPair",
        json!({"KeyName": "k", "KeyType": "dsa"}),
        "InvalidParameterValue: Invalid value 'dsa' for keyType.",
    );
    check(
        "CreateTags",
        json!({"Resources": [vpc, "subnet-1"], "Tags": [{"Key": "a"}]}),
        "InvalidSubnetID.NotFound: ",
    );
    check(
        "CreateTags",
        json!({"Resources": [vpc], "Tags": [{"Key": "aws:x", "Value": "1"}]}),
        "InvalidParameterValue: Tag keys starting with 'aws:'",
    );
    check("CreateVpc", json!({"CidrBlock": "10.0.0.0/16", "DryRun": true}), "DryRunOperation: ");
}

#[test]
fn rules_go_back_and_forth_between_their_two_forms() {
    let mut world = world();
    let group = text(
        &ask(&mut world, "CreateSecurityGroup", json!({"GroupName": "web", "Description": "d"})),
        "/GroupId",
    );
    let permissions = json!([
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
         "IpRanges": [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "0.0.0.0/0", "Description": "all"}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]},
    ]);
    let input = json!({"GroupId": group, "IpPermissions": permissions});
    let made = ask(&mut world, "AuthorizeSecurityGroupIngress", input.clone());
    assert_eq!(made["SecurityGroupRules"].as_array().map(Vec::len), Some(3));
    let shown = ask(&mut world, "DescribeSecurityGroups", json!({"GroupIds": [group]}));
    let shown = shown["SecurityGroups"][0]["IpPermissions"].clone();
    assert_eq!(shown.as_array().map(Vec::len), Some(2), "{shown}");
    assert_eq!(
        refusal(&mut world, "AuthorizeSecurityGroupIngress", input),
        "InvalidPermission.Duplicate: the specified rule \"peer: 10.0.0.0/8, TCP, from port: 80, to port: \
         80, ALLOW\" already exists"
    );
    // What was shown can be given back to take it away.
    let input = json!({"GroupId": group, "IpPermissions": shown});
    ask(&mut world, "RevokeSecurityGroupIngress", input);
    let shown = ask(&mut world, "DescribeSecurityGroups", json!({"GroupIds": [group]}));
    assert_eq!(shown["SecurityGroups"][0]["IpPermissions"], json!([]));
}

#[test]
fn the_same_seed_makes_the_same_keys() {
    let make = |kind: &str| {
        let mut world = world();
        ask(&mut world, "CreateKeyPair", json!({"KeyName": "k", "KeyType": kind}))
    };
    for kind in ["rsa", "ed25519"] {
        let (one, other) = (make(kind), make(kind));
        assert_eq!(one, other);
        let first = one["KeyMaterial"].as_str().and_then(|text| text.lines().next());
        assert!(first.is_some_and(|line| line.starts_with("-----BEGIN ")), "{one}");
    }
}

#[test]
fn parameters_lead_to_images() {
    let mut world = world();
    let found: Vec<(&str, String)> = super::super::image_parameters("us-east-1").collect();
    assert!(found.iter().any(|(name, _)| name.ends_with("amazon-linux-2/recommended/image_id")));
    for (name, id) in found {
        let shown = ask(&mut world, "DescribeImages", json!({"ImageIds": [id]}));
        assert_eq!(shown["Images"].as_array().map(Vec::len), Some(1), "{name}");
    }
}

#[test]
fn the_view_shows_what_leads_out() {
    let mut world = world();
    assert_eq!(super::super::view::view(&world).sections[0].heading, "Networks");
    ask(&mut world, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}));
    let view = super::super::view::view(&world);
    assert_eq!(view.sections.len(), 2);
    let shown = format!("{view:?}");
    assert!(
        shown.contains("172.31.0.0/16, default") && shown.contains("0.0.0.0/0 → igw-"),
        "{shown}"
    );
}
