//! What all verbs share, as a shell meets it: how a lab is named, where options stand, the question
//! before a reset, JSON, completions in real shells, manual pages, and the configuration file. No
//! Docker engine is asked.

use std::process::Command;

use crate::support::{Home, Ran, Screen, program};

fn check(home: &Home, args: &[&str], code: i32, words: &[&str]) -> Ran {
    let ran = home.expect(code, args);
    for word in words {
        assert!(ran.all().contains(word), "distlab {args:?} does not say {word:?}: {ran:#?}");
    }
    ran
}

#[test]
fn a_lab_is_named_in_the_same_ways_by_every_verb() {
    let home = Home::new();
    home.expect(0, &["new", "tiny"]);
    let number = home.json(&["labs", "--json"]);
    let number = number.as_array().and_then(|all| all.iter().find(|lab| lab["id"] == "s3"));
    let number = number.expect("s3")["number"].to_string();
    for word in ["s3", "S3", &number] {
        check(&home, &["status", word], 0, &["(bucket)"]);
        check(&home, &["time", "--lab", word], 0, &["Lab time is"]);
        check(&home, &["exec", word, "--", "aws", "s3", "ls"], 0, &[]);
    }
    check(&home, &["hint", "hdfs"], 0, &["hint 1 of"]);
    check(&home, &["nodes", "ls", "--lab", "hdfs"], 0, &["dn3"]);
    check(&home, &["status", "o"], 2, &["`o` begins the names of several labs: ", "orchestrators"]);
    check(&home, &["status", "99"], 2, &["no lab number 99", "from 1 to "]);
    check(&home, &["doctor", "s4"], 2, &["no lab `s4`", "`s3`"]);
    check(&home, &["clean", "s4"], 2, &["no lab `s4`", "`s3`"]);
    check(&home, &["clean", "test-s4"], 2, &["no lab `s4`", "`s3`"]);
    // A lab's own folder needs no --labs.
    for path in ["labs/cloud/01-tiny", "./labs/cloud/01-tiny/", "labs/cloud/01-tiny/lab.md"] {
        check(&home, &["status", path], 0, &["(bucket)", "(count)"]);
        check(&home, &["lint", path], 0, &["1 lab read: 0 errors"]);
    }
    check(&home, &["status", "./labs"], 2, &["has no lab.md"]);
    // Its shell knows where it is from.
    let hint = ["shell", "labs/cloud/01-tiny", "--", "distlab", "hint"];
    check(&home, &hint, 0, &["hint 1 of"]);
    check(&home, &["lint", "hdfs"], 0, &["1 lab read: 0 errors"]);
}

#[test]
fn options_stand_where_they_are_typed() {
    let home = Home::new();
    let other = home.path().join("other").display().to_string();
    for words in [
        ["--home", &other, "nodes", "ls", "--lab", "hdfs-internals"],
        ["nodes", "--home", &other, "--lab", "hdfs-internals", "ls"],
        ["nodes", "ls", "--lab", "hdfs-internals", "--home", &other],
    ] {
        check(&home, &words, 0, &["dn3"]);
    }
    assert!(home.path().join("other/labs/hdfs-internals").is_dir(), "the profile that was named");
    assert!(!home.path().join("home/labs/hdfs-internals").exists(), "and no other");
    check(&home, &["nodes", "ls", "--lab"], 2, &["--lab wants a value"]);
    check(&home, &["time", "+1m", "--json", "--lab", "s3"], 0, &["unix_ms"]);
    check(&home, &["time", "--lab", "s3", "--json", "+1m"], 0, &["unix_ms"]);
    check(&home, &["answer", "--number", "2", "s3", "bucket", "x"], 1, &["asks nothing"]);
    check(&home, &["answer", "s3", "bucket", "x", "--number", "2"], 1, &["asks nothing"]);
    let hyphens = ["answer", "s3", "bucket", "--number", "2", "--", "--detach"];
    check(&home, &hyphens, 1, &["asks nothing"]);
    check(&home, &["answer", "s3", "--help"], 0, &["distlab answer [LAB] <STEP> <TEXT>"]);
    check(&home, &["answer", "s3"], 2, &["a step and a text"]);
    check(&home, &["notes", "--json", "replication"], 0, &["\"page\""]);
}

#[test]
fn a_reset_asks_and_without_anybody_to_ask_does_nothing() {
    let home = Home::new();
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://keep-me"]);
    let there = |home: &Home| home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]).out;
    for words in [&["reset", "s3"][..], &["reset", "s3", "--step", "bucket"]] {
        check(&home, words, 2, &["--yes", "nothing was changed"]);
        let typed = home.typed(words, "y\n");
        assert_eq!(typed.code, 2, "a pipe is nobody to ask: {typed:#?}");
        assert!(there(&home).contains("keep-me"));
    }
    for (answer, code) in [("n", 1), ("", 1), ("y", 0)] {
        let mut screen = Screen::open(&home, &["reset", "s3"], 80, 24);
        screen.wait_until("the question", |text| text.contains("[y/N]"));
        let told = screen.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("Files that you made yourself stay"), "{told}");
        screen.keys(&format!("{answer}\r"));
        assert_eq!(screen.wait_end(), code, "{answer:?}");
        assert_eq!(there(&home).contains("keep-me"), code == 1, "{answer:?}");
    }
}

#[test]
fn a_reset_puts_given_files_back_and_keeps_what_stood_there() {
    let home = Home::new();
    // Both of its first steps are about files of the workspace.
    home.expect(1, &["check", "orchestrators"]);
    let work = home.path().join("home/labs/orchestrators/work");
    let given = std::fs::read_dir(&work).expect("a workspace").flatten();
    let file = given.map(|entry| entry.path()).find(|path| path.is_file()).expect("a given file");
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let before = std::fs::read(&file).expect("read");
    let aside = home.path().join("home/labs/orchestrators/before-reset");
    let step = home.json(&["status", "orchestrators", "--json"])[0]["id"].clone();
    let step = step.as_str().expect("an id");
    for (round, words) in [
        (1, &["reset", "orchestrators", "--yes", "--step", step][..]),
        (2, &["reset", "orchestrators", "--yes"]),
    ] {
        std::fs::write(&file, "mine").expect("written");
        std::fs::write(work.join("own.txt"), "own").expect("written");
        check(&home, words, 0, &[&format!("Put back: {name}."), "is kept in "]);
        assert_eq!(std::fs::read(&file).expect("read"), before, "{words:?}");
        let kept = std::fs::read_to_string(aside.join(format!("{round}/{name}")));
        assert_eq!(kept.expect("kept"), "mine", "{words:?}");
        assert!(work.join("own.txt").is_file(), "{words:?}");
        std::fs::remove_file(&file).expect("removed");
        home.expect(0, words);
        assert_eq!(std::fs::read(&file).expect("read"), before, "{words:?}");
    }
}

#[test]
fn what_is_read_is_to_be_had_as_json() {
    let home = Home::new();
    assert_eq!(home.json(&["status", "s3", "--json"])[0]["id"], "bucket");
    assert_eq!(home.json(&["env", "s3", "--json"])["DISTLAB_LAB"], "s3");
    assert_eq!(home.json(&["time", "--lab", "s3", "--json"])["lab"], "s3");
    let hint = home.json(&["hint", "hdfs-internals", "--json"]);
    assert_eq!(hint["hint"], 1, "{hint}");
    assert!(hint["text"].as_str().is_some_and(|text| !text.is_empty()), "{hint}");
    assert_eq!(home.json(&["allow", "s3", "--json"])["allowed"], true);
    assert!(home.json(&["config", "--json"])["settings"].is_array());
    assert!(home.json(&["config", "path", "--json"])["file"].is_string());
    assert!(home.json(&["me", "--json"]).is_null());
    assert!(home.json(&["nodes", "ls", "--json", "--lab", "hdfs"]).is_object());
    assert_eq!(home.json(&["doctor", "s3", "--json"])[0]["state"], "ok");
    for words in
        [&["images", "--json"][..], &["images", "ls", "--json"], &["clean", "s3", "--json"]]
    {
        let ran = home.without_engine(words);
        assert_eq!(ran.code, 3, "{words:?}: {ran:#?}");
    }
}

#[test]
fn a_doctor_says_what_a_lab_will_lack() {
    let home = Home::new();
    let ran = home.without_engine(&["doctor", "swarm"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    assert!(ran.out.contains("swarm needs a Docker Engine"), "{ran:#?}");
    let ran = home.without_engine(&["doctor", "hdfs"]);
    assert_eq!(ran.code, 0, "a lab that needs no engine lacks none: {ran:#?}");
}

/// What a shell would offer behind a line.
fn bash(home: &Home, words: &[&str], env: &[(&str, &str)]) -> Vec<String> {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <('{program}' completions bash)\n\
         COMP_WORDS=('{program}' {words})\nCOMP_CWORD={last}\n_distlab\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        program = program().display(),
        words = words.join(" "),
        last = words.len()
    );
    let mut command = Command::new("bash");
    command.args(["--norc", "-c", &script]).current_dir(home.path());
    command.env("DISTLAB_HOME", home.path().join("home")).env_remove("DISTLAB_LAB");
    command.env("DOCKER_HOST", "unix:///nonexistent.sock");
    let ran = command.envs(env.iter().copied()).output().expect("bash runs");
    assert!(ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_verbs_labs_steps_pages_and_nodes() {
    let home = Home::new();
    let in_s3 = [("DISTLAB_LAB", "s3")];
    let has = |words: &[&str], env: &[(&str, &str)], wanted: &[&str]| {
        let found = bash(&home, words, env);
        for word in wanted {
            assert!(found.iter().any(|way| way == word), "{words:?}: no {word} in {found:?}");
        }
        found
    };
    assert_eq!(has(&["doc"], &[], &["doctor"]), ["doctor"]);
    assert!(!has(&[""], &[], &["open", "reset"]).iter().any(|way| way == "complete"), "hidden");
    assert_eq!(has(&["open", "s3"], &[], &["s3"]), ["s3"]);
    has(&["open", ""], &[], &["s3", "swarm", "hdfs-internals"]);
    has(&["check", "s3", "--"], &[], &["--step", "--json", "--home"]);
    has(&["check", "s3", "--step", ""], &[], &["bucket", "upload"]);
    assert_eq!(has(&["check", "s3", "--step", "=", "buc"], &[], &["bucket"]), ["bucket"]);
    has(&["check", "--step", ""], &in_s3, &["bucket"]);
    has(&["answer", "s3", ""], &[], &["bucket"]);
    has(&["answer", ""], &in_s3, &["bucket", "hdfs-internals"]);
    has(&["notes", ""], &[], &["containers/images"]);
    has(&["nodes", "--lab", "hdfs-internals", ""], &[], &["kill", "fill"]);
    has(&["nodes", "--lab", "hdfs-internals", "kill", ""], &[], &["dn1", "dn3"]);
    has(&["exec", "s3", "--", ""], &[], &["aws", "docker"]);
    has(&["completions", ""], &[], &["bash", "zsh", "fish"]);
    has(&["grade", "--format", ""], &[], &["junit", "html"]);
    has(&["images", "rm", "my"], &[], &["mysql:latest"]);
    has(&["man", "re"], &[], &["reset", "repair"]);
    std::fs::write(home.path().join("work.class"), "").expect("written");
    has(&["join", "wo"], &[], &["work.class"]);
}

/// The other shells' scripts are read by those shells where they are here.
#[test]
fn zsh_and_fish_complete_as_well() {
    let home = Home::new();
    let place = program();
    let bin = place.parent().expect("a folder").display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap_or_default());
    let run = |shell: &str, script: &str| {
        let mut command = Command::new(shell);
        command.args(["-c", script]).current_dir(home.path()).env("PATH", &path);
        command.env("HOME", home.path()).env("DISTLAB_HOME", home.path().join("home"));
        match command.env_remove("DISTLAB_LAB").output() {
            Ok(ran) => {
                assert!(ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
                Some(String::from_utf8_lossy(&ran.stdout).into_owned())
            }
            Err(_) => None,
        }
    };
    let fish = "distlab completions fish | source; complete -C 'distlab check s3 --step buc'; \
                complete -C 'distlab open hdfs'";
    match run("fish", fish) {
        Some(out) => {
            assert!(out.contains("bucket\t"), "{out}");
            assert!(out.contains("hdfs-internals\t"), "{out}");
        }
        None => eprintln!("skipped: there is no fish"),
    }
    // Its completion needs a terminal; what it would offer is caught where it is handed over.
    let zsh = "compdef() { :; }; source <(distlab completions zsh); \
               _describe() { eval \"print -l \\${$4}\"; }; _files() { print FILES; }; \
               words=(distlab check s3 --step buc); CURRENT=5; _distlab; \
               words=(distlab join ''); CURRENT=3; _distlab";
    match run("zsh", zsh) {
        Some(out) => {
            assert!(out.contains("bucket:"), "{out}");
            assert!(out.contains("FILES"), "{out}");
        }
        None => eprintln!("skipped: there is no zsh"),
    }
}

#[test]
fn every_verb_has_a_manual_page() {
    let home = Home::new();
    check(&home, &["man", "--dir", "pages"], 0, &["Wrote ", " pages into pages."]);
    let page = |name: &str| {
        let file = home.path().join(format!("pages/{name}.1"));
        std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    let main = page("distlab");
    let help = home.expect(0, &["--help"]).out;
    let list = help.split("Commands:").nth(1).and_then(|t| t.split("Options:").next());
    let verbs = list
        .expect("a list")
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for verb in verbs.filter_map(|line| line.split_whitespace().next()) {
        assert!(main.contains(verb), "{verb}");
        let page = page(&format!("distlab-{verb}"));
        for heading in [".SH NAME", ".SH SYNOPSIS", "EXIT STATUS", ".SH ENVIRONMENT"] {
            assert!(page.contains(heading), "{verb}: {heading}");
        }
        assert_eq!(home.expect(0, &["man", verb]).out, page, "{verb}");
        let help = home.expect(0, &[verb, "--help"]).out;
        assert!(help.contains("Exit codes:"), "{verb}: {help}");
    }
    check(&home, &["man", "chekc"], 2, &["did you mean check?"]);
}

#[test]
fn the_configuration_is_honoured_checked_and_outdone() {
    let home = Home::new();
    let place = home.path().display().to_string();
    let file = home.write(
        "config/distlab/config.toml",
        &format!(
            "home = \"{place}/configured\"\nlabs = \"{place}/labs\"\nlearner = \"grace\"\n\
             [me]\nname = \"Grace Hopper\"\nnumber = \"42\"\n[serve]\nport = 0\n"
        ),
    );
    home.expect(0, &["new", "tiny"]);
    let run = |args: &[&str], env: &[(&str, &str)]| -> Ran {
        let mut command = Command::new(program());
        command.args(args).current_dir(home.path());
        let own = ["HOME", "LABS", "LAB", "LEARNER", "CONFIG", "SHELL"];
        for name in own.map(|name| format!("DISTLAB_{name}")).iter().map(String::as_str) {
            command.env_remove(name);
        }
        command.env_remove("NO_COLOR");
        command.env("XDG_CONFIG_HOME", home.path().join("config")).envs(env.iter().copied());
        command.output().expect("the program runs").into()
    };
    let doctor = run(&["doctor", "--json"], &[]);
    assert!(doctor.out.contains("configured (learner grace)"), "{doctor:#?}");
    assert!(run(&["labs"], &[]).out.contains("tiny"));
    assert_eq!(run(&["me", "--json"], &[]).json()["name"], "Grace Hopper");
    let shown = run(&["config"], &[("DISTLAB_LABS", "/elsewhere")]);
    assert_eq!(shown.code, 0, "{shown:#?}");
    let line = |name: &str| {
        let line = shown.out.lines().find(|line| line.split_whitespace().next() == Some(name));
        line.unwrap_or_else(|| panic!("{name}: {shown:#?}")).to_owned()
    };
    assert!(line("home").ends_with("config.toml:1"), "{shown:#?}");
    assert!(line("labs").contains("/elsewhere") && line("labs").ends_with("DISTLAB_LABS"));
    assert!(line("serve.port").ends_with("config.toml:8"), "{shown:#?}");
    assert!(line("theme").ends_with("default"), "{shown:#?}");
    // Options and the environment win.
    let other = [("DISTLAB_HOME", "other")];
    assert!(run(&["doctor", "--json"], &other).out.contains("/other (learner grace)"));
    assert!(run(&["--home", "third", "doctor", "--json"], &other).out.contains("/third ("));
    assert_eq!(run(&["config", "check"], &[]).code, 0);
    // What is wrong is told with its line, and stops every verb that goes by it.
    std::fs::write(&file, "theme = \"mono\"\nprefx = \"ctrl-a\"\n").expect("written");
    for (words, code) in [(&["config", "check"][..], 1), (&["labs"], 2), (&["doctor"], 1)] {
        let ran = run(words, &[]);
        assert_eq!(ran.code, code, "{words:?}: {ran:#?}");
        let said = "config.toml:2: there is no setting `prefx`; did you mean `prefix`?";
        assert!(ran.all().contains(said), "{words:?}: {ran:#?}");
    }
    let elsewhere = run(&["--home", "other", "labs"], &[("DISTLAB_CONFIG", "/nonexistent")]);
    assert_eq!(elsewhere.code, 0, "{elsewhere:#?}");
}

#[test]
fn the_screen_goes_by_the_configuration() {
    let home = Home::new();
    home.write("config.toml", "theme = \"mono\"\nprefix = \"ctrl-a\"\nshell = \"/bin/sh\"\n");
    let prompt = [("PS1", "$ ")];
    let mut screen = Screen::open_with(&home, &["open", "s3"], (120, 40), &prompt);
    screen.wait_until("the footer", |text| text.contains("Ctrl-A more"));
    screen.command("echo $0 is my shell");
    screen.wait_until("the shell", |text| text.contains("/bin/sh is my shell"));
    screen.keys("\u{1}p");
    screen.wait_until("the palette", |text| text.contains("Go to or do"));
    assert_eq!(super::screen::colours(&screen.raw), Vec::<String>::new(), "no colour is used");
    drop(screen);
    home.write("config.toml", "plain = true\n");
    let mut screen = Screen::open(&home, &["open", "s3"], 100, 40);
    screen.wait_until("line mode", |text| text.contains("step 1> "));
}
