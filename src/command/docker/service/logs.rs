//! `docker service logs`: what a service's tasks, or one task, printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::moment::moment;
use crate::task::{Names, short};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::swarm::Speaker;
use docker::{Channel, Engine};

static FLAGS: &[Flag] = &[
    switch("details", "Show extra details of the log driver"),
    switch("follow", "Wait for what is printed later").short('f'),
    switch("no-resolve", "Show ids in place of names"),
    switch("no-task-ids", "Do not show the tasks' ids"),
    switch("no-trunc", "Show ids in full"),
    switch("raw", "Show nothing but what was printed"),
    flag("since", "string", "Only from then on (a time, or \"42m\")"),
    flag("tail", "string", "Only that many lines from the end").short('n'),
    switch("timestamps", "Show when each line was printed").short('t'),
];

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "logs",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SERVICE|TASK",
    about: "Fetch the logs of a service or task",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    // Following does not end by itself.
    looks: |given| !given.is("follow"),
    run: logs,
};

/// The details that tell where a line comes from.
const NODE: &str = "com.docker.swarm.node.id";
const SERVICE: &str = "com.docker.swarm.service.id";
const TASK: &str = "com.docker.swarm.task.id";

/// Whose lines they are.
struct Source {
    speaker: Speaker,
    /// A terminal's output is one stream and carries no names.
    tty: bool,
    /// Digits of the highest slot.
    width: usize,
}

fn logs(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let name = &given.args[0];
    let source = source(cx, &engine, name)?;
    if source.tty && !given.is("raw") {
        return Err(Fail::new(1, "tty service logs only supported with --raw"));
    }
    // Whoever wants names needs the details that they are made of.
    let mut query = format!(
        "stdout=1&stderr=1&follow={}&timestamps={}&details={}&tail={}",
        u8::from(given.is("follow")),
        u8::from(given.is("timestamps")),
        u8::from(given.is("details") || !given.is("raw")),
        Engine::escape(given.text("tail").unwrap_or("all"))
    );
    if let Some(since) = given.text("since") {
        let moment = moment(since)
            .map_err(|why| Fail::new(1, format!("invalid value for \"since\": {why}")))?;
        let _ = write!(query, "&since={moment}");
    }
    let mut names = Names::new(&engine, !given.is("no-resolve"));
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    let mut output = cx.wait(engine.swarm_logs(source.speaker, name, source.tty, &query))?;
    // A line may come in pieces; each stream keeps what is not whole yet.
    let mut pieces = [Vec::new(), Vec::new()];
    loop {
        let next = cx.wait(output.next())?;
        let Some((channel, bytes)) = next else { break };
        if given.is("raw") {
            if !write(cx, channel, &bytes) {
                return Ok(0);
            }
            continue;
        }
        let waiting = &mut pieces[usize::from(channel == Channel::Err)];
        waiting.extend_from_slice(&bytes);
        while let Some(end) = waiting.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = waiting.drain(..=end).collect();
            let shown = dress(cx, &engine, given, &source, (&mut names, &mut labels), &line)?;
            if !write(cx, channel, &shown) {
                return Ok(0);
            }
        }
    }
    Ok(0)
}

/// Whether somebody still reads.
fn write(cx: &mut Cx<'_, '_>, channel: Channel, bytes: &[u8]) -> bool {
    let to = match channel {
        Channel::Out => &mut *cx.host.stdout,
        Channel::Err => &mut *cx.host.stderr,
    };
    to.write_all(bytes).and_then(|()| to.flush()).is_ok()
}

fn source(cx: &Cx<'_, '_>, engine: &Engine, name: &str) -> Result<Source, Fail> {
    let tty =
        |spec: &Value| spec.pointer("/ContainerSpec/TTY").and_then(Value::as_bool) == Some(true);
    match cx.runtime.block_on(engine.service(name, false)) {
        Ok(service) => {
            let count = service.pointer("/Spec/Mode/Replicated/Replicas").and_then(Value::as_u64);
            let width = count.map_or(0, |c| c.to_string().len());
            let tty = tty(&service["Spec"]["TaskTemplate"]);
            return Ok(Source { speaker: Speaker::Service, tty, width });
        }
        Err(error) if error.is_not_found() => {}
        Err(error) => return Err(error.into()),
    }
    match cx.runtime.block_on(engine.task(name)) {
        Ok(task) => {
            let width = task["Slot"].to_string().len();
            Ok(Source { speaker: Speaker::Task, tty: tty(&task["Spec"]), width })
        }
        Err(error) if error.is_not_found() => {
            Err(Fail::new(1, format!("no such task or service: {name}")))
        }
        Err(error) => Err(error.into()),
    }
}

/// A line with the name of its task before it.
fn dress(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    source: &Source,
    (names, labels): (&mut Names<'_>, &mut BTreeMap<String, String>),
    line: &[u8],
) -> Result<Vec<u8>, Fail> {
    // [time] details message
    let mut parts = line.splitn(2 + usize::from(given.is("timestamps")), |b| *b == b' ');
    let time = if given.is("timestamps") { parts.next() } else { None };
    let (Some(details), Some(message)) = (parts.next(), parts.next()) else {
        return Err(Fail::new(1, "invalid context in log message: no details"));
    };
    let details = String::from_utf8_lossy(details);
    let mut details: BTreeMap<String, String> = details
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (unescape(name), unescape(value)))
        .collect();
    let node = details.remove(NODE).unwrap_or_default();
    let service = details.remove(SERVICE).unwrap_or_default();
    let task = details.remove(TASK).unwrap_or_default();
    if !labels.contains_key(&task) {
        let label = label(cx, engine, given, source, names, [&node, &service, &task]);
        labels.insert(task.clone(), label);
    }
    let mut shown = Vec::new();
    if let Some(time) = time {
        shown.extend_from_slice(time);
        shown.push(b' ');
    }
    shown.extend_from_slice(labels[&task].as_bytes());
    shown.extend_from_slice(b"    | ");
    if given.is("details") {
        let pairs: Vec<String> = details.iter().map(|(k, v)| format!("{k}={v}")).collect();
        shown.extend_from_slice(pairs.join(",").as_bytes());
        shown.push(b' ');
    }
    shown.extend_from_slice(message);
    Ok(shown)
}

/// `web.1.2h0w72bmmqhf@node1`, padded so that all slots are as wide.
fn label(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    source: &Source,
    names: &mut Names<'_>,
    [node, service, task]: [&str; 3],
) -> String {
    let slot = cx.runtime.block_on(engine.task(task)).ok().map(|t| t["Slot"].as_u64().unwrap_or(0));
    let slot = slot.unwrap_or(0);
    let mut label = format!("{}.{slot}", names.service(cx, service));
    if !given.is("no-task-ids") {
        let id = if given.is("no-trunc") { task } else { short(task) };
        let _ = write!(label, ".{id}");
    }
    let _ = write!(label, "@{}", names.node(cx, node));
    let missing = source.width.saturating_sub(slot.to_string().len());
    label + &" ".repeat(missing)
}

/// Details come escaped as in a query.
fn unescape(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
