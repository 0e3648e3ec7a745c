//! `docker wait`: prints exit codes once there are any.

use crate::cx::{Cx, Fail, error_text};
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "wait",
    aliases: &[],
    top: Some("wait"),
    usage: "CONTAINER [CONTAINER...]",
    about: "Block until one or more containers stop, then print their exit codes",
    flags: &[],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: wait,
};

fn wait(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let mut wrong = Vec::new();
    for name in &given.args {
        let code = async { engine.wait(name, "not-running").await?.code().await };
        match cx.runtime.block_on(code) {
            Ok(code) => cx.out(format!("{code}\n")),
            Err(error) => wrong.push(error_text(&error)),
        }
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}
