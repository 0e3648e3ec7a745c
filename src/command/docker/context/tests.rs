//! `docker context …` without an engine: what it keeps, says and refuses.

use std::fs;

use crate::testing::lines_in;

#[test]
fn contexts_are_made_used_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| lines_in(folder.path(), line);
    let check = |line: &str, want: (u8, &str, &str)| {
        let (code, out, err) = run(line);
        assert_eq!((code, out.as_str(), err.as_str()), want, "{line}");
    };
    check("context show", (0, "default\n", ""));
    check(
        "context create one --docker host=unix:///nowhere/one.sock --description First",
        (0, "one\n", "Successfully created context \"one\"\n"),
    );
    check(
        "context create one --docker host=unix:///x",
        (1, "", "context \"one\" already exists\n"),
    );
    check("context use one", (0, "one\n", "Current context is now \"one\"\n"));
    check("context show", (0, "one\n", ""));
    let settings = fs::read_to_string(folder.path().join("config.json")).unwrap();
    assert_eq!(settings, "{\n\t\"auths\": {},\n\t\"currentContext\": \"one\"\n}");
    let (code, _, err) = run("ps");
    assert_eq!(code, 1);
    assert!(
        err.starts_with("Cannot connect to the Docker daemon at unix:///nowhere/one.sock"),
        "{err}"
    );
    check(
        "context inspect -f {{.Endpoints.docker.Host}} one",
        (0, "unix:///nowhere/one.sock\n", ""),
    );
    check(
        "context update one --description Other",
        (0, "one\n", "Successfully updated context \"one\"\n"),
    );
    check(
        "context ls --format {{.Name}}:{{.Current}}:{{.Description}}",
        (0, "default:false:Current DOCKER_HOST based configuration\none:true:Other\n", ""),
    );
    check("context export one one.tar", (0, "", "Written file \"one.tar\"\n"));
    check("context import two one.tar", (0, "two\n", "Successfully imported context \"two\"\n"));
    check("context rm one", (1, "", "context \"one\" is in use, set -f flag to force remove\n"));
    check("context rm -f one two", (0, "one\ntwo\n", ""));
    check("context show", (0, "default\n", ""));
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let check = |line: &str, want: &str| {
        let (code, _, err) = lines_in(folder.path(), line);
        assert_eq!((code, err.trim_end()), (1, want), "{line}");
    };
    check(
        "context create a",
        "context name \"a\" is invalid, names are validated against regexp \"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$\"",
    );
    check("context create default", "\"default\" is a reserved context name");
    check("context rm default", "context \"default\" cannot be removed");
    check("context rm nosuch", "context \"nosuch\" does not exist");
    check("context use", "accepts 1 arg(s), received 0");
    check(
        "context create ab --docker host=foo",
        "unable to create docker endpoint config: unable to apply docker endpoint options: unable to parse docker host `foo`",
    );
    check(
        "context create ab --docker x=y",
        "unable to create docker endpoint config: unrecognized config key: x",
    );
    let (code, _, err) = lines_in(folder.path(), "context use node2");
    assert_eq!(code, 1);
    assert!(err.starts_with("distlab: node2 is what the machines of a lab are called"), "{err}");
}
