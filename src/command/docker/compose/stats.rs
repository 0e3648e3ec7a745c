//! `docker compose stats`: what a project's containers use.

use super::{BASE, containers, load};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, flag, switch};

pub(crate) static VERB: Verb = Verb {
    name: "stats",
    usage: "[OPTIONS] [SERVICE]",
    about: "Display a live stream of container(s) resource usage statistics",
    flags: &[FLAGS],
    args: Args::AtMost(1),
    run: |cx, given| {
        let (name, _) = load::name(cx)?;
        let engine = cx.engine()?;
        let mut found = containers::all(cx, &engine, &name, &given.args)?;
        if !given.is("all") {
            found.retain(|c| c.state == "running");
        }
        let mut words = vec!["stats".to_owned()];
        for flag in ["all", "format", "no-stream", "no-trunc"] {
            words.extend(given.get(flag).map(|value| format!("--{flag}={value}")));
        }
        // Without a name it would show those of others.
        if found.is_empty() {
            return Ok(0);
        }
        words.extend(found.into_iter().map(|c| c.id));
        cx.run(&words)
    },
    ..BASE
};

static FLAGS: &[Flag] = &[
    switch("all", "Show stopped containers too").short('a'),
    flag("format", "string", "'table', 'json', or a Go template"),
    switch("no-stream", "Show the first figures alone"),
    switch("no-trunc", "Show everything in full"),
];
