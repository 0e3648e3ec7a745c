//! `docker secret inspect` and `docker config inspect`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::node::labels;
use crate::system::inspect::{Kind, inspect};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::go_time;
use docker::swarm::{Stored, text};

static FLAGS: &[Flag] = &[
    flag("format", "string", "'json', or a Go template").short('f'),
    switch("pretty", "Show it for people"),
];

pub(crate) static SECRET: Verb = Verb {
    group: "secret",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] SECRET [SECRET...]",
    about: "Display detailed information on one or more secrets",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: |cx, given| look(cx, given, Stored::Secret),
};

pub(crate) static CONFIG: Verb = Verb {
    group: "config",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] CONFIG [CONFIG...]",
    about: "Display detailed information on one or more configs",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: |cx, given| look(cx, given, Stored::Config),
};

fn look(cx: &mut Cx<'_, '_>, given: &Parsed, kind: Stored) -> Result<u8, Fail> {
    if !given.is("pretty") {
        let kind = match kind {
            Stored::Secret => Kind::Secret,
            Stored::Config => Kind::Config,
        };
        return inspect(cx, given, Some(kind));
    }
    let engine = cx.engine()?;
    for name in &given.args {
        let thing = cx.wait(engine.stored_one(kind, name))?;
        cx.out(page(kind, &thing));
    }
    Ok(0)
}

fn page(kind: Stored, thing: &Value) -> String {
    let (created, updated) = (text(thing, "/CreatedAt"), text(thing, "/UpdatedAt"));
    let (created, updated) = (go_time(created).to_lowercase(), go_time(updated).to_lowercase());
    let (id, name) = (text(thing, "/ID"), text(thing, "/Spec/Name"));
    let mut lines = Vec::new();
    match kind {
        Stored::Secret => {
            lines.push(format!("ID:              {id}"));
            lines.push(format!("Name:              {name}"));
            labels(thing.pointer("/Spec/Labels"), "Labels:", &mut lines);
            lines.push(format!("Driver:            {}", text(thing, "/Spec/Driver/Name")));
            lines.push(format!("Created at:        {created}"));
            lines.push(format!("Updated at:        {updated}"));
        }
        Stored::Config => {
            lines.push(format!("ID:\t\t\t{id}"));
            lines.push(format!("Name:\t\t\t{name}"));
            labels(thing.pointer("/Spec/Labels"), "Labels:", &mut lines);
            lines.push(format!("Created at:            \t{created}"));
            lines.push(format!("Updated at:            \t{updated}"));
            let data = BASE64_STANDARD.decode(text(thing, "/Spec/Data")).unwrap_or_default();
            lines.push(format!("Data:\n{}", String::from_utf8_lossy(&data)));
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_shows_a_config_whole_and_a_secret_never() {
        let check = |kind: Stored, want: &str, shown: bool| {
            let thing = json!({
                "ID": "1", "CreatedAt": "2026-11-22T10:00:00Z", "UpdatedAt": "2026-11-22T10:00:00Z",
                "Spec": { "Name": "key", "Labels": { "a": "1" }, "Data": "aGVsbG8=" },
            });
            let page = page(kind, &thing);
            assert!(page.contains(want) && page.contains("\n - a=1\n"), "{page}");
            assert_eq!(page.contains("hello"), shown, "{page}");
        };
        check(Stored::Secret, "Created at:        2026-11-22 10:00:00 +0000 utc\n", false);
        check(Stored::Config, "Created at:            \t2026-11-22 10:00:00 +0000 utc\n", true);
    }
}
