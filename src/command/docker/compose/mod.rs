//! `docker compose …`: the services of a Compose file as containers of one engine.
//!
//! Source: Docker Compose 2.26.1, compared line by line (`tests/peers`). Progress is printed as with
//! `--progress plain`, one container after the other. Building, copying, attaching and executing
//! are the `docker` commands of those names, told what the file says. Left out: `watch`,
//! `--dry-run`, and what of a file is told when it is read.

mod config;
mod containers;
mod converge;
mod cp;
mod create_body;
mod down;
#[cfg(test)]
mod engine_tests;
mod events;
mod exec;
mod extends;
mod files;
mod foreground;
mod images;
mod lifecycle;
mod load;
mod logs;
mod ls;
mod plan;
mod port;
mod project;
mod ps;
mod run;
mod secrets;
mod start;
mod stats;
#[cfg(test)]
mod tests;
mod top;
mod up;
mod validate;
mod version;
mod wait;

use serde_json::Value;

use super::cx::{Cx, Fail};
use super::verb::{Args, Group, Verb, never};
use command_line::flags::{Flag, flag, switch};
use command_line::json;
use command_line::table;

/// Labels by which the parts of a project are found again.
const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";
const NUMBER: &str = "com.docker.compose.container-number";
const HASH: &str = "com.docker.compose.config-hash";
const ONE_OFF: &str = "com.docker.compose.oneoff";
const NETWORK: &str = "com.docker.compose.network";
const VOLUME: &str = "com.docker.compose.volume";
const FILES: &str = "com.docker.compose.project.config_files";
const IMAGE: &str = "com.docker.compose.image";
const DEPENDS: &str = "com.docker.compose.depends_on";
const VERSION: &str = "com.docker.compose.version";
const SLUG: &str = "com.docker.compose.slug";
const FOLDER: &str = "com.docker.compose.project.working_dir";

static FLAGS: &[Flag] = &[
    flag("ansi", "string", "Colours: never, always or auto"),
    flag("env-file", "stringArray", "File of variables in place of .env"),
    flag("file", "stringArray", "Compose file").short('f'),
    flag("profile", "stringArray", "Services of this profile too"),
    flag("progress", "string", "Kind of progress"),
    flag("project-directory", "string", "Folder where relative paths begin"),
    flag("project-name", "string", "Name of the project").short('p'),
    switch("verbose", "Say more"),
];

pub(super) static GROUP: Group = Group {
    name: "compose",
    about: "Define and run applications of several containers",
    flags: FLAGS,
    verbs: &[
        &exec::ATTACH,
        &images::BUILD,
        &config::VERB,
        &cp::VERB,
        &up::CREATE,
        &down::VERB,
        &events::VERB,
        &exec::EXEC,
        &images::VERB,
        &lifecycle::KILL,
        &logs::VERB,
        &ls::VERB,
        &lifecycle::PAUSE,
        &port::VERB,
        &ps::VERB,
        &images::PULL,
        &images::PUSH,
        &lifecycle::RESTART,
        &lifecycle::RM,
        &run::VERB,
        &up::SCALE,
        &lifecycle::START,
        &stats::VERB,
        &lifecycle::STOP,
        &top::VERB,
        &lifecycle::UNPAUSE,
        &up::UP,
        &version::VERB,
        &wait::VERB,
    ],
};

/// What most commands of the group have in common.
const BASE: Verb = Verb {
    group: "compose",
    name: "",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "",
    flags: &[],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: never,
    run: |_, _| Ok(0),
};

/// One step of the progress of a container, network, volume or image.
fn step(cx: &mut Cx<'_, '_>, kind: &str, name: &str, state: &str) {
    event(cx, &format!("{kind} {name}"), "", state);
}

/// Prints a list of things as a table, or as one JSON list of their fields.
fn listing(
    cx: &mut Cx<'_, '_>,
    format: Option<&str>,
    headings: &[&str],
    rows: &[Value],
    line: impl Fn(&Value) -> Vec<String>,
) -> Result<u8, Fail> {
    match format.unwrap_or("table") {
        "json" => cx.out(json::compact(&Value::Array(rows.to_vec()), true) + "\n"),
        "table" | "pretty" => {
            let mut lines = vec![headings.iter().map(|h| (*h).to_owned()).collect()];
            lines.extend(rows.iter().map(line));
            cx.out(table::tabbed(&lines, 20, 3));
        }
        other => {
            return Err(Fail::new(
                1,
                format!("format value {other:?} could not be parsed: parsing failed"),
            ));
        }
    }
    Ok(0)
}

/// A line of the progress: what it is about, what is done to it, and how that goes.
fn event(cx: &mut Cx<'_, '_>, of: &str, what: &str, state: &str) {
    if cx.group.get("progress") != Some("quiet") {
        cx.complain(format!(" {of} {what} {state}"));
    }
}
