//! `docker compose build`, `pull` and `images`, and the images that services need.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::plan::Plan;
use super::project::Project;
use super::{BASE, containers, event, load};
use crate::composefile::model::Service;
use crate::cx::{Cx, Fail};
use crate::pull::{self, To};
use crate::reference;
use crate::verb::{Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::size;
use docker::{Engine, text};

/// What the reference notes on images of the classic builder.
const BUILDER: &str = "com.docker.compose.image.builder=classic";

static BUILD_FLAGS: &[Flag] = &[
    flag("build-arg", "stringArray", "Value of a variable of the Dockerfile"),
    switch("no-cache", "Build every step anew"),
    switch("pull", "Pull newer images that the build begins with"),
    switch("quiet", "Do not show the progress; the classic builder shows it all the same")
        .short('q'),
    switch("with-dependencies", "Build what services wait for too"),
];

pub(crate) static BUILD: Verb = Verb {
    name: "build",
    about: "Build or rebuild services",
    flags: &[BUILD_FLAGS],
    run: |cx, given| {
        let project = load::project(cx, &given.args)?;
        let names = project.ordered(&given.args, given.is("with-dependencies"))?;
        let mut more: Vec<String> =
            given.all("build-arg").iter().map(|a| format!("--build-arg={a}")).collect();
        for (switch, word) in [("no-cache", "--no-cache"), ("pull", "--pull")] {
            if given.is(switch) {
                more.push(word.to_owned());
            }
        }
        for name in &names {
            build(cx, &project, name, &more)?;
        }
        Ok(0)
    },
    ..BASE
};

static PULL_FLAGS: &[Flag] = &[
    switch("ignore-buildable", "Leave out images that can be built"),
    switch("ignore-pull-failures", "Go on when one cannot be pulled"),
    switch("include-deps", "Pull for what services wait for too"),
    flag("policy", "string", "When to pull: missing or always"),
    switch("quiet", "Do not show the progress").short('q'),
];

pub(crate) static PULL: Verb = Verb {
    name: "pull",
    about: "Pull service images",
    flags: &[PULL_FLAGS],
    run: pull_all,
    ..BASE
};

fn pull_all(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let project = load::project(cx, &given.args)?;
    let names = project.ordered(&given.args, given.is("include-deps"))?;
    let engine = cx.engine()?;
    let mut pulled: BTreeMap<&String, &String> = BTreeMap::new();
    for name in &names {
        let service = &project.file.services[name];
        let skip = |why: &str| format!("Skipped - {why}");
        let why = match &service.image {
            None => Some(skip("No image to be pulled")),
            Some(_) if given.is("ignore-buildable") && service.build.is_some() => {
                Some(skip("Image can be built"))
            }
            Some(image) => {
                pulled.get(image).map(|by| skip(&format!("Image is already being pulled by {by}")))
            }
        };
        if let Some(why) = why {
            event(cx, name, &why, "");
            continue;
        }
        let Some(image) = &service.image else { continue };
        pulled.insert(image, name);
        let there = cx.runtime.block_on(engine.inspect_image(image)).is_ok();
        if there && given.text("policy") == Some("missing") {
            event(cx, name, &skip("Image is already present locally"), "");
            continue;
        }
        match fetch(cx, &engine, name, image, service) {
            Ok(()) => {}
            Err(_) if given.is("ignore-pull-failures") => {}
            Err(fail) => return Err(fail),
        }
    }
    Ok(0)
}

static PUSH_FLAGS: &[Flag] = &[
    switch("ignore-push-failures", "Go on when one cannot be pushed"),
    switch("include-deps", "Push for what services wait for too"),
    switch("quiet", "Do not show the progress").short('q'),
];

pub(crate) static PUSH: Verb = Verb {
    name: "push",
    about: "Push service images",
    flags: &[PUSH_FLAGS],
    run: |cx, given| {
        let project = load::project(cx, &given.args)?;
        for name in project.ordered(&given.args, given.is("include-deps"))? {
            let service = &project.file.services[&name];
            let (Some(image), true) = (&service.image, service.build.is_some()) else {
                event(cx, &name, "Skipped", "");
                continue;
            };
            event(cx, &name, "Pushing", "");
            match cx.run(&["push".to_owned(), "--quiet".to_owned(), image.clone()]) {
                Ok(_) => event(cx, &name, "Pushed", ""),
                Err(_) if given.is("ignore-push-failures") => {}
                Err(fail) => return Err(fail),
            }
        }
        Ok(0)
    },
    ..BASE
};

static FLAGS: &[Flag] =
    &[flag("format", "string", "'table' or 'json'"), switch("quiet", "Show ids alone").short('q')];

pub(crate) static VERB: Verb = Verb {
    name: "images",
    about: "List images used by the created containers",
    flags: &[FLAGS],
    looks: always,
    run: |cx, given| {
        let (name, _) = load::name(cx)?;
        let engine = cx.engine()?;
        let mut found = containers::all(cx, &engine, &name, &given.args)?;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        if given.is("quiet") {
            let ids: BTreeSet<&str> = found.iter().map(|c| image_id(&c.listed)).collect();
            for id in ids {
                cx.out(format!("{}\n", id.trim_start_matches("sha256:")));
            }
            return Ok(0);
        }
        let mut rows = Vec::new();
        for container in &found {
            let id = image_id(&container.listed);
            let whole = cx.wait(engine.inspect_image(id))?;
            let named = container.listed.get("Image").and_then(Value::as_str).unwrap_or_default();
            let (repository, tag) = named.rsplit_once(':').unwrap_or((named, "latest"));
            let size = whole.get("Size").and_then(Value::as_u64).unwrap_or_default();
            rows.push(json!({
                "ID": id,
                "ContainerName": container.name,
                "Repository": repository,
                "Tag": tag,
                "Size": size,
            }));
        }
        print(cx, given, &rows)
    },
    ..BASE
};

fn image_id(container: &Value) -> &str {
    container.get("ImageID").and_then(Value::as_str).unwrap_or_default()
}

fn print(cx: &mut Cx<'_, '_>, given: &Parsed, rows: &[Value]) -> Result<u8, Fail> {
    let line = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        vec![
            text("ContainerName"),
            text("Repository"),
            text("Tag"),
            text::short_id(&text("ID")).to_owned(),
            size::decimal(row["Size"].as_u64().unwrap_or_default(), 3),
        ]
    };
    let headings = ["CONTAINER", "REPOSITORY", "TAG", "IMAGE ID", "SIZE"];
    super::listing(cx, given.text("format"), &headings, rows, line)
}

/// Builds a service's image; a service without `build` has none to build.
fn build(cx: &mut Cx<'_, '_>, project: &Project, name: &str, more: &[String]) -> Result<(), Fail> {
    let service = &project.file.services[name];
    let Some(given) = &service.build else { return Ok(()) };
    let context = given.context.clone().unwrap_or_else(|| ".".into());
    let is_folder = !context.contains("://");
    let context = project.dir.join(context);
    if is_folder && !context.exists() {
        let why = format!("unable to prepare context: path \"{}\" not found", context.display());
        return Err(Fail::new(1, why));
    }
    let mut words = vec!["build".to_owned(), "--tag".into(), project.image(name, service)];
    // Text in the Compose file itself is written beside it for the time of the build.
    let mut inline = None;
    if let Some(text) = &given.dockerfile_inline {
        let file = beside(text).map_err(|e| Fail::new(1, e.to_string()))?;
        words.extend(["--file".to_owned(), file.path().display().to_string()]);
        inline = Some(file);
    } else if let Some(file) = &given.dockerfile {
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
    words.push(format!("--label={BUILDER}"));
    words.extend(more.iter().cloned());
    words.push(context.display().to_string());
    let done = cx.run(&words);
    drop(inline);
    match done? {
        0 => Ok(()),
        code => Err(Fail::new(code, "")),
    }
}

/// A new file with this text, gone when it is dropped.
fn beside(text: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("Dockerfile-").tempfile()?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// Pulls a service's image, and says so.
fn fetch(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    name: &str,
    image: &str,
    service: &Service,
) -> Result<(), Fail> {
    event(cx, name, "Pulling", "");
    let parsed = reference::parse(image).map_err(|why| Fail::new(1, why))?;
    match pull::pull(cx, engine, &parsed, service.platform.as_deref(), To::Nowhere) {
        Ok(()) => {
            event(cx, name, "Pulled", "");
            Ok(())
        }
        Err(fail) => {
            let text = fail.text.strip_prefix("Error response from daemon: ").unwrap_or(&fail.text);
            let can_be_built = service.build.is_some();
            event(cx, name, if can_be_built { "Warning" } else { "Error" }, text);
            if can_be_built {
                return Ok(());
            }
            Err(Fail::new(18, fail.text))
        }
    }
}

/// Makes sure of the images of services, built or pulled; their ids.
///
/// # Errors
/// When one can be had in no way.
pub(super) fn ensure(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    names: &[String],
    plan: &Plan<'_>,
) -> Result<BTreeMap<String, String>, Fail> {
    let mut ids = BTreeMap::new();
    let id = |whole: &Value| whole.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    for name in names {
        let service = &project.file.services[name];
        let image = project.image(name, service);
        let own = service.pull_policy.as_deref().unwrap_or_default();
        let policy = plan.pull.as_deref().unwrap_or(own);
        let rebuild = service.build.is_some() && (plan.build || policy == "build");
        let here = cx.wait(engine.find_image(&image))?;
        if let Some(whole) = here.filter(|_| !rebuild && policy != "always") {
            ids.insert(name.clone(), id(&whole));
            continue;
        }
        if service.build.is_some() && !plan.no_build && policy != "always" {
            build(cx, project, name, &[])?;
        } else if policy == "never" || service.build.is_some() && service.image.is_none() {
            // That it is not there is said when its container is made.
            continue;
        } else {
            fetch(cx, engine, name, &image, service)?;
        }
        if let Ok(whole) = cx.runtime.block_on(engine.inspect_image(&image)) {
            ids.insert(name.clone(), id(&whole));
        }
    }
    Ok(ids)
}
