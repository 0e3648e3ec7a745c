//! `distlab completions` and `distlab complete`: how a command line may go on.
//!
//! The scripts for bash, zsh and fish know nothing themselves: they hand the words to the program, which
//! goes by the same description of its verbs as the parser does, and knows labs, steps, pages, nodes
//! and images as they are now.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory as _, ValueHint};
use serde_json::Value;

use super::lazy::Lazy;
use super::{Args, DONE, say};
use course::{Need, Notes};
use session::profile::SERVE;
use session::run::capture;

/// Prints the script of a shell.
pub(super) fn script(shell: clap_complete::Shell) -> anyhow::Result<u8> {
    match shell {
        clap_complete::Shell::Bash => say(include_str!("complete/distlab.bash").trim_end())?,
        clap_complete::Shell::Zsh => say(include_str!("complete/distlab.zsh").trim_end())?,
        clap_complete::Shell::Fish => say(include_str!("complete/distlab.fish").trim_end())?,
        other => {
            clap_complete::generate(other, &mut Args::command(), "distlab", &mut io::stdout());
        }
    }
    Ok(DONE)
}

/// Prints how the last word may go on: a line for each way, a tab before what it is. A line that
/// begins with a colon asks the shell for what it knows better.
pub(super) fn run(args: &Args, words: &[String]) -> anyhow::Result<u8> {
    let mut args = args.same_place();
    for (word, about) in ways(&mut args, words) {
        let about = about.lines().next().unwrap_or_default();
        say(if about.is_empty() { word } else { format!("{word}\t{about}") })?;
    }
    Ok(DONE)
}

/// A way to go on, and what it is.
type Way = (String, String);

/// Files and folders are the shell's affair.
const FILES: &str = ":files";
const FOLDERS: &str = ":folders";

/// What was typed before the last word.
struct Before<'c> {
    /// The verb that the words have led to.
    command: &'c Command,
    positional: Vec<String>,
    options: BTreeMap<String, String>,
    /// The option whose value the last word is.
    awaits: Option<&'c Arg>,
    /// Behind `--`, and behind words that are another command's, nothing is an option of ours.
    bare: bool,
}

fn ways(args: &mut Args, words: &[String]) -> Vec<Way> {
    let mut root = Args::command();
    root.build();
    let (words, split) = joined(words);
    let Some((last, before)) = words.split_last() else { return Vec::new() };
    let before = read(&root, before.get(1..).unwrap_or_default());
    for (name, place) in [("home", &mut args.home), ("labs-folder", &mut args.labs)] {
        if let Some(value) = before.options.get(name) {
            *place = Some(value.into());
        }
    }
    // `--lab=s3` in one word: the whole word is replaced. Bash has it in three.
    if let (None, false, Some((name, start))) = (before.awaits, before.bare, last.split_once('='))
        && let Some(arg) = option(before.command, name)
    {
        let front = if split { String::new() } else { format!("{name}=") };
        let found = of_arg(args, arg, &before).into_iter();
        let found = found.filter(|(word, _)| word.starts_with(start));
        return found.map(|(word, about)| (format!("{front}{word}"), about)).collect();
    }
    let mut found = match before.awaits {
        Some(arg) => of_arg(args, arg, &before),
        None => here(args, &before, last),
    };
    found.retain(|(word, _)| word.starts_with(':') || word.starts_with(last.as_str()));
    found
}

/// Bash breaks words at `=`: puts them together again, and says whether there was anything to.
fn joined(words: &[String]) -> (Vec<String>, bool) {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    let mut split = false;
    for word in words {
        match all.last_mut().filter(|last| last.starts_with("--") && last.len() > 2) {
            Some(last) if word == "=" || open => {
                last.push_str(word);
                open = word == "=";
                split = true;
            }
            _ => {
                split = false;
                all.push(word.clone());
            }
        }
    }
    (all, split)
}

fn option<'c>(command: &'c Command, word: &str) -> Option<&'c Arg> {
    let long = word.strip_prefix("--");
    let short = word.strip_prefix('-').filter(|s| s.len() == 1).and_then(|s| s.chars().next());
    command.get_arguments().find(|arg| {
        long.is_some_and(|l| arg.get_long() == Some(l))
            || short.is_some() && arg.get_short() == short
    })
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

fn read<'c>(root: &'c Command, words: &[String]) -> Before<'c> {
    let mut before = Before {
        command: root,
        positional: Vec::new(),
        options: BTreeMap::new(),
        awaits: None,
        bare: false,
    };
    for word in words {
        if let Some(arg) = before.awaits.take() {
            before.options.insert(arg.get_id().to_string(), word.clone());
        } else if before.bare {
            before.positional.push(word.clone());
        } else if word == "--" {
            before.bare = true;
        } else if word.starts_with('-') && word.len() > 1 {
            let (name, value) =
                word.split_once('=').map_or((word.as_str(), None), |(n, v)| (n, Some(v)));
            let arg = option(before.command, name).filter(|arg| takes_value(arg));
            match (arg, value) {
                (Some(arg), Some(value)) => {
                    before.options.insert(arg.get_id().to_string(), value.to_owned());
                }
                (arg, _) => before.awaits = arg,
            }
        } else if let Some(verb) = before.command.find_subcommand(word) {
            before.command = verb;
        } else {
            before.positional.push(word.clone());
        }
    }
    before
}

/// What may stand at the last word's place: verbs, options, or what the next word of the verb is.
fn here(args: &mut Args, before: &Before<'_>, last: &str) -> Vec<Way> {
    if last.starts_with('-') && !before.bare {
        let options = before.command.get_arguments().filter(|arg| !arg.is_hide_set());
        let named = options.filter_map(|arg| Some((format!("--{}", arg.get_long()?), help(arg))));
        return named.collect();
    }
    let verbs = before.command.get_subcommands().filter(|verb| !verb.is_hide_set());
    let about = |verb: &Command| verb.get_about().map(ToString::to_string).unwrap_or_default();
    let mut found: Vec<Way> = verbs.map(|verb| (verb.get_name().to_owned(), about(verb))).collect();
    let places: Vec<&Arg> = before.command.get_positionals().collect();
    let behind = places.iter().position(|arg| arg.is_last_set()).filter(|_| before.bare);
    let place = behind.unwrap_or(before.positional.len());
    let repeats = |arg: &&&Arg| arg.get_num_args().is_some_and(|n| n.max_values() > 1);
    if let Some(arg) = places.get(place).or_else(|| places.last().filter(repeats)) {
        found.extend(of_arg(args, arg, before));
    }
    found
}

fn help(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

/// What an argument may be.
fn of_arg(args: &mut Args, arg: &Arg, before: &Before<'_>) -> Vec<Way> {
    let listed = arg.get_possible_values();
    if !listed.is_empty() {
        let about = |v: &clap::builder::PossibleValue| v.get_help().map(ToString::to_string);
        return listed
            .iter()
            .map(|v| (v.get_name().to_owned(), about(v).unwrap_or_default()))
            .collect();
    }
    let verb = before.command.get_name();
    match (verb, arg.get_id().as_str()) {
        ("images" | "get" | "rm", "names") => {
            docker::images::NEEDS.iter().map(|n| (n.name.into(), n.about.into())).collect()
        }
        ("exec" | "shell", "command") if before.positional.len() < 2 => {
            let mut found: Vec<Way> =
                command::COMMANDS.iter().map(|c| (c.name().into(), c.about().into())).collect();
            found.push((FILES.into(), String::new()));
            found
        }
        ("nodes", "command") => machines(args, before),
        ("man", "verb") => verbs(),
        ("answer", "words") => answer(args, before),
        ("notes", "query") => pages(),
        ("grade", "format") => words(grade::report::REPORTS.iter().map(|report| report.name())),
        ("new", "track") => words(args.listing().tracks()),
        (_, "lab" | "labs" | "assignments") => labs(args),
        (_, "step") => {
            let lab = lab_of(args, before);
            steps(args, lab)
        }
        (_, "node") => {
            let lab = lab_of(args, before);
            nodes(args, lab)
        }
        (_, "home" | "labs-folder" | "dir") => vec![(FOLDERS.into(), String::new())],
        _ if matches!(arg.get_value_hint(), ValueHint::Unknown | ValueHint::AnyPath)
            && arg.get_value_parser().type_id() == std::any::TypeId::of::<std::path::PathBuf>() =>
        {
            vec![(FILES.into(), String::new())]
        }
        ("exec" | "shell", _) => vec![(FILES.into(), String::new())],
        _ => Vec::new(),
    }
}

fn words<'w>(all: impl IntoIterator<Item = &'w str>) -> Vec<Way> {
    all.into_iter().map(|word| (word.to_owned(), String::new())).collect()
}

fn verbs() -> Vec<Way> {
    let root = Args::command();
    let shown = root.get_subcommands().filter(|verb| !verb.is_hide_set());
    let about = |verb: &Command| verb.get_about().map(ToString::to_string).unwrap_or_default();
    shown.map(|verb| (verb.get_name().to_owned(), about(verb))).collect()
}

fn labs(args: &Args) -> Vec<Way> {
    let catalog = args.listing();
    catalog.entries().iter().map(|entry| (entry.id.clone(), entry.title.clone())).collect()
}

/// The lab that the words are about.
fn lab_of(args: &mut Args, before: &Before<'_>) -> Option<String> {
    let named = before.options.get("lab").or_else(|| {
        let places = before.command.get_positionals().next();
        before.positional.first().filter(|_| places.is_some_and(|arg| arg.get_id() == "lab"))
    });
    match named {
        Some(word) => args.lab_named(word).ok(),
        None => Args::here(None).ok(),
    }
}

fn steps(args: &Args, lab: Option<String>) -> Vec<Way> {
    let opened = lab.and_then(|lab| args.lab(&lab, &args.profile().ok()?).ok());
    let steps = opened.into_iter().flat_map(|lab| lab.steps);
    steps.map(|step| (step.id, step.title)).collect()
}

/// A lab and a step, or in a lab's own shell a step alone.
fn answer(args: &mut Args, before: &Before<'_>) -> Vec<Way> {
    let here = Args::here(None).ok();
    match before.positional.first() {
        None => {
            let mut found = steps(args, here);
            found.extend(labs(args));
            found
        }
        Some(word) if before.positional.len() == 1 => {
            let lab = args.lab_named(word).ok();
            steps(args, lab)
        }
        Some(_) => Vec::new(),
    }
}

fn pages() -> Vec<Way> {
    Notes::load().list().map(|(id, title, _)| (id.to_owned(), title.to_owned())).collect()
}

/// The live nodes of a lab; for those that are simulated, the machines of its world.
fn nodes(args: &Args, lab: Option<String>) -> Vec<Way> {
    let Some(lab) = lab else { return Vec::new() };
    let real = args.listing().get(&lab).is_ok_and(|entry| entry.needs.contains(&Need::Swarm));
    if real {
        return docker::live_nodes(&lab);
    }
    if lab == SERVE {
        return Vec::new();
    }
    let Ok(gateway) = Lazy::new(args, &lab) else { return Vec::new() };
    let list = capture("nodes ls --json", &gateway, Path::new("."), &BTreeMap::new(), &lab);
    let all = serde_json::from_str::<Value>(&list.stdout).unwrap_or_default();
    let rows = all.as_object().and_then(|all| all.values().find_map(Value::as_array));
    let names = rows.into_iter().flatten().filter_map(|row| {
        let fields = row.as_object()?;
        fields.iter().find(|(field, _)| field.eq_ignore_ascii_case("name"))?.1.as_str()
    });
    names.map(|name| (name.to_owned(), String::new())).collect()
}

/// What `nodes` takes: what to do, then to which machines.
fn machines(args: &mut Args, before: &Before<'_>) -> Vec<Way> {
    let lab = lab_of(args, before);
    if !before.positional.is_empty() {
        return nodes(args, lab);
    }
    let entry = lab.and_then(|lab| args.listing().get(&lab).cloned().ok());
    let real = entry.is_some_and(|entry| entry.needs.contains(&Need::Swarm));
    let both = ["ls", "kill", "start", "partition", "heal"];
    let more: &[&str] = if real { &["up", "down", "load"] } else { &["fill", "restart"] };
    words(both.into_iter().chain(more.iter().copied()))
}
