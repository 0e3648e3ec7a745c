//! Reading the name space and files.

use super::super::permission::{EXECUTE, READ, WRITE, denied};
use super::super::{config, namespace::Kind};
use super::{FileStatus, LocatedBlock, begin, illegal, locate, status};
use crate::hdfs;
use sim::api::{ApiError, Body, Read};
use sim::{Cx, World};

sim::operation! {
    /// Returns the status of a file or directory.
    read GetFileStatus in "hdfs" = "GET /webhdfs/v1/{path+}?op=GETFILESTATUS";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
    }
    output GetFileStatusOutput {
        /// The status.
        pub file_status: FileStatus => "FileStatus",
    }
    errors ["FileNotFoundException", "AccessControlException"]
    access itself
}

impl Read for GetFileStatus {
    type Output = GetFileStatusOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let inode = locate(world.get::<hdfs::State>(), &user, &path)?;
        Ok(GetFileStatusOutput { file_status: status(inode, "") })
    }
}

sim::structure! {
    /// Some entries of a directory.
    pub struct FileStatuses {
        /// In byte order of their names.
        pub file_status: Vec<FileStatus> => "FileStatus",
    }
}

sim::operation! {
    /// Lists a directory, up to 1,000 entries at a time. A file lists itself.
    read ListStatus in "hdfs" = "GET /webhdfs/v1/{path+}?op=LISTSTATUS_BATCH";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// The name after which to go on.
        pub start_after: Option<String> => "startAfter" Query("startAfter"),
    }
    output ListStatusOutput {
        /// The entries.
        pub file_statuses: FileStatuses => "FileStatuses",
        /// How many more there are.
        pub remaining_entries: u64 => "remainingEntries",
    }
    errors ["FileNotFoundException", "AccessControlException"]
    access itself
}

impl Read for ListStatus {
    type Output = ListStatusOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        use std::ops::Bound::{Excluded, Unbounded};
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get::<hdfs::State>();
        let tree = &hdfs.tree;
        let inode = locate(hdfs, &user, &path)?;
        let Kind::Directory(directory) = &inode.kind else {
            let file_statuses = FileStatuses { file_status: vec![status(inode, "")] };
            return Ok(ListStatusOutput { file_statuses, remaining_entries: 0 });
        };
        user.require(tree, inode, READ | EXECUTE)?;
        let from = self.start_after.map_or(Unbounded, Excluded);
        let mut entries = directory.children.range::<String, _>((from, Unbounded));
        let file_status: Vec<FileStatus> = entries
            .by_ref()
            .take(hdfs.settings.list_limit)
            .filter_map(|(name, id)| tree.get(*id).map(|i| status(i, name)))
            .collect();
        let remaining_entries = entries.count() as u64;
        Ok(ListStatusOutput { file_statuses: FileStatuses { file_status }, remaining_entries })
    }
}

sim::structure! {
    /// What is at and below a path.
    pub struct ContentSummary {
        /// Directories, the path itself counted.
        pub directory_count: u64 => "directoryCount",
        /// Files.
        pub file_count: u64 => "fileCount",
        /// Bytes of the files.
        pub length: u64 => "length",
        /// Names allowed; -1 for no quota.
        pub quota: i64 => "quota",
        /// Bytes of all replicas.
        pub space_consumed: u64 => "spaceConsumed",
        /// Bytes of replicas allowed; -1 for no quota.
        pub space_quota: i64 => "spaceQuota",
    }
}

sim::operation! {
    /// Returns how much there is at and below a path, and its quotas.
    read GetContentSummary in "hdfs" = "GET /webhdfs/v1/{path+}?op=GETCONTENTSUMMARY";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
    }
    output GetContentSummaryOutput {
        /// The summary.
        pub content_summary: ContentSummary => "ContentSummary",
    }
    errors ["FileNotFoundException", "AccessControlException"]
    access itself
}

impl Read for GetContentSummary {
    type Output = GetContentSummaryOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let inode = locate(world.get::<hdfs::State>(), &user, &path)?;
        let weight = inode.weight();
        let quota = |q: Option<u64>| q.and_then(|q| i64::try_from(q).ok()).unwrap_or(-1);
        let mut summary = ContentSummary {
            directory_count: weight.dirs,
            file_count: weight.files,
            length: weight.bytes,
            quota: -1,
            space_consumed: weight.space,
            space_quota: -1,
        };
        if let Some(directory) = inode.directory() {
            user.require(&world.get::<hdfs::State>().tree, inode, READ | EXECUTE)?;
            summary.quota = quota(directory.name_quota);
            summary.space_quota = quota(directory.space_quota);
        }
        Ok(GetContentSummaryOutput { content_summary: summary })
    }
}

sim::structure! {
    /// A replica, by block and node.
    pub struct ReplicaName {
        /// `blk_1073741825_1001`
        pub block: String => "block",
        /// `dn1`
        pub node: String => "node",
    }
}

sim::operation! {
    /// Opens and reads a file. The answer names the bytes; they are outside of the world.
    read Open in "hdfs" = "GET /webhdfs/v1/{path+}?op=OPEN";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// The first byte; 0 unless given.
        pub offset: Option<u64> => "offset" Query("offset"),
        /// How many bytes; all unless given.
        pub length: Option<u64> => "length" Query("length"),
    }
    output OpenOutput {
        /// The bytes.
        pub body: Body => "body" Payload("body"),
        /// Which node served which block.
        pub served: Vec<ReplicaName> => "served",
        /// Nodes that did not answer, as warnings spell them.
        pub silent: Vec<String> => "silent",
        /// Replicas found corrupt, to be reported with `ReportBadBlocks`.
        pub corrupt: Vec<ReplicaName> => "corrupt",
    }
    errors ["FileNotFoundException", "AccessControlException", "BlockMissingException"]
    access itself
}

impl Read for Open {
    type Output = OpenOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get::<hdfs::State>();
        let inode = locate(hdfs, &user, &path)?;
        let Some(file) = inode.file() else {
            let message = format!("Path is not a file: {path}");
            return Err(ApiError::new(404, "FileNotFoundException", message));
        };
        user.require(&hdfs.tree, inode, READ)?;
        let offset = self.offset.unwrap_or(0);
        if offset > file.len {
            return Err(super::super::files::io(format!(
                "Offset={offset} out of the range [0, {}); OPEN, path={path}",
                file.len
            )));
        }
        let length = self.length.unwrap_or(u64::MAX);
        let served = hdfs.serve(&path.to_string(), &file.blocks, offset, length)?;
        let name = |(block, node): &(u64, super::super::NodeId)| ReplicaName {
            block: hdfs.blocks.get(block).map(super::super::Block::name).unwrap_or_default(),
            node: hdfs.node(*node).name.clone(),
        };
        Ok(OpenOutput {
            served: served.by.iter().map(name).collect(),
            silent: served.silent.iter().map(|n| hdfs.node(*n).with_storage()).collect(),
            corrupt: served.corrupt.iter().map(name).collect(),
            body: Body(served.slices),
        })
    }
}

sim::structure! {
    /// The blocks of a file.
    pub struct BlockLocations {
        /// In order.
        pub block_location: Vec<LocatedBlock> => "BlockLocation",
    }
}

sim::operation! {
    /// Returns the blocks of a file with their replicas, as the NameNode believes.
    read GetBlockLocations in "hdfs" = "GET /webhdfs/v1/{path+}?op=GETFILEBLOCKLOCATIONS";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
    }
    output GetBlockLocationsOutput {
        /// The blocks.
        pub block_locations: BlockLocations => "BlockLocations",
    }
    errors ["FileNotFoundException", "AccessControlException"]
    access itself
}

impl Read for GetBlockLocations {
    type Output = GetBlockLocationsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get::<hdfs::State>();
        let inode = locate(hdfs, &user, &path)?;
        let Some(file) = inode.file() else {
            let message = format!("Path is not a file: {path}");
            return Err(ApiError::new(404, "FileNotFoundException", message));
        };
        user.require(&hdfs.tree, inode, READ)?;
        let mut offset = 0;
        let mut block_location = Vec::new();
        for block in file.blocks.iter().filter_map(|id| hdfs.blocks.get(id)) {
            let mut located = LocatedBlock {
                block: block.name(),
                offset,
                length: block.len,
                corrupt: block.live.is_empty() && !block.corrupt.is_empty(),
                ..LocatedBlock::default()
            };
            for node in block.live.iter().map(|n| hdfs.node(*n)) {
                let name = format!("{}:{}", node.address, config::DATANODE_PORT);
                located.topology_paths.push(format!("{}/{name}", node.rack));
                located.names.push(name);
                located.hosts.push(node.name.clone());
            }
            offset += block.len;
            block_location.push(located);
        }
        Ok(GetBlockLocationsOutput { block_locations: BlockLocations { block_location } })
    }
}

sim::operation! {
    /// Tells whether the caller may do something with a path.
    read CheckAccess in "hdfs" = "GET /webhdfs/v1/{path+}?op=CHECKACCESS";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// What: `r--`, `rw-`, ...
        pub fsaction: String => "fsaction" Query("fsaction"),
    }
    output CheckAccessOutput {}
    errors ["FileNotFoundException", "AccessControlException"]
    access itself
}

impl Read for CheckAccess {
    type Output = CheckAccessOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let mut want = 0;
        for letter in self.fsaction.chars() {
            want |= match letter {
                'r' => READ,
                'w' => WRITE,
                'x' => EXECUTE,
                '-' => 0,
                _ => {
                    return Err(illegal(format!(
                        "Invalid value for webhdfs parameter \"fsaction\": {}",
                        self.fsaction
                    )));
                }
            };
        }
        let inode = locate(world.get::<hdfs::State>(), &user, &path)?;
        if user.allows(inode, want) {
            Ok(CheckAccessOutput {})
        } else {
            Err(denied(format!("Permission denied: user={}, path=\"{path}\"", user.name)))
        }
    }
}
