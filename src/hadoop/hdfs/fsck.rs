//! The file system check, in the NameNode's own words and layout (`NamenodeFsck`).
//!
//! It reads the NameNode's maps only and mends nothing; `-move` and `-delete` are not built.

use std::fmt::Write as _;

use super::block::Block;
use super::namespace::{File, Inode, Kind, Path};
use super::permission::User;
use super::{NodeId, State, config};
use base::Time;

/// What is to be listed.
// Each is a flag of the real tool, and each is independent of the others.
#[expect(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    pub files: bool,
    pub blocks: bool,
    pub locations: bool,
    pub racks: bool,
    pub details: bool,
    pub corrupt_only: bool,
}

/// What was counted.
#[derive(Default)]
struct Counts {
    dirs: u64,
    files: u64,
    bytes: u64,
    blocks: u64,
    minimal: u64,
    over: u64,
    under: u64,
    misplaced: u64,
    missing: u64,
    missing_bytes: u64,
    corrupt: u64,
    corrupt_files: u64,
    replicas: u64,
    expected: u64,
    missing_replicas: u64,
}

/// The whole report.
pub(super) fn report(
    hdfs: &State,
    user: &User,
    path: &Path,
    options: Options,
    now: Time,
) -> String {
    let date = now.format("%a %b %d %H:%M:%S UTC %Y");
    let mut out = format!(
        "FSCK started by {} (auth:SIMPLE) from /{} for path {path} at {date}\n",
        user.name,
        config::GATEWAY_ADDRESS
    );
    let Some(top) = hdfs.tree.find(path) else {
        let _ = write!(out, "\n\nPath '{path}' does not exist");
        return out;
    };
    if options.corrupt_only {
        return corrupt_list(hdfs, top, path);
    }
    let mut check = Check { hdfs, options, counts: Counts::default(), out };
    check.walk(top);
    if !options.files {
        check.out.push('\n');
    }
    let Check { counts, mut out, .. } = check;
    let healthy = counts.missing == 0 && counts.corrupt == 0;
    let status = if healthy { "HEALTHY" } else { "CORRUPT" };
    let _ = write!(out, "\nStatus: {status}\n{}", summary(hdfs, &counts));
    let _ = write!(
        out,
        "FSCK ended at {date} in {} milliseconds\n\n\nThe filesystem under path '{path}' is {status}",
        1 + counts.blocks / 200
    );
    out
}

fn corrupt_list(hdfs: &State, top: &Inode, path: &Path) -> String {
    let mut out = String::new();
    let mut found = 0;
    for id in hdfs.tree.files_below(top.id) {
        let Some(file) = hdfs.tree.get(id).and_then(Inode::file) else { continue };
        for block in file.blocks.iter().filter_map(|b| hdfs.blocks.get(b)) {
            if block.live.is_empty() {
                if found == 0 {
                    let _ = writeln!(out, "The list of corrupt files under path '{path}' are:");
                }
                found += 1;
                let _ = writeln!(out, "blk_{}\t{}", block.id, hdfs.tree.path_of(id));
            }
        }
    }
    let count = if found == 0 { "no".into() } else { found.to_string() };
    let _ = write!(out, "The filesystem under path '{path}' has {count} CORRUPT files");
    out
}

struct Check<'a> {
    hdfs: &'a State,
    options: Options,
    counts: Counts,
    out: String,
}

impl Check<'_> {
    fn walk(&mut self, top: &Inode) {
        let mut waiting = vec![top.id];
        while let Some(id) = waiting.pop() {
            let Some(inode) = self.hdfs.tree.get(id) else { continue };
            match &inode.kind {
                Kind::Directory(directory) => {
                    self.counts.dirs += 1;
                    if self.options.files {
                        let _ = writeln!(self.out, "{} <dir>", self.hdfs.tree.path_of(id));
                    }
                    waiting.extend(directory.children.values().rev());
                }
                Kind::File(file) => self.file(&self.hdfs.tree.path_of(id), file),
            }
        }
    }

    fn file(&mut self, path: &str, file: &File) {
        let blocks: Vec<&Block> =
            file.blocks.iter().filter_map(|b| self.hdfs.blocks.get(b)).collect();
        self.counts.files += 1;
        self.counts.bytes += file.len;
        if self.options.files {
            let _ = write!(
                self.out,
                "{path} {} bytes, replicated: replication={}, {} block(s): ",
                file.len,
                file.replication,
                blocks.len()
            );
        }
        let (mut missing, mut missing_bytes, mut remarks) = (0, 0, 0);
        let mut listing = String::new();
        for (number, block) in blocks.iter().enumerate() {
            remarks += self.block(path, block);
            if block.live.is_empty() {
                missing += 1;
                missing_bytes += block.len;
            }
            if self.options.blocks {
                self.list_block(&mut listing, number, block);
            }
        }
        self.counts.missing += missing;
        self.counts.missing_bytes += missing_bytes;
        if missing > 0 {
            self.counts.corrupt_files += 1;
            let lost = format!("MISSING {missing} blocks of total size {missing_bytes} B");
            if self.options.files {
                let _ = writeln!(self.out, " {lost}");
            } else {
                let _ = write!(self.out, "\n{path}: {lost}.");
            }
        } else if remarks == 0 && self.options.files {
            self.out.push_str(" OK\n");
        }
        if self.options.files && self.options.blocks {
            let _ = writeln!(self.out, "{listing}");
        }
    }

    /// Counts one block and remarks on it; how many remarks.
    fn block(&mut self, path: &str, block: &Block) -> u64 {
        let (live, want) = (block.live.len() as u64, u64::from(block.target));
        let counts = &mut self.counts;
        counts.blocks += 1;
        counts.replicas += live;
        counts.expected += want;
        counts.minimal += u64::from(live >= 1);
        counts.over += u64::from(live > want);
        let mut remarks = 0;
        let name = format!("{}:{}", self.hdfs.pool, block.name());
        if live == 0 && !block.corrupt.is_empty() {
            counts.corrupt += 1;
            let _ = writeln!(
                self.out,
                "\n{path}: CORRUPT blockpool {} block blk_{}",
                self.hdfs.pool, block.id
            );
            remarks += 1;
        }
        if live > 0 && live < want {
            counts.under += 1;
            counts.missing_replicas += want - live;
            if !self.options.files {
                let _ = write!(self.out, "\n{path}: ");
            }
            let _ = writeln!(
                self.out,
                " Under replicated {name}. Target Replicas is {want} but found {live} live \
                 replica(s), 0 decommissioned replica(s), 0 decommissioning replica(s)."
            );
            remarks += 1;
        }
        if !self.hdfs.well_placed(&block.live, usize::from(block.target)) {
            self.counts.misplaced += 1;
            if !self.options.files {
                let _ = write!(self.out, "\n{path}: ");
            }
            let _ = writeln!(
                self.out,
                " Replica placement policy is violated for {name}. Block should be additionally \
                 replicated on 1 more rack(s). Total number of racks in the cluster: {}",
                self.hdfs.live_racks()
            );
            remarks += 1;
        }
        remarks
    }

    fn list_block(&self, out: &mut String, number: usize, block: &Block) {
        let _ = write!(out, "{number}. {}:{} len={}", self.hdfs.pool, block.name(), block.len);
        if block.live.is_empty() {
            out.push_str(" MISSING!\n");
            return;
        }
        let _ = write!(out, " Live_repl={}", block.live.len());
        if self.options.locations || self.options.racks || self.options.details {
            let shown = if self.options.details { block.holders() } else { block.live.clone() };
            let places: Vec<String> = shown.iter().map(|n| self.place(block, *n)).collect();
            let _ = write!(out, "  [{}]", places.join(", "));
        }
        out.push('\n');
    }

    fn place(&self, block: &Block, id: NodeId) -> String {
        let node = self.hdfs.node(id);
        let base = if self.options.racks {
            format!("{}/{}:{}", node.rack, node.address, config::DATANODE_PORT)
        } else {
            node.with_storage()
        };
        if !self.options.details {
            return base;
        }
        let state = if block.corrupt.contains(&id) {
            "CORRUPT"
        } else if block.excess.contains(&id) {
            "EXCESS"
        } else {
            "LIVE"
        };
        format!("{base}({state})")
    }
}

/// A percentage as Java's `float` prints it: `0.0`, `100.0`, `33.333332`.
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let value = (part as f32 * 100.0) / whole as f32;
    format!(" ({value:?} %)")
}

fn summary(hdfs: &State, counts: &Counts) -> String {
    let racks = hdfs.live_racks();
    let nodes = hdfs.nodes.iter().filter(|n| n.believed()).count();
    let Counts { dirs, files, bytes, blocks, minimal, over, under, misplaced, .. } = *counts;
    let mut out = format!(
        " Number of data-nodes:\t{nodes}\n Number of racks:\t\t{racks}\n Total dirs:\t\t\t{dirs}\n \
         Total symlinks:\t\t0\n\nReplicated Blocks:\n Total size:\t{bytes} B\n Total files:\t{files}\n \
         Total blocks (validated):\t{blocks}"
    );
    if let Some(average) = bytes.checked_div(blocks) {
        let _ = write!(out, " (avg. block size {average} B)");
    }
    if counts.missing > 0 || counts.corrupt > 0 {
        out.push_str(&stars(counts));
    }
    let average = if blocks == 0 { 0.0 } else { counts.replicas as f32 / blocks as f32 };
    let queued = hdfs.redundancy.low.values().filter(|level| **level < 4).count();
    let _ = writeln!(
        out,
        "\n Minimally replicated blocks:\t{minimal}{}\n Over-replicated blocks:\t{over}{}\n \
         Under-replicated blocks:\t{under}{}\n Mis-replicated blocks:\t\t{misplaced}{}\n \
         Default replication factor:\t{}\n Average block replication:\t{average:?}\n \
         Missing blocks:\t\t{}\n Corrupt blocks:\t\t{}\n Missing replicas:\t\t{}{}\n \
         Blocks queued for replication:\t{queued}",
        percent(minimal, blocks),
        percent(over, blocks),
        percent(under, blocks),
        percent(misplaced, blocks),
        hdfs.settings.replication,
        counts.missing,
        counts.corrupt,
        counts.missing_replicas,
        percent(counts.missing_replicas, counts.expected),
    );
    out.push_str(
        "\nErasure Coded Block Groups:\n Total size:\t0 B\n Total files:\t0\n \
         Total block groups (validated):\t0\n Minimally erasure-coded block groups:\t0\n \
         Over-erasure-coded block groups:\t0\n Under-erasure-coded block groups:\t0\n \
         Unsatisfactory placement block groups:\t0\n Average block group size:\t0.0\n \
         Missing block groups:\t\t0\n Corrupt block groups:\t\t0\n Missing internal blocks:\t0\n \
         Blocks queued for replication:\t0\n",
    );
    out
}

fn stars(counts: &Counts) -> String {
    let line = "\n  ********************************";
    let mut out = line.to_owned();
    let below = counts.blocks - counts.minimal;
    if below > 0 {
        let _ =
            write!(out, "\n  UNDER MIN REPL'D BLOCKS:\t{below}{}", percent(below, counts.blocks));
        out.push_str("\n  dfs.namenode.replication.min:\t1");
    }
    let _ = write!(out, "\n  CORRUPT FILES:\t{}", counts.corrupt_files);
    if counts.missing > 0 {
        let _ = write!(
            out,
            "\n  MISSING BLOCKS:\t{}\n  MISSING SIZE:\t\t{} B",
            counts.missing, counts.missing_bytes
        );
    }
    if counts.corrupt > 0 {
        let _ = write!(out, "\n  CORRUPT BLOCKS: \t{}", counts.corrupt);
    }
    out.push_str(line);
    out
}
