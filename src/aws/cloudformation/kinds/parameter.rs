//! `AWS::SSM::Parameter`

use serde_json::{Value, json};

use super::call::{tag_changes, tag_list};
use super::{Call, Failure, Kind, Outcome, PLAIN, Properties, Tags, pick, text};

pub(super) static PARAMETER: Kind = Kind {
    name: "AWS::SSM::Parameter",
    properties: "AllowedPattern DataType Description Name! Policies Tags Tier Type* Value*",
    attributes: "Type Value",
    named_by: Some("Name"),
    tags: Tags::Map,
    create: |call, properties| {
        let name = match text(properties, "Name") {
            Some(name) => name,
            None => format!("CFN-{}", call.name(124)),
        };
        let mut input = put(properties)?;
        input.insert("Name".into(), name.as_str().into());
        let tags = tag_list(properties);
        if !tags.is_empty() {
            input.insert("Tags".into(), tags.into());
        }
        call.ask("ssm", "PutParameter", Value::Object(input))?;
        Ok(name)
    },
    update,
    delete: |call, id, _| call.end("ssm", "DeleteParameter", json!({"Name": id})),
    attribute: |_, _, own, name| Ok(text(own, name).into()),
    ..PLAIN
};

fn put(properties: &Properties) -> Outcome<Properties> {
    if text(properties, "Type")
        .is_some_and(|kind| !matches!(kind.as_str(), "String" | "StringList"))
    {
        let text = "Model validation failed (#/Type: #: only 1 subschema matches out of 2)";
        return Err(Failure::Plain(text.to_owned()));
    }
    let members =
        ["AllowedPattern", "DataType", "Description", "Policies", "Tier", "Type", "Value"];
    Ok(pick(properties, &members))
}

fn update(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let mut input = put(new)?;
    if input != put(old)? {
        input.insert("Name".into(), id.into());
        input.insert("Overwrite".into(), true.into());
        call.ask("ssm", "PutParameter", Value::Object(input))?;
    }
    let (gone, set) = tag_changes(old, new);
    let of = json!({"ResourceType": "Parameter", "ResourceId": id});
    let with = |key: &str, value: Value| {
        let mut input = of.clone();
        input[key] = value;
        input
    };
    if !gone.is_empty() {
        call.ask("ssm", "RemoveTagsFromResource", with("TagKeys", gone.into()))?;
    }
    if !set.is_empty() {
        call.ask("ssm", "AddTagsToResource", with("Tags", set.into()))?;
    }
    Ok(())
}
