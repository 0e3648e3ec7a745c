//! `docker node ps`: the tasks on nodes.

use super::resolve;
use crate::cx::{Cx, Fail};
use crate::filters;
use crate::task;
use crate::verb::{Args, Verb, always};
use command_line::flags::Parsed;
use docker::swarm::text;

pub(crate) static VERB: Verb = Verb {
    group: "node",
    name: "ps",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [NODE...]",
    about: "List tasks running on one or more nodes, defaults to current node",
    flags: &[task::FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: always,
    run: ps,
};

fn ps(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let own = ["self".to_owned()];
    let names = if given.args.is_empty() { &own } else { given.args.as_slice() };
    let (mut tasks, mut wrong) = (Vec::new(), Vec::new());
    for name in names {
        let found = resolve(cx, &engine, name)
            .and_then(|name| cx.wait(engine.node(&name)))
            .and_then(|node| {
                let mut filters = filters::given(given);
                filters.insert("node".to_owned(), vec![text(&node, "/ID").to_owned()]);
                cx.wait(engine.tasks(&filters))
            });
        match found {
            Ok(found) => tasks.extend(found),
            Err(fail) => wrong.push(fail.text),
        }
    }
    if wrong.is_empty() || !tasks.is_empty() {
        task::print(cx, &engine, given, tasks, given.is("no-trunc"))?;
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}
