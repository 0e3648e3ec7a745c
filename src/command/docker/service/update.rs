//! `docker service update`: changes a service, task by task.

use serde_json::Value;

use super::{flags, image, merge, progress};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;
use docker::Engine;
use docker::swarm::{ServiceChange, text, version};

/// How often a change is tried again when the service has changed meanwhile.
const ATTEMPTS_MAX: usize = 10;

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "update",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SERVICE",
    about: "Update a service",
    flags: &[flags::COMMON, flags::UPDATE],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: update,
};

fn update(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let name = &given.args[0];
    let rollback = given.is("rollback");
    if rollback && given.names().any(|n| !["rollback", "detach", "quiet"].contains(&n)) {
        // The service must be there before its flags can be wrong.
        cx.wait(engine.service(name, false))?;
        return Err(Fail::new(1, "other flags may not be combined with --rollback"));
    }
    let mut auth = None;
    if given.is("with-registry-auth") {
        let service = cx.wait(engine.service(name, false))?;
        let before = text(&service, "/Spec/TaskTemplate/ContainerSpec/Image");
        auth = image::auth(cx, given.get("image").unwrap_or(before));
    }
    let auth_from = auth.is_none().then_some("spec");
    let how = ServiceChange { auth_from, rollback, auth: auth.clone() };
    let resolves = given.get("image").is_some() && !given.is("no-resolve-image");
    let mut unresolved = None;
    change(cx, &engine, name, &how, |cx, spec| {
        if rollback {
            return Ok(());
        }
        merge::merge(cx, &engine, given, spec)?;
        if resolves {
            unresolved = image::resolve(cx, &engine, &mut spec["TaskTemplate"], auth.as_deref());
        }
        Ok(())
    })?;
    if let Some(warning) = unresolved {
        cx.complain(warning);
    }
    cx.out(format!("{name}\n"));
    if !given.is("detach") {
        progress::converge(cx, &engine, name, given.is("quiet"))?;
    }
    Ok(0)
}

/// Changes a service's spec and shows the engine's warnings. When another change came between, the
/// service is read and edited once more.
///
/// # Errors
/// What `edit` refuses, or the engine.
pub(super) fn change(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    name: &str,
    how: &ServiceChange,
    mut edit: impl FnMut(&Cx<'_, '_>, &mut Value) -> Result<(), Fail>,
) -> Result<(), Fail> {
    let mut attempts = 0;
    let answer = loop {
        let service = cx.wait(engine.service(name, false))?;
        let mut spec = service["Spec"].clone();
        edit(cx, &mut spec)?;
        let id = text(&service, "/ID");
        let sent = engine.service_update(id, version(&service), &spec, how);
        attempts += 1;
        match cx.runtime.block_on(sent) {
            Err(error) if error.is_out_of_sequence() && attempts < ATTEMPTS_MAX => {}
            answer => break answer?,
        }
    };
    for warning in answer["Warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        cx.complain(warning);
    }
    Ok(())
}
