//! Whether a lab may run here at all: nothing of one that is not the program's own runs before the
//! learner has seen what it does and allowed it. It is asked for each text of a lab once, and kept in
//! the profile.
//!
//! This is the only place that decides it, and a session of a lab is not opened without. Who is told
//! [`NotAllowed`] shows it, asks in its own way, and comes again.

use thiserror::Error;

use super::OpenError;
use super::profile::Profile;
use base::Digest;
use course::{Block, Catalog, Footprint, Lab, Span};

/// Nobody has allowed this lab to run here. What it does stands in `shows`.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error(
    "the lab {lab} ({path}) does not come with this program, and nobody has allowed what it runs on this machine: distlab allow {lab} shows it and asks"
)]
pub struct NotAllowed {
    pub lab: String,
    pub title: String,
    pub path: String,
    /// The text it is about: another one is asked about again.
    pub digest: Digest,
    pub shows: Vec<Block>,
}

impl NotAllowed {
    /// What an error is about, if it is about this.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Option<&Self> {
        match error.downcast_ref::<OpenError>() {
            Some(OpenError::NotAllowed(found)) => Some(found),
            _ => error.downcast_ref::<Self>(),
        }
    }

    /// What it is about, and then all that the lab does.
    #[must_use]
    pub fn told(&self) -> Vec<Block> {
        let text = format!(
            "This lab does not come with the program: it was read from {}. When it is opened, it does on \
             this machine what is listed here; allow it only if you trust its source.",
            self.path
        );
        let mut blocks = vec![Block::Paragraph(vec![Span { text, ..Span::default() }])];
        blocks.extend(self.shows.iter().cloned());
        blocks
    }
}

/// How many texts of one lab are remembered; who goes back further is asked again.
const TEXTS_MAX: usize = 8;

fn key(lab: &str) -> String {
    format!("allowed/{lab}")
}

/// The texts of a lab that the learner has allowed, the newest first.
fn allowed(profile: &Profile, lab: &str) -> anyhow::Result<Vec<Digest>> {
    let words = profile.store()?.meta(&key(lab))?.unwrap_or_default();
    Ok(words.split(' ').filter_map(|word| word.parse().ok()).collect())
}

/// Remembers that the learner has allowed this text of a lab.
pub fn allow(profile: &Profile, lab: &str, text: Digest) -> anyhow::Result<()> {
    let mut texts = allowed(profile, lab)?;
    texts.retain(|known| *known != text);
    texts.insert(0, text);
    texts.truncate(TEXTS_MAX);
    let words: Vec<String> = texts.iter().map(ToString::to_string).collect();
    Ok(profile.store()?.set_meta(&key(lab), &words.join(" "))?)
}

/// Says what a lab would run here, unless it may.
pub fn find(profile: &Profile, lab: &Lab) -> anyhow::Result<Option<NotAllowed>> {
    // Without a text it was made by this program: the world of `distlab serve`.
    let Some(digest) = lab.digest else { return Ok(None) };
    let footprint = Footprint::of(lab);
    if footprint.is_empty()
        || Catalog::is_embedded(lab)
        || allowed(profile, &lab.id)?.contains(&digest)
    {
        return Ok(None);
    }
    Ok(Some(NotAllowed {
        lab: lab.id.clone(),
        title: lab.title.clone(),
        path: lab.path.clone(),
        digest,
        shows: footprint.blocks(lab),
    }))
}

/// Lets nobody past who may not.
///
/// # Errors
/// [`NotAllowed`], or that the profile cannot be read.
pub(super) fn check(profile: &Profile, lab: &Lab) -> Result<(), OpenError> {
    match find(profile, lab)? {
        Some(found) => Err(OpenError::NotAllowed(Box::new(found))),
        None => Ok(()),
    }
}

/// Lets a lab that may run in one profile do so in another, which is made for it and goes with it.
/// There it may have another name.
pub fn carry(from: &Profile, to: &Profile, lab: &Lab, name: &str) -> anyhow::Result<()> {
    check(from, lab)?;
    match lab.digest {
        Some(text) => allow(to, name, text),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::{NotAllowed, TEXTS_MAX, allow, allowed, find};
    use crate::profile::Profile;
    use crate::{Mode, OpenError, Session, go_on_from_solution, prove};
    use base::{Digest, Time};
    use course::{Catalog, Lab, Learner};

    const LAB: &str = "+++\nformat = 1\nid = \"x\"\ntitle = \"X\"\ntrack = \"cloud\"\nminutes = 1\n+++\n\
                       # X\n\nWhy?\n\n## One {#one points=1 minutes=1}\n\nDo it.\n\n```sh setup\n\
                       echo begun >ran\n```\n```toml check\n[[expect]]\nrun = \"cat done\"\n\
                       matches = \"b\"\nelse = \"no {got}\"\n```\n```sh solve\necho b >done\n```\n";

    fn profile(home: &Path) -> Profile {
        let mut profile = Profile::open(home).unwrap();
        profile.rename(Learner { name: "ada".into(), seed: 7 }).unwrap();
        profile
    }

    fn lab(text: &str) -> Lab {
        let who = Learner { name: "ada".into(), seed: 7 };
        Lab::parse("lab.md", text, vec![("a.txt".into(), b"a".to_vec())], &who).unwrap()
    }

    fn open(profile: &Profile, lab: Lab) -> Result<Arc<Session>, OpenError> {
        Session::open(profile, lab, Mode::Once, Time(0))
    }

    #[test]
    fn a_session_is_opened_of_an_allowed_text_alone() {
        let dir = tempfile::tempdir().unwrap();
        let profile = profile(dir.path());
        for mode in [Mode::Once, Mode::Live, Mode::Lingering, Mode::ReadOnly] {
            let refused = Session::open(&profile, lab(LAB), mode, Time(0)).map(drop).unwrap_err();
            assert!(matches!(&refused, OpenError::NotAllowed(_)), "{mode:?}: {refused}");
            let told = anyhow::Error::from(refused);
            assert_eq!(NotAllowed::of(&told).unwrap().digest, lab(LAB).digest.unwrap());
            assert_eq!(NotAllowed::of(&told.context("so")).unwrap().lab, "x");
        }
        assert!(!profile.workspace("x").exists());
        allow(&profile, "x", lab(LAB).digest.unwrap()).unwrap();
        let session = open(&profile, lab(LAB)).unwrap();
        session.check(None).unwrap();
        assert!(profile.workspace("x").join("ran").exists());
        // Other words are taken while it is open; what does something else is not.
        session.replace_lab(lab(&LAB.replace("Do it.", "Do that."))).unwrap();
        let worse = LAB.replace("echo begun", "echo worse");
        let refused = session.replace_lab(lab(&worse)).unwrap_err();
        assert!(matches!(refused, OpenError::NotAllowed(_)), "{refused}");
        assert!(session.lab().steps[0].setup[0].text.contains("begun"));
        allow(&profile, "x", lab(&worse).digest.unwrap()).unwrap();
        session.replace_lab(lab(&worse)).unwrap();
    }

    #[test]
    fn a_solution_and_a_proof_run_what_the_profile_allows_alone() {
        let dir = tempfile::tempdir().unwrap();
        let profile = profile(dir.path());
        let prove = || {
            let learner = Learner { name: "grace".into(), seed: 8 };
            prove::prove(&profile, lab(LAB), &[], &learner, &mut |_| {})
        };
        let go_on = || go_on_from_solution(&profile, "y", &[lab(LAB)], Time(0));
        assert!(NotAllowed::of(&prove().unwrap_err()).is_some());
        assert!(NotAllowed::of(&go_on().unwrap_err()).is_some());
        assert!(!profile.world_dir("y").exists());
        allow(&profile, "x", lab(LAB).digest.unwrap()).unwrap();
        assert_eq!(prove().unwrap().misses, []);
        go_on().unwrap();
    }

    #[test]
    fn the_programs_own_labs_and_those_that_run_nothing_need_nobodys_leave() {
        let dir = tempfile::tempdir().unwrap();
        let profile = profile(dir.path());
        let catalog = Catalog::load(None);
        for entry in catalog.entries() {
            let lab = catalog.open(&entry.id, &profile.learner).unwrap();
            assert_eq!(find(&profile, &lab).unwrap(), None, "{}", entry.id);
            let named = Lab { id: "x".into(), ..lab };
            assert!(find(&profile, &named).unwrap().is_some(), "under another name it is another");
        }
        let nothing = LAB.split("```sh setup").next().unwrap().replace("points=1", "points=0");
        let who = Learner { name: "ada".into(), seed: 7 };
        let nothing = Lab::parse("lab.md", &nothing, vec![], &who).unwrap();
        assert_eq!(find(&profile, &nothing).unwrap(), None);
        assert!(find(&profile, &lab(LAB)).unwrap().is_some());
    }

    #[test]
    fn the_last_texts_of_a_lab_are_remembered_and_not_all() {
        let dir = tempfile::tempdir().unwrap();
        let profile = profile(dir.path());
        let text = |n: usize| Digest::of(n.to_string().as_bytes());
        for n in 0..3 * TEXTS_MAX {
            allow(&profile, "x", text(n)).unwrap();
        }
        let all = allowed(&profile, "x").unwrap();
        assert_eq!((all.len(), all[0]), (TEXTS_MAX, text(3 * TEXTS_MAX - 1)));
        allow(&profile, "x", all[3]).unwrap();
        assert_eq!(allowed(&profile, "x").unwrap()[0], all[3]);
        assert_eq!(allowed(&profile, "x").unwrap().len(), TEXTS_MAX);
        assert_eq!(allowed(&profile, "y").unwrap(), []);
    }
}
