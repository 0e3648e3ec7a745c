//! Which engine a line is for: `--host`, `--context`, or what the environment says.
//!
//! The contexts are the running lab's nodes, `default` (the learner's own engine) and those of the
//! reference client, as far as they are sockets.

use std::path::PathBuf;

use serde_json::Value;

use super::cx::{Cx, Fail};
use base::Digest;
use command_line::flags::Parsed;
use docker::Engine;
use docker::nodes::Nodes;

/// The learner's own engine.
const DEFAULT: &str = "default";

/// The address of the engine that these flags mean; `None` is what `DOCKER_HOST` says.
pub(super) fn address(global: &Parsed, cx: &Cx<'_, '_>) -> Result<Option<String>, Fail> {
    let given = global.get("context").filter(|name| !name.is_empty());
    let host = global.get("host").map(str::to_owned);
    if given.is_some() && host.is_some() {
        return Err(Fail::new(1, "conflicting options: cannot specify both --host and --context"));
    }
    if host.is_some() {
        return Ok(host);
    }
    let Some(name) = given.or_else(|| cx.env("DOCKER_CONTEXT").filter(|n| !n.is_empty())) else {
        return Ok(None);
    };
    let own = Engine::own_host(&cx.host.env);
    if name == DEFAULT {
        return Ok(own.map(str::to_owned));
    }
    let engine = Engine::open(own)?;
    if let Some(host) = cx.wait(Nodes::of(engine, cx.lab()).host(name))? {
        return Ok(Some(host));
    }
    // In the environment DOCKER_HOST counts more, as with the reference client; for a node's name
    // there is no other meaning.
    if given.is_none() && cx.env("DOCKER_HOST").is_some_and(|host| !host.is_empty()) {
        return Ok(None);
    }
    if is_node(name) {
        return Err(Fail::new(
            1,
            format!(
                "distlab: there is no machine {name} in this lab now; `distlab nodes up N` starts its \
                 machines, and `distlab nodes ls` shows them"
            ),
        ));
    }
    of_client(name, cx).map(Some)
}

/// Whether it is the name that a node of a lab has.
fn is_node(name: &str) -> bool {
    let number = name.strip_prefix("node").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// A context of the reference client, by the file that it keeps.
fn of_client(name: &str, cx: &Cx<'_, '_>) -> Result<String, Fail> {
    let settings = cx.env("DOCKER_CONFIG").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let home = cx.env("HOME").unwrap_or_default();
    let settings = settings.unwrap_or_else(|| PathBuf::from(home).join(".docker"));
    let digest = Digest::of(name.as_bytes()).to_string();
    let file = settings.join("contexts/meta").join(digest).join("meta.json");
    let fail = |why: &str| {
        Fail::new(
            1,
            format!(
                "Failed to initialize: unable to resolve docker endpoint: context \"{name}\": context not found: open {}: {why}",
                file.display()
            ),
        )
    };
    let text = std::fs::read_to_string(&file).map_err(|_| fail("no such file or directory"))?;
    let meta: Value = serde_json::from_str(&text).map_err(|_| fail("it is not JSON"))?;
    let host = meta.pointer("/Endpoints/docker/Host").and_then(Value::as_str);
    host.map(str::to_owned).ok_or_else(|| fail("it names no host"))
}
