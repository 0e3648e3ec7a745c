#!/usr/bin/env python3
"""Fills the engine with things that are none of the program's (containers, images, networks,
volumes, and a swarm with a service, a secret and a config where the engine is in none), runs a
command, and finds every one of them as it was.

    python3 tests/peers/foreign.py COMMAND [ARG...]

Exit code: the command's own, or 1 when something foreign was touched. What this made is removed at
the end. Without an engine the command alone is run, unless DISTLAB_REQUIRE_DOCKER=1.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time

RUN = f"foreign{os.getpid()}"
# A swarm makes this bridge and leaves it behind.
bridge_is_ours = False


def docker(*words, stdin=None, check=True):
    done = subprocess.run(["docker", *words], input=stdin, capture_output=True)
    if check and done.returncode:
        sys.exit(f"docker {' '.join(words)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace").strip()


def image():
    """A busybox without libraries as an image."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for folder in ("bin", "data"):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        tar.add(os.path.realpath(shutil.which("busybox") or "/bin/busybox"), "bin/busybox")
        for name in ("sh", "sleep", "cat"):
            info = tarfile.TarInfo(f"bin/{name}")
            info.type, info.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(info)
    docker("import", "-c", 'CMD ["/bin/sh"]', "-", f"{RUN}:1", stdin=archive.getvalue())
    docker("tag", f"{RUN}:1", f"localhost:5999/{RUN}:2")


def fill():
    """Makes the foreign things. Their names and labels come as near to a lab's as they can."""
    image()
    docker("network", "create", "--label", "distlabel=x", f"{RUN}-net")
    docker("volume", "create", "--label", "not-distlab=tweet-app", f"{RUN}-vol")
    docker("run", "-d", "--init", "--name", f"{RUN}-up", "--network", f"{RUN}-net", "--restart", "always",
           "-v", f"{RUN}-vol:/data", "--label", "lab=distlab", f"{RUN}:1",
           "sh", "-c", "echo kept > /data/file; sleep 100000")
    docker("create", "--name", f"{RUN}-made", f"{RUN}:1", "cat", "/data/file")
    docker("run", "--name", f"{RUN}-ended", "-v", "/anonymous", f"{RUN}:1", "sh", "-c", "echo x > /kept; exit 3",
           check=False)
    docker("commit", f"{RUN}-ended", f"{RUN}:committed")
    if docker("info", "--format", "{{.Swarm.LocalNodeState}}") != "inactive":
        return False
    global bridge_is_ours
    bridge_is_ours = not docker("network", "ls", "-q", "--filter", "name=docker_gwbridge")
    docker("swarm", "init", "--advertise-addr", "127.0.0.1")
    docker("secret", "create", f"{RUN}-secret", "-", stdin=b"secret")
    docker("config", "create", f"{RUN}-config", "-", stdin=b"config")
    docker("network", "create", "-d", "overlay", f"{RUN}-overlay")
    docker("service", "create", "--detach", "--no-resolve-image", "--name", f"{RUN}-service", "--network",
           f"{RUN}-overlay", "--secret", f"{RUN}-secret", "--config", f"{RUN}-config", "--init", f"{RUN}:1",
           "sleep", "100000")
    for _ in range(300):
        if docker("service", "ls", "--filter", f"name={RUN}-service", "--format", "{{.Replicas}}") == "1/1":
            return True
        time.sleep(0.1)
    sys.exit("the foreign service does not start")


def look(swarm):
    """Everything foreign in every detail that nothing may change."""
    seen = {}
    for name in ("up", "made", "ended"):
        found = json.loads(docker("inspect", f"{RUN}-{name}"))[0]
        seen[name] = {key: found[key] for key in ("Id", "Created", "State", "Config", "HostConfig", "Mounts", "Image")}
    seen["file"] = docker("exec", f"{RUN}-up", "cat", "/data/file")
    for tag in (f"{RUN}:1", f"localhost:5999/{RUN}:2", f"{RUN}:committed"):
        seen[tag] = json.loads(docker("image", "inspect", tag))[0]
        seen[tag].pop("Metadata", None)
    seen["network"] = json.loads(docker("network", "inspect", f"{RUN}-net"))[0]
    seen["volume"] = json.loads(docker("volume", "inspect", f"{RUN}-vol"))[0]
    if swarm:
        info = json.loads(docker("info", "--format", "{{json .Swarm}}"))
        seen["swarm"] = {key: info[key] for key in ("NodeID", "LocalNodeState", "ControlAvailable", "Nodes")}
        seen["tasks"] = docker("service", "ps", "--no-trunc", "--format", "{{.ID}} {{.Name}} {{.DesiredState}}",
                               f"{RUN}-service")
        for kind in ("service", "secret", "config"):
            seen[kind] = json.loads(docker(kind, "inspect", f"{RUN}-{kind}"))[0]
        overlay = json.loads(docker("network", "inspect", f"{RUN}-overlay"))[0]
        seen["overlay"] = {key: overlay[key] for key in ("Id", "Labels", "IPAM", "Containers")}
    return seen


def remove(swarm):
    if swarm:
        docker("swarm", "leave", "--force", check=False)
        if bridge_is_ours:
            docker("network", "rm", "docker_gwbridge", check=False)
    docker("rm", "-fv", f"{RUN}-up", f"{RUN}-made", f"{RUN}-ended", check=False)
    docker("network", "rm", f"{RUN}-net", check=False)
    docker("volume", "rm", f"{RUN}-vol", check=False)
    docker("rmi", "-f", f"{RUN}:committed", f"localhost:5999/{RUN}:2", f"{RUN}:1", check=False)


def main():
    command = sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    if subprocess.run(["docker", "version"], capture_output=True).returncode:
        if os.environ.get("DISTLAB_REQUIRE_DOCKER") == "1":
            sys.exit("no engine answers, and DISTLAB_REQUIRE_DOCKER is set")
        sys.exit(subprocess.run(command).returncode)
    swarm = False
    try:
        swarm = fill()
        before = look(swarm)
        code = subprocess.run(command).returncode
        after = look(swarm)
    finally:
        remove(swarm)
    touched = [name for name in before if before[name] != after[name]]
    for name in touched:
        print(f"touched: {name}\n  before {json.dumps(before[name])}\n  after  {json.dumps(after[name])}")
    words = "with a swarm of its own" if swarm else "in the swarm that was there"
    print(f"{len(before) - len(touched)} of {len(before)} foreign things as they were, {words}")
    sys.exit(code or (1 if touched else 0))


if __name__ == "__main__":
    main()
