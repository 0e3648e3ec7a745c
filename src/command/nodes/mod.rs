//! `nodes`: the learner's hands on the lab's machines.
//!
//! In most labs they are simulated; in a lab that needs a swarm each is a real engine. Which it is
//! says the shell's environment: a lab of real ones has a folder for their sockets in it.

mod real;
mod simulated;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::{Command, Host, Problem, finish, refuse};
use base::text::nearest;

/// The command.
pub(super) struct Nodes;

/// Where the sockets of a lab's real nodes are; not there where nodes are simulated.
pub const FOLDER_VARIABLE: &str = "DISTLAB_NODES";

impl Command for Nodes {
    fn name(&self) -> &'static str {
        "nodes"
    }

    fn about(&self) -> &'static str {
        "The machines of the lab: list them, pull a plug, start one again."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        let folder = host.env.get(FOLDER_VARIABLE).filter(|f| !f.is_empty()).map(PathBuf::from);
        match folder {
            Some(folder) => match real::perform(args, host, &folder) {
                Ok(code) => code,
                Err(problem) => refuse(problem, host),
            },
            None => finish(simulated::perform(args, host), host),
        }
    }

    fn attested(&self, real_nodes: bool) -> bool {
        real_nodes
    }

    fn read_only(&self, args: &[String]) -> bool {
        args.first().is_none_or(|a| a == "ls" || a == "--json")
    }
}

/// The verb, `ls` when there is none, and the words behind it.
fn verb(args: &[String]) -> (&str, &[String]) {
    match args.split_first() {
        Some((first, rest)) if first != "--json" => (first.as_str(), rest),
        _ => ("ls", args),
    }
}

/// A verb that is none.
fn unknown(word: &str, verbs: &[&str], usage: &str) -> Problem {
    let hint = nearest(word, verbs.iter().copied())
        .map_or_else(String::new, |near| format!("; did you mean {near}?"));
    (2, format!("nodes: {word} is not known{hint}\n{usage}"))
}
