//! What templates print and how they fail, as the reference client does.

use serde_json::{Value, json};

use super::*;

fn sample() -> Value {
    json!({
        "Name": "/web",
        "Id": "abcdef",
        "Created": "2026-11-29T16:02:39.1290Z",
        "State": { "Running": true, "Pid": 12 },
        "Config": { "Cmd": ["sh", "-c", "x"], "Env": null, "Labels": { "b": "2", "a": "1" } },
        "Size": 5,
        "Ports": { "80/tcp": [{ "HostIp": "0.0.0.0", "HostPort": "8080" }] },
    })
}

fn shape() -> Shape {
    let of = |name: &str, fields: Vec<Member>| {
        Shape::Struct(Struct { name: name.to_owned(), fields }.into())
    };
    let list = |inner: Shape| Shape::List(inner.into());
    let map = |inner: Shape| Shape::Map(inner.into());
    let health = of("x.Health", vec![Member::plain("Status", Shape::Text)]);
    let port = of(
        "x.Port",
        vec![Member::plain("HostIp", Shape::Text), Member::plain("HostPort", Shape::Text)],
    );
    let state = of(
        "x.State",
        vec![
            Member::plain("Running", Shape::Bool),
            Member::plain("Pid", Shape::Number),
            Member::plain("Health", Shape::Pointer(health.into())),
        ],
    );
    let config = of(
        "x.Config",
        vec![
            Member::plain("Cmd", list(Shape::Text)),
            Member::plain("Env", list(Shape::Text)),
            Member::plain("Labels", map(Shape::Text)),
            Member::plain("StopSignal", Shape::Text),
            Member::plain("Retries", Shape::Number),
            Member::plain("Init", Shape::Pointer(Shape::Bool.into())),
            Member { json: InJson::UnlessEmpty, ..Member::plain("Sparse", Shape::Text) },
            Member { json: InJson::Always, ..Member::plain("Full", Shape::Text) },
        ],
    );
    of(
        "x.Thing",
        vec![
            Member::plain("Name", Shape::Text),
            Member { key: "Id".to_owned(), ..Member::plain("ID", Shape::Text) },
            Member { key: String::new(), ..Member::plain("Base", Shape::Any) },
            Member::plain("State", state),
            Member::plain("Config", config),
            Member::plain("Size", Shape::Number),
            Member::plain("Created", Shape::Time),
            Member::plain("Ports", map(list(port))),
        ],
    )
}

fn fill(text: &str) -> Result<String, String> {
    let value = sample();
    let label = |name: &str| format!("<{name}>");
    let methods: &[Method<'_>] = &[("Label", &label)];
    let data = Data { value: &value, shape: &shape(), type_name: None, methods };
    Template::parse(text)?.apply(&data)
}

/// As JSON, without a type.
fn fill_raw(text: &str) -> Result<String, String> {
    let value = sample();
    let data = Data { value: &value, shape: &Shape::Any, type_name: None, methods: &[] };
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
    check("{{.State}}", "{true 12 <nil>}");
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
    check(
        "{{.Foo}}",
        "template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type x.Thing",
    );
    check(
        "{{.State.Foo}}",
        "template: :1:8: executing \"\" at <.State.Foo>: can't evaluate field Foo in type x.State",
    );
    check(
        "{{index .Config.Cmd 5}}",
        "template: :1:2: executing \"\" at <index .Config.Cmd 5>: error calling index: index out of range: 5",
    );
    check(
        "{{.Name.X}}",
        "template: :1:7: executing \"\" at <.Name.X>: can't evaluate field X in type string",
    );
}

#[test]
fn what_is_not_there_is_the_zero_of_its_type() {
    let check = |text: &str, want: &str| assert_eq!(fill(text).as_deref(), Ok(want), "{text}");
    check("{{if .State.Health}}a{{else}}b{{end}}{{with .State.Health}}c{{end}}", "b");
    check("{{.State.Health}} {{json .State.Health}}", "<nil> null");
    check("{{.Config.StopSignal}}|{{json .Config.StopSignal}}", "|\"\"");
    check("{{.Config.Retries}} {{json .Config.Retries}}", "0 0");
    check("{{.Config.Init}} {{json .Config.Init}}", "<nil> null");
    check("{{index .Config.Labels \"none\"}}|{{len .Config.Env}}", "|0");
    check("{{.ID}} {{.Base.Base.Name}}", "abcdef /web");
    check("{{.Created}}", "2026-11-29 16:02:39.129 +0000 UTC");
    check(
        "{{json .Config}}",
        r#"{"Cmd":["sh","-c","x"],"Env":null,"Labels":{"a":"1","b":"2"},"Full":""}"#,
    );
    let wrong = |text: &str, want: &str| {
        let why = fill(text).unwrap_err();
        assert!(why.ends_with(want), "{text}: {why}");
    };
    wrong("{{.State.Health.Status}}", "nil pointer evaluating *x.Health.Status");
    wrong("{{range .State}}{{end}}", "range can't iterate over {true 12 <nil>}");
    wrong("{{.Id}}", "can't evaluate field Id in type x.Thing");
    wrong("{{index .Config.Env 0}}", "index out of range: 0");
    wrong("{{len .State.Health}}", "len of nil pointer");
}

#[test]
fn without_a_type_a_name_that_is_not_there_is_an_error() {
    assert_eq!(fill_raw("{{.Id}} {{.Config.Env}}").as_deref(), Ok("abcdef <no value>"));
    assert_eq!(
        fill_raw("{{.State.Health}}").unwrap_err(),
        "template: :1:8: executing \"\" at <.State.Health>: map has no entry for key \"Health\"",
    );
}

#[test]
fn printf_is_gos() {
    let check = |args: &str, want: &str| {
        let text = format!("{{{{printf {args}}}}}");
        assert_eq!(fill(&text).as_deref(), Ok(want), "{text}");
    };
    check(r#""%.3s|%-8.2s|%8s" .ID "abc" "é""#, "abc|ab      |       é");
    check(
        r#""%+d % d %05d %x %X %#x %o %b" 5 6 -7 255 255 255 8 5"#,
        "+5  6 -0007 ff FF 0xff 10 101",
    );
    check(
        r#""%5.2f|%08.3f|%e|%g|%v" 3.14159 3.14159 1234.5 0.00001 1e6"#,
        " 3.14|0003.142|1.234500e+03|1e-05|1e+06",
    );
    check(r#""%c %U" 'x' 65"#, "x U+0041");
    check(r#""%d %s %t %z" .Name 5 "x" 5"#, "%!d(string=/web) %!s(int=5) %!t(string=x) %!z(int=5)");
    check(r#""%s" "a" "b""#, "a%!(EXTRA string=b)");
    check(r#""%s""#, "%!s(MISSING)");
    check(r#""%""#, "%!(NOVERB)");
    check(r#""%*d|%[2]s %[1]s" 6 5"#, "     5|%!s(int=5) %!s(int=6)");
    check(r#""%5%|" "#, "%|");
    check(r#""%q %+q %x % x" "é\n" "é" "ab" "ab""#, r#""é\n" "\u00e9" 6162 61 62"#);
    check(r#""%q" .Config.Cmd"#, r#"["sh" "-c" "x"]"#);
    check(r#""%s" .State.Health"#, "%!s(*x.Health=<nil>)");
    check(r#""%v %v" .State.Health nil"#, "<nil> <nil>");
    check(r#""%v %T %#v" .Name .Name .Name"#, r#"/web string "/web""#);
    check(r#""%-6v|%6t|" true false"#, "true  | false|");
}

#[test]
fn words_of_templates_are_gos() {
    let check = |text: &str, want: &str| assert_eq!(fill(text).as_deref(), Ok(want), "{text}");
    check("{{range 3}}x{{.}}{{end}}", "x0x1x2");
    check("{{range .Config.Cmd}}{{.}}{{break}}{{end}}", "sh");
    check("{{range $i, $e := .Config.Cmd}}{{$i}}{{if $i}}{{continue}}{{end}}+{{end}}", "0+12");
    check("{{0x1F}} {{1_000}} {{-3}} {{+4}} {{1.5}} {{'a'}}", "31 1000 -3 4 1.5 97");
    check(r#"{{print 1 2 "a" "b" 3}} {{urlquery "a b"}} {{js "a<b"}}"#, r"1 2ab3 a+b a\u003Cb");
    check(r#"{{"\u00e9\x41"}} {{index "abc" 1}} {{index .Config.Cmd 0 1}}"#, "éA 98 104");
    let wrong = |text: &str, want: &str| {
        let why = fill(text).unwrap_err();
        assert!(why.ends_with(want), "{text}: {why}");
    };
    wrong("{{break}}", "{{break}} outside {{range}}");
    wrong("{{not}}", "at <not>: wrong number of args for not: want 1 got 0");
    wrong("{{and}}", "wrong number of args for and: want at least 1 got 0");
    wrong("{{nil}}", "nil is not a command");
    wrong("{{eq .Name 1}}", "error calling eq: incompatible types for comparison");
}
