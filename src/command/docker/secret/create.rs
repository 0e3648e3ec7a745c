//! `docker secret create` and `docker config create`: from a file or from standard input.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::cx::{Cx, Fail};
use crate::service::label_map;
use crate::values;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};
use docker::swarm::Stored;

/// The most bytes that the client reads of a file.
const BYTES_MAX: usize = 1_000 << 10;

static COMMON: &[Flag] = &[
    flag("label", "list", "Set a label").short('l').check(values::label),
    flag("template-driver", "string", "What fills its template in"),
];

static DRIVER: &[Flag] = &[flag("driver", "string", "Who keeps the secret").short('d')];

pub(crate) static SECRET: Verb = Verb {
    group: "secret",
    name: "create",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SECRET [file|-]",
    about: "Create a secret from a file or STDIN as content",
    flags: &[COMMON, DRIVER],
    args: Args::Between(1, 2),
    interspersed: true,
    looks: never,
    run: |cx, given| create(cx, given, Stored::Secret),
};

pub(crate) static CONFIG: Verb = Verb {
    group: "config",
    name: "create",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] CONFIG file|-",
    about: "Create a config from a file or STDIN",
    flags: &[COMMON],
    args: Args::Exactly(2),
    interspersed: true,
    looks: never,
    run: |cx, given| create(cx, given, Stored::Config),
};

fn create(cx: &mut Cx<'_, '_>, given: &Parsed, kind: Stored) -> Result<u8, Fail> {
    let file = given.args.get(1).map(String::as_str);
    let driver = given.text("driver");
    let mut spec = json!({ "Name": given.args[0], "Labels": label_map(cx, given.all("label")) });
    match (driver, file) {
        (Some(driver), None) => spec["Driver"] = json!({ "Name": driver }),
        (Some(_), Some(_)) => {
            return Err(Fail::new(1, "When using secret driver secret data must be empty"));
        }
        (None, None) => return Err(Fail::new(1, "secret file is required")),
        (None, Some(file)) => {
            let data = read(cx, file).map_err(|why| {
                let why = match kind {
                    Stored::Secret => why,
                    Stored::Config => format!("Error reading content from {file:?}: {why}"),
                };
                Fail::new(1, why)
            })?;
            spec["Data"] = BASE64_STANDARD.encode(data).into();
        }
    }
    if let Some(driver) = given.text("template-driver") {
        spec["Templating"] = json!({ "Name": driver });
    }
    let engine = cx.engine()?;
    let id = cx.wait(engine.stored_create(kind, &spec))?;
    cx.out(id + "\n");
    Ok(0)
}

/// The bytes of a file, or of standard input for `-`; there must be some.
fn read(cx: &mut Cx<'_, '_>, file: &str) -> Result<Vec<u8>, String> {
    let name = if file == "-" { "STDIN" } else { file };
    let mut data = Vec::new();
    let outcome = if file == "-" {
        cx.host.stdin.read_to_end(&mut data).map(drop)
    } else {
        std::fs::read(cx.host.cwd.join(file)).map(|read| data = read)
    };
    if let Err(error) = outcome {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => format!("open {file}: no such file or directory"),
            std::io::ErrorKind::PermissionDenied => format!("open {file}: permission denied"),
            std::io::ErrorKind::IsADirectory => format!("read {file}: is a directory"),
            _ => error.to_string(),
        };
        return Err(format!("error reading from {name}: {why}"));
    }
    if data.is_empty() {
        return Err(format!("error reading from {name}: data is empty"));
    }
    if data.len() > BYTES_MAX {
        return Err(format!("error reading from {name}: data is too long"));
    }
    Ok(data)
}
