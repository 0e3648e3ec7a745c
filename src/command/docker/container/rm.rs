//! `docker rm`: removes containers.

use crate::cx::{Cx, Fail, error_text};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};

static FLAGS: &[Flag] = &[
    switch("force", "Remove running containers too, by SIGKILL").short('f'),
    switch("link", "Remove the link of that name").short('l'),
    switch("volumes", "Remove the container's anonymous volumes").short('v'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "rm",
    aliases: &["remove"],
    top: Some("rm"),
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    about: "Remove one or more containers",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: rm,
};

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let (force, volumes, link) = (given.is("force"), given.is("volumes"), given.is("link"));
    let mut wrong = Vec::new();
    let mut code = 0;
    for name in &given.args {
        let name = name.trim_matches('/');
        if name.is_empty() {
            wrong.push("Container name cannot be empty".to_owned());
            code = 1;
            continue;
        }
        match cx.runtime.block_on(engine.remove(name, force, volumes, link)) {
            Ok(()) => cx.out(format!("{name}\n")),
            Err(error) => {
                // What is not there need not be removed by force.
                if !(force && error.is_not_found()) {
                    code = 1;
                }
                wrong.push(error_text(&error));
            }
        }
    }
    for line in wrong {
        cx.complain(line);
    }
    Ok(code)
}
