//! The learner's settings: environment variables and, only where `AWS_CONFIG_FILE` and
//! `AWS_SHARED_CREDENTIALS_FILE` name them, the two files. The files in the home folder are the
//! learner's own and are never read or written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::fail::Failure;
use super::globals::Globals;

/// Sections with their settings, in order of their names.
type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// What is set, and where.
#[derive(Debug, Default)]
pub(super) struct Config {
    env: BTreeMap<String, String>,
    /// The name of the profile in use: `default` when nobody names one.
    pub(super) profile: String,
    /// Whether `--profile` named it: then keys in the environment do not count.
    pub(super) explicit: bool,
    pub(super) settings_path: Option<PathBuf>,
    pub(super) credentials_path: Option<PathBuf>,
    settings: Sections,
    credentials: Sections,
}

impl Config {
    /// Reads what is set.
    pub(super) fn load(
        env: &BTreeMap<String, String>,
        cwd: &Path,
        globals: &Globals,
    ) -> Result<Self, Failure> {
        let path = |name: &str| env.get(name).filter(|p| !p.is_empty()).map(|p| cwd.join(p));
        let settings_path = path("AWS_CONFIG_FILE");
        let credentials_path = path("AWS_SHARED_CREDENTIALS_FILE");
        let named = globals.profile.clone().or_else(|| {
            let names = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
            names.iter().find_map(|name| env.get(*name)).filter(|p| !p.is_empty()).cloned()
        });
        Ok(Self {
            env: env.clone(),
            explicit: globals.profile.is_some(),
            profile: named.unwrap_or_else(|| "default".into()),
            settings: read(settings_path.as_deref())?,
            credentials: read(credentials_path.as_deref())?,
            settings_path,
            credentials_path,
        })
    }

    /// Fails when the profile somebody named is in neither file.
    pub(super) fn check_profile(&self) -> Result<(), Failure> {
        if self.profile == "default" || self.profiles().contains(&self.profile) {
            return Ok(());
        }
        Err(Failure::General(format!("The config profile ({}) could not be found", self.profile)))
    }

    /// The names of all profiles, sorted, `default` as one of them.
    pub(super) fn profiles(&self) -> Vec<String> {
        let config = self.settings.keys().filter_map(|section| match section.as_str() {
            "default" => Some("default"),
            other => other.strip_prefix("profile ").map(str::trim),
        });
        let mut names: Vec<String> =
            config.chain(self.credentials.keys().map(String::as_str)).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A variable of the environment, when it is set and not empty.
    pub(super) fn env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// A setting of the profile, from the credentials file first.
    pub(super) fn file(&self, key: &str) -> Option<&str> {
        self.file_of(&self.profile, key)
    }

    /// A setting of a profile.
    pub(super) fn file_of(&self, profile: &str, key: &str) -> Option<&str> {
        let section = section_of(profile);
        let secret = self.credentials.get(profile).and_then(|s| s.get(key));
        let setting = || self.settings.get(&section).and_then(|s| s.get(key));
        secret.or_else(setting).map(String::as_str)
    }

    /// The region, when one is set.
    pub(super) fn region(&self, globals: &Globals) -> Option<String> {
        let env = || self.env("AWS_REGION").or_else(|| self.env("AWS_DEFAULT_REGION"));
        let chosen = globals.region.as_deref().or_else(env).or_else(|| self.file("region"));
        chosen.map(str::to_owned)
    }

    /// The access key of the environment, where no profile was named that takes its place.
    pub(super) fn env_key(&self) -> Result<Option<Key>, Failure> {
        if self.explicit { Ok(None) } else { self.any_env_key() }
    }

    /// The access key of the environment.
    pub(super) fn any_env_key(&self) -> Result<Option<Key>, Failure> {
        let Some(id) = self.env("AWS_ACCESS_KEY_ID") else { return Ok(None) };
        let Some(secret) = self.env("AWS_SECRET_ACCESS_KEY") else {
            return Err(Failure::Config(
                "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY".into(),
            ));
        };
        let token = self.env("AWS_SESSION_TOKEN").map(str::to_owned);
        Ok(Some(Key { id: id.into(), secret: secret.into(), token, source: "env" }))
    }

    /// The access key that stands in a profile: id, secret and token.
    pub(super) fn static_key(&self, profile: &str) -> Result<Option<Key>, Failure> {
        let Some(id) = self.file_of(profile, "aws_access_key_id") else { return Ok(None) };
        let Some(secret) = self.file_of(profile, "aws_secret_access_key") else {
            return Err(Failure::Config(
                "Partial credentials found in shared-credentials-file, missing: \
                 aws_secret_access_key"
                    .into(),
            ));
        };
        let token = self.file_of(profile, "aws_session_token").map(str::to_owned);
        let source = "shared-credentials-file";
        Ok(Some(Key { id: id.into(), secret: secret.into(), token, source }))
    }
}

/// An access key as it is configured.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
    pub(super) source: &'static str,
}

/// The section of a profile in the config file.
pub(super) fn section_of(profile: &str) -> String {
    if profile == "default" { profile.into() } else { format!("profile {profile}") }
}

fn read(path: Option<&Path>) -> Result<Sections, Failure> {
    let Some(path) = path else { return Ok(Sections::new()) };
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|()| {
            Failure::General(format!("Unable to parse config file: {}", path.display()))
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Sections::new()),
        Err(e) => Err(e.into()),
    }
}

/// Reads an INI file: `[section]`, `key = value`, comments behind `#` or `;` at the start of a line.
fn parse(text: &str) -> Result<Sections, ()> {
    let mut sections = Sections::new();
    let mut current: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[') {
            let name = name.split(']').next().unwrap_or_default().trim().replace('"', "");
            sections.entry(name.clone()).or_default();
            current = Some(name);
            continue;
        }
        // An indented line belongs to a nested setting, which nothing here reads.
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let (Some(section), Some((key, value))) = (&current, trimmed.split_once('=')) else {
            return Err(());
        };
        if let Some(settings) = sections.get_mut(section) {
            settings.insert(key.trim().into(), value.trim().into());
        }
    }
    Ok(sections)
}

/// Sets a value in the text of an INI file, leaving everything else as it is.
pub(super) fn set(text: &str, section: &str, key: &str, value: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let header = |line: &str| {
        line.trim().strip_prefix('[').map(|l| l.split(']').next().unwrap_or("").trim().to_owned())
    };
    let entry = format!("{key} = {value}");
    let start = lines.iter().position(|line| header(line).as_deref() == Some(section));
    if let Some(start) = start {
        let following = lines[start + 1..].iter().position(|line| header(line).is_some());
        let end = following.map_or(lines.len(), |n| start + 1 + n);
        let same = |line: &String| line.split_once('=').is_some_and(|(k, _)| k.trim() == key);
        if let Some(at) = lines[start + 1..end].iter().position(same) {
            lines[start + 1 + at] = entry;
        } else {
            let blank = lines[start + 1..end].iter().rev().take_while(|l| l.trim().is_empty());
            let at = end - blank.count();
            lines.insert(at, entry);
        }
    } else {
        lines.push(format!("[{section}]"));
        lines.push(entry);
    }
    lines.join("\n") + "\n"
}
