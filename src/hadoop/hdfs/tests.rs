//! The cluster: what the NameNode promises, whatever happens to it.

use crate::hdfs;
use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{SERVICE, State};
use base::{Blob, Digest, Time};
use sim::api::ApiError;
use sim::{Caller, Config, Effect, Principal, World};

static SYSTEMS: &[&sim::System] = &[&super::SYSTEM, &machines::SYSTEM];

const START: i64 = 1_795_341_600_000;

struct Lab {
    world: World,
    user: Principal,
}

impl Lab {
    fn new(seed: u64) -> Self {
        let world = World::new(SYSTEMS, Config::new(seed, Time(START)));
        Self { world, user: Principal::Unix("me".into()) }
    }

    fn call(&mut self, name: &str, input: Value) -> Result<Value, ApiError> {
        let user = self.user.clone();
        self.call_as(user, name, input)
    }

    fn call_as(&mut self, who: Principal, name: &str, input: Value) -> Result<Value, ApiError> {
        let here = SERVICE.operation(name);
        let op = here.or_else(|| machines::SERVICE.operation(name)).expect("registered");
        self.world.apply(self.world.now(), &Caller::from(who), op, input)
    }

    fn lab(&mut self, name: &str, input: Value) -> Value {
        self.call_as(Principal::Lab, name, input).expect("the lab may do anything")
    }

    fn put(&mut self, path: &str, len: u64) -> Result<Value, ApiError> {
        let body = blob(path, len);
        self.call("Create", json!({"path": path, "body": body, "overwrite": true}))
    }

    fn wait(&mut self, secs: i64) {
        self.world.advance(Time(self.world.now().0 + secs * 1000));
    }

    fn hdfs(&self) -> &State {
        self.world.get::<hdfs::State>()
    }

    fn stats(&mut self) -> Value {
        self.call("DatanodeReport", json!({})).expect("reported")["cluster"].clone()
    }

    fn notices(&mut self) -> Vec<String> {
        let said = self.world.take_effects().into_iter();
        said.map(|Effect::Notice { text, .. }| text).collect()
    }

    fn fsck(&mut self, path: &str) -> String {
        let input = json!({"path": path, "files": true, "blocks": true, "locations": true});
        let answer = self.call("Fsck", input).expect("checked");
        answer["report"].as_str().expect("text").to_owned()
    }
}

fn blob(name: &str, len: u64) -> Value {
    let blob = Blob { digest: Digest::of(name.as_bytes()), len, ..Blob::default() };
    serde_json::to_value(blob).expect("a blob is a tree")
}

const MB: u64 = 1 << 20;

/// What must hold at every instant.
fn sound(hdfs: &State) {
    let mut used = vec![0; hdfs.nodes.len()];
    let mut incoming = vec![0; hdfs.nodes.len()];
    let mut sending = vec![0; hdfs.nodes.len()];
    for block in hdfs.blocks.values() {
        let kinds = [&block.live, &block.excess, &block.corrupt];
        let all: usize = kinds.iter().map(|k| k.len()).sum();
        assert_eq!(all, block.holders().len(), "{} is twice on a node", block.name());
        for node in block.holders() {
            let holder = hdfs.node(node);
            assert!(holder.believed(), "{} counts a replica on {}", block.name(), holder.name);
            let replica = holder.disk.get(&block.id).expect("the node has what is counted");
            assert!(
                replica.stamp == block.stamp || !holder.connected || !block.live.contains(&node)
            );
        }
        let file = hdfs.tree.get(block.file).and_then(|i| i.file()).expect("its file");
        assert!(file.blocks.contains(&block.id));
        assert_eq!(file.replication, block.target);
    }
    for (at, node) in hdfs.nodes.iter().enumerate() {
        used[at] = node.disk.values().map(|r| r.len).sum();
        assert_eq!(node.used, used[at], "bytes used on {}", node.name);
        for block in node.disk.keys().filter(|_| node.connected) {
            let id = super::NodeId(u16::try_from(at).expect("few"));
            let known = hdfs.blocks.get(block).is_some_and(|b| b.holders().contains(&id));
            let doomed = hdfs.redundancy.doomed.get(&id).is_some_and(|d| d.contains(block));
            assert!(known || doomed, "blk_{block} on {} is forgotten", node.name);
        }
    }
    for (id, list) in &hdfs.redundancy.pending {
        for copy in list {
            if copy.moving.is_some() {
                incoming[usize::from(copy.to.0)] += hdfs.blocks[id].len;
                sending[usize::from(copy.from.0)] += 1;
            }
        }
    }
    for (at, node) in hdfs.nodes.iter().enumerate() {
        assert_eq!(node.incoming, incoming[at], "bytes coming to {}", node.name);
        assert!(node.sending >= sending[at] && node.sending <= 4, "streams of {}", node.name);
    }
    totals_are_right(hdfs);
}

fn totals_are_right(hdfs: &State) {
    let root = hdfs.tree.root();
    let mut bytes = 0;
    let mut space = 0;
    let files = hdfs.tree.files_below(root.id);
    for id in &files {
        let file = hdfs.tree.get(*id).and_then(|i| i.file()).expect("a file");
        let len: u64 = file.blocks.iter().map(|b| hdfs.blocks[b].len).sum();
        assert_eq!(len, file.len);
        bytes += len;
        space += len * u64::from(file.replication);
    }
    let weight = root.weight();
    assert_eq!((weight.files, weight.bytes, weight.space), (files.len() as u64, bytes, space));
    assert_eq!(
        hdfs.blocks.len(),
        files
            .iter()
            .map(|f| hdfs.tree.get(*f).and_then(|i| i.file()).map_or(0, |f| f.blocks.len()))
            .sum::<usize>()
    );
}

fn racks(hdfs: &State, block: u64) -> BTreeSet<String> {
    hdfs.blocks[&block].live.iter().map(|n| hdfs.node(*n).rack.clone()).collect()
}

#[test]
fn a_file_of_300_mb_has_three_blocks_on_two_racks() {
    for seed in 0..20 {
        let mut lab = Lab::new(seed);
        lab.put("/user/me/big", 300 * MB).expect("written");
        let hdfs = lab.hdfs();
        let lens: Vec<u64> = hdfs.blocks.values().map(|b| b.len / MB).collect();
        assert_eq!(lens, [128, 128, 44]);
        let ids: Vec<String> = hdfs.blocks.values().map(super::Block::name).collect();
        assert_eq!(ids, ["blk_1073741825_1001", "blk_1073741826_1002", "blk_1073741827_1003"]);
        for id in hdfs.blocks.keys() {
            assert_eq!(hdfs.blocks[id].live.len(), 3);
            assert_eq!(racks(hdfs, *id).len(), 2);
        }
        assert_eq!(lab.world.next_event(), None, "an idle cluster schedules nothing");
        sound(lab.hdfs());
    }
}

#[test]
fn a_silent_node_is_stale_then_dead_then_its_blocks_heal_and_it_comes_back() {
    let mut lab = Lab::new(7);
    lab.put("/user/me/big", 300 * MB).expect("written");
    let block = *lab.hdfs().blocks.keys().next().expect("a block");
    let victim = *lab.hdfs().blocks[&block].live.iter().next().expect("a replica");
    let name = lab.hdfs().node(victim).name.clone();
    lab.lab("KillMachine", json!({"names": [name]}));
    let state = |lab: &mut Lab| {
        let nodes = lab.lab("ListNodes", json!({}))["nodes"].clone();
        nodes[usize::from(victim.0)]["state"].as_str().expect("text").to_owned()
    };
    assert_eq!(state(&mut lab), "live", "the NameNode does not know yet");
    lab.wait(30);
    assert_eq!(state(&mut lab), "stale");
    lab.wait(596);
    assert_eq!(state(&mut lab), "stale");
    assert_eq!(lab.stats()["underReplicatedBlocks"], 0);
    lab.wait(5);
    assert_eq!(state(&mut lab), "dead");
    lab.wait(60);
    assert_eq!(lab.stats()["underReplicatedBlocks"], 0);
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 3 && !b.live.contains(&victim)));
    let said = lab.notices().join("\n");
    assert!(said.contains("stale") && said.contains("dead") && said.contains("healed"), "{said}");
    lab.lab("StartMachine", json!({"names": [name]}));
    lab.wait(10);
    assert_eq!(state(&mut lab), "live");
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 3 && b.excess.is_empty()));
    let replicas: usize = lab.hdfs().nodes.iter().map(|n| n.disk.len()).sum();
    assert_eq!(replicas, 9, "surplus replicas are deleted");
    assert_eq!(lab.world.next_event().map(|_| ()), None);
    sound(lab.hdfs());
}

#[test]
fn a_dead_rack_leaves_every_block_readable_and_the_cluster_misplaced_until_it_returns() {
    let mut lab = Lab::new(3);
    lab.put("/user/me/big", 300 * MB).expect("written");
    lab.lab("KillMachine", json!({"racks": ["/rack1"]}));
    let error = lab.put("/user/me/other", MB).expect_err("pipelines fail");
    assert_eq!(error.message, "Unable to create new block.");
    lab.call("Open", json!({"path": "/user/me/big"})).expect("one replica answers");
    lab.wait(900);
    assert_eq!(lab.stats()["missingBlocks"], 0);
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 3));
    lab.put("/user/me/other", MB).expect("the NameNode knows now");
    lab.lab("StartMachine", json!({"racks": ["/rack1"]}));
    lab.wait(600);
    for id in lab.hdfs().blocks.keys() {
        assert_eq!(racks(lab.hdfs(), *id).len(), 2);
    }
    sound(lab.hdfs());
}

#[test]
fn without_nodes_writing_and_reading_fail_in_the_real_words() {
    let mut lab = Lab::new(1);
    lab.put("/user/me/f", 10).expect("written");
    lab.lab("KillMachine", json!({"racks": ["/rack1", "/rack2"]}));
    let error = lab.call("Open", json!({"path": "/user/me/f"})).expect_err("no replica");
    assert_eq!(error.code, "BlockMissingException");
    assert!(error.message.starts_with("Could not obtain block: BP-"), "{}", error.message);
    lab.wait(700);
    let before = lab.world.digest();
    let error = lab.put("/user/me/x", 10).expect_err("no nodes");
    assert_eq!(
        error.message,
        "File /user/me/x could only be written to 0 of the 1 minReplication nodes. There are 0 \
         datanode(s) running and 0 node(s) are excluded in this operation."
    );
    assert_eq!(lab.world.digest(), before, "a write that fails changes nothing");
    assert_eq!(lab.stats()["missingBlocks"], 1);
    assert!(lab.fsck("/").ends_with("The filesystem under path '/' is CORRUPT"));
    lab.lab("StartMachine", json!({"racks": ["/rack1", "/rack2"]}));
    lab.wait(10);
    assert_eq!(lab.stats()["missingBlocks"], 0);
    assert!(lab.notices().iter().any(|n| n.contains("found again")));
}

#[test]
fn permissions_are_refused_in_the_real_words() {
    let mut lab = Lab::new(1);
    let mut check = |user: &str, name: &str, input: Value, want: &str| {
        let who = Principal::Unix(user.into());
        let got = lab.call_as(who, name, input).map_or_else(|e| e.message, |_| "ok".into());
        assert_eq!(got, want, "{user} {name}");
    };
    let denied = "Permission denied: user=me, access=WRITE, inode=\"/\":hdfs:supergroup:drwxr-xr-x";
    check("me", "Mkdirs", json!({"path": "/data"}), denied);
    check("hdfs", "Mkdirs", json!({"path": "/data"}), "ok");
    check("me", "Mkdirs", json!({"path": "/user/me"}), "ok");
    check("me", "Create", json!({"path": "/tmp/mine"}), "ok");
    check(
        "you",
        "Delete",
        json!({"path": "/tmp/mine"}),
        "Permission denied by sticky bit: user=you, path=\"/tmp/mine\":me:supergroup:-rw-r--r--, \
         parent=\"/tmp\":hdfs:supergroup:drwxrwxrwt",
    );
    check("me", "SetPermission", json!({"path": "/user/me", "permission": "700"}), "ok");
    check(
        "you",
        "ListStatus",
        json!({"path": "/user/me"}),
        "Permission denied: user=you, access=READ_EXECUTE, inode=\"/user/me\":me:supergroup:drwx------",
    );
    check(
        "you",
        "SetPermission",
        json!({"path": "/tmp/mine", "permission": "777"}),
        "Permission denied. user=you is not the owner of inode=/tmp/mine",
    );
    check(
        "me",
        "SetSafeMode",
        json!({"action": "enter"}),
        "Access denied for user me. Superuser privilege is required",
    );
    check(
        "me",
        "KillMachine",
        json!({"names": ["dn1"]}),
        "Only the lab itself can touch the machines.",
    );
}

#[test]
fn the_name_space_answers_as_the_real_one() {
    let mut lab = Lab::new(1);
    let mut check = |name: &str, input: Value, want: &str| {
        let got = lab
            .call(name, input)
            .map_or_else(|e| format!("{}: {}", e.code, e.message), |v| v.to_string());
        assert_eq!(got, want, "{name}");
    };
    let body = blob("x", 5);
    check("Mkdirs", json!({"path": "/user/me/a/b"}), r#"{"boolean":true}"#);
    check("Mkdirs", json!({"path": "/user/me/a/b"}), r#"{"boolean":true}"#);
    check(
        "Create",
        json!({"path": "/user/me/a"}),
        "FileAlreadyExistsException: /user/me/a already exists as a directory",
    );
    assert!(lab.call("Create", json!({"path": "/user/me/f", "body": body})).is_ok());
    let mut check = |name: &str, input: Value, want: &str| {
        let got = lab
            .call(name, input)
            .map_or_else(|e| format!("{}: {}", e.code, e.message), |v| v.to_string());
        assert_eq!(got, want, "{name}");
    };
    check(
        "Create",
        json!({"path": "/user/me/f"}),
        "FileAlreadyExistsException: /user/me/f for client 10.0.0.10 already exists",
    );
    check(
        "Mkdirs",
        json!({"path": "/user/me/f/g"}),
        "ParentNotDirectoryException: /user/me/f (is not a directory)",
    );
    check(
        "GetFileStatus",
        json!({"path": "/nope"}),
        "FileNotFoundException: File does not exist: /nope",
    );
    check("GetFileStatus", json!({"path": "nope"}), "InvalidPathException: Invalid path name nope");
    check(
        "Delete",
        json!({"path": "/user/me/a"}),
        "PathIsNotEmptyDirectoryException: `/user/me/a is non empty': Directory is not empty",
    );
    check(
        "Rename",
        json!({"path": "/user/me/a", "destination": "/user/me/a/b/c"}),
        r#"{"boolean":false}"#,
    );
    check(
        "Rename",
        json!({"path": "/user/me/f", "destination": "/user/me/a"}),
        r#"{"boolean":true}"#,
    );
    check("Delete", json!({"path": "/user/me/a", "recursive": true}), r#"{"boolean":true}"#);
    check(
        "SetReplication",
        json!({"path": "/user/me/q", "replication": 600}),
        "IOException: Requested replication factor of 600 exceeds maximum of 512 for /user/me/q",
    );
    check(
        "Create",
        json!({"path": "/user/me/q", "blocksize": 1024}),
        "IOException: Specified block size is less than configured minimum value (dfs.namenode.fs-limits.min-block-size): 1024 < 1048576",
    );
    lab.wait(10);
    assert!(lab.hdfs().blocks.is_empty());
    assert!(lab.hdfs().nodes.iter().all(|n| n.disk.is_empty()));
    sound(lab.hdfs());
}

#[test]
fn quotas_hold() {
    let mut lab = Lab::new(1);
    lab.call("Mkdirs", json!({"path": "/user/me/d"})).expect("made");
    let quota = json!({"path": "/user/me/d", "namespacequota": 2, "storagespacequota": 1024 * MB});
    lab.call_as(Principal::Unix("hdfs".into()), "SetQuota", quota).expect("set");
    lab.call("Create", json!({"path": "/user/me/d/a"})).expect("fits");
    let error = lab.call("Create", json!({"path": "/user/me/d/b"})).expect_err("too many");
    assert_eq!(
        error.message,
        "The NameSpace quota (directories and files) of directory /user/me/d is exceeded: quota=2 file count=3"
    );
    let error = lab.put("/user/me/d/a", 300 * MB).expect_err("too large");
    assert_eq!(
        error.message,
        "The DiskSpace quota of /user/me/d is exceeded: quota = 1073741824 B = 1 GB but diskspace consumed = 1207959552 B = 1.13 GB"
    );
    lab.put("/user/me/d/a", 100 * MB).expect("fits");
}

#[test]
fn replication_goes_up_and_down() {
    let mut lab = Lab::new(5);
    lab.put("/user/me/f", 200 * MB).expect("written");
    for target in [5_u32, 1, 8, 3] {
        lab.call("SetReplication", json!({"path": "/user/me/f", "replication": target}))
            .expect("set");
        lab.wait(60);
        assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == target as usize), "{target}");
        assert!(target == 1 || lab.hdfs().blocks.keys().all(|b| racks(lab.hdfs(), *b).len() == 2));
        sound(lab.hdfs());
    }
    lab.call("SetReplication", json!({"path": "/user/me/f", "replication": 9})).expect("set");
    lab.wait(60);
    assert_eq!(lab.stats()["underReplicatedBlocks"], 2);
    assert_eq!(lab.world.next_event(), None, "what cannot be helped is not tried again and again");
}

#[test]
fn a_restarted_namenode_waits_in_safe_mode_for_reports() {
    let mut lab = Lab::new(5);
    lab.put("/user/me/f", 200 * MB).expect("written");
    lab.lab("RestartNameNode", json!({}));
    let error = lab.call("Mkdirs", json!({"path": "/user/me/d"})).expect_err("safe mode");
    assert_eq!(error.code, "SafeModeException");
    assert!(error.message.starts_with("Cannot create directory /user/me/d. Name node is in safe mode.\nThe reported blocks 0 needs additional 1 blocks to reach the threshold 0.9990 of total blocks 2.\n"), "{}", error.message);
    lab.wait(4);
    let tip = lab.call("GetSafeMode", json!({})).expect("told")["tip"].to_string();
    assert!(tip.contains("has reached the threshold 0.9990 of total blocks 2. "), "{tip}");
    lab.wait(31);
    lab.call("Mkdirs", json!({"path": "/user/me/d"})).expect("open again");
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 3));
    sound(lab.hdfs());
}

#[test]
fn a_corrupt_replica_is_found_on_reading_and_replaced() {
    let mut lab = Lab::new(5);
    lab.put("/user/me/f", MB).expect("written");
    let block = lab.hdfs().blocks.values().next().expect("a block");
    let (name, ids) = (block.name(), block.live.clone());
    let all: Vec<String> = ids.iter().map(|n| lab.hdfs().node(*n).name.clone()).collect();
    for node in &all[..2] {
        lab.lab("CorruptReplica", json!({"block": name, "node": node}));
    }
    let mut found = BTreeSet::new();
    let open = lab.call("Open", json!({"path": "/user/me/f"})).expect("one is good");
    for replica in open["corrupt"].as_array().into_iter().flatten() {
        found.insert(replica["node"].as_str().expect("text").to_owned());
    }
    assert!(found.iter().all(|n| all[..2].contains(n)));
    let replicas: Vec<Value> = all.iter().map(|n| json!({"block": name, "node": n})).collect();
    lab.call("ReportBadBlocks", json!({"path": "/user/me/f", "replicas": replicas})).expect("told");
    assert_eq!(lab.stats()["corruptReplicaBlocks"], 1);
    lab.wait(60);
    let block = lab.hdfs().blocks.values().next().expect("a block");
    assert_eq!((block.live.len(), block.corrupt.len(), block.excess.len()), (3, 0, 0));
    sound(lab.hdfs());
}

#[test]
fn appending_fills_the_last_block_and_outdates_absent_replicas() {
    let mut lab = Lab::new(5);
    lab.put("/user/me/f", 100 * MB).expect("written");
    let absent =
        *lab.hdfs().blocks.values().next().and_then(|b| b.live.first()).expect("a replica");
    let name = lab.hdfs().node(absent).name.clone();
    lab.lab("KillMachine", json!({"names": [name]}));
    let more = blob("more", 60 * MB);
    let mut tried = 0;
    while lab.call("Append", json!({"path": "/user/me/f", "body": more})).is_err() {
        tried += 1;
        assert!(tried < 3, "the pipeline of the new block avoids the silent node");
    }
    let lens: Vec<u64> = lab.hdfs().blocks.values().map(|b| b.len / MB).collect();
    assert_eq!(lens, [128, 32]);
    lab.lab("StartMachine", json!({"names": [name]}));
    lab.wait(120);
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 3));
    sound(lab.hdfs());
}

#[test]
fn fsck_has_the_layout_of_the_real_one() {
    let mut lab = Lab::new(2);
    lab.put("/user/me/big", 300 * MB).expect("written");
    let text = lab.fsck("/user/me");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "FSCK started by me (auth:SIMPLE) from /10.0.0.10 for path /user/me at Sun Nov 22 10:00:00 UTC 2026"
    );
    assert_eq!(lines[1], "/user/me <dir>");
    assert_eq!(
        lines[2],
        "/user/me/big 314572800 bytes, replicated: replication=3, 3 block(s):  OK"
    );
    assert!(
        lines[3].starts_with("0. BP-")
            && lines[3].contains(
                ":blk_1073741825_1001 len=134217728 Live_repl=3  [DatanodeInfoWithStorage[10.0."
            ),
        "{}",
        lines[3]
    );
    assert_eq!(
        &lines[6..14],
        [
            "",
            "",
            "Status: HEALTHY",
            " Number of data-nodes:\t8",
            " Number of racks:\t\t2",
            " Total dirs:\t\t\t1",
            " Total symlinks:\t\t0",
            ""
        ]
    );
    assert!(text.contains(" Total blocks (validated):\t3 (avg. block size 104857600 B)\n Minimally replicated blocks:\t3 (100.0 %)\n"));
    assert!(text.contains(" Average block replication:\t3.0\n Missing blocks:\t\t0\n"));
    assert!(text.ends_with(" milliseconds\n\n\nThe filesystem under path '/user/me' is HEALTHY"));
}

#[test]
fn a_large_directory_is_listed_in_pages() {
    let mut lab = Lab::new(2);
    for number in 0..1005 {
        lab.call("Create", json!({"path": format!("/user/me/{number:04}")})).expect("made");
    }
    let page = lab.call("ListStatus", json!({"path": "/user/me"})).expect("listed");
    assert_eq!(page["remainingEntries"], 5);
    let page =
        lab.call("ListStatus", json!({"path": "/user/me", "startAfter": "0999"})).expect("listed");
    assert_eq!(page["remainingEntries"], 0);
    assert_eq!(page["FileStatuses"]["FileStatus"][0]["pathSuffix"], "1000");
}

/// One thing that happens to a cluster.
#[derive(Clone, Debug)]
enum Deed {
    Put(u8, u16),
    Append(u8, u16),
    Delete(u8),
    Replicate(u8, u8),
    Kill(u8),
    Start(u8),
    Cut(u8),
    Heal(u8),
    Corrupt(u8, u8),
    Read(u8),
    Restart,
    Wait(u16),
}

/// The names of a block's replicas that count, and what the NameNode believes of a node.
fn belief(lab: &mut Lab, name: &str) -> (String, bool) {
    let nodes = lab.lab("ListNodes", json!({}))["nodes"].clone();
    let node = nodes.as_array().into_iter().flatten().find(|n| n["name"] == name).expect("listed");
    (node["state"].as_str().expect("text").to_owned(), node["running"] == true)
}

#[test]
fn a_node_that_is_cut_off_is_stale_then_dead_and_comes_back_by_itself() {
    let mut lab = Lab::new(7);
    lab.put("/user/me/big", 300 * MB).expect("written");
    let block = *lab.hdfs().blocks.keys().next().expect("a block");
    let victim = *lab.hdfs().blocks[&block].live.iter().next().expect("a replica");
    let name = lab.hdfs().node(victim).name.clone();
    let one = json!({"names": [name]});
    assert_eq!(lab.lab("CutNetwork", one.clone())["cut"], json!([name]));
    assert_eq!(lab.lab("CutNetwork", one.clone())["already"], json!([name]));
    let mut check = |wait: i64, want: &str| {
        lab.wait(wait);
        sound(lab.hdfs());
        assert_eq!(belief(&mut lab, &name), (want.to_owned(), true), "after {wait} s more");
    };
    check(26, "live");
    check(4, "stale");
    check(596, "stale");
    check(5, "dead");
    // Power does not help where the network is missing, and what is pulled stays silent.
    lab.lab("KillMachine", one.clone());
    lab.lab("StartMachine", one.clone());
    lab.wait(60);
    assert_eq!(belief(&mut lab, &name), ("dead".into(), true));
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 3 && !b.live.contains(&victim)));
    assert_eq!(lab.lab("HealNetwork", json!({}))["healed"], json!([name]));
    lab.wait(10);
    assert_eq!(belief(&mut lab, &name), ("live".into(), true));
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 3 && b.excess.is_empty()));
    let said = lab.notices();
    for word in ["stale", "dead", "is back"] {
        let times = said.iter().filter(|text| text.contains(word)).count();
        assert_eq!(times, 1, "{word} in {said:?}");
    }
    sound(lab.hdfs());
}

#[test]
fn a_short_cut_is_noticed_by_nobody_but_the_clock() {
    let mut lab = Lab::new(7);
    lab.put("/user/me/big", 300 * MB).expect("written");
    let before = lab.lab("ListNodes", json!({}))["nodes"][0]["lastBlockReport"].clone();
    lab.lab("CutNetwork", json!({"names": ["dn1"]}));
    lab.wait(20);
    lab.lab("HealNetwork", json!({"names": ["dn1"]}));
    lab.wait(4);
    assert_eq!(belief(&mut lab, "dn1"), ("live".into(), true));
    let after = lab.lab("ListNodes", json!({}))["nodes"][0]["lastBlockReport"].clone();
    assert_eq!(after, before, "a node that was not given up only goes on with its heartbeats");
    lab.wait(3_600);
    assert_eq!(lab.world.next_event(), None);
    assert!(!lab.notices().iter().any(|text| text.contains("stale")));
}

#[test]
fn a_shape_sets_racks_disks_and_properties() {
    let mut config = Config::new(7, Time(START));
    let hadoop = json!({"racks": ["/a", "/b", "/a"], "properties": {"dfs.replication": "2",
        "dfs.blocksize": "64m", "dfs.heartbeat.interval": "1s",
        "dfs.namenode.heartbeat.recheck-interval": "10000"}});
    config.shape.parts.insert("hadoop".into(), hadoop);
    config.shape.parts.insert("machines".into(), json!({"disks": ["1 GiB", "2 GiB"]}));
    let mut lab = Lab { world: World::new(SYSTEMS, config), user: Principal::Unix("me".into()) };
    lab.put("/user/me/f", 100 * MB).expect("written");
    let lens: Vec<u64> = lab.hdfs().blocks.values().map(|b| b.len / MB).collect();
    assert_eq!(lens, [64, 36]);
    assert!(lab.hdfs().blocks.values().all(|b| b.live.len() == 2));
    let racks: Vec<&str> = lab.hdfs().nodes.iter().map(|n| n.rack.as_str()).collect();
    assert_eq!(racks, ["/a", "/b", "/a"]);
    let addresses: Vec<&str> = lab.hdfs().nodes.iter().map(|n| n.address.as_str()).collect();
    assert_eq!(addresses, ["10.0.1.11", "10.0.2.11", "10.0.1.12"]);
    assert_eq!(lab.stats()["capacity"], json!(9_u64 << 30));
    lab.lab("KillMachine", json!({"names": ["dn1"]}));
    lab.wait(31);
    assert_eq!(belief(&mut lab, "dn1"), ("dead".into(), false), "after 2 x 10 s + 10 x 1 s");
    let value = |lab: &mut Lab, name: &str| {
        lab.call("GetProperty", json!({"name": name})).expect("told")["value"].clone()
    };
    assert_eq!(value(&mut lab, "dfs.blocksize"), "64m");
    assert_eq!(value(&mut lab, "dfs.replication.max"), "512");
    assert_eq!(value(&mut lab, "no.such"), Value::Null);
    sound(lab.hdfs());
}

#[test]
fn a_full_disk_takes_no_blocks() {
    let mut lab = Lab::new(7);
    let full = ["dn1", "dn2", "dn3", "dn5", "dn6", "dn7"];
    lab.put("/user/me/before", 200 * MB).expect("written");
    let used = |lab: &Lab, name: &str| {
        lab.hdfs().nodes.iter().find(|n| n.name == name).map(|n| n.used).expect("a node")
    };
    let before: Vec<u64> = full.iter().map(|name| used(&lab, name)).collect();
    lab.lab("FillDisk", json!({"names": full, "percent": 100}));
    lab.put("/user/me/after", 300 * MB).expect("two nodes are left");
    sound(lab.hdfs());
    let after: Vec<u64> = full.iter().map(|name| used(&lab, name)).collect();
    assert_eq!(after, before, "no full node has got anything");
    let taken: Vec<u64> = ["dn4", "dn8"].iter().map(|name| used(&lab, name)).collect();
    assert!(taken.iter().all(|used| *used >= 300 * MB), "both others have all of it: {taken:?}");
    assert!(lab.stats()["underReplicatedBlocks"].as_u64() >= Some(3), "two of three replicas");

    // The figures of `dfsadmin -report`: what others take is what is left of each full disk.
    let report = lab.call("DatanodeReport", json!({})).expect("reported");
    let capacity = 50_u64 << 30;
    for node in report["nodes"].as_array().expect("nodes") {
        let figure = |name: &str| node[name].as_u64().expect("a figure");
        let all = figure("used") + figure("nonDfsUsed") + figure("remaining");
        assert_eq!((all, figure("capacity")), (capacity, capacity), "{node}");
        let is_full = full.contains(&node["name"].as_str().expect("a name"));
        assert_eq!(figure("remaining") == 0, is_full, "{node}");
    }
    let left: u64 = taken.iter().map(|used| capacity - used).sum();
    assert_eq!(lab.stats()["remaining"], json!(left));

    lab.lab("FillDisk", json!({"racks": ["/rack1", "/rack2"], "percent": 100}));
    let refused = lab.put("/user/me/none", MB).expect_err("nothing is left");
    assert!(
        refused.message.contains(
            "There are 8 datanode(s) running and 8 node(s) are excluded in this operation."
        ),
        "{}",
        refused.message
    );
    lab.lab("FillDisk", json!({"racks": ["/rack1", "/rack2"], "percent": 0}));
    lab.wait(600);
    assert_eq!(
        lab.stats()["underReplicatedBlocks"],
        0,
        "copies are made where there is room again"
    );
    sound(lab.hdfs());
}

#[test]
fn properties_that_nothing_hangs_on_are_refused() {
    let check = |properties: Value, want: &str| {
        let mut wrong = Vec::new();
        super::config::check(&properties, &mut wrong);
        let said: Vec<String> = wrong.iter().map(sim::Wrong::sentence).collect();
        assert!(said.join("\n").contains(want) && said.is_empty() == want.is_empty(), "{said:?}");
    };
    let one = |name: &str, value: &str| json!({name: value});
    check(one("dfs.replication", "2"), "");
    check(one("dfs.blocksize", "1m"), "");
    check(one("dfs.heartbeat.interval", "500ms"), "write a span of 1 s to 1 h");
    check(one("dfs.heartbeat.interval", "1"), "");
    check(one("dfs.namenode.stale.datanode.interval", "1m"), "");
    check(one("dfs.namenode.safemode.threshold-pct", "1.5"), "write a share from 0 to 1");
    check(one("dfs.namenode.safemode.threshold-pct", "0.5f"), "");
    check(one("dfs.replicaton", "2"), "did you mean `dfs.replication`?");
    check(one("dfs.permissions.enabled", "false"), "it is true here and cannot be changed");
    check(one("dfs.permissions.enabled", "true"), "");
    check(json!({"dfs.replication": 2}), "`dfs.replication` is 2; write a whole number");
    check(one("dfs.blocksize", "1k"), "below the least of 1048576");
    check(one("dfs.blocksize", "1048577"), "are not a multiple of 512");
    check(one("dfs.replication.max", "2"), "is above the most of 2");
    check(json!([]), "`properties` is not a table");
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (0..6_u8, 0..700_u16).prop_map(|(f, mb)| Deed::Put(f, mb)),
        1 => (0..6_u8, 0..200_u16).prop_map(|(f, mb)| Deed::Append(f, mb)),
        1 => (0..6_u8).prop_map(Deed::Delete),
        2 => (0..6_u8, 1..10_u8).prop_map(|(f, r)| Deed::Replicate(f, r)),
        3 => (0..8_u8).prop_map(Deed::Kill),
        2 => (0..8_u8).prop_map(Deed::Start),
        2 => (0..8_u8).prop_map(Deed::Cut),
        2 => (0..8_u8).prop_map(Deed::Heal),
        1 => (0..8_u8, 0..10_u8).prop_map(|(n, b)| Deed::Corrupt(n, b)),
        1 => (0..6_u8).prop_map(Deed::Read),
        1 => Just(Deed::Restart),
        5 => (0..900_u16).prop_map(Deed::Wait),
    ];
    proptest::collection::vec(deed, 1..40)
}

fn perform(lab: &mut Lab, deed: &Deed, step: i64) {
    let path = |f: u8| format!("/user/me/f{f}");
    let node = |n: u8| json!({"names": [format!("dn{}", n + 1)]});
    // Refusals are part of life here.
    let _ = match deed {
        Deed::Put(f, mb) => lab.put(&path(*f), u64::from(*mb) * MB),
        Deed::Append(f, mb) => {
            let body = blob("more", u64::from(*mb) * MB);
            lab.call("Append", json!({"path": path(*f), "body": body}))
        }
        Deed::Delete(f) => lab.call("Delete", json!({"path": path(*f)})),
        Deed::Replicate(f, r) => {
            lab.call("SetReplication", json!({"path": path(*f), "replication": r}))
        }
        Deed::Kill(n) => Ok(lab.lab("KillMachine", node(*n))),
        Deed::Start(n) => Ok(lab.lab("StartMachine", node(*n))),
        Deed::Cut(n) => Ok(lab.lab("CutNetwork", node(*n))),
        Deed::Heal(n) => Ok(lab.lab("HealNetwork", node(*n))),
        Deed::Corrupt(n, b) => {
            let block = format!("blk_{}", 1_073_741_825 + u64::from(*b));
            let input = json!({"block": block, "node": format!("dn{}", n + 1)});
            lab.call_as(Principal::Lab, "CorruptReplica", input)
        }
        Deed::Read(f) => {
            let open = lab.call("Open", json!({"path": path(*f)}));
            open.and_then(|o| {
                let input = json!({"path": path(*f), "replicas": o["corrupt"]});
                lab.call("ReportBadBlocks", input)
            })
        }
        Deed::Restart => Ok(lab.lab("RestartNameNode", json!({}))),
        Deed::Wait(secs) => {
            let end = lab.world.now().0 + i64::from(*secs) * 1000;
            while lab.world.now().0 < end {
                lab.world.advance(Time((lab.world.now().0 + step).min(end)));
            }
            Ok(Value::Null)
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_cluster_is_sound_and_heals(seed in any::<u64>(), deeds in deeds()) {
        let mut lab = Lab::new(seed);
        let mut slow = Lab::new(seed);
        for deed in &deeds {
            perform(&mut lab, deed, i64::MAX / 4);
            perform(&mut slow, deed, 7_001);
            sound(lab.hdfs());
        }
        prop_assert_eq!(lab.world.digest(), slow.world.digest(), "in one step or in many");
        lab.lab("StartMachine", json!({"racks": ["/rack1", "/rack2"]}));
        lab.lab("HealNetwork", json!({}));
        lab.wait(4 * 3600);
        let hdfs = lab.hdfs();
        sound(hdfs);
        prop_assert!(!hdfs.safe_mode.on() || hdfs.safe_mode.starting());
        for block in hdfs.blocks.values().filter(|b| !b.live.is_empty() && !hdfs.safe_mode.on()) {
            let can = usize::from(block.target).min(8 - block.corrupt.len());
            prop_assert_eq!(block.live.len(), can, "{} is healed", block.name());
            prop_assert!(can < 2 || racks(hdfs, block.id).len() == 2, "{} spans racks", block.name());
        }
        prop_assert_eq!(lab.world.next_event(), None);
    }
}
