//! `docker inspect`: all that the engine knows of a thing, byte for byte.

use serde_json::Value;

use crate::cx::{Cx, Fail, error_text};
use crate::shapes;
use crate::template::{data, fill};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::json;
use command_line::template::{Shape, Template};
use docker::{Engine, EngineError, models};

static FLAGS: &[Flag] = &[
    flag("format", "string", "'json', or a Go template").short('f'),
    switch("size", "Show the sizes of a container's files").short('s'),
    flag("type", "string", "Only things of this type"),
];

pub(crate) static VERB: Verb = Verb {
    group: "",
    name: "inspect",
    aliases: &[],
    top: Some("inspect"),
    usage: "[OPTIONS] NAME|ID [NAME|ID...]",
    about: "Return low-level information on Docker objects",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: always,
    run: |cx, given| inspect(cx, given, None),
};

/// A type of thing that can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Container,
    Image,
    Network,
    Volume,
    Service,
    Node,
    Task,
    Plugin,
    Secret,
    Config,
}

impl Kind {
    /// In the order in which a name is tried.
    const ALL: &[(&'static str, Kind)] = &[
        ("container", Kind::Container),
        ("image", Kind::Image),
        ("network", Kind::Network),
        ("volume", Kind::Volume),
        ("service", Kind::Service),
        ("task", Kind::Task),
        ("node", Kind::Node),
        ("plugin", Kind::Plugin),
        ("secret", Kind::Secret),
        ("config", Kind::Config),
    ];

    /// The client's type of it.
    fn shape(self) -> Shape {
        match self {
            Kind::Container => shapes::of::<models::ContainerInspectResponse>(),
            Kind::Image => shapes::of::<models::ImageInspect>(),
            Kind::Network => shapes::of::<models::NetworkInspect>(),
            Kind::Volume => shapes::of::<models::Volume>(),
            Kind::Service => shapes::of::<models::Service>(),
            Kind::Node => shapes::of::<models::Node>(),
            Kind::Task => shapes::of::<models::Task>(),
            Kind::Plugin => shapes::of::<models::Plugin>(),
            Kind::Secret => shapes::of::<models::Secret>(),
            Kind::Config => shapes::of::<models::Config>(),
        }
    }

    fn path(self, name: &str, extras: Extras) -> String {
        let name = Engine::escape(name);
        match self {
            Kind::Container => format!("/containers/{name}/json?size={}", u8::from(extras.size)),
            Kind::Image => format!("/images/{name}/json"),
            Kind::Network if extras.verbose => format!("/networks/{name}?verbose=true"),
            Kind::Network => format!("/networks/{name}"),
            Kind::Volume => format!("/volumes/{name}"),
            Kind::Service => format!("/services/{name}?insertDefaults=true"),
            Kind::Node => format!("/nodes/{name}"),
            Kind::Task => format!("/tasks/{name}"),
            Kind::Plugin => format!("/plugins/{name}/json"),
            Kind::Secret => format!("/secrets/{name}"),
            Kind::Config => format!("/configs/{name}"),
        }
    }
}

/// What is asked beyond the usual.
#[derive(Clone, Copy)]
struct Extras {
    /// The sizes of a container's files.
    size: bool,
    /// The tasks on a network.
    verbose: bool,
}

/// Prints each thing that is named in the arguments, and then which were not found.
pub(crate) fn inspect(cx: &mut Cx<'_, '_>, given: &Parsed, kind: Option<Kind>) -> Result<u8, Fail> {
    inspect_names(cx, given, kind, &given.args)
}

/// [`inspect`] of things whose names are not the arguments themselves.
pub(crate) fn inspect_names(
    cx: &mut Cx<'_, '_>,
    given: &Parsed,
    kind: Option<Kind>,
    names: &[String],
) -> Result<u8, Fail> {
    // Of these the client keeps nothing but its type, when they are asked for by their own commands.
    let typed_alone = matches!(kind, Some(Kind::Volume | Kind::Service | Kind::Node));
    let kind = match (kind, given.text("type")) {
        (None, Some(name)) => Some(type_named(name)?),
        (kind, _) => kind,
    };
    let engine = cx.engine()?;
    let format = given.text("format");
    // The client's commands of swarms end with another code than the others.
    let of_swarm = matches!(kind, Some(Kind::Service | Kind::Node | Kind::Secret | Kind::Config));
    let unreadable = if of_swarm { 1 } else { 64 };
    let template = match format {
        None | Some("json") => None,
        Some(text) => Some(
            Template::parse(text)
                .map_err(|why| Fail::new(unreadable, format!("template parsing error: {why}")))?,
        ),
    };
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    let extras = Extras { size: given.is("size"), verbose: given.is("verbose") };
    for name in names {
        if let (true, Some(kind @ (Kind::Network | Kind::Volume))) = (name.is_empty(), kind) {
            let kind = if kind == Kind::Network { "network" } else { "volume" };
            wrong.push(format!("invalid {kind} name or ID: value is empty"));
            continue;
        }
        match cx.runtime.block_on(one(&engine, kind, name, extras)) {
            Ok(thing) => found.push(thing),
            Err(error) => {
                if error.is_unreachable() {
                    return Err(error.into());
                }
                let text = match kind {
                    None if error.is_not_found() => format!("Error: No such object: {name}"),
                    Some(Kind::Service) if error.is_not_found() => {
                        format!("Error: no such service: {name}")
                    }
                    _ => error_text(&error),
                };
                wrong.push(text);
            }
        }
    }
    match (format, template) {
        (_, Some(template)) => fill_all(cx, &template, typed_alone, &found)?,
        (Some(_), None) => {
            let all: Vec<Value> =
                found.iter().filter_map(|(_, t)| serde_json::from_str(t).ok()).collect();
            cx.out(json::compact(&Value::from(all), false) + "\n");
        }
        (None, None) => {
            let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
            cx.out(json::indent(&format!("[{}]", texts.join(",")), 0) + "\n");
        }
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}

fn type_named(name: &str) -> Result<Kind, Fail> {
    if let Some((_, kind)) = Kind::ALL.iter().find(|(n, _)| *n == name) {
        return Ok(*kind);
    }
    let mut names: Vec<String> = Kind::ALL.iter().map(|(n, _)| format!("{n:?}")).collect();
    names.sort();
    Err(Fail::new(1, format!("unknown type: {name:?}: must be one of {}", names.join(", "))))
}

/// What a thing is, and the engine's own text about it.
async fn one(
    engine: &Engine,
    kind: Option<Kind>,
    name: &str,
    extras: Extras,
) -> Result<(Kind, String), EngineError> {
    let mut last = None;
    for (_, tried) in Kind::ALL.iter().filter(|(_, k)| kind.is_none_or(|wanted| wanted == *k)) {
        match engine.get(&tried.path(name, extras)).await {
            Ok(body) => return Ok((*tried, String::from_utf8_lossy(&body).into_owned())),
            // A swarm that is not there has none of it either.
            Err(e) if kind.is_none() && (e.is_not_found() || no_swarm(&e)) => last = Some(e),
            Err(e) => return Err(e),
        }
    }
    let message = format!("No such object: {name}");
    Err(match last {
        Some(e) if e.is_not_found() => e,
        _ => EngineError::Refused { status: 404, message },
    })
}

fn no_swarm(error: &EngineError) -> bool {
    matches!(error, EngineError::Refused { status: 503 | 406, .. })
}

fn fill_all(
    cx: &mut Cx<'_, '_>,
    template: &Template,
    typed_alone: bool,
    found: &[(Kind, String)],
) -> Result<(), Fail> {
    for (kind, text) in found {
        let value: Value = serde_json::from_str(text)
            .map_err(|e| Fail::new(1, format!("unable to read inspect data: {e}")))?;
        let shape = kind.shape();
        let filled = if typed_alone {
            // Not even the JSON has it, or it is the model that lacks the field.
            template
                .apply(&data(&value, &shape))
                .or_else(|why| fill(template, &value, &Shape::Any).map_err(|_| why))
        } else {
            fill(template, &value, &shape)
        };
        match filled {
            Ok(line) => cx.out(line + "\n"),
            Err(why) => {
                cx.out("\n");
                return Err(Fail::new(1, format!("template parsing error: {why}")));
            }
        }
    }
    if found.is_empty() {
        cx.out("\n");
    }
    Ok(())
}
