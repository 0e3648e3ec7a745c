//! `docker builder prune`: forgets what earlier builds left for later ones.

use std::fmt::Write as _;

use serde_json::Value;

use crate::command::docker::cli::{Flag, Parsed, filter, flag, switch};
use crate::command::docker::container::prune::asked;
use crate::command::docker::container::values;
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};
use crate::docker::{Engine, text};

static FLAGS: &[Flag] = &[
    switch("all", "Remove all of the cache, not what nothing refers to alone").short('a'),
    flag("filter", "filter", "Only what matches (until=24h)").check(filter),
    switch("force", "Do not ask").short('f'),
    flag("keep-storage", "bytes", "Keep so much of the cache").check(values::size),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "builder",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "",
    about: "Remove build cache",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let all = given.is("all");
    let question = if all {
        "WARNING! This will remove all build cache. Are you sure you want to continue?"
    } else {
        "WARNING! This will remove all dangling build cache. Are you sure you want to continue?"
    };
    if !given.is("force") && !asked(cx, question) {
        return Ok(0);
    }
    let mut path = String::from("/build/prune?");
    if all {
        path.push_str("all=1&");
    }
    if let Some(keep) = given.text("keep-storage").and_then(|t| values::bytes(t).ok()) {
        let _ = write!(path, "keep-storage={keep}&");
    }
    let filters: Value = given
        .filters()
        .into_iter()
        .map(|(name, of)| (name, of.into_iter().map(|v| (v, Value::Bool(true))).collect::<Value>()))
        .collect();
    let _ = write!(path, "filters={}", Engine::escape(&filters.to_string()));
    let engine = cx.engine()?;
    let report = cx.wait(engine.post_json(&path, None))?;
    let gone = report.get("CachesDeleted").and_then(Value::as_array).cloned().unwrap_or_default();
    if !gone.is_empty() {
        let ids = gone.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n");
        cx.out(format!("Deleted build cache objects:\n{ids}\n\n"));
    }
    let freed = report.get("SpaceReclaimed").and_then(Value::as_u64).unwrap_or_default();
    cx.out(format!("Total reclaimed space: {}\n", text::size(freed, 4)));
    Ok(0)
}
