//! `docker stats`: what containers use, once or as it changes.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::json;
use tokio::sync::mpsc;

use crate::cx::{Cx, Fail};
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::size;
use docker::{Engine, EngineError, Sample, text};

static FLAGS: &[Flag] = &[
    switch("all", "Show stopped containers too").short('a'),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("no-stream", "Show one measurement and end"),
    switch("no-trunc", "Show ids in full"),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "stats",
    aliases: &[],
    top: Some("stats"),
    usage: "[OPTIONS] [CONTAINER...]",
    about: "Display a live stream of container(s) resource usage statistics",
    flags: &[FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: |given| given.is("no-stream"),
    run: stats,
};

static HEADINGS: &[(&str, &str)] = &[
    ("Container", "CONTAINER"),
    ("ID", "CONTAINER ID"),
    ("Name", "NAME"),
    ("CPUPerc", "CPU %"),
    ("MemUsage", "MEM USAGE / LIMIT"),
    ("MemPerc", "MEM %"),
    ("NetIO", "NET I/O"),
    ("BlockIO", "BLOCK I/O"),
    ("PIDs", "PIDS"),
];

/// The screen is drawn again this often.
const REDRAW: Duration = Duration::from_millis(500);

fn listing() -> Listing {
    Listing {
        type_name: "*container.statsContext",
        headings: HEADINGS,
        columns: vec!["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"],
        unreadable: "template parsing error",
    }
}

/// One container and its newest measurement.
struct Entry {
    /// How it was named by the learner, or its short id.
    container: String,
    sample: Option<Sample>,
}

fn stats(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let names = if given.args.is_empty() {
        cx.wait(listed(&engine, given.is("all")))?
    } else {
        given.args.clone()
    };
    let full = given.is("no-trunc");
    if given.is("no-stream") {
        let asked = names.iter().map(|name| engine.sample(name));
        let found = cx.runtime.block_on(futures_util::future::join_all(asked));
        let mut rows = Vec::new();
        let mut wrong = Vec::new();
        for (container, sample) in names.into_iter().zip(found) {
            match sample {
                Ok(sample) => rows.push(row(&Entry { container, sample: Some(sample) }, full)),
                Err(error) => wrong.push(super::super::cx::error_text(&error)),
            }
        }
        // One that is not there leaves the others unsaid.
        if !wrong.is_empty() {
            return Err(Fail::new(1, wrong.join("\n")));
        }
        format::print(cx, given.text("format"), &listing(), &rows)?;
        return Ok(0);
    }
    live(cx, given, &engine, names)
}

/// The containers that are shown when none is named.
async fn listed(engine: &Engine, all: bool) -> Result<Vec<String>, EngineError> {
    let found = engine.containers(all, None, false, &BTreeMap::new()).await?;
    let ids = found.into_iter().filter_map(|c| c.id);
    Ok(ids.map(|id| text::short_id(&id).to_owned()).collect())
}

/// What happened to a container.
enum Change {
    Sample(String, Sample),
    /// It cannot be measured any more.
    Lost(String),
    Came(String),
    Gone(String),
}

/// Draws until the learner has seen enough.
fn live(
    cx: &mut Cx<'_, '_>,
    given: &Parsed,
    engine: &Engine,
    names: Vec<String>,
) -> Result<u8, Fail> {
    let (full, all) = (given.is("no-trunc"), given.is("all"));
    let format = given.text("format");
    let host = &mut *cx.host;
    cx.runtime.block_on(async {
        for name in &given.args {
            engine.get(&format!("/containers/{}/json", Engine::escape(name))).await?;
        }
        let (sender, mut changes) = mpsc::channel(64);
        let mut entries = Vec::new();
        for container in names {
            tokio::spawn(follow(engine.clone(), container.clone(), sender.clone()));
            entries.push(Entry { container, sample: None });
        }
        if given.args.is_empty() {
            tokio::spawn(watch_containers(engine.clone(), all, sender.clone()));
        }
        let mut redraw = tokio::time::interval(REDRAW);
        loop {
            tokio::select! {
                _ = redraw.tick() => {
                    let rows: Vec<Row> = entries.iter().map(|e| row(e, full)).collect();
                    let text = format::render(format, &listing(), &rows)?;
                    // Over what stands there: a screen wiped first would flicker.
                    let mut frame = String::from("\x1b[H");
                    for line in text.split('\n') {
                        frame += line;
                        frame += " \x1b[K\n";
                    }
                    frame += "\x1b[J";
                    let written = host.stdout.write_all(frame.as_bytes());
                    if written.and_then(|()| host.stdout.flush()).is_err() {
                        return Ok::<_, Fail>(0);
                    }
                }
                Some(item) = changes.recv() => match item {
                    Change::Came(container) => {
                        if entries.iter().all(|e| e.container != container) {
                            tokio::spawn(follow(engine.clone(), container.clone(), sender.clone()));
                            entries.insert(0, Entry { container, sample: None });
                        }
                    }
                    Change::Gone(container) => entries.retain(|e| e.container != container),
                    Change::Lost(container) => set(&mut entries, &container, None),
                    Change::Sample(container, sample) => set(&mut entries, &container, Some(sample)),
                },
            }
        }
    })
}

fn set(entries: &mut [Entry], container: &str, sample: Option<Sample>) {
    if let Some(entry) = entries.iter_mut().find(|e| e.container == container) {
        entry.sample = sample;
    }
}

/// Hands on one container's measurements.
async fn follow(engine: Engine, container: String, sender: mpsc::Sender<Change>) {
    if let Ok(mut samples) = engine.samples(&container).await {
        while let Ok(Some(sample)) = samples.next().await {
            if sender.send(Change::Sample(container.clone(), sample)).await.is_err() {
                return;
            }
        }
    }
    let _ = sender.send(Change::Lost(container)).await;
}

/// Tells of containers that come and go.
async fn watch_containers(engine: Engine, all: bool, sender: mpsc::Sender<Change>) {
    let filters = BTreeMap::from([("type".to_owned(), vec!["container".to_owned()])]);
    let mut events = pin!(engine.events(None, None, &filters));
    while let Some(Ok(event)) = events.next().await {
        let id = text::short_id(&event.id).to_owned();
        let change = match event.action.as_str() {
            "create" if all => Change::Came(id),
            "start" => Change::Came(id),
            "die" if !all => Change::Gone(id),
            "destroy" => Change::Gone(id),
            _ => continue,
        };
        if sender.send(change).await.is_err() {
            return;
        }
    }
}

fn row(entry: &Entry, full: bool) -> Row {
    let container = &entry.container;
    let fields = match &entry.sample {
        None => json!({
            "BlockIO": "--", "CPUPerc": "--", "Container": container, "ID": "--", "MemPerc": "--",
            "MemUsage": "-- / --", "Name": "--", "NetIO": "--", "PIDs": "--",
        }),
        Some(s) => json!({
            "BlockIO": format!("{} / {}", size::decimal(s.read, 3), size::decimal(s.written, 3)),
            "CPUPerc": format!("{:.2}%", s.cpu_percent),
            "Container": container,
            "ID": if full { s.id.as_str() } else { text::short_id(&s.id) },
            "MemPerc": format!("{:.2}%", s.memory_percent()),
            "MemUsage": format!("{} / {}", size::binary(s.memory), size::binary(s.memory_limit)),
            "Name": s.name,
            "NetIO": format!("{} / {}", size::decimal(s.received, 3), size::decimal(s.sent, 3)),
            "PIDs": s.pids.to_string(),
        }),
    };
    Row::new(fields, BTreeMap::new())
}
