//! One row a step, for a spreadsheet (RFC 4180). What is true of the whole file (its total, the effort)
//! stands in each of its rows.

use super::super::batch::{Batch, Line};
use super::super::graded::{Graded, Verdict};
use super::super::points::Points;
use super::{Report, plain, verdict_word};

pub(super) struct Csv;

const HEADS: [&str; 20] = [
    "file",
    "learner",
    "name",
    "number",
    "mail",
    "lab",
    "step",
    "earned",
    "attested",
    "possible",
    "total",
    "verdict",
    "late_days",
    "counts",
    "notes",
    "active_s",
    "commands",
    "wrong_answers",
    "hints",
    "resets",
];

impl Report for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "one row for each step, for a spreadsheet"
    }

    fn write(&self, batch: &Batch) -> String {
        let mut text = String::new();
        row(&mut text, &HEADS);
        for line in &batch.lines {
            match &line.outcome {
                Ok(graded) => steps(&mut text, line, graded, batch),
                Err(why) => {
                    let mut cells = [""; HEADS.len()];
                    (cells[0], cells[7], cells[11]) = (&line.file, "0", "error");
                    (cells[10], cells[13], cells[14]) = ("0", "no", why);
                    row(&mut text, &cells);
                }
            }
        }
        text
    }
}

fn steps(text: &mut String, line: &Line, graded: &Graded, batch: &Batch) {
    let person = graded.person.clone().unwrap_or_default();
    // So that a step's row can be read alone.
    let total = graded.earned(batch.with_attested).to_string();
    let effort = &graded.effort;
    let active = effort.active_s.to_string();
    let counts = [effort.commands, effort.wrong_answers, effort.hints, effort.resets];
    let [commands, wrong, hints, resets] = counts.map(|count| count.to_string());
    for step in &graded.steps {
        let attested = step.verdict == Verdict::Attested;
        let (seen, held) =
            if attested { (step.earned, Points(0)) } else { (Points(0), step.earned) };
        let cells: [&str; HEADS.len()] = [
            &line.file,
            &graded.learner,
            &person.name,
            &person.number,
            &person.mail,
            &graded.lab,
            &step.step,
            &held.to_string(),
            &seen.to_string(),
            &step.points.to_string(),
            &total,
            verdict_word(step.verdict),
            &step.late_days.to_string(),
            if line.counts { "yes" } else { "no" },
            &step.notes.join("; "),
            &active,
            &commands,
            &wrong,
            &hints,
            &resets,
        ];
        row(text, &cells);
    }
}

/// Adds a row.
pub(super) fn row(text: &mut String, cells: &[&str]) {
    let quoted: Vec<String> = cells.iter().map(|c| cell(c)).collect();
    text.push_str(&quoted.join(","));
    text.push_str("\r\n");
}

/// Quoted where needed; a cell that a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let text = plain(text);
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains(['"', ',', ';', '\'']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
