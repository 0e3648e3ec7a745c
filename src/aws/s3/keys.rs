//! The keys of a bucket with their versions, in order, and an index of those that are live.
//!
//! What a plain listing shows is in its own ordered set, so that it never walks over delete markers.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use super::object::Object;
use base::Time;

/// All versions of all keys.
#[derive(Hash, Debug, Default)]
pub(super) struct Keys {
    /// The newest version is the last.
    versions: BTreeMap<Arc<str>, Vec<Version>>,
    /// Keys whose newest version is an object.
    live: BTreeSet<Arc<str>>,
}

/// One version of a key.
#[derive(Clone, Hash, Debug)]
pub(super) struct Version {
    /// `None` is the `null` version: written while versioning was not enabled.
    pub(super) id: Option<String>,
    /// Whole seconds, as S3 keeps it.
    pub(super) modified: Time,
    /// `None` is a delete marker.
    pub(super) object: Option<Box<Object>>,
}

impl Version {
    /// The version id as it is spelled.
    pub(super) fn id_text(&self) -> &str {
        self.id.as_deref().unwrap_or("null")
    }

    fn is(&self, id: &str) -> bool {
        self.id_text() == id
    }
}

impl Keys {
    /// Whether there is nothing at all, not even a delete marker.
    pub(super) fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// How many keys there are, those with a delete marker on top among them.
    pub(super) fn len(&self) -> usize {
        self.versions.len()
    }

    /// The newest version of a key.
    pub(super) fn newest(&self, key: &str) -> Option<&Version> {
        self.versions.get(key)?.last()
    }

    /// The object that a plain GET sees.
    pub(super) fn current(&self, key: &str) -> Option<(&Version, &Object)> {
        let version = self.newest(key)?;
        Some((version, version.object.as_deref()?))
    }

    /// The version of a key with this id.
    pub(super) fn find(&self, key: &str, id: &str) -> Option<&Version> {
        self.versions.get(key)?.iter().rev().find(|v| v.is(id))
    }

    /// A version to change what is said about its object; the newest one without an id.
    pub(super) fn object_mut(&mut self, key: &str, id: Option<&str>) -> Option<&mut Object> {
        let versions = self.versions.get_mut(key)?;
        let version = match id {
            None => versions.last_mut(),
            Some(id) => versions.iter_mut().rev().find(|v| v.is(id)),
        };
        version?.object.as_deref_mut()
    }

    /// The versions of a key, the newest first.
    pub(super) fn versions(&self, key: &str) -> impl Iterator<Item = &Version> {
        self.versions.get(key).into_iter().flat_map(|v| v.iter().rev())
    }

    /// Puts a version on top. A `null` version takes the place of the one there was.
    pub(super) fn push(&mut self, key: &str, version: Version) {
        let live = version.object.is_some();
        let name = if let Some(versions) = self.versions.get_mut(key) {
            let old = version.id.is_none().then(|| versions.iter().rposition(|v| v.id.is_none()));
            if let Some(at) = old.flatten() {
                versions.remove(at);
            }
            versions.push(version);
            None
        } else {
            let name: Arc<str> = Arc::from(key);
            self.versions.insert(Arc::clone(&name), vec![version]);
            Some(name)
        };
        self.mark(key, live, name);
    }

    /// Removes one version for good; what is below it shows again.
    pub(super) fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let versions = self.versions.get_mut(key)?;
        let at = versions.iter().rposition(|v| v.is(id))?;
        let removed = versions.remove(at);
        let live = versions.last().is_some_and(|v| v.object.is_some());
        if versions.is_empty() {
            self.versions.remove(key);
        }
        self.mark(key, live, None);
        Some(removed)
    }

    /// Keeps the index in step.
    fn mark(&mut self, key: &str, live: bool, name: Option<Arc<str>>) {
        if !live {
            self.live.remove(key);
        } else if let Some(name) = name {
            self.live.insert(name);
        } else if !self.live.contains(key)
            && let Some((name, _)) = self.versions.get_key_value(key)
        {
            self.live.insert(Arc::clone(name));
        }
    }

    /// The first live key from a bound on.
    pub(super) fn next_live(&self, from: Bound<&str>) -> Option<&str> {
        self.live.range::<str, _>((from, Bound::Unbounded)).next().map(|key| &**key)
    }

    /// The first key from a bound on.
    pub(super) fn next_key(&self, from: Bound<&str>) -> Option<&str> {
        self.versions.range::<str, _>((from, Bound::Unbounded)).next().map(|(key, _)| &**key)
    }
}
