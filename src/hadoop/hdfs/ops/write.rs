//! Changing the name space and files.

use super::super::config::Settings;
use super::super::files::{self, Layout};
use super::super::namespace::{Access, Directory, File, Kind, Namespace, Path};
use super::super::permission::{READ, User, WRITE};
use super::super::{State, change, config, quota};
use super::{begin, illegal, mode, not_found, read::ReplicaName};
use crate::hdfs;
use base::{Blob, Time};
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Makes a directory and every directory above it that is missing.
    write Mkdirs in "hdfs" = "PUT /webhdfs/v1/{path+}?op=MKDIRS";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// The permission in octal; 755 unless given.
        pub permission: Option<String> => "permission" Query("permission"),
    }
    output MkdirsOutput {
        /// Whether it is there now.
        pub done: bool => "boolean",
    }
    errors ["AccessControlException", "FileAlreadyExistsException", "ParentNotDirectoryException",
        "SafeModeException", "NSQuotaExceededException", "PathComponentTooLongException"]
    access itself
}

impl Write for Mkdirs {
    type Output = MkdirsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let mode = self.permission.as_deref().map_or(Ok(0o755), mode)?;
        let hdfs = world.get_mut::<hdfs::State>();
        hdfs.open_to_changes(&format!("Cannot create directory {path}"), cx.at)?;
        let chain = hdfs.tree.walk(&path);
        user.traverse(&hdfs.tree, &chain, &path)?;
        let last = chain[chain.len() - 1];
        if chain.len() == path.names.len() + 1 {
            if last.directory().is_some() {
                return Ok(MkdirsOutput { done: true });
            }
            let message = format!("Path is not a directory: {path}");
            return Err(ApiError::new(403, "FileAlreadyExistsException", message));
        }
        check_names(&path, hdfs.settings.max_component_length)?;
        user.require(&hdfs.tree, last, WRITE)?;
        let missing = (path.names.len() + 1 - chain.len()) as u64;
        quota::fits(&hdfs.tree, last.id, missing, 0, &[])?;
        make_directories(&mut hdfs.tree, &user, &path, mode, cx.at);
        Ok(MkdirsOutput { done: true })
    }
}

/// Makes what is missing of a path; the inode of its last directory.
fn make_directories(tree: &mut Namespace, user: &User, path: &Path, mode: u16, now: Time) -> u64 {
    let chain = tree.walk(path);
    let last = chain[chain.len() - 1];
    let (mut parent, group) = (last.id, last.access.group.clone());
    for name in &path.names[chain.len() - 1..] {
        // A new inode belongs to the group of its directory, as in BSD.
        let access = Access { owner: user.name.clone(), group: group.clone(), mode };
        parent = tree.add(parent, name, access, now, Kind::Directory(Directory::default()));
    }
    parent
}

fn check_names(path: &Path, limit: usize) -> Result<(), ApiError> {
    for (depth, name) in path.names.iter().enumerate() {
        let length = name.len();
        if length > limit {
            let message = format!(
                "The maximum path component name limit of {name} in directory {} is exceeded: \
                 limit={limit} length={length}",
                path.upto(depth)
            );
            return Err(ApiError::new(403, "PathComponentTooLongException", message));
        }
    }
    Ok(())
}

sim::operation! {
    /// Creates a file with its content.
    write Create in "hdfs" = "PUT /webhdfs/v1/{path+}?op=CREATE" (201);
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// Whether a file that is there is replaced; not unless given.
        pub overwrite: Option<bool> => "overwrite" Query("overwrite"),
        /// How many replicas; 3 unless given.
        pub replication: Option<u32> => "replication" Query("replication"),
        /// Bytes of a block; 128 MiB unless given.
        pub blocksize: Option<u64> => "blocksize" Query("blocksize"),
        /// The permission in octal; 644 unless given.
        pub permission: Option<String> => "permission" Query("permission"),
        /// Whether missing directories above it are made; they are unless this is false.
        pub create_parent: Option<bool> => "createparent" Query("createparent"),
        /// The content; none makes an empty file.
        pub body: Option<Blob> => "body" Payload("body"),
    }
    output CreateOutput {
        /// The blocks with the nodes of their pipelines.
        pub blocks: Vec<ReplicaName> => "blocks",
        /// Nodes that did not answer while pipelines were set up, as warnings spell them.
        pub excluded: Vec<String> => "excluded",
    }
    errors ["AccessControlException", "FileAlreadyExistsException", "FileNotFoundException",
        "ParentNotDirectoryException", "SafeModeException", "IOException",
        "NSQuotaExceededException", "DSQuotaExceededException", "PathComponentTooLongException"]
    access itself
}

/// The checked form of a [`Create`].
struct Creation {
    user: User,
    path: Path,
    layout: Layout,
    mode: u16,
    /// The inode it replaces.
    old: Option<u64>,
}

impl Create {
    fn layout(&self, path: &Path, settings: &Settings) -> Result<Layout, ApiError> {
        let replication = self.replication.unwrap_or(u32::from(settings.replication));
        let replication = replication_factor(replication, path, settings)?;
        let block_size = self.blocksize.unwrap_or(settings.block_size);
        if block_size < settings.min_block_size {
            return Err(files::io(format!(
                "Specified block size is less than configured minimum value \
                 (dfs.namenode.fs-limits.min-block-size): {block_size} < {}",
                settings.min_block_size
            )));
        }
        if !block_size.is_multiple_of(config::BYTES_PER_CHECKSUM) {
            return Err(illegal(format!(
                "Invalid values: dfs.bytes-per-checksum (={}) must divide block size (={block_size}).",
                config::BYTES_PER_CHECKSUM
            )));
        }
        Ok(Layout { replication, block_size })
    }

    fn check(&self, hdfs: &State, cx: &Cx<'_>) -> Result<Creation, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let mode = self.permission.as_deref().map_or(Ok(0o644), mode)?;
        hdfs.open_to_changes(&format!("Cannot create file{path}"), cx.at)?;
        let layout = self.layout(&path, &hdfs.settings)?;
        let chain = hdfs.tree.walk(&path);
        user.traverse(&hdfs.tree, &chain, &path)?;
        let last = chain[chain.len() - 1];
        let exists = chain.len() == path.names.len() + 1;
        if exists {
            let overwrite = self.overwrite.unwrap_or(false);
            let message = if last.directory().is_some() {
                Some(format!("{path} already exists as a directory"))
            } else {
                let client = config::GATEWAY_ADDRESS;
                (!overwrite).then(|| format!("{path} for client {client} already exists"))
            };
            if let Some(message) = message {
                return Err(ApiError::new(403, "FileAlreadyExistsException", message));
            }
            user.require(&hdfs.tree, last, WRITE)?;
        } else {
            if !self.create_parent.unwrap_or(true) && chain.len() < path.names.len() {
                let message = format!("Parent directory doesn't exist: {}", path.parent());
                return Err(ApiError::new(404, "FileNotFoundException", message));
            }
            user.require(&hdfs.tree, last, WRITE)?;
        }
        check_names(&path, hdfs.settings.max_component_length)?;
        let len = self.body.as_ref().map_or(0, |b| b.len);
        // The NameNode counts a block that is being written as full.
        let space =
            len.div_ceil(layout.block_size) * layout.block_size * u64::from(layout.replication);
        let freed = if exists { last.weight().space } else { 0 };
        let names = (path.names.len() + 1 - chain.len()) as u64;
        let top = if exists { last.parent } else { last.id };
        quota::fits(&hdfs.tree, top, names, space.saturating_sub(freed), &[])?;
        let old = exists.then_some(last.id);
        Ok(Creation { user, path, layout, mode, old })
    }
}

/// That a replication factor is within the cluster's bounds.
pub(super) fn replication_factor(
    wanted: u32,
    path: &Path,
    settings: &Settings,
) -> Result<u16, ApiError> {
    let most = settings.max_replication;
    match u16::try_from(wanted) {
        Ok(0) => Err(files::io(format!(
            "Requested replication factor of 0 is less than the required minimum of 1 for {path}"
        ))),
        Ok(n) if u32::from(n) <= most => Ok(n),
        _ => Err(files::io(format!(
            "Requested replication factor of {wanted} exceeds maximum of {most} for {path}"
        ))),
    }
}

impl Write for Create {
    type Output = CreateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let creation = self.check(world.get::<hdfs::State>(), cx)?;
        let Creation { user, path, layout, mode, old } = creation;
        let body = self.body.unwrap_or_default();
        let parts = files::cut(&body, 0, layout.block_size);
        let rng = world.rng::<hdfs::State>().clone();
        let plan = world.get_mut::<hdfs::State>().plan(&rng, &path.to_string(), &parts, layout)?;
        let mut output = CreateOutput {
            blocks: Vec::new(),
            excluded: plan
                .excluded
                .iter()
                .map(|n| world.get::<hdfs::State>().node(*n).with_storage())
                .collect(),
        };
        for block in &plan.blocks {
            for node in &block.nodes {
                let name = format!("blk_{}_{}", block.id, block.stamp);
                let node = world.get::<hdfs::State>().node(*node).name.clone();
                output.blocks.push(ReplicaName { block: name, node });
            }
        }
        change(world, |hdfs, act| {
            if let Some(old) = old {
                let blocks = hdfs.tree.remove(old, act.now);
                hdfs.drop_blocks(&blocks, act);
            }
            let parent = make_directories(&mut hdfs.tree, &user, &path.parent(), 0o755, act.now);
            let group = hdfs.tree.get(parent).map(|i| i.access.group.clone()).unwrap_or_default();
            let access = Access { owner: user.name.clone(), group, mode: mode & 0o777 };
            let file = File {
                replication: layout.replication,
                block_size: layout.block_size,
                len: 0,
                blocks: Vec::new(),
            };
            let id = hdfs.tree.add(parent, path.name(), access, act.now, Kind::File(file));
            hdfs.write(plan, id, layout.replication, act);
        });
        Ok(output)
    }
}

sim::operation! {
    /// Adds content to the end of a file.
    write Append in "hdfs" = "POST /webhdfs/v1/{path+}?op=APPEND";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// The content.
        pub body: Option<Blob> => "body" Payload("body"),
    }
    output AppendOutput {
        /// Nodes that did not answer while pipelines were set up, as warnings spell them.
        pub excluded: Vec<String> => "excluded",
    }
    errors ["AccessControlException", "FileNotFoundException", "SafeModeException", "IOException",
        "DSQuotaExceededException"]
    access itself
}

impl Write for Append {
    type Output = AppendOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        world
            .get::<hdfs::State>()
            .open_to_changes(&format!("Cannot append to file{path}"), cx.at)?;
        let tree = &world.get::<hdfs::State>().tree;
        let inode = super::locate(world.get::<hdfs::State>(), &user, &path)?;
        user.require(tree, inode, WRITE)?;
        let Some(file) = inode.file() else {
            let message = format!("Path is not a file: {path}");
            return Err(ApiError::new(403, "FileAlreadyExistsException", message));
        };
        let layout = Layout { replication: file.replication, block_size: file.block_size };
        let last =
            file.blocks.last().copied().filter(|_| !file.len.is_multiple_of(file.block_size));
        let room = last.map_or(0, |_| file.block_size - file.len % file.block_size);
        let body = self.body.unwrap_or_default();
        let space = body.len * u64::from(file.replication);
        let (id, parent) = (inode.id, inode.parent);
        quota::fits(tree, parent, 0, space, &[])?;
        let mut parts = files::cut(&body, room, file.block_size);
        let filling = last.filter(|_| !parts.is_empty()).map(|block| (block, parts.remove(0)));
        if let Some((block, _)) = &filling {
            world.get::<hdfs::State>().appendable(*block)?;
        }
        let rng = world.rng::<hdfs::State>().clone();
        let plan = world.get_mut::<hdfs::State>().plan(&rng, &path.to_string(), &parts, layout)?;
        let excluded = plan
            .excluded
            .iter()
            .map(|n| world.get::<hdfs::State>().node(*n).with_storage())
            .collect();
        change(world, |hdfs, act| {
            hdfs.write(plan, id, layout.replication, act);
            if let Some((block, part)) = filling {
                hdfs.extend(block, part, act);
            }
            if let Some(inode) = hdfs.tree.get_mut(id) {
                inode.modified = act.now;
            }
        });
        Ok(AppendOutput { excluded })
    }
}

sim::operation! {
    /// Deletes a file or directory.
    write Delete in "hdfs" = "DELETE /webhdfs/v1/{path+}?op=DELETE";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// Whether a directory goes with all that is in it; not unless given.
        pub recursive: Option<bool> => "recursive" Query("recursive"),
    }
    output DeleteOutput {
        /// Whether there was anything to delete.
        pub done: bool => "boolean",
    }
    errors ["AccessControlException", "PathIsNotEmptyDirectoryException", "SafeModeException"]
    access itself
}

impl Write for Delete {
    type Output = DeleteOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get::<hdfs::State>();
        hdfs.open_to_changes(&format!("Cannot delete {path}"), cx.at)?;
        let chain = hdfs.tree.walk(&path);
        user.traverse(&hdfs.tree, &chain, &path)?;
        let Some(inode) = hdfs.tree.find(&path).filter(|_| !path.names.is_empty()) else {
            return Ok(DeleteOutput { done: false });
        };
        let recursive = self.recursive.unwrap_or(false);
        user.unlink(&hdfs.tree, inode)?;
        if inode.directory().is_some_and(|d| !d.children.is_empty()) {
            if !recursive {
                let message = format!("`{path} is non empty': Directory is not empty");
                return Err(ApiError::new(403, "PathIsNotEmptyDirectoryException", message));
            }
            user.subtree(&hdfs.tree, inode)?;
        }
        let id = inode.id;
        change(world, |hdfs, act| {
            let blocks = hdfs.tree.remove(id, act.now);
            hdfs.drop_blocks(&blocks, act);
        });
        Ok(DeleteOutput { done: true })
    }
}

sim::operation! {
    /// Renames a file or directory. A destination that is a directory takes it in.
    write Rename in "hdfs" = "PUT /webhdfs/v1/{path+}?op=RENAME";
    input {
        /// The absolute path.
        pub path: String => "path" Uri,
        /// The new absolute path.
        pub destination: String => "destination" Query("destination"),
    }
    output RenameOutput {
        /// Whether it was done.
        pub done: bool => "boolean",
    }
    errors ["AccessControlException", "SafeModeException", "NSQuotaExceededException",
        "DSQuotaExceededException"]
    access itself
}

impl Write for Rename {
    type Output = RenameOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, from) = begin(cx, &self.path)?;
        let mut to = super::path(&self.destination)?;
        let hdfs = world.get_mut::<hdfs::State>();
        hdfs.open_to_changes(&format!("Cannot rename {from}"), cx.at)?;
        let tree = &hdfs.tree;
        user.traverse(tree, &tree.walk(&from), &from)?;
        user.traverse(tree, &tree.walk(&to), &to)?;
        let refused = Ok(RenameOutput { done: false });
        let Some(source) = tree.find(&from).filter(|_| !from.names.is_empty()) else {
            return refused;
        };
        if from == to {
            return Ok(RenameOutput { done: source.file().is_some() });
        }
        if tree.find(&to).is_some_and(|i| i.directory().is_some()) {
            to.names.push(from.name().to_owned());
        }
        if tree.find(&to).is_some() || from.contains(&to) {
            return refused;
        }
        let Some(parent) = tree.find(&to.parent()).filter(|i| i.directory().is_some()) else {
            return refused;
        };
        user.unlink(tree, source)?;
        user.require(tree, parent, WRITE)?;
        check_names(&to, hdfs.settings.max_component_length)?;
        let weight = source.weight();
        let above: Vec<u64> = tree.upwards(source.parent).map(|i| i.id).collect();
        quota::fits(tree, parent.id, weight.dirs + weight.files, weight.space, &above)?;
        let (id, parent) = (source.id, parent.id);
        hdfs.tree.relocate(id, parent, to.name(), cx.at);
        Ok(RenameOutput { done: true })
    }
}

sim::operation! {
    /// Tells the NameNode that a reader found replicas whose bytes do not match their checksum.
    write ReportBadBlocks in "hdfs" = "";
    input {
        /// The file.
        pub path: String => "path",
        /// The replicas.
        pub replicas: Vec<ReplicaName> => "replicas",
    }
    output ReportBadBlocksOutput {}
    errors ["AccessControlException", "FileNotFoundException"]
    access itself
}

impl Write for ReportBadBlocks {
    type Output = ReportBadBlocksOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let hdfs = world.get::<hdfs::State>();
        let inode = super::locate(hdfs, &user, &path)?;
        user.require(&hdfs.tree, inode, READ)?;
        let Some(file) = inode.file() else { return Err(not_found(&path)) };
        let mut bad = Vec::new();
        for replica in &self.replicas {
            let id = file
                .blocks
                .iter()
                .copied()
                .find(|id| hdfs.blocks.get(id).is_some_and(|b| b.name() == replica.block));
            if let (Some(id), Some(node)) = (id, hdfs.named(&replica.node)) {
                bad.push((id, node));
            }
        }
        change(world, |hdfs, act| {
            for (id, node) in bad {
                // The node looks for itself before it gives the replica up.
                let rotten = hdfs.node(node).disk.get(&id).is_some_and(|r| r.rotten);
                let Some(block) = hdfs.blocks.get_mut(&id).filter(|_| rotten) else { continue };
                if block.live.remove(&node) {
                    block.corrupt.insert(node);
                    hdfs.evaluate(id, act);
                }
            }
        });
        Ok(ReportBadBlocksOutput {})
    }
}
