//! `docker volume rm`: removes volumes.

use crate::cx::{Cx, Fail, error_text, not_empty};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};
use docker::Engine;

static FLAGS: &[Flag] = &[switch("force", "It is not an error if there is none").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "volume",
    name: "rm",
    aliases: &["remove"],
    top: None,
    usage: "[OPTIONS] VOLUME [VOLUME...]",
    about: "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: rm,
};

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let force = if given.is("force") { "?force=1" } else { "" };
    let mut wrong = Vec::new();
    for name in &given.args {
        if let Err(fail) = not_empty("volume", name) {
            wrong.push(fail.text);
            continue;
        }
        let path = format!("/volumes/{}{force}", Engine::escape(name));
        match cx.runtime.block_on(engine.delete(&path)) {
            Ok(_) => cx.out(format!("{name}\n")),
            Err(error) if error.is_unreachable() => return Err(error.into()),
            Err(error) => wrong.push(error_text(&error)),
        }
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}
