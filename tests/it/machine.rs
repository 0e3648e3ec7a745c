//! The program on machines that lack something: no Docker engine, another profile, a bad folder.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use crate::http::{Answer, Client};
use crate::sign::{Ask, Signer};
use crate::support::{Home, Ran, program};

/// A lab that wants a real engine.
const NEEDY: &str = r#"+++
format = 1
id = "needy"
title = "One container"
track = "containers"
minutes = 5
needs = ["docker"]
+++
# One container

What runs?

## Look {#look points=1 minutes=5}

List the containers.

```toml check
[[expect]]
run  = "docker container ls --all --quiet --filter name=needy-never"
is   = ""
else = "There is one: {got}"
```
```sh solve
docker version
```
"#;

#[test]
fn without_an_engine_everything_else_goes_on() {
    let home = Home::new();
    home.write("labs/containers/01-needy/lab.md", NEEDY);
    let one_line = |text: &str| {
        let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
        assert_eq!(lines.len(), 1, "one sentence: {text:?}");
        assert!(lines[0].contains("/nonexistent.sock"), "where was it looked for: {text:?}");
    };
    let doctor = home.without_engine(&["doctor"]);
    assert_eq!(doctor.code, 3, "{doctor:#?}");
    let line = doctor.out.lines().find(|l| l.contains(" engine ")).unwrap_or_default();
    assert!(line.starts_with("missing"), "{doctor:#?}");
    one_line(line);
    for args in [&["--labs", "labs", "labs"][..], &["exec", "s3", "--", "aws", "s3", "ls"]] {
        let ran = home.without_engine(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:#?}");
    }
    for args in [
        &["images"][..],
        &["--labs", "labs", "clean", "needy"],
        &["--labs", "labs", "test", "needy"],
    ] {
        let ran = home.without_engine(args);
        assert_eq!(ran.code, 3, "{args:?}: {ran:#?}");
        one_line(&ran.err);
    }
    home.expect(0, &["--labs", "labs", "allow", "needy"]);
    let checked = home.without_engine(&["--labs", "labs", "check", "needy"]);
    assert_eq!(checked.code, 3, "{checked:#?}");
    assert!(checked.out.contains("blocked"), "{checked:#?}");
    // Where it is required, proving all labs fails at the first that needs it.
    let mut all = home.command();
    all.env("DOCKER_HOST", "unix:///nonexistent.sock").env("DISTLAB_REQUIRE_DOCKER", "1");
    let all: Ran =
        all.args(["--labs", "labs", "test", "needy", "s3"]).output().expect("runs").into();
    assert_eq!(all.code, 3, "{all:#?}");
    let docker = home.without_engine(&["exec", "s3", "--", "docker", "ps"]);
    assert!(docker.code != 0 && docker.err.contains("Cannot connect"), "{docker:#?}");
}

#[test]
fn profiles_are_apart_and_stay() {
    let home = Home::new();
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://only-in-this-one"]);
    let other = home.path().join("other");
    let other = other.to_str().expect("text");
    let listed = home.expect(0, &["--home", other, "exec", "s3", "--", "aws", "s3", "ls"]);
    assert_eq!(listed.out, "", "{listed:#?}");
    let listed = home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    assert!(listed.out.contains("only-in-this-one"), "{listed:#?}");
    home.write("file", "not a folder");
    let file = home.path().join("file");
    let bad = home.run(&["--home", file.to_str().expect("text"), "labs"]);
    assert!(bad.code == 1 && bad.err.contains("file"), "{bad:#?}");
}

#[test]
fn many_commands_at_once_wait_for_each_other() {
    let home = Home::new();
    for round in 0..3 {
        let started: Vec<_> = (0..40)
            .map(|n| {
                let bucket = format!("s3://round-{round}-{n}");
                let mut command = home.command();
                command.args(["exec", "serve", "--", "aws", "s3", "mb", &bucket]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
                command.spawn().expect("the program runs")
            })
            .collect();
        for child in started {
            let ran: Ran = child.wait_with_output().expect("it ends").into();
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:#?}");
        }
    }
    let listed = home.expect(0, &["exec", "serve", "--", "aws", "s3", "ls"]);
    assert_eq!(listed.out.lines().count(), 120, "{listed:#?}");
    // Each was one change.
    let undone = home.expect(0, &["undo", "serve"]);
    assert!(undone.out.contains("s3 CreateBucket round-2-"), "{undone:#?}");
}

#[test]
fn a_profile_is_its_owners_alone() {
    let home = Home::new();
    let mode = |name: &str| {
        let there = std::fs::metadata(home.path().join("home").join(name)).expect("it is there");
        there.permissions().mode() & 0o777
    };
    let check = || {
        home.expect(0, &["exec", "serve", "--", "aws", "s3", "ls"]);
        assert_eq!((mode(""), mode("distlab.db")), (0o700, 0o600));
        assert_eq!((mode("labs"), mode("blobs")), (0o700, 0o700));
    };
    check();
    // One that an older program made, or a restored copy.
    for (name, wide) in [("", 0o755), ("labs", 0o755), ("blobs", 0o777), ("distlab.db", 0o644)] {
        let path = home.path().join("home").join(name);
        std::fs::set_permissions(path, Permissions::from_mode(wide)).expect("widened");
    }
    check();
    // A folder that was there and is something else keeps its mode.
    let other = home.path().join("other");
    std::fs::create_dir(&other).expect("made");
    std::fs::write(other.join("letter"), "to a friend").expect("written");
    std::fs::set_permissions(&other, Permissions::from_mode(0o755)).expect("widened");
    let text = other.to_str().expect("text");
    home.expect(0, &["--home", text, "exec", "serve", "--", "aws", "s3", "ls"]);
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&other), 0o755);
    assert_eq!((mode(&other.join("distlab.db")), mode(&other.join("labs"))), (0o600, 0o700));
}

fn post_signed(
    client: &mut Client,
    signer: &Signer,
    service: &str,
    path: &str,
    kind: &str,
    body: &str,
) -> Answer {
    let (method, query, target, body) = ("POST", "", "", body.as_bytes());
    client.send(&signer.request(&Ask { service, method, path, query, kind, target, body }));
    client.answer(false)
}

#[test]
fn an_endpoint_is_reset_by_who_has_a_right_to_it() {
    let home = Home::new();
    let reset = "POST /_distlab/reset";
    let server = home.serve(&[]);
    let mut client = Client::anonymous(&server.address);
    let refused = client.ask(reset, &[], "");
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("X-Distlab-Token"), "{}", refused.body);
    assert_eq!(client.ask(reset, &[("X-Distlab-Token", "")], "").status, 403);
    assert_eq!(client.ask(reset, &[("Authorization", "AWS any:key")], "").status, 403);
    drop(server);
    let mut told = home.command();
    told.args(["serve", "--port", "0", "--registry-port", "0", "--json"]).stdout(Stdio::piped());
    let mut child = told.spawn().expect("the program runs");
    let out = child.stdout.take().expect("piped");
    let value = serde_json::Deserializer::from_reader(out).into_iter::<serde_json::Value>().next();
    let value = value.expect("it is told").expect("JSON");
    let address = value["endpoint"].as_str().and_then(|e| e.strip_prefix("http://"));
    let mut client = Client::anonymous(address.expect("an address"));
    let token = value["token"].as_str().expect("a token");
    assert_eq!(client.ask(reset, &[("X-Distlab-Token", token)], "").status, 200);
    let page = [("X-Distlab-Token", token), ("Origin", "http://localhost:3000")];
    assert_eq!(client.ask(reset, &page, "").status, 403);
    // A signature does as well: the root user's, and nobody else's.
    let told = |name: &str| value[name].as_str().expect("it is told").to_owned();
    let mut signer = Signer {
        host: address.expect("an address").to_owned(),
        access_key_id: told("access_key_id"),
        secret: told("secret_access_key"),
    };
    let again = |client: &mut Client, signer: &Signer| {
        post_signed(client, signer, "s3", "/_distlab/reset", "text/plain", "").status
    };
    assert_eq!(again(&mut client, &signer), 200);
    let form = "application/x-www-form-urlencoded";
    for action in ["CreateUser&UserName=ada", "CreateAccessKey&UserName=ada"] {
        let body = format!("Action={action}&Version=2010-05-08");
        let answer = post_signed(&mut client, &signer, "iam", "/", form, &body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        if let Some(id) = answer.element("AccessKeyId") {
            signer.access_key_id = id.to_owned();
            signer.secret = answer.element("SecretAccessKey").expect("a secret").to_owned();
        }
    }
    assert_eq!(again(&mut client, &signer), 403);
    child.kill().and_then(|()| child.wait()).expect("it ends");
    // Where any key is taken a test suite begins anew as before.
    let server = home.serve(&["--no-auth"]);
    assert_eq!(Client::anonymous(&server.address).ask(reset, &[], "").status, 200);
}

#[test]
fn a_read_only_profile_is_looked_at_and_says_its_path() {
    let home = Home::new();
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://first-bucket"]);
    let folder = home.path().join("home");
    // Root may write whatever the modes say; a mount of its own keeps it out as well.
    let mount =
        "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" && shift && exec \"$@\"";
    let run = |words: &[&str]| -> Option<Ran> {
        let mut command = std::process::Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", mount, "sh"]).arg(&folder);
        command.arg(program()).args(words).env("DISTLAB_HOME", &folder).env_remove("DISTLAB_LAB");
        let ran: Ran = command.stdin(Stdio::null()).output().ok()?.into();
        let cannot = ran.err.contains("unshare:") || ran.err.contains("mount:");
        (!cannot).then_some(ran)
    };
    let Some(refused) = run(&["exec", "s3", "--", "aws", "s3", "mb", "s3://second-bucket"]) else {
        return;
    };
    assert_eq!(refused.code, 1, "{refused:#?}");
    let names = |ran: &Ran| ran.err.contains(&folder.display().to_string());
    assert!(names(&refused) && refused.err.contains("--read-only"), "{refused:#?}");
    let looked = run(&["--plain", "open", "s3", "--read-only"]).expect("as before");
    assert_eq!(looked.code, 0, "{looked:#?}");
    assert!(!looked.err.contains("rror"), "{looked:#?}");
}
