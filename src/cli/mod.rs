//! The verbs of the `distlab` program, one file each. They parse, call a session, and print.
//!
//! Exit codes: 0 done, 1 the answer is no (a check fails) or it did not work, 2 usage, 3 an engine
//! is missing.

mod allow;
mod args;
mod class;
mod clean;
mod desk;
mod doctor;
mod env;
mod exec;
mod grade;
mod images;
mod join;
mod labs;
mod lazy;
mod lint;
mod me;
mod model;
mod new;
mod notes;
mod open;
mod picture;
mod repair;
mod room;
mod serve;
mod steps;
mod submit;
mod test;
mod time;

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use clap::{CommandFactory as _, Parser as _};

pub use args::Args;
use args::Verb;

/// Done.
pub const DONE: u8 = 0;
/// The answer is no, or it did not work.
pub const NO: u8 = 1;
/// The words were not understood.
pub const USAGE: u8 = 2;
/// An engine is missing.
pub const MISSING: u8 = 3;

/// An end with an exit code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Stop {
    pub code: u8,
    pub message: String,
}

impl Stop {
    pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
        Self { code: USAGE, message: message.into() }.into()
    }

    pub(crate) fn missing(message: impl Into<String>) -> anyhow::Error {
        Self { code: MISSING, message: message.into() }.into()
    }
}

/// Runs the program with its arguments (the first is its name) and returns the exit code. Called
/// under the name of one of the lab's commands it is that command.
#[must_use]
pub fn run(words: &[String]) -> u8 {
    let name = words.first().map(Path::new).and_then(Path::file_name).and_then(|n| n.to_str());
    if let Some(found) = name.and_then(command::find) {
        return ended(exec::shim(found, &words[1..]));
    }
    match Args::try_parse_from(words) {
        Ok(args) => ended(dispatch(&args)),
        Err(error) => {
            // Help and version are asked for; everything else is a usage error.
            let code = if error.use_stderr() { USAGE } else { DONE };
            let _ = error.print();
            code
        }
    }
}

/// The exit code of an outcome; an error is told on standard error.
fn ended(outcome: anyhow::Result<u8>) -> u8 {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            if broken_pipe(&error) {
                return DONE;
            }
            let _ = writeln!(io::stderr(), "distlab: {error:#}");
            error.downcast_ref::<Stop>().map_or(NO, |stop| stop.code)
        }
    }
}

/// Whoever read our output had enough (`distlab notes | head`).
fn broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

fn dispatch(args: &Args) -> anyhow::Result<u8> {
    match &args.verb {
        None => open::home(args),
        Some(Verb::Open { lab, read_only }) => open::lab(args, lab, *read_only),
        Some(Verb::Shell { lab, node, command }) => {
            exec::shell(args, lab, node.as_deref(), command)
        }
        Some(Verb::Exec { lab, node, command }) => exec::exec(args, lab, node.as_deref(), command),
        Some(Verb::Labs { json }) => labs::run(args, *json),
        Some(Verb::Allow { lab, yes }) => allow::run(args, lab.as_deref(), *yes),
        Some(Verb::Check { lab, step, json }) => {
            steps::check(args, lab.as_deref(), step.as_deref(), *json)
        }
        Some(Verb::Answer { words, number }) => steps::answer(args, words, *number),
        Some(Verb::Hint { lab, step }) => steps::hint(args, lab.as_deref(), step.as_deref()),
        Some(Verb::Undo { lab }) => steps::undo(args, lab.as_deref()),
        Some(Verb::Reset { lab, step, yes }) => {
            steps::reset(args, lab.as_deref(), step.as_deref(), *yes)
        }
        Some(Verb::Repair { lab }) => repair::run(args, lab.as_deref()),
        Some(Verb::Linger { lab }) => desk::linger(args, lab),
        Some(Verb::Time { span, lab }) => time::run(args, span.as_deref(), lab.as_deref()),
        Some(Verb::Nodes { lab, command }) => exec::nodes(args, lab.as_deref(), command),
        Some(Verb::Env { lab }) => env::run(args, lab),
        Some(Verb::Notes { query, json }) => notes::run(args, query, *json),
        Some(Verb::Glossary { term, json }) => notes::glossary(term, *json),
        Some(Verb::Me(what)) => me::run(args, what),
        Some(Verb::Join { file }) => join::run(args, file),
        Some(Verb::Class { command }) => class::run(args, command),
        Some(Verb::GradeOne) => grade::serve(),
        Some(Verb::Submit(what)) => submit::run(args, what),
        Some(Verb::Grade(what)) => grade::run(args, what),
        Some(Verb::Test(what)) => test::run(args, what),
        Some(Verb::Lint { path, json }) => lint::run(args, path.as_deref(), *json),
        Some(Verb::New { id, track, title, dir }) => {
            new::run(args, id, track, title.as_deref(), dir)
        }
        Some(Verb::Serve(what)) => serve::run(args, what),
        Some(Verb::Images { command }) => images::run(args, command.as_ref()),
        Some(Verb::Clean { lab, json }) => clean::run(lab.as_deref(), *json),
        Some(Verb::Doctor { json }) => doctor::run(args, *json),
        Some(Verb::Picture { lab, size, out }) => picture::run(args, lab, size, out.as_deref()),
        Some(Verb::Model { service }) => model::run(service.as_deref()),
        Some(Verb::Completions { shell }) => {
            clap_complete::generate(*shell, &mut Args::command(), "distlab", &mut io::stdout());
            Ok(DONE)
        }
        Some(Verb::Man) => {
            clap_mangen::Man::new(Args::command()).render(&mut io::stdout())?;
            Ok(DONE)
        }
    }
}

/// Prints a line, in one piece: a reader may close the pipe behind the line it waited for.
fn say(text: impl AsRef<str>) -> anyhow::Result<()> {
    let mut line = text.as_ref().to_owned();
    line.push('\n');
    Ok(io::stdout().write_all(line.as_bytes())?)
}

/// Prints a value as JSON.
fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(serde_json::to_string_pretty(value)?)
}

/// Whether a person is at both ends.
fn at_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}
