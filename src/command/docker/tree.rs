//! The commands of `docker`: what each is called, takes and does, and how words lead to one.

use super::cli::{self, Flag, Parsed};
use super::cx::{Cx, Fail};
use super::{container, image, system};

/// One command.
pub(super) struct Verb {
    /// `container`, `image` or `system`; empty for a command of the top level alone.
    pub(super) group: &'static str,
    /// Its name in the group.
    pub(super) name: &'static str,
    /// Its other names in the group.
    pub(super) aliases: &'static [&'static str],
    /// Its short form: `ps` for `container ls`.
    pub(super) top: Option<&'static str>,
    /// `[OPTIONS] CONTAINER`
    pub(super) usage: &'static str,
    pub(super) about: &'static str,
    pub(super) flags: &'static [&'static [Flag]],
    pub(super) args: Args,
    /// Whether flags may stand behind arguments; not where those are a command of their own.
    pub(super) interspersed: bool,
    /// Whether it only looks, with these arguments, and ends by itself.
    pub(super) looks: fn(&Parsed) -> bool,
    pub(super) run: fn(&mut Cx<'_, '_>, &Parsed) -> Result<u8, Fail>,
}

/// How many arguments a command takes.
#[derive(Clone, Copy)]
pub(super) enum Args {
    None,
    Exactly(usize),
    AtLeast(usize),
    AtMost(usize),
    Between(usize, usize),
}

impl Args {
    /// What is wrong with that many, and the word that points to the help page.
    fn wrong(self, count: usize) -> Option<(String, &'static str)> {
        let arguments = |n: usize| if n == 1 { "argument" } else { "arguments" };
        match self {
            Self::None if count > 0 => Some(("accepts no arguments".into(), "Run")),
            Self::Exactly(n) if count != n => {
                Some((format!("requires {n} {}", arguments(n)), "Run"))
            }
            Self::AtLeast(n) if count < n => {
                Some((format!("requires at least {n} {}", arguments(n)), "See"))
            }
            Self::AtMost(n) if count > n => {
                Some((format!("requires at most {n} {}", arguments(n)), "Run"))
            }
            Self::Between(low, high) if count < low || count > high => Some((
                format!("requires at least {low} and at most {high} {}", arguments(high)),
                "Run",
            )),
            _ => None,
        }
    }
}

/// Always only looks.
pub(super) fn always(_: &Parsed) -> bool {
    true
}

/// Changes something.
pub(super) fn never(_: &Parsed) -> bool {
    false
}

/// The groups and what they are for.
pub(super) static GROUPS: &[(&str, &str)] =
    &[("container", "Manage containers"), ("image", "Manage images"), ("system", "Manage Docker")];

/// Every command, in the order of groups and names.
pub(super) static VERBS: &[&Verb] = &[
    &container::attach::VERB,
    &container::create::VERB,
    &container::diff::VERB,
    &container::exec::VERB,
    &container::inspect::VERB,
    &container::kill::VERB,
    &container::logs::VERB,
    &container::ls::VERB,
    &container::pause::VERB,
    &container::port::VERB,
    &container::prune::VERB,
    &container::rename::VERB,
    &container::restart::VERB,
    &container::rm::VERB,
    &container::run::VERB,
    &container::start::VERB,
    &container::stop::VERB,
    &container::top::VERB,
    &container::unpause::VERB,
    &container::wait::VERB,
    &image::history::VERB,
    &image::inspect::VERB,
    &image::ls::VERB,
    &image::prune::VERB,
    &image::pull::VERB,
    &image::rm::VERB,
    &image::tag::VERB,
    &system::events::VERB,
    &system::info::VERB,
    &system::inspect::VERB,
    &system::version::VERB,
];

/// Where words lead.
pub(super) enum Found<'a> {
    /// A command, the path it was called by (`docker ps`) and the words behind it.
    Verb(&'static Verb, String, &'a [String]),
    /// A group alone, and the words behind it.
    Group(&'static str, &'a [String]),
    /// Nothing: the path so far, and the word that is not known there.
    Unknown(Option<&'static str>, &'a str),
    /// `docker` alone.
    Nothing,
}

/// Follows the words behind `docker` and its own flags.
pub(super) fn find(words: &[String]) -> Found<'_> {
    let Some((first, rest)) = words.split_first() else { return Found::Nothing };
    if let Some(verb) = VERBS.iter().find(|v| v.top == Some(first)) {
        return Found::Verb(verb, format!("docker {first}"), rest);
    }
    let Some((group, _)) = GROUPS.iter().find(|(g, _)| g == first) else {
        return Found::Unknown(None, first);
    };
    let Some((second, rest)) = rest.split_first().filter(|(w, _)| !w.starts_with('-')) else {
        return Found::Group(group, rest);
    };
    let named = |v: &&&Verb| v.name == second || v.aliases.contains(&second.as_str());
    match VERBS.iter().filter(|v| v.group == *group).find(named) {
        // The client names a command by its first name, however it was called.
        Some(verb) => Found::Verb(verb, format!("docker {group} {}", verb.name), rest),
        None => Found::Unknown(Some(group), second),
    }
}

impl Verb {
    /// Reads the words behind the command.
    ///
    /// # Errors
    /// What is wrong with them, with the usage line and the exit code of the client.
    pub(super) fn parse(&self, path: &str, words: &[String]) -> Result<Parsed, Fail> {
        let usage = format!("Usage:  {path} {}", self.usage);
        let parsed = cli::parse(words, self.flags, self.interspersed).map_err(|why| {
            Fail::new(125, format!("{why}\n\n{usage}\n\nRun '{path} --help' for more information"))
        })?;
        if parsed.help.is_none()
            && let Some((why, word)) = self.args.wrong(parsed.args.len())
        {
            return Err(Fail::new(
                1,
                format!(
                    "docker: '{path}' {why}\n\n{usage}\n\n{word} '{path} --help' for more information"
                ),
            ));
        }
        Ok(parsed)
    }
}
