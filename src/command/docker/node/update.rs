//! `docker node update`: availability, role and labels of a node.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};
use docker::Engine;
use docker::swarm::{text, version};

static FLAGS: &[Flag] = &[
    flag("availability", "string", "Whether it takes tasks (active, pause, drain)"),
    flag("label-add", "list", "Set a label of the node"),
    flag("label-rm", "list", "Take a label away"),
    flag("role", "string", "What it is in the swarm (worker, manager)"),
];

pub(crate) static VERB: Verb = Verb {
    group: "node",
    name: "update",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] NODE",
    about: "Update a node",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: update,
};

fn update(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let name = &given.args[0];
    change(cx, &engine, name, |_, spec| {
        for (flag, field) in [("role", "Role"), ("availability", "Availability")] {
            if let Some(value) = given.get(flag) {
                spec[field] = value.into();
            }
        }
        labels(given, spec)?;
        Ok(true)
    })?;
    cx.out(format!("{name}\n"));
    Ok(0)
}

fn labels(given: &Parsed, spec: &mut Value) -> Result<(), Fail> {
    if !spec["Labels"].is_object() {
        spec["Labels"] = json!({});
    }
    for label in given.all("label-add") {
        let (name, value) = label.split_once('=').unwrap_or((label, ""));
        spec["Labels"][name] = value.into();
    }
    let Some(labels) = spec["Labels"].as_object_mut() else { return Ok(()) };
    for name in given.all("label-rm") {
        if labels.shift_remove(name).is_none() {
            return Err(Fail::new(1, format!("key {name} doesn't exist in node's labels")));
        }
    }
    Ok(())
}

/// Changes a node's spec. `edit` says whether there is anything to send, which is also the answer.
pub(super) fn change(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    name: &str,
    mut edit: impl FnMut(&Value, &mut Value) -> Result<bool, Fail>,
) -> Result<bool, Fail> {
    loop {
        let node = cx.wait(engine.node(name))?;
        let mut spec = node["Spec"].clone();
        if !edit(&node, &mut spec)? {
            return Ok(false);
        }
        let id = text(&node, "/ID");
        match cx.runtime.block_on(engine.node_update(id, version(&node), &spec)) {
            Ok(()) => return Ok(true),
            // A node changes by itself too, when its state is reported; then once more.
            Err(error) if error.is_out_of_sequence() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use command_line::flags;

    #[test]
    fn labels_come_and_go() {
        let check = |line: &str, before: Value, want: Result<Value, &str>| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let given = flags::parse(&words, &[FLAGS], true).expect("flags");
            let mut spec = json!({ "Labels": before });
            let found = labels(&given, &mut spec).map(|()| spec["Labels"].clone());
            assert_eq!(found.map_err(|f| f.text), want.map_err(str::to_owned), "{line}");
        };
        check("", Value::Null, Ok(json!({})));
        check(
            "--label-add zone=a --label-add ssd",
            Value::Null,
            Ok(json!({"zone": "a", "ssd": ""})),
        );
        check(
            "--label-add zone=b",
            json!({"zone": "a", "x": ""}),
            Ok(json!({"zone": "b", "x": ""})),
        );
        check("--label-rm zone", json!({"zone": "a", "x": "1"}), Ok(json!({"x": "1"})));
        check(
            "--label-rm rack",
            json!({"zone": "a"}),
            Err("key rack doesn't exist in node's labels"),
        );
        // What is added can be taken away in the same line.
        check("--label-add a=1 --label-rm a", json!({}), Ok(json!({})));
    }
}
