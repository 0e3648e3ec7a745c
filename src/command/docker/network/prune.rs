//! `docker network prune`: removes the networks that no container is on.

use serde_json::Value;

use crate::command::docker::cli::{Flag, Parsed, filter, flag, switch};
use crate::command::docker::container::prune::agreed;
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (until=<time>, label=<name>)").check(filter),
    switch("force", "Do not ask").short('f'),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "network",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove all unused networks",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

const WARNING: &str =
    "WARNING! This will remove all custom networks not used by at least one container.";

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if !given.is("force") && !agreed(cx, WARNING) {
        return Ok(0);
    }
    let engine = cx.engine()?;
    let report = cx.wait(engine.prune("networks", &given.filters()))?;
    let gone: Vec<&str> = report
        .get("NetworksDeleted")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if !gone.is_empty() {
        cx.out(format!("Deleted Networks:\n{}\n\n", gone.join("\n")));
    }
    Ok(0)
}
