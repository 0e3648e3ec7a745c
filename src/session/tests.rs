//! The session's promises: the journal is everything, undo and reset fold, nothing acknowledged is lost.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::engine::{Engine, Line, Manifest, replay};
use super::history::{Act, fold};
use super::profile::Profile;
use super::*;
use base::Digest;
use course::{Expect, Learner, Step};
use gateway::{CallError, Gateway};
use sim::{Caller, Principal, World, service};
use store::{Entry, NewEntry, link, origin};

const START: Time = Time(1_772_438_400_000);

fn profile(dir: &tempfile::TempDir) -> Profile {
    let mut profile = Profile::open(dir.path()).unwrap();
    profile.rename(Learner { name: "ada".into(), seed: 7 }).unwrap();
    profile
}

fn lab() -> Lab {
    Lab { id: "try".into(), speed: 1, ..Lab::default() }
}

fn open(profile: &Profile) -> Arc<Session> {
    Session::open(profile, lab(), Mode::Once, START).unwrap()
}

fn make(line: &Line, bucket: &str) -> Result<serde_json::Value, CallError> {
    let op = service("s3").and_then(|s| s.operation("CreateBucket")).unwrap();
    line.call(&Caller::from(Principal::Root), op, json!({"Bucket": bucket}))
}

fn state(session: &Session) -> Digest {
    session.engine.look(World::digest)
}

#[test]
fn a_session_comes_back_as_it_was_left() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let line = Line::grouped(session.engine.clone());
    make(&line, "first-bucket").unwrap();
    session.engine.advance(Duration::from_mins(11)).unwrap();
    make(&line, "second-bucket").unwrap();
    let (before, now) = (state(&session), session.engine.lab_time());
    drop((line, session));
    let again = open(&profile);
    assert_eq!(state(&again), before);
    assert_eq!(again.engine.lab_time(), now);
}

#[test]
fn a_second_session_is_told_who_has_the_lab() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let first = open(&profile);
    let error = Session::open(&profile, lab(), Mode::Once, START).err().unwrap().to_string();
    assert!(error.contains(&std::process::id().to_string()), "{error}");
    assert!(error.contains("--read-only") && error.contains("--home"), "{error}");
    drop(first);
    Session::open(&profile, lab(), Mode::Once, START).unwrap();
}

#[test]
fn undo_takes_back_a_command_and_reset_everything() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&profile(&dir));
    let empty = state(&session);
    make(&Line::grouped(session.engine.clone()), "kept-bucket").unwrap();
    let kept = state(&session);
    let command = Line::grouped(session.engine.clone());
    make(&command, "one-bucket").unwrap();
    make(&command, "two-bucket").unwrap();
    assert_eq!(session.undo().unwrap().as_deref(), Some("s3 CreateBucket and 1 more request"));
    assert_eq!(state(&session), kept, "both inputs of the command are gone");
    assert_eq!(session.undo().unwrap().as_deref(), Some("s3 CreateBucket"));
    assert_eq!(state(&session), empty);
    assert_eq!(session.undo().unwrap(), None, "nothing is left");
    make(&Line::grouped(session.engine.clone()), "last-bucket").unwrap();
    session.reset(None).unwrap();
    assert_eq!(state(&session), empty);
}

#[test]
fn what_fails_is_kept_in_the_journal_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&profile(&dir));
    let line = Line::separate(session.engine.clone());
    let before = state(&session);
    let op = service("iam").and_then(|s| s.operation("DeleteUser")).unwrap();
    let gone = line.call(&Caller::from(Principal::Root), op, json!({"UserName": "nobody"}));
    assert!(matches!(gone, Err(CallError::Api(e)) if e.code == "NoSuchEntity"));
    assert_eq!(state(&session), before);
    let journal = session.engine.journal().unwrap();
    assert_eq!(journal.entries.len(), 1);
    assert_eq!(session.undo().unwrap(), None, "a failure is no change");
}

#[test]
fn the_socket_answers_as_the_session_does() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let holder = profile.holder("try");
    let client = client::Client::connect(holder.socket.as_ref()).unwrap();
    let op = service("s3").and_then(|s| s.operation("CreateBucket")).unwrap();
    client.call(&Caller::from(Principal::Root), op, json!({"Bucket": "over-socket"})).unwrap();
    let key = client.root_credential().unwrap();
    assert_eq!(client.credential(&key.access_key_id).unwrap(), Some(key));
    assert_eq!(client.credential("AKIANOBODY").unwrap(), None);
    let later = client.advance(Duration::from_mins(1)).unwrap();
    assert_eq!(later, session.engine.lab_time());
    let mode = std::fs::metadata(&holder.socket).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o600);
}

#[test]
fn a_damaged_journal_opens_with_its_good_part_and_takes_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    for name in ["first-bucket", "second-bucket", "third-bucket"] {
        make(&Line::separate(session.engine.clone()), name).unwrap();
    }
    drop(session);
    let db = rusqlite::Connection::open(profile.home.join("distlab.db")).unwrap();
    db.execute("UPDATE entry SET body = replace(body, 'third', 'forged') WHERE seq = 3", [])
        .unwrap();
    let session = open(&profile);
    let why = session.engine.frozen().expect("noticed");
    assert!(why.contains("entry 3 was altered"), "{why}");
    let refused = make(&Line::separate(session.engine.clone()), "fourth-bucket").unwrap_err();
    assert!(refused.to_string().contains("nothing can be changed"), "{refused}");
    let rows: i64 = db.query_row("SELECT count(*) FROM entry", [], |r| r.get(0)).unwrap();
    assert_eq!(rows, 3, "nothing was overwritten");
}

/// Builds a journal from acts with their groups.
fn journal(acts: &[(u64, Act)]) -> Vec<Entry> {
    let mut head = origin("t");
    let mut entries = Vec::new();
    for (i, (group, act)) in acts.iter().enumerate() {
        let (kind, body) = act.encode().unwrap();
        let (seq, at) = (i as u64 + 1, i64::try_from(i).unwrap());
        let new = NewEntry { at, group: *group, kind: &kind, body: &body };
        head = link(&head, seq, &new);
        entries.push(Entry { seq, at, group: *group, kind, body, hash: head });
    }
    entries
}

fn call(ok: bool) -> Act {
    let caller = Caller::from(Principal::Root);
    Act::Call { caller, service: "s3".into(), op: "CreateBucket".into(), input: json!({}), ok }
}

fn pass(step: &str) -> Act {
    Act::Pass { step: step.into(), facts: vec![] }
}

#[test]
fn folding_keeps_what_counts() {
    let check = |acts: &[(u64, Act)], want: &[u64]| {
        let kept: Vec<u64> = fold(&journal(acts)).unwrap().iter().map(|k| k.seq).collect();
        assert_eq!(kept, want);
    };
    check(&[(1, call(true)), (2, call(true)), (3, Act::Undo)], &[1]);
    check(&[(1, call(true)), (2, call(false)), (3, Act::Undo)], &[2]);
    check(&[(1, call(true)), (0, pass("a")), (2, Act::Undo)], &[]);
    check(&[(0, pass("a")), (1, call(true)), (0, pass("b")), (2, Act::Undo)], &[1]);
    check(&[(1, call(true)), (2, Act::Advance), (3, Act::Undo)], &[2]);
    check(&[(1, Act::Undo), (2, call(true))], &[2]);
    check(
        &[(1, call(true)), (2, call(true)), (3, Act::Reset { keep: 1 }), (4, call(true))],
        &[1, 4],
    );
    check(&[(1, call(true)), (2, Act::Reset { keep: 0 })], &[]);
}

#[test]
fn a_replay_ends_in_the_same_state() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&profile(&dir));
    for i in 0..50 {
        let line = Line::grouped(session.engine.clone());
        make(&line, &format!("bucket-{i}")).unwrap();
        if i % 7 == 0 {
            session.undo().unwrap();
        }
        if i % 11 == 0 {
            session.engine.advance(Duration::from_secs(i)).unwrap();
        }
    }
    session.engine.advance(Duration::ZERO).unwrap();
    let kept = session.engine.kept().unwrap();
    let manifest: &Manifest = session.engine.manifest();
    let replayed = || replay(manifest, &kept).unwrap().digest();
    assert_eq!(replayed(), state(&session));
    assert_eq!(replayed(), replayed());
}

#[test]
fn engines_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Engine>();
    shared::<Session>();
}

#[test]
fn an_edited_file_is_worth_a_check() {
    let dir = tempfile::tempdir().unwrap();
    let expect = Expect {
        run: "cat answer.txt".into(),
        at: None,
        matcher: "contains".into(),
        want: json!("42"),
        or_else: "{got}".into(),
        line: 1,
    };
    let step = Step { id: "edit".into(), expects: vec![expect], ..Step::default() };
    let lab = Lab { steps: vec![step], ..lab() };
    let session = Session::open(&profile(&dir), lab, Mode::Live, START).unwrap();
    session.begin_step().unwrap();
    let news = session.engine.listen();
    session.watch(true).unwrap();
    let next = || loop {
        match news.recv_timeout(Duration::from_secs(30)).expect("a check") {
            Change::Steps(steps) => return steps[0].verdict,
            Change::World | Change::Notice(_) => {}
        }
    };
    assert_eq!(next(), Verdict::Failing);
    std::fs::write(session.workspace().join("answer.txt"), "42\n").unwrap();
    assert!(matches!(next(), Verdict::Passed { .. }));
}

#[test]
fn a_registry_listens_as_long_as_its_lab_is_open_and_waits_for_a_port_that_is_taken() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [first, second] = dirs.each_ref().map(|dir| {
        let mut profile = Profile::open(dir.path()).unwrap();
        profile.rename(Learner { name: "ada".into(), seed: 77_003 }).unwrap();
        profile
    });
    let with_registry = || Lab { needs: vec![course::Need::Registry], ..lab() };
    let port = first.learner.registry_port();
    let reached = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    let open = |profile| Session::open(profile, with_registry(), Mode::Once, START).unwrap();
    let one = open(&first);
    assert_eq!(one.door_troubles(), Vec::<String>::new());
    assert!(reached());
    let two = open(&second);
    let news = two.engine().listen();
    let trouble = two.door_troubles().pop().expect("the port is taken");
    assert!(trouble.contains(&format!("localhost:{port}")), "{trouble}");
    drop(one);
    let Ok(Change::Notice(notice)) = news.recv_timeout(Duration::from_secs(30)) else {
        panic!("the registry never listened");
    };
    assert!(notice.contains("listens"), "{notice}");
    assert_eq!(two.door_troubles(), Vec::<String>::new());
    assert!(reached());
    drop(two);
    assert!(!reached());
}
