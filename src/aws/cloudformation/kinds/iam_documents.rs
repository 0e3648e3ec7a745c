//! `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy`.

use serde_json::{Value, json};

use super::{Call, Failure, Kind, Outcome, PLAIN, Properties, at, document, list, text, texts};

/// Whom a policy can be given to: the property, and the word in the operations' names.
const HOLDERS: &[(&str, &str)] = &[("Groups", "Group"), ("Roles", "Role"), ("Users", "User")];

pub(super) static POLICY: Kind = Kind {
    name: "AWS::IAM::Policy",
    properties: "Groups PolicyDocument* PolicyName* Roles Users",
    attributes: "Id",
    grants: true,
    makes_s: 16,
    create: |call, properties| {
        if HOLDERS.iter().all(|(name, _)| list(properties, name).is_empty()) {
            let text = "At least one of [Groups,Roles,Users] must be non-empty.".to_owned();
            return Err(Failure::Plain(text));
        }
        let id =
            format!("{}-{}", call.name(40), text(properties, "PolicyName").unwrap_or_default());
        let id: String = id.chars().take(64).collect();
        call.made = Some(id.clone());
        put(call, properties)?;
        Ok(id)
    },
    update: |call, _, old, new| {
        put(call, new)?;
        take(call, old, |kind, holder| {
            let same = text(old, "PolicyName") == text(new, "PolicyName");
            same && texts(new, kind).contains(holder)
        })
    },
    delete: |call, _, properties| take(call, properties, |_, _| false),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn put(call: &mut Call<'_>, properties: &Properties) -> Outcome<()> {
    let text = properties.get("PolicyDocument").map(document);
    for (property, kind) in HOLDERS {
        for holder in texts(properties, property) {
            let input = json!({
                format!("{kind}Name"): holder,
                "PolicyName": properties.get("PolicyName"),
                "PolicyDocument": text,
            });
            call.ask("iam", &format!("Put{kind}Policy"), input)?;
        }
    }
    Ok(())
}

fn take(
    call: &mut Call<'_>,
    properties: &Properties,
    keeps: impl Fn(&str, &String) -> bool,
) -> Outcome<()> {
    for (property, kind) in HOLDERS {
        for holder in texts(properties, property) {
            if keeps(property, &holder) {
                continue;
            }
            let name = properties.get("PolicyName");
            let input = json!({format!("{kind}Name"): holder, "PolicyName": name});
            call.end("iam", &format!("Delete{kind}Policy"), input)?;
        }
    }
    Ok(())
}

pub(super) static MANAGED_POLICY: Kind = Kind {
    name: "AWS::IAM::ManagedPolicy",
    properties: "Description! Groups ManagedPolicyName! Path! PolicyDocument* Roles Users",
    attributes: "PolicyArn PolicyId",
    named_by: Some("ManagedPolicyName"),
    grants: true,
    makes_s: 16,
    create: create_managed,
    update: update_managed,
    delete: delete_managed,
    attribute: |call, id, _, name| {
        if name == "PolicyArn" {
            return Ok(id.into());
        }
        let found = call.ask("iam", "GetPolicy", json!({"PolicyArn": id}))?;
        Ok(at(&found, "/Policy/PolicyId").into())
    },
    ..PLAIN
};

fn create_managed(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "ManagedPolicyName") {
        Some(name) => name,
        None => call.name(128),
    };
    let input = json!({
        "PolicyName": name,
        "Description": properties.get("Description"),
        "Path": properties.get("Path"),
        "PolicyDocument": properties.get("PolicyDocument").map(document),
    });
    let made = call.ask("iam", "CreatePolicy", input)?;
    let arn = at(&made, "/Policy/Arn");
    call.made = Some(arn.clone());
    attach(call, &arn, &Properties::new(), properties)?;
    Ok(arn)
}

fn attach(call: &mut Call<'_>, arn: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    for (property, kind) in HOLDERS {
        let (was, is) = (texts(old, property), texts(new, property));
        let key = format!("{kind}Name");
        for holder in was.iter().filter(|holder| !is.contains(holder)) {
            let input = json!({key.as_str(): holder, "PolicyArn": arn});
            call.end("iam", &format!("Detach{kind}Policy"), input)?;
        }
        for holder in is.iter().filter(|holder| !was.contains(holder)) {
            let input = json!({key.as_str(): holder, "PolicyArn": arn});
            call.ask("iam", &format!("Attach{kind}Policy"), input)?;
        }
    }
    Ok(())
}

/// A policy keeps five versions, so the one that is no longer used goes.
fn update_managed(
    call: &mut Call<'_>,
    id: &str,
    old: &Properties,
    new: &Properties,
) -> Outcome<()> {
    if old.get("PolicyDocument") != new.get("PolicyDocument") {
        let text = new.get("PolicyDocument").map(document);
        let input = json!({"PolicyArn": id, "PolicyDocument": text, "SetAsDefault": true});
        call.ask("iam", "CreatePolicyVersion", input)?;
        old_versions(call, id)?;
    }
    attach(call, id, old, new)
}

fn old_versions(call: &mut Call<'_>, id: &str) -> Outcome<()> {
    let found = call.ask("iam", "ListPolicyVersions", json!({"PolicyArn": id}))?;
    let versions = found.pointer("/Versions").and_then(Value::as_array).cloned();
    for version in versions.unwrap_or_default() {
        if version.get("IsDefaultVersion") != Some(&Value::Bool(true)) {
            let input = json!({"PolicyArn": id, "VersionId": at(&version, "/VersionId")});
            call.end("iam", "DeletePolicyVersion", input)?;
        }
    }
    Ok(())
}

fn delete_managed(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<()> {
    attach(call, id, properties, &Properties::new())?;
    match old_versions(call, id) {
        Err(failure) if !failure.is_absent() => return Err(failure),
        _ => {}
    }
    call.end("iam", "DeletePolicy", json!({"PolicyArn": id}))
}
