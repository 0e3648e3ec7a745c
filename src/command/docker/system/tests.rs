//! What `docker inspect` asks an engine for, and what it prints of the answers.

use serde_json::{Value, json};

use crate::testing::run_on;

fn answers() -> [(&'static str, Value); 4] {
    [
        (
            "GET /containers/web/json",
            json!({ "Id": "c1", "Config": { "Labels": null, "Env": null } }),
        ),
        ("GET /images/web/json", json!({ "Id": "i1" })),
        ("GET /networks/net", json!({ "Id": "n1", "Options": {} })),
        ("GET /volumes/vol", json!({ "Name": "vol" })),
    ]
}

#[test]
fn things_are_found_by_the_kind_that_is_asked_for() {
    let check = |words: &str, code: u8, out: &str, err: &str| {
        let ran = run_on(&answers(), &format!("inspect {words}"));
        assert_eq!((ran.code, ran.out.as_str(), ran.err.trim_end()), (code, out, err), "{words}");
        assert_eq!(ran.changes, [], "{words}");
    };
    // A container goes before an image of its name.
    check("-f {{.Id}} web", 0, "c1\n", "");
    check("-f {{.Id}} --type image web", 0, "i1\n", "");
    check("-f {{.Id}} net web", 0, "n1\nc1\n", "");
    check("-f {{.Name}} vol", 0, "vol\n", "");
    check("-f json net", 0, "[{\"Id\":\"n1\",\"Options\":{}}]\n", "");
    check("net", 0, "[\n    {\n        \"Id\": \"n1\",\n        \"Options\": {}\n    }\n]\n", "");
    check("nosuch", 1, "[]\n", "Error: No such object: nosuch");
    check("-f {{.Id}} nosuch web", 1, "c1\n", "Error: No such object: nosuch");
    check("-f {{.Id}} nosuch", 1, "\n", "Error: No such object: nosuch");
    check("--type volume web", 1, "[]\n", "Error response from daemon: nothing at /volumes/web");
}

#[test]
fn templates_know_the_engines_maps_and_lists() {
    let check = |template: &str, code: u8, out: &str, err: &str| {
        let ran = run_on(&answers(), &format!("inspect -f '{template}' web"));
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.trim_end()),
            (code, out, err),
            "{template}"
        );
    };
    check("{{.Config.Labels}} {{.Config.Env}}", 0, "map[] []\n", "");
    check("{{.Config.Labels.none}}", 0, "<no value>\n", "");
    check("{{json .Config}}", 0, "{\"Labels\":null,\"Env\":null}\n", "");
    check(
        "{{.Nosuch}}",
        1,
        "\n",
        "template parsing error: template: :1:2: executing \"\" at <.Nosuch>: map has no entry for key \"Nosuch\"",
    );
    check(
        "{{nosuch}}",
        64,
        "",
        "template parsing error: template: :1: function \"nosuch\" not defined",
    );
}

#[test]
fn what_an_inspection_asks_beyond_the_usual() {
    let answers = [
        ("GET /containers/web/json?size=1", json!({ "SizeRw": 7 })),
        ("GET /networks/net?verbose=true", json!({ "Services": { "a": {} } })),
    ];
    let check = |line: &str, want: &str| {
        let ran = run_on(&answers, line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, want, ""), "{line}");
    };
    check("inspect -s -f {{.SizeRw}} web", "7\n");
    check("network inspect -v -f '{{len .Services}}' net", "1\n");
}
