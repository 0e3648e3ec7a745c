//! `docker volume create`: a volume, with a name or without.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::values;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};
use docker::LABEL;

static FLAGS: &[Flag] = &[
    flag("driver", "string", "Driver of the volume (default \"local\")").short('d'),
    flag("label", "list", "Set a label").check(values::label),
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

/// What the engine is asked for.
///
/// # Errors
/// Two names.
fn body(given: &Parsed, lab: &str) -> Result<Value, Fail> {
    let name = match (given.text("name"), given.args.first()) {
        (Some(_), Some(_)) => return Err(Fail::new(1, TWO_NAMES)),
        (Some(name), None) => name,
        (None, Some(name)) => name,
        (None, None) => "",
    };
    let mut labels = given.pairs("label");
    labels.insert(LABEL.to_owned(), Value::from(lab));
    Ok(json!({
        "Name": name,
        "Driver": given.get("driver").unwrap_or("local"),
        "DriverOpts": given.pairs("opt"),
        "Labels": labels,
    }))
}

fn create(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let body = body(given, cx.lab())?;
    let engine = cx.engine()?;
    let made = cx.wait(engine.post_json("/volumes/create", Some(&body)))?;
    let name = made.get("Name").and_then(Value::as_str).unwrap_or_default();
    cx.out(format!("{name}\n"));
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use command_line::flags;

    #[test]
    fn flags_become_a_body() {
        let check = |line: &str, want: Result<Value, &str>| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let given = flags::parse(&words, &[FLAGS], true).expect("flags");
            let found = body(&given, "lab").map_err(|fail| fail.text);
            assert_eq!(found, want.map_err(str::to_owned), "{line}");
        };
        let made = |name: &str, driver: &str, options: Value, labels: Value| {
            let mut all = labels;
            all[LABEL] = "lab".into();
            Ok(json!({ "Name": name, "Driver": driver, "DriverOpts": options, "Labels": all }))
        };
        check("", made("", "local", json!({}), json!({})));
        check("data", made("data", "local", json!({}), json!({})));
        check("--name data", made("data", "local", json!({}), json!({})));
        check("--name data other", Err(TWO_NAMES));
        check(
            "-d nfs -o type=nfs -o ro --label a=1 --label b x",
            made("x", "nfs", json!({"type": "nfs", "ro": ""}), json!({"a": "1", "b": ""})),
        );
        // The lab's own label cannot be said otherwise.
        check(&format!("--label {LABEL}=other x"), made("x", "local", json!({}), json!({})));
    }
}
