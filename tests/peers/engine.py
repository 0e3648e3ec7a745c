#!/usr/bin/env python3
"""Runs a command on a Docker Engine of its own, in a network of its own: an empty engine that nobody
else sees, ready in about a second and gone with the command, containers and all.

    python3 tests/peers/engine.py COMMAND [ARG...]

The command finds the engine by DOCKER_HOST, and shares its loopback. Nothing outside is reached from
in there: no registry answers, and the address of the one interface leads nowhere. Several of these
run side by side. It needs root (as the engine does) and Debian's `unshare`, `ip` and `dockerd`.

Exit code: the command's own; 1 with a sentence when there is no engine to be had.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

INSIDE = "DISTLAB_ENGINE_FOLDER"
# An address for a swarm to be advertised at. There is no way out, so what is asked outside fails at
# once instead of after the patience of a resolver.
NETWORK = ["link set lo up", "link add eth0 type veth peer name far", "addr add 10.117.0.2/24 dev eth0",
           "link set eth0 up", "link set far up"]
PATIENCE_S = 60


def start(folder):
    """An engine that answers, or the end of this process."""
    for words in NETWORK:
        subprocess.run(["ip", *words.split()], check=True)
    (folder / "daemon.json").write_text("{}")
    socket = f"unix://{folder}/engine.sock"
    with open(folder / "log", "wb") as log:
        engine = subprocess.Popen(
            ["dockerd", "--config-file", folder / "daemon.json", "--host", socket, "--data-root", folder / "data",
             "--exec-root", folder / "exec", "--pidfile", folder / "pid",
             # Whoever manages the machine's control groups knows nothing of this network and its processes.
             "--exec-opt", "native.cgroupdriver=cgroupfs"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    os.environ["DOCKER_HOST"] = socket
    until = time.monotonic() + PATIENCE_S
    while subprocess.run(["docker", "version"], capture_output=True).returncode:
        if engine.poll() is not None or time.monotonic() > until:
            sys.exit(f"dockerd does not answer:\n{(folder / 'log').read_text(errors='replace')[-4000:]}")
        time.sleep(0.1)


def main():
    command = sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    for program in ("unshare", "ip", "dockerd", "docker"):
        if not shutil.which(program):
            sys.exit(f"an engine of one's own needs `{program}`, and it is not installed")
    if folder := os.environ.pop(INSIDE, None):
        start(pathlib.Path(folder))
        process = subprocess.Popen(command)
        # As the first process of its namespace it also inherits the ends of all others.
        while (ended := os.wait())[0] != process.pid:
            pass
        code = os.waitstatus_to_exitcode(ended[1])
        sys.exit(code if code >= 0 else 128 - code)
    # Everything that is started in there ends with the first process of its own process namespace.
    alone = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="engine", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen([*alone, sys.executable, __file__, *command], env={**os.environ, INSIDE: folder})
        try:
            sys.exit(process.wait())
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
