//! The session's promises: the journal is everything, undo and reset fold, nothing acknowledged is lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::Manifest;
use super::engine::{Engine, Line, replay};
use super::history::{Act, Fold, Gist, Kept, fold};
use super::profile::Profile;
use super::*;
use base::{Digest, Rng};
use course::{Expect, Learner, Step, WorldSpec};
use gateway::{CallError, Gateway};
use sim::outside::{End, EndedBy, Output};
use sim::principal::{Scope, Via};
use sim::{Beginning, Caller, Observation, Principal, RunId, World};
use store::{Entry, NewEntry, link, origin};
use systems::service;

pub(super) const START: Time = Time(1_772_438_400_000);

pub(super) fn profile(dir: &tempfile::TempDir) -> Profile {
    let mut profile = Profile::open(dir.path()).unwrap();
    profile.rename(Learner { name: "ada".into(), seed: 7 }).unwrap();
    profile
}

pub(super) fn lab() -> Lab {
    Lab { id: "try".into(), speed: 1, ..Lab::default() }
}

pub(super) fn open(profile: &Profile) -> Arc<Session> {
    Session::open(profile, lab(), Mode::Once, START).unwrap()
}

pub(super) fn make(line: &Line, bucket: &str) -> Result<serde_json::Value, CallError> {
    let op = service("s3").and_then(|s| s.operation("CreateBucket")).unwrap();
    line.call(&Caller::from(Principal::Root), op, json!({"Bucket": bucket}))
}

/// Makes a user; refused when there is one of that name.
fn user(line: &Line, name: &str) -> Result<serde_json::Value, CallError> {
    let op = service("iam").and_then(|s| s.operation("CreateUser")).unwrap();
    line.call(&Caller::from(Principal::Root), op, json!({"UserName": name}))
}

pub(super) fn state(session: &Session) -> Digest {
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
    let first = Session::open(&profile, lab(), Mode::Live, START).unwrap();
    let held = repair(&profile, "try").unwrap_err().to_string();
    assert!(held.contains("is open in another distlab"), "{held}");
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
    assert_eq!(
        session.undo().unwrap().as_deref(),
        Some("s3 CreateBucket one-bucket and 1 more request")
    );
    assert_eq!(state(&session), kept, "both inputs of the command are gone");
    assert_eq!(session.undo().unwrap().as_deref(), Some("s3 CreateBucket kept-bucket"));
    assert_eq!(state(&session), empty);
    assert_eq!(session.undo().unwrap(), None, "nothing is left");
    make(&Line::grouped(session.engine.clone()), "last-bucket").unwrap();
    session.reset(None).unwrap();
    assert_eq!(state(&session), empty);
}

#[test]
fn an_undo_says_before_what_it_takes_back_and_takes_back_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&profile(&dir));
    assert_eq!(session.engine.last_change().unwrap(), None);
    make(&Line::grouped(session.engine.clone()), "kept-bucket").unwrap();
    let facts = Vec::new();
    session
        .engine
        .record(0, &Act::Pass { step: "one".into(), facts, wall: None, files: BTreeMap::default() })
        .unwrap();
    session.engine.advance(Duration::from_mins(11)).unwrap();
    let change = session.engine.last_change().unwrap().unwrap();
    assert_eq!(
        (change.what.as_str(), change.steps.as_slice()),
        ("s3 CreateBucket kept-bucket", &["one".into()][..])
    );
    assert!(session.engine.lab_time().since(change.at) >= Duration::from_mins(11));
    // Another change has followed: what was shown is not what would be undone.
    make(&Line::grouped(session.engine.clone()), "late-bucket").unwrap();
    let before = state(&session);
    assert_eq!(session.undo_only(Some(change.number)).unwrap(), None);
    assert_eq!(state(&session), before);
    let late = session.engine.last_change().unwrap().unwrap();
    assert_eq!(late.steps, [""; 0]);
    assert!(session.undo_only(Some(late.number)).unwrap().is_some());
    let now = session.engine.lab_time();
    assert!(session.undo_only(Some(change.number)).unwrap().is_some());
    assert!(session.engine.lab_time() >= now, "lab time is not set back");
    assert_eq!(session.engine.last_change().unwrap(), None);
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
fn a_password_is_judged_and_stands_in_no_journal() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let line = Line::separate(session.engine.clone());
    let root = Caller::from(Principal::Root);
    let iam = |name: &str, input: serde_json::Value| {
        let op = service("iam").and_then(|s| s.operation(name)).unwrap();
        line.call(&root, op, input)
    };
    let ann = |password: &str| json!({"UserName": "ann", "Password": password});
    iam("CreateUser", json!({"UserName": "ann"})).unwrap();
    let weak = iam("CreateLoginProfile", ann("weakweakweak"));
    assert!(matches!(weak, Err(CallError::Api(e)) if e.code == "PasswordPolicyViolation"));
    iam("CreateLoginProfile", ann("Unheard-of-1")).unwrap();
    iam("UpdateAccountPasswordPolicy", json!({"PasswordReusePrevention": 3})).unwrap();
    let again = iam("UpdateLoginProfile", ann("Unheard-of-1"));
    assert!(matches!(again, Err(CallError::Api(e)) if e.code == "PasswordPolicyViolation"));
    iam("UpdateLoginProfile", ann("Another-one-2")).unwrap();
    let change = json!({"OldPassword": "Another-one-2", "NewPassword": "The-third-3"});
    let op = service("iam").and_then(|s| s.operation("ChangePassword")).unwrap();
    let as_ann = Caller::from(Principal::User("ann".into()));
    let allow = json!({"AllowUsersToChangePassword": true, "PasswordReusePrevention": 3});
    iam("UpdateAccountPasswordPolicy", allow).unwrap();
    line.call(&as_ann, op, change).unwrap();
    let journal = session.engine.journal().unwrap();
    for entry in &journal.entries {
        for secret in ["weakweakweak", "Unheard-of-1", "Another-one-2", "The-third-3"] {
            assert!(!entry.body.contains(secret), "{}", entry.body);
        }
    }
    let before = state(&session);
    drop((line, session));
    assert_eq!(state(&open(&profile)), before, "the journal leads to the same passwords");
}

#[test]
fn a_key_that_reads_leaves_one_entry_which_no_undo_takes_back() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let iam = |name: &str| service("iam").and_then(|s| s.operation(name)).unwrap();
    let line = Line::separate(session.engine.clone());
    let root = Caller::from(Principal::Root);
    line.call(&root, iam("CreateUser"), json!({"UserName": "ann"})).unwrap();
    let made = line.call(&root, iam("CreateAccessKey"), json!({"UserName": "ann"})).unwrap();
    let key = made["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned();
    make(&Line::grouped(session.engine.clone()), "a-bucket").unwrap();

    let who = service("sts").and_then(|s| s.operation("GetCallerIdentity")).unwrap();
    let ann = Principal::User("ann".into());
    let ann = Caller::signed(ann, key.clone(), Via::default(), Scope::default());
    let entries = || session.engine.journal().unwrap().entries.len();
    let before = entries();
    for _ in 0..3 {
        line.call(&ann, who, json!({})).unwrap();
    }
    assert_eq!(entries(), before + 1, "a loop that reads does not fill the journal");
    let used = |session: &Session| {
        let line = Line::separate(session.engine.clone());
        let ask = json!({"AccessKeyId": key});
        let answer = line.call(&root, iam("GetAccessKeyLastUsed"), ask).unwrap();
        answer["AccessKeyLastUsed"]["ServiceName"].clone()
    };
    assert_eq!(used(&session), "sts");
    assert_eq!(session.undo().unwrap().as_deref(), Some("s3 CreateBucket a-bucket"));
    assert_eq!(used(&session), "sts");
    let kept = state(&session);
    drop((line, session));
    let again = open(&profile);
    assert_eq!((state(&again), used(&again)), (kept, "sts".into()));
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

/// What was seen of a run that entry `cause` made.
fn observed(cause: u64, seen: Observation) -> Act {
    Act::Observed { run: RunId { cause, system: "jobs".into(), n: 1 }, seen }
}

fn pass(step: &str) -> Act {
    Act::Pass { step: step.into(), facts: vec![], wall: None, files: BTreeMap::default() }
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
    // What was seen of a run is no change of its own, and falls with what caused the run.
    let began = || observed(1, Observation::Began);
    let over = || observed(1, Observation::Interrupted);
    check(&[(1, call(true)), (1, began()), (1, over()), (2, Act::Undo)], &[]);
    check(
        &[(1, call(true)), (1, began()), (2, call(true)), (1, over()), (3, Act::Undo)],
        &[1, 2, 4],
    );
    check(&[(1, call(true)), (1, began()), (1, over()), (2, Act::Reset { keep: 2 })], &[1, 2]);
    check(&[(0, observed(0, Observation::Began)), (1, call(true)), (2, Act::Undo)], &[1]);
}

#[test]
fn what_was_seen_is_an_entry_that_names_its_bodies() {
    let blob = base::Blob { digest: Digest::of(b"much"), len: 4, ..base::Blob::default() };
    let end =
        |stdout, stderr| Observation::Ended(End { code: 0, by: EndedBy::Itself, stdout, stderr });
    let check = |seen: Observation, bodies: &[(Digest, u64)], want: &str| {
        let act = observed(3, seen);
        let (kind, body) = act.encode().unwrap();
        assert_eq!(kind, "observed");
        assert!(body.contains(want), "{body}");
        assert_eq!(Act::decode(9, &kind, &body).unwrap(), act);
        let (gist, named) = Gist::of(9, &kind, &body).unwrap();
        assert_eq!((gist, named.0.as_slice()), (act.gist(), bodies));
    };
    check(Observation::Began, &[], r#"{"cause":3,"system":"jobs","n":1,"seen":"began"}"#);
    check(Observation::Interrupted, &[], r#""seen":"interrupted""#);
    check(Observation::Failed { why: "no".into() }, &[], r#""seen":{"failed":{"why":"no"}}"#);
    let ports = vec![(80, 32_768)];
    check(
        Observation::Started { container: "c0ffee".into(), ports },
        &[],
        r#""seen":{"started":{"container":"c0ffee","ports":[[80,32768]]}}"#,
    );
    let text = || Output::Text("4 lines\n".into());
    check(end(text(), text()), &[], r#""by":"itself","stdout":{"text":"4 lines\n"}"#);
    let digest = Digest::of(b"much");
    check(end(Output::Stored(blob), text()), &[(digest, 4)], r#""stdout":{"stored":{"digest":"#);
}

#[test]
fn a_lab_that_goes_on_names_causes_by_their_new_numbers() {
    let acts = [
        (0, Act::Begin { step: "a".into(), wall: None }),
        (1, call(true)),
        (0, pass("a")),
        (2, call(true)),
        (2, observed(4, Observation::Began)),
        (1, observed(2, Observation::Began)),
        (0, observed(0, Observation::Began)),
    ];
    let kept = fold(&journal(&acts)).unwrap();
    let entries = new_world::renumbered(&kept).unwrap();
    let causes: Vec<Option<u64>> = (1..)
        .zip(&entries)
        .map(|(seq, entry)| match Act::decode(seq, &entry.kind, &entry.body).unwrap() {
            Act::Observed { run, .. } => Some(run.cause),
            _ => None,
        })
        .collect();
    assert_eq!(causes, [None, None, Some(2), Some(1), Some(0)]);
}

/// The fold as one would write it down: over whole entries, all held at once.
fn plain_fold(entries: &[Entry]) -> Vec<Kept> {
    let mut kept: Vec<Kept> = Vec::new();
    for entry in entries {
        let act = Act::decode(entry.seq, &entry.kind, &entry.body).unwrap();
        match act {
            Act::Undo => {
                let done = |k: &&Kept| matches!(k.act, Act::Call { ok: true, .. });
                let Some(group) = kept.iter().rev().find(done).map(|k| k.group) else { continue };
                let falls = |k: &Kept| matches!(k.act, Act::Call { .. } | Act::Observed { .. });
                let first = kept.iter().position(|k| k.group == group && falls(k)).unwrap();
                let all = std::mem::take(&mut kept).into_iter().enumerate();
                let counts = |place: usize, k: &Kept| match k.act {
                    _ if falls(k) => k.group != group,
                    Act::Pass { .. } => place < first,
                    _ => true,
                };
                kept = all.filter(|(place, k)| counts(*place, k)).map(|(_, k)| k).collect();
            }
            Act::Reset { keep } => kept.retain(|k| k.seq <= keep),
            act => {
                let (seq, group) = (entry.seq, entry.group);
                kept.push(Kept { seq, at: Time(entry.at), group, act });
            }
        }
    }
    kept
}

#[test]
fn folding_marks_is_folding_entries() {
    for seed in 0..400 {
        let mut rng = Rng::new(seed);
        let count = rng.below(60);
        let acts: Vec<(u64, Act)> = (0..count)
            .map(|place| {
                let group = 1 + rng.below(1 + place / 3);
                let act = match rng.below(14) {
                    0 | 1 => Act::Undo,
                    2 => Act::Reset { keep: rng.below(place + 2) },
                    3 => Act::Advance,
                    4 => pass("a"),
                    5 => Act::Begin { step: "a".into(), wall: None },
                    6 => Act::Answer {
                        step: "a".into(),
                        ask: 0,
                        given: "x".into(),
                        right: true,
                        wall: None,
                        files: BTreeMap::default(),
                    },
                    7 => call(false),
                    8 | 9 => observed(rng.below(place + 1), Observation::Began),
                    _ => call(true),
                };
                (group, act)
            })
            .collect();
        let entries = journal(&acts);
        let want = plain_fold(&entries);
        assert_eq!(fold(&entries).unwrap(), want, "seed {seed}");
        // As the session folds what it writes, without reading it again.
        let mut live = Fold::default();
        for (entry, (group, act)) in entries.iter().zip(&acts) {
            live.take(entry.seq, *group, act.gist());
            let read = Gist::of(entry.seq, &entry.kind, &entry.body).unwrap().0;
            assert_eq!(read, act.gist());
        }
        let seqs = |kept: &[Kept]| kept.iter().map(|k| k.seq).collect::<Vec<_>>();
        assert_eq!(live.marks().iter().map(|m| m.seq).collect::<Vec<_>>(), seqs(&want));
    }
}

#[test]
fn bodies_are_found_wherever_an_input_names_them() {
    let check = |text: &str, want: &[(&[u8], u64)]| {
        let found: Bodies = serde_json::from_str(text).unwrap();
        let want: Vec<(Digest, u64)> = want.iter().map(|(b, n)| (Digest::of(b), *n)).collect();
        assert_eq!(found.0, want, "{text}");
    };
    let name = |bytes: &[u8]| Digest::of(bytes).to_string();
    let facts = |bytes: &[u8]| json!({"digest": name(bytes), "len": bytes.len(), "md5": "", "crc32": 1, "sha1": ""});
    check("null", &[]);
    check(r#"{"a": [1, -1, 1.5, true, null, "x", {}]}"#, &[]);
    check(&facts(b"one").to_string(), &[(b"one", 3)]);
    let nested = json!({"a": {"Body": facts(b"one")}, "b": [facts(b"four"), [facts(b"")]]});
    check(&nested.to_string(), &[(b"one", 3), (b"four", 4), (b"", 0)]);
    check(&json!({"digest": name(b"x"), "len": 1}).to_string(), &[]);
    check(&json!({"digest": "sha256:00", "len": 1, "md5": ""}).to_string(), &[]);
    check(&json!({"text": facts(b"one").to_string()}).to_string(), &[]);
}

#[test]
fn an_undo_does_not_bring_a_refused_request_to_life() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let empty = state(&session);
    user(&Line::separate(session.engine.clone()), "eve").unwrap();
    user(&Line::separate(session.engine.clone()), "eve").unwrap_err();
    session.undo().unwrap().expect("the first is taken back");
    assert_eq!(state(&session), empty);
    assert_eq!(session.undo().unwrap(), None);
    drop(session);
    assert_eq!(state(&open(&profile)), empty);
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

/// What the journal leads to, read anew from the store.
fn replayed(session: &Session) -> Digest {
    let mut world = replay(session.engine.manifest(), &session.engine.kept().unwrap()).unwrap();
    world.advance(session.engine.lab_time());
    world.digest()
}

#[test]
fn what_many_do_at_once_is_in_the_journal_in_the_order_in_which_it_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let (done, turns) = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let line = Line::separate(session.engine.clone());
                scope.spawn(move || {
                    // Some of these are refused: another has taken the name.
                    let name = |n: u64| format!("user-{}", (writer * 7 + n * 3) % 40);
                    (0..40).filter(|n| user(&line, &name(*n)).is_ok()).count()
                })
            })
            .collect();
        let turner = scope.spawn(|| {
            // How many worlds were put in the place of another: an undo of nothing is no entry.
            let turn = |turn: u64| {
                let turned = match turn % 4 {
                    3 => session.engine.reset(turn * 3).map(|()| true),
                    _ => session.engine.undo().map(|undone| undone.is_some()),
                };
                session.engine.record(0, &pass("a")).unwrap();
                session.engine.advance(Duration::from_secs(1)).unwrap();
                turned.unwrap()
            };
            (0..12).filter(|n| turn(*n)).count()
        });
        let turns = turner.join().unwrap();
        (writers.into_iter().map(|w| w.join().unwrap()).sum::<usize>(), turns)
    });
    session.engine.advance(Duration::ZERO).unwrap();
    let live = state(&session);
    assert_eq!(replayed(&session), live);
    let journal = session.engine.journal().unwrap();
    assert_eq!((journal.broken, journal.entries.len()), (None, 8 * 40 + turns + 12 * 2 + 1));
    let said = |e: &Entry| e.kind == "call" && e.body.ends_with(r#""ok":true}"#);
    assert_eq!(journal.entries.iter().filter(|e| said(e)).count(), done);
    // What was done then is done again in its place.
    let mut world = session.engine.manifest().world().unwrap();
    for kept in session.engine.kept().unwrap() {
        let seq = kept.seq;
        history::apply(&mut world, kept).unwrap().unwrap_or_else(|e| panic!("entry {seq}: {e}"));
    }
    drop(session);
    assert_eq!(state(&open(&profile)), live);
}

#[test]
fn who_looks_is_answered_while_another_world_is_built_and_who_changes_waits() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&profile(&dir));
    make(&Line::separate(session.engine.clone()), "first-bucket").unwrap();
    let before = state(&session);
    let held = session.engine.hold();
    let line = Line::separate(session.engine.clone());
    let (sender, made) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            make(&line, "second-bucket").unwrap();
            sender.send(()).unwrap();
        });
        assert!(made.recv_timeout(Duration::from_millis(200)).is_err(), "it waits");
        assert_eq!(state(&session), before);
        let op = service("s3").and_then(|s| s.operation("ListBuckets")).unwrap();
        let line = Line::separate(session.engine.clone());
        line.call(&Caller::from(Principal::Root), op, json!({})).unwrap();
        drop(held);
        made.recv_timeout(Duration::from_secs(30)).expect("it goes on");
    });
    assert_ne!(state(&session), before);
    assert_eq!(replayed(&session), state(&session));
}

#[test]
fn what_cannot_be_written_did_not_happen() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    make(&Line::separate(session.engine.clone()), "first-bucket").unwrap();
    let before = state(&session);
    let db = rusqlite::Connection::open(profile.home.join("distlab.db")).unwrap();
    let full =
        "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no room'); END";
    db.execute_batch(full).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..6 {
            let line = Line::separate(session.engine.clone());
            scope.spawn(move || {
                for n in 0..5 {
                    let refused = make(&line, &format!("bucket-{writer}-{n}")).unwrap_err();
                    assert!(refused.to_string().contains("no room"), "{refused}");
                }
            });
        }
    });
    assert!(session.engine.advance(Duration::ZERO).is_err());
    assert!(session.engine.undo().is_err());
    assert_eq!(state(&session), before);
    db.execute_batch("DROP TRIGGER full").unwrap();
    make(&Line::separate(session.engine.clone()), "second-bucket").unwrap();
    assert_eq!(session.engine.journal().unwrap().entries.len(), 2);
    assert_eq!(replayed(&session), state(&session));
    assert_eq!(session.undo().unwrap().as_deref(), Some("s3 CreateBucket second-bucket"));
    assert_eq!(state(&session), before);
}

#[test]
fn a_world_that_broke_in_the_middle_of_a_request_is_built_anew_and_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&profile(&dir));
    make(&Line::separate(session.engine.clone()), "first-bucket").unwrap();
    let before = state(&session);
    {
        let mut core = session.engine.bare();
        let op = service("s3").and_then(|s| s.operation("CreateBucket")).unwrap();
        let (at, input) = (core.world.now(), json!({"Bucket": "half-done"}));
        core.world.apply(at, &Caller::from(Principal::Root), op, input).unwrap();
        core.torn = true;
    }
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| state(&session));
        let changing = scope.spawn(|| session.engine.advance(Duration::ZERO));
        session.engine.mend();
        assert_eq!(looking.join().unwrap(), before, "nobody sees the broken one");
        changing.join().unwrap().unwrap();
    });
    assert_eq!(session.engine.frozen(), None);
    assert_eq!(replayed(&session), before);
}

/// Puts an object with a stored body; returns the body's file.
fn put(session: &Session, key: &str) -> std::path::PathBuf {
    let line = Line::separate(session.engine.clone());
    let body = format!("the body of {key}");
    let blob = line.blobs().put(&mut body.as_bytes()).unwrap();
    let op = service("s3").and_then(|s| s.operation("PutObject")).unwrap();
    let input = json!({"Bucket": "first-bucket", "Key": key, "Body": blob});
    line.call(&Caller::from(Principal::Root), op, input).unwrap();
    line.blobs().path(&blob.digest)
}

#[test]
fn an_entry_without_its_body_ends_the_journal_and_a_repair_goes_on_before_it() {
    // What a power cut left of the body's file; whether the machine was started since.
    let check = |spoil: fn(&std::path::Path), started: bool, words: &str| {
        let dir = tempfile::tempdir().unwrap();
        let profile = profile(&dir);
        let session = open(&profile);
        make(&Line::separate(session.engine.clone()), "first-bucket").unwrap();
        put(&session, "one");
        let good = state(&session);
        let file = put(&session, "two");
        put(&session, "three");
        drop(session);
        spoil(&file);
        let db = rusqlite::Connection::open(profile.home.join("distlab.db")).unwrap();
        if started {
            let sql = "UPDATE progress SET value = 'before 0' WHERE key = 'bodies-read'";
            assert_eq!(db.execute(sql, []).unwrap(), 1);
        }
        let session = open(&profile);
        let why = session.engine.frozen().expect("noticed");
        assert!(why.contains("entry 3 names the body") && why.contains(words), "{why}");
        assert!(why.contains("the 2 before it are sound"), "{why}");
        assert!(why.contains("distlab repair try"), "{why}");
        assert_eq!(state(&session), good, "nothing behind it counts");
        make(&Line::separate(session.engine.clone()), "more").unwrap_err();
        drop(session);
        let Repaired::Cut { what, good: 2, cut: 2, kept_in } = repair(&profile, "try").unwrap()
        else {
            panic!("it is cut");
        };
        assert!(what.contains(words), "{what}");
        let kept = std::fs::read_to_string(kept_in).unwrap();
        // Its record, and each entry.
        assert_eq!(kept.lines().count(), 5);
        assert!(kept.contains("three"), "nothing is lost");
        let session = open(&profile);
        assert_eq!((session.engine.frozen(), state(&session)), (None, good));
        // The same body again is stored whole.
        put(&session, "two");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "the body of two");
        drop(session);
        assert_eq!(repair(&profile, "try").unwrap(), Repaired::Sound { entries: 3 });
        assert_eq!(open(&profile).engine.frozen(), None);
    };
    let gone = |file: &std::path::Path| std::fs::remove_file(file).unwrap();
    check(gone, false, "is not on the disk");
    check(|file| std::fs::write(file, "").unwrap(), false, "has 0 of its 15 bytes");
    check(|file| std::fs::write(file, "the").unwrap(), true, "has 3 of its 15 bytes");
    check(|file| std::fs::write(file, [0; 15]).unwrap(), true, "has other bytes");
}

#[test]
fn a_repair_says_when_there_is_nothing_to_do_or_nothing_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let none = repair(&profile, "try").unwrap_err().to_string();
    assert!(none.contains("it has no journal"), "{none}");
    drop(open(&profile));
    assert_eq!(repair(&profile, "try").unwrap(), Repaired::Sound { entries: 0 });
}

#[test]
fn a_session_that_lingers_makes_room_and_finishes_what_it_does() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = Session::open(&profile, lab(), Mode::Lingering, START).unwrap();
    let holder = profile.holder("try");
    assert!(holder.lingers);
    let ending = std::thread::spawn(move || {
        session.linger();
        drop(session);
    });
    let client = client::Client::connect(holder.socket.as_ref()).unwrap();
    let op = service("s3").and_then(|s| s.operation("CreateBucket")).unwrap();
    let root = Caller::from(Principal::Root);
    client.call(&root, op, json!({"Bucket": "first-bucket"})).unwrap();
    let session = open(&profile);
    ending.join().unwrap();
    assert!(!profile.holder("try").lingers);
    // Whoever still spoke to it is told to go on elsewhere, with the change that was begun.
    let input = json!({"Bucket": "second-bucket"});
    let ended = client.call(&root, op, input.clone()).unwrap_err();
    let CallError::Broken(why) = &ended else { panic!("{ended}") };
    let Some(client::Ended::Before { group: Some(group) }) = why.downcast_ref() else {
        panic!("{why:#}")
    };
    let next = client::Client::connect(profile.holder("try").socket.as_ref()).unwrap();
    next.ask::<serde_json::Value>(&protocol::Ask::GoOn { group: *group }).unwrap();
    next.call(&root, op, input).unwrap();
    assert_eq!(session.engine.journal().unwrap().entries.len(), 2);
    assert_eq!(
        session.undo().unwrap().as_deref(),
        Some("s3 CreateBucket first-bucket and 1 more request")
    );
    // A session that is more than that stays.
    let client = client::Client::connect(profile.holder("try").socket.as_ref()).unwrap();
    let stays = client.ask::<serde_json::Value>(&protocol::Ask::Leave).unwrap_err().to_string();
    assert!(stays.contains("more than one command"), "{stays}");
}

#[test]
fn who_changed_something_outside_makes_a_session_look_again() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let news = session.engine.listen();
    let client = client::Client::connect(profile.holder("try").socket.as_ref()).unwrap();
    client.ask::<serde_json::Value>(&protocol::Ask::Look).unwrap();
    assert_eq!(news.recv_timeout(Duration::from_secs(30)), Ok(Change::World));
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
        ..Expect::default()
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
            Change::World | Change::Doors | Change::Notice(_) => {}
        }
    };
    assert_eq!(next(), Verdict::Open);
    std::fs::write(session.workspace().join("answer.txt"), "41\n").unwrap();
    assert_eq!(next(), Verdict::Failing);
    std::fs::write(session.workspace().join("answer.txt"), "42\n").unwrap();
    assert!(matches!(next(), Verdict::Passed { .. }));
}

/// A step that wants a bucket, and asks how it is called.
fn buckets() -> Lab {
    let run = "aws s3api list-buckets".to_owned();
    let expect = Expect {
        run: run.clone(),
        at: Some("Buckets[].Name".into()),
        matcher: "contains".into(),
        want: json!("my-bucket"),
        or_else: "There are: {got}".into(),
        missing: Some("There is no bucket yet.".into()),
        ..Expect::default()
    };
    let ask = course::Ask {
        question: "How is it called?".into(),
        answer: course::Answer::Live { run, at: Some("Buckets[0].Name".into()) },
        why: "Names.".into(),
        why_not: vec![("bucket".into(), "That is a kind.".into())],
        ..course::Ask::default()
    };
    let step = Step { id: "one".into(), expects: vec![expect], asks: vec![ask], ..Step::default() };
    Lab { steps: vec![step], ..lab() }
}

#[test]
fn a_step_is_to_do_until_something_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let open = || Session::open(&profile, buckets(), Mode::Once, START).unwrap();
    let session = open();
    let check = |session: &Session| session.check(None).unwrap().remove(0);
    let found = check(&session);
    assert_eq!(found.verdict, Verdict::Open);
    assert_eq!(found.cards[0].message, "There is no bucket yet.");
    assert_eq!(found.cards[0].observed, "");
    // Another session knows what was found.
    drop(session);
    let session = open();
    assert_eq!(check(&session).verdict, Verdict::Open);
    make(&Line::grouped(session.engine.clone()), "other-bucket").unwrap();
    let wrong = check(&session);
    assert_eq!(wrong.verdict, Verdict::Failing);
    assert_eq!(wrong.cards[0].message, "There are: other-bucket");
    session.undo().unwrap();
    assert_eq!(check(&session).verdict, Verdict::Open);
    // An answer is something done, too.
    session.answer("one", 0, "x").unwrap();
    assert_eq!(check(&session).verdict, Verdict::Failing);
    session.reset(None).unwrap();
    assert_eq!(check(&session).verdict, Verdict::Open);
}

#[test]
fn an_answer_given_before_the_work_is_judged_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let session = Session::open(&profile(&dir), buckets(), Mode::Once, START).unwrap();
    let check = || session.check(None).unwrap().remove(0);
    let early = session.answer("one", 0, "my-bucket").unwrap();
    assert!(!early.right && early.early);
    assert!(check().asks[0].early);
    make(&Line::grouped(session.engine.clone()), "my-bucket").unwrap();
    let state = check();
    assert!(state.asks[0].right && !state.asks[0].early);
    assert!(matches!(state.verdict, Verdict::Passed { .. }));
    assert_eq!(state.held[0].observed, "my-bucket");
    assert_eq!(state.asks[0].why.as_deref(), Some("Names."));
    // No later try takes that back.
    let again = session.answer("one", 0, "bucket").unwrap();
    assert!(again.right);
    assert_eq!(again.before.as_deref(), Some("my-bucket"));
    assert_eq!(check().asks[0].given.as_deref(), Some("my-bucket"));
}

#[test]
fn a_wrong_answer_is_told_why() {
    let dir = tempfile::tempdir().unwrap();
    let session = Session::open(&profile(&dir), buckets(), Mode::Once, START).unwrap();
    make(&Line::grouped(session.engine.clone()), "other-bucket").unwrap();
    let wrong = session.answer("one", 0, "Bucket").unwrap();
    assert_eq!((wrong.right, wrong.early), (false, false));
    assert_eq!(wrong.why_not.as_deref(), Some("That is a kind."));
    let state = session.check(None).unwrap().remove(0);
    assert_eq!(state.asks[0].why_not.as_deref(), Some("That is a kind."));
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
    assert!(notice.contains("is now listening"), "{notice}");
    assert_eq!(two.door_troubles(), Vec::<String>::new());
    assert!(reached());
    drop(two);
    assert!(!reached());
}

/// A lab whose world has a user, a table that took time to be made, and one rack.
fn shaped() -> Lab {
    let exists = |service: &str, op: &str, input| Beginning {
        service: service.into(),
        op: op.into(),
        region: String::new(),
        input,
    };
    let table = json!({"TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]});
    let item = json!({"TableName": "orders", "Item": {"id": {"S": "1"}}});
    let mut lab = lab();
    lab.world.shape.parts.insert("hadoop".into(), json!({"racks": ["/a", "/a"]}));
    lab.world.shape.exists = vec![
        exists("iam", "CreateUser", json!({"UserName": "ada"})),
        exists("dynamodb", "CreateTable", table),
        exists("dynamodb", "PutItem", item),
    ];
    lab
}

/// A world with a table of one unit of each kind, that throttles if it is said.
fn with_table(throttling: bool) -> Lab {
    let mut lab = lab();
    if throttling {
        lab.world.shape.parts.insert("dynamodb".into(), json!({"throttling": true}));
    }
    lab.world.shape.exists = vec![Beginning {
        service: "dynamodb".into(),
        op: "CreateTable".into(),
        region: String::new(),
        input: json!({
            "TableName": "tab",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        }),
    }];
    lab
}

#[test]
fn reads_are_entries_where_they_use_something_up() {
    let dir = tempfile::tempdir().unwrap();
    let op = service("dynamodb").and_then(|s| s.operation("GetItem")).unwrap();
    let get = |line: &Line| {
        let input = json!({"TableName": "tab", "Key": {"id": {"S": "a"}}, "ConsistentRead": true});
        line.call(&Caller::from(Principal::Root), op, input)
    };
    for throttling in [false, true] {
        let mut lab = with_table(throttling);
        lab.id = format!("throttling-{throttling}");
        let open = || Session::open(&profile(&dir), lab.clone(), Mode::Once, START).unwrap();
        let session = open();
        // The table is ready, and has something to give.
        session.engine.advance(Duration::from_secs(10)).unwrap();
        let before = state(&session);
        let seq = || session.engine.bare().seq;
        let (first, looking) = (seq(), Line::looking(session.engine.clone()));
        for _ in 0..100 {
            get(&looking).unwrap();
        }
        assert_eq!((seq(), state(&session)), (first, before), "a check leaves no trace");
        let line = Line::separate(session.engine.clone());
        let refused = (0..100).filter(|_| get(&line).is_err()).count();
        assert_eq!(refused > 0, throttling, "{refused} were refused");
        assert_eq!(seq() - first, if throttling { 100 } else { 0 });
        get(&looking).expect("a check sees what is there, whoever has used up what");
        let played = state(&session);
        drop((line, looking, session));
        assert_eq!(state(&open()), played);
    }
}

#[test]
fn a_world_keeps_what_it_was_made_from() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let open = |lab: Lab| Session::open(&profile, lab, Mode::Once, START).unwrap();
    let session = open(shaped());
    let (begun, at) = (state(&session), session.engine.lab_time());
    assert!(at > START, "the table took time to be made");
    let again = user(&Line::separate(session.engine.clone()), "ada");
    assert!(matches!(again, Err(CallError::Api(e)) if e.code == "EntityAlreadyExists"));
    user(&Line::separate(session.engine.clone()), "eve").unwrap();
    session.undo().unwrap().expect("something was done");
    assert_eq!(session.undo().unwrap(), None, "what existed before cannot be undone");
    assert_eq!(state(&session), begun);
    user(&Line::separate(session.engine.clone()), "eve").unwrap();
    session.engine.advance(Duration::from_mins(1)).unwrap();
    session.reset(None).unwrap();
    assert_eq!((state(&session), session.engine.lab_time()), (begun, at));
    assert_eq!(session.began_otherwise(), None);
    let machines = |session: &Session| {
        session.engine.look(|world| world.get::<machines::State>().hosts().count())
    };
    assert_eq!(machines(&session), 2);
    drop(session);

    // The author has second thoughts; who began before keeps the world that was made.
    let session = open(lab());
    assert_eq!((state(&session), machines(&session)), (begun, 2));
    assert!(session.began_otherwise().is_some_and(|text| text.contains("stays as it was made")));
    assert_eq!(replayed(&session), begun);
    drop(session);
    begin_anew(&profile, &lab(), START).unwrap();
    assert_eq!(machines(&open(lab())), 8);
}

#[test]
fn a_world_that_cannot_begin_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let mut lab = shaped();
    lab.world.shape.exists.swap(1, 2);
    let error = Session::open(&profile, lab, Mode::Once, START).err().unwrap().to_string();
    assert!(error.contains("number 2 is refused: ResourceNotFoundException"), "{error}");
    assert!(profile.store().unwrap().world("try").unwrap().is_none());
}

#[test]
fn the_text_of_a_world_that_says_nothing_is_as_it_always_was() {
    let learner = Learner { name: "ada".into(), seed: 7 };
    let manifest = Manifest::new("s3", &WorldSpec::default(), &learner, START);
    let text = format!(
        "{{\"lab\":\"s3\",\"seed\":{},\"account\":\"123456789012\",\"region\":\"us-east-1\",\
         \"start\":1772438400000,\"learner\":\"ada\",\"learner_seed\":7,\"model\":{}}}",
        Rng::labelled(7, "s3").next_u64() >> 12,
        sim::MODEL
    );
    assert_eq!(manifest.text().unwrap(), text);
    let read: Manifest = serde_json::from_str(&text).unwrap();
    assert_eq!(read, manifest);
    let old = text.replace(&format!(",\"model\":{}", sim::MODEL), "");
    let read: Manifest = serde_json::from_str(&old).unwrap();
    assert_eq!((read.model, read.text().unwrap()), (1, old));
    // One with a shape comes back as it was written.
    let manifest = Manifest::new("s3", &shaped().world, &learner, START);
    let read: Manifest = serde_json::from_str(&manifest.text().unwrap()).unwrap();
    assert_eq!(read.text().unwrap(), manifest.text().unwrap());
}

#[test]
fn what_was_passed_is_known_without_walking_the_journal_and_never_out_of_date() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let known = || {
        let store = profile.store().unwrap();
        let row = store.world("try").unwrap().unwrap();
        let noted = store.progress("try", "passed").unwrap().unwrap_or_default();
        (
            passed(&store, &row).unwrap(),
            noted.lines().skip(1).map(str::to_owned).collect::<Vec<_>>(),
        )
    };
    let pass = |session: &Session, step: &str| {
        let act = Act::Pass {
            step: step.into(),
            facts: Vec::new(),
            wall: None,
            files: BTreeMap::default(),
        };
        session.engine.record(session.engine.new_group(), &act).unwrap();
    };
    let session = open(&profile);
    make(&Line::separate(session.engine.clone()), "a-bucket").unwrap();
    pass(&session, "one");
    // The session is open, so nothing is noted that counts yet: it is walked, and noted then.
    assert_eq!(known(), (vec!["one".to_owned()], vec![]));
    assert_eq!(known(), (vec!["one".to_owned()], vec!["one".to_owned()]));
    pass(&session, "two");
    assert_eq!(known().0, ["one", "two"]);
    session.engine.undo().unwrap();
    assert_eq!(known().0, [""; 0], "a pass may have rested on what was taken back");
    pass(&session, "three");
    drop(session);
    // Closed: noted already, before anybody asks.
    assert_eq!(known(), (vec!["three".to_owned()], vec!["three".to_owned()]));
}

#[test]
fn who_hangs_up_has_its_entry_written_and_those_that_joined_it() {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(&dir);
    let session = open(&profile);
    let op = service("s3").and_then(|s| s.operation("CreateBucket")).unwrap();
    let ask = |name: &str| {
        let line = Line::separate(session.engine.clone());
        let input = json!({"Bucket": name});
        async move { line.ask(Caller::from(Principal::Root), op, input).await }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        // As when many connections ask at once: whoever brings the first entry waits for others.
        session.engine.crowd.store(true, std::sync::atomic::Ordering::Relaxed);
        let (mut first, mut second) =
            (Box::pin(ask("first-bucket")), Box::pin(ask("second-bucket")));
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(first.as_mut().poll(&mut cx).is_pending());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        drop(first);
        second.await.unwrap();
    });
    assert_eq!(session.engine.kept().unwrap().len(), 2);
}
