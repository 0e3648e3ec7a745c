//! The program on machines that lack something: no Docker engine, another profile, a bad folder.

use crate::support::{Home, Ran};

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
    for args in [&["images"][..], &["clean", "needy"], &["--labs", "labs", "test", "needy"]] {
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
