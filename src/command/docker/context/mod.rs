//! Which engine a line is for: `--host`, `--context`, what the environment says, or the context in use.
//! And `docker context …`, one file for each command.
//!
//! The contexts are the running lab's nodes, `default` (the learner's own engine) and those of the
//! reference client, as far as they are sockets.

mod create;
mod export;
mod import;
mod inspect;
mod ls;
mod rm;
mod show;
#[cfg(test)]
mod tests;
mod update;
mod use_;

use serde_json::{Value, json};

use super::cx::{Cx, Fail, is_node};
use super::verb::Group;
use command_line::flags::Parsed;
use docker::Engine;
use docker::contexts::{self, Contexts};
use docker::nodes::Nodes;

pub(super) static GROUP: Group = Group {
    name: "context",
    about: "Manage contexts",
    flags: &[],
    verbs: &[
        &create::VERB,
        &export::VERB,
        &import::VERB,
        &inspect::VERB,
        &ls::VERB,
        &rm::VERB,
        &show::VERB,
        &update::VERB,
        &use_::VERB,
    ],
};

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
        if has_host(cx) {
            return Ok(None);
        }
        let chosen = kept(cx).current();
        return chosen.map(|name| of_client(&name, cx)).transpose();
    };
    let own = Engine::own_host(&cx.host.env);
    if name == DEFAULT {
        return Ok(Some(own.map_or_else(Engine::default_host, str::to_owned)));
    }
    let engine = Engine::open(own)?;
    if let Some(host) = cx.wait(Nodes::of(engine, cx.lab()).host(name))? {
        return Ok(Some(host));
    }
    // In the environment DOCKER_HOST counts more, as with the reference client; for a node's name
    // there is no other meaning.
    if given.is_none() && has_host(cx) {
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

/// Whether the environment names an engine by its address.
fn has_host(cx: &Cx<'_, '_>) -> bool {
    cx.env("DOCKER_HOST").is_some_and(|host| !host.is_empty())
}

/// The name of the context that a line with these flags has.
pub(super) fn current(global: &Parsed, cx: &Cx<'_, '_>) -> String {
    if let Some(name) = global.get("context").filter(|name| !name.is_empty()) {
        return name.to_owned();
    }
    let named = cx.env("DOCKER_CONTEXT").filter(|name| !name.is_empty());
    // As for the engine: a node's name counts more than DOCKER_HOST.
    let by_host = global.get("host").is_some() || has_host(cx) && !named.is_some_and(is_node);
    if by_host {
        return DEFAULT.to_owned();
    }
    let chosen = || kept(cx).current();
    named.map(str::to_owned).or_else(chosen).unwrap_or_else(|| DEFAULT.to_owned())
}

/// The contexts that the reference client keeps.
fn kept(cx: &Cx<'_, '_>) -> Contexts {
    Contexts::of(&cx.host.cwd, |name| cx.env(name))
}

/// A context of the reference client, by the file that it keeps.
fn of_client(name: &str, cx: &Cx<'_, '_>) -> Result<String, Fail> {
    let found = kept(cx).get(name);
    let found = found.and_then(|context| {
        let missing = || format!("context {name:?} names no host");
        contexts::host(&context).map(str::to_owned).ok_or_else(missing)
    });
    found.map_err(|why| {
        Fail::new(1, format!("Failed to initialize: unable to resolve docker endpoint: {why}"))
    })
}

/// The context `default`: what there is without any.
fn default_context(cx: &Cx<'_, '_>) -> Value {
    let host = cx.env("DOCKER_HOST").filter(|host| !host.is_empty()).map(str::to_owned);
    endpoint(DEFAULT, DEFAULT_IS, &host.unwrap_or_else(Engine::default_host))
}

/// What the client says of `default`.
const DEFAULT_IS: &str = "Current DOCKER_HOST based configuration";

/// A context as its file has it.
fn endpoint(name: &str, description: &str, host: &str) -> Value {
    let mut context = json!({
        "Name": name,
        "Metadata": {},
        "Endpoints": { "docker": { "Host": host, "SkipTLSVerify": false } },
    });
    if !description.is_empty() {
        context["Metadata"]["Description"] = description.into();
    }
    context
}

/// The description of any context, `default` and the lab's machines among them.
fn found(cx: &Cx<'_, '_>, name: &str) -> Result<Value, Fail> {
    if name == DEFAULT {
        return Ok(default_context(cx));
    }
    check(name)?;
    if is_node(name)
        && let Some((_, host)) = nodes(cx).into_iter().find(|(node, _)| node == name)
    {
        return Ok(endpoint(name, NODE_IS, &host));
    }
    kept(cx).get(name).map_err(|why| Fail::new(1, why))
}

/// The lab's machines, when this line went to the learner's own engine and that is none of them; empty
/// otherwise.
pub(super) fn passed_by(cx: &Cx<'_, '_>) -> Vec<String> {
    let here = cx.address.as_deref().or_else(|| cx.env("DOCKER_HOST").filter(|h| !h.is_empty()));
    let here = here.map_or_else(Engine::default_host, str::to_owned);
    let nodes = nodes(cx);
    if nodes.iter().any(|(_, host)| *host == here) {
        return Vec::new();
    }
    nodes.into_iter().map(|(name, _)| name).collect()
}

/// What is said of a node.
const NODE_IS: &str = "A machine of this lab";

/// The lab's machines that run, and where each listens; none where the engine cannot be asked.
fn nodes(cx: &Cx<'_, '_>) -> Vec<(String, String)> {
    let engine = Engine::open(Engine::own_host(&cx.host.env));
    let found = engine.map(|engine| cx.wait(Nodes::of(engine, cx.lab()).live()));
    found.ok().and_then(Result::ok).unwrap_or_default()
}

/// Refuses what no context can be called.
fn check(name: &str) -> Result<(), Fail> {
    let first = |c: char| c.is_ascii_alphanumeric();
    let good = name.len() >= 2
        && name.starts_with(first)
        && name.chars().all(|c| first(c) || "_.+-".contains(c));
    if good {
        return Ok(());
    }
    Err(Fail::new(
        1,
        format!(
            "context name {name:?} is invalid, names are validated against regexp \"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$\""
        ),
    ))
}

/// Refuses what is not the learner's to make or change.
fn check_own(name: &str) -> Result<(), Fail> {
    if name == DEFAULT {
        return Err(Fail::new(1, format!("{DEFAULT:?} is a reserved context name")));
    }
    check(name)?;
    if is_node(name) {
        return Err(Fail::new(
            1,
            format!(
                "distlab: {name} is what the machines of a lab are called, and a context that outlives \
                 the lab would lead nowhere; `docker -c {name} …` reaches the machine, and other names \
                 are free"
            ),
        ));
    }
    Ok(())
}

/// Writes a context down.
fn keep(cx: &Cx<'_, '_>, context: &Value) -> Result<(), Fail> {
    kept(cx)
        .put(context)
        .map_err(|e| Fail::new(1, format!("distlab: the context cannot be written: {e}")))
}

/// What `--docker` asks for: the endpoint of a context, over one that is there.
fn docker_endpoint(cx: &Cx<'_, '_>, given: &Parsed) -> Result<Option<Value>, Fail> {
    if given.all("docker").is_empty() {
        return Ok(None);
    }
    let wrong =
        |why: String| Fail::new(1, format!("unable to create docker endpoint config: {why}"));
    let mut endpoint = json!({ "Host": Engine::default_host(), "SkipTLSVerify": false });
    let mut pairs = Vec::new();
    for text in given.all("docker") {
        let fields = command_line::text::fields(text).map_err(wrong)?;
        pairs.extend(
            fields
                .iter()
                .filter_map(|f| f.split_once('='))
                .map(|(k, v)| (k.to_owned(), v.to_owned())),
        );
    }
    for (key, value) in &pairs {
        match key.as_str() {
            "from" => {
                let from = found(cx, value)?;
                endpoint = from.pointer("/Endpoints/docker").cloned().unwrap_or(endpoint);
                return Ok(Some(endpoint));
            }
            "host" => {
                let good = value
                    .split_once("://")
                    .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
                if !good {
                    return Err(wrong(format!(
                        "unable to apply docker endpoint options: unable to parse docker host `{value}`"
                    )));
                }
                endpoint["Host"] = value.as_str().into();
            }
            "skip-tls-verify" => {
                endpoint["SkipTLSVerify"] = match value.as_str() {
                    "true" | "1" | "t" | "T" | "TRUE" | "True" => true.into(),
                    "false" | "0" | "f" | "F" | "FALSE" | "False" => false.into(),
                    _ => {
                        return Err(wrong(format!(
                            "strconv.ParseBool: parsing {value:?}: invalid syntax"
                        )));
                    }
                };
            }
            "ca" | "cert" | "key" => {
                let file = cx.host.cwd.join(value);
                if let Err(e) = std::fs::metadata(&file) {
                    return Err(wrong(crate::files::wrong("open", value, &e)));
                }
                return Err(Fail::new(
                    1,
                    format!(
                        "distlab: a context with {key}= would need TLS, which this client does not \
                         speak; make it with the client that is to use it, or leave {key}= out"
                    ),
                ));
            }
            _ => return Err(wrong(format!("unrecognized config key: {key}"))),
        }
    }
    Ok(Some(endpoint))
}

/// What `--docker` must look like.
fn check_pairs(text: &str) -> Result<(), String> {
    let fields = command_line::text::fields(text)?;
    match fields.iter().find(|field| !field.contains('=')) {
        Some(field) => Err(format!("{field} must be formatted as key=value")),
        None => Ok(()),
    }
}
