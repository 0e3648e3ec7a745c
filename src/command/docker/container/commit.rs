//! `docker commit`: an image from what a container changed. It carries the lab's label.

use std::fmt::Write as _;

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::image::changes;
use crate::reference;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::Engine;

static FLAGS: &[Flag] = &[
    flag("author", "string", "Who made it").short('a'),
    flag("change", "list", "Apply an instruction of a Dockerfile to the image").short('c'),
    flag("message", "string", "What is said of the image").short('m'),
    switch("pause", "Pause the container meanwhile (default true)").short('p'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "commit",
    aliases: &[],
    top: Some("commit"),
    usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
    about: "Create a new image from a container's changes",
    flags: &[FLAGS],
    args: Args::Between(1, 2),
    interspersed: true,
    looks: never,
    run: commit,
};

fn commit(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let mut path = format!("/commit?container={}", Engine::escape(&given.args[0]));
    if let Some(name) = given.args.get(1).filter(|n| !n.is_empty()) {
        let name = reference::parse(name).map_err(|why| Fail::new(1, why))?;
        if name.digest.is_some() {
            return Err(Fail::new(1, "refusing to create a tag with a digest reference"));
        }
        let tag = name.tag.as_deref().unwrap_or("latest");
        let _ = write!(path, "&repo={}&tag={tag}", Engine::escape(&name.repository));
    }
    for (field, name) in [("comment", "message"), ("author", "author")] {
        if let Some(value) = given.text(name) {
            let _ = write!(path, "&{field}={}", Engine::escape(value));
        }
    }
    if !given.is_unless_off("pause") {
        path.push_str("&pause=0");
    }
    path.push_str(&changes(cx, given));
    let engine = cx.engine()?;
    let made = cx.wait(engine.post_json(&path, None))?;
    let id = made.get("Id").and_then(Value::as_str).unwrap_or_default();
    cx.out(format!("{id}\n"));
    Ok(0)
}
