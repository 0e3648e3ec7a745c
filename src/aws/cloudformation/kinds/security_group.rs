//! `AWS::EC2::SecurityGroup` and its rules, within it or as resources of their own.

use serde_json::{Map, Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{Call, Failure, Kind, Outcome, PLAIN, Properties, Tags, at, list, text};

pub(super) static GROUP: Kind = Kind {
    name: "AWS::EC2::SecurityGroup",
    properties: "GroupDescription*! GroupName! SecurityGroupEgress SecurityGroupIngress Tags VpcId!",
    attributes: "GroupId Id VpcId",
    named_by: Some("GroupName"),
    tags: Tags::List,
    makes_s: 5,
    create,
    update: |call, id, old, new| {
        rules(call, id, old, new, Way::In)?;
        rules(call, id, old, new, Way::Out)?;
        ec2_tags(call, id, old, new)
    },
    delete: |call, id, _| call.end("ec2", "DeleteSecurityGroup", json!({"GroupId": id})),
    attribute: |call, id, _, name| {
        if name != "VpcId" {
            return Ok(id.into());
        }
        let found = call.ask("ec2", "DescribeSecurityGroups", json!({"GroupIds": [id]}))?;
        Ok(at(&found, "/SecurityGroups/0/VpcId").into())
    },
    ..PLAIN
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Way {
    fn property(self) -> &'static str {
        if self == Self::In { "SecurityGroupIngress" } else { "SecurityGroupEgress" }
    }

    fn operation(self, verb: &str) -> String {
        format!("{verb}SecurityGroup{}", if self == Self::In { "Ingress" } else { "Egress" })
    }
}

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "GroupName") {
        Some(name) => name,
        None => call.name(255),
    };
    let made = call.ask(
        "ec2",
        "CreateSecurityGroup",
        json!({
            "GroupName": name,
            "Description": properties.get("GroupDescription"),
            "VpcId": properties.get("VpcId"),
            "TagSpecifications": ec2_specification(properties, "security-group"),
        }),
    )?;
    let id = at(&made, "/GroupId");
    call.made = Some(id.clone());
    rules(call, &id, &Properties::new(), properties, Way::In)?;
    rules(call, &id, &Properties::new(), properties, Way::Out)?;
    Ok(id)
}

/// The rule that a new group has for what goes out.
fn anywhere() -> Value {
    json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
}

fn permissions(properties: &Properties, way: Way) -> Vec<Value> {
    let given = list(properties, way.property());
    if given.is_empty() && way == Way::Out {
        return vec![anywhere()];
    }
    let mut done: Vec<Value> = Vec::new();
    for rule in given.iter().filter_map(Value::as_object) {
        let permission = permission(rule);
        if !done.contains(&permission) {
            done.push(permission);
        }
    }
    done
}

fn rules(
    call: &mut Call<'_>,
    id: &str,
    old: &Properties,
    new: &Properties,
    way: Way,
) -> Outcome<()> {
    for rule in list(new, way.property()).iter().filter_map(Value::as_object) {
        known(call, rule, way)?;
    }
    let is_new = old.is_empty();
    let old = if is_new && way == Way::In { Vec::new() } else { permissions(old, way) };
    let new = permissions(new, way);
    let gone: Vec<&Value> = old.iter().filter(|rule| !new.contains(rule)).collect();
    let made: Vec<&Value> = new.iter().filter(|rule| !old.contains(rule)).collect();
    if !gone.is_empty() {
        let input = json!({"GroupId": id, "IpPermissions": gone});
        call.end("ec2", &way.operation("Revoke"), input)?;
    }
    if !made.is_empty() {
        let input = json!({"GroupId": id, "IpPermissions": made});
        call.ask("ec2", &way.operation("Authorize"), input)?;
    }
    Ok(())
}

/// Holds a rule that stands in its group to what a rule may have, and the owner of a group to the one
/// account that there is.
fn known(call: &Call<'_>, rule: &Map<String, Value>, way: Way) -> Outcome<()> {
    let kind = if way == Way::In { &INGRESS } else { &EGRESS };
    // Of which group it is a rule is not for it to say.
    let stranger = rule.keys().find(|name| {
        kind.property(name).is_none() || matches!(name.as_str(), "GroupId" | "GroupName")
    });
    if let Some(name) = stranger {
        return Err(Failure::Plain(format!("Encountered unsupported property {name}")));
    }
    match text(rule, "SourceSecurityGroupOwnerId") {
        Some(owner) if owner != call.place.account => Err(Failure::Plain(format!(
            "Security groups of another account ({owner}) are not simulated here"
        ))),
        _ => Ok(()),
    }
}

/// A rule as the operations want it.
fn permission(rule: &Map<String, Value>) -> Value {
    let protocol = text(rule, "IpProtocol").unwrap_or_else(|| "-1".to_owned());
    let mut done = Map::new();
    if protocol != "-1" {
        for name in ["FromPort", "ToPort"] {
            done.extend(rule.get(name).map(|port| (name.to_owned(), port.clone())));
        }
    }
    done.insert("IpProtocol".into(), protocol.into());
    let described = |key: &str, value: &Value| {
        let mut range = Map::new();
        range.insert(key.to_owned(), value.clone());
        range.extend(rule.get("Description").map(|text| ("Description".to_owned(), text.clone())));
        json!([range])
    };
    let peers = [
        ("CidrIp", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("SourceSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("SourceSecurityGroupName", "UserIdGroupPairs", "GroupName"),
        ("DestinationSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("SourcePrefixListId", "PrefixListIds", "PrefixListId"),
        ("DestinationPrefixListId", "PrefixListIds", "PrefixListId"),
    ];
    for (property, member, key) in peers {
        if let Some(value) = rule.get(property) {
            done.insert(member.to_owned(), described(key, value));
        }
    }
    Value::Object(done)
}

pub(super) static INGRESS: Kind = Kind {
    name: "AWS::EC2::SecurityGroupIngress",
    properties: "CidrIp! CidrIpv6! Description FromPort! GroupId! GroupName! IpProtocol*! \
                 SourcePrefixListId! SourceSecurityGroupId! SourceSecurityGroupName! \
                 SourceSecurityGroupOwnerId! ToPort!",
    attributes: "Id",
    create: |call, properties| single(call, properties, Way::In),
    update: |call, _, old, new| {
        end_single(call, old, Way::In)?;
        single(call, new, Way::In).map(|_| ())
    },
    delete: |call, _, properties| end_single(call, properties, Way::In),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

pub(super) static EGRESS: Kind = Kind {
    name: "AWS::EC2::SecurityGroupEgress",
    properties: "CidrIp! CidrIpv6! Description DestinationPrefixListId! \
                 DestinationSecurityGroupId! FromPort! GroupId*! IpProtocol*! ToPort!",
    attributes: "Id",
    create: |call, properties| single(call, properties, Way::Out),
    update: |call, _, old, new| {
        end_single(call, old, Way::Out)?;
        single(call, new, Way::Out).map(|_| ())
    },
    delete: |call, _, properties| end_single(call, properties, Way::Out),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn single_input(properties: &Properties) -> Value {
    json!({
        "GroupId": properties.get("GroupId"),
        "GroupName": properties.get("GroupName"),
        "IpPermissions": [permission(properties)],
    })
}

fn single(call: &mut Call<'_>, properties: &Properties, way: Way) -> Outcome<String> {
    let mut rule = properties.clone();
    rule.retain(|name, _| !matches!(name.as_str(), "GroupId" | "GroupName"));
    known(call, &rule, way)?;
    let made = call.ask("ec2", &way.operation("Authorize"), single_input(properties))?;
    Ok(at(&made, "/SecurityGroupRules/0/SecurityGroupRuleId"))
}

fn end_single(call: &mut Call<'_>, properties: &Properties, way: Way) -> Outcome<()> {
    call.end("ec2", &way.operation("Revoke"), single_input(properties))
}
