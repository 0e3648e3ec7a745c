//! `docker history`: the layers of an image and what made each.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::size;
use command_line::text::ellipsis;
use docker::text;

static FLAGS: &[Flag] = &[
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("human", "Sizes and dates for people (default true)").short('H'),
    switch("no-trunc", "Show everything in full"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "history",
    aliases: &[],
    top: Some("history"),
    usage: "[OPTIONS] IMAGE",
    about: "Show the history of an image",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: always,
    run: history,
};

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "IMAGE"),
    ("CreatedSince", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("CreatedBy", "CREATED BY"),
    ("Size", "SIZE"),
    ("Comment", "COMMENT"),
];

fn history(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let human = given.is_unless_off("human");
    let engine = cx.engine()?;
    let found = cx.wait(engine.history(&given.args[0]))?;
    let full = given.is("no-trunc");
    let when = if human { "CreatedSince" } else { "CreatedAt" };
    let listing = Listing {
        type_name: "*formatter.historyContext",
        headings: HEADINGS,
        columns: vec!["ID", when, "CreatedBy", "Size", "Comment"],
        unreadable: "template parsing error",
    };
    let rows: Vec<Row> = found.iter().map(|layer| row(layer, full, human)).collect();
    let format = given.get("format");
    if given.is("quiet") && format.is_none_or(|f| f == "table") {
        for row in rows {
            cx.out(format!("{}\n", row.fields.get("ID").and_then(Value::as_str).unwrap_or("")));
        }
        return Ok(0);
    }
    format::print(cx, format, &listing, &rows)?;
    Ok(0)
}

fn row(layer: &Value, full: bool, human: bool) -> Row {
    let string = |key: &str| layer.get(key).and_then(Value::as_str).unwrap_or("");
    let created = layer.get("Created").and_then(Value::as_i64).unwrap_or_default();
    let size = layer.get("Size").and_then(Value::as_u64).unwrap_or_default();
    let made = string("CreatedBy").replace('\t', " ");
    let id = string("Id");
    let fields = json!({
        "Comment": string("Comment"),
        "CreatedAt": base::Time(created.saturating_mul(1000)).iso_secs(),
        "CreatedBy": if full { made } else { ellipsis(&made, 45) },
        "CreatedSince": if human {
            format::ago(created)
        } else {
            base::Time(created.saturating_mul(1000)).iso_secs()
        },
        "ID": if full { id } else { text::short_id(id) },
        "Size": if human { size::decimal(size, 3) } else { size.to_string() },
    });
    let Value::Object(fields) = fields else { unreachable!("an object was just made") };
    Row { fields, labels: std::collections::BTreeMap::default() }
}
