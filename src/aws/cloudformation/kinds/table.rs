//! `AWS::DynamoDB::Table`

use serde_json::{Map, Value, json};

use super::call::{tag_changes, tag_list};
use super::{
    Call, Failure, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, changed, list, pick, text,
};

pub(super) static TABLE: Kind = Kind {
    name: "AWS::DynamoDB::Table",
    properties: "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes \
                 KeySchema*! LocalSecondaryIndexes! PointInTimeRecoverySpecification \
                 ProvisionedThroughput SSESpecification StreamSpecification TableClass TableName! \
                 Tags TimeToLiveSpecification",
    attributes: "Arn StreamArn",
    named_by: Some("TableName"),
    tags: Tags::List,
    makes_s: 20,
    removes_s: 10,
    create,
    update,
    delete: |call, id, _| call.end("dynamodb", "DeleteTable", json!({"TableName": id})),
    ready,
    gone: |call, id, _| match described(call, id) {
        Err(failure) if failure.is_absent() => Ok(true),
        found => found.map(|_| false),
    },
    attribute: |call, id, _, name| {
        let member = if name == "Arn" { "/TableArn" } else { "/LatestStreamArn" };
        Ok(at(&described(call, id)?, member).into())
    },
    ..PLAIN
};

const MEMBERS: &[&str] = &[
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
    "TableClass",
];

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "TableName") {
        Some(name) => name,
        None => call.name(255),
    };
    let mut input = pick(properties, MEMBERS);
    input.insert("TableName".into(), name.as_str().into());
    let tags = tag_list(properties);
    if !tags.is_empty() {
        input.insert("Tags".into(), tags.into());
    }
    input.extend(stream(properties));
    input.extend(encryption(properties));
    call.ask("dynamodb", "CreateTable", Value::Object(input))?;
    Ok(name)
}

fn stream(properties: &Properties) -> Option<(String, Value)> {
    let given = properties.get("StreamSpecification")?;
    let view = given.get("StreamViewType");
    Some(("StreamSpecification".into(), json!({"StreamEnabled": true, "StreamViewType": view})))
}

fn encryption(properties: &Properties) -> Option<(String, Value)> {
    let mut given = properties.get("SSESpecification")?.as_object()?.clone();
    let enabled = given.remove("SSEEnabled").unwrap_or_else(|| true.into());
    given.insert("Enabled".into(), enabled);
    Some(("SSESpecification".into(), Value::Object(given)))
}

fn described(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let found = call.ask("dynamodb", "DescribeTable", json!({"TableName": id}))?;
    Ok(found.get("Table").cloned().unwrap_or_default())
}

/// Where an answer says whether a table can be restored to any time.
const STATUS: &str =
    "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus";

/// A table takes some settings only once it is active.
fn ready(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<Progress> {
    let found = described(call, id)?;
    let building = found.pointer("/GlobalSecondaryIndexes").and_then(Value::as_array);
    let building = building.into_iter().flatten().any(|i| at(i, "/IndexStatus") != "ACTIVE");
    if at(&found, "/TableStatus") != "ACTIVE" || building {
        return Ok(Progress::Wait);
    }
    let name = json!({"TableName": id});
    if let Some(wanted) = properties.get("TimeToLiveSpecification") {
        let now = call.ask("dynamodb", "DescribeTimeToLive", name.clone())?;
        let is_on = at(&now, "/TimeToLiveDescription/TimeToLiveStatus").starts_with("ENABL");
        if is_on != (at(wanted, "/Enabled") == "true") {
            let input = json!({"TableName": id, "TimeToLiveSpecification": wanted});
            call.ask("dynamodb", "UpdateTimeToLive", input)?;
        }
    }
    if let Some(wanted) = properties.get("PointInTimeRecoverySpecification") {
        let now = call.ask("dynamodb", "DescribeContinuousBackups", name)?;
        if (at(&now, STATUS) == "ENABLED") != (at(wanted, "/PointInTimeRecoveryEnabled") == "true")
        {
            let input = json!({"TableName": id, "PointInTimeRecoverySpecification": wanted});
            call.ask("dynamodb", "UpdateContinuousBackups", input)?;
        }
    }
    Ok(Progress::Ready)
}

fn update(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let mut input = Map::new();
    let mut tagged = false;
    for name in changed(old, new) {
        match name {
            "BillingMode"
            | "ProvisionedThroughput"
            | "DeletionProtectionEnabled"
            | "TableClass" => {
                input.extend(new.get(name).map(|value| (name.to_owned(), value.clone())));
            }
            "StreamSpecification" => {
                let off = || ("StreamSpecification".into(), json!({"StreamEnabled": false}));
                input.extend([stream(new).unwrap_or_else(off)]);
            }
            "SSESpecification" => input.extend(encryption(new)),
            "GlobalSecondaryIndexes" => {
                let definitions = new.get("AttributeDefinitions").cloned().unwrap_or_default();
                input.insert("AttributeDefinitions".into(), definitions);
                let changes = indexes(old, new)?;
                input.insert("GlobalSecondaryIndexUpdates".into(), changes);
            }
            "Tags" => tagged = true,
            // The rest is set once the table is active.
            _ => {}
        }
    }
    if !input.is_empty() {
        input.insert("TableName".into(), id.into());
        call.ask("dynamodb", "UpdateTable", Value::Object(input))?;
    }
    if tagged {
        let arn = at(&described(call, id)?, "/TableArn");
        let (gone, set) = tag_changes(old, new);
        if !gone.is_empty() {
            let input = json!({"ResourceArn": arn, "TagKeys": gone});
            call.ask("dynamodb", "UntagResource", input)?;
        }
        if !set.is_empty() {
            call.ask("dynamodb", "TagResource", json!({"ResourceArn": arn, "Tags": set}))?;
        }
    }
    Ok(())
}

fn indexes(old: &Properties, new: &Properties) -> Outcome<Value> {
    const NAME: &str = "GlobalSecondaryIndexes";
    let (was, is) = (list(old, NAME), list(new, NAME));
    let same = |one: &Value, other: &Value| at(one, "/IndexName") == at(other, "/IndexName");
    let mut changes = Vec::new();
    for index in was.iter().filter(|index| !is.iter().any(|other| same(index, other))) {
        changes.push(json!({"Delete": {"IndexName": at(index, "/IndexName")}}));
    }
    for index in is {
        match was.iter().find(|other| same(index, other)) {
            None => changes.push(json!({"Create": index})),
            Some(other) if other != index => changes.push(json!({"Update": {
                "IndexName": at(index, "/IndexName"),
                "ProvisionedThroughput": index.get("ProvisionedThroughput"),
            }})),
            Some(_) => {}
        }
    }
    let several = changes.iter().filter(|change| change.get("Update").is_none()).count() > 1;
    if several {
        let text = "Cannot perform more than one GSI creation or deletion in a single update";
        return Err(Failure::Plain(text.to_owned()));
    }
    Ok(changes.into())
}
