//! `docker service inspect`: all that the swarm knows of services.

use super::pretty;
use crate::cx::{Cx, Fail};
use crate::system::inspect::{Kind, inspect};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::EngineError;
use docker::swarm::text;

static FLAGS: &[Flag] = &[
    flag("format", "string", "'json', or a Go template").short('f'),
    switch("pretty", "Show it for people"),
];

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SERVICE [SERVICE...]",
    about: "Display detailed information on one or more services",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: service_inspect,
};

fn service_inspect(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if !given.is("pretty") {
        return inspect(cx, given, Some(Kind::Service));
    }
    if given.text("format").is_some() {
        return Err(Fail::new(1, "--format is incompatible with human friendly format"));
    }
    let engine = cx.engine()?;
    for (at, name) in given.args.iter().enumerate() {
        let service =
            cx.runtime.block_on(engine.service(name, true)).map_err(|e| not_found(e, name))?;
        let networks = service.pointer("/Spec/TaskTemplate/Networks").and_then(|n| n.as_array());
        let mut names = Vec::new();
        for network in networks.into_iter().flatten() {
            let id = text(network, "/Target");
            let found = cx.runtime.block_on(engine.get_json(&format!("/networks/{id}")));
            names.push(found.map_or_else(|_| id.to_owned(), |n| text(&n, "/Name").to_owned()));
        }
        let between = if at > 0 { "\n" } else { "" };
        cx.out(between.to_owned() + &pretty::page(&service, &names));
    }
    Ok(0)
}

fn not_found(error: EngineError, name: &str) -> Fail {
    if error.is_not_found() {
        return Fail::new(1, format!("Error: no such service: {name}"));
    }
    error.into()
}
