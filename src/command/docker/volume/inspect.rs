//! `docker volume inspect`: all that the engine knows of volumes.

use crate::system::inspect::{Kind, inspect};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag};

static FLAGS: &[Flag] = &[flag("format", "string", "'json', or a Go template").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "volume",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] VOLUME [VOLUME...]",
    about: "Display detailed information on one or more volumes",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: |cx, given| inspect(cx, given, Some(Kind::Volume)),
};
