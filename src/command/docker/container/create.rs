//! `docker create`: a container that is not started yet.

use std::fs;

use crate::cx::{Cx, Fail};
use crate::pull::{self, To};
use crate::reference::{self, Reference};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::models::VolumeCreateRequest;
use docker::{Engine, EngineError};

use super::{config, options};

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
    Fail::new(code, format!("docker: {why}\n\nRun '{} --help' for more information", cx.path))
}

/// Makes the container, with its image if that is missing, and returns its id.
pub(super) fn create(cx: &mut Cx<'_, '_>, engine: &Engine, given: &Parsed) -> Result<String, Fail> {
    let body = config::body(cx, given).map_err(|why| refused(cx, 125, &why))?;
    let policy = given.get("pull").unwrap_or("missing");
    if !["always", "missing", "never", ""].contains(&policy) {
        let why = format!(
            "invalid pull option: '{policy}': must be one of \"always\", \"missing\" or \"never\""
        );
        return Err(refused(cx, 125, &why));
    }
    let file = given.text("cidfile").map(|f| cx.host.cwd.join(f));
    if let (Some(path), Some(name)) = (&file, given.text("cidfile"))
        && path.exists()
    {
        let why = format!(
            "container ID file found, make sure the other container isn't running or delete {name}"
        );
        return Err(refused(cx, 125, &why));
    }
    let image = image(cx, given)?;
    if policy == "always" {
        get(cx, engine, given, &image)?;
    }
    own_volumes(cx, engine, &body.volumes)?;
    if body.own_mac {
        cx.needs_api("\"specify mac-address per network\"", (1, 44))?;
    }
    let platform = given.text("platform");
    let name = given.text("name");
    let attempt = cx.runtime.block_on(engine.create(name, platform, body.request.clone()));
    let made = match attempt {
        Err(EngineError::Refused { status: 404, message })
            if message.contains("No such image") && policy != "never" =>
        {
            cx.complain(format!("Unable to find image '{}' locally", image.familiar()));
            get(cx, engine, given, &image)?;
            cx.runtime.block_on(engine.create(name, platform, body.request))
        }
        other => {
            if other.is_ok() && policy != "always" {
                pull::note_stand_in(cx, engine, &image)?;
            }
            other
        }
    };
    let made = made.map_err(|e| engine_refused(cx, &e))?;
    for warning in made.warnings {
        cx.complain(format!("WARNING: {warning}"));
    }
    if let Some(path) = file {
        fs::write(path, &made.id).map_err(|e| refused(cx, 125, &e.to_string()))?;
    }
    Ok(made.id)
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
