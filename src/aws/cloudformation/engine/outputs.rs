//! The outputs of a stack, and what of them other stacks may use.

use std::collections::BTreeMap;
use std::sync::Arc;

use sim::World;

use super::{At, Live, stack};
use crate::State;
use crate::state::{Export, Output};
use crate::text::text_of;

/// Computes the outputs, and exports those that have a name for it.
///
/// # Errors
/// Why that cannot be, as the service words it.
pub(super) fn set(world: &mut World, at: &At) -> Result<(), String> {
    let Some(stack) = stack(world, at) else { return Ok(()) };
    let revision = Arc::clone(&stack.revision);
    let mut outputs = Vec::new();
    for (key, output) in &revision.template.outputs {
        if !revision.is_active(output.condition.as_ref()) {
            continue;
        }
        let Some(mut live) = Live::of(world, at) else { return Ok(()) };
        let mut text = |value| -> Result<String, String> {
            let value = live.value(&revision, value)?;
            value.as_ref().and_then(text_of).ok_or_else(|| {
                format!(
                    "Template format error: The Value field of every Outputs member must evaluate to \
                     a String: {key}"
                )
            })
        };
        let value = text(&output.value)?;
        let export = output.export.as_ref().map(&mut text).transpose()?;
        let description = output.description.clone();
        outputs.push(Output { key: key.clone(), value, description, export });
    }
    export(world, at, &outputs)?;
    if let Some(stack) = super::stack(world, at) {
        stack.outputs = outputs;
    }
    Ok(())
}

fn export(world: &mut World, at: &At, outputs: &[Output]) -> Result<(), String> {
    let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
    for output in outputs {
        if let Some(name) = output.export.as_deref() {
            wanted.insert(name, &output.value);
        }
    }
    let region = world.get_mut::<State>().region_mut(&at.place);
    for (name, export) in &region.exports {
        let user = export.users.iter().next().and_then(|id| region.stacks.get(id));
        let user = user.map(|stack| stack.name.as_str());
        match (wanted.get(name.as_str()), export.stack == at.id) {
            (Some(_), false) => {
                let other = region.stacks.get(&export.stack).map_or("", |stack| &stack.name);
                return Err(format!(
                    "Export with name {name} is already exported by stack {other}"
                ));
            }
            (Some(value), true) if *value != export.value => {
                if let Some(user) = user {
                    return Err(format!(
                        "Export {name} cannot be updated as it is in use by {user}"
                    ));
                }
            }
            (None, true) => {
                if let Some(user) = user {
                    return Err(format!(
                        "Export {name} cannot be deleted as it is in use by {user}"
                    ));
                }
            }
            _ => {}
        }
    }
    region.exports.retain(|name, e| e.stack != at.id || wanted.contains_key(name.as_str()));
    for (name, value) in wanted {
        let made = || Export {
            stack: at.id.clone(),
            value: String::new(),
            users: std::collections::BTreeSet::new(),
        };
        let export = region.exports.entry(name.to_owned()).or_insert_with(made);
        value.clone_into(&mut export.value);
    }
    Ok(())
}
