//! Contexts of the reference client: engines under names, kept in the client's folder of settings.
//!
//! Source: the folder as the reference client 28.2 writes it: `contexts/meta/SHA-256 OF THE
//! NAME/meta.json`, with what belongs to TLS in `contexts/tls`.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base::Digest;
use serde_json::Value;

/// The folder of settings.
#[derive(Clone, Debug)]
pub struct Contexts {
    settings: PathBuf,
}

impl Contexts {
    /// Those of the folder that these variables mean; a relative one is taken from `cwd`.
    pub fn of<'v>(cwd: &Path, variable: impl Fn(&str) -> Option<&'v str>) -> Self {
        let own = variable("DOCKER_CONFIG").filter(|folder| !folder.is_empty());
        let settings = match own {
            Some(folder) => cwd.join(folder),
            None => Path::new(variable("HOME").unwrap_or("/")).join(".docker"),
        };
        Self { settings }
    }

    /// Where a context's description is.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        self.settings.join("contexts/meta").join(Digest::of(name.as_bytes()).to_string())
    }

    /// Where its certificates and keys would be.
    #[must_use]
    pub fn tls_folder(&self, name: &str) -> PathBuf {
        self.settings.join("contexts/tls").join(Digest::of(name.as_bytes()).to_string())
    }

    /// Every description, in the order of names.
    #[must_use]
    pub fn all(&self) -> Vec<Value> {
        let folders = fs::read_dir(self.settings.join("contexts/meta"));
        let mut found: Vec<Value> = folders
            .into_iter()
            .flatten()
            .filter_map(|entry| read(&entry.ok()?.path().join("meta.json")).ok())
            .collect();
        found.sort_by(|a, b| name(a).cmp(name(b)));
        found
    }

    /// The description of one.
    ///
    /// # Errors
    /// The client's words for one that is not there or cannot be read.
    pub fn get(&self, name: &str) -> Result<Value, String> {
        let file = self.folder(name).join("meta.json");
        read(&file).map_err(|why| {
            format!("context {name:?}: context not found: open {}: {why}", file.display())
        })
    }

    /// Keeps a description under the name that stands in it.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn put(&self, context: &Value) -> io::Result<()> {
        let folder = self.folder(name(context));
        fs::create_dir_all(&folder)?;
        let mode = Permissions::from_mode(0o644);
        let mut waiting = tempfile::Builder::new().permissions(mode).tempfile_in(&folder)?;
        waiting.write_all(context.to_string().as_bytes())?;
        waiting.persist(folder.join("meta.json"))?;
        Ok(())
    }

    /// Forgets one, and what belongs to it.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        for folder in [self.folder(name), self.tls_folder(name)] {
            match fs::remove_dir_all(folder) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }

    /// The one that the settings name as the current one.
    #[must_use]
    pub fn current(&self) -> Option<String> {
        let settings = read(&self.settings.join("config.json")).ok()?;
        let name = settings.get("currentContext").and_then(Value::as_str)?;
        (!name.is_empty() && name != "default").then(|| name.to_owned())
    }
}

/// What a description calls itself.
#[must_use]
pub fn name(context: &Value) -> &str {
    context.get("Name").and_then(Value::as_str).unwrap_or_default()
}

/// Where its engine listens.
#[must_use]
pub fn host(context: &Value) -> Option<&str> {
    context.pointer("/Endpoints/docker/Host").and_then(Value::as_str)
}

fn read(file: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(file).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        _ => e.to_string(),
    })?;
    serde_json::from_str(&text).map_err(|_| "it is not JSON".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn contexts_are_kept_under_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap().to_owned();
        let contexts =
            Contexts::of(Path::new("/"), |name| (name == "DOCKER_CONFIG").then_some(path.as_str()));
        assert_eq!((contexts.all(), contexts.current()), (Vec::new(), None));
        let context = |name: &str, host: &str| json!({ "Name": name, "Metadata": {}, "Endpoints": { "docker": { "Host": host } } });
        contexts.put(&context("two", "unix:///two")).unwrap();
        contexts.put(&context("one", "unix:///one")).unwrap();
        let names: Vec<String> = contexts.all().iter().map(|c| name(c).to_owned()).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(host(&contexts.get("two").unwrap()), Some("unix:///two"));
        fs::write(folder.path().join("config.json"), r#"{"currentContext":"two"}"#).unwrap();
        assert_eq!(contexts.current().as_deref(), Some("two"));
        contexts.remove("two").unwrap();
        let why = contexts.get("two").unwrap_err();
        assert!(why.starts_with("context \"two\": context not found: open /"), "{why}");
    }
}
