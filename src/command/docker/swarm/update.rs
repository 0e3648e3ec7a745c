//! `docker swarm update`: settings of the whole swarm.

use serde_json::Value;

use super::options;
use crate::cx::{Cx, Fail};
use crate::help;
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;
use docker::swarm::{Rotate, version};

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "update",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Update the swarm",
    flags: &[options::FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: update,
};

fn update(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if *given == Parsed::default() {
        // Nothing to change: the client shows what could be.
        let page = help::verb(&VERB, &cx.path);
        cx.out(page);
        return Ok(0);
    }
    let engine = cx.engine()?;
    let swarm = cx.wait(engine.swarm())?;
    let locks = |spec: &Value| {
        spec.pointer("/EncryptionConfig/AutoLockManagers").and_then(Value::as_bool) == Some(true)
    };
    let mut spec = swarm["Spec"].clone();
    options::merge(given, &mut spec);
    cx.wait(engine.swarm_update(version(&swarm), &spec, Rotate::default()))?;
    cx.out("Swarm updated.\n");
    if !locks(&swarm["Spec"]) && locks(&spec) {
        let key = cx.wait(engine.swarm_unlock_key())?;
        options::print_unlock_command(cx, &key);
    }
    Ok(0)
}
