//! `AWS::CloudFormation`: wait conditions and nested stacks.

use serde_json::{Map, Value};

use super::{Call, Failure, Kind, Outcome, PLAIN, Progress, Properties, Tags, text};
use crate::State;
use crate::engine::nested;

pub(crate) static HANDLE: Kind = Kind {
    name: "AWS::CloudFormation::WaitConditionHandle",
    properties: "",
    create: |call, _| {
        let (region, logical) = (call.place.region.clone(), call.logical.clone());
        let stack = call.stack_id.replace(':', "%3A").replace('/', "%2F");
        let signature = call.random(base::rng::ALNUM, 27);
        Ok(format!(
            "https://cloudformation-waitcondition-{region}.s3.amazonaws.com/{stack}/{logical}?Signature={signature}%3D"
        ))
    },
    ..PLAIN
};

/// How many signals it waits for, and that it has got them, is the engine's to know: it looks at the
/// resource's creation policy, or at these properties and at the handle where there is none.
pub(super) static CONDITION: Kind = Kind {
    name: "AWS::CloudFormation::WaitCondition",
    properties: "Count Handle Timeout",
    attributes: "Data",
    create: |call, _| {
        let random = call.random(base::rng::UPPER, 12);
        Ok(call.place.arn(
            "cloudformation",
            &format!("waitCondition/{}/{}-{random}", call.stack_name, call.logical),
        ))
    },
    update: |_, _, _, _| {
        let text = "Update to resource type AWS::CloudFormation::WaitCondition is not supported.";
        Err(Failure::Plain(text.to_owned()))
    },
    attribute: |call, _, _, _| {
        let state = call.world.get::<State>();
        let stack = state.find(&call.place, &call.stack_id);
        let own = stack.and_then(|stack| stack.resources.get(&call.logical));
        let ids = own.into_iter().flat_map(|own| own.signals.keys());
        let mut data: Map<String, Value> = ids.map(|id| (id.clone(), "".into())).collect();
        let heard = stack.zip(own).map(|(stack, own)| stack.heard(own)).unwrap_or_default();
        data.extend(heard.into_iter().map(|(id, heard)| (id, heard.data.into())));
        Ok(Value::Object(data).to_string().into())
    },
    ..PLAIN
};

pub(super) static STACK: Kind = Kind {
    name: "AWS::CloudFormation::Stack",
    properties: "NotificationARNs Parameters Tags TemplateURL* TimeoutInMinutes",
    attributes: "Outputs.",
    tags: Tags::List,
    makes_s: 5,
    removes_s: 5,
    create: nested::create,
    update: nested::update,
    delete: |call, id, _| {
        nested::delete(call, id);
        Ok(())
    },
    ready: |call, id, _| Ok(nested::progress(call, id)),
    gone: |call, id, _| nested::gone(call, id),
    attribute: output,
    ..PLAIN
};

fn output(call: &mut Call<'_>, id: &str, _: &Properties, name: &str) -> Outcome<Value> {
    let key = name.trim_start_matches("Outputs.");
    let state = call.world.get::<State>();
    let stack = state.find(&call.place, id);
    let found = stack.and_then(|stack| stack.outputs.iter().find(|output| output.key == key));
    let found = found.map(|output| output.value.clone().into());
    found.ok_or_else(|| {
        let name = stack.map_or(id, |stack| stack.name.as_str());
        Failure::Plain(format!("Output '{key}' not found in stack '{name}'"))
    })
}

/// The signals that a wait condition without a creation policy waits for: how many, and for how many
/// seconds.
pub(crate) fn signals(properties: &Properties) -> (u64, u64) {
    let number = |name| text(properties, name).and_then(|text| text.parse().ok());
    (number("Count").unwrap_or(1), number("Timeout").unwrap_or(0))
}

/// What a nested stack does is known by its status.
pub(crate) fn progress_of(status: &str, reason: Option<&str>) -> Progress {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" => Progress::Ready,
        status if status.ends_with("_IN_PROGRESS") && !status.contains("ROLLBACK") => {
            Progress::Wait
        }
        _ => Progress::Failed(reason.unwrap_or_default().to_owned()),
    }
}
