//! Every word of the lab format, each said once: the parser finds unknown keys by these tables, and
//! the reference page and its JSON Schema are written from them.

/// What a key's value may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A whole number between these.
    Integer(i64, i64),
    /// Text that is not empty.
    Text,
    /// Lower-case words joined by hyphens.
    Id,
    /// A list of texts.
    Texts,
    /// A list of ids.
    Ids,
    /// A table whose keys have a table of their own here, or are free.
    Table,
    /// A list of tables.
    Tables,
    /// Text, a list of texts, a number or a table.
    Any,
    /// Two whole numbers.
    Range,
    /// A word that is there or not.
    Flag,
    /// `true` or `false`.
    Truth,
}

impl Kind {
    /// For people: `a whole number`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Integer(..) => "a whole number",
            Self::Text => "text",
            Self::Id => "an id",
            Self::Texts => "a list of texts",
            Self::Ids => "a list of ids",
            Self::Table => "a table",
            Self::Tables => "a list of tables",
            Self::Any => "a value",
            Self::Range => "a list of two whole numbers",
            Self::Flag => "a word alone",
            Self::Truth => "`true` or `false`",
        }
    }
}

/// A key of a table in a lab file.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// What it means, and what stands when it is left out.
    pub(super) about: &'static str,
    /// A line of TOML.
    pub(super) example: &'static str,
}

pub(super) const fn key(
    name: &'static str,
    kind: Kind,
    required: bool,
    about: &'static str,
    example: &'static str,
) -> Key {
    Key { name, kind, required, about, example }
}

/// The version of the format that this program reads.
pub(super) const FORMAT: i64 = 1;

/// The front matter between the two `+++` lines.
pub(super) static FRONT: &[Key] = &[
    key("format", Kind::Integer(FORMAT, FORMAT), true, "The version of this format.", "format = 1"),
    key(
        "id",
        Kind::Id,
        true,
        "The name learners type. The folder has the same name, after its number.",
        "id = \"s3-versions\"",
    ),
    key("title", Kind::Text, true, "What lists show.", "title = \"Keep every version\""),
    key(
        "track",
        Kind::Id,
        true,
        "The group of labs it belongs to: `containers`, `bigdata`, `cloud`, or one of your own.",
        "track = \"cloud\"",
    ),
    key(
        "minutes",
        Kind::Integer(1, 600),
        true,
        "How long a learner needs for all of it.",
        "minutes = 45",
    ),
    key(
        "needs",
        Kind::Texts,
        false,
        "The engines it needs: `docker`, or `swarm` (an engine that may become a swarm), and beside \
         them `registry` (the program's own registry of images, at `{{registry}}`). The simulators \
         need nothing. None by default.",
        "needs = [\"docker\"]",
    ),
    key("after", Kind::Ids, false, "Labs better done before this one.", "after = [\"ec2-launch\"]"),
    key(
        "continues",
        Kind::Id,
        false,
        "The lab whose world this one goes on from. A fresh world by default.",
        "continues = \"s3-first\"",
    ),
    key(
        "speed",
        Kind::Integer(1, 3600),
        false,
        "Seconds of lab time for each second of the wall clock. 1 by default.",
        "speed = 10",
    ),
    key(
        "images",
        Kind::Texts,
        false,
        "Images its containers are made from, for `distlab images`.",
        "images = [\"alpine\"]",
    ),
    key(
        "vars",
        Kind::Table,
        false,
        "The lab's variables; see *Variables*.",
        "vars.bucket = { template = \"notes-{learner}-{rand:6}\" }",
    ),
    key(
        "world",
        Kind::Table,
        false,
        "What the simulated world is at the beginning; see *The world*. A lab that continues another \
         has that one's world.",
        "world.region = \"eu-west-1\"",
    ),
];

const REGION: Key = key(
    "region",
    Kind::Text,
    false,
    "The region where its clients are. `us-east-1` by default.",
    "region = \"eu-west-1\"",
);
const REGIONS: Key = key(
    "regions",
    Kind::Texts,
    false,
    "The regions that exist besides that one; keys are not valid in others. All of them by default.",
    "regions = [\"eu-west-1\", \"us-east-1\"]",
);
const EXISTING: Key = key(
    "exists",
    Kind::Tables,
    false,
    "What exists at the beginning, one table for each operation that makes it, in their order.",
    "[[world.exists]]",
);

/// The table `[world]`; the parts that systems read are keys as well.
pub(super) static WORLD: &[Key] = &[REGION, REGIONS, EXISTING];

/// A file for `distlab serve --world`: the same, and what a lab has from its learner.
pub(super) static WORLD_FILE: &[Key] = &[
    key(
        "seed",
        Kind::Integer(0, (1 << 52) - 1),
        false,
        "What identifiers are drawn from. The learner's own by default.",
        "seed = 7",
    ),
    key(
        "account",
        Kind::Text,
        false,
        "The account, twelve digits. `123456789012` by default.",
        "account = \"111122223333\"",
    ),
    key(
        "start",
        Kind::Any,
        false,
        "The lab time of the beginning. Now by default.",
        "start = 2026-03-02T08:00:00Z",
    ),
    REGION,
    REGIONS,
    EXISTING,
];

/// One entry of `exists`.
pub(super) static EXISTS: &[Key] = &[
    key(
        "service",
        Kind::Text,
        true,
        "The service, as the `aws` command calls it.",
        "service = \"s3\"",
    ),
    key(
        "op",
        Kind::Text,
        true,
        "The operation, as its API calls it. It is done as the account's root user, or as the lab itself \
         where it is no operation of AWS; one that takes time has ended before the next begins. \
         Refused, it is a mistake of this file.",
        "op = \"CreateBucket\"",
    ),
    key(
        "region",
        Kind::Text,
        false,
        "Where it is sent. The world's own region by default.",
        "region = \"eu-west-1\"",
    ),
    key(
        "input",
        Kind::Table,
        false,
        "The members of its input, by the names that the API has. In a lab, its texts may use \
         variables. A body has no place there.",
        "input = { Bucket = \"{{bucket}}\" }",
    ),
];

/// The ways a variable of `[vars]` gets its value; exactly one of them.
pub(super) static VAR: &[Key] = &[
    key(
        "template",
        Kind::Text,
        false,
        "Text in which `{learner}` is the learner's name (lower-case letters, digits and hyphens, \
         at most 20), `{rand:N}` is N random lower-case letters and digits, `{pick:a|b|c}` is one of \
         these, and `{int:LOW-HIGH}` is a whole number of this range. Text alone, without a table, \
         is a template too.",
        "bucket = { template = \"notes-{learner}-{rand:6}\" }",
    ),
    key("choice", Kind::Texts, false, "One of these.", "colour = { choice = [\"red\", \"blue\"] }"),
    key(
        "int",
        Kind::Range,
        false,
        "A whole number from the first to the second, both included.",
        "megabytes = { int = [200, 400] }",
    ),
];

/// What stands in the braces behind a step's title.
pub(super) static STEP: &[Key] = &[
    key("id", Kind::Id, true, "Written `#id`: names the step, once in a lab.", "#versions"),
    key(
        "points",
        Kind::Integer(0, 100),
        false,
        "What the step is worth. By default 1 for a step with a check or a question and 0 for one \
         that is only read.",
        "points=2",
    ),
    key("minutes", Kind::Integer(0, 600), false, "How long it takes; 0 is not shown.", "minutes=5"),
    key(
        "trap",
        Kind::Flag,
        false,
        "The step has a near miss that must fail, so it has to have a `reject`.",
        "trap",
    ),
];

/// A `check` fence.
pub(super) static CHECK: &[Key] = &[key(
    "expect",
    Kind::Tables,
    true,
    "What must hold, one table for each; all of them must.",
    "[[expect]]",
)];

/// As of an expectation, so of a question.
const WEIGHT: Key = key(
    "weight",
    Kind::Integer(1, 100),
    false,
    "Its part of the step, among all that have a weight: a step that was not passed in the end is \
     graded by the parts that hold. No part by default.",
    "weight = 2",
);

/// One `[[expect]]`; the names of the matchers are keys as well.
pub(super) static EXPECT: &[Key] = &[
    key(
        "run",
        Kind::Text,
        true,
        "A command that only looks, as the learner could type it. One command: no pipe, no `;`.",
        "run = \"aws s3api get-bucket-versioning --bucket {{bucket}}\"",
    ),
    key(
        "at",
        Kind::Text,
        false,
        "A JMESPath into the JSON that the command prints, or a pattern between slashes \
         (`'/Missing blocks:\\s+(\\d+)/'`) whose first group is looked at. JSON lines are read as a list \
         when there are several, or when the path begins with a list's brackets. Without it, what the terminal \
         shows is looked at: standard output, then standard error.",
        "at = \"Status\"",
    ),
    key(
        "else",
        Kind::Text,
        true,
        "What the learner is told when it does not hold. `{got}` and `{want}` stand for the values.",
        "else = \"Versioning is {got}; this step wants it {want}.\"",
    ),
    key(
        "missing",
        Kind::Text,
        false,
        "What the learner is told instead when the thing does not exist: the command failed and says \
         so, or there is nothing at `at`. An `else` with `{got}` needs one, unless the matcher has a \
         meaning for nothing (`absent`, `count`, `not`).",
        "missing = \"There is no bucket {{bucket}} yet.\"",
    ),
    key(
        "want",
        Kind::Text,
        false,
        "What is wanted, in words, where the matcher's value is not fit to be read: a pattern, a yes \
         or no, a table, a piece of markup.",
        "want = \"versioning turned on\"",
    ),
    key(
        "secret",
        Kind::Truth,
        false,
        "Whether what is wanted is an answer that the learner has to find, so that no card shows it. A \
         check that reads a file (`cat`) says which it is.",
        "secret = true",
    ),
    WEIGHT,
];

/// An `ask` fence.
pub(super) static ASK: &[Key] = &[
    key(
        "question",
        Kind::Text,
        true,
        "What is asked.",
        "question = \"How many versions are there?\"",
    ),
    key(
        "choices",
        Kind::Texts,
        false,
        "Offered answers; the learner may give the letter, the number or the text. Free text by default.",
        "choices = [\"one\", \"two\"]",
    ),
    key(
        "answer",
        Kind::Any,
        true,
        "The right answer: text or a number, a list of answers that are all right, or a table with \
         `run` and `at`, which computes it from the live state. Compared without case, quotes and \
         outer white space; numbers as numbers, in words and with thousands apart too, and with a \
         unit or a word that the question has (`346 bytes`, `5 min 28 s`); an identifier may be cut \
         short.",
        "answer = { run = \"aws s3api list-object-versions --bucket {{bucket}}\", at = \"length(Versions)\" }",
    ),
    key(
        "unit",
        Kind::Text,
        false,
        "The unit of a number that is the answer, where the question does not name it.",
        "unit = \"s\"",
    ),
    key(
        "why",
        Kind::Text,
        true,
        "Shown with the right answer.",
        "why = \"An overwrite adds a version.\"",
    ),
    key(
        "why_not",
        Kind::Table,
        false,
        "What is said to a wrong answer: the answer, or the letter of a choice, and the sentence.",
        "why_not = { a = \"That is the newest version alone.\" }",
    ),
    WEIGHT,
];

/// The table of a computed `answer`.
pub(super) static LIVE: &[Key] = &[
    key(
        "run",
        Kind::Text,
        true,
        "A command that only looks.",
        "run = \"docker container ls --quiet\"",
    ),
    key(
        "at",
        Kind::Text,
        false,
        "A JMESPath into the JSON it prints, or a pattern between slashes; without it, the text it prints.",
        "at = \"length(Versions)\"",
    ),
];

/// Whether `text` is an id: lower-case letters and digits in words joined by single hyphens.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

/// An id made from any text; may be empty.
pub(super) fn to_id(text: &str) -> String {
    let mut id = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') && c != '\'' && c != '’' {
            id.push('-');
        }
        if id.len() >= 48 {
            break;
        }
    }
    id.trim_matches('-').to_owned()
}
