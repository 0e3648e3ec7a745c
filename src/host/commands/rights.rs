//! `chmod`, `chown`, `chgrp`.

use super::{Call, Ran, base, curled, options, quoted};
use crate::files::{Errno, Kind, path};

/// A mode such as `755` or `u+x,go-w`, from what it was.
pub(super) fn mode_of(text: &str, old: u16, folder: bool) -> Option<u16> {
    if text.chars().all(|c| c.is_digit(8)) && !text.is_empty() {
        return u16::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o7777);
    }
    let mut mode = old;
    for part in text.split(',') {
        let end = part.find(['+', '-', '='])?;
        let (who, mut rest) = part.split_at(end);
        let mut mask = 0;
        for c in who.chars() {
            mask |= match c {
                'u' => 0o4700,
                'g' => 0o2070,
                'o' => 0o1007,
                'a' => 0o7777,
                _ => return None,
            };
        }
        // The umask that every host here begins with.
        let implied = if who.is_empty() { 0o7755 } else { mask };
        while !rest.is_empty() {
            let sign = rest.chars().next()?;
            let stop = rest[1..].find(['+', '-', '=']).map_or(rest.len(), |n| n + 1);
            let mut bits = 0;
            for c in rest[1..stop].chars() {
                bits |= match c {
                    'r' => 0o444,
                    'w' => 0o222,
                    'x' => 0o111,
                    'X' if folder || mode & 0o111 != 0 => 0o111,
                    'X' => 0,
                    's' => 0o6000,
                    't' => 0o1000,
                    'u' => ((mode >> 6) & 7) * 0o111,
                    'g' => ((mode >> 3) & 7) * 0o111,
                    'o' => (mode & 7) * 0o111,
                    _ => return None,
                };
            }
            let bits = bits & implied;
            mode = match sign {
                '+' => mode | bits,
                '-' => mode & !bits,
                _ => (mode & !(if who.is_empty() { 0o777 } else { mask & 0o777 })) | bits,
            };
            rest = &rest[stop..];
        }
    }
    Some(mode)
}

pub(super) fn chmod(call: &mut Call<'_>) -> Ran {
    // `chmod -x file` is a mode, not an option.
    let args = call.args();
    if let Some(first) = args.iter().position(|a| {
        a.len() > 1 && a.starts_with('-') && a[1..].chars().all(|c| "rwxXst".contains(c))
    }) && !args.iter().any(|a| a == "--")
    {
        let mode = call.program.args.remove(first + 1);
        let at = 1 + args.iter().take_while(|a| a.starts_with('-') && **a != mode).count();
        call.program.args.splice(at..at, [format!("a{mode}")]);
    }
    let o = match options(call, "R v f c recursive", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let Some((mode, files)) = o.rest.split_first() else { return Ok(call.missing(1)) };
    if files.is_empty() {
        call.complain(format!("missing operand after {}", curled(mode)));
        call.err("Try 'chmod --help' for more information.");
        return Ok(1);
    }
    if mode_of(mode, 0, false).is_none() {
        call.complain(format!("invalid mode: {}", curled(mode)));
        call.err("Try 'chmod --help' for more information.");
        return Ok(1);
    }
    let mut status = 0;
    for file in each(call, files, o.has("R|recursive")) {
        let (path, who) = (call.path(&file), call.who());
        let old = match call.host.files.look(&who, &path, true) {
            Ok(node) => node.clone(),
            Err(e) => {
                call.complain(format!("cannot access {}: {e}", quoted(&file)));
                status = 1;
                continue;
            }
        };
        let folder = matches!(old.kind, Kind::Folder(_));
        let new = mode_of(mode, old.mode, folder).unwrap_or(old.mode);
        if let Err(e) = call.host.files.set_mode(&who, &path, new) {
            call.complain(format!("changing permissions of {}: {e}", quoted(&file)));
            status = 1;
        }
    }
    Ok(status)
}

/// The files, and those below them.
fn each(call: &mut Call<'_>, files: &[String], recursive: bool) -> Vec<String> {
    let mut all = Vec::new();
    for file in files {
        all.push(file.clone());
        if recursive {
            let (path, who) = (call.path(file), call.who());
            let folder = call
                .host
                .files
                .look(&who, &path, false)
                .is_ok_and(|n| matches!(n.kind, Kind::Folder(_)));
            if folder && let Ok(names) = call.host.files.list(&who, &path) {
                let inner: Vec<String> = names.iter().map(|name| path::child(file, name)).collect();
                all.extend(each(call, &inner, true));
            }
        }
    }
    all
}

/// `chown` and `chgrp`.
pub(super) fn chown(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "R v f h c recursive", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let Some((spec, files)) = o.rest.split_first() else { return Ok(call.missing(1)) };
    if files.is_empty() {
        let name = call.name();
        call.complain(format!("missing operand after {}", curled(spec)));
        call.err(format!("Try '{name} --help' for more information."));
        return Ok(1);
    }
    let only_group = base(&call.name()) == "chgrp";
    let (user, group) = match spec.split_once([':', '.']) {
        _ if only_group => ("", Some(spec.as_str())),
        Some((user, group)) => (user, Some(group)),
        None => (spec.as_str(), None),
    };
    let known = call.host.user(user);
    let uid =
        if user.is_empty() { None } else { known.as_ref().map(|u| u.uid).or(user.parse().ok()) };
    if uid.is_none() && !user.is_empty() {
        call.complain(format!("invalid user: {}", curled(spec)));
        return Ok(1);
    }
    let gid = match group {
        None => None,
        Some("") => known.map(|u| u.gid),
        Some(name) => {
            let found = call.host.groups().into_iter().find(|g| g.name == name).map(|g| g.gid);
            let Some(gid) = found.or(name.parse().ok()) else {
                call.complain(format!("invalid group: {}", curled(spec)));
                return Ok(1);
            };
            Some(gid)
        }
    };
    let mut status = 0;
    for file in each(call, files, o.has("R|recursive")) {
        let (path, who) = (call.path(&file), call.who());
        match call.host.files.set_owner(&who, &path, uid, gid, !o.has("h")) {
            Ok(()) => {}
            Err(Errno::NotPermitted) => {
                let what = if uid.is_some() { "ownership" } else { "group" };
                call.complain(format!(
                    "changing {what} of {}: {}",
                    quoted(&file),
                    Errno::NotPermitted
                ));
                status = 1;
            }
            Err(e) => {
                call.complain(format!("cannot access {}: {e}", quoted(&file)));
                status = 1;
            }
        }
    }
    Ok(status)
}
