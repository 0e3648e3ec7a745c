//! The lab format: what is read, what is refused and where, what matchers hold, what lint finds.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::lint::Context;
use super::*;

fn ada() -> Learner {
    Learner { name: "Ada Lovelace".into(), seed: 7 }
}

const FRONT: &str = "+++\nformat = 1\nid = \"a-lab\"\ntitle = \"T\"\ntrack = \"cloud\"\nminutes = 10\n[vars]\nbucket = { template = \"b-{rand:6}\" }\n+++\n# T\n\n";
/// The line that a body behind `FRONT` begins in.
const BODY: usize = 12;

fn parse_lab(source: &str) -> Result<Lab, Vec<Problem>> {
    Lab::parse("lab.md", source, Vec::new(), &ada())
}

/// Reads a body; each expected problem is its line (from 1 in the body) and a part of what is said.
#[track_caller]
fn refuses(body: &str, expected: &[(usize, &str)]) {
    let found = parse_lab(&format!("{FRONT}{body}")).err().unwrap_or_default();
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{body}\n{shown:#?}");
    for (problem, (line, part)) in found.iter().zip(expected) {
        assert!(problem.to_string().contains(part), "{part:?} is not said in {shown:#?}");
        assert_eq!(problem.line, line + BODY - 1, "{shown:#?}");
        assert!(!problem.remedy.is_empty());
    }
}

#[test]
fn the_registrys_address_hangs_on_the_learner_alone() {
    let front = |id: &str, needs: &str| {
        let source =
            FRONT.replace("a-lab", id).replace("minutes = 10", &format!("minutes = 10\n{needs}"));
        format!("{source}Push to {{{{registry}}}}, for {{{{bucket}}}}.\n\n## S {{#s}}\n\nText.\n")
    };
    let needs = "needs = [\"docker\", \"registry\"]";
    let address = |id: &str, who: &Learner| {
        let lab = Lab::parse("lab.md", &front(id, needs), Vec::new(), who).expect("a good lab");
        lab.vars["registry"].clone()
    };
    let grace = Learner { name: "grace".into(), seed: 9 };
    assert_eq!(address("one", &ada()), address("two", &ada()));
    assert_ne!(address("one", &ada()), address("one", &grace));
    assert_eq!(address("one", &grace), format!("localhost:{}", grace.registry_port()));
    for seed in 0..1000 {
        assert!((5100..5900).contains(&Learner { seed, ..ada() }.registry_port()));
    }
    let problems = parse_lab(&front("one", "")).expect_err("no registry is needed");
    assert!(problems[0].to_string().contains("write `registry` among the `needs`"), "{problems:?}");
}

/// A step with this check in it; the check's TOML begins in line 5 of the body.
#[track_caller]
fn check_refuses(toml: &str, expected: &[(usize, &str)]) {
    let body = format!("## S {{#s}}\n\nText.\n```toml check\n{toml}\n```\n```sh solve\nx\n```\n");
    refuses(&body, expected);
}

#[track_caller]
fn ask_refuses(toml: &str, expected: &[(usize, &str)]) {
    refuses(&format!("## S {{#s}}\n\nText.\n```toml ask\n{toml}\n```\n"), expected);
}

#[test]
fn reads_the_whole_example() {
    let lab = parse_lab(reference::EXAMPLE).expect("the example is a good lab");
    assert_eq!((lab.id.as_str(), lab.minutes, lab.speed), ("keep-versions", 20, 1));
    assert_eq!(
        lab.steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(),
        ["bucket", "versions", "overwrite"]
    );
    assert_eq!(lab.points(), 5);
    let bucket = &lab.vars["bucket"];
    assert!(bucket.starts_with("notes-ada-lovelace-") && bucket.len() == 25, "{bucket}");
    let copies: u32 = lab.vars["copies"].parse().expect("a number");
    assert!((2..=4).contains(&copies));

    let step = lab.step("versions").expect("there");
    assert_eq!((step.title.as_str(), step.points, step.minutes), ("Keep every version", 2, 5));
    assert_eq!(
        (step.solve.len(), step.accept.len(), step.reject.len(), step.hints.len()),
        (1, 1, 1, 1)
    );
    let expect = &step.expects[0];
    assert_eq!(expect.run, format!("aws s3api get-bucket-versioning --bucket {bucket}"));
    assert_eq!((expect.at.as_deref(), expect.matcher.as_str()), (Some("Status"), "is"));
    assert_eq!(expect.want, json!("Enabled"));
    // The fences with a role are no part of the page.
    assert_eq!(step.blocks.len(), 1);
    let links = lesson::links(&step.blocks);
    assert_eq!(links, ["notes:cloud/s3#versions"]);

    // Lines are those of the file, variables or not.
    let line_of = |needle: &str| {
        reference::EXAMPLE.lines().position(|l| l.contains(needle)).expect("there") + 1
    };
    assert_eq!(step.line, line_of("{#versions"));
    assert_eq!(expect.line, line_of("get-bucket-versioning") - 1);
    let last = &lab.steps[2];
    assert_eq!(last.asks.len(), 2);
    assert_eq!(last.asks[1].choices.len(), 3);
    assert!(
        matches!(&last.asks[0].answer, Answer::Live { at: Some(at), .. } if at == "length(Versions)")
    );
    assert_eq!(last.expects[0].want, json!(copies));
    assert_eq!(last.solve[0].line, line_of("for n in") - 1);
}

#[test]
fn a_line_end_is_no_matter() {
    let windows = format!("\u{feff}{}", reference::EXAMPLE.replace('\n', "\r\n"));
    let (a, b) = (parse_lab(&windows).expect("good"), parse_lab(reference::EXAMPLE).expect("good"));
    assert_eq!(format!("{a:?}"), format!("{b:?}"));
}

#[test]
fn front_matter_is_checked() {
    let check = |front: &str, expected: &[(usize, &str)]| {
        let source = format!("+++\n{front}\n+++\n# T\n## S {{#s}}\n\nText.\n");
        let found = parse_lab(&source).err().unwrap_or_default();
        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{front}\n{shown:#?}");
        for (problem, (line, part)) in found.iter().zip(expected) {
            assert!(problem.to_string().contains(part), "{part:?} is not said in {shown:#?}");
            assert_eq!(problem.line, *line, "{shown:#?}");
        }
    };
    let good = "format = 1\nid = \"a\"\ntitle = \"T\"\ntrack = \"cloud\"\nminutes = 5";
    let with = |more: &str| format!("{good}\n{more}");
    check(good, &[]);
    check(&good.replace("format = 1", "format = 2"), &[(2, "`format` is 2, and may be 1")]);
    check(&good.replace("\"a\"", "\"A Lab\""), &[(3, "\"a-lab\"")]);
    check(
        &good.replace("minutes = 5", "minutes = \"5\""),
        &[(6, "type string, and must be a whole number")],
    );
    check(
        "format = 1",
        &[(1, "no `id`"), (1, "no `title`"), (1, "no `track`"), (1, "no `minutes`")],
    );
    check(&with("afetr = []"), &[(7, "did you mean `after`?")]);
    check(&with("needs = [\"dokcer\"]"), &[(7, "did you mean `docker`?")]);
    check(&with("needs = [\"registry\"]"), &[(7, "no engine that would push to it")]);
    check(&with("needs = [\"docker\", \"registry\"]"), &[]);
    check(&with("[vars]\nregistry = \"x\""), &[(8, "gets its value from the program")]);
    check(&with("after = [\"b\", \"b\"]"), &[(7, "twice")]);
    check(&with("after = [\"a\"]"), &[(7, "after itself")]);
    check(&with("continues = \"a\""), &[(7, "continues itself")]);
    check(&with("speed = 0"), &[(7, "may be 1 to 3600")]);
    check(&with("images = alpine"), &[(7, "not TOML")]);
    check(&with("[vars]\nx = { template = \"{rnad:6}\" }"), &[(8, "did you mean `rand`?")]);
    check(&with("[vars]\nx = { tempalte = \"y\" }"), &[(8, "did you mean `template`?")]);
    check(&with("[vars]\nx = { int = [9, 1] }"), &[(8, "has no range")]);
    check(&with("[vars]\nx = { template = \"a\", int = [1, 2] }"), &[(8, "exactly one")]);
    check(&with("[vars]\nx = 5"), &[(8, "type integer")]);
    check(&with("[vars]\nx = \"two\\nlines\""), &[(8, "line break")]);
    check(&with("[vars]\nend = \"x\""), &[(8, "Go's templates")]);
    check(&with("[vars]\n\"a.b\" = \"x\""), &[(8, "cannot be the name")]);
    check(&with("[vars]\nx = \"{rand:6\""), &[(8, "never closed")]);
    for (source, part) in
        [("# T\n", "does not begin"), ("+++\nid = 1\n", "never closed"), ("", "does not begin")]
    {
        let found = parse_lab(source).expect_err("no front matter");
        assert!(found[0].what.contains(part) && found[0].line == 1, "{found:?}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let source = "+++\nformat = 1\nid = \"a\"\ntitel = \"T\"\ntrack = \"cloud\"\nminutes = 5\n+++\n# T\n## S {#s}\n\nText {{nope}}.\n```toml check\n[[expect]]\nrun = \"x\"\nis = 1\n```\n";
    let found = parse_lab(source).expect_err("bad");
    let lines: Vec<usize> = found.iter().map(|p| p.line).collect();
    assert_eq!(lines, [1, 4, 9, 11, 13], "{found:#?}");
    assert_eq!(
        found[4].to_string().split(';').next(),
        Some("lab.md:13: an expectation has no `else`")
    );
    assert_eq!(found[3].column, Some(6));
}

#[test]
fn steps_are_checked() {
    let step = |head: &str| format!("{head}\n\nText.\n");
    let found = parse_lab(&format!("{FRONT}Only an opening.\n")).expect_err("no step");
    assert!(
        found.len() == 1 && found[0].line == 10 && found[0].what.contains("has no step"),
        "{found:?}"
    );
    refuses(&step("## Step one"), &[(1, "{#step-one points=1}")]);
    refuses(&step("## S {#Step_One}"), &[(1, "`#step-one`")]);
    refuses(&step("## S {#s point=2}"), &[(1, "did you mean `points`?")]);
    refuses(&step("## S {#s points=many}"), &[(1, "does not say a whole number")]);
    refuses(&step("## S {#s points=2}"), &[(1, "neither a check nor a question")]);
    refuses(&step("## {#s}"), &[(1, "has no title")]);
    refuses(&step("## S {#s trap=1}"), &[(1, "`trap=1` does not say")]);
    refuses("## S {#s}\n", &[(1, "has no text")]);
    refuses("## A {#s}\n\nText.\n\n## B {#s}\n\nText.\n", &[(5, "taken by the step in line 12")]);
    refuses("# Again\n\n## S {#s}\n\nText.\n", &[(1, "second title")]);
    refuses("## S {#s}\n\nText.\n```sh reject\nx\n```\n", &[(1, "nothing that judges it")]);
    refuses("## S {#s}\n\nText.\n```sh\nx\n", &[(4, "never closed")]);
    refuses("## S {#s}\n\nText.\n```sh slove\nx\n```\n", &[(4, "did you mean `solve`?")]);
    refuses("## S {#s}\n\nText.\n```check\nx\n```\n", &[(4, "write ```toml check")]);
    refuses(
        "## S {#s}\n\nText.\n```yaml check\n[[expect]]\nrun=\"a\"\nis=1\nelse=\"b\"\n```\n```sh solve\nx\n```\n",
        &[(4, "not written in `yaml`")],
    );
    refuses("## S {#s}\n\nText.\n```md hint\n\n```\n", &[(4, "is empty")]);
    refuses("## S {#s}\n\nText.\n```sh solve now\nx\n```\n", &[(4, "`now` comes after the role")]);
    refuses("```md hint\nx\n```\n\n## S {#s}\n\nText.\n", &[(1, "before the first step")]);
    refuses("## S {#s}\n\n- item\n  ```md hint\n  x\n  ```\n", &[(4, "inside a list")]);
    refuses("## S {#s}\n\nUse {{buckte}}.\n", &[(3, "did you mean `{{bucket}}`?")]);
}

#[test]
fn checks_are_checked() {
    let good = "[[expect]]\nrun = \"x\"\nis = 1\nelse = \"no\"";
    check_refuses(good, &[]);
    check_refuses("[[expect]]\nrun = \"x\"\nelse = \"no\"", &[(5, "expects nothing")]);
    check_refuses("[[expect]]\nis = 1\nelse = \"no\"", &[(5, "no `run`")]);
    check_refuses("[[expect]]\nrun = \"x\"\nis = 1", &[(5, "no `else`")]);
    check_refuses("[[expect]]\nrun = \"\"\nis = 1\nelse = \"no\"", &[(6, "`run` is empty")]);
    check_refuses(&format!("{good}\nnot = 2"), &[(9, "both `is` and `not`")]);
    check_refuses("[[expect]]\nrun = \"x\"\nit = 1\nelse = \"no\"", &[(7, "did you mean `at`?")]);
    check_refuses(
        "[[expect]]\nrun = \"x\"\natleast = 1\nelse = \"no\"",
        &[(7, "did you mean `at_least`?")],
    );
    check_refuses(
        "[[expect]]\nrun = \"x\"\nat = \"a[\"\nis = 1\nelse = \"no\"",
        &[(7, "not a JMESPath")],
    );
    check_refuses(
        "[[expect]]\nrun = \"x\"\nat = \"nope(@)\"\nis = 1\nelse = \"no\"",
        &[(7, "no function `nope`")],
    );
    check_refuses(
        "[[expect]]\nrun = \"x\"\nmatches = \"(\"\nelse = \"no\"",
        &[(7, "regular expression")],
    );
    check_refuses(
        "[[expect]]\nrun = \"x\"\nat_least = \"2\"\nelse = \"no\"",
        &[(7, "take the quotes away")],
    );
    check_refuses("[[expect]]\nrun = \"x\"\ncount = 1.5\nelse = \"no\"", &[(7, "type integer")]);
    check_refuses("[[expect]]\nrun = \"x\"\ncount = -1\nelse = \"no\"", &[(7, "not negative")]);
    check_refuses(
        "[[expect]]\nrun = \"x\"\nexists = false\nelse = \"no\"",
        &[(7, "`absent = true`")],
    );
    check_refuses("[[expect]]\nrun = \"x\"\nis = inf\nelse = \"no\"", &[(7, "cannot be compared")]);
    check_refuses("run = \"x\"\nis = 1\nelse = \"no\"", &[(4, "write `[[expect]]` above it")]);
    check_refuses("[expect]\nrun = \"x\"\nis = 1\nelse = \"no\"", &[(4, "write `[[expect]]`")]);
    check_refuses("[[expects]]\nrun = \"x\"", &[(4, "no `expect`"), (5, "did you mean `expect`?")]);
    check_refuses("[[expect]]\nrun = \"x\"\nis = \nelse = \"no\"", &[(7, "not TOML")]);
    check_refuses(&format!("{good}\n[[expect]]\nrun = \"y\"\nis = 2"), &[(9, "no `else`")]);
    // No solve.
    refuses(
        &format!("## S {{#s}}\n\nText.\n```toml check\n{good}\n```\n"),
        &[(1, "has a check but no `solve`")],
    );
}

#[test]
fn questions_are_checked() {
    let good = "question = \"q\"\nanswer = 3\nwhy = \"w\"";
    ask_refuses(good, &[]);
    ask_refuses("question = \"q\"\nanswer = [\"a\", 2]\nwhy = \"w\"", &[]);
    ask_refuses("question = \"q\"\nanswer = 3", &[(4, "no `why`")]);
    ask_refuses("question = \"q\"\nanswer = \"\"\nwhy = \"w\"", &[(6, "empty or not text")]);
    ask_refuses("question = \"q\"\nanswer = []\nwhy = \"w\"", &[(6, "empty or not text")]);
    ask_refuses("question = \"q\"\nanswer = [[1]]\nwhy = \"w\"", &[(6, "empty or not text")]);
    ask_refuses("question = \"q\"\nanswer = { at = \"x\" }\nwhy = \"w\"", &[(6, "no `run`")]);
    ask_refuses(
        "question = \"q\"\nanswer = { run = \"x\", at = \"[\" }\nwhy = \"w\"",
        &[(6, "JMESPath")],
    );
    ask_refuses(
        "question = \"q\"\nanswer = { run = \"x\", att = \"y\" }\nwhy = \"w\"",
        &[(6, "`at`")],
    );
    ask_refuses(&format!("{good}\nchoises = [\"3\", \"4\"]"), &[(8, "did you mean `choices`?")]);
    ask_refuses(&format!("{good}\nchoices = [\"3\"]"), &[(8, "fewer than two")]);
    ask_refuses(&format!("{good}\nchoices = [\"1\", \"2\"]"), &[(6, "not one of the choices")]);
}

#[test]
fn only_a_name_alone_is_a_variable() {
    let check = |text: &str, want: &str| {
        let body = format!("{FRONT}## S {{#s}}\n\n`{text}`\n");
        let lab = parse_lab(&body).expect("good");
        let want = want.replace('@', &lab.vars["bucket"]);
        assert_eq!(lesson::text_of(&lab.steps[0].blocks).trim(), want);
    };
    check("s3://{{bucket}}/x", "s3://@/x");
    check("{{{bucket}}}", "{@}");
    check("{{bucket}}{{bucket}}", "@@");
    for go in [
        "{{.Names}}",
        "{{json .X}}",
        "{{end}}",
        "{{else}}",
        "{{range .Mounts}}",
        "{{ bucket }}",
        "{{}}",
        "{{",
    ] {
        check(go, go);
    }
}

#[test]
fn variables_hang_on_the_learner() {
    let source = format!("{FRONT}## S {{#s}}\n\nText {{{{bucket}}}}.\n");
    let value = |name: &str, seed| {
        let who = Learner { name: name.into(), seed };
        Lab::parse("lab.md", &source, Vec::new(), &who).expect("good").vars["bucket"].clone()
    };
    assert_eq!(value("Ada", 1), value("Ada", 1));
    assert_ne!(value("Ada", 1), value("Ada", 2));
    assert_ne!(value("Ada", 1), value("Bob", 1));
    let other = |more: &str| {
        let id = format!("id = \"b-lab\"{more}");
        let other = source.replace("id = \"a-lab\"", &id);
        let who = Learner { name: "Ada".into(), seed: 1 };
        Lab::parse("lab.md", &other, Vec::new(), &who).expect("good").vars["bucket"].clone()
    };
    // Another lab with the same variable has another value, unless it continues this one.
    assert_ne!(other(""), value("Ada", 1));
    assert_eq!(other("\ncontinues = \"a-lab\""), value("Ada", 1));

    let learner = |name: &str| {
        let source = source.replace("b-{rand:6}", "x-{learner}");
        let who = Learner { name: name.into(), seed: 1 };
        Lab::parse("lab.md", &source, Vec::new(), &who).expect("good").vars["bucket"].clone()
    };
    for (name, id) in [
        ("Ada Lovelace", "x-ada-lovelace"),
        ("", "x-learner"),
        ("李明", "x-learner"),
        ("O'Neil", "x-oneil"),
        ("A very long name that never ends", "x-a-very-long-name-tha"),
    ] {
        assert_eq!(learner(name), id);
    }
}

#[test]
fn variables_stand_in_the_files_too() {
    let source = format!("{FRONT}## S {{#s}}\n\nText.\n");
    let files = vec![
        ("policy.json".to_owned(), b"arn:aws:s3:::{{bucket}}/* {{other}}".to_vec()),
        ("photo.jpg".to_owned(), vec![0xff, b'{', b'{', 0xfe]),
    ];
    let lab = Lab::parse("lab.md", &source, files.clone(), &ada()).expect("good");
    let want = format!("arn:aws:s3:::{}/* {{{{other}}}}", lab.vars["bucket"]);
    assert_eq!(String::from_utf8_lossy(&lab.files[0].1), want);
    assert_eq!(lab.files[1], files[1]);
}

#[test]
fn points_unless_said() {
    let check = |head: &str, fence: &str, want: u32| {
        let body = format!("{FRONT}## S {{{head}}}\n\nText.\n{fence}");
        assert_eq!(parse_lab(&body).expect("good").steps[0].points, want);
        let outline = crate::outline::outline(&body);
        assert_eq!((outline.steps, outline.points), (1, want));
    };
    let ask = "```toml ask\nquestion = \"## q\"\nanswer = 1\nwhy = \"w\"\n```\n";
    check("#s", "", 0);
    check("#s", ask, 1);
    check("#s points=4 minutes=1", ask, 4);
    check("#s points=0", ask, 0);
    check("#s", "<!-- one -->\n\n<!--\n## No {#n points=3}\n\n-->\n\n    ## No {#n points=3}\n", 0);
    check("#s", "````md\n```toml ask\n## No {#n points=9}\n```\n````\n", 0);
}

fn output(stdout: &str) -> Output {
    Output { stdout: stdout.into(), ..Output::default() }
}

fn failure(stderr: &str) -> Output {
    Output { stderr: stderr.into(), code: 254, ..Output::default() }
}

fn expect(at: Option<&str>, matcher: &str, want: Value) -> Expect {
    Expect {
        run: "x".into(),
        at: at.map(str::to_owned),
        matcher: matcher.into(),
        want,
        or_else: "got {got}, want {want}".into(),
        ..Expect::default()
    }
}

#[test]
fn matchers_hold_and_fail() {
    let json = output(
        r#"{"S":"Enabled","n":3,"t":"3","f":2.5,"b":true,"l":["a","b"],"e":[],"o":{"k":1},"z":null,"big":9007199254740993}"#,
    );
    let check = |at: &str, matcher: &str, want: Value, holds: bool| {
        let outcome = evaluate(&expect(Some(at), matcher, want.clone()), &json);
        assert_eq!(outcome.holds, holds, "{at} {matcher} {want}: {outcome:?}");
    };
    check("S", "is", json!(" Enabled "), true);
    check("S", "is", json!("enabled"), false);
    check("n", "is", json!("3"), true);
    check("t", "is", json!(3), true);
    check("t", "is", json!(3.0), true);
    check("t", "is", json!("3.0"), false);
    check("big", "is", json!(9_007_199_254_740_993_i64), true);
    check("big", "is", json!(9_007_199_254_740_992_i64), false);
    check("b", "is", json!(true), true);
    check("b", "is", json!("True"), true);
    check("l", "is", json!(["a", "b"]), true);
    check("l", "is", json!(["b", "a"]), false);
    check("o", "is", json!({ "k": "1" }), true);
    check("z", "is", json!(""), false);
    check("length(l)", "is", json!(2), true);
    check("S", "not", json!("Suspended"), true);
    check("S", "not", json!("Enabled"), false);
    check("z", "not", json!("Enabled"), true);
    check("S", "matches", json!("^En"), true);
    check("l", "matches", json!("^b$"), true);
    check("z", "matches", json!("."), false);
    check("n", "matches", json!("^3$"), true);
    check("S", "contains", json!("able"), true);
    check("l", "contains", json!("a"), true);
    check("l", "contains", json!(["a", "c"]), false);
    check("l", "contains", json!("ab"), false);
    check("o", "contains", json!("k"), true);
    check("n", "at_least", json!(3), true);
    check("t", "at_least", json!(4), false);
    check("f", "at_most", json!(2.5), true);
    check("f", "at_most", json!(2), false);
    check("z", "at_most", json!(2), false);
    check("S", "at_least", json!(0), false);
    check("l", "count", json!(2), true);
    check("z", "count", json!(0), true);
    check("n", "count", json!(3), false);
    check("S", "exists", json!(true), true);
    check("b", "exists", json!(true), true);
    check("e", "exists", json!(true), false);
    check("z", "exists", json!(true), false);
    check("z", "absent", json!(true), true);
    check("e", "absent", json!(true), true);
    check("S", "absent", json!(true), false);
    // A path that cannot be followed satisfies nothing, whatever is expected.
    for matcher in MATCHERS {
        check("length(n)", matcher.name(), json!(true), false);
    }
}

#[test]
fn matchers_read_the_terminal() {
    let check = |output: &Output, matcher: &str, want: Value, holds: bool| {
        let outcome = evaluate(&expect(None, matcher, want.clone()), output);
        assert_eq!(outcome.holds, holds, "{matcher} {want}: {outcome:?}");
    };
    let lines = output("one\ntwo\n\n");
    check(&lines, "is", json!("one\ntwo"), true);
    check(&lines, "count", json!(2), true);
    check(&lines, "matches", json!("(?m)^two$"), true);
    check(&lines, "exists", json!(true), true);
    check(&lines, "absent", json!(true), false);
    check(&output(" 3\n"), "at_least", json!(3), true);
    check(&output(""), "exists", json!(true), true);
    check(&output("\n"), "absent", json!(true), true);
    let failed = failure("An error occurred (AccessDenied)");
    check(&failed, "contains", json!("AccessDenied"), true);
    check(&failed, "matches", json!("Access.enied"), true);
    for (matcher, want) in
        [("not", json!("x")), ("absent", json!(true)), ("exists", json!(true)), ("count", json!(1))]
    {
        check(&failed, matcher, want, false);
    }
    check(&failure(""), "absent", json!(true), false);
}

#[test]
fn a_command_that_fails_satisfies_no_path() {
    for output in [failure("cannot reach the engine"), failure(""), output("no json")] {
        for matcher in MATCHERS {
            for want in [json!(true), json!(0), json!("x"), json!([])] {
                let outcome = evaluate(&expect(Some("a"), matcher.name(), want), &output);
                assert!(!outcome.holds, "{}", matcher.name());
                assert!(!outcome.got.is_empty());
            }
        }
    }
    assert!(evaluate(&expect(Some("a"), "absent", json!(true)), &output("")).holds);
}

#[test]
fn a_path_that_nests_without_end_is_refused() {
    for piece in ["(", "!", "[", "{a:", "a[?", "&", "a.b.", "length("] {
        let path = piece.repeat(1000 / piece.len());
        let outcome = evaluate(&expect(Some(&path), "exists", json!(true)), &output("{}"));
        assert!(!outcome.holds, "{piece}");
    }
}

#[test]
fn lines_of_json_are_a_list() {
    let check = |stdout: &str, at: &str, want: Value| {
        assert_eq!(observe(Some(at), &output(stdout)).value, want, "{stdout} {at}");
    };
    let (one, two) = (r#"{"N":"a"}"#, "{\"N\":\"a\"}\n{\"N\":\"b\"}\n");
    check(two, "[].N", json!(["a", "b"]));
    check(two, "length(@)", json!(2));
    check("{\n  \"N\": \"a\"\n}{\"N\": \"b\"}", "[].N", json!(["a", "b"]));
    check(one, "N", json!("a"));
    check(one, "[*].N", json!(["a"]));
    check(one, "[?N=='a'] | length(@)", json!(1));
    check("", "[?N=='a'] | length(@)", json!(0));
    check(one, "[N]", json!(["a"]));
    check("", "N", Value::Null);
}

#[test]
fn a_failure_is_told_in_the_labs_words() {
    let json = output(r#"{"S":"Suspended","l":[1,2],"long":"line one\nline two"}"#);
    let check = |at: &str, matcher: &str, want: Value, message: &str| {
        assert_eq!(evaluate(&expect(Some(at), matcher, want), &json).message, message);
    };
    check("S", "is", json!("Enabled"), "got Suspended, want Enabled");
    check("x", "is", json!("Enabled"), "got nothing, want Enabled");
    check("length(l)", "at_least", json!(3), "got 2, want at least 3");
    check("l", "count", json!(3), "got 2, want 3");
    check("long", "not", json!("x"), "got line one…, want anything but x");
    check("x", "exists", json!(true), "got nothing, want something");
    let outcome = evaluate(&expect(Some("S"), "is", json!("x")), &failure("\nboom\n"));
    assert_eq!(outcome.message, "got boom, want x");
}

#[test]
fn every_matcher_is_documented_and_its_example_parses() {
    for matcher in MATCHERS {
        assert!(
            matcher.about().ends_with('.') && !matcher.types().is_empty(),
            "{}",
            matcher.name()
        );
        assert!(matcher.example().starts_with(matcher.name()));
        let toml = format!("[[expect]]\nrun = \"x\"\nelse = \"y\"\n{}", matcher.example());
        check_refuses(&toml, &[]);
        assert!(matcher::find(matcher.name()).is_some());
        assert!(!toml_json(matcher.example()).expect("TOML")[matcher.name()].is_null());
    }
}

fn toml_json(text: &str) -> Option<Value> {
    let table = toml::de::DeTable::parse(text).ok()?;
    table::json(&toml::de::DeValue::Table(table.into_inner()))
}

#[test]
fn every_example_of_a_key_is_toml() {
    for key in [keys::FRONT, keys::VAR, keys::CHECK, keys::EXPECT, keys::ASK, keys::LIVE]
        .into_iter()
        .flatten()
    {
        assert!(toml_json(key.example).is_some(), "{}", key.example);
        assert!(key.about.ends_with('.'), "{}", key.about);
    }
}

fn ask_of(choices: &[&str], answer: Answer) -> Ask {
    let choices = choices.iter().map(|c| (*c).to_owned()).collect();
    Ask {
        question: "How many MB do the containers take?".into(),
        choices,
        answer,
        ..Ask::default()
    }
}

/// Whether an answer is right, be it fixed or computed.
#[track_caller]
fn check_answer(choices: &[&str], right: &str, given: &str, want: bool) {
    let ask = ask_of(choices, Answer::Fixed(vec![right.into()]));
    assert_eq!(judge(&ask, given, None), want, "{right:?} {given:?}");
    let live = ask_of(choices, Answer::Live { run: "x".into(), at: None });
    assert_eq!(judge(&live, given, Some(right)), want, "{right:?} {given:?}");
    assert!(!judge(&live, given, None));
}

#[test]
fn answers_are_judged_as_a_person_would() {
    let check = check_answer;
    check(&[], "The Kernel", " the  kernel. ", true);
    check(&[], "kernel", "kernels", false);
    check(&[], "3", "3.0", true);
    check(&[], "1000", "1,000", true);
    check(&[], "12", "1,2", false);
    check(&[], "3", "Three", true);
    check(&[], "3", "four", false);
    check(&[], "docker exec", "`docker exec`", true);
    check(&[], "..", "..", true);
    check(&[], "x", "", false);
    check(&[], "a1b2", "A1B2", true);
    // With the unit or a word of the question, and with another unit of the kind.
    check(&[], "44", "44 MB", true);
    check(&[], "44", "44mb", true);
    check(&[], "44", "44 megabytes", true);
    check(&[], "1544", "1,544 MB", true);
    check(&[], "44", "0.044 GB", true);
    check(&[], "44", "44 GB", false);
    check(&[], "44", "44 s", false);
    check(&[], "44", "44 containers", true);
    check(&[], "44", "44 container", true);
    check(&[], "44", "44 images", false);
    check(&[], "2", "two containers", true);
    check(&[], "2", "three containers", false);
    check(&[], "0", "none", true);
    check(&[], "0", "no", false);
    check(&[], "44", "MB", false);
    check(&[], "3", "three containers", true);
    check(&[], "3", "containers: 3", true);
    check(&[], "3", "containers four", false);
    check(&[], "3", "images 3", false);
    check(&[], "0", "none", true);
    check(&[], "1", "none", false);
    check(&[], "<none>", "0", false);
    check(&[], "44", "44 MB 3", false);
    check(&[], "5 min 28 s", "328 seconds", true);
    check(&[], "5 min 28 s", "5m28s", true);
    check(&[], "5 min 28 s", "5 min 29 s", false);
    // Quotes as terminals show them.
    check(&[], "none", "<none>", true);
    check(&[], "<none>", "None", true);
    check(&[], "latest", "“latest”", true);
    check(&[], "/bin/sh", "[\"/bin/sh\"]", true);
}

#[test]
fn identifiers_and_choices_are_meant_by_a_part() {
    let check = check_answer;
    // Identifiers are shown in several lengths.
    let id = "4f2a97c3e1b04f2a97c3e1b04f2a97c3e1b04f2a97c3e1b04f2a97c3e1b04f2a";
    check(&[], &id[..12], "4f2a97c", true);
    check(&[], &id[..12], id, true);
    check(&[], id, "sha256:4f2a97c3e1b0", true);
    check(&[], id, "4f2a97c3e1b0…", true);
    check(&[], &id[..12], "4f2a97d", false);
    check(&[], id, "4f2", false);
    check(&[], "123456789012", "1234567", false);
    check(&[], "123456789012", "containers 123456789013", false);
    check(&[], "deployment", "depl", false);
    check(&[], "3wspfa8a8z2r", "3wspfa8", true);
    check(&[], "3wspfa8a8z2r", "3wspfb8", false);
    check(&[], "kubernetesxy", "kube", false);
    let words = ["the oldest", "the newest"];
    check(&words, "the newest", "b", true);
    check(&words, "the newest", "B)", true);
    check(&words, "the newest", "2", true);
    check(&words, "the newest", "The newest", true);
    check(&words, "the newest", "a", false);
    check(&words, "the newest", "7", false);
    check(&words, "the newest", "0", false);
    // Numbers that are offered mean themselves.
    check(&["2", "1"], "1", "1", true);
    check(&["2", "1"], "1", "2", false);
    check(&["2", "1"], "1", "b", true);
}

#[test]
fn a_number_has_the_unit_that_is_asked_for() {
    let check = |question: &str, unit: Option<&str>, right: &str, given: &str, want: bool| {
        let ask = Ask {
            question: question.into(),
            unit: unit.map(Into::into),
            answer: Answer::Fixed(vec![right.into()]),
            ..Ask::default()
        };
        assert_eq!(judge(&ask, given, None), want, "{question} {given:?}");
    };
    let bytes = "How many bytes does the older version have?";
    check(bytes, None, "346", "346 bytes", true);
    check(bytes, None, "346", "346 B", true);
    // In words, and behind a word of the question.
    check("How many blocks does the file have?", None, "3", "three blocks", true);
    check("How many blocks does the file have?", None, "3", "four blocks", false);
    check("How many blocks are missing?", None, "0", "none", true);
    check("How many blocks are missing?", None, "0", "no blocks", true);
    check("How many blocks are missing?", None, "3", "none", false);
    check("Which network is that?", None, "none", "none", true);
    check("Which network is that?", None, "none", "0", false);
    check("Which port of the machine leads to it?", None, "5013", "port 5013", true);
    check("Which port of the machine leads to it?", None, "5013", "port 80", false);
    check("Which HTTP status does a stranger get?", None, "403", "HTTP status 403", true);
    check("Which HTTP status does a stranger get?", None, "403", "code 403", false);
    check(bytes, None, "346", "346 kB", false);
    check("How many tasks run?", None, "2", "two tasks", true);
    check("How many tasks run?", None, "2", "three tasks", false);
    check("How many tasks run?", None, "0", "no tasks", true);
    check("How many tasks run?", None, "0", "none", true);
    check("How many tasks run?", None, "2", "none", false);
    // Hadoop's megabytes, and the disk maker's.
    check(bytes, None, "46137344", "44 MB", true);
    check(bytes, None, "46137344", "44 MiB", true);
    check(bytes, None, "44000000", "44 MB", true);
    check(bytes, None, "44000000", "44 MiB", false);
    let long = "After which time is it given up?";
    check(long, Some("s"), "328", "5 min 28 s", true);
    check(long, Some("s"), "328", "5 minutes and 28 seconds", true);
    check(long, Some("s"), "328", "328", true);
    check(long, Some("s"), "328", "328 min", false);
    // Without a unit there is nothing that a minute could be counted in.
    check(long, None, "328", "5 min 28 s", false);
    check("How long is the container's list?", None, "3", "3 s", false);
}

#[test]
fn a_wrong_answer_may_have_a_sentence() {
    let ask = Ask {
        choices: vec!["200".into(), "403".into()],
        why_not: vec![("200".into(), "Strangers get nothing.".into())],
        answer: Answer::Fixed(vec!["403".into()]),
        ..Ask::default()
    };
    for given in ["200", "a", "A)", "1"] {
        assert_eq!(why_not(&ask, given), Some("Strangers get nothing."), "{given}");
    }
    assert_eq!(why_not(&ask, "b"), None);
    assert_eq!(why_not(&ask, "404"), None);
}

#[test]
fn a_card_has_words() {
    let check = |expect: &Expect, output: &Output, want: [&str; 3]| {
        let outcome = evaluate(expect, output);
        assert_eq!([&outcome.message[..], &outcome.want, &outcome.got], want, "{expect:?}");
    };
    let status = Expect {
        missing: Some("There is no bucket yet.".into()),
        ..expect(Some("Status"), "is", json!("Enabled"))
    };
    let absent = ["There is no bucket yet.", "Enabled", ""];
    check(&status, &failure("An error occurred (NoSuchBucket) when calling"), absent);
    check(&status, &output("{}"), absent);
    check(&status, &output(""), absent);
    check(&status, &output(r#"{"Status":""}"#), absent);
    check(&status, &failure("Error response from daemon: No such container: x"), absent);
    let alone =
        "Error response from daemon: This node is not a swarm manager. Use \"docker swarm init\"";
    check(&status, &failure(alone), absent);
    let table = "ERROR 1146 (42S02) at line 1: Table 'harbour.shelf' doesn't exist";
    check(&status, &failure(table), absent);
    // Another failure is none of these.
    let denied = "An error occurred (AccessDenied) when calling";
    check(&status, &failure(denied), [&format!("got {denied}, want Enabled"), "Enabled", denied]);
    let off = ["got Suspended, want Enabled", "Enabled", "Suspended"];
    check(&status, &output(r#"{"Status":"Suspended"}"#), off);
    // Without a sentence of its own it is nothing, and not the engine's words.
    let gone = failure("Error response from daemon: No such container: x");
    let nothing = ["got nothing, want a", "a", "nothing"];
    check(&expect(Some("S"), "is", json!("a")), &gone, nothing);
    check(&expect(None, "is", json!("a")), &gone, nothing);
    check(&expect(Some("S"), "count", json!(2)), &gone, ["got none, want 2", "2", "none"]);
    let mut worded = expect(None, "matches", json!("(?m)^D /etc/issue$"));
    worded.wanted = Some("/etc/issue removed".into());
    let left = ["got C /etc, want /etc/issue removed", "/etc/issue removed", "C /etc"];
    check(&worded, &output("C /etc"), left);
    let secret = Expect { secret: Some(true), ..expect(Some("n"), "is", json!(7)) };
    check(&secret, &output(r#"{"n":3}"#), ["got 3, want ", "", "3"]);
    let written = expect(Some("n"), "answer", json!(["vm", "both"]));
    check(&written, &output(r#"{"n":"container"}"#), ["got container, want ", "", "container"]);
    assert!(evaluate(&written, &output(r#"{"n":"VM"}"#)).holds);
    // The outcome of a comparison is nothing that was observed.
    let sum = Expect { wanted: Some("the sum".into()), ..expect(Some("b"), "is", json!(true)) };
    check(&sum, &output(r#"{"b":false}"#), ["got no, want the sum", "the sum", ""]);
    let tables = expect(Some("l"), "is", json!([]));
    let words = "a 1, b yes; a 2, b (c d)";
    check(
        &tables,
        &output(r#"{"l":[{"a":1,"b":true},{"a":2,"b":["c d"]}]}"#),
        [&format!("got {words}, want nothing"), "nothing", words],
    );
    let three = expect(Some("l"), "count", json!(3));
    check(&three, &output(r#"{"l":["a"]}"#), ["got 1, want 3", "3", "1"]);
    check(&three, &output(r#"{"l":[]}"#), ["got none, want 3", "3", "none"]);
}

#[test]
fn live_answers_are_computed() {
    let live = |at: Option<&str>| Answer::Live { run: "x".into(), at: at.map(str::to_owned) };
    let json = output(r#"{"V":[1,2],"s":" x ","z":null}"#);
    let check = |at: Option<&str>, output: &Output, want: Option<&str>| {
        assert_eq!(compute(&live(at), output).as_deref(), want, "{at:?}");
    };
    check(Some("length(V)"), &json, Some("2"));
    check(Some("s"), &json, Some("x"));
    check(Some("V"), &json, Some("1, 2"));
    check(Some("z"), &json, None);
    check(None, &output("abc\n"), Some("abc"));
    check(None, &output(""), None);
    check(None, &failure("boom"), None);
    assert_eq!(compute(&Answer::Fixed(vec!["a".into()]), &json), None);
}

fn span(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

fn text(words: &str) -> Block {
    Block::Paragraph(vec![span(words)])
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "the calls read better")]
fn reads(markdown: &str, want: Vec<Block>) {
    assert_eq!(lesson::parse(markdown), want, "{markdown}");
}

#[test]
fn markdown_becomes_blocks() {
    reads("", vec![]);
    reads("a\nb  \nc", vec![text("a b\nc")]);
    reads("### H {#id}", vec![Block::Heading { level: 3, text: vec![span("H")] }]);
    reads(
        "a **b *c*** `d`",
        vec![Block::Paragraph(vec![
            span("a "),
            Span { bold: true, ..span("b ") },
            Span { bold: true, italic: true, ..span("c") },
            span(" "),
            Span { code: true, ..span("d") },
        ])],
    );
    reads(
        "[n](notes:a/b)",
        vec![Block::Paragraph(vec![Span { link: Some("notes:a/b".into()), ..span("n") }])],
    );
}

#[test]
fn a_number_that_an_item_begins_with_is_text() {
    let list = |first, items: &[&str]| {
        vec![Block::List { first, items: items.iter().map(|t| vec![text(t)]).collect() }]
    };
    reads("1. 403.\n2. 404. Not found", list(Some(1), &["403.", "404. Not found"]));
    reads("- 7) seven", list(None, &["7) seven"]));
    // Two on the same line are a list; so is one on its own line.
    reads(
        "- 1. a\n  2. b",
        vec![Block::List { first: None, items: vec![list(Some(1), &["a", "b"])] }],
    );
    reads(
        "- x\n  1. a",
        vec![Block::List {
            first: None,
            items: vec![[vec![text("x")], list(Some(1), &["a"])].concat()],
        }],
    );
    reads("fill in <name> and <b>bold</b>", vec![text("fill in <name> and bold")]);
    reads("<name> first", vec![text("<name> first")]);
}

#[test]
fn markdown_nests() {
    reads(
        "- a\n  - b\n- c",
        vec![Block::List {
            first: None,
            items: vec![
                vec![text("a"), Block::List { first: None, items: vec![vec![text("b")]] }],
                vec![text("c")],
            ],
        }],
    );
    reads(
        "3. a\n\n   b\n4. c",
        vec![Block::List {
            first: Some(3),
            items: vec![vec![text("a"), text("b")], vec![text("c")]],
        }],
    );
    reads(
        "- [x] a\n- [ ] b",
        vec![Block::List { first: None, items: vec![vec![text("[x] a")], vec![text("[ ] b")]] }],
    );
    reads(
        "> a\n>\n> - b",
        vec![Block::Quote(vec![
            text("a"),
            Block::List { first: None, items: vec![vec![text("b")]] },
        ])],
    );
    reads(
        "> [!WARNING]\n> a",
        vec![Block::Quote(vec![
            Block::Paragraph(vec![Span { bold: true, ..span("Warning") }]),
            text("a"),
        ])],
    );
    reads(
        "| a | b |\n|---|---|\n| 1 | `2` |",
        vec![Block::Table {
            header: vec![vec![span("a")], vec![span("b")]],
            rows: vec![vec![vec![span("1")], vec![Span { code: true, ..span("2") }]]],
        }],
    );
    reads(
        "```sh\nls\n\nls\n```\n---",
        vec![Block::Code { lang: "sh".into(), text: "ls\n\nls\n".into() }, Block::Rule],
    );
    reads(
        "- ```sh\n  ls\n  ```",
        vec![Block::List {
            first: None,
            items: vec![vec![Block::Code { lang: "sh".into(), text: "ls\n".into() }]],
        }],
    );
    reads("<!-- no\n\nmore -->\n\n<p>yes</p>", vec![text("yes")]);
    let deep = format!("{}x", "> ".repeat(2000));
    assert!(lesson::text_of(&lesson::parse(&deep)).len() < 10);
}

fn lint_with(source: &str, files: &[&str], path: &str) -> Vec<String> {
    let catalog = Catalog::load(None);
    let notes =
        Notes::of([("cloud/01-s3.md".to_owned(), "# S3\n\n## Versions\n\nText.\n".to_owned())]);
    let is_read_only = |words: &[String]| match words[0].as_str() {
        "aws" => Some(!words.iter().any(|w| w.starts_with("put-") || w == "mb")),
        "cat" => Some(true),
        "docker" => Some(words.iter().any(|w| ["ls", "inspect", "ps"].contains(&w.as_str()))),
        _ => None,
    };
    let cx = Context { is_read_only: &is_read_only, catalog: &catalog, notes: &notes };
    let files = files.iter().map(|f| ((*f).to_owned(), Vec::new())).collect();
    let source = Source { path: path.into(), text: source.into(), files, began: None };
    lint::lint(&source, &cx).iter().map(ToString::to_string).collect()
}

#[test]
fn the_example_and_a_new_lab_lint_clean() {
    assert_eq!(lint_with(reference::EXAMPLE, &[], "labs/cloud/02-keep-versions/lab.md"), [""; 0]);
    for title in ["My first lab", "\"Quotes\" & `code` *stars* <b> #1 {x}", " ", "Ünïcode"] {
        let text = skeleton("first-lab", title, "cloud");
        assert_eq!(lint_with(&text, &[], "labs/cloud/09-first-lab/lab.md"), [""; 0], "{title}");
    }
}

#[test]
fn a_card_that_does_not_speak_to_a_learner_is_found() {
    let check = |run: &str, more: &str, or_else: &str, want: &str| {
        let step = format!(
            "## S {{#s}}\n\nText {{{{bucket}}}}.\n```toml check\n[[expect]]\nrun = \"{run}\"\n{more}\n\
             else = \"{or_else}\"\n```\n```md hint\nh\n```\n```sh solve\nx\n```\n"
        );
        let found = lint_with(&format!("{FRONT}{step}"), &[], "lab.md");
        match found.as_slice() {
            [] => assert_eq!(want, "", "{run} {more}"),
            [one] => assert!(!want.is_empty() && one.contains(want), "{want:?} is not {one}"),
            more => panic!("{more:#?}"),
        }
    };
    let shown = "as what is wanted";
    let get = "aws s3api get-bucket-versioning --bucket x";
    // A pattern, a yes or no, a table, markup.
    check(get, "matches = '^a'", "No.", shown);
    check(get, "matches = '^a'\nwant = \"an a\"", "No.", "");
    check(get, "matches = '^a'\nsecret = true", "No.", "");
    check(get, "at = \"b\"\nis = true", "No.", shown);
    check(get, "at = \"b\"\nis = { a = 1 }", "No.", shown);
    check(get, "at = \"b\"\nis = [[\"a\"]]", "No.", shown);
    check(get, "contains = \"<title>\"", "No.", shown);
    check(get, "at = \"b\"\nis = [\"a\", \"b\"]", "No.", "");
    check(get, "at = \"b\"\nexists = true", "No.", "");
    // An answer is not told.
    check(get, "at = \"b\"\nis = 3\nsecret = true", "It wants {want}.", "is secret");
    check(get, "at = \"b\"\nanswer = 3", "It wants {want}.", "is secret");
    check("cat f", "is = \"3\"", "No.", "may hold an answer");
    check("cat f", "is = \"3\"\nsecret = false", "No.", "");
    check("cat f", "answer = \"3\"", "No.", "");
    // What does not exist yet has a sentence of its own.
    let yet = "there may be nothing yet";
    check(get, "at = \"b\"\nis = \"a\"", "It is {got}.", yet);
    check(get, "at = \"b\"\nis = \"a\"\nmissing = \"None.\"", "It is {got}.", "");
    check(get, "at = \"b\"\nnot = \"a\"", "It is {got}.", "");
    check(get, "at = \"length(b)\"\nis = 2", "It is {got}.", yet);
    check("docker container ls --format json", "at = \"length([*])\"\nis = 2", "{got}", "");
}

#[test]
fn a_sentence_to_a_wrong_answer_names_one() {
    let check = |more: &str, want: &str| {
        let fence = format!(
            "question = \"q\"\nchoices = [\"x\", \"y\"]\nanswer = \"x\"\nwhy = \"w\"\nwhy_not = {more}"
        );
        let step = format!("## S {{#s}}\n\nText {{{{bucket}}}}.\n```toml ask\n{fence}\n```\n");
        let found = parse_lab(&format!("{FRONT}{step}")).err().unwrap_or_default();
        let said: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(said.is_empty(), want.is_empty(), "{said:#?}");
        assert!(said.iter().all(|one| one.contains(want)), "{said:#?}");
    };
    check("{ b = \"No.\" }", "");
    check("{ y = \"No.\" }", "");
    check("{ a = \"No.\" }", "which is the right answer");
    check("{ z = \"No.\" }", "not one of the choices");
    check("{ b = 3 }", "has no text");
}

#[test]
fn lint_finds_what_the_parser_cannot() {
    let lab = |step: &str| {
        format!(
            "{FRONT}## S {{#s}}\n\nText {{{{bucket}}}}.\n{step}\n```md hint\nh\n```\n```sh solve\nx\n```\n"
        )
    };
    let check = |source: &str, files: &[&str], path: &str, wanted: &[&str]| {
        let found = lint_with(source, files, path);
        assert_eq!(found.len(), wanted.len(), "{found:#?}");
        for (line, want) in found.iter().zip(wanted) {
            assert!(line.contains(want), "{want:?} is not said in {found:#?}");
        }
    };
    let plain = |step: &str, wanted: &[&str]| check(&lab(step), &[], "lab.md", wanted);
    let expect = |run: &str, more: &str| {
        format!("```toml check\n[[expect]]\nrun = \"{run}\"\n{more}\nelse = \"No.\"\n```")
    };
    plain(&expect("aws s3 ls", "count = 1"), &[]);
    plain(&expect("aws s3 mb s3://x", "count = 1"), &["may change something"]);
    plain(&expect("awk 1", "count = 1"), &["`awk` is not a command"]);
    plain(&expect("aws s3 ls | wc", "count = 1"), &["unquoted `|`"]);
    plain(&expect("aws s3 ls $BUCKET", "count = 1"), &["unquoted `$`"]);
    plain(&expect("docker ps --format '{{.ID}} | $x'", "count = 1"), &[]);
    plain(&expect("aws s3 ls 'x", "count = 1"), &["not a command line"]);
    plain(&expect("aws s3 ls", "exists = true"), &["`exists` cannot fail here"]);
    plain(&expect("aws s3 ls s3://x", "exists = true"), &[]);
    plain(&expect("aws s3 ls", "contains = \"\""), &["`contains` cannot fail here"]);
    plain(&expect("aws s3 ls", "matches = \".*\"\nwant = \"w\""), &["`matches` cannot fail here"]);
    plain(&expect("aws s3 ls", "at_least = 0"), &["`at_least` cannot fail here"]);
    plain(&expect("aws s3 ls", "count = 1").replace("No.", "{gto}"), &["did you mean `got`?"]);
    plain("See [n](notes:cloud/s3#versions).", &[]);
    plain("See [n](notes:cloud/s4).", &["did you mean `notes:cloud/s3`?"]);
    plain("See [n](notes:cloud/s3#version).", &["did you mean `versions`?"]);
    plain("See [n](files/a.txt).", &["no file `a.txt`"]);
    plain(
        "```toml ask\nquestion = \"q\"\nanswer = { run = \"aws s3 mb s3://x\" }\nwhy = \"w\"\n```",
        &["may change something"],
    );
    plain("```sh\ndocker run -it --name x -p 80:80 alpine sh\n```", &["the image `alpine`"]);
    plain("```sh\ndocker build -t mine .\ndocker run --rm mine\n```", &[]);
    plain("```sh\naws iam create-role --policy file://trust.json\n```", &["`file://trust.json`"]);
    plain("```sh\necho {} > trust.json\naws iam create-role --policy file://trust.json\n```", &[]);
    check(&lab("Use a.txt."), &["a.txt", "b.txt"], "lab.md", &["`b.txt` is named nowhere"]);
    check(
        &lab(""),
        &[],
        "labs/bigdata/01-other/lab.md",
        &["call the folder `01-a-lab`", "move it to `cloud`"],
    );
    check(&lab("").replace("{{bucket}}", ""), &[], "lab.md", &["`bucket` is not used"]);
    check(&lab("").replace("# T\n", "# Other\n"), &[], "lab.md", &["not the lab's `title`"]);
    check(&lab("").replace("{#s}", "{#s trap}"), &[], "lab.md", &["trap without a `reject`"]);
    check(&lab("").replace("{#s}", "{#s minutes=99}"), &[], "lab.md", &["take 99 minutes"]);
    check(
        &lab("").replace("[vars]", "after = [\"nowhere\"]\n[vars]"),
        &[],
        "lab.md",
        &["no such lab"],
    );
    check(
        &lab(&expect("aws s3 ls", "count = 1")).replace("```md hint\nh\n```\n", ""),
        &[],
        "lab.md",
        &["has no hint"],
    );
    check("nothing", &[], "lab.md", &["error: lab.md:1: the file does not begin"]);
}

/// A folder of labs, each with an id, an `after` and a body.
fn overlay(labs: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for (folder, text) in labs {
        let folder = root.path().join(folder);
        std::fs::create_dir_all(folder.join("files/sub")).expect("made");
        std::fs::write(folder.join("lab.md"), text).expect("written");
        std::fs::write(folder.join("files/sub/a.txt"), "given").expect("written");
    }
    root
}

fn small(id: &str, track: &str, after: &str) -> String {
    format!(
        "+++\nformat = 1\nid = \"{id}\"\ntitle = \"T\"\ntrack = \"{track}\"\nminutes = 1\nafter = [{after}]\n+++\n# T\n\n## S {{#s}}\n\nText.\n"
    )
}

#[test]
fn a_folder_overlays_the_embedded_labs() {
    let root = overlay(&[
        ("zoo/01-z", &small("zoo-z", "zoo", "")),
        ("cloud/90-late", &small("late", "cloud", "")),
        ("cloud/80-early", &small("early", "cloud", "")),
        ("cloud/81-bad", &small("bad", "cloud", "").replace("{#s}", "")),
        ("cloud/82-worse", "no front matter"),
        ("cloud/83-twice", &small("early", "cloud", "")),
    ]);
    let catalog = Catalog::load(Some(root.path()));
    let mine: Vec<&str> =
        catalog.entries().iter().filter(|e| e.folder.is_some()).map(|e| e.id.as_str()).collect();
    assert_eq!(mine, ["early", "late", "zoo-z"]);
    assert_eq!(catalog.tracks().last(), Some(&"zoo"));
    let broken: Vec<&str> = catalog.broken().iter().map(|b| b.id_or_path.as_str()).collect();
    assert_eq!(broken.len(), 3, "{broken:?}");
    assert_eq!(broken[0], "bad");
    assert!(broken[1].ends_with("82-worse/lab.md") && broken[2].ends_with("83-twice/lab.md"));
    assert!(catalog.open("bad", &ada()).expect_err("broken")[0].what.contains("no id"));

    // Listed without being read whole, the one with an error further down is there still, and says the
    // same when it is opened.
    let listed = Catalog::list(Some(root.path()));
    let mine: Vec<&str> =
        listed.entries().iter().filter(|e| e.folder.is_some()).map(|e| e.id.as_str()).collect();
    assert_eq!(mine, ["early", "bad", "late", "zoo-z"]);
    assert_eq!(listed.broken(), &catalog.broken()[1..]);
    let why = |catalog: &Catalog| catalog.open("bad", &ada()).expect_err("broken");
    assert_eq!(why(&listed), why(&catalog));
    let whole = |e: &&Entry| e.id != "bad";
    assert!(listed.entries().iter().filter(whole).eq(catalog.entries()));

    let lab = catalog.open("late", &ada()).expect("good");
    assert_eq!(lab.files, [("sub/a.txt".to_owned(), b"given".to_vec())]);
    assert_eq!(catalog.get("erly").expect_err("misspelt").nearest.as_deref(), Some("early"));
    assert_eq!(catalog.get("zoo").expect_err("short").nearest.as_deref(), Some("zoo-z"));
    assert!(catalog.open("erly", &ada()).expect_err("misspelt")[0].remedy.contains("early"));

    // What is saved is what opens.
    let file = root.path().join("cloud/90-late/lab.md");
    let before = catalog.modified("late").expect("a file");
    std::fs::write(&file, small("late", "cloud", "").replace("Text.", "New.")).expect("written");
    let later = before + std::time::Duration::from_secs(5);
    std::fs::File::options()
        .write(true)
        .open(&file)
        .and_then(|f| f.set_modified(later))
        .expect("set");
    assert_eq!(catalog.modified("late"), Some(later));
    let lab = catalog.open("late", &ada()).expect("good");
    assert_eq!(lesson::text_of(&lab.steps[0].blocks), "New.\n");
}

#[test]
fn labs_share_a_value_when_they_share_a_world_and_only_then() {
    let lab = |id: &str, more: &str| {
        let vars = format!("{more}[vars]\ntag = {{ template = \"{{rand:5}}\" }}\n");
        let text = small(id, "x", "").replacen("+++\n# ", &format!("{vars}+++\n# "), 1);
        text.replace("Text.", "Text {{tag}}.")
    };
    let root = overlay(&[
        ("x/01-a", &lab("first", "")),
        ("x/02-b", &lab("second", "continues = \"first\"\n")),
        ("x/03-c", &lab("third", "continues = \"second\"\n")),
        ("x/04-d", &lab("alone", "")),
    ]);
    let catalog = Catalog::load(Some(root.path()));
    let tag = |id: &str| catalog.open(id, &ada()).expect("good").vars["tag"].clone();
    assert_eq!(tag("second"), tag("first"));
    assert_eq!(tag("third"), tag("first"));
    assert_ne!(tag("alone"), tag("first"));
}

#[test]
fn no_two_labs_name_their_containers_alike() {
    let catalog = Catalog::load(None);
    let mut taken: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for entry in catalog.entries().iter().filter(|e| e.continues.is_none()) {
        let lab = catalog.open(&entry.id, &ada()).expect("good");
        for value in lab.own.iter().map(|name| &lab.vars[name]) {
            if let Some(other) = taken.insert(value.clone(), entry.id.clone()) {
                assert_eq!(other, entry.id, "{value} is drawn by both");
            }
        }
    }
    assert!(taken.len() > 5, "{taken:?}");
}

#[test]
fn circles_of_labs_are_found() {
    let root = overlay(&[
        ("x/01-a", &small("circle-a", "x", "\"circle-c\"")),
        ("x/02-b", &small("circle-b", "x", "\"circle-a\"")),
        ("x/03-c", &small("circle-c", "x", "\"circle-b\"")),
        ("x/04-d", &small("circle-d", "x", "\"circle-a\"")),
    ]);
    let catalog = Catalog::load(Some(root.path()));
    let notes = Notes::load();
    let cx = Context { is_read_only: &|_| Some(true), catalog: &catalog, notes: &notes };
    let found = lint::lint_all(&cx);
    let circles: Vec<_> = found.iter().filter(|f| f.problem.what.contains("circle:")).collect();
    assert_eq!(circles.len(), 1, "{found:#?}");
    assert!(
        circles[0].problem.what.contains("circle-a after circle-c after circle-b after circle-a")
    );
}

#[test]
fn every_embedded_lab_opens_and_its_entry_tells_the_truth() {
    let catalog = Catalog::load(None);
    assert_eq!(catalog.broken(), []);
    for entry in catalog.entries() {
        for seed in [1, 2] {
            let who = Learner { name: "Ada".into(), seed };
            let lab = catalog.open(&entry.id, &who).unwrap_or_else(|problems| {
                let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
                panic!("{}", shown.join("\n"));
            });
            assert_eq!(
                (entry.steps, entry.points),
                (lab.steps.len(), lab.points()),
                "{}",
                entry.id
            );
        }
    }
}

#[test]
fn notes_are_listed_linked_and_indexed() {
    let notes = Notes::of(
        [
            ("cloud/02-s3.md", "# S3\n\nObjects.\n\n## Versions\n\nKept.\n\n### Markers\n\n- one\n\n## Versions\n\n```sh\nls\n```\n"),
            ("containers/01-images.md", "Before.\n\n# Images\n"),
            ("README.md", "# Not a page"),
            ("cloud/01-ec2.md", "No heading."),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned())),
    );
    let list: Vec<_> = notes.list().collect();
    assert_eq!(
        list,
        [
            ("containers/images", "Images", "containers"),
            ("cloud/ec2", "ec2", "cloud"),
            ("cloud/s3", "S3", "cloud"),
        ]
    );
    let rows: Vec<_> = notes.sections();
    let shown: Vec<_> = rows
        .iter()
        .map(|r| (r.page.as_str(), r.anchor.as_str(), r.heading.as_str(), r.text.as_str(), r.line))
        .collect();
    assert_eq!(
        shown,
        [
            ("containers/images", "", "", "Before.\n", 1),
            ("containers/images", "images", "", "", 3),
            ("cloud/ec2", "", "", "No heading.\n", 1),
            ("cloud/s3", "s3", "", "Objects.\n", 1),
            ("cloud/s3", "versions", "Versions", "Kept.\n", 5),
            ("cloud/s3", "markers", "Versions › Markers", "- one\n", 9),
            ("cloud/s3", "versions-1", "Versions", "ls\n", 13),
        ]
    );
    let (page, block) = notes.follow("notes:cloud/s3#markers").expect("there");
    assert!(matches!(&page.blocks[block], Block::Heading { level: 3, .. }));
    assert_eq!(notes.follow("notes:cloud/s3").expect("there").1, 0);
    assert!(notes.follow("notes:cloud/s4").is_none() && notes.follow("https://x").is_none());
    assert_ne!(notes.digest(), Notes::default().digest());
}

#[test]
fn a_section_ends_where_the_next_begins_that_is_not_below_it() {
    let text = "# P\n\nx\n\n## A\n\na\n\n### A1\n\nb\n\n## B\n\nc\n";
    let notes = Notes::of([("t/01-p.md".to_owned(), text.to_owned())]);
    let page = notes.page("t/p").expect("there");
    assert_eq!(page.section("p"), Some(0..8));
    assert_eq!(page.section("a"), Some(2..6));
    assert_eq!(page.section("a1"), Some(4..6));
    assert_eq!(page.section("b"), Some(6..8));
    assert_eq!(page.section("c"), None);
}

#[test]
fn a_query_means_what_was_meant() {
    let terms = super::glossary::read(
        "[[term]]\nname = \"Heartbeat\"\ntext = \"t\"\nalso = [\"sign of life\"]\n\
         [[term]]\nname = \"Load balancer\"\ntext = \"t\"\n",
    )
    .expect("a glossary");
    let page = "# P\n\nReplication of blocks on several racks. A container has replicas.\n";
    let notes = Notes::with_glossary([("t/01-p.md".to_owned(), page.to_owned())], terms);
    let check = |query: &str, groups: &[&str], meant: Option<&str>| {
        let wanted = notes.understand(query);
        let first: Vec<String> = wanted.groups.iter().map(|g| g.last().cloned().unwrap()).collect();
        assert_eq!(
            (first, wanted.meant.as_deref()),
            (groups.iter().map(|g| (*g).to_owned()).collect(), meant),
            "{query}"
        );
    };
    check("heart beat", &["heartbeat"], None);
    check("Heartbeats!", &["heartbeats"], None);
    check("what is a heartbaet", &["heartbeat"], Some("heartbeat"));
    check("the life sign", &["life sign"], None);
    check("loadbalancer", &["load balancer"], None);
    check("balancers of load", &["balancers load"], None);
    check("replicaton blocks", &["replication", "blocks"], Some("replication blocks"));
    check("contai", &["contai"], None);
    check("racks 0", &["racks", "0"], None);
    check("qwertzuiop", &["qwertzuiop"], None);
    check("", &[], None);
    assert!(notes.understand("heart beat").only_term);
    assert!(!notes.understand("heart beat rack").only_term);
    assert_eq!(notes.term("load-balancers").map(|t| t.name.as_str()), Some("Load balancer"));
    let wrong = |text: &str| super::glossary::read(text).expect_err("refused");
    assert!(wrong("[[term]]\nname = \"A\"\n").contains("not explained"));
    assert!(wrong("[[term]]\nname = \"A\"\ntext = \"t\"\nal = 1\n").contains("\"al\""));
    let twice = "[[term]]\nname = \"A\"\ntext = \"t\"\n".repeat(2);
    assert!(wrong(&twice).contains("twice"));
    assert!(super::glossary::embedded().is_ok());
}

#[test]
fn every_embedded_page_has_a_title_and_its_links_lead_somewhere() {
    let notes = Notes::load();
    for (id, title, _) in notes.list() {
        let page = notes.page(id).expect("listed");
        assert!(!title.is_empty() && !page.anchors.is_empty(), "{id} has no heading");
        for link in lesson::links(&page.blocks).into_iter().filter(|l| l.starts_with("notes:")) {
            let (found, _) = notes.follow(link).unwrap_or_else(|| panic!("{id}: {link}"));
            let anchor = link.split_once('#').map_or("", |(_, a)| a);
            assert!(
                anchor.is_empty() || found.anchors.iter().any(|(a, _)| a == anchor),
                "{id}: {link}"
            );
        }
    }
}

#[test]
fn the_reference_is_the_one_written() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/README.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, reference()).expect("written");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stands == reference(),
        "labs/README.md is out of date; run: UPDATE=1 cargo test --lib course"
    );
    let schema =
        stands.rsplit("```json\n").next().and_then(|s| s.split("```").next()).expect("there");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    assert_eq!(schema["$defs"]["check"]["required"], json!(["expect"]));
}

/// Pieces that a lab is made of, to be put together wrongly.
const PIECES: &[&str] = &[
    "+++\n",
    "```",
    "```toml check\n",
    "```toml ask\n",
    "```sh solve\n",
    "\n",
    "## S {#s points=1}\n",
    "# T\n",
    "[[expect]]\n",
    "run = \"x\"\n",
    "is = 1\n",
    "else = \"{got}\"\n",
    "{{bucket}}",
    "{{",
    "}}",
    "{#",
    "- ",
    "> ",
    "at = \"a[?b=='c']\"\n",
    "answer = { run = \"x\" }\n",
    "format = 1\n",
    "id = \"a\"\n",
    "é",
    "\u{0}",
    "|",
    "\r\n",
    "[vars]\n",
    "x = { template = \"{rand:3}\" }\n",
    "<!--",
    "[a](b)",
    "\t",
    "    ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(picks in prop::collection::vec(0..PIECES.len(), 0..60), tail in ".{0,40}") {
        let text: String = picks.iter().map(|p| PIECES[*p]).chain([tail.as_str()]).collect();
        for source in [text.clone(), format!("{FRONT}{text}"), format!("{FRONT}## S {{#s}}\n\nX.\n{text}")] {
            let _ = parse_lab(&source);
            let _ = crate::outline::outline(&source);
            let _ = lint_with_nothing(&source);
        }
    }

    #[test]
    fn no_change_of_the_example_makes_it_panic(at in 0..reference::EXAMPLE.len(), len in 0_usize..40, put in 0..PIECES.len()) {
        let text = reference::EXAMPLE;
        let (start, end) = (floor(text, at), floor(text, (at + len).min(text.len())));
        let changed = format!("{}{}{}", &text[..start], PIECES[put], &text[end..]);
        if let Err(problems) = parse_lab(&changed) {
            let lines = changed.lines().count() + 1;
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(problem.line >= 1 && problem.line <= lines, "{problem}");
            }
        }
    }

    #[test]
    fn outlines_agree_with_labs(points in prop::collection::vec((prop::option::of(0_u32..9), any::<bool>()), 1..6)) {
        let mut body = FRONT.to_owned();
        for (n, (said, asks)) in points.iter().enumerate() {
            let said = said.filter(|p| *asks || *p == 0).map_or(String::new(), |p| format!(" points={p}"));
            let _ = write!(body, "## S {{#s{n}{said}}}\n\nText {{{{bucket}}}}.\n\n```sh\n# no\n## step\n```\n");
            if *asks {
                body += "~~~toml ask\nquestion = \"q\"\nanswer = 1\nwhy = \"w\"\n~~~\n";
            }
        }
        let lab = parse_lab(&body).expect("good");
        let outline = crate::outline::outline(&body);
        prop_assert_eq!((outline.steps, outline.points), (lab.steps.len(), lab.points()));
        for step in &lab.steps {
            prop_assert_eq!(outline.step_points.get(&step.id), Some(&step.points));
        }
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

fn lint_with_nothing(source: &str) -> usize {
    let (catalog, notes) = (Catalog::default(), Notes::default());
    let cx = Context { is_read_only: &|_| None, catalog: &catalog, notes: &notes };
    let source =
        Source { path: "lab.md".into(), text: source.into(), files: Vec::new(), began: None };
    lint::lint(&source, &cx).len()
}

#[test]
fn a_door_that_is_named_has_its_address_while_it_is_open() {
    let text = reference::EXAMPLE.replace("## ", "Look at {{door:aws}} and {{door:web}}.\n\n## ");
    let source = Source { path: "lab.md".into(), text, files: Vec::new(), began: None };
    let lab = source.parse(&Learner::default()).unwrap();
    let shown = |lab: &Lab| format!("{:?}", lab.intro);
    assert!(shown(&lab).contains("{{door:aws}}"), "{}", shown(&lab));
    let doors = |port: u16| move || [("aws".to_owned(), format!("127.0.0.1:{port}"))].into();
    let open = lab.at_doors(doors(4566)).unwrap();
    assert!(shown(&open).contains("127.0.0.1:4566"), "{}", shown(&open));
    assert!(shown(&open).contains("{{door:web}}"), "{}", shown(&open));
    assert!(open.at_doors(doors(4566)).is_none(), "nothing has changed");
    let moved = open.at_doors(doors(4567)).unwrap();
    assert!(shown(&moved).contains("127.0.0.1:4567"), "{}", shown(&moved));
    let closed = moved.at_doors(std::collections::BTreeMap::new).unwrap();
    assert_eq!(shown(&closed), shown(&lab));
}

#[test]
fn a_file_of_mistakes_alone_is_told_of_in_part_and_with_its_lines() {
    let text = "account = \"1\nstart 7\n".repeat(4_000);
    let problems = WorldSpec::parse("world.toml", &text).unwrap_err();
    assert!((10..=50).contains(&problems.len()), "{}", problems.len());
    assert!(problems[0].to_string().starts_with("world.toml:1:"), "{}", problems[0]);
    let lines: std::collections::BTreeSet<String> = problems
        .iter()
        .filter_map(|problem| problem.to_string().split(':').nth(1).map(str::to_owned))
        .collect();
    assert!(lines.len() > 10, "{lines:?}");
}
