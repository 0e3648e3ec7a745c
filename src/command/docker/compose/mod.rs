//! `docker compose …`: the services of a Compose file as containers of one engine.
//!
//! Source: the documented behaviour of Docker Compose v2; there is no peer to compare with here.
//! Progress is printed as with `--progress plain`. Building, executing and listing processes are
//! the `docker` commands of those names, told what the file says.

mod body;
mod config;
mod consistent;
mod containers;
mod converge;
mod down;
mod extends;
mod images;
mod lifecycle;
mod logs;
mod ls;
mod more;
mod project;
mod ps;
mod start;
mod up;

use super::cli::{Flag, flag, switch};
use super::cx::{Cx, Fail};
use super::tree::{self, Found};
use super::verb::Group;

/// Labels by which the parts of a project are found again.
const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";
const NUMBER: &str = "com.docker.compose.container-number";
const HASH: &str = "com.docker.compose.config-hash";
const ONE_OFF: &str = "com.docker.compose.oneoff";
const NETWORK: &str = "com.docker.compose.network";
const VOLUME: &str = "com.docker.compose.volume";
const FILES: &str = "com.docker.compose.project.config_files";
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
        &images::BUILD,
        &config::VERB,
        &down::VERB,
        &more::EXEC,
        &images::VERB,
        &lifecycle::KILL,
        &logs::VERB,
        &ls::VERB,
        &ps::VERB,
        &images::PULL,
        &lifecycle::RESTART,
        &lifecycle::RM,
        &lifecycle::START,
        &lifecycle::STOP,
        &more::TOP,
        &up::VERB,
        &more::VERSION,
    ],
};

/// Runs another `docker` command.
///
/// # Errors
/// Its own failure, or that there is none of that name.
fn delegate(cx: &mut Cx<'_, '_>, words: &[String]) -> Result<u8, Fail> {
    let Found::Verb(verb, call) = tree::find(words) else {
        let name = words.first().map(String::as_str).unwrap_or_default();
        return Err(Fail::new(1, format!("docker {name} is not there")));
    };
    let parsed = verb.parse(&call.path, call.words)?;
    let path = std::mem::replace(&mut cx.path, call.path);
    let done = (verb.run)(cx, &parsed);
    cx.path = path;
    done
}

/// One step of the progress.
fn step(cx: &mut Cx<'_, '_>, kind: &str, name: &str, state: &str) {
    cx.complain(format!(" {kind} {name}  {state}"));
}
