//! Reads TOML with its places in the lab file, by the tables of `keys`.
//!
//! A reader checks a table as a whole (unknown keys, wrong kinds, missing keys); the values that are
//! asked for afterwards are those that were found good.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Key, Kind};
use super::problem::{Problem, Report, remedy};

/// Line ends and the mark that some editors begin a file with are not an author's business.
pub(super) fn normal(source: &str) -> Cow<'_, str> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if source.contains('\r') { source.replace("\r\n", "\n").into() } else { source.into() }
}

/// Bytes a file of TOML alone may have: it is written by hand.
const FILE_MAX: u64 = 1 << 20;

/// The text of a file of TOML alone, of which `usual` says how long one is, and `like` what one is
/// called.
pub(super) fn read_file(path: &Path, usual: &str, like: &str) -> Result<String, Vec<Problem>> {
    let broken = |what: String, remedy: &str| {
        let mut report = Report::new(&path.display().to_string());
        report.add(1, what, remedy);
        report.finish()
    };
    if fs::metadata(path).is_ok_and(|meta| meta.len() > FILE_MAX) {
        return Err(broken("the file is larger than 1 MiB".into(), usual));
    }
    fs::read_to_string(path).map_err(|error| {
        broken(format!("cannot be read: {error}"), &format!("name a file of TOML, like {like}"))
    })
}

/// What follows so many errors of syntax follows from them.
const ERRORS_MAX: usize = 50;

/// TOML text that stands in a lab file from `line` on.
pub(super) struct Text<'t> {
    source: &'t str,
    line: usize,
    /// Where each line but the first begins.
    starts: Vec<usize>,
    /// Whether columns are those of the file (they are not where a variable was put in).
    columns: bool,
    /// Whether a table's problems are told with their columns, too: where the file is nothing but TOML.
    whole: bool,
}

impl<'t> Text<'t> {
    pub(super) fn new(source: &'t str, line: usize, columns: bool) -> Self {
        let starts = source.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self { source, line, starts, columns, whole: false }
    }

    /// A file of TOML.
    pub(super) fn whole(source: &'t str) -> Self {
        Self { whole: true, ..Self::new(source, 1, true) }
    }

    /// The line and the column for an offset into this text.
    pub(super) fn place(&self, offset: usize) -> (usize, Option<usize>) {
        (self.line_at(offset), self.column_at(offset))
    }

    /// The line of the file for an offset into this text.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.line + self.starts.partition_point(|start| *start <= offset)
    }

    /// The line of what a path of keys, and of places in lists, leads to, as far as it leads.
    pub(super) fn line_of_path<'p>(
        &self,
        table: &DeTable<'t>,
        path: impl IntoIterator<Item = &'p str>,
    ) -> Option<usize> {
        let mut path = path.into_iter();
        let (word, mut value) = table.get_key_value(path.next()?)?;
        let mut offset = word.span().start;
        for step in path {
            if let Some(table) = value.get_ref().as_table() {
                let Some((word, inside)) = table.get_key_value(step) else { break };
                (offset, value) = (word.span().start, inside);
            } else {
                let list = value.get_ref().as_array();
                let Some(inside) = list.and_then(|list| list.get(step.parse::<usize>().ok()?))
                else {
                    break;
                };
                (offset, value) = (inside.span().start, inside);
            }
        }
        Some(self.line_at(offset))
    }

    fn column_at(&self, offset: usize) -> Option<usize> {
        let before = self.source.get(..offset).filter(|_| self.columns)?;
        let lines = self.starts.partition_point(|start| *start <= offset);
        let start = lines.checked_sub(1).map_or(0, |line| self.starts[line]);
        Some(before[start..].chars().count() + 1)
    }

    /// Every key of a table with its line and value, whatever it is called.
    pub(super) fn entries<'r>(
        &self,
        table: &'r DeTable<'t>,
    ) -> impl Iterator<Item = (&'r str, usize, &'r DeValue<'t>)> {
        table.iter().map(|(word, value)| {
            (word.get_ref().as_ref(), self.line_at(word.span().start), value.get_ref())
        })
    }

    /// The root table, or nothing where the syntax is broken (which is reported).
    pub(super) fn parse(&self, report: &mut Report) -> Option<DeTable<'t>> {
        let (table, mut errors) = DeTable::parse_recoverable(self.source);
        // The parser tells what is wrong in a line's structure before what is wrong in its words.
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        for error in errors.iter().take(ERRORS_MAX) {
            let offset = error.span().map_or(0, |s| s.start);
            let what = error.message().lines().collect::<Vec<_>>().join(", ");
            let column = self.column_at(offset);
            report.add_at(
                self.line_at(offset),
                column,
                format!("this is not TOML: {what}"),
                "mend the line; text goes in quotes, a list in brackets",
            );
        }
        errors.is_empty().then(|| table.into_inner())
    }
}

/// One table and what may stand in it.
pub(super) struct Reader<'r, 't> {
    text: &'r Text<'t>,
    table: &'r DeTable<'t>,
    /// The line the table begins in.
    pub(super) line: usize,
    good: BTreeMap<&'static str, &'r Spanned<DeValue<'t>>>,
}

impl<'r, 't> Reader<'r, 't> {
    /// Checks `table` (called `name` in messages) against `keys`; `more` are names that are keys too.
    pub(super) fn new(
        text: &'r Text<'t>,
        table: &'r DeTable<'t>,
        at: (&str, usize),
        keys: &'static [Key],
        more: &[&'static str],
        report: &mut Report,
    ) -> Self {
        let (name, line) = at;
        let mut reader = Reader { text, table, line, good: BTreeMap::new() };
        for (word, value) in table {
            let at = text.line_at(word.span().start);
            let column = text.column_at(word.span().start).filter(|_| text.whole);
            let known = keys.iter().map(|k| k.name).chain(more.iter().copied());
            let Some(known_word) = known.clone().find(|k| *k == word.get_ref().as_ref()) else {
                let what = format!("`{}` is not a key of {name}", word.get_ref());
                report.add_at(at, column, what, remedy(word.get_ref(), known));
                continue;
            };
            match keys.iter().find(|k| k.name == known_word) {
                Some(key) => match wrong(key, value.get_ref()) {
                    None => drop(reader.good.insert(known_word, value)),
                    Some(what) => {
                        report.add_at(at, column, what, format!("write it like `{}`", key.example));
                    }
                },
                None => drop(reader.good.insert(known_word, value)),
            }
        }
        for key in keys.iter().filter(|k| k.required && !table.contains_key(k.name)) {
            let what = format!("{name} has no `{}`", key.name);
            let column = text.whole.then_some(1);
            report.add_at(line, column, what, format!("add it, like `{}`", key.example));
        }
        reader
    }

    /// The line of a key, or of the table where the key is missing.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.table
            .get_key_value(key)
            .map_or(self.line, |(word, _)| self.text.line_at(word.span().start))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.good.contains_key(key)
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.value(key)?.as_str().map(str::to_owned)
    }

    pub(super) fn truth(&self, key: &str) -> Option<bool> {
        self.value(key)?.as_bool()
    }

    pub(super) fn integer<T: TryFrom<i64>>(&self, key: &str) -> Option<T> {
        integer(self.value(key)?).and_then(|n| T::try_from(n).ok())
    }

    pub(super) fn value(&self, key: &str) -> Option<&'r DeValue<'t>> {
        self.good.get(key).map(|value| value.get_ref())
    }

    /// The values of a list, each with its line; none where there is no list.
    fn list(&self, key: &str) -> impl Iterator<Item = (&'r DeValue<'t>, usize)> {
        let list = self.value(key).and_then(DeValue::as_array).into_iter().flatten();
        list.map(|value| (value.get_ref(), self.text.line_at(value.span().start)))
    }

    /// The texts of a list, each with its line.
    pub(super) fn texts(&self, key: &str) -> Vec<(String, usize)> {
        let text = |(value, line): (&DeValue<'_>, usize)| Some((value.as_str()?.to_owned(), line));
        self.list(key).filter_map(text).collect()
    }

    pub(super) fn table(&self, key: &str) -> Option<&'r DeTable<'t>> {
        self.value(key)?.as_table()
    }

    /// The tables of a list, each with its line.
    pub(super) fn tables(&self, key: &str) -> Vec<(&'r DeTable<'t>, usize)> {
        self.list(key).filter_map(|(value, line)| Some((value.as_table()?, line))).collect()
    }

    /// Any value as JSON.
    pub(super) fn json(&self, key: &str) -> Option<Value> {
        json(self.value(key)?)
    }
}

/// What is wrong with a key's value, if anything is.
fn wrong(key: &Key, value: &DeValue<'_>) -> Option<String> {
    let texts = |value: &DeValue<'_>| {
        value.as_array().map(|list| list.iter().all(|v| v.get_ref().is_str()))
    };
    let fits = match key.kind {
        Kind::Integer(low, high) => {
            if let Some(n) = integer(value)
                && !(low..=high).contains(&n)
            {
                let range = if low == high { low.to_string() } else { format!("{low} to {high}") };
                return Some(format!("`{}` is {n}, and may be {range}", key.name));
            }
            value.is_integer()
        }
        Kind::Text => {
            if value.as_str().is_some_and(|t| t.trim().is_empty()) {
                return Some(format!("`{}` is empty", key.name));
            }
            value.is_str()
        }
        Kind::Id => {
            if let Some(id) = value.as_str().filter(|t| !keys::is_id(t)) {
                let mended = keys::to_id(id);
                return Some(format!(
                    "`{}` is {id:?}, and must be lower-case words joined by hyphens ({mended:?}, say)",
                    key.name
                ));
            }
            value.is_str()
        }
        Kind::Texts | Kind::Ids => texts(value) == Some(true),
        Kind::Table => value.is_table(),
        Kind::Tables => value
            .as_array()
            .is_some_and(|l| !l.is_empty() && l.iter().all(|v| v.get_ref().is_table())),
        Kind::Any => true,
        Kind::Range => value
            .as_array()
            .is_some_and(|l| l.len() == 2 && l.iter().all(|v| v.get_ref().is_integer())),
        Kind::Flag | Kind::Truth => value.is_bool(),
    };
    let is = value.type_str();
    (!fits).then(|| format!("`{}` is of type {is}, and must be {}", key.name, key.kind.name()))
}

/// A TOML integer, where it fits 64 bits.
pub(super) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let n = value.as_integer()?;
    i64::from_str_radix(n.as_str(), n.radix()).ok()
}

/// A TOML value as JSON; `None` for what JSON cannot say.
pub(super) fn json(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(_) => Value::Number(integer(value)?.into()),
        DeValue::Float(float) => {
            Value::Number(float.as_str().parse().ok().and_then(Number::from_f64)?)
        }
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(list) => {
            Value::Array(list.iter().map(|v| json(v.get_ref())).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => Value::Object(
            table
                .iter()
                .map(|(k, v)| Some((k.get_ref().to_string(), json(v.get_ref())?)))
                .collect::<Option<_>>()?,
        ),
    })
}
