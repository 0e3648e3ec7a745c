//! Gradescope's `results.json`; one submission a file, so a batch is an array of them.
//!
//! A student reads it, so it says nothing of other students: what a file has in common with theirs
//! stands in a hidden test, and the names of files stand nowhere.

use serde_json::{Value, json};

use super::super::batch::{Batch, Line};
use super::super::graded::Verdict;
use super::super::points::Points;
use super::{Report, counts, effort, plain, verdict_word};

pub(super) struct Gradescope;

impl Report for Gradescope {
    fn name(&self) -> &'static str {
        "gradescope"
    }

    fn about(&self) -> &'static str {
        "Gradescope's results.json (an array of them for more than one file)"
    }

    fn write(&self, batch: &Batch) -> String {
        let all: Vec<_> = batch.lines.iter().map(|line| result(line, batch)).collect();
        let text = match all.as_slice() {
            [one] => serde_json::to_string_pretty(one),
            many => serde_json::to_string_pretty(many),
        };
        text.unwrap_or_default() + "\n"
    }
}

fn result(line: &Line, batch: &Batch) -> Value {
    let graded = match &line.outcome {
        Ok(graded) => graded,
        Err(why) => {
            // The learner's own path is what they wrote, the teacher's is not theirs to know.
            let why = why.replace(&line.file, "the file");
            return json!({
                "score": 0, "output": plain(&why), "output_format": "text",
                "visibility": "visible", "tests": [],
            });
        }
    };
    let mut tests: Vec<_> = graded
        .steps
        .iter()
        .map(|step| {
            let counted = batch.with_attested || step.verdict != Verdict::Attested;
            let mut output: Vec<String> = step.notes.iter().map(|note| plain(note)).collect();
            if !counted {
                output.push(format!(
                    "{} of {} come from what your own machine showed, and are judged by your teacher",
                    step.earned,
                    base::text::plural(step.points as usize, "point")
                ));
            }
            json!({
                "name": format!("{} ({})", plain(&step.title), verdict_word(step.verdict)),
                "score": if counted { step.earned } else { Points(0) },
                "max_score": step.points,
                "status": if counts(step.verdict) { "passed" } else { "failed" },
                "output": output.join("\n"),
                "output_format": "text",
                "visibility": "visible",
            })
        })
        .collect();
    if !graded.alike.is_empty() {
        let alike: Vec<String> = graded.alike.iter().map(|note| plain(note)).collect();
        tests.push(json!({
            "name": "For the teacher",
            "score": 0,
            "max_score": 0,
            "status": "failed",
            "output": alike.join("\n"),
            "output_format": "text",
            "visibility": "hidden",
        }));
    }
    let notes: Vec<String> = graded.notes.iter().map(|note| plain(note)).collect();
    json!({
        "score": graded.earned(batch.with_attested),
        "output": notes.join("\n"),
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
        "extra_data": {
            "learner": plain(&graded.learner),
            "lab": plain(&graded.lab),
            "replayed": graded.replayed,
            "attested": graded.attested,
            "effort": effort(graded),
        },
    })
}
