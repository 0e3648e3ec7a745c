//! What the modules that bring a file into its long form share: what a file is read with, what can be
//! wrong with a service, and how a scalar, a mapping and a size are read.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Wrong;
use super::interpolate::Lookup;
use super::schema::Dialect;
use command_line::size;

/// What a file is read with.
pub(super) struct Base<'a> {
    /// Relative paths begin here.
    pub(super) dir: &'a Path,
    pub(super) lookup: Lookup<'a>,
    pub(super) dialect: Dialect,
    /// What the reference warns of.
    pub(super) warnings: Vec<String>,
}

pub(crate) type Object = Map<String, Value>;

impl Base<'_> {
    /// A path of the file, absolute; `~` is the home folder.
    pub(super) fn path(&self, text: &str) -> String {
        let text = match text.strip_prefix('~') {
            Some(rest) => format!("{}{rest}", (self.lookup)("HOME").unwrap_or_default()),
            None => text.to_owned(),
        };
        clean(&self.dir.join(text)).display().to_string()
    }
}

/// A path without `.` and `..`.
pub(crate) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

/// What is wrong with a service.
pub(super) enum Bad {
    Whole(String),
    /// A value that cannot be read; its key, and why.
    Value(&'static str, String),
    /// A file that is not there.
    Missing(String),
}

impl From<String> for Bad {
    fn from(why: String) -> Self {
        Self::Whole(why)
    }
}

impl Bad {
    pub(super) fn said(self, service: &str, dialect: Dialect) -> Wrong {
        match (self, dialect) {
            (Self::Missing(why), _) => Wrong::Missing(why),
            (Self::Value(key, why), Dialect::Compose) => Wrong::Text(format!(
                "decoding failed due to the following error(s):\n\nerror decoding 'services[{service}].{key}': {why}"
            )),
            (Self::Whole(why) | Self::Value(_, why), _) => Wrong::Text(why),
        }
    }
}

/// `a=b` lists as a mapping, values as text; a name without a value has `bare`.
pub(super) fn mapped(map: &mut Object, key: &str, bare: Option<&str>) {
    let Some(value) = map.get_mut(key) else { return };
    let bare = || bare.map_or(Value::Null, Value::from);
    let found: Object = match &*value {
        Value::Array(items) => items
            .iter()
            .map(plain)
            .map(|item| match item.split_once('=') {
                Some((name, value)) => (name.to_owned(), Value::from(value)),
                None => (item.clone(), bare()),
            })
            .collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| {
                let value = if value.is_null() { bare() } else { Value::String(plain(value)) };
                (name.clone(), value)
            })
            .collect(),
        _ => return,
    };
    *value = Value::Object(found);
}

/// A scalar as text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A size as the text of its bytes, with the words of `docker compose` for what is none.
pub(super) fn bytes(value: &Value, key: &'static str) -> Result<Value, Bad> {
    let text = plain(value);
    let bytes = text.parse().or_else(|_| size::parse(&text));
    let bytes: i64 = bytes.map_err(|_| Bad::Value(key, format!("invalid size: '{text}'")))?;
    Ok(bytes.to_string().into())
}
