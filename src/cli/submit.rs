//! `distlab submit`: the learner's work in one file.

use std::path::PathBuf;

use anyhow::bail;

use super::lab_session::{LabSession, wall};
use super::{Args, DONE, args, say};
use base::Digest;
use base::text::plural;
use grade::submission;
use session::Session;
use session::profile::Profile;

/// The digest of a lab's text, before any learner's variables.
pub(super) fn lab_digest(args: &Args, id: &str) -> anyhow::Result<Digest> {
    let source =
        args.listing().source(id).map_err(|p| anyhow::anyhow!(super::lab_session::list(&p)))?;
    Ok(Digest::of(source.text.as_bytes()))
}

pub(super) fn run(args: &Args, what: &args::Submit) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let named = Args::here(what.lab.as_deref())?;
    let lab = args.lab(&named, &profile)?;
    if profile.store()?.world(&lab.id)?.is_none() {
        bail!("nothing has been done in {} yet: distlab open {}", lab.id, lab.id);
    }
    let digest = lab_digest(args, &lab.id)?;
    let name = format!("{}-{}.dlab", lab.id, file_name(&profile));
    let path = what.out.clone().unwrap_or_else(|| PathBuf::from(name));
    let lab_session = LabSession::find(args, &named)?;
    let Some(session) = lab_session.session() else {
        bail!(
            "the lab {} is open in another distlab: leave it there first, so that nothing changes while it is written down",
            lab.id
        );
    };
    let (head, left) = submission::write(&session, digest, what.nonce.clone(), wall().0, &path)?;
    for line in who(&session, &profile) {
        say(line)?;
    }
    let (earned, possible) = session.points();
    say(format!("Wrote {} ({earned} of {}).", path.display(), plural(possible as usize, "point")))?;
    say(format!("Its journal ends with {}.", &head.head.to_string()[..16]))?;
    if left.bodies > 0 {
        let count = left.bodies;
        let stored = if count == 1 { "was" } else { "were" };
        say(format!(
            "{count} of the contents that you stored {stored} too large to go along, or damaged; only checks that read them cannot be replayed."
        ))?;
    }
    for (path, why) in left.files {
        say(format!("{path} {why}: steps that look at it are believed, and not replayed."))?;
    }
    Ok(DONE)
}

/// What tells the files of a class apart when they lie in one folder.
fn file_name(profile: &Profile) -> String {
    let number = profile.person.as_ref().map(|person| person.number.as_str()).unwrap_or_default();
    let number: String = number.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    if number.is_empty() { profile.learner.name.clone() } else { number }
}

/// Whom the file is from, as it will say; and what is odd about that.
fn who(session: &Session, profile: &Profile) -> Vec<String> {
    let world = session.engine().manifest();
    let mut lines = Vec::new();
    match (&world.person, &profile.person) {
        (Some(person), _) => lines.push(format!("It is from {} ({}).", person.name, person.number)),
        (None, Some(_)) => lines.push(format!(
            "{} was begun before you said who you are, so the file names you only as {}.",
            world.lab, world.learner
        )),
        (None, None) => lines.push(format!(
            "It names you only as {}. Say who you are before your next lab: distlab me --name \"Your Name\" --number N",
            world.learner
        )),
    }
    if world.class.is_none()
        && let Some(class) = &profile.class
    {
        lines.push(format!(
            "{} was begun before you joined {}, so it does not belong to that class.",
            world.lab, class.terms.name
        ));
    }
    lines
}
