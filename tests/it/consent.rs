//! A lab that came from elsewhere: nothing of it runs before it was seen and allowed, by whatever way it
//! is opened, and what lint refuses is refused when it would be run.

use std::path::PathBuf;

use crate::support::{Home, Screen};

/// A lab whose script leaves a mark, as a worse one would leave something worse.
const LAB: &str = r#"+++
format = 1
id = "found"
title = "Found somewhere"
track = "cloud"
minutes = 5
+++
# Found somewhere

What does it do?

## Look at it {#look points=1 minutes=5}

Nothing is to be done.

```sh setup
echo begun >> MARK
```
```toml check
[[expect]]
run  = "aws s3api list-buckets"
at   = "length(Buckets)"
is   = 1
else = "There are {got} buckets."
missing = "There are no buckets."
```
```md hint
`aws s3 mb` makes one.
```
```sh solve
echo solved >> MARK
aws s3 mb s3://found-of-all
```
```sh reject
echo rejected >> MARK
```
"#;

/// A lab that goes on where the other ends, which plays that one's solution.
const NEXT: &str = r#"+++
format = 1
id = "next"
title = "What comes then"
track = "cloud"
minutes = 5
continues = "found"
+++
# What comes then

What is in it?

## Read {#read points=0 minutes=1}

Nothing.
"#;

const PATH: &str = "labs/cloud/01-found/lab.md";

struct Found {
    home: Home,
    mark: PathBuf,
}

impl Found {
    fn new() -> Self {
        let home = Home::new();
        let mark = home.path().join("mark");
        let found = Self { home, mark };
        found.write("");
        found
    }

    fn write(&self, script: &str) {
        let mark = self.mark.display().to_string();
        let text = LAB.replace("echo begun", &format!("{script}echo begun")).replace("MARK", &mark);
        self.home.write(PATH, &text);
    }

    fn run(&self, code: i32, words: &[&str]) -> String {
        self.home.expect(code, &[&["--labs", "labs"], words].concat()).all()
    }

    /// What its scripts have done.
    fn did(&self) -> String {
        std::fs::read_to_string(&self.mark).unwrap_or_default()
    }

    fn screen(&self, words: &[&str]) -> Screen {
        Screen::open(&self.home, &[&["--labs", "labs"], words].concat(), 120, 40)
    }
}

#[test]
fn no_verb_runs_anything_of_it_before_it_is_allowed() {
    let found = Found::new();
    let verbs: [&[&str]; 12] = [
        &["check", "found"],
        &["exec", "found", "--", "aws", "s3", "ls"],
        &["exec", "found", "--", "true"],
        &["shell", "found", "--", "true"],
        &["answer", "found", "look", "1"],
        &["hint", "found"],
        &["undo", "found"],
        &["reset", "found", "--yes"],
        &["time", "+1m", "--lab", "found"],
        &["nodes", "--lab", "found", "ls"],
        &["env", "found"],
        &["test", "found"],
    ];
    for verb in verbs {
        let said = found.run(1, verb);
        let sentence = "does not come with this program, and nobody has allowed";
        assert!(said.contains(sentence), "{verb:?}: {said}");
        assert!(said.contains(PATH) && said.contains("distlab allow found"), "{verb:?}: {said}");
        assert_eq!(found.did(), "", "{verb:?}");
    }
    // Not even its files are laid out, nor is its world made.
    assert!(!found.home.path().join("home/labs/found/work").exists());
    // To read what it is nobody needs leave.
    assert!(found.run(0, &["labs"]).contains("Found somewhere"));
    found.run(0, &["lint", PATH]);

    let said = found.run(0, &["allow", "found"]);
    for shown in ["echo begun >>", "echo solved >>", "echo rejected >>", "aws s3api list-buckets"] {
        assert!(said.contains(shown), "{shown}: {said}");
    }
    assert_eq!(found.did(), "");
    assert!(found.run(1, &["check", "found"]).contains("to do"));
    assert_eq!(found.did(), "begun\n");
    assert!(found.run(0, &["test", "found"]).contains("0 misses"));
    assert!(found.run(0, &["allow", "found"]).contains("is allowed already"));

    // Another text is asked about again, and that it was there before is known still.
    let did = found.did();
    found.write("echo more; ");
    assert!(found.run(1, &["check", "found"]).contains("distlab allow found"));
    assert!(found.run(1, &["test", "found"]).contains("distlab allow found"));
    assert_eq!(found.did(), did);
    found.write("");
    assert!(found.run(1, &["check", "found"]).contains("to do"));
}

#[test]
fn a_lab_that_goes_on_from_it_runs_its_solution_only_when_that_is_allowed() {
    let found = Found::new();
    found.home.write("labs/cloud/02-next/lab.md", NEXT);
    for verb in [&["check", "next"][..], &["test", "next"]] {
        assert!(found.run(1, verb).contains("distlab allow found"), "{verb:?}");
        assert_eq!(found.did(), "", "{verb:?}");
    }
    // It runs nothing itself, so nobody is asked about it.
    assert!(found.run(0, &["allow", "next"]).contains("is allowed already"));
    found.run(0, &["allow", "found"]);
    assert!(found.run(0, &["exec", "next", "--", "aws", "s3", "ls"]).contains("found-of-all"));
    assert_eq!(found.did(), "begun\nsolved\n");
}

#[test]
fn a_lab_of_the_program_is_known_wherever_it_is_read_from() {
    let found = Found::new();
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/labs/cloud/02-s3/lab.md");
    let own = std::fs::read_to_string(own).expect("the lab is there");
    let copy = "labs/cloud/07-s3/lab.md";
    found.home.write(copy, &own);
    // Its text alone is another lab: the files belong to it.
    found.run(1, &["exec", "s3", "--", "aws", "s3", "ls"]);
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/labs/cloud/02-s3/files"));
    for file in files.expect("its files").filter_map(Result::ok) {
        let name = file.file_name().into_string().expect("a name");
        let to = found.home.write(&format!("labs/cloud/07-s3/files/{name}"), "");
        std::fs::copy(file.path(), to).expect("copied");
    }
    found.run(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    found.home.write(copy, &own.replacen("## ", "## Now: ", 1));
    assert!(found.run(1, &["exec", "s3", "--", "aws", "s3", "ls"]).contains("distlab allow s3"));
    // As it is built in, it is the program's again.
    found.home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
}

#[test]
fn at_a_terminal_it_is_shown_and_asked_once() {
    let found = Found::new();
    let mut screen = found.screen(&["check", "found"]);
    let text = screen.wait_for("Allow it? [y/N]");
    assert!(text.contains("echo begun >>"), "{text}");
    screen.keys("\r");
    assert_eq!(screen.wait_end(), 1);
    assert!(screen.text().contains("nothing in the lab found was run"));
    assert_eq!(found.did(), "");
    let mut screen = found.screen(&["check", "found"]);
    screen.wait_for("Allow it? [y/N]");
    screen.keys("y\r");
    assert_eq!(screen.wait_end(), 1);
    assert!(screen.text().contains("to do"), "{}", screen.text());
    assert_eq!(found.did(), "begun\n");
    let mut screen = found.screen(&["check", "found"]);
    assert_eq!(screen.wait_end(), 1);
    assert!(!screen.text().contains("Allow it?"));
}

#[test]
fn the_screen_asks_before_the_lab_starts() {
    let found = Found::new();
    let mut screen = found.screen(&["open", "found"]);
    screen.wait_for("May “Found somewhere” run here?");
    screen.wait_for("echo begun >>");
    screen.keys("n");
    screen.wait_until("the home screen", |t| !t.contains("May “Found") && t.contains("S3"));
    assert_eq!(found.did(), "");
    screen.keys("/found somewhere\r");
    screen.wait_for("May “Found somewhere” run here?");
    screen.keys("y");
    screen.wait_until("the lab", |t| t.contains("step 1 of") && t.contains("Look at it"));
    let begun = |_: &str| found.did() == "begun\n";
    screen.wait_until("its setup", begun);
    // Saved anew: other words are taken, another script is not, until it is allowed.
    let text = std::fs::read_to_string(found.home.path().join(PATH)).expect("read");
    found.home.write(PATH, &text.replace("Look at it", "Gaze at it"));
    screen.wait_for("Gaze at it");
    let other = text.replace("Look at it", "Stare at it").replace("echo begun", "echo other");
    found.home.write(PATH, &other);
    screen.wait_for("The saved text cannot be taken yet");
    assert!(!screen.text().contains("Stare at it"));
    found.run(0, &["allow", "found"]);
    screen.wait_for("Stare at it");
}

#[test]
fn line_by_line_it_is_asked_in_text() {
    let found = Found::new();
    let plain = ["--plain", "--labs", "labs", "open", "found"];
    let ran = found.home.typed(&plain, "no\nquit\n");
    assert!(
        ran.out.contains("echo begun >>") && ran.out.contains("Type yes to allow it>"),
        "{ran:#?}"
    );
    assert!(ran.out.contains("nothing in it was run"), "{ran:#?}");
    assert_eq!(found.did(), "");
    let ran = found.home.typed(&plain, "yes\nquit\n");
    assert!(ran.code == 0 && ran.out.contains("Step 1 of 1"), "{ran:#?}");
    assert_eq!(found.did(), "begun\n");
    let ran = found.home.typed(&plain, "quit\n");
    assert!(!ran.out.contains("allow it>"), "{ran:#?}");
}

#[test]
fn what_lint_refuses_of_a_check_is_refused_in_the_same_words_when_it_would_be_run() {
    let check = |run: &str, want: &str| {
        let found = Found::new();
        let text = std::fs::read_to_string(found.home.path().join(PATH)).expect("read");
        let bad = text.replace("aws s3api list-buckets", run);
        assert_ne!(bad, text);
        found.home.write(PATH, &bad);
        let report = found.run(1, &["lint", PATH]);
        let line =
            report.lines().find(|line| line.contains(want)).unwrap_or_else(|| panic!("{report}"));
        let (_, sentence) = line.split_once("lab.md:").expect("a place");
        found.run(0, &["allow", "found"]);
        let said = found.run(1, &["check", "found"]);
        assert!(said.contains(&format!("lab.md:{sentence}")), "{sentence}: {said}");
        let listed = found.run(0, &["exec", "found", "--", "aws", "s3", "ls"]);
        assert_eq!(listed, "", "{run} was run");
    };
    check("aws s3 mb s3://made-by-a-check", "may change something, and a check only looks");
    check("aws s3api list-buckets; touch x", "has an unquoted `;`, and no shell reads it");
    check("curl example.org", "`curl` is not a command of the lab");
}
