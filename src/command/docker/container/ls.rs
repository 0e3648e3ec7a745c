//! `docker ps`: the containers of the engine.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, int, switch};
use command_line::size;
use command_line::text::{ellipsis, quote};
use docker::models::ContainerSummary;
use docker::text;

static FLAGS: &[Flag] = &[
    switch("all", "Show stopped containers too").short('a'),
    flag("filter", "filter", "Only what matches (status=exited, name=web, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    flag("last", "int", "Show the last n containers, in any state").short('n').check(int),
    switch("latest", "Show the last container, in any state").short('l'),
    switch("no-trunc", "Show everything in full"),
    switch("quiet", "Show ids alone").short('q'),
    switch("size", "Show the sizes of their files").short('s'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "ls",
    aliases: &["list", "ps"],
    top: Some("ps"),
    usage: "[OPTIONS]",
    about: "List containers",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: ls,
};

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "CONTAINER ID"),
    ("Names", "NAMES"),
    ("Image", "IMAGE"),
    ("Command", "COMMAND"),
    ("CreatedAt", "CREATED AT"),
    ("RunningFor", "CREATED"),
    ("Ports", "PORTS"),
    ("State", "STATE"),
    ("Status", "STATUS"),
    ("Size", "SIZE"),
    ("Labels", "LABELS"),
    ("Mounts", "MOUNTS"),
    ("LocalVolumes", "LOCAL VOLUMES"),
    ("Networks", "NETWORKS"),
    ("Platform", "PLATFORM"),
];

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let last = given.number("last").filter(|n| *n > 0);
    let last = if given.is("latest") { Some(1) } else { last };
    let format =
        format::wanted(given.get("format"), given.is("quiet"), "*formatter.ContainerContext");
    let format = format.as_deref();
    // Sizes are dear; they are asked for where they are shown.
    let shows_size =
        |f: &str| f.contains(".Size") || f.contains("json .}") || f.contains("json . ");
    let size = given.is("size") || format.is_some_and(shows_size);
    let mut listing = Listing {
        type_name: "*formatter.ContainerContext",
        headings: HEADINGS,
        columns: vec!["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"],
        unreadable: "failed to parse template",
    };
    if size {
        listing.columns.push("Size");
    }
    let engine = cx.engine()?;
    let limit = last.and_then(|n| i32::try_from(n).ok());
    let found = cx.wait(engine.containers(given.is("all"), limit, size, &filters::given(given)))?;
    let full = given.is("no-trunc");
    if given.is("quiet") {
        if given.text("format").is_some() {
            cx.complain(
                "WARNING: Ignoring custom format, because both --format and --quiet are set.",
            );
        }
        // The raw format alone has a quiet form of its own.
        if given.text("format") != Some("raw") {
            for container in found {
                let id = container.id.unwrap_or_default();
                cx.out(format!("{}\n", if full { &id } else { text::short_id(&id) }));
            }
            return Ok(0);
        }
    }
    let rows: Vec<Row> = found.into_iter().map(|c| row(c, full)).collect();
    format::print(cx, format, &listing, &rows)?;
    Ok(0)
}

/// What a listing says of a container.
pub(crate) fn row(container: ContainerSummary, full: bool) -> Row {
    let labels: std::collections::BTreeMap<String, String> =
        container.labels.unwrap_or_default().into_iter().collect();
    let id = container.id.unwrap_or_default();
    let image_id = container.image_id.unwrap_or_default();
    let image = container.image.filter(|i| !i.is_empty()).unwrap_or_else(|| "<no image>".into());
    // One without a name is known by its id.
    let unnamed = text::short_id(&image) == text::short_id(&image_id);
    let image = if unnamed && !full { text::short_id(&image).to_owned() } else { image };
    let created = container.created.unwrap_or_default();
    let command = container.command.unwrap_or_default();
    let command = if full { command } else { ellipsis(&command, 20) };
    let mut networks: Vec<String> = container
        .network_settings
        .and_then(|n| n.networks)
        .map(|n| n.into_keys().collect())
        .unwrap_or_default();
    networks.sort();
    let mounts = container.mounts.unwrap_or_default();
    let local = mounts.iter().filter(|m| m.driver.as_deref() == Some("local")).count();
    let mounts: Vec<String> = mounts
        .into_iter()
        .map(|m| m.name.filter(|n| !n.is_empty()).or(m.source).unwrap_or_default())
        .map(|name| if full { name } else { ellipsis(&name, 15) })
        .collect();
    let size = |n: Option<i64>| u64::try_from(n.unwrap_or_default()).unwrap_or_default();
    let (own, root) = (size(container.size_rw), size(container.size_root_fs));
    let virtual_size =
        if root > 0 { format!(" (virtual {})", size::decimal(root, 3)) } else { String::new() };
    let listed: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let names = container.names.unwrap_or_default();
    let names = if full {
        let all: Vec<&str> = names.iter().map(|n| n.trim_start_matches('/')).collect();
        all.join(",")
    } else {
        text::own_name(&names)
    };
    let fields = json!({
        "Command": quote(&command),
        "CreatedAt": format::created_at(created),
        "ID": if full { id.as_str() } else { text::short_id(&id) },
        "Image": image,
        "Labels": listed.join(","),
        "LocalVolumes": local.to_string(),
        "Mounts": mounts.join(","),
        "Names": names,
        "Networks": networks.join(","),
        "Platform": null,
        "Ports": text::ports(&container.ports.unwrap_or_default()),
        "RunningFor": format::ago(created),
        "Size": format!("{}{virtual_size}", size::decimal(own, 3)),
        "State": container.state.map(|s| s.to_string()).unwrap_or_default(),
        "Status": container.status.unwrap_or_default(),
    });
    let Value::Object(fields) = fields else { unreachable!("an object was just made") };
    Row { fields, labels }
}
