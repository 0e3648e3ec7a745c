//! An engine in a container: the host's own dockerd with all that it starts.

use std::path::Path;

use super::{Archive, For, base, find, libraries, program, program_if_here, tree};
use crate::EngineError;
use crate::images::archive::Start;

const NAME: &str = "docker:dind";

/// The engine, and what it runs by name.
const PARTS: &[&str] =
    &["dockerd", "containerd", "containerd-shim-runc-v2", "runc", "docker-init", "docker-proxy"];

/// The names that the engine knows the packet filter by; one program answers to all.
const FILTER: &[&str] = &["iptables", "iptables-save", "iptables-restore"];

/// Where the packet filter's extensions are, which it loads by name.
const EXTENSIONS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/xtables",
    "/usr/lib/aarch64-linux-gnu/xtables",
    "/usr/lib64/xtables",
    "/usr/lib/xtables",
];

/// What a killed engine leaves would keep the next one from starting; and the engine makes control
/// groups below its own, which have to be writable and, in the unified hierarchy, empty.
const ENTRYPOINT: &str = "\
#!/bin/sh
set -e
find /run /var/run -iname 'docker*.pid' -delete 2>/dev/null || :
if [ \"${1#-}\" != \"$1\" ] || [ $# = 0 ]; then set -- dockerd \"$@\"; fi
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    mount -o remount,bind,rw /sys/fs/cgroup /sys/fs/cgroup 2>/dev/null || :
    mkdir -p /sys/fs/cgroup/init
    for pid in $(cat /sys/fs/cgroup/cgroup.procs); do
        echo \"$pid\" >/sys/fs/cgroup/init/cgroup.procs 2>/dev/null || :
    done
    sed 's/ / +/g; s/^/+/' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
else
    for group in /sys/fs/cgroup /sys/fs/cgroup/*; do
        mount -o remount,bind,rw \"$group\" \"$group\" 2>/dev/null || :
    done
fi
exec \"$@\"
";

pub(in crate::images) fn engine() -> Result<Archive, EngineError> {
    let start = Start {
        command: &[],
        entrypoint: &["dockerd-entrypoint.sh"],
        expose: &["2375/tcp", "2376/tcp"],
        volumes: &["/var/lib/docker"],
        ..Start::default()
    };
    let made = For { name: NAME, package: "docker.io" };
    let mut image = Archive::new(start, "the engine of this machine");
    base(&mut image, NAME, "Docker", &[])?;
    for part in PARTS {
        program(&mut image, part, "usr/bin", made)?;
    }
    filter(&mut image)?;
    // `docker top` asks for columns that busybox does not have; where the kernel's own overlay is
    // of no use, the engine takes this one.
    program_if_here(&mut image, "ps", "bin");
    program_if_here(&mut image, "fuse-overlayfs", "usr/bin");
    let authorities = Path::new("/etc/ssl/certs/ca-certificates.crt");
    if authorities.is_file() {
        image.host("etc/ssl/certs/ca-certificates.crt", authorities);
    }
    image.file("usr/local/bin/dockerd-entrypoint.sh", 0o755, ENTRYPOINT);
    image.folder("var/lib/docker", 0o711);
    Ok(image)
}

/// The packet filter in the flavour that this machine uses.
fn filter(image: &mut Archive) -> Result<(), EngineError> {
    let made = For { name: NAME, package: "iptables" };
    let found = find("iptables").ok_or_else(|| made.missing("iptables"))?;
    let own = found.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    image.host(&format!("usr/sbin/{own}"), &found);
    libraries(image, &found);
    for name in FILTER {
        for name in [(*name).to_owned(), name.replace("ip", "ip6")] {
            if name != own {
                image.link(&format!("usr/sbin/{name}"), &own);
            }
        }
    }
    let extensions = EXTENSIONS.iter().map(Path::new).find(|folder| folder.is_dir());
    let extensions = extensions.ok_or_else(|| made.missing("the extensions of iptables"))?;
    tree(image, extensions, &|path| path.extension().is_some_and(|e| e == "so"));
    Ok(())
}
