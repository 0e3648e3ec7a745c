//! The NameNode's tree of directories and files.
//!
//! Every directory carries the totals of what is below it, so a content summary or a quota check
//! costs the depth of the path and not the size of the tree. It knows nothing of permissions
//! (`permission`) or of where replicas are (`block`).

use std::collections::BTreeMap;

use super::config;
use base::Time;

/// The inode number of `/`, as in a real image.
pub(super) const ROOT: u64 = 16_385;

/// What a directory has below it, itself not counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Totals {
    pub dirs: u64,
    pub files: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// Bytes of all replicas the files are to have.
    pub space: u64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.dirs += other.dirs;
        self.files += other.files;
        self.bytes += other.bytes;
        self.space += other.space;
    }

    fn subtract(&mut self, other: Self) {
        self.dirs -= other.dirs;
        self.files -= other.files;
        self.bytes -= other.bytes;
        self.space -= other.space;
    }
}

/// The part of an inode that depends on its kind.
#[derive(Hash, Debug)]
pub(super) enum Kind {
    Directory(Directory),
    File(File),
}

#[derive(Hash, Debug, Default)]
pub(super) struct Directory {
    pub children: BTreeMap<String, u64>,
    pub below: Totals,
    /// Names allowed at and below it.
    pub name_quota: Option<u64>,
    /// Bytes of replicas allowed below it.
    pub space_quota: Option<u64>,
}

#[derive(Hash, Debug)]
pub(super) struct File {
    pub replication: u16,
    pub block_size: u64,
    pub len: u64,
    pub blocks: Vec<u64>,
}

/// Who may do what with an inode.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Access {
    pub owner: String,
    pub group: String,
    /// Nine permission bits, and the sticky bit.
    pub mode: u16,
}

#[derive(Hash, Debug)]
pub(super) struct Inode {
    pub id: u64,
    pub parent: u64,
    pub name: String,
    pub access: Access,
    pub modified: Time,
    pub accessed: Time,
    pub kind: Kind,
}

impl Inode {
    pub(super) fn directory(&self) -> Option<&Directory> {
        match &self.kind {
            Kind::Directory(directory) => Some(directory),
            Kind::File(_) => None,
        }
    }

    pub(super) fn file(&self) -> Option<&File> {
        match &self.kind {
            Kind::File(file) => Some(file),
            Kind::Directory(_) => None,
        }
    }

    /// What it adds to the totals of the directories above it.
    pub(super) fn weight(&self) -> Totals {
        match &self.kind {
            Kind::Directory(directory) => {
                let mut totals = directory.below;
                totals.dirs += 1;
                totals
            }
            Kind::File(file) => Totals {
                dirs: 0,
                files: 1,
                bytes: file.len,
                space: file.len * u64::from(file.replication),
            },
        }
    }
}

/// The tree.
#[derive(Hash, Debug)]
pub(super) struct Namespace {
    inodes: BTreeMap<u64, Inode>,
    next: u64,
}

impl Namespace {
    /// `/`, `/tmp` and `/user`, the last two open to everyone.
    pub(super) fn new(start: Time) -> Self {
        let mut tree = Self { inodes: BTreeMap::new(), next: ROOT + 1 };
        tree.inodes.insert(ROOT, directory(ROOT, 0, "", 0o755, start));
        for (name, mode) in [("tmp", 0o1777), ("user", 0o777)] {
            let access = tree.root().access.clone();
            tree.add(
                ROOT,
                name,
                Access { mode, ..access },
                start,
                Kind::Directory(Directory::default()),
            );
        }
        tree
    }

    pub(super) fn root(&self) -> &Inode {
        &self.inodes[&ROOT]
    }

    /// The inode of that number.
    pub(super) fn get(&self, id: u64) -> Option<&Inode> {
        self.inodes.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Inode> {
        self.inodes.get_mut(&id)
    }

    /// The child of that name.
    pub(super) fn child(&self, parent: &Inode, name: &str) -> Option<&Inode> {
        self.inodes.get(parent.directory()?.children.get(name)?)
    }

    /// The inodes along a path, `/` first, as far as they exist.
    pub(super) fn walk(&self, path: &Path) -> Vec<&Inode> {
        let mut found = vec![self.root()];
        for name in &path.names {
            match self.child(found[found.len() - 1], name) {
                Some(inode) => found.push(inode),
                None => break,
            }
        }
        found
    }

    /// The inode at a path.
    pub(super) fn find(&self, path: &Path) -> Option<&Inode> {
        let mut found = self.walk(path);
        if found.len() == path.names.len() + 1 { found.pop() } else { None }
    }

    /// The full path of an inode.
    pub(super) fn path_of(&self, id: u64) -> String {
        let mut names = Vec::new();
        let mut at = id;
        while let Some(inode) = self.inodes.get(&at).filter(|i| i.id != ROOT) {
            names.push(inode.name.as_str());
            at = inode.parent;
        }
        names.reverse();
        format!("/{}", names.join("/"))
    }

    /// The inodes from `id` up to `/`.
    pub(super) fn upwards(&self, id: u64) -> impl Iterator<Item = &Inode> {
        let mut at = Some(id);
        std::iter::from_fn(move || {
            let inode = self.inodes.get(&at?)?;
            at = (inode.id != ROOT).then_some(inode.parent);
            Some(inode)
        })
    }

    fn adjust(&mut self, from: u64, change: impl Fn(&mut Totals)) {
        let mut at = from;
        while let Some(inode) = self.inodes.get_mut(&at) {
            if let Kind::Directory(directory) = &mut inode.kind {
                change(&mut directory.below);
            }
            if at == ROOT {
                break;
            }
            at = inode.parent;
        }
    }

    fn link(&mut self, parent: u64, name: &str, id: u64, now: Time) {
        if let Some(Inode { kind: Kind::Directory(directory), modified, .. }) =
            self.inodes.get_mut(&parent)
        {
            directory.children.insert(name.to_owned(), id);
            *modified = now;
        }
    }

    /// Makes an inode below the directory `parent`; its number.
    pub(super) fn add(
        &mut self,
        parent: u64,
        name: &str,
        access: Access,
        now: Time,
        kind: Kind,
    ) -> u64 {
        let id = self.next;
        self.next += 1;
        // Directories have no access time.
        let accessed = if matches!(kind, Kind::File(_)) { now } else { Time(0) };
        let inode =
            Inode { id, parent, name: name.to_owned(), access, modified: now, accessed, kind };
        let weight = inode.weight();
        self.inodes.insert(id, inode);
        self.link(parent, name, id, now);
        self.adjust(parent, |t| t.add(weight));
        id
    }

    /// Changes a file, and the totals above it with it.
    pub(super) fn change_file(&mut self, id: u64, change: impl FnOnce(&mut File)) {
        let Some(inode) = self.inodes.get_mut(&id) else { return };
        let (before, parent) = (inode.weight(), inode.parent);
        if let Kind::File(file) = &mut inode.kind {
            change(file);
        }
        let after = inode.weight();
        self.adjust(parent, |t| {
            t.add(after);
            t.subtract(before);
        });
    }

    fn unlink(&mut self, id: u64, now: Time) {
        let Some(inode) = self.inodes.get(&id) else { return };
        let (parent, weight, name) = (inode.parent, inode.weight(), inode.name.clone());
        self.adjust(parent, |t| t.subtract(weight));
        if let Some(Inode { kind: Kind::Directory(directory), modified, .. }) =
            self.inodes.get_mut(&parent)
        {
            directory.children.remove(&name);
            *modified = now;
        }
    }

    /// Moves an inode below another directory under another name.
    pub(super) fn relocate(&mut self, id: u64, parent: u64, name: &str, now: Time) {
        self.unlink(id, now);
        let Some(inode) = self.inodes.get_mut(&id) else { return };
        inode.parent = parent;
        name.clone_into(&mut inode.name);
        let weight = inode.weight();
        self.link(parent, name, id, now);
        self.adjust(parent, |t| t.add(weight));
    }

    /// Removes an inode with all below it; the blocks that belonged to it.
    pub(super) fn remove(&mut self, id: u64, now: Time) -> Vec<u64> {
        self.unlink(id, now);
        let mut blocks = Vec::new();
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            match self.inodes.remove(&next).map(|i| i.kind) {
                Some(Kind::Directory(directory)) => waiting.extend(directory.children.values()),
                Some(Kind::File(file)) => blocks.extend(file.blocks),
                None => {}
            }
        }
        blocks
    }

    /// The files at or below an inode, in order of their paths.
    pub(super) fn files_below(&self, id: u64) -> Vec<u64> {
        let mut found = Vec::new();
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            match self.inodes.get(&next).map(|i| &i.kind) {
                Some(Kind::Directory(d)) => waiting.extend(d.children.values().rev()),
                Some(Kind::File(_)) => found.push(next),
                None => {}
            }
        }
        found
    }
}

fn directory(id: u64, parent: u64, name: &str, mode: u16, now: Time) -> Inode {
    Inode {
        id,
        parent,
        name: name.to_owned(),
        access: Access { owner: config::SUPERUSER.into(), group: config::SUPERGROUP.into(), mode },
        modified: now,
        accessed: Time(0),
        kind: Kind::Directory(Directory::default()),
    }
}

/// An absolute path, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Path {
    pub names: Vec<String>,
}

impl Path {
    /// Reads an absolute path; repeated and trailing slashes do not count. `None` for a relative
    /// path or one with `.`, `..` or a colon in it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('/')?;
        let names: Vec<String> =
            rest.split('/').filter(|n| !n.is_empty()).map(str::to_owned).collect();
        let bad = |n: &String| n == "." || n == ".." || n.contains(':');
        (!names.iter().any(bad)).then_some(Self { names })
    }

    /// The directory it stands in; `/` stands in itself.
    pub(super) fn parent(&self) -> Self {
        let end = self.names.len().saturating_sub(1);
        Self { names: self.names[..end].to_vec() }
    }

    /// Its last name; empty for `/`.
    pub(super) fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    /// The path of its first `count` names.
    pub(super) fn upto(&self, count: usize) -> Self {
        Self { names: self.names[..count].to_vec() }
    }

    /// Whether `other` is this path or below it.
    pub(super) fn contains(&self, other: &Self) -> bool {
        other.names.starts_with(&self.names)
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.names.join("/"))
    }
}
