//! What changes the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::Time;

use super::{
    Called, Device, EXECUTE, Errno, Files, Ino, Kind, NAME_MAX, Node, READ, STICKY, WRITE, Who,
};

impl Files {
    fn may_change(&self, who: &Who, folder: Ino) -> Called<()> {
        let node = self.nodes.get(&folder).ok_or(Errno::NoEntry)?;
        if node.allows(who, WRITE | EXECUTE) { Ok(()) } else { Err(Errno::Access) }
    }

    fn put(&mut self, folder: Ino, name: &str, ino: Ino, now: Time) {
        if let Some(node) = self.nodes.get_mut(&folder)
            && let Kind::Folder(entries) = &mut node.kind
        {
            entries.insert(name.to_owned(), ino);
            node.modified = now;
        }
    }

    fn take_out(&mut self, folder: Ino, name: &str, now: Time) {
        if let Some(node) = self.nodes.get_mut(&folder)
            && let Kind::Folder(entries) = &mut node.kind
        {
            entries.remove(name);
            node.modified = now;
        }
    }

    /// Makes a node where nothing is.
    pub fn make(&mut self, who: &Who, path: &str, kind: Kind, mode: u16, now: Time) -> Called<Ino> {
        // What stands behind a link that leads nowhere is made, but by no call that makes a folder.
        let folder = matches!(kind, Kind::Folder(_));
        let path = if folder { path.trim_end_matches('/') } else { path };
        let follow = matches!(kind, Kind::File(_));
        let found = self.walk(who, if path.is_empty() { "/" } else { path }, follow)?;
        if found.node.is_some() {
            return Err(Errno::Exists);
        }
        if path.ends_with('/') {
            return Err(Errno::NoEntry);
        }
        if found.name.len() > NAME_MAX {
            return Err(Errno::NameTooLong);
        }
        self.entries(found.folder)?;
        self.may_change(who, found.folder)?;
        let parent = self.nodes.get(&found.folder).ok_or(Errno::NoEntry)?;
        let inherited = parent.mode & super::SET_GROUP != 0;
        let gid = if inherited { parent.gid } else { who.gid };
        let mode = if folder && inherited { mode | super::SET_GROUP } else { mode };
        let links = if folder { 2 } else { 1 };
        let ino = self.next;
        self.next += 1;
        self.nodes.insert(ino, Node { kind, mode, uid: who.uid, gid, modified: now, links });
        self.put(found.folder, &found.name, ino, now);
        if folder && let Some(parent) = self.nodes.get_mut(&found.folder) {
            parent.links += 1;
        }
        Ok(ino)
    }

    /// Makes a folder and those above it that are missing. What is there already stays as it is.
    pub fn make_folders(&mut self, who: &Who, path: &str, mode: u16, now: Time) -> Called<()> {
        let mut at = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = format!("{at}/{name}");
            match self.make(who, &at, Kind::Folder(BTreeMap::new()), mode, now) {
                Ok(_) => {}
                Err(Errno::Exists) => {
                    let node = self.look(who, &at, true)?;
                    if !matches!(node.kind, Kind::Folder(_)) {
                        return Err(Errno::NotFolder);
                    }
                }
                Err(other) => {
                    // A folder that one may only pass through is no obstacle where the next exists.
                    if self.look(who, &at, true).is_err() {
                        return Err(other);
                    }
                }
            }
        }
        Ok(())
    }

    /// The node to write to: made with this mode when it is missing, emptied if asked.
    pub fn open_to_write(
        &mut self,
        who: &Who,
        path: &str,
        mode: u16,
        empty: bool,
        now: Time,
    ) -> Called<Ino> {
        let found = self.walk(who, path, true)?;
        let Some(ino) = found.node else {
            return self.make(who, path, Kind::File(Arc::default()), mode, now);
        };
        let node = self.nodes.get_mut(&ino).ok_or(Errno::NoEntry)?;
        if matches!(node.kind, Kind::Folder(_)) {
            return Err(Errno::IsFolder);
        }
        if !node.allows(who, WRITE) || matches!(node.kind, Kind::Generated(_)) {
            return Err(Errno::Access);
        }
        if empty && matches!(node.kind, Kind::File(_) | Kind::Program(..)) {
            node.kind = Kind::File(Arc::default());
            node.modified = now;
        }
        Ok(ino)
    }

    #[allow(clippy::needless_pass_by_value, reason = "callers have no more use for them")]
    /// Makes or replaces a file.
    pub fn write(
        &mut self,
        who: &Who,
        path: &str,
        bytes: Vec<u8>,
        mode: u16,
        now: Time,
    ) -> Called<()> {
        let ino = self.open_to_write(who, path, mode, true, now)?;
        self.write_at(ino, Some(0), &bytes, now);
        Ok(())
    }

    /// Puts bytes into an open file, at its end when no place is given; answers where they end.
    pub fn write_at(&mut self, ino: Ino, place: Option<u64>, bytes: &[u8], now: Time) -> u64 {
        let Some(node) = self.nodes.get_mut(&ino) else { return 0 };
        let Kind::File(kept) = &mut node.kind else { return 0 };
        let kept = Arc::make_mut(kept);
        let start = place.map_or(kept.len(), |at| usize::try_from(at).unwrap_or(usize::MAX));
        let end = start.saturating_add(bytes.len());
        if kept.len() < end {
            kept.resize(end, 0);
        }
        kept[start..end].copy_from_slice(bytes);
        node.modified = now;
        end as u64
    }

    /// Removes a name that is no folder.
    pub fn unlink(&mut self, who: &Who, path: &str, now: Time) -> Called<()> {
        let found = self.walk(who, path, false)?;
        let ino = found.node.ok_or(Errno::NoEntry)?;
        if matches!(self.nodes.get(&ino).map(|n| &n.kind), Some(Kind::Folder(_))) {
            return Err(Errno::IsFolder);
        }
        self.may_remove(who, found.folder, ino)?;
        self.take_out(found.folder, &found.name, now);
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.links = node.links.saturating_sub(1);
        }
        Ok(())
    }

    fn may_remove(&self, who: &Who, folder: Ino, ino: Ino) -> Called<()> {
        self.may_change(who, folder)?;
        let (Some(above), Some(node)) = (self.nodes.get(&folder), self.nodes.get(&ino)) else {
            return Err(Errno::NoEntry);
        };
        let own = who.uid == 0 || who.uid == node.uid || who.uid == above.uid;
        if matches!(node.kind, Kind::Generated(_)) || (above.mode & STICKY != 0 && !own) {
            return Err(Errno::NotPermitted);
        }
        Ok(())
    }

    /// Removes an empty folder.
    pub fn remove_folder(&mut self, who: &Who, path: &str, now: Time) -> Called<()> {
        let found = self.walk(who, path, false)?;
        let ino = found.node.ok_or(Errno::NoEntry)?;
        let empty = self.entries(ino)?.is_empty();
        if found.name == ".." || found.name == "/" {
            return Err(Errno::Invalid);
        }
        self.may_remove(who, found.folder, ino)?;
        if !empty {
            return Err(Errno::NotEmpty);
        }
        self.take_out(found.folder, &found.name, now);
        self.nodes.remove(&ino);
        if let Some(above) = self.nodes.get_mut(&found.folder) {
            above.links = above.links.saturating_sub(1);
        }
        Ok(())
    }

    /// A second name for a file.
    pub fn link(&mut self, who: &Who, from: &str, to: &str, now: Time) -> Called<()> {
        let ino = self.find(who, from, false)?;
        let node = self.nodes.get(&ino).ok_or(Errno::NoEntry)?;
        if matches!(node.kind, Kind::Folder(_)) {
            return Err(Errno::NotPermitted);
        }
        let found = self.walk(who, to, false)?;
        if found.node.is_some() {
            return Err(Errno::Exists);
        }
        self.may_change(who, found.folder)?;
        self.put(found.folder, &found.name, ino, now);
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.links += 1;
        }
        Ok(())
    }

    /// Moves a name, over a file or an empty folder that has the new one.
    pub fn rename(&mut self, who: &Who, from: &str, to: &str, now: Time) -> Called<()> {
        let source = self.walk(who, from, false)?;
        let ino = source.node.ok_or(Errno::NoEntry)?;
        let target = self.walk(who, to.trim_end_matches('/'), false)?;
        self.may_remove(who, source.folder, ino)?;
        self.may_change(who, target.folder)?;
        let is_folder = self.entries(ino).is_ok();
        if is_folder && self.above(target.folder, ino) {
            return Err(Errno::Invalid);
        }
        if let Some(old) = target.node {
            if old == ino {
                return Ok(());
            }
            match (is_folder, self.entries(old)) {
                (true, Ok(entries)) if !entries.is_empty() => return Err(Errno::NotEmpty),
                (true, Err(_)) => return Err(Errno::NotFolder),
                (false, Ok(_)) => return Err(Errno::IsFolder),
                _ => {}
            }
            if is_folder {
                self.remove_folder(who, to, now)?;
            } else {
                self.unlink(who, to, now)?;
            }
        }
        self.take_out(source.folder, &source.name, now);
        self.put(target.folder, &target.name, ino, now);
        if is_folder && source.folder != target.folder {
            if let Some(node) = self.nodes.get_mut(&source.folder) {
                node.links = node.links.saturating_sub(1);
            }
            if let Some(node) = self.nodes.get_mut(&target.folder) {
                node.links += 1;
            }
        }
        Ok(())
    }

    /// Whether `folder` stands in `ino`, or is it.
    fn above(&self, folder: Ino, ino: Ino) -> bool {
        folder == ino
            || self.entries(ino).is_ok_and(|entries| {
                entries
                    .values()
                    .any(|inner| self.entries(*inner).is_ok() && self.above(folder, *inner))
            })
    }

    /// Sets the twelve bits.
    pub fn set_mode(&mut self, who: &Who, path: &str, mode: u16) -> Called<()> {
        let ino = self.find(who, path, true)?;
        let node = self.nodes.get_mut(&ino).ok_or(Errno::NoEntry)?;
        if who.uid != 0 && who.uid != node.uid {
            return Err(Errno::NotPermitted);
        }
        node.mode = mode & 0o7777;
        Ok(())
    }

    /// Sets owner and group, as far as they are given.
    pub fn set_owner(
        &mut self,
        who: &Who,
        path: &str,
        uid: Option<u32>,
        gid: Option<u32>,
        follow: bool,
    ) -> Called<()> {
        let ino = self.find(who, path, follow)?;
        let node = self.nodes.get_mut(&ino).ok_or(Errno::NoEntry)?;
        let keeps_user = uid.is_none_or(|uid| uid == node.uid);
        let own_group = gid.is_none_or(|gid| who.in_group(gid));
        if who.uid != 0 && !(who.uid == node.uid && keeps_user && own_group) {
            return Err(Errno::NotPermitted);
        }
        node.uid = uid.unwrap_or(node.uid);
        node.gid = gid.unwrap_or(node.gid);
        Ok(())
    }

    /// Sets when it was changed.
    pub fn set_time(&mut self, who: &Who, path: &str, time: Time) -> Called<()> {
        let ino = self.find(who, path, true)?;
        let node = self.nodes.get_mut(&ino).ok_or(Errno::NoEntry)?;
        if who.uid != node.uid && !node.allows(who, WRITE) {
            return Err(Errno::Access);
        }
        node.modified = time;
        Ok(())
    }

    /// Whether one may read, write or execute what stands there.
    #[must_use]
    pub fn allows(&self, who: &Who, path: &str, wanted: u16) -> bool {
        self.look(who, path, true).is_ok_and(|node| node.allows(who, wanted))
    }

    /// Forgets nodes without a name that nobody has open.
    pub fn sweep(&mut self, open: &BTreeSet<Ino>) {
        self.nodes.retain(|ino, node| node.links > 0 || open.contains(ino));
    }

    /// Makes a device.
    pub fn make_device(&mut self, path: &str, device: Device, now: Time) -> Called<()> {
        self.make(&Who::root(), path, Kind::Device(device), 0o666, now).map(|_| ())
    }

    /// Whether a folder can be read, for those that walk it.
    #[must_use]
    pub fn readable(&self, who: &Who, path: &str) -> bool {
        self.allows(who, path, READ)
    }
}

impl Files {
    /// Takes a process's folder out of `/proc`.
    pub(crate) fn forget_process(&mut self, name: &str) {
        let root = Who::root();
        let folder = format!("/proc/{name}");
        let Ok(ino) = self.find(&root, &folder, false) else { return };
        let inner: Vec<Ino> =
            self.entries(ino).map(|e| e.values().copied().collect()).unwrap_or_default();
        for node in inner {
            self.nodes.remove(&node);
        }
        self.nodes.remove(&ino);
        if let Ok(proc) = self.find(&root, "/proc", true)
            && let Some(node) = self.nodes.get_mut(&proc)
            && let Kind::Folder(entries) = &mut node.kind
        {
            entries.remove(name);
            node.links = node.links.saturating_sub(1);
        }
    }
}
