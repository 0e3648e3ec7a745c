//! `docker context rm`.

use crate::cx::{Cx, Fail};
use crate::registry::Settings;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};

use super::{DEFAULT, kept};

static FLAGS: &[Flag] = &[switch("force", "Also the one in use").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "rm",
    aliases: &["remove"],
    top: None,
    usage: "CONTEXT [CONTEXT...]",
    about: "Remove one or more contexts",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: rm,
};

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let mut wrong = Vec::new();
    for name in &given.args {
        match remove(cx, name, given.is("force")) {
            Ok(()) => cx.out(format!("{name}\n")),
            Err(fail) => wrong.push(fail.text),
        }
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}

fn remove(cx: &mut Cx<'_, '_>, name: &str, force: bool) -> Result<(), Fail> {
    if name == DEFAULT {
        return Err(Fail::new(1, format!("context {DEFAULT:?} cannot be removed")));
    }
    if kept(cx).get(name).is_err() {
        let why = format!("context {name:?} does not exist");
        return if force { Ok(()) } else { Err(Fail::new(1, why)) };
    }
    if cx.context == name {
        if !force {
            let why = format!("context {name:?} is in use, set -f flag to force remove");
            return Err(Fail::new(1, why));
        }
        Settings::open(cx).use_context(DEFAULT).map_err(|why| Fail::new(1, why))?;
    }
    let gone = kept(cx).remove(name);
    gone.map_err(|e| Fail::new(1, format!("distlab: the context cannot be removed: {e}")))
}
