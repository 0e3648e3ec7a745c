//! A page for the class: totals, a heat map of steps, what was wrong most often, and each journal as a
//! story. It needs no network and runs no script, and says so to the browser.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::batch::Batch;
use super::super::graded::{Graded, StepGrade, Verdict};
use super::super::points::Points;
use super::{Report, effort, escape, verdict_word};

pub(super) struct Html;

/// Rows of what was wrong.
const WRONG_ROWS_MAX: usize = 30;

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1c2733; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
th, td { border: 1px solid #cfd6dd; padding: 0.2rem 0.55rem; text-align: left; vertical-align: top; }
td.n { text-align: right; }
td.s { text-align: center; min-width: 2.2rem; }
.verified { background: #bfe5c3; } .attested { background: #cfe0f5; } .part { background: #e6efb8; }
.open { background: #f1f2f4; } .contradicted { background: #f3b8b5; }
.inconclusive, .incomparable { background: #f6e0ae; }
.gone { color: #8b96a1; text-decoration: line-through; }
.when { color: #5a6773; white-space: nowrap; }
</style>
"#;

impl Report for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "a page for the class: a heat map of steps, what was wrong most often, each journal as a story"
    }

    fn write(&self, batch: &Batch) -> String {
        let title = batch.class.as_ref().map_or("Graded work", |class| &class.terms.name);
        let mut page = String::from(HEAD);
        let _ = writeln!(page, "<title>{0}</title>\n</head>\n<body>\n<h1>{0}</h1>", escape(title));
        page.push_str(
            "<p>Replayed points say that the world reached this state by the inputs of the journal. They \
             do not say who typed them. Attested points rest on what the learner's machine showed.</p>\n",
        );
        totals(&mut page, batch);
        for lab in batch.labs() {
            heat_map(&mut page, batch, &lab);
        }
        wrong(&mut page, batch);
        eye(&mut page, batch);
        stories(&mut page, batch);
        page.push_str("</body>\n</html>\n");
        page
    }
}

fn totals(page: &mut String, batch: &Batch) {
    let labs = batch.labs();
    page.push_str("<h2>Points</h2>\n<table>\n<tr><th>Name</th><th>Number</th>");
    for lab in &labs {
        let _ = write!(page, "<th>{}</th>", escape(lab));
    }
    page.push_str("<th>Total</th><th>Of</th><th>Attested</th><th></th></tr>\n");
    for total in batch.totals() {
        let _ =
            write!(page, "<tr><td>{}</td><td>{}</td>", escape(&total.name), escape(&total.number));
        for lab in &labs {
            let cell =
                total.labs.get(lab).map_or_else(String::new, |(earned, _)| earned.to_string());
            let _ = write!(page, "<td class=\"n\">{cell}</td>");
        }
        let remark = match (total.missing, total.stranger) {
            (true, _) => "nothing was handed in",
            (_, true) => "not on the roster",
            _ => "",
        };
        let _ = writeln!(
            page,
            "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{remark}</td></tr>",
            total.earned, total.possible, total.attested
        );
    }
    page.push_str("</table>\n");
}

fn heat_map(page: &mut String, batch: &Batch, lab: &str) {
    let graded: Vec<&Graded> = batch.counting().map(|(_, g)| g).filter(|g| g.lab == lab).collect();
    let Some(first) = graded.first() else { return };
    let _ = writeln!(page, "<h2>{}</h2>\n<table>\n<tr><th></th>", escape(&first.title));
    for step in &first.steps {
        let _ = write!(page, "<th>{}</th>", escape(&step.step));
    }
    page.push_str("<th>Effort</th></tr>\n");
    for one in &graded {
        let _ = write!(page, "<tr><th>{}</th>", escape(one.called()));
        for step in &one.steps {
            let _ = write!(
                page,
                "<td class=\"s {}\" title=\"{}\">{}</td>",
                class(step),
                escape(&format!("{} {}", verdict_word(step.verdict), step.notes.join("; "))),
                step.earned
            );
        }
        let _ = writeln!(page, "<td>{}</td></tr>", effort(one));
    }
    page.push_str("<tr><th>had it</th>");
    for place in 0..first.steps.len() {
        let had =
            graded.iter().filter(|g| g.steps.get(place).is_some_and(|s| s.earned > Points(0)));
        let _ = write!(page, "<td class=\"s\">{} %</td>", had.count() * 100 / graded.len());
    }
    page.push_str("<td></td></tr>\n</table>\n");
}

fn class(step: &StepGrade) -> &'static str {
    match step.verdict {
        Verdict::Open if step.earned > Points(0) => "part",
        Verdict::Incomparable => "incomparable",
        verdict => verdict_word(verdict),
    }
}

/// What was wrong most often: answers, and steps that needed hints or did not hold.
fn wrong(page: &mut String, batch: &Batch) {
    let mut found: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    for (_, graded) in batch.counting() {
        for trouble in &graded.troubles {
            for given in &trouble.wrong {
                let what = format!("wrong answer: {given}");
                *found.entry((&graded.lab, &trouble.step, what)).or_default() += 1;
            }
            if trouble.hints > 0 {
                let key = (graded.lab.as_str(), trouble.step.as_str(), "hints".to_owned());
                *found.entry(key).or_default() += trouble.hints as usize;
            }
        }
        for step in graded.steps.iter().filter(|s| s.verdict != Verdict::Verified) {
            for note in &step.notes {
                *found.entry((&graded.lab, &step.step, note.clone())).or_default() += 1;
            }
        }
    }
    if found.is_empty() {
        return;
    }
    let mut rows: Vec<_> = found.into_iter().collect();
    // Equal ones stay in the order of labs and steps.
    rows.sort_by_key(|row| std::cmp::Reverse(row.1));
    page.push_str("<h2>Wrong most often</h2>\n<table>\n<tr><th>Lab</th><th>Step</th><th>What</th><th>Times</th></tr>\n");
    for ((lab, step, what), times) in rows.into_iter().take(WRONG_ROWS_MAX) {
        let (lab, step, what) = (escape(lab), escape(step), escape(&what));
        let _ = writeln!(
            page,
            "<tr><td>{lab}</td><td>{step}</td><td>{what}</td><td class=\"n\">{times}</td></tr>"
        );
    }
    page.push_str("</table>\n");
}

/// What needs a teacher's eye.
fn eye(page: &mut String, batch: &Batch) {
    let mut items = String::new();
    for line in &batch.lines {
        let file = escape(&line.file);
        match &line.outcome {
            Err(why) => _ = writeln!(items, "<li>{file}: {}</li>", escape(why)),
            Ok(graded) => {
                for note in graded.notes.iter().chain(&graded.alike) {
                    let who = escape(graded.called());
                    let _ = writeln!(items, "<li>{who} ({file}): {}</li>", escape(note));
                }
            }
        }
    }
    if !items.is_empty() {
        let _ = writeln!(page, "<h2>For your attention</h2>\n<ul>\n{items}</ul>");
    }
}

fn stories(page: &mut String, batch: &Batch) {
    page.push_str("<h2>Journals</h2>\n");
    for line in &batch.lines {
        let Ok(graded) = &line.outcome else { continue };
        let _ = writeln!(
            page,
            "<details>\n<summary>{} · {} · {}</summary>\n<table>",
            escape(graded.called()),
            escape(&graded.lab),
            escape(&line.file)
        );
        for told in &graded.story {
            let gone = if told.counts { "" } else { " class=\"gone\"" };
            let when = told.wall.map_or_else(String::new, base::Time::iso_secs);
            let _ = writeln!(
                page,
                "<tr><td class=\"when\">{}</td><td class=\"when\">{when}</td><td{gone}>{}</td></tr>",
                told.at.iso_secs(),
                escape(&told.text)
            );
        }
        page.push_str("</table>\n</details>\n");
    }
}
