//! `docker create`: a container that is not started yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::cx::{Cx, Fail};
use crate::pull::{self, To};
use crate::reference::{self, Reference};
use crate::registry::Settings;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::{json, size};
use docker::models::VolumeCreateRequest;
use docker::{Body, Engine, EngineError, Method};

use super::{config, mounts, options};

/// Flags of `create` and `run` about the image and the container as a whole.
pub(super) static FLAGS: &[Flag] = &[
    switch("disable-content-trust", "Skip image verification (default true)"),
    flag("name", "string", "Name of the container"),
    flag("platform", "string", "Platform of the image"),
    flag("pull", "string", "When to pull the image: always, missing or never"),
    switch("quiet", "Do not show the progress of a pull").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "create",
    aliases: &[],
    top: Some("create"),
    usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
    about: "Create a new container",
    flags: &[options::FLAGS, FLAGS],
    args: Args::AtLeast(1),
    interspersed: false,
    looks: never,
    run: |cx, given| {
        let engine = cx.engine()?;
        let id = create(cx, &engine, given)?;
        cx.out(format!("{id}\n"));
        Ok(0)
    },
};

/// An error of `create` and `run`, as the client words it.
pub(super) fn refused(cx: &Cx<'_, '_>, code: u8, why: &str) -> Fail {
    // What the engine says, or would say, only `run` says more of.
    let by_engine =
        why.starts_with("Error response from daemon: ") || why.contains(" requires API v");
    if by_engine && cx.path.ends_with(" create") {
        return Fail::new(1, why);
    }
    Fail::new(code, format!("docker: {why}\n\nRun '{} --help' for more information", cx.path))
}

/// Makes the container, with its image if that is missing, and returns its id.
pub(super) fn create(cx: &mut Cx<'_, '_>, engine: &Engine, given: &Parsed) -> Result<String, Fail> {
    needs_api(cx, given)?;
    let mut body = config::body(cx, given).map_err(|why| refused(cx, 125, &why))?;
    let policy = pull_policy(cx, given)?;
    let file = id_file(cx, given)?;
    let image = image(cx, given)?;
    if policy == "always" {
        get(cx, engine, given, &image)?;
    }
    own_volumes(cx, engine, &body.volumes)?;
    if body.own_mac {
        cx.needs_api("\"specify mac-address per network\"", (1, 44))?;
    }
    for mount in body.request.host_config.iter().flat_map(|h| h.mounts.iter().flatten()) {
        if let Some(what) = mounts::recursion(mount)
            && cx.wait(engine.api_version())? < (1, 44)
        {
            return Err(refused(cx, 125, &format!("{what} requires API v1.44 or later")));
        }
    }
    let logins = if given.is("use-api-socket") { logins(cx) } else { Vec::new() };
    if !logins.is_empty() {
        let env = body.request.env.get_or_insert_default();
        if !env.iter().any(|e| e.starts_with("DOCKER_CONFIG=")) {
            env.push(format!("DOCKER_CONFIG=/{LOGINS}"));
        }
    }
    let name = given.text("name");
    let mut request = serde_json::to_value(body.request)
        .map_err(|e| refused(cx, 125, &format!("distlab: {e}")))?;
    if let Some(bytes) = given.text("kernel-memory").and_then(|t| size::parse(t).ok()) {
        // The model has no place for it any more, and older engines know it.
        request["HostConfig"]["KernelMemory"] = bytes.into();
    }
    let mut query: Vec<String> = Vec::new();
    for (key, value) in [("name", name), ("platform", given.text("platform"))] {
        query.extend(value.map(|v| format!("{key}={}", Engine::escape(v))));
    }
    let path = format!("/containers/create?{}", query.join("&"));
    own_anonymous(cx, engine, &image.familiar(), &mut request);
    let attempt = cx.runtime.block_on(engine.post_json(&path, Some(&request)));
    let made = match attempt {
        Err(EngineError::Refused { status: 404, message })
            if message.contains("No such image") && policy != "never" =>
        {
            cx.complain(format!("Unable to find image '{}' locally", image.familiar()));
            get(cx, engine, given, &image)?;
            own_anonymous(cx, engine, &image.familiar(), &mut request);
            cx.runtime.block_on(engine.post_json(&path, Some(&request)))
        }
        other => {
            if other.is_ok() && policy != "always" {
                pull::note_stand_in(cx, engine, &image)?;
            }
            other
        }
    };
    let made = made.map_err(|e| engine_refused(cx, &e))?;
    for warning in made["Warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        cx.complain(format!("WARNING: {warning}"));
    }
    let id = made["Id"].as_str().unwrap_or_default().to_owned();
    if !logins.is_empty() {
        let path = format!("/containers/{id}/archive?noOverwriteDirNonDir=true&path=%2F");
        let sent = engine.stream(Method::PUT, &path, &[], Body::Packed(logins));
        cx.runtime.block_on(sent).map_err(|e| engine_refused(cx, &e))?;
    }
    if let Some(path) = file {
        fs::write(path, &id).map_err(|e| refused(cx, 125, &e.to_string()))?;
    }
    Ok(id)
}

/// Refuses flags that the engine is too old for.
fn needs_api(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<(), Fail> {
    for (flag, least) in [("annotation", (1, 43)), ("health-start-interval", (1, 44))] {
        if given.get(flag).is_some() {
            cx.needs_api(&format!("\"--{flag}\""), least)?;
        }
    }
    Ok(())
}

/// When the image is pulled.
fn pull_policy<'g>(cx: &Cx<'_, '_>, given: &'g Parsed) -> Result<&'g str, Fail> {
    let policy = given.get("pull").unwrap_or("missing");
    if !["always", "missing", "never", ""].contains(&policy) {
        let why = format!(
            "invalid pull option: '{policy}': must be one of \"always\", \"missing\" or \"never\""
        );
        return Err(refused(cx, 125, &why));
    }
    Ok(policy)
}

/// The file that the id is written to; it must not be there.
fn id_file(cx: &Cx<'_, '_>, given: &Parsed) -> Result<Option<PathBuf>, Fail> {
    let Some(name) = given.text("cidfile") else { return Ok(None) };
    let path = cx.host.cwd.join(name);
    if path.exists() {
        let why = format!(
            "container ID file found, make sure the other container isn't running or delete {name}"
        );
        return Err(refused(cx, 125, &why));
    }
    Ok(Some(path))
}

/// Where a client in the container finds what is known of registries.
const LOGINS: &str = "run/secrets/docker";

/// What is known of registries, packed for the container; nothing where nothing is known.
fn logins(cx: &mut Cx<'_, '_>) -> Vec<u8> {
    let known = Settings::open(cx).logins();
    if known.is_empty() {
        return Vec::new();
    }
    let text = json::indent_by(&json!({ "auths": known }).to_string(), "\t");
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    // An archive in memory takes all that is put into it.
    let added = archive.append_data(&mut header, format!("{LOGINS}/config.json"), text.as_bytes());
    added.and_then(|()| archive.into_inner()).unwrap_or_default()
}

/// The image's name, read.
pub(super) fn image(cx: &Cx<'_, '_>, given: &Parsed) -> Result<Reference, Fail> {
    reference::parse(&given.args[0]).map_err(|why| refused(cx, 125, &why))
}

/// The engine's refusal, with the exit code that tells what was wrong with the command.
pub(super) fn engine_refused(cx: &Cx<'_, '_>, error: &EngineError) -> Fail {
    let text = super::super::cx::error_text(error);
    // Only `run` says more of what the engine refuses.
    if cx.path.ends_with(" create") {
        return Fail::new(1, text);
    }
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let code = if has(&["executable file not found", "no such file or directory"]) {
        127
    } else if has(&["permission denied", "is a directory"]) && !error.is_unreachable() {
        126
    } else {
        125
    };
    refused(cx, code, &text)
}

fn get(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    image: &Reference,
) -> Result<(), Fail> {
    let to = if given.is("quiet") { To::Nowhere } else { To::Stderr };
    let done = pull::pull(cx, engine, image, given.text("platform"), to);
    done.map_err(|fail| refused(cx, 125, &fail.text))
}

/// Asks for the volumes without a name, those of the image and those of `--volume PATH`, as mounts that
/// carry the lab's label: the engine labels no others, and one that outlives its container could not be
/// told from a stranger's by whoever cleans up.
pub(crate) fn own_anonymous(cx: &Cx<'_, '_>, engine: &Engine, image: &str, request: &mut Value) {
    let host = &request["HostConfig"];
    // Volumes of other containers may be mounted at these paths; then the engine decides.
    if host["VolumesFrom"].as_array().is_some_and(|from| !from.is_empty()) {
        return;
    }
    let found = cx.runtime.block_on(engine.find_image(image)).ok().flatten();
    let of_image = found.as_ref().and_then(|image| image.pointer("/Config/Volumes")?.as_object());
    let mut paths: Vec<String> = of_image.into_iter().flat_map(Map::keys).cloned().collect();
    match &request["Volumes"] {
        Value::Array(own) => paths.extend(own.iter().filter_map(Value::as_str).map(str::to_owned)),
        Value::Object(own) => paths.extend(own.keys().cloned()),
        _ => {}
    }
    let binds = host["Binds"].as_array().into_iter().flatten();
    let binds = binds.filter_map(|bind| bind.as_str()?.split(':').nth(1));
    let mounts = host["Mounts"].as_array().into_iter().flatten();
    let mounts = mounts.filter_map(|mount| mount["Target"].as_str());
    let tmpfs = host["Tmpfs"].as_object().into_iter().flat_map(Map::keys).map(String::as_str);
    let clean = |path: &str| path.trim_end_matches('/').to_owned();
    let mut taken: BTreeSet<String> = binds.chain(mounts).chain(tmpfs).map(clean).collect();
    let labels = json!({ (docker::LABEL): cx.lab() });
    let own: Vec<Value> = paths
        .into_iter()
        .filter(|path| path.starts_with('/') && taken.insert(clean(path)))
        .map(|path| json!({"Type": "volume", "Target": path, "VolumeOptions": {"Labels": labels}}))
        .collect();
    if own.is_empty() {
        return;
    }
    match request["HostConfig"]["Mounts"].as_array_mut() {
        Some(mounts) => mounts.extend(own),
        None => request["HostConfig"]["Mounts"] = own.into(),
    }
}

/// Makes the named volumes that do not exist yet, so that they carry the lab's label.
fn own_volumes(cx: &mut Cx<'_, '_>, engine: &Engine, names: &[String]) -> Result<(), Fail> {
    for name in names {
        let request = VolumeCreateRequest {
            name: Some(name.clone()),
            labels: Some([(docker::LABEL.to_owned(), cx.lab().to_owned())].into()),
            ..VolumeCreateRequest::default()
        };
        let done = cx.runtime.block_on(engine.ensure_volume(name, request));
        // A name that the engine does not take is refused again with the container, in its words there.
        if let Err(error) = done
            && error.is_unreachable()
        {
            return Err(engine_refused(cx, &error));
        }
    }
    Ok(())
}
