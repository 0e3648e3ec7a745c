//! The images that labs need: pulled where a registry answers, otherwise small stand-ins made from
//! the host's own files. A stand-in never hides what it is: its label, its `/etc/os-release` and a
//! sentence at each use say so.

mod archive;
mod program;
mod recipe;
mod stored;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::Value;

use super::{Engine, EngineError, STAND_IN_LABEL, text};
use archive::Archive;
pub use program::{Content, PROGRAM, Program};
pub use stored::{Layer, Stored};

/// The label that says by which recipe a stand-in was made. One that has none is older than this label.
const RECIPE_LABEL: &str = "distlab.standin.recipe";

/// How long a registry may take to say its first word.
const PATIENCE: Duration = Duration::from_secs(6);

/// An image that labs ask for by name.
pub struct Need {
    /// With its tag: `alpine:latest`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    /// What the stand-in is made of: `busybox`.
    made_of: &'static str,
    recipe: fn() -> Result<Archive, EngineError>,
}

/// Every image that labs need, in alphabetical order.
pub static NEEDS: &[Need] = &[
    Need {
        name: "alpine:latest",
        about: "a small Linux with a shell",
        made_of: "busybox",
        recipe: recipe::alpine,
    },
    Need {
        name: "busybox:latest",
        about: "many small tools in one program",
        made_of: "busybox",
        recipe: recipe::busybox,
    },
    Need {
        name: "docker:dind",
        about: "an engine in a container, for nodes",
        made_of: "the engine",
        recipe: recipe::engine,
    },
    Need {
        name: "hello-world:latest",
        about: "prints a greeting and ends",
        made_of: "busybox",
        recipe: recipe::hello_world,
    },
    Need { name: "mysql:latest", about: "a database", made_of: "MariaDB", recipe: recipe::mysql },
    Need { name: "nginx:latest", about: "a web server", made_of: "nginx", recipe: recipe::nginx },
    Need {
        name: "ubuntu:latest",
        about: "a Linux with bash",
        made_of: "bash and busybox",
        recipe: recipe::ubuntu,
    },
];

/// Where an image came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was here already and is genuine.
    Present,
    /// A registry had it.
    Pulled,
    /// It is a stand-in, built now or earlier.
    StandIn,
}

/// An image that labs need, as it is on the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub name: &'static str,
    pub about: &'static str,
    /// `None` while it is missing.
    pub source: Option<Source>,
    /// Bytes.
    pub size: u64,
}

/// The entry for a name in any of its spellings (`alpine`, `docker.io/library/alpine:latest`).
#[must_use]
pub fn find(name: &str) -> Option<&'static Need> {
    let short = name.strip_prefix("docker.io/").unwrap_or(name);
    let short = short.strip_prefix("library/").unwrap_or(short);
    NEEDS.iter().find(|n| n.name == short || text::untagged(n.name) == short)
}

/// Why no stand-in of that name can be made on this machine; `None` when one can, or when there is none
/// of that name.
#[must_use]
pub fn cannot_stand_in(name: &str) -> Option<String> {
    (find(name)?.recipe)().err().map(|error| error.to_string())
}

/// The sentence that goes with every use of a stand-in; `fresh` when it was built just now.
#[must_use]
pub fn stand_in_note(need: &Need, fresh: bool) -> String {
    let name = text::untagged(need.name);
    let made_of = need.made_of;
    let why = if fresh { "no registry answers; " } else { "" };
    format!("distlab: {why}using the stand-in for {name} ({made_of} of this machine)")
}

/// All images that labs need, and which of them are here.
///
/// # Errors
/// When the engine cannot be asked.
pub async fn status(engine: &Engine) -> Result<Vec<Status>, EngineError> {
    let here = engine.images(false, &BTreeMap::new()).await?;
    let found = NEEDS.iter().map(|need| {
        let image = here.iter().find(|i| i.repo_tags.iter().any(|t| t == need.name));
        Status {
            name: need.name,
            about: need.about,
            source: image.map(|i| match i.labels.get(STAND_IN_LABEL) {
                Some(label) if label == need.name => Source::StandIn,
                _ => Source::Present,
            }),
            size: image.and_then(|i| u64::try_from(i.size).ok()).unwrap_or_default(),
        }
    });
    Ok(found.collect())
}

/// Whether this image of the engine is one of our stand-ins; `None` when it is not there.
///
/// # Errors
/// When the engine cannot be asked.
pub async fn is_stand_in(engine: &Engine, need: &Need) -> Result<Option<bool>, EngineError> {
    Ok(engine.find_image(need.name).await?.map(|image| stands_in(&image, need)))
}

fn label<'i>(image: &'i Value, name: &str) -> Option<&'i str> {
    image.pointer("/Config/Labels")?.get(name)?.as_str()
}

fn stands_in(image: &Value, need: &Need) -> bool {
    label(image, STAND_IN_LABEL) == Some(need.name)
}

/// Makes an image available: as it is, from its registry, or as a stand-in. Each line of what
/// happens is told to `say`.
///
/// # Errors
/// When no registry answers and there is no stand-in of that name, when the stand-in lacks an
/// ingredient (the sentence names the package), and when the engine cannot be asked.
pub async fn ensure(
    engine: &Engine,
    name: &str,
    say: &mut dyn FnMut(String),
) -> Result<Source, EngineError> {
    let Some(need) = find(name) else {
        if engine.find_image(name).await?.is_some() {
            return Ok(Source::Present);
        }
        pull(engine, name, say).await?;
        return Ok(Source::Pulled);
    };
    match engine.find_image(need.name).await? {
        Some(image) if stands_in(&image, need) => {
            renew(engine, need, &image, say).await?;
            say(stand_in_note(need, false));
            return Ok(Source::StandIn);
        }
        Some(_) => return Ok(Source::Present),
        None => {}
    }
    match pull(engine, need.name, say).await {
        Ok(()) => Ok(Source::Pulled),
        Err(e) if e.is_without_registry() => {
            build(engine, need).await?;
            say(stand_in_note(need, true));
            Ok(Source::StandIn)
        }
        Err(e) => Err(e),
    }
}

/// Builds a stand-in again that was made by another recipe: by an older program, or before this
/// machine had all that goes into it.
async fn renew(
    engine: &Engine,
    need: &'static Need,
    image: &Value,
    say: &mut dyn FnMut(String),
) -> Result<(), EngineError> {
    // What it is made of may be gone from this machine. It serves all the same.
    let Ok(archive) = (need.recipe)() else { return Ok(()) };
    if label(image, RECIPE_LABEL) == Some(&archive.recipe(need.name)) {
        return Ok(());
    }
    say(format!("distlab: making the stand-in for {} again", text::untagged(need.name)));
    load(engine, need, archive).await?;
    let Some(old) = image["Id"].as_str() else { return Ok(()) };
    let tags = engine.find_image(old).await?.map(|old| old["RepoTags"].clone());
    if tags.is_some_and(|tags| tags.as_array().is_none_or(Vec::is_empty)) {
        // A container may use it; then it stays until that is gone.
        let _ = engine.remove_image(old, false, false).await;
    }
    Ok(())
}

/// Builds the stand-in, whether or not a registry would answer.
///
/// # Errors
/// When an ingredient is missing (the sentence names the package) or the engine refuses.
pub async fn build(engine: &Engine, need: &'static Need) -> Result<(), EngineError> {
    load(engine, need, (need.recipe)()?).await
}

async fn load(engine: &Engine, need: &'static Need, archive: Archive) -> Result<(), EngineError> {
    send(engine, move |out| archive.write(need.name, out)).await
}

/// Sends an engine the archive of an image, as it is written.
async fn send(
    engine: &Engine,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
) -> Result<(), EngineError> {
    let (sink, pieces) = tokio::sync::mpsc::channel(PIECES_MAX);
    // It ends by itself: with the archive, or when nobody reads any more.
    std::thread::spawn(move || {
        let mut out = BufWriter::with_capacity(PIECE_BYTES, Pieces(sink.clone()));
        if let Err(why) = write(&mut out) {
            // The engine gives up on an archive that breaks off, and the reason is said instead.
            let _ = sink.blocking_send(Err(why));
        }
    });
    let pieces = futures_util::stream::unfold(pieces, |mut pieces| async move {
        pieces.recv().await.map(|piece| (piece, pieces))
    });
    engine.load_stream(pieces).await
}

/// How much of an archive is on its way at once.
const PIECE_BYTES: usize = 256 << 10;
const PIECES_MAX: usize = 8;

/// Hands an archive on as it is written.
struct Pieces(tokio::sync::mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Ok(Bytes::copy_from_slice(bytes));
        self.0.blocking_send(piece).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes the stand-ins of these names away, all without names, and returns which. Genuine images stay, and so does a stand-in
/// that a container uses.
///
/// # Errors
/// When the engine cannot be asked, or refuses.
pub async fn remove(engine: &Engine, names: &[String]) -> Result<Vec<String>, EngineError> {
    let mut removed = Vec::new();
    for status in status(engine).await? {
        let meant = |name: &String| find(name).is_some_and(|need| need.name == status.name);
        if status.source == Some(Source::StandIn) && (names.is_empty() || names.iter().any(meant)) {
            engine.remove_image(status.name, false, false).await?;
            removed.push(status.name.to_owned());
        }
    }
    Ok(removed)
}

/// Pulls, as long as the registry answers in time.
async fn pull(engine: &Engine, name: &str, say: &mut dyn FnMut(String)) -> Result<(), EngineError> {
    let (repository, tag) = split_tag(name);
    let mut lines = pin!(engine.pull(repository, tag, None));
    let first = tokio::time::timeout(PATIENCE, lines.next()).await;
    let mut line = first.map_err(|_| EngineError::silent_registry(name))?;
    while let Some(progress) = line {
        let progress = progress?;
        if progress.progress.is_none() && !progress.status.is_empty() {
            let layer = &progress.layer;
            let head = if layer.is_empty() { String::new() } else { format!("{layer}: ") };
            say(format!("{head}{}", progress.status));
        }
        line = lines.next().await;
    }
    Ok(())
}

/// `localhost:5000/web:1` → `localhost:5000/web` and `1`; the tag is `latest` unless said.
#[must_use]
pub fn split_tag(name: &str) -> (&str, &str) {
    if let Some((repository, digest)) = name.split_once('@') {
        return (repository, digest);
    }
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "latest"),
    }
}
