//! What needs no listener: a large body, and a journal written, read, replayed, opened again and
//! taken back.

use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use distlab::base::Time;
use distlab::course::Lab;
use distlab::session::engine::{Engine, replay as replayed};
use distlab::session::profile::Profile;
use distlab::session::{Mode, Session};
use distlab::sim::{Caller, Principal};
use distlab::store::BlobStore;
use distlab::systems::service;

use crate::machine;
use crate::sheet::{Bar, Sheet, median, times};

/// Inputs of the journal that is replayed.
const INPUTS: usize = 20_000;
/// Replays of which the median is taken.
const REPLAYS: usize = 5;
/// Bytes of a large body.
const LARGE: usize = 256 << 20;
/// Entries of the journals that are opened again.
const SIZES: &[usize] = &[10_000, 100_000];
/// Openings and undos of which the median is taken.
const TURNS: usize = 5;
/// When the worlds begin.
const BEGIN: Time = Time(1_772_438_400_000);

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

/// Makes a journal of that many small writes: buckets, objects, tags, users.
fn build(engine: &Engine, inputs: usize) {
    let root = Caller::from(Principal::Root);
    let call = |name: &str, op: &str, input| {
        let def = service(name).and_then(|s| s.operation(op)).expect("an operation");
        let group = engine.new_group();
        engine.call(group, &root, def, input).expect("done");
    };
    call("s3", "CreateBucket", json!({"Bucket": "figures"}));
    for number in 0..inputs - 1 {
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
    let session = open(&profile);
    let engine = session.engine();
    let count = times(INPUTS);
    let inputs = count as f64;
    let began = Instant::now();
    build(engine, count);
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
    let note = format!("median of {REPLAYS}; S3 and IAM writes, {count} inputs");
    let what = "replay of a journal";
    sheet.add("replay", what, median(&mut play), "/s", Bar::AtLeast(250_000.0), note);
    let note = "from the database, chain walked, inputs decoded";
    sheet.add("replay", "reading a journal", median(&mut load), "/s", Bar::None, note);
    let note = "one caller in this process, each in the journal before its answer";
    sheet.add("replay", "journaled inputs", written, "/s", Bar::None, note);
}

fn open(profile: &Profile) -> Arc<Session> {
    let lab = Lab { id: "figures".into(), speed: 1, ..Lab::default() };
    Session::open(profile, lab, Mode::Once, BEGIN).expect("a session")
}

/// A lab with a long history: opened again, and its last command taken back.
pub(crate) fn reopen(sheet: &mut Sheet) {
    for &size in SIZES {
        let size = times(size);
        let dir = tempfile::tempdir().expect("a temporary folder");
        let profile = Profile::open(dir.path()).expect("a profile");
        build(open(&profile).engine(), size);
        let (mut opened, mut undone) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            let began = Instant::now();
            let session = open(&profile);
            opened.push(began.elapsed().as_secs_f64() * 1e3);
            let began = Instant::now();
            assert!(session.engine().undo().expect("undoes").is_some(), "nothing to take back");
            undone.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let note = format!("median of {TURNS}; S3 and IAM writes, in this process");
        for (what, values) in [("reopening", &mut opened), ("undo", &mut undone)] {
            let what = format!("{what} at {size} entries");
            sheet.add("reopen", what, median(values), "ms", Bar::None, note.clone());
        }
    }
}
