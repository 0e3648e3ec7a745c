//! How answers look: the layouts of `--output`, after `--query`.
//!
//! Layouts know no shapes; [`display`] makes the answer what the real client would have parsed.

mod display;
mod json;
mod query;
mod table;
mod text;
mod yaml;

#[cfg(test)]
pub(super) use display::display;
pub(super) use display::{parsed, timestamp};
pub(super) use json::pretty;
pub(super) use query::Query;

use std::io::Write;

use serde_json::Value;

use super::fail::Failure;

/// A layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Format {
    #[default]
    Json,
    Text,
    Table,
    Yaml,
    YamlStream,
    Off,
}

impl Format {
    /// The layout of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "text" => Self::Text,
            "table" => Self::Table,
            "yaml" => Self::Yaml,
            "yaml-stream" => Self::YamlStream,
            "off" => Self::Off,
            _ => return None,
        })
    }
}

/// An answer to show.
pub(super) enum Answer {
    One(Value),
    /// Everything in one, and page by page for the layouts that stream.
    Paged {
        full: Value,
        each: Vec<Value>,
    },
}

/// How to show it.
pub(super) struct Style {
    pub(super) format: Format,
    pub(super) query: Option<Query>,
    /// Columns a table may take.
    pub(super) width: usize,
    pub(super) color: bool,
}

impl Style {
    /// Shows the answer of the operation called `title`.
    pub(super) fn print(
        &self,
        title: &str,
        answer: Answer,
        to: &mut dyn Write,
    ) -> Result<(), Failure> {
        let streams = matches!(self.format, Format::Text | Format::YamlStream);
        let parts = match answer {
            Answer::One(value) => vec![value],
            Answer::Paged { each, .. } if streams => each,
            Answer::Paged { full, .. } => vec![full],
        };
        let mut text = String::new();
        for part in parts {
            let part = match &self.query {
                Some(query) => query.apply(&part)?,
                None => part,
            };
            match self.format {
                Format::Json => json::render(&part, &mut text),
                Format::Text => text::render(&part, &mut text),
                Format::Table => table::render(title, &part, self.width, self.color, &mut text)
                    .map_err(Failure::General)?,
                Format::Yaml => yaml::render(&part, &mut text),
                Format::YamlStream => yaml::render_item(&part, &mut text),
                Format::Off => {}
            }
        }
        to.write_all(text.as_bytes())?;
        Ok(to.flush()?)
    }
}
