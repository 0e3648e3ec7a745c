//! A file system and its way into an engine: the archive format of `docker save`.
//!
//! The same files give the same bytes, and so the same image id: times, owners and order are fixed.
//! Files of the host are read when they are written out, and never held: an engine with its parts
//! is two hundred megabytes.
//!
//! Source: OCI image specification 1.0 (configuration), Docker image specification 1.2 (archive).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::RECIPE_LABEL;
use crate::STAND_IN_LABEL;

/// 2026-11-01, the age of every stand-in.
const CREATED: &str = "2026-11-01T00:00:00Z";
const CREATED_SECS: u64 = 1_793_491_200;

const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

enum Node {
    /// Its mode, and the number of the user and group it belongs to.
    Folder(u32, u64),
    File(u32, Vec<u8>),
    /// A program or library of this machine.
    Host(PathBuf),
    Link(String),
}

/// How a container of the image starts and what it offers, in the words of a Dockerfile.
#[derive(Clone, Copy, Default)]
pub(super) struct Start {
    pub(super) command: &'static [&'static str],
    pub(super) entrypoint: &'static [&'static str],
    /// `80/tcp`
    pub(super) expose: &'static [&'static str],
    pub(super) volumes: &'static [&'static str],
    pub(super) stop_signal: &'static str,
}

/// The files of an image and how it starts.
pub(super) struct Archive {
    start: Start,
    env: Vec<String>,
    /// How it came about, for `docker history`.
    made: String,
    /// What tells it from images of others; a stand-in says for what.
    label: Option<(&'static str, &'static str)>,
    /// By path without the leading slash, so parents come before their children.
    nodes: BTreeMap<String, Node>,
}

impl Archive {
    pub(super) fn new(start: Start, made: &str) -> Self {
        let env = vec![PATH.to_owned()];
        Self { start, env, made: made.to_owned(), label: None, nodes: BTreeMap::new() }
    }

    /// Sets a variable: `NGINX_VERSION=1.22.1`.
    pub(super) fn env(&mut self, setting: String) {
        self.env.push(setting);
    }

    /// It is no stand-in, and has this label.
    pub(super) fn label(&mut self, name: &'static str, value: &'static str) {
        self.label = Some((name, value));
    }

    pub(super) fn folder(&mut self, path: &str, mode: u32) {
        self.folder_of(path, mode, 0);
    }

    /// A folder that belongs to this user and its group.
    pub(super) fn folder_of(&mut self, path: &str, mode: u32, user: u64) {
        self.parents(path);
        self.nodes.insert(path.to_owned(), Node::Folder(mode, user));
    }

    pub(super) fn file(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.parents(path);
        self.nodes.insert(path.to_owned(), Node::File(mode, content.into()));
    }

    /// A file of this machine; everybody may read and run it.
    pub(super) fn host(&mut self, path: &str, from: impl Into<PathBuf>) {
        self.parents(path);
        self.nodes.insert(path.to_owned(), Node::Host(from.into()));
    }

    /// A symbolic link; what is there already stays.
    pub(super) fn link(&mut self, path: &str, target: &str) {
        self.parents(path);
        self.nodes.entry(path.to_owned()).or_insert_with(|| Node::Link(target.to_owned()));
    }

    fn parents(&mut self, path: &str) {
        for (end, _) in path.match_indices('/') {
            self.nodes.entry(path[..end].to_owned()).or_insert(Node::Folder(0o755, 0));
        }
    }

    /// Writes the file system as one layer.
    fn layer(&self, out: impl Write) -> io::Result<()> {
        let mut tar = tar::Builder::new(out);
        for (path, node) in &self.nodes {
            let mut header = tar::Header::new_gnu();
            header.set_mtime(CREATED_SECS);
            header.set_uid(0);
            header.set_gid(0);
            header.set_size(0);
            match node {
                Node::Folder(mode, user) => {
                    header.set_entry_type(tar::EntryType::Directory);
                    header.set_mode(*mode);
                    header.set_uid(*user);
                    header.set_gid(*user);
                    tar.append_data(&mut header, format!("{path}/"), &[][..])?;
                }
                Node::File(mode, content) => {
                    header.set_mode(*mode);
                    header.set_size(content.len() as u64);
                    tar.append_data(&mut header, path, content.as_slice())?;
                }
                Node::Host(from) => {
                    let named = |e: io::Error| io::Error::other(format!("{}: {e}", from.display()));
                    let file = File::open(from).map_err(named)?;
                    let size = file.metadata().map_err(named)?.len();
                    header.set_mode(0o755);
                    header.set_size(size);
                    tar.append_data(&mut header, path, file.take(size)).map_err(named)?;
                }
                Node::Link(target) => {
                    header.set_entry_type(tar::EntryType::Symlink);
                    header.set_mode(0o777);
                    tar.append_link(&mut header, path, target)?;
                }
            }
        }
        tar.into_inner()?.flush()
    }

    /// Writes the whole image under that name, as `docker load` takes it. The layer is made twice:
    /// its digest and length have to stand before it.
    ///
    /// # Errors
    /// When a file of the host cannot be read, or the reader has gone away.
    pub(super) fn write(&self, name: &str, mut out: impl Write) -> io::Result<()> {
        let mut measure = Measure { hash: Sha256::new(), bytes: 0 };
        self.layer(&mut measure)?;
        let layer = hex(&measure.hash.finalize());
        let mut config = self.config(name, &layer);
        config["config"]["Labels"][RECIPE_LABEL] = self.recipe(name).into();
        let config = config.to_string();
        let config_name = format!("{}.json", hex(&Sha256::digest(config.as_bytes())));
        let manifest =
            json!([{ "Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"] }]);
        member(&mut out, &config_name, config.as_bytes())?;
        out.write_all(head("layer.tar", measure.bytes)?.as_bytes())?;
        // A tar archive ends on a whole block, so nothing fills up behind it.
        self.layer(&mut out)?;
        member(&mut out, "manifest.json", manifest.to_string().as_bytes())?;
        end(&mut out)
    }

    /// What tells this recipe from others for the same image: how it starts and all that is in it,
    /// but of the host's files only where they are. To keep a machine up to date is no reason to make
    /// its stand-ins anew.
    pub(super) fn recipe(&self, name: &str) -> String {
        let nodes = self.nodes.iter().map(|(path, node)| match node {
            Node::Folder(mode, user) => json!([path, mode, user]),
            Node::File(mode, content) => json!([path, mode, hex(&Sha256::digest(content))]),
            Node::Host(from) => json!([path, from]),
            Node::Link(target) => json!([path, target]),
        });
        let said = json!([self.config(name, ""), nodes.collect::<Vec<_>>()]).to_string();
        hex(&Sha256::digest(said))
    }

    fn config(&self, name: &str, layer: &str) -> Value {
        let start = &self.start;
        let set = |names: &[&str]| -> Value {
            names.iter().map(|n| ((*n).to_owned(), json!({}))).collect::<Map<_, _>>().into()
        };
        let mut config = json!({ "Cmd": start.command, "Env": self.env });
        if !start.entrypoint.is_empty() {
            config["Entrypoint"] = json!(start.entrypoint);
        }
        if !start.expose.is_empty() {
            config["ExposedPorts"] = set(start.expose);
        }
        if !start.volumes.is_empty() {
            config["Volumes"] = set(start.volumes);
        }
        if !start.stop_signal.is_empty() {
            config["StopSignal"] = json!(start.stop_signal);
        }
        let (label, value) = self.label.unwrap_or((STAND_IN_LABEL, name));
        config["Labels"] = json!({ label: value });
        let comment = if self.label.is_none() { "distlab stand-in" } else { "distlab" };
        json!({
            "architecture": architecture(),
            "os": "linux",
            "created": CREATED,
            "config": config,
            "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer}")] },
            "history": [{ "created": CREATED, "created_by": self.made, "comment": comment }],
        })
    }
}

/// A tar archive is made of blocks of so many bytes.
const BLOCK: usize = 512;

/// What stands before a member of the outer archive.
fn head(path: &str, size: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_gnu();
    header.set_path(path)?;
    header.set_mtime(CREATED_SECS);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header.set_cksum();
    Ok(header)
}

/// Writes a small member of the outer archive.
pub(super) fn member(out: &mut impl Write, path: &str, content: &[u8]) -> io::Result<()> {
    stream(out, path, content.len() as u64, &mut &*content)
}

/// Writes a member of so many bytes.
pub(super) fn stream(
    out: &mut impl Write,
    path: &str,
    len: u64,
    from: &mut dyn Read,
) -> io::Result<()> {
    out.write_all(head(path, len)?.as_bytes())?;
    let copied = io::copy(&mut Read::take(from, len), out)?;
    if copied < len {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("{path} has {copied} of {len} bytes"),
        ));
    }
    io::copy(&mut io::repeat(0).take(len.next_multiple_of(BLOCK as u64) - len), out).map(drop)
}

/// Writes what a tar archive ends with.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&[0; 2 * BLOCK])?;
    out.flush()
}

/// Takes bytes and keeps what identifies them.
struct Measure {
    hash: Sha256,
    bytes: u64,
}

impl Write for Measure {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// This machine's processor, as images name it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
