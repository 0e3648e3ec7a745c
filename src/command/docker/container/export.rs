//! `docker export`: a container's file system as an archive.

use crate::cx::{Cx, Fail};
use crate::files;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag};
use docker::Engine;

static FLAGS: &[Flag] =
    &[flag("output", "string", "Write to a file instead of standard output").short('o')];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "export",
    aliases: &[],
    top: Some("export"),
    usage: "[OPTIONS] CONTAINER",
    about: "Export a container's filesystem as a tar archive",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: export,
};

fn export(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let path = format!("/containers/{}/export", Engine::escape(&given.args[0]));
    files::download(cx, given.text("output"), "failed to export container", &path)
}
