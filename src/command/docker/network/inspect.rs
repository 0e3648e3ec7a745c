//! `docker network inspect`: all that the engine knows of networks.

use crate::system::inspect::{Kind, inspect};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag, switch};

static FLAGS: &[Flag] = &[
    flag("format", "string", "'json', or a Go template").short('f'),
    switch("verbose", "Show the tasks of a swarm on it too").short('v'),
];

pub(crate) static VERB: Verb = Verb {
    group: "network",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] NETWORK [NETWORK...]",
    about: "Display detailed information on one or more networks",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: |cx, given| inspect(cx, given, Some(Kind::Network)),
};
