//! How a world was shaped before it began: what its systems find otherwise than by default.
//!
//! Plain data. The kernel knows what is everybody's (regions, what exists at the beginning); the rest
//! are parts, each of which belongs to the system that says so in its entry. Where a shape is written
//! down (a file, a lab's front matter) and in which words, is the edge's business.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a world is, beside its seed, account, region and start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// The regions that exist; empty when all do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// What the systems find, by the names of their parts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Value>,
    /// What is done before anybody else does something, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exists: Vec<Beginning>,
}

/// An operation that the world's own hands perform before its first input.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// `s3`
    pub service: String,
    /// `CreateBucket`
    pub op: String,
    #[serde(default)]
    pub input: Value,
}

/// A world without a shape has the digest that it had before there were shapes.
impl Hash for Shape {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        if *self != Self::default() {
            self.regions.hash(hasher);
            self.parts.hash(hasher);
            self.exists.hash(hasher);
        }
    }
}

impl Shape {
    /// What the part of that name says under `key`.
    #[must_use]
    pub fn say(&self, part: &str, key: &str) -> Option<&Value> {
        self.parts.get(part)?.get(key)
    }
}

/// The part of a shape that a system reads.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// `hadoop`
    pub name: &'static str,
    /// Finds what is wrong in it.
    pub check: fn(&Value, &mut Vec<Wrong>),
}

/// What is wrong in a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The keys and places of lists that lead there: `hadoop`, `racks`, `0`.
    pub path: Vec<String>,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub meant: String,
}

impl Wrong {
    #[must_use]
    pub fn new(path: &[&str], what: impl Into<String>, meant: impl Into<String>) -> Self {
        let path = path.iter().map(|key| (*key).to_owned()).collect();
        Self { path, what: what.into(), meant: meant.into() }
    }

    /// A key that is none of these.
    #[must_use]
    pub fn key(path: &[&str], known: &[&str]) -> Self {
        let word = path.last().copied().unwrap_or_default();
        let meant = match base::text::nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        Self::new(path, format!("`{word}` is not known here"), meant)
    }

    /// As one line, with its place in front.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{}: {}; {}", self.path.join("."), self.what, self.meant)
    }
}
