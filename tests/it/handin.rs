//! From a learner's work to a grade: hand-in on one machine, replay on another.

use std::path::{Path, PathBuf};

use distlab::course::{self, Answer, Ask, Catalog, Lab, Output};
use distlab::grade::submission;
use distlab::session::profile::Profile;
use distlab::session::{engine, history};
use distlab::store::BlobStore;

use crate::support::{Home, Ran};

/// The lab as the learner of this profile gets it.
fn lab(home: &Home, id: &str) -> Lab {
    // The program makes the profile, with the learner's name.
    home.expect(0, &["labs"]);
    let profile = Profile::open(&home.path().join("home")).expect("a profile");
    Catalog::load(None).open(id, &profile.learner).expect("the lab opens")
}

/// The right answer, found as a learner would: by looking.
fn answer(home: &Home, lab: &Lab, ask: &Ask) -> String {
    match &ask.answer {
        Answer::Fixed(right) => right[0].clone(),
        Answer::Live { run, .. } => {
            let ran = home.shell(&lab.id, run);
            let code = u8::try_from(ran.code).expect("an exit code");
            let output = Output { stdout: ran.out, stderr: ran.err, code };
            course::compute(&ask.answer, &output).unwrap_or_else(|| panic!("{run}: {output:?}"))
        }
    }
}

/// Solves a lab with its own solutions, and hands it in.
fn solved(home: &Home, id: &str) -> PathBuf {
    let lab = lab(home, id);
    home.run(&["check", id]);
    for step in &lab.steps {
        for script in &step.solve {
            let ran = home.shell(id, &format!("set -e\n{}", script.text));
            assert_eq!(ran.code, 0, "{}: {ran:#?}", step.id);
        }
        for (i, ask) in step.asks.iter().enumerate() {
            let text = answer(home, &lab, ask);
            let number = (i + 1).to_string();
            home.expect(0, &["answer", id, &step.id, &text, "--number", &number]);
        }
        home.expect(0, &["check", id, "--step", &step.id]);
    }
    let wrote = home.expect(0, &["submit", id, "--out", "ada.dlab", "--nonce", "week-7"]);
    let points = lab.points();
    assert!(wrote.out.contains(&format!("{points} of {points} points")), "{wrote:#?}");
    home.path().join("ada.dlab")
}

/// Labs whose checks look at files earn by replay: the files came along.
#[test]
fn labs_of_files_are_graded_by_replay() {
    for id in ["vms-and-containers", "orchestrators"] {
        let learner = Home::new();
        let file = solved(&learner, id);
        // What lies in the learner's workspace afterwards is no matter, and there is none here.
        let graded = Home::new().expect(0, &["grade", text(&file), "--format", "json"]).json();
        let graded = &graded[0]["graded"];
        assert_eq!(graded["replayed"], graded["possible"], "{id}: {graded:#}");
        assert_eq!(graded["attested"], 0, "{id}: {graded:#}");
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[test]
fn a_solved_lab_is_graded_in_full_on_another_machine() {
    let learner = Home::new();
    let file = solved(&learner, "s3");
    let teacher = Home::new();
    let grade = |format: &str| teacher.expect(0, &["grade", text(&file), "--format", format]).out;

    let table = grade("text");
    let row = table.lines().find(|l| l.starts_with("ada")).unwrap_or_else(|| panic!("{table}"));
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells[..5], ["ada", "s3", "18", "0", "18"], "{table}");

    let json: serde_json::Value = serde_json::from_str(&grade("json")).expect("JSON");
    let graded = &json[0]["graded"];
    assert_eq!((&graded["replayed"], &graded["possible"]), (&18.into(), &18.into()), "{json}");
    // It was solved by a program, and the report may say so.
    let notes = graded["notes"].as_array().expect("notes").iter();
    let others = notes.filter(|n| !n.as_str().is_some_and(|n| n.starts_with("18 points in ")));
    assert_eq!(others.count(), 0, "{json}");
    assert!(graded["effort"]["commands"].as_u64().is_some_and(|n| n >= 10), "{json}");
    let steps = graded["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 12, "{json}");
    let verified = steps.iter().filter(|s| s["verdict"] == "verified");
    assert_eq!(verified.count(), 12, "{json}");

    let csv = grade("csv");
    assert!(csv.starts_with("file,learner,name,number,mail,lab,step,earned,attested,"), "{csv}");
    assert_eq!(csv.lines().filter(|l| l.contains(",ada,,,,s3,")).count(), 12, "{csv}");

    let junit = grade("junit");
    assert_eq!(elements(&junit, "testcase"), 12, "{junit}");
    assert_eq!(elements(&junit, "failure"), 0, "{junit}");

    let scope: serde_json::Value = serde_json::from_str(&grade("gradescope")).expect("JSON");
    assert_eq!(scope["score"], 18, "{scope}");
    assert_eq!(scope["tests"].as_array().map(Vec::len), Some(12), "{scope}");
    let maximum: u64 = scope["tests"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|t| t["max_score"].as_u64())
        .sum();
    assert_eq!(maximum, 18, "{scope}");

    let out = teacher.path().join("report.json");
    let wrote = teacher.expect(0, &["grade", text(&file), "--format", "json", "--out", text(&out)]);
    assert_eq!(wrote.out, "", "{wrote:#?}");
    let written = std::fs::read_to_string(&out).expect("written");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&written).expect("JSON"), json);

    replays_to_the_same_digest(&file);
    copies_are_noticed(&teacher, &file);
    the_word_is_asked_for(&teacher, &file);
}

/// How many elements of that name a well-formed document has.
fn elements(xml: &str, name: &str) -> usize {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut count = 0;
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{e}: {xml}")) {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == name => {
                count += 1;
            }
            Event::Eof => return count,
            _ => {}
        }
    }
}

/// Read from the file, played twice: the state that the learner's machine recorded.
fn replays_to_the_same_digest(file: &Path) {
    let scratch = tempfile::tempdir().expect("a folder");
    let blobs = BlobStore::open(scratch.path()).expect("a store");
    let read = submission::read(file, &blobs).expect("it is sound");
    let kept = history::fold(&read.entries).expect("it folds");
    for _ in 0..2 {
        let world = engine::replay(&read.head.world, &kept).expect("it replays");
        assert_eq!(world.digest(), read.head.state);
    }
}

fn copies_are_noticed(teacher: &Home, file: &Path) {
    let copy = teacher.path().join("copy.dlab");
    std::fs::copy(file, &copy).expect("copied");
    let table = teacher.expect(0, &["grade", text(file), text(&copy)]).out;
    assert_eq!(table.matches("the same journal was handed in as").count(), 2, "{table}");
}

fn the_word_is_asked_for(teacher: &Home, file: &Path) {
    teacher.expect(0, &["grade", text(file), "--nonce", "week-7"]);
    let other = teacher.expect(1, &["grade", text(file), "--nonce", "week-8"]);
    assert!(other.out.contains("\"week-7\"") && other.out.contains("\"week-8\""), "{other:#?}");
}

/// A submission of one bucket in the S3 lab.
fn small(home: &Home, name: &str) -> PathBuf {
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://a-bucket-of-mine"]);
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://another-of-mine"]);
    home.run(&["check", "s3"]);
    home.expect(0, &["submit", "s3", "--out", name]);
    home.path().join(name)
}

#[test]
fn a_flipped_byte_is_found_and_named() {
    let home = Home::new();
    let file = small(&home, "work.dlab");
    let bytes = std::fs::read(&file).expect("read");
    let whole = String::from_utf8_lossy(&bytes).into_owned();
    let place = |needle: &str| whole.find(needle).unwrap_or_else(|| panic!("no {needle:?}"));
    // In the journal's first line, in its last, in a hash, and in the head.
    let last = whole.rfind("\"hash\"").expect("a hash");
    let flips = [
        (place("a-bucket-of-mine"), "entry 1 was altered"),
        (place("another-of-mine") + 3, "entry 2 was altered"),
        (last + 12, "journal"),
        (place("\"learner\": \"ada\"") + 12, "entry 1"),
        (place("\"head\": \"") + 12, ""),
    ];
    let mut files = vec![text(&file).to_owned()];
    for (i, (at, _)) in flips.iter().enumerate() {
        let mut altered = bytes.clone();
        altered[*at] ^= 1;
        let path = home.path().join(format!("flip-{i}.dlab"));
        std::fs::write(&path, altered).expect("written");
        files.push(text(&path).to_owned());
    }
    // And one that ends in the middle, one that is no submission, one that is not there.
    for (name, content) in [("cut.dlab", &bytes[..bytes.len() / 2]), ("text.dlab", b"hello")] {
        let path = home.path().join(name);
        std::fs::write(&path, content).expect("written");
        files.push(text(&path).to_owned());
    }
    files.push("gone.dlab".into());
    let mut args = vec!["grade", "--format", "json"];
    args.extend(files.iter().map(String::as_str));
    let ran = home.expect(1, &args);
    let report = ran.json();
    let outcome = |i: usize| report[i]["error"].as_str().unwrap_or_default().to_owned();
    assert!(report[0]["graded"].is_object(), "the sound one is graded: {report}");
    for (i, (at, words)) in flips.iter().enumerate() {
        let error = outcome(i + 1);
        assert!(!error.is_empty() && error.contains(words), "byte {at}: {error:?} ({words:?})");
    }
    for (i, file) in files.iter().enumerate().skip(flips.len() + 1) {
        assert!(!outcome(i).is_empty(), "{file} was graded: {report}");
    }
    // The table goes on behind a bad file, and names it.
    let table = home.expect(1, &["grade", &files[1], &files[0]]).out;
    assert!(table.contains("not readable") && table.contains("entry 1 was altered"), "{table}");
    assert!(table.lines().any(|l| l.starts_with("ada")), "{table}");
}

#[test]
fn what_is_too_large_or_too_much_is_refused() {
    let home = Home::new();
    let path = home.path().join("large.dlab");
    let file = std::fs::File::create(&path).expect("made");
    file.set_len(submission::FILE_BYTES_MAX + 1).expect("sparse");
    drop(file);
    let ran: Ran = home.expect(1, &["grade", text(&path)]);
    assert!(ran.out.contains(&submission::FILE_BYTES_MAX.to_string()), "{ran:#?}");
}

#[test]
fn a_claim_without_the_work_is_contradicted() {
    let home = Home::new();
    let lab = lab(&home, "s3");
    home.run(&["check", "s3"]);
    let ran = home.shell("s3", &format!("set -e\n{}", lab.steps[0].solve[0].text));
    assert_eq!(ran.code, 0, "{ran:#?}");
    home.expect(0, &["check", "s3", "--step", "bucket"]);
    home.expect(0, &["submit", "s3", "--out", "honest.dlab"]);
    let honest = home.json(&["grade", "honest.dlab", "--format", "json"]);
    assert_eq!(honest[0]["graded"]["replayed"], 1, "{honest}");
    let open = honest[0]["graded"]["steps"].as_array().expect("steps").iter();
    assert_eq!(open.filter(|s| s["verdict"] == "open").count(), 11, "{honest}");
    let without = home.run(&["grade", "honest.dlab", "--nonce", "week-7"]);
    assert_eq!(without.code, 1, "{without:#?}");
    assert!(without.out.contains("does not carry"), "{without:#?}");
}
