//! `distlab submit`: the learner's work in one file.

use std::path::PathBuf;

use anyhow::bail;

use super::desk::{Desk, wall};
use super::{Args, DONE, args, say};
use base::Digest;
use base::text::plural;
use grade::submission;

/// The digest of a lab's text, before any learner's variables.
pub(super) fn lab_digest(args: &Args, id: &str) -> anyhow::Result<Digest> {
    let source = args.listing().source(id).map_err(|p| anyhow::anyhow!(super::desk::list(&p)))?;
    Ok(Digest::of(source.text.as_bytes()))
}

pub(super) fn run(args: &Args, what: &args::Submit) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let named = Args::here(what.lab.as_deref())?;
    let lab = args.lab(&named, &profile)?;
    if profile.store()?.world(&lab.id)?.is_none() {
        bail!("nothing was done in {} yet: distlab open {}", lab.id, lab.id);
    }
    let digest = lab_digest(args, &lab.id)?;
    let name = format!("{}-{}.dlab", lab.id, profile.learner.name);
    let path = what.out.clone().unwrap_or_else(|| PathBuf::from(name));
    let session = match Desk::find(args, &named)? {
        Desk::Here { session, .. } => session,
        Desk::There(_) => bail!(
            "the lab {} is open in another distlab: leave it there first, so that nothing changes while it is written down",
            lab.id
        ),
    };
    let (head, left) = submission::write(&session, digest, what.nonce.clone(), wall().0, &path)?;
    let (earned, possible) = session.points();
    say(format!("Wrote {} ({earned} of {}).", path.display(), plural(possible as usize, "point")))?;
    say(format!("Its journal ends with {}.", &head.head.to_string()[..16]))?;
    if left > 0 {
        let bodies = if left == 1 { "1 body was".into() } else { format!("{left} bodies were") };
        say(format!("{bodies} too large to go along; checks that read them cannot be replayed."))?;
    }
    Ok(DONE)
}
