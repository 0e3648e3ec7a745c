//! How a world was shaped before it began: what its systems find otherwise than by default.
//!
//! Plain data. The kernel knows what is everybody's (regions, what exists at the beginning); the rest
//! are parts, each of which belongs to the system that says so in its entry. Where a shape is written
//! down (a file, a lab's front matter) and in which words, is the edge's business.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::{ApiError, Protocol};
use super::principal::{Caller, Principal, Scope};

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
    /// Where it is sent; empty is the world's own region.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    #[serde(default)]
    pub input: Value,
}

impl Beginning {
    /// The world's own hands: the account's root where AWS is asked, the lab itself elsewhere.
    pub(crate) fn caller(&self, protocol: Protocol) -> Caller {
        let principal = if protocol.is_aws() { Principal::Root } else { Principal::Lab };
        let scope = Scope { region: self.region.clone(), ..Scope::default() };
        Caller { scope, ..Caller::from(principal) }
    }
}

/// That something cannot exist at the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place in [`Shape::exists`].
    pub at: usize,
    /// The service's own answer.
    pub error: ApiError,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "what the world's shape lists as number {} is refused: {}",
            self.at + 1,
            self.error
        )
    }
}

impl std::error::Error for Refused {}

/// A world without a shape has the digest that it had before there were shapes.
impl Hash for Shape {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        if !self.is_default() {
            self.regions.hash(hasher);
            self.parts.hash(hasher);
            self.exists.hash(hasher);
        }
    }
}

impl Shape {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

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
    /// Every key that may stand in it.
    pub keys: &'static [Key],
    /// Finds what is wrong in the value of one of these keys, by paths that begin with the key.
    pub check: fn(key: &str, value: &Value, wrong: &mut Vec<Wrong>),
}

/// A key of a part, for whoever writes a shape.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// `racks`
    pub name: &'static str,
    /// What it means, and what stands when it is left out.
    pub about: &'static str,
    /// A line of TOML.
    pub example: &'static str,
}

impl Part {
    /// Everything that is wrong in it, by paths that begin below its name.
    #[must_use]
    pub fn wrong(&self, part: &Value) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let Some(table) = part.as_object() else {
            let what = format!("`{}` is not a table", self.name);
            return vec![Wrong::new(&[], what, format!("write `[{}]` above its lines", self.name))];
        };
        for (key, value) in table {
            if self.keys.iter().any(|known| known.name == key) {
                (self.check)(key, value, &mut wrong);
            } else {
                let known: Vec<&str> = self.keys.iter().map(|known| known.name).collect();
                wrong.push(Wrong::key(&[key], &known));
            }
        }
        wrong
    }
}

/// What is wrong in a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The keys and places of lists that lead there: `racks`, `0`.
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
