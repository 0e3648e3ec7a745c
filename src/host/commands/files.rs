//! Commands that make, move and remove files.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Call, Options, Ran, base, curled, options, quoted};
use crate::files::{Errno, Kind, path};

pub(super) fn mkdir(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "p v parents", "m mode", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    if o.rest.is_empty() {
        return Ok(call.missing(1));
    }
    let process = call.host.process(call.pid);
    let mut mode = 0o777 & !process.umask;
    if let Some(text) = o.value("m|mode") {
        match super::rights::mode_of(text, 0o777, true) {
            Some(given) => mode = given,
            None => {
                call.complain(format!("invalid mode {}", curled(text)));
                return Ok(1);
            }
        }
    }
    let (who, now) = (call.who(), call.host.now);
    let mut status = 0;
    for folder in &o.rest {
        let path = call.path(folder);
        let made = if o.has("p|parents") {
            call.host.files.make_folders(&who, &path, mode, now)
        } else {
            call.host.files.make(&who, &path, Kind::Folder(BTreeMap::new()), mode, now).map(|_| ())
        };
        match made {
            Ok(()) if o.has("v") => {
                call.line(format!("mkdir: created directory {}", quoted(folder)));
            }
            Ok(()) => {}
            Err(e) => {
                let e = if o.has("p|parents") && e == Errno::NotFolder { Errno::Exists } else { e };
                call.complain(format!("cannot create directory {}: {e}", curled(folder)));
                status = 1;
            }
        }
    }
    Ok(status)
}

pub(super) fn rmdir(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "p v parents", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    if o.rest.is_empty() {
        return Ok(call.missing(1));
    }
    let (who, now) = (call.who(), call.host.now);
    let mut status = 0;
    for folder in &o.rest {
        let mut at = folder.clone();
        loop {
            let path = call.path(&at);
            if let Err(e) = call.host.files.remove_folder(&who, &path, now) {
                call.complain(format!("failed to remove {}: {e}", quoted(&at)));
                status = 1;
                break;
            }
            at = path::folder(&at);
            if !o.has("p|parents") || at == "." || at == "/" {
                break;
            }
        }
    }
    Ok(status)
}

pub(super) fn rm(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "r R f v i d recursive force verbose", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let force = o.has("f|force");
    if o.rest.is_empty() {
        return Ok(if force { 0 } else { call.missing(1) });
    }
    let mut status = 0;
    for file in &o.rest {
        if matches!(base(file), "." | "..") {
            call.complain(format!(
                "refusing to remove '.' or '..' directory: skipping {}",
                quoted(file)
            ));
            status = 1;
        } else if path::join("/", &call.path(file)) == "/" && o.has("r|R|recursive") {
            call.complain("it is dangerous to operate recursively on '/'");
            call.complain("use --no-preserve-root to override this failsafe");
            status = 1;
        } else {
            status |= remove(call, file, &o);
        }
    }
    Ok(status)
}

fn remove(call: &mut Call<'_>, file: &str, o: &Options) -> i32 {
    let (path, who, now) = (call.path(file), call.who(), call.host.now);
    let folder = match call.host.files.look(&who, &path, false) {
        Ok(node) => matches!(node.kind, Kind::Folder(_)),
        Err(Errno::NoEntry | Errno::NotFolder) if o.has("f|force") => return 0,
        Err(e) => {
            call.complain(format!("cannot remove {}: {e}", quoted(file)));
            return 1;
        }
    };
    let mut status = 0;
    let removed = if folder {
        if !o.has("r|R|recursive") {
            call.complain(format!("cannot remove {}: {}", quoted(file), Errno::IsFolder));
            return 1;
        }
        match call.host.files.list(&who, &path) {
            Ok(names) => {
                for name in names {
                    status |= remove(call, &path::child(file, &name), o);
                }
            }
            Err(e) => {
                call.complain(format!("cannot remove {}: {e}", quoted(file)));
                return 1;
            }
        }
        if status != 0 {
            return status;
        }
        call.host.files.remove_folder(&who, &path, now)
    } else {
        call.host.files.unlink(&who, &path, now)
    };
    match removed {
        Ok(()) => {
            if o.has("v|verbose") {
                let what = if folder { "removed directory" } else { "removed" };
                call.line(format!("{what} {}", quoted(file)));
            }
            status
        }
        Err(e) => {
            call.complain(format!("cannot remove {}: {e}", quoted(file)));
            1
        }
    }
}

pub(super) fn touch(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "c a m", "d t r", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    if o.rest.is_empty() {
        call.complain("missing file operand");
        call.err("Try 'touch --help' for more information.");
        return Ok(1);
    }
    let mut time = call.host.now;
    if let Some(text) = o.value("d") {
        match super::system::read_date(text, time) {
            Some(given) => time = given,
            None => {
                call.complain(format!("invalid date format {}", curled(text)));
                return Ok(1);
            }
        }
    }
    let (who, umask) = (call.who(), call.host.process(call.pid).umask);
    let mut status = 0;
    for file in &o.rest {
        let path = call.path(file);
        let touched = match call.host.files.find(&who, &path, true) {
            Ok(_) => call.host.files.set_time(&who, &path, time),
            Err(Errno::NoEntry) if o.has("c") => Ok(()),
            Err(Errno::NoEntry) => call
                .host
                .files
                .make(&who, &path, Kind::File(Arc::default()), 0o666 & !umask, time)
                .map(|_| ()),
            Err(e) => Err(e),
        };
        if let Err(e) = touched {
            call.complain(format!("cannot touch {}: {e}", quoted(file)));
            status = 1;
        }
    }
    Ok(status)
}

/// `cp` and `mv`: where each source goes.
fn targets(call: &mut Call<'_>, o: &Options) -> Result<Vec<(String, String)>, i32> {
    let name = call.name();
    let mut sources = o.rest.clone();
    let target = match o.value("t") {
        Some(folder) => folder.to_owned(),
        None => match sources.len() {
            0 => {
                call.complain("missing file operand");
                call.err(format!("Try '{name} --help' for more information."));
                return Err(1);
            }
            1 => {
                call.complain(format!(
                    "missing destination file operand after {}",
                    quoted(&sources[0])
                ));
                call.err(format!("Try '{name} --help' for more information."));
                return Err(1);
            }
            _ => sources.pop().unwrap_or_default(),
        },
    };
    let (path, who) = (call.path(&target), call.who());
    let folder = !o.has("T")
        && call.host.files.look(&who, &path, true).is_ok_and(|n| matches!(n.kind, Kind::Folder(_)));
    if sources.len() > 1 && !folder {
        let e = call.host.files.look(&who, &path, true).err();
        let text = match e {
            Some(e) => format!("target {}: {e}", quoted(&target)),
            None => format!("target {}: Not a directory", quoted(&target)),
        };
        call.complain(text);
        return Err(1);
    }
    Ok(sources
        .into_iter()
        .map(|source| {
            let to = if folder { path::child(&target, base(&source)) } else { target.clone() };
            (source, to)
        })
        .collect())
}

pub(super) fn cp(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "r R a p f v i n u d T recursive archive", "t", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let pairs = match targets(call, &o) {
        Ok(pairs) => pairs,
        Err(status) => return Ok(status),
    };
    let mut status = 0;
    for (from, to) in pairs {
        let (a, b) = (path::join("/", &call.path(&from)), path::join("/", &call.path(&to)));
        if a == b {
            call.complain(format!("{} and {} are the same file", quoted(&from), quoted(&to)));
            status = 1;
        } else if o.has("r|R|a|recursive|archive")
            && b.starts_with(&format!("{}/", a.trim_end_matches('/')))
        {
            call.complain(format!(
                "cannot copy a directory, {}, into itself, {}",
                quoted(&from),
                quoted(&to)
            ));
            status = 1;
        } else {
            status |= copy(call, &from, &to, &o);
        }
    }
    Ok(status)
}

fn copy(call: &mut Call<'_>, from: &str, to: &str, o: &Options) -> i32 {
    let recursive = o.has("r|R|a|recursive|archive");
    let (source, target, who, now) = (call.path(from), call.path(to), call.who(), call.host.now);
    let node = match call.host.files.look(&who, &source, !recursive) {
        Ok(node) => node.clone(),
        Err(e) => {
            call.complain(format!("cannot stat {}: {e}", quoted(from)));
            return 1;
        }
    };
    let umask = call.host.process(call.pid).umask;
    let keep = o.has("p|a|archive");
    let mode = if keep { node.mode } else { node.mode & 0o777 & !umask };
    if o.has("n") && call.host.files.find(&who, &target, false).is_ok() {
        return 0;
    }
    let mut status = 0;
    match &node.kind {
        Kind::Folder(_) if !recursive => {
            call.complain(format!("-r not specified; omitting directory {}", quoted(from)));
            return 1;
        }
        Kind::Folder(_) => {
            if let Err(e) = call.host.files.make(
                &who,
                &target,
                Kind::Folder(BTreeMap::new()),
                mode | 0o700,
                now,
            ) && e != Errno::Exists
            {
                call.complain(format!("cannot create directory {}: {e}", quoted(to)));
                return 1;
            }
            for name in call.host.files.list(&who, &source).unwrap_or_default() {
                status |= copy(call, &path::child(from, &name), &path::child(to, &name), o);
            }
        }
        Kind::Link(_) | Kind::Program(..) => {
            let _ = call.host.files.unlink(&who, &target, now);
            if let Err(e) = call.host.files.make(&who, &target, node.kind.clone(), mode, now) {
                call.complain(format!("cannot create regular file {}: {e}", quoted(to)));
                return 1;
            }
        }
        _ => {
            let bytes = match call.read(from) {
                Ok(Ok(bytes)) => bytes,
                Ok(Err(e)) => {
                    call.complain(format!("cannot open {} for reading: {e}", quoted(from)));
                    return 1;
                }
                Err(_) => return 1,
            };
            if let Err(e) = call.host.files.write(&who, &target, bytes, mode, now) {
                call.complain(format!("cannot create regular file {}: {e}", quoted(to)));
                return 1;
            }
        }
    }
    if keep && !matches!(node.kind, Kind::Link(_)) {
        let _ = call.host.files.set_time(&who, &target, node.modified);
        let _ = call.host.files.set_mode(&who, &target, node.mode);
        let _ = call.host.files.set_owner(&who, &target, Some(node.uid), Some(node.gid), false);
    }
    if o.has("v") {
        call.line(format!("{} -> {}", quoted(from), quoted(to)));
    }
    status
}

pub(super) fn mv(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "f v i n u T", "t", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let pairs = match targets(call, &o) {
        Ok(pairs) => pairs,
        Err(status) => return Ok(status),
    };
    let mut status = 0;
    for (from, to) in pairs {
        let (source, target, who, now) =
            (call.path(&from), call.path(&to), call.who(), call.host.now);
        if let Err(e) = call.host.files.look(&who, &source, false) {
            call.complain(format!("cannot stat {}: {e}", quoted(&from)));
            status = 1;
            continue;
        }
        if path::join("/", &source) == path::join("/", &target) {
            call.complain(format!("{} and {} are the same file", quoted(&from), quoted(&to)));
            status = 1;
            continue;
        }
        if o.has("n") && call.host.files.find(&who, &target, false).is_ok() {
            continue;
        }
        match call.host.files.rename(&who, &source, &target, now) {
            Ok(()) if o.has("v") => {
                call.line(format!("renamed {} -> {}", quoted(&from), quoted(&to)));
            }
            Ok(()) => {}
            Err(Errno::Invalid) => {
                call.complain(format!(
                    "cannot move {} to a subdirectory of itself, {}",
                    quoted(&from),
                    quoted(&to)
                ));
                status = 1;
            }
            Err(e) => {
                call.complain(format!("cannot move {} to {}: {e}", quoted(&from), quoted(&to)));
                status = 1;
            }
        }
    }
    Ok(status)
}
