//! The commands of `docker`, and how words lead to one.

use super::cx::{Cx, Fail};
use super::verb::{Group, Verb};
use super::{
    builder, compose, container, context, image, network, node, secret, service, stack, swarm,
    system, volume,
};
use command_line::flags;
use command_line::flags::Parsed;

/// Every group, in alphabetical order; the top level last.
pub(super) static GROUPS: &[&Group] = &[
    &builder::GROUP,
    &compose::GROUP,
    &secret::CONFIGS,
    &container::GROUP,
    &context::GROUP,
    &image::GROUP,
    &network::GROUP,
    &node::GROUP,
    &secret::SECRETS,
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
        flags => match flags::parse(rest, &[flags], false) {
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

/// Runs the command that words lead to, for another one.
///
/// # Errors
/// Its own failure, or that there is none of that name.
pub(super) fn run(cx: &mut Cx<'_, '_>, words: &[String]) -> Result<u8, Fail> {
    let Found::Verb(verb, call) = find(words) else {
        let name = words.first().map(String::as_str).unwrap_or_default();
        return Err(Fail::new(1, format!("docker {name} is not there")));
    };
    let parsed = verb.parse(&call.path, call.words)?;
    let path = std::mem::replace(&mut cx.path, call.path);
    let done = (verb.run)(cx, &parsed);
    cx.path = path;
    done
}
