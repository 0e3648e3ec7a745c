//! Who may do what: the POSIX-like model of the HDFS permissions guide.
//!
//! Authentication is Hadoop's "simple": a caller is who it says it is. The user that runs the
//! NameNode may do everything. ACLs are not built yet. A user belongs to the group of its own name.

use super::config;
use super::namespace::{Access, Inode, Kind, Namespace, Path};
use sim::api::ApiError;
use sim::{Cx, Principal};

pub(super) const READ: u16 = 4;
pub(super) const WRITE: u16 = 2;
pub(super) const EXECUTE: u16 = 1;
const ALL: u16 = 7;

/// A caller.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub name: String,
    pub superuser: bool,
}

/// Who calls. The lab's own hands and the account's root act as the superuser.
pub(super) fn user(cx: &Cx<'_>) -> Result<User, ApiError> {
    match &cx.caller.principal {
        Principal::Unix(name) => {
            Ok(User { name: name.clone(), superuser: name == config::SUPERUSER })
        }
        Principal::Lab | Principal::Root => {
            Ok(User { name: config::SUPERUSER.into(), superuser: true })
        }
        other => Err(denied(format!(
            "SIMPLE authentication is not enabled for {other}.  Available:[SIMPLE]"
        ))),
    }
}

/// An `AccessControlException`.
pub(super) fn denied(message: impl Into<String>) -> ApiError {
    ApiError::new(403, "AccessControlException", message)
}

/// `drwxr-xr-x`, without a mark for the sticky bit's missing `x` (that is `T`).
pub(super) fn symbolic(inode: &Inode) -> String {
    let kind = if matches!(inode.kind, Kind::Directory(_)) { 'd' } else { '-' };
    format!("{kind}{}", bits(inode.access.mode))
}

/// `rwxr-xr-t`
pub(super) fn bits(mode: u16) -> String {
    let mut text = String::with_capacity(9);
    for shift in [6, 3, 0] {
        let three = mode >> shift;
        text.push(if three & READ == 0 { '-' } else { 'r' });
        text.push(if three & WRITE == 0 { '-' } else { 'w' });
        let sticky = shift == 0 && mode & 0o1000 != 0;
        text.push(match (three & EXECUTE != 0, sticky) {
            (true, false) => 'x',
            (true, true) => 't',
            (false, true) => 'T',
            (false, false) => '-',
        });
    }
    text
}

impl User {
    fn may(&self, access: &Access, want: u16) -> bool {
        let shift = if access.owner == self.name {
            6
        } else if access.group == self.name {
            3
        } else {
            0
        };
        self.superuser || (access.mode >> shift) & want == want
    }

    /// That this user may enter every directory above the last inode of `chain`.
    ///
    /// # Errors
    /// `AccessControlException`, or `ParentNotDirectoryException` when one of them is a file and
    /// the path goes on.
    pub(super) fn traverse(
        &self,
        tree: &Namespace,
        chain: &[&Inode],
        whole: &Path,
    ) -> Result<(), ApiError> {
        for (depth, inode) in chain.iter().enumerate() {
            if depth == whole.names.len() {
                break;
            }
            if inode.file().is_some() {
                let path = tree.path_of(inode.id);
                let message = format!("{path} (is not a directory)");
                return Err(ApiError::new(403, "ParentNotDirectoryException", message));
            }
            self.require(tree, inode, EXECUTE)?;
        }
        Ok(())
    }

    /// That this user has these bits on an inode.
    pub(super) fn require(
        &self,
        tree: &Namespace,
        inode: &Inode,
        want: u16,
    ) -> Result<(), ApiError> {
        if self.may(&inode.access, want) {
            return Ok(());
        }
        let access = &inode.access;
        Err(denied(format!(
            "Permission denied: user={}, access={}, inode=\"{}\":{}:{}:{}",
            self.name,
            action(want),
            tree.path_of(inode.id),
            access.owner,
            access.group,
            symbolic(inode)
        )))
    }

    /// Whether this user has these bits, for `-test -r` and the like.
    pub(super) fn allows(&self, inode: &Inode, want: u16) -> bool {
        self.may(&inode.access, want)
    }

    /// That this user may take `inode` out of its directory.
    pub(super) fn unlink(&self, tree: &Namespace, inode: &Inode) -> Result<(), ApiError> {
        let Some(parent) = tree.get(inode.parent) else { return Ok(()) };
        self.require(tree, parent, WRITE)?;
        let owners = [parent.access.owner.as_str(), inode.access.owner.as_str()];
        if parent.access.mode & 0o1000 == 0
            || self.superuser
            || owners.contains(&self.name.as_str())
        {
            return Ok(());
        }
        let spell = |i: &Inode| {
            let path = tree.path_of(i.id);
            format!("\"{path}\":{}:{}:{}", i.access.owner, i.access.group, symbolic(i))
        };
        Err(denied(format!(
            "Permission denied by sticky bit: user={}, path={}, parent={}",
            self.name,
            spell(inode),
            spell(parent)
        )))
    }

    /// That this user may do everything with every directory in a tree that has something in it.
    pub(super) fn subtree(&self, tree: &Namespace, top: &Inode) -> Result<(), ApiError> {
        if self.superuser {
            return Ok(());
        }
        let mut waiting = vec![top];
        while let Some(inode) = waiting.pop() {
            if let Some(directory) = inode.directory().filter(|d| !d.children.is_empty()) {
                self.require(tree, inode, ALL)?;
                waiting.extend(directory.children.values().filter_map(|id| tree.get(*id)));
            }
        }
        Ok(())
    }

    /// That this user owns the inode.
    pub(super) fn owns(&self, tree: &Namespace, inode: &Inode) -> Result<(), ApiError> {
        if self.superuser || inode.access.owner == self.name {
            return Ok(());
        }
        let path = tree.path_of(inode.id);
        Err(denied(format!(
            "Permission denied. user={} is not the owner of inode={path}",
            self.name
        )))
    }

    /// That this user is the superuser.
    pub(super) fn privileged(&self) -> Result<(), ApiError> {
        if self.superuser {
            return Ok(());
        }
        Err(denied(format!(
            "Access denied for user {}. Superuser privilege is required",
            self.name
        )))
    }
}

fn action(want: u16) -> &'static str {
    match want {
        EXECUTE => "EXECUTE",
        WRITE => "WRITE",
        3 => "WRITE_EXECUTE",
        READ => "READ",
        5 => "READ_EXECUTE",
        6 => "READ_WRITE",
        7 => "ALL",
        _ => "NONE",
    }
}
