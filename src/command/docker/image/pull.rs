//! `docker pull`: gets an image from its registry.

use crate::cx::{Cx, Fail};
use crate::pull::{self, To};
use crate::reference;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};

static FLAGS: &[Flag] = &[
    switch("all-tags", "Pull every tag of the repository").short('a'),
    switch("disable-content-trust", "Skip image verification (default true)"),
    flag("platform", "string", "Platform of the image"),
    switch("quiet", "Print its name alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "pull",
    aliases: &[],
    top: Some("pull"),
    usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
    about: "Download an image from a registry",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: get,
};

fn get(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let image = reference::parse(&given.args[0]).map_err(|why| Fail::new(1, why))?;
    let engine = cx.engine()?;
    let (all, quiet) = (given.is("all-tags"), given.is("quiet"));
    let bare = image.tag.is_none() && image.digest.is_none();
    if all && !bare {
        return Err(Fail::new(1, "tag can't be used with --all-tags/-a"));
    }
    if !all && bare && !quiet {
        cx.out("Using default tag: latest\n");
    }
    let to = if quiet { To::Nowhere } else { To::Stdout };
    if all {
        pull::pull_all(cx, &engine, &image, given.text("platform"), to)?;
        cx.out(image.qualified() + "\n");
    } else {
        pull::pull(cx, &engine, &image, given.text("platform"), to)?;
        cx.out(image.canonical() + "\n");
    }
    Ok(0)
}
