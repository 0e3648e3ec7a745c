//! `docker compose events`, `stats` and `wait`: what becomes of a project's containers.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{BASE, NUMBER, ONE_OFF, PROJECT, SERVICE, containers, down, load};
use crate::cli::{Flag, Parsed, flag, switch};
use crate::cx::{Cx, Fail};
use crate::json::compact;
use crate::verb::{Args, Verb};

pub(crate) static EVENTS: Verb = Verb {
    name: "events",
    about: "Receive real time events from containers",
    flags: &[EVENTS_FLAGS],
    run: events,
    ..BASE
};

static EVENTS_FLAGS: &[Flag] = &[switch("json", "Print each as JSON")];

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

fn fields(change: &Value, service: &str) -> Value {
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
fn line(change: &Value) -> String {
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

pub(crate) static STATS: Verb = Verb {
    name: "stats",
    usage: "[OPTIONS] [SERVICE]",
    about: "Display a live stream of container(s) resource usage statistics",
    flags: &[STATS_FLAGS],
    args: Args::AtMost(1),
    run: |cx, given| {
        let (name, _) = load::name(cx)?;
        let engine = cx.engine()?;
        let mut found = containers::all(cx, &engine, &name, &given.args)?;
        if !given.is("all") {
            found.retain(|c| c.state == "running");
        }
        let mut words = vec!["stats".to_owned()];
        for flag in ["all", "format", "no-stream", "no-trunc"] {
            words.extend(given.get(flag).map(|value| format!("--{flag}={value}")));
        }
        // Without a name it would show those of others.
        if found.is_empty() {
            return Ok(0);
        }
        words.extend(found.into_iter().map(|c| c.id));
        cx.run(&words)
    },
    ..BASE
};

static STATS_FLAGS: &[Flag] = &[
    switch("all", "Show stopped containers too").short('a'),
    flag("format", "string", "'table', 'json', or a Go template"),
    switch("no-stream", "Show the first figures alone"),
    switch("no-trunc", "Show everything in full"),
];

pub(crate) static WAIT: Verb = Verb {
    name: "wait",
    usage: "SERVICE [SERVICE...] [OPTIONS]",
    about: "Block until the first service container stops",
    flags: &[WAIT_FLAGS],
    args: Args::Between(1, usize::MAX),
    run: wait,
    ..BASE
};

static WAIT_FLAGS: &[Flag] = &[switch("down-project", "Take the project away then")];

fn wait(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (name, _) = load::name(cx)?;
    let engine = cx.engine()?;
    let mut found = containers::list(cx, &engine, &name, &given.args)?;
    found.retain(|c| c.state == "running");
    if found.is_empty() {
        return Err(Fail::new(1, format!("no containers for project {name:?}")));
    }
    let (id, code) = cx.runtime.block_on(async {
        let (sender, mut ended) = mpsc::channel(1);
        for container in found {
            let (engine, sender) = (engine.clone(), sender.clone());
            tokio::spawn(async move {
                let code = async { engine.wait(&container.id, "not-running").await?.code().await };
                let _ = sender.send((container.id.clone(), code.await)).await;
            });
        }
        drop(sender);
        ended.recv().await.ok_or_else(|| Fail::new(1, "nothing is left to wait for"))
    })?;
    let code = code?;
    cx.out(format!("container {id:?} exited with status code {code}\n"));
    if given.is("down-project") {
        down::down(cx, &Parsed::default())?;
    }
    Ok(u8::try_from(code).unwrap_or(u8::MAX))
}
