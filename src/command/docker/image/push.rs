//! `docker push`: puts an image into its registry.

use std::io;
use std::io::Write;

use crate::account_registry::{self, Way};
use crate::cx::{Cx, Fail};
use crate::progress::Display;
use crate::reference::{self, Reference};
use crate::registry::header;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch};
use docker::{Body, Engine, Method};

static FLAGS: &[Flag] = &[
    switch("all-tags", "Push every tag of the image").short('a'),
    switch("disable-content-trust", "Skip image signing (default true)"),
    switch("quiet", "Print its name alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "push",
    aliases: &[],
    top: Some("push"),
    usage: "[OPTIONS] NAME[:TAG]",
    about: "Upload an image to a registry",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: push,
};

fn push(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let image = reference::parse(&given.args[0]).map_err(|why| Fail::new(1, why))?;
    let (all, quiet) = (given.is("all-tags"), given.is("quiet"));
    let bare = image.tag.is_none() && image.digest.is_none();
    if all && !bare {
        return Err(Fail::new(1, "tag can't be used with --all-tags/-a"));
    }
    if !all && bare && !quiet {
        cx.out("Using default tag: latest\n");
    }
    if image.digest.is_some() {
        return Err(Fail::new(1, "cannot push a digest reference"));
    }
    let engine = cx.engine()?;
    match account_registry::way(cx, &image.domain())? {
        None => send(cx, &engine, &image, &image, None, (all, quiet))?,
        Some(way) => by(cx, &engine, &image, &way, (all, quiet))?,
    }
    if quiet {
        cx.out(if all { image.qualified() } else { image.canonical() } + "\n");
    }
    Ok(0)
}

/// Pushes to the registry of a simulated account.
fn by(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    image: &Reference,
    way: &Way,
    (all, quiet): (bool, bool),
) -> Result<(), Fail> {
    let local = way.local(image);
    let tags = if all {
        cx.wait(account_registry::tags(engine, &image.repository))?
    } else {
        vec![image.tag_or_digest().to_owned()]
    };
    let named = cx.runtime.block_on(account_registry::name_too(engine, image, &local, &tags));
    match named {
        Err(error) if error.is_not_found() || tags.is_empty() => {
            return Err(absent(cx, image, (all, quiet)));
        }
        Ok(()) if tags.is_empty() => return Err(absent(cx, image, (all, quiet))),
        named => named?,
    }
    let sent = send(cx, engine, &local, image, Some(way), (all, quiet));
    cx.runtime.block_on(account_registry::unname(engine, &local, &tags));
    sent.map_err(|fail| way.fail(fail))
}

/// The engine's words for an image that it does not have.
fn absent(cx: &mut Cx<'_, '_>, image: &Reference, (all, quiet): (bool, bool)) -> Fail {
    let name = image.qualified();
    if !quiet {
        cx.out(format!("The push refers to repository [{name}]\n"));
    }
    let what = if all { String::new() } else { format!(" with the tag: {name}") };
    Fail::new(1, format!("An image does not exist locally{what}"))
}

/// Lets the engine push an image by this name, as whoever is logged in where `asked` is.
fn send(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    image: &Reference,
    asked: &Reference,
    way: Option<&Way>,
    (all, quiet): (bool, bool),
) -> Result<(), Fail> {
    let mut path = format!("/images/{}/push", Engine::escape(image.name()));
    if !all {
        path.push_str("?tag=");
        path.push_str(image.tag_or_digest());
    }
    let headers = header::of_image(cx, asked);
    let mut answer = cx.wait(engine.stream(Method::POST, &path, &headers, Body::Empty))?;
    let terminal = cx.host.terminal.filter(|_| !quiet).map(|(columns, _)| columns);
    let mut display = Display::new(terminal);
    let mut nowhere = io::sink();
    while let Some(message) = cx.wait(answer.message())? {
        let message = way.map_or_else(|| message.clone(), |way| way.message(message.clone()));
        let out: &mut dyn Write = if quiet { &mut nowhere } else { &mut cx.host.stdout };
        display.show(&message, out)?;
    }
    Ok(())
}
