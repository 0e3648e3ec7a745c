//! Compose files: read, filled in, checked, brought into one form and merged. `docker stack` and
//! `docker compose` both begin here.
//!
//! It asks no engine and prints nothing. Source: the compose-spec; for `docker stack` the answers
//! of the reference client, whose format is version 3.

mod compose_only;
mod convert;
mod emit;
mod env;
mod fields;
mod interpolate;
mod kinds;
mod long_form;
mod merge;
pub(super) mod model;
mod ports;
mod resources;
mod scalars;
mod schema;
pub(super) mod syntax;
#[cfg(test)]
mod tests;
mod volumes;
mod yaml;

use std::path::Path;

use serde_json::{Map, Value};

pub(super) use convert::clean;
pub(super) use emit::{canonical, emit, emit_as_is};
pub(super) use env::dotenv;
pub(super) use interpolate::{Variable, variables};
pub(super) use merge::service as merge_service;
pub(super) use schema::Dialect;

/// The version of a file that names none.
const NEWEST: &str = "3.13";

/// Options that version 3 does not have any more, each with what is said of it.
const FORBIDDEN: &[(&str, &str)] = &[
    ("cpu_quota", "Set resource limits using deploy.resources"),
    ("cpu_shares", "Set resource limits using deploy.resources"),
    ("cpuset", "Set resource limits using deploy.resources"),
    ("extends", "Support for `extends` is not implemented yet."),
    ("mem_limit", "Set resource limits using deploy.resources"),
    ("memswap_limit", "Set resource limits using deploy.resources"),
    (
        "volume_driver",
        "Instead of setting the volume driver on the service, define a volume using the top-level `volumes` option and specify the driver there.",
    ),
    (
        "volumes_from",
        "To share a volume between services, define it using the top-level `volumes` option and reference it from each service that shares it using the service-level `volumes` option.",
    ),
];

/// How files are read.
pub(super) struct How<'a> {
    /// The folder where relative paths begin.
    pub(super) dir: &'a Path,
    pub(super) lookup: &'a dyn Fn(&str) -> Option<String>,
    /// Whether variables are filled in.
    pub(super) interpolate: bool,
    pub(super) compose: bool,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Everything in its long form.
    pub(super) root: Map<String, Value>,
    pub(super) dialect: Dialect,
    /// The services as they stood in the files, one mapping for each file.
    pub(super) raw: Vec<Map<String, Value>>,
    pub(super) warnings: Vec<String>,
}

/// Why files cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Text(String),
    /// What is not in the format, and in which of the files.
    Invalid(usize, String),
    /// A file that the files name and that cannot be read.
    Missing(String),
    /// Options that are not taken any more, each with what to do instead.
    Forbidden(Vec<(&'static str, &'static str)>),
}

impl From<String> for Wrong {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Loaded {
    /// The file as types.
    ///
    /// # Errors
    /// Which part has a form that the checks let pass and the types do not.
    pub(super) fn file(&self) -> Result<model::File, String> {
        let root = Value::Object(self.root.clone());
        serde_json::from_value(root)
            .map_err(|why| format!("decoding failed due to the following error(s):\n\n{why}"))
    }
}

/// Reads files one over the other.
///
/// # Errors
/// The first thing that is wrong, in the reference's words.
pub(super) fn load(texts: &[String], how: &How<'_>) -> Result<Loaded, Wrong> {
    let mut parsed = Vec::new();
    for text in texts {
        match yaml::read(text)? {
            Value::Object(map) => parsed.push(map),
            other if how.compose => return Err(Wrong::Text(yaml::no_mapping(&other))),
            _ => return Err(Wrong::Text("top-level object must be a mapping".into())),
        }
    }
    let mut version: Option<String> = None;
    let mut loaded: Option<Loaded> = None;
    for (at, raw) in parsed.into_iter().enumerate() {
        let own = version_of(&raw);
        let first = version.get_or_insert_with(|| own.clone());
        if *first != own && !how.compose {
            return Err(Wrong::Text(format!(
                "version mismatched between two composefiles : {first} and {own}"
            )));
        }
        let one = load_one(&raw, at, &own, how)?;
        match &mut loaded {
            None => loaded = Some(one),
            Some(loaded) => {
                merge::merge(&mut loaded.root, one.root, loaded.dialect);
                loaded.raw.extend(one.raw);
                loaded.warnings.extend(one.warnings);
            }
        }
    }
    loaded.ok_or_else(|| Wrong::Text("no Compose file was given".into()))
}

fn load_one(
    raw: &Map<String, Value>,
    at: usize,
    version: &str,
    how: &How<'_>,
) -> Result<Loaded, Wrong> {
    if !how.compose {
        forbidden(raw)?;
    }
    let dialect = dialect(version, how);
    let mut value = Value::Object(raw.clone());
    let mut warnings = Vec::new();
    if how.interpolate {
        let dialect = dialect.unwrap_or(Dialect::Stack(13));
        let mut fill = interpolate::Fill { lookup: how.lookup, dialect, warnings };
        fill.file(&mut value)?;
        // `docker stack` says nothing of variables that are not set.
        warnings = if how.compose { fill.warnings } else { Vec::new() };
    }
    let dialect = dialect
        .ok_or_else(|| Wrong::Text(format!("unsupported Compose file version: {version}")))?;
    if how.compose {
        long_form::shape(&value)?;
    }
    schema::check(&value, &fields::ROOT, dialect).map_err(|why| Wrong::Invalid(at, why))?;
    let Value::Object(mut root) = value else { unreachable!("it was made of a mapping") };
    let mut base = convert::Base { dir: how.dir, lookup: how.lookup, dialect, warnings };
    if how.compose && !how.interpolate {
        // What a variable stands for is not known, so most of the file stays as it is.
        long_form::model(&mut root, &mut base)?;
    } else {
        long_form::normalise(&mut root, &mut base)?;
    }
    if !how.compose {
        root.insert("version".into(), version.into());
    }
    let services = raw.get("services").and_then(Value::as_object).cloned().unwrap_or_default();
    Ok(Loaded { root, dialect, raw: vec![services], warnings: base.warnings })
}

/// A warning as the reference's logger prints it without a terminal.
pub(super) fn log_line(text: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or_default();
    let time = base::Time(now).format("%Y-%m-%dT%H:%M:%SZ");
    format!("time=\"{time}\" level=warning msg={text:?}")
}

fn version_of(raw: &Map<String, Value>) -> String {
    match raw.get("version").and_then(Value::as_str) {
        Some("3") => "3.0".to_owned(),
        Some(given) => given.to_owned(),
        None => NEWEST.to_owned(),
    }
}

fn dialect(version: &str, how: &How<'_>) -> Option<Dialect> {
    if how.compose {
        return Some(Dialect::Compose);
    }
    let minor: u8 = version.strip_prefix("3.")?.parse().ok()?;
    (minor <= 13).then_some(Dialect::Stack(minor))
}

fn forbidden(raw: &Map<String, Value>) -> Result<(), Wrong> {
    let Some(Value::Object(services)) = raw.get("services") else { return Ok(()) };
    let used =
        |name: &str| services.values().any(|s| s.as_object().is_some_and(|s| s.contains_key(name)));
    let found: Vec<_> = FORBIDDEN.iter().copied().filter(|(name, _)| used(name)).collect();
    if found.is_empty() { Ok(()) } else { Err(Wrong::Forbidden(found)) }
}
