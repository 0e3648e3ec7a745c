//! A file system in memory and its way into an engine: the archive format of `docker save`.
//!
//! The same files give the same bytes, and so the same image id: times, owners and order are fixed.
//!
//! Source: OCI image specification 1.0 (configuration), Docker image specification 1.2 (archive).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::docker::STAND_IN_LABEL;

/// 2026-11-01, the age of every stand-in.
const CREATED: &str = "2026-11-01T00:00:00Z";
const CREATED_SECS: u64 = 1_793_491_200;

const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

enum Node {
    Folder(u32),
    File(u32, Vec<u8>),
    Link(String),
}

/// The files of an image and how it starts.
pub(super) struct Archive {
    command: Vec<String>,
    /// How it came about, for `docker history`.
    made: String,
    /// By path without the leading slash, so parents come before their children.
    nodes: BTreeMap<String, Node>,
}

impl Archive {
    pub(super) fn new(command: &[&str], made: &str) -> Self {
        let command = command.iter().map(|c| (*c).to_owned()).collect();
        Self { command, made: made.to_owned(), nodes: BTreeMap::new() }
    }

    pub(super) fn folder(&mut self, path: &str, mode: u32) {
        self.parents(path);
        self.nodes.insert(path.to_owned(), Node::Folder(mode));
    }

    pub(super) fn file(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.parents(path);
        self.nodes.insert(path.to_owned(), Node::File(mode, content.into()));
    }

    /// A symbolic link; what is there already stays.
    pub(super) fn link(&mut self, path: &str, target: &str) {
        self.parents(path);
        self.nodes.entry(path.to_owned()).or_insert_with(|| Node::Link(target.to_owned()));
    }

    fn parents(&mut self, path: &str) {
        for (end, _) in path.match_indices('/') {
            self.nodes.entry(path[..end].to_owned()).or_insert(Node::Folder(0o755));
        }
    }

    /// The file system as one layer.
    fn layer(&self) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, node) in &self.nodes {
            let mut header = tar::Header::new_gnu();
            header.set_mtime(CREATED_SECS);
            header.set_uid(0);
            header.set_gid(0);
            header.set_size(0);
            // Writing to memory cannot fail, and the paths are our own and short.
            let done = match node {
                Node::Folder(mode) => {
                    header.set_entry_type(tar::EntryType::Directory);
                    header.set_mode(*mode);
                    tar.append_data(&mut header, format!("{path}/"), &[][..])
                }
                Node::File(mode, content) => {
                    header.set_mode(*mode);
                    header.set_size(content.len() as u64);
                    tar.append_data(&mut header, path, content.as_slice())
                }
                Node::Link(target) => {
                    header.set_entry_type(tar::EntryType::Symlink);
                    header.set_mode(0o777);
                    tar.append_link(&mut header, path, target)
                }
            };
            debug_assert!(done.is_ok(), "{path}: {done:?}");
        }
        tar.into_inner().unwrap_or_default()
    }

    /// The whole image under that name, as `docker load` takes it.
    pub(super) fn pack(&self, name: &str) -> Vec<u8> {
        let layer = self.layer();
        let config = json!({
            "architecture": architecture(),
            "os": "linux",
            "created": CREATED,
            "config": {
                "Cmd": self.command,
                "Env": [PATH],
                "Labels": { STAND_IN_LABEL: name },
            },
            "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{}", digest(&layer))] },
            "history": [{ "created": CREATED, "created_by": self.made, "comment": "distlab stand-in" }],
        })
        .to_string();
        let config_name = format!("{}.json", digest(config.as_bytes()));
        let manifest =
            json!([{ "Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"] }]);
        let mut tar = tar::Builder::new(Vec::new());
        let files = [
            (config_name.as_str(), config.as_bytes()),
            ("layer.tar", layer.as_slice()),
            ("manifest.json", manifest.to_string().as_bytes()),
        ]
        .map(|(path, content)| (path.to_owned(), content.to_vec()));
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_mtime(CREATED_SECS);
            header.set_mode(0o644);
            header.set_size(content.len() as u64);
            let done = tar.append_data(&mut header, path, content.as_slice());
            debug_assert!(done.is_ok(), "{done:?}");
        }
        tar.into_inner().unwrap_or_default()
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
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
