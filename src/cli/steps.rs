//! `distlab check`, `answer`, `hint`, `undo`, `reset`: a lab without its screen.

use std::io::{self, BufRead as _, Write as _};

use super::desk::Desk;
use super::{Args, DONE, NO, Stop, at_terminal, say, say_json};
use base::text::plural;
use course::{Lab, lesson};
use session::protocol::Ask;
use session::{Judgement, StepState, Verdict, find_step};

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
    let desk = Desk::find(args, lab)?;
    let step = step.map(str::to_owned);
    let states: Vec<StepState> = desk.ask(Ask::Check { step: step.clone() })?;
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

fn print_states(states: &[StepState]) -> anyhow::Result<()> {
    let done: u32 = states.iter().filter(|s| passed(s)).map(|s| s.points).sum();
    let all: u32 = states.iter().map(|s| s.points).sum();
    for (i, state) in states.iter().enumerate() {
        let sign = match state.verdict {
            Verdict::Passed { .. } => "done    ",
            Verdict::Failing => "not yet ",
            Verdict::Blocked => "blocked ",
            Verdict::Open => "open    ",
        };
        say(format!("{sign} {:>2}. {} ({})", i + 1, state.title, state.id))?;
        for card in &state.cards {
            say(format!("             {}", card.message))?;
            say(format!("             expected: {}", card.expected))?;
            say(format!("             observed: {}", card.observed))?;
            say(format!("             look:     {}", card.command))?;
        }
        if state.verdict != Verdict::Open || state.asks.iter().any(|a| a.given.is_some()) {
            print_asks(state)?;
        }
    }
    say(format!("{done} of {}", plural(all as usize, "point")))
}

fn print_asks(state: &StepState) -> anyhow::Result<()> {
    for (i, ask) in state.asks.iter().enumerate() {
        let given = match (&ask.given, ask.right) {
            (Some(given), true) => format!("right: {given}"),
            (Some(given), false) => format!("not right: {given}"),
            (None, _) => "not answered".into(),
        };
        say(format!("             question {}: {} [{given}]", i + 1, ask.question))?;
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
pub(super) fn answer(args: &Args, words: &[String], number: usize) -> anyhow::Result<u8> {
    let (lab, step, text) = match words {
        [step, text] => (&Args::here(None)?, step, text),
        [lab, step, text] => (lab, step, text),
        _ => return Err(Stop::usage("an answer has a step and a text: distlab answer denied 403")),
    };
    known(args, lab, Some(step))?;
    let desk = Desk::find(args, lab)?;
    let ask = Ask::Answer { step: step.into(), ask: number.saturating_sub(1), text: text.into() };
    let judged: Judgement = desk.ask(ask)?;
    match (judged.right, judged.why) {
        (true, why) => say(format!("Right. {}", why.unwrap_or_default()).trim_end())?,
        (false, _) => say("Not right yet.")?,
    }
    Ok(if judged.right { DONE } else { NO })
}

/// Shows the next hint.
pub(super) fn hint(args: &Args, lab: Option<&str>, step: Option<&str>) -> anyhow::Result<u8> {
    let lab = &Args::here(lab)?;
    known(args, lab, step)?;
    let desk = Desk::find(args, lab)?;
    let shown: Option<(String, usize)> = desk.ask(Ask::Hint { step: step.map(Into::into) })?;
    let Some((id, count)) = shown else {
        say("This step has no hint.")?;
        return Ok(NO);
    };
    let profile = args.profile()?;
    let text: Lab = args.lab(lab, &profile)?;
    let hints = text.steps.iter().find(|s| s.id == id).map(|s| s.hints.clone()).unwrap_or_default();
    if let Some(hint) = hints.get(count.saturating_sub(1)) {
        say(format!("{id}, hint {count} of {}:", hints.len()))?;
        say(lesson::text_of(hint))?;
    }
    Ok(DONE)
}

/// Takes back the last change.
pub(super) fn undo(args: &Args, lab: Option<&str>) -> anyhow::Result<u8> {
    let lab = Args::here(lab)?;
    let desk = Desk::find(args, &lab)?;
    let undone: Option<String> = desk.ask(Ask::Undo)?;
    say(undo_words(undone.as_deref()))?;
    Ok(if undone.is_some() { DONE } else { NO })
}

/// What came of an undo, for the learner.
pub(super) fn undo_words(undone: Option<&str>) -> String {
    undone.map_or_else(
        || "There is nothing to take back in the simulated world.".into(),
        |what| format!("{what} is taken back. What happened on a real engine stays."),
    )
}

/// Resets a step or the lab, after asking.
pub(super) fn reset(
    args: &Args,
    lab: Option<&str>,
    step: Option<&str>,
    yes: bool,
) -> anyhow::Result<u8> {
    let lab = &Args::here(lab)?;
    known(args, lab, step)?;
    let what = step.map_or_else(|| format!("the lab {lab}"), |s| format!("step {s} of {lab}"));
    if !yes && at_terminal() {
        let mut out = io::stdout();
        write!(
            out,
            "Take {what} back to its beginning? What happened on a real engine stays. [y/N] "
        )?;
        out.flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        if !matches!(line.trim(), "y" | "Y" | "yes") {
            say("Nothing was changed.")?;
            return Ok(NO);
        }
    }
    let desk = Desk::find(args, lab)?;
    desk.ask::<serde_json::Value>(Ask::Reset { step: step.map(Into::into) })?;
    say(format!("Reset {what}."))?;
    Ok(DONE)
}
