//! `distlab log`: the learner's own work as one Markdown report, for whoever keeps a log.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use super::lab_session::wall;
use super::{Args, DONE, NO, Stop, course, say, say_json};
use ::course::Notes;
use base::Time;
use base::text::plural;
use grade::log::{LabLog, StepLog, log};
use session::profile::Profile;
use store::{Store, origin};

/// Writes what was done in some labs, or in all.
pub(super) fn run(
    args: &Args,
    labs: &[String],
    output: Option<&Path>,
    as_json: bool,
) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let wanted = if labs.is_empty() { all(args, &profile)? } else { named(args, labs)? };
    let store = profile.store()?;
    let mut logs = Vec::new();
    let mut damaged = Vec::new();
    for id in &wanted {
        if let Some((read, broken)) = one(args, &profile, &store, id)? {
            logs.push(read);
            damaged.extend(broken);
        } else if !labs.is_empty() {
            say_aside(&format!("nothing was done in {id} yet: distlab open {id}"));
        }
    }
    if logs.is_empty() {
        say_aside("there is nothing to tell yet: begin a lab with distlab open LAB");
        return Ok(NO);
    }
    for told in &damaged {
        say_aside(told);
    }
    let text = if as_json {
        let who = profile.person.as_ref().map_or(&profile.learner.name, |person| &person.name);
        serde_json::to_string_pretty(&json!({"learner": who, "labs": logs}))?
    } else {
        report(&profile, &logs, wall())
    };
    match output {
        Some(path) => {
            std::fs::write(path, text.trim_end().to_owned() + "\n")
                .with_context(|| format!("{} cannot be written", path.display()))?;
            let told = format!("Wrote {} ({}).", path.display(), plural(logs.len(), "lab"));
            if as_json {
                say_json(&json!({"written": path, "labs": logs.len()}))?;
            } else {
                say(told)?;
            }
        }
        None => say(text.trim_end())?,
    }
    Ok(DONE)
}

/// What is no part of the report.
fn say_aside(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "distlab: {text}");
}

/// The labs that were named, each once.
fn named(args: &Args, labs: &[String]) -> anyhow::Result<Vec<String>> {
    let listing = args.listing();
    let mut wanted: Vec<String> = Vec::new();
    for id in labs {
        listing.get(id).map_err(|unknown| Stop::usage(unknown.to_string()))?;
        if !wanted.contains(id) {
            wanted.push(id.clone());
        }
    }
    Ok(wanted)
}

/// All labs that there are, in the order of the course.
fn all(args: &Args, profile: &Profile) -> anyhow::Result<Vec<String>> {
    let (file, folder) = (args.course_file(), args.labs_folder());
    let (labs, notes) = (args.listing(), Notes::load());
    let catalog = course::catalog(profile, &labs, file.as_deref(), folder.as_deref(), &notes)?;
    let ids = catalog.labs.into_iter().filter(|lab| lab.problem.is_none()).map(|lab| lab.id);
    Ok(ids.collect())
}

/// The log of a lab, and what does not hold of its journal; nothing where the lab was never begun, and
/// nothing written on it.
fn one(
    args: &Args,
    profile: &Profile,
    store: &Store,
    id: &str,
) -> anyhow::Result<Option<(LabLog, Option<String>)>> {
    let notes = profile.notes(id)?;
    let lab = args.lab(id, profile)?;
    let Some(row) = store.world(id)? else {
        return Ok(if notes.is_empty() { None } else { Some((log(&lab, &[], &notes)?, None)) });
    };
    let journal = store.load(id, origin(&row.manifest))?;
    let read = log(&lab, &journal.entries, &notes)
        .with_context(|| format!("the journal of {id} cannot be told"))?;
    let broken = journal.broken.map(|why| {
        format!("the journal of {id} is damaged ({why}): only what stands before that is told. distlab repair {id} goes on from there")
    });
    Ok(Some((read, broken)))
}

/// The whole report.
fn report(profile: &Profile, logs: &[LabLog], now: Time) -> String {
    let mut out = String::from("# My lab log\n\n");
    let who = match &profile.person {
        Some(person) => format!("{} ({})", plain(&person.name), plain(&person.number)),
        None => plain(&profile.learner.name),
    };
    let active: u64 = logs.iter().map(|log| log.active_s).sum();
    let _ = writeln!(
        out,
        "{who}, {}. {} of active time; a pause counts as five minutes at most.\n",
        now.format("%Y-%m-%d"),
        minutes(active)
    );
    out.push_str("| lab | steps | points | active time | from | to |\n|---|---|---|---|---|---|\n");
    for log in logs {
        let done = log.steps.iter().filter(|step| step.passed).count();
        let _ = writeln!(
            out,
            "| {} | {done} of {} | {} of {} | {} | {} | {} |",
            cell(&log.title),
            log.steps.len(),
            log.points_earned,
            log.points,
            minutes(log.active_s),
            date(log.first),
            date(log.last)
        );
    }
    for log in logs {
        let _ = write!(out, "\n## {}\n", log.title);
        if log.resets > 0 {
            let _ = write!(
                out,
                "\nBegun anew, as a whole or in a step: {}.\n",
                plural(log.resets as usize, "time")
            );
        }
        log.steps.iter().enumerate().for_each(|(i, step)| tell(&mut out, i + 1, step));
    }
    out
}

/// One step, if there is anything to tell of it.
fn tell(out: &mut String, number: usize, step: &StepLog) {
    let untouched = !step.passed && step.answers.is_empty() && step.active_s == 0;
    if untouched && step.notes.is_empty() {
        return;
    }
    let _ = write!(out, "\n### {number}. {}\n\n", step.title);
    let how = match (step.passed, step.at) {
        (true, Some(at)) => format!("Done on {}", at.format("%Y-%m-%d at %H:%M")),
        (true, None) => "Done".to_owned(),
        (false, _) => "Not done yet".to_owned(),
    };
    let _ = write!(out, "{how}; {}", minutes(step.active_s));
    if step.hints > 0 {
        let _ = write!(out, "; {}", plural(step.hints, "hint"));
    }
    out.push_str(".\n");
    if !step.answers.is_empty() {
        out.push('\n');
    }
    for answer in &step.answers {
        let given: Vec<String> = answer.given.iter().map(|given| code(given)).collect();
        let how = if answer.right { "right" } else { "not right yet" };
        let _ = writeln!(out, "- {} {}: {how}", one_line(&answer.question), given.join(", then "));
    }
    if !step.seen.is_empty() {
        out.push_str("\nWhat was seen:\n\n");
    }
    let mut told = Vec::new();
    for seen in &step.seen {
        let what = match &seen.observed {
            Some(observed) if !observed.is_empty() => code(observed),
            _ => "as it should be".to_owned(),
        };
        // Several checks look at one file: it is told once.
        let line = format!("- {}: {what}\n", code(&seen.command));
        if !told.contains(&line) {
            out.push_str(&line);
            told.push(line);
        }
    }
    if !step.notes.is_empty() {
        out.push_str("\nMy notes:\n\n");
        // Quoted, so that headings and lists of the learner's own stay theirs.
        for line in step.notes.lines() {
            let _ = writeln!(out, "{}", format!("> {line}").trim_end());
        }
    }
}

/// Active time in words; what took less than a minute took one.
fn minutes(seconds: u64) -> String {
    match seconds.div_ceil(60) {
        n @ 0..60 => format!("{n} min"),
        n => format!("{} h {} min", n / 60, n % 60),
    }
}

fn date(at: Option<Time>) -> String {
    at.map_or_else(String::new, |at| at.format("%Y-%m-%d"))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as code, whatever is in it.
fn code(text: &str) -> String {
    let text = one_line(text);
    let mut ticks = 1;
    while text.contains(&"`".repeat(ticks)) {
        ticks += 1;
    }
    let fence = "`".repeat(ticks);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text in which nothing is meant as Markdown.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::{code, minutes, plain, tell};
    use grade::log::{Answered, Observed, StepLog};

    #[test]
    fn what_a_learner_typed_stays_text() {
        assert_eq!(code("a `b` c"), "``a `b` c``");
        assert_eq!(code("`x`"), "`` `x` ``");
        assert_eq!(code("two\nlines"), "`two lines`");
        assert_eq!(plain("*Ada* | <b>"), "\\*Ada\\* \\| \\<b\\>");
        assert_eq!(minutes(0), "0 min");
        assert_eq!(minutes(61), "2 min");
        assert_eq!(minutes(3_700), "1 h 2 min");
    }

    #[test]
    fn a_step_is_told_in_its_parts() {
        let mut step = StepLog { title: "Who may read".into(), ..StepLog::default() };
        let told = |step: &StepLog| {
            let mut out = String::new();
            tell(&mut out, 3, step);
            out
        };
        assert_eq!(told(&step), "", "an untouched step says nothing");
        step.notes = "# Big\n\n- one".into();
        step.active_s = 130;
        step.hints = 1;
        let given = vec!["200".to_owned(), "403".to_owned()];
        step.answers = vec![Answered { question: "Which code?".into(), given, right: true }];
        let seen = |observed: Option<&str>| Observed {
            command: "aws s3 ls".into(),
            observed: observed.map(str::to_owned),
        };
        step.seen = vec![seen(Some("empty")), seen(None), seen(None)];
        let want = "\n### 3. Who may read\n\nNot done yet; 3 min; 1 hint.\n\n\
            - Which code? `200`, then `403`: right\n\nWhat was seen:\n\n\
            - `aws s3 ls`: `empty`\n- `aws s3 ls`: as it should be\n\n\
            My notes:\n\n> # Big\n>\n> - one\n";
        assert_eq!(told(&step), want);
    }
}
