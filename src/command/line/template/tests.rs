//! What templates print and how they fail, as the reference client does.

use serde_json::{Value, json};

use super::*;

fn sample() -> Value {
    json!({
        "Name": "/web",
        "State": { "Running": true, "Pid": 12 },
        "Config": { "Cmd": ["sh", "-c", "x"], "Env": null, "Labels": { "b": "2", "a": "1" } },
        "Size": 5,
        "Ports": { "80/tcp": [{ "HostIp": "0.0.0.0", "HostPort": "8080" }] },
    })
}

static KINDS: FieldKinds = FieldKinds { maps: &["Labels", "Ports"], lists: &["Cmd", "Env"] };

fn fill(text: &str) -> Result<String, String> {
    let value = sample();
    let label = |name: &str| format!("<{name}>");
    let data =
        Data { value: &value, type_name: None, methods: &[("Label", &label)], kinds: &KINDS };
    Template::parse(text)?.apply(&data)
}

#[test]
fn templates_print_as_gos() {
    let check = |text: &str, want: &str| assert_eq!(fill(text).as_deref(), Ok(want), "{text}");
    check("plain", "plain");
    check("{{.Name}}", "/web");
    check("{{.State.Running}} {{.State.Pid}}", "true 12");
    check("{{.Config.Cmd}} {{.Config.Env}} {{.Config.Labels}}", "[sh -c x] [] map[a:1 b:2]");
    check("{{json .Config.Cmd}} {{json .Config.Env}}", r#"["sh","-c","x"] null"#);
    check("{{.Config.Labels.none}}", "<no value>");
    check("{{index .Config.Labels \"a\"}}{{index .Config.Cmd 1}}", "1-c");
    check("{{.State}}", "{true 12}");
    check("{{range .Config.Cmd}}[{{.}}]{{end}}", "[sh][-c][x]");
    check("{{range .Config.Env}}x{{else}}none{{end}}", "none");
    check("{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}", "a=1;b=2;");
    check("{{range $p, $c := .Ports}}{{$p}}->{{(index $c 0).HostPort}}{{end}}", "80/tcp->8080");
    check("{{if .State.Running}}up{{else}}down{{end}}", "up");
    check("{{if eq .Name \"x\"}}x{{else if gt .Size 4}}big{{else}}?{{end}}", "big");
    check("{{with .State}}{{.Pid}}{{end}}", "12");
    check("{{.Name | upper | printf \"%-6s|\"}}", "/WEB  |");
    check("a {{- .Name -}} b", "a/webb");
    check("{{/* said to nobody */}}x", "x");
    check("{{join .Config.Cmd \"+\"}} {{len .Config.Cmd}} {{slice .Name 1 3}}", "sh+-c+x 3 we");
    check("{{split .Name \"e\"}}{{title \"ab cd\"}}{{truncate .Name 2}}", "[/w b]Ab Cd/w");
    check("{{println .Name}}{{not true}}{{and .Size .Name}}{{or \"\" 1}}", "/web\nfalse/web1");
    check("{{$x := .Name}}{{$x}}{{$.Size}}", "/web5");
    check("{{.Label \"com.x\"}}", "<com.x>");
    check("{{printf \"%03d %q %s\" 7 .Name}}", "007 \"/web\" %!s(MISSING)");
}

#[test]
fn wrong_templates_are_named_in_gos_words() {
    let check = |text: &str, want: &str| assert_eq!(fill(text).unwrap_err(), want, "{text}");
    check("{{.ID", "template: :1: unclosed action");
    check("{{.ID}", "template: :1: bad character U+007D '}'");
    check("{{foo}}", "template: :1: function \"foo\" not defined");
    check("{{.ID | bar}}", "template: :1: function \"bar\" not defined");
    check("{{if}}", "template: :1: missing value for if");
    check("{{\"a\nb\"}}", "template: :1: unterminated quoted string");
    check("{{if .Name}}x", "template: :1: unexpected EOF");
    check("{{end}}", "template: :1: unexpected {{end}}");
    check("{{.Foo}}", "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"");
    check(
        "{{.State.Foo}}",
        "template: :1:8: executing \"\" at <.State.Foo>: map has no entry for key \"Foo\"",
    );
    check(
        "{{index .Config.Cmd 5}}",
        "template: :1:2: executing \"\" at <index .Config.Cmd 5>: error calling index: index out of range: 5",
    );
    check(
        "{{.Name.X}}",
        "template: :1:7: executing \"\" at <.Name.X>: can't evaluate field X in type interface {}",
    );
}
