//! `AWS::IAM::Group`, `AWS::IAM::User`, who is in a group, and `AWS::IAM::AccessKey`.

use serde_json::{Value, json};

use super::call::tag_list;
use super::iam_names::{boundary, policies, tags};
use super::{Call, Failure, Kind, Outcome, PLAIN, Properties, Tags, at, changed, text, texts};

pub(super) static GROUP: Kind = Kind {
    name: "AWS::IAM::Group",
    properties: "GroupName! ManagedPolicyArns Path Policies",
    attributes: "Arn",
    named_by: Some("GroupName"),
    grants: true,
    makes_s: 16,
    create: |call, properties| {
        let name = match text(properties, "GroupName") {
            Some(name) => name,
            None => call.name(128),
        };
        let input = json!({"GroupName": name, "Path": properties.get("Path")});
        call.ask("iam", "CreateGroup", input)?;
        call.made = Some(name.clone());
        policies(call, "Group", &name, &Properties::new(), properties)?;
        Ok(name)
    },
    update: |call, id, old, new| {
        if old.get("Path") != new.get("Path") {
            let path = text(new, "Path").unwrap_or_else(|| "/".to_owned());
            call.ask("iam", "UpdateGroup", json!({"GroupName": id, "NewPath": path}))?;
        }
        policies(call, "Group", id, old, new)
    },
    delete: |call, id, properties| {
        emptied(policies(call, "Group", id, properties, &Properties::new()))?;
        call.end("iam", "DeleteGroup", json!({"GroupName": id}))
    },
    attribute: |call, id, _, name| {
        let found = call.ask("iam", "GetGroup", json!({"GroupName": id}))?;
        Ok(at(&found, &format!("/Group/{name}")).into())
    },
    ..PLAIN
};

/// That what is to be emptied is gone already is fine.
fn emptied(done: Outcome<()>) -> Outcome<()> {
    match done {
        Err(failure) if !failure.is_absent() => Err(failure),
        _ => Ok(()),
    }
}

pub(super) static USER: Kind = Kind {
    name: "AWS::IAM::User",
    properties: "Groups LoginProfile ManagedPolicyArns Path PermissionsBoundary Policies Tags \
                 UserName!",
    attributes: "Arn",
    named_by: Some("UserName"),
    grants: true,
    tags: Tags::List,
    makes_s: 30,
    create: create_user,
    update: update_user,
    delete: delete_user,
    attribute: |call, id, _, name| {
        let found = call.ask("iam", "GetUser", json!({"UserName": id}))?;
        Ok(at(&found, &format!("/User/{name}")).into())
    },
    ..PLAIN
};

fn create_user(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "UserName") {
        Some(name) => name,
        None => call.name(64),
    };
    let input = json!({
        "UserName": name,
        "Path": properties.get("Path"),
        "PermissionsBoundary": properties.get("PermissionsBoundary"),
        "Tags": tag_list(properties),
    });
    call.ask("iam", "CreateUser", input)?;
    call.made = Some(name.clone());
    login(call, &name, &Properties::new(), properties)?;
    policies(call, "User", &name, &Properties::new(), properties)?;
    groups(call, &name, &Properties::new(), properties)?;
    Ok(name)
}

fn login(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let with = |profile: &Value| {
        let mut input = profile.as_object().cloned().unwrap_or_default();
        input.insert("UserName".into(), id.into());
        Value::Object(input)
    };
    match (old.get("LoginProfile"), new.get("LoginProfile")) {
        (None, Some(profile)) => {
            call.ask("iam", "CreateLoginProfile", with(profile))?;
        }
        (Some(_), None) => call.end("iam", "DeleteLoginProfile", json!({"UserName": id}))?,
        (Some(was), Some(is)) if was != is => {
            call.ask("iam", "UpdateLoginProfile", with(is))?;
        }
        _ => {}
    }
    Ok(())
}

fn groups(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let (was, is) = (texts(old, "Groups"), texts(new, "Groups"));
    for group in was.iter().filter(|group| !is.contains(group)) {
        let input = json!({"GroupName": group, "UserName": id});
        call.end("iam", "RemoveUserFromGroup", input)?;
    }
    for group in is.iter().filter(|group| !was.contains(group)) {
        call.ask("iam", "AddUserToGroup", json!({"GroupName": group, "UserName": id}))?;
    }
    Ok(())
}

fn update_user(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let differs = changed(old, new);
    if differs.contains(&"Path") {
        let path = text(new, "Path").unwrap_or_else(|| "/".to_owned());
        call.ask("iam", "UpdateUser", json!({"UserName": id, "NewPath": path}))?;
    }
    if differs.contains(&"PermissionsBoundary") {
        boundary(call, "User", id, new)?;
    }
    login(call, id, old, new)?;
    policies(call, "User", id, old, new)?;
    groups(call, id, old, new)?;
    tags(call, "User", id, old, new)
}

fn delete_user(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<()> {
    let nothing = Properties::new();
    emptied(login(call, id, properties, &nothing))?;
    emptied(policies(call, "User", id, properties, &nothing))?;
    emptied(groups(call, id, properties, &nothing))?;
    call.end("iam", "DeleteUser", json!({"UserName": id}))
}

pub(super) static MEMBERSHIP: Kind = Kind {
    name: "AWS::IAM::UserToGroupAddition",
    properties: "GroupName* Users*",
    attributes: "Id",
    create: |call, properties| {
        let name = call.name(128);
        call.made = Some(name.clone());
        members(call, &Properties::new(), properties)?;
        Ok(name)
    },
    update: |call, _, old, new| members(call, old, new),
    delete: |call, _, properties| members(call, properties, &Properties::new()),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn members(call: &mut Call<'_>, old: &Properties, new: &Properties) -> Outcome<()> {
    let pairs = |properties: &Properties| {
        let group = text(properties, "GroupName").unwrap_or_default();
        let users = texts(properties, "Users").into_iter();
        users.map(|user| (group.clone(), user)).collect::<Vec<_>>()
    };
    let (was, is) = (pairs(old), pairs(new));
    for (group, user) in was.iter().filter(|pair| !is.contains(pair)) {
        let input = json!({"GroupName": group, "UserName": user});
        call.end("iam", "RemoveUserFromGroup", input)?;
    }
    for (group, user) in is.iter().filter(|pair| !was.contains(pair)) {
        call.ask("iam", "AddUserToGroup", json!({"GroupName": group, "UserName": user}))?;
    }
    Ok(())
}

pub(super) static ACCESS_KEY: Kind = Kind {
    name: "AWS::IAM::AccessKey",
    properties: "Serial! Status UserName*!",
    attributes: "SecretAccessKey",
    grants: true,
    create: |call, properties| {
        let user = properties.get("UserName");
        let made = call.ask("iam", "CreateAccessKey", json!({"UserName": user}))?;
        let id = at(&made, "/AccessKey/AccessKeyId");
        call.made = Some(id.clone());
        if let Some(status) = text(properties, "Status").filter(|status| status != "Active") {
            let input = json!({"UserName": user, "AccessKeyId": id, "Status": status});
            call.ask("iam", "UpdateAccessKey", input)?;
        }
        Ok(id)
    },
    update: |call, id, _, new| {
        let status = text(new, "Status").unwrap_or_else(|| "Active".to_owned());
        let input = json!({"UserName": new.get("UserName"), "AccessKeyId": id, "Status": status});
        call.ask("iam", "UpdateAccessKey", input).map(|_| ())
    },
    delete: |call, id, properties| {
        let input = json!({"UserName": properties.get("UserName"), "AccessKeyId": id});
        call.end("iam", "DeleteAccessKey", input)
    },
    attribute: |call, id, _, _| {
        let found = aws::iam::credential(call.world, id);
        let secret = found.map(|credential| credential.secret_access_key);
        secret
            .map(Value::from)
            .ok_or_else(|| Failure::Plain(format!("There is no access key {id}")))
    },
    ..PLAIN
};
