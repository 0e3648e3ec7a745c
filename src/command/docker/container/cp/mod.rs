//! `docker cp`: files between a container and this machine.

mod inward;
mod outward;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, switch};
use command_line::size;
use docker::build::clean;
use docker::{Answer, Body, Engine, EngineError, Method};

static FLAGS: &[Flag] = &[
    switch("archive", "Keep owners and groups").short('a'),
    switch("follow-link", "Copy what a link leads to").short('L'),
    switch("quiet", "Say nothing of the progress; so it is without a terminal").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "cp",
    aliases: &[],
    top: Some("cp"),
    usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
    about: "Copy files/folders between a container and the local filesystem",
    flags: &[FLAGS],
    args: Args::Exactly(2),
    interspersed: true,
    looks: shows,
    run: cp,
};

/// What goes out of a container to standard output changes nothing, neither there nor here: it shows
/// a file of one that has ended, too, where `exec` cannot look.
fn shows(given: &Parsed) -> bool {
    matches!(&given.args[..], [source, target] if target == "-" && split(source).0.is_some())
}

/// How to copy.
#[derive(Clone, Copy)]
struct How {
    owners: bool,
    follow: bool,
    quiet: bool,
}

fn cp(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let fail = |why: &str| Err(Fail::new(1, why));
    let (source, target) = (&given.args[0], &given.args[1]);
    if source.is_empty() {
        return fail("source can not be empty");
    }
    if target.is_empty() {
        return fail("destination can not be empty");
    }
    let quiet = match given.get("quiet") {
        Some(_) => given.is("quiet"),
        None => cx.host.terminal.is_none(),
    };
    let how = How { owners: given.is("archive"), follow: given.is("follow-link"), quiet };
    match (split(source), split(target)) {
        ((Some(_), _), (Some(_), _)) => fail("copying between containers is not supported"),
        ((Some(container), path), (None, to)) => outward::copy(cx, container, path, to, how),
        ((None, from), (Some(container), path)) => inward::copy(cx, from, container, path, how),
        ((None, _), (None, _)) => fail("must specify at least one container source"),
    }
}

/// `web:/etc/hosts` is a container's; `./web:x` and `/web:x` are this machine's.
fn split(word: &str) -> (Option<&str>, &str) {
    match word.split_once(':') {
        Some((container, path))
            if !word.starts_with('/') && !container.starts_with('.') && !container.is_empty() =>
        {
            (Some(container), path)
        }
        _ => (None, word),
    }
}

/// What the engine says of a path in a container.
struct Stat {
    /// Rights and kind, as Go numbers them.
    mode: u64,
    link: String,
}

impl Stat {
    fn is_folder(&self) -> bool {
        self.mode & 1 << 31 != 0
    }

    fn is_link(&self) -> bool {
        self.mode & 1 << 27 != 0
    }

    fn is_device(&self) -> bool {
        self.mode & 1 << 26 != 0
    }

    /// Reads the header that comes with an archive.
    fn of(answer: &Answer) -> Option<Self> {
        let packed = STANDARD.decode(answer.header("x-docker-container-path-stat")?).ok()?;
        let said: Value = serde_json::from_slice(&packed).ok()?;
        let mode = said.get("mode").and_then(Value::as_u64).unwrap_or_default();
        let link = said.get("linkTarget").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { mode, link })
    }

    async fn ask(engine: &Engine, container: &str, path: &str) -> Result<Self, EngineError> {
        let path = archive_path(container, path);
        let answer = engine.stream(Method::HEAD, &path, &[], Body::Empty).await?;
        Self::of(&answer).ok_or_else(|| EngineError::Broken("a path without its facts".into()))
    }

    /// Where a link at `path` leads to.
    fn target(&self, path: &str) -> String {
        if self.link.starts_with('/') {
            return self.link.clone();
        }
        clean(&format!("{}/{}", entry(path).0, self.link))
    }
}

fn archive_path(container: &str, path: &str) -> String {
    format!("/containers/{}/archive?path={}", Engine::escape(container), Engine::escape(path))
}

/// The folder of a path and its last part; a `.` at the end is kept as that part.
fn entry(path: &str) -> (String, String) {
    let cleaned = clean(path);
    if path == "." || path.ends_with("/.") {
        return (cleaned, ".".to_owned());
    }
    match cleaned.rsplit_once('/') {
        Some(("", "")) => ("/".to_owned(), "/".to_owned()),
        Some(("", base)) => ("/".to_owned(), base.to_owned()),
        Some((folder, base)) => (folder.to_owned(), base.to_owned()),
        None => (".".to_owned(), cleaned),
    }
}

/// The whole path of a file here; a `/` or `/.` at its end stays, for it says something.
fn local(cwd: &Path, path: &str) -> String {
    let cleaned = clean(&cwd.join(path).to_string_lossy());
    let slash = |text: &str| if text.ends_with('/') { "" } else { "/" };
    if path == "." || path.ends_with("/.") {
        format!("{cleaned}{}.", slash(&cleaned))
    } else if path.ends_with('/') {
        format!("{cleaned}{}", slash(&cleaned))
    } else {
        cleaned
    }
}

/// Whether the path says that it is a folder.
fn says_folder(path: &str) -> bool {
    path.ends_with('/') || path == "." || path.ends_with("/.")
}

/// Says what was copied, when that is wanted.
fn copied(cx: &mut Cx<'_, '_>, how: How, bytes: u64, to: &str) {
    if !how.quiet {
        cx.complain(format!("Successfully copied {} to {to}", size::decimal(bytes, 3)));
    }
}

/// The parent folder of a path that need not exist.
fn parent(path: &str) -> PathBuf {
    PathBuf::from(entry(path).0)
}
