//! `docker compose top`: the processes of services.

use super::{BASE, containers, load};
use crate::verb::{Verb, always};
use command_line::table;

pub(crate) static VERB: Verb = Verb {
    name: "top",
    usage: "[SERVICES...]",
    about: "Display the running processes",
    looks: always,
    run: |cx, given| {
        let (name, _) = load::name(cx)?;
        let engine = cx.engine()?;
        let mut found = containers::all(cx, &engine, &name, &given.args)?;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        for container in found.iter().filter(|c| c.state == "running") {
            let seen = cx.wait(engine.top(&container.id, ""))?;
            // The reference ends the last column too.
            let ended = |mut line: Vec<String>| {
                line.push(String::new());
                line
            };
            let mut lines = vec![seen.titles.unwrap_or_default()];
            lines.extend(seen.processes.unwrap_or_default().into_iter().map(ended));
            cx.out(format!("{}\n{}\n", container.name, table::tabbed(&lines, 4, 3)));
        }
        Ok(0)
    },
    ..BASE
};
