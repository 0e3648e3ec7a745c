//! `docker swarm unlock`: opens a manager that started locked.

use std::io::BufRead as _;

use crate::cx::{Cx, Fail};
use crate::terminal;
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;
use docker::swarm::text;

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "unlock",
    aliases: &[],
    top: None,
    usage: "",
    about: "Unlock swarm",
    flags: &[],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: unlock,
};

fn unlock(cx: &mut Cx<'_, '_>, _: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let info = cx.wait(engine.get_json("/info"))?;
    match text(&info, "/Swarm/LocalNodeState") {
        "inactive" => return Err(Fail::new(1, "Error: This node is not part of a swarm")),
        "locked" => {}
        _ => return Err(Fail::new(1, "Error: swarm is not locked")),
    }
    let key = read_key(cx)?;
    cx.wait(engine.swarm_unlock(&key))?;
    Ok(0)
}

/// The first line of standard input; at a terminal it is asked for and not shown.
fn read_key(cx: &mut Cx<'_, '_>) -> Result<String, Fail> {
    if cx.host.interactive {
        cx.out("Please enter unlock key: ");
        let _ = cx.host.stdout.flush();
        let typed = terminal::hidden_line().map_err(|e| Fail::new(1, e.to_string()))?;
        cx.out("\n");
        return Ok(typed);
    }
    let mut line = String::new();
    std::io::BufReader::new(&mut *cx.host.stdin)
        .read_line(&mut line)
        .map_err(|e| Fail::new(1, e.to_string()))?;
    Ok(line.trim().to_owned())
}
