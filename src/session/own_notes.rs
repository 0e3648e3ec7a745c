//! The learner's own notes: a file of Markdown for each step, beside the lab's state.
//!
//! They are nobody's business but the learner's. No entry of the journal tells of them, a submission does
//! not carry them, and neither undo nor reset touches them.
//!
//! ```text
//! HOME/labs/ID/notes/STEP.md
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::profile::Profile;

/// Bytes that the notes on a step may have: a book.
const NOTE_MAX: u64 = 1 << 20;

impl Profile {
    /// The file of a lab's notes on a step; the folder it stands in is there.
    ///
    /// # Errors
    /// When the step's name is no name for a file, or the folder cannot be made.
    pub fn note_file(&self, lab: &str, step: &str) -> anyhow::Result<PathBuf> {
        let folder = self.notes_folder(lab);
        if step.is_empty() || step.starts_with('.') || step.contains('/') {
            bail!("{step:?} is no step's name, so there can be no notes on it");
        }
        fs::create_dir_all(&folder).with_context(|| {
            format!("the folder of your notes {} cannot be made", folder.display())
        })?;
        Ok(folder.join(format!("{step}.md")))
    }

    fn notes_folder(&self, lab: &str) -> PathBuf {
        self.world_dir(lab).join("notes")
    }

    /// What the learner wrote on a step; empty where that is nothing.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn note(&self, lab: &str, step: &str) -> anyhow::Result<String> {
        let file = self.notes_folder(lab).join(format!("{step}.md"));
        let told = || format!("your notes in {} cannot be read", file.display());
        match fs::metadata(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(error).with_context(told),
            Ok(meta) if meta.len() > NOTE_MAX => {
                bail!("{}: they are longer than 1 MiB; move a part elsewhere", told())
            }
            Ok(_) => {}
        }
        // An editor may have saved in another encoding; better a few odd letters than none.
        let bytes = fs::read(&file).with_context(told)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Keeps what the learner wrote on a step, in place of what stood there; nothing takes it away.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_note(&self, lab: &str, step: &str, text: &str) -> anyhow::Result<()> {
        let file = self.note_file(lab, step)?;
        let told = || format!("your notes cannot be written to {}", file.display());
        if text.len() as u64 > NOTE_MAX {
            bail!("notes on one step may have 1 MiB; these are longer");
        }
        let text = text.trim_end();
        if text.is_empty() {
            return match fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(told),
                _ => Ok(()),
            };
        }
        // Renamed into place: what stood there is whole until the new text is.
        let fresh = file.with_extension(format!("{}.new", store::unguessable()));
        let write = || {
            let mut out = fs::File::create(&fresh)?;
            writeln!(out, "{text}")?;
            out.sync_data()?;
            fs::rename(&fresh, &file)
        };
        write().with_context(told)
    }

    /// Puts a paragraph behind what the learner wrote on a step.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn add_note(&self, lab: &str, step: &str, text: &str) -> anyhow::Result<()> {
        let before = self.note(lab, step)?;
        let gap = if before.trim().is_empty() { "" } else { "\n\n" };
        self.keep_note(lab, step, &format!("{}{gap}{}", before.trim_end(), text.trim_end()))
    }

    /// All that the learner wrote in a lab, by step.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn notes(&self, lab: &str) -> anyhow::Result<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        let Ok(list) = fs::read_dir(self.notes_folder(lab)) else { return Ok(found) };
        for entry in list.flatten() {
            let name = entry.file_name();
            // What editors leave beside it has other endings.
            let Some(step) = name.to_str().and_then(|name| name.strip_suffix(".md")) else {
                continue;
            };
            let text = self.note(lab, step)?;
            if !step.starts_with('.') && !text.trim().is_empty() {
                found.insert(step.to_owned(), text);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn notes_are_kept_added_to_and_taken_away() {
        let home = tempfile::tempdir().expect("a folder");
        let profile = Profile::open(home.path()).expect("a profile");
        let note = || profile.note("s3", "acl").expect("readable");
        assert_eq!(note(), "");
        profile.add_note("s3", "acl", "It was *denied*.\n").expect("written");
        profile.add_note("s3", "acl", "Twelve minutes.").expect("written");
        assert_eq!(note(), "It was *denied*.\n\nTwelve minutes.\n");
        profile.keep_note("s3", "policy", "Über alles: 日本").expect("written");
        let file = profile.note_file("s3", "policy").expect("a name");
        std::fs::write(file.with_file_name("policy.md~"), "what an editor leaves")
            .expect("written");
        let all = profile.notes("s3").expect("readable");
        assert_eq!(all.keys().collect::<Vec<_>>(), ["acl", "policy"]);
        profile.keep_note("s3", "acl", " \n").expect("taken away");
        assert_eq!(profile.notes("s3").expect("readable").len(), 1);
        for step in ["", "../s3", ".hidden", "a/b"] {
            assert!(profile.note_file("s3", step).is_err(), "{step:?}");
        }
    }
}
