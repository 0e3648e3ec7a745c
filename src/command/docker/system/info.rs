//! `docker info`: the engine's settings and counts.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::shapes;
use crate::template::data;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag};
use command_line::json;
use command_line::size;
use command_line::template::{Member, Shape, Struct, Template};
use docker::models::SystemInfo;

static FLAGS: &[Flag] = &[flag("format", "string", "'json', or a Go template").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "system",
    name: "info",
    aliases: &[],
    top: Some("info"),
    usage: "[OPTIONS]",
    about: "Display system-wide information",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: info,
};

fn info(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let format = given.text("format");
    let template = match format {
        None | Some("json") => None,
        Some(text) => Some(
            Template::parse(text)
                .map_err(|why| Fail::new(64, format!("template parsing error: {why}")))?,
        ),
    };
    let version = format!("{} (distlab)", env!("CARGO_PKG_VERSION"));
    let asked = cx.engine().and_then(|engine| cx.wait(engine.get_json("/info")));
    if format.is_none() {
        cx.out(format!(
            "Client:\n Version:    {version}\n Context:    default\n Debug Mode: false\n\nServer:\n"
        ));
    }
    let mut info = asked?;
    match (format, template) {
        (None, _) => {
            let page = page(&info);
            cx.out(page);
            for warning in list(&info, "/Warnings") {
                cx.complain(warning);
            }
        }
        (Some(_), None) => {
            add_client(&mut info, &version);
            cx.out(json::compact(&info, false) + "\n");
        }
        (_, Some(template)) => {
            add_client(&mut info, &version);
            let shape = shape();
            let mut line = String::new();
            let done = template.apply_to(&mut line, &data(&info, &shape));
            // The client has printed what stands before the mistake.
            cx.out(line + "\n");
            done.map_err(|why| Fail::new(1, why))?;
        }
    }
    Ok(0)
}

/// The engine's answer with what the client adds to it.
fn shape() -> Shape {
    let list = || Shape::List(Shape::Any.into());
    let client = [
        ("Debug", Shape::Bool),
        ("Version", Shape::Text),
        ("Context", Shape::Text),
        ("Plugins", list()),
        ("Warnings", list()),
    ];
    let client = client.map(|(name, shape)| Member::plain(name, shape)).into();
    let client = Struct { name: "system.clientInfo".to_owned(), fields: client };
    let client = Shape::Pointer(Shape::Struct(client.into()).into());
    let added = [("ClientInfo", client), ("ServerErrors", list())];
    shapes::with(
        shapes::of::<SystemInfo>(),
        added.map(|(name, shape)| Member::plain(name, shape)).into(),
    )
}

fn add_client(info: &mut Value, version: &str) {
    if let Value::Object(fields) = info {
        fields.insert("ClientInfo".into(), json!({ "Version": version, "Context": "default" }));
    }
}

fn list<'a>(info: &'a Value, path: &str) -> Vec<&'a str> {
    let items = info.pointer(path).and_then(Value::as_array);
    items.map(|i| i.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// A value as the page prints it.
fn shown(info: &Value, path: &str) -> String {
    match info.pointer(path) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn page(info: &Value) -> String {
    let mut page = String::new();
    let line = |page: &mut String, name: &str, path: &str| {
        let _ = writeln!(page, " {name}: {}", shown(info, path));
    };
    for (name, path) in [
        ("Containers", "/Containers"),
        (" Running", "/ContainersRunning"),
        (" Paused", "/ContainersPaused"),
        (" Stopped", "/ContainersStopped"),
        ("Images", "/Images"),
        ("Server Version", "/ServerVersion"),
        ("Storage Driver", "/Driver"),
    ] {
        line(&mut page, name, path);
    }
    for pair in info.pointer("/DriverStatus").and_then(Value::as_array).into_iter().flatten() {
        let _ = writeln!(page, "  {}: {}", shown(pair, "/0"), shown(pair, "/1"));
    }
    line(&mut page, "Logging Driver", "/LoggingDriver");
    line(&mut page, "Cgroup Driver", "/CgroupDriver");
    line(&mut page, "Cgroup Version", "/CgroupVersion");
    plugins(&mut page, info);
    line(&mut page, "Swarm", "/Swarm/LocalNodeState");
    let runtimes = info.pointer("/Runtimes").and_then(Value::as_object);
    let mut names: Vec<&str> =
        runtimes.map(|r| r.keys().map(String::as_str).collect()).unwrap_or_default();
    names.sort_unstable();
    let _ = writeln!(page, " Runtimes: {}", names.join(" "));
    for (name, path) in [
        ("Default Runtime", "/DefaultRuntime"),
        ("Init Binary", "/InitBinary"),
        ("containerd version", "/ContainerdCommit/ID"),
        ("runc version", "/RuncCommit/ID"),
        ("init version", "/InitCommit/ID"),
    ] {
        line(&mut page, name, path);
    }
    security(&mut page, info);
    for (name, path) in [
        ("Kernel Version", "/KernelVersion"),
        ("Operating System", "/OperatingSystem"),
        ("OSType", "/OSType"),
        ("Architecture", "/Architecture"),
        ("CPUs", "/NCPU"),
    ] {
        line(&mut page, name, path);
    }
    let memory = info.pointer("/MemTotal").and_then(Value::as_u64).unwrap_or_default();
    let _ = writeln!(page, " Total Memory: {}", size::binary(memory));
    for (name, path) in [
        ("Name", "/Name"),
        ("ID", "/ID"),
        ("Docker Root Dir", "/DockerRootDir"),
        ("Debug Mode", "/Debug"),
        ("Experimental", "/ExperimentalBuild"),
    ] {
        line(&mut page, name, path);
    }
    let insecure = list(info, "/RegistryConfig/InsecureRegistryCIDRs");
    if !insecure.is_empty() {
        let _ = writeln!(page, " Insecure Registries:\n  {}", insecure.join("\n  "));
    }
    line(&mut page, "Live Restore Enabled", "/LiveRestoreEnabled");
    page.push('\n');
    page
}

fn plugins(page: &mut String, info: &Value) {
    page.push_str(" Plugins:\n");
    for kind in ["Volume", "Network", "Authorization", "Log"] {
        let plugins = list(info, &format!("/Plugins/{kind}"));
        if !plugins.is_empty() {
            let _ = writeln!(page, "  {kind}: {}", plugins.join(" "));
        }
    }
}

/// `name=seccomp,profile=default` on two lines.
fn security(page: &mut String, info: &Value) {
    let options = list(info, "/SecurityOptions");
    if options.is_empty() {
        return;
    }
    page.push_str(" Security Options:\n");
    for option in options {
        for part in option.split(',') {
            let (key, value) = part.split_once('=').unwrap_or(("name", part));
            if key == "name" {
                let _ = writeln!(page, "  {value}");
            } else {
                let mut name = key.to_owned();
                if let Some(first) = name.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                let _ = writeln!(page, "   {name}: {value}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_the_engine_says() {
        let check = |info: Value, want: &[&str], none: &[&str]| {
            let page = page(&info);
            for line in want {
                assert!(page.lines().any(|l| l == *line), "{line:?} is not in:\n{page}");
            }
            for word in none {
                assert!(!page.contains(word), "{word:?} is in:\n{page}");
            }
        };
        check(json!({}), &[" Containers: ", " Total Memory: 0B"], &["Security", "Insecure"]);
        check(
            json!({ "Containers": 3, "ContainersRunning": 2, "ServerVersion": "20.10" }),
            &[" Containers: 3", "  Running: 2", " Server Version: 20.10"],
            &[],
        );
        check(
            json!({ "DriverStatus": [["Backing Filesystem", "extfs"]], "MemTotal": 2_147_483_648_u64 }),
            &["  Backing Filesystem: extfs", " Total Memory: 2GiB"],
            &[],
        );
        check(
            json!({ "Plugins": { "Log": ["json-file", "syslog"], "Volume": [], "Network": ["bridge"] } }),
            &["  Log: json-file syslog", "  Network: bridge"],
            &["  Volume:"],
        );
        check(json!({ "Runtimes": { "runc": {}, "io": {} } }), &[" Runtimes: io runc"], &[]);
        check(
            json!({ "SecurityOptions": ["name=seccomp,profile=default", "name=cgroupns"] }),
            &[" Security Options:", "  seccomp", "   Profile: default", "  cgroupns"],
            &[],
        );
        check(
            json!({ "RegistryConfig": { "InsecureRegistryCIDRs": ["127.0.0.0/8"] } }),
            &[" Insecure Registries:", "  127.0.0.0/8"],
            &[],
        );
    }

    #[test]
    fn the_client_stands_in_it_too() {
        let mut info = json!({ "Name": "here" });
        add_client(&mut info, "1.0");
        assert_eq!(info["ClientInfo"]["Version"], "1.0");
        let mut none = Value::Null;
        add_client(&mut none, "1.0");
        assert_eq!(none, Value::Null);
    }
}
