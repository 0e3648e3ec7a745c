//! `docker compose version`.

use super::BASE;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag, switch};

static FLAGS: &[Flag] = &[
    flag("format", "string", "'pretty' or 'json'").short('f'),
    switch("short", "Show the number alone"),
];

pub(crate) static VERB: Verb = Verb {
    name: "version",
    usage: "[OPTIONS]",
    about: "Show the Docker Compose version information",
    flags: &[FLAGS],
    args: Args::None,
    looks: always,
    run: |cx, given| {
        let version = env!("CARGO_PKG_VERSION");
        cx.out(if given.is("short") {
            format!("{version}\n")
        } else if given.get("format") == Some("json") {
            format!("{{\"version\":\"{version}-distlab\"}}\n")
        } else {
            format!("Docker Compose version {version}-distlab\n")
        });
        Ok(0)
    },
    ..BASE
};
