//! `docker network rm`: removes networks.

use serde_json::Value;

use crate::cx::{Cx, Fail, error_text, not_empty};
use crate::prune;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};
use docker::{Engine, EngineError};

static FLAGS: &[Flag] = &[switch("force", "It is not an error if there is none").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "network",
    name: "rm",
    aliases: &["remove"],
    top: None,
    usage: "NETWORK [NETWORK...]",
    about: "Remove one or more networks",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: rm,
};

/// The client's warning before the network of published service ports goes.
const INGRESS: &str = "WARNING! Before removing the routing-mesh network, make sure all the nodes \
in your swarm run the same docker engine version. Otherwise, removal may not be effective and \
functionality of newly create ingress networks will be impaired.";

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let mut all_gone = true;
    for name in &given.args {
        if let Err(fail) = not_empty("network", name) {
            cx.complain(fail.text);
            all_gone = false;
            continue;
        }
        let path = format!("/networks/{}", Engine::escape(name));
        if cx.runtime.block_on(is_ingress(&engine, &path)) && !prune::agreed(cx, INGRESS) {
            continue;
        }
        match cx.runtime.block_on(engine.delete(&path)) {
            Ok(_) => cx.out(format!("{name}\n")),
            Err(error) if given.is("force") && error.is_not_found() => {}
            Err(error) if error.is_unreachable() => return Err(error.into()),
            Err(error) => {
                cx.complain(error_text(&error));
                all_gone = false;
            }
        }
    }
    if all_gone { Ok(0) } else { Err(Fail::new(1, "exit status 1")) }
}

async fn is_ingress(engine: &Engine, path: &str) -> bool {
    let found: Result<Value, EngineError> = engine.get_json(path).await;
    found.is_ok_and(|n| n.get("Ingress").and_then(Value::as_bool) == Some(true))
}
