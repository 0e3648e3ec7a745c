//! A folder that is removed with everything in it when nobody needs it any more.

use std::fs;
use std::path::PathBuf;

/// The folder, which need not exist yet.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// A place in the system's temporary folder for this process alone.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("distlab-{name}-{}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
