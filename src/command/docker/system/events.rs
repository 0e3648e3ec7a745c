//! `docker events`: what happens on the engine, as it happens.

use std::pin::pin;

use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::command::docker::cli::{Flag, Parsed, filter, flag};
use crate::command::docker::container::moment;
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::json;
use crate::command::docker::template::{Data, Template};
use crate::command::docker::tree::{Args, Verb};
use crate::docker::Change;

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (type=container, event=start, …)")
        .short('f')
        .check(filter),
    flag("format", "string", "'json', or a Go template"),
    flag("since", "string", "Also what happened since then"),
    flag("until", "string", "Only what happened until then"),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "system",
    name: "events",
    aliases: &[],
    top: Some("events"),
    usage: "[OPTIONS]",
    about: "Get real time events from the server",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    // Without an end it does not end by itself.
    looks: |given| given.text("until").is_some(),
    run: events,
};

fn events(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let format = given.text("format");
    let template = match format {
        None | Some("json") => None,
        Some(text) => Some(
            Template::parse(text)
                .map_err(|why| Fail::new(64, format!("template parsing error: {why}")))?,
        ),
    };
    let bound = |name: &str| {
        let read = given.text(name).map(moment).transpose();
        read.map_err(|why| Fail::new(1, format!("invalid value for \"{name}\": {why}")))
    };
    let (since, until) = (bound("since")?, bound("until")?);
    let engine = cx.engine()?;
    let filters = given.filters();
    let host = &mut *cx.host;
    cx.runtime.block_on(async {
        let mut changes = pin!(engine.events(since.as_deref(), until.as_deref(), &filters));
        while let Some(change) = changes.next().await {
            let change = change?;
            let text = match (&template, format) {
                (Some(template), _) => {
                    let value = fields(&change);
                    let data = Data { value: &value, type_name: None, label: None };
                    template
                        .apply(&data)
                        .map_err(|why| Fail::new(1, format!("template parsing error: {why}")))?
                }
                (None, Some(_)) => json::compact(&fields(&change), true),
                (None, None) => line(&change),
            };
            if writeln!(host.stdout, "{text}").and_then(|()| host.stdout.flush()).is_err() {
                break;
            }
        }
        Ok::<_, Fail>(0)
    })
}

fn fields(change: &Change) -> Value {
    json!({
        "status": change.action,
        "id": change.id,
        "Type": change.kind,
        "Action": change.action,
        "Actor": { "ID": change.id, "Attributes": change.attributes },
        "scope": "local",
        "time": change.at_ns / 1_000_000_000,
        "timeNano": change.at_ns,
    })
}

/// `2026-11-22T10:00:00.000000000Z container start <id> (image=alpine, name=web)`
fn line(change: &Change) -> String {
    let seconds = change.at_ns.div_euclid(1_000_000_000);
    let nanos = change.at_ns.rem_euclid(1_000_000_000);
    let at = crate::base::Time(seconds.saturating_mul(1000)).format("%Y-%m-%dT%H:%M:%S");
    let attributes: Vec<String> =
        change.attributes.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let behind =
        if attributes.is_empty() { String::new() } else { format!(" ({})", attributes.join(", ")) };
    format!("{at}.{nanos:09}Z {} {} {}{behind}", change.kind, change.action, change.id)
}
