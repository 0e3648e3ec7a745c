//! `docker service rollback`: puts back what a service was before its last update.

use super::{progress, update};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};
use docker::swarm::ServiceChange;

static FLAGS: &[Flag] = &[
    switch("detach", "Do not wait until it has converged").short('d'),
    switch("quiet", "Do not show the progress").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "rollback",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SERVICE",
    about: "Revert changes to a service's configuration",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: rollback,
};

fn rollback(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let name = &given.args[0];
    let how = ServiceChange { rollback: true, ..ServiceChange::default() };
    update::change(cx, &engine, name, &how, |_, _| Ok(()))?;
    cx.out(format!("{name}\n"));
    if !given.is("detach") {
        progress::converge(cx, &engine, name, given.is("quiet"))?;
    }
    Ok(0)
}
