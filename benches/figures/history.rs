//! What a long history costs: opening it, undo, and a loop of commands; and many callers at once.
//!
//! `HISTORY=1000000` makes the journal that long; it is built anew for each run.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use distlab::base::Time;
use distlab::course::Lab;
use distlab::session::engine::Engine;
use distlab::session::profile::Profile;
use distlab::session::{Mode, Session};
use distlab::sim::{Caller, Principal};
use distlab::systems::service;

use crate::http::Http;
use crate::machine;
use crate::sheet::{Bar, Sheet, percentile};
use crate::{requests, serve};

/// Inputs of the journal, unless the environment says otherwise.
const INPUTS: usize = 100_000;
/// Who writes the journal at once.
const WRITERS: usize = 8;
/// How long callers call.
const SPAN: Duration = Duration::from_secs(3);
/// Commands of a loop.
const COMMANDS: usize = 10;

fn inputs() -> usize {
    std::env::var("HISTORY").ok().and_then(|n| n.parse().ok()).unwrap_or(INPUTS)
}

fn lab() -> Lab {
    Lab { id: "serve".into(), speed: 1, ..Lab::default() }
}

/// One small write, by its number: tags of one of a thousand objects.
fn write(engine: &Engine, number: usize) {
    let root = Caller::from(Principal::Root);
    let key = format!("object-{:04}", number % 1000);
    let (op, input) = if number < 1000 {
        ("PutObject", json!({"Bucket": "figures", "Key": key}))
    } else {
        let tags = json!([{"Key": "turn", "Value": number.to_string()}]);
        let input = json!({"Bucket": "figures", "Key": key, "Tagging": {"TagSet": tags}});
        ("PutObjectTagging", input)
    };
    call(engine, &root, op, input);
}

fn call(engine: &Engine, caller: &Caller, op: &str, input: serde_json::Value) {
    let def = service("s3").and_then(|s| s.operation(op)).expect("an operation");
    engine.call(engine.new_group(), caller, def, input).expect("done");
}

fn open(profile: &Profile) -> std::sync::Arc<Session> {
    let start = Time(1_772_438_400_000);
    Session::open(profile, lab(), Mode::Once, start).expect("a session")
}

/// Makes the journal; how many inputs a second that were.
fn build(engine: &Engine) -> f64 {
    call(engine, &Caller::from(Principal::Root), "CreateBucket", json!({"Bucket": "figures"}));
    (0..1000).for_each(|number| write(engine, number));
    let each = inputs().saturating_sub(1001) / WRITERS;
    let began = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || (0..each).for_each(|n| write(engine, 1000 + n * WRITERS + writer)));
        }
    });
    (each * WRITERS) as f64 / began.elapsed().as_secs_f64()
}

/// Opening a long journal, undo, a loop of commands.
pub(crate) fn history(sheet: &mut Sheet) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let profile = Profile::open(dir.path()).expect("a profile");
    let session = open(&profile);
    let rate = build(session.engine());
    let note = format!("{WRITERS} callers in this process, {} inputs", inputs());
    sheet.add("history", "journaled inputs, many callers", rate, "/s", Bar::None, note);
    drop(session);

    let began = Instant::now();
    let session = open(&profile);
    let took = began.elapsed().as_secs_f64();
    let note = format!("walked, folded and played in {took:.2} s");
    let rate = inputs() as f64 / took;
    sheet.add("history", "opening a journal", rate, "/s", Bar::AtLeast(100_000.0), note);
    undo(sheet, session.engine());
    drop(session);

    let server = serve::ours(dir.path());
    let pid = server.child.id();
    let now = machine::mebibytes(pid, "status", "VmRSS");
    let most = machine::mebibytes(pid, "status", "VmHWM");
    let note = format!("{} inputs; at most {most:.0} MiB, {now:.0} MiB then", inputs());
    let what = "serve to first answer, long journal";
    sheet.add("history", what, server.took, "ms", Bar::AtMost(1000.0), note);
    let what = "memory at most while opening, against live";
    sheet.add("history", what, most / now, "x", Bar::AtMost(1.5), "of the process");
    drop(server);
    commands(sheet, dir.path());
}

/// One undo, and how long a reading request waited meanwhile.
fn undo(sheet: &mut Sheet, engine: &Engine) {
    let root = Caller::from(Principal::Root);
    let done = AtomicBool::new(false);
    let (took, mut waits) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut waits = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let began = Instant::now();
                call(engine, &root, "ListBuckets", json!({}));
                waits.push(began.elapsed().as_secs_f64() * 1e3);
                std::thread::sleep(Duration::from_millis(1));
            }
            waits
        });
        let began = Instant::now();
        engine.undo().expect("taken back");
        let took = began.elapsed().as_secs_f64();
        done.store(true, Ordering::Relaxed);
        (took, looking.join().expect("it ends"))
    });
    let note = format!(
        "reads meanwhile: {}, median {:.2} ms, longest {:.1} ms",
        waits.len(),
        percentile(&mut waits, 50),
        percentile(&mut waits, 100)
    );
    let rate = inputs() as f64 / took;
    sheet.add("history", "undo, inputs played", rate, "/s", Bar::AtLeast(250_000.0), note);
}

/// A loop of `distlab exec` outside of an open session.
fn commands(sheet: &mut Sheet, home: &Path) {
    let mut took: Vec<f64> = (0..COMMANDS)
        .map(|_| {
            let began = Instant::now();
            let status = Command::new(env!("CARGO_BIN_EXE_distlab"))
                .args(["exec", "serve", "--", "aws", "s3", "ls"])
                .env("DISTLAB_HOME", home)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status()
                .expect("it runs");
            assert!(status.success());
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let first = took.remove(0);
    let note = format!("median of {} after a first of {first:.0} ms", took.len());
    let what = "distlab exec in a loop, long journal";
    sheet.add("history", what, percentile(&mut took, 50), "ms", Bar::None, note);
    // The session that lingers has nothing to linger for any more.
    drop(open(&Profile::open(home).expect("a profile")));
}

/// Requests per second from one, eight and sixty-four callers: in this process, and over HTTP.
pub(crate) fn together(sheet: &mut Sheet) {
    for callers in [1, 8, 64] {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let profile = Profile::open(dir.path()).expect("a profile");
        let session = open(&profile);
        let engine = session.engine();
        call(engine, &Caller::from(Principal::Root), "CreateBucket", json!({"Bucket": "figures"}));
        (0..1000).for_each(|number| write(engine, number));
        let rate = during(callers, |number| {
            write(engine, 1000 + number);
            true
        });
        let what = format!("journaled inputs in this process, {callers} at once");
        sheet.add("together", what, rate, "/s", Bar::None, "");
    }
    for callers in [1, 8, 64] {
        let home = tempfile::tempdir().expect("a temporary folder");
        let server = serve::ours(home.path());
        let mut first = requests::prepared(&server).expect("the server takes them");
        let requests: Vec<Vec<u8>> =
            (0..4000).map(|number| requests::tag(&server.signer, number)).collect();
        assert_eq!(first.send(&requests[0]), Some(200));
        let host = &server.signer.host;
        let used = machine::cpu_seconds(server.child.id());
        let rate = connections(callers, host, &requests);
        let cpu = machine::cpu_seconds(server.child.id()) - used;
        let note = format!("processor {:.0} µs each", cpu / (rate * SPAN.as_secs_f64()) * 1e6);
        let what = format!("S3 PutObjectTagging, {callers} connections");
        sheet.add("together", what, rate, "/s", Bar::None, note);
    }
}

/// Calls from so many threads for a while; calls per second.
fn during(callers: usize, call: impl Fn(usize) -> bool + Sync) -> f64 {
    let began = Instant::now();
    let count: usize = std::thread::scope(|scope| {
        let call = &call;
        let all: Vec<_> = (0..callers)
            .map(|caller| {
                scope.spawn(move || {
                    let mut turns = 0;
                    while call(turns * callers + caller) && began.elapsed() < SPAN {
                        turns += 1;
                    }
                    turns
                })
            })
            .collect();
        all.into_iter().map(|caller| caller.join().expect("it ends")).sum()
    });
    count as f64 / began.elapsed().as_secs_f64()
}

fn connections(callers: usize, host: &str, requests: &[Vec<u8>]) -> f64 {
    let open: Vec<std::sync::Mutex<Http>> =
        (0..callers).filter_map(|_| Http::connect(host)).map(std::sync::Mutex::new).collect();
    during(open.len(), |number| {
        let mut http = open[number % open.len()].lock().expect("one caller each");
        http.send(&requests[number % requests.len()]).is_some_and(|status| status / 100 == 2)
    })
}
