//! `docker version`: this client and the engine.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::shapes;
use crate::template::data;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag};
use command_line::json;
use command_line::template::{Member, Shape, Struct, Template};
use docker::models::SystemVersion;

static FLAGS: &[Flag] = &[flag("format", "string", "'json', or a Go template").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "",
    name: "version",
    aliases: &[],
    top: Some("version"),
    usage: "[OPTIONS]",
    about: "Show the Docker version information",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: version,
};

fn version(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let format = given.text("format");
    let template = match format {
        None | Some("json") => None,
        Some(text) => Some(Template::parse(text).map_err(|why| wrong(64, &why))?),
    };
    let asked = cx.engine().and_then(|engine| cx.wait(engine.get_json("/version")));
    let (server, trouble) = match asked {
        Ok(server) => (server, None),
        Err(fail) => (Value::Null, Some(fail)),
    };
    let api = server.get("ApiVersion").and_then(Value::as_str).unwrap_or_default();
    let client = json!({
        "Version": format!("{} (distlab)", env!("CARGO_PKG_VERSION")),
        "ApiVersion": api,
        "Os": std::env::consts::OS,
        "Arch": architecture(),
        "Context": "default",
    });
    let mut both = json!({ "Client": client, "Server": server });
    // As a clock shows it; what the engine says of itself elsewhere stays.
    let parts = both.pointer_mut("/Server/Components").and_then(Value::as_array_mut);
    for built in parts.into_iter().flatten().filter_map(|c| c.pointer_mut("/Details/BuildTime")) {
        *built = clock(built.as_str().unwrap_or_default()).into();
    }
    match (format, template) {
        (None, _) => cx.out(page(&both)),
        (Some(_), None) => cx.out(json::compact(&both, false) + "\n"),
        (_, Some(template)) => {
            let shape = shape();
            let mut line = String::new();
            let done = template.apply_to(&mut line, &data(&both, &shape));
            // The client has printed what stands before the mistake.
            cx.out(line + "\n");
            done.map_err(|why| Fail::new(1, named(&why)))?;
        }
    }
    trouble.map_or(Ok(0), Err)
}

/// The client names this one template.
fn wrong(code: u8, why: &str) -> Fail {
    Fail::new(code, format!("template parsing error: {}", named(why)))
}

fn named(why: &str) -> String {
    let why = why.replacen("template: :", "template: version:", 1);
    why.replacen("executing \"\"", "executing \"version\"", 1)
}

/// What the client makes of both versions.
fn shape() -> Shape {
    let client = [
        ("Version", "Version"),
        ("APIVersion", "ApiVersion"),
        ("DefaultAPIVersion", "DefaultAPIVersion"),
        ("GitCommit", "GitCommit"),
        ("GoVersion", "GoVersion"),
        ("Os", "Os"),
        ("Arch", "Arch"),
        ("BuildTime", "BuildTime"),
        ("Context", "Context"),
    ];
    let client = client
        .map(|(name, key)| Member { key: key.to_owned(), ..Member::plain(name, Shape::Text) });
    let client = Struct { name: "system.clientVersion".to_owned(), fields: client.into() };
    let server = Shape::Pointer(shapes::of::<SystemVersion>().into());
    let fields = [("Client", Shape::Struct(client.into())), ("Server", server)];
    let fields = fields.map(|(name, shape)| Member::plain(name, shape)).into();
    Shape::Struct(Struct { name: "system.versionInfo".to_owned(), fields }.into())
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn page(both: &Value) -> String {
    let text = |path: &str| both.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let mut page = format!(
        "Client:\n Version:           {}\n API version:       {}\n OS/Arch:           {}/{}\n Context:           {}\n",
        text("/Client/Version"),
        text("/Client/ApiVersion"),
        text("/Client/Os"),
        text("/Client/Arch"),
        text("/Client/Context"),
    );
    let Some(components) = both.pointer("/Server/Components").and_then(Value::as_array) else {
        return page;
    };
    page.push_str(match text("/Server/Platform/Name") {
        "" => "\nServer:\n",
        _ => "\nServer: ",
    });
    if !text("/Server/Platform/Name").is_empty() {
        page.push_str(text("/Server/Platform/Name"));
        page.push('\n');
    }
    for component in components {
        page.push_str(&one(component));
    }
    page
}

fn one(component: &Value) -> String {
    let text = |path: &str| component.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let mut lines = format!(" {}:\n", text("/Name"));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(lines, "  {:<17}{value}", format!("{name}:"));
    };
    line("Version", text("/Version"));
    if text("/Name") == "Engine" {
        let api = text("/Details/ApiVersion");
        line("API version", &format!("{api} (minimum version {})", text("/Details/MinAPIVersion")));
        line("Go version", text("/Details/GoVersion"));
        line("Git commit", text("/Details/GitCommit"));
        line("Built", &clock(text("/Details/BuildTime")));
        line("OS/Arch", &format!("{}/{}", text("/Details/Os"), text("/Details/Arch")));
        line("Experimental", text("/Details/Experimental"));
    } else {
        line("GitCommit", text("/Details/GitCommit"));
    }
    lines
}

/// `Thu May  7 21:09:36 2026`; what is no time stays.
fn clock(time: &str) -> String {
    // As C's asctime pads the day.
    base::Time::parse_iso(time)
        .map_or_else(|| time.to_owned(), |t| t.format("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_both_sides() {
        let check = |server: Value, want: &[&str], none: &[&str]| {
            let client =
                json!({ "Version": "1", "ApiVersion": "1.41", "Os": "linux", "Arch": "amd64" });
            let page = page(&json!({ "Client": client, "Server": server }));
            assert!(page.starts_with("Client:\n Version:           1\n"), "{page}");
            for line in want {
                assert!(page.lines().any(|l| l == *line), "{line:?} is not in:\n{page}");
            }
            for word in none {
                assert!(!page.contains(word), "{word:?} is in:\n{page}");
            }
        };
        check(Value::Null, &[" OS/Arch:           linux/amd64"], &["Server"]);
        let engine = json!({
            "Name": "Engine", "Version": "20.10.24", "Details": {
                "ApiVersion": "1.41", "MinAPIVersion": "1.12", "BuildTime": "2024-03-05T01:02:03.5Z",
                "Os": "linux", "Arch": "amd64", "Experimental": "false",
            },
        });
        check(
            json!({ "Components": [engine] }),
            &[
                "Server:",
                " Engine:",
                "  Version:         20.10.24",
                "  API version:     1.41 (minimum version 1.12)",
                "  Built:           Tue Mar  5 01:02:03 2024",
                "  OS/Arch:         linux/amd64",
            ],
            &["GitCommit"],
        );
        check(
            json!({
                "Platform": { "Name": "Community" },
                "Components": [{ "Name": "runc", "Version": "1.1", "Details": { "GitCommit": "abc" } }],
            }),
            &["Server: Community", " runc:", "  GitCommit:       abc"],
            &["Go version"],
        );
    }

    #[test]
    fn a_wrong_template_is_named_by_its_command() {
        let check = |why: &str, want: &str| assert_eq!(wrong(64, why).text, want);
        check(
            "template: :1: unclosed action",
            "template parsing error: template: version:1: unclosed action",
        );
    }
}
