//! `docker stack rm`: takes stacks away.

use std::time::Duration;

use serde_json::Value;

use crate::cx::{Cx, Fail, error_text};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};
use docker::{Engine, EngineError};

use super::{check_name, members};

static FLAGS: &[Flag] =
    &[switch("detach", "Do not wait until the stack is gone (default true)").short('d')];

pub(crate) static VERB: Verb = Verb {
    group: "stack",
    name: "rm",
    aliases: &["remove", "down"],
    top: None,
    usage: "[OPTIONS] STACK [STACK...]",
    about: "Remove one or more stacks",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: rm,
};

/// Kinds in the order in which they go, each with its path and its name.
const KINDS: &[(&str, &str)] = &[
    ("services", "service"),
    ("secrets", "secret"),
    ("configs", "config"),
    ("networks", "network"),
];

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    for stack in &given.args {
        check_name(stack)?;
    }
    let engine = cx.engine()?;
    let mut failed = Vec::new();
    for stack in &given.args {
        let mut found = Vec::new();
        for (path, _) in KINDS {
            found.push(cx.wait(members::list(&engine, path, stack))?);
        }
        if found.iter().all(Vec::is_empty) {
            cx.complain(format!("Nothing found in stack: {stack}"));
            continue;
        }
        let mut all_gone = true;
        for ((path, kind), items) in KINDS.iter().zip(&found) {
            for item in items {
                all_gone &= remove(cx, &engine, path, kind, item);
            }
        }
        if !all_gone {
            failed.push(format!("failed to remove some resources from stack: {stack}"));
            continue;
        }
        if !given.is_unless_off("detach") {
            cx.wait(gone(&engine, stack))?;
        }
    }
    if failed.is_empty() { Ok(0) } else { Err(Fail::new(1, failed.join("\n"))) }
}

/// Removes one thing; whether it is gone.
pub(super) fn remove(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    path: &str,
    kind: &str,
    item: &Value,
) -> bool {
    let id = members::id(item);
    cx.out(format!("Removing {kind} {}\n", members::name(item)));
    let done = cx.runtime.block_on(engine.delete(&format!("/{path}/{id}")));
    match done {
        Ok(_) => true,
        Err(error) => {
            // The client names it by its id here, and does not end the line.
            let why = format!("Failed to remove {kind} {id}: {}", error_text(&error));
            let _ = cx.host.stderr.write_all(why.as_bytes());
            false
        }
    }
}

/// Waits until no task of the stack is left.
async fn gone(engine: &Engine, stack: &str) -> Result<(), EngineError> {
    loop {
        let tasks = members::list(engine, "tasks", stack).await?;
        if tasks.iter().all(over) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Whether a task will never run again.
pub(super) fn over(task: &Value) -> bool {
    let state = task.pointer("/Status/State").and_then(Value::as_str).unwrap_or_default();
    ["complete", "failed", "shutdown", "rejected", "orphaned", "remove"].contains(&state)
}
