//! `docker rmi`: removes images.

use crate::cx::{Cx, Fail, error_text};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};

static FLAGS: &[Flag] = &[
    switch("force", "Remove it although something uses it").short('f'),
    switch("no-prune", "Keep parents without a name"),
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "rm",
    aliases: &["remove"],
    top: Some("rmi"),
    usage: "[OPTIONS] IMAGE [IMAGE...]",
    about: "Remove one or more images",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: rm,
};

fn rm(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let (force, keep) = (given.is("force"), given.is("no-prune"));
    let mut wrong = Vec::new();
    let mut code = 0;
    for name in &given.args {
        match cx.runtime.block_on(engine.remove_image(name, force, keep)) {
            Ok(done) => {
                for item in done {
                    if let Some(id) = item.deleted {
                        cx.out(format!("Deleted: {id}\n"));
                    } else if let Some(name) = item.untagged {
                        cx.out(format!("Untagged: {name}\n"));
                    }
                }
            }
            Err(error) => {
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
