//! Every verb of the program, as a shell meets it: exit codes, `--json`, wrong words, and labs done
//! without the screen. The real Docker engine is not touched: it may be at work for other tests.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Home, Ran, program};

/// What a verb says of a mistake, and the exit code.
fn check(home: &Home, args: &[&str], code: i32, words: &[&str]) -> Ran {
    let ran = home.expect(code, args);
    for word in words {
        assert!(ran.all().contains(word), "distlab {args:?} does not say {word:?}: {ran:#?}");
    }
    ran
}

/// A lab of two steps in `labs/`, made by `distlab new`, and the bucket that it wants.
fn tiny(home: &Home) -> String {
    home.expect(0, &["new", "tiny"]);
    let card = home.expect(1, &["--labs", "labs", "check", "tiny", "--json"]).json();
    let message = card[0]["cards"][0]["message"].as_str().expect("a card").to_owned();
    let bucket = message.split(' ').find(|w| w.starts_with("tiny-")).expect("a bucket");
    bucket.trim_end_matches('.').to_owned()
}

#[test]
fn every_verb_has_help_and_the_words_fit() {
    let home = Home::new();
    let help = home.expect(0, &["--help"]).out;
    let list = help.split("Commands:").nth(1).and_then(|t| t.split("Options:").next());
    let indent = |l: &&str| l.starts_with("  ") && !l.starts_with("   ");
    let verbs: Vec<&str> = list
        .expect("a list of verbs")
        .lines()
        .filter(indent)
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    for wanted in [
        "open",
        "shell",
        "exec",
        "labs",
        "course",
        "note",
        "log",
        "allow",
        "check",
        "answer",
        "hint",
        "undo",
        "reset",
        "time",
        "nodes",
        "env",
        "notes",
        "glossary",
        "submit",
        "grade",
        "test",
        "lint",
        "new",
        "serve",
        "images",
        "clean",
        "doctor",
        "completions",
        "man",
    ] {
        assert!(verbs.contains(&wanted), "{wanted} is not among {verbs:?}");
    }
    for verb in verbs {
        let ran = home.expect(0, &[verb, "--help"]);
        assert!(ran.out.contains("Usage: distlab"), "{verb}: {ran:#?}");
        assert!(ran.err.is_empty(), "{verb}: {ran:#?}");
    }
    check(&home, &["--version"], 0, &[concat!("distlab ", env!("CARGO_PKG_VERSION"))]);
    for shell in ["bash", "zsh", "fish"] {
        check(&home, &["completions", shell], 0, &["distlab", "complete -- "]);
    }
    for shell in ["elvish", "powershell"] {
        check(&home, &["completions", shell], 0, &["distlab", "doctor"]);
    }
    check(&home, &["man"], 0, &[".TH distlab", "doctor"]);
}

#[test]
fn wrong_words_are_usage_errors_that_name_what_was_meant() {
    let home = Home::new();
    check(&home, &["opne", "s3"], 2, &["'open'"]);
    check(&home, &["labs", "--jsn"], 2, &["'--json'"]);
    for verb in ["open", "shell", "check", "hint", "submit", "env"] {
        check(&home, &[verb, "s4"], 2, &["no lab `s4`", "`s3`"]);
    }
    check(&home, &["exec", "hdfs-intenals", "--", "aws"], 2, &["`hdfs-internals`"]);
    check(&home, &["exec", "s3"], 2, &["<COMMAND>"]);
    check(&home, &["check", "s3", "--step", "bukcet"], 2, &["did you mean \"bucket\""]);
    check(&home, &["answer", "s3", "uplaod", "x"], 2, &["did you mean \"upload\""]);
    check(&home, &["hint", "s3", "--step", "99"], 2, &["its steps are bucket"]);
    check(&home, &["reset", "s3", "--step", "nowhere", "-y"], 2, &["no step"]);
    check(&home, &["answer", "s3", "bucket", "x"], 1, &["asks nothing"]);
    check(&home, &["undo"], 2, &["which lab?"]);
    check(&home, &["time"], 2, &["which lab?"]);
    check(&home, &["nodes"], 2, &["which lab?"]);
    check(&home, &["time", "+11x", "--lab", "s3"], 2, &["+11m"]);
    check(&home, &["time", "-5m", "--lab", "s3"], 2, &["forward only"]);
    check(&home, &["time", "+800h", "--lab", "s3"], 2, &["30 days"]);
    check(&home, &["test"], 2, &["--all"]);
    check(&home, &["test", "s4"], 2, &["`s3`"]);
    check(&home, &["grade"], 2, &["<FILES>"]);
    check(&home, &["grade", "--format", "yaml", "x.dlab"], 2, &["gradescope", "junit"]);
    check(&home, &["new", "Big_Name"], 2, &["small letters"]);
    check(&home, &["lint", "no/such/folder"], 2, &["no/such/folder"]);
    check(&home, &["submit", "hdfs-internals"], 1, &["nothing has been done"]);
}

#[test]
fn every_reading_verb_speaks_json() {
    let home = Home::new();
    let labs = home.json(&["labs", "--json"]);
    let ids: Vec<&str> =
        labs.as_array().expect("a list").iter().filter_map(|l| l["id"].as_str()).collect();
    assert!(ids.contains(&"s3") && ids.contains(&"hdfs-internals"), "{labs}");
    assert!(labs.as_array().is_some_and(|l| l.iter().all(|l| l["points"].as_u64() > Some(0))));
    let steps = home.expect(1, &["check", "s3", "--json"]).json();
    assert_eq!(steps[0]["id"], "bucket", "{steps}");
    let card = &steps[0]["cards"][0];
    assert!(card["command"].as_str().is_some_and(|c| c.starts_with("aws s3api")), "{steps}");
    let notes = home.json(&["notes", "--json"]);
    assert!(notes.is_array(), "{notes}");
    assert!(home.json(&["lint", "--json"]).is_array());
    let doctor = home.run(&["doctor", "--json"]).json();
    for what in ["profile", "labs", "terminal", "shell", "engine", "clients"] {
        let found = doctor.as_array().is_some_and(|all| all.iter().any(|f| f["what"] == what));
        assert!(found, "{what} is not in {doctor}");
    }
}

#[test]
fn the_notes_are_listed_read_and_searched_offline() {
    let home = Home::new();
    let listed = home.json(&["notes", "--json"]);
    let pages: Vec<(&str, &str)> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| (p["id"].as_str().expect("id"), p["title"].as_str().expect("title")))
        .collect();
    let ids: BTreeSet<&str> = pages.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids.len(), pages.len(), "each page once: {ids:?}");
    // And the glossary, which is made.
    assert_eq!(pages.len(), markdown_below(Path::new("assets/notes")) + 1, "{ids:?}");
    for (id, title) in pages.iter().take(3) {
        check(&home, &["notes", id], 0, &[title]);
        assert_eq!(home.json(&["notes", id, "--json"])["id"], **id);
        let hits = home.json(&["notes", title, "--json"]);
        let found = hits.as_array().is_some_and(|h| h.iter().any(|h| h["page"] == **id))
            || hits["id"] == **id;
        assert!(found, "{title:?} does not find {id}: {hits}");
    }
    check(&home, &["notes", "qwertzuiop"], 1, &["No page holds"]);
    // Signs that a search language would stumble over are words like others.
    for query in ["\"", "a AND", "NEAR(", "c*", "-x:y"] {
        let ran = home.run(&["notes", "--", query]);
        assert!(ran.code <= 1 && ran.err.is_empty(), "{query:?}: {ran:#?}");
    }
}

fn markdown_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("the notes").filter_map(Result::ok);
    entries
        .map(|entry| {
            let path = entry.path();
            let page = path.extension().is_some_and(|e| e == "md")
                && path.file_name().is_some_and(|n| n != "README.md");
            if path.is_dir() { markdown_below(&path) } else { usize::from(page) }
        })
        .sum()
}

#[test]
fn a_lab_is_done_without_the_screen() {
    let home = Home::new();
    let bucket = tiny(&home);
    let run = |code: i32, args: &[&str], words: &[&str]| {
        check(&home, &[&["--labs", "labs"], args].concat(), code, words)
    };
    run(0, &["labs"], &["tiny", "2 steps"]);
    run(0, &["hint", "tiny"], &["hint 1 of 1", "aws s3 mb"]);
    run(1, &["check", "tiny"], &["to do", "There is no bucket"]);
    run(1, &["undo", "tiny"], &["nothing to take back"]);
    run(0, &["exec", "tiny", "--", "aws", "s3", "mb", &format!("s3://{bucket}")], &["make_bucket"]);
    run(0, &["check", "tiny", "--step", "bucket"], &["done"]);
    run(1, &["check", "tiny"], &["question 1", "not answered"]);
    run(0, &["labs"], &["1 of 2 steps"]);
    run(1, &["answer", "tiny", "count", "7"], &["Not right."]);
    run(0, &["answer", "tiny", "2", "1"], &["Right."]);
    run(0, &["check", "tiny"], &["2 of 2 points"]);
    run(0, &["labs"], &["done"]);
    run(0, &["reset", "tiny", "--yes"], &["Reset the lab tiny"]);
    run(0, &["exec", "tiny", "--", "aws", "s3", "ls"], &[]);
    run(1, &["check", "tiny"], &["0 of 2 points"]);
}

#[test]
fn undo_takes_back_one_command_whole() {
    let home = Home::new();
    for name in ["a.txt", "sub/b.txt", "sub/c.txt"] {
        home.write(&format!("tree/{name}"), name);
    }
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://undo-me-please"]);
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "sync", "tree", "s3://undo-me-please"]);
    let list = || {
        home.expect(
            0,
            &["exec", "s3", "--", "aws", "s3", "ls", "s3://undo-me-please", "--recursive"],
        )
    };
    assert_eq!(list().out.lines().count(), 3, "{:#?}", list());
    check(&home, &["undo", "s3"], 0, &["taken back"]);
    let empty = home.run(&["exec", "s3", "--", "aws", "s3", "ls", "s3://undo-me-please"]);
    assert_eq!(empty.out, "", "{empty:#?}");
    check(&home, &["undo", "s3"], 0, &["taken back"]);
    let gone = home.expect(254, &["exec", "s3", "--", "aws", "s3", "ls", "s3://undo-me-please"]);
    assert!(gone.err.contains("NoSuchBucket"), "{gone:#?}");
    check(&home, &["undo", "s3"], 1, &["nothing to take back"]);
}

#[test]
fn the_labs_shell_has_the_labs_environment() {
    let home = Home::new();
    let ran = home.run(&["shell", "s3", "--", "bash", "-c", "env; command -v aws hdfs distlab"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let value = |name: &str| {
        let line = ran.out.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("{name} is not set: {ran:#?}")).to_owned()
    };
    let bin = home.path().canonicalize().expect("there").join("home/bin");
    let bin = bin.to_str().expect("text");
    assert!(value("PATH").starts_with(bin), "{bin} is not first on {}", value("PATH"));
    for command in ["aws", "hdfs", "distlab"] {
        assert!(ran.out.lines().any(|l| l == format!("{bin}/{command}")), "{command}: {ran:#?}");
    }
    assert_eq!(value("DISTLAB_LAB"), "s3");
    assert!(value("AWS_ACCESS_KEY_ID").starts_with("AKIA"), "{ran:#?}");
    assert_eq!(value("AWS_SECRET_ACCESS_KEY").len(), 40);
    assert_eq!(
        (value("AWS_REGION").as_str(), value("AWS_DEFAULT_REGION").as_str()),
        ("us-east-1", "us-east-1")
    );
    assert!(value("AWS_ENDPOINT_URL").starts_with("http://127.0.0.1:"), "{ran:#?}");
    // Simulated names lead through the session's proxy; this machine and its containers do not.
    let proxy = value("http_proxy");
    let token =
        proxy.strip_prefix("http://distlab:").and_then(|rest| rest.split_once("@127.0.0.1:"));
    assert!(token.is_some_and(|(token, _)| token.len() == 32), "{proxy}");
    for name in ["https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
        assert_eq!(value(name), proxy);
    }
    for past in ["localhost", "127.0.0.1", "172.16.0.0/13"] {
        assert!(value("no_proxy").split(',').any(|p| p == past), "{past}: {ran:#?}");
    }
    assert_eq!(value("NO_PROXY"), value("no_proxy"));
    let bundle = std::fs::read_to_string(value("AWS_CA_BUNDLE")).expect("a file of certificates");
    assert!(bundle.contains("BEGIN CERTIFICATE") && !bundle.contains("PRIVATE"), "{bundle}");
    // The exit code is the command's; one that is not there is 127, as in a shell.
    assert_eq!(home.shell("s3", "exit 7").code, 7);
    check(&home, &["shell", "s3", "--", "no-such-command"], 127, &["command not found"]);
    check(&home, &["exec", "s3", "--", "no-such-command"], 127, &["command not found"]);
    // A command in the shell runs in the lab's folder; one that is only run for it, where the caller is.
    let here = home.path().canonicalize().expect("there");
    let work = here.join("home/labs/s3/work");
    check(&home, &["shell", "s3", "--", "pwd", "-P"], 0, &[work.to_str().expect("text")]);
    check(&home, &["exec", "s3", "--", "pwd", "-P"], 0, &[here.to_str().expect("text")]);
    // The files that the lab gives lie in its folder, and verbs know the lab they run in.
    let ran = home.shell("s3", "ls && distlab time +11m && distlab time && distlab undo; true");
    for word in ["sheep.svg", "moved on by 11 min", "Lab time is", "nothing to take back"] {
        assert!(ran.all().contains(word), "{word:?}: {ran:#?}");
    }
}

#[test]
fn the_labs_endpoint_answers_in_the_labs_shell() {
    let home = Home::new();
    let ran = home.shell(
        "s3",
        "aws s3 mb s3://by-hand-1 >/dev/null && exec 3<>/dev/tcp/127.0.0.1/${AWS_ENDPOINT_URL##*:} \
         && printf 'GET /by-hand-1 HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 \
         && cat <&3",
    );
    assert!(ran.out.starts_with("HTTP/1.1 403"), "{ran:#?}");
    assert!(ran.out.contains("<Code>AccessDenied</Code>"), "{ran:#?}");
}

#[test]
fn env_makes_any_shell_the_labs() {
    let home = Home::new();
    let any = |lab: &str, line: &str| -> Ran {
        let eval = format!(
            "eval \"$('{}' --home '{}' env {lab})\" && {line}",
            program().display(),
            home.path().join("home").display()
        );
        let output = Command::new("bash")
            .args(["-ec", &eval])
            .current_dir("/")
            .env_remove("DISTLAB_HOME")
            .env_remove("DISTLAB_LAB")
            .env("DISTLAB_LEARNER", "ada")
            .output();
        output.expect("bash runs").into()
    };
    let ran = any("s3", "aws s3 mb s3://from-any-shell && distlab time");
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(ran.out.contains("make_bucket: from-any-shell"), "{ran:#?}");
    let ran = any(
        "hdfs-internals",
        "hdfs dfs -mkdir -p /user/ada/b && hdfs dfs -ls /user/ada && distlab nodes ls",
    );
    assert!(
        ran.code == 0 && ran.out.contains("/user/ada/b") && ran.out.contains("dn8"),
        "{ran:#?}"
    );
    let ran = any("", "aws sts get-caller-identity");
    assert!(ran.out.contains("123456789012"), "{ran:#?}");
    let listed = home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    assert!(listed.out.contains("from-any-shell"), "{listed:#?}");
}

#[test]
fn nodes_are_listed_killed_and_die_after_their_time() {
    let home = Home::new();
    let lab = "hdfs-internals";
    let listed = check(&home, &["nodes", "--lab", lab], 0, &["dn1", "dn8", "/rack2"]);
    // The lab's name may stand behind the words as well.
    let again = home.expect(0, &["nodes", "ls", "--lab", lab]);
    assert_eq!(listed.out.lines().count(), again.out.lines().count(), "{again:#?}");
    home.expect(0, &["nodes", "--lab", lab, "kill", "dn3"]);
    home.expect(0, &["time", "+40s", "--lab", lab]);
    check(&home, &["nodes", "ls", &format!("--lab={lab}")], 0, &["stale"]);
    check(&home, &["time", "+11m", "--lab", lab], 0, &["moved on by 11 min"]);
    let nodes = home.json(&["nodes", "--lab", lab, "ls", "--json"]);
    let state = |name: &str| {
        let all = nodes["nodes"].as_array().expect("nodes");
        all.iter().find(|n| n["name"] == name).map(|n| n["state"].clone())
    };
    assert_eq!((state("dn3"), state("dn4")), (Some("dead".into()), Some("live".into())), "{nodes}");
    home.expect(0, &["nodes", "--lab", lab, "start", "dn3"]);
    home.expect(0, &["time", "+1m", "--lab", lab]);
    let report = home.expect(0, &["exec", lab, "--", "hdfs", "dfsadmin", "-report"]);
    assert!(report.out.contains("Live datanodes (8)"), "{report:#?}");
    let wrong = home.run(&["nodes", "--lab", lab, "kill", "dn99"]);
    assert!(wrong.code != 0 && wrong.all().contains("dn99"), "{wrong:#?}");
}

#[test]
fn a_new_lab_lints_and_is_proved_as_it_stands() {
    let home = Home::new();
    let made = check(&home, &["new", "first-steps", "--track", "mine"], 0, &["distlab lint"]);
    let path = "labs/mine/01-first-steps/lab.md";
    assert!(made.out.contains(path), "{made:#?}");
    check(&home, &["lint", path], 0, &["1 lab read: 0 errors, 0 warnings"]);
    check(&home, &["lint", "labs"], 0, &["1 lab read: 0 errors, 0 warnings"]);
    check(&home, &["--labs", "labs", "test", "first-steps"], 0, &["proved, 2 steps", "0 misses"]);
    check(&home, &["new", "second-steps", "--track", "mine"], 0, &["02-second-steps"]);
    check(&home, &["lint"], 0, &["0 errors"]);
}

#[test]
fn a_broken_lab_is_named_with_its_line_and_stops_no_other() {
    let home = Home::new();
    home.expect(0, &["new", "tiny"]);
    let good =
        std::fs::read_to_string(home.path().join("labs/cloud/01-tiny/lab.md")).expect("read");
    let bad =
        good.replace("id = \"tiny\"", "id = \"broken\"").replace("exists = true", "exits = true");
    let line = 1 + bad.lines().position(|l| l.starts_with("exits")).expect("there");
    home.write("labs/cloud/02-broken/lab.md", &bad);
    let place = format!("labs/cloud/02-broken/lab.md:{line}");
    check(&home, &["lint", "labs"], 1, &[&place, "exits", "exists", "2 labs read: 1 error"]);
    check(&home, &["lint", "labs/cloud/02-broken"], 1, &[&place]);
    let found = home.expect(1, &["lint", "labs", "--json"]).json();
    assert_eq!(found[0]["line"], line, "{found}");
    assert_eq!(found[0]["severity"], "error", "{found}");
    let run = |code: i32, args: &[&str], words: &[&str]| {
        check(&home, &[&["--labs", "labs"], args].concat(), code, words)
    };
    run(0, &["labs"], &["tiny", "s3", &place]);
    run(0, &["exec", "tiny", "--", "aws", "s3", "ls"], &[]);
    run(0, &["exec", "s3", "--", "aws", "s3", "ls"], &[]);
    let refused = home.run(&["--labs", "labs", "shell", "broken", "--", "true"]);
    assert!(refused.code != 0 && refused.err.contains(&place), "{refused:#?}");
    run(2, &["test", "--all"], &[&place]);
    let doctor = home.run(&["--labs", "labs", "doctor", "--json"]);
    assert!(doctor.out.contains("cannot be opened"), "{doctor:#?}");
    // A check that changes something is no check.
    let writes =
        good.replace("run    = \"aws s3api list-buckets\"", "run    = \"aws s3 mb s3://x-y-z\"");
    home.write("labs/cloud/02-broken/lab.md", &writes);
    check(&home, &["lint", "labs/cloud/02-broken"], 1, &["lab.md:", "aws s3 mb"]);
}

#[test]
fn a_lab_is_done_line_by_line() {
    let home = Home::new();
    let bucket = tiny(&home);
    let input = format!(
        "steps\ncheck\nhint\nfrobnicate\nchek\nrun aws s3 mb s3://{bucket}\ncheck\nnext\nanswer 5\nanswer 1\n\
         steps\ntime +11m\nundo\nno\nundo\nyes\nreset\nno\nnotes\nquit\n"
    );
    let ran = home.typed(&["--plain", "--labs", "labs", "open", "tiny"], &input);
    assert_eq!(ran.code, 0, "{ran:#?}");
    for said in [
        "distlab, line by line",
        "Tiny, 2 steps",
        "Step 1 of 2",
        "To do:",
        "aws s3 mb",
        "“frobnicate” is not a command",
        "Did you mean check?",
        "make_bucket:",
        "Step 2 of 2",
        "That is not the answer.",
        "That is right.",
        "done, 1 point",
        "moved on by 11 min",
        "taken back",
        "Nothing was changed.",
    ] {
        assert!(ran.out.contains(said), "{said:?} is not said:\n{}{}", ran.out, ran.err);
    }
    assert!(!ran.out.contains('\x1b'), "{ran:#?}");
    // The end of the input ends it too, and the home list opens labs by number.
    let ran = home.typed(&["--plain"], "open s3\n");
    assert!(ran.code == 0 && ran.out.contains("S3: who may read it"), "{ran:#?}");
}

#[test]
fn a_second_program_is_told_who_has_the_lab_and_may_look() {
    let home = Home::new();
    let mut first = home
        .command()
        .args(["shell", "s3", "--", "bash", "-c", "aws s3 mb s3://made-by-first; read -r _"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(first.stdout.take().expect("piped")).lines();
    let line = lines.next().expect("a line").expect("text");
    assert_eq!(line, "make_bucket: made-by-first");
    let held = home.typed(&["--plain", "open", "s3"], "quit\n");
    assert_eq!(held.code, 1, "{held:#?}");
    for word in [&*format!("process {}", first.id()), "--read-only", "--home"] {
        assert!(held.err.contains(word), "{word:?}: {held:#?}");
    }
    let looked = home.typed(
        &["--plain", "open", "s3", "--read-only"],
        "steps\nundo\nreset\nyes\ntime +1m\nquit\n",
    );
    assert_eq!(looked.code, 0, "{looked:#?}");
    assert!(looked.out.contains("11. "), "{looked:#?}");
    assert_eq!(looked.out.matches("nothing can be changed").count(), 3, "{looked:#?}");
    // Commands go to the program that has it open.
    let listed = home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    assert!(listed.out.contains("made-by-first"), "{listed:#?}");
    check(&home, &["undo", "s3"], 0, &["taken back"]);
    check(&home, &["submit", "s3"], 1, &["open in another distlab"]);
    // Another lab of the same profile is free.
    home.expect(0, &["exec", "hdfs-internals", "--", "hdfs", "dfs", "-ls", "/"]);
    drop(first.stdin.take());
    first.wait().expect("it ends");
    let listed = home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    assert!(!listed.out.contains("made-by-first"), "{listed:#?}");
    check(&home, &["submit", "s3"], 0, &["Wrote s3-ada.dlab"]);
}
