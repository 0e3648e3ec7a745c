//! The files that a lab gives: how they stood when a step began, and putting them back at a reset.
//!
//! A learner may have written into any of them, so nothing is overwritten: what stood there is moved
//! to a folder beside the workspace first. It is not kept in the workspace itself, which a lab may
//! build an image of. Files that the learner made are none of ours.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use base::Digest;
use course::{Lab, Need, Step};

/// Files by name, as a lab gives them.
pub(super) type Given = [(String, Vec<u8>)];

/// What a reset did with the files that the lab gave.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PutBack {
    /// Those that are back as they were.
    pub files: Vec<String>,
    /// Where the versions are that stood in their place, if any did.
    pub kept_in: Option<PathBuf>,
}

impl PutBack {
    /// A sentence for the learner; empty when nothing had changed.
    #[must_use]
    pub fn told(&self) -> String {
        let kept = self.kept_in.as_ref().map_or_else(String::new, |folder| {
            format!(" What stood there is kept in {}.", folder.display())
        });
        match self.files.as_slice() {
            [] => kept.trim_start().to_owned(),
            files => format!("Put back: {}.{kept}", files.join(", ")),
        }
    }
}

/// What is said where there is nothing to undo. Who works on a real engine has done something.
pub const NOTHING_TO_UNDO: &str = "There is nothing to take back in the simulated world; what \
                                   happened on a real engine stays.";

/// What a reset of a lab, or of one of its steps, takes back and what it leaves, in words, to be said
/// before it is done.
#[must_use]
pub fn reset_takes(lab: &Lab, step: Option<&Step>) -> String {
    let real = !lab.needs.is_empty();
    let mut words = match step {
        Some(_) => {
            "What you did in the simulated world since the step began is taken back, and so are the \
             answers given since."
        }
        None if lab.needs.contains(&Need::Registry) => {
            "What you did in the simulated world is taken back, and so are answers, shown hints and \
             logins to the lab's registry."
        }
        None => {
            "What you did in the simulated world is taken back, and so are answers and shown hints."
        }
    }
    .to_owned();
    if !lab.files.is_empty() {
        words.push_str(if step.is_some() {
            " The files that the lab gave stand again as they did when the step began;"
        } else {
            " The files that the lab gave are put back as they were given;"
        });
        words.push_str(" versions of yours are kept beside the workspace.");
    }
    words.push_str(" Files that you made yourself stay.");
    if !real {
        return words;
    }
    words.push_str(match step.map(|step| step.setup.is_empty()) {
        Some(false) => {
            " On the engines, the step's setup makes everything stand as the step begins; what it \
             does not touch stays."
        }
        Some(true) => " What happened on a real engine (containers, images) stays.",
        None => {
            " What happened on a real engine (containers, images) stays: distlab clean removes it."
        }
    });
    words
}

/// How the given files stood at a moment: the digest of each that was there.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Stand(BTreeMap<String, Option<String>>);

/// A file that has grown beyond this is no text that a learner edits; a step's reset leaves it alone.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Notes how the given files stand. What differs from the given text is kept in `kept`, by digest.
pub(super) fn stand(workspace: &Path, given: &Given, kept: &Path) -> anyhow::Result<Stand> {
    let mut stand = BTreeMap::new();
    for (name, text) in given {
        let path = workspace.join(name);
        let now = match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => None,
            Ok(meta) if meta.is_file() && meta.len() <= FILE_BYTES_MAX => {
                let now = fs::read(&path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                let digest = Digest::of(&now).to_string();
                let file = kept.join(&digest);
                if now != *text && !file.exists() {
                    write(&file, &now)?;
                }
                Some(digest)
            }
            _ => continue,
        };
        stand.insert(name.clone(), now);
    }
    Ok(Stand(stand))
}

/// Puts the given files back as they were given.
pub(super) fn put_back(workspace: &Path, given: &Given) -> anyhow::Result<PutBack> {
    let wanted = given.iter().map(|(name, text)| (name.as_str(), Some(text.clone())));
    make(workspace, wanted.collect())
}

/// Puts the given files back as they stood. Of one whose text is not known any more (the lab has
/// another one by now) the learner's version stays.
pub(super) fn put_back_to(
    workspace: &Path,
    given: &Given,
    stand: &Stand,
    kept: &Path,
) -> anyhow::Result<PutBack> {
    let mut wanted = Vec::new();
    for (name, text) in given {
        match stand.0.get(name) {
            None => {}
            Some(None) => wanted.push((name.as_str(), None)),
            Some(Some(digest)) if *digest == Digest::of(text).to_string() => {
                wanted.push((name, Some(text.clone())));
            }
            Some(Some(digest)) => {
                if let Ok(text) = fs::read(kept.join(digest)) {
                    wanted.push((name, Some(text)));
                }
            }
        }
    }
    make(workspace, wanted)
}

/// Puts back those of the given files that are gone, and changes no other.
pub(super) fn put_back_missing(workspace: &Path, given: &Given) -> anyhow::Result<PutBack> {
    let gone = given.iter().filter(|(name, _)| workspace.join(name).symlink_metadata().is_err());
    let wanted = gone.map(|(name, text)| (name.as_str(), Some(text.clone())));
    make(workspace, wanted.collect())
}

/// Makes each file what is wanted (`None`: not there). What stands in the way is moved aside.
fn make(workspace: &Path, wanted: Vec<(&str, Option<Vec<u8>>)>) -> anyhow::Result<PutBack> {
    fs::create_dir_all(workspace)
        .with_context(|| format!("the workspace {} cannot be made", workspace.display()))?;
    let mut done = PutBack::default();
    for (name, text) in wanted {
        let path = workspace.join(name);
        let there = path.symlink_metadata().ok();
        let now = there.as_ref().filter(|meta| meta.is_file()).and_then(|_| fs::read(&path).ok());
        if now == text && there.is_some() == text.is_some() {
            continue;
        }
        if there.is_some() {
            let aside = match &done.kept_in {
                Some(aside) => aside.clone(),
                None => done.kept_in.insert(next_folder(workspace)?).clone(),
            };
            let place = aside.join(name);
            make_parent(&place)?;
            fs::rename(&path, &place).with_context(|| {
                format!("{} cannot be moved to {}", path.display(), place.display())
            })?;
        }
        if let Some(text) = text {
            write(&path, &text)?;
            done.files.push(name.to_owned());
        }
    }
    Ok(done)
}

/// A new folder beside the workspace: `before-reset/1`, and so on.
fn next_folder(workspace: &Path) -> anyhow::Result<PathBuf> {
    let all = workspace.parent().unwrap_or(workspace).join("before-reset");
    fs::create_dir_all(&all).with_context(|| format!("{} cannot be made", all.display()))?;
    let numbers = fs::read_dir(&all)?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let folder = all.join((numbers.max().unwrap_or(0) + 1).to_string());
    fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

fn make_parent(path: &Path) -> anyhow::Result<()> {
    let Some(parent) = path.parent() else { return Ok(()) };
    fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))
}

fn write(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    make_parent(path)?;
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn nothing_of_the_learners_is_lost_when_given_files_are_put_back() {
        let home = tempfile::tempdir().unwrap();
        let (work, kept) = (home.path().join("work"), home.path().join("given"));
        fs::create_dir_all(&work).unwrap();
        let given = [("a.txt".to_owned(), b"a".to_vec()), ("d/b.txt".to_owned(), b"b".to_vec())];
        let read = |name: &str| fs::read_to_string(work.join(name)).ok();

        // What is gone comes back, and nothing is set aside for it.
        let done = put_back(&work, &given).unwrap();
        assert_eq!((done.files.len(), done.kept_in), (2, None));
        assert_eq!(put_back(&work, &given).unwrap(), PutBack::default(), "nothing to do");

        // A step begins with one file edited and the other gone.
        fs::write(work.join("a.txt"), "mine").unwrap();
        fs::remove_file(work.join("d/b.txt")).unwrap();
        let begun = stand(&work, &given, &kept).unwrap();
        fs::write(work.join("a.txt"), "later").unwrap();
        fs::write(work.join("d/b.txt"), "later").unwrap();
        fs::write(work.join("own.txt"), "own").unwrap();
        let done = put_back_to(&work, &given, &begun, &kept).unwrap();
        assert_eq!(read("a.txt").as_deref(), Some("mine"));
        assert_eq!(read("d/b.txt"), None);
        assert_eq!(read("own.txt").as_deref(), Some("own"));
        let aside = done.kept_in.unwrap();
        assert_eq!(fs::read_to_string(aside.join("a.txt")).unwrap(), "later");
        assert_eq!(fs::read_to_string(aside.join("d/b.txt")).unwrap(), "later");

        // The whole lab: as given, and the version of before is in a folder of its own.
        let done = put_back(&work, &given).unwrap();
        assert_eq!(read("a.txt").as_deref(), Some("a"));
        let second = done.kept_in.clone().unwrap();
        assert_ne!(second, aside);
        assert_eq!(fs::read_to_string(second.join("a.txt")).unwrap(), "mine");
        let told = done.told();
        assert!(
            told.starts_with("Put back: a.txt, d/b.txt. What stood there is kept in "),
            "{told}"
        );

        // A folder in the place of a file is set aside whole.
        fs::remove_file(work.join("a.txt")).unwrap();
        fs::create_dir(work.join("a.txt")).unwrap();
        fs::write(work.join("a.txt/x"), "x").unwrap();
        let done = put_back(&work, &given).unwrap();
        assert_eq!(read("a.txt").as_deref(), Some("a"));
        assert!(done.kept_in.unwrap().join("a.txt/x").is_file());
    }
}
