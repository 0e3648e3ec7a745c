//! A folder that is removed with everything in it when nobody needs it any more.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use store::unguessable;

/// The folder, which need not exist yet.
pub struct Scratch(pub PathBuf);

/// How the names of private folders begin, and of nothing else: whatever is called so and is held by
/// nobody is removed.
const PREFIX: &str = "distlab-scratch-";

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

/// A folder of this process alone, removed when dropped. Its process holds a lock on the folder itself,
/// of which the system lets go when that dies: there is no moment at which one that was killed leaves a
/// folder that nobody sweeps.
pub struct Private {
    dir: Scratch,
    _held: File,
}

impl Private {
    fn below(root: &Path, name: &str) -> anyhow::Result<Self> {
        sweep(root);
        loop {
            let dir = root.join(format!("{PREFIX}{name}-{}", unguessable()));
            let cannot = || format!("the folder {} cannot be made", dir.display());
            // Fails where the name is taken, be it by a link.
            DirBuilder::new().mode(0o700).create(&dir).with_context(cannot)?;
            let held = held(&dir).with_context(cannot)?;
            let dir = Scratch(dir);
            // Another's sweep may have come between.
            if let Some(held) = held {
                return Ok(Self { dir, _held: held });
            }
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.dir.0
    }
}

/// The lock on a folder; none where somebody else has it, or has removed the folder meanwhile.
fn held(dir: &Path) -> io::Result<Option<File>> {
    let locked = || {
        let held = File::open(dir)?;
        held.try_lock()?;
        Ok((fs::symlink_metadata(dir)?.ino() == held.metadata()?.ino()).then_some(held))
    };
    locked().or_else(|error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::WouldBlock => Ok(None),
        _ => Err(error),
    })
}

/// Removes this user's private folders that no process holds any more.
fn sweep(root: &Path) {
    // The lock is kept until the folder is gone.
    let abandoned = |path: &Path| -> io::Result<Option<File>> {
        let there = fs::symlink_metadata(path)?;
        if !there.is_dir() || there.mode() & 0o777 != 0o700 {
            return Ok(None);
        }
        held(path)
    };
    let Ok(list) = fs::read_dir(root) else { return };
    for entry in list.flatten() {
        let named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if named && let Ok(Some(_held)) = abandoned(&entry.path()) {
            // What belongs to others stays.
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
            fs::write(dir.join("x"), "").unwrap();
            dir
        };
        let left = make("distlab-scratch-grade-1", 0o700);
        let (shared, other) = (make("distlab-scratch-grade-2", 0o755), make("elsewhere", 0o700));
        // What others of this program keep there, as the sockets of nodes.
        let sockets = make("distlab-n-65362d5b20610cea", 0o700);
        let fresh = Private::below(root.path(), "fresh").unwrap();
        assert!(!left.exists());
        assert!(held.path().exists() && fresh.path().exists());
        assert!(shared.exists() && other.exists() && sockets.exists());
    }
    #[test]
    fn those_who_sweep_at_once_take_nothing_from_each_other() {
        let root = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let one = Private::below(root.path(), "race").unwrap();
                        fs::write(one.path().join("x"), "x").unwrap();
                        std::thread::yield_now();
                        assert!(one.path().join("x").exists());
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
