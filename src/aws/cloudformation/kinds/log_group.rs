//! `AWS::Logs::LogGroup`

use serde_json::{Map, Value, json};

use super::call::{tag_changes, tag_map};
use super::{Call, Kind, Outcome, PLAIN, Properties, Tags, text};

pub(super) static LOG_GROUP: Kind = Kind {
    name: "AWS::Logs::LogGroup",
    properties: "DeletionProtectionEnabled KmsKeyId LogGroupClass LogGroupName! RetentionInDays Tags",
    attributes: "Arn",
    named_by: Some("LogGroupName"),
    tags: Tags::List,
    create,
    update,
    delete: |call, id, _| call.end("logs", "DeleteLogGroup", json!({"logGroupName": id})),
    attribute: |call, id, _, _| Ok(format!("{}:*", arn(call, id)).into()),
    ..PLAIN
};

fn arn(call: &Call<'_>, id: &str) -> String {
    call.place.arn("logs", &format!("log-group:{id}"))
}

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "LogGroupName") {
        Some(name) => name,
        None => call.name(512),
    };
    let mut input = Map::new();
    input.insert("logGroupName".into(), name.as_str().into());
    let members = [
        ("KmsKeyId", "kmsKeyId"),
        ("LogGroupClass", "logGroupClass"),
        ("DeletionProtectionEnabled", "deletionProtectionEnabled"),
    ];
    for (property, member) in members {
        input.extend(properties.get(property).map(|value| (member.to_owned(), value.clone())));
    }
    let tags = tag_map(properties);
    if !tags.is_empty() {
        input.insert("tags".into(), tags.into());
    }
    call.ask("logs", "CreateLogGroup", Value::Object(input))?;
    call.made = Some(name.clone());
    retention(call, &name, &Properties::new(), properties)?;
    Ok(name)
}

fn retention(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    const NAME: &str = "RetentionInDays";
    match (old.get(NAME), new.get(NAME)) {
        (was, Some(days)) if was != Some(days) => {
            let input = json!({"logGroupName": id, "retentionInDays": days});
            call.ask("logs", "PutRetentionPolicy", input).map(|_| ())
        }
        (Some(_), None) => call.end("logs", "DeleteRetentionPolicy", json!({"logGroupName": id})),
        _ => Ok(()),
    }
}

fn update(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    retention(call, id, old, new)?;
    if old.get("DeletionProtectionEnabled") != new.get("DeletionProtectionEnabled") {
        let on = text(new, "DeletionProtectionEnabled").unwrap_or_else(|| "false".to_owned());
        let input = json!({"logGroupIdentifier": id, "deletionProtectionEnabled": on});
        call.ask("logs", "PutLogGroupDeletionProtection", input)?;
    }
    let (gone, set) = tag_changes(old, new);
    let arn = arn(call, id);
    if !gone.is_empty() {
        call.ask("logs", "UntagResource", json!({"resourceArn": arn, "tagKeys": gone}))?;
    }
    if !set.is_empty() {
        let tags = tag_map(&Map::from_iter([("Tags".to_owned(), set.into())]));
        call.ask("logs", "TagResource", json!({"resourceArn": arn, "tags": tags}))?;
    }
    Ok(())
}
