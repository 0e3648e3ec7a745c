//! `docker stack config`: the file that would be deployed.

use crate::composefile;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag, switch};

use super::files;

static FLAGS: &[Flag] = &[
    flag("compose-file", "strings", "Path to a Compose file, or \"-\" for standard input")
        .short('c'),
    switch("skip-interpolation", "Leave variables as they are"),
];

pub(crate) static VERB: Verb = Verb {
    group: "stack",
    name: "config",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Outputs the final config file, after doing merges and interpolations",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let loaded = files::load(cx, given, !given.is("skip-interpolation"), false)?;
        loaded.file().map_err(|why| crate::cx::Fail::new(1, why))?;
        cx.out(composefile::emit(&loaded.root, loaded.dialect));
        Ok(0)
    },
};
