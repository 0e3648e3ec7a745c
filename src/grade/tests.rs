//! Hand-in and marking: a round trip, every kind of tampering, and the reports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::report::{self, REPORTS};
use super::*;
use base::{Blob, Digest, Time};
use course::{Answer, Ask, Expect, Lab, Learner, Step, WorldSpec};
use gateway::Gateway as _;
use session::engine::Line;
use session::history::{Act, Fact};
use session::profile::Profile;
use session::seen::{FileSeen, Files};
use session::{Mode, Session};
use sim::{Caller, Principal};
use store::BlobStore;
use systems::service;

const START: Time = Time(1_772_438_400_000);

/// A lab with one step of each kind: replayed, asked, attested.
fn lab() -> Lab {
    let expect = |run: &str, at: Option<&str>, want: &str| Expect {
        run: run.into(),
        at: at.map(Into::into),
        matcher: "is".into(),
        want: want.into(),
        or_else: "it is {got}, and should be {want}".into(),
        ..Expect::default()
    };
    let ask = |answer| Ask {
        question: "How many?".into(),
        choices: vec![],
        answer,
        why: "So many.".into(),
        ..Ask::default()
    };
    let count =
        Answer::Live { run: "aws s3api list-buckets".into(), at: Some("length(Buckets)".into()) };
    let step = |id: &str, points, expects, asks| Step {
        id: id.into(),
        title: id.to_uppercase(),
        points,
        expects,
        asks,
        ..Step::default()
    };
    Lab {
        id: "try".into(),
        speed: 1,
        steps: vec![
            step(
                "make",
                2,
                vec![expect("aws s3api list-buckets", Some("Buckets[0].Name"), "notes-ada")],
                vec![],
            ),
            step("count", 1, vec![], vec![ask(count)]),
            step("write", 3, vec![expect("cat answer.txt", None, "42")], vec![]),
        ],
        ..Lab::default()
    }
}

pub(super) fn began(lab: &str, spec: &WorldSpec) -> Began {
    Began { lab: lab.into(), spec: spec.clone() }
}

struct Class {
    dir: tempfile::TempDir,
    session: Arc<Session>,
}

impl Class {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut profile = Profile::open(&dir.path().join("home")).unwrap();
        profile.rename(Learner { name: "ada".into(), seed: 7 }).unwrap();
        let session = Session::open(&profile, lab(), Mode::Once, START).unwrap();
        Self { dir, session }
    }

    fn make(&self, bucket: &str) {
        let op = service("s3").and_then(|s| s.operation("CreateBucket")).unwrap();
        let line = Line::grouped(self.session.engine().clone());
        line.call(&Caller::from(Principal::Root), op, serde_json::json!({"Bucket": bucket}))
            .unwrap();
    }

    fn work(&self) {
        self.make("notes-ada");
        self.session.check(None).unwrap();
        assert!(!self.session.answer("count", 0, "2").unwrap().right);
        assert!(self.session.answer("count", 0, "1").unwrap().right);
        std::fs::write(self.session.workspace().join("answer.txt"), "42\n").unwrap();
        let steps = self.session.check(None).unwrap();
        assert!(steps.iter().all(|s| s.cards.is_empty()), "{steps:?}");
    }

    fn submit(&self) -> PathBuf {
        let path = self.dir.path().join("try-ada.dlab");
        submission::write(&self.session, Digest::of(b"lab"), None, START.0, &path).unwrap();
        path
    }

    fn grade(&self, path: &Path) -> anyhow::Result<Graded> {
        let blobs = BlobStore::open(&self.dir.path().join("graded")).unwrap();
        let read = submission::read(path, &blobs)?;
        grade(&read, &lab(), &began("try", &WorldSpec::default()), Digest::of(b"lab"), &blobs)
    }
}

#[test]
fn work_is_graded_by_replay() {
    let class = Class::new();
    class.work();
    // What the learner does with the file afterwards is no matter.
    std::fs::write(class.session.workspace().join("answer.txt"), "43\n").unwrap();
    let graded = class.grade(&class.submit()).unwrap();
    let verdicts: Vec<Verdict> = graded.steps.iter().map(|s| s.verdict).collect();
    assert_eq!(verdicts, [Verdict::Verified; 3], "{graded:?}");
    let points = (graded.replayed, graded.attested, graded.possible);
    assert_eq!(points, (Points::whole(6), Points(0), 6));
    // Nobody works as fast as a test.
    assert_eq!(graded.notes, ["6 points in 0 seconds"]);
    let effort = &graded.effort;
    assert_eq!((effort.commands, effort.wrong_answers, effort.hints), (1, 1, 0), "{effort:?}");
    let told: Vec<&str> = graded.story.iter().map(|told| told.text.as_str()).collect();
    assert!(told.contains(&"s3 CreateBucket Bucket=notes-ada"), "{told:?}");
    assert!(told.contains(&"answered question 1 of count wrongly: \"2\""), "{told:?}");
    assert_eq!(graded.troubles.len(), 1, "{:?}", graded.troubles);
}

/// Passes the step of the file with this record, and gives what becomes of it.
fn passed_with(class: &Class, record: &str, files: Files) -> StepGrade {
    let fact = Fact {
        run: "cat answer.txt".into(),
        attested: true,
        code: 0,
        stdout: record.into(),
        stderr: String::new(),
    };
    let act = Act::Pass { step: "write".into(), facts: vec![fact], wall: None, files };
    class.session.engine().record(0, &act).unwrap();
    class.grade(&class.submit()).unwrap().steps.remove(2)
}

#[test]
fn files_that_checks_looked_at_are_looked_at_again() {
    let class = Class::new();
    let keep = |text: &[u8]| class.session.engine().blob_store().put(&mut &*text).unwrap();
    let files = |kept: FileSeen| Files::from([("answer.txt".to_owned(), kept)]);
    let check = |record: &str, files: Files, verdict: Verdict, note: &str| {
        let step = passed_with(&class, record, files);
        assert_eq!(step.verdict, verdict, "{step:?}");
        let said = step.notes.join("\n");
        assert!(said.contains(note) && note.is_empty() == said.is_empty(), "{step:?}");
    };
    check("7", files(FileSeen::Bytes(keep(b"42\n"))), Verdict::Verified, "");
    check("42", files(FileSeen::Bytes(keep(b"7"))), Verdict::Contradicted, "replayed: it is 7");
    check("42", files(FileSeen::Bytes(keep(&[0xff, 0]))), Verdict::Contradicted, "replayed:");
    check("42", files(FileSeen::Absent), Verdict::Contradicted, "replayed:");
    // What an older distlab handed in is believed as before, and no more than before.
    check("42", Files::new(), Verdict::Attested, "");
    check("7", Files::new(), Verdict::Contradicted, "its own record says");
    // What did not come along, or is named otherwise, leaves it where it was.
    let gone = Blob { digest: Digest::of(b"elsewhere"), len: 9, ..Blob::default() };
    check("42", files(FileSeen::Bytes(gone)), Verdict::Attested, "answer.txt did not come along");
    let huge = Blob { len: u64::MAX, ..keep(b"42\n") };
    check("42", files(FileSeen::Bytes(huge)), Verdict::Attested, "claims");
    check("42", files(FileSeen::Left("is too large".into())), Verdict::Attested, "is too large");
    for name in ["../answer.txt", "/etc/passwd", "./answer.txt", "ANSWER.TXT", "answer.txt\0"] {
        let named = Files::from([(name.to_owned(), FileSeen::Bytes(keep(b"42\n")))]);
        check("42", named, Verdict::Attested, "was not written down");
    }
}

#[test]
fn an_edited_file_of_a_submission_is_found() {
    let class = Class::new();
    class.work();
    let path = class.submit();
    let body = format!("blobs/{}", Digest::of(b"42\n"));
    altered(&path, &body, |_| "43\n".into());
    let error = format!("{:#}", class.grade(&path).unwrap_err());
    assert!(error.contains("was altered: its bytes have the digest"), "{error}");
    let path = class.submit();
    altered(&path, "journal.jsonl", |text| text.replace("answer.txt\\\":{", "answer.md\\\":{"));
    let error = format!("{:#}", class.grade(&path).unwrap_err());
    assert!(error.contains("was altered"), "{error}");
}

/// A part of a step that was not passed counts where it holds in a file.
#[test]
fn parts_of_a_step_that_hang_on_a_file_are_weighed() {
    let mut weighed = lab();
    let step = &mut weighed.steps[2];
    step.expects[0].weight = 2;
    let other = Expect { run: "cat other.txt".into(), weight: 1, ..step.expects[0].clone() };
    step.expects.push(other);
    let dir = tempfile::tempdir().unwrap();
    let mut profile = Profile::open(&dir.path().join("home")).unwrap();
    profile.rename(Learner { name: "ada".into(), seed: 7 }).unwrap();
    let session = Session::open(&profile, weighed.clone(), Mode::Once, START).unwrap();
    std::fs::write(session.workspace().join("answer.txt"), "42\n").unwrap();
    let path = dir.path().join("try.dlab");
    submission::write(&session, Digest::of(b"lab"), None, START.0, &path).unwrap();
    let blobs = BlobStore::open(&dir.path().join("graded")).unwrap();
    let read = submission::read(&path, &blobs).unwrap();
    let began = began("try", &WorldSpec::default());
    let graded = grade(&read, &weighed, &began, Digest::of(b"lab"), &blobs).unwrap();
    assert_eq!((graded.replayed, graded.attested), (Points::whole(2), Points(0)), "{graded:?}");
    assert_eq!(graded.steps[2].notes, ["2 of 3 parts hold; the step was not passed"]);
}

/// What is too large to go along is said; what is recorded of it is cut, and accuses nobody.
#[test]
fn a_file_that_is_too_large_stays_and_is_named() {
    let class = Class::new();
    let mut large = vec![b' '; 1024 * 1024];
    large.extend(b"42\n");
    std::fs::write(class.session.workspace().join("answer.txt"), large).unwrap();
    class.session.check(Some("write")).unwrap();
    let path = class.dir.path().join("large.dlab");
    let (_, left) =
        submission::write(&class.session, Digest::of(b"lab"), None, START.0, &path).unwrap();
    let why = left.files.get("answer.txt").map(String::as_str).unwrap_or_default();
    assert!(why.contains("1048579 bytes; at most 1048576"), "{left:?}");
    let step = class.grade(&path).unwrap().steps.remove(2);
    assert_eq!(step.verdict, Verdict::Inconclusive, "a record is cut at 64 KiB: {step:?}");
    assert!(step.notes[0].contains("at most 1048576 go along"), "{step:?}");
}

#[test]
fn a_later_undo_takes_the_pass_with_it() {
    let class = Class::new();
    class.work();
    class.session.undo().unwrap();
    let graded = class.grade(&class.submit()).unwrap();
    assert_eq!(graded.earned(true), Points(0), "{graded:?}");
}

/// Writes the parts of a submission again, one of them changed.
pub(super) fn altered(path: &Path, name: &str, change: impl Fn(String) -> String) {
    let file = std::fs::File::open(path).unwrap();
    let mut parts = Vec::new();
    for part in tar::Archive::new(file).entries().unwrap() {
        let mut part = part.unwrap();
        let part_name = part.path().unwrap().display().to_string();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        let text = if part_name == name { change(text) } else { text };
        parts.push((part_name, text));
    }
    let mut tar = tar::Builder::new(std::fs::File::create(path).unwrap());
    for (name, text) in parts {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.finish().unwrap();
}

#[test]
fn tampering_is_found_and_named() {
    let check = |name: &str, change: &dyn Fn(String) -> String, want: &str| {
        let class = Class::new();
        class.work();
        let path = class.submit();
        altered(&path, name, change);
        let error = format!("{:#}", class.grade(&path).unwrap_err());
        assert!(error.contains(want), "{error}");
    };
    let flip = |text: String| text.replacen("notes-ada", "notes-adb", 1);
    check("journal.jsonl", &flip, "entry 1 was altered");
    let cut = |text: String| text.split_inclusive('\n').take(2).collect();
    check("journal.jsonl", &cut, "entries are missing");
    let garbage = |_: String| "no json".into();
    check("journal.jsonl", &garbage, "line 1 of its journal");
    let other_seed = |text: String| text.replace("\"seed\": ", "\"seed\": 1");
    check("manifest.json", &other_seed, "entry 1 was altered");
    let state = |text: String| text.replace("\"format\": 1", "\"format\": 9");
    check("manifest.json", &state, "format 9");
}

/// What a learner hands in was made as the lab says, or it is not replayed: a world that somebody shaped
/// by hand has the wanted state at its beginning.
#[test]
fn a_world_that_began_otherwise_is_refused() {
    let class = Class::new();
    class.work();
    let blobs = BlobStore::open(&class.dir.path().join("graded")).unwrap();
    let read = submission::read(&class.submit(), &blobs).unwrap();
    let refused = |spec: &WorldSpec, lab_text: &[u8]| {
        let graded = grade(&read, &lab(), &began("try", spec), Digest::of(lab_text), &blobs);
        graded.expect_err("another world").to_string()
    };
    let mut spec = WorldSpec::default();
    spec.shape.regions.push("eu-west-1".into());
    assert!(refused(&spec, b"lab").contains("no distlab makes such a world"));
    assert!(refused(&spec, b"newer").contains("the lab's text was changed since"));
    let spec = WorldSpec { region: Some("eu-west-1".into()), ..WorldSpec::default() };
    assert!(refused(&spec, b"lab").contains("began differently"));
}

/// Who hands in another's journal under his own name has another's seed in it: the chain can be made anew,
/// but identifiers hang on the seed.
#[test]
fn a_seed_that_is_not_the_learner_s_is_named_and_believed_in_nothing() {
    let class = Class::new();
    class.work();
    let blobs = BlobStore::open(&class.dir.path().join("graded")).unwrap();
    let read = submission::read(&class.submit(), &blobs).unwrap();
    let grade = |began: &Began| grade(&read, &lab(), began, Digest::of(b"lab"), &blobs).unwrap();
    assert_eq!(grade(&began("try", &WorldSpec::default())).replayed, Points::whole(6));
    // The world began in a lab of another name, which draws another seed.
    let other = grade(&began("another", &WorldSpec::default()));
    assert_eq!((other.replayed, other.attested), (Points(0), Points(0)), "{other:?}");
    assert_eq!(other.steps[0].verdict, Verdict::Contradicted);
    let note = other.notes.iter().find(|note| note.contains("the world's seed is"));
    assert!(note.is_some_and(|note| note.contains("the learner of the seed 7")), "{other:?}");
    let seed = read.head.world.seed;
    let said = WorldSpec { seed: Some(seed), ..WorldSpec::default() };
    let itself = grade(&began("another", &said));
    let doubts = itself.notes.iter().filter(|note| note.contains("the world's seed is"));
    assert_eq!(doubts.count(), 0, "the lab says the seed itself: {itself:?}");
}

#[test]
fn a_forged_pass_is_contradicted_by_the_replay() {
    let class = Class::new();
    class.make("something-else");
    let act =
        Act::Pass { step: "make".into(), facts: vec![], wall: None, files: BTreeMap::default() };
    class.session.engine().record(0, &act).unwrap();
    let forged =
        Act::Pass { step: "write".into(), facts: vec![], wall: None, files: BTreeMap::default() };
    class.session.engine().record(0, &forged).unwrap();
    let graded = class.grade(&class.submit()).unwrap();
    let verdicts: Vec<Verdict> = graded.steps.iter().map(|s| s.verdict).collect();
    assert_eq!(verdicts, [Verdict::Contradicted, Verdict::Open, Verdict::Inconclusive]);
    assert_eq!(graded.earned(true), Points(0));
}

#[test]
fn what_is_no_submission_is_refused_with_a_sentence() {
    let class = Class::new();
    let path = class.dir.path().join("x.dlab");
    for bytes in [&b""[..], b"hello", &[0; 2048]] {
        std::fs::write(&path, bytes).unwrap();
        assert!(class.grade(&path).is_err());
    }
}

#[test]
fn every_report_holds_good_and_bad_files() {
    let class = Class::new();
    class.work();
    let graded = class.grade(&class.submit()).unwrap();
    let files = vec![
        ("a.dlab".to_owned(), Ok(graded.clone())),
        ("b.dlab".to_owned(), Ok(graded)),
        ("c,\"<.dlab".to_owned(), Err("cut short".to_owned())),
    ];
    let rows = Batch::new(files, None, Vec::new(), Take::Best, false);
    for report in REPORTS {
        let text = report.write(&rows);
        // A grade file has no place for what has no learner.
        assert!(text.contains("cut short") || report.name() == "moodle", "{text}");
        assert!(text.contains("ada") || report.name() == "gradescope", "{}: {text}", report.name());
    }
    let text = report::find("text").unwrap().write(&rows);
    assert!(text.contains("the same journal was handed in as b.dlab"), "{text}");
    let csv = report::find("csv").unwrap().write(&rows);
    assert!(csv.contains("\"c,\"\"<.dlab\""), "{csv}");
    let junit = report::find("junit").unwrap().write(&rows);
    assert!(junit.contains("c,&quot;&lt;.dlab"), "{junit}");
    assert!(report::find("pdf").is_none());
}
