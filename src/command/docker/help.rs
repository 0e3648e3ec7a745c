//! Help pages, in the layout of the reference client and in our own words.

use std::fmt::Write as _;

use super::cli::Flag;
use super::tree::{GROUPS, verbs};
use super::verb::{Group, Verb};

/// The page of one command.
pub(super) fn verb(verb: &Verb, path: &str) -> String {
    let usage = format!("Usage:  {path} {}", verb.usage);
    let mut page = format!("{}\n\n{}\n", usage.trim_end(), verb.about);
    let mut names = Vec::new();
    if !verb.group.is_empty() && (verb.top.is_some() || !verb.aliases.is_empty()) {
        names.extend(
            std::iter::once(&verb.name)
                .chain(verb.aliases)
                .map(|name| format!("docker {} {name}", verb.group)),
        );
    }
    if !names.is_empty() {
        names.extend(verb.top.map(|top| format!("docker {top}")));
        let _ = write!(page, "\nAliases:\n  {}\n", names.join(", "));
    }
    if !verb.flags.iter().all(|table| table.is_empty()) {
        page.push_str("\nOptions:\n");
        flags(&mut page, verb.flags);
    }
    page
}

fn flags(page: &mut String, tables: &[&'static [Flag]]) {
    let mut flags: Vec<&Flag> = tables.iter().flat_map(|table| table.iter()).collect();
    flags.sort_by_key(|f| f.long);
    let head = |f: &Flag| {
        let short = f.short.map_or("    ".to_owned(), |s| format!("-{s}, "));
        let value = if f.value.is_empty() { String::new() } else { format!(" {}", f.value) };
        format!("{short}--{}{value}", f.long)
    };
    let width = flags.iter().map(|f| head(f).len()).max().unwrap_or(0);
    for flag in flags {
        let _ = writeln!(page, "  {:width$}   {}", head(flag), flag.help);
    }
}

/// The page of a group.
pub(super) fn group(group: &Group) -> String {
    let options = if group.flags.is_empty() { "" } else { "[OPTIONS] " };
    let mut page = format!("Usage:  docker {} {options}COMMAND\n\n{}\n", group.name, group.about);
    if !group.flags.is_empty() {
        page.push_str("\nOptions:\n");
        flags(&mut page, &[group.flags]);
    }
    page.push_str("\nCommands:\n");
    list(&mut page, group.verbs.iter().map(|v| (v.name, v.about)));
    let _ = write!(
        page,
        "\nRun 'docker {} COMMAND --help' for more information on a command.\n",
        group.name
    );
    page
}

/// The page of `docker` itself.
pub(super) fn all() -> String {
    const COMMON: &[&str] = &["run", "exec", "ps", "pull", "images", "version", "info"];
    let mut page = String::from(
        "Usage:  docker [OPTIONS] COMMAND\n\nThe lab's docker command, on your own Docker Engine\n\nCommon Commands:\n",
    );
    let short = |name: &str| verbs().find(|v| v.top == Some(name));
    list(&mut page, COMMON.iter().filter_map(|n| short(n).map(|v| (*n, v.about))));
    page.push_str("\nManagement Commands:\n");
    let named = GROUPS.iter().filter(|g| !g.name.is_empty());
    list(&mut page, named.map(|g| (g.name, g.about)));
    page.push_str("\nCommands:\n");
    let mut rest: Vec<(&str, &str)> =
        verbs().filter_map(|v| v.top.map(|top| (top, v.about))).collect();
    rest.retain(|(name, _)| !COMMON.contains(name));
    rest.sort_unstable();
    list(&mut page, rest.into_iter());
    page.push_str(
        "\nGlobal Options:\n  -H, --host list   Address of the engine (unix:///path)\n  -v, --version     Print version information and quit\n\nRun 'docker COMMAND --help' for more information on a command.\n",
    );
    page
}

fn list<'a>(page: &mut String, commands: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, about) in commands {
        let _ = writeln!(page, "  {name:<11} {about}");
    }
}
