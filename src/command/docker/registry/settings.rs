//! The client's settings file, as far as it says who logs in where. What else stands in it is kept.
//!
//! Source: the reference client's documentation, "docker login", "Credential stores" and "Properties
//! of config.json".

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize as _;
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use super::credentials::Credentials;
use super::{helper, hostname};
use crate::account_registry;
use crate::cx::Cx;
use crate::files;

/// The settings file.
pub(crate) struct Settings {
    path: PathBuf,
    all: Map<String, Value>,
    /// Where helper programs are looked for.
    search: String,
}

/// Credentials as the file has them.
fn entry(who: &Credentials) -> Map<String, Value> {
    let pair = format!("{}:{}", who.user, who.password);
    let mut entry = Map::new();
    entry.insert("auth".to_owned(), STANDARD.encode(pair).into());
    if let Some(token) = &who.token {
        entry.insert("identitytoken".to_owned(), token.clone().into());
    }
    entry
}

impl Settings {
    /// Reads `$DOCKER_CONFIG/config.json`, or that of the home folder. One that cannot be read is
    /// complained about and taken for empty.
    pub(crate) fn open(cx: &mut Cx<'_, '_>) -> Self {
        let folder = match cx.env("DOCKER_CONFIG").filter(|f| !f.is_empty()) {
            Some(folder) => cx.host.cwd.join(folder),
            None => Path::new(cx.env("HOME").unwrap_or("/")).join(".docker"),
        };
        Self::open_in(cx, &folder)
    }

    /// The settings for a registry. What logs in at one of a simulated account is kept with the lab.
    pub(super) fn open_for(cx: &mut Cx<'_, '_>, server: &str) -> Self {
        let own = cx.env("DOCKER_CONFIG").is_some_and(|folder| !folder.is_empty());
        match cx.env("DISTLAB_DOCKER_LOGINS") {
            Some(folder) if !own && account_registry::is_simulated(hostname(server)) => {
                let folder = PathBuf::from(folder);
                Self::open_in(cx, &folder)
            }
            _ => Self::open(cx),
        }
    }

    fn open_in(cx: &mut Cx<'_, '_>, folder: &Path) -> Self {
        let search = cx.env("PATH").unwrap_or_default().to_owned();
        let (settings, wrong) = Self::read(folder, search);
        if let Some(why) = wrong {
            cx.complain(format!("WARNING: Error loading config file: {why}"));
        }
        settings
    }

    /// Reads the file of a folder, and says what is wrong with it. `search` is where helper programs
    /// are looked for.
    pub(super) fn read(folder: &Path, search: String) -> (Self, Option<String>) {
        let path = folder.join("config.json");
        let found = match fs::read(&path) {
            Ok(text) if text.trim_ascii().is_empty() => Ok(Map::new()),
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|e| format!("parsing config file ({}): {e}", path.display())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Map::new()),
            Err(e) => Err(files::wrong("open", &path, &e)),
        };
        match found {
            Ok(all) => (Self { path, all, search }, None),
            Err(why) => (Self { path, all: Map::new(), search }, Some(why)),
        }
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The helper program that keeps this server's credentials.
    pub(super) fn helper(&self, server: &str) -> Option<&str> {
        let own = self.all.get("credHelpers").and_then(|h| h.get(server));
        own.or_else(|| self.all.get("credsStore")).and_then(Value::as_str).filter(|h| !h.is_empty())
    }

    /// What is kept for a server.
    ///
    /// # Errors
    /// The helper's words, or what is wrong with an entry.
    pub(crate) fn get(&self, server: &str) -> Result<Option<Credentials>, String> {
        if let Some(helper) = self.helper(server) {
            return helper::get(&self.search, helper, server);
        }
        let entries = self.all.get("auths").and_then(Value::as_object);
        let Some(entries) = entries else { return Ok(None) };
        let entry = entries.get(server).or_else(|| {
            entries.iter().find(|(name, _)| hostname(name) == server).map(|(_, entry)| entry)
        });
        entry.map_or(Ok(None), read)
    }

    /// What is kept for all servers, as the engine takes it for a build.
    pub(crate) fn every(&self) -> BTreeMap<String, Value> {
        let known = self.known().into_iter();
        known.map(|(server, who)| (server.clone(), who.json(&server))).collect()
    }

    /// What is kept for all servers, as it stands in a file of settings.
    pub(crate) fn logins(&self) -> Map<String, Value> {
        self.known().into_iter().map(|(server, who)| (server, Value::Object(entry(&who)))).collect()
    }

    fn known(&self) -> Vec<(String, Credentials)> {
        let mut servers: Vec<String> = Vec::new();
        let names = |key: &str| self.all.get(key).and_then(Value::as_object);
        servers.extend(names("auths").into_iter().flatten().map(|(name, _)| name.clone()));
        servers.extend(names("credHelpers").into_iter().flatten().map(|(name, _)| name.clone()));
        if let Some(store) = self.helper("") {
            servers.extend(helper::list(&self.search, store));
        }
        // A helper that fails has nothing to say; the registry will.
        servers
            .into_iter()
            .filter_map(|server| Some((server.clone(), self.get(&server).ok()??)))
            .collect()
    }

    /// Keeps credentials: with the helper where there is one, otherwise in the file.
    ///
    /// # Errors
    /// The helper's words, or that the file cannot be written.
    pub(super) fn store(&mut self, server: &str, who: &Credentials) -> Result<(), String> {
        let mut entry = Map::new();
        if let Some(helper) = self.helper(server) {
            helper::store(&self.search, helper, server, who)?;
        } else {
            entry = self::entry(who);
        }
        self.entries().insert(server.to_owned(), Value::Object(entry));
        self.save()
    }

    /// Forgets what is kept for a server.
    ///
    /// # Errors
    /// As [`Settings::store`].
    pub(super) fn erase(&mut self, server: &str) -> Result<(), String> {
        if let Some(helper) = self.helper(server) {
            helper::erase(&self.search, helper, server)?;
        }
        if self.entries().remove(server).is_some() { self.save() } else { Ok(()) }
    }

    /// Names the context that lines without one mean; `default` is none.
    ///
    /// # Errors
    /// That the file cannot be written.
    pub(crate) fn use_context(&mut self, name: &str) -> Result<(), String> {
        self.entries();
        if name == "default" {
            self.all.shift_remove("currentContext");
        } else {
            self.all.insert("currentContext".to_owned(), name.into());
        }
        self.save()
    }

    fn entries(&mut self) -> &mut Map<String, Value> {
        let entries = self.all.entry("auths").or_insert_with(|| json!({}));
        if !entries.is_object() {
            *entries = json!({});
        }
        entries.as_object_mut().unwrap_or_else(|| unreachable!("an object was just made"))
    }

    /// Writes the file anew, whole or not at all; only its owner may read a new one.
    fn save(&self) -> Result<(), String> {
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().unwrap_or(Path::new("/"));
        let mode = fs::metadata(&path).map_or(0o600, |m| m.permissions().mode() & 0o777);
        let mut text = Vec::new();
        let tabs = serde_json::ser::PrettyFormatter::with_indent(b"\t");
        let mut to = serde_json::Serializer::with_formatter(&mut text, tabs);
        self.all.serialize(&mut to).map_err(|e| e.to_string())?;
        let write = || {
            fs::DirBuilder::new().recursive(true).create(folder)?;
            let mut waiting = NamedTempFile::new_in(folder)?;
            waiting.write_all(&text)?;
            waiting.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
            waiting.persist(&path)?;
            Ok(())
        };
        write().map_err(|e: io::Error| files::wrong("open", &path, files::cause(&e)))
    }
}

/// An entry of the file; one without a user says nothing.
fn read(entry: &Value) -> Result<Option<Credentials>, String> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|t| !t.is_empty());
    let token = text("identitytoken").map(str::to_owned);
    let Some(packed) = text("auth") else {
        let (Some(user), Some(password)) = (text("username"), text("password")) else {
            return Ok(None);
        };
        let (user, password) = (user.to_owned(), password.to_owned());
        return Ok(Some(Credentials { user, password, token }));
    };
    let invalid = || "Invalid auth configuration file".to_owned();
    let pair = STANDARD.decode(packed).map_err(|_| invalid())?;
    let pair = String::from_utf8(pair).map_err(|_| invalid())?;
    let (user, password) = pair.split_once(':').ok_or_else(invalid)?;
    let password = password.trim_matches('\0').to_owned();
    Ok(Some(Credentials { user: user.to_owned(), password, token }))
}
