//! `distlab check`, `answer`, `hint`, `undo`, `reset`: a lab without its screen.

use std::io::{self, BufRead as _, Write as _};

use anyhow::bail;
use serde_json::json;

use super::lab_session::LabSession;
use super::{Args, DONE, NO, Stop, at_terminal, say, say_json, width};
use app::flow::{Tone, wrap_text};
use base::text::plural;
use course::{Lab, lesson};
use session::protocol::Ask;
use session::{Judgement, PutBack, StepState, Verdict, find_step, reset_takes};

/// Looks a step up before anything is asked of it, so that a wrong name is a usage error.
fn known(args: &Args, lab: &str, step: Option<&str>) -> anyhow::Result<()> {
    if let Some(step) = step {
        let lab = args.lab(lab, &args.profile()?)?;
        find_step(&lab, step).map_err(|error| Stop::usage(error.to_string()))?;
    }
    Ok(())
}

/// Checks, and prints a line for each step and a card for each expectation that does not hold.
pub(super) fn check(
    args: &Args,
    lab: Option<&str>,
    step: Option<&str>,
    json: bool,
) -> anyhow::Result<u8> {
    let lab = &Args::here(lab)?;
    known(args, lab, step)?;
    let lab_session = LabSession::find(args, lab)?;
    let step = step.map(str::to_owned);
    let states: Vec<StepState> = lab_session.ask(&Ask::Check { step: step.clone() })?;
    if json {
        say_json(&states)?;
    } else {
        print_states(&states)?;
    }
    let wanted: Vec<&StepState> = states
        .iter()
        .enumerate()
        .filter(|(i, s)| step.as_ref().is_none_or(|w| *w == s.id || *w == (i + 1).to_string()))
        .map(|(_, s)| s)
        .collect();
    if wanted.iter().any(|s| s.verdict == Verdict::Blocked) {
        return Ok(super::MISSING);
    }
    let all = wanted.iter().all(|s| matches!(s.verdict, Verdict::Passed { .. }));
    Ok(if all { DONE } else { NO })
}

/// The steps as they stood when they were last checked.
pub(super) fn status(args: &Args, lab: Option<&str>, json: bool) -> anyhow::Result<u8> {
    let lab = &Args::here(lab)?;
    let states: Vec<StepState> = LabSession::find(args, lab)?.ask(&Ask::Steps)?;
    if json {
        say_json(&states)?;
    } else {
        print_states(&states)?;
    }
    Ok(DONE)
}

fn print_states(states: &[StepState]) -> anyhow::Result<()> {
    let done: u32 = states.iter().filter(|s| passed(s)).map(|s| s.points).sum();
    let all: u32 = states.iter().map(|s| s.points).sum();
    let current = states.iter().position(|s| !passed(s));
    for (i, state) in states.iter().enumerate() {
        let sign = match state.verdict {
            Verdict::Passed { .. } => "done    ",
            Verdict::Failing => "not yet ",
            Verdict::Blocked => "blocked ",
            Verdict::Open => "to do   ",
        };
        say(format!("{sign} {:>2}. {} ({})", i + 1, state.title, state.id))?;
        for card in &state.cards {
            say(format!("             {}", card.message))?;
            if state.verdict == Verdict::Open {
                continue;
            }
            let rows = [
                ("expected: ", card.expected.as_str()),
                ("observed: ", app::checks::observed(card)),
                ("look:     ", &card.command),
            ];
            for (label, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
                say(format!(
                    "             {label}{}",
                    text.replace('\n', "\n                       ")
                ))?;
            }
        }
        // Of what lies ahead nothing is asked yet.
        let reached = state.verdict != Verdict::Open || current == Some(i);
        if reached || state.asks.iter().any(|a| a.given.is_some()) {
            print_asks(state)?;
        }
    }
    say(format!("{done} of {}", plural(all as usize, "point")))
}

fn print_asks(state: &StepState) -> anyhow::Result<()> {
    for (i, ask) in state.asks.iter().enumerate() {
        let given = match (&ask.given, ask.right) {
            (Some(given), true) => format!("right: {given}"),
            (Some(given), false) if ask.early => format!("cannot be judged yet: {given}"),
            (Some(given), false) => format!("not right: {given}"),
            (None, _) => "not answered".into(),
        };
        say(format!("             question {}: {} [{given}]", i + 1, ask.question))?;
        if let Some(why) = ask.why_not.as_ref().filter(|_| !ask.right && !ask.early) {
            say(format!("               {why}"))?;
        }
        for (n, choice) in ask.choices.iter().enumerate().filter(|_| !ask.right) {
            say(format!("               {}. {choice}", n + 1))?;
        }
    }
    Ok(())
}

fn passed(state: &StepState) -> bool {
    matches!(state.verdict, Verdict::Passed { .. })
}

/// Answers a question.
///
/// Without a number it is the first that is not answered rightly yet.
pub(super) fn answer(args: &Args, words: &[String], number: Option<usize>) -> anyhow::Result<u8> {
    let (lab, step, text) = match words {
        [step, text] => (&Args::here(None)?, step, text),
        [lab, step, text] => (lab, step, text),
        _ => return Err(Stop::usage("an answer has a step and a text: distlab answer denied 403")),
    };
    known(args, lab, Some(step))?;
    let lab_session = LabSession::find(args, lab)?;
    let all: Vec<StepState> = lab_session.ask(&Ask::Steps)?;
    let by_number = step.parse::<usize>().ok().and_then(|n| all.get(n.checked_sub(1)?));
    let state = all.iter().find(|state| state.id == *step).or(by_number);
    let asks = state.map_or(&[][..], |state| &state.asks);
    let open = asks.iter().position(|ask| !ask.right);
    let ask = number.map_or(open, |n| n.checked_sub(1));
    if asks.is_empty() {
        bail!("step {step} asks nothing, so there is nothing to answer");
    }
    let Some(ask) = ask else {
        if number.is_some() {
            return Err(Stop::usage("questions are counted from 1: --number 1 is the first"));
        }
        say(format!("All questions of step {step} are answered."))?;
        return Ok(DONE);
    };
    let judged: Judgement =
        lab_session.ask(&Ask::Answer { step: step.into(), ask, text: text.into() })?;
    let which = if asks.len() > 1 { format!("Question {}: ", ask + 1) } else { String::new() };
    let said = match &judged {
        Judgement { before: Some(given), .. } => {
            format!("already answered, with {given:?}. That answer stands.")
        }
        Judgement { right: true, why, .. } => {
            format!("right. {}", why.as_deref().unwrap_or_default())
        }
        Judgement { early: true, .. } => app::checks::EARLY.to_owned(),
        Judgement { why_not: Some(why), .. } => format!("not right. {why}"),
        _ => "not right.".to_owned(),
    };
    let said = if which.is_empty() { capital(&said) } else { said };
    say(format!("{which}{}", said.trim_end()))?;
    Ok(if judged.right { DONE } else { NO })
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + letters.as_str())
}

/// Shows the next hint.
pub(super) fn hint(
    args: &Args,
    lab: Option<&str>,
    step: Option<&str>,
    as_json: bool,
) -> anyhow::Result<u8> {
    let lab = &Args::here(lab)?;
    known(args, lab, step)?;
    let lab_session = LabSession::find(args, lab)?;
    let shown: Option<(String, usize)> =
        lab_session.ask(&Ask::Hint { step: step.map(Into::into) })?;
    let Some((id, count)) = shown else {
        if as_json {
            say_json(&serde_json::Value::Null)?;
            return Ok(NO);
        }
        say("This step has no hint.")?;
        return Ok(NO);
    };
    let profile = args.profile()?;
    let text: Lab = args.lab(lab, &profile)?;
    let hints = text.steps.iter().find(|s| s.id == id).map(|s| s.hints.clone()).unwrap_or_default();
    if let Some(hint) = hints.get(count.saturating_sub(1)) {
        if as_json {
            let text = lesson::text_of(hint);
            say_json(&json!({"step": id, "hint": count, "hints": hints.len(), "text": text}))?;
            return Ok(DONE);
        }
        say(format!("{id}, hint {count} of {}:", hints.len()))?;
        say(lesson::text_of(hint))?;
    }
    Ok(DONE)
}

/// Takes back the last change.
pub(super) fn undo(args: &Args, lab: Option<&str>) -> anyhow::Result<u8> {
    let lab = Args::here(lab)?;
    let lab_session = LabSession::find(args, &lab)?;
    let undone: Option<String> = lab_session.ask(&Ask::Undo)?;
    let profile = args.profile()?;
    let engine = !args.lab(&lab, &profile)?.needs.is_empty();
    say(undo_words(undone.as_deref(), engine))?;
    Ok(if undone.is_some() { DONE } else { NO })
}

/// What came of an undo, for the learner. A lab without an engine has nothing to say of one.
pub(super) fn undo_words(undone: Option<&str>, engine: bool) -> String {
    match undone {
        None => session::NOTHING_TO_UNDO.into(),
        Some(what) if engine => {
            format!("{what} is taken back. What happened on a real engine stays.")
        }
        Some(what) => format!("{what} is taken back."),
    }
}

/// Resets a step or the lab, after asking. Where nobody can be asked, it is done with `--yes` alone.
pub(super) fn reset(
    args: &Args,
    lab: Option<&str>,
    step: Option<&str>,
    yes: bool,
) -> anyhow::Result<u8> {
    let lab = &Args::here(lab)?;
    known(args, lab, step)?;
    let what = step.map_or_else(|| format!("the lab {lab}"), |s| format!("step {s} of {lab}"));
    if !yes && !at_terminal() {
        return Err(Stop::usage(format!(
            "a reset takes back {what} for good, and nobody can be asked here: nothing was changed. \
             Say --yes to do it without a question"
        )));
    }
    if !yes && !confirmed(args, lab, step, &what)? {
        say("Nothing was changed.")?;
        return Ok(NO);
    }
    let lab_session = LabSession::find(args, lab)?;
    let done: PutBack = lab_session.ask(&Ask::Reset { step: step.map(Into::into) })?;
    say(format!("Reset {what}."))?;
    if !done.told().is_empty() {
        say(done.told())?;
    }
    Ok(DONE)
}

fn confirmed(args: &Args, lab: &str, step: Option<&str>, what: &str) -> anyhow::Result<bool> {
    let lab = args.lab(lab, &args.profile()?)?;
    let step = step.map(|step| find_step(&lab, step)).transpose()?;
    let takes = reset_takes(&lab, step);
    for line in wrap_text(Tone::Plain, &takes, width()) {
        say(line.text())?;
    }
    agreed(&format!("Take {what} back to its beginning?"))
}

/// Asks a question that only a yes agrees to.
pub(super) fn agreed(question: &str) -> anyhow::Result<bool> {
    let mut out = io::stdout();
    write!(out, "{question} [y/N] ")?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
