#!/usr/bin/env python3
"""Lets the reference `docker` client and ours speak to a small engine made up here, and compares whom
they say they are at a registry: the headers X-Registry-Auth and X-Registry-Config, and the query
`registryAuthFrom`, request by request.

    DISTLAB_DOCKER='/path/to/distlab docker' python3 tests/peers/docker_auth.py

It needs the reference client and no engine; without the client it says so and passes, unless
DISTLAB_REQUIRE_DOCKER=1.
"""

import base64
import http.server
import json
import os
import pathlib
import re
import shlex
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import urllib.parse

REFERENCE = shlex.split(os.environ.get("DISTLAB_REFERENCE_DOCKER", "docker"))
OURS = shlex.split(os.environ.get("DISTLAB_DOCKER", ""))

# The Docker Hub gave a token in place of the password; `both` is what an older client left.
SETTINGS = {
    "auths": {
        "localhost:5999": {"auth": base64.b64encode(b"me:pw").decode()},
        "both.example": {"auth": base64.b64encode(b"you:pw").decode(), "identitytoken": "t1"},
        "https://index.docker.io/v1/": {"auth": base64.b64encode(b"hub:").decode(), "identitytoken": "t2"},
    }
}

DIGEST = "sha256:" + "12" * 32

STACK = {
    "known": "localhost:5999/x:1",
    "both": "both.example/x",
    "hub": "alpine",
    "stranger": "localhost:5998/x",
    "pinned": f"localhost:5999/x@{DIGEST}",
}

LINES = [
    *(f"service create -d --with-registry-auth --name {name} {image}" for name, image in STACK.items()),
    "service create -d --with-registry-auth --no-resolve-image --name unresolved localhost:5999/x",
    "service create -d --name plain localhost:5999/x",
    "service update -d --with-registry-auth --env-add A=1 known",
    "service update -d --with-registry-auth --image alpine known",
    "service update -d --with-registry-auth --image alpine --no-resolve-image known",
    "service update -d --image alpine known",
    "service update -d --rollback known",
    "service rollback -d known",
    "service scale -d known=2",
    "stack deploy -d --with-registry-auth -c {dir}/stack.yml st",
    "stack deploy -d --with-registry-auth -c {dir}/stack.yml st",
    "stack deploy -d --with-registry-auth --resolve-image changed -c {dir}/stack.yml st",
    "stack deploy -d --with-registry-auth --resolve-image never -c {dir}/stack.yml st",
    "stack deploy -d -c {dir}/stack.yml st",
    "stack deploy -d --with-registry-auth --resolve-image never -c {dir}/stack.yml other",
    "stack deploy -d -c {dir}/stack.yml third",
    "pull localhost:5999/x",
    "pull both.example/x",
    "pull alpine",
    "pull localhost:5998/x",
    "push localhost:5999/x",
]


class Engine(http.server.BaseHTTPRequestHandler):
    """As much of an engine as the lines need: it keeps services and knows every image."""

    protocol_version = "HTTP/1.1"
    services = {}
    seen = []

    def log_message(self, *_):
        pass

    def answer(self, value, kind="application/json"):
        body = b"" if self.command == "HEAD" else json.dumps(value).encode()
        self.send_response(200)
        for name, text in {"Api-Version": "1.41", "Ostype": "linux", "Content-Type": kind}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(re.sub(r"^/v[\d.]+", "", url.path))
        query = urllib.parse.parse_qs(url.query)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = [(name, base64.urlsafe_b64decode(self.headers[name]).decode())
                for name in ("X-Registry-Auth", "X-Registry-Config") if self.headers[name]]
        if said or re.match(r"/(services/.+(create|update)|distribution|images)|/services/create", path):
            self.seen.append((self.command, path, query.get("registryAuthFrom"), said))
        if path == "/services/create":
            spec = json.loads(body)
            self.services[spec["Name"]] = {"ID": spec["Name"], "Version": {"Index": 1}, "Spec": spec}
            self.answer({"ID": spec["Name"]})
        elif made := re.fullmatch(r"/services/([^/]+)/update", path):
            if "rollback" not in query:
                self.services[made[1]]["Spec"] = json.loads(body)
            self.answer({})
        elif path == "/services":
            label = re.search(r"namespace=(\w+)", query.get("filters", [""])[0])
            of = lambda service: (service["Spec"].get("Labels") or {}).get("com.docker.stack.namespace")
            self.answer([s for s in self.services.values() if label and of(s) == label[1]])
        elif path.startswith("/services/"):
            self.answer(self.services[path.rsplit("/", 1)[1]])
        elif path.startswith("/distribution/"):
            self.answer({"Descriptor": {"digest": DIGEST}, "Platforms": [{"architecture": "amd64", "os": "linux"}]})
        elif path == "/info":
            self.answer({"Swarm": {"ControlAvailable": True, "LocalNodeState": "active"}})
        elif path.startswith("/images/"):
            self.answer({"status": "done"})
        else:
            self.answer({} if self.command == "POST" or path == "/version" else [])

    do_GET = do_HEAD = do_POST = serve


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def get_request(self):
        request, _ = super().get_request()
        return request, ("local", 0)


def run(program, line, folder):
    """What the engine was asked, in the order of names: a client walks a file's services in any."""
    Engine.seen.clear()
    words = shlex.split(line.replace("{dir}", folder))
    done = subprocess.run(program + words, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, sorted(Engine.seen, key=str)


def main():
    if not OURS:
        sys.exit("set DISTLAB_DOCKER to our docker command, such as '/path/to/distlab docker'")
    if not shutil.which(REFERENCE[0]):
        if os.environ.get("DISTLAB_REQUIRE_DOCKER") == "1":
            sys.exit("there is no reference client, and DISTLAB_REQUIRE_DOCKER is set")
        print("skipped: there is no reference client")
        return
    folder = tempfile.mkdtemp(prefix="auth")
    files = {"config.json": json.dumps(SETTINGS),
             "stack.yml": json.dumps({"services": {name: {"image": image} for name, image in STACK.items()}})}
    for name, text in files.items():
        pathlib.Path(folder, name).write_text(text)
    server = Server(f"{folder}/engine.sock", Engine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ |= {"DOCKER_HOST": f"unix://{folder}/engine.sock", "DOCKER_CONFIG": folder}
    try:
        results = []
        for program in (REFERENCE, OURS):
            Engine.services.clear()
            results.append([run(program, line, folder) for line in LINES])
    finally:
        shutil.rmtree(folder)
    wrong = 0
    for line, theirs, ours in zip(LINES, *results):
        if theirs != ours:
            wrong += 1
            print(f"--- docker {line}\n  reference {theirs}\n  ours      {ours}")
    print(f"auth: {len(LINES) - wrong} equal, {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
