//! The reports of a graded class: text, JSON, CSV, JUnit XML and Gradescope's `results.json`.

use std::fmt::Write as _;

use serde_json::json;

use super::verdict::{Graded, Verdict};

/// One file of the batch: graded, or why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub file: String,
    pub outcome: Result<Graded, String>,
}

/// A way to write a batch down.
pub trait Report: Sync {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;
    fn about(&self) -> &'static str;
    fn write(&self, lines: &[Line]) -> String;
}

/// Every format.
pub static REPORTS: &[&dyn Report] = &[&Text, &Json, &Csv, &Junit, &Gradescope];

/// The format of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Report> {
    REPORTS.iter().copied().find(|r| r.name() == name)
}

/// A table for the class, then what needs a teacher's eye.
pub struct Text;

impl Report for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "a table of the class, then what needs a teacher's eye"
    }

    fn write(&self, lines: &[Line]) -> String {
        let mut rows =
            vec![["LEARNER", "LAB", "REPLAYED", "ATTESTED", "OF", "NOTES"].map(String::from)];
        let mut remarks = String::new();
        for line in lines {
            rows.push(if let Ok(g) = &line.outcome {
                [
                    g.learner.clone(),
                    g.lab.clone(),
                    g.replayed.to_string(),
                    g.attested.to_string(),
                    g.possible.to_string(),
                    flags(g),
                ]
            } else {
                [&line.file, "-", "-", "-", "-", "not readable"].map(String::from)
            });
            remark(&mut remarks, line);
        }
        let mut text = table(&rows);
        if !remarks.is_empty() {
            text.push('\n');
            text.push_str(&remarks);
        }
        text
    }
}

fn flags(graded: &Graded) -> String {
    let count = |v| graded.steps.iter().filter(|s| s.verdict == v).count();
    let mut flags = Vec::new();
    for (verdict, word) in [
        (Verdict::Contradicted, "contradicted"),
        (Verdict::Inconclusive, "inconclusive"),
        (Verdict::Incomparable, "not comparable"),
        (Verdict::Open, "open"),
    ] {
        if count(verdict) > 0 {
            flags.push(format!("{} {word}", count(verdict)));
        }
    }
    if !graded.notes.is_empty() {
        flags.push("see below".into());
    }
    flags.join(", ")
}

fn remark(text: &mut String, line: &Line) {
    match &line.outcome {
        Err(why) => _ = writeln!(text, "{}: {why}", line.file),
        Ok(graded) => {
            for note in &graded.notes {
                _ = writeln!(text, "{} ({}): {note}", graded.learner, line.file);
            }
            for step in graded.steps.iter().filter(|s| !s.notes.is_empty()) {
                for note in &step.notes {
                    _ = writeln!(
                        text,
                        "{} ({}), step {}: {note}",
                        graded.learner, line.file, step.step
                    );
                }
            }
        }
    }
}

fn table(rows: &[[String; 6]]) -> String {
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Everything, for other programs.
pub struct Json;

impl Report for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "everything, as an array with one object for each file"
    }

    fn write(&self, lines: &[Line]) -> String {
        let all: Vec<_> = lines
            .iter()
            .map(|line| match &line.outcome {
                Ok(graded) => json!({"file": line.file, "graded": graded}),
                Err(why) => json!({"file": line.file, "error": why}),
            })
            .collect();
        serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
    }
}

/// One row a step, for a spreadsheet (RFC 4180).
pub struct Csv;

impl Report for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "one row for each step, for a spreadsheet"
    }

    fn write(&self, lines: &[Line]) -> String {
        let mut text = String::from("file,learner,lab,step,points,verdict,notes\r\n");
        let mut row = |cells: [&str; 7]| {
            let quoted: Vec<String> = cells.iter().map(|c| csv_cell(c)).collect();
            text.push_str(&quoted.join(","));
            text.push_str("\r\n");
        };
        for line in lines {
            match &line.outcome {
                Err(why) => row([&line.file, "", "", "", "0", "error", why]),
                Ok(graded) => {
                    for step in &graded.steps {
                        row([
                            &line.file,
                            &graded.learner,
                            &graded.lab,
                            &step.step,
                            &step.points.to_string(),
                            verdict_word(step.verdict),
                            &step.notes.join("; "),
                        ]);
                    }
                }
            }
        }
        text
    }
}

/// Quoted where needed; a cell that a spreadsheet would take for a formula begins with an apostrophe.
fn csv_cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Open => "open",
        Verdict::Verified => "verified",
        Verdict::Attested => "attested",
        Verdict::Contradicted => "contradicted",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Incomparable => "not comparable",
    }
}

fn counts(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Verified | Verdict::Attested)
}

/// A suite a learner, a case a step.
pub struct Junit;

impl Report for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML: a suite for each learner, a case for each step"
    }

    fn write(&self, lines: &[Line]) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for line in lines {
            match &line.outcome {
                Err(why) => {
                    let _ = writeln!(
                        text,
                        "  <testsuite name=\"{0}\" tests=\"1\" errors=\"1\">\n    <testcase name=\"{0}\"><error message=\"{1}\"/></testcase>\n  </testsuite>",
                        escape(&line.file),
                        escape(why)
                    );
                }
                Ok(graded) => junit_suite(&mut text, graded),
            }
        }
        text.push_str("</testsuites>\n");
        text
    }
}

fn junit_suite(text: &mut String, graded: &Graded) {
    let with = |verdict| graded.steps.iter().filter(|s| s.verdict == verdict).count();
    let skipped = with(Verdict::Incomparable);
    let failures = graded.steps.iter().filter(|s| !counts(s.verdict)).count() - skipped;
    let _ = writeln!(
        text,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">",
        escape(&format!("{} {}", graded.learner, graded.lab)),
        graded.steps.len(),
    );
    for step in &graded.steps {
        let _ = write!(
            text,
            "    <testcase classname=\"{}\" name=\"{}\"",
            escape(&graded.lab),
            escape(&step.step)
        );
        if counts(step.verdict) {
            text.push_str("/>\n");
        } else {
            let message = format!("{} {}", verdict_word(step.verdict), step.notes.join("; "));
            let kind = if step.verdict == Verdict::Incomparable { "skipped" } else { "failure" };
            let message = escape(message.trim());
            let _ = writeln!(text, "><{kind} message=\"{message}\"/></testcase>");
        }
    }
    text.push_str("  </testsuite>\n");
}

fn escape(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .map(|c| match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => "&quot;".into(),
            '\n' => "&#10;".into(),
            '\t' => "&#9;".into(),
            other => other.to_string(),
        })
        .collect()
}

/// Gradescope's autograder format; one submission a file, so a batch is an array of them.
pub struct Gradescope;

impl Report for Gradescope {
    fn name(&self) -> &'static str {
        "gradescope"
    }

    fn about(&self) -> &'static str {
        "Gradescope's results.json (an array of them for more than one file)"
    }

    fn write(&self, lines: &[Line]) -> String {
        let all: Vec<_> = lines.iter().map(gradescope_result).collect();
        let text = match all.as_slice() {
            [one] => serde_json::to_string_pretty(one),
            many => serde_json::to_string_pretty(many),
        };
        text.unwrap_or_default() + "\n"
    }
}

fn gradescope_result(line: &Line) -> serde_json::Value {
    match &line.outcome {
        Err(why) => json!({"score": 0, "output": format!("{}: {why}", line.file), "tests": []}),
        Ok(graded) => {
            let tests: Vec<_> = graded
                .steps
                .iter()
                .map(|step| {
                    let score = if counts(step.verdict) { step.points } else { 0 };
                    json!({
                        "name": format!("{} ({})", step.title, verdict_word(step.verdict)),
                        "score": score,
                        "max_score": step.points,
                        "status": if counts(step.verdict) { "passed" } else { "failed" },
                        "output": step.notes.join("\n"),
                    })
                })
                .collect();
            json!({
                "score": graded.replayed + graded.attested,
                "output": graded.notes.join("\n"),
                "tests": tests,
                "extra_data": {"learner": graded.learner, "lab": graded.lab, "replayed": graded.replayed, "attested": graded.attested},
            })
        }
    }
}

/// Adds a note to every graded file whose work is the same as another's.
pub fn mark_copies(lines: &mut [Line]) {
    let mut firsts = std::collections::BTreeMap::new();
    for line in lines.iter() {
        if let Ok(graded) = &line.outcome {
            firsts
                .entry((graded.lab.clone(), graded.head))
                .or_insert_with(Vec::new)
                .push(line.file.clone());
        }
    }
    for line in lines {
        let file = line.file.clone();
        if let Ok(graded) = &mut line.outcome
            && let Some(same) = firsts.get(&(graded.lab.clone(), graded.head))
            && same.len() > 1
        {
            let others: Vec<&str> =
                same.iter().filter(|f| **f != file).map(String::as_str).collect();
            graded.notes.push(format!("the same journal was handed in as {}", others.join(", ")));
        }
    }
}
