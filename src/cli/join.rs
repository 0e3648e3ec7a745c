//! `distlab join`: binds a learner's later worlds to a class.

use std::path::Path;

use anyhow::Context as _;

use super::class::{read, terms};
use super::{Args, DONE, say};

pub(super) fn run(args: &Args, file: &Path) -> anyhow::Result<u8> {
    let class = read(file)?;
    let mut profile = args.profile()?;
    let begun = profile.begun()?;
    let joined = profile.class.as_ref().map(session::class::Class::id) == Some(class.id());
    profile.join(class).with_context(|| format!("{} was not joined", file.display()))?;
    let Some(class) = &profile.class else { return Ok(DONE) };
    say(format!("You are in {}.", class.terms.name))?;
    for line in terms(class) {
        say(line)?;
    }
    let before: Vec<&str> =
        begun.iter().filter(|lab| class.assignment(lab).is_some()).map(String::as_str).collect();
    if !before.is_empty() && !joined {
        say(format!(
            "Begun before, so not for this class: {}. Begin again in another profile: distlab --home DIR me …, then join.",
            before.join(", ")
        ))?;
    }
    Ok(DONE)
}
