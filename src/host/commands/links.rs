//! `ln`, `readlink`, `realpath`, `mktemp`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Call, Ran, base, curled, options, quoted};
use crate::files::{Errno, Kind, path};

/// Letters of a random name.
const RANDOM: usize = 10;

pub(super) fn ln(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "s f n v T symbolic force", "t", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let (Some(target), last) = (o.rest.first(), o.rest.last()) else {
        call.complain("missing file operand");
        call.err("Try 'ln --help' for more information.");
        return Ok(1);
    };
    let mut name =
        if o.rest.len() > 1 { last.cloned().unwrap_or_default() } else { base(target).to_owned() };
    let (who, now) = (call.who(), call.host.now);
    let full = call.path(&name);
    let into = call
        .host
        .files
        .look(&who, &full, !o.has("n"))
        .is_ok_and(|n| matches!(n.kind, Kind::Folder(_)));
    if into {
        name = path::child(&name, base(target));
    }
    let full = call.path(&name);
    if o.has("f|force") {
        let _ = call.host.files.unlink(&who, &full, now);
    }
    let symbolic = o.has("s|symbolic");
    let made = if symbolic {
        call.host.files.make(&who, &full, Kind::Link(target.clone()), 0o777, now).map(|_| ())
    } else {
        let from = call.path(target);
        match call.host.files.look(&who, &from, false) {
            Err(e) => {
                call.complain(format!("failed to access {}: {e}", quoted(target)));
                return Ok(1);
            }
            Ok(node) if matches!(node.kind, Kind::Folder(_)) => {
                call.complain(format!("{target}: hard link not allowed for directory"));
                return Ok(1);
            }
            Ok(_) => call.host.files.link(&who, &from, &full, now),
        }
    };
    if let Err(e) = made {
        let what = if symbolic { "symbolic" } else { "hard" };
        let arrow = if symbolic || e == Errno::Exists {
            String::new()
        } else {
            format!(" => {}", quoted(target))
        };
        call.complain(format!("failed to create {what} link {}{arrow}: {e}", quoted(&name)));
        return Ok(1);
    }
    Ok(0)
}

pub(super) fn readlink(call: &mut Call<'_>) -> Ran {
    let real = base(&call.name()) == "realpath";
    let o = match options(call, "f e m n s", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    if o.rest.is_empty() {
        return Ok(call.missing(1));
    }
    let mut status = 0;
    for file in &o.rest {
        let (path, who) = (call.path(file), call.who());
        let found = if real || o.has("f|e|m") {
            call.host.files.real_path(&who, &path).or_else(|e| {
                // The last name need not be there.
                let folder = call.host.files.real_path(&who, &path::folder(&path))?;
                if o.has("e") { Err(e) } else { Ok(path::join(&folder, base(&path))) }
            })
        } else {
            match call.host.files.look(&who, &path, false).map(|node| node.kind.clone()) {
                Ok(Kind::Link(target)) => Ok(target),
                Ok(_) => Err(Errno::Invalid),
                Err(e) => Err(e),
            }
        };
        match found {
            Ok(text) if o.has("n") => call.out(text),
            Ok(text) => call.line(text),
            Err(e) => {
                if real {
                    call.complain(format!("{file}: {e}"));
                }
                status = 1;
            }
        }
    }
    Ok(status)
}

pub(super) fn mktemp(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "d u q t directory", "p", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let folder = o.value("p").unwrap_or("/tmp").to_owned();
    let template =
        o.rest.first().cloned().unwrap_or_else(|| format!("{folder}/tmp.{}", "X".repeat(RANDOM)));
    let count = template.chars().rev().take_while(|c| *c == 'X').count();
    if count < 3 {
        call.complain(format!("too few X's in template {}", curled(&template)));
        return Ok(1);
    }
    let name = format!(
        "{}{}",
        &template[..template.len() - count],
        call.host.rng.text(::base::rng::ALNUM, count)
    );
    let (path, who, now) = (call.path(&name), call.who(), call.host.now);
    let (kind, mode) = if o.has("d|directory") {
        (Kind::Folder(BTreeMap::new()), 0o700)
    } else {
        (Kind::File(Arc::default()), 0o600)
    };
    if let Err(e) = call.host.files.make(&who, &path, kind, mode, now) {
        let what = if o.has("d|directory") { "directory" } else { "file" };
        call.complain(format!("failed to create {what} via template {}: {e}", curled(&template)));
        return Ok(1);
    }
    call.line(name);
    Ok(0)
}
