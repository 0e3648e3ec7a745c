//! Services of a stack made or updated on the swarm.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cx::{Cx, Fail, error_text};
use crate::service::{image, progress};
use docker::swarm::{ServiceChange, text, version};
use docker::{Engine, EngineError};

use super::{IMAGE, members};

/// How services are brought to the swarm.
pub(super) struct How<'a> {
    /// When the registry is asked: `always`, `changed`, `never`.
    pub(super) resolve: &'a str,
    /// Whether the nodes get what the registry needs.
    pub(super) auth: bool,
    /// Whether to wait until all tasks run.
    pub(super) wait: bool,
    pub(super) quiet: bool,
}

/// Makes each service, or updates the one of that name.
///
/// # Errors
/// The engine's refusal, with what was being done.
pub(super) fn services(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    stack: &str,
    specs: Vec<Value>,
    how: &How<'_>,
) -> Result<u8, Fail> {
    let present: BTreeMap<String, Value> = cx
        .wait(members::list(engine, "services", stack))?
        .into_iter()
        .map(|service| (members::name(&service), service))
        .collect();
    let mut ids = Vec::new();
    for mut spec in specs {
        let name = spec["Name"].as_str().unwrap_or_default().to_owned();
        let id = if let Some(old) = present.get(&name) {
            cx.out(format!("Updating service {name} (id: {})\n", members::id(old)));
            update(cx, engine, old, &mut spec, how)
                .map_err(|e| failed(&format!("failed to update service {name}"), &e))?;
            members::id(old).to_owned()
        } else {
            cx.out(format!("Creating service {name}\n"));
            let auth = auth(cx, &spec, how);
            if how.resolve == "never" {
                image::spell(&mut spec["TaskTemplate"]);
            } else {
                // A stack's new services say nothing of a registry that cannot be asked.
                image::resolve(cx, engine, &mut spec["TaskTemplate"], auth.as_deref());
            }
            let made = cx.runtime.block_on(engine.service_create(&spec, auth.as_deref()));
            let made = made.map_err(|e| failed(&format!("failed to create service {name}"), &e))?;
            members::id(&made).to_owned()
        };
        ids.push(id);
    }
    if how.wait {
        let wrong = progress::converge_all(cx, engine, &ids, how.quiet);
        if !wrong.is_empty() {
            return Err(Fail::new(1, wrong.join("\n")));
        }
    }
    Ok(0)
}

fn failed(what: &str, error: &EngineError) -> Fail {
    Fail::new(1, format!("{what}: {}", error_text(error)))
}

fn update(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    old: &Value,
    spec: &mut Value,
    how: &How<'_>,
) -> Result<(), EngineError> {
    const PINNED: &str = "/Spec/TaskTemplate/ContainerSpec/Image";
    let auth = auth(cx, spec, how);
    let same = old.pointer("/Spec/Labels").and_then(|l| l.get(IMAGE)) == spec["Labels"].get(IMAGE);
    let asks = how.resolve == "always" || how.resolve == "changed" && !same;
    let mut unresolved = None;
    if asks {
        unresolved = image::resolve(cx, engine, &mut spec["TaskTemplate"], auth.as_deref());
    } else if let Some(pinned) = old.pointer(PINNED).filter(|_| same) {
        // Another name of the same image would look like a change.
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = pinned.clone();
    } else {
        image::spell(&mut spec["TaskTemplate"]);
    }
    let force = old.pointer("/Spec/TaskTemplate/ForceUpdate").and_then(Value::as_u64);
    spec["TaskTemplate"]["ForceUpdate"] = force.unwrap_or_default().into();
    let change = ServiceChange { auth, ..ServiceChange::default() };
    let sent = engine.service_update(members::id(old), version(old), spec, &change);
    let answer = cx.runtime.block_on(sent)?;
    for warning in answer["Warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        cx.complain(warning);
    }
    if let Some(warning) = unresolved {
        cx.complain(warning);
    }
    Ok(())
}

/// Who asks the registry, where the nodes are to know it.
fn auth(cx: &mut Cx<'_, '_>, spec: &Value, how: &How<'_>) -> Option<String> {
    how.auth.then(|| image::auth(cx, text(spec, "/TaskTemplate/ContainerSpec/Image"))).flatten()
}
