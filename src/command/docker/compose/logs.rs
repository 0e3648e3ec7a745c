//! `docker compose logs`: what containers print, each line with the name of its own.

use std::fmt::Write as _;

use tokio::sync::mpsc;

use super::containers::{self, Found};
use super::{BASE, load};
use crate::cx::{Cx, Fail};
use crate::moment::moment;
use crate::verb::Verb;
use command_line::flags::{Flag, flag, int, switch};
use docker::{Channel, Engine, EngineError};

static FLAGS: &[Flag] = &[
    switch("follow", "Go on as they print more").short('f'),
    flag("index", "int", "Which container of the service").check(int),
    switch("no-color", "Print without colours"),
    switch("no-log-prefix", "Print lines without names"),
    flag("since", "string", "Only from then on (a time, or \"42m\")"),
    flag("tail", "string", "Only that many lines of each from the end").short('n'),
    switch("timestamps", "Print times").short('t'),
    flag("until", "string", "Only until then (a time, or \"42m\")"),
];

pub(crate) static VERB: Verb = Verb {
    name: "logs",
    about: "View output from containers",
    flags: &[FLAGS],
    // Following does not end by itself.
    looks: |given| !given.is("follow"),
    run: |cx, given| {
        let (name, project) = load::name(cx)?;
        if let Some(project) = &project {
            project.ordered(&given.args, false)?;
        }
        let engine = cx.engine()?;
        let mut found = containers::all(cx, &engine, &name, &given.args)?;
        if let (Some(project), true) = (&project, given.args.is_empty()) {
            found.retain(|c| project.file.services.contains_key(&c.service));
        }
        if let Some(index) = given.number("index").filter(|n| *n > 0) {
            found.retain(|c| i64::from(c.number) == index);
        }
        let tail = given.text("tail").unwrap_or("all");
        let mut query = format!("tail={}", containers::query(tail));
        for bound in ["since", "until"] {
            if let Some(text) = given.text(bound) {
                let moment = moment(text)
                    .map_err(|why| Fail::new(1, format!("invalid value for \"{bound}\": {why}")))?;
                let _ = write!(query, "&{bound}={moment}");
            }
        }
        let show_as = Show {
            prefix: !given.is("no-log-prefix"),
            timestamps: given.is("timestamps"),
            follow: given.is("follow"),
            apart: false,
            until_first: false,
            query,
        };
        show(cx, &engine, &found, &show_as)?;
        Ok(0)
    },
    ..BASE
};

const CLEAR_LINE: &[u8] = b"\x1b[2K";

/// How lines are shown.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub(super) struct Show {
    pub(super) prefix: bool,
    pub(super) timestamps: bool,
    /// Whether to go on, and say with which code a container ended.
    pub(super) follow: bool,
    /// Whether what goes to standard error inside goes there outside too.
    pub(super) apart: bool,
    /// Whether it is over when the first container has ended.
    pub(super) until_first: bool,
    /// The engine's own words for which lines.
    pub(super) query: String,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing more will come.
    Closed,
    /// That container was the first to end.
    First(usize),
    /// The learner interrupted it.
    Interrupted,
}

/// One thing to print.
enum Said {
    Line(usize, Channel, Vec<u8>),
    /// It ended with that code.
    End(usize, i64),
}

/// Prints the lines of containers as they come.
///
/// # Errors
/// The engine's refusal.
pub(super) fn show(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    found: &[Found],
    how: &Show,
) -> Result<Ended, Fail> {
    let width = found.iter().map(|c| c.short().len()).max().unwrap_or(0) + 1;
    let names: Vec<String> = found.iter().map(Found::short).collect();
    let query = format!(
        "stdout=1&stderr=1&follow={}&timestamps={}&{}",
        u8::from(how.follow),
        u8::from(how.timestamps),
        how.query
    );
    let host = &mut *cx.host;
    cx.runtime.block_on(async {
        let (sender, mut said) = mpsc::channel(64);
        for (at, container) in found.iter().enumerate() {
            let (engine, id) = (engine.clone(), container.id.clone());
            let (query, sender, report) = (query.clone(), sender.clone(), how.follow);
            let read = read(engine, id, at, query, report, sender);
            if how.follow {
                tokio::spawn(read);
            } else {
                // One after the other, so that their lines stay together.
                tokio::pin!(read);
                loop {
                    tokio::select! {
                        done = &mut read => { done?; break }
                        Some(one) = said.recv() => print(host, &names, width, how, &one),
                    }
                }
                while let Ok(one) = said.try_recv() {
                    print(host, &names, width, how, &one);
                }
            }
        }
        drop(sender);
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        loop {
            tokio::select! {
                one = said.recv() => match one {
                    Some(one) => {
                        print(host, &names, width, how, &one);
                        if let (true, Said::End(at, _)) = (how.until_first, &one) {
                            return Ok(Ended::First(*at));
                        }
                    }
                    None => return Ok(Ended::Closed),
                },
                Ok(()) = &mut interrupt => return Ok(Ended::Interrupted),
            }
        }
    })
}

fn print(host: &mut gateway::Host<'_>, names: &[String], width: usize, how: &Show, said: &Said) {
    // A reader that went away is no error.
    match said {
        Said::Line(at, channel, line) => {
            // As the reference does: the line that its own keys may have left is cleared.
            let _ = host.stdout.write_all(CLEAR_LINE).and_then(|()| host.stdout.flush());
            let to = match channel {
                Channel::Err if how.apart => &mut *host.stderr,
                _ => &mut *host.stdout,
            };
            let head = if how.prefix { format!("{:width$} | ", names[*at]) } else { String::new() };
            let _ = to.write_all(head.as_bytes());
            let _ = to.write_all(line).and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush());
        }
        Said::End(at, code) => {
            let _ = writeln!(host.stdout, "{} exited with code {code}", names[*at]);
        }
    }
}

/// Sends the lines of one container, and at last how it ended.
async fn read(
    engine: Engine,
    id: String,
    at: usize,
    query: String,
    report: bool,
    to: mpsc::Sender<Said>,
) -> Result<(), EngineError> {
    let whole = engine.inspect(&id).await?;
    let tty = whole.pointer("/Config/Tty").and_then(serde_json::Value::as_bool).unwrap_or(false);
    let mut output = engine.logs(&id, tty, &query).await?;
    let mut open: [Vec<u8>; 2] = [Vec::new(), Vec::new()];
    while let Some((channel, bytes)) = output.next().await? {
        let buffer = &mut open[usize::from(channel == Channel::Err)];
        buffer.extend_from_slice(&bytes);
        while let Some(end) = buffer.iter().position(|b| *b == b'\n') {
            let mut line: Vec<u8> = buffer.drain(..=end).collect();
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if to.send(Said::Line(at, channel, line)).await.is_err() {
                return Ok(());
            }
        }
    }
    for (buffer, channel) in open.into_iter().zip([Channel::Out, Channel::Err]) {
        if !buffer.is_empty() {
            let _ = to.send(Said::Line(at, channel, buffer)).await;
        }
    }
    if report {
        let whole = engine.inspect(&id).await?;
        if whole.pointer("/State/Running") == Some(&serde_json::Value::Bool(false)) {
            let code = whole.pointer("/State/ExitCode").and_then(serde_json::Value::as_i64);
            let _ = to.send(Said::End(at, code.unwrap_or(0))).await;
        }
    }
    Ok(())
}
