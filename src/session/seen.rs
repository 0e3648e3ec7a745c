//! Files of the workspace as checks saw them: what a check of a file rests on goes into the journal by
//! its digest, so that the check can be looked at again where the workspace is not.
//!
//! A file is read once for each judgement, so what was judged is what is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::run::{self, Captured};
use base::text::plural;
use base::{Blob, Slice};
use course::{Answer, Step};
use store::BlobStore;

/// A larger file is not kept: what checks look at was written by hand, or came with the lab.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// So many files of one judgement are kept.
pub const FILES_MAX: usize = 32;

/// What is kept of a file that a check named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileSeen {
    /// Nothing was there.
    Absent,
    /// Its bytes are a body of the store.
    Bytes(Blob),
    /// Its bytes are not kept, and why: words that follow the file's name.
    Left(String),
}

/// Files by the names that checks give them.
pub type Files = BTreeMap<String, FileSeen>;

/// A file as it was read.
enum Read {
    Bytes(Vec<u8>),
    Not(ErrorKind, String),
}

/// The workspace, each file of which is read once.
pub struct Looked {
    folder: PathBuf,
    found: BTreeMap<String, Read>,
}

impl Looked {
    #[must_use]
    pub fn of(folder: PathBuf) -> Self {
        Self { folder, found: BTreeMap::new() }
    }

    /// What `cat` prints of these files.
    pub fn cat(&mut self, paths: &[String]) -> Captured {
        run::cat(paths, &mut |path| match self.look(path) {
            Read::Bytes(bytes) => Ok(bytes.clone()),
            Read::Not(kind, why) => Err(io::Error::new(*kind, why.clone())),
        })
    }

    fn look(&mut self, path: &str) -> &Read {
        let folder = &self.folder;
        self.found.entry(path.to_owned()).or_insert_with(|| match run::read_file(folder, path) {
            Ok(bytes) => Read::Bytes(bytes),
            Err(error) => Read::Not(error.kind(), error.to_string()),
        })
    }

    /// Stores what was seen, and says what is kept of each file.
    pub fn keep(&self, blobs: &BlobStore) -> anyhow::Result<Files> {
        let mut kept = Files::new();
        for (path, read) in self.found.iter().take(FILES_MAX) {
            let one = match read {
                Read::Not(ErrorKind::NotFound, _) => FileSeen::Absent,
                Read::Not(_, why) => FileSeen::Left(why.clone()),
                Read::Bytes(bytes) if bytes.len() as u64 > FILE_BYTES_MAX => {
                    let has = plural(bytes.len(), "byte");
                    FileSeen::Left(format!("has {has}; at most {FILE_BYTES_MAX} go along"))
                }
                Read::Bytes(bytes) => {
                    let stored = blobs.put(&mut bytes.as_slice());
                    FileSeen::Bytes(stored.with_context(|| format!("{path} cannot be kept"))?)
                }
            };
            kept.insert(path.clone(), one);
        }
        Ok(kept)
    }
}

/// What `cat` prints of files that were kept, or why that is not known.
pub fn cat(paths: &[String], files: &Files, blobs: &BlobStore) -> Result<Captured, String> {
    for path in paths {
        match files.get(path) {
            None => return Err(format!("what {path} held was not written down")),
            Some(FileSeen::Left(why)) => return Err(format!("{path} {why}")),
            Some(FileSeen::Bytes(blob)) if blob.len > FILE_BYTES_MAX => {
                return Err(format!("{path} claims {} bytes", blob.len));
            }
            // Its length is asked, too: another one would name a part of it.
            Some(FileSeen::Bytes(blob))
                if blobs.trouble(&blob.digest, blob.len, false).is_some() =>
            {
                return Err(format!("{path} did not come along"));
            }
            Some(FileSeen::Bytes(_) | FileSeen::Absent) => {}
        }
    }
    Ok(run::cat(paths, &mut |path| match files.get(path) {
        Some(FileSeen::Bytes(Blob { digest, len, .. })) => {
            blobs.collect(&[Slice { digest: *digest, offset: 0, len: *len }])
        }
        _ => Err(ErrorKind::NotFound.into()),
    }))
}

/// The files that a step's checks and questions name.
#[must_use]
pub fn named(step: &Step) -> BTreeSet<String> {
    let asks = step.asks.iter().filter_map(|ask| match &ask.answer {
        Answer::Live { run, .. } => Some(run),
        Answer::Fixed(_) => None,
    });
    let lines = step.expects.iter().map(|expect| &expect.run).chain(asks);
    lines.filter_map(|line| run::files_named(line)).flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn paths(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_is_kept_reads_as_the_workspace_did() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("work");
        fs::create_dir(&folder).unwrap();
        fs::write(dir.path().join("secret"), "mine").unwrap();
        fs::write(folder.join("text"), "one\n").unwrap();
        fs::write(folder.join("bytes"), [0, 255, 10, 13]).unwrap();
        fs::write(folder.join("large"), vec![b'x'; 1024 * 1024 + 1]).unwrap();
        symlink("../secret", folder.join("out")).unwrap();
        symlink("text", folder.join("within")).unwrap();
        symlink("loop", folder.join("loop")).unwrap();
        assert!(
            std::process::Command::new("mkfifo")
                .arg(folder.join("pipe"))
                .status()
                .unwrap()
                .success()
        );
        let blobs = BlobStore::open(&dir.path().join("blobs")).unwrap();
        let mut looked = Looked::of(folder.clone());
        let check = |looked: &mut Looked, names: &[&str], code: u8, said: &str, again: &str| {
            let seen = looked.cat(&paths(names));
            assert_eq!(seen.code, code, "{names:?}: {seen:?}");
            assert!(format!("{}{}", seen.stdout, seen.stderr).contains(said), "{seen:?}");
            let files = looked.keep(&blobs).unwrap();
            match cat(&paths(names), &files, &blobs) {
                Ok(kept) => assert!(again.is_empty() && kept == seen, "{names:?}: {kept:?}"),
                Err(why) => assert!(!again.is_empty() && why.contains(again), "{names:?}: {why}"),
            }
        };
        check(&mut looked, &["text"], 0, "one\n", "");
        check(&mut looked, &["bytes", "text"], 0, "one\n", "");
        check(&mut looked, &["within"], 0, "one\n", "");
        check(&mut looked, &["text", "none"], 1, "none: No such file", "");
        check(&mut looked, &["large"], 0, "xxx", "at most 1048576 go along");
        check(&mut looked, &["out"], 1, "outside of the workspace", "outside");
        check(&mut looked, &["../secret"], 1, "outside of the workspace", "outside");
        check(&mut looked, &["pipe"], 1, "not a regular file", "regular");
        check(&mut looked, &["loop"], 1, "loop", "loop");
        // What was judged is what is kept, whatever is written meanwhile.
        fs::write(folder.join("text"), "two\n").unwrap();
        check(&mut looked, &["text"], 0, "one\n", "");
        check(&mut Looked::of(folder), &["text"], 0, "two\n", "");
    }

    #[test]
    fn a_claim_that_the_bytes_do_not_bear_out_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(dir.path()).unwrap();
        let blob = blobs.put(&mut &b"twelve"[..]).unwrap();
        let check = |len: u64, want: &str| {
            let claimed = FileSeen::Bytes(Blob { len, ..blob.clone() });
            let files = Files::from([("f".to_owned(), claimed)]);
            match cat(&paths(&["f"]), &files, &blobs) {
                Ok(seen) => assert_eq!(seen.stdout, want),
                Err(why) => assert!(why.contains(want), "{why}"),
            }
        };
        check(6, "twelve");
        check(3, "did not come along");
        check(7, "did not come along");
        check(u64::MAX, "claims");
        let missing = cat(&paths(&["g"]), &Files::new(), &blobs);
        assert!(missing.unwrap_err().contains("not written down"));
    }
}
