//! `docker volume update`: whether a volume of the swarm may be used. The engine changes no other.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail, not_empty};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};
use docker::{Body, Engine, Method};

static FLAGS: &[Flag] = &[flag("availability", "string", "active, pause or drain")];

pub(crate) static VERB: Verb = Verb {
    group: "volume",
    name: "update",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] VOLUME",
    about: "Update a volume (cluster volumes only)",
    flags: &[FLAGS],
    // What an old engine refuses is said before what is wrong with the words.
    args: Args::AtLeast(0),
    interspersed: true,
    looks: never,
    run: update,
};

fn update(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    cx.needs_api("docker volume update", (1, 42))?;
    let [name] = given.args.as_slice() else {
        let usage = "Usage:  docker volume update [OPTIONS] VOLUME";
        let text = format!(
            "docker: 'docker volume update' requires 1 argument\n\n{usage}\n\nRun 'docker volume update --help' for more information"
        );
        return Err(Fail::new(1, text));
    };
    not_empty("volume", name)?;
    let engine = cx.engine()?;
    let found = cx.wait(engine.inspect_volume(name))?;
    let Some(cluster) = found.get("ClusterVolume").filter(|c| !c.is_null()) else {
        return Err(Fail::new(1, "Can only update cluster volumes"));
    };
    let mut spec = cluster.get("Spec").cloned().unwrap_or_else(|| json!({}));
    if let Some(availability) = given.get("availability") {
        spec["Availability"] = Value::from(availability);
    }
    let id = cluster.get("ID").and_then(Value::as_str).unwrap_or_default();
    let version = cluster.pointer("/Version/Index").and_then(Value::as_u64).unwrap_or_default();
    let path = format!("/volumes/{}?version={version}", Engine::escape(id));
    let body = json!({ "Spec": spec });
    cx.wait(engine.stream(Method::PUT, &path, &[], Body::Json(&body)))?;
    Ok(0)
}
