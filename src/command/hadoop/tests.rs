//! The Hadoop commands, against a world of their own.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::{Host, find};
use base::Time;
use gateway::{CallError, Gateway, Place};
use sim::Credential;
use sim::api::OpDef;
use sim::{Caller, Config, World};
use store::BlobStore;

/// 2026-11-22 10:00
const START: i64 = 1_795_341_600_000;

struct Door {
    world: Mutex<World>,
    blobs: BlobStore,
}

impl Gateway for Door {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        let mut world = self.world.lock().expect("not poisoned");
        let now = world.now();
        Ok(world.apply(now, caller, op, input)?)
    }

    fn credential(&self, _: &str) -> Result<Option<Credential>, CallError> {
        Ok(None)
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Err(CallError::Broken(std::io::Error::other("no account here").into()))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.world.lock().expect("not poisoned").now())
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        let mut world = self.world.lock().expect("not poisoned");
        let to = world.now().plus(by);
        world.advance(to);
        Ok(to)
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        Place { account: "123456789012".into(), region: "us-east-1".into(), doors: Vec::new() }
    }
}

/// A shell on the gateway machine.
struct Terminal {
    door: Door,
    dir: tempfile::TempDir,
    user: String,
    stdin: String,
}

impl Terminal {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let blobs = BlobStore::open(&dir.path().join("blobs")).expect("opens");
        std::fs::create_dir(dir.path().join("home")).expect("made");
        let world = Mutex::new(systems::empty(Config::new(7, Time(START))));
        let door = Door { world, blobs };
        Self { door, dir, user: "me".into(), stdin: String::new() }
    }

    fn run(&self, line: &str) -> (u8, String, String) {
        let words = shlex::split(line).expect("a command line");
        let (name, args) = words.split_first().expect("a command");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut host = Host {
            gateway: &self.door,
            cwd: self.dir.path().join("home"),
            env: BTreeMap::from([("HADOOP_USER_NAME".to_owned(), self.user.clone())]),
            stdin: &mut self.stdin.as_bytes(),
            stdout: &mut out,
            stderr: &mut err,
            terminal: None,
            interactive: false,
            lab: "test".into(),
        };
        let code = find(name).expect("a known command").run(args, &mut host);
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (code, text(out), text(err))
    }

    /// Runs a line that must give this output and nothing on standard error.
    fn ok(&self, line: &str, want: &str) {
        assert_eq!(self.run(line), (0, want.into(), String::new()), "{line}");
    }

    /// Runs a line that must say this and exit with 1.
    fn fails(&self, line: &str, want: &str) {
        assert_eq!(self.run(line), (1, String::new(), want.into()), "{line}");
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.dir.path().join("home").join(name), bytes).expect("written");
    }

    fn wait(&self, secs: u64) {
        self.door.advance(Duration::from_secs(secs)).expect("moved");
    }
}

/// A terminal with a home directory and a few files.
fn settled() -> Terminal {
    let t = Terminal::new();
    t.ok("hdfs dfs -mkdir -p /user/me/d/sub", "");
    t.file("a.txt", b"hello\n");
    t.file("b", b"aa\nbb\n");
    t.ok("hdfs dfs -put a.txt", "");
    t.ok("hdfs dfs -put b d", "");
    t
}

#[test]
fn lists_as_the_real_shell() {
    let t = settled();
    t.ok(
        "hdfs dfs -ls",
        "Found 2 items\n\
         -rw-r--r--   3 me supergroup          6 2026-11-22 10:00 a.txt\n\
         drwxr-xr-x   - me supergroup          0 2026-11-22 10:00 d\n",
    );
    t.ok(
        "hadoop fs -ls -R /user",
        "drwxr-xr-x   - me supergroup          0 2026-11-22 10:00 /user/me\n\
         -rw-r--r--   3 me supergroup          6 2026-11-22 10:00 /user/me/a.txt\n\
         drwxr-xr-x   - me supergroup          0 2026-11-22 10:00 /user/me/d\n\
         -rw-r--r--   3 me supergroup          6 2026-11-22 10:00 /user/me/d/b\n\
         drwxr-xr-x   - me supergroup          0 2026-11-22 10:00 /user/me/d/sub\n",
    );
    t.ok(
        "hdfs dfs -ls /",
        "Found 2 items\n\
         drwxrwxrwt   - hdfs supergroup          0 2026-11-22 10:00 /tmp\n\
         drwxrwxrwx   - hdfs supergroup          0 2026-11-22 10:00 /user\n",
    );
    t.ok("hdfs dfs -ls -C d", "d/b\nd/sub\n");
    t.ok(
        "hdfs dfs -ls -C hdfs://namenode:8020/user/me/d",
        "hdfs://namenode:8020/user/me/d/b\nhdfs://namenode:8020/user/me/d/sub\n",
    );
    t.ok("hdfs dfs -ls -C '*'", "a.txt\nd/b\nd/sub\n");
    t.ok("hdfs dfs -ls -d -C '/user/me/{a,d}*'", "/user/me/a.txt\n/user/me/d\n");
    t.ok("hdfs dfs -find . -name 'b*'", "d/b\n");
    t.fails("hdfs dfs -ls nope", "ls: `nope': No such file or directory\n");
    t.fails("hdfs dfs -ls 'n*'", "ls: `n*': No such file or directory\n");
    t.fails("hdfs dfs -ls a.txt/x", "ls: /user/me/a.txt (is not a directory)\n");
}

#[test]
fn figures_have_the_real_columns() {
    let t = settled();
    t.ok("hdfs dfs -du", "6  18  a.txt\n6  18  d\n");
    t.ok(
        "hdfs dfs -du -s -h -v .",
        "SIZE  DISK_SPACE_CONSUMED_WITH_ALL_REPLICAS  FULL_PATH_NAME\n\
         12    36                                     .\n",
    );
    t.ok(
        "hdfs dfs -count -q -h -v d",
        "       QUOTA       REM_QUOTA     SPACE_QUOTA REM_SPACE_QUOTA    DIR_COUNT   FILE_COUNT       CONTENT_SIZE PATHNAME\n\
        \u{20}       none             inf            none             inf            2            1                  6 d\n",
    );
    t.ok("hdfs dfs -stat '%b %F %n %o %r %u %g %a %A' a.txt d", "6 regular file a.txt 134217728 3 me supergroup 644 rw-r--r--\n0 directory d 0 0 me supergroup 755 rwxr-xr-x\n");
    t.ok("hdfs dfs -stat a.txt", "2026-11-22 10:00:00\n");
    t.ok(
        "hdfs dfs -df -h",
        "Filesystem             Size  Used  Available  Use%\n\
         hdfs://namenode:8020  400 G    36    400.0 G    0%\n",
    );
}

#[test]
fn refuses_in_the_real_words() {
    let t = settled();
    for (line, want) in [
        ("-mkdir d", "mkdir: `d': File exists"),
        ("-mkdir a.txt", "mkdir: `a.txt': Is not a directory"),
        ("-mkdir x/y", "mkdir: `hdfs://namenode:8020/user/me/x': No such file or directory"),
        (
            "-mkdir /data",
            "mkdir: Permission denied: user=me, access=WRITE, inode=\"/\":hdfs:supergroup:drwxr-xr-x",
        ),
        ("-put a.txt", "put: `a.txt': File exists"),
        ("-put nope d", "put: `nope': No such file or directory"),
        (
            "-put a.txt nodir/x",
            "put: `nodir/x': No such file or directory: `hdfs://namenode:8020/user/me/nodir/x'",
        ),
        ("-put a.txt b q", "put: `q': No such file or directory"),
        ("-cat d", "cat: `d': Is a directory"),
        ("-rm d", "rm: `d': Is a directory"),
        ("-rm nope", "rm: `nope': No such file or directory"),
        ("-rmdir d", "rmdir: `d': Directory is not empty"),
        ("-rmdir a.txt", "rmdir: `a.txt': Is not a directory"),
        ("-mv nope d", "mv: `nope': No such file or directory"),
        ("-mv a.txt d/b", "mv: `d/b': File exists"),
        ("-cp a.txt d/b", "cp: `d/b': File exists"),
        ("-cp d d/sub/q", "cp: `d' to `d/sub/q': is a subdirectory of itself"),
        ("-touchz a.txt", "touchz: `a.txt': Not a zero-length file"),
        ("-touchz d", "touchz: `d': Is a directory"),
        ("-get a.txt a.txt", "get: `a.txt': File exists"),
        ("-find . -foo", "find: Unexpected argument: -foo"),
        ("-cat s3x://b/c", "cat: No FileSystem for scheme \"s3x\""),
    ] {
        t.fails(&format!("hdfs dfs {line}"), &format!("{want}\n"));
    }
    let refused = |line: &str, first: &str, last: &str| {
        let (code, out, err) = t.run(&format!("hdfs dfs {line}"));
        assert_eq!((code, out.as_str()), (255, ""), "{line}");
        assert_eq!(err.lines().next(), Some(first));
        assert_eq!(err.lines().last(), Some(last));
        assert!(err.contains(
            "\nUsage: hadoop fs [generic options]\n\t[-appendToFile <localsrc> ... <dst>]\n"
        ));
    };
    let usage = "Usage: hadoop fs [generic options] -mkdir [-p] <path> ...";
    refused("-mkdir", "-mkdir: Not enough arguments: expected 1 but got 0", usage);
    refused("-mkdir -z d", "-mkdir: Illegal option -z", usage);
    let usage = "Usage: hadoop fs [generic options] -setrep [-R] [-w] <rep> <path> ...";
    refused("-setrep 0 a.txt", "-setrep: replication must be >= 1", usage);
    let usage =
        "Usage: hadoop fs [generic options] -chmod [-R] <MODE[,MODE]... | OCTALMODE> PATH...";
    refused(
        "-chmod 999 a.txt",
        "-chmod: chmod : mode '999' does not match the expected pattern.",
        usage,
    );
    let (code, _, err) = t.run("hdfs dfs ls");
    assert_eq!(code, 255);
    assert!(err.starts_with(
        "ls: Unknown command\nDid you mean -ls?  This command begins with a dash.\nUsage: "
    ));
}

#[test]
fn files_go_in_and_come_out_again() {
    let mut t = settled();
    t.ok("hdfs dfs -cat a.txt d/b", "hello\naa\nbb\n");
    t.stdin = "from a pipe".into();
    t.ok("hdfs dfs -put - piped", "");
    t.ok("hdfs dfs -tail piped", "from a pipe");
    t.ok("hdfs dfs -appendToFile a.txt - piped", "");
    t.ok("hdfs dfs -cat piped", "from a pipehello\nfrom a pipe");
    t.ok("hdfs dfs -cp piped d/copy", "");
    t.ok("hdfs dfs -mv piped d/sub", "");
    t.ok("hdfs dfs -cp -f d/b d/copy", "");
    t.ok("hdfs dfs -getmerge -nl d merged", "");
    t.ok("hdfs dfs -get d there", "");
    let read =
        |name: &str| std::fs::read_to_string(t.dir.path().join("home").join(name)).expect("there");
    assert_eq!(read("merged"), "aa\nbb\n\naa\nbb\n\n");
    assert_eq!(read("there/sub/piped"), "from a pipehello\nfrom a pipe");
    t.ok("hdfs dfs -put there again", "");
    t.ok("hdfs dfs -count again", "           2            3                 40 again\n");
    t.ok("hdfs dfs -rm -r again d/copy", "Deleted again\nDeleted d/copy\n");
    t.ok("hdfs dfs -rm -f nope", "");
    t.ok("hdfs dfs -chmod -R g+w,o= d", "");
    t.ok("hdfs dfs -stat '%a %n' d d/b", "770 d\n660 b\n");
    t.ok("hdfs dfs -touch -t 20200102:030405 a.txt", "");
    t.ok("hdfs dfs -stat %y a.txt", "2020-01-02 03:04:05\n");
    assert_eq!(t.run("hdfs dfs -test -d d").0, 0);
    assert_eq!(t.run("hdfs dfs -test -z a.txt").0, 1);
    assert_eq!(t.run("hdfs dfs -test -e nope").0, 1);
    assert_eq!(t.run("hdfs dfs -D dfs.blocksize=1m -D dfs.replication=2 -put a.txt small").0, 0);
    t.ok("hdfs dfs -stat '%o %r' small", "1048576 2\n");
}

#[test]
fn a_dead_node_is_seen_and_healed() {
    let t = settled();
    t.ok("nodes kill dn2", "dn2 is down\n");
    t.ok("nodes kill dn2", "dn2 was down already\n");
    t.fails("nodes kill dm2", "nodes: there is no node named dm2; did you mean dn2?\n");
    t.wait(640);
    let (_, ls, _) = t.run("nodes ls");
    assert!(
        ls.starts_with("NAME  RACK    MACHINE  STATE  LAST CONTACT     BLOCKS  USED\n"),
        "{ls}"
    );
    assert!(ls.contains("dn2   /rack1  down     dead   10 min 4"), "{ls}");
    t.wait(120);
    let (code, report, _) = t.run("hdfs dfsadmin -report");
    assert_eq!(code, 0);
    assert!(
        report.starts_with(
            "Configured Capacity: 375809638400 (350 GB)\nPresent Capacity: 375809638400 (350 GB)\n"
        ),
        "{report}"
    );
    assert!(report.contains("DFS Used: 36 (36 B)\nDFS Used%: 0.00%\nReplicated Blocks:\n\tUnder replicated blocks: 0\n"), "{report}");
    assert!(report.contains("\n-------------------------------------------------\nLive datanodes (7):\n\nName: 10.0.1.11:9866 (dn1)\nHostname: dn1\nRack: /rack1\nDecommission Status : Normal\n"), "{report}");
    assert!(
        report.contains("\n\n\nDead datanodes (1):\n\nName: 10.0.1.12:9866 (dn2)\n"),
        "{report}"
    );
    t.ok(
        "nodes start --rack rack1",
        "dn2 is starting\ndn1 runs already\ndn3 runs already\ndn4 runs already\n",
    );
    t.wait(60);
    let (_, topology, _) = t.run("hdfs dfsadmin -printTopology");
    assert!(
        topology.starts_with("Rack: /rack1\n   10.0.1.11:9866 (dn1)\n   10.0.1.12:9866 (dn2)\n"),
        "{topology}"
    );
    let (_, waited, _) = t.run("hdfs dfs -setrep -w 5 a.txt");
    assert!(
        waited.starts_with("Replication 5 set: a.txt\nWaiting for a.txt ....")
            && waited.ends_with(" done\n"),
        "{waited}"
    );
    let (code, health, err) = t.run("hdfs fsck /user/me -files -blocks -locations");
    assert_eq!(code, 0);
    assert_eq!(
        err,
        "Connecting to namenode via http://namenode:9870/fsck?ugi=me&files=1&blocks=1&locations=1&path=%2Fuser%2Fme\n"
    );
    assert!(
        health
            .contains("/user/me/a.txt 6 bytes, replicated: replication=5, 1 block(s):  OK\n0. BP-"),
        "{health}"
    );
}

#[test]
fn administration_needs_its_user() {
    let mut t = settled();
    let (code, _, err) = t.run("hdfs dfsadmin -safemode enter");
    assert_eq!(
        (code, err.as_str()),
        (255, "safemode: Access denied for user me. Superuser privilege is required\n")
    );
    t.user = "hdfs".into();
    t.ok("hdfs dfsadmin -safemode enter", "Safe mode is ON\n");
    t.fails(
        "hdfs dfs -mkdir /data",
        "mkdir: Cannot create directory /data. Name node is in safe mode.\n",
    );
    t.ok("hdfs dfsadmin -safemode leave", "Safe mode is OFF\n");
    t.ok("hdfs dfsadmin -setSpaceQuota 1g /user/me", "");
    t.ok("hdfs dfs -count -q -h /user/me", "        none             inf             1 G           1.0 G            3            2                 12 /user/me\n");
    t.ok("hdfs getconf -confKey dfs.blocksize", "134217728\n");
    t.fails("hadoop jar x.jar", "hadoop jar is not part of this lab's cluster yet.\n");
}

#[test]
fn only_looking_is_known_as_such() {
    let check = |line: &str, want: bool| {
        let words = shlex::split(line).expect("words");
        let command = find(&words[0]).expect("a command");
        assert_eq!(command.read_only(&words[1..]), want, "{line}");
    };
    check("hdfs dfs -ls /", true);
    check("hdfs dfs -D a=b -cat /x", true);
    check("hdfs dfs -rm /x", false);
    check("hdfs dfs -get /x y", false);
    check("hdfs dfs -get /x -", true);
    check("hadoop fs -count /", true);
    check("hdfs fsck / -files", true);
    check("hdfs dfsadmin -report", true);
    check("hdfs dfsadmin -safemode get", true);
    check("hdfs dfsadmin -safemode leave", false);
    check("nodes ls --json", true);
    check("nodes kill dn1", false);
    check("hadoop jar x", false);
}
