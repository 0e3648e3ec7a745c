//! The course as its students meet it: rounds, in each a part for every topic, and in each part pages of
//! the notes and labs in their order. Its data is a file, so that a teacher can have another.
//!
//! Reading it looks at the file alone; whether the labs and pages it names exist is `lint`'s affair, and
//! whoever shows it has to say of a lab that is missing that it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use toml::de::{DeTable, DeValue};

use super::catalog::Entry;
use super::keys::{FORMAT, Key, Kind, is_id, key};
use super::problem::{Problem, Report, remedy};
use super::table::{self, Reader, Text};

/// The course of this program.
const EMBEDDED: &str = include_str!("../../assets/course.toml");
/// Its name in messages.
const EMBEDDED_PATH: &str = "assets/course.toml";
/// A course in a folder of labs is called so.
pub const FILE_NAME: &str = "course.toml";

/// The whole file.
pub(super) static COURSE: &[Key] = &[
    key("format", Kind::Integer(FORMAT, FORMAT), true, "The version of this format.", "format = 1"),
    key("title", Kind::Text, true, "What the course is called.", "title = \"Distributed systems\""),
    key(
        "topics",
        Kind::Tables,
        true,
        "The topics, each with an `id` that parts name and a `title`.",
        "[[topics]]",
    ),
    key("rounds", Kind::Tables, true, "The rounds, in their order.", "[[rounds]]"),
    key(
        "after",
        Kind::Table,
        false,
        "Labs better done before others, beside what the labs say themselves.",
        "after = { swarm = [\"overlay\"] }",
    ),
];

static TOPIC: &[Key] = &[
    key("id", Kind::Id, true, "The name by which parts name it.", "id = \"containers\""),
    key("title", Kind::Text, true, "What people read.", "title = \"Containers and Docker\""),
];

/// One of `[[rounds]]`.
pub(super) static ROUND: &[Key] = &[
    key("title", Kind::Text, true, "What people read.", "title = \"Beginner\""),
    key("about", Kind::Text, false, "What the round is for.", "about = \"A first look at each.\""),
    key("parts", Kind::Tables, true, "What is done in it, by topic.", "[[rounds.parts]]"),
];

/// One of `[[rounds.parts]]`.
pub(super) static PART: &[Key] = &[
    key("topic", Kind::Id, true, "The topic's id.", "topic = \"containers\""),
    key(
        "items",
        Kind::Texts,
        true,
        "Pages of the notes and labs, in their order. A thing may stand in one part only.",
        "items = [\"notes:containers/images\", \"lab:images\"]",
    ),
];

/// A course.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Syllabus {
    pub title: String,
    pub topics: Vec<Topic>,
    pub rounds: Vec<Round>,
    /// The file, for messages.
    pub path: String,
    /// Which labs are better done before one, and the line that says so.
    pub(super) after: BTreeMap<String, (Vec<String>, usize)>,
}

/// A topic of the course.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    pub id: String,
    pub title: String,
}

/// A round through the topics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Round {
    pub title: String,
    pub about: String,
    pub parts: Vec<Part>,
}

/// What is done of one topic in one round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The topic's id.
    pub topic: String,
    pub items: Vec<Item>,
}

/// A page or a lab in its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub what: What,
    /// Where the file names it.
    pub(super) line: usize,
    pub(super) column: Option<usize>,
}

/// What an item is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// A lab, by its id.
    Lab(String),
    /// A page of the notes, by its id.
    Page(String),
}

impl What {
    fn read(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        // A page that belongs to no track, such as the glossary, has no slash.
        let page = || id.splitn(2, '/').all(is_id);
        match kind {
            "lab" if is_id(id) => Some(Self::Lab(id.to_owned())),
            "notes" if page() => Some(Self::Page(id.to_owned())),
            _ => None,
        }
    }

    /// As the file writes it: `lab:s3`.
    fn written(&self) -> String {
        match self {
            Self::Lab(id) => format!("lab:{id}"),
            Self::Page(id) => format!("notes:{id}"),
        }
    }
}

impl Syllabus {
    /// The course that is embedded in the program.
    #[must_use]
    pub fn embedded() -> Self {
        static READ: LazyLock<Syllabus> =
            LazyLock::new(|| Syllabus::parse(EMBEDDED_PATH, EMBEDDED).unwrap_or_default());
        READ.clone()
    }

    /// The course to follow: the file that was named, else the one in the folder of labs, else the
    /// program's own.
    ///
    /// # Errors
    /// Everything that is wrong in the file.
    pub fn find(file: Option<&Path>, labs: Option<&Path>) -> Result<Self, Vec<Problem>> {
        if let Some(file) = file {
            return Self::read(file);
        }
        match labs.map(|folder| folder.join(FILE_NAME)).filter(|path| path.is_file()) {
            Some(path) => Self::read(&path),
            None => Ok(Self::embedded()),
        }
    }

    /// Reads a course file.
    ///
    /// # Errors
    /// Everything that is wrong in it, in its order.
    pub fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let source = table::read_file(path, "a course is a few hundred lines", "course.toml")?;
        Self::parse(&path.display().to_string(), &source)
    }

    /// As [`Self::read`]; `path` names the file in messages.
    ///
    /// # Errors
    /// Everything that is wrong in it, in its order.
    pub fn parse(path: &str, source: &str) -> Result<Self, Vec<Problem>> {
        let source = table::normal(source);
        let mut report = Report::new(path);
        let text = Text::whole(&source);
        let read = text.parse(&mut report).map(|table| course(&text, &table, &mut report));
        match read {
            Some(course) if report.is_empty() => Ok(Self { path: path.to_owned(), ..course }),
            _ => Err(report.finish()),
        }
    }

    /// Whether a file of TOML is meant as a course: no other file of the program has rounds.
    #[must_use]
    pub fn is_meant(source: &str) -> bool {
        let (table, _) = DeTable::parse_recoverable(source);
        table.get_ref().contains_key("rounds") || table.get_ref().contains_key("topics")
    }

    /// A topic's title.
    #[must_use]
    pub fn topic_title<'s>(&'s self, id: &'s str) -> &'s str {
        self.topics.iter().find(|topic| topic.id == id).map_or(id, |topic| topic.title.as_str())
    }

    /// Every item, in the order of the course.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.rounds.iter().flat_map(|round| &round.parts).flat_map(|part| &part.items)
    }

    /// The labs better done before one: what it says itself, and what the course adds.
    #[must_use]
    pub fn before(&self, lab: &Entry) -> Vec<String> {
        let mut before = lab.after.clone();
        let more = self.after.get(&lab.id).map_or(&[][..], |(labs, _)| labs);
        let new: Vec<String> = more.iter().filter(|id| !before.contains(id)).cloned().collect();
        before.extend(new);
        before
    }
}

fn course(text: &Text<'_>, table: &DeTable<'_>, report: &mut Report) -> Syllabus {
    let reader = Reader::new(text, table, ("the course", 1), COURSE, &[], report);
    let mut found =
        Syllabus { title: reader.text("title").unwrap_or_default(), ..Syllabus::default() };
    for (table, line) in reader.tables("topics") {
        let topic = Reader::new(text, table, ("`[[topics]]`", line), TOPIC, &[], report);
        let (Some(id), Some(title)) = (topic.text("id"), topic.text("title")) else { continue };
        if found.topics.iter().any(|other| other.id == id) {
            let what = format!("the topic `{id}` stands here twice");
            report.add_at(topic.line_of("id"), Some(1), what, "give each topic an id of its own");
        }
        found.topics.push(Topic { id, title });
    }
    let mut seen = BTreeSet::new();
    for (table, line) in reader.tables("rounds") {
        let inner = Reader::new(text, table, ("`[[rounds]]`", line), ROUND, &[], report);
        let mut round = Round {
            title: inner.text("title").unwrap_or_default(),
            about: inner.text("about").unwrap_or_default(),
            parts: Vec::new(),
        };
        for (table, line) in inner.tables("parts") {
            let part = Reader::new(text, table, ("`[[rounds.parts]]`", line), PART, &[], report);
            let topic = part.text("topic").unwrap_or_default();
            if part.has("topic") && !found.topics.iter().any(|t| t.id == topic) {
                let known = found.topics.iter().map(|t| t.id.as_str());
                let what = format!("`{topic}` is none of the topics");
                let mend = remedy(&topic, known);
                report.add_at(part.line_of("topic"), Some(1), what, mend);
            }
            let items = items(text, &part, &mut seen, report);
            round.parts.push(Part { topic, items });
        }
        found.rounds.push(round);
    }
    if let Some(table) = reader.table("after") {
        found.after = after(text, table, report);
    }
    found
}

fn items(
    text: &Text<'_>,
    part: &Reader<'_, '_>,
    seen: &mut BTreeSet<What>,
    report: &mut Report,
) -> Vec<Item> {
    let listed = part.value("items").and_then(DeValue::as_array).into_iter().flatten();
    let mut items = Vec::new();
    for value in listed {
        let (line, column) = text.place(value.span().start);
        let words = value.get_ref().as_str().unwrap_or_default();
        let Some(what) = What::read(words) else {
            let what = format!("{words:?} names neither a lab nor a page");
            let mend = "write `lab:ID` for a lab, `notes:TRACK/PAGE` or `notes:PAGE` for a page of the notes";
            report.add_at(line, column, what, mend);
            continue;
        };
        if !seen.insert(what.clone()) {
            let told = format!("`{}` stands in the course twice", what.written());
            report.add_at(line, column, told, "keep it where it is met first");
            continue;
        }
        items.push(Item { what, line, column });
    }
    items
}

fn after(
    text: &Text<'_>,
    table: &DeTable<'_>,
    report: &mut Report,
) -> BTreeMap<String, (Vec<String>, usize)> {
    let mut found = BTreeMap::new();
    for (lab, value) in table {
        let (line, column) = text.place(lab.span().start);
        let list = value.get_ref().as_array();
        let ids: Option<Vec<String>> = list.and_then(|list| {
            list.iter().map(|id| id.get_ref().as_str().map(str::to_owned)).collect()
        });
        if let Some(ids) = ids {
            found.insert(lab.get_ref().to_string(), (ids, line));
        } else {
            let what = format!("`after.{}` is not a list of labs", lab.get_ref());
            report.add_at(line, column, what, "write it like `swarm = [\"overlay\"]`");
        }
    }
    found
}
