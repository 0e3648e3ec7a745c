//! `docker push`: puts an image into its registry.

use std::io;
use std::io::Write;

use crate::cx::{Cx, Fail};
use crate::progress::Display;
use crate::reference;
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
    let mut path = format!("/images/{}/push", Engine::escape(image.name()));
    if !all {
        path.push_str("?tag=");
        path.push_str(image.tag_or_digest());
    }
    let headers = header::of_image(cx, &image);
    let engine = cx.engine()?;
    let mut answer = cx.wait(engine.stream(Method::POST, &path, &headers, Body::Empty))?;
    let terminal = cx.host.terminal.filter(|_| !quiet).map(|(columns, _)| columns);
    let mut display = Display::new(terminal);
    let mut nowhere = io::sink();
    while let Some(message) = cx.wait(answer.message())? {
        let out: &mut dyn Write = if quiet { &mut nowhere } else { &mut cx.host.stdout };
        display.show(&message, out)?;
    }
    if quiet {
        cx.out(if all { image.qualified() } else { image.canonical() } + "\n");
    }
    Ok(0)
}
