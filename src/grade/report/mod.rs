//! The reports of a graded class, one file a format.
//!
//! What a learner wrote is shown as text and never as anything else: each report puts it through
//! [`plain`] first, then through what its own format needs.

mod csv;
mod gradescope;
mod html;
mod json;
mod junit;
mod moodle;
mod text;

use super::batch::Batch;
use super::graded::{Graded, Verdict};
use base::text::unseemly;

/// A way to write a batch down.
pub trait Report: Sync {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;
    fn about(&self) -> &'static str;
    fn write(&self, batch: &Batch) -> String;
}

/// Every format.
pub static REPORTS: &[&dyn Report] = &[
    &text::Text,
    &json::Json,
    &csv::Csv,
    &junit::Junit,
    &gradescope::Gradescope,
    &moodle::Moodle,
    &html::Html,
];

/// The format of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Report> {
    REPORTS.iter().copied().find(|r| r.name() == name)
}

/// A text of which no letter moves the place where the next one stands: a line break in a step's id
/// must not begin a row of a table.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if unseemly(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// As [`plain`], for XML and HTML.
fn escape(text: &str) -> String {
    plain(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
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

/// The effort in a few words.
fn effort(graded: &Graded) -> String {
    let effort = &graded.effort;
    let mut words = vec![base::text::span(std::time::Duration::from_secs(effort.active_s))];
    for (count, noun) in [
        // Of the simulated world; what is done on an engine or with files is not counted.
        (effort.commands, "command"),
        (effort.wrong_answers, "wrong answer"),
        (effort.hints, "hint"),
        (effort.undos, "undo"),
        (effort.resets, "reset"),
    ] {
        match (count, noun) {
            (0, _) => {}
            (1, _) | (_, "command" | "wrong answer" | "hint" | "reset") => {
                words.push(base::text::plural(count as usize, noun));
            }
            (count, _) => words.push(format!("{count} undos")),
        }
    }
    words.join(", ")
}
