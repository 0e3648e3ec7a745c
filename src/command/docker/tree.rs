//! The commands of `docker`: what each is called, takes and does, and how words lead to one.

use super::cli::{self, Flag, Parsed};
use super::cx::{Cx, Fail};
use super::{
    builder, compose, container, image, network, node, service, stack, stored, swarm, system,
    volume,
};

/// A family of commands: `docker container …`.
pub(super) struct Group {
    /// Empty for the commands that stand at the top level alone.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Flags between the group's name and the command's (`docker compose -f FILE up`).
    pub(super) flags: &'static [Flag],
    /// In alphabetical order.
    pub(super) verbs: &'static [&'static Verb],
}

/// One command.
pub(super) struct Verb {
    /// The name of its [`Group`].
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

/// Every group, in alphabetical order; the top level last.
pub(super) static GROUPS: &[&Group] = &[
    &builder::GROUP,
    &compose::GROUP,
    &stored::CONFIGS,
    &container::GROUP,
    &image::GROUP,
    &network::GROUP,
    &node::GROUP,
    &stored::SECRETS,
    &service::GROUP,
    &stack::GROUP,
    &swarm::GROUP,
    &system::GROUP,
    &volume::GROUP,
    &system::TOP,
];

/// Every command, in the order of groups and names.
pub(super) fn verbs() -> impl Iterator<Item = &'static Verb> {
    GROUPS.iter().flat_map(|group| group.verbs.iter().copied())
}

/// Where words lead.
pub(super) enum Found<'a> {
    /// A command and how it was called.
    Verb(&'static Verb, Call<'a>),
    /// A group alone, and the words behind it.
    Group(&'static Group, &'a [String]),
    /// Nothing: the path so far, and the word that is not known there.
    Unknown(Option<&'static str>, &'a str),
    /// A flag of the group that cannot be read.
    Wrong(&'static Group, String),
    /// `docker` alone.
    Nothing,
}

/// How a command was called.
pub(super) struct Call<'a> {
    /// `docker ps`
    pub(super) path: String,
    /// The flags of its group that stood before it.
    pub(super) group: Parsed,
    /// The words behind it.
    pub(super) words: &'a [String],
}

/// Follows the words behind `docker` and its own flags.
pub(super) fn find(words: &[String]) -> Found<'_> {
    let Some((first, rest)) = words.split_first() else { return Found::Nothing };
    if let Some(verb) = verbs().find(|v| v.top == Some(first)) {
        let call = Call { path: format!("docker {first}"), group: Parsed::default(), words: rest };
        return Found::Verb(verb, call);
    }
    let named = |g: &&&Group| !g.name.is_empty() && g.name == first;
    let Some(&group) = GROUPS.iter().find(named) else { return Found::Unknown(None, first) };
    let (of_group, rest) = match group.flags {
        [] => (Parsed::default(), rest),
        flags => match cli::parse(rest, &[flags], false) {
            // What the flags leave is the tail of the words.
            Ok(parsed) => {
                let left = &rest[rest.len() - parsed.args.len()..];
                (parsed, left)
            }
            Err(why) => return Found::Wrong(group, why),
        },
    };
    let Some((second, rest)) = rest.split_first().filter(|(w, _)| !w.starts_with('-')) else {
        return Found::Group(group, rest);
    };
    let named = |v: &&&Verb| v.name == second || v.aliases.contains(&second.as_str());
    match group.verbs.iter().find(named) {
        // The client names a command by its first name, however it was called.
        Some(verb) => {
            let path = format!("docker {} {}", group.name, verb.name);
            Found::Verb(verb, Call { path, group: of_group, words: rest })
        }
        None => Found::Unknown(Some(group.name), second),
    }
}

impl Verb {
    /// Reads the words behind the command.
    ///
    /// # Errors
    /// What is wrong with them, with the usage line and the exit code of the client.
    pub(super) fn parse(&self, path: &str, words: &[String]) -> Result<Parsed, Fail> {
        let usage = format!("Usage:  {path} {}", self.usage);
        let usage = usage.trim_end();
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
