//! `docker system df`: what the engine keeps, and what of it nothing uses.

use serde_json::{Map, Value, json};

use crate::cx::{Cx, Fail};
use crate::format::{self, Listing, Row};
use crate::template::data;
use crate::verb::{Args, Verb, always};
use crate::{container, volume};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::json;
use command_line::size;
use command_line::template::{Member, Shape, Struct, Template};
use command_line::text::natural;
use docker::models::ContainerSummary;
use docker::text;

static FLAGS: &[Flag] = &[
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("verbose", "Show each thing").short('v'),
];

pub(crate) static VERB: Verb = Verb {
    group: "system",
    name: "df",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Show docker disk usage",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: df,
};

static HEADINGS: &[(&str, &str)] = &[
    ("Type", "TYPE"),
    ("TotalCount", "TOTAL"),
    ("Active", "ACTIVE"),
    ("Size", "SIZE"),
    ("Reclaimable", "RECLAIMABLE"),
];

fn df(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let found = cx.wait(engine.get_json("/system/df"))?;
    let format = given.text("format");
    if given.is("verbose") {
        let text = verbose(&found, format)?;
        cx.out(text);
        return Ok(0);
    }
    let listing = Listing {
        type_name: "*formatter.diskUsageImagesContext",
        headings: HEADINGS,
        columns: vec!["Type", "TotalCount", "Active", "Size", "Reclaimable"],
        unreadable: "template parsing error",
    };
    let rows = [images(&found), containers(&found), volumes(&found), build_cache(&found)];
    format::print(cx, format, &listing, &rows)?;
    Ok(0)
}

fn list<'a>(found: &'a Value, kind: &str) -> &'a [Value] {
    found.get(kind).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A number that is not -1, which stands for unknown.
fn number(thing: &Value, path: &str) -> u64 {
    let found = thing.pointer(path).and_then(Value::as_i64);
    found.and_then(|n| u64::try_from(n).ok()).unwrap_or_default()
}

fn row(kind: &str, total: usize, active: usize, size: u64, free: &str) -> Row {
    let fields = json!({
        "Active": active.to_string(),
        "Reclaimable": free,
        "Size": size::decimal(size, 4),
        "TotalCount": total.to_string(),
        "Type": kind,
    });
    Row::new(fields, std::collections::BTreeMap::new())
}

/// `1.2MB (40%)`; without the part where there is nothing at all.
fn part(free: u64, whole: u64) -> String {
    let size = size::decimal(free, 4);
    match (free * 100).checked_div(whole) {
        Some(percent) => format!("{size} ({percent}%)"),
        None => size,
    }
}

fn images(found: &Value) -> Row {
    let all = list(found, "Images");
    let used = |i: &&Value| i.get("Containers").and_then(Value::as_i64).is_some_and(|n| n > 0);
    let whole = number(found, "/LayersSize");
    let kept: u64 = all
        .iter()
        .filter(used)
        .map(|i| number(i, "/Size").saturating_sub(number(i, "/SharedSize")))
        .sum();
    let active = all.iter().filter(used).count();
    row("Images", all.len(), active, whole, &part(whole.saturating_sub(kept), whole))
}

fn containers(found: &Value) -> Row {
    let all = list(found, "Containers");
    let active = |c: &&Value| {
        let state = c.get("State").and_then(Value::as_str).unwrap_or_default();
        ["running", "paused", "restarting"].contains(&state)
    };
    let whole = all.iter().map(|c| number(c, "/SizeRw")).sum();
    let kept: u64 = all.iter().filter(active).map(|c| number(c, "/SizeRw")).sum();
    let count = all.iter().filter(active).count();
    row("Containers", all.len(), count, whole, &part(whole - kept, whole))
}

fn volumes(found: &Value) -> Row {
    let all = list(found, "Volumes");
    let active = |v: &&Value| number(v, "/UsageData/RefCount") > 0;
    let whole = all.iter().map(|v| number(v, "/UsageData/Size")).sum();
    let kept: u64 = all.iter().filter(active).map(|v| number(v, "/UsageData/Size")).sum();
    let count = all.iter().filter(active).count();
    row("Local Volumes", all.len(), count, whole, &part(whole - kept, whole))
}

fn truth(thing: &Value, key: &str) -> bool {
    thing.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// Bytes of the build cache that images do not hold too.
fn cached(found: &Value, in_use_only: bool) -> u64 {
    let own = list(found, "BuildCache").iter().filter(|c| !truth(c, "Shared"));
    own.filter(|c| !in_use_only || truth(c, "InUse")).map(|c| number(c, "/Size")).sum()
}

fn build_cache(found: &Value) -> Row {
    let all = list(found, "BuildCache");
    let active = all.iter().filter(|c| truth(c, "InUse")).count();
    let whole = cached(found, false);
    let free = size::decimal(whole - cached(found, true), 4);
    row("Build Cache", all.len(), active, whole, &free)
}

/// Every single thing: four tables, or one object for `json` and templates.
fn verbose(found: &Value, format: Option<&str>) -> Result<String, Fail> {
    let full = format.is_some_and(|f| f != "table");
    let images: Vec<Row> = list(found, "Images").iter().map(|i| image(i, full)).collect();
    let containers: Vec<Row> = list(found, "Containers")
        .iter()
        .filter_map(|c| serde_json::from_value::<ContainerSummary>(c.clone()).ok())
        // What the images below them take is counted with the images.
        .map(|c| container::ls::row(ContainerSummary { size_root_fs: None, ..c }, full))
        .collect();
    let mut volumes: Vec<Row> = list(found, "Volumes").iter().map(volume::ls::row).collect();
    volumes.sort_by(|a, b| natural(a.text("Name"), b.text("Name")));
    let cache: Vec<Row> = list(found, "BuildCache").iter().map(|c| cache_row(c, full)).collect();
    if let Some(format) = format.filter(|f| *f != "table") {
        let objects = |rows: &[Row]| -> Value {
            rows.iter().map(|r| Value::Object(r.fields.clone())).collect()
        };
        let mut all = Map::new();
        let mut kinds = Vec::new();
        for (kind, context, rows) in [
            ("Images", "*formatter.imageContext", &images),
            ("Containers", "*formatter.ContainerContext", &containers),
            ("Volumes", "*formatter.volumeContext", &volumes),
            ("BuildCache", "*formatter.buildCacheContext", &cache),
        ] {
            all.insert(kind.to_owned(), objects(rows));
            let names = rows.first().map(|r| r.fields.keys()).into_iter().flatten();
            let fields = names.map(|n| Member::plain(n, Shape::Text)).collect();
            let row = Shape::Struct(Struct { name: context.to_owned(), fields }.into());
            kinds.push(Member::plain(kind, Shape::List(row.into())));
        }
        let whole = Struct { name: "*formatter.diskUsageContext".to_owned(), fields: kinds };
        return object(&Value::Object(all), &Shape::Struct(whole.into()), format);
    }
    let title = format!("\nBuild cache usage: {}\n\n", size::decimal(cached(found, false), 4));
    let mut page = String::new();
    for (title, headings, rows) in [
        ("Images space usage:\n\n", IMAGES, &images),
        ("\nContainers space usage:\n\n", CONTAINERS, &containers),
        ("\nLocal Volumes space usage:\n\n", VOLUMES, &volumes),
        (title.as_str(), CACHE, &cache),
    ] {
        let columns = headings.iter().map(|(field, _)| *field).collect();
        let listing = Listing { type_name: "", headings, columns, unreadable: "" };
        page += title;
        page += &format::render(None, &listing, rows)?;
    }
    Ok(page)
}

fn object(all: &Value, shape: &Shape, format: &str) -> Result<String, Fail> {
    if format == "json" {
        return Ok(json::compact(all, true));
    }
    let text = format.strip_prefix("table").map_or(format, str::trim_start);
    let wrong = |why| Fail::new(1, format!("template parsing error: {why}"));
    let template = Template::parse(text).map_err(wrong)?;
    template.apply(&data(all, shape)).map_err(wrong)
}

type Headings = &'static [(&'static str, &'static str)];

static IMAGES: Headings = &[
    ("Repository", "REPOSITORY"),
    ("Tag", "TAG"),
    ("ID", "IMAGE ID"),
    ("CreatedSince", "CREATED"),
    ("Size", "SIZE"),
    ("SharedSize", "SHARED SIZE"),
    ("UniqueSize", "UNIQUE SIZE"),
    ("Containers", "CONTAINERS"),
];

static CONTAINERS: Headings = &[
    ("ID", "CONTAINER ID"),
    ("Image", "IMAGE"),
    ("Command", "COMMAND"),
    ("LocalVolumes", "LOCAL VOLUMES"),
    ("Size", "SIZE"),
    ("RunningFor", "CREATED"),
    ("Status", "STATUS"),
    ("Names", "NAMES"),
];

static VOLUMES: Headings = &[("Name", "VOLUME NAME"), ("Links", "LINKS"), ("Size", "SIZE")];

static CACHE: Headings = &[
    ("ID", "CACHE ID"),
    ("CacheType", "CACHE TYPE"),
    ("Size", "SIZE"),
    ("CreatedSince", "CREATED"),
    ("LastUsedSince", "LAST USED"),
    ("UsageCount", "USAGE"),
    ("Shared", "SHARED"),
];

fn image(image: &Value, full: bool) -> Row {
    let id = image.get("Id").and_then(Value::as_str).unwrap_or_default();
    let tags = list(image, "RepoTags").iter().filter_map(Value::as_str);
    let named = tags.into_iter().next().and_then(|t| t.rsplit_once(':'));
    let (repository, tag) = named.unwrap_or(("<none>", "<none>"));
    let created = image.get("Created").and_then(Value::as_i64).unwrap_or_default();
    let (size, shared) = (number(image, "/Size"), number(image, "/SharedSize"));
    let fields = json!({
        "Containers": number(image, "/Containers").to_string(),
        "CreatedAt": format::created_at(created),
        "CreatedSince": format::ago(created),
        "Digest": "",
        "ID": if full { id } else { text::short_id(id) },
        "Repository": repository,
        "SharedSize": size::decimal(shared, 4),
        "Size": size::decimal(size, 3),
        "Tag": tag,
        "UniqueSize": size::decimal(size.saturating_sub(shared), 4),
        "VirtualSize": size::decimal(size, 4),
    });
    Row::new(fields, std::collections::BTreeMap::new())
}

fn cache_row(cache: &Value, full: bool) -> Row {
    let text = |key: &str| cache.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = text("ID");
    let since = |key: &str| {
        let at = base::Time::parse_iso(text(key));
        at.map(|at| format::ago(at.secs())).unwrap_or_default()
    };
    let fields = json!({
        "CacheType": text("Type"),
        "CreatedAt": text("CreatedAt"),
        "CreatedSince": since("CreatedAt"),
        "Description": text("Description"),
        "ID": if full { id } else { text::short_id(id) },
        "InUse": truth(cache, "InUse").to_string(),
        "LastUsedAt": text("LastUsedAt"),
        "LastUsedSince": since("LastUsedAt"),
        "Parent": text("Parent"),
        "Shared": truth(cache, "Shared").to_string(),
        "Size": size::decimal(number(cache, "/Size"), 3),
        "UsageCount": number(cache, "/UsageCount").to_string(),
    });
    Row::new(fields, std::collections::BTreeMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Value {
        json!({
            "LayersSize": 1000,
            "Images": [
                { "Id": "sha256:a1", "RepoTags": ["web:1"], "Size": 700, "SharedSize": 200, "Containers": 1 },
                { "Id": "sha256:b2", "RepoTags": [], "Size": 500, "SharedSize": 200, "Containers": 0 },
            ],
            "Containers": [
                { "State": "running", "SizeRw": 30 }, { "State": "exited", "SizeRw": 70 },
                { "State": "paused" },
            ],
            "Volumes": [
                { "Name": "v10", "UsageData": { "RefCount": 0, "Size": 40 } },
                { "Name": "v2", "UsageData": { "RefCount": 2, "Size": 60 } },
                { "Name": "v3", "UsageData": { "RefCount": -1, "Size": -1 } },
            ],
            "BuildCache": [
                { "ID": "c1", "Size": 8, "Shared": false, "InUse": true },
                { "ID": "c2", "Size": 4, "Shared": false, "InUse": false },
                { "ID": "c3", "Size": 2, "Shared": true, "InUse": false },
            ],
        })
    }

    #[test]
    fn what_nothing_uses_can_be_had_back() {
        let check = |read: fn(&Value) -> Row, from: &Value, want: [&str; 4]| {
            let row = read(from);
            let seen = ["TotalCount", "Active", "Size", "Reclaimable"].map(|f| row.text(f));
            assert_eq!(seen, want, "{}", row.text("Type"));
        };
        let all = found();
        check(images, &all, ["2", "1", "1kB", "500B (50%)"]);
        check(containers, &all, ["3", "2", "100B", "70B (70%)"]);
        check(volumes, &all, ["3", "1", "100B", "40B (40%)"]);
        check(build_cache, &all, ["3", "1", "12B", "4B"]);
        for read in [images, containers, volumes, build_cache] {
            check(read, &json!({}), ["0", "0", "0B", "0B"]);
        }
    }

    #[test]
    fn each_thing_is_shown() {
        let check = |format: Option<&str>, want: &str| {
            let page = verbose(&found(), format).expect("a page");
            assert!(page.contains(want), "{want:?} is not in:\n{page}");
        };
        check(None, "Images space usage:\n\nREPOSITORY");
        check(None, "Build cache usage: 12B\n");
        check(
            None,
            "v2            2         60B\nv3            -1        N/A\nv10           0         40B\n",
        );
        check(Some("json"), "\"Repository\":\"web\"");
        check(Some("{{range .Images}}{{.ID}} {{end}}"), "sha256:a1 sha256:b2 ");
        check(Some("{{len .Volumes}}"), "3");
        let wrong = verbose(&found(), Some("{{.Nothing}}")).expect_err("no such field");
        assert!(wrong.text.contains("can't evaluate field Nothing"), "{}", wrong.text);
    }
}
