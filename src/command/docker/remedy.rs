//! What to do about a trouble that learners meet: a line of ours behind the engine's own words.
//!
//! The engine says what happened and often not why. It knows no wording but that of the troubles
//! below; anything else stands as the engine said it.

use std::collections::BTreeMap;

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
    } else {
        return None;
    };
    Some(format!("distlab: {remedy}"))
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
    use super::*;

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
}
