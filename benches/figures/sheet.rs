//! The sheet of figures: what was read, the bar, and the conditions.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::machine;

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// Read for its own sake.
    None,
}

/// One figure.
struct Figure {
    group: &'static str,
    what: String,
    value: Option<f64>,
    unit: &'static str,
    bar: Bar,
    note: String,
}

/// All figures that were read.
pub(crate) struct Sheet {
    figures: Vec<Figure>,
    load_before: String,
}

impl Sheet {
    pub(crate) fn new() -> Self {
        Self { figures: Vec::new(), load_before: machine::load() }
    }

    /// Adds a figure.
    pub(crate) fn add(
        &mut self,
        group: &'static str,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        bar: Bar,
        note: impl Into<String>,
    ) {
        let (what, note) = (what.into(), note.into());
        self.figures.push(Figure { group, what, value: Some(value), unit, bar, note });
    }

    /// Says why a figure could not be read.
    pub(crate) fn absent(&mut self, group: &'static str, what: &str, why: impl Into<String>) {
        let (what, note) = (what.to_owned(), why.into());
        let figure = Figure { group, what, value: None, unit: "", bar: Bar::None, note };
        self.figures.push(figure);
    }

    /// The figures that could not be read.
    pub(crate) fn missing(&self) -> Vec<String> {
        let missing = self.figures.iter().filter(|figure| figure.value.is_none());
        missing.map(|figure| format!("{}: {}", figure.group, figure.what)).collect()
    }

    /// The table a person reads.
    pub(crate) fn text(&self) -> String {
        let rows: Vec<[String; 5]> = self.figures.iter().map(Figure::row).collect();
        let heads = ["group", "figure", "read", "bar", ""].map(str::to_owned);
        let mut widths = [0; 5];
        for row in std::iter::once(&heads).chain(&rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        if quick() || cfg!(debug_assertions) {
            text.push_str("read quickly or of a debug build: not for publishing\n");
        }
        for (name, value) in machine::facts() {
            let _ = writeln!(text, "{name}: {value}");
        }
        let _ =
            writeln!(text, "load before and after: {} | {}\n", self.load_before, machine::load());
        for row in std::iter::once(&heads).chain(&rows) {
            let [group, what, value, bar, note] = row;
            let [a, b, c, d, _] = widths;
            let line = format!("{group:a$}  {what:b$}  {value:>c$}  {bar:>d$}  {note}");
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }

    /// The same for a machine.
    pub(crate) fn json(&self) -> String {
        let machine: serde_json::Map<String, Value> =
            machine::facts().into_iter().map(|(n, v)| (n.to_owned(), v.into())).collect();
        let figures: Vec<Value> = self.figures.iter().map(Figure::json).collect();
        let load = [self.load_before.clone(), machine::load()];
        let publishable = !quick() && !cfg!(debug_assertions);
        json!({
            "machine": machine, "load": load, "publishable": publishable, "figures": figures,
        })
        .to_string()
    }
}

impl Figure {
    fn row(&self) -> [String; 5] {
        let value = self.value.map_or_else(|| "-".into(), |v| number(v, self.unit));
        let (bar, missed) = match (self.bar, self.value) {
            (Bar::AtMost(bar), Some(v)) => (format!("≤ {}", number(bar, self.unit)), v > bar),
            (Bar::AtLeast(bar), Some(v)) => (format!("≥ {}", number(bar, self.unit)), v < bar),
            _ => (String::new(), false),
        };
        let mark = if missed { "MISSED " } else { "" };
        [self.group.into(), self.what.clone(), value, bar, format!("{mark}{}", self.note)]
    }

    fn json(&self) -> Value {
        let (sense, bar) = match self.bar {
            Bar::AtMost(bar) => (json!("at most"), json!(bar)),
            Bar::AtLeast(bar) => (json!("at least"), json!(bar)),
            Bar::None => (Value::Null, Value::Null),
        };
        json!({
            "group": self.group, "figure": self.what, "value": self.value, "unit": self.unit,
            "bar": bar, "sense": sense, "note": self.note,
        })
    }
}

fn number(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    if unit.is_empty() { digits } else { format!("{digits} {unit}") }
}

/// How often something is done: a tenth of it where `FIGURES_QUICK` is set, to see that the harness
/// runs to its end. Such figures are for nobody.
pub(crate) fn times(count: usize) -> usize {
    if quick() { (count / 10).max(1) } else { count }
}

pub(crate) fn quick() -> bool {
    std::env::var_os("FIGURES_QUICK").is_some_and(|value| !value.is_empty())
}

/// The value below which this part of the sorted values lies, `part` in hundredths.
pub(crate) fn percentile(values: &mut [f64], part: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * part / 100).min(values.len().saturating_sub(1));
    values.get(place).copied().unwrap_or(f64::NAN)
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50)
}
