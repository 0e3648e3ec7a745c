//! `docker network disconnect`: a container leaves a network.

use serde_json::json;

use crate::cx::{Cx, Fail, not_empty};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};
use docker::Engine;

static FLAGS: &[Flag] = &[switch("force", "Disconnect what is left of a container too").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "network",
    name: "disconnect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] NETWORK CONTAINER",
    about: "Disconnect a container from a network",
    flags: &[FLAGS],
    args: Args::Exactly(2),
    interspersed: true,
    looks: never,
    run: disconnect,
};

fn disconnect(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let [network, container] = given.args.as_slice() else { unreachable!("two are required") };
    not_empty("network", network)?;
    not_empty("container", container)?;
    let engine = cx.engine()?;
    let path = format!("/networks/{}/disconnect", Engine::escape(network));
    let body = json!({ "Container": container, "Force": given.is("force") });
    cx.wait(engine.post_json(&path, Some(&body)))?;
    Ok(0)
}
