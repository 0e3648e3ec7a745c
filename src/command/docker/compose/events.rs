//! `docker compose events`: what happens to a project's containers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{BASE, NUMBER, ONE_OFF, PROJECT, SERVICE, load};
use crate::cx::{Cx, Fail};
use crate::verb::Verb;
use command_line::flags::{Flag, Parsed, switch};
use command_line::json::compact;

pub(crate) static VERB: Verb = Verb {
    name: "events",
    about: "Receive real time events from containers",
    flags: &[FLAGS],
    run: events,
    ..BASE
};

static FLAGS: &[Flag] = &[switch("json", "Print each as JSON")];

fn events(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (name, _) = load::name(cx)?;
    let engine = cx.engine()?;
    let filters = BTreeMap::from([
        ("type".to_owned(), vec!["container".to_owned()]),
        ("label".to_owned(), vec![format!("{PROJECT}={name}"), format!("{ONE_OFF}=False")]),
    ]);
    let host = &mut *cx.host;
    cx.runtime.block_on(async {
        let mut changes = engine.raw_events(None, None, &filters).await?;
        while let Some(change) = changes.message().await? {
            let service = change
                .pointer("/Actor/Attributes")
                .and_then(|a| a.get(SERVICE))
                .and_then(Value::as_str)
                .unwrap_or_default();
            let wanted = given.args.is_empty() || given.args.iter().any(|name| name == service);
            // What is done to an image or a network has no number of a container.
            if !wanted || change.pointer("/Actor/Attributes").and_then(|a| a.get(NUMBER)).is_none()
            {
                continue;
            }
            let text = if given.is("json") {
                compact(&fields(&change, service), true)
            } else {
                line(&change)
            };
            if writeln!(host.stdout, "{text}").and_then(|()| host.stdout.flush()).is_err() {
                break;
            }
        }
        Ok::<_, Fail>(0)
    })
}

/// The labels of an event that are not the engine's bookkeeping.
fn attributes(change: &Value) -> BTreeMap<String, String> {
    let all = change.pointer("/Actor/Attributes").and_then(Value::as_object);
    all.into_iter()
        .flatten()
        .filter(|(name, _)| !name.starts_with("com.docker.compose."))
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

fn moment(change: &Value, format: &str, digits: usize) -> String {
    let at_ns = change.get("timeNano").and_then(Value::as_i64).unwrap_or_default();
    let at = base::Time(at_ns.div_euclid(1_000_000)).format(format);
    let nanos = format!("{:09}", at_ns.rem_euclid(1_000_000_000));
    format!("{at}.{}", &nanos[..digits])
}

pub(super) fn fields(change: &Value, service: &str) -> Value {
    json!({
        "action": change.get("Action"),
        "attributes": attributes(change),
        "id": change.pointer("/Actor/ID"),
        "service": service,
        "time": moment(change, "%Y-%m-%dT%H:%M:%S", 9) + "Z",
        "type": "container",
    })
}

/// `2026-11-22 10:00:00.000000 container start <id> (image=alpine, name=web)` and an empty line.
pub(super) fn line(change: &Value) -> String {
    let text = |path: &str| change.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let behind: Vec<String> =
        attributes(change).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!(
        "{} container {} {} ({})\n",
        moment(change, "%Y-%m-%d %H:%M:%S", 6),
        text("/Action"),
        text("/Actor/ID"),
        behind.join(", ")
    )
}
