//! Listings: tables, JSON lines and templates.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::cx::{Cx, Fail};
use command_line::duration;
use command_line::flags::Parsed;
use command_line::json;
use command_line::table;
use command_line::template::{Data, Shape, Template};

/// One line of a listing: what its columns and templates may name.
pub(super) struct Row {
    pub(super) fields: Map<String, Value>,
    /// For `.Label "name"`.
    pub(super) labels: BTreeMap<String, String>,
}

impl Row {
    /// A row of these fields; they are an object's.
    pub(super) fn new(fields: Value, labels: BTreeMap<String, String>) -> Self {
        let Value::Object(fields) = fields else { unreachable!("the fields are an object") };
        Self { fields, labels }
    }

    /// A row of these fields, which has no labels.
    pub(super) fn of(fields: Value) -> Self {
        Self::new(fields, BTreeMap::new())
    }

    /// A field that is text.
    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A kind of listing.
pub(super) struct Listing {
    /// The client's type, for the message about a field that does not exist.
    pub(super) type_name: &'static str,
    /// The heading of each field.
    pub(super) headings: &'static [(&'static str, &'static str)],
    /// The fields of the default table.
    pub(super) columns: Vec<&'static str>,
    /// What the message begins with when the template cannot be read.
    pub(super) unreadable: &'static str,
}

/// Prints rows as `--format` asks.
///
/// # Errors
/// What is wrong with the template.
pub(super) fn print(
    cx: &mut Cx<'_, '_>,
    format: Option<&str>,
    listing: &Listing,
    rows: &[Row],
) -> Result<(), Fail> {
    let text = render(format, listing, rows)?;
    cx.out(text);
    Ok(())
}

/// Rows as `--format` asks: nothing or `table` for the table, `table TEMPLATE`, `json`, or a
/// template for each row.
///
/// # Errors
/// What is wrong with the template.
pub(super) fn render(
    format: Option<&str>,
    listing: &Listing,
    rows: &[Row],
) -> Result<String, Fail> {
    let given = format.unwrap_or("table");
    let format = given.trim_matches(' ');
    match format {
        "table" | "" => {
            let mut lines = vec![listing.columns.iter().map(|c| heading(listing, c)).collect()];
            lines.extend(rows.iter().map(|row| {
                listing.columns.iter().map(|c| row.text(c).to_owned()).collect::<Vec<_>>()
            }));
            Ok(table::tabbed(&lines, 10, 3))
        }
        "raw" if given == "raw" && raw_of(listing.type_name).is_some() => Ok(raw(listing, rows)),
        "json" => {
            let line = |row: &Row| json::compact(&Value::Object(row.fields.clone()), true) + "\n";
            Ok(rows.iter().map(line).collect())
        }
        _ => templates(format, listing, rows),
    }
}

/// A field of `--format raw`: its name there, its name elsewhere, and whether nothing, not even a
/// space, stands behind the colon while it is empty.
type RawField = (&'static str, &'static str, bool);

/// The listings that have a `--format raw`. What is shown alone with `--quiet` comes first.
const RAW: &[(&str, &[RawField])] = &[
    (
        "*formatter.ContainerContext",
        &[
            ("container_id", "ID", false),
            ("image", "Image", false),
            ("command", "Command", false),
            ("created_at", "CreatedAt", false),
            ("state", "State", true),
            ("status", "Status", true),
            ("names", "Names", false),
            ("labels", "Labels", true),
            ("ports", "Ports", true),
            ("size", "Size", false),
        ],
    ),
    (
        "*formatter.imageContext",
        &[
            ("image_id", "ID", false),
            ("repository", "Repository", false),
            ("tag", "Tag", false),
            ("digest", "Digest", false),
            ("image_id", "ID", false),
            ("created_at", "CreatedAt", false),
            ("virtual_size", "Size", false),
        ],
    ),
    ("*formatter.volumeContext", &[("name", "Name", false), ("driver", "Driver", false)]),
    (
        "*network.networkContext",
        &[
            ("network_id", "ID", false),
            ("name", "Name", false),
            ("driver", "Driver", false),
            ("scope", "Scope", false),
        ],
    ),
    (
        "*formatter.diskUsageImagesContext",
        &[
            ("type", "Type", false),
            ("total", "TotalCount", false),
            ("active", "Active", false),
            ("size", "Size", false),
            ("reclaimable", "Reclaimable", false),
        ],
    ),
    (
        "*node.nodeContext",
        &[
            ("node_id", "ID", false),
            ("hostname", "Hostname", false),
            ("status", "Status", false),
            ("availability", "Availability", false),
            ("manager_status", "ManagerStatus", false),
        ],
    ),
    (
        "*service.serviceContext",
        &[
            ("id", "ID", false),
            ("name", "Name", false),
            ("mode", "Mode", false),
            ("replicas", "Replicas", false),
            ("image", "Image", false),
            ("ports", "Ports", false),
        ],
    ),
    (
        "*task.taskContext",
        &[
            ("id", "ID", false),
            ("name", "Name", false),
            ("image", "Image", false),
            ("node", "Node", false),
            ("desired_state", "DesiredState", false),
            ("current_state", "CurrentState", false),
            ("error", "Error", false),
            ("ports", "Ports", false),
        ],
    ),
];

fn raw_of(type_name: &str) -> Option<&'static [RawField]> {
    RAW.iter().find(|(name, _)| *name == type_name).map(|(_, fields)| *fields)
}

/// What `--format` asks for: with `--quiet`, `raw` is one field.
pub(super) fn wanted<'a>(
    format: Option<&'a str>,
    quiet: bool,
    type_name: &str,
) -> Option<Cow<'a, str>> {
    match (format, raw_of(type_name)) {
        (Some("raw"), Some([(name, field, _), ..])) if quiet => {
            Some(format!("{name}: {{{{.{field}}}}}").into())
        }
        _ => format.map(Into::into),
    }
}

/// Rows as `--format raw` shows them: a line for each field, and an empty one behind each row.
fn raw(listing: &Listing, rows: &[Row]) -> String {
    // What a flag adds to the table is added here, too; an image's id is first for `--quiet` alone.
    let shown = |(_, field, _): &&RawField| {
        !matches!(*field, "Digest") && !matches!(*field, "Size") || listing.columns.contains(field)
    };
    let fields = raw_of(listing.type_name).unwrap_or_default();
    let twice = fields.len() > 1 && fields[1..].iter().any(|f| f.1 == fields[0].1);
    let fields = &fields[usize::from(twice)..];
    let mut out = String::new();
    for row in rows {
        for (name, field, close) in fields.iter().filter(shown) {
            let value = row.text(field);
            let space = if *close && value.is_empty() { "" } else { " " };
            let _ = writeln!(out, "{name}:{space}{value}");
        }
        out.push('\n');
    }
    out
}

/// [`print`], or with `--quiet` one field of each row; a format that is no table comes first.
///
/// # Errors
/// As [`print`].
pub(super) fn print_or_quiet(
    cx: &mut Cx<'_, '_>,
    given: &Parsed,
    field: &str,
    listing: &Listing,
    rows: &[Row],
) -> Result<u8, Fail> {
    let format = wanted(given.text("format"), given.is("quiet"), listing.type_name);
    let format = format.as_deref();
    if given.is("quiet") && format.is_none_or(|f| f == "table") {
        for row in rows {
            cx.out(format!("{}\n", row.text(field)));
        }
        return Ok(0);
    }
    print(cx, format, listing, rows)?;
    Ok(0)
}

fn templates(format: &str, listing: &Listing, rows: &[Row]) -> Result<String, Fail> {
    let fail = |head: &str, why: String| Fail::new(1, format!("{head}: {why}"));
    Template::parse(format).map_err(|why| fail(listing.unreadable, why))?;
    let in_table = format.strip_prefix("table").filter(|rest| rest.starts_with([' ', '\\']));
    let body = in_table.map_or(format, |rest| rest.trim_start_matches(' '));
    let body = body.replace("\\t", "\t").replace("\\n", "\n");
    let template = Template::parse(&body).map_err(|why| fail("template parsing error", why))?;
    let mut text = String::new();
    let failed = |why| {
        let checked_first = listing.unreadable == "failed to parse template";
        fail(
            if checked_first { "failed to execute template" } else { "template parsing error" },
            why,
        )
    };
    if in_table.is_some() {
        let names = listing.headings.iter().map(|(f, h)| ((*f).to_owned(), Value::from(*h)));
        let headings = Value::Object(names.collect());
        let label =
            |name: &str| name.rsplit('.').next().unwrap_or_default().replace(['-', '_'], " ");
        let data = Data {
            value: &headings,
            type_name: Some(listing.type_name),
            methods: &[("Label", &label)],
            shape: &Shape::Any,
        };
        text.push_str(&template.apply(&data).map_err(failed)?);
        text.push('\n');
    }
    for row in rows {
        let value = Value::Object(row.fields.clone());
        let label = |name: &str| row.labels.get(name).cloned().unwrap_or_default();
        let data = Data {
            value: &value,
            type_name: Some(listing.type_name),
            methods: &[("Label", &label)],
            shape: &Shape::Any,
        };
        text.push_str(&template.apply(&data).map_err(failed)?);
        text.push('\n');
    }
    if in_table.is_some() {
        let lines: Vec<Vec<String>> =
            text.lines().map(|l| l.split('\t').map(str::to_owned).collect()).collect();
        text = table::tabbed(&lines, 10, 3);
    }
    Ok(text)
}

fn heading(listing: &Listing, field: &str) -> String {
    let found = listing.headings.iter().find(|(f, _)| *f == field);
    found.map_or(field, |(_, heading)| heading).to_owned()
}

/// `2026-11-22 11:31:55 +0000 UTC`, the time of a listing.
pub(super) fn created_at(seconds: i64) -> String {
    base::Time(seconds.saturating_mul(1000)).format("%Y-%m-%d %H:%M:%S +0000 UTC")
}

/// `2 minutes ago` for a time as the API spells it, by the machine's clock.
pub(super) fn ago_since(time: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or_default();
    let then = base::Time::parse_iso(time).unwrap_or_default();
    duration::words((now - then.0).div_euclid(1000)) + " ago"
}

/// [`ago_since`] in the middle of a sentence.
pub(super) fn ago_lower(time: &str) -> String {
    ago_since(time).to_lowercase()
}

/// The labels in an answer of the engine.
pub(super) fn labels(found: Option<&Value>) -> BTreeMap<String, String> {
    let pair = |(k, v): (&String, &Value)| (k.clone(), v.as_str().unwrap_or_default().to_owned());
    found.and_then(Value::as_object).map(|l| l.iter().map(pair).collect()).unwrap_or_default()
}

/// `a=b,c=d`
pub(super) fn pairs(labels: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    pairs.join(",")
}

/// `2 minutes ago`, by the machine's clock.
pub(super) fn ago(seconds: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.ok().and_then(|d| i64::try_from(d.as_secs()).ok()).unwrap_or_default();
    duration::words(now - seconds) + " ago"
}
