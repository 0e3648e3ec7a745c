#!/usr/bin/env python3
"""Drives the account's own registry (ECR) with our `docker` and a real engine: log in, push, pull, and what
must be refused in ECR's words.

    DISTLAB=/path/to/distlab python3 tests/peers/ecr_docker.py

The engine and this script must share a loopback. Everything made on the engine is named after this run
and removed at the end. Without an engine it says so and passes, unless DISTLAB_REQUIRE_DOCKER=1.
"""

import io
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time

from expectations import check, conclude

DISTLAB = shlex.split(os.environ.get("DISTLAB", "distlab"))
RUN = f"peer{os.getpid()}"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
REPOSITORY = f"{HOST}/{RUN}/web"


class Ran:
    def __init__(self, home, *args, given=""):
        line = [*DISTLAB, "--home", home, "exec", "serve", "--", *args]
        done = subprocess.run(line, input=given, capture_output=True, text=True, check=False)
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.all = f"{shlex.join(args)}\n{self.code}\n{self.out}{self.err}"


def make_image(name):
    """Imports an image of one file that nobody else has."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        content = os.urandom(100_000)
        member = tarfile.TarInfo("noise")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    subprocess.run(["docker", "import", "-", name], input=archive.getvalue(), check=True, capture_output=True)


def names():
    """Every name on the engine that has to do with this run."""
    told = subprocess.run(["docker", "images", "--format", "{{.Repository}}:{{.Tag}}"], capture_output=True, text=True)
    return sorted(line for line in told.stdout.splitlines() if RUN in line)


def same(ran, code, out=None, err=None):
    """What a command printed, in full."""
    wanted = (code, ran.out if out is None else out, ran.err if err is None else err)
    check(ran.all.splitlines()[0], (ran.code, ran.out, ran.err) == wanted, f"{ran.all}\nwanted {wanted}")


def walk(home):
    docker = lambda *args, **given: Ran(home, "docker", *args, **given)
    aws = lambda *args: Ran(home, "aws", *args)
    make_image(f"{RUN}:1")
    same(docker("tag", f"{RUN}:1", f"{REPOSITORY}:1"), 0, "", "")
    ran = docker("push", f"{REPOSITORY}:1")
    check("a stranger is refused", ran.code == 1 and ran.err.strip() == "no basic auth credentials", ran.all)
    check("under the name that was typed", f"The push refers to repository [{REPOSITORY}]" in ran.out, ran.all)
    password = aws("ecr", "get-login-password")
    check("there is a password", password.code == 0 and len(password.out) > 100, password.all)
    ran = docker("login", "-u", "AWS", "--password-stdin", HOST, given="nonsense")
    check(
        "a wrong password is refused",
        ran.code == 1 and f"login attempt to https://{HOST}/v2/ failed with status: 400 Bad Request" in ran.err,
        ran.all,
    )
    ran = docker("login", "-u", "AWS", "--password-stdin", HOST, given=password.out)
    check("the password is taken", ran.code == 0 and "Login Succeeded" in ran.out, ran.all)
    old = aws("ecr", "get-login", "--no-include-email")
    check("the old way", old.out.startswith("docker login -u AWS -p ") and old.out.endswith(f" https://{HOST}\n"), old.all)
    ran = docker("push", f"{REPOSITORY}:1")
    wanted = (
        f"name unknown: The repository with name '{RUN}/web' does not exist in the registry with id '123456789012'"
    )
    check("there is no repository yet", ran.code == 1 and ran.err.strip() == wanted, ran.all)
    ran = aws("ecr", "create-repository", "--repository-name", f"{RUN}/web", "--query", "repository.repositoryUri")
    same(ran, 0, json.dumps(REPOSITORY) + "\n", "")
    ran = docker("push", f"{REPOSITORY}:1")
    check("it is pushed", ran.code == 0 and "1: digest: sha256:" in ran.out and "localhost" not in ran.out, ran.all)
    check("no name is left over", names() == sorted([f"{RUN}:1", f"{REPOSITORY}:1"]), names())
    ran = aws("ecr", "list-images", "--repository-name", f"{RUN}/web", "--query", "imageIds[].imageTag")
    check("it is listed", json.loads(ran.out or "[]") == ["1"], ran.all)
    ran = docker("push", f"{REPOSITORY}:none")
    check("what is not there", ran.code == 1 and "An image does not exist locally with the tag" in ran.err, ran.all)
    docker("rmi", f"{REPOSITORY}:1", f"{RUN}:1")
    ran = docker("pull", f"{REPOSITORY}:1")
    check("it is pulled", ran.code == 0 and ran.out.endswith(f"{REPOSITORY}:1\n"), ran.all)
    check("in its own words", f"1: Pulling from {RUN}/web\n" in ran.out and "localhost" not in ran.out, ran.all)
    check("under its own name", names() == [f"{REPOSITORY}:1"], names())
    ran = docker("pull", f"{REPOSITORY}:2")
    wanted = f"Error response from daemon: manifest for {REPOSITORY}:2 not found: manifest unknown: Requested image not found"
    check("an unknown tag", ran.code == 1 and ran.err.strip() == wanted, ran.all)
    aws("ecr", "put-image-tag-mutability", "--repository-name", f"{RUN}/web", "--image-tag-mutability", "IMMUTABLE")
    make_image(f"{REPOSITORY}:1")
    ran = docker("push", f"{REPOSITORY}:1")
    wanted = (
        f"tag invalid: The image tag '1' already exists in the '{RUN}/web' repository and cannot be overwritten "
        "because the repository is immutable."
    )
    check("an immutable tag", ran.code == 1 and ran.err.strip() == wanted, ran.all)
    subprocess.run([*DISTLAB, "--home", home, "time", "+12h", "--lab", "serve"], check=True, capture_output=True)
    ran = docker("push", f"{REPOSITORY}:1")
    wanted = "denied: Your authorization token has expired. Reauthenticate and try again."
    check("the password has ended", ran.code == 1 and wanted in ran.err, ran.all)
    ran = docker("logout", HOST)
    same(ran, 0, f"Removing login credentials for {HOST}\n", "")


def main():
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode:
        print("no engine: nothing was compared")
        return 1 if os.environ.get("DISTLAB_REQUIRE_DOCKER") == "1" else 0
    with tempfile.TemporaryDirectory() as work:
        home = os.path.join(work, "home")
        os.environ["HOME"] = work
        with open(os.path.join(work, "log"), "wb") as log:
            line = [*DISTLAB, "--home", home, "serve", "--port", "0", "--registry-port", "0"]
            server = subprocess.Popen(line, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 60
            while "AWS_ENDPOINT_URL=" not in pathlib.Path(work, "log").read_text(encoding="utf-8"):
                if time.monotonic() > until or server.poll() is not None:
                    sys.exit(pathlib.Path(work, "log").read_text(encoding="utf-8"))
                time.sleep(0.1)
            walk(home)
            check("the learner's own logins are left alone", not pathlib.Path(work, ".docker", "config.json").exists())
        finally:
            left = names()
            if left:
                subprocess.run(["docker", "rmi", "--force", *left], capture_output=True, check=False)
            server.terminate()
            server.wait()
    return conclude("ecr")


if __name__ == "__main__":
    sys.exit(main())
