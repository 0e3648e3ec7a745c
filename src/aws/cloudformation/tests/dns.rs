//! Hosted zones and records in stacks, and wait conditions that hear of their handles.

use serde_json::{Value, json};

use super::{ask_as, create, events, of, output, pass, settle, status, update, world};
use sim::{Principal, World};

/// A zone with a record, a group of records, and what they are called.
fn template(address: &str, name: &str, group: &str) -> String {
    json!({
        "Resources": {
            "Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {
                "Name": "shop.net", "HostedZoneConfig": {"Comment": "c"},
                "HostedZoneTags": [{"Key": "a", "Value": "1"}],
            }},
            "Web": {"Type": "AWS::Route53::RecordSet", "Properties": {
                "HostedZoneId": {"Ref": "Zone"}, "Name": format!("{name}.shop.net"), "Type": "A",
                "TTL": "60", "ResourceRecords": [address],
            }},
            "More": {"Type": "AWS::Route53::RecordSetGroup", "Properties": {
                "HostedZoneName": "shop.net.", "RecordSets": [
                    {"Name": "a.shop.net.", "Type": "TXT", "TTL": "60", "ResourceRecords": ["\"x\""]},
                    {"Name": format!("{group}.shop.net."), "Type": "CNAME", "TTL": "60",
                        "ResourceRecords": ["a.shop.net"]},
                ],
            }, "DependsOn": "Zone"},
        },
        "Outputs": {
            "Zone": {"Value": {"Ref": "Zone"}},
            "Web": {"Value": {"Ref": "Web"}},
            "Servers": {"Value": {"Fn::Join": [" ", {"Fn::GetAtt": ["Zone", "NameServers"]}]}},
        },
    })
    .to_string()
}

/// The names of a zone's records, but for those that it began with.
fn names(world: &mut World, zone: &str) -> Vec<String> {
    let listed = of(world, "route53", "ListResourceRecordSets", json!({"HostedZoneId": zone}));
    let sets = listed["ResourceRecordSets"].as_array().cloned().unwrap_or_default();
    let own = sets.iter().filter(|set| set["Name"] != "shop.net.");
    own.map(|set| set["Name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn zones_and_records_come_change_and_go() {
    let mut world = world();
    create(&mut world, "s", &template("192.0.2.1", "www", "b"));
    pass(&mut world, 30);
    // A record waits until the name servers know it.
    assert_eq!(status(&mut world, "s"), "CREATE_IN_PROGRESS");
    assert_eq!(settle(&mut world, "s"), "CREATE_COMPLETE", "{:#?}", events(&mut world, "s"));
    let zone = output(&mut world, "s", "Zone");
    assert_eq!(output(&mut world, "s", "Web"), "www.shop.net");
    assert_eq!(output(&mut world, "s", "Servers").split(' ').count(), 4);
    assert_eq!(names(&mut world, &zone), ["a.shop.net.", "b.shop.net.", "www.shop.net."]);
    // An address in place, a name by another resource, a group in place.
    update(&mut world, "s", &template("192.0.2.2", "web", "c"));
    assert_eq!(settle(&mut world, "s"), "UPDATE_COMPLETE", "{:#?}", events(&mut world, "s"));
    assert_eq!(output(&mut world, "s", "Zone"), zone);
    assert_eq!(names(&mut world, &zone), ["a.shop.net.", "c.shop.net.", "web.shop.net."]);
    of(&mut world, "cloudformation", "DeleteStack", json!({"StackName": "s"}));
    pass(&mut world, 900);
    let left = of(&mut world, "route53", "ListHostedZones", json!({}));
    assert_eq!(left["HostedZones"], json!([]));
}

#[test]
fn a_record_that_is_there_already_fails() {
    let mut world = world();
    let made = of(
        &mut world,
        "route53",
        "CreateHostedZone",
        json!({"Name": "shop.net", "CallerReference": "1"}),
    );
    let record = json!({"Name": "www.shop.net", "Type": "A", "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}]});
    let changes = json!({"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]});
    let zone = made["HostedZone"]["Id"].clone();
    let input = json!({"HostedZoneId": zone, "ChangeBatch": changes});
    of(&mut world, "route53", "ChangeResourceRecordSets", input);
    let web = json!({"Resources": {"Web": {"Type": "AWS::Route53::RecordSet", "Properties": {
        "HostedZoneName": "shop.net.", "Name": "www.shop.net", "Type": "A", "TTL": "60",
        "ResourceRecords": ["192.0.2.9"],
    }}}});
    create(&mut world, "s", &web.to_string());
    assert_eq!(settle(&mut world, "s"), "ROLLBACK_COMPLETE");
    let all = events(&mut world, "s").join("\n");
    assert!(all.contains("but it already exists"), "{all}");
    // What the stack did not make is left alone.
    assert_eq!(names(&mut world, zone.as_str().unwrap_or_default()), ["www.shop.net."]);
}

const WAITING: &str = "Resources: {H: {Type: 'AWS::CloudFormation::WaitConditionHandle'}, W: {Type: \
    'AWS::CloudFormation::WaitCondition', Properties: {Handle: !Ref H, Count: 2, Timeout: 300}}}\n\
    Outputs: {Url: {Value: !Ref H}, Data: {Value: !GetAtt W.Data}}";

fn handle(world: &mut World, stack: &str) -> String {
    let told = of(
        world,
        "cloudformation",
        "DescribeStackResource",
        json!({"StackName": stack, "LogicalResourceId": "H"}),
    );
    told["StackResourceDetail"]["PhysicalResourceId"].as_str().expect("an address").to_owned()
}

fn tell(world: &mut World, url: &str, body: &Value) -> Result<Value, sim::api::ApiError> {
    let input = json!({"url": url, "body": body.to_string()});
    ask_as(world, Principal::Anonymous, "cloudformation-handles", "TellHandle", input)
}

#[test]
fn a_wait_condition_hears_what_is_put_to_its_handle() {
    let mut world = world();
    create(&mut world, "s", WAITING);
    pass(&mut world, 30);
    let url = handle(&mut world, "s");
    let signal = |id: &str, data: &str| json!({"Status": "SUCCESS", "UniqueId": id, "Reason": "r", "Data": data});
    tell(&mut world, &url, &signal("a", "one")).expect("taken");
    // The same again is no other.
    tell(&mut world, &url, &signal("a", "two")).expect("taken");
    tell(&mut world, &url, &json!({"no": "signal"})).expect("taken");
    pass(&mut world, 30);
    assert_eq!(status(&mut world, "s"), "CREATE_IN_PROGRESS");
    tell(&mut world, &url, &signal("b", "two")).expect("taken");
    assert_eq!(settle(&mut world, "s"), "CREATE_COMPLETE");
    assert_eq!(output(&mut world, "s", "Data"), r#"{"a":"one","b":"two"}"#);
    let wrong = tell(&mut world, &format!("{url}x"), &signal("c", "")).expect_err("denied");
    assert_eq!((wrong.status, wrong.code.as_str()), (403, "AccessDenied"));
}

#[test]
fn a_wait_condition_fails_when_it_is_told_of_a_failure() {
    let mut world = world();
    create(&mut world, "s", WAITING);
    pass(&mut world, 30);
    let url = handle(&mut world, "s");
    let bad = json!({"Status": "FAILURE", "UniqueId": "a", "Reason": "no disk", "Data": ""});
    tell(&mut world, &url, &bad).expect("taken");
    assert_eq!(settle(&mut world, "s"), "ROLLBACK_COMPLETE");
    let all = events(&mut world, "s").join("\n");
    assert!(
        all.contains("WaitCondition received failed message: 'no disk' for uniqueId: a"),
        "{all}"
    );
}
