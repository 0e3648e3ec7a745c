//! What each stand-in is made of. Only files of the host are used; nothing is downloaded.

mod base_images;
mod engine;
mod mysql;
mod nginx;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::archive::Archive;
use crate::EngineError;
pub(super) use base_images::{alpine, busybox, hello_world, ubuntu};
pub(super) use engine::engine;
pub(super) use mysql::mysql;
pub(super) use nginx::nginx;

/// Where programs of the host are looked for.
const PLACES: &[&str] =
    &["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/sbin", "/bin"];

/// The image that is being made, for the sentence about what it lacks.
#[derive(Clone, Copy)]
struct For<'n> {
    name: &'n str,
    /// The Debian package that has what it is made of.
    package: &'n str,
}

impl For<'_> {
    fn missing(self, what: &str) -> EngineError {
        EngineError::Ingredient {
            name: self.name.to_owned(),
            missing: what.to_owned(),
            package: self.package.to_owned(),
        }
    }
}

/// Puts a program of the host into the image, with the libraries it is linked with, and returns
/// where it is here. Links are followed: its name in the image is the one asked for.
fn program(
    image: &mut Archive,
    name: &str,
    at: &str,
    made: For<'_>,
) -> Result<PathBuf, EngineError> {
    let found = find(name).ok_or_else(|| made.missing(name))?;
    image.host(&format!("{at}/{name}"), &found);
    libraries(image, &found);
    Ok(found)
}

/// Puts this program of the host at that path, with the libraries it is linked with.
pub(super) fn host_program(image: &mut Archive, program: &Path, at: &str) {
    image.host(at, program);
    libraries(image, program);
}

/// As [`program`], for one that is good to have and not needed; whether it is here.
fn program_if_here(image: &mut Archive, name: &str, at: &str) -> bool {
    let found = find(name);
    if let Some(found) = &found {
        image.host(&format!("{at}/{name}"), found);
        libraries(image, found);
    }
    found.is_some()
}

/// A program of the host, with links followed.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let paths = PLACES.iter().map(|place| Path::new(place).join(name));
    paths.filter_map(|path| path.canonicalize().ok()).find(|path| path.is_file())
}

/// Puts the shared libraries of a program into the image, with its loader, as `ldd` lists them; one
/// that is linked statically has none.
fn libraries(image: &mut Archive, program: &Path) {
    let Ok(output) = Command::new("ldd").arg(program).output() else { return };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for path in linked(&text) {
        image.host(path.trim_start_matches('/'), path);
    }
    // The C library of older systems looks up users and hosts with these, and asks for them late.
    for late in ["libnss_files.so.2", "libnss_dns.so.2"] {
        let libc = text.lines().find_map(|l| l.trim().strip_prefix("libc.so.6 => "));
        let beside = libc.and_then(|l| l.split_whitespace().next()).map(Path::new);
        if let Some(path) = beside.map(|libc| libc.with_file_name(late)).filter(|p| p.is_file()) {
            image.host(path.to_string_lossy().trim_start_matches('/'), path.clone());
        }
    }
}

/// The files of the host in what `ldd` prints; the kernel's own library has none.
fn linked(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')))
}

/// Puts a whole folder of the host into the image, as far as `wanted` says.
fn tree(image: &mut Archive, folder: &Path, wanted: &dyn Fn(&Path) -> bool) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            tree(image, &path, wanted);
        } else if wanted(&path) {
            image.host(path.to_string_lossy().trim_start_matches('/'), path.clone());
        }
    }
}

/// Busybox under all its names, and the few files that a small Linux has. `users` are lines of
/// `/etc/passwd` beyond those that every system has; each has a group of its own name.
fn base(
    image: &mut Archive,
    name: &str,
    system: &str,
    users: &[(&str, u64, &str)],
) -> Result<(), EngineError> {
    let path = static_busybox(name)?;
    image.host("bin/busybox", &path);
    for applet in applets(&path) {
        image.link(&applet, "/bin/busybox");
    }
    for folder in ["dev", "home", "media", "mnt", "opt", "proc", "run", "srv", "sys", "var/log"] {
        image.folder(folder, 0o755);
    }
    image.link("var/run", "/run");
    image.folder("root", 0o700);
    image.folder("tmp", 0o1777);
    image.folder("var/tmp", 0o1777);
    let os = format!(
        "NAME=\"{system} stand-in\"\nID=distlab\nPRETTY_NAME=\"distlab stand-in for {system} (busybox)\"\nHOME_URL=\"\"\n"
    );
    image.file("etc/os-release", 0o644, os);
    let shell = if system == "Ubuntu" { "/bin/bash" } else { "/bin/sh" };
    let mut passwd = format!(
        "root:x:0:0:root:/root:{shell}\ndaemon:x:1:1:daemon:/:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n"
    );
    let mut group = "root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n".to_owned();
    for (user, id, home) in users {
        let _ = writeln!(passwd, "{user}:x:{id}:{id}:{user}:{home}:/bin/false");
        let _ = writeln!(group, "{user}:x:{id}:");
    }
    image.file("etc/passwd", 0o644, passwd);
    image.file("etc/group", 0o644, group);
    image.file("etc/shells", 0o644, "/bin/sh\n/bin/ash\n");
    image.file("etc/nsswitch.conf", 0o644, "passwd: files\ngroup: files\nhosts: files dns\n");
    Ok(())
}

/// Puts bash into the image: learners of images that have it in the genuine form type `bash`.
fn bash(image: &mut Archive, name: &str) -> Result<(), EngineError> {
    program(image, "bash", "bin", For { name, package: "bash" })?;
    let prompt = "PS1='${debian_chroot:+($debian_chroot)}\\u@\\h:\\w\\$ '\n";
    image.file("root/.bashrc", 0o644, prompt);
    Ok(())
}

/// Where a busybox is that needs no libraries.
fn static_busybox(name: &str) -> Result<PathBuf, EngineError> {
    let made = For { name, package: "busybox-static" };
    let places = ["busybox", "busybox.static"].into_iter().filter_map(find);
    places
        .into_iter()
        .find(|path| std::fs::read(path).is_ok_and(|content| is_static(&content)))
        .ok_or_else(|| made.missing("a static busybox"))
}

/// The names busybox answers to, with their folders: `bin/ls`, `usr/bin/env`.
fn applets(busybox: &Path) -> Vec<String> {
    let listed = Command::new(busybox).arg("--list-full").output();
    names(&listed.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default())
}

/// Those of busybox's own list, and those that no image can be without.
fn names(listed: &str) -> Vec<String> {
    let mut names: Vec<String> = listed
        .lines()
        .map(|line| line.trim().trim_start_matches('/'))
        .filter(|name| !name.is_empty() && *name != "bin/busybox")
        .map(|name| if name.contains('/') { name.to_owned() } else { format!("bin/{name}") })
        .collect();
    for needed in ["bin/sh", "bin/ash", "bin/ls", "bin/cat", "bin/echo"] {
        if !names.iter().any(|n| n == needed) {
            names.push(needed.to_owned());
        }
    }
    names
}

/// Whether an ELF program asks for no loader (it has no PT_INTERP segment).
///
/// Source: System V ABI, "Object Files" (program header).
pub(super) fn is_static(program: &[u8]) -> bool {
    const INTERP: usize = 3;
    if program.get(..4) != Some(b"\x7fELF") || program.get(5) != Some(&1) {
        return false;
    }
    let wide = program.get(4) == Some(&2);
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let field = program.get(at..at.checked_add(bytes)?)?;
        field.iter().rev().try_fold(0_usize, |n, b| n.checked_mul(256)?.checked_add((*b).into()))
    };
    let headers = if wide {
        (number(32, 8), number(54, 2), number(56, 2))
    } else {
        (number(28, 4), number(42, 2), number(44, 2))
    };
    let (Some(start), Some(size), Some(count)) = headers else { return false };
    let mut kinds = (0..count).map(|i| number(start.checked_add(i.checked_mul(size)?)?, 4));
    kinds.all(|kind| kind.is_some_and(|k| k != INTERP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_the_files_that_ldd_names() {
        let check = |text: &str, want: &[&str]| {
            assert_eq!(linked(text).collect::<Vec<_>>(), want, "{text}");
        };
        check("\tnot a dynamic executable\n", &[]);
        check(
            "\tlinux-vdso.so.1 (0x00007ffc)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f)\n\
             \t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n",
            &["/lib/x/libc.so.6", "/lib64/ld-linux-x86-64.so.2"],
        );
        check("\tlibz.so.1 => not found\n", &[]);
    }

    #[test]
    fn busybox_has_its_names_and_the_needed_ones() {
        let check = |listed: &str, want: &[&str]| {
            let found = names(listed);
            for name in want {
                assert_eq!(found.iter().filter(|n| n == name).count(), 1, "{name} of {listed:?}");
            }
            assert!(!found.iter().any(|n| n == "bin/busybox"), "{found:?}");
        };
        check("", &["bin/sh", "bin/ash", "bin/ls", "bin/cat", "bin/echo"]);
        check("bin/busybox\nbin/ls\nusr/bin/env\n", &["bin/ls", "usr/bin/env", "bin/sh"]);
        check("/sbin/ip\nvi\n", &["sbin/ip", "bin/vi"]);
    }
}
