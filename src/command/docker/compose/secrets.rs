//! Secrets and configs that are no files of this machine: put into containers as they are made.

use serde_json::Value;

use super::project::Project;
use crate::composefile::model::{FileRef, Service, Stored};
use crate::cx::{Cx, Fail};
use docker::{Body, Engine, Method};

/// Refuses secrets and configs that only a swarm has.
///
/// # Errors
/// The first of them.
pub(super) fn check(project: &Project, service: &Service) -> Result<(), Fail> {
    for (kind, refs, all) in [
        ("secret", &service.secrets, &project.file.secrets),
        ("config", &service.configs, &project.file.configs),
    ] {
        let external = |r: &&FileRef| all.get(&r.source).is_some_and(|s| s.external);
        if let Some(found) = refs.iter().find(external) {
            return Err(Fail::new(1, format!("unsupported external {kind} {}", found.source)));
        }
    }
    Ok(())
}

/// Writes into a container what stands in the file itself or in a variable.
///
/// # Errors
/// The engine's refusal, or a variable that is not set.
pub(super) fn put(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    id: &str,
    project: &Project,
    service: &Service,
) -> Result<(), Fail> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut any = false;
    for (folder, refs, all) in [
        ("/run/secrets/", &service.secrets, &project.file.secrets),
        ("/", &service.configs, &project.file.configs),
    ] {
        for given in refs {
            let Some(text) =
                all.get(&given.source).map(|s| text(project, s)).transpose()?.flatten()
            else {
                continue;
            };
            let target = given.target.as_ref().unwrap_or(&given.source);
            let target =
                if target.starts_with('/') { target.clone() } else { format!("{folder}{target}") };
            let id = |own: Option<&String>| own.and_then(|n| n.parse().ok()).unwrap_or(0);
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(mode(given.mode.as_ref()));
            header.set_uid(id(given.uid.as_ref()));
            header.set_gid(id(given.gid.as_ref()));
            let path = target.trim_start_matches('/');
            let added = archive.append_data(&mut header, path, text.as_bytes());
            added.map_err(|why| Fail::new(1, why.to_string()))?;
            any = true;
        }
    }
    if !any {
        return Ok(());
    }
    let bytes = archive.into_inner().map_err(|why| Fail::new(1, why.to_string()))?;
    let path = format!("/containers/{id}/archive?path=%2F");
    let sent = engine.stream(Method::PUT, &path, &[], Body::Packed(bytes));
    cx.wait(sent).map(drop)
}

/// What is to be written; nothing where a file of this machine is mounted.
fn text(project: &Project, stored: &Stored) -> Result<Option<String>, Fail> {
    if let Some(content) = &stored.content {
        return Ok(Some(content.clone()));
    }
    let Some(name) = &stored.environment else { return Ok(None) };
    match project.env.get(name) {
        Some(value) => Ok(Some(value.clone())),
        None => Err(Fail::new(
            1,
            format!("environment variable {name:?} required by file {:?} is not set", stored.name),
        )),
    }
}

pub(super) fn mode(given: Option<&Value>) -> u32 {
    const USUAL: u32 = 0o444;
    let number = given.and_then(|m| {
        m.as_u64().or_else(|| m.as_str().and_then(|t| u64::from_str_radix(t, 8).ok()))
    });
    number.and_then(|n| u32::try_from(n).ok()).unwrap_or(USUAL)
}
