//! What a build is made from: a folder, an archive or a Dockerfile on standard input, or an address
//! that the engine fetches itself.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::cx::{Cx, Fail};
use crate::files;
use docker::build::{self, Added, Ignore};

/// Bytes that tell an archive from a Dockerfile.
const HEAD: usize = 1024;

/// The longest Dockerfile that is read for the images it begins with.
const DOCKERFILE_MAX: u64 = 1 << 20;

/// Where the files come from.
pub(super) enum Context {
    Folder {
        path: PathBuf,
        ignore: Ignore,
        /// A Dockerfile from elsewhere.
        added: Option<Vec<u8>>,
        /// A name for another Dockerfile that `COPY` sees no trace of.
        secret: Option<String>,
    },
    /// An archive on standard input, and what was read of it.
    Archive(Vec<u8>),
    /// Nothing but a Dockerfile.
    Alone(Vec<u8>),
    /// For the engine to fetch.
    Remote(String),
}

/// A context, and its Dockerfile.
pub(super) struct Source {
    pub(super) context: Context,
    /// Where it is in the context; empty for the usual place.
    pub(super) dockerfile: String,
    /// What it says, as far as that is known.
    pub(super) text: Option<String>,
    /// What is sent in its place, when that is something else.
    pub(super) instead: Option<String>,
}

impl Source {
    /// Whether another Dockerfile can go in the place of the one there is.
    pub(super) fn is_open(&self) -> bool {
        match &self.context {
            Context::Folder { added, secret, .. } => added.is_some() || secret.is_some(),
            Context::Alone(_) => true,
            Context::Archive(_) | Context::Remote(_) => false,
        }
    }

    /// Sends another Dockerfile in the place of the one there is.
    pub(super) fn replace(&mut self, text: String) {
        if let Context::Folder { added: None, secret: Some(name), .. } = &self.context {
            self.dockerfile.clone_from(name);
        }
        self.instead = Some(text);
    }
}

/// Finds the context that the words name.
///
/// # Errors
/// The client's words for what is wrong with it.
pub(super) fn find(cx: &mut Cx<'_, '_>, place: &str, file: Option<&str>) -> Result<Source, Fail> {
    let fail = |why: String| Fail::new(1, why);
    let unprepared = |why: String| Fail::new(1, format!("unable to prepare context: {why}"));
    if place == "-" {
        if file == Some("-") {
            return Err(fail(
                "invalid argument: can't use stdin for both build context and dockerfile".into(),
            ));
        }
        return stdin(cx, file).map_err(unprepared);
    }
    let path = cx.host.cwd.join(place);
    if place.is_empty() || fs::metadata(&path).is_err() {
        if is_remote(place) {
            return Ok(Source {
                context: Context::Remote(place.to_owned()),
                dockerfile: file.unwrap_or_default().to_owned(),
                text: None,
                instead: None,
            });
        }
        return Err(unprepared(format!("path {place:?} not found")));
    }
    folder(cx, &path, file)
}

fn is_remote(place: &str) -> bool {
    ["http://", "https://", "git://", "github.com/", "git@"].iter().any(|p| place.starts_with(p))
}

fn stdin(cx: &mut Cx<'_, '_>, file: Option<&str>) -> Result<Source, String> {
    let mut head = Vec::new();
    let input = &mut *cx.host.stdin;
    let read = |e: io::Error| format!("failed to peek context header from STDIN: {e}");
    input.take(HEAD as u64).read_to_end(&mut head).map_err(read)?;
    if is_archive(&head) {
        let dockerfile = file.unwrap_or_default().to_owned();
        let context = Context::Archive(head);
        return Ok(Source { context, dockerfile, text: None, instead: None });
    }
    if file.is_some() {
        return Err(
            "ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles".into()
        );
    }
    input.read_to_end(&mut head).map_err(|e| e.to_string())?;
    let text = Some(String::from_utf8_lossy(&head).into_owned());
    let context = Context::Alone(head);
    Ok(Source { context, dockerfile: "Dockerfile".into(), text, instead: None })
}

/// Whether these first bytes are an archive's, packed or plain.
fn is_archive(head: &[u8]) -> bool {
    const PACKED: &[&[u8]] = &[b"BZh", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"];
    if PACKED.iter().any(|magic| head.starts_with(magic)) {
        return true;
    }
    let Some(block) = head.first_chunk::<512>() else { return false };
    let header = tar::Header::from_byte_slice(block);
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum();
    header.cksum().is_ok_and(|said| said == sum)
}

fn folder(cx: &mut Cx<'_, '_>, given: &Path, file: Option<&str>) -> Result<Source, Fail> {
    let unprepared = |why: String| Fail::new(1, format!("unable to prepare context: {why}"));
    let path = fs::canonicalize(given).map_err(|e| {
        let why = files::missing(given, &e);
        unprepared(format!("unable to evaluate symlinks in context path: {why}"))
    })?;
    if !path.is_dir() {
        return Err(unprepared(format!("context must be a directory: {}", path.display())));
    }
    let mut added = None;
    let mut name = String::new();
    let text;
    if file == Some("-") {
        let mut content = Vec::new();
        cx.host.stdin.read_to_end(&mut content).map_err(|e| Fail::new(1, e.to_string()))?;
        text = Some(String::from_utf8_lossy(&content).into_owned());
        added = Some(content);
    } else {
        let dockerfile = dockerfile(cx, &path, file).map_err(unprepared)?;
        if let Ok(inside) = dockerfile.strip_prefix(&path) {
            name = inside.to_string_lossy().into_owned();
            text = readable(&dockerfile);
        } else {
            let given = file.unwrap_or_default();
            let content = fs::read(&dockerfile).map_err(|e| match e.kind() {
                io::ErrorKind::IsADirectory => Fail::new(1, files::wrong("read", given, &e)),
                _ => unprepared(format!(
                    "unable to open Dockerfile: {}",
                    files::wrong("open", given, &e)
                )),
            })?;
            text = Some(String::from_utf8_lossy(&content).into_owned());
            added = Some(content);
        }
    }
    let (ignore, secret) = ignore(&path, &name)?;
    if added.is_some() {
        name = unused_name()?;
    }
    let context = Context::Folder { path, ignore, added, secret };
    Ok(Source { context, dockerfile: name, text, instead: None })
}

/// Where the Dockerfile is, links resolved.
fn dockerfile(cx: &Cx<'_, '_>, folder: &Path, file: Option<&str>) -> Result<PathBuf, String> {
    let path = if let Some(file) = file {
        cx.host.cwd.join(build::clean(file))
    } else {
        let usual = folder.join("Dockerfile");
        let small = folder.join("dockerfile");
        let exists = |path: &Path| path.symlink_metadata().is_ok();
        if !exists(&usual) && exists(&small) { small } else { usual }
    };
    fs::canonicalize(&path).map_err(|e| {
        format!("unable to evaluate symlinks in Dockerfile path: {}", files::missing(&path, &e))
    })
}

/// The rules of the folder. The Dockerfile and the rules themselves are sent in any case; the
/// engine takes them out again. With a name for a file that it takes out as well.
fn ignore(folder: &Path, dockerfile: &str) -> Result<(Ignore, Option<String>), Fail> {
    let fail = |why: String| Fail::new(1, why);
    let path = folder.join(".dockerignore");
    let text = match fs::read(&path) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Ok((Ignore::default(), Some(unused_name()?)));
        }
        Err(e) => return Err(fail(files::wrong("open", path, &e))),
    };
    let unchecked = |why: String| fail(format!("error checking context: {why}"));
    let mut ignore = Ignore::parse(&text).map_err(unchecked)?;
    build::check(folder, &ignore).map_err(unchecked)?;
    let secret = if !dockerfile.is_empty() && ignore.excludes_deep(dockerfile) {
        Some(dockerfile.to_owned())
    } else {
        ignore.unseen(&[".dockerignore", "Dockerfile", dockerfile])
    };
    for needed in [".dockerignore", dockerfile] {
        if !needed.is_empty() && ignore.excludes_deep(needed) {
            ignore.add(&format!("!{needed}")).map_err(unchecked)?;
        }
    }
    Ok((ignore, secret))
}

/// What a Dockerfile says, unless it is no text or far too long to be one.
fn readable(path: &Path) -> Option<String> {
    let size = path.metadata().ok()?.len();
    let text = (size <= DOCKERFILE_MAX).then(|| fs::read(path).ok()).flatten()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// A name that no file of a context has.
fn unused_name() -> Result<String, Fail> {
    let mut random = [0_u8; 10];
    let read = fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut random));
    read.map_err(|e| Fail::new(1, files::wrong("read", "/dev/urandom", &e)))?;
    let digits: Vec<String> = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!(".dockerfile.{}", digits.concat()))
}

/// Writes the context as an archive, and says how long the one that was asked for is. `seen` is told
/// the Dockerfile of an archive that goes by.
///
/// # Errors
/// When a file or standard input cannot be read, or `to` takes no more.
pub(super) fn write(
    source: &Source,
    stdin: &mut (dyn Read + Send),
    to: &mut dyn Write,
    seen: &mut dyn FnMut(&str),
) -> io::Result<u64> {
    let instead = source.instead.as_deref().map(str::as_bytes);
    match &source.context {
        Context::Folder { path, ignore, added, .. } => {
            let silent = added.is_none();
            let added = instead.or(added.as_deref());
            let name = source.dockerfile.as_str();
            let added = added.map(|content| Added { name, content, silent });
            build::pack(path, ignore, added.as_ref(), to)
        }
        Context::Alone(content) => {
            let mut asked = Vec::new();
            build::wrap("Dockerfile", content, &mut asked)?;
            match instead {
                Some(instead) => build::wrap("Dockerfile", instead, to)?,
                None => to.write_all(&asked)?,
            }
            Ok(asked.len() as u64)
        }
        Context::Archive(head) => {
            let name = if source.dockerfile.is_empty() { "Dockerfile" } else { &source.dockerfile };
            let mut watch = build::Watch::new(name);
            let mut input = head.as_slice().chain(stdin);
            let mut piece = vec![0; 32 << 10];
            let mut length = 0;
            loop {
                let count = input.read(&mut piece)?;
                if count == 0 {
                    return Ok(length);
                }
                length += count as u64;
                if let Some(text) = watch.pass(&piece[..count]) {
                    seen(&text);
                }
                to.write_all(&piece[..count])?;
            }
        }
        Context::Remote(_) => Ok(0),
    }
}
