//! Stacks within stacks: a resource that is a stack of its own.

use std::sync::Arc;

use serde_json::Value;

use super::{At, begin_create, begin_delete, begin_update};
use crate::State;
use crate::kinds::{Call, Failure, Outcome, Progress, Properties, progress_of};
use crate::ops::{describe, draft, source};
use crate::shapes::{Parameter, StackStatus, Tag};
use crate::state::{OnFailure, Parent, Revision, Stack};
use crate::text::text_of;

fn revision(call: &mut Call<'_>, properties: &Properties, id: &str) -> Outcome<Revision> {
    // No service here sends notifications.
    if properties.contains_key("NotificationARNs") {
        let text = "Encountered unsupported property NotificationARNs";
        return Err(Failure::Plain(text.to_owned()));
    }
    let url = properties.get("TemplateURL").and_then(text_of).unwrap_or_default();
    let at = At { place: call.place.clone(), id: id.to_owned() };
    let caller = call.caller.clone();
    let text = source::object(call.world, &at.place, &caller, &url).map_err(plain)?;
    let given = properties.get("Parameters").and_then(Value::as_object).cloned();
    let parameter = |(key, value): (String, Value)| Parameter {
        parameter_key: Some(key),
        parameter_value: Some(match &value {
            Value::Array(items) => items.iter().filter_map(text_of).collect::<Vec<_>>().join(","),
            value => text_of(value).unwrap_or_default(),
        }),
        ..Parameter::default()
    };
    let parameters = given.unwrap_or_default().into_iter().map(parameter).collect();
    let tags = crate::kinds::tag_pairs(properties);
    let tags = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    // What the stack above was agreed to for counts for this one, too.
    let state = call.world.get::<State>();
    let above = state.find(&call.place, &call.stack_id);
    let agreed = above.map(|above| describe::capabilities(&above.revision));
    let wanted = draft::Draft { parameters, tags, capabilities: agreed };
    let name = id.split('/').nth(1).unwrap_or_default();
    let place = draft::Where { at: &at, name, caller: &caller };
    draft::revision(call.world, &place, &text, wanted, None).map_err(plain)
}

fn plain(error: sim::api::ApiError) -> Failure {
    Failure::Plain(error.message)
}

/// A nested stack begins to be made.
pub(crate) fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = call.name(128);
    let id = draft::stack_id(call.world, &call.place, &name);
    let revision = revision(call, properties, &id)?;
    let state = call.world.get::<State>();
    let above = state.find(&call.place, &call.stack_id);
    let root = above.and_then(|above| above.parent.as_ref().map(|parent| parent.root.clone()));
    let parent =
        Parent { id: call.stack_id.clone(), root: root.unwrap_or_else(|| call.stack_id.clone()) };
    let timeout = properties.get("TimeoutInMinutes").and_then(text_of);
    let stack = Stack {
        id: id.clone(),
        name: name.clone(),
        created: call.world.now(),
        caller: call.caller.clone(),
        revision: Arc::new(revision),
        timeout_minutes: timeout.and_then(|text| text.parse().ok()),
        parent: Some(parent),
        on_failure: OnFailure::DoNothing,
        ..Stack::default()
    };
    let region = call.world.get_mut::<State>().region_mut(&call.place);
    region.names.insert(name, id.clone());
    region.stacks.insert(id.clone(), stack);
    call.made = Some(id.clone());
    begin_create(call.world, &At { place: call.place.clone(), id: id.clone() });
    Ok(id)
}

/// A nested stack begins to become another, where anything is to change.
pub(crate) fn update(
    call: &mut Call<'_>,
    id: &str,
    _: &Properties,
    new: &Properties,
) -> Outcome<()> {
    let wanted = revision(call, new, id)?;
    let at = At { place: call.place.clone(), id: id.to_owned() };
    let Some(stack) = super::stack(call.world, &at) else { return Ok(()) };
    stack.caller = call.caller.clone();
    let same = stack.revision.template == wanted.template
        && stack.revision.seen == wanted.seen
        && stack.revision.tags == wanted.tags;
    if same {
        return Ok(());
    }
    begin_update(call.world, &at, Arc::new(wanted));
    Ok(())
}

/// A nested stack begins to go away.
pub(crate) fn delete(call: &mut Call<'_>, id: &str) {
    let at = At { place: call.place.clone(), id: id.to_owned() };
    let Some(stack) = super::stack(call.world, &at).filter(|stack| stack.is_live()) else {
        return;
    };
    stack.caller = call.caller.clone();
    if stack.status != StackStatus::DeleteInProgress {
        begin_delete(call.world, &at, None);
    }
}

/// How far a nested stack has come.
pub(crate) fn progress(call: &mut Call<'_>, id: &str) -> Progress {
    let state = call.world.get::<State>();
    let Some(stack) = state.find(&call.place, id) else {
        return Progress::Failed(format!("Stack {id} does not exist"));
    };
    let status = stack.status.as_str();
    let reason = format!(
        "Embedded stack {id} was not successfully created: {}",
        stack.reason.as_deref().unwrap_or_default().trim_end()
    );
    progress_of(status, Some(&reason))
}

/// Whether a nested stack is gone.
pub(crate) fn gone(call: &mut Call<'_>, id: &str) -> Outcome<bool> {
    let state = call.world.get::<State>();
    let Some(stack) = state.find(&call.place, id) else { return Ok(true) };
    match stack.status {
        StackStatus::DeleteComplete => Ok(true),
        StackStatus::DeleteFailed => Err(Failure::Plain(format!(
            "Embedded stack {id} was not successfully deleted: {}",
            stack.reason.as_deref().unwrap_or_default().trim_end()
        ))),
        _ => Ok(false),
    }
}
