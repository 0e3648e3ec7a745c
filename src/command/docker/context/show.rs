//! `docker context show`.

use crate::verb::{Args, Verb, always};

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "show",
    aliases: &[],
    top: None,
    usage: "",
    about: "Print the name of the current context",
    flags: &[],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: |cx, _| {
        let name = cx.context.clone();
        cx.out(format!("{name}\n"));
        Ok(0)
    },
};
