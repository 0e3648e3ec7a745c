"""Prints operations of a real service, out of botocore's model, as the program's macros want them.

    python tests/peers/skeleton.py SERVICE OPERATION [OPERATION …]

What a person has to add is the behaviour: documentation is shortened to its first sentence, and the
authorization is a guess.
"""

import re
import sys

from model import real, several

TYPES = {
    "string": "String",
    "character": "String",
    "integer": "i64",
    "long": "i64",
    "short": "i64",
    "byte": "i64",
    "double": "Double",
    "float": "Double",
    "boolean": "bool",
    "timestamp": "Time",
    "blob": "Vec<u8>",
}


def snake(name):
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().replace("-", "_")


def camel(word):
    parts = re.split(r"[^A-Za-z0-9]+", word)
    joined = "".join(p[:1].upper() + (p[1:].lower() if p.isupper() else p[1:]) for p in parts)
    return joined if joined[:1].isalpha() else "V" + joined


def sentence(text, name):
    plain = re.sub(r"<[^>]+>", "", text or "").strip()
    plain = re.sub(r"\s+", " ", plain)
    first = re.split(r"(?<=[.!?]) ", plain)[0] if plain else f"{name}."
    return first.replace("\\", "\\\\")


class Skeleton:
    def __init__(self, service):
        self.service = service
        self.model = real(service, "service-2")
        self.pages = real(service, "paginators-1").get("pagination", {})
        self.waiters = real(service, "waiters-2").get("waiters", {})
        meta = self.model["metadata"]
        self.protocol = meta["protocol"]
        self.signing = meta.get("signingName", meta["endpointPrefix"])
        self.structures = {}

    def type(self, name):
        shape = self.model["shapes"][name]
        kind = shape["type"]
        if shape.get("document"):
            return "Value"
        if kind == "list":
            return f"Vec<{self.type(shape['member']['shape'])}>"
        if kind == "map":
            return f"BTreeMap<String, {self.type(shape['value']['shape'])}>"
        if kind == "structure":
            self.need(name)
            return name
        if shape.get("enum"):
            self.need(name)
            return camel(name)
        return TYPES[kind]

    def need(self, name):
        if name not in self.structures:
            self.structures[name] = ""
            self.structures[name] = self.define(name)

    def define(self, name):
        shape = self.model["shapes"][name]
        doc = sentence(shape.get("documentation"), name)
        if shape.get("enum"):
            words = "".join(f'        {camel(w)} = "{w}",\n' for w in shape["enum"])
            return f"string_enum! {{\n    /// {doc}\n    pub enum {camel(name)} {{\n{words}    }}\n}}\n"
        if shape.get("union"):
            lines = "".join(
                f"        /// {sentence(m.get('documentation'), n)}\n"
                f'        {camel(n)}({self.type(m["shape"])}) => "{n}",\n'
                for n, m in shape["members"].items()
            )
            return f"union! {{\n    /// {doc}\n    pub enum {name} {{\n{lines}    }}\n}}\n"
        lines = "".join(self.members(shape))
        return f"structure! {{\n    /// {doc}\n    pub struct {name} {{\n{lines}    }}\n}}\n"

    def members(self, shape):
        required = shape.get("required", [])
        for name, member in shape.get("members", {}).items():
            if member.get("deprecated"):
                continue
            kind = self.type(member["shape"])
            container = kind.startswith(("Vec<", "BTreeMap<")) and kind != "Vec<u8>"
            if name not in required and not container and kind != "Value":
                kind = f"Option<{kind}>"
            must = "required " if name in required and container else ""
            yield f"        /// {sentence(member.get('documentation'), name)}\n"
            yield f'        pub {snake(name)}: {kind} => {must}"{name}"{self.place(name, member, shape)},\n'

    def place(self, name, member, holder):
        where, alias = member.get("location"), member.get("locationName", name)
        if where == "uri":
            return " Uri"
        if where in ("header", "querystring", "headers"):
            word = {"header": "Header", "querystring": "Query", "headers": "Headers"}[where]
            return f' {word}("{alias}")'
        if holder.get("payload") == name:
            return f' Payload("{alias}")'
        shape = self.model["shapes"][member["shape"]]
        if self.protocol == "ec2":
            parameter = member.get("queryName") or alias[0].upper() + alias[1:]
            if alias == name[0].lower() + name[1:] and parameter == name:
                return ""
            if parameter == alias[0].upper() + alias[1:]:
                return f' Xml("{alias}")'
            return f' Ec2("{alias}", "{parameter}")'
        if shape["type"] == "list" and self.protocol in ("rest-xml", "query"):
            item = shape["member"].get("locationName", "member")
            if member.get("flattened") or shape.get("flattened"):
                return f' XmlFlat("{member.get("locationName", item)}")'
            return f' XmlList("{alias}", "{item}")' if item != "member" else ""
        return f' Xml("{alias}")' if alias != name else ""

    def operation(self, name):
        told = self.model["operations"][name]
        kind = "read" if name.startswith(("Get", "List", "Describe", "Head", "Batch" + "Get")) else "write"
        http = f"{told['http']['method']} {told['http']['requestUri']}"
        http = http if self.protocol.startswith("rest") else ""
        status = told["http"].get("responseCode", 200)
        shapes = self.model["shapes"]
        sides = []
        for side in ("input", "output"):
            shape = shapes.get(told.get(side, {}).get("shape"), {})
            sides.append("".join(self.members(shape)))
        errors = [e["shape"] for e in told.get("errors", [])]
        errors = [shapes[e].get("error", {}).get("code", e) for e in errors]
        output = told.get("output", {}).get("shape", f"{name}Output")
        lines = [
            "operation! {",
            f"    /// {sentence(told.get('documentation'), name)}",
            f'    {kind} {name} in "{self.service}" = "{http}"' + (f" ({status})" if status != 200 else "") + ";",
            "    input {\n" + sides[0] + "    }",
            f"    output {output} {{\n" + sides[1] + "    }",
            "    errors [" + ", ".join(f'"{e}"' for e in errors) + "]",
            f'    access {{ "{self.signing}:{name}" on "*" }}',
        ]
        lines += self.extras(name, told)
        return "\n".join(lines) + "\n}\n"

    def extras(self, name, told):
        pages = self.pages.get(name)
        if pages:
            quoted = lambda value: "&[" + ", ".join(f'"{v}"' for v in several(value)) + "]"
            yield "    pages {"
            yield f"        input: {quoted(pages['input_token'])},"
            yield f"        output: {quoted(pages['output_token'])},"
            if "more_results" in pages:
                yield f'        more: Some("{pages["more_results"]}"),'
            if "limit_key" in pages:
                yield f'        limit: Some("{pages["limit_key"]}"),'
            yield f"        results: {quoted(pages['result_key'])},"
            yield "    }"
        shape = self.model["shapes"].get(told.get("input", {}).get("shape"), {})
        for member, about in shape.get("members", {}).items():
            if about.get("idempotencyToken"):
                yield f'    token "{member}"'
        waiters = [(n, w) for n, w in self.waiters.items() if w["operation"] == name]
        if waiters:
            yield "    waiters ["
            for waiter, about in waiters:
                accepted = ", ".join(self.acceptor(a) for a in about["acceptors"])
                yield f'        waiter("{waiter}", {about["delay"]}, {about["maxAttempts"]}, &[{accepted}]),'
            yield "    ]"

    @staticmethod
    def acceptor(told):
        want, path = told["expected"], told.get("argument")
        match told["matcher"]:
            case "status":
                on = f"Status({want})"
            case "error":
                on = {True: 'Error("")', False: "NoError"}.get(want) or f'Error("{want}")'
            case "path" if isinstance(want, bool):
                on = f'Is("{path}", {str(want).lower()})'
            case matcher:
                word = {"path": "Path", "pathAll": "All", "pathAny": "Any"}[matcher]
                on = f'{word}("{path}", "{want}")'
        return f"{told['state']}({on})"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    skeleton = Skeleton(sys.argv[1])
    operations = [skeleton.operation(name) for name in sys.argv[2:]]
    for text in [*skeleton.structures.values(), *operations]:
        print(text)


if __name__ == "__main__":
    main()
