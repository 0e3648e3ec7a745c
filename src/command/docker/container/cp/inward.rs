//! From this machine into a container.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::cx::{Cx, Fail};
use crate::files;
use command_line::text::io_error;
use docker::{Engine, Method, Upload, build};

use super::{How, Stat, archive_path, copied, entry, local, says_folder};

/// What is at the place to copy to.
struct Target {
    path: String,
    exists: bool,
    folder: bool,
}

/// What is copied.
struct Source {
    path: String,
    folder: bool,
    /// Its name in the archive, unless the target gives it another.
    name: String,
}

pub(super) fn copy(
    cx: &mut Cx<'_, '_>,
    from: &str,
    container: &str,
    to: &str,
    how: How,
) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let target = target(cx, &engine, container, to)?;
    let shown = format!("{container}:{}", target.path);
    if from == "-" {
        if !target.folder {
            let why = format!("destination \"{container}:{to}\" must be a directory");
            return Err(Fail::new(1, why));
        }
        return finish(cx, &engine, container, &target.path, &shown, how, None);
    }
    let source = source(&local(&cx.host.cwd, from), how.follow)?;
    let (folder, name) = place(&source, &target).map_err(|why| Fail::new(1, why))?;
    finish(cx, &engine, container, &folder, &shown, how, Some((&source.path, &name)))
}

/// Asks the engine about the place; what it cannot say is found out by the copy.
fn target(cx: &mut Cx<'_, '_>, engine: &Engine, container: &str, to: &str) -> Result<Target, Fail> {
    let ask = |path: &str| cx.runtime.block_on(Stat::ask(engine, container, path)).ok();
    let mut target = Target { path: to.to_owned(), exists: false, folder: false };
    let mut found = ask(to);
    if let Some(stat) = found.as_ref().filter(|s| s.is_link()) {
        target.path = stat.target(to);
        found = ask(&target.path);
    }
    if let Some(stat) = found {
        if stat.is_device() {
            return Err(Fail::new(
                1,
                format!(
                    "destination \"{container}:{to}\" must be a directory or a regular file: got a device"
                ),
            ));
        }
        target.exists = true;
        target.folder = stat.is_folder();
    }
    Ok(target)
}

/// Looks at what is copied. Links on the way to it are followed, the last one only with `-L`.
fn source(path: &str, follow: bool) -> Result<Source, Fail> {
    let fail = |why: String| Fail::new(1, why);
    let (_, base) = entry(path);
    if follow {
        let found = fs::canonicalize(path)
            .map_err(|e| fail(files::missing(Path::new(path.trim_end_matches('/')), &e)))?;
        let folder = found.is_dir();
        let mut found = found.to_string_lossy().into_owned();
        if base == "." {
            found.push_str("/.");
        }
        return Ok(Source { path: found, folder, name: base });
    }
    let (above, last) = path.rsplit_once('/').unwrap_or(("", path));
    let above = if above.is_empty() { "/" } else { above };
    let folder = fs::canonicalize(above).map_err(|e| fail(files::missing(Path::new(above), &e)))?;
    if !folder.is_dir() {
        return Err(fail("not a directory".to_owned()));
    }
    let resolved = format!("{}/{last}", folder.display());
    let metadata =
        fs::symlink_metadata(&resolved).map_err(|e| fail(files::wrong("lstat", &resolved, &e)))?;
    // A link to a folder, named with a slash at its end, keeps its own name.
    Ok(Source { folder: metadata.is_dir(), name: base, path: resolved })
}

/// The folder of the container to unpack in, and the name that the source takes there.
fn place(source: &Source, target: &Target) -> Result<(String, String), &'static str> {
    let (folder, base) = entry(&target.path);
    if target.folder {
        return Ok((target.path.clone(), source.name.clone()));
    }
    if target.exists && source.folder {
        return Err("cannot copy directory");
    }
    if !target.exists && !source.folder && says_folder(&target.path) {
        return Err("no such directory");
    }
    Ok((folder, base))
}

/// Sends the archive: of a path under a name, or standard input as it is.
fn finish(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    container: &str,
    folder: &str,
    shown: &str,
    how: How,
    what: Option<(&str, &str)>,
) -> Result<u8, Fail> {
    let mut path = archive_path(container, folder) + "&noOverwriteDirNonDir=true";
    if how.owners {
        path.push_str("&copyUIDGID=true");
    }
    let Cx { host, runtime, .. } = cx;
    let mut hear = |_| ();
    let mut upload = Upload::begin(runtime, engine, Method::PUT, path, Vec::new(), &mut hear);
    let written = match what {
        Some((path, name)) => build::pack_tree(Path::new(path), name, &mut upload),
        None => io::copy(&mut host.stdin, &mut upload).map(drop),
    };
    let written = written.and_then(|()| upload.flush());
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        return Err(Fail::new(1, io_error(&error)));
    }
    let bytes = if what.is_some() { upload.written() } else { 0 };
    let done = upload.finish();
    copied(cx, how, bytes, shown);
    done?;
    Ok(0)
}
