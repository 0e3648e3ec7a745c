//! `--output table`: boxes within boxes, as wide as the widest of them. A section with one row is
//! turned on its side when the table would be wider than the terminal.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr as _;

use crate::aws::value::python;

/// Renders a value under a title; nothing for an empty one.
///
/// # Errors
/// When a query makes rows of different lengths.
pub(super) fn render(
    title: &str,
    value: &Value,
    width: usize,
    color: bool,
    to: &mut String,
) -> Result<(), String> {
    let mut table = Table { sections: Vec::new(), color };
    if table.build(Some(title), value, 0)? {
        table.render(width, to);
    }
    Ok(())
}

#[derive(Default)]
struct Section {
    title: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    indent: usize,
    widths: Vec<usize>,
}

impl Section {
    fn widen(&mut self, row: &[String]) {
        if self.widths.is_empty() {
            self.widths = vec![0; row.len()];
        }
        for (width, cell) in self.widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }

    fn header(&mut self, headers: Vec<String>) {
        self.widen(&headers);
        self.headers = headers;
    }

    fn row(&mut self, row: Vec<String>) -> Result<(), String> {
        if !self.widths.is_empty() && row.len() != self.widths.len() {
            return Err(format!(
                "Row should have {} elements, instead it has {}",
                self.widths.len(),
                row.len()
            ));
        }
        self.widen(&row);
        self.rows.push(row);
        Ok(())
    }

    fn total(&self) -> usize {
        let cells: usize = self.widths.iter().map(|w| w + 4).sum();
        (self.title.width() + 2 + 2 * self.indent).max(cells + 2 + 2 * self.indent)
    }

    /// The columns' widths, stretched or squeezed in proportion so that they fill `total`.
    fn columns(&self, total: usize) -> Vec<usize> {
        let natural: Vec<usize> = self.widths.iter().map(|w| w + 4).collect();
        let sum: usize = natural.iter().sum();
        if sum == 0 {
            return natural;
        }
        let mut scaled: Vec<usize> = natural.iter().map(|w| round_ratio(w * total, sum)).collect();
        while scaled.iter().sum::<usize>() > total {
            let mut over = scaled.iter().sum::<usize>() - total;
            for width in &mut scaled {
                if over > 0 && *width > 0 {
                    *width -= 1;
                    over -= 1;
                }
            }
        }
        while scaled.iter().sum::<usize>() < total {
            let mut under = total - scaled.iter().sum::<usize>();
            for width in scaled.iter_mut().rev() {
                if under > 0 {
                    *width += 1;
                    under -= 1;
                }
            }
        }
        scaled
    }

    /// One row with headers becomes rows of header and value.
    fn turned(self) -> Self {
        if self.rows.len() != 1 || self.headers.is_empty() {
            return self;
        }
        let mut turned = Self { title: self.title, indent: self.indent, ..Self::default() };
        let cells = self.rows.into_iter().next().unwrap_or_default();
        for (header, cell) in self.headers.into_iter().zip(cells) {
            let row = vec![header, cell];
            turned.widen(&row);
            turned.rows.push(row);
        }
        turned
    }
}

/// A ratio rounded to the nearest whole number, halves to the even one.
fn round_ratio(numerator: usize, denominator: usize) -> usize {
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Number(n) => n.as_f64() == Some(0.0),
        Value::Bool(true) => false,
    }
}

struct Table {
    sections: Vec<Section>,
    color: bool,
}

impl Table {
    fn open(&mut self, title: &str, indent: usize) {
        self.sections.push(Section { title: title.into(), indent, ..Section::default() });
    }

    fn current(&mut self) -> &mut Section {
        if self.sections.is_empty() {
            self.open("", 0);
        }
        let last = self.sections.len() - 1;
        &mut self.sections[last]
    }

    fn build(&mut self, title: Option<&str>, value: &Value, indent: usize) -> Result<bool, String> {
        if is_empty(value) {
            return Ok(false);
        }
        if let Some(title) = title {
            self.open(title, indent);
        }
        match value {
            Value::Array(items) if items.first().is_some_and(Value::is_object) => {
                self.structures(items, title.unwrap_or_default(), indent)?;
            }
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::Array(cells) if cells.iter().all(is_scalar) => {
                            self.current().row(cells.iter().map(python).collect())?;
                        }
                        item if is_scalar(item) => self.current().row(vec![python(item)])?,
                        item => {
                            self.build(None, item, indent)?;
                        }
                    }
                }
            }
            Value::Object(map) => self.structure(map, indent)?,
            _ => {}
        }
        Ok(true)
    }

    fn structure(&mut self, map: &Map<String, Value>, indent: usize) -> Result<(), String> {
        let (scalars, nested) = keys(std::iter::once(map));
        if let [only] = scalars.as_slice() {
            self.current().row(vec![(*only).to_owned(), python(&map[*only])])?;
        } else if !scalars.is_empty() {
            self.current().header(scalars.iter().map(|k| (*k).to_owned()).collect());
            self.current().row(scalars.iter().map(|k| python(&map[*k])).collect())?;
        }
        for key in nested {
            self.build(Some(key), &map[key], indent + 1)?;
        }
        Ok(())
    }

    fn structures(&mut self, items: &[Value], title: &str, indent: usize) -> Result<(), String> {
        let (scalars, nested) = keys(items.iter().filter_map(Value::as_object));
        let headers: Vec<String> = scalars.iter().map(|k| (*k).to_owned()).collect();
        self.current().header(headers.clone());
        for (number, item) in items.iter().enumerate() {
            if number > 0 && !nested.is_empty() {
                self.open(title, indent);
                self.current().header(headers.clone());
            }
            let cells = scalars.iter().map(|k| item.get(*k).map_or(String::new(), python));
            let cells = cells.collect();
            self.current().row(cells)?;
            for key in &nested {
                if let Some(value) = item.get(*key) {
                    self.build(Some(key), value, indent + 1)?;
                }
            }
        }
        Ok(())
    }

    fn widest(&self) -> usize {
        self.sections.iter().map(Section::total).max().unwrap_or(0)
    }

    fn render(mut self, terminal: usize, to: &mut String) {
        if self.widest() > terminal {
            self.sections = self.sections.into_iter().map(Section::turned).collect();
        }
        let widest = self.widest();
        to.push_str(&"-".repeat(widest));
        to.push('\n');
        for section in &self.sections {
            self.section(section, widest - 2 * section.indent, to);
        }
    }

    fn section(&self, section: &Section, width: usize, to: &mut String) {
        let edge = if self.color { "\x1b[2m\x1b[33m|\x1b[0m" } else { "|" };
        let edge = edge.repeat(section.indent);
        let mut line = |text: &str| to.extend([&edge, text, &edge, "\n"]);
        if !section.title.is_empty() {
            line(&centred(&section.title, width, "|"));
            if section.headers.is_empty() && section.rows.is_empty() {
                line(&format!("+{}+", "-".repeat(width.saturating_sub(2))));
            }
        }
        let widths = section.columns(width);
        if !section.headers.is_empty() {
            line(&rule(&widths));
            let cells = widths.iter().zip(&section.headers).enumerate();
            let cells: Vec<String> = cells
                .map(|(i, (width, text))| centred(text, *width, if i == 0 { "|" } else { "" }))
                .collect();
            line(&cells.concat());
        }
        if section.rows.is_empty() || widths.is_empty() {
            return;
        }
        line(&rule(&widths));
        for row in &section.rows {
            let cells = widths.iter().zip(row).enumerate();
            let cells: Vec<String> = cells
                .map(|(i, (width, text))| self.cell(text, *width, if i == 0 { "|" } else { "" }))
                .collect();
            line(&cells.concat());
        }
        line(&rule(&widths));
    }

    fn cell(&self, text: &str, width: usize, left: &str) -> String {
        let edges = left.len() + 1;
        let padding = if text.width() + 2 + edges <= width { 2 } else { 0 };
        let right = width.saturating_sub(left.len() + padding + text.width() + 1);
        let text =
            if self.color { format!("\x1b[1m\x1b[34m{text}\x1b[0m") } else { text.to_owned() };
        format!("{left}{}{text}{}|", " ".repeat(padding), " ".repeat(right))
    }
}

/// The names of the scalar members and of the others, each sorted.
fn keys<'a>(maps: impl Iterator<Item = &'a Map<String, Value>>) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut scalars, mut nested) = (BTreeSet::new(), BTreeSet::new());
    for (key, value) in maps.flatten() {
        if is_scalar(value) {
            scalars.insert(key.as_str())
        } else {
            nested.insert(key.as_str())
        };
    }
    (scalars.into_iter().collect(), nested.into_iter().collect())
}

fn centred(text: &str, width: usize, left: &str) -> String {
    let start = (width / 2).saturating_sub(text.width() / 2 + 1);
    let used = left.len() + start + text.width() + 1;
    format!("{left}{}{text}{}|", " ".repeat(start), " ".repeat(width.saturating_sub(used)))
}

fn rule(widths: &[usize]) -> String {
    let parts = widths.iter().enumerate().map(|(i, width)| match i {
        0 => format!("+{}+", "-".repeat(width.saturating_sub(2))),
        _ => format!("{}+", "-".repeat(width.saturating_sub(1))),
    });
    parts.collect()
}
