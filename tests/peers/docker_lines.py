#!/usr/bin/env python3
"""Runs the same command lines through the reference `docker` client and through ours, on the same
engine, and compares standard output, standard error and exit code.

    DISTLAB_DOCKER='/path/to/distlab docker' python3 tests/peers/docker_lines.py [GROUP...]

The lines stand in docker/GROUP.py, each a module with

    LINES  command lines, one a line, run in order: first by the reference, then by ours
    PIPED  (standard input, line), run after them
    TYPED  (keys, line), run in a terminal after those
    MEANT  {pattern of lines where the two may differ: why that is meant}
    MASKS  [(pattern, replacement)] beside those that all have
    ROUGH  {pattern of lines: (pattern, replacement)}: what is masked in these lines alone
    UNORDERED  [pattern] of lines whose output has no order: much happens at once
    AT_ONCE [pattern] of lines that the engine refuses after many seconds and changes nothing for:
           both sides wait at the same time
    AGAIN  [pattern] of lines that only look, and see what is there for a moment or grows: where the
           two differ, both look again, LOOKS times in all
    BEFORE {pattern of lines: function of `lines` and a side's own name that waits for what the line
           needs, so that its answer does not hang on how fast the engine was}
    AFTER  {pattern of lines: command line of the reference that puts back what each side did}
    set_up(lines), clean_up(lines): what the group needs beside the shared image and containers;
           `lines` is this module: lines.reference(WORDS) runs the reference client, and
           lines.begin_swarm() makes a swarm; set_up may raise Skip with a sentence, and put into
           ENVIRONMENT what both sides are to find there

In a line {img} is the shared image, {repo} its name without the tag, {up} and {gone} a running and
an ended container, {n} the side's own name, {RUN} the name of this run, {dir} a folder of this run.
Ids, times and the two sides' own names are masked. Everything made carries a label of this run and
is removed at the end; nothing else on the engine is touched. It needs a busybox without libraries
on the host (`busybox-static`) and an engine; without an engine it says so and passes, unless
DISTLAB_REQUIRE_DOCKER=1.
"""

import concurrent.futures
import difflib
import importlib.util
import io
import json
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

REFERENCE = shlex.split(os.environ.get("DISTLAB_REFERENCE_DOCKER", "docker"))
OURS = shlex.split(os.environ.get("DISTLAB_DOCKER", ""))
# Whose words ours are.
REFERENCE_MAJOR = 28
RUN = f"peer{os.getpid()}"
IMAGE = f"{RUN}:1"
# What both sides share, and what each side calls its own.
DIR = tempfile.mkdtemp(prefix=RUN)
SHARED = {"img": IMAGE, "repo": RUN, "up": f"{RUN}-up", "gone": f"{RUN}-gone", "dir": DIR}
SIDES = [f"{RUN}-a", f"{RUN}-b"]

# How often both sides look, in lines whose answer may be another one a moment later.
LOOKS = 8

# What the environment of both sides has beside ours, for the group that is being compared.
ENVIRONMENT = {}

GROUPS = pathlib.Path(__file__).parent / "docker"


class Skip(Exception):
    """Why a group cannot be compared on this engine."""


def reference(*words, **more):
    """Runs the reference client, whatever becomes of it."""
    return subprocess.run([*REFERENCE, *words], capture_output=True, text=True, check=False, **more)


# Whether the engine's swarm was made here.
own_swarm = False


def begin_swarm():
    """Makes a swarm for a group; it ends with the group. One that is there already is not touched."""
    global own_swarm
    state = reference("info", "--format", "{{.Swarm.LocalNodeState}}").stdout.strip()
    if state != "inactive":
        raise Skip(f"the engine is in a swarm already ({state}), and that is not touched")
    made = reference("swarm", "init", "--advertise-addr", "127.0.0.1")
    if made.returncode:
        raise Skip(made.stderr.strip())
    own_swarm = True


def end_swarm():
    global own_swarm
    if own_swarm:
        reference("swarm", "leave", "--force")
        own_swarm = False


def words(line, own):
    values = {**SHARED, "n": own, "RUN": RUN}
    filled = re.sub(r"(?<!\{)\{(\w+)\}(?!\})", lambda m: values.get(m[1], m[0]), line)
    return shlex.split(filled)


# Of the group that is being compared.
MASKS = []
UNORDERED = []


def mask(text, own):
    text = text.replace(own, "OWN").replace(RUN, "RUN")
    rules = [
        (r"\b[0-9a-f]{64}\b", "ID64"),
        (r"\b[0-9a-f]{12}\b", "ID12"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| \+0000 UTC)", "TIME"),
        (r"(Less than a second|About an? \w+|\d+ (second|minute|hour)s?)( ago)?( \((Paused|unhealthy)\))? *", "SPAN "),
        # The columns of times are as wide as the widest of them at that moment.
        (r"\b(CREATED|STATUS|CURRENT STATE|RUNNING FOR) +", r"\1 "),
        (r"(0\.0\.0\.0|127\.0\.0\.1|\[::\]|::)(:| )?\d{5}", "PORT"),
        (r'("HostPort": ?|=)"?\d{5}"?', "HOSTPORT"),
        (r"(?m)^(root|daemon) +\d+ +\d+ +\d+ +\S+ +", "PROCESS "),
        (r"(?m)^\d+ +(sleep|sh)", r"PID \1"),
        (r'"Pid": ?\d+', "PIDFIELD"),
        # The waiting for services: how often it is looked at is nobody's promise.
        (r"(?m)^(overall progress|active tasks): .* out of .*\n", ""),
        (r"(?m)^overall progress: waiting for new tasks\n", ""),
        (r"(?m)^verify: Waiting .*\n", ""),
        (r"(?m)^job progress: waiting for tasks\n", ""),
        (r"(?m)^\d+/\d+: .*\n", ""),
    ]
    for pattern, with_text in MASKS + rules:
        text = re.sub(pattern, with_text, text)
    return text


def plain(program, line, own, stdin=b""):
    done = subprocess.run(program + words(line, own), input=stdin, capture_output=True, timeout=120,
                          env={**os.environ, **ENVIRONMENT})
    show = lambda b: mask(b.decode(errors="replace"), own)
    out = show(done.stdout)
    # Ours adds lines of its own on what to do; all others must be the reference's.
    err = "".join(l for l in show(done.stderr).splitlines(keepends=True) if not l.startswith("distlab: "))
    out = ordered(out)
    # Where the engine keeps no order, and shows what both sides have made.
    if re.search(r"^(diff|system df -v)", line):
        out = re.sub(r"OWN|RUN-[ab]\b", "SIDE", out)
        # A second more ("10 seconds ago") makes a column wider.
        out = "".join(sorted(re.sub(r"  +", "  ", l.rstrip(",")) + "\n" for l in out.splitlines()))
    if any(re.search(pattern, line) for pattern in UNORDERED):
        out, err = ("".join(sorted(text.splitlines(keepends=True))) for text in (out, err))
    return done.returncode, out, err


def ordered(text):
    """JSON with its keys in order: the reference prints them in the order of its own types."""
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return text
    if isinstance(value, dict):
        for gone in ("KernelMemory", "KernelMemoryTCP"):  # not in the reference's types any more
            value.pop(gone, None)
        for loose in ("Labels", "Mounts"):  # the reference or the engine keeps no order
            if isinstance(value.get(loose), str):
                value[loose] = ",".join(sorted(value[loose].split(",")))
    return json.dumps(value, sort_keys=True, indent=1) + text[end:]


def pause(seen, sent):
    """How many seconds nothing must have happened before the next key is typed."""
    if not seen and not sent:
        return 6  # a container takes its time to begin, and not all of them say that they have
    return 1.5 if sent[-1:] in b"\n\x11" else 0.2


def typed(program, line, own, keys):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.environ.update(ENVIRONMENT)
        os.execvp(program[0], program + words(line, own))
    subprocess.run(["stty", "rows", "33", "cols", "101"], stdin=terminal, check=False)
    seen, sent, last, start = b"", 0, time.time(), time.time()
    while time.time() - start < 60:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            seen, last = seen + data, time.time()
        elif sent < len(keys) and time.time() - last > pause(seen, keys[:sent]):
            os.write(terminal, keys[sent : sent + 1])
            sent, last = sent + 1, time.time()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    # When a shell draws its prompt again depends on when the size of the terminal reaches it.
    seen = re.sub(rb"\x1b\[6n|\r~ # \x1b\[J", b"", seen)
    return code, mask(seen.decode(errors="replace"), own), ""


def set_up():
    busybox = shutil.which("busybox") or "/bin/busybox"
    listing = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        def add(path, content=None, link=None, mode=0o755):
            info = tarfile.TarInfo(path)
            info.mode = mode
            if link:
                info.type, info.linkname = tarfile.SYMTYPE, link
            elif content is None:
                info.type = tarfile.DIRTYPE
            else:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content or b""))
        add("bin"); add("etc"); add("tmp", mode=0o1777)
        add("etc/passwd", b"root:x:0:0::/:/bin/sh\ndaemon:x:1:1::/:/bin/sh\n", mode=0o644)
        add("etc/group", b"root:x:0:\n", mode=0o644)
        with open(busybox, "rb") as file:
            add("bin/busybox", file.read())
        for name in listing.stdout.split():
            if name != "busybox":
                add(f"bin/{name}", link="busybox")
    subprocess.run(REFERENCE + ["import", "-c", 'CMD ["/bin/sh"]', "-c", f"LABEL peer={RUN}", "-", IMAGE],
                   input=archive.getvalue(), capture_output=True, check=True)
    label = ("--label", f"peer={RUN}")
    reference("run", "-d", "--name", SHARED["up"], *label, "-p", "80", "-p", "81/udp", IMAGE, "sleep", "1000")
    reference("run", "--name", SHARED["gone"], *label, IMAGE, "sh", "-c",
              "echo one; echo two >&2; touch /tmp/x; exit 3")
    # The first second of a container's life is spelled in its own way.
    time.sleep(2)


def clean_up():
    found = reference("ps", "-aq", "--filter", f"label=peer={RUN}").stdout.split()
    found += reference("ps", "-aq", "--filter", f"ancestor={IMAGE}").stdout.split()
    if found:
        reference("rm", "-fv", *sorted(set(found)))
    reference("volume", "rm", "-f", *(f"{side}-vol" for side in SIDES))
    reference("rmi", "-f", IMAGE)
    shutil.rmtree(DIR, ignore_errors=True)


def load(name):
    spec = importlib.util.spec_from_file_location(f"group_{name}", GROUPS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def show(line, theirs, ours):
    print(f"--- docker {line}")
    for name, a, b in zip(("exit code", "stdout", "stderr"), theirs, ours):
        if a != b:
            print(f"  {name}")
            lines = difflib.unified_diff(str(a).splitlines(), str(b).splitlines(),
                                         "reference", "ours", lineterm="", n=0)
            print("\n".join(f"    {text}" for text in lines))


def compare(group):
    """How many lines are equal, those that differ, and those that differ as meant."""
    work = [(line, plain, ()) for line in group.LINES.strip("\n").split("\n")]
    work += [(line, plain, (keys,)) for keys, line in getattr(group, "PIPED", [])]
    work += [(line, typed, (keys,)) for keys, line in getattr(group, "TYPED", [])]
    MASKS[:] = getattr(group, "MASKS", [])
    UNORDERED[:] = getattr(group, "UNORDERED", [])
    equal, differ, meant = 0, [], []
    for line, how, extra in work:
        def side(program, own):
            for pattern, before in getattr(group, "BEFORE", {}).items():
                if re.search(pattern, line):
                    before(sys.modules[__name__], own)
            try:
                result = how(program, line, own, *extra)
            except subprocess.TimeoutExpired:
                result = (None, "it did not end", "")
            for pattern, rule in getattr(group, "ROUGH", {}).items():
                if re.search(pattern, line):
                    code, *texts = result
                    result = (code, *(re.sub(*rule, text) for text in texts))
            for pattern, after in getattr(group, "AFTER", {}).items():
                if re.search(pattern, line):
                    reference(*words(after, own))
            return result

        at_once = any(re.search(pattern, line) for pattern in getattr(group, "AT_ONCE", []))
        looks = LOOKS if any(re.search(pattern, line) for pattern in getattr(group, "AGAIN", [])) else 1
        for _ in range(looks):
            with concurrent.futures.ThreadPoolExecutor(2 if at_once else 1) as sides:
                results = list(sides.map(side, (REFERENCE, OURS), SIDES))
            if results[0] == results[1]:
                break
        reason = next((why for pattern, why in group.MEANT.items() if re.search(pattern, line)), None)
        if results[0] == results[1]:
            equal += 1
        elif reason:
            meant.append((line, reason))
        else:
            differ.append(line)
            show(line, *results)
    return equal, differ, meant


def main():
    if not OURS:
        sys.exit("set DISTLAB_DOCKER to our docker command, such as '/path/to/distlab docker'")
    asked = reference("version", "--format", "{{.Client.Version}}")
    version = asked.stdout.strip()
    if asked.returncode != 0:
        if os.environ.get("DISTLAB_REQUIRE_DOCKER") == "1":
            sys.exit("no engine answers, and DISTLAB_REQUIRE_DOCKER is set")
        print("skipped: no engine answers")
        return
    names = sys.argv[1:] or sorted(path.stem for path in GROUPS.glob("*.py"))
    lines = sys.modules[__name__]
    total = [0, 0, 0]
    # Being stopped is no reason to leave things behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        set_up()
        for name in names:
            group = load(name)
            try:
                getattr(group, "set_up", lambda _: None)(lines)
                equal, differ, meant = compare(group)
            except Skip as why:
                print(f"{name}: skipped: {why}")
                continue
            finally:
                getattr(group, "clean_up", lambda _: None)(lines)
                end_swarm()
            for line, reason in meant:
                print(f"meant: docker {line}: {reason}")
            found = (equal, len(differ), len(meant))
            print("{}: {} equal, {} differ, {} differ as meant".format(name, *found))
            total = [a + b for a, b in zip(total, found)]
    finally:
        clean_up()
    print("{} equal, {} differ, {} differ as meant".format(*total))
    # An older reference says many things otherwise: its differences are shown, and prove nothing.
    judged = int(version.split(".")[0]) >= REFERENCE_MAJOR
    if not judged:
        print(f"the reference client is {version}; lines are held to {REFERENCE_MAJOR} and later")
    sys.exit(1 if total[1] and judged else 0)


if __name__ == "__main__":
    main()
