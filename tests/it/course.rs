//! The course, the learner's own notes and the log of the work, as a learner meets them.

use crate::support::{F7, F10, Home, Screen};

const COURSE: &str = "format = 1\ntitle = \"Ours\"\n[[topics]]\nid = \"cloud\"\ntitle = \"Clouds\"\n\
    [[rounds]]\ntitle = \"Week 1\"\n[[rounds.parts]]\ntopic = \"cloud\"\n\
    items = [\"notes:cloud/s3\", \"lab:s3\"]\n";

#[test]
fn the_course_is_printed_with_where_the_learner_stands() {
    let home = Home::new();
    let fresh = home.json(&["course", "--json"]);
    assert_eq!(fresh["next"], "vms-and-containers", "{fresh}");
    assert!(fresh["stopped"].is_null(), "{fresh}");
    let parts = |course: &serde_json::Value| {
        let rounds = course["rounds"].as_array().cloned().unwrap_or_default();
        rounds.iter().flat_map(|r| r["parts"].as_array().cloned().unwrap_or_default()).count()
    };
    assert_eq!(parts(&fresh), 6, "two rounds of three topics: {fresh}");
    let text = home.expect(0, &["course"]).out;
    for said in ["Beginner", "Big data and machine learning", "labs done, 0 of", "Next: "] {
        assert!(text.contains(said), "{said:?} is not in {text}");
    }
    // A page that was read and a lab that was opened are known afterwards.
    let mut screen = Screen::open(&home, &["open", "s3"], 100, 30);
    screen.wait_for("step 1 of 12");
    screen.keys(F10);
    screen.wait_for("You stopped in S3");
    screen.keys("k\r");
    screen.wait_for("course notes");
    // Its title stands in the list already before it is opened.
    screen.wait_for("You put a photo on the internet");
    screen.keys(F10);
    screen.wait_for("You stopped in S3");
    screen.keys("q");
    screen.wait_end();
    let course = home.json(&["course", "--json"]);
    assert_eq!(course["stopped"]["lab"], "s3", "{course}");
    assert_eq!(course["stopped"]["step"], 1, "{course}");
    let read = |course: &serde_json::Value| course.to_string().matches("\"read\":true").count();
    assert_eq!(read(&course), 1, "{course}");
    home.expect(0, &["notes", "glossary"]);
    assert_eq!(read(&home.json(&["course", "--json"])), 2, "wherever a page was read");
}

#[test]
fn a_teachers_course_takes_the_place_of_the_programs() {
    let home = Home::new();
    home.write("ours.toml", COURSE);
    let course = home.json(&["course", "--course", "ours.toml", "--json"]);
    assert_eq!(course["title"], "Ours", "{course}");
    // What it does not name can be found still.
    assert_eq!(course["rounds"][1]["title"], "Not in the course", "{course}");
    home.write("labs/course.toml", COURSE);
    let course = home.json(&["--labs", "labs", "course", "--json"]);
    assert_eq!(course["title"], "Ours", "{course}");
    home.expect(0, &["lint", "ours.toml"]);
    home.write("ours.toml", &COURSE.replace("lab:s3", "lab:s4"));
    let found = home.expect(1, &["lint", "ours.toml"]);
    assert!(
        found.out.contains("ours.toml:10:28: there is no lab `s4`; did you mean `s3`?"),
        "{found:?}"
    );
    // A lab that is not there is said to be missing, and nothing else is hidden by it.
    let shown = home.expect(0, &["course", "--course", "ours.toml"]).out;
    assert!(shown.contains("there is no lab `s4`") && shown.contains("images"), "{shown}");
    home.write("ours.toml", &COURSE.replace("items", "itmes"));
    for args in [&["course", "--course", "ours.toml"][..], &["--course", "ours.toml"][..]] {
        let refused = home.expect(2, args);
        assert!(refused.err.contains("ours.toml:10:1: `itmes` is not a key"), "{refused:?}");
    }
    // In the folder of labs it may be mended while home is open, so home opens and says it.
    home.write("labs/course.toml", &COURSE.replace("items", "itmes"));
    let mut screen = Screen::open(&home, &["--labs", "labs"], 120, 40);
    screen.wait_for("labs/course.toml:8:1: `[[rounds.parts]]` has no `items`");
    home.write("labs/course.toml", COURSE);
    screen.keys("r");
    screen.wait_for("Week 1");
}

#[test]
fn a_learners_notes_outlive_a_reset_and_stand_in_the_log() {
    let home = Home::new();
    assert_eq!(home.run(&["log"]).code, 1);
    let nothing = home.expect(1, &["note", "s3", "bucket"]);
    assert!(nothing.out.contains("You wrote nothing on bucket of s3"), "{nothing:?}");
    home.expect(0, &["note", "s3", "bucket", "It is *mine*."]);
    home.expect(0, &["note", "s3", "And on the step at hand."]);
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://some-bucket"]);
    home.expect(1, &["check", "s3"]);
    home.expect(0, &["reset", "s3", "--yes"]);
    let kept = home.expect(0, &["note", "s3", "1"]);
    assert_eq!(kept.out, "It is *mine*.\n\nAnd on the step at hand.\n");
    home.expect(0, &["log", "--output", "log.md"]);
    let log = std::fs::read_to_string(home.path().join("log.md")).expect("written");
    for said in ["# My lab log", "| S3: who may read it", "> It is *mine*.", "Begun anew"] {
        assert!(log.contains(said), "{said:?} is not in {log}");
    }
    let json = home.json(&["log", "s3", "--json"]);
    assert_eq!(json["labs"][0]["steps"][0]["notes"], "It is *mine*.\n\nAnd on the step at hand.");
    let refused = home.expect(2, &["note", "s3", "bukcet", "x"]);
    assert!(refused.err.contains("did you mean \"bucket\""), "{refused:?}");
}

#[test]
fn one_key_opens_the_learners_editor_and_gives_the_screen_back() {
    let home = Home::new();
    // An editor that reads the terminal: were keys read beside it, it would wait for ever.
    let editor = "#!/bin/sh\necho editing\nread word\nprintf '%s\\n' \"$word\" >> \"$1\"\n";
    home.write("editor.sh", editor);
    let path = format!("sh {}", home.path().join("editor.sh").display());
    let mut screen = Screen::open_with(&home, &["open", "s3"], (120, 40), &[("VISUAL", &path)]);
    screen.go_to_shell();
    screen.keys("\x1bn");
    screen.wait_until("the editor", |t| t.contains("editing") && !t.contains("F1 help"));
    screen.resize(100, 30);
    screen.keys("seen\r");
    screen.wait_for("Your notes on this step are kept");
    screen.wait_until("a frame of the new size", |t| {
        t.lines().nth(29).is_some_and(|l| l.contains("F1 help"))
    });
    // Keys that follow a new size of the window are not kept back.
    screen.resize(120, 40);
    screen.wait_until("a frame of the new size", |t| {
        t.lines().nth(39).is_some_and(|l| l.contains("F1 help"))
    });
    screen.command(&format!("echo {} | wc -c", "x".repeat(900)));
    screen.wait_for("901");
    assert_eq!(home.expect(0, &["note", "s3"]).out, "seen\n");
    screen.keys(F7);
    screen.wait_for("step 2 of 12");
    screen.keys(F10);
    screen.wait_for("You stopped in");
}

#[test]
fn without_an_editor_there_is_a_field() {
    let home = Home::new();
    let none = [("VISUAL", ""), ("EDITOR", "")];
    let mut screen = Screen::open_with(&home, &["open", "s3"], (80, 24), &none);
    screen.go_to_shell();
    screen.keys("\x1bn");
    screen.wait_for("Your notes: ");
    screen.keys("one\rtwo");
    screen.wait_for("two");
    screen.keys("\x1b");
    screen.wait_for("are kept");
    assert_eq!(home.expect(0, &["note", "s3"]).out, "one\ntwo\n");
    // And once more, to throw it away.
    screen.keys("\x1bn");
    screen.wait_for("Your notes: ");
    screen.keys("three\x03");
    screen.wait_until("the field closed", |t| !t.contains("Your notes: "));
    assert_eq!(home.expect(0, &["note", "s3"]).out, "one\ntwo\n");
}
