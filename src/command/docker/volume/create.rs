//! `docker volume create`: a volume, with a name or without.

use serde_json::{Value, json};

use crate::cli::{Flag, Parsed, flag, label};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use docker::LABEL;

static FLAGS: &[Flag] = &[
    flag("driver", "string", "Driver of the volume (default \"local\")").short('d'),
    flag("label", "list", "Set a label").check(label),
    flag("name", "string", "Its name (older spelling)"),
    flag("opt", "map", "Option of the driver").short('o'),
];

pub(crate) static VERB: Verb = Verb {
    group: "volume",
    name: "create",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [VOLUME]",
    about: "Create a volume",
    flags: &[FLAGS],
    args: Args::AtMost(1),
    interspersed: true,
    looks: never,
    run: create,
};

const TWO_NAMES: &str =
    "conflicting options: cannot specify a volume-name through both --name and as a positional arg";

fn create(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let name = match (given.text("name"), given.args.first()) {
        (Some(_), Some(_)) => return Err(Fail::new(1, TWO_NAMES)),
        (Some(name), None) => name,
        (None, Some(name)) => name,
        (None, None) => "",
    };
    let mut labels = given.pairs("label");
    labels.insert(LABEL.to_owned(), Value::from(cx.lab()));
    let body = json!({
        "Name": name,
        "Driver": given.get("driver").unwrap_or("local"),
        "DriverOpts": given.pairs("opt"),
        "Labels": labels,
    });
    let engine = cx.engine()?;
    let made = cx.wait(engine.post_json("/volumes/create", Some(&body)))?;
    let name = made.get("Name").and_then(Value::as_str).unwrap_or_default();
    cx.out(format!("{name}\n"));
    Ok(0)
}
