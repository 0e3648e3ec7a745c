//! `docker service create`: a service, and the wait until its tasks run.

use serde_json::Value;

use super::{flags, image, progress, spec};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;
use docker::swarm::text;

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "create",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
    about: "Create a new service",
    flags: &[flags::COMMON, flags::CREATE],
    args: Args::AtLeast(1),
    interspersed: false,
    looks: never,
    run: create,
};

fn create(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let mut spec = spec::spec(cx, &engine, given)?;
    let mut auth = None;
    if given.is("with-registry-auth") {
        auth = image::auth(cx, text(&spec, "/TaskTemplate/ContainerSpec/Image"));
    }
    let auth = auth.as_deref();
    let mut unresolved = None;
    if !given.is("no-resolve-image") {
        unresolved = image::resolve(cx, &engine, &mut spec["TaskTemplate"], auth);
    }
    let made = cx.wait(engine.service_create(&spec, auth))?;
    for warning in made["Warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        cx.complain(warning);
    }
    if let Some(warning) = unresolved {
        cx.complain(warning);
    }
    let id = text(&made, "/ID");
    cx.out(format!("{id}\n"));
    if !given.is("detach") {
        progress::converge(cx, &engine, id, given.is("quiet"))?;
    }
    Ok(0)
}
