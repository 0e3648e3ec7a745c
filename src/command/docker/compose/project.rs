//! The project: its files, its name, its variables, and the services that take part.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{consistent, extends};
use crate::composefile::model::{File, Service};
use crate::composefile::{self, How, Wrong};
use crate::cx::{Cx, Fail};

/// Names of the file, in the order in which they are looked for.
const NAMES: &[&str] =
    &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Keys of a service that are read and not acted on.
const PASSED_OVER: &[&str] = &[
    "annotations",
    "cpu_quota",
    "links",
    "memswap_limit",
    "oom_kill_disable",
    "storage_opt",
    "volumes_from",
];

/// Keys of a service's `build` that are read and not acted on.
const PASSED_OVER_IN_BUILD: &[&str] =
    &["cache_from", "extra_hosts", "network", "pull", "shm_size", "tags"];

/// What the files say, and where they are.
pub(super) struct Project {
    pub(super) name: String,
    pub(super) dir: PathBuf,
    pub(super) files: Vec<PathBuf>,
    /// The environment, with what `.env` adds to it.
    pub(super) env: BTreeMap<String, String>,
    /// Everything in its long form.
    pub(super) root: Map<String, Value>,
    pub(super) file: File,
}

/// Reads the project that the flags or the folder name; services that are asked for bring their
/// profiles with them.
///
/// # Errors
/// What is wrong with the files.
pub(super) fn load_for(cx: &mut Cx<'_, '_>, asked: &[String]) -> Result<Project, Fail> {
    if let Some(given) = cx.group.text("project-name").or_else(|| cx.env("COMPOSE_PROJECT_NAME")) {
        proper(given)?;
    }
    let files = find(cx)?;
    let dir = match cx.group.text("project-directory") {
        Some(dir) => composefile::clean(&cx.host.cwd.join(dir)),
        None => files.first().and_then(|f| f.parent()).unwrap_or(&cx.host.cwd).to_owned(),
    };
    let env = variables(cx, &dir)?;
    let mut texts = Vec::new();
    for file in &files {
        texts.push(if file.ends_with("-") {
            let mut text = String::new();
            cx.host.stdin.read_to_string(&mut text).map_err(|e| unreadable(file, &e))?;
            text
        } else {
            fs::read_to_string(file).map_err(|e| unreadable(file, &e))?
        });
    }
    let lookup = |name: &str| env.get(name).cloned();
    let how = How { dir: &dir, lookup: &lookup, interpolate: true, compose: true };
    let mut loaded = composefile::load(&texts, &how).map_err(|wrong| refused(wrong, &files))?;
    extends::extend(&mut loaded, &files[0], &how)?;
    for warning in std::mem::take(&mut loaded.warnings) {
        cx.complain(composefile::log_line(&warning));
    }
    if loaded.root.remove("version").is_some() {
        let file = files[0].display();
        cx.complain(composefile::log_line(&format!(
            "{file}: the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion"
        )));
    }
    let file = loaded.file().map_err(|why| Fail::new(15, why))?;
    let name = name(cx, &env, &file, &dir)?;
    let mut project = Project { name, dir, files, env, root: loaded.root, file };
    let mut profiles = profiles(cx, &project.env);
    let brought = asked.iter().filter_map(|name| project.file.services.get(name));
    profiles.extend(brought.flat_map(|service| service.profiles.clone()));
    project.select(&profiles);
    consistent::check(&project)?;
    for key in passed_over(&project) {
        cx.complain(format!("distlab: {key} is left out; compose here does not act on it"));
    }
    Ok(project)
}

/// The reference's words and exit code for files that cannot be read.
pub(super) fn refused(wrong: Wrong, files: &[PathBuf]) -> Fail {
    match wrong {
        Wrong::Text(text) => Fail::new(15, text),
        Wrong::Invalid(at, text) => {
            Fail::new(15, format!("validating {}: {text}", files[at].display()))
        }
        Wrong::Missing(text) => Fail::new(14, text),
        Wrong::Forbidden(_) => Fail::new(15, "Configuration contains forbidden properties"),
    }
}

/// What the files say of services that take part and nothing comes of: `web.links`.
fn passed_over(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    for name in project.file.services.keys() {
        let Some(service) = project.root.get("services").and_then(|all| all.get(name)) else {
            continue;
        };
        let said = |of: &Value, key: &str| of.get(key).is_some_and(|v| !v.is_null());
        let own = PASSED_OVER.iter().filter(|key| said(service, key));
        found.extend(own.map(|key| format!("{name}.{key}")));
        let build = service.get("build").unwrap_or(&Value::Null);
        let build_keys = PASSED_OVER_IN_BUILD.iter().filter(|key| said(build, key));
        found.extend(build_keys.map(|key| format!("{name}.build.{key}")));
    }
    found
}

/// The project's name alone, where a file is not needed.
///
/// # Errors
/// When neither a flag nor a file names a project.
pub(super) fn name_only(cx: &mut Cx<'_, '_>) -> Result<(String, Option<Project>), Fail> {
    name_for(cx, &[])
}

/// [`name_only`], where services that are asked for by name bring their profiles with them.
///
/// # Errors
/// As [`name_only`].
pub(super) fn name_for(
    cx: &mut Cx<'_, '_>,
    asked: &[String],
) -> Result<(String, Option<Project>), Fail> {
    match load_for(cx, asked) {
        Ok(project) => Ok((project.name.clone(), Some(project))),
        Err(fail) => match cx.group.text("project-name").or_else(|| cx.env("COMPOSE_PROJECT_NAME"))
        {
            Some(name) if proper(name).is_ok() => Ok((name.to_owned(), None)),
            _ => Err(fail),
        },
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Fail {
    let path = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Fail::new(14, format!("open {path}: no such file or directory"))
        }
        std::io::ErrorKind::IsADirectory => Fail::new(15, format!("read {path}: is a directory")),
        _ => Fail::new(15, format!("open {path}: {error}")),
    }
}

/// The files of `-f`, of `COMPOSE_FILE`, or those of the usual names here or above.
fn find(cx: &Cx<'_, '_>) -> Result<Vec<PathBuf>, Fail> {
    let mut given: Vec<String> = cx.group.all("file").to_vec();
    if given.is_empty() {
        given.extend(
            cx.env("COMPOSE_FILE").into_iter().flat_map(|f| f.split(':')).map(str::to_owned),
        );
    }
    if !given.is_empty() {
        return Ok(given.iter().map(|f| composefile::clean(&cx.host.cwd.join(f))).collect());
    }
    let start = cx
        .group
        .text("project-directory")
        .map_or_else(|| cx.host.cwd.clone(), |dir| composefile::clean(&cx.host.cwd.join(dir)));
    for dir in start.ancestors() {
        let Some(file) = NAMES.iter().map(|n| dir.join(n)).find(|f| f.is_file()) else { continue };
        let mut files = vec![file.clone()];
        let stem = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        let over = ["yml", "yaml"].map(|e| dir.join(format!("{stem}.override.{e}")));
        files.extend(over.into_iter().find(|f| f.is_file()));
        return Ok(files);
    }
    Err(Fail::new(14, "no configuration file provided: not found"))
}

/// The environment, with what `.env` adds to it.
fn variables(cx: &Cx<'_, '_>, dir: &Path) -> Result<BTreeMap<String, String>, Fail> {
    let mut all = BTreeMap::new();
    let outside = |name: &str| cx.env(name).map(str::to_owned);
    let given = cx.group.all("env-file");
    if given.is_empty()
        && let Ok(text) = fs::read_to_string(dir.join(".env"))
    {
        all.extend(composefile::dotenv(&text, &outside));
    }
    for file in given {
        let path = cx.host.cwd.join(file);
        let text = fs::read_to_string(&path)
            .map_err(|_| Fail::new(1, format!("Couldn't find env file: {}", path.display())))?;
        all.extend(composefile::dotenv(&text, &outside));
    }
    all.extend(cx.host.env.clone());
    Ok(all)
}

fn profiles(cx: &Cx<'_, '_>, env: &BTreeMap<String, String>) -> BTreeSet<String> {
    let named = env.get("COMPOSE_PROFILES").map(String::as_str).unwrap_or_default();
    cx.group
        .all("profile")
        .iter()
        .map(String::as_str)
        .chain(named.split(','))
        .filter(|p| !p.is_empty())
        .map(str::to_owned)
        .collect()
}

fn name(
    cx: &Cx<'_, '_>,
    env: &BTreeMap<String, String>,
    file: &File,
    dir: &Path,
) -> Result<String, Fail> {
    let given = cx
        .group
        .text("project-name")
        .or_else(|| env.get("COMPOSE_PROJECT_NAME").map(String::as_str));
    if let Some(name) = given.filter(|n| !n.is_empty()) {
        proper(name)?;
        return Ok(name.to_owned());
    }
    let folder = dir.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    match normal_name(file.name.as_deref().unwrap_or(folder)) {
        name if name.is_empty() => Err(Fail::new(15, "project name must not be empty")),
        name => Ok(name),
    }
}

/// Refuses what is no name of a project; only a file's or a folder's is made one.
fn proper(name: &str) -> Result<(), Fail> {
    if normal_name(name) == name && !name.is_empty() {
        return Ok(());
    }
    Err(Fail::new(
        1,
        format!(
            "invalid project name {name:?}: must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number"
        ),
    ))
}

/// A folder's name as the name of a project.
fn normal_name(text: &str) -> String {
    let kept: String = text
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
        .collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

impl Project {
    /// Leaves out the services of profiles that nobody asked for.
    fn select(&mut self, profiles: &BTreeSet<String>) {
        self.file.services.retain(|_, service| {
            service.profiles.is_empty()
                || profiles.contains("*")
                || service.profiles.iter().any(|p| profiles.contains(p))
        });
    }

    /// Refuses names that are no services, of whatever profile.
    ///
    /// # Errors
    /// The first of them.
    pub(super) fn known(&self, names: &[String]) -> Result<(), Fail> {
        let services = self.root.get("services").and_then(Value::as_object);
        let known = |name: &&String| services.is_some_and(|s| s.contains_key(*name));
        match names.iter().find(|name| !known(name)) {
            Some(name) => Err(Fail::new(1, format!("no such service: {name}"))),
            None => Ok(()),
        }
    }

    /// The named services with what they wait for, or all; what others wait for comes first.
    ///
    /// # Errors
    /// A name that is no service, or services that wait for each other.
    pub(super) fn ordered(&self, names: &[String], with_deps: bool) -> Result<Vec<String>, Fail> {
        let mut order = Vec::new();
        let all: Vec<String> = self.file.services.keys().cloned().collect();
        for name in if names.is_empty() { &all } else { names } {
            if !self.file.services.contains_key(name) {
                return Err(Fail::new(1, format!("no such service: {name}")));
            }
            self.visit(name, with_deps || names.is_empty(), &mut Vec::new(), &mut order)?;
        }
        Ok(order)
    }

    fn visit(
        &self,
        name: &str,
        with_deps: bool,
        above: &mut Vec<String>,
        order: &mut Vec<String>,
    ) -> Result<(), Fail> {
        if order.iter().any(|n| n == name) {
            return Ok(());
        }
        if above.iter().any(|n| n == name) {
            above.push(name.to_owned());
            return Err(Fail::new(
                15,
                format!("dependency cycle detected: {}", above.join(" -> ")),
            ));
        }
        let Some(service) = self.file.services.get(name) else { return Ok(()) };
        if with_deps {
            above.push(name.to_owned());
            for other in service.depends_on.keys() {
                self.visit(other, true, above, order)?;
            }
            above.pop();
        }
        order.push(name.to_owned());
        Ok(())
    }

    /// The profiles of all services, each once.
    pub(super) fn profiles(&self) -> BTreeSet<String> {
        let services = self.root.get("services").and_then(Value::as_object);
        let of = |s: &Value| s.get("profiles").and_then(Value::as_array).cloned();
        let all = services.into_iter().flat_map(Map::values).filter_map(of).flatten();
        all.filter_map(|p| p.as_str().map(str::to_owned)).collect()
    }

    /// The service's image: its own, or the one that is built for it.
    pub(super) fn image(&self, name: &str, service: &Service) -> String {
        service.image.clone().unwrap_or_else(|| format!("{}-{name}", self.name))
    }

    /// The name of a network on the engine.
    pub(super) fn network(&self, key: &str) -> String {
        let own = self.file.networks.get(key).and_then(|n| n.name.clone());
        own.unwrap_or_else(|| format!("{}_{key}", self.name))
    }

    /// The name of a volume on the engine.
    pub(super) fn volume(&self, key: &str) -> String {
        let own = self.file.volumes.get(key).and_then(|v| v.name.clone());
        own.unwrap_or_else(|| format!("{}_{key}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_name_projects() {
        let check = |text: &str, want: &str| assert_eq!(normal_name(text), want, "{text}");
        check("My App", "myapp");
        check("_x-1", "x-1");
        check("votingApp.v2", "votingappv2");
        check("...", "");
    }
}
