//! The local side of copies: paths on the learner's machine.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Shell, Trouble, no_such, trouble};

/// A local path with the text it was given as.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub shown: String,
    pub path: PathBuf,
}

impl Local {
    /// The last name.
    pub(super) fn name(&self) -> String {
        let real = self.path.file_name().map(|n| n.to_string_lossy().into_owned());
        real.or_else(|| {
            let whole = fs::canonicalize(&self.path).ok()?;
            Some(whole.file_name()?.to_string_lossy().into_owned())
        })
        .unwrap_or_default()
    }

    pub(super) fn child(&self, name: &str) -> Self {
        let shown = if self.shown == "." {
            name.to_owned()
        } else {
            format!("{}/{name}", self.shown.trim_end_matches('/'))
        };
        Self { shown, path: self.path.join(name) }
    }

    /// The names in this folder, in order.
    pub(super) fn names(&self) -> Result<Vec<String>, Trouble> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    /// Where a file fetched under `name` goes: into this when it is a folder.
    pub(super) fn receiving(&self, name: &str) -> Result<Self, Trouble> {
        if self.path.is_dir() {
            return Ok(self.child(name));
        }
        let above = self.path.parent().unwrap_or(Path::new("/"));
        if !self.path.exists() && !above.is_dir() {
            // An absolute path is qualified with an empty authority, a relative one with none.
            let slashes = if self.shown.starts_with('/') { "//" } else { "" };
            let whole = self.path.display();
            let shown = &self.shown;
            return Err(Trouble::Said(format!(
                "`{shown}': No such file or directory: `file:{slashes}{whole}'"
            )));
        }
        Ok(self.clone())
    }

    /// That something is there.
    pub(super) fn must_exist(&self) -> Result<(), Trouble> {
        if self.path.exists() { Ok(()) } else { no_such(&self.shown) }
    }
}

impl Shell<'_, '_> {
    /// A local path; relative ones are in the folder the command runs in.
    pub(super) fn local(&self, given: &str) -> Local {
        let plain = given.strip_prefix("file://").or_else(|| given.strip_prefix("file:"));
        let path = self.host.cwd.join(plain.unwrap_or(given));
        Local { shown: given.to_owned(), path }
    }
}

/// That a file may be written here.
pub(super) fn writable(local: &Local, overwrite: bool) -> Result<(), Trouble> {
    if local.path.is_dir() {
        return trouble(&local.shown, "Is a directory");
    }
    if local.path.exists() && !overwrite {
        return trouble(&local.shown, "File exists");
    }
    Ok(())
}
