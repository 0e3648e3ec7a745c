//! Zones: how they begin and end, who knows them, their labels.

use serde_json::json;

use super::{Lab, plain, text};

#[test]
fn a_public_zone_begins_with_its_name_servers() {
    let mut lab = Lab::new(1);
    let made = lab.ask(
        "CreateHostedZone",
        json!({"Name": "Shop.net", "CallerReference": "a", "HostedZoneConfig": {"Comment": "c"}}),
    );
    let zone = &made["HostedZone"];
    assert_eq!(zone["Name"], "shop.net.");
    assert_eq!(zone["Config"], json!({"Comment": "c", "PrivateZone": false}));
    assert_eq!(zone["ResourceRecordSetCount"], 2);
    assert_eq!(made["ChangeInfo"]["Status"], "PENDING");
    let servers = made["DelegationSet"]["NameServers"].as_array().expect("servers").clone();
    let ends = [".co.uk", ".com", ".net", ".org"];
    assert!(servers.iter().zip(ends).all(|(server, end)| text(server).ends_with(end)));
    let id = text(&zone["Id"]);
    assert!(id.starts_with("/hostedzone/Z0"), "{id}");
    let listed = lab.ask("ListResourceRecordSets", json!({"HostedZoneId": id}));
    let sets = &listed["ResourceRecordSets"];
    assert_eq!((&sets[0]["Type"], &sets[0]["TTL"]), (&json!("NS"), &json!(172_800)));
    assert_eq!((&sets[1]["Type"], &sets[1]["TTL"]), (&json!("SOA"), &json!(900)));
    let again = lab.refused("CreateHostedZone", json!({"Name": "b.net", "CallerReference": "a"}));
    assert_eq!((again.status, again.code.as_str()), (409, "HostedZoneAlreadyExists"));
}

#[test]
fn a_change_takes_a_minute() {
    let mut lab = Lab::new(1);
    let made = lab.ask("CreateHostedZone", json!({"Name": "a.net", "CallerReference": "a"}));
    let change = text(&made["ChangeInfo"]["Id"]);
    let status =
        |lab: &mut Lab| text(&lab.ask("GetChange", json!({"Id": change}))["ChangeInfo"]["Status"]);
    lab.pass(59);
    assert_eq!(status(&mut lab), "PENDING");
    assert_eq!(lab.values("a.net", "SOA", None), ["unknown"]);
    lab.pass(1);
    assert_eq!(status(&mut lab), "INSYNC");
    assert_eq!(lab.values("a.net", "NS", None).len(), 4);
    assert_eq!(lab.refused("GetChange", json!({"Id": "C1"})).code, "NoSuchChange");
}

#[test]
fn what_cannot_be_made_is_refused() {
    let mut lab = Lab::new(1);
    let vpc = lab.vpc();
    let mut check = |more: serde_json::Value, want: &str| {
        let mut input = json!({"Name": "a.net", "CallerReference": "r"});
        for (name, value) in more.as_object().expect("members") {
            input[name] = value.clone();
        }
        let error = lab.refused("CreateHostedZone", input);
        assert_eq!(error.code, want, "{more}: {error}");
    };
    check(json!({"Name": "a..net"}), "InvalidDomainName");
    check(json!({"Name": "example.com"}), "InvalidDomainName");
    check(json!({"Name": "x.amazonaws.com"}), "InvalidDomainName");
    check(json!({"CallerReference": ""}), "InvalidInput");
    check(json!({"HostedZoneConfig": {"PrivateZone": true}}), "InvalidInput");
    check(json!({"VPC": {"VPCId": vpc}}), "InvalidInput");
    check(json!({"VPC": {"VPCId": "vpc-1", "VPCRegion": "us-east-1"}}), "InvalidVPCId");
    check(json!({"VPC": {"VPCId": vpc, "VPCRegion": "eu-west-1"}}), "InvalidVPCId");
    check(json!({"DelegationSetId": "N1"}), "NotImplemented");
}

#[test]
fn a_private_zone_is_known_to_networks() {
    let mut lab = Lab::new(1);
    let vpc = lab.vpc();
    let zone = lab.zone("corp.net", Some(&vpc));
    let told = lab.ask("GetHostedZone", json!({"Id": zone}));
    assert_eq!(told["VPCs"], json!([{"VPCRegion": "us-east-1", "VPCId": vpc}]));
    assert!(told.get("DelegationSet").is_none());
    let taken = json!({"Name": "corp.net", "CallerReference": "2",
        "VPC": {"VPCRegion": "us-east-1", "VPCId": vpc}});
    assert_eq!(lab.refused("CreateHostedZone", taken).code, "ConflictingDomainExists");
    let made = lab.of("ec2", "CreateVpc", json!({"CidrBlock": "10.9.0.0/16"}));
    let other = text(&made["Vpc"]["VpcId"]);
    let network =
        |id: &str| json!({"HostedZoneId": zone, "VPC": {"VPCRegion": "us-east-1", "VPCId": id}});
    let last = lab.refused("DisassociateVPCFromHostedZone", network(&vpc));
    assert_eq!(last.code, "LastVPCAssociation");
    lab.ask("AssociateVPCWithHostedZone", network(&other));
    let listed = lab.ask("ListHostedZonesByVPC", json!({"VPCId": other, "VPCRegion": "us-east-1"}));
    assert_eq!(listed["HostedZoneSummaries"][0]["HostedZoneId"], zone.as_str());
    lab.ask("DisassociateVPCFromHostedZone", network(&vpc));
    let gone = lab.refused("DisassociateVPCFromHostedZone", network(&vpc));
    assert_eq!(gone.code, "VPCAssociationNotFound");
    let public = lab.zone("corp.net", None);
    let wrong = json!({"HostedZoneId": public, "VPC": {"VPCRegion": "us-east-1", "VPCId": vpc}});
    assert_eq!(lab.refused("AssociateVPCWithHostedZone", wrong).code, "PublicZoneVPCAssociation");
}

#[test]
fn a_zone_goes_when_it_is_empty() {
    let (mut lab, zone) = Lab::with_zone();
    lab.change(&zone, json!([plain("CREATE", "www.shop.net", "A", &["192.0.2.1"])]));
    let full = lab.refused("DeleteHostedZone", json!({"Id": zone}));
    assert_eq!(full.code, "HostedZoneNotEmpty");
    lab.change(&zone, json!([plain("DELETE", "www.shop.net", "A", &["192.0.2.1"])]));
    lab.ask("DeleteHostedZone", json!({"Id": zone}));
    assert_eq!(lab.values("shop.net", "NS", None), ["unknown"]);
    let gone = lab.refused("GetHostedZone", json!({"Id": zone}));
    assert_eq!((gone.status, gone.code.as_str()), (404, "NoSuchHostedZone"));
}

#[test]
fn comments_and_labels_are_kept() {
    let (mut lab, zone) = Lab::with_zone();
    let told = lab.ask("UpdateHostedZoneComment", json!({"Id": zone, "Comment": "new"}));
    assert_eq!(told["HostedZone"]["Config"]["Comment"], "new");
    let told = lab.ask("UpdateHostedZoneComment", json!({"Id": zone}));
    assert!(told["HostedZone"]["Config"].get("Comment").is_none());
    let resource = json!({"ResourceType": "hostedzone", "ResourceId": zone});
    let mut input = resource.clone();
    input["AddTags"] = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]);
    lab.ask("ChangeTagsForResource", input);
    let mut input = resource.clone();
    input["RemoveTagKeys"] = json!(["a"]);
    lab.ask("ChangeTagsForResource", input);
    let told = lab.ask("ListTagsForResource", resource);
    assert_eq!(told["ResourceTagSet"]["Tags"], json!([{"Key": "b", "Value": "2"}]));
    let several = json!({"ResourceType": "hostedzone", "ResourceIds": [zone]});
    let told = lab.ask("ListTagsForResources", several);
    assert_eq!(told["ResourceTagSets"][0]["Tags"][0]["Key"], "b");
    let check = json!({"ResourceType": "healthcheck", "ResourceId": "1"});
    assert_eq!(lab.refused("ListTagsForResource", check).code, "NoSuchHealthCheck");
}
