//! Changing what is known of a file or directory: replication, permission, owner, times, quotas.

use super::super::change;
use super::super::namespace::Kind;
use super::super::permission::{WRITE, denied};
use super::write::replication_factor;
use super::{begin, illegal, locate, mode, not_found};
use crate::hdfs;
use base::Time;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets how many replicas a file is to have. Copies are made, and surplus ones deleted, afterwards.
    write SetReplication in "hdfs" = "PUT /webhdfs/v1/{path+}?op=SETREPLICATION";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// How many.
        pub replication: u32 => "replication" Query("replication"),
    }
    output SetReplicationOutput {
        /// Whether there is such a file.
        pub done: bool => "boolean",
    }
    errors ["AccessControlException", "SafeModeException", "IOException", "FileNotFoundException",
        "DSQuotaExceededException"]
    access itself
}

impl Write for SetReplication {
    type Output = SetReplicationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get::<hdfs::State>();
        hdfs.open_to_changes(&format!("Cannot set replication for {path}"), cx.at)?;
        let wanted = replication_factor(self.replication, &path, hdfs.settings())?;
        let tree = &hdfs.tree;
        let inode = locate(hdfs, &user, &path)?;
        user.require(tree, inode, WRITE)?;
        let Some(file) = inode.file() else { return Ok(SetReplicationOutput { done: false }) };
        let more = file.len * u64::from(wanted.saturating_sub(file.replication));
        super::super::quota::fits(tree, inode.parent, 0, more, &[])?;
        let (id, blocks) = (inode.id, file.blocks.clone());
        change(world, |hdfs, act| {
            hdfs.tree.change_file(id, |f| f.replication = wanted);
            for id in blocks {
                if let Some(block) = hdfs.blocks.get_mut(&id) {
                    block.target = wanted;
                }
                hdfs.evaluate(id, act);
            }
        });
        Ok(SetReplicationOutput { done: true })
    }
}

sim::operation! {
    /// Sets the permission of a file or directory.
    write SetPermission in "hdfs" = "PUT /webhdfs/v1/{path+}?op=SETPERMISSION";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// In octal.
        pub permission: String => "permission" Query("permission"),
    }
    output SetPermissionOutput {}
    errors ["AccessControlException", "SafeModeException", "FileNotFoundException"]
    access itself
}

impl Write for SetPermission {
    type Output = SetPermissionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get_mut::<hdfs::State>();
        let mut mode = mode(&self.permission)?;
        hdfs.open_to_changes(&format!("Cannot set permission for {path}"), cx.at)?;
        let inode = locate(hdfs, &user, &path)?;
        user.owns(&hdfs.tree, inode)?;
        if inode.file().is_some() {
            mode &= 0o777;
        }
        let id = inode.id;
        let inode = hdfs.tree.get_mut(id).ok_or_else(|| not_found(&path))?;
        inode.access.mode = mode;
        Ok(SetPermissionOutput {})
    }
}

sim::operation! {
    /// Sets the owner or the group of a file or directory.
    write SetOwner in "hdfs" = "PUT /webhdfs/v1/{path+}?op=SETOWNER";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// The new owner; only the superuser may give files away.
        pub owner: Option<String> => "owner" Query("owner"),
        /// The new group.
        pub group: Option<String> => "group" Query("group"),
    }
    output SetOwnerOutput {}
    errors ["AccessControlException", "SafeModeException", "FileNotFoundException"]
    access itself
}

impl Write for SetOwner {
    type Output = SetOwnerOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get_mut::<hdfs::State>();
        hdfs.open_to_changes(&format!("Cannot set owner for {path}"), cx.at)?;
        let inode = locate(hdfs, &user, &path)?;
        user.owns(&hdfs.tree, inode)?;
        if !user.superuser {
            if self.owner.as_ref().is_some_and(|o| *o != user.name) {
                return Err(denied(format!(
                    "User {} is not a super user (non-super user cannot change owner).",
                    user.name
                )));
            }
            if let Some(group) = self.group.as_ref().filter(|g| **g != user.name) {
                return Err(denied(format!("User {} does not belong to {group}", user.name)));
            }
        }
        let id = inode.id;
        let inode = hdfs.tree.get_mut(id).ok_or_else(|| not_found(&path))?;
        if let Some(owner) = self.owner {
            inode.access.owner = owner;
        }
        if let Some(group) = self.group {
            inode.access.group = group;
        }
        Ok(SetOwnerOutput {})
    }
}

sim::operation! {
    /// Sets the modification or access time of a file or directory.
    write SetTimes in "hdfs" = "PUT /webhdfs/v1/{path+}?op=SETTIMES";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// The modification time; unchanged unless given.
        pub modification_time: Option<Time> => "modificationtime" Query("modificationtime"),
        /// The access time; unchanged unless given.
        pub access_time: Option<Time> => "accesstime" Query("accesstime"),
    }
    output SetTimesOutput {}
    errors ["AccessControlException", "SafeModeException", "FileNotFoundException"]
    access itself
}

impl Write for SetTimes {
    type Output = SetTimesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get_mut::<hdfs::State>();
        hdfs.open_to_changes(&format!("Cannot set times {path}"), cx.at)?;
        let inode = locate(hdfs, &user, &path)?;
        user.require(&hdfs.tree, inode, WRITE)?;
        let id = inode.id;
        let inode = hdfs.tree.get_mut(id).ok_or_else(|| not_found(&path))?;
        if let Some(time) = self.modification_time {
            inode.modified = time;
        }
        if let Some(time) = self.access_time {
            inode.accessed = time;
        }
        Ok(SetTimesOutput {})
    }
}

sim::operation! {
    /// Sets the quotas of a directory.
    write SetQuota in "hdfs" = "PUT /webhdfs/v1/{path+}?op=SETQUOTA";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// Names allowed at and below it; -1 lifts the quota. Unchanged unless given.
        pub namespace_quota: Option<i64> => "namespacequota" Query("namespacequota"),
        /// Bytes of replicas allowed below it; -1 lifts the quota. Unchanged unless given.
        pub storagespace_quota: Option<i64> => "storagespacequota" Query("storagespacequota"),
    }
    output SetQuotaOutput {}
    errors ["AccessControlException", "SafeModeException", "FileNotFoundException"]
    access itself
}

impl Write for SetQuota {
    type Output = SetQuotaOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get_mut::<hdfs::State>();
        hdfs.open_to_changes(&format!("Cannot set quota on {path}"), cx.at)?;
        user.privileged()?;
        let read = |quota: Option<i64>| match quota {
            None => Ok(None),
            Some(-1) => Ok(Some(None)),
            Some(n) if n > 0 => Ok(Some(u64::try_from(n).ok())),
            Some(n) => Err(illegal(format!("Invalid values for quota : {n}"))),
        };
        let (names, space) = (read(self.namespace_quota)?, read(self.storagespace_quota)?);
        if path.names.is_empty() && names == Some(None) {
            return Err(illegal("Cannot clear namespace quota on root."));
        }
        let id = hdfs.tree.find(&path).map(|i| i.id);
        let missing = || {
            let message = format!("Directory does not exist: {path}");
            ApiError::new(404, "FileNotFoundException", message)
        };
        let inode = id.and_then(|id| hdfs.tree.get_mut(id)).ok_or_else(missing)?;
        let Kind::Directory(directory) = &mut inode.kind else { return Err(missing()) };
        if let Some(quota) = names {
            directory.name_quota = quota;
        }
        if let Some(quota) = space {
            directory.space_quota = quota;
        }
        Ok(SetQuotaOutput {})
    }
}
