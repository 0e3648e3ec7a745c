//! The operations, in WebHDFS spelling where WebHDFS has them.
//!
//! Errors carry the Hadoop exception's class as their code and WebHDFS's status.

pub mod admin;
pub mod attributes;
pub mod nodes;
pub mod read;
pub mod write;

use super::State;
use super::namespace::{Inode, Kind, Path};
use super::permission::{self, User};
use base::Time;
use sim::Cx;
use sim::api::{ApiError, OpDef};

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[
    &write::Mkdirs::DEF,
    &write::Create::DEF,
    &write::Append::DEF,
    &write::Delete::DEF,
    &write::Rename::DEF,
    &write::ReportBadBlocks::DEF,
    &read::GetFileStatus::DEF,
    &read::ListStatus::DEF,
    &read::GetContentSummary::DEF,
    &read::Open::DEF,
    &read::GetBlockLocations::DEF,
    &read::CheckAccess::DEF,
    &attributes::SetReplication::DEF,
    &attributes::SetPermission::DEF,
    &attributes::SetOwner::DEF,
    &attributes::SetTimes::DEF,
    &attributes::SetQuota::DEF,
    &admin::Fsck::DEF,
    &admin::DatanodeReport::DEF,
    &admin::GetSafeMode::DEF,
    &admin::SetSafeMode::DEF,
    &admin::GetProperty::DEF,
    &nodes::ListNodes::DEF,
    &nodes::RestartNameNode::DEF,
    &nodes::CorruptReplica::DEF,
];

sim::string_enum! {
    /// What stands at a path.
    pub enum FileType { File = "FILE", Directory = "DIRECTORY" }
}

sim::structure! {
    /// What the NameNode knows of a path.
    pub struct FileStatus {
        /// The access time; 0 for directories.
        pub access_time: Time => "accessTime",
        /// Bytes of a full block of this file; 0 for directories.
        pub block_size: u64 => "blockSize",
        /// The number of children of a directory.
        pub children_num: u64 => "childrenNum",
        /// The inode number.
        pub file_id: u64 => "fileId",
        /// The group owner.
        pub group: String => "group",
        /// The number of bytes in a file.
        pub length: u64 => "length",
        /// The modification time.
        pub modification_time: Time => "modificationTime",
        /// The user who is the owner.
        pub owner: String => "owner",
        /// The last name of the path in a listing; empty for the path itself.
        pub path_suffix: String => "pathSuffix",
        /// The permission in octal: `644`, `1777`.
        pub permission: String => "permission",
        /// The number of replicas of a file; 0 for directories.
        pub replication: u32 => "replication",
        /// Whether it is a file or a directory.
        pub kind: FileType => "type",
    }
}

sim::structure! {
    /// A block with its replicas.
    pub struct LocatedBlock {
        /// `blk_1073741825_1001`
        pub block: String => "block",
        /// Where in the file it begins.
        pub offset: u64 => "offset",
        /// Bytes.
        pub length: u64 => "length",
        /// Names of the nodes with a replica.
        pub hosts: Vec<String> => "hosts",
        /// Addresses with port of the same nodes.
        pub names: Vec<String> => "names",
        /// The same nodes with their racks: `/rack1/10.0.1.11:9866`.
        pub topology_paths: Vec<String> => "topologyPaths",
        /// Whether every replica is corrupt.
        pub corrupt: bool => "corrupt",
    }
}

/// The status of one inode.
fn status(inode: &Inode, suffix: &str) -> FileStatus {
    let mut status = FileStatus {
        access_time: inode.accessed,
        file_id: inode.id,
        group: inode.access.group.clone(),
        modification_time: inode.modified,
        owner: inode.access.owner.clone(),
        path_suffix: suffix.to_owned(),
        permission: format!("{:o}", inode.access.mode),
        ..FileStatus::default()
    };
    match &inode.kind {
        Kind::Directory(directory) => {
            status.kind = FileType::Directory;
            status.children_num = directory.children.len() as u64;
        }
        Kind::File(file) => {
            status.length = file.len;
            status.block_size = file.block_size;
            status.replication = u32::from(file.replication);
        }
    }
    status
}

/// Reads a path of a request.
fn path(text: &str) -> Result<Path, ApiError> {
    Path::parse(text).ok_or_else(|| {
        ApiError::new(400, "InvalidPathException", format!("Invalid path name {text}"))
    })
}

/// `FileNotFoundException`
fn not_found(path: &Path) -> ApiError {
    ApiError::new(404, "FileNotFoundException", format!("File does not exist: {path}"))
}

/// `IllegalArgumentException`
fn illegal(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "IllegalArgumentException", message)
}

/// Reads a permission in octal.
fn mode(text: &str) -> Result<u16, ApiError> {
    u16::from_str_radix(text, 8).ok().filter(|m| *m <= 0o1777).ok_or_else(|| {
        illegal(format!("Invalid value for webhdfs parameter \"permission\": {text}"))
    })
}

/// The inode at a path, for a user who may go there.
fn locate<'a>(hdfs: &'a State, user: &User, path: &Path) -> Result<&'a Inode, ApiError> {
    let chain = hdfs.tree.walk(path);
    user.traverse(&hdfs.tree, &chain, path)?;
    hdfs.tree.find(path).ok_or_else(|| not_found(path))
}

/// Who calls, and where to.
fn begin(cx: &Cx<'_>, text: &str) -> Result<(User, Path), ApiError> {
    Ok((permission::user(cx)?, path(text)?))
}
