#!/usr/bin/env python3
"""The gate: what must hold, what each step may cost, what runs side by side, and which results of an
earlier run still stand. `.ci/run` installs what is missing and runs this; Python 3.11, nothing else.

The steps are done in two phases of lanes. A lane has workers of its own, each of which does one step
after the other; lanes do not wait for each other. First everything is built and fetched. Then

    tests    `cargo test`, the README's command
    engines  what compares with a real engine and proves labs on one
    rest     what needs no engine

Each step of the first two has an empty engine to itself, in a network of its own
(tests/peers/engine.py), so that none sees another's containers, swarms, ports or counts. Where that
cannot be (it takes root), all share the machine's own engine in one lane, one after the other.

A step writes to a file, which is printed whole when it ends; the files of those that failed end the
run's output, where they are looked for. Steps that fail do not stop others; but when something does
not build, nothing is tried.

Proofs of labs and comparisons with engines wait for real machines, with a learner's patience, and half
a dozen of them at once on two cores use it up now and then. So a few that failed side by side are tried
once more, each with the machine to itself. What passes then is called UNSTEADY, with the log of its
failure, and is never reused; what fails twice fails the run.

The result of a step that says which crates it is about is reused until one of these changes: the
sources of those crates and of all that they depend on, Cargo.lock, this folder, the step's scripts,
the versions of the tools. Results are kept in the cache folder, so a new machine does everything, and
so does DISTLAB_FRESH=1.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "distlab"
PYTHON = sys.executable
CORES = os.cpu_count() or 2

# Everything that is the program's: for steps that go through all of it.
PROGRAM = None
DOCKER = ["command/docker"]
CLOUD = ["aws", "wire"]
# Step that compares: its budget in seconds, and the crates below src/ that it is about. Each file in
# tests/peers/docker is one, the tests of each service (`ec2_*_test.py`), and each peer of
# tests/peers/run.sh.
GROUPS = {
    "docker build": (150, DOCKER),
    "docker compose": (420, DOCKER),
    "docker container": (150, DOCKER),
    "docker context": (60, DOCKER),
    "docker network": (75, DOCKER),
    "docker service": (120, DOCKER),
    "docker stack": (80, DOCKER),
    "docker swarm": (120, DOCKER),
    "docker system": (75, DOCKER),
    "docker transfer": (60, ["command/docker", "registry", "wire"]),
    "docker typed": (75, DOCKER),
    "docker volume": (45, DOCKER),
    "registry": (
        150,
        ["aws", "aws/ecs", "aws/elbv2", "command", "command/docker", "registry", "session", "wire"],
    ),
    "auth": (30, DOCKER),
    "hadoop": (360, ["command", "hadoop"]),
    "host": (120, ["host"]),
    "distlab acm": (60, ["aws/acm", *CLOUD]),
    "distlab autoscaling": (90, ["aws/autoscaling", *CLOUD]),
    "distlab cloudformation": (120, ["systems", *CLOUD]),
    "distlab cloudfront": (120, ["aws/cloudfront", "aws/ecs", "aws/elbv2", "command", *CLOUD]),
    "distlab cloudwatch": (60, CLOUD),
    "distlab dynamodb": (240, CLOUD),
    "distlab ec2": (90, CLOUD),
    "distlab ecr": (60, CLOUD),
    "distlab ecs": (90, ["aws/ecs", *CLOUD]),
    "distlab elbv2": (120, ["aws/acm", "aws/elbv2", "aws/hosts", *CLOUD]),
    "distlab hosts": (90, ["aws/hosts", "command", *CLOUD]),
    "distlab iam": (60, CLOUD),
    "distlab logs": (60, CLOUD),
    "distlab pynamodb": (60, CLOUD),
    "distlab route53": (90, ["aws/route53", "aws/elbv2", "aws/hosts", "command", *CLOUD]),
    "distlab s3": (120, CLOUD),
    "distlab ssm": (60, CLOUD),
    "names": (60, ["systems", "wire", "session"]),
    "model": (30, ["systems"]),
    "moto": (240, []),
}
ON_ENGINE = ("docker ", "registry")

# Budgets of the other steps. Those that build are for a machine that has built nothing.
BUDGETS_S = {
    "gate": 30,
    "format": 15,
    "build": 600,
    "references": 240,
    "tests": 420,
    "lint": 15,
    "clippy": 420,
    "cargo-deny": 60,
    "typos": 15,
}
# Of the proof of a lab, unless it is here.
LAB_S = 90
LABS_S = {"ec2": 180, "monolith-deploy": 240, "microservices": 300, "first-containers": 180, "hdfs-internals": 300, "images": 120, "bridge-networking": 120, "compose": 90, "overlay": 180, "swarm": 240, "swarm-failures": 240}

# More failures than these are no accident, and nothing is tried again; nor is it when that would take
# longer than anybody lets a run go on.
AGAIN_MAX, AGAIN_UNTIL_S = 3, 3600

# What all of it may take when nothing was there, and when results could be reused.
COLD_S, WARM_S = 2400, 900


@dataclasses.dataclass(frozen=True)
class Step:
    name: str
    lane: str
    budget_s: int
    command: list
    # The files that its result hangs on. Without any it is never reused.
    files: frozenset = frozenset()
    env: dict = dataclasses.field(default_factory=dict)
    # A step and words: it is not begun before that one has said them, or has ended.
    after: tuple = ()

    @property
    def limit_s(self):
        """When it is taken to hang, and stopped."""
        return 3 * self.budget_s + 300


class Trouble(Exception):
    """Why the gate cannot even begin."""


# Which files a result hangs on.


def manifests(root):
    """Folder of each crate, as a path from the root, and its Cargo.toml."""
    found = [root / "Cargo.toml", *(root / "src").rglob("Cargo.toml")]
    return {path.parent.relative_to(root).as_posix(): tomllib.loads(path.read_text()) for path in found}


def neighbours(root, crates, folder):
    """The crates of this workspace that one depends on to be built (not to be tested)."""
    shared = crates["."].get("workspace", {}).get("dependencies", {})
    manifest = crates[folder]
    for part in [manifest, *manifest.get("target", {}).values()]:
        for name, wanted in {**part.get("dependencies", {}), **part.get("build-dependencies", {})}.items():
            place = folder
            if isinstance(wanted, dict) and wanted.get("workspace"):
                place, wanted = ".", shared[name]
            if isinstance(wanted, dict) and "path" in wanted:
                yield (root / place / wanted["path"]).resolve().relative_to(root.resolve()).as_posix()


def below(root, folder, without=()):
    """The files below a folder, except for those of other crates in it and what tools leave behind."""
    for place, folders, names in os.walk(root / folder):
        here = pathlib.Path(place).relative_to(root)
        folders[:] = [name for name in folders if name != "__pycache__" and (here / name).as_posix() not in without]
        yield from (here / name for name in names)


def sources(root, names):
    """The source files of these crates below src/ and of all that they depend on; of all for None."""
    crates = manifests(root)
    if names is PROGRAM or names and len(crates) == 1:
        return frozenset(file for folder in ("src", "assets") for file in below(root, folder))
    waiting, seen = [f"src/{name}" for name in names], set()
    while waiting:
        folder = waiting.pop()
        if folder not in crates:
            raise Trouble(f"there is no crate in {folder}: say in .ci/gate.py which ones the step is about")
        if folder not in seen:
            seen.add(folder)
            waiting.extend(neighbours(root, crates, folder))
    return frozenset(file for folder in seen for file in below(root, folder, set(crates) - {folder}))


def always(root):
    """What every result hangs on."""
    files = [pathlib.Path("Cargo.toml"), pathlib.Path("Cargo.lock"), *below(root, ".ci")]
    return frozenset([*files, pathlib.Path("build.rs")])


def service_of(path):
    """Which service a file of tests is about: `ec2` for `ec2_network_test.py`."""
    return path.name.partition("_")[0]


def peer_files(root, name):
    """The scripts of a comparison: those that all share, and the lines of its own group."""
    here = root / "tests/peers"
    group = name.removeprefix("distlab ")
    files = [path for path in here.iterdir() if path.is_file()
             and (group == name or not path.name.endswith("_test.py") or service_of(path) == group)]
    if name.startswith("docker "):
        files.append(here / "docker" / f"{name.removeprefix('docker ')}.py")
    if name == "host":
        files += (here / "host").iterdir()
    return frozenset(path.relative_to(root) for path in files)


def tools():
    """The versions of everything that is compared with or stands behind a comparison."""
    said = [platform.release(), platform.python_version()]
    for command in ("docker version --format {{.Client.Version}}/{{.Server.Version}}", "dockerd --version",
                    "rustc --version", "java -version", "nginx -v", "mariadbd --version", "bash --version"):
        try:
            done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
            said.append(f"{command}: {done.stdout}{done.stderr}")
        except FileNotFoundError:
            said.append(f"{command}: none")
    busybox = pathlib.Path(shutil.which("busybox") or "/bin/busybox")
    said.append(hashlib.sha256(busybox.read_bytes()).hexdigest() if busybox.exists() else "no busybox")
    said += [f"{name}={os.environ[name]}" for name in sorted(os.environ) if name.startswith("DISTLAB_REFERENCE_")]
    return "\n".join(said)


def key(root, step, versions):
    """Says in one word all that the result of a step hangs on."""
    whole = hashlib.sha256(f"{step.name}\0{versions}\0".encode())
    for file in sorted(step.files):
        path = root / file
        whole.update(f"{file}\0{path.stat().st_mode if path.exists() else None}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest() if path.exists() else b"")
    return whole.hexdigest()


# The steps.


def labs(root):
    """Id of each lab -> (its head, the files that its proof hangs on beside the program)."""
    heads = {}
    for path in sorted((root / "labs").glob("*/*/lab.md")):
        head = tomllib.loads(path.read_text().split("+++")[1])
        heads[head["id"]] = (head, path.parent.relative_to(root))
    found = {}
    for name, (head, _) in heads.items():
        files, needs, before = set(), set(), name
        while before in heads:  # what it continues is proved with it, and needs what that needs
            files.update(below(root, heads[before][1]))
            needs.update(heads[before][0].get("needs", []))
            before = heads[before][0].get("continues")
        found[name] = ({**head, "needs": sorted(needs)}, frozenset(files))
    return found


def plan(root, target, homes, alone):
    """The phases: each a dictionary of lanes with their number of workers, and its steps."""
    engine = [PYTHON, "tests/peers/engine.py"] if alone else []
    engines = "engines" if alone else "tests"
    program = str(target / "debug" / "distlab")

    def step(name, lane, *command, **more):
        return Step(name, lane, BUDGETS_S[name], list(command), **more)

    first = [
        step("gate", "build", PYTHON, "-B", ".ci/gate_test.py"),
        step("format", "build", "cargo", "fmt", "--all", "--check"),
        step("build", "build", "cargo", "test", "--locked", "--no-run"),
        step("references", "fetch", "sh", "tests/peers/run.sh", env={"PEERS": "references"}),
    ]
    clippy = "cargo clippy --locked --workspace --all-targets -- -D warnings".split()
    then = [
        step("tests", "tests", *engine, "cargo", "test", "--locked"),
        step("lint", "rest", program, "lint"),
        # Cargo lets only one build at a time: clippy would keep the tests waiting, which only look
        # whether all is built and give back the lock.
        step("clippy", "rest", *clippy, after=("tests", "Running ")),
    ]
    if shutil.which("cargo-deny"):
        then.append(step("cargo-deny", "rest", *"cargo deny check bans licenses sources".split()))
    if shutil.which("typos"):
        then.append(step("typos", "rest", "typos"))

    for name, (budget_s, crates) in GROUPS.items():
        peer, _, group = name.partition(" ")
        command, env = ["sh", "tests/peers/run.sh"], {"PEERS": peer, "GROUP": group, "DISTLAB": program}
        files = always(root) | sources(root, crates) | peer_files(root, name)
        if name.startswith(ON_ENGINE):
            then.append(Step(name, engines, budget_s, [*engine, *command], files, env))
        else:
            then.append(Step(name, "rest", budget_s, command, files, env))

    scripts = frozenset([pathlib.Path("tests/peers/engine.py"), pathlib.Path("tests/peers/foreign.py")])
    for name, (head, own) in labs(root).items():
        budget_s = LABS_S.get(name, LAB_S)
        files = always(root) | sources(root, PROGRAM) | own
        env = {"DISTLAB_HOME": str(homes / name)}
        if {"docker", "swarm"} & set(head.get("needs", [])):
            # On an engine full of things that are none of the program's, a swarm among them.
            prove = ["sh", "-c", f"'{program}' test {name} && '{program}' clean --yes"]
            command = [*engine, PYTHON, "tests/peers/foreign.py", *prove]
            then.append(Step(f"lab {name}", engines, budget_s, command, files | scripts, env))
        else:
            then.append(Step(f"lab {name}", "rest", budget_s, [program, "test", name, "--seeds", "3"], files, env))

    # The longest first, so that no worker is left alone with it at the end.
    then.sort(key=lambda step: -step.budget_s)
    # What has an engine mostly waits for it, and people's patience is part of what it checks: there
    # may be more of that than cores, and the rest has only what it leaves of them.
    then = [dataclasses.replace(step, command=["nice", "-n", "10", *step.command]) if step.lane == "rest" else step
            for step in then]
    return [({"build": 1, "fetch": 1}, first), ({"tests": 1, "engines": CORES + 1, "rest": CORES}, then)]


def check_plan(root):
    """What a person has to put right before the gate means anything."""
    groups = {f"docker {path.stem}" for path in (root / "tests/peers/docker").glob("*.py")}
    if wrong := groups ^ {name for name in GROUPS if name.startswith("docker ")}:
        raise Trouble(f"tests/peers/docker and GROUPS in .ci/gate.py do not agree about: {', '.join(sorted(wrong))}")
    services = {f"distlab {service_of(path)}" for path in (root / "tests/peers").glob("*_test.py")}
    if wrong := services ^ {name for name in GROUPS if name.startswith("distlab ")}:
        raise Trouble(f"tests/peers/*_test.py and GROUPS in .ci/gate.py do not agree about: {', '.join(sorted(wrong))}")
    asked = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
    known = json.loads(subprocess.run(asked, cwd=root, stdout=subprocess.PIPE, check=True).stdout)
    if left := set(known["workspace_members"]) - set(known["workspace_default_members"]):
        raise Trouble(f"`cargo test` would leave out members of the workspace: put them into default-members of "
                      f"Cargo.toml: {', '.join(sorted(left))}")


# Doing them.


@dataclasses.dataclass
class Result:
    step: Step
    ok: bool
    seconds: float
    reused: bool = False
    # The log of a failure beside others, of a step that was tried again.
    failure: str = ""

    @property
    def word(self):
        if not self.ok:
            return "FAILED"
        if self.failure:
            return "UNSTEADY"
        return "reused" if self.reused else "over its budget" if self.seconds > self.step.budget_s else ""


class Gate:
    """One run: what is going on, and what came out."""

    def __init__(self, root, cache, versions="", fresh=False, out=sys.stdout):
        self.root, self.cache, self.versions, self.fresh, self.out = root, cache / "gate", versions, fresh, out
        self.began = time.monotonic()
        self.results, self.running, self.logs, self.stopping = [], {}, {}, False
        self.lock = threading.RLock()  # a signal may come while something is said
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="gate"))
        self.cache.mkdir(parents=True, exist_ok=True)

    def say(self, text, log=""):
        """Prints something in one piece."""
        with self.lock:
            print(f"[{time.monotonic() - self.began:5.0f} s] {text}", file=self.out)
            if log:
                print(log.rstrip("\n"), end="\n\n", file=self.out)
            self.out.flush()

    def kept(self, step):
        return self.cache / (re.sub(r"\W+", "-", step.name) + ".json")

    def reuse(self, step, now):
        """The result of an earlier run, where it stands."""
        if self.fresh or not step.files:
            return None
        try:
            kept = json.loads(self.kept(step).read_text())
        except (OSError, ValueError):
            return None
        return kept if kept["key"] == now else None

    def keep(self, step, now, seconds, log):
        """Keeps a success, unless its sources were changed in the meantime."""
        if step.files and key(self.root, step, self.versions) == now:
            text = json.dumps({"key": now, "seconds": seconds, "when": time.strftime("%F %T %Z"), "log": log})
            new = self.kept(step).with_suffix(".new")
            new.write_text(text)
            os.replace(new, self.kept(step))

    def begin(self, step, path):
        """Starts a step that writes to a file, unless it cannot be run or all is being stopped."""
        with self.lock, open(path, "wb") as log:
            self.logs[step.name] = path
            if self.stopping:
                return None
            try:
                process = subprocess.Popen(step.command, cwd=self.root, env={**os.environ, **step.env}, stdout=log,
                                           stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True)
            except OSError as why:
                log.write(f"{step.command[0]} cannot be run: {why}\n".encode())
                return None
            self.running[step.name] = (process, path)
            return process

    def do(self, step, now):
        """Does a step, or takes what an earlier run found."""
        if kept := self.reuse(step, now):
            self.say(f"== {step.name}: reused, read on {kept['when']} in {kept['seconds']:.0f} s", kept["log"])
            self.results.append(Result(step, True, 0, True))
            return
        self.say(f"-- {step.name} begins")
        began, path = time.monotonic(), self.work / (re.sub(r"\W+", "-", step.name) + ".log")
        process, code, note = self.begin(step, path), 1, ""
        if process:
            try:
                code = process.wait(step.limit_s)
            except subprocess.TimeoutExpired:
                note = f" It was stopped after {step.limit_s} s."
                end(process)
            self.running.pop(step.name, None)
        if self.stopping:
            return
        seconds, log = time.monotonic() - began, path.read_text(errors="replace")
        verdict = "ok" if code == 0 else f"FAILED (exit code {code})"
        self.say(f"== {step.name}: {verdict}, {seconds:.0f} s of {step.budget_s} s.{note}", log)
        if code == 0:
            self.keep(step, now, seconds, log)
        if seconds > step.budget_s:
            self.say(f"WARNING: {step.name} took {seconds:.0f} s, and its budget is {step.budget_s} s")
        self.results.append(Result(step, code == 0, seconds))

    def ready(self, step):
        """Whether what has to come before it has come."""
        name, words = step.after or ("", "")
        if not name or any(result.step.name == name for result in self.results):
            return True
        return name in self.logs and words.encode() in self.logs[name].read_bytes()

    def phase(self, lanes, steps, keys):
        """Does the steps of all lanes, and says whether all went well."""
        waiting = {lane: [step for step in steps if step.lane == lane] for lane in lanes}
        before = len(self.results)

        def work(lane):
            while waiting[lane] and not self.stopping:
                with self.lock:
                    step = next((step for step in waiting[lane] if self.ready(step)), None)
                    if step:
                        waiting[lane].remove(step)
                if not step:
                    time.sleep(0.2)
                    continue
                try:
                    self.do(step, keys.get(step.name))
                except Exception as why:  # a step that is lost must not look like one that was not asked for
                    self.say(f"== {step.name}: FAILED: {why!r}")
                    self.results.append(Result(step, False, 0))

        workers = [threading.Thread(target=work, args=[lane]) for lane, many in lanes.items() for _ in range(many)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        done = self.results[before:]
        return len(done) == len(steps) and all(result.ok for result in done)

    def log(self, step):
        """What a step wrote when it was done last."""
        return self.logs[step.name].read_text(errors="replace") if step.name in self.logs else ""

    def again(self):
        """Does the steps of the last phase that failed once more, alone, and says whether that mended all."""
        failed = [result for result in self.results if not result.ok]
        if self.stopping or len(failed) > AGAIN_MAX:
            return False
        for first in failed:
            if time.monotonic() - self.began + first.step.budget_s > AGAIN_UNTIL_S:
                return False
            failure = self.log(first.step)
            self.say(f"{first.step.name} failed beside the others, and is tried again alone")
            self.do(first.step, None)
            if self.stopping:
                return False
            self.results.remove(first)
            self.results[-1].failure = failure
        return all(result.ok for result in self.results)

    def stop(self):
        """Ends what is running, and shows how far it came; nothing more is begun."""
        with self.lock:
            self.stopping = True
            running = list(self.running.items())
        enders = [threading.Thread(target=end, args=[process]) for _, (process, _) in running]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()
        for name, (_, path) in running:
            self.say(f"== {name}: stopped", path.read_text(errors="replace"))
        shutil.rmtree(self.work, ignore_errors=True)

    def table(self):
        """All steps, and what they took."""
        rows = [("step", "lane", "seconds", "budget", "")]
        for result in self.results:
            rows.append((result.step.name, result.step.lane, f"{result.seconds:.0f}", str(result.step.budget_s),
                         result.word))
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join(cell.rjust(width) if 2 <= at <= 3 else cell.ljust(width)
                           for at, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
        took = time.monotonic() - self.began
        cold = not any(result.reused for result in self.results)
        budget = COLD_S if cold else WARM_S
        lines.append(f"all of it: {took:.0f} s of {budget} s, {'nothing' if cold else 'some of it'} reused")
        if took > budget:
            lines.append("WARNING: the gate is over its budget")
        return "\n".join(lines)

    def run(self, phases):
        """Whether everything holds."""
        ok = True
        # As the sources are before anything is built of them.
        keys = {step.name: key(self.root, step, self.versions) for _, steps in phases for step in steps if step.files}
        for lanes, steps in phases[:-1]:
            ok = ok and self.phase(lanes, steps, keys)
        lanes, steps = phases[-1]
        # A step that was lost has no result to try again.
        if ok and not self.phase(lanes, steps, keys):
            every = sum(len(steps) for _, steps in phases)
            ok = len(self.results) == every and self.again()
        if self.stopping:
            return False
        self.say("what it took", self.table())
        for result in self.results:
            if result.failure:
                self.say(f"WARNING: {result.step.name} failed beside the others:", tail(result.failure))
            if not result.ok:
                self.say(f"== {result.step.name} failed with:", tail(self.log(result.step)))
        if failed := [result.step.name for result in self.results if not result.ok]:
            self.say(f"FAILED: {', '.join(failed)}")
        shutil.rmtree(self.work, ignore_errors=True)
        return ok


def tail(log, lines=100):
    """The end of a log, where a failure is explained."""
    return "\n".join(log.rstrip("\n").splitlines()[-lines:])


def end(process):
    """Ends a step with all that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(20)  # an engine of its own takes its files away
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def main():
    sys.stdout.reconfigure(errors="replace")
    target = pathlib.Path(os.environ.setdefault("CARGO_TARGET_DIR", str(CACHE / "target"))).absolute()
    os.environ.update(CARGO_TERM_COLOR="never", DISTLAB_REQUIRE_DOCKER="1", PYTHONDONTWRITEBYTECODE="1")
    gate = Gate(ROOT, CACHE, tools(), fresh=os.environ.get("DISTLAB_FRESH") == "1")
    try:
        check_plan(ROOT)
        asked = subprocess.run([PYTHON, ROOT / "tests/peers/engine.py", "true"], capture_output=True, text=True)
        if asked.returncode:
            print(f"no engine for each step, so the machine's own for one after the other:\n{asked.stderr}")
        phases = plan(ROOT, target, gate.work, alone=asked.returncode == 0)
    except Trouble as why:
        sys.exit(f"the gate cannot begin: {why}")

    def stopped(number, _):
        gate.stop()
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stopped)
    sys.exit(0 if gate.run(phases) else 1)


if __name__ == "__main__":
    main()
