//! Which files of the workspace were edited: an editor asks no engine, and is worth a check as well.
//!
//! The folder is looked through once a second, since what systems tell of files differs from one to
//! the next. A lab has a handful of them. No file is read: size and time of writing say enough.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// A learner may put a whole project into the workspace; so many entries are looked at, those at the
/// top first.
const ENTRIES_MAX: usize = 256;

/// Size and time of writing.
type Stamp = (u64, Option<SystemTime>);

struct Seen {
    stamp: Stamp,
    /// Whether it stood still between two looks.
    settled: bool,
}

/// The workspace as it was seen last.
pub(super) struct Files {
    folder: PathBuf,
    seen: BTreeMap<PathBuf, Seen>,
    next: Instant,
}

impl Files {
    /// What is there already is not news.
    pub(super) fn of(folder: PathBuf) -> Self {
        let now = list(&folder).into_iter();
        let seen = now.map(|(path, stamp)| (path, Seen { stamp, settled: true })).collect();
        Self { folder, seen, next: Instant::now() + PAUSE }
    }

    /// How long until it is time to look again.
    pub(super) fn until_next(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Looks when it is time, and says whether something was edited.
    pub(super) fn edited(&mut self) -> bool {
        if !self.until_next().is_zero() {
            return false;
        }
        let edited = self.look();
        self.next = Instant::now() + PAUSE;
        edited
    }

    /// Whether a file is gone, or was written and then let be. One that is written all the time is
    /// a program's log in a mounted folder, and would set off checks without end.
    fn look(&mut self) -> bool {
        let now = list(&self.folder);
        let mut edited = self.seen.keys().any(|path| !now.contains_key(path));
        let seen = now.into_iter().map(|(path, stamp)| {
            let before = self.seen.get(&path).filter(|before| before.stamp == stamp);
            edited |= before.is_some_and(|before| !before.settled);
            let settled = before.is_some();
            (path, Seen { stamp, settled })
        });
        self.seen = seen.collect();
        edited
    }
}

/// The files below a folder. Hidden folders (`.git`) are none of the lab's, and links are not
/// followed: they may lead anywhere.
fn list(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let mut found = BTreeMap::new();
    let mut folders = VecDeque::from([folder.to_path_buf()]);
    let mut left = ENTRIES_MAX;
    while let Some(folder) = folders.pop_front() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            if left == 0 {
                return found;
            }
            left -= 1;
            let Ok(about) = entry.metadata() else { continue };
            if !about.is_dir() {
                found.insert(entry.path(), (about.len(), about.modified().ok()));
            } else if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                folders.push_back(entry.path());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_news_when_it_was_edited_and_stands_still() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("given"), "1").unwrap();
        let mut files = Files::of(dir.path().to_path_buf());
        let mut check = |want: [bool; 3]| {
            assert_eq!([files.look(), files.look(), files.look()], want);
        };
        check([false, false, false]);
        fs::write(at("given"), "22").unwrap();
        check([false, true, false]);
        fs::create_dir_all(at("deep/er")).unwrap();
        fs::write(at("deep/er/new"), "").unwrap();
        check([false, true, false]);
        fs::rename(at("given"), at("moved")).unwrap();
        check([true, true, false]);
        fs::remove_file(at("moved")).unwrap();
        check([true, false, false]);
        fs::create_dir(at(".git")).unwrap();
        fs::write(at(".git/index"), "").unwrap();
        check([false, false, false]);
        fs::write(at(".env"), "A=1").unwrap();
        check([false, true, false]);
    }

    #[test]
    fn what_is_written_all_the_time_is_no_edit_and_hides_none() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let mut files = Files::of(dir.path().to_path_buf());
        let mut log = String::new();
        let mut look = || {
            log.push('x');
            fs::write(at("log"), &log).unwrap();
            files.look()
        };
        assert!(!look() && !look() && !look());
        fs::write(at("answer"), "").unwrap();
        assert!(!look() && look() && !look());
    }

    #[test]
    fn a_large_folder_is_looked_at_in_part() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..ENTRIES_MAX + 50 {
            fs::write(dir.path().join(n.to_string()), "").unwrap();
        }
        assert_eq!(list(dir.path()).len(), ENTRIES_MAX);
    }
}
