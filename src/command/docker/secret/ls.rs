//! `docker secret ls` and `docker config ls`.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row, ago_since};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::natural;
use docker::swarm::{Stored, text};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (name=key, label=x, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(crate) static SECRET: Verb = Verb {
    group: "secret",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List secrets",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: |cx, given| ls(cx, given, Stored::Secret),
};

pub(crate) static CONFIG: Verb = Verb {
    group: "config",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List configs",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: |cx, given| ls(cx, given, Stored::Config),
};

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "ID"),
    ("Name", "NAME"),
    ("Driver", "DRIVER"),
    ("CreatedAt", "CREATED"),
    ("UpdatedAt", "UPDATED"),
    ("Labels", "LABELS"),
];

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed, kind: Stored) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let mut found = cx.wait(engine.stored(kind, &filters::given(given)))?;
    found.sort_by(|a, b| natural(text(a, "/Spec/Name"), text(b, "/Spec/Name")));
    let format = given.text("format");
    if given.is("quiet") && format.is_none_or(|f| f == "table") {
        for thing in &found {
            cx.out(format!("{}\n", text(thing, "/ID")));
        }
        return Ok(0);
    }
    let (type_name, columns) = match kind {
        Stored::Secret => {
            ("*secret.secretContext", vec!["ID", "Name", "Driver", "CreatedAt", "UpdatedAt"])
        }
        Stored::Config => ("*config.configContext", vec!["ID", "Name", "CreatedAt", "UpdatedAt"]),
    };
    let listing =
        Listing { type_name, headings: HEADINGS, columns, unreadable: "template parsing error" };
    let rows: Vec<Row> = found.iter().map(|thing| row(kind, thing)).collect();
    format::print(cx, format, &listing, &rows)?;
    Ok(0)
}

fn row(kind: Stored, thing: &Value) -> Row {
    let labels: std::collections::BTreeMap<String, String> = thing
        .pointer("/Spec/Labels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let listed: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let mut fields = serde_json::Map::new();
    let mut set = |field: &str, value: &str| fields.insert(field.to_owned(), json!(value));
    set("CreatedAt", &ago_since(text(thing, "/CreatedAt")));
    if kind == Stored::Secret {
        set("Driver", text(thing, "/Spec/Driver/Name"));
    }
    set("ID", text(thing, "/ID"));
    set("Labels", &listed.join(","));
    set("Name", text(thing, "/Spec/Name"));
    set("UpdatedAt", &ago_since(text(thing, "/UpdatedAt")));
    Row { fields, labels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_a_secret_is() {
        let thing = json!({
            "ID": "1", "Spec": { "Name": "key", "Labels": { "b": "2", "a": "" }, "Driver": { "Name": "vault" } },
        });
        let check = |kind: Stored, field: &str, want: Option<&str>| {
            let row = row(kind, &thing);
            assert_eq!(row.fields.get(field).and_then(Value::as_str), want, "{field}");
        };
        check(Stored::Secret, "Name", Some("key"));
        check(Stored::Secret, "Labels", Some("a=,b=2"));
        check(Stored::Secret, "Driver", Some("vault"));
        check(Stored::Config, "Driver", None);
    }
}
