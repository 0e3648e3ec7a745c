//! A table for a terminal.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::super::batch::{Batch, Line, count};
use super::super::graded::{Graded, Verdict};
use super::{Report, effort, plain};

/// A table for the class, then what needs a teacher's eye.
pub(super) struct Text;

impl Report for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "a table of the class, then what needs a teacher's eye"
    }

    fn write(&self, batch: &Batch) -> String {
        let heads = ["LEARNER", "LAB", "REPLAYED", "ATTESTED", "OF", "EFFORT", "NOTES"];
        let mut rows = vec![heads.map(String::from).to_vec()];
        let mut remarks = String::new();
        for line in &batch.lines {
            rows.push(if let Ok(g) = &line.outcome {
                vec![
                    plain(g.called()),
                    plain(&g.lab),
                    g.replayed.to_string(),
                    g.attested.to_string(),
                    g.possible.to_string(),
                    effort(g),
                    flags(line, g),
                ]
            } else {
                let mut row = vec![plain(&line.file)];
                row.extend(["-", "-", "-", "-", "-", "not readable"].map(String::from));
                row
            });
            remark(&mut remarks, line);
        }
        let mut text = table(&rows);
        if batch.class.is_some() || !batch.roster.is_empty() {
            text.push('\n');
            text.push_str(&table(&totals(batch)));
        }
        if !remarks.is_empty() {
            text.push('\n');
            text.push_str(&remarks);
        }
        text
    }
}

fn totals(batch: &Batch) -> Vec<Vec<String>> {
    let labs = batch.labs();
    let mut rows = vec![vec!["NAME".to_owned(), "NUMBER".into()]];
    rows[0].extend(labs.iter().map(|lab| plain(&lab.to_uppercase())));
    rows[0].extend(["TOTAL", "OF", ""].map(String::from));
    for total in batch.totals() {
        let mut row = vec![plain(&total.name), plain(&total.number)];
        row.extend(labs.iter().map(|lab| {
            total.labs.get(lab).map_or_else(|| "-".into(), |(earned, _)| earned.to_string())
        }));
        row.extend([total.earned.to_string(), total.possible.to_string()]);
        row.push(match (total.missing, total.stranger) {
            (true, _) => "nothing was handed in".into(),
            (_, true) => "not on the roster".into(),
            _ => String::new(),
        });
        rows.push(row);
    }
    rows
}

fn flags(line: &Line, graded: &Graded) -> String {
    let mut flags = Vec::new();
    for (verdict, word) in [
        (Verdict::Contradicted, "contradicted"),
        (Verdict::Inconclusive, "inconclusive"),
        (Verdict::Incomparable, "not comparable"),
        (Verdict::Open, "open"),
    ] {
        match count(graded, verdict) {
            0 => {}
            found => flags.push(format!("{found} {word}")),
        }
    }
    if graded.late_days > 0 {
        flags.push(base::text::plural(graded.late_days as usize, "day") + " late");
    }
    if !line.counts {
        flags.push("another of this learner's counts".into());
    }
    if !graded.notes.is_empty() || !graded.alike.is_empty() {
        flags.push("see below".into());
    }
    flags.join(", ")
}

fn remark(text: &mut String, line: &Line) {
    let file = plain(&line.file);
    match &line.outcome {
        Err(why) => _ = writeln!(text, "{file}: {}", plain(why)),
        Ok(graded) => {
            let who = plain(graded.called());
            for note in graded.notes.iter().chain(&graded.alike) {
                _ = writeln!(text, "{who} ({file}): {}", plain(note));
            }
            for step in &graded.steps {
                for note in &step.notes {
                    let (step, note) = (plain(&step.step), plain(note));
                    _ = writeln!(text, "{who} ({file}), step {step}: {note}");
                }
            }
        }
    }
}

fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|r| r[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())))
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
