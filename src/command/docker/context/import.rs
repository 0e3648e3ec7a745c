//! `docker context import`.

use std::fs;
use std::io::{self, Read as _};

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::files::wrong;
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;

use super::{check_own, keep, kept};

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "import",
    aliases: &[],
    top: None,
    usage: "CONTEXT FILE|-",
    about: "Import a context from a tar or zip file",
    flags: &[],
    args: Args::Exactly(2),
    interspersed: true,
    looks: never,
    run: import,
};

/// The most that a description may have, as with the client.
const META_BYTES_MAX: u64 = 10 << 20;

fn import(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (name, file) = (given.args[0].as_str(), given.args[1].as_str());
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        let read = cx.host.stdin.read_to_end(&mut bytes);
        read.map_err(|e| Fail::new(1, format!("distlab: the archive cannot be read: {e}")))?;
        bytes
    } else {
        let read = fs::read(cx.host.cwd.join(file));
        read.map_err(|e| Fail::new(1, wrong("open", file, &e)))?
    };
    check_own(name)?;
    if kept(cx).get(name).is_ok() {
        return Err(Fail::new(1, format!("context {name:?} already exists")));
    }
    if bytes.starts_with(b"PK") {
        return Err(Fail::new(
            1,
            "distlab: contexts are read from tar archives here, and this is a zip file; unpack it and \
             pack meta.json with `tar`",
        ));
    }
    let mut context = read(&bytes)?;
    context["Name"] = name.into();
    keep(cx, &context)?;
    cx.out(format!("{name}\n"));
    cx.complain(format!("Successfully imported context {name:?}"));
    Ok(0)
}

/// The description in an archive.
fn read(bytes: &[u8]) -> Result<Value, Fail> {
    let broken = |e: io::Error| Fail::new(1, e.to_string());
    let mut found = None;
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        if entry.header().entry_type().is_dir() {
            continue;
        }
        let path = entry.path().map_err(broken)?.display().to_string();
        if path == "meta.json" {
            let mut text = String::new();
            entry.take(META_BYTES_MAX).read_to_string(&mut text).map_err(broken)?;
            let read = serde_json::from_str(&text);
            found = Some(read.map_err(|e| Fail::new(1, e.to_string()))?);
        } else if path.starts_with("tls/") {
            return Err(Fail::new(
                1,
                "distlab: this context has certificates of TLS, which this client does not speak; \
                 import it with the client that is to use it",
            ));
        } else {
            return Err(Fail::new(1, format!("unexpected context file: {path}")));
        }
    }
    found.ok_or_else(|| Fail::new(1, "invalid context: no metadata found"))
}
