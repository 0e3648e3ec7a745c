"""Command lines that make images and move files: build, save, load, import, export, commit, cp,
push, pull, login. See ../docker_lines.py for what the names mean.

Each side has folders of its own in {dir}/{n}, with its name in them, so that neither finds the
other's work in the cache. The reference tells at each build that it would rather use another
builder; ours has nothing to tell, so that text is masked away.
"""

import gzip
import io
import pathlib
import subprocess
import tarfile

# Lines where the two may differ, and why that is meant.
MEANT = {
    r"^builder$": "our pages are in our own words",
    r"^(history|rmi) .*{n}:1": "the lab's label is a layer of its own",
    r"^build {dir}/{n}/big$": "which sizes are shown on the way depends on the machine's speed",
    r"^build (http|git):": "the engine fetches it, in its own words",
}

# The size that the reference tells for a Dockerfile from elsewhere depends on the order of a Go map.
ROUGH = {r"^build .*-f (-|{dir}/\S+) {dir}/{n}/": (r"(Docker daemon +)\S+B", r"\1SIZE")}

MASKS = [
    (r"DEPRECATED: The legacy builder[^\n]*\n[^\n]*\n[^\n]*\n\r?\n", ""),
    (r"\.dockerfile\.[0-9a-f]{20}", "DOCKERFILE"),
    (r"docker-builder\d+", "BUILDER"),
    (r"multi:[0-9a-f]{15}…", "MULTI"),
    # Where the engine cuts the error stream of RUN is chance.
    (r"\x1b\[0m\x1b\[91m", ""),
]

LINES = r"""
build
build a b
build nosuch
build ''
build {dir}/{n}/plain/a.txt
build -f nosuch {dir}/{n}/plain
build -f {dir}/{n}/plain/sub {dir}/{n}/plain
build -f /etc {dir}/{n}/plain
build --memory x .
build -t BAD .
build -t '' .
build --build-arg =x .
build --label =x .
build --ulimit foo .
build --add-host foo .
build --squash .
build --build-context a=b .
build --progress plain .
build --secret x .
build --output x .
build --load .
build --cpu-shares x .
build --shm-size x .
build -x
build -t
build --rm=x .
build --platform foo {dir}/{n}/plain
build --isolation foo {dir}/{n}/plain
build --isolation foo -q {dir}/{n}/plain
build --security-opt foo -q {dir}/{n}/plain
build --target nosuch {dir}/{n}/plain
build http://localhost:1/x
build {dir}/{n}/plain
build {dir}/{n}/plain
build -t {n}:1 -t {n}/x:2 {dir}/{n}/plain
images --format '{{.Repository}} {{.Tag}} {{.ID}}' {n}
image build -q {dir}/{n}/plain
builder build -q {dir}/{n}/plain
inspect -f '{{json .Config.Cmd}} {{json .Config.Env}} {{.Config.WorkingDir}} {{json .Config.ExposedPorts}} {{.RepoTags}}' {n}:1
history --format '{{.CreatedBy}} {{.Size}}' {n}:1
run --rm {n}:1 cat /data/a.txt
build --no-cache {dir}/{n}/plain
build --rm=false --no-cache -q {dir}/{n}/plain
build --force-rm {dir}/{n}/plain
build --label a=1 --label zebra=2 {dir}/{n}/plain
build --label a=1 --label zebra=2 {dir}/{n}/plain
build -f {dir}/{n}/plain/Other {dir}/{n}/plain
build -f {dir}/{n}/Outside {dir}/{n}/plain
build --build-arg WHO=you {dir}/{n}/args
build --build-arg WHO {dir}/{n}/args
build --build-arg NOSUCH=1 {dir}/{n}/args
build --target first {dir}/{n}/stages
build -t {n}:stages {dir}/{n}/stages
run --rm {n}:stages
build --network none {dir}/{n}/net
build --network nosuch --no-cache {dir}/{n}/net
build --memory 64m --cpu-shares 512 --shm-size 32m --ulimit nofile=100:200 --no-cache {dir}/{n}/limits
build --add-host box:10.9.8.7 --no-cache {dir}/{n}/hosts
build --cache-from {img} {dir}/{n}/plain
build --compress --no-cache -q {dir}/{n}/plain
build {dir}/{n}/ignored
build --no-cache {dir}/{n}/ignored
build {dir}/{n}/badignore
build {dir}/{n}/exit
build -q {dir}/{n}/exit
build --force-rm {dir}/{n}/exit
build {dir}/{n}/nocommand
build {dir}/{n}/nofile
build {dir}/{n}/outside
build {dir}/{n}/badfrom
build {dir}/{n}/badword
build {dir}/{n}/empty
build {dir}/{n}/comment
build {dir}/{n}/nofrom
build {dir}/{n}/hollow
build {dir}/{n}/nothing
build {dir}/{n}/refused
build {dir}/{n}/mount
build {dir}/{n}/port
build {dir}/{n}/lower
build {dir}/{n}/big
build --iidfile {dir}/{n}/id {dir}/{n}/plain
build --iidfile /nosuch/x {dir}/{n}/plain
build --iidfile {dir}/{n}/idq -q {dir}/{n}/plain
rmi {n}:1 {n}/x:2
builder
builder foo
builder prune
builder prune -f
builder prune -a -f --filter until=24h
builder prune -f x
buildx build .
buildx
"""

PIPED = [
    (b"", "build -"),
    (b"foo\n", "build -"),
    (b"foo\n", "build -f x -"),
    (b"", "build -f - -"),
    (b"FROM localhost:1/x\n", "build -q -"),
    (b"FROM scratch\nCOPY x /\n", "build -"),
]

TYPED = [
    (b"", "build {dir}/{n}/big"),
    (b"", "build -q {dir}/{n}/big"),
    (b"", "build {dir}/{n}/exit"),
    (b"", "builder prune -f"),
    (b"n\n", "builder prune"),
]


def files(own, image):
    """The contexts of a side, by path."""
    head = f"FROM {image}\nRUN echo {own}\n"
    return {
        "plain/Dockerfile": f"# {own}\n{head}ENV WHO=me PLACE=$PATH\nWORKDIR /data\nCOPY a.txt sub ./\nEXPOSE 80 81/udp\n"
                            'RUN echo out; sleep 0.3; echo err >&2; sleep 0.3\nCMD ["sh", "-c", "cat a.txt"]\n',
        "plain/Other": f"FROM {image}\nCOPY sub/b.txt /b-{own}\n",
        "plain/a.txt": f"{own}\n",
        "plain/sub/b.txt": "b\n" * 300,
        f"plain/sub/{'long-' * 30}.txt": "long\n",
        "Outside": f"FROM {image}\nCOPY . /all-{own}\nRUN ls -a /all-{own}\n",
        "args/Dockerfile": f"ARG WHO\nFROM {image}\nRUN echo {own}\nARG WHO=nobody\nARG OTHER\nRUN echo $WHO {own}\n",
        "stages/Dockerfile": f"FROM {image} AS first\nRUN echo {own} > /first\nFROM {image} as second\n"
                             f"COPY --from=first /first /copied\nFROM second\nCMD [\"cat\", \"/copied\"]\n",
        "net/Dockerfile": f"{head}RUN ls /sys/class/net\n",
        "limits/Dockerfile": f"{head}RUN ulimit -n; df -k /dev/shm | tail -1\n",
        "hosts/Dockerfile": f"{head}RUN grep box /etc/hosts\n",
        "ignored/Dockerfile": f"{head}COPY . /in\nRUN find /in | sort\n",
        "ignored/.dockerignore": "# comment\n\n*.log\n**/*.tmp\nbuild\n!build/keep\nDockerfile\n/top\nd?c\n[a-b]c\n",
        "ignored/a.log": "", "ignored/sub/a.log": "", "ignored/a.tmp": "", "ignored/sub/deep/a.tmp": "",
        "ignored/build/x": "", "ignored/build/keep": "", "ignored/top/x": "", "ignored/sub/top": "",
        "ignored/doc/x": "", "ignored/ac": "", "ignored/cc": "",
        "badignore/Dockerfile": head, "badignore/.dockerignore": "[a\n",
        "exit/Dockerfile": f"{head}RUN exit 7\n",
        "nocommand/Dockerfile": f"{head}RUN nosuch\n",
        "nofile/Dockerfile": f"{head}COPY nosuch /\n",
        "outside/Dockerfile": f"{head}COPY ../x /\n",
        "badfrom/Dockerfile": "FROM\n",
        "badword/Dockerfile": f"{head}RUM x\n",
        "empty/Dockerfile": "",
        "comment/Dockerfile": f"# {own}\n",
        "nofrom/Dockerfile": f"RUN {own}\n",
        "hollow/Dockerfile": "ARG A\nFROM scratch\n",
        "nothing/Dockerfile": f"FROM scratch\nENV WHO={own}\n",
        "refused/Dockerfile": "FROM localhost:1/x\n",
        "mount/Dockerfile": f"{head}RUN --mount=type=cache,target=/x true\n",
        "port/Dockerfile": f"{head}EXPOSE abc\n",
        "lower/dockerfile": f"{head}",
        "big/Dockerfile": head, "big/blob": "x" * 3_000_000,
    }


def archive(image):
    """A context as an archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, text in {"./a.txt": "a\n", "./Dockerfile": f"FROM {image}\nCOPY a.txt /\nRUN cat /a.txt\n",
                           "./Other": f"FROM {image}\nCOPY nosuch /\n"}.items():
            info = tarfile.TarInfo(path)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return packed.getvalue()


def set_up(lines):
    packed = archive(lines.IMAGE)
    dockerfile = f"FROM {lines.IMAGE}\nCOPY a.txt /\n".encode()
    PIPED.extend([
        (packed, "build --no-cache -"),
        (gzip.compress(packed), "build --no-cache -q -"),
        (packed, "build -f Other -"),
        (packed, "build -f nosuch -"),
        (packed[:2000], "build -"),
        (dockerfile, "build -q -f - {dir}/{n}/plain"),
        (dockerfile, "build --no-cache -f - {dir}/{n}/plain"),
        (b"", "build -f - {dir}/{n}/plain"),
        (b"n\n", "builder prune"),
        (b"y\n", "builder prune --all"),
    ])
    for own in lines.SIDES:
        for path, text in files(own, lines.IMAGE).items():
            file = pathlib.Path(lines.DIR, own, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


def clean_up(lines):
    quiet = {"capture_output": True, "text": True, "check": False}
    listing = lines.REFERENCE + ["images", "-q", "--filter", f"label=peer={lines.RUN}"]
    for _ in range(2):
        found = subprocess.run(lines.REFERENCE + ["ps", "-aq", "--filter", f"label=peer={lines.RUN}",
                                                  "--filter", "status=exited"], **quiet).stdout.split()
        subprocess.run(lines.REFERENCE + ["rm", "-f"] + found, **quiet)
        found = set(subprocess.run(listing, **quiet).stdout.split())
        own = subprocess.run(lines.REFERENCE + ["images", "-q", lines.IMAGE], **quiet).stdout.split()
        subprocess.run(lines.REFERENCE + ["rmi", "-f"] + sorted(found - set(own)), **quiet)
