//! What all `prune` commands share: the question before, and what is told of what is gone.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::cx::{Cx, Fail};
use command_line::flags::{Flag, switch};
use command_line::size;

pub(super) const FORCE: Flag = switch("force", "Do not ask").short('f');

/// What goes together.
pub(super) struct Kind {
    /// Its name in the API's paths.
    path: &'static str,
    /// What the API calls those that are gone.
    deleted: &'static str,
    /// What stands above them.
    heading: &'static str,
}

pub(super) const CONTAINERS: Kind =
    Kind { path: "containers", deleted: "ContainersDeleted", heading: "Deleted Containers:" };
pub(super) const NETWORKS: Kind =
    Kind { path: "networks", deleted: "NetworksDeleted", heading: "Deleted Networks:" };
pub(super) const VOLUMES: Kind =
    Kind { path: "volumes", deleted: "VolumesDeleted", heading: "Deleted Volumes:" };
pub(super) const IMAGES: Kind =
    Kind { path: "images", deleted: "ImagesDeleted", heading: "Deleted Images:" };
pub(super) const CACHE: Kind =
    Kind { path: "build", deleted: "CachesDeleted", heading: "Deleted build cache objects:" };

/// Asks below a warning, and reads the answer.
pub(super) fn agreed(cx: &mut Cx<'_, '_>, warning: &str) -> bool {
    asked(cx, &format!("{warning}\nAre you sure you want to continue?"))
}

/// Asks, and reads the answer.
pub(super) fn asked(cx: &mut Cx<'_, '_>, question: &str) -> bool {
    cx.out(format!("{question} [y/N] "));
    let _ = cx.host.stdout.flush();
    let mut answer = String::new();
    let read = BufReader::new(&mut *cx.host.stdin).read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y")
}

/// Removes what is not used of a kind, tells what is gone, and gives back how many bytes that was.
/// `more` are parameters beside the filters.
///
/// # Errors
/// The engine's refusal, or that it cannot be reached.
pub(super) fn remove(
    cx: &mut Cx<'_, '_>,
    kind: &Kind,
    filters: &BTreeMap<String, Vec<String>>,
    more: &[(&str, String)],
) -> Result<u64, Fail> {
    let engine = cx.engine()?;
    let report = cx.wait(engine.prune(kind.path, filters, more))?;
    let gone = report.get(kind.deleted).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if !gone.is_empty() {
        let lines: Vec<String> = gone.iter().map(line).collect();
        cx.out(format!("{}\n{}\n\n", kind.heading, lines.join("\n")));
    }
    Ok(report.get("SpaceReclaimed").and_then(Value::as_u64).unwrap_or_default())
}

/// Tells how much room there is now that was not before.
pub(super) fn tell_freed(cx: &mut Cx<'_, '_>, bytes: u64) {
    cx.out(format!("Total reclaimed space: {}\n", size::decimal(bytes, 4)));
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
