//! `docker rename`: gives a container another name.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "rename",
    aliases: &[],
    top: Some("rename"),
    usage: "CONTAINER NEW_NAME",
    about: "Rename a container",
    flags: &[],
    args: Args::Exactly(2),
    interspersed: true,
    looks: never,
    run: rename,
};

fn rename(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (old, new) = (given.args[0].trim(), given.args[1].trim());
    if old.is_empty() || new.is_empty() {
        return Err(Fail::new(1, "Error: Neither old nor new names may be empty"));
    }
    let engine = cx.engine()?;
    cx.wait(engine.rename(old, new)).map_err(|fail| {
        Fail::new(1, format!("{}\nError: failed to rename container named {old}", fail.text))
    })?;
    Ok(0)
}
