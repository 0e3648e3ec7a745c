//! Front matter: a lab's metadata, which can be read without reading the lab.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{self, FRONT};
use super::lab::Need;
use super::problem::{Report, remedy};
use super::table::{Reader, Text};
use super::vars::{self, Declared};
use super::world;

/// What stands between the `+++` lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Front {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) track: String,
    pub(super) minutes: u32,
    pub(super) needs: Vec<Need>,
    pub(super) after: Vec<String>,
    pub(super) continues: Option<String>,
    pub(super) speed: u32,
    pub(super) images: Vec<String>,
    pub(super) vars: BTreeMap<String, Declared>,
    pub(super) world: world::Declared,
    /// The line of each key that is there.
    pub(super) lines: BTreeMap<&'static str, usize>,
}

/// A file cut at its front matter.
pub(super) struct Parts<'s> {
    /// TOML; begins in line 2.
    pub(super) front: &'s str,
    pub(super) body: &'s str,
    pub(super) body_line: usize,
}

/// Cuts a file at its `+++` lines.
pub(super) fn split<'s>(source: &'s str, report: &mut Report) -> Option<Parts<'s>> {
    let Some(rest) = source.strip_prefix("+++\n") else {
        report.add(
            1,
            "the file does not begin with front matter",
            "write `+++` in the first line, then the metadata, then `+++`",
        );
        return None;
    };
    let mut offset = 0;
    for (number, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == "+++" {
            let (front, body) = (&rest[..offset], &rest[offset + line.len()..]);
            return Some(Parts { front, body, body_line: number + 3 });
        }
        offset += line.len();
    }
    report.add(1, "the front matter is never closed", "write `+++` after its last line");
    None
}

/// Reads the front matter. What is wrong is reported, and has its default value.
pub(super) fn read(toml: &str, report: &mut Report) -> Option<Front> {
    let text = Text::new(toml, 2, true);
    let table = text.parse(report)?;
    let reader = Reader::new(&text, &table, ("the front matter", 1), FRONT, &[], report);
    let mut front = Front {
        id: reader.text("id").unwrap_or_default(),
        title: reader.text("title").unwrap_or_default(),
        track: reader.text("track").unwrap_or_default(),
        minutes: reader.integer("minutes").unwrap_or(1),
        continues: reader.text("continues"),
        speed: reader.integer("speed").unwrap_or(1),
        images: reader.texts("images").into_iter().map(|(t, _)| t).collect(),
        lines: FRONT
            .iter()
            .filter(|k| table.contains_key(k.name))
            .map(|k| (k.name, reader.line_of(k.name)))
            .collect(),
        ..Front::default()
    };
    for (word, line) in reader.texts("needs") {
        match Need::ALL.into_iter().find(|need| need.name() == word) {
            Some(need) => front.needs.push(need),
            None => report.add(
                line,
                format!("`needs` names {word:?}, which is not an engine"),
                remedy(&word, Need::ALL.map(Need::name)),
            ),
        }
    }
    if front.needs == [Need::Registry] {
        report.add(
            reader.line_of("needs"),
            "the lab needs a registry and no engine that would push to it",
            "write `needs = [\"docker\", \"registry\"]`",
        );
    }
    let mut seen = BTreeSet::new();
    for (id, line) in reader.texts("after") {
        if !keys::is_id(&id) {
            report.add(
                line,
                format!("`after` names {id:?}, which is not an id"),
                "ids look like `s3-versions`",
            );
        } else if !seen.insert(id.clone()) {
            report.add(line, format!("`after` names {id:?} twice"), "take one out");
        } else if id == front.id {
            report.add(line, "the lab comes after itself", "take it out");
        }
        front.after.push(id);
    }
    if front.continues.as_deref() == Some(front.id.as_str()) && !front.id.is_empty() {
        report.add(reader.line_of("continues"), "the lab continues itself", "take it out");
    }
    if let Some(table) = reader.table("vars") {
        for (name, line, value) in text.entries(table) {
            front.vars.insert(name.to_owned(), vars::declare(name, line, value, report));
        }
    }
    if let Some(table) = reader.table("world") {
        let line = reader.line_of("world");
        if let Some(before) = &front.continues {
            let what = format!("the lab continues `{before}`, so it has that lab's world");
            report.add(line, what, format!("say in `{before}` what its world is"));
        }
        front.world = world::of_lab(&text, table, line, report);
    }
    Some(front)
}
