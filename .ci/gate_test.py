#!/usr/bin/env python3
"""The gate's own logic, on small made-up projects: what a result hangs on, lanes, failure, reuse."""

import io
import json
import os
import pathlib
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

import gate

WORKSPACE = {
    "Cargo.toml": """
        [workspace]
        members = ["src/*"]
        [workspace.dependencies]
        base = { path = "src/base" }
        [dependencies]
        app = { path = "src/app" }
    """,
    "Cargo.lock": "1",
    ".ci/run": "run",
    "src/main.rs": "main",
    "src/base/Cargo.toml": "[package]\nname = 'base'",
    "src/base/lib.rs": "base",
    "src/aws/Cargo.toml": "[dependencies]\nbase = { workspace = true }\n[dev-dependencies]\nui = { path = '../ui' }",
    "src/aws/lib.rs": "aws",
    "src/command/Cargo.toml": "[target.'cfg(unix)'.dependencies]\naws = { path = '../aws' }\nserde = '1'",
    "src/command/lib.rs": "command",
    "src/command/docker/Cargo.toml": "[build-dependencies]\nbase = { path = '../../base' }",
    "src/command/docker/lib.rs": "docker",
    "src/ui/Cargo.toml": "[package]\nname = 'ui'",
    "src/ui/lib.rs": "ui",
    "src/app/Cargo.toml": "[dependencies]\ncommand = { path = '../command' }",
    "src/app/lib.rs": "app",
    "tests/peers/docker_lines.py": "lines",
    "tests/peers/docker/volume.py": "volume",
    "tests/peers/docker/network.py": "network",
    "tests/peers/conftest.py": "fixtures",
    "tests/peers/ec2_network_test.py": "networks",
    "tests/peers/s3_test.py": "buckets",
    "labs/cloud/01-one/lab.md": "+++\nid = 'one'\n+++\n",
    "labs/cloud/02-two/lab.md": "+++\nid = 'two'\ncontinues = 'one'\nneeds = ['docker']\n+++\n",
}


def make(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("\n".join(line.strip() for line in text.splitlines()))


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        make(self.root, WORKSPACE)


class HangsOn(Case):
    def check(self, crates, changed, changes, name="docker volume"):
        """Whether a change of one file changes the key of a step about these crates."""
        def now():
            files = gate.always(self.root) | gate.sources(self.root, crates) | gate.peer_files(self.root, name)
            return gate.key(self.root, gate.Step(name, "rest", 1, [], files), "versions")
        before = now()
        make(self.root, {changed: "something else"})
        self.assertEqual(before != now(), changes, f"{crates} after a change of {changed}")
        make(self.root, {changed: WORKSPACE.get(changed, "")})

    def test_its_crates_and_what_they_depend_on(self):
        for crates, changed, changes in [
            (["aws"], "src/aws/lib.rs", True),
            (["aws"], "src/aws/new.rs", True),
            (["aws"], "src/base/lib.rs", True),
            (["aws"], "src/ui/lib.rs", False),  # to be tested only
            (["aws"], "src/command/lib.rs", False),
            (["aws"], "src/main.rs", False),
            (["command"], "src/aws/lib.rs", True),
            (["command"], "src/base/lib.rs", True),
            (["command"], "src/command/docker/lib.rs", False),  # another crate in its folder
            (["command/docker"], "src/base/lib.rs", True),
            (["command/docker"], "src/command/lib.rs", False),
            (gate.PROGRAM, "src/main.rs", True),
            (gate.PROGRAM, "src/command/docker/lib.rs", True),
            ([], "src/base/lib.rs", False),
            ([], "Cargo.lock", True),
            ([], ".ci/run", True),
            ([], "tests/peers/docker_lines.py", True),
            ([], "tests/peers/docker/volume.py", True),
            ([], "tests/peers/docker/network.py", False),
        ]:
            self.check(crates, changed, changes)

    def test_a_service_hangs_on_its_own_assertions(self):
        for changed, changes in [
            ("tests/peers/ec2_network_test.py", True),
            ("tests/peers/s3_test.py", False),
            ("tests/peers/conftest.py", True),
        ]:
            self.check([], changed, changes, "distlab ec2")
            self.check([], changed, True, "moto")

    def test_a_crate_that_is_not_there_is_named(self):
        with self.assertRaisesRegex(gate.Trouble, "src/nosuch"):
            gate.sources(self.root, ["nosuch"])

    def test_one_crate_is_all_of_it(self):
        for path in self.root.rglob("src/**/Cargo.toml"):
            path.unlink()
        self.check(["nosuch"], "src/ui/lib.rs", True)
        self.check([], "src/ui/lib.rs", False)

    def test_versions_and_a_lost_file_count(self):
        step = gate.Step("x", "rest", 1, [], frozenset([pathlib.Path("src/main.rs")]))
        keys = {gate.key(self.root, step, "1"), gate.key(self.root, step, "2")}
        (self.root / "src/main.rs").unlink()
        self.assertEqual(len(keys | {gate.key(self.root, step, "1")}), 3)

    def test_a_lab_hangs_on_what_it_continues(self):
        found = gate.labs(self.root)
        self.assertEqual(list(found), ["one", "two"])
        self.assertEqual(sorted(map(str, found["two"][1])), ["labs/cloud/01-one/lab.md", "labs/cloud/02-two/lab.md"])
        self.assertEqual([str(file) for file in found["one"][1]], ["labs/cloud/01-one/lab.md"])


class Running(Case):
    FILES = frozenset([pathlib.Path("src/main.rs")])

    def gate(self, phases, fresh=False):
        """Runs steps, and gives whether all held, what was printed, and the words of the results."""
        out = io.StringIO()
        run = gate.Gate(self.root, self.root / "cache", "versions", fresh, out)
        ok = run.run(phases)
        words = {result.step.name: result.word.lower() or "ok" for result in run.results}
        return ok, out.getvalue(), words

    def step(self, name, script, lane="rest", files=frozenset(), budget_s=60):
        return gate.Step(name, lane, budget_s, ["sh", "-c", script], files)

    def test_a_failure_fails_all_and_shows_its_log(self):
        steps = [self.step("bad", "echo one; echo two >&2; exit 3"), self.step("good", "echo three")]
        ok, out, words = self.gate([({"rest": 1}, steps)])
        self.assertFalse(ok)
        self.assertEqual(words, {"bad": "failed", "good": "ok"})
        self.assertIn("== bad: FAILED (exit code 3)", out)
        self.assertIn("\none\ntwo\n", out)
        self.assertIn("FAILED: bad", out)

    def test_what_passes_alone_is_unsteady_and_not_reused(self):
        # Fails the first time, and passes from then on.
        script = "[ -e tried ] && exit 0; touch tried; echo out of patience; exit 1"
        for want in ("unsteady", "ok", "reused"):
            ok, out, words = self.gate([({"rest": 1}, [self.step("x", script, files=self.FILES)])])
            self.assertEqual((ok, words), (True, {"x": want}))
            self.assertEqual("WARNING: x failed beside the others:\nout of patience" in out, want == "unsteady")

    def test_many_failures_are_no_accident(self):
        for many, times in ((gate.AGAIN_MAX, 2), (gate.AGAIN_MAX + 1, 1)):
            steps = [self.step(f"s{n}", f"echo x >> tries{many}; exit 1") for n in range(many)]
            ok, out, _ = self.gate([({"rest": 1}, steps)])
            self.assertFalse(ok)
            self.assertEqual(len((self.root / f"tries{many}").read_text().split()), many * times)

    def test_the_log_of_a_failure_ends_the_output(self):
        steps = [self.step("bad", "echo why it failed; exit 1"), self.step("good", "echo fine")]
        out = self.gate([({"rest": 1}, steps)])[1]
        self.assertGreater(out.rindex("why it failed"), out.rindex("what it took"))

    def test_what_does_not_build_is_not_tried(self):
        phases = [({"build": 1}, [self.step("build", "exit 1", "build")]), ({"rest": 1}, [self.step("x", "true")])]
        ok, _, words = self.gate(phases)
        self.assertEqual((ok, words), (False, {"build": "failed"}))

    def test_what_cannot_be_run_fails(self):
        ok, out, words = self.gate([({"rest": 1}, [gate.Step("x", "rest", 1, ["/nosuch"])])])
        self.assertEqual((ok, words), (False, {"x": "failed"}))
        self.assertIn("/nosuch cannot be run", out)

    def test_a_step_of_no_lane_is_missed(self):
        ok, _, _ = self.gate([({"rest": 1}, [self.step("x", "true", "nowhere")])])
        self.assertFalse(ok)

    def test_lanes_do_not_wait_for_each_other(self):
        # Each waits for a file that the other makes.
        swap = "touch {0}; for i in $(seq 100); do [ -e {1} ] && exit 0; sleep 0.05; done; exit 1"
        steps = [self.step("a", swap.format("a", "b"), "one"), self.step("b", swap.format("b", "a"), "two")]
        self.assertTrue(self.gate([({"one": 1, "two": 1}, steps)])[0])
        steps = [self.step("c", swap.format("c", "d"), "one"), self.step("d", swap.format("d", "c"), "one")]
        self.assertTrue(self.gate([({"one": 2}, steps)])[0])

    def test_a_step_waits_for_the_words_of_another(self):
        # `a` ends only when `b` has run, and `b` runs when `a` has said its words or has ended.
        swap = "echo {0}; for i in $(seq 100); do [ -e b ] && exit 0; sleep 0.05; done; exit 1"
        for said, want in (("go", "ok"), ("no", "unsteady")):
            (self.root / "b").unlink(missing_ok=True)
            b = gate.Step("b", "two", 60, ["touch", "b"], after=("a", "go"))
            steps = [b, self.step("c", "true", "two"), self.step("a", swap.format(said), "one")]
            self.assertEqual(self.gate([({"one": 1, "two": 1}, steps)])[2], {"a": want, "b": "ok", "c": "ok"})

    def test_logs_are_not_mixed(self):
        script = "for i in 1 2 3 4 5; do echo {0}; sleep 0.02; done"
        steps = [self.step(name, script.format(name * 9), name) for name in "ab"]
        _, out, _ = self.gate([({"a": 1, "b": 1}, steps)])
        for name in "ab":
            self.assertIn("\n".join([name * 9] * 5), out)

    def test_a_step_that_hangs_is_stopped_with_its_children(self):
        step = self.step("x", "sleep 300 & sleep 300", budget_s=1)
        step = type("Hasty", (gate.Step,), {"limit_s": 0.3})(**vars(step))
        began = time.monotonic()
        ok, out, _ = self.gate([({"rest": 1}, [step])])
        self.assertFalse(ok)
        self.assertIn("It was stopped after 0.3 s", out)
        self.assertLess(time.monotonic() - began, 20)

    def test_when_all_is_stopped_nothing_is_left_and_nothing_begins(self):
        out = io.StringIO()
        run = gate.Gate(self.root, self.root / "cache", out=out)
        steps = [self.step("x", "echo so far; sleep 300"), self.step("y", "touch begun")]
        work = threading.Thread(target=run.run, args=[[({"rest": 1}, steps)]])
        work.start()
        while not run.running or b"so far" not in run.logs["x"].read_bytes():
            time.sleep(0.01)
        run.stop()
        work.join()
        self.assertIn("== x: stopped\nso far", out.getvalue())
        self.assertEqual((run.running, (self.root / "begun").exists()), ({}, False))

    def test_a_budget_that_is_exceeded_is_said(self):
        ok, out, _ = self.gate([({"rest": 1}, [self.step("x", "sleep 0.1", budget_s=0.01)])])
        self.assertTrue(ok)
        self.assertIn("WARNING: x took", out)
        self.assertIn("over its budget", out)

    def test_a_result_stands_until_something_changes(self):
        steps = [self.step("x", "echo done $(cat src/main.rs)", files=self.FILES), self.step("y", "true")]
        for want, fresh, change in [
            ("ok", False, "main"),
            ("reused", False, "main"),
            ("ok", False, "changed"),
            ("ok", False, "main"),
            ("reused", False, "main"),
            ("ok", True, "main"),
        ]:
            make(self.root, {"src/main.rs": change})
            ok, out, words = self.gate([({"rest": 1}, steps)], fresh)
            self.assertEqual((ok, words), (True, {"x": want, "y": "ok"}))
            self.assertIn(f"done {change}", out, "its log is shown, reused or not")

    def test_failures_and_moving_sources_are_not_kept(self):
        bad = self.step("x", "exit 1", files=self.FILES)
        moving = self.step("y", "echo more >> src/main.rs", files=self.FILES)
        for want in ["failed", "failed"]:
            self.assertEqual(self.gate([({"rest": 1}, [bad])])[2], {"x": want})
        for _ in range(2):
            self.assertEqual(self.gate([({"rest": 1}, [moving])])[2], {"y": "ok"})

    def test_a_spoiled_result_is_none(self):
        step = self.step("x", "true", files=self.FILES)
        self.gate([({"rest": 1}, [step])])
        (kept,) = (self.root / "cache/gate").glob("*.json")
        self.assertIn("key", json.loads(kept.read_text()))
        kept.write_text("{")
        self.assertEqual(self.gate([({"rest": 1}, [step])])[2], {"x": "ok"})


class Plan(Case):
    def check(self, members, left_out, extra, words):
        """What is said about a workspace with these members, and with this file among the groups."""
        for name in gate.GROUPS:
            if name.startswith("docker "):
                make(self.root, {f"tests/peers/docker/{name.removeprefix('docker ')}.py": ""})
            if name.startswith("distlab "):
                make(self.root, {f"tests/peers/{name.removeprefix('distlab ')}_test.py": ""})
        make(self.root, {f"tests/peers/{extra}.py": ""})
        default = [member for member in members if member != left_out]
        known = json.dumps({"workspace_members": members, "workspace_default_members": default})
        make(self.root, {"bin/cargo": f"#!/bin/sh\necho '{known}'"})
        (self.root / "bin/cargo").chmod(0o755)
        with unittest.mock.patch.dict("os.environ", PATH=f"{self.root}/bin:{os.environ['PATH']}"):
            if words:
                with self.assertRaisesRegex(gate.Trouble, words):
                    gate.check_plan(self.root)
            else:
                gate.check_plan(self.root)

    def test_all_members_are_tested_and_all_groups_have_a_budget(self):
        self.check(["a", "b"], "", "docker/volume", "")
        self.check(["a", "b"], "b", "docker/volume", "default-members of Cargo.toml: b")
        self.check(["a", "b"], "", "docker/nosuch", "do not agree about: docker nosuch")
        (self.root / "tests/peers/docker/nosuch.py").unlink()
        self.check(["a", "b"], "", "nosuch_more_test", "do not agree about: distlab nosuch")


class ThisProject(unittest.TestCase):
    def test_every_step_has_a_lane_and_a_name_of_its_own(self):
        for alone in (True, False):
            phases = gate.plan(gate.ROOT, pathlib.Path("/target"), pathlib.Path("/homes"), alone)
            names = [step.name for _, steps in phases for step in steps]
            self.assertEqual(len(names), len(set(names)))
            for lanes, steps in phases:
                self.assertLessEqual({step.lane for step in steps}, set(lanes))
            last = {step.name: step for step in phases[1][1]}
            # The README's command; what waits for it is in another lane, or it would wait for ever.
            self.assertEqual(last["tests"].command[-3:], ["cargo", "test", "--locked"])
            waiting = [step for step in last.values() if step.after]
            self.assertEqual([(step.name, step.after[0], step.lane) for step in waiting], [("clippy", "tests", "rest")])
            self.assertEqual("engines" in {step.lane for step in phases[1][1]}, alone)


if __name__ == "__main__":
    sys.exit(unittest.main())
