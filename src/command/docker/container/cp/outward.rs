//! From a container to this machine.

use std::fs;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

use crate::cx::{Cx, Fail};
use crate::files::{self, Download};
use command_line::text::io_error;
use docker::build::clean;
use docker::{Body, Method};

use super::{How, Stat, archive_path, copied, entry, local, parent, says_folder};

/// How many links may lead to one another.
const LINKS_MAX: usize = 10;

pub(super) fn copy(
    cx: &mut Cx<'_, '_>,
    container: &str,
    from: &str,
    to: &str,
    how: How,
) -> Result<u8, Fail> {
    let to = if to == "-" { to.to_owned() } else { local(&cx.host.cwd, to) };
    if to != "-" {
        check(&to).map_err(|why| Fail::new(1, why))?;
    }
    let engine = cx.engine()?;
    let mut from = from.to_owned();
    // What is copied keeps the link's name.
    let mut name = None;
    if how.follow
        && let Ok(stat) = cx.runtime.block_on(Stat::ask(&engine, container, &from))
        && stat.is_link()
    {
        name = Some(entry(&from).1).filter(|n| n != ".");
        from = stat.target(&from);
    }
    let path = archive_path(container, &from);
    let mut answer = cx.wait(engine.stream(Method::GET, &path, &[], Body::Empty))?;
    if to == "-" {
        while let Some(piece) = cx.wait(answer.bytes())? {
            cx.host.stdout.write_all(&piece).map_err(|e| Fail::new(1, io_error(&e)))?;
        }
        return Ok(0);
    }
    let folder = Stat::of(&answer).is_some_and(|s| s.is_folder());
    let mut download = Download { runtime: &cx.runtime, answer, piece: Bytes::new(), count: 0 };
    let base = entry(&from).1;
    let done = place(&to, folder).and_then(|(into, renamed)| {
        unpack(&mut download, &base, renamed.or(name).as_deref(), &into)?;
        // The archive's end is counted too.
        std::io::copy(&mut download, &mut std::io::sink()).map_err(|e| io_error(&e)).map(drop)
    });
    let count = download.count;
    copied(cx, how, count, &to);
    done.map_err(|why| Fail::new(1, why))?;
    Ok(0)
}

/// Whether something can be written there at all.
fn check(to: &str) -> Result<(), String> {
    let cleaned = clean(to);
    let above = Path::new(&cleaned).parent().unwrap_or(Path::new("/"));
    if !above.exists() {
        let above = above.to_string_lossy();
        return Err(format!("invalid output path: directory {above:?} does not exist"));
    }
    match fs::metadata(to) {
        Ok(found) => {
            let kind = found.file_type();
            if kind.is_block_device() || kind.is_char_device() {
                return Err(format!(
                    "invalid output path: {to:?} must be a directory or a regular file: got a device"
                ));
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(files::wrong("stat", to, &e)),
    }
    Ok(())
}

/// The folder to unpack in, and the name that the copy takes there, if it is another.
fn place(to: &str, folder: bool) -> Result<(PathBuf, Option<String>), String> {
    let mut path = to.to_owned();
    for _ in 0..=LINKS_MAX {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                let link = fs::read_link(&path).map_err(|e| files::wrong("readlink", &path, &e))?;
                path = clean(&parent(&path).join(link).to_string_lossy());
            }
            Ok(found) if found.is_dir() => return Ok((PathBuf::from(path), None)),
            Ok(_) if folder => return Err("cannot copy directory".to_owned()),
            Ok(_) => return Ok((parent(&path), Some(entry(&path).1))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if !folder && says_folder(&path) {
                    return Err("no such directory".to_owned());
                }
                return Ok((parent(&path), Some(entry(&path).1)));
            }
            Err(e) => return Err(files::wrong("lstat", &path, &e)),
        }
    }
    Err(format!("too many symlinks in {to}"))
}

/// Unpacks what comes. The first part of each name, `base`, becomes `renamed`.
fn unpack(
    from: &mut Download<'_>,
    base: &str,
    renamed: Option<&str>,
    into: &Path,
) -> Result<(), String> {
    let why = |e: std::io::Error| io_error(&e);
    let root = fs::canonicalize(into).map_err(|e| files::wrong("lstat", into, &e))?;
    let mut archive = tar::Archive::new(from);
    archive.set_preserve_permissions(true);
    // Folders get their times when nothing more is put into them.
    let mut folders = Vec::new();
    for entry in archive.entries().map_err(why)? {
        let mut entry = entry.map_err(why)?;
        let path = entry.path().map_err(why)?.to_string_lossy().into_owned();
        let target = root.join(inside(&rename(&path, base, renamed))?);
        guard(&root, &target)?;
        let kind = entry.header().entry_type();
        clear(&target, kind.is_dir(), into)?;
        if kind.is_symlink() {
            let link = entry.link_name().map_err(why)?.unwrap_or_default();
            stays(&root, &target, &link)?;
        }
        if kind.is_hard_link() {
            let link = entry.link_name().map_err(why)?.unwrap_or_default();
            let first = root.join(inside(&rename(&link.to_string_lossy(), base, renamed))?);
            guard(&root, &first)?;
            fs::hard_link(&first, &target).map_err(|e| files::wrong("link", &target, &e))?;
            continue;
        }
        let parent = target.parent().unwrap_or(&root);
        fs::create_dir_all(parent).map_err(|e| files::wrong("mkdir", parent, &e))?;
        if kind.is_dir() {
            folders.push((target.clone(), entry.header().mtime().unwrap_or_default()));
        }
        entry.unpack(&target).map_err(why)?;
    }
    for (folder, seconds) in folders.into_iter().rev() {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        // A time that cannot be set takes nothing from the copy.
        let _ = fs::File::open(folder).and_then(|f| f.set_modified(time));
    }
    Ok(())
}

/// Makes room for an entry; a folder and a file do not replace each other.
fn clear(target: &Path, folder: bool, into: &Path) -> Result<(), String> {
    let Ok(found) = fs::symlink_metadata(target) else { return Ok(()) };
    let (there, here) = (target.to_string_lossy(), into.to_string_lossy());
    match (found.is_dir(), folder) {
        (true, true) => Ok(()),
        (true, false) => {
            Err(format!("cannot overwrite directory {there:?} with non-directory {here:?}"))
        }
        (false, true) => {
            Err(format!("cannot overwrite non-directory {there:?} with directory {here:?}"))
        }
        (false, false) => fs::remove_file(target).map_err(|e| files::wrong("unlink", target, &e)),
    }
}

/// `etc/hosts` with `etc` renamed to `conf` is `conf/hosts`.
pub(super) fn rename(path: &str, base: &str, renamed: Option<&str>) -> String {
    let Some(renamed) = renamed else { return path.to_owned() };
    if base == "/" || base == "." {
        return format!("{renamed}/{}", path.trim_start_matches("./").trim_start_matches('/'));
    }
    match path.strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{renamed}{rest}"),
        _ => path.to_owned(),
    }
}

/// The path below the target; one that leads out of it is refused.
pub(super) fn inside(path: &str) -> Result<PathBuf, String> {
    let mut found = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => found.push(part),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            Component::ParentDir => return Err(format!("{path:?} is outside of the target")),
        }
    }
    Ok(found)
}

/// Refuses a symbolic link that leads out of the target. An absolute one is taken for a path below the
/// folder that it stands in, as the reference client does it; what is written through a link is
/// [`guard`]'s affair.
pub(super) fn stays(root: &Path, target: &Path, link: &Path) -> Result<(), String> {
    let folder = target.parent().unwrap_or(root).to_string_lossy();
    let reached = clean(&format!("{folder}/{}", link.display()));
    if reached.starts_with(&*root.to_string_lossy()) {
        return Ok(());
    }
    let (target, link) = (target.to_string_lossy(), link.to_string_lossy());
    Err(format!("invalid symlink {target:?} -> {link:?}"))
}

/// Refuses a place that a link of the archive leads to outside of the target.
fn guard(root: &Path, target: &Path) -> Result<(), String> {
    let existing = target.parent().and_then(|p| p.ancestors().find(|a| a.exists()));
    let real = existing.and_then(|p| fs::canonicalize(p).ok()).unwrap_or_default();
    if target == root || real.starts_with(root) {
        return Ok(());
    }
    Err(format!("{} is outside of {}", target.display(), root.display()))
}
