"""Command lines that move files and images: cp, save, load, import, export, commit, push, pull, login.
See ../docker_lines.py for what the names mean.

Each side has a folder {dir}/{n} and an image {n}:own of its own, so that neither finds the other's
layers in the registry. Where a copy is refused the reference logs that its own pipe broke; that is
masked away. The registry is our own, started here: {reg}, and who may push to it.
"""

import io
import os
import pathlib
import subprocess
import tarfile

# Lines where the two may differ, and why that is meant.
MEANT = {
    r"^load -i /etc": "we do not name the request that the file was for",
    r"^(login|logout) a b$": "the reference misprints 'Run' as 'SRun'",
    r"^login -u me -p x$": "the time until the Docker Hub is given up differs",
}

# Whether the engine says that it verifies a small layer is chance.
MASKS = [(r"(?m)^[0-9a-f]{12}: (Verifying Checksum|Download complete)\n", ""), (r'time="[^"]*" level=error msg="Can\'t [^\n]*\n', ""), (r"localhost:\d{4,5}", "REGISTRY"), (r"/docker-import-\d+", "/TEMPORARY")]

# What was made in the same second stands in any order.
UNORDERED = [r"^images --format"]

LINES = r"""
cp
cp a b
cp a b c
cp {up}:/a {up}:/b
cp '' {up}:/
cp {up}:/x ''
cp -x a b
cp {up}:/nosuch {dir}
cp nosuch:/x {dir}
cp {dir}/nosuch {up}:/
cp /nosuch {up}:/
cp {up}:/bin/busybox /nosuch/a/b
cp {up}:/etc/passwd {dir}/nosuchdir/
cp {up}:/etc {dir}/{n}/in/a.txt
cp {dir}/{n}/in {up}:/etc/passwd
cp {dir}/{n}/in/a.txt {up}:/nosuch/
cp {dir}/{n}/in/a.txt {up}:/nosuch/x
cp {dir}/{n}/in/a.txt nosuch:/
cp {up}:/etc/passwd /dev/null
cp {dir}/{n}/in/a.txt {up}:/tmp/{n}-file
exec {up} cat /tmp/{n}-file
cp --quiet=false {dir}/{n}/in/a.txt {up}:/tmp/
cp --quiet=false {dir}/{n}/in {up}:/tmp/{n}-new
exec {up} find /tmp/{n}-new
cp {dir}/{n}/in {up}:/tmp/{n}-new
exec {up} sh -c 'find /tmp/{n}-new | sort'
cp {dir}/{n}/in/. {up}:/tmp/{n}-dot
cp {dir}/{n}/in/. {up}:/tmp/{n}-dot
exec {up} sh -c 'find /tmp/{n}-dot | sort; stat -c "%a %n" /tmp/{n}-dot/run.sh; readlink /tmp/{n}-dot/link'
cp -L {dir}/{n}/in/link {up}:/tmp/{n}-followed
cp {dir}/{n}/in/link {up}:/tmp/{n}-kept
exec {up} sh -c 'ls -l /tmp/{n}-kept | cut -c1; ls -l /tmp/{n}-followed | cut -c1; cat /tmp/{n}-followed'
cp -a {dir}/{n}/in {up}:/tmp/{n}-archive
exec {up} sh -c 'stat -c "%u:%g %n" /tmp/{n}-archive/a.txt'
cp {dir}/{n}/in/a.txt {up}:tmp/{n}-relative
exec {up} ls /tmp/{n}-relative
cp --quiet=false {up}:/etc/passwd {dir}/{n}/passwd
cp --quiet=false {up}:/etc {dir}/{n}/etc
cp {up}:/etc/. {dir}/{n}/etc-dot
cp {up}:/etc {dir}/{n}/etc-dot
cp {up}:/etc/passwd {dir}/{n}/etc-dot
cp {up}:/etc/passwd {dir}/{n}/etc-dot/passwd
cp -L {up}:/bin/ls {dir}/{n}/ls
cp {up}:/bin/ls {dir}/{n}/ls-link
cp {dir}/{n}/ls-link {up}:/tmp/{n}-lslink
cp {dir}/{n}/etc {up}:/tmp/{n}-back
exec {up} sh -c 'find /tmp/{n}-back | sort; readlink /tmp/{n}-lslink'
cp {gone}:/tmp/x {dir}/{n}/x
cp {dir}/{n}/links {up}:/tmp/{n}-l
cp {dir}/{n}/links/rel {up}:/tmp/{n}-l/to/name
cp {dir}/{n}/links/rel/ {up}:/tmp/{n}-l/to
cp {dir}/{n}/links/rel/. {up}:/tmp/{n}-l/to/dot
cp {dir}/{n}/links/two/sub {up}:/tmp/{n}-l/to/through
cp {dir}/{n}/links/dangling {up}:/tmp/{n}-l/to
cp {dir}/{n}/links/loop {up}:/tmp/{n}-l/to
cp {dir}/{n}/links/fa/ {up}:/tmp/{n}-l/to
cp {dir}/{n}/in/a.txt/ {up}:/tmp/{n}-l/to
cp {dir}/{n}/in/a.txt/x {up}:/tmp/{n}-l/to
cp -L {dir}/{n}/links/fa/ {up}:/tmp/{n}-l/to
cp -L {dir}/{n}/in/a.txt/x {up}:/tmp/{n}-l/to
exec {up} sh -c 'cd /tmp/{n}-l/to; find . | sort; find . -type l | sort | xargs -n 1 readlink; stat -c %h name/hard'
cp -L {dir}/{n}/links/rel {up}:/tmp/{n}-l/followed
cp -L {dir}/{n}/links/rel/ {up}:/tmp/{n}-l/followed
cp -L {dir}/{n}/links/two/. {up}:/tmp/{n}-l/followed
cp -L {dir}/{n}/links/fa {up}:/tmp/{n}-l/followed
cp -L {dir}/{n}/links/dangling {up}:/tmp/{n}-l/followed
cp -L {dir}/{n}/links/dangling/x {up}:/tmp/{n}-l/followed
cp -L {dir}/{n}/links/loop {up}:/tmp/{n}-l/followed
cp {dir}/{n}/links/out {up}:/tmp/{n}-l/followed
exec {up} sh -c 'cd /tmp/{n}-l/followed; find . | sort; find . -type l | sort | xargs -n 1 readlink'
cp {dir}/{n}/in/a.txt {up}:/tmp/{n}-l/rel
cp {dir}/{n}/in/a.txt {up}:/tmp/{n}-l/two/
cp {dir}/{n}/in/a.txt {up}:/tmp/{n}-l/fa
cp {dir}/{n}/in/a.txt {up}:/tmp/{n}-l/dangling
cp {dir}/{n}/in/a.txt {up}:/tmp/{n}-l/loop
cp {dir}/{n}/in {up}:/tmp/{n}-l/two
cp {dir}/{n}/in {up}:/tmp/{n}-l/fa
cp {dir}/{n}/in/link {up}:/tmp/{n}-l/real/a.txt
exec {up} sh -c 'cd /tmp/{n}-l; find . -path ./to -prune -o -print | sort; find . -type l | sort | xargs -n 1 readlink'
cp {dir}/{n}/links {up}:/tmp/{n}-m
cp {up}:/tmp/{n}-m/rel {dir}/{n}/links/to/name
cp {up}:/tmp/{n}-m/rel/ {dir}/{n}/links/to
cp {up}:/tmp/{n}-m/rel/. {dir}/{n}/links/to/dot
cp {up}:/tmp/{n}-m/two/sub {dir}/{n}/links/to/through
cp {up}:/tmp/{n}-m/dangling {dir}/{n}/links/to
cp {up}:/tmp/{n}-m/loop {dir}/{n}/links/to
cp {up}:/tmp/{n}-m/real {dir}/{n}/links/to
cp {dir}/{n}/links/to {up}:/tmp/{n}-seen
exec {up} sh -c 'cd /tmp/{n}-seen; find . | sort; find . -type l | sort | xargs -n 1 readlink; stat -c %h real/hard'
cp -L {up}:/tmp/{n}-m/rel {dir}/{n}/links/to/followed
cp -L {up}:/tmp/{n}-m/rel {dir}/{n}/links/to/followed
cp -L {up}:/tmp/{n}-m/rel/ {dir}/{n}/links/to/followed
cp -L {up}:/tmp/{n}-m/two {dir}/{n}/links/to/followed
cp -L {up}:/tmp/{n}-m/two/. {dir}/{n}/links/to/followed
cp -L {up}:/tmp/{n}-m/fa {dir}/{n}/links/to/followed
cp -L {up}:/tmp/{n}-m/dangling {dir}/{n}/links/to/followed
cp -L {up}:/tmp/{n}-m/loop {dir}/{n}/links/to/followed
cp {up}:/tmp/{n}-m/up {dir}/{n}/links/to
exec {up} ln -s ../../../../../../../../../etc /tmp/{n}-m/out/far
cp {up}:/tmp/{n}-m/out {dir}/{n}/links/to
cp {up}:/tmp/{n}-m/out/far {dir}/{n}/links/to
cp {up}:/tmp/{n}-m/real/a.txt {dir}/{n}/links/lto
cp {up}:/tmp/{n}-m/real/a.txt {dir}/{n}/links/fa
cp {up}:/tmp/{n}-m/real/a.txt {dir}/{n}/links/dangling
cp {up}:/tmp/{n}-m/real/a.txt {dir}/{n}/links/loop
cp {up}:/tmp/{n}-m/real {dir}/{n}/links/lto
cp {up}:/tmp/{n}-m/real {dir}/{n}/links/fa
cp {up}:/tmp/{n}-m/real {dir}/{n}/links/nofolder
cp {dir}/{n}/links {up}:/tmp/{n}-all
exec {up} sh -c 'cd /tmp/{n}-all; find . | sort; find . -type l | sort | xargs -n 1 readlink'
commit
commit a b c
commit nosuch
commit {gone} BAD
commit -c 'FOO x' {gone}
commit -p=x {gone}
commit {gone}
commit -m 'a message' -a me -c 'ENV A=1' -c 'CMD ["x"]' {gone} {n}:commit
inspect -f '{{.Comment}} {{.Author}} {{json .Config.Env}} {{json .Config.Cmd}} {{.RepoTags}}' {n}:commit
commit -p=false {up} {n}:running
commit {up} {n}
images --format '{{.Repository}} {{.Tag}}' {n}
export
export nosuch
export a b
export -o /nosuch/x {gone}
export -o {dir} {gone}
export -o {dir}/{n}/export.tar {gone}
save
save nosuch
save -o /nosuch/x {img}
save -o {dir} {img}
save {n}:own nosuch
save -o {dir}/{n}/two.tar {n}:own {n}:commit
save -o {dir}/{n}/save.tar {n}:own
rmi {n}:own {n}:commit
load -i {dir}/{n}/save.tar
image load -q -i {dir}/{n}/save.tar
load -i /nosuch
load -i /etc
load -i {dir}/{n}/in/a.txt
load x
import
import /nosuch
import - BAD
import http://localhost:1/x
import {dir}/{n}/in/a.txt
import -c 'FOO x' {dir}/{n}/export.tar
import -m hello -c 'CMD ["/bin/sh"]' {dir}/{n}/export.tar {n}:import
inspect -f '{{.Comment}} {{json .Config.Cmd}} {{.RepoTags}} {{len .RootFS.Layers}}' {n}:import
image import {dir}/{n}/export.tar
push
push a b
push BAD
push nosuch:x
push nosuch
push -a nosuch:x
push -a nosuch
push localhost:1/x@sha256:0000000000000000000000000000000000000000000000000000000000000000
tag {n}:own localhost:1/{n}
push localhost:1/{n}
push -q localhost:1/{n}
push -a localhost:1/{n}
pull localhost:1/x
pull -q localhost:1/x
pull -a localhost:1/x
pull -a localhost:1/x:y
pull localhost:1/x@sha256:0000000000000000000000000000000000000000000000000000000000000000
login a b
login {reg}
login -p x {reg}
login -u me -p x --password-stdin {reg}
login --password-stdin {reg}
login -u me -p x localhost:1
logout a b
logout
logout localhost:1
tag {n}:own {reg}/{n}
tag {n}:own {reg}/{n}:two
--config {dir}/{n}/config push {reg}/{n}
--config {dir}/{n}/config login -u me -p wrong {reg}
--config {dir}/{n}/config login -u {user} -p {password} {reg}
--config {dir}/{n}/config login {reg}
--config {dir}/{n}/config push {reg}/{n}
--config {dir}/{n}/config push {reg}/{n}
--config {dir}/{n}/config push -q {reg}/{n}:two
--config {dir}/{n}/config push -a {reg}/{n}
--config {dir}/{n}/config push {reg}/{n}:nosuch
rmi {reg}/{n} {reg}/{n}:two {n}:own localhost:1/{n}
--config {dir}/{n}/config pull {reg}/{n}
--config {dir}/{n}/config pull {reg}/{n}
--config {dir}/{n}/config pull -q {reg}/{n}:two
--config {dir}/{n}/config pull -a {reg}/{n}
--config {dir}/{n}/config pull {reg}/{n}:nosuch
--config {dir}/{n}/config pull {reg}/nosuch
--config {dir}/{n}/config logout {reg}
--config {dir}/{n}/config logout {reg}
--config {dir}/{n}/config pull {reg}/{n}
--config {dir}/{n}/bad pull {reg}/{n}
"""

PIPED = [
    (b"", "load"),
    (b"junk", "load"),
    (b"junk", "import - {n}:junk"),
    (b"junk", "cp - {up}:/etc/passwd"),
    (b"junk", "cp - {up}:/tmp"),
    (b"wrong\n", "--config {dir}/{n}/config login -u me --password-stdin {reg}"),
]

TYPED = [
    (b"", "save {img}"),
    (b"", "export {gone}"),
    (b"", "load"),
    (b"", "load -i {dir}/{n}/save.tar"),
    (b"", "cp {dir}/{n}/in/a.txt {up}:/tmp"),
    (b"", "cp {up}:/etc/passwd {dir}/{n}"),
    (b"me\nwrong\n", "--config {dir}/{n}/config login {reg}"),
    (b"wrong\n", "--config {dir}/{n}/config login -u me {reg}"),
    (b"\n", "--config {dir}/{n}/config login {reg}"),
    (b"", "--config {dir}/{n}/config login -u {user} -p {password} {reg}"),
    (b"", "--config {dir}/{n}/config push {reg}/{n}"),
    (b"", "rmi {reg}/{n} {reg}/{n}:two"),
    (b"", "--config {dir}/{n}/config pull {reg}/{n}"),
    (b"", "--config {dir}/{n}/config logout {reg}"),
]

servers = []


def archive(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, text in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return packed.getvalue()


def links(folder):
    """A tree with links of every kind: to files and folders, in a row, to nothing, in a circle, to the
    outside, absolute, and a hard one."""
    (folder / "real" / "sub").mkdir(parents=True)
    (folder / "real" / "a.txt").write_text("a\n")
    (folder / "real" / "sub" / "b.txt").write_text("b\n")
    (folder / "real" / "hard").hardlink_to(folder / "real" / "a.txt")
    for name in ("out", "to"):
        (folder / name).mkdir()
    for name, target in {"rel": "real", "two": "rel", "fa": "real/a.txt", "dangling": "nowhere", "loop": "pool",
                         "pool": "loop", "lto": "to", "nofolder": "to/new", "real/la": "a.txt", "real/lsub": "sub",
                         "real/abs": "/etc/passwd", "out/up": "../real"}.items():
        (folder / name).symlink_to(target)


def registry(lines):
    """Starts our registry, and gives its address and account to the lines."""
    program = os.environ.get("DISTLAB", lines.OURS[0])
    server = subprocess.Popen([program, "--home", f"{lines.DIR}/registry", "serve", "--port", "0", "--registry-port", "0"],
                              stdout=subprocess.PIPE, text=True)
    servers.append(server)
    names = {"REGISTRY": "reg", "REGISTRY_USER": "user", "REGISTRY_PASSWORD": "password"}
    for line in server.stdout:
        name, _, value = line.strip().partition("=")
        if name in names:
            lines.SHARED[names[name]] = value
        if line.startswith("Ctrl-C"):
            return
    raise SystemExit(f"{program} did not start a registry")


def set_up(lines):
    registry(lines)
    for own in lines.SIDES:
        folder = pathlib.Path(lines.DIR, own)
        inside = folder / "in"
        (inside / "sub").mkdir(parents=True)
        (inside / "a.txt").write_text(f"{own}\n")
        (inside / "sub" / "b.txt").write_text("b\n")
        (inside / "run.sh").write_text("#!/bin/sh\n")
        (inside / "run.sh").chmod(0o755)
        (inside / "link").symlink_to("a.txt")
        links(folder / "links")
        (folder / "bad").mkdir()
        (folder / "bad" / "config.json").write_text('{"auths": {}}')
        subprocess.run(lines.REFERENCE + ["import", "-c", f"LABEL peer={lines.RUN}", "-", f"{own}:own"],
                       input=archive({"own": own * 50_000}), capture_output=True, check=True)


def clean_up(lines):
    for server in servers:
        server.terminate()
        server.wait()
    quiet = {"capture_output": True, "text": True, "check": False}
    names = subprocess.run(lines.REFERENCE + ["images", "--format", "{{.Repository}}:{{.Tag}}"], **quiet).stdout.split()
    own = [name for name in names if any(side in name for side in lines.SIDES)]
    subprocess.run(lines.REFERENCE + ["rmi", "-f"] + own, **quiet)
    labelled = subprocess.run(lines.REFERENCE + ["images", "-q", "--filter", f"label=peer={lines.RUN}", "--filter",
                                                 "dangling=true"], **quiet).stdout.split()
    subprocess.run(lines.REFERENCE + ["rmi", "-f"] + labelled, **quiet)
