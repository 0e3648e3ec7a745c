//! `docker stack ps`: the tasks of a stack.

use serde_json::{Value, json};

use crate::command::docker::cli::{Flag, filter, flag, switch};
use crate::command::docker::cx::Fail;
use crate::command::docker::tree::{Args, Verb, always};

use super::task::{self, Show};
use super::{NAMESPACE, check_name, members};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (desired-state=running, name=…, node=…)")
        .short('f')
        .check(filter),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("no-resolve", "Leave ids as they are"),
    switch("no-trunc", "Show everything in full"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "stack",
    name: "ps",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] STACK",
    about: "List the tasks in the stack",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let stack = &given.args[0];
        check_name(stack)?;
        let mut filters = given.filters();
        filters.entry("label".into()).or_default().push(format!("{NAMESPACE}={stack}"));
        let engine = cx.engine()?;
        let path = members::filtered("/tasks", &json!(filters));
        let found = cx.wait(engine.get_json(&path))?;
        let tasks: Vec<Value> = found.as_array().cloned().unwrap_or_default();
        if tasks.is_empty() {
            return Err(Fail::new(1, format!("nothing found in stack: {stack}")));
        }
        let show = Show {
            format: given.get("format"),
            full: given.is("no-trunc"),
            quiet: given.is("quiet"),
            resolve: !given.is("no-resolve"),
        };
        task::print(cx, &engine, &tasks, &show)?;
        Ok(0)
    },
};
