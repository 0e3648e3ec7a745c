//! `docker stack services`: the services of a stack.

use crate::filters;
use crate::service::ls;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag, switch};

use super::{NAMESPACE, check_name};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (name=web, label=…, mode=global)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "stack",
    name: "services",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] STACK",
    about: "List the services in the stack",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let stack = &given.args[0];
        check_name(stack)?;
        let mut filters = filters::given(given);
        filters.entry("label".into()).or_default().push(format!("{NAMESPACE}={stack}"));
        let engine = cx.engine()?;
        let found = cx.wait(engine.services(&filters, true))?;
        if found.is_empty() {
            cx.complain(format!("Nothing found in stack: {stack}"));
            return Ok(0);
        }
        ls::print(cx, given.text("format"), given.is("quiet"), found)?;
        Ok(0)
    },
};
