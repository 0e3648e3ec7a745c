//! `docker service ps`: the tasks of services.

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::task;
use crate::verb::{Args, Verb, always};
use command_line::flags::Parsed;
use docker::Engine;
use docker::swarm::{Filters, text};

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "ps",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SERVICE [SERVICE...]",
    about: "List the tasks of one or more services",
    flags: &[task::FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: ps,
};

fn ps(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let (ids, wrong) = find(cx, &engine, &given.args)?;
    if ids.is_empty() {
        return Err(Fail::new(1, wrong.join("\n")));
    }
    let mut filters = filters::given(given);
    filters.insert("service".to_owned(), ids);
    if let Some(nodes) = filters.get_mut("node") {
        let info = cx.wait(engine.get_json("/info"))?;
        for node in nodes.iter_mut().filter(|node| *node == "self") {
            text(&info, "/Swarm/NodeID").clone_into(node);
        }
    }
    let tasks = cx.wait(engine.tasks(&filters))?;
    // Ids alone are whole: they are for other commands.
    task::print(cx, &engine, given, tasks, given.is("no-trunc") || given.is("quiet"))?;
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}

/// The ids of services that are named by id, name or a beginning of the id; and what was not found.
fn find(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    names: &[String],
) -> Result<(Vec<String>, Vec<String>), Fail> {
    let ask = |filter: &str| {
        let filters = Filters::from([(filter.to_owned(), names.to_vec())]);
        cx.wait(engine.services(&filters, false))
    };
    let by_id = ask("id")?;
    let by_name = ask("name")?;
    let id = |service: &Value| text(service, "/ID").to_owned();
    let (mut ids, mut wrong) = (Vec::new(), Vec::new());
    for name in names {
        // The filters take beginnings; a whole id or name goes before them.
        let whole = by_id
            .iter()
            .find(|s| text(s, "/ID") == name)
            .or_else(|| by_name.iter().find(|s| text(s, "/Spec/Name") == name));
        let starts: Vec<&Value> =
            by_id.iter().filter(|s| text(s, "/ID").starts_with(name.as_str())).collect();
        match (whole, starts.as_slice()) {
            (Some(service), _) | (None, &[service]) => ids.push(id(service)),
            (None, []) => wrong.push(format!("no such service: {name}")),
            (None, _) => {
                let why = format!("multiple services found with provided prefix: {name}");
                return Err(Fail::new(1, why));
            }
        }
    }
    Ok((ids, wrong))
}
