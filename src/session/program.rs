//! This program's own file, which links and child processes start.

use std::env;
use std::path::PathBuf;

use anyhow::Context;

/// Linux puts this behind the name of a program whose file is gone.
const GONE: &str = " (deleted)";

/// The file of this program; of one that was replaced while it runs, the file in its place.
pub fn own() -> anyhow::Result<PathBuf> {
    let path = env::current_exe().context("this program's own path is not known")?;
    Ok(in_its_place(path))
}

fn in_its_place(path: PathBuf) -> PathBuf {
    let replaced = path.to_str().and_then(|path| path.strip_suffix(GONE)).map(PathBuf::from);
    replaced.filter(|fresh| fresh.is_file() && !path.exists()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_was_replaced_is_the_one_in_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let fresh = dir.path().join("distlab");
        std::fs::write(&fresh, "").unwrap();
        let gone = PathBuf::from(format!("{}{GONE}", fresh.display()));
        assert_eq!(in_its_place(gone.clone()), fresh);
        // A file may be called so, and one may be gone for good.
        std::fs::write(&gone, "").unwrap();
        assert_eq!(in_its_place(gone.clone()), gone);
        std::fs::remove_file(&gone).unwrap();
        std::fs::remove_file(&fresh).unwrap();
        assert_eq!(in_its_place(gone.clone()), gone);
    }
}
