//! `docker compose build`, `pull` and `images`, and the images that services need.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::project::Project;
use super::{containers, delegate, project};
use crate::command::docker::cli::{Flag, flag, switch};
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::format::{self, Listing, Row};
use crate::command::docker::pull::{self, To};
use crate::command::docker::reference;
use crate::command::docker::verb::{Args, Verb, always, never};
use crate::docker::{Engine, text};

static BUILD_FLAGS: &[Flag] = &[
    flag("build-arg", "stringArray", "Value of a variable of the Dockerfile"),
    switch("no-cache", "Build every step anew"),
    switch("pull", "Pull newer images that the build begins with"),
    switch("quiet", "Do not show the progress").short('q'),
];

pub(in crate::command::docker) static BUILD: Verb = Verb {
    group: "compose",
    name: "build",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "Build or rebuild services",
    flags: &[BUILD_FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: never,
    run: |cx, given| {
        let project = project::load(cx)?;
        let names = project.ordered(&given.args, false)?;
        let mut more: Vec<String> =
            given.all("build-arg").iter().map(|a| format!("--build-arg={a}")).collect();
        for (switch, word) in [("no-cache", "--no-cache"), ("pull", "--pull"), ("quiet", "--quiet")]
        {
            if given.is(switch) {
                more.push(word.to_owned());
            }
        }
        for name in &names {
            build(cx, &project, name, &more)?;
        }
        Ok(0)
    },
};

static PULL_FLAGS: &[Flag] = &[
    switch("ignore-buildable", "Leave out images that can be built"),
    switch("ignore-pull-failures", "Go on when one cannot be pulled"),
    switch("include-deps", "Pull for what services wait for too"),
    switch("quiet", "Do not show the progress").short('q'),
];

pub(in crate::command::docker) static PULL: Verb = Verb {
    group: "compose",
    name: "pull",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "Pull service images",
    flags: &[PULL_FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: never,
    run: |cx, given| {
        let project = project::load(cx)?;
        let names = project.ordered(&given.args, given.is("include-deps"))?;
        let engine = cx.engine()?;
        for name in &names {
            let service = &project.file.services[name];
            let Some(image) = &service.image else { continue };
            if given.is("ignore-buildable") && service.build.is_some() {
                continue;
            }
            cx.complain(format!(" {name} Pulling"));
            match get(cx, &engine, image, service.platform.as_deref()) {
                Ok(()) => cx.complain(format!(" {name} Pulled")),
                Err(fail) if given.is("ignore-pull-failures") => cx.complain(fail.text),
                Err(fail) => return Err(fail),
            }
        }
        Ok(0)
    },
};

static FLAGS: &[Flag] =
    &[flag("format", "string", "'table' or 'json'"), switch("quiet", "Show ids alone").short('q')];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "compose",
    name: "images",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "List images used by the created containers",
    flags: &[FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let (name, _) = project::name_only(cx)?;
        let engine = cx.engine()?;
        let mut rows = Vec::new();
        for container in containers::list(cx, &engine, &name, &given.args)? {
            let image = container.listed.get("ImageID").and_then(Value::as_str).unwrap_or_default();
            if given.is("quiet") {
                cx.out(format!("{}\n", text::short_id(image)));
                continue;
            }
            let whole = cx.wait(engine.inspect_image(image))?;
            let named = container.listed.get("Image").and_then(Value::as_str).unwrap_or_default();
            let (repository, tag) = named.rsplit_once(':').unwrap_or((named, "latest"));
            let size = whole.get("Size").and_then(Value::as_u64).unwrap_or_default();
            let fields = json!({
                "ContainerName": container.name,
                "ID": text::short_id(image),
                "Repository": repository,
                "Size": text::size(size, 3),
                "Tag": tag,
            });
            let Value::Object(fields) = fields else { unreachable!("an object was just made") };
            rows.push(Row { fields, labels: BTreeMap::new() });
        }
        if given.is("quiet") {
            return Ok(0);
        }
        let listing = Listing {
            type_name: "*formatter.ImageContext",
            headings: &[
                ("ContainerName", "CONTAINER"),
                ("Repository", "REPOSITORY"),
                ("Tag", "TAG"),
                ("ID", "IMAGE ID"),
                ("Size", "SIZE"),
            ],
            columns: vec!["ContainerName", "Repository", "Tag", "ID", "Size"],
            unreadable: "template parsing error",
        };
        format::print(cx, given.get("format"), &listing, &rows)?;
        Ok(0)
    },
};

/// Builds a service's image; a service without `build` has none to build.
fn build(cx: &mut Cx<'_, '_>, project: &Project, name: &str, more: &[String]) -> Result<(), Fail> {
    let service = &project.file.services[name];
    let Some(given) = &service.build else { return Ok(()) };
    let context = given.context.clone().unwrap_or_else(|| ".".into());
    let context = project.dir.join(context);
    let mut words = vec!["build".to_owned(), "--tag".into(), project.image(name, service)];
    if let Some(file) = &given.dockerfile {
        words.extend(["--file".to_owned(), context.join(file).display().to_string()]);
    }
    for (key, value) in &given.args {
        let value = value.as_ref().map(|v| format!("={v}")).unwrap_or_default();
        words.push(format!("--build-arg={key}{value}"));
    }
    for (key, value) in &given.labels {
        words.push(format!("--label={key}={}", value.clone().unwrap_or_default()));
    }
    if let Some(target) = &given.target {
        words.push(format!("--target={target}"));
    }
    if given.no_cache {
        words.push("--no-cache".into());
    }
    words.extend(more.iter().cloned());
    words.push(context.display().to_string());
    match delegate(cx, &words)? {
        0 => Ok(()),
        code => Err(Fail::new(code, "")),
    }
}

fn get(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    image: &str,
    platform: Option<&str>,
) -> Result<(), Fail> {
    let image = reference::parse(image).map_err(|why| Fail::new(1, why))?;
    pull::pull(cx, engine, &image, platform, To::Nowhere)
}

/// Makes sure of a service's image, built or pulled; its id.
///
/// # Errors
/// When it can be had in no way.
pub(super) fn ensure(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    name: &str,
    rebuild: bool,
) -> Result<String, Fail> {
    let service = &project.file.services[name];
    let image = project.image(name, service);
    let policy = service.pull_policy.as_deref().unwrap_or_default();
    let id = |whole: &Value| whole.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let found = cx.runtime.block_on(engine.inspect_image(&image));
    match found {
        Err(error) if !error.is_not_found() => return Err(error.into()),
        Ok(whole) if !(rebuild && service.build.is_some()) && policy != "always" => {
            return Ok(id(&whole));
        }
        _ => {}
    }
    if service.build.is_some() {
        build(cx, project, name, &[])?;
    } else if policy == "never" {
        return Err(Fail::new(1, format!("Error response from daemon: No such image: {image}")));
    } else {
        cx.complain(format!(" {name} Pulling"));
        get(cx, engine, &image, service.platform.as_deref())?;
        cx.complain(format!(" {name} Pulled"));
    }
    Ok(id(&cx.wait(engine.inspect_image(&image))?))
}
