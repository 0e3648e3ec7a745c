//! Before a verb runs: the labs that its words mean. Every verb names a lab in the same ways: by its
//! name or the beginning of it, its title, its number in `distlab labs`, or the path of its folder.

use std::path::{Path, PathBuf};

use super::args::Verb;
use super::{Args, Stop};
use course::{Catalog, named};
use session::profile::SERVE;
use session::prove::PROOF;

/// Puts the names of labs in the place of what was typed for them. A lab that was named by its folder
/// is read from there.
pub(super) fn settle(args: &mut Args) -> anyhow::Result<()> {
    own_options_of_nodes(args)?;
    let Some(mut verb) = args.verb.take() else { return Ok(()) };
    let cleans = matches!(verb, Verb::Clean { .. });
    let settled = words_of_labs(&mut verb).into_iter().try_for_each(|word| {
        // What a proof that was stopped left behind is called after the lab.
        *word = match word.strip_prefix(PROOF).filter(|_| cleans) {
            Some(lab) => format!("{PROOF}{}", args.lab_named(lab)?),
            None => args.lab_named(word)?,
        };
        Ok(())
    });
    args.verb = Some(verb);
    settled
}

/// The words of a verb that name labs: here a verb is entered that takes one.
fn words_of_labs(verb: &mut Verb) -> Vec<&mut String> {
    match verb {
        Verb::Open { lab, .. }
        | Verb::Shell { lab, .. }
        | Verb::Exec { lab, .. }
        | Verb::Env { lab, .. }
        | Verb::Linger { lab }
        | Verb::Picture { lab, .. } => vec![lab],
        Verb::Allow { lab, .. }
        | Verb::Check { lab, .. }
        | Verb::Status { lab, .. }
        | Verb::Hint { lab, .. }
        | Verb::Undo { lab }
        | Verb::Reset { lab, .. }
        | Verb::Repair { lab }
        | Verb::Time { lab, .. }
        | Verb::Nodes { lab, .. }
        | Verb::Clean { lab, .. }
        | Verb::Doctor { lab, .. } => lab.iter_mut().collect(),
        Verb::Submit(what) => what.lab.iter_mut().collect(),
        Verb::Log { labs, .. } => labs.iter_mut().collect(),
        // In a lab's own shell the first word may be a step.
        Verb::Note(what) if std::env::var_os("DISTLAB_LAB").is_none() => {
            what.words.iter_mut().take(1).collect()
        }
        Verb::Test(what) => what.labs.iter_mut().collect(),
        // With two words the lab is the one whose shell this is.
        Verb::Answer { words, .. } if words.len() == 3 => words.iter_mut().take(1).collect(),
        _ => Vec::new(),
    }
}

impl Args {
    /// The name of the lab that a word means.
    ///
    /// # Errors
    /// A usage error that says which lab was probably meant.
    pub(crate) fn lab_named(&mut self, word: &str) -> anyhow::Result<String> {
        if word == SERVE {
            return Ok(SERVE.to_owned());
        }
        let catalog = self.listing();
        let labs = names(&catalog);
        let unnamed = match named(&labs, word) {
            Ok(place) => return Ok(labs[place].0.to_owned()),
            Err(unnamed) => unnamed,
        };
        let path = Path::new(word);
        if path.join("lab.md").is_file() || path.ends_with("lab.md") && path.is_file() {
            return self.lab_in(path);
        }
        if path.is_dir() && (word.contains('/') || word.starts_with('.')) {
            return Err(Stop::usage(format!(
                "{word} has no lab.md: a lab is a folder with such a file (distlab new begins one)"
            )));
        }
        // What was begun when there was such a lab can still be looked at, repaired and cleaned up.
        let begun = self.profile().and_then(|profile| profile.begun()).unwrap_or_default();
        if begun.iter().any(|lab| lab == word) {
            return Ok(word.to_owned());
        }
        Err(Stop::usage(unnamed.to_string()))
    }

    /// The name of the lab in a folder. From now on its folder counts among the labs.
    fn lab_in(&mut self, path: &Path) -> anyhow::Result<String> {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = folder.canonicalize()?;
        let here = |found: &Option<PathBuf>| {
            found.as_ref().and_then(|f| f.canonicalize().ok()).is_some_and(|f| f == folder)
        };
        let known = self.listing();
        if let Some(entry) = known.entries().iter().find(|entry| here(&entry.folder)) {
            return Ok(entry.id.clone());
        }
        let alone = Catalog::list(Some(&folder));
        if let Some(broken) = alone.broken().first() {
            return Err(Stop::usage(super::lab_session::list(&broken.problems)));
        }
        let found = alone.entries().iter().find(|entry| here(&entry.folder));
        let id = found.map(|entry| entry.id.clone()).ok_or_else(|| {
            Stop::usage(format!("{} holds no lab that can be read", folder.display()))
        })?;
        self.labs = Some(folder);
        Ok(id)
    }
}

/// Names and titles in the order in which labs are numbered; what cannot be opened comes last.
pub(super) fn names(catalog: &Catalog) -> Vec<(&str, &str)> {
    let good = catalog.entries().iter().map(|entry| (entry.id.as_str(), entry.title.as_str()));
    good.chain(catalog.broken().iter().map(|broken| (broken.id_or_path.as_str(), ""))).collect()
}

/// The words of `nodes` are those of another command, but options of distlab are readily written
/// among them; they are taken out.
fn own_options_of_nodes(args: &mut Args) -> anyhow::Result<()> {
    let Some(Verb::Nodes { lab, command }) = &mut args.verb else { return Ok(()) };
    let mut rest = Vec::new();
    let mut words = std::mem::take(command).into_iter();
    while let Some(word) = words.next() {
        let (name, given) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        if !matches!(name, "--lab" | "--home" | "--labs") {
            rest.push(word);
            continue;
        }
        let value = given.or_else(|| words.next());
        let value = value.ok_or_else(|| Stop::usage(format!("{name} wants a value behind it")))?;
        match name {
            "--lab" => *lab = Some(value),
            "--home" => args.home = Some(value.into()),
            _ => args.labs = Some(value.into()),
        }
    }
    *command = rest;
    Ok(())
}
