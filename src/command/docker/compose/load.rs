//! Loads the project that the flags, the environment or the folder name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::project::Project;
use super::{extends, files, validate};
use crate::composefile::{self, How, Loaded};
use crate::cx::{Cx, Fail};

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

/// Files that were read, and what they were read with.
struct Read {
    files: Vec<PathBuf>,
    dir: PathBuf,
    env: BTreeMap<String, String>,
    loaded: Loaded,
}

/// Reads the files that the flags or the folder name.
fn read(cx: &mut Cx<'_, '_>, interpolate: bool) -> Result<Read, Fail> {
    if let Some(given) = cx.group.text("project-name").or_else(|| cx.env("COMPOSE_PROJECT_NAME")) {
        proper(given)?;
    }
    let files = files::find(cx)?;
    let dir = match cx.group.text("project-directory") {
        Some(dir) => composefile::clean(&cx.host.cwd.join(dir)),
        None => files.first().and_then(|f| f.parent()).unwrap_or(&cx.host.cwd).to_owned(),
    };
    let env = files::variables(cx, &dir)?;
    let texts = files::read(cx, &files)?;
    let lookup = |name: &str| env.get(name).cloned();
    let how = How { dir: &dir, lookup: &lookup, interpolate, compose: true };
    let mut loaded =
        composefile::load(&texts, &how).map_err(|wrong| files::refused(wrong, &files))?;
    extends::extend(&mut loaded, &files[0], &how)?;
    for warning in std::mem::take(&mut loaded.warnings) {
        cx.complain(composefile::log_line(&warning));
    }
    Ok(Read { files, dir, env, loaded })
}

/// The files as they are before variables are filled in, and the project's name.
///
/// # Errors
/// What is wrong with the files.
pub(super) fn model(cx: &mut Cx<'_, '_>) -> Result<(String, Map<String, Value>), Fail> {
    let Read { dir, env, mut loaded, .. } = read(cx, false)?;
    loaded.root.remove("version");
    let own = loaded.root.get("name").and_then(Value::as_str).map(str::to_owned);
    let name = name_of(cx, &env, own.as_deref(), &dir)?;
    Ok((name, loaded.root))
}

/// Reads the project that the flags or the folder name; services that are asked for bring their
/// profiles with them.
///
/// # Errors
/// What is wrong with the files.
pub(super) fn project(cx: &mut Cx<'_, '_>, asked: &[String]) -> Result<Project, Fail> {
    let Read { files, dir, env, mut loaded } = read(cx, true)?;
    if loaded.root.remove("version").is_some() {
        let file = files[0].display();
        cx.complain(composefile::log_line(&format!(
            "{file}: the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion"
        )));
    }
    let file = loaded.file().map_err(|why| Fail::new(15, why))?;
    let name = name_of(cx, &env, file.name.as_deref(), &dir)?;
    let mut project = Project { name, dir, files, env, root: loaded.root, file };
    let mut profiles = profiles(cx, &project.env);
    let brought = asked.iter().filter_map(|name| project.file.services.get(name));
    profiles.extend(brought.flat_map(|service| service.profiles.clone()));
    project.select(&profiles);
    validate::check(&project)?;
    for key in passed_over(&project) {
        cx.complain(format!("distlab: {key} is left out; compose here does not act on it"));
    }
    Ok(project)
}

/// What the files say of services that take part and nothing comes of: `web.links`.
pub(super) fn passed_over(project: &Project) -> Vec<String> {
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
pub(super) fn name(cx: &mut Cx<'_, '_>) -> Result<(String, Option<Project>), Fail> {
    name_for(cx, &[])
}

/// [`name`], where services that are asked for by name bring their profiles with them.
///
/// # Errors
/// As [`name`].
pub(super) fn name_for(
    cx: &mut Cx<'_, '_>,
    asked: &[String],
) -> Result<(String, Option<Project>), Fail> {
    match project(cx, asked) {
        Ok(project) => Ok((project.name.clone(), Some(project))),
        Err(fail) => match cx.group.text("project-name").or_else(|| cx.env("COMPOSE_PROJECT_NAME"))
        {
            Some(name) if proper(name).is_ok() => Ok((name.to_owned(), None)),
            _ => Err(fail),
        },
    }
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

/// The name that a flag, the environment, the file or its folder gives.
fn name_of(
    cx: &Cx<'_, '_>,
    env: &BTreeMap<String, String>,
    own: Option<&str>,
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
    match normal_name(own.unwrap_or(folder)) {
        name if name.is_empty() => Err(Fail::new(15, "project name must not be empty")),
        name => Ok(name),
    }
}

/// Refuses what is no name of a project; only a file's or a folder's is made one.
pub(super) fn proper(name: &str) -> Result<(), Fail> {
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
