//! `docker save`: images with all their layers as an archive.

use crate::cx::{Cx, Fail};
use crate::files;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};
use docker::Engine;

static FLAGS: &[Flag] =
    &[flag("output", "string", "Write to a file instead of standard output").short('o')];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "save",
    aliases: &[],
    top: Some("save"),
    usage: "[OPTIONS] IMAGE [IMAGE...]",
    about: "Save one or more images to a tar archive (streamed to STDOUT by default)",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: save,
};

fn save(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let names: Vec<String> =
        given.args.iter().map(|name| format!("names={}", Engine::escape(name))).collect();
    let path = format!("/images/get?{}", names.join("&"));
    files::download(cx, given.text("output"), "failed to save image", &path)
}
