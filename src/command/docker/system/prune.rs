//! `docker system prune`: removes everything that nothing uses.

use serde_json::Value;

use crate::command::docker::cli::{Flag, Parsed, filter, flag, switch};
use crate::command::docker::container::prune::agreed;
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::verb::{Args, Verb, never};
use crate::docker::text;

static FLAGS: &[Flag] = &[
    switch("all", "Remove named images too that no container uses").short('a'),
    flag("filter", "filter", "Only what matches (label=<key>=<value>)").check(filter),
    switch("force", "Do not ask").short('f'),
    switch("volumes", "Remove volumes without a name too"),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "system",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove unused data",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

/// The kinds in the order in which they go: path of the API, what its answer calls those that are
/// gone, and the heading above them.
const KINDS: &[(&str, &str, &str)] = &[
    ("containers", "ContainersDeleted", "Deleted Containers:"),
    ("networks", "NetworksDeleted", "Deleted Networks:"),
    ("volumes", "VolumesDeleted", "Deleted Volumes:"),
    ("images", "ImagesDeleted", "Deleted Images:"),
    ("build", "CachesDeleted", "Deleted build cache objects:"),
];

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let volumes = given.is("volumes");
    if volumes && given.filters().contains_key("until") {
        let why = "ERROR: The \"until\" filter is not supported with \"--volumes\"";
        return Err(Fail::new(1, why));
    }
    if !given.is("force") && !agreed(cx, &warning(given)) {
        return Ok(0);
    }
    let engine = cx.engine()?;
    let mut freed = 0;
    for (kind, deleted, heading) in KINDS {
        let mut filters = given.filters();
        match *kind {
            "volumes" if !volumes => continue,
            "images" => {
                let dangling = (!given.is("all")).to_string();
                filters.insert("dangling".to_owned(), vec![dangling]);
            }
            _ => {}
        }
        let report = if *kind == "build" {
            cx.wait(engine.prune_build_cache(given.is("all"), &filters))?
        } else {
            cx.wait(engine.prune(kind, &filters))?
        };
        let gone = report.get(*deleted).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if !gone.is_empty() {
            let lines: Vec<String> = gone.iter().map(line).collect();
            cx.out(format!("{heading}\n{}\n\n", lines.join("\n")));
        }
        freed += report.get("SpaceReclaimed").and_then(Value::as_u64).unwrap_or_default();
    }
    cx.out(format!("Total reclaimed space: {}\n", text::size(freed, 4)));
    Ok(0)
}

/// One thing that is gone; of an image, a name or a layer.
fn line(gone: &Value) -> String {
    let text = |key: &str| gone.get(key).and_then(Value::as_str).filter(|t| !t.is_empty());
    match (gone, text("Untagged"), text("Deleted")) {
        (Value::String(name), ..) => name.clone(),
        (_, Some(name), _) => format!("untagged: {name}"),
        (_, _, Some(id)) => format!("deleted: {id}"),
        (other, ..) => other.to_string(),
    }
}

fn warning(given: &Parsed) -> String {
    let all = given.is("all");
    let mut lines = vec![
        "WARNING! This will remove:",
        "  - all stopped containers",
        "  - all networks not used by at least one container",
    ];
    if given.is("volumes") {
        lines.push("  - all anonymous volumes not used by at least one container");
    }
    lines.extend(if all {
        ["  - all images without at least one container associated to them", "  - all build cache"]
    } else {
        ["  - all dangling images", "  - unused build cache"]
    });
    let mut text = lines.join("\n") + "\n";
    let mut filters: Vec<String> = given
        .filters()
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |v| format!("  - {name}={v}\n")))
        .collect();
    filters.sort();
    if !filters.is_empty() {
        text += "\n  Items to be pruned will be filtered with:\n";
        text += &filters.concat();
    }
    text
}
