//! `AWS::EC2::LaunchTemplate`

use serde_json::{Value, json};

use super::call::tag_list;
use super::{Call, Kind, Outcome, PLAIN, Properties, Tags, at, text};

pub(super) static TEMPLATE: Kind = Kind {
    name: "AWS::EC2::LaunchTemplate",
    properties: "LaunchTemplateData* LaunchTemplateName! TagSpecifications! VersionDescription",
    attributes: "DefaultVersionNumber LatestVersionNumber LaunchTemplateId",
    named_by: Some("LaunchTemplateName"),
    tags: Tags::None,
    create: |call, properties| {
        let name = match text(properties, "LaunchTemplateName") {
            Some(name) => name,
            None => call.name(128),
        };
        let input = json!({
            "LaunchTemplateName": name,
            "LaunchTemplateData": data(properties),
            "VersionDescription": properties.get("VersionDescription"),
            "TagSpecifications": properties.get("TagSpecifications"),
        });
        let made = call.ask("ec2", "CreateLaunchTemplate", input)?;
        Ok(at(&made, "/LaunchTemplate/LaunchTemplateId"))
    },
    update: |call, id, _, new| {
        let input = json!({
            "LaunchTemplateId": id,
            "LaunchTemplateData": data(new),
            "VersionDescription": new.get("VersionDescription"),
        });
        call.ask("ec2", "CreateLaunchTemplateVersion", input).map(|_| ())
    },
    delete: |call, id, _| call.end("ec2", "DeleteLaunchTemplate", json!({"LaunchTemplateId": id})),
    attribute,
    ..PLAIN
};

/// What stands for more than one thing is a list of its own name in the operation.
fn data(properties: &Properties) -> Value {
    let mut data = properties
        .get("LaunchTemplateData")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let tags = tag_list(&data);
    if !tags.is_empty() {
        data.remove("Tags");
    }
    Value::Object(data)
}

fn attribute(call: &mut Call<'_>, id: &str, _: &Properties, name: &str) -> Outcome<Value> {
    if name == "LaunchTemplateId" {
        return Ok(id.into());
    }
    let found = call.ask("ec2", "DescribeLaunchTemplates", json!({"LaunchTemplateIds": [id]}))?;
    Ok(at(&found, &format!("/LaunchTemplates/0/{name}")).into())
}
