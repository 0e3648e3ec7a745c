//! `docker swarm unlock-key`: the key of locked managers, and a new one.

use serde_json::Value;

use super::options;
use crate::cx::{Cx, Fail, error_text};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, switch};
use docker::swarm::{Rotate, version};

static FLAGS: &[Flag] = &[
    switch("quiet", "Show the key alone").short('q'),
    switch("rotate", "Make a new key; the old one is no longer good"),
];

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "unlock-key",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Manage the unlock key",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: |given| !given.is("rotate"),
    run: unlock_key,
};

fn unlock_key(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let quiet = given.is("quiet");
    if given.is("rotate") {
        let swarm = cx.wait(engine.swarm())?;
        let locks = swarm.pointer("/Spec/EncryptionConfig/AutoLockManagers");
        if locks.and_then(Value::as_bool) != Some(true) {
            return Err(Fail::new(1, "cannot rotate because autolock is not turned on"));
        }
        let rotate = Rotate { unlock_key: true, ..Rotate::default() };
        cx.wait(engine.swarm_update(version(&swarm), &swarm["Spec"], rotate))?;
        if !quiet {
            cx.out("Successfully rotated manager unlock key.\n");
        }
    }
    let key = cx.runtime.block_on(engine.swarm_unlock_key()).map_err(|error| {
        Fail::new(1, format!("could not fetch unlock key: {}", error_text(&error)))
    })?;
    if key.is_empty() {
        return Err(Fail::new(1, "no unlock key is set"));
    }
    if quiet {
        cx.out(key + "\n");
    } else {
        options::print_unlock_command(cx, &key);
    }
    Ok(0)
}
