//! A folder that is removed with everything in it when nobody needs it any more.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::profile::entropy;

/// The folder, which need not exist yet.
pub struct Scratch(pub PathBuf);

/// How the names of private folders begin.
const PREFIX: &str = "distlab-";
/// The file in a private folder that its process holds; the system lets go of it when that dies.
const HELD: &str = ".held";

impl Scratch {
    /// A new folder in the system's temporary folder that nobody else can read and whose name nobody
    /// can guess. What processes that were killed left of such folders is removed on the way.
    pub fn private(name: &str) -> anyhow::Result<Private> {
        Private::below(&std::env::temp_dir(), name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A folder of this process alone, removed when dropped.
pub struct Private {
    dir: Scratch,
    _held: File,
}

impl Private {
    fn below(root: &Path, name: &str) -> anyhow::Result<Self> {
        sweep(root);
        let dir = root.join(format!("{PREFIX}{name}-{:016x}{:016x}", entropy(), entropy()));
        let cannot = || format!("the folder {} cannot be made", dir.display());
        // Fails where the name is taken, be it by a link.
        DirBuilder::new().mode(0o700).create(&dir).with_context(cannot)?;
        let dir = Scratch(dir);
        let held = File::create(dir.0.join(HELD))?;
        held.try_lock().context("a new file is held by somebody else")?;
        Ok(Self { dir, _held: held })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.dir.0
    }
}

/// Removes this user's private folders that no process holds any more.
fn sweep(root: &Path) {
    let abandoned = |path: &Path| -> io::Result<bool> {
        let there = fs::symlink_metadata(path)?;
        if !there.is_dir() || there.mode() & 0o777 != 0o700 {
            return Ok(false);
        }
        // One that is being made has no such file yet.
        let held = File::open(path.join(HELD))?;
        Ok(held.metadata()?.uid() == there.uid() && held.try_lock().is_ok())
    };
    let Ok(list) = fs::read_dir(root) else { return };
    for entry in list.flatten() {
        let named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if named && abandoned(&entry.path()).unwrap_or(false) {
            // Another sweep may be faster, and what belongs to others stays.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_folder_is_private_and_goes() {
        let root = tempfile::tempdir().unwrap();
        let left = {
            let one = Private::below(root.path(), "try").unwrap();
            let other = Private::below(root.path(), "try").unwrap();
            assert_ne!(one.path(), other.path());
            assert_eq!(fs::metadata(one.path()).unwrap().mode() & 0o777, 0o700);
            fs::write(one.path().join("x"), "x").unwrap();
            one.path().to_owned()
        };
        assert!(!left.exists());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_process_left_is_swept_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let held = Private::below(root.path(), "held").unwrap();
        let make = |name: &str, mode| {
            let dir = root.path().join(name);
            DirBuilder::new().mode(mode).create(&dir).unwrap();
            fs::write(dir.join(HELD), "").unwrap();
            dir
        };
        let left = make("distlab-grade-1", 0o700);
        let (shared, other) = (make("distlab-grade-2", 0o755), make("elsewhere", 0o700));
        let fresh = Private::below(root.path(), "fresh").unwrap();
        assert!(!left.exists());
        assert!(held.path().exists() && fresh.path().exists() && shared.exists() && other.exists());
    }
}
