"""Holds every AWS service of the program against botocore's model of the real one.

    DISTLAB=target/debug/distlab python tests/peers/model.py [SERVICE …]

Names, required members, types, where they travel, statuses, errors, pages and waiters must be the
real ones. Every operation and every member of an input must be there, or be refused by name: a
request must not be answered as if it had not been given. What differs otherwise stands in
`model_differences.txt` with its reason; what stands there and does not differ is a fault too.
"""

import fnmatch
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys

import botocore

DATA = pathlib.Path(botocore.__file__).parent / "data"
DIFFERENCES = pathlib.Path(__file__).with_name("model_differences.txt")

# Where botocore keeps a service that has another name here.
FOLDERS = {"emr": "emr", "kinesisanalyticsv2": "kinesisanalyticsv2"}

# Errors that every service answers by itself, so that its model need not name them.
COMMON = {"AccessDenied", "AccessDeniedException", "ValidationError", "ValidationException"}

KINDS = {
    "string": {"string", "character"},
    "integer": {"integer", "long", "short", "byte"},
    "double": {"double", "float"},
    "boolean": {"boolean"},
    "timestamp": {"timestamp"},
    "blob": {"blob"},
}


def program(*words):
    line = os.environ.get("DISTLAB", "target/debug/distlab").split()
    return json.loads(subprocess.run([*line, "model", *words], check=True, capture_output=True).stdout)


def real(service, kind):
    """botocore's file of a service, of its newest version."""
    folder = DATA / FOLDERS.get(service, service)
    for version in sorted(folder.iterdir(), reverse=True):
        for name in (f"{kind}.json", f"{kind}.json.gz"):
            path = version / name
            if path.exists():
                data = path.read_bytes()
                return json.loads(gzip.decompress(data) if name.endswith(".gz") else data)
    return {}


def several(value):
    return value if isinstance(value, list) else [value]


class Comparison:
    """One service, ours against theirs; `faults` are lines `service.Thing: what`."""

    def __init__(self, ours):
        self.ours = ours
        self.name = ours["name"]
        self.theirs = real(self.name, "service-2")
        self.pages = real(self.name, "paginators-1").get("pagination", {})
        more = real(self.name, "paginators-1.sdk-extras")
        for name, extra in more.get("merge", {}).get("pagination", {}).items():
            self.pages.setdefault(name, {}).update(extra)
        self.waiters = real(self.name, "waiters-2").get("waiters", {})
        self.faults = []
        # What no reason excuses.
        self.silent = []
        self.seen = set()

    def say(self, where, what):
        self.faults.append(f"{self.name}.{where}: {what}")

    def unheard(self, where, what):
        self.silent.append(f"{self.name}.{where}: {what}")

    def same(self, where, what, ours, theirs):
        if ours != theirs:
            self.say(where, f"{what} is {ours!r}, really {theirs!r}")

    def all(self):
        meta = self.theirs["metadata"]
        self.same("", "version", self.ours["api_version"], meta["apiVersion"])
        signing = meta.get("signingName", meta["endpointPrefix"])
        self.same("", "signing name", self.ours["signing_name"], signing)
        self.protocol(meta)
        for name, op in self.ours["operations"].items():
            if name not in self.theirs["operations"]:
                self.say(name, "is no operation")
                continue
            self.operation(name, op, self.theirs["operations"][name])
        self.refused()
        self.all_waiters()

    def refused(self):
        """What is not simulated is refused by its own name, and by no other."""
        ours, refused = self.ours["operations"], self.ours["refused"]
        for name in self.theirs["operations"]:
            if (name in ours) == (name in refused):
                self.unheard(name, "is both there and refused" if name in ours else "is neither there nor refused")
        for name in sorted(set(refused) - set(self.theirs["operations"])):
            self.unheard(name, "is refused, and is no operation")
        for name in sorted({n for n in refused if refused.count(n) > 1}):
            self.unheard(name, "is refused twice")

    def protocol(self, meta):
        ours = self.ours["protocol"]
        if isinstance(ours, dict):
            self.same("", "JSON version", ours["json"], meta["jsonVersion"])
            self.same("", "target", ours["target"], meta["targetPrefix"])
            ours = "json"
        if ours not in meta["protocols"]:
            self.say("", f"protocol is {ours}, really {meta['protocols']}")

    def operation(self, name, ours, theirs):
        if self.ours["protocol"] in ("rest-xml", "rest-json"):
            http = theirs["http"]
            uri = re.sub(r"[?&]x-id=\w+", "", http["requestUri"])
            members = self.theirs["shapes"].get(theirs.get("input", {}).get("shape"), {})
            mine, query = self.request(ours["http"])
            # A parameter that is a required member selects the operation as well.
            placed = {m.get("locationName") for m in members.get("members", {}).values()}
            really, wanted = self.request(f"{http['method']} {uri}")
            query = [q for q in query if q in wanted or q not in placed]
            self.same(name, "request", (mine, query), (really, wanted))
            self.same(name, "status", ours["status"], http.get("responseCode", 200))
        for side in ("input", "output"):
            shape = theirs.get(side, {}).get("shape")
            self.structure(f"{name}.{side}", ours[side], shape, side == "input", theirs)
        known = {self.code(e["shape"]) for e in theirs.get("errors", [])}
        if known:
            for code in ours["errors"]:
                if code not in known and code not in COMMON:
                    self.say(f"{name}.errors", f"{code} is none of {sorted(known)}")
        self.paginator(name, ours["pages"])
        self.token(name, ours["token"], theirs)

    @staticmethod
    def request(line):
        """Labels may be of any name; parameters in any order."""
        path, _, query = line.rstrip("?").partition("?")
        return path.rstrip("/"), sorted(part for part in query.split("&") if part)

    def code(self, shape):
        told = self.theirs["shapes"][shape]
        return told.get("error", {}).get("code", shape)

    def token(self, name, ours, theirs):
        shape = theirs.get("input", {}).get("shape")
        members = self.theirs["shapes"][shape].get("members", {}) if shape else {}
        tokens = [m for m, told in members.items() if told.get("idempotencyToken")]
        if tokens and tokens[0] in self.ours["shapes"][self.ours["operations"][name]["input"]]:
            self.same(name, "token", ours, tokens[0])

    def paginator(self, name, ours):
        theirs = self.pages.get(name)
        if theirs is None:
            if ours:
                self.say(name, "pages, which it really does not")
            return
        if ours is None:
            self.say(name, "does not page")
            return
        self.same(name, "pages.input", ours["input"], several(theirs["input_token"]))
        output = list(ours["output"])
        if ours["last"]:
            output[0] += " || {}[-1].{}".format(*ours["last"])
        self.same(name, "pages.output", output, several(theirs["output_token"]))
        self.same(name, "pages.more", ours["more"], theirs.get("more_results"))
        self.same(name, "pages.limit", ours["limit"], theirs.get("limit_key"))
        self.same(name, "pages.results", ours["results"], several(theirs["result_key"]))
        self.same(name, "pages.shown", ours["shown"], theirs.get("non_aggregate_keys", []))

    def all_waiters(self):
        ours = {
            waiter: (op, told)
            for op, described in self.ours["operations"].items()
            for waiter, told in described["waiters"].items()
        }
        for name, theirs in self.waiters.items():
            if theirs["operation"] not in self.ours["operations"]:
                continue
            if name not in ours:
                self.say(theirs["operation"], f"has no waiter {name}")
                continue
            op, told = ours.pop(name)
            self.same(name, "operation", op, theirs["operation"])
            self.same(name, "delay", told["delay"], theirs["delay"])
            self.same(name, "attempts", told["attempts"], theirs["maxAttempts"])
            self.same(name, "acceptors", told["acceptors"], theirs["acceptors"])
        for name in ours:
            self.say(name, "is no waiter")

    def structure(self, where, ours, theirs, is_input, op=None):
        mine = self.ours["shapes"][ours]
        told = self.theirs["shapes"].get(theirs, {"members": {}})
        # A structure of answers may lack what one of requests must refuse.
        if (ours, theirs, is_input) in self.seen:
            return
        self.seen.add((ours, theirs, is_input))
        members = told.get("members", {})
        required = set(told.get("required", []))
        payload = told.get("payload")
        for name, member in mine.items():
            here = f"{where}.{name}"
            if name not in members:
                self.say(here, "is no member")
                continue
            if is_input:
                self.same(here, "required", member["required"], name in required)
            self.location(here, name, member, members[name], payload)
            if member["refused"] and member["shape"] == "document":
                # It is refused whatever is in it.
                continue
            self.shape(here, member["shape"], members[name]["shape"], is_input)
        for name in members:
            if name in mine:
                continue
            if members[name].get("locationName") == "Content-Length":
                # HTTP's own: the listener holds the body to it.
                continue
            if is_input:
                self.unheard(f"{where}.{name}", "is neither there nor refused")
            elif not members[name].get("deprecated"):
                self.say(f"{where}.{name}", "is missing")

    def location(self, where, name, member, theirs, payload):
        """Where a member travels, as far as the protocol lets it choose."""
        protocol = self.ours["protocol"]
        if protocol in ("rest-xml", "rest-json"):
            real_place = theirs.get("location", "payload" if name == payload else "body")
            place = {"flat": "body", "attribute": "body"}.get(member["location"], member["location"])
            self.same(where, "location", place, real_place)
            if real_place in ("header", "headers", "querystring"):
                ours, real_name = member["name"] or name, theirs.get("locationName", name)
                self.same(where, "name", ours.lower(), real_name.lower())
                return
        if member["location"] in ("uri", "payload"):
            return
        shape = self.theirs["shapes"][theirs["shape"]]
        flat = theirs.get("flattened") or shape.get("flattened")
        name_there = theirs.get("locationName", name)
        if flat and protocol != "ec2":
            name_there = theirs.get("locationName") or shape.get("member", {}).get("locationName", name)
        ours = member["name"] or name
        if protocol == "ec2" and not member["name"]:
            ours = name[0].lower() + name[1:]
        if isinstance(protocol, dict) and not theirs.get("locationName"):
            name_there = name
        if protocol == "ec2":
            ours, name_there = ours[0].lower() + ours[1:], name_there[0].lower() + name_there[1:]
        self.same(where, "name", ours, name_there)
        if shape["type"] == "list" and not flat and protocol in ("rest-xml", "query"):
            item = shape["member"].get("locationName", "member")
            self.same(where, "item", member["item"] or "member", item)

    def shape(self, where, ours, theirs, is_input):
        told = self.theirs["shapes"][theirs]
        kind = told["type"]
        if isinstance(ours, dict):
            [(form, inner)] = ours.items()
            if form == "enum":
                if kind != "string":
                    self.say(where, f"is a string, really {kind}")
                real_words = told.get("enum", [])
                odd = [w for w in inner if w not in real_words]
                if real_words and odd:
                    self.say(where, f"takes {odd}, which it really does not")
            elif form in ("structure", "union"):
                if told.get("document"):
                    return
                if kind != "structure":
                    self.say(where, f"is a structure, really {kind}")
                    return
                if (form == "union") != bool(told.get("union")):
                    # DynamoDB's values are one, though its model does not say so.
                    if theirs != "AttributeValue":
                        self.say(where, f"is a {form}, really not")
                self.structure(where, inner, theirs, is_input)
            elif form == "list":
                if kind != "list":
                    self.say(where, f"is a list, really {kind}")
                else:
                    self.shape(where + "[]", inner, told["member"]["shape"], is_input)
            elif form == "map":
                if kind != "map":
                    self.say(where, f"is a map, really {kind}")
                else:
                    self.shape(where + "{}", inner, told["value"]["shape"], is_input)
        elif ours == "document":
            if not told.get("document"):
                self.say(where, f"is a free document, really {kind}")
        elif kind not in KINDS[ours]:
            self.say(where, f"is {ours}, really {kind}")


def differences():
    """The patterns of `service.Thing: what`, each with its reason in the line before."""
    patterns, reason = [], None
    for line in DIFFERENCES.read_text().splitlines():
        if line.startswith("#"):
            reason = line[1:].strip()
        elif line.strip():
            assert reason, f"{line} has no reason before it"
            patterns.append(line.strip())
    return patterns


def main():
    names = sys.argv[1:]
    patterns = differences()
    used = set()
    wrong = []
    counted = 0
    for name in names or program():
        ours = program(name)
        if ours["protocol"] in ("hadoop", "distribution", "lab"):
            continue
        comparison = Comparison(ours)
        comparison.all()
        counted += len(ours["operations"])
        wrong += comparison.silent
        for fault in comparison.faults:
            meant = [p for p in patterns if fnmatch.fnmatchcase(fault, p.replace('[', '[[]'))]
            used.update(meant)
            if not meant:
                wrong.append(fault)
    if not names:
        wrong += [f"{p}: stands in {DIFFERENCES.name}, but nothing differs so" for p in patterns if p not in used]
    for fault in wrong:
        print(fault)
    print(f"{counted} operations, {len(wrong)} faults")
    return 1 if wrong or not counted else 0


if __name__ == "__main__":
    sys.exit(main())
