//! The small ones: a shell, a greeting, a Linux with bash.

use super::{Archive, base, bash, static_busybox};
use crate::EngineError;
use crate::images::archive::Start;

const GREETING: &str = "
Hello! This text was printed by a program inside a container.

What had to happen for you to read it:
  1. the docker command asked the engine for a container of this image,
  2. the engine made one: a file system of its own, a process of its own,
  3. that process wrote these lines, and the engine brought them to you,
  4. it had nothing more to do, so the container stopped.

(This image is a stand-in that distlab built, because no registry answered.)

Next, try a container with a shell:
  docker container run -it alpine /bin/sh

";

pub(in crate::images) fn alpine() -> Result<Archive, EngineError> {
    let start = Start { command: &["/bin/sh"], ..Start::default() };
    let mut image = Archive::new(start, "busybox of this machine as alpine");
    base(&mut image, "alpine:latest", "Alpine", &[])?;
    image.file("etc/motd", 0o644, "A stand-in for Alpine Linux, built by distlab from busybox.\n");
    Ok(image)
}

/// With `httpd` and `nc`, as the genuine one has.
pub(in crate::images) fn busybox() -> Result<Archive, EngineError> {
    let start = Start { command: &["sh"], ..Start::default() };
    let mut image = Archive::new(start, "busybox of this machine");
    base(&mut image, "busybox:latest", "BusyBox", &[])?;
    Ok(image)
}

pub(in crate::images) fn hello_world() -> Result<Archive, EngineError> {
    let start = Start { command: &["/hello"], ..Start::default() };
    let mut image = Archive::new(start, "a greeting, printed by busybox of this machine");
    // Its own interpreter prints the text: sed, told to leave out this first line.
    image.file("hello", 0o755, format!("#!/bin/sed 1d\n{GREETING}"));
    image.host("bin/sed", static_busybox("hello-world:latest")?);
    Ok(image)
}

pub(in crate::images) fn ubuntu() -> Result<Archive, EngineError> {
    let name = "ubuntu:latest";
    let start = Start { command: &["/bin/bash"], ..Start::default() };
    let mut image = Archive::new(start, "bash and busybox of this machine as ubuntu");
    base(&mut image, name, "Ubuntu", &[])?;
    bash(&mut image, name)?;
    image.file("etc/issue", 0o644, "A stand-in for Ubuntu, built by distlab \\n \\l\n\n");
    Ok(image)
}
