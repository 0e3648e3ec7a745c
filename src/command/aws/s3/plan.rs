//! What a transfer has to do: the files or objects it is about, and where each goes. For `sync`, the
//! ones that differ.

use std::cmp::Ordering;
use std::time::Duration;

use serde_json::json;

use super::filter::Filter;
use super::local::{Clock, Found, Walk};
use super::path::{End, Root, split};
use super::{Parsed, S3, list};
use crate::aws::client::Client;
use crate::aws::fail::Failure;
use base::Time;

/// What is done with one file or object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Action {
    Upload,
    Download,
    Copy,
    Delete,
}

impl Action {
    /// As it is told, unless it is part of a move.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Copy => "copy",
            Self::Delete => "delete",
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) action: Action,
    pub(super) src: End,
    pub(super) dest: Option<End>,
    pub(super) size: Option<u64>,
    pub(super) modified: Time,
}

/// What the arguments ask for.
pub(super) struct Job<'a> {
    pub(super) client: &'a Client<'a>,
    pub(super) clock: Clock,
    pub(super) action: Action,
    pub(super) src: Root,
    pub(super) dest: Root,
    pub(super) recursive: bool,
    pub(super) follow_symlinks: bool,
    pub(super) filter: Filter,
    pub(super) page_size: Option<i64>,
}

impl Job<'_> {
    /// Everything to do, in the order of names. Warnings go to `warn`.
    pub(super) fn items(&self, warn: &mut dyn FnMut(String)) -> Result<Vec<Item>, Failure> {
        let found = self.find(&self.src, self.action == Action::Delete, warn)?;
        let taken = found.into_iter().filter(|f| self.filter.takes(&f.path));
        Ok(taken.filter(|f| self.stays_inside(f, warn)).map(|f| self.item(f)).collect())
    }

    /// A key such as `../x` must not lead out of the folder that is written to.
    fn stays_inside(&self, found: &Found, warn: &mut dyn FnMut(String)) -> bool {
        let name = self.src.name_of(&found.path, self.recursive);
        let leaves = self.action == Action::Download && name.split('/').any(|part| part == "..");
        if leaves {
            warn(format!(
                "warning: Skipping file {}. File references a parent directory.",
                found.path
            ));
        }
        !leaves
    }

    fn item(&self, found: Found) -> Item {
        let dest = (self.action != Action::Delete).then(|| {
            let name = self.src.name_of(&found.path, self.recursive);
            self.dest.end(self.dest.place(name))
        });
        Item {
            action: self.action,
            src: self.src.end(found.path),
            dest,
            size: found.size,
            modified: found.modified,
        }
    }

    /// What differs between source and destination, in the order of names; with `--delete`, also
    /// what only the destination has.
    pub(super) fn differences(
        &self,
        parsed: &Parsed,
        warn: &mut dyn FnMut(String),
    ) -> Result<Vec<Item>, Failure> {
        let taken = |found: Vec<Found>| {
            found.into_iter().filter(|f| self.filter.takes(&f.path)).collect::<Vec<_>>()
        };
        let sources = taken(self.find(&self.src, false, warn)?);
        let mut present = taken(self.find(&self.dest, false, warn)?).into_iter().peekable();
        let delete = parsed.has("--delete");
        let mut items = Vec::new();
        let removal = |found: Found| Item {
            action: Action::Delete,
            src: self.dest.end(found.path),
            dest: None,
            size: None,
            modified: found.modified,
        };
        for source in sources {
            let name = self.src.name_of(&source.path, true).to_owned();
            let mut same = false;
            while let Some(other) = present.peek() {
                match self.dest.name_of(&other.path, true).cmp(&name) {
                    Ordering::Greater => break,
                    Ordering::Less => {
                        let surplus = present.next();
                        items.extend(surplus.filter(|_| delete).map(removal));
                    }
                    Ordering::Equal => {
                        same = !self.differs(&source, other, parsed);
                        present.next();
                        break;
                    }
                }
            }
            if !same && self.stays_inside(&source, warn) {
                items.push(self.item(source));
            }
        }
        if delete {
            items.extend(present.map(removal));
        }
        Ok(items)
    }

    fn differs(&self, source: &Found, other: &Found, parsed: &Parsed) -> bool {
        if source.size != other.size {
            return true;
        }
        if parsed.has("--size-only") {
            return false;
        }
        // A file's time is read through two clocks, so it is known only so well. A download has
        // been given the object's own time, an upload is younger than its file.
        let later = |a: Time, b: Time, slack: u64| a > b.plus(Duration::from_millis(slack));
        let (from, to) = (source.modified, other.modified);
        match self.action {
            Action::Download if parsed.has("--exact-timestamps") => {
                later(from, to, 1000) || later(to, from, 1000)
            }
            Action::Download => later(to, from, 1000),
            _ => later(from, to, 50),
        }
    }

    /// The files or objects of a root.
    fn find(
        &self,
        root: &Root,
        deleting: bool,
        warn: &mut dyn FnMut(String),
    ) -> Result<Vec<Found>, Failure> {
        let mut found = Vec::new();
        if !root.is_s3 {
            let (follow_symlinks, clock) = (self.follow_symlinks, self.clock);
            Walk { follow_symlinks, clock, warn }.files(&root.path, self.recursive, &mut found);
            return Ok(found);
        }
        let (bucket, prefix) = split(&root.path);
        if !self.recursive && !prefix.is_empty() {
            found.push(self.single(root, bucket, prefix, deleting)?);
            return Ok(found);
        }
        list::objects(self.client, bucket, prefix, false, self.page_size, &mut |page| {
            for object in list::items(page, "Contents") {
                let key = list::text(object, "Key");
                let path = format!("{bucket}/{key}");
                let size = list::size(object, "Size");
                // A folder made by hand is no file; it can be deleted like one, though.
                let is_folder = size == 0 && key.ends_with('/');
                if (is_folder && !deleting) || (!self.recursive && path != root.path) {
                    continue;
                }
                let modified = list::time(object, "LastModified");
                found.push(Found { path, size: Some(size), modified });
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn single(
        &self,
        root: &Root,
        bucket: &str,
        key: &str,
        deleting: bool,
    ) -> Result<Found, Failure> {
        if deleting {
            return Ok(Found { path: root.path.clone(), size: None, modified: Time::default() });
        }
        let head = self.client.ask(S3, "HeadObject", json!({ "Bucket": bucket, "Key": key }));
        let head = head.map_err(|failure| match failure {
            Failure::Api { operation, mut error } if error.code == "404" => {
                error.message = format!("Key \"{key}\" does not exist");
                Failure::Api { operation, error }
            }
            other => other,
        })?;
        Ok(Found {
            path: root.path.clone(),
            size: Some(list::size(&head, "ContentLength")),
            modified: list::time(&head, "LastModified"),
        })
    }
}
