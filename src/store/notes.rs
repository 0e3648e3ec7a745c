//! The full-text index over the course notes (SQLite's FTS5).

use rusqlite::params;

use super::db::read_meta;
use super::{Store, StoreError};

/// One section of a page, as it is indexed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteRow {
    /// `containers/images`
    pub page: String,
    /// The section within the page; empty for its beginning.
    pub anchor: String,
    pub title: String,
    pub heading: String,
    pub text: String,
}

/// A section that answers a query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    pub page: String,
    pub anchor: String,
    pub title: String,
    pub heading: String,
    /// The words around the match; matches stand between `[` and `]`.
    pub snippet: String,
}

impl Store {
    /// Brings the index up to date. `edition` names the notes' contents: when the index already
    /// holds that edition nothing is done.
    pub fn index_notes<I: IntoIterator<Item = NoteRow>>(
        &mut self,
        edition: &str,
        rows: impl FnOnce() -> I,
    ) -> Result<(), StoreError> {
        if self.meta("notes")?.as_deref() == Some(edition) {
            return Ok(());
        }
        // One that began by reading could not wait for another writer: what it read would be old.
        let step = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        if read_meta(&step, "notes")?.as_deref() == Some(edition) {
            return Ok(());
        }
        step.execute("DELETE FROM note", [])?;
        {
            let sql =
                "INSERT INTO note (page, anchor, title, heading, text) VALUES (?1, ?2, ?3, ?4, ?5)";
            let mut insert = step.prepare(sql)?;
            for row in rows() {
                insert.execute(params![row.page, row.anchor, row.title, row.heading, row.text])?;
            }
        }
        step.execute("INSERT OR REPLACE INTO meta VALUES ('notes', ?1)", [edition])?;
        step.commit()?;
        Ok(())
    }

    /// Sections that hold, of each group, at least one phrase (or one that the last group's phrases
    /// begin), best first: a word in a title counts more than one in a heading, and that more than one
    /// in the text. When no section holds something of every group, those that hold something of any.
    pub fn search_notes(
        &self,
        groups: &[Vec<String>],
        limit: usize,
    ) -> Result<Vec<Hit>, StoreError> {
        let groups: Vec<String> = groups
            .iter()
            .enumerate()
            .filter_map(|(i, group)| any_of(group, i + 1 == groups.len()))
            .collect();
        for between in [" AND ", " OR "] {
            let hits = self.match_notes(&groups.join(between), limit)?;
            if !hits.is_empty() || groups.len() < 2 {
                return Ok(hits);
            }
        }
        Ok(Vec::new())
    }

    fn match_notes(&self, expression: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        if expression.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT page, anchor, title, heading, snippet(note, 4, '[', ']', '…', 24)
                   FROM note WHERE note MATCH ?1 ORDER BY bm25(note, 0, 0, 8.0, 4.0, 1.0), page LIMIT ?2";
        let mut statement = self.db.prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![expression, limit], |row| {
            Ok(Hit {
                page: row.get(0)?,
                anchor: row.get(1)?,
                title: row.get(2)?,
                heading: row.get(3)?,
                snippet: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// An expression for any of some phrases; none for phrases without a word.
fn any_of(phrases: &[String], begins: bool) -> Option<String> {
    let star = if begins { "*" } else { "" };
    let words = |phrase: &str| {
        let words: Vec<&str> =
            phrase.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        (!words.is_empty()).then(|| format!("\"{}\"{star}", words.join(" ")))
    };
    let phrases: Vec<String> = phrases.iter().filter_map(|phrase| words(phrase)).collect();
    (!phrases.is_empty()).then(|| format!("({})", phrases.join(" OR ")))
}
