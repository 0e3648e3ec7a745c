//! The copies that one edge location has.

use std::collections::BTreeMap;

use base::{Slice, Time};

/// How many copies a location keeps of one distribution; the one that was asked for longest ago goes
/// first.
const COPIES_MAX: usize = 10_000;

/// The key of a copy.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Key {
    pub(crate) path: String,
    /// The parameters that count, as they were asked.
    pub(crate) query: String,
    /// Headers, cookies and encodings that count, a line each.
    pub(crate) rest: String,
}

/// One location's copies of one distribution.
#[derive(Clone, Hash, Debug, Default)]
pub(crate) struct Edge {
    copies: BTreeMap<Key, Copy>,
    /// Keys by when they were last asked for, so that the oldest is found without a walk.
    uses: BTreeMap<(Time, u64), Key>,
    count: u64,
}

/// A copy.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Copy {
    pub(crate) answer: Answer,
    /// When the origin was asked for it.
    pub(crate) asked_at: Time,
    /// When the origin last said that it is good; its age counts from here.
    pub(crate) good_since: Time,
    /// Until when it is served without asking.
    pub(crate) fresh_until: Time,
    pub(crate) hits: u64,
    used: (Time, u64),
}

/// What an origin answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Answer {
    pub(crate) status: i64,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Content,
    /// The entity tag that the origin knows, where the viewer is told another.
    pub(crate) origin_etag: Option<String>,
    /// What the log calls an error of it; empty where it has no word of its own.
    pub(crate) detail: &'static str,
}

/// A body.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Content {
    Slices(Vec<Slice>),
    Text(String),
}

impl Content {
    /// Bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Slices(slices) => slices.iter().map(|slice| slice.len).sum(),
            Self::Text(text) => text.len() as u64,
        }
    }
}

impl Answer {
    /// The header of that name, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Copy {
    /// A copy of what an origin has answered, good for so many seconds.
    pub(crate) fn new(answer: Answer, at: Time, secs: i64) -> Self {
        let fresh_until = Time(at.0.saturating_add(secs.saturating_mul(1000)));
        let used = (at, 0);
        Self { answer, asked_at: at, good_since: at, fresh_until, hits: 0, used }
    }
}

impl Edge {
    pub(crate) fn get(&self, key: &Key) -> Option<&Copy> {
        self.copies.get(key)
    }

    /// Every copy, in the order of their keys.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Key, &Copy)> {
        self.copies.iter()
    }

    /// Notes that a copy was asked for.
    pub(crate) fn touch(&mut self, key: &Key, at: Time, hit: bool) {
        let Some(copy) = self.copies.get_mut(key) else { return };
        if let Some(key) = self.uses.remove(&copy.used) {
            self.count += 1;
            copy.used = (at, self.count);
            copy.hits += u64::from(hit);
            self.uses.insert(copy.used, key);
        }
    }

    /// Keeps a copy.
    pub(crate) fn put(&mut self, key: Key, mut copy: Copy) {
        self.remove(&key);
        if self.copies.len() >= COPIES_MAX
            && let Some((_, oldest)) = self.uses.pop_first()
        {
            self.copies.remove(&oldest);
        }
        self.count += 1;
        copy.used.1 = self.count;
        self.uses.insert(copy.used, key.clone());
        self.copies.insert(key, copy);
    }

    /// Forgets a copy.
    pub(crate) fn remove(&mut self, key: &Key) {
        if let Some(copy) = self.copies.remove(key) {
            self.uses.remove(&copy.used);
        }
    }

    /// Forgets every copy that is meant.
    pub(crate) fn forget(&mut self, meant: impl Fn(&Key, &Copy) -> bool) {
        let uses = &mut self.uses;
        self.copies.retain(|key, copy| {
            let stays = !meant(key, copy);
            if !stays {
                uses.remove(&copy.used);
            }
            stays
        });
    }
}

/// Whether a path of an invalidation means a copy. Where the query is part of the key, a path without
/// an asterisk means the copy without one.
pub(crate) fn is_meant(path: &str, key: &Key) -> bool {
    let whole =
        if key.query.is_empty() { key.path.clone() } else { format!("{}?{}", key.path, key.query) };
    match path.strip_suffix('*') {
        Some(front) => whole.starts_with(front),
        None => whole == path,
    }
}
