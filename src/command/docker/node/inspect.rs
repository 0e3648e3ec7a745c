//! `docker node inspect`: all that the swarm knows of nodes.

use super::{pretty, resolve};
use crate::cx::{Cx, Fail};
use crate::system::inspect::{Kind, inspect_names};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};

static FLAGS: &[Flag] = &[
    flag("format", "string", "'json', or a Go template").short('f'),
    switch("pretty", "Show it for people"),
];

pub(crate) static VERB: Verb = Verb {
    group: "node",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] self|NODE [NODE...]",
    about: "Display detailed information on one or more nodes",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: node_inspect,
};

fn node_inspect(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let names: Result<Vec<String>, Fail> =
        given.args.iter().map(|name| resolve(cx, &engine, name)).collect();
    let names = names?;
    if given.is("pretty") {
        for name in &names {
            let node = cx.wait(engine.node(name))?;
            cx.out(pretty::page(&node));
        }
        return Ok(0);
    }
    inspect_names(cx, given, Some(Kind::Node), &names)
}
