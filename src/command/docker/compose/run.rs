//! `docker compose run`: a service's container with a command of its own.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};

use serde_json::Value;

use super::create_body::{self, Made, OneOff};
use super::plan::Plan;
use super::{BASE, converge, load, start, up};
use crate::composefile::model::{Mount, Port, Service};
use crate::composefile::syntax;
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, switch};

pub(super) static FLAGS: &[Flag] = &[
    switch("build", "Build its image before"),
    switch("detach", "Leave it in the background and print its id").short('d'),
    flag("entrypoint", "string", "Program in place of the image's"),
    flag("env", "stringArray", "Variable of the command").short('e'),
    switch("interactive", "Keep its input open").short('i'),
    flag("label", "stringArray", "Label of the container").short('l'),
    flag("name", "string", "Name of the container"),
    switch("no-TTY", "No terminal").short('T'),
    switch("no-deps", "Leave alone what the service waits for"),
    flag("publish", "stringArray", "Port of the host for one of the container").short('p'),
    switch("quiet-pull", "Pull without progress"),
    switch("remove-orphans", "Remove containers of services that the file does not have"),
    switch("rm", "Remove the container when it ends"),
    switch("service-ports", "Publish the service's ports").short('P'),
    switch("use-aliases", "Let others find it by the service's name"),
    flag("user", "string", "User of the command").short('u'),
    flag("volume", "stringArray", "Folder of the host or volume").short('v'),
    flag("workdir", "string", "Folder of the command").short('w'),
];

pub(crate) static VERB: Verb = Verb {
    name: "run",
    usage: "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
    about: "Run a one-off command on a service",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: false,
    run,
    ..BASE
};

fn run(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let name = &given.args[0];
    let project = load::project(cx, std::slice::from_ref(name))?;
    let mut names = project.ordered(std::slice::from_ref(name), true)?;
    names.retain(|n| n != name);
    if given.is("no-deps") {
        names.clear();
    }
    let engine = cx.engine()?;
    let plan = Plan {
        build: given.is("build"),
        remove_orphans: given.is("remove-orphans"),
        also: Some(name),
        ..Plan::default()
    };
    let images = up::make(cx, &engine, &project, &names, &plan)?;
    start::services(cx, &engine, &project, &names, start::Progress::Shown)?;
    start::dependencies(cx, &engine, &project, name, &names, start::Progress::Shown)?;
    let tty = cx.host.interactive && !given.is("no-TTY");
    let service = changed(&project.file.services[name], given, tty)?;
    let slug = slug();
    let one = OneOff {
        name: given
            .text("name")
            .map_or_else(|| format!("{}-{name}-run-{slug}", project.name), str::to_owned),
        slug,
        aliases: given.is("use-aliases"),
        remove: given.is("rm"),
    };
    let hash = create_body::hash(&project, name);
    let made = Made {
        project: &project,
        name,
        service: &service,
        number: 1,
        hash: &hash,
        lab: "",
        kept: Vec::new(),
        image: images.get(name).map(String::as_str).unwrap_or_default(),
        one_off: Some(one),
    };
    let id = converge::create(cx, &engine, made)?;
    if given.is("detach") {
        cx.wait(engine.start(&id))?;
        cx.out(format!("{id}\n"));
        return Ok(0);
    }
    let mut words = vec!["start".to_owned(), "--attach".to_owned()];
    if service.stdin_open {
        words.push("--interactive".to_owned());
    }
    words.push(id);
    cx.run(&words)
}

/// The service with what the flags change of it.
pub(super) fn changed(service: &Service, given: &Parsed, tty: bool) -> Result<Service, Fail> {
    let wrong = |why: String| Fail::new(1, why);
    let mut service = service.clone();
    service.container_name = None;
    service.tty = tty;
    service.stdin_open = given.is_unless_off("interactive");
    if given.args.len() > 1 {
        service.command = Some(given.args[1..].to_vec());
    }
    if let Some(text) = given.get("entrypoint") {
        service.entrypoint = Some(syntax::command(text).map_err(wrong)?);
        if given.args.len() == 1 {
            service.command = Some(Vec::new());
        }
    }
    for (key, field) in [("user", &mut service.user), ("workdir", &mut service.working_dir)] {
        if let Some(text) = given.text(key) {
            *field = Some(text.to_owned());
        }
    }
    let pairs = |key: &str| -> BTreeMap<String, Option<String>> {
        let one = |(name, value): (String, Value)| (name, value.as_str().map(str::to_owned));
        given.pairs(key).into_iter().map(one).collect()
    };
    service.environment.extend(pairs("env"));
    service.labels.extend(pairs("label"));
    if !given.is("service-ports") {
        service.ports.clear();
    }
    for text in given.all("publish") {
        for port in syntax::ports(text).map_err(|why| wrong(why.text()))? {
            service.ports.push(Port {
                target: port.target,
                published: Some(port.published.into()),
                protocol: Some(port.protocol),
                host_ip: Some(port.address).filter(|a| !a.is_empty()),
                mode: None,
            });
        }
    }
    for text in given.all("volume") {
        service.volumes.push(mount(text));
    }
    // Only the file's own containers are seen to while they live.
    service.restart = None;
    Ok(service)
}

/// `source:target[:ro]`; without a source a volume of its own.
fn mount(text: &str) -> Mount {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default().to_owned();
    let Some(target) = parts.next() else {
        return Mount { kind: "volume".into(), target: first, ..Mount::default() };
    };
    let is_path = first.starts_with(['/', '.', '~']);
    Mount {
        kind: if is_path { "bind" } else { "volume" }.into(),
        source: Some(first),
        target: target.to_owned(),
        read_only: parts.next() == Some("ro"),
        bind: is_path.then(|| crate::composefile::model::Bind {
            create_host_path: Some(true),
            ..Default::default()
        }),
        ..Mount::default()
    }
}

/// Six bytes that no other container has in its name.
fn slug() -> String {
    let number = std::hash::RandomState::new().build_hasher().finish();
    format!("{:012x}", number >> 16)
}
