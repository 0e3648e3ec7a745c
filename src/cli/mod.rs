//! The verbs of the `distlab` program, one file each. They parse, call a session, and print.
//!
//! Exit codes: 0 done, 1 the answer is no (a check fails) or it did not work, 2 usage, 3 an engine
//! is missing.

mod allow;
mod args;
mod class;
mod classroom;
mod clean;
mod complete;
mod config;
mod course;
mod doctor;
mod env;
mod exec;
mod facts;
mod grade;
mod images;
mod join;
mod lab_session;
mod labs;
mod lacks;
mod lazy;
mod lint;
mod log;
mod man;
mod me;
mod model;
mod new;
mod note;
mod notes;
mod open;
mod picture;
mod repair;
mod serve;
mod settle;
mod steps;
mod submit;
mod test;
mod time;

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use clap::{CommandFactory as _, FromArgMatches as _};

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
    let parsed = Args::described().try_get_matches_from(words);
    match parsed.and_then(|found| Args::from_arg_matches(&found)) {
        Ok(args) => ended(perform(args)),
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

impl Args {
    /// The words of the command line with all that help says of them.
    fn described() -> clap::Command {
        let mut root = Self::command();
        for facts in facts::FACTS {
            root = root.mut_subcommand(facts.verb, |verb| {
                verb.after_help(facts.after_help()).mut_args(|arg| {
                    let told = arg.get_help().is_some();
                    let lab = matches!(arg.get_id().as_str(), "lab" | "labs");
                    if lab && !told { arg.help(facts::LAB) } else { arg }
                })
            });
        }
        root
    }
}

fn perform(mut args: Args) -> anyhow::Result<u8> {
    // Some verbs are for whoever mends a configuration, or go by none.
    let without = matches!(
        args.verb,
        Some(
            Verb::Config { .. }
                | Verb::Man { .. }
                | Verb::Completions { .. }
                | Verb::Complete { .. }
                | Verb::Doctor { .. }
                | Verb::GradeOne
        )
    );
    if !without {
        config::config().sound()?;
        config::choose_shell()?;
    }
    settle::settle(&mut args)?;
    dispatch(&args)
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
        Some(Verb::Course { json }) => course::run(args, *json),
        Some(Verb::Allow { lab, yes, json }) => allow::run(args, lab.as_deref(), *yes, *json),
        Some(Verb::Check { lab, step, json }) => {
            steps::check(args, lab.as_deref(), step.as_deref(), *json)
        }
        Some(Verb::Status { lab, json }) => steps::status(args, lab.as_deref(), *json),
        Some(Verb::Answer { words, number }) => steps::answer(args, words, *number),
        Some(Verb::Hint { lab, step, json }) => {
            steps::hint(args, lab.as_deref(), step.as_deref(), *json)
        }
        Some(Verb::Undo { lab }) => steps::undo(args, lab.as_deref()),
        Some(Verb::Reset { lab, step, yes }) => {
            steps::reset(args, lab.as_deref(), step.as_deref(), *yes)
        }
        Some(Verb::Repair { lab }) => repair::run(args, lab.as_deref()),
        Some(Verb::Linger { lab }) => lab_session::linger(args, lab),
        Some(Verb::Time { span, lab, json }) => {
            time::run(args, span.as_deref(), lab.as_deref(), *json)
        }
        Some(Verb::Nodes { lab, command }) => exec::nodes(args, lab.as_deref(), command),
        Some(Verb::Env { lab, json }) => env::run(args, lab, *json),
        Some(Verb::Notes { query, json }) => notes::run(args, query, *json),
        Some(Verb::Note(what)) => note::run(args, what),
        Some(Verb::Log { labs, output, json }) => log::run(args, labs, output.as_deref(), *json),
        Some(Verb::Glossary { term, json }) => notes::glossary(term, *json),
        Some(Verb::Me(what)) => me::run(args, what),
        Some(Verb::Join { file }) => join::run(args, file),
        Some(Verb::Class { command }) => class::run(args, command),
        Some(Verb::GradeOne) => grade::serve(),
        Some(Verb::GradeShard { folder }) => grade::shard(folder),
        Some(Verb::Submit(what)) => submit::run(args, what),
        Some(Verb::Grade(what)) => grade::run(args, what),
        Some(Verb::Test(what)) => test::run(args, what),
        Some(Verb::Lint { path, json }) => lint::run(args, path.as_deref(), *json),
        Some(Verb::New { id, track, title, dir }) => {
            new::run(args, id, track, title.as_deref(), dir)
        }
        Some(Verb::Serve(what)) => serve::run(args, what),
        Some(Verb::Images { command, json }) => images::run(args, command.as_ref(), *json),
        Some(Verb::Clean { lab, yes, json }) => clean::run(args, lab.as_deref(), *yes, *json),
        Some(Verb::Doctor { lab, json }) => doctor::run(args, lab.as_deref(), *json),
        Some(Verb::Picture { lab, size, out }) => picture::run(args, lab, size, out.as_deref()),
        Some(Verb::Model { service }) => model::run(service.as_deref()),
        Some(Verb::Config { command, json }) => config::run(args, command.as_ref(), *json),
        Some(Verb::Completions { shell }) => complete::script(*shell),
        Some(Verb::Complete { words }) => complete::run(args, words),
        Some(Verb::Man { verb, dir }) => man::run(verb.as_deref(), dir.as_deref()),
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

/// How wide lines are that a person is asked to read before answering: as in line mode.
fn width() -> usize {
    let columns = crossterm::terminal::size().map_or(0, |(columns, _)| usize::from(columns));
    if columns == 0 { app::plain::WIDTH } else { columns }
}

/// Whether a person is at both ends.
fn at_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}
