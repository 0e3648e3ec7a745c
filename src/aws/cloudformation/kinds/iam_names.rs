//! `AWS::IAM::Role` and `AWS::IAM::InstanceProfile`.

use serde_json::{Value, json};

use super::call::{tag_changes, tag_list};
use super::{
    Call, Failure, Kind, Outcome, PLAIN, Properties, Tags, at, changed, document, list, text, texts,
};

/// What an identity of IAM is called in the operations' names.
pub(super) const ROLE_WORD: &str = "Role";

pub(super) static ROLE: Kind = Kind {
    name: "AWS::IAM::Role",
    properties: "AssumeRolePolicyDocument* Description ManagedPolicyArns MaxSessionDuration Path! \
                 PermissionsBoundary Policies RoleName! Tags",
    attributes: "Arn RoleId",
    named_by: Some("RoleName"),
    grants: true,
    tags: Tags::List,
    // It is waited for until other services see it.
    makes_s: 16,
    create: create_role,
    update: update_role,
    delete: delete_role,
    attribute: |call, id, _, name| {
        let found = call.ask("iam", "GetRole", json!({"RoleName": id}))?;
        Ok(at(&found, &format!("/Role/{name}")).into())
    },
    ..PLAIN
};

fn create_role(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "RoleName") {
        Some(name) => name,
        None => call.name(64),
    };
    let trust = properties.get("AssumeRolePolicyDocument").map(document);
    let input = json!({
        "RoleName": name,
        "AssumeRolePolicyDocument": trust,
        "Description": properties.get("Description"),
        "MaxSessionDuration": properties.get("MaxSessionDuration"),
        "Path": properties.get("Path"),
        "PermissionsBoundary": properties.get("PermissionsBoundary"),
        "Tags": tag_list(properties),
    });
    call.ask("iam", "CreateRole", input)?;
    call.made = Some(name.clone());
    policies(call, ROLE_WORD, &name, &Properties::new(), properties)?;
    Ok(name)
}

/// Attaches and detaches managed policies, and puts and deletes those within, until they are as wanted.
pub(super) fn policies(
    call: &mut Call<'_>,
    kind: &str,
    name: &str,
    old: &Properties,
    new: &Properties,
) -> Outcome<()> {
    let key = format!("{kind}Name");
    let (was, is) = (texts(old, "ManagedPolicyArns"), texts(new, "ManagedPolicyArns"));
    for arn in was.iter().filter(|arn| !is.contains(arn)) {
        let input = json!({key.as_str(): name, "PolicyArn": arn});
        call.end("iam", &format!("Detach{kind}Policy"), input)?;
    }
    for arn in is.iter().filter(|arn| !was.contains(arn)) {
        let input = json!({key.as_str(): name, "PolicyArn": arn});
        call.ask("iam", &format!("Attach{kind}Policy"), input)?;
    }
    let (was, is) = (list(old, "Policies"), list(new, "Policies"));
    let named = |one: &Value, other: &Value| at(one, "/PolicyName") == at(other, "/PolicyName");
    for policy in was.iter().filter(|policy| !is.iter().any(|other| named(policy, other))) {
        let input = json!({key.as_str(): name, "PolicyName": at(policy, "/PolicyName")});
        call.end("iam", &format!("Delete{kind}Policy"), input)?;
    }
    for policy in is.iter().filter(|policy| !was.contains(policy)) {
        let text = policy.get("PolicyDocument").map(document);
        let input = json!({
            key.as_str(): name, "PolicyName": policy.get("PolicyName"), "PolicyDocument": text,
        });
        call.ask("iam", &format!("Put{kind}Policy"), input)?;
    }
    Ok(())
}

/// Tags what has tags in IAM, as its properties say.
pub(super) fn tags(
    call: &mut Call<'_>,
    kind: &str,
    name: &str,
    old: &Properties,
    new: &Properties,
) -> Outcome<()> {
    let (gone, set) = tag_changes(old, new);
    let key = format!("{kind}Name");
    if !gone.is_empty() {
        let input = json!({key.as_str(): name, "TagKeys": gone});
        call.ask("iam", &format!("Untag{kind}"), input)?;
    }
    if !set.is_empty() {
        call.ask("iam", &format!("Tag{kind}"), json!({key.as_str(): name, "Tags": set}))?;
    }
    Ok(())
}

/// Sets or takes away the boundary of a role's or user's rights.
pub(super) fn boundary(
    call: &mut Call<'_>,
    kind: &str,
    name: &str,
    new: &Properties,
) -> Outcome<()> {
    let key = format!("{kind}Name");
    if let Some(arn) = text(new, "PermissionsBoundary") {
        let input = json!({key.as_str(): name, "PermissionsBoundary": arn});
        call.ask("iam", &format!("Put{kind}PermissionsBoundary"), input)?;
    } else {
        let input = json!({key.as_str(): name});
        call.end("iam", &format!("Delete{kind}PermissionsBoundary"), input)?;
    }
    Ok(())
}

fn update_role(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let differs = changed(old, new);
    if differs.contains(&"AssumeRolePolicyDocument") {
        let trust = new.get("AssumeRolePolicyDocument").map(document);
        let input = json!({"RoleName": id, "PolicyDocument": trust});
        call.ask("iam", "UpdateAssumeRolePolicy", input)?;
    }
    if differs.contains(&"Description") || differs.contains(&"MaxSessionDuration") {
        let description = text(new, "Description").unwrap_or_default();
        let duration = text(new, "MaxSessionDuration").unwrap_or_else(|| "3600".to_owned());
        let input =
            json!({"RoleName": id, "Description": description, "MaxSessionDuration": duration});
        call.ask("iam", "UpdateRole", input)?;
    }
    if differs.contains(&"PermissionsBoundary") {
        boundary(call, ROLE_WORD, id, new)?;
    }
    policies(call, ROLE_WORD, id, old, new)?;
    tags(call, ROLE_WORD, id, old, new)
}

fn delete_role(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<()> {
    let emptied = policies(call, ROLE_WORD, id, properties, &Properties::new());
    if let Err(failure) = emptied
        && !failure.is_absent()
    {
        return Err(failure);
    }
    call.end("iam", "DeleteRole", json!({"RoleName": id}))
}

pub(super) static INSTANCE_PROFILE: Kind = Kind {
    name: "AWS::IAM::InstanceProfile",
    properties: "InstanceProfileName! Path! Roles*",
    attributes: "Arn",
    named_by: Some("InstanceProfileName"),
    grants: true,
    // The service waits for two minutes before it takes one for known everywhere.
    makes_s: 120,
    create: create_profile,
    update: |call, id, old, new| {
        take_roles(call, id, old)?;
        give_roles(call, id, new)
    },
    delete: |call, id, properties| {
        take_roles(call, id, properties)?;
        call.end("iam", "DeleteInstanceProfile", json!({"InstanceProfileName": id}))
    },
    attribute: |call, id, _, name| {
        let found = call.ask("iam", "GetInstanceProfile", json!({"InstanceProfileName": id}))?;
        Ok(at(&found, &format!("/InstanceProfile/{name}")).into())
    },
    ..PLAIN
};

fn create_profile(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "InstanceProfileName") {
        Some(name) => name,
        None => call.name(128),
    };
    if list(properties, "Roles").len() != 1 {
        let text = "An instance profile must have exactly one role".to_owned();
        return Err(Failure::Plain(text));
    }
    let input = json!({"InstanceProfileName": name, "Path": properties.get("Path")});
    call.ask("iam", "CreateInstanceProfile", input)?;
    call.made = Some(name.clone());
    give_roles(call, &name, properties)?;
    Ok(name)
}

fn give_roles(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<()> {
    for role in texts(properties, "Roles") {
        let input = json!({"InstanceProfileName": id, "RoleName": role});
        call.ask("iam", "AddRoleToInstanceProfile", input)?;
    }
    Ok(())
}

fn take_roles(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<()> {
    for role in texts(properties, "Roles") {
        let input = json!({"InstanceProfileName": id, "RoleName": role});
        call.end("iam", "RemoveRoleFromInstanceProfile", input)?;
    }
    Ok(())
}
