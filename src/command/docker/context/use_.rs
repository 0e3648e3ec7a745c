//! `docker context use`.

use crate::cx::{Cx, Fail};
use crate::registry::Settings;
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;

use super::{DEFAULT, check_own, has_host, kept};

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "use",
    aliases: &[],
    top: None,
    usage: "CONTEXT",
    about: "Set the current docker context",
    flags: &[],
    args: Args::Any,
    interspersed: true,
    looks: never,
    run: use_context,
};

fn use_context(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    // The client counts these itself, in other words than everywhere else.
    let [name] = given.args.as_slice() else {
        let count = given.args.len();
        return Err(Fail::new(1, format!("accepts 1 arg(s), received {count}")));
    };
    if name != DEFAULT {
        check_own(name)?;
        kept(cx).get(name).map_err(|why| Fail::new(1, why))?;
    }
    let mut settings = Settings::open(cx);
    settings.use_context(name).map_err(|why| Fail::new(1, why))?;
    cx.out(format!("{name}\n"));
    cx.complain(format!("Current context is now {name:?}"));
    if name != DEFAULT && has_host(cx) {
        cx.complain(format!(
            "Warning: DOCKER_HOST environment variable overrides the active context. To use {name:?}, either set the global --context flag, or unset DOCKER_HOST environment variable."
        ));
    }
    Ok(0)
}
