//! Files of the learner's machine: walking over them in the order of keys, and their times.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base::Time;

/// A file or object that was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Full, in the form of its side.
    pub(super) path: String,
    /// Bytes, when they are known.
    pub(super) size: Option<u64>,
    pub(super) modified: Time,
}

/// Between the clock of the machine and the clock of the lab.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// By how much the machine is ahead; nothing when the lab is, since then no file can seem newer
    /// than it is.
    ahead: Duration,
}

impl Clock {
    /// The clocks now.
    pub(super) fn new(lab: Time) -> Self {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let lab = Duration::from_millis(u64::try_from(lab.0).unwrap_or_default());
        Self { ahead: machine.saturating_sub(lab) }
    }

    fn to_lab(self, time: SystemTime) -> Time {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(self.ahead);
        Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// What a file's time must be to be read as this lab time.
    pub(super) fn to_machine(self, time: Time) -> SystemTime {
        let millis = u64::try_from(time.0).unwrap_or_default();
        UNIX_EPOCH + Duration::from_millis(millis) + self.ahead
    }
}

/// How to walk.
pub(super) struct Walk<'a> {
    pub(super) follow_symlinks: bool,
    pub(super) clock: Clock,
    /// Says what is left out and why.
    pub(super) warn: &'a mut dyn FnMut(String),
}

impl Walk<'_> {
    /// The files below a folder (its path ends with a slash), in byte order of their full names, or
    /// the one file.
    pub(super) fn files(&mut self, path: &str, recursive: bool, found: &mut Vec<Found>) {
        if self.ignores(path) {
            return;
        }
        if !recursive || !Path::new(path).is_dir() {
            return self.file(path, found);
        }
        let Ok(entries) = fs::read_dir(path) else {
            return self.skip(path, "File/Directory is not readable.");
        };
        let mut names = Vec::new();
        for entry in entries.flatten() {
            let Ok(mut name) = entry.file_name().into_string() else {
                let shown = entry.path().display().to_string();
                self.skip(&shown, "There was an error trying to decode the file name.");
                continue;
            };
            if fs::metadata(entry.path()).is_ok_and(|m| m.is_dir()) {
                name.push('/');
            }
            names.push(name);
        }
        names.sort_unstable();
        for name in names {
            let below = format!("{path}{name}");
            if name.ends_with('/') {
                self.files(&below, true, found);
            } else if !self.ignores(&below) {
                self.file(&below, found);
            }
        }
    }

    fn file(&mut self, path: &str, found: &mut Vec<Found>) {
        match fs::metadata(path) {
            Ok(meta) => found.push(Found {
                path: path.into(),
                size: Some(meta.len()),
                modified: self.clock.to_lab(meta.modified().unwrap_or(UNIX_EPOCH)),
            }),
            Err(_) => self.skip(path, "File does not exist."),
        }
    }

    fn skip(&mut self, path: &str, why: &str) {
        (self.warn)(format!("warning: Skipping file {path}. {why}"));
    }

    fn ignores(&mut self, path: &str) -> bool {
        let bare = path.strip_suffix('/').unwrap_or(path);
        let is_link = fs::symlink_metadata(bare).is_ok_and(|m| m.file_type().is_symlink());
        if is_link && !self.follow_symlinks {
            return true;
        }
        let Ok(meta) = fs::metadata(path) else {
            self.skip(path, "File does not exist.");
            return true;
        };
        if !meta.is_file() && !meta.is_dir() {
            self.skip(
                path,
                "File is character special device, block special device, FIFO, or socket.",
            );
            return true;
        }
        if meta.is_file() && fs::File::open(path).is_err() {
            self.skip(path, "File/Directory is not readable.");
            return true;
        }
        false
    }
}
