//! `docker search`: images on the Docker Hub, or at a registry that can be searched.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::reference;
use crate::registry::header;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, int, switch};
use command_line::text::ellipsis;
use docker::{Body, Engine, Method};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (is-official=true, stars=3)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    flag("limit", "int", "How many to show at most").check(int),
    switch("no-trunc", "Show everything in full"),
];

pub(crate) static VERB: Verb = Verb {
    group: "",
    name: "search",
    aliases: &[],
    top: Some("search"),
    usage: "[OPTIONS] TERM",
    about: "Search Docker Hub for images",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: always,
    run: search,
};

static HEADINGS: &[(&str, &str)] = &[
    ("Name", "NAME"),
    ("Description", "DESCRIPTION"),
    ("StarCount", "STARS"),
    ("IsOfficial", "OFFICIAL"),
];

fn search(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let term = given.args[0].as_str();
    let filters = filters::given(given);
    if filters.contains_key("is-automated") {
        cx.complain(
            "WARNING: the \"is-automated\" filter is deprecated, and searching for \"is-automated=true\" will not yield any results in future.",
        );
    }
    let mut path = format!("/images/search?term={}", Engine::escape(term));
    if let Some(limit) = given.number("limit").filter(|n| *n > 0) {
        let _ = write!(path, "&limit={limit}");
    }
    if !filters.is_empty() {
        let _ = write!(path, "&filters={}", Engine::escape(&json!(filters).to_string()));
    }
    // Whoever is known at the registry that is searched says so.
    let headers = match reference::parse(term) {
        Ok(image) => header::of_image(cx, &image),
        Err(_) => Vec::new(),
    };
    let engine = cx.engine()?;
    let mut answer = cx.wait(engine.stream(Method::GET, &path, &headers, Body::Empty))?;
    let found = cx.wait(answer.message())?.unwrap_or_default();
    let format = given.text("format");
    let in_table = format.is_none_or(|f| f.starts_with("table"));
    let full = given.is("no-trunc");
    let found = found.as_array().into_iter().flatten();
    // The engine's order, which is the registry's.
    let rows: Vec<Row> = found.map(|image| row(image, in_table, full)).collect();
    let listing = Listing {
        type_name: "*registry.searchContext",
        headings: HEADINGS,
        columns: vec!["Name", "Description", "StarCount", "IsOfficial"],
        unreadable: "template parsing error",
    };
    format::print(cx, format, &listing, &rows)?;
    Ok(0)
}

fn row(image: &Value, in_table: bool, full: bool) -> Row {
    let text = |key: &str| image.get(key).and_then(Value::as_str).unwrap_or_default();
    let stars = image.get("star_count").and_then(Value::as_i64).unwrap_or_default();
    let official = image.get("is_official").and_then(Value::as_bool).unwrap_or_default();
    // A description is one line, whatever the registry sends.
    let said = text("description").replace(['\n', '\r'], " ");
    Row::of(json!({
        "Description": if full { said } else { ellipsis(&said, 45) },
        "IsOfficial": match (in_table, official) {
            (true, true) => "[OK]",
            (true, false) => "",
            (false, true) => "true",
            (false, false) => "false",
        },
        "Name": text("name"),
        "StarCount": stars.to_string(),
    }))
}
