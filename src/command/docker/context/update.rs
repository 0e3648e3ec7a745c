//! `docker context update`.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};

use super::{check_own, check_pairs, docker_endpoint, keep, kept};

static FLAGS: &[Flag] = &[
    flag("description", "string", "What it is"),
    flag("docker", "stringToString", "Its engine (host=unix:///path)").check(check_pairs),
];

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "update",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] CONTEXT",
    about: "Update a context",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: update,
};

fn update(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let name = given.args[0].as_str();
    check_own(name)?;
    let mut context = kept(cx).get(name).map_err(|why| Fail::new(1, why))?;
    if let Some(said) = given.text("description") {
        context["Metadata"]["Description"] = said.into();
    }
    if let Some(docker) = docker_endpoint(cx, given)? {
        context["Endpoints"]["docker"] = docker;
    }
    keep(cx, &context)?;
    cx.out(format!("{name}\n"));
    cx.complain(format!("Successfully updated context {name:?}"));
    Ok(0)
}
