//! `docker volume ls`: the volumes of the engine.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::size;
use command_line::text::natural;

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (dangling=true, name=data, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("quiet", "Show names alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "volume",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List volumes",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: ls,
};

pub(crate) static HEADINGS: &[(&str, &str)] = &[
    ("Name", "VOLUME NAME"),
    ("Driver", "DRIVER"),
    ("Scope", "SCOPE"),
    ("Labels", "LABELS"),
    ("Links", "LINKS"),
    ("Size", "SIZE"),
    ("Mountpoint", "MOUNTPOINT"),
    ("Availability", "AVAILABILITY"),
    ("Group", "GROUP"),
    ("Status", "STATUS"),
];

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let listing = Listing {
        type_name: "*formatter.volumeContext",
        headings: HEADINGS,
        columns: vec!["Driver", "Name"],
        unreadable: "template parsing error",
    };
    let engine = cx.engine()?;
    let found = cx.wait(engine.volumes(&filters::given(given)))?;
    let mut rows: Vec<Row> = found.iter().map(row).collect();
    rows.sort_by(|a, b| natural(a.text("Name"), b.text("Name")));
    format::print_or_quiet(cx, given, "Name", &listing, &rows)
}

/// What a listing says of a volume. How much it holds and who uses it is known only where the
/// engine counted that; the three columns of a swarm's own volumes (CSI) stay unknown.
pub(crate) fn row(volume: &Value) -> Row {
    let text = |path: &str| volume.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let unknown = || "N/A".to_owned();
    let usage = |path: &str| volume.pointer(path).and_then(Value::as_i64);
    let links = usage("/UsageData/RefCount").map_or_else(unknown, |n| n.to_string());
    let size = usage("/UsageData/Size").and_then(|n| u64::try_from(n).ok());
    let labels = format::labels(volume.get("Labels"));
    let fields = json!({
        "Availability": unknown(),
        "Driver": text("/Driver"),
        "Group": unknown(),
        "Labels": format::pairs(&labels),
        "Links": links,
        "Mountpoint": text("/Mountpoint"),
        "Name": text("/Name"),
        "Scope": text("/Scope"),
        "Size": size.map_or_else(unknown, |n| size::decimal(n, 4)),
        "Status": unknown(),
    });
    Row::new(fields, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_did_not_count_is_unknown() {
        let check = |volume: Value, field: &str, want: &str| {
            assert_eq!(row(&volume).text(field), want, "{field} of {volume}");
        };
        let counted = json!({ "Name": "a", "UsageData": { "RefCount": 2, "Size": 1_500_000 } });
        check(counted.clone(), "Links", "2");
        check(counted, "Size", "1.5MB");
        check(json!({ "Name": "a" }), "Links", "N/A");
        check(json!({ "UsageData": { "RefCount": -1, "Size": -1 } }), "Size", "N/A");
        check(json!({ "Name": "a", "Driver": "local" }), "Driver", "local");
        check(json!({ "Labels": { "b": "2", "a": "1" } }), "Labels", "a=1,b=2");
        check(json!({ "Labels": null }), "Labels", "");
        check(json!({}), "Group", "N/A");
    }
}
