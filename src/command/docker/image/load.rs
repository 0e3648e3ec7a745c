//! `docker load`: images from an archive that `docker save` made.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::files;
use crate::progress::Display;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::io_error;
use docker::{Method, Upload};

static FLAGS: &[Flag] = &[
    flag("input", "string", "Read from a file instead of standard input").short('i'),
    switch("quiet", "Do not show the progress").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "load",
    aliases: &[],
    top: Some("load"),
    usage: "[OPTIONS]",
    about: "Load an image from a tar archive or STDIN",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: load,
};

fn load(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let file = match given.text("input") {
        None if cx.host.interactive => {
            return Err(Fail::new(1, "requested load from stdin, but stdin is empty"));
        }
        None => None,
        Some(name) => {
            let opened = File::open(cx.host.cwd.join(name));
            Some(opened.map_err(|e| Fail::new(1, files::wrong("open", name, &e)))?)
        }
    };
    let quiet = given.is("quiet") || cx.host.terminal.is_none();
    let path = format!("/images/load?quiet={}", u8::from(quiet));
    send(cx, file, &path)?;
    Ok(0)
}

/// Sends a file, or standard input, and shows what the engine says.
///
/// # Errors
/// When it cannot be read, or the engine refuses it.
pub(super) fn send(cx: &mut Cx<'_, '_>, file: Option<File>, path: &str) -> Result<(), Fail> {
    let engine = cx.engine()?;
    let Cx { host, runtime, .. } = cx;
    let display = Display::new(host.terminal.map(|(columns, _)| columns));
    let shown = RefCell::new((display, &mut host.stdout, None));
    let mut hear = |message: Value| {
        let (display, out, failed) = &mut *shown.borrow_mut();
        if failed.is_none() {
            *failed = display.show(&message, out).err();
        }
    };
    let headers = Vec::new();
    let mut upload =
        Upload::begin(runtime, &engine, Method::POST, path.to_owned(), headers, &mut hear);
    let copied = match file {
        Some(mut file) => io::copy(&mut file as &mut dyn Read, &mut upload),
        None => io::copy(&mut host.stdin, &mut upload),
    };
    if let Err(error) = copied
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        return Err(Fail::new(1, io_error(&error)));
    }
    upload.finish()?;
    let (.., failed) = shown.into_inner();
    failed.map_or(Ok(()), Err)
}
