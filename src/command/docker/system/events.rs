//! `docker events`: what happens on the engine, as it happens.

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format;
use crate::moment::moment;
use crate::shapes;
use crate::template::data;
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag};
use command_line::json;
use command_line::template::{Shape, Template};
use docker::models::EventMessage;

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (type=container, event=start, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'json', or a Go template"),
    flag("since", "string", "Also what happened since then"),
    flag("until", "string", "Only what happened until then"),
];

pub(crate) static VERB: Verb = Verb {
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
                .map_err(|why| Fail::new(64, format!("Error parsing format: {why}")))?,
        ),
    };
    let bound = |name: &str| {
        let read = given.text(name).map(moment).transpose();
        read.map_err(|why| Fail::new(1, why))
    };
    let (since, until) = (bound("since")?, bound("until")?);
    let shape = Shape::Pointer(shapes::of::<EventMessage>().into());
    let engine = cx.engine()?;
    let filters = filters::given(given);
    let host = &mut *cx.host;
    cx.runtime.block_on(async {
        let mut changes = engine.raw_events(since.as_deref(), until.as_deref(), &filters).await?;
        while let Some(change) = changes.message().await? {
            let text = match (&template, format) {
                (Some(template), _) => template
                    .apply(&data(&change, &shape))
                    .map_err(|why| Fail::new(64, format!("Error parsing format: {why}")))?,
                (None, Some(_)) => json::compact(&change, true),
                (None, None) => line(&change),
            };
            if writeln!(host.stdout, "{text}").and_then(|()| host.stdout.flush()).is_err() {
                break;
            }
        }
        Ok::<_, Fail>(0)
    })
}

/// `2026-11-22T10:00:00.000000000Z container start <id> (image=alpine, name=web)`
fn line(change: &Value) -> String {
    let text = |path: &str| change.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let at_ns = change.get("timeNano").and_then(Value::as_i64).unwrap_or_default();
    let seconds = at_ns.div_euclid(1_000_000_000);
    let nanos = at_ns.rem_euclid(1_000_000_000);
    let at = base::Time(seconds.saturating_mul(1000)).format("%Y-%m-%dT%H:%M:%S");
    let mut attributes: Vec<String> = format::labels(change.pointer("/Actor/Attributes"))
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    attributes.sort();
    let behind =
        if attributes.is_empty() { String::new() } else { format!(" ({})", attributes.join(", ")) };
    format!("{at}.{nanos:09}Z {} {} {}{behind}", text("/Type"), text("/Action"), text("/Actor/ID"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let check = |attributes: Value, want: &str| {
            let change = json!({
                "Type": "container", "Action": "start", "timeNano": 1_764_000_000_000_000_005_i64,
                "Actor": { "ID": "c1", "Attributes": attributes },
            });
            let want = format!("2025-11-24T16:00:00.000000005Z container start c1{want}");
            assert_eq!(line(&change), want, "{change}");
        };
        check(json!({}), "");
        check(Value::Null, "");
        check(json!({ "name": "web", "image": "nginx" }), " (image=nginx, name=web)");
    }
}
