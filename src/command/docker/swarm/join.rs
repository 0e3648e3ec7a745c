//! `docker swarm join`: makes the engine a node of a swarm that exists.

use serde_json::{Value, json};

use super::options;
use crate::cx::{Cx, Fail};
use crate::remedy;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};

static FLAGS: &[Flag] = &[flag("token", "string", "Token with which it may enter")];

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "join",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] HOST:PORT",
    about: "Join a swarm as a node and/or manager",
    flags: &[options::ADDRESSES, FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: join,
};

fn join(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let availability = options::availability(given)?;
    let listen = options::listen_address(given.text("listen-addr").unwrap_or_default());
    let text = |name: &str| given.text(name).unwrap_or_default();
    let mut request = json!({
        "ListenAddr": listen.map_err(|why| Fail::new(1, why))?,
        "AdvertiseAddr": text("advertise-addr"),
        "DataPathAddr": text("data-path-addr"),
        "RemoteAddrs": [given.args[0]],
        "JoinToken": text("token"),
    });
    if let Some(availability) = availability {
        request["Availability"] = availability.into();
    }
    let engine = cx.engine()?;
    cx.wait(engine.swarm_join(&request))?;
    let info = cx.wait(engine.get_json("/info"))?;
    let manages = info.pointer("/Swarm/ControlAvailable").and_then(Value::as_bool);
    let role = if manages == Some(true) { "manager" } else { "worker" };
    cx.out(format!("This node joined a swarm as a {role}.\n"));
    if let Some(line) = remedy::own_member(cx, manages == Some(true)) {
        cx.complain(line);
    }
    Ok(0)
}
