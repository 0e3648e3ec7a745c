//! JUnit XML: a suite a learner, a case a step.

use std::fmt::Write as _;

use super::super::batch::{Batch, count};
use super::super::graded::{Graded, StepGrade, Verdict};
use super::{Report, counts, effort, escape, verdict_word};

pub(super) struct Junit;

impl Report for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML: a suite for each learner, a case for each step"
    }

    fn write(&self, batch: &Batch) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for line in &batch.lines {
            match &line.outcome {
                Err(why) => {
                    let _ = writeln!(
                        text,
                        "  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\">\n    <testcase classname=\"submission\" name=\"{0}\" time=\"0\"><error message=\"{1}\"/></testcase>\n  </testsuite>",
                        escape(&line.file),
                        escape(why)
                    );
                }
                Ok(graded) => suite(&mut text, &line.file, graded, batch),
            }
        }
        text.push_str("</testsuites>\n");
        text
    }
}

fn suite(text: &mut String, file: &str, graded: &Graded, batch: &Batch) {
    let skipped = count(graded, Verdict::Incomparable);
    let failures = graded.steps.iter().filter(|s| !counts(s.verdict)).count() - skipped;
    let _ = writeln!(
        text,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"{}\">",
        escape(&format!("{} {}", graded.called(), graded.lab)),
        graded.steps.len(),
        graded.effort.active_s,
    );
    text.push_str("    <properties>\n");
    let number = graded.person.as_ref().map(|p| p.number.as_str()).unwrap_or_default();
    for (name, value) in [
        ("file", file),
        ("number", number),
        ("points", &graded.earned(batch.with_attested).to_string()),
        ("replayed", &graded.replayed.to_string()),
        ("attested", &graded.attested.to_string()),
        ("possible", &graded.possible.to_string()),
        ("late_days", &graded.late_days.to_string()),
        ("effort", &effort(graded)),
    ] {
        let (name, value) = (escape(name), escape(value));
        let _ = writeln!(text, "      <property name=\"{name}\" value=\"{value}\"/>");
    }
    text.push_str("    </properties>\n");
    for step in &graded.steps {
        case(text, graded, step);
    }
    let notes: Vec<&str> = graded.notes.iter().chain(&graded.alike).map(String::as_str).collect();
    if !notes.is_empty() {
        let lines: Vec<String> = notes.into_iter().map(escape).collect();
        let _ = writeln!(text, "    <system-out>{}</system-out>", lines.join("\n"));
    }
    text.push_str("  </testsuite>\n");
}

fn case(text: &mut String, graded: &Graded, step: &StepGrade) {
    let _ = write!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"0\">",
        escape(&graded.lab),
        escape(&step.step)
    );
    if !counts(step.verdict) {
        let message = format!("{} {}", verdict_word(step.verdict), step.notes.join("; "));
        let kind = if step.verdict == Verdict::Incomparable { "skipped" } else { "failure" };
        let _ = write!(text, "<{kind} message=\"{}\"/>", escape(message.trim()));
    }
    let mut lines = vec![format!(
        "{} of {}, {}",
        step.earned,
        base::text::plural(step.points as usize, "point"),
        verdict_word(step.verdict)
    )];
    lines.extend(step.notes.iter().map(|note| escape(note)));
    let _ = writeln!(text, "<system-out>{}</system-out></testcase>", lines.join("\n"));
}
