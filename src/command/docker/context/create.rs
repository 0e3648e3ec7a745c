//! `docker context create`.

use serde_json::json;

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};

use super::{check_own, check_pairs, docker_endpoint, found, keep, kept};

static FLAGS: &[Flag] = &[
    flag("description", "string", "What it is"),
    flag("docker", "stringToString", "Its engine (host=unix:///path)").check(check_pairs),
    flag("from", "string", "Begin with what another context is"),
];

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "create",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] CONTEXT",
    about: "Create a context",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: create,
};

fn create(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let name = given.args[0].as_str();
    check_own(name)?;
    if given.text("from").is_some() && !given.all("docker").is_empty() {
        return Err(Fail::new(1, "cannot use --docker flag when --from is set"));
    }
    if kept(cx).get(name).is_ok() {
        return Err(Fail::new(1, format!("context {name:?} already exists")));
    }
    let mut context = if let Some(docker) = docker_endpoint(cx, given)? {
        json!({ "Name": name, "Metadata": {}, "Endpoints": { "docker": docker } })
    } else {
        let from = given.text("from").unwrap_or(&cx.context).to_owned();
        let mut context = found(cx, &from)?;
        context["Name"] = name.into();
        context
    };
    if let Some(said) = given.text("description") {
        context["Metadata"]["Description"] = said.into();
    }
    keep(cx, &context)?;
    cx.out(format!("{name}\n"));
    cx.complain(format!("Successfully created context {name:?}"));
    Ok(0)
}
