//! `docker node promote` and `demote`: workers become managers, and back.

use super::update::change;
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;
use docker::swarm::text;

pub(crate) static PROMOTE: Verb = Verb {
    group: "node",
    name: "promote",
    aliases: &[],
    top: None,
    usage: "NODE [NODE...]",
    about: "Promote one or more nodes to manager in the swarm",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| take_role(cx, given, "manager", "promoted to a manager in the swarm"),
};

pub(crate) static DEMOTE: Verb = Verb {
    group: "node",
    name: "demote",
    aliases: &[],
    top: None,
    usage: "NODE [NODE...]",
    about: "Demote one or more nodes from manager in the swarm",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: |cx, given| take_role(cx, given, "worker", "demoted in the swarm"),
};

fn take_role(cx: &mut Cx<'_, '_>, given: &Parsed, role: &str, done: &str) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    for name in &given.args {
        let mut id = String::new();
        let changed = change(cx, &engine, name, |node, spec| {
            text(node, "/ID").clone_into(&mut id);
            let other = spec["Role"] != role;
            spec["Role"] = role.into();
            Ok(other)
        })?;
        if changed {
            cx.out(format!("Node {name} {done}.\n"));
        } else {
            cx.out(format!("Node {id} is already a {role}.\n"));
        }
    }
    Ok(0)
}
