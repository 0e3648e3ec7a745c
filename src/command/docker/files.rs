//! Files and folders of the learner's machine: the client's words for what is wrong with one.

use std::io;
use std::path::Path;

/// `open x: no such file or directory`, as Go words it.
pub(super) fn wrong(action: &str, path: impl AsRef<Path>, error: &io::Error) -> String {
    format!("{action} {}: {}", path.as_ref().display(), why(error))
}

/// The system's own words: `no such file or directory`.
pub(super) fn why(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().collect::<String>() + letters.as_str()
    })
}

/// What resolving this path fails at: the first part of it that is not there.
pub(super) fn missing(path: &Path, error: &io::Error) -> String {
    let mut parts: Vec<&Path> = path.ancestors().collect();
    parts.reverse();
    let first = parts.into_iter().find(|part| part.symlink_metadata().is_err()).unwrap_or(path);
    wrong("lstat", first, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_worded_as_in_go() {
        let path = Path::new("/nosuch/file");
        let error = std::fs::File::open(path).unwrap_err();
        assert_eq!(wrong("open", path, &error), "open /nosuch/file: no such file or directory");
        assert_eq!(missing(path, &error), "lstat /nosuch: no such file or directory");
        assert_eq!(why(&io::Error::other("Odd")), "odd");
    }
}
