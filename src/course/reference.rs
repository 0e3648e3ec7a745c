//! Writes `labs/README.md`, the reference of the lab format, from the tables the parser reads by.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::keys::{
    ASK, CHECK, EXISTS, EXPECT, FRONT, Key, Kind, LIVE, STEP, VAR, WORLD, WORLD_FILE,
};
use super::matcher::MATCHERS;
use super::roles::ROLES;
use super::syllabus::{COURSE, PART, ROUND};

/// A whole lab that uses every part of the format.
pub(super) const EXAMPLE: &str = include_str!("example.md");

/// A whole file for `distlab serve --world`.
pub(super) const WORLD_EXAMPLE: &str = include_str!("world/example.toml");

/// The text of `labs/README.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(INTRO);
    section(&mut out, "Front matter", "Metadata only, as TOML between two `+++` lines.", FRONT);
    section(
        &mut out,
        "Variables",
        "Declared under `[vars]`, and put into the whole text, and into the text files given with the \
         lab, wherever `{{name}}` stands. A value depends on the variable's name, on the learner and on the \
         lab, and stays the same for ever; a lab that continues another gets the same value by declaring \
         the same variable. Only a name alone between the braces is a variable: `{{.Names}}`, \
         `{{json .}}` and `{{end}}` are Go's and stay. `{{registry}}` needs no declaration: it is the \
         address of the learner's registry (`localhost:5237`, the same for ever), in a lab that needs one. \
         `{{door:NAME}}` is the address of a door of the simulated world while it is open (`{{door:aws}}`: \
         `127.0.0.1:41233`, another each time); until then it stands as it is written. \
         Each variable says one of these.",
        VAR,
    );
    world(&mut out);
    section(
        &mut out,
        "Steps",
        "A heading of level 2 is a step. Braces after its title hold its id and more: \
         `## Keep every version {#versions points=2 minutes=5}`. What comes before the first step is \
         the lab's opening.",
        STEP,
    );
    out.push_str("\n## Fences\n\nA fence says its language and its role: ` ```sh solve `. Without a role it is an example to\nread or to run. A fence with a role stands at the margin and is not part of the page.\n\n");
    out.push_str("| role | language | what it is |\n|---|---|---|\n");
    for role in ROLES {
        let langs: Vec<String> = role.langs.iter().map(|l| format!("`{l}`")).collect();
        let _ = writeln!(out, "| `{}` | {} | {} |", role.name, langs.join(", "), cell(role.about));
    }
    section(
        &mut out,
        "Checks",
        "The body of a `check` is TOML. The command is run as it stands, without a shell, and may only \
         look; `distlab lint` refuses one that changes anything, and so does a check.",
        CHECK,
    );
    section(
        &mut out,
        "Expectations",
        "Each `[[expect]]` has these keys, and exactly one matcher.",
        EXPECT,
    );
    out.push_str(
        "\n## Matchers\n\n| matcher | takes | it holds when | example |\n|---|---|---|---|\n",
    );
    for matcher in MATCHERS {
        let (name, about, example) =
            (matcher.name(), cell(matcher.about()), cell(matcher.example()));
        let _ =
            writeln!(out, "| `{name}` | {} | {about} | `{example}` |", matcher.types().join(", "));
    }
    out.push_str(
        "\nA command that fails satisfies nothing when there is an `at`; without one, `is`, `matches` and\n\
         `contains` look at its error text. So a machine without an engine never passes for a thing that\n\
         is absent.\n",
    );
    section(&mut out, "Questions", "The body of an `ask` is TOML; one question per fence.", ASK);
    section(&mut out, "Computed answers", "What the table of an `answer` says.", LIVE);
    out.push_str(PROOF);
    course(&mut out);
    let _ = write!(out, "\n## A whole lab\n\n````markdown\n{}\n````\n", EXAMPLE.trim_end());
    let schema = serde_json::to_string_pretty(&schema()).unwrap_or_default();
    let _ = write!(
        out,
        "\n## JSON Schema\n\nOf the front matter; `check` and `ask` fences under `$defs`.\n\n```json\n{schema}\n```\n"
    );
    out
}

/// What a lab, or a file for `distlab serve --world`, may say of its world.
fn world(out: &mut String) {
    section(
        out,
        "The world",
        "What a lab needs besides a fresh world goes under `[world]`. A learner's world is made by it \
         when the lab is begun, and keeps it; reset and undo lead back to it, and grading compares it. \
         The same lines, without `world.` in front of their headings, are a file for \
         `distlab serve --world FILE.toml`, which may have a few more (below). `distlab lint` tries \
         both.",
        WORLD,
    );
    out.push_str("\nThe simulated systems read these parts, each a table of its own under `[world]`.\n\n| part | key | meaning | example |\n|---|---|---|---|\n");
    for part in systems::parts() {
        for key in part.keys {
            let (name, about, example) = (key.name, cell(key.about), cell(key.example));
            let _ = writeln!(out, "| `[world.{}]` | `{name}` | {about} | `{example}` |", part.name);
        }
    }
    section(
        out,
        "What exists",
        "Each `[[world.exists]]` is an operation that the world's own hands do before the first command.",
        EXISTS,
    );
    let own: Vec<&Key> =
        WORLD_FILE.iter().filter(|key| !WORLD.iter().any(|k| k.name == key.name)).collect();
    section(
        out,
        "A file for `distlab serve --world`",
        "It has the keys of `[world]` at the top level (`[hadoop]`, `[[exists]]`), and these. A lab has \
         them from its learner.",
        own,
    );
    let _ = write!(out, "\n```toml\n{WORLD_EXAMPLE}```\n");
}

/// What a course file may say.
fn course(out: &mut String) {
    section(
        out,
        "The course",
        "Which labs and pages of the notes come in which order, a file says: `assets/course.toml` for the \
         labs of the program, and another of your own with `--course FILE`, `DISTLAB_COURSE`, or as \
         `course.toml` in the folder of `--labs`. Home shows it and `distlab course` prints it; \
         `distlab lint course.toml` reads it. Labs that stand nowhere in it come behind it.",
        COURSE,
    );
    section(out, "A round", "Each `[[rounds]]` has these keys.", ROUND);
    section(out, "A part of a round", "Each `[[rounds.parts]]` has these keys.", PART);
}

const INTRO: &str = "\
<!-- Written by the program from its own tables. Change those, then: UPDATE=1 cargo test --lib course -->
# How a lab is written

A lab is a folder `labs/<track>/<nn-id>` with a `lab.md`, and a folder `files` with what the learner is
given. The file is Markdown and reads well on any site; what is more than text stands in its front
matter, behind the titles of its steps, and in fences with a role. `distlab new ID` begins one,
`distlab lint` reads it, `distlab test` proves it.
";

const PROOF: &str = "
## What a lab has to prove

`distlab test` takes each step through, with the steps before it solved: as it is found, it fails; after
`solve`, it passes; after an `accept` instead, it passes; after a `reject` instead, it fails; reset, it
fails again. On a real engine, the steps behind an `accept` are gone through after it as well, so it
must leave what they need. Scripts are run by `bash` in the lab's workspace with the lab's commands on
PATH.

## What a learner is asked

A lab that does not come with the program runs nothing before the learner has seen what it does and allowed
it: its files, its scripts, the commands of its checks. `distlab allow LAB` shows and asks, and so does
whatever opens the lab at a terminal; elsewhere it is refused. It is asked for each text of a lab once. A
lab that `distlab new` wrote may run as it stands; while a lab is open, a save that changes only what it
tells is taken at once, and one that changes what it runs when it is allowed.
";

fn section<'k>(out: &mut String, title: &str, text: &str, keys: impl IntoIterator<Item = &'k Key>) {
    let _ = write!(
        out,
        "\n## {title}\n\n{text}\n\n| key | value | meaning | example |\n|---|---|---|---|\n"
    );
    for key in keys {
        let kind = match key.kind {
            Kind::Integer(low, high) if low == high => format!("{low}"),
            Kind::Integer(low, high) => format!("{low} to {high}"),
            kind => kind.name().to_owned(),
        };
        let need = if key.required { ", required" } else { "" };
        let (about, example) = (cell(key.about), cell(key.example));
        let _ = writeln!(out, "| `{}` | {kind}{need} | {about} | `{example}` |", key.name);
    }
}

/// Text as it may stand in a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The format as JSON Schema (draft 2020-12).
fn schema() -> Value {
    let mut front = object(FRONT);
    front["properties"]["vars"]["additionalProperties"] = json!({ "oneOf": [
        { "type": "string" },
        { "type": "object", "properties": properties(VAR), "minProperties": 1, "maxProperties": 1,
          "additionalProperties": false },
    ] });
    let mut world = object(WORLD);
    for part in systems::parts() {
        let keys = part.keys.iter().map(|k| (k.name.to_owned(), json!({ "description": k.about })));
        world["properties"][part.name] = json!({
            "type": "object", "properties": keys.collect::<Map<_, _>>(),
            "additionalProperties": false,
        });
    }
    world["properties"]["exists"]["items"] = object(EXISTS);
    world["description"] = front["properties"]["world"]["description"].take();
    front["properties"]["world"] = world;
    let mut expect = object(EXPECT);
    for matcher in MATCHERS {
        expect["properties"][matcher.name()] =
            json!({ "type": matcher.types(), "description": matcher.about() });
    }
    expect["oneOf"] = MATCHERS.iter().map(|m| json!({ "required": [m.name()] })).collect();
    let mut check = object(CHECK);
    check["properties"]["expect"]["items"] = expect;
    let mut ask = object(ASK);
    ask["properties"]["answer"]["oneOf"] = json!([
        { "type": ["string", "number", "boolean"] },
        { "type": "array", "items": { "type": ["string", "number", "boolean"] }, "minItems": 1 },
        object(LIVE),
    ]);
    front["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    front["$defs"] = json!({ "check": check, "ask": ask });
    front
}

fn object(keys: &[Key]) -> Value {
    let required: Vec<&str> = keys.iter().filter(|k| k.required).map(|k| k.name).collect();
    json!({
        "type": "object",
        "properties": properties(keys),
        "required": required,
        "additionalProperties": false,
    })
}

fn properties(keys: &[Key]) -> Map<String, Value> {
    const ID: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
    let property = |key: &Key| {
        let mut value = match key.kind {
            Kind::Integer(low, high) => {
                json!({ "type": "integer", "minimum": low, "maximum": high })
            }
            Kind::Text => json!({ "type": "string", "minLength": 1 }),
            Kind::Id => json!({ "type": "string", "pattern": ID }),
            Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Kind::Ids => json!({ "type": "array", "items": { "type": "string", "pattern": ID } }),
            Kind::Table => json!({ "type": "object" }),
            Kind::Tables => {
                json!({ "type": "array", "minItems": 1, "items": { "type": "object" } })
            }
            Kind::Any => json!({}),
            Kind::Range => {
                json!({ "type": "array", "items": { "type": "integer" }, "minItems": 2, "maxItems": 2 })
            }
            Kind::Flag | Kind::Truth => json!({ "type": "boolean" }),
        };
        value["description"] = key.about.into();
        (key.name.to_owned(), value)
    };
    keys.iter().map(property).collect()
}
