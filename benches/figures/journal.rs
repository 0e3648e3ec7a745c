//! What needs no listener: bodies, replay, and `docker` against the reference client.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::json;

use distlab::base::Time;
use distlab::course::Lab;
use distlab::session::engine::{Engine, replay as replayed};
use distlab::session::profile::Profile;
use distlab::session::{Mode, Session};
use distlab::sim::{Caller, Principal, service};
use distlab::store::BlobStore;

use crate::machine;
use crate::sheet::{Bar, Sheet, median};

/// Inputs of the journal that is replayed.
const INPUTS: usize = 20_000;
/// Replays of which the median is taken.
const REPLAYS: usize = 5;
/// Bytes of a large body.
const LARGE: usize = 256 << 20;
/// Runs of a `docker` command on each side.
const LOOKS: usize = 25;
const CONTAINERS: usize = 9;
const IMAGE: &str = "alpine";
/// The image that is built, and removed at the end.
const BUILT: &str = "distlab-figures";

/// A large body into the blob store, with all its digests.
pub(crate) fn body(sheet: &mut Sheet) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let store = BlobStore::open(dir.path()).expect("opens");
    let block: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    let (began, used) = (Instant::now(), machine::cpu_seconds(std::process::id()));
    let mut writer = store.writer().expect("writes");
    for _ in 0..LARGE / block.len() {
        std::io::Write::write_all(&mut writer, &block).expect("written");
    }
    writer.finish().expect("stored");
    let took = began.elapsed().as_secs_f64();
    let cpu = machine::cpu_seconds(std::process::id()) - used;
    let size = (LARGE >> 20) as f64;
    let note = format!("256 MiB; processor {:.1} ms per MiB", cpu / size * 1e3);
    sheet.add("body", "a large body into the blob store", size / took, "MiB/s", Bar::None, note);
}

/// Makes a journal of small writes: buckets, objects, tags, users.
fn build(engine: &Engine) {
    let root = Caller::from(Principal::Root);
    let call = |name: &str, op: &str, input| {
        let def = service(name).and_then(|s| s.operation(op)).expect("an operation");
        let group = engine.new_group();
        engine.call(group, &root, def, input).expect("done");
    };
    call("s3", "CreateBucket", json!({"Bucket": "figures"}));
    for number in 0..INPUTS - 1 {
        let key = format!("object-{:05}", number / 4);
        let user = format!("user-{:05}", number / 4);
        match number % 4 {
            0 => call("s3", "PutObject", json!({"Bucket": "figures", "Key": key})),
            1 => call(
                "s3",
                "PutObjectTagging",
                json!({
                    "Bucket": "figures", "Key": key,
                    "Tagging": {"TagSet": [{"Key": "turn", "Value": number.to_string()}]},
                }),
            ),
            2 => call("iam", "CreateUser", json!({"UserName": user})),
            _ => call(
                "iam",
                "TagUser",
                json!({
                    "UserName": user, "Tags": [{"Key": "turn", "Value": number.to_string()}],
                }),
            ),
        }
    }
}

/// Replay of a journal, and what comes before it: writing and reading it.
pub(crate) fn replay(sheet: &mut Sheet) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let profile = Profile::open(dir.path()).expect("a profile");
    let lab = Lab { id: "figures".into(), speed: 1, ..Lab::default() };
    let session =
        Session::open(&profile, lab, Mode::Once, Time(1_772_438_400_000)).expect("a session");
    let engine = session.engine();
    let inputs = INPUTS as f64;
    let began = Instant::now();
    build(engine);
    let written = inputs / began.elapsed().as_secs_f64();
    let (mut load, mut play) = (Vec::new(), Vec::new());
    for _ in 0..REPLAYS {
        let began = Instant::now();
        let kept = engine.kept().expect("readable");
        load.push(inputs / began.elapsed().as_secs_f64());
        let began = Instant::now();
        let world = replayed(engine.manifest(), &kept).expect("replays");
        play.push(inputs / began.elapsed().as_secs_f64());
        drop(world);
    }
    let note = format!("median of {REPLAYS}; S3 and IAM writes, {INPUTS} inputs");
    let what = "replay of a journal";
    sheet.add("replay", what, median(&mut play), "/s", Bar::AtLeast(50_000.0), note);
    let note = "from the database, chain walked, inputs decoded";
    sheet.add("replay", "reading a journal", median(&mut load), "/s", Bar::None, note);
    let note = "one caller in this process, each in the journal before its answer";
    sheet.add("replay", "journaled inputs", written, "/s", Bar::None, note);
}

/// One run of a client, in milliseconds; `None` when it fails.
fn run(program: &Path, home: &Path, args: &[&str]) -> Option<f64> {
    let began = Instant::now();
    let status = Command::new(program)
        .args(args)
        .env("DISTLAB_HOME", home)
        .env_remove("DISTLAB_LAB")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    status.success().then(|| began.elapsed().as_secs_f64() * 1e3)
}

/// The reference client: the `docker` of the PATH.
fn reference() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join("docker")).find(|p| p.is_file())
}

/// `docker` against the reference client on the same engine, in turns.
pub(crate) fn docker(sheet: &mut Sheet) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ours = dir.path().join("docker");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_distlab"), &ours).expect("a link");
    let home = dir.path().join("home");
    let Some(theirs) = reference() else {
        return sheet.absent("docker", "docker", "the reference client is not here");
    };
    if run(&theirs, &home, &["version"]).is_none() {
        return sheet.absent("docker", "docker", "no engine answers the reference client");
    }
    let profile = Profile::open(&home).expect("a profile");
    let clients = (&*ours, &*theirs, &*home);
    compare(sheet, "docker ps", LOOKS, 1.0, &["ps"], clients);
    let open = Session::open(&profile, serve(), Mode::Live, distlab::wire::aws::wall_clock());
    let open = open.expect("a session");
    compare(sheet, "docker ps, lab open", LOOKS, 1.0, &["ps"], clients);
    // Genuine or a stand-in: both sides run the same.
    if run(&ours, &home, &["pull", "--quiet", IMAGE]).is_none() {
        return sheet.absent("docker", "docker run", format!("the image {IMAGE} cannot be had"));
    }
    let args = ["run", "--rm", IMAGE, "true"];
    let what = "docker run --rm alpine true, lab open";
    compare(sheet, what, CONTAINERS, 1.1, &args, clients);
    let context = dir.path().join("context");
    make_context(&context);
    let context = context.to_str().expect("text");
    let args = ["build", "--quiet", "--no-cache", "--tag", BUILT, context];
    let what = "docker build --no-cache of 4 MiB, 3 steps";
    compare(sheet, what, CONTAINERS, 1.1, &args, clients);
    let args = ["build", "--quiet", "--tag", BUILT, context];
    compare(sheet, "the same from the cache", LOOKS, 1.1, &args, clients);
    run(&theirs, &home, &["image", "rm", "--force", BUILT]);
    drop(open);
}

/// What `docker build` is given: a Dockerfile and files of 4 MiB that do not shrink when packed.
fn make_context(dir: &Path) {
    let files = dir.join("files");
    std::fs::create_dir_all(&files).expect("a folder");
    let dockerfile = format!("FROM {IMAGE}\nCOPY files /files\nRUN true\n");
    std::fs::write(dir.join("Dockerfile"), dockerfile).expect("written");
    let mut state = 1_u64;
    for number in 0..64 {
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .take(64 << 10)
        .collect();
        std::fs::write(files.join(format!("file-{number}")), noise).expect("written");
    }
}

fn serve() -> Lab {
    Lab { id: "serve".into(), speed: 1, ..Lab::default() }
}

fn compare(
    sheet: &mut Sheet,
    what: &str,
    turns: usize,
    bar: f64,
    args: &[&str],
    (ours, theirs, home): (&Path, &Path, &Path),
) {
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    // The first turn warms both.
    for turn in 0..=turns {
        let pair = run(ours, home, args).zip(run(theirs, home, args));
        let Some((a, b)) = pair else {
            return sheet.absent("docker", what, "one of the clients failed");
        };
        if turn > 0 {
            mine.push(a);
            other.push(b);
        }
    }
    let (mine, other) = (median(&mut mine), median(&mut other));
    let note = format!("medians of {turns} in turns: {mine:.1} ms, reference {other:.1} ms");
    let what = format!("{what}, time against the reference");
    sheet.add("docker", what, mine / other, "x", Bar::AtMost(bar), note);
}
