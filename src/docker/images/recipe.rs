//! What each stand-in is made of. Only files of the host are used; nothing is downloaded.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::archive::Archive;
use crate::docker::EngineError;

const BUSYBOX_PLACES: &[&str] =
    &["/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox", "/usr/bin/busybox.static"];

const GREETING: &str = "
Hello! This text was printed by a program inside a container.

What had to happen for you to read it:
  1. the docker command asked the engine for a container of this image,
  2. the engine made one: a file system of its own, a process of its own,
  3. that process wrote these lines, and the engine brought them to your terminal,
  4. it had nothing more to do, so the container stopped.

(This image is a stand-in that distlab built, because no registry could be reached.)

Next, try a container with a shell:
  docker container run -it alpine /bin/sh

";

pub(super) fn alpine() -> Result<Archive, EngineError> {
    let mut image = Archive::new(&["/bin/sh"], "busybox of this machine as alpine");
    base(&mut image, "alpine:latest", "Alpine")?;
    image.file("etc/motd", 0o644, "A stand-in for Alpine Linux, built by distlab from busybox.\n");
    Ok(image)
}

pub(super) fn hello_world() -> Result<Archive, EngineError> {
    let mut image = Archive::new(&["/hello"], "a greeting, printed by busybox of this machine");
    // Its own interpreter prints the text: sed, told to leave out this first line.
    image.file("hello", 0o755, format!("#!/bin/sed 1d\n{GREETING}"));
    image.file("bin/sed", 0o755, busybox("hello-world:latest")?.1);
    Ok(image)
}

pub(super) fn ubuntu() -> Result<Archive, EngineError> {
    let name = "ubuntu:latest";
    let mut image = Archive::new(&["/bin/bash"], "bash and busybox of this machine as ubuntu");
    base(&mut image, name, "Ubuntu")?;
    let bash = ["/bin/bash", "/usr/bin/bash"].map(Path::new).into_iter().find(|p| p.exists());
    let missing = || EngineError::Ingredient {
        name: name.to_owned(),
        missing: "bash with its libraries".to_owned(),
        package: "bash".to_owned(),
    };
    let bash = bash.ok_or_else(missing)?;
    image.file("bin/bash", 0o755, std::fs::read(bash).map_err(|_| missing())?);
    for library in libraries(bash).ok_or_else(missing)? {
        let content = std::fs::read(&library).map_err(|_| missing())?;
        image.file(library.trim_start_matches('/'), 0o755, content);
    }
    image.file("etc/issue", 0o644, "A stand-in for Ubuntu, built by distlab \\n \\l\n\n");
    image.file("root/.bashrc", 0o644, "PS1='${debian_chroot:+($debian_chroot)}\\u@\\h:\\w\\$ '\n");
    Ok(image)
}

/// Busybox under all its names, and the few files that a small Linux has.
fn base(image: &mut Archive, name: &str, system: &str) -> Result<(), EngineError> {
    let (path, content) = busybox(name)?;
    image.file("bin/busybox", 0o755, content);
    for applet in applets(&path) {
        image.link(&applet, "/bin/busybox");
    }
    for folder in ["dev", "home", "media", "mnt", "opt", "proc", "run", "srv", "sys", "var/log"] {
        image.folder(folder, 0o755);
    }
    image.folder("root", 0o700);
    image.folder("tmp", 0o1777);
    image.folder("var/tmp", 0o1777);
    image.file(
        "etc/os-release",
        0o644,
        format!(
            "NAME=\"{system} stand-in\"\nID=distlab\nPRETTY_NAME=\"distlab stand-in for {system} (busybox)\"\nHOME_URL=\"\"\n"
        ),
    );
    let shell = if system == "Ubuntu" { "/bin/bash" } else { "/bin/sh" };
    image.file(
        "etc/passwd",
        0o644,
        format!(
            "root:x:0:0:root:/root:{shell}\ndaemon:x:1:1:daemon:/:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n"
        ),
    );
    image.file("etc/group", 0o644, "root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n");
    image.file("etc/shells", 0o644, "/bin/sh\n/bin/ash\n");
    Ok(())
}

/// A busybox that needs no libraries, and where it is.
fn busybox(name: &str) -> Result<(PathBuf, Vec<u8>), EngineError> {
    BUSYBOX_PLACES
        .iter()
        .filter_map(|path| Some((PathBuf::from(path), std::fs::read(path).ok()?)))
        .find(|(_, content)| is_static(content))
        .ok_or_else(|| EngineError::Ingredient {
            name: name.to_owned(),
            missing: "a static busybox".to_owned(),
            package: "busybox-static".to_owned(),
        })
}

/// The names busybox answers to, with their folders: `bin/ls`, `usr/bin/env`.
fn applets(busybox: &Path) -> Vec<String> {
    let listed = Command::new(busybox).arg("--list-full").output();
    let text = listed.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    let mut names: Vec<String> = text
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

/// The shared libraries of a program, with its loader, as `ldd` lists them.
fn libraries(program: &Path) -> Option<Vec<String>> {
    let output = Command::new("ldd").arg(program).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')))
        .map(str::to_owned)
        .collect();
    (!found.is_empty()).then_some(found)
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
