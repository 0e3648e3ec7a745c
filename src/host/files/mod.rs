//! The tree of files: nodes with owners and modes, and who may do what to them.

mod change;
pub mod errno;
pub mod path;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Time;

pub use errno::{Called, Errno};

/// A node's number.
pub type Ino = u64;

/// The node of `/`.
pub const ROOT: Ino = 2;

/// Links that one path may lead over, as in Linux.
const LINKS_MAX: u32 = 40;

/// Bytes that a name may have.
pub(crate) const NAME_MAX: usize = 255;

/// Bytes of a folder as `ls` shows it.
const FOLDER_BYTES: u64 = 4096;

/// Bits of a mode.
pub const READ: u16 = 4;
pub const WRITE: u16 = 2;
pub const EXECUTE: u16 = 1;
/// The bit that keeps others from removing one's files in a shared folder.
pub const STICKY: u16 = 0o1000;
pub const SET_GROUP: u16 = 0o2000;
pub const SET_USER: u16 = 0o4000;

/// On whose behalf a call is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    pub uid: u32,
    pub gid: u32,
    /// Further groups.
    pub groups: Vec<u32>,
}

impl Who {
    /// The one who may do anything.
    #[must_use]
    pub fn root() -> Self {
        Self { uid: 0, gid: 0, groups: vec![0] }
    }

    #[must_use]
    pub fn in_group(&self, gid: u32) -> bool {
        self.gid == gid || self.groups.contains(&gid)
    }
}

/// One file, folder, link or device.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    pub kind: Kind,
    /// The twelve bits below the type.
    pub mode: u16,
    pub uid: u32,
    pub gid: u32,
    pub modified: Time,
    pub links: u32,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Shared by every host that has not changed it.
    File(Arc<Vec<u8>>),
    Folder(BTreeMap<String, Ino>),
    Link(String),
    Device(Device),
    /// A program of this host, by its name in the table of commands, and its size in bytes.
    Program(String, u64),
    /// A file below `/proc`, made when it is read.
    Generated(String),
}

/// A device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    Null,
    Zero,
    Random,
    Full,
    Terminal,
}

impl Node {
    /// Bytes, as `ls -l` shows them.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.kind {
            Kind::File(bytes) => bytes.len() as u64,
            Kind::Folder(_) => FOLDER_BYTES,
            Kind::Link(target) => target.len() as u64,
            Kind::Program(_, size) => *size,
            Kind::Device(_) | Kind::Generated(_) => 0,
        }
    }

    /// The first letter of its line in `ls -l`.
    #[must_use]
    pub fn letter(&self) -> char {
        match self.kind {
            Kind::Folder(_) => 'd',
            Kind::Link(_) => 'l',
            Kind::Device(_) => 'c',
            _ => '-',
        }
    }

    /// Whether one may do what the bits of `wanted` say.
    #[must_use]
    pub fn allows(&self, who: &Who, wanted: u16) -> bool {
        if who.uid == 0 {
            let folder = matches!(self.kind, Kind::Folder(_));
            return wanted & EXECUTE == 0 || folder || self.mode & 0o111 != 0;
        }
        let bits = if who.uid == self.uid {
            self.mode >> 6
        } else if who.in_group(self.gid) {
            self.mode >> 3
        } else {
            self.mode
        };
        bits & wanted == wanted
    }
}

/// All of a host's files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Files {
    nodes: BTreeMap<Ino, Node>,
    next: Ino,
}

/// Where a path leads.
struct Found {
    /// The folder in which the last name stands.
    folder: Ino,
    name: String,
    node: Option<Ino>,
}

impl Files {
    /// An empty root folder.
    #[must_use]
    pub fn new(now: Time) -> Self {
        let root = Node {
            kind: Kind::Folder(BTreeMap::new()),
            mode: 0o755,
            uid: 0,
            gid: 0,
            modified: now,
            links: 2,
        };
        Self { nodes: BTreeMap::from([(ROOT, root)]), next: ROOT + 1 }
    }

    /// A node by its number.
    #[must_use]
    pub fn node(&self, ino: Ino) -> Option<&Node> {
        self.nodes.get(&ino)
    }

    /// How many nodes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.nodes.values().map(Node::size).sum()
    }

    fn entries(&self, ino: Ino) -> Called<&BTreeMap<String, Ino>> {
        match self.nodes.get(&ino).map(|node| &node.kind) {
            Some(Kind::Folder(entries)) => Ok(entries),
            Some(_) => Err(Errno::NotFolder),
            None => Err(Errno::NoEntry),
        }
    }

    /// The node of an absolute path. A path without one is relative to `/`.
    pub fn find(&self, who: &Who, path: &str, follow: bool) -> Called<Ino> {
        self.walk(who, path, follow)?.node.ok_or(Errno::NoEntry)
    }

    /// The node of an absolute path with the node's data.
    pub fn look(&self, who: &Who, path: &str, follow: bool) -> Called<&Node> {
        let ino = self.find(who, path, follow)?;
        self.nodes.get(&ino).ok_or(Errno::NoEntry)
    }

    fn walk(&self, who: &Who, path: &str, follow: bool) -> Called<Found> {
        if path.is_empty() {
            return Err(Errno::NoEntry);
        }
        let must_be_folder = path.ends_with('/') || path.ends_with("/.");
        let mut waiting: Vec<String> = names(path);
        waiting.reverse();
        let mut trail = vec![ROOT];
        let mut links = 0;
        let mut found = Found { folder: ROOT, name: "/".into(), node: Some(ROOT) };
        while let Some(name) = waiting.pop() {
            let here = *trail.last().unwrap_or(&ROOT);
            let node = self.nodes.get(&here).ok_or(Errno::NoEntry)?;
            let entries = self.entries(here)?;
            if !node.allows(who, EXECUTE) {
                return Err(Errno::Access);
            }
            if name == ".." {
                if trail.len() > 1 {
                    trail.pop();
                }
                let node = *trail.last().unwrap_or(&ROOT);
                found = Found { folder: node, name: "..".into(), node: Some(node) };
                continue;
            }
            if name.len() > NAME_MAX {
                return Err(Errno::NameTooLong);
            }
            let Some(ino) = entries.get(&name).copied() else {
                if waiting.is_empty() {
                    return Ok(Found { folder: here, name, node: None });
                }
                return Err(Errno::NoEntry);
            };
            let last = waiting.is_empty();
            if let Some(Kind::Link(target)) = self.nodes.get(&ino).map(|node| &node.kind)
                && (!last || follow || must_be_folder)
            {
                links += 1;
                if links > LINKS_MAX {
                    return Err(Errno::Loop);
                }
                if target.starts_with('/') {
                    trail.truncate(1);
                }
                let mut more = names(target);
                more.reverse();
                waiting.extend(more);
                if waiting.is_empty() {
                    found = Found { folder: ROOT, name: "/".into(), node: Some(ROOT) };
                }
                continue;
            }
            found = Found { folder: here, name, node: Some(ino) };
            trail.push(ino);
        }
        if let Some(ino) = found.node
            && must_be_folder
        {
            self.entries(ino)?;
        }
        Ok(found)
    }

    /// The names in a folder, in their order.
    pub fn list(&self, who: &Who, path: &str) -> Called<Vec<String>> {
        let ino = self.find(who, path, true)?;
        let names = self.entries(ino)?.keys().cloned().collect();
        if !self.nodes.get(&ino).is_some_and(|node| node.allows(who, READ)) {
            return Err(Errno::Access);
        }
        Ok(names)
    }

    /// The bytes of a file.
    pub fn read(&self, who: &Who, path: &str) -> Called<Arc<Vec<u8>>> {
        let node = self.look(who, path, true)?;
        if matches!(node.kind, Kind::Folder(_)) {
            return Err(Errno::IsFolder);
        }
        if !node.allows(who, READ) {
            return Err(Errno::Access);
        }
        Ok(contents(node))
    }

    /// The path without links, if all of it is there.
    pub fn real_path(&self, who: &Who, path: &str) -> Called<String> {
        let mut at = String::from("/");
        let mut waiting: Vec<String> = names(path);
        waiting.reverse();
        let mut links = 0;
        while let Some(name) = waiting.pop() {
            let next = path::join(&at, &name);
            let node = self.look(who, &next, false)?;
            if let Kind::Link(target) = &node.kind {
                links += 1;
                if links > LINKS_MAX {
                    return Err(Errno::Loop);
                }
                if target.starts_with('/') {
                    at = "/".into();
                }
                let mut more = names(target);
                more.reverse();
                waiting.extend(more);
            } else {
                at = next;
            }
        }
        Ok(at)
    }
}

/// What reading a node gives, for those that are kept and not made when they are read.
#[must_use]
pub fn contents(node: &Node) -> Arc<Vec<u8>> {
    match &node.kind {
        Kind::File(bytes) => bytes.clone(),
        // What the first bytes of any program are; nobody looks further.
        Kind::Program(name, _) => {
            Arc::new([b"\x7fELF\x02\x01\x01\0", name.as_bytes(), b"\0"].concat())
        }
        _ => Arc::default(),
    }
}

fn names(path: &str) -> Vec<String> {
    path.split('/').filter(|name| !name.is_empty() && *name != ".").map(str::to_owned).collect()
}
