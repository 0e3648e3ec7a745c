//! What to do about a trouble that learners meet: a line of ours behind the engine's own words.
//!
//! The engine says what happened and often not why. It knows no wording but that of the troubles
//! below; anything else stands as the engine said it.

use std::collections::BTreeMap;

use super::context;
use super::cx::Cx;
use docker::{EngineError, images, text};

/// The line for what a command failed with, if there is something to say.
pub(super) fn line(cx: &Cx<'_, '_>, failed: &str) -> Option<String> {
    let hub = failed.contains("https://registry-1.docker.io/");
    let remedy = if let Some(port) = taken_port(failed) {
        port_taken(cx, port)
    } else if failed.contains("no space left on device") {
        "the engine's disk is full, and nothing was kept. `docker system df` shows what takes up the \
         room, `docker system prune` frees some; then run the command again."
            .to_owned()
    } else if hub && EngineError::said(failed).is_without_registry() {
        let names: Vec<&str> = images::NEEDS.iter().map(|n| text::untagged(n.name)).collect();
        format!(
            "the registry cannot be reached from here. Look at your network, or take an image that \
             distlab can stand in for: {}.",
            names.join(", ")
        )
    } else if failed.contains("This node is not a swarm manager") {
        let first = context::passed_by(cx).into_iter().next()?;
        format!(
            "that was your own engine, and no machine of this lab. `docker -c {first} …` speaks to \
             {first}."
        )
    } else if failed.contains("The swarm does not have a leader") {
        "more than half of the managers have to be reachable, and they are not. Bring the others back \
         (`distlab nodes ls` shows them) and give them half a minute; if they have left for good, \
         `docker -c node1 swarm init --force-new-cluster --advertise-addr eth0` makes node1 the only \
         manager, with all services and workers."
            .to_owned()
    } else {
        return None;
    };
    Some(format!("distlab: {remedy}"))
}

/// The line for a swarm that was made of the learner's own engine beside the lab's machines.
pub(super) fn own_swarm(cx: &Cx<'_, '_>) -> Option<String> {
    let nodes = context::passed_by(cx);
    let first = nodes.first()?;
    Some(format!(
        "distlab: that was your own engine. It is a swarm now, and {} not in it. `docker swarm leave \
         --force` takes that back; `docker -c {first} swarm init …` makes one of {first}.",
        are(&nodes)
    ))
}

/// The line for the learner's own engine when it has joined a swarm beside the lab's machines.
pub(super) fn own_member(cx: &Cx<'_, '_>, manages: bool) -> Option<String> {
    let nodes = context::passed_by(cx);
    let first = nodes.first()?;
    // A manager that leaves takes its vote along, and those who stay may be too few then.
    let demote = if manages {
        format!("`docker -c {first} node demote NAME` and then ")
    } else {
        String::new()
    };
    Some(format!(
        "distlab: that was your own engine. It has joined, and none of {} has. {demote}`docker swarm \
         leave` takes it out again; `docker -c {first} node ls` shows its name, and `node rm` strikes it \
         off the list.",
        nodes.join(", ")
    ))
}

/// `node1 is`, `node1, node2 are`
fn are(names: &[String]) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}

/// The port of the host that was to be published and is in use.
fn taken_port(failed: &str) -> Option<u16> {
    let at = failed
        .find(" failed: port is already allocated")
        .or_else(|| failed.find(": bind: address already in use"))?;
    failed[..at].rsplit(':').next()?.parse().ok()
}

fn port_taken(cx: &Cx<'_, '_>, port: u16) -> String {
    let filter = BTreeMap::from([("publish".to_owned(), vec![port.to_string()])]);
    let holder = cx.engine().ok().and_then(|engine| {
        let found = cx.wait(engine.containers(false, None, false, &filter)).ok()?;
        Some(text::own_name(found.first()?.names.as_deref()?))
    });
    let free = "or publish another port, `-p OTHER:…`";
    match holder {
        Some(name) => format!(
            "the container {name} has port {port}. Stop it with `docker stop {name}`, {free}."
        ),
        None => format!("a program outside Docker has port {port}. Stop it, {free}."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::run_on;

    #[test]
    fn the_port_is_found_in_the_engines_words() {
        let check =
            |failed: &str, want: Option<u16>| assert_eq!(taken_port(failed), want, "{failed}");
        check(
            "… endpoint web (1f): Bind for 0.0.0.0:8080 failed: port is already allocated",
            Some(8080),
        );
        check("listen tcp4 0.0.0.0:80: bind: address already in use", Some(80));
        check("listen tcp [::]:443: bind: address already in use.", Some(443));
        check("port is already allocated", None);
        check("Bind for x failed: port is already allocated", None);
    }

    /// A lab's machine as a container of the engine; it listens there.
    fn machine(name: &str, socket: &str) -> Value {
        json!({
            "Id": name, "Names": [format!("/test-{name}")], "State": "running",
            "Labels": { "distlab": "test", "distlab.node": name, "distlab.socket": socket },
        })
    }

    #[test]
    fn a_swarm_of_the_own_engine_beside_machines_is_told() {
        let check = |machines: Value, line: &str, manages: bool, want: &[&str]| {
            let info = json!({ "Swarm": { "ControlAvailable": manages } });
            let answers = [
                ("GET /containers/json", machines),
                ("POST /swarm/init", json!("\"n1\"")),
                ("POST /swarm/join", json!({})),
                ("GET /swarm", json!({ "JoinTokens": { "Worker": "w" } })),
                ("GET /nodes/n1", json!({ "ManagerStatus": { "Addr": "10.0.0.1:2377" } })),
                ("GET /info", info),
            ];
            let ran = run_on(&answers, line);
            assert_eq!(ran.code, 0, "{line}: {}", ran.err);
            assert_eq!(ran.err.is_empty(), want.is_empty(), "{line}: {}", ran.err);
            for part in want {
                assert!(ran.err.contains(part), "{line}: {part:?} is not in {}", ran.err);
            }
        };
        let two = json!([machine("node1", "/a/s"), machine("node2", "/b/s")]);
        let own = "distlab: that was your own engine";
        let back = "`docker swarm leave --force` takes that back";
        check(two.clone(), "swarm init", true, &[own, "node1, node2 are not in it", back]);
        let out = "`docker swarm leave` takes it out again";
        check(two.clone(), "swarm join --token t h:1", false, &[own, out]);
        let demote = "`docker -c node1 node demote NAME` and then `docker swarm leave`";
        check(two, "swarm join --token t h:1", true, &[own, demote]);
        // Without machines of the lab, one's own engine is what was meant.
        check(json!([]), "swarm init", true, &[]);
        check(json!([]), "swarm join --token t h:1", false, &[]);
    }
}
