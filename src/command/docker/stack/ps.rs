//! `docker stack ps`: the tasks of a stack.

use crate::cx::Fail;
use crate::filters;
use crate::task;
use crate::verb::{Args, Verb, always};

use super::{NAMESPACE, check_name};

pub(crate) static VERB: Verb = Verb {
    group: "stack",
    name: "ps",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] STACK",
    about: "List the tasks in the stack",
    flags: &[task::FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let stack = &given.args[0];
        check_name(stack)?;
        let mut filters = filters::given(given);
        filters.entry("label".into()).or_default().push(format!("{NAMESPACE}={stack}"));
        let engine = cx.engine()?;
        let tasks = cx.wait(engine.tasks(&filters))?;
        if tasks.is_empty() {
            return Err(Fail::new(1, format!("nothing found in stack: {stack}")));
        }
        task::print(cx, &engine, given, tasks, given.is("no-trunc"))?;
        Ok(0)
    },
};
