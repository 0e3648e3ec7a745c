//! Undo and reset: the world as it was, and with a reset the files that the lab gave.

use std::path::PathBuf;

use anyhow::Context;

use super::given::{self, PutBack};
use super::steps::{Progress, find, stand_key};
use super::{Session, new_world, shell};
use course::{Lab, Step};

impl Session {
    /// Takes back the last command that changed the world, and says which that was; `None` when
    /// there is none.
    pub fn undo(&self) -> anyhow::Result<Option<String>> {
        self.undo_only(None)
    }

    /// The same, if that change is still the last.
    pub fn undo_only(&self, change: Option<u64>) -> anyhow::Result<Option<String>> {
        let undone = self.engine.undo_only(change)?;
        if undone.is_some() {
            *self.progress() = Progress::of(&self.engine.told()?);
        }
        Ok(undone)
    }

    /// Takes the world back to where a step began, or the whole lab to its beginning, and the files
    /// that the lab gave with it ([`super::reset_takes`] says it in words). What happened on a real
    /// engine stays.
    pub fn reset(&self, step: Option<&str>) -> anyhow::Result<PutBack> {
        let lab = self.lab();
        let step = step.map(|id| find(&lab, id)).transpose()?;
        let keep = match step {
            None => self
                .engine
                .progress(new_world::INHERITED)?
                .and_then(|n| n.parse().ok())
                .unwrap_or(0),
            Some(step) => {
                let begun = self.progress().begun.get(&step.id).copied();
                begun.with_context(|| format!("step {} has not been begun yet", step.id))?
            }
        };
        self.engine.reset(keep)?;
        if step.is_none() {
            self.engine.forget_progress("hints/")?;
            shell::log_out(&self.profile, &self.world);
        }
        let done = self.put_back(&lab, step)?;
        *self.progress() = Progress::of(&self.engine.told()?);
        self.begin_step()?;
        Ok(done)
    }

    /// Puts the given files back as they stood when a step began, or as they were given.
    fn put_back(&self, lab: &Lab, step: Option<&Step>) -> anyhow::Result<PutBack> {
        let workspace = self.workspace();
        let Some(step) = step else { return given::put_back(&workspace, &lab.files) };
        match self.engine.progress(&stand_key(&step.id))? {
            Some(stand) => {
                let stand: given::Stand = serde_json::from_str(&stand)?;
                given::put_back_to(&workspace, &lab.files, &stand, &self.given_kept())
            }
            // The step was begun by a distlab that did not note it.
            None => given::put_back_missing(&workspace, &lab.files),
        }
    }

    /// The folder of what given files have been at the beginning of steps.
    pub(super) fn given_kept(&self) -> PathBuf {
        self.profile.world_dir(&self.world).join("given")
    }
}
