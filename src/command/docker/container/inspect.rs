//! `docker container inspect`: all that the engine knows of containers.

use crate::system::inspect::{Kind, inspect};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag, switch};

static FLAGS: &[Flag] = &[
    flag("format", "string", "'json', or a Go template").short('f'),
    switch("size", "Show the sizes of its files").short('s'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    about: "Display detailed information on one or more containers",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: |cx, given| inspect(cx, given, Some(Kind::Container)),
};
