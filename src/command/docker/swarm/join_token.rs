//! `docker swarm join-token`: how another node joins, and new tokens.

use super::options::{self, Role};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, switch};
use docker::swarm::{Rotate, text, version};

static FLAGS: &[Flag] = &[
    switch("quiet", "Show the token alone").short('q'),
    switch("rotate", "Make a new token; the old one is no longer good"),
];

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "join-token",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] (worker|manager)",
    about: "Manage join tokens",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: |given| !given.is("rotate"),
    run: join_token,
};

fn join_token(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let name = given.args[0].as_str();
    let role = Role::named(name).ok_or_else(|| Fail::new(1, format!("unknown role {name}")))?;
    let engine = cx.engine()?;
    let quiet = given.is("quiet");
    if given.is("rotate") {
        let swarm = cx.wait(engine.swarm())?;
        let rotate = Rotate {
            worker_token: role == Role::Worker,
            manager_token: role == Role::Manager,
            unlock_key: false,
        };
        cx.wait(engine.swarm_update(version(&swarm), &swarm["Spec"], rotate))?;
        if !quiet {
            cx.out(format!("Successfully rotated {name} join token.\n\n"));
        }
    }
    // A second look: the token may be new.
    if quiet {
        let swarm = cx.wait(engine.swarm())?;
        cx.out(role.token(&swarm) + "\n");
        return Ok(0);
    }
    let info = cx.wait(engine.get_json("/info"))?;
    options::print_join_command(cx, &engine, text(&info, "/Swarm/NodeID"), role)?;
    Ok(0)
}
