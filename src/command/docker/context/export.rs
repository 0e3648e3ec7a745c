//! `docker context export`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::files::wrong;
use crate::verb::{Args, Verb};
use command_line::flags::Parsed;

use super::{DEFAULT, check, found, kept};

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "export",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] CONTEXT [FILE|-]",
    about: "Export a context to a tar archive FILE or a tar stream on STDOUT.",
    flags: &[],
    args: Args::Between(1, 2),
    interspersed: true,
    looks: |given| given.args.get(1).is_some_and(|file| file == "-"),
    run: export,
};

fn export(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let name = given.args[0].as_str();
    check(name)?;
    let context = if name == DEFAULT {
        found(cx, name)?
    } else {
        kept(cx).get(name).map_err(|why| Fail::new(1, why))?
    };
    let broken = |e: io::Error| Fail::new(1, format!("distlab: the archive cannot be made: {e}"));
    let bytes = archive(&context, &kept(cx).tls_folder(name)).map_err(broken)?;
    let file = given.args.get(1).cloned().unwrap_or_else(|| format!("{name}.dockercontext"));
    if file == "-" {
        if cx.host.terminal.is_some() {
            return Err(Fail::new(
                1,
                "cowardly refusing to export to a terminal, specify a file path",
            ));
        }
        // A reader that went away is no error.
        let _ = cx.host.stdout.write_all(&bytes);
        return Ok(0);
    }
    let mut options = File::options();
    let opened = options.write(true).create_new(true).mode(0o600).open(cx.host.cwd.join(&file));
    let written = opened.and_then(|mut to| to.write_all(&bytes));
    written.map_err(|e| Fail::new(1, wrong("open", &file, &e)))?;
    cx.complain(format!("Written file {file:?}"));
    Ok(0)
}

/// The context's description, and the files that belong to it.
fn archive(context: &Value, tls: &Path) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    let text = context.to_string();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, "meta.json", text.as_bytes())?;
    let folder = |archive: &mut tar::Builder<Vec<u8>>, path: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Directory);
        header.set_size(0);
        header.set_mode(0o700);
        archive.append_data(&mut header, path, io::empty())
    };
    folder(&mut archive, "tls")?;
    for endpoint in fs::read_dir(tls).into_iter().flatten().flatten() {
        let below = format!("tls/{}", endpoint.file_name().to_string_lossy());
        folder(&mut archive, &below)?;
        for file in fs::read_dir(endpoint.path())?.flatten() {
            let bytes = fs::read(file.path())?;
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            let path = format!("{below}/{}", file.file_name().to_string_lossy());
            archive.append_data(&mut header, path, bytes.as_slice())?;
        }
    }
    archive.into_inner()
}
