//! Nodes that are real engines: made, taken away, killed, cut off.

use std::path::Path;

use serde_json::json;

use super::{Host, Problem, unknown, verb};
use base::text::plural;
use command_line::table::columns;
use docker::nodes::{Changed, NODES_MAX, Node, Nodes, Up};
use docker::{Engine, EngineError, block_on};

const USAGE: &str = "\
Usage: nodes up N                 make N nodes, each a real engine: node1, node2…
       nodes down                 take them away with everything in them
       nodes ls [--json]
       nodes kill  NAME...        pull the plug
       nodes start NAME...        put it back: a node keeps what it had
       nodes partition NAME...    cut off from all nodes that are not named
       nodes heal [NAME...]       connect again
       nodes load IMAGE...        copy images of your engine into every node

docker -c node2 COMMAND, or DOCKER_CONTEXT=node2, speaks to the engine of node2.
";

const VERBS: &[&str] = &["up", "down", "ls", "kill", "start", "partition", "heal", "load"];

/// No engine to ask.
const MISSING: u8 = 3;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// One of [`VERBS`], or `help`.
    pub(super) verb: String,
    pub(super) names: Vec<String>,
    pub(super) json: bool,
}

/// Reads the words; no engine is asked.
///
/// # Errors
/// What is wrong with them.
pub(super) fn parse(args: &[String]) -> Result<Wanted, Problem> {
    let (verb, rest) = verb(args);
    let (flags, names): (Vec<_>, Vec<_>) = rest.iter().cloned().partition(|w| w.starts_with('-'));
    if matches!(verb, "-h" | "--help" | "help") || flags.iter().any(|f| f == "--help" || f == "-h")
    {
        return Ok(Wanted { verb: "help".into(), names: Vec::new(), json: false });
    }
    if !VERBS.contains(&verb) {
        return Err(unknown(verb, VERBS, USAGE));
    }
    if let Some(flag) = flags.iter().find(|f| verb != "ls" || *f != "--json") {
        return Err(usage(&format!("{flag} is not known")));
    }
    match verb {
        "up" => drop(count(&names)?),
        "ls" | "down" if !names.is_empty() => return Err(usage(&format!("{verb} takes no names"))),
        "kill" | "start" | "partition" if names.is_empty() => {
            return Err(usage(&format!("{verb} needs the name of a node")));
        }
        "load" if names.is_empty() => return Err(usage("load needs the name of an image")),
        _ => {}
    }
    Ok(Wanted { verb: verb.to_owned(), names, json: !flags.is_empty() })
}

/// How many nodes `up` is to make.
fn count(words: &[String]) -> Result<usize, Problem> {
    let count = match words {
        [one] => one.parse::<usize>().ok().filter(|n| (1..=NODES_MAX).contains(n)),
        _ => None,
    };
    count
        .ok_or_else(|| usage(&format!("up takes how many nodes there are to be, 1 to {NODES_MAX}")))
}

/// Does what the words say; the exit code.
pub(super) fn perform(args: &[String], host: &mut Host<'_>, folder: &Path) -> Result<u8, Problem> {
    let Wanted { verb, names, json } = parse(args)?;
    if verb == "help" {
        print(host, USAGE);
        return Ok(0);
    }
    if verb == "up" {
        return up(count(&names)?, host, folder);
    }
    let nodes = nodes(host)?;
    match verb.as_str() {
        "down" => down(&nodes, host),
        "ls" => {
            let found = block_on(nodes.list()).map_err(|e| problem(&e))?;
            print(host, &if json { as_json(&found)? } else { listing(&found) });
            Ok(0)
        }
        "kill" => print_changed(host, block_on(nodes.kill(&names)), "is down", "was down already"),
        "start" => {
            let done = block_on(nodes.start(&names, &mut |line| print(host, &line_of(&line))));
            print_changed(host, done, "is up", "was up already")
        }
        "partition" => print_changed(
            host,
            block_on(nodes.partition(&names)),
            "is cut off",
            "was already cut off",
        ),
        "heal" => heal(&nodes, &names, host),
        _ => {
            block_on(nodes.load(&names, &mut |line| print(host, &line_of(&line))))
                .map_err(|e| problem(&e))?;
            Ok(0)
        }
    }
}

/// The nodes of the lab this runs for.
fn nodes(host: &Host<'_>) -> Result<Nodes, Problem> {
    let engine = Engine::open(Engine::own_host(&host.env)).map_err(|e| problem(&e))?;
    Ok(Nodes::of(engine, &host.lab))
}

fn up(count: usize, host: &mut Host<'_>, folder: &Path) -> Result<u8, Problem> {
    let nodes = nodes(host)?;
    let up = block_on(nodes.up(count, folder, &mut |line| print(host, &line_of(&line))));
    match up.map_err(|e| problem(&e))? {
        Up::Nodes(names) => {
            let names = names.join(", ");
            print(host, &format!("{names}: docker -c NAME speaks to each, nodes ls shows them\n"));
        }
        Up::Own(why) => {
            let _ = writeln!(host.stderr, "nodes: {why}.");
            print(host, "node1 is your own engine; there is no other node.\n");
        }
    }
    Ok(0)
}

fn down(nodes: &Nodes, host: &mut Host<'_>) -> Result<u8, Problem> {
    let gone = block_on(nodes.down()).map_err(|e| problem(&e))?;
    if !gone.nodes.is_empty() {
        let count = plural(gone.nodes.len(), "node");
        print(host, &format!("{count} taken away: {}\n", gone.nodes.join(", ")));
    }
    if gone.own {
        print(host, "node1 was your own engine; it is only your engine again.\n");
    }
    if gone.left_swarm {
        print(host, "Your engine has left the swarm that this lab set up.\n");
    }
    if gone.nodes.is_empty() && !gone.own {
        print(host, "This lab has no nodes.\n");
    }
    Ok(0)
}

fn heal(nodes: &Nodes, names: &[String], host: &mut Host<'_>) -> Result<u8, Problem> {
    let healed = block_on(nodes.heal(names)).map_err(|e| problem(&e))?;
    if healed == Changed::default() {
        print(host, "no node is cut off\n");
    }
    print_changed(host, Ok(healed), "is connected again", "was not cut off")
}

/// A line for each node.
fn print_changed(
    host: &mut Host<'_>,
    changed: Result<Changed, EngineError>,
    what: &str,
    why: &str,
) -> Result<u8, Problem> {
    let changed = changed.map_err(|e| problem(&e))?;
    let done = changed.done.iter().map(|name| format!("{name} {what}\n"));
    let already = changed.already.iter().map(|name| format!("{name} {why}\n"));
    print(host, &done.chain(already).collect::<String>());
    Ok(0)
}

pub(super) fn listing(nodes: &[Node]) -> String {
    if nodes.is_empty() {
        return "This lab has no nodes yet; make some with `distlab nodes up 3`.\n".into();
    }
    let head = ["NAME", "STATE", "ADDRESS", "SWARM", "ROLE", "SEEN AS"];
    let mut rows = vec![head.map(String::from)];
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    for node in nodes {
        rows.push(
            [&node.name, node.state, &node.address, &node.swarm, &node.role, &node.seen]
                .map(or_dash),
        );
    }
    columns(&rows, &[])
}

pub(super) fn as_json(nodes: &[Node]) -> Result<String, Problem> {
    let all: Vec<_> = nodes
        .iter()
        .map(|node| {
            json!({
                "name": node.name, "state": node.state, "address": node.address,
                "swarm": node.swarm, "role": node.role, "seen": node.seen, "host": node.host,
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&all).map_err(|e| (1, format!("nodes: {e}\n")))?;
    Ok(format!("{text}\n"))
}

fn line_of(text: &str) -> String {
    format!("{text}\n")
}

fn print(host: &mut Host<'_>, text: &str) {
    // A reader that went away is no error.
    let _ = host.stdout.write_all(text.as_bytes());
}

fn problem(error: &EngineError) -> Problem {
    let code = if error.is_unreachable() { MISSING } else { 1 };
    (code, format!("nodes: {error}\n"))
}

fn usage(message: &str) -> Problem {
    (2, format!("nodes: {message}\n{USAGE}"))
}
