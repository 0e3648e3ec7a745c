#!/usr/bin/env python3
"""Drives the registry with the reference `docker` client and a real engine: log in, push, pull, mount,
delete, and what must be refused.

    DISTLAB=/path/to/distlab python3 tests/peers/registry.py

The engine and this script must share a loopback. Everything made on the engine is named after this run
and removed at the end. Without an engine it says so and passes, unless DISTLAB_REQUIRE_DOCKER=1.
"""

import io
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import urllib.request

from expectations import check, conclude

DOCKER = shlex.split(os.environ.get("DISTLAB_REFERENCE_DOCKER", "docker"))
DISTLAB = shlex.split(os.environ.get("DISTLAB", "distlab"))
RUN = f"peer{os.getpid()}"
IMAGE = f"{RUN}:1"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
LAB = """+++
format = 1
id = "push-and-pull"
title = "Push and pull"
track = "containers"
minutes = 1
needs = ["docker", "registry"]
+++
# Push and pull

## Push {#push}

Push something to {{registry}}.
"""


class Ran:
    def __init__(self, args, env=None, given=""):
        done = subprocess.run(args, env=env, input=given, capture_output=True, text=True, check=False)
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.all = f"{shlex.join(args)}\n{self.code}\n{self.out}{self.err}"

    def says(self, text):
        return text in self.out + self.err


def engine():
    """Why there is no engine, or nothing."""
    if not shutil.which(DOCKER[0]):
        return "the reference docker client is not installed"
    ran = Ran(DOCKER + ["version", "--format", "{{.Server.Version}}"])
    return "" if ran.code == 0 else ran.err.strip()


def make_image():
    """Imports an image of one file that nobody else has."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        content = os.urandom(3_000_000)
        member = tarfile.TarInfo("noise")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    subprocess.run(DOCKER + ["import", "-", IMAGE], input=archive.getvalue(), check=True, capture_output=True)


def in_lab(work):
    """Push and pull as a learner does: pull freely, push after a login."""
    folder = os.path.join(work, "labs", "containers", "90-push-and-pull")
    os.makedirs(folder)
    with open(os.path.join(folder, "lab.md"), "w", encoding="utf-8") as file:
        file.write(LAB)
    distlab = DISTLAB + ["--home", f"{work}/home", "--labs", f"{work}/labs"]
    own = os.path.join(work, "own")
    os.makedirs(own)
    base = {**os.environ, "HOME": own}
    base.pop("DOCKER_CONFIG", None)

    def lab(*words, given=""):
        return Ran(distlab + ["exec", "push-and-pull", "--", *words], base, given)

    # The reference client by its path: by its name, ours stands first.
    client = [shutil.which(DOCKER[0])] + DOCKER[1:]

    def docker(*words, given=""):
        return lab(*client, *words, given=given)

    told = lab("sh", "-c", 'echo "$REGISTRY $REGISTRY_USER $REGISTRY_PASSWORD $DOCKER_CONFIG"')
    registry, user, password, config = told.out.split()
    check("the address is the machine's own", registry.startswith("localhost:"), told.all)
    check("logins are kept in the lab", config.startswith(os.path.realpath(work)), told.all)
    first, second = f"{registry}/{RUN}/first:1.0", f"{registry}/{RUN}/second:latest"
    for name in (first, second):
        Ran(DOCKER + ["tag", IMAGE, name])

    ran = docker("push", first)
    check("a stranger may not push", ran.code == 1, ran.all)
    check("and is told so", ran.says("denied: requested access to the resource is denied"), ran.all)
    ran = docker("login", "-u", user, "--password-stdin", registry, given="wrong\n")
    check("a wrong password is refused", ran.code == 1 and ran.says("incorrect username or password"), ran.all)
    ran = docker("login", "-u", user, "--password-stdin", registry, given=password + "\n")
    check("the right one is taken", ran.code == 0 and ran.says("Login Succeeded"), ran.all)
    check("the learner's own files stay as they are", not os.path.exists(f"{own}/.docker"), ran.all)
    ran = docker("push", first)
    check("who has logged in may push", ran.code == 0 and ran.says("1.0: digest: sha256:"), ran.all)
    ran = docker("push", first)
    check("what is there is not sent again", ran.code == 0 and ran.says("Layer already exists"), ran.all)
    ran = docker("push", second)
    check("layers are mounted", ran.code == 0 and ran.says(f"Mounted from {RUN}/first"), ran.all)

    ran = docker("logout", registry)
    check("logged out", ran.code == 0, ran.all)
    Ran(DOCKER + ["rmi", "-f", first, second, IMAGE])
    ran = docker("pull", first)
    check("a stranger may pull", ran.code == 0 and ran.says("Downloaded newer image"), ran.all)
    Ran(DOCKER + ["tag", first, IMAGE])
    ran = docker("pull", f"{registry}/{RUN}/none:1.0")
    check("what is not there is not known", ran.code == 1 and ran.says("manifest unknown"), ran.all)

    ran = lab("registry", "tags", f"{RUN}/first", "--json")
    check("the lab's own command sees it", ran.code == 0 and json.loads(ran.out)["tags"] == ["1.0"], ran.all)
    ran = lab("registry", "ls")
    check("and both repositories", ran.says(f"{RUN}/first") and ran.says(f"{RUN}/second"), ran.all)
    ran = lab("registry", "manifest", first)
    check("and the manifest", ran.code == 0 and json.loads(ran.out)["mediaType"] == MANIFEST, ran.all)
    ran = Ran(distlab + ["undo", "push-and-pull"], base)
    check("a push can be taken back", ran.code == 0, ran.all)
    ran = docker("pull", second)
    check("and is gone then", ran.code == 1 and ran.says("manifest unknown"), ran.all)


class Serve:
    """A running `distlab serve`."""

    def __init__(self, home, *more):
        command = DISTLAB + ["--home", home, "serve", "--port", "0", "--registry-port", "0", *more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("REGISTRY="):
                self.registry = line.strip().removeprefix("REGISTRY=")
            if line.startswith("Ctrl-C"):
                return
        raise SystemExit("distlab serve did not start")

    def ask(self, method, path, **headers):
        request = urllib.request.Request(f"http://{self.registry}{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers, answer.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def served(work):
    """A server without credentials: pushes to it survive its death, deletions too."""
    home = f"{work}/serve"
    server = Serve(home, "--no-auth")
    name = f"{server.registry}/kept:1"
    Ran(DOCKER + ["tag", IMAGE, name])
    ran = Ran(DOCKER + ["push", name])
    check("nobody has to log in", ran.code == 0, ran.all)
    Ran(DOCKER + ["rmi", "-f", name])
    server.kill()

    server = Serve(home, "--no-auth")
    name = f"{server.registry}/kept:1"
    Ran(DOCKER + ["rmi", "-f", IMAGE])
    ran = Ran(DOCKER + ["pull", name])
    check("what was pushed outlives the server", ran.code == 0 and ran.says("Downloaded newer image"), ran.all)
    headers, _ = server.ask("HEAD", "/v2/kept/manifests/1", Accept=MANIFEST)
    server.ask("DELETE", f"/v2/kept/manifests/{headers['Docker-Content-Digest']}")
    Ran(DOCKER + ["rmi", "-f", name])
    ran = Ran(DOCKER + ["pull", name])
    check("what was deleted is not pulled", ran.code == 1 and ran.says("manifest unknown"), ran.all)
    _, body = server.ask("GET", "/v2/kept/tags/list")
    check("its tag is gone", json.loads(body)["tags"] == [], body)
    server.kill()


def clean():
    """Removes the images of this run, by all their names."""
    listed = Ran(DOCKER + ["images", "--format", "{{.Repository}}:{{.Tag}}"]).out.split()
    mine = [name for name in listed if RUN in name or "/kept:" in name]
    if mine:
        Ran(DOCKER + ["rmi", "-f", *mine])


def main():
    missing = engine()
    if missing:
        print(f"registry: skipped, no engine answers: {missing}")
        return 1 if os.environ.get("DISTLAB_REQUIRE_DOCKER") == "1" else 0
    with tempfile.TemporaryDirectory() as work:
        make_image()
        try:
            in_lab(work)
            served(work)
        finally:
            clean()
    return conclude("registry")


if __name__ == "__main__":
    sys.exit(main())
