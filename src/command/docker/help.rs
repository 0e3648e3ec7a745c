//! Help pages, in the layout of the reference client and in our own words.

use std::fmt::Write as _;

use super::tree::{GROUPS, verbs};
use super::verb::{Group, Verb};
use command_line::help;

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
        help::flags(&mut page, verb.flags);
    }
    page
}

/// The page of a group.
pub(super) fn group(group: &Group) -> String {
    let options = if group.flags.is_empty() { "" } else { "[OPTIONS] " };
    let mut page = format!("Usage:  docker {} {options}COMMAND\n\n{}\n", group.name, group.about);
    if !group.flags.is_empty() {
        page.push_str("\nOptions:\n");
        help::flags(&mut page, &[group.flags]);
    }
    page.push_str("\nCommands:\n");
    help::commands(&mut page, group.verbs.iter().map(|v| (v.name, v.about)));
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
    help::commands(&mut page, COMMON.iter().filter_map(|n| short(n).map(|v| (*n, v.about))));
    page.push_str("\nManagement Commands:\n");
    let named = GROUPS.iter().filter(|g| !g.name.is_empty());
    help::commands(&mut page, named.map(|g| (g.name, g.about)));
    page.push_str("\nCommands:\n");
    let mut rest: Vec<(&str, &str)> =
        verbs().filter_map(|v| v.top.map(|top| (top, v.about))).collect();
    rest.retain(|(name, _)| !COMMON.contains(name));
    rest.sort_unstable();
    help::commands(&mut page, rest.into_iter());
    page.push_str(
        "\nGlobal Options:\n  -H, --host list   Address of the engine (unix:///path)\n  -v, --version     Print version information and quit\n\nRun 'docker COMMAND --help' for more information on a command.\n",
    );
    page
}
