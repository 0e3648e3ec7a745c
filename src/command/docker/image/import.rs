//! `docker import`: an image from the archive of a file system. It carries the lab's label.

use std::fmt::Write as _;
use std::fs::File;

use crate::cx::{Cx, Fail};
use crate::files;
use crate::progress::Display;
use crate::reference;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};
use command_line::text::io_error;
use docker::{Body, Engine, LABEL, Method};

static FLAGS: &[Flag] = &[
    flag("change", "list", "Apply an instruction of a Dockerfile to the image").short('c'),
    flag("message", "string", "What is said of the image").short('m'),
    flag("platform", "string", "Platform of the image"),
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "import",
    aliases: &[],
    top: Some("import"),
    usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
    about: "Import the contents from a tarball to create a filesystem image",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: import,
};

fn import(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let source = given.args[0].as_str();
    let remote = source.starts_with("http://") || source.starts_with("https://");
    let file = if remote || source == "-" {
        None
    } else {
        let opened = File::open(cx.host.cwd.join(source));
        Some(opened.map_err(|e| Fail::new(1, files::wrong("open", source, &e)))?)
    };
    let mut path = format!("/images/create?fromSrc={}", if remote { source } else { "-" });
    if let Some(name) = given.args.get(1) {
        if !name.is_empty() {
            reference::parse(name).map_err(|why| Fail::new(1, why))?;
        }
        let _ = write!(path, "&repo={}", Engine::escape(name));
    }
    for (field, name) in [("message", "message"), ("platform", "platform")] {
        if let Some(value) = given.text(name) {
            let _ = write!(path, "&{field}={}", Engine::escape(value));
        }
    }
    path.push_str(&changes(cx, given));
    if !remote {
        super::load::send(cx, file, &path)?;
        return Ok(0);
    }
    let engine = cx.engine()?;
    let mut answer = cx.wait(engine.stream(Method::POST, &path, &[], Body::Empty))?;
    let mut display = Display::new(cx.host.terminal.map(|(columns, _)| columns));
    while let Some(message) = cx.wait(answer.message())? {
        display.show(&message, &mut cx.host.stdout)?;
    }
    cx.host.stdout.flush().map_err(|e| Fail::new(1, io_error(&e)))?;
    Ok(0)
}

/// The instructions that were given, and one more for our label.
pub(crate) fn changes(cx: &Cx<'_, '_>, given: &Parsed) -> String {
    let label = format!("LABEL {LABEL}={}", cx.lab());
    let all = given.all("change").iter().chain([&label]);
    all.flat_map(|change| ["&changes=".to_owned(), Engine::escape(change)]).collect()
}
