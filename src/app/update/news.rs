//! What a new picture of the lab changes on the screen, and what there is to tell of it.

use std::sync::Arc;

use crate::checks::EARLY;
use crate::flow::Tone;
use crate::lab::{Clock, Focus};
use crate::msg::Snapshot;
use crate::{App, LabState};
use session::{AskState, StepState, Verdict};

/// What is said to an answer that is not right.
pub(super) fn wrong(ask: &AskState) -> (Tone, String) {
    if ask.early {
        return (Tone::Plain, EARLY.into());
    }
    let why = ask.why_not.as_deref().unwrap_or("That is not the answer.");
    (Tone::Bad, why.to_owned())
}

/// What there is to tell of a change.
pub(super) struct Told {
    tone: Tone,
    text: String,
    /// Why an answer was right that has just been given.
    why: Option<String>,
}

/// Takes over how the steps stand; what there is to tell of it.
pub(super) fn take_steps(lab: &mut LabState, steps: Vec<StepState>, wall_ms: u64) -> Option<Told> {
    let passed = |s: &StepState| matches!(s.verdict, Verdict::Passed { .. });
    let (mut told, mut why) = (None, None);
    let here = lab.state().map(|s| s.id.clone());
    let (mut done_here, mut early) = (false, false);
    for new in &steps {
        let Some(old) = lab.steps.iter().find(|s| s.id == new.id) else { continue };
        if !passed(old) && !old.cards.is_empty() {
            lab.before.insert(old.id.clone(), old.cards.clone());
        }
        if passed(new) && !passed(old) {
            told = Some((Tone::Good, format!("“{}” is done.", new.title)));
            done_here |= here.as_ref() == Some(&new.id);
        } else if new.hints_shown > old.hints_shown {
            lab.reveal = here.as_ref() == Some(&new.id);
            told = Some((Tone::Plain, "The hint is below the step's text.".into()));
        }
        let id = &new.id;
        for (new, old) in new.asks.iter().zip(&old.asks) {
            if new.right && !old.right {
                lab.answered = new.why.clone().map(|why| (id.clone(), why));
                why.clone_from(&new.why);
                told.get_or_insert_with(|| (Tone::Good, "That is right.".into()));
            } else if new.given.is_some() && !new.right && new.given != old.given {
                told = Some(wrong(new));
                lab.answer.clear();
                // The cards above it have grown: what is asked stays in sight.
                lab.reveal_ask = lab.focus == Focus::Checks && here.as_ref() == Some(id);
                // It is judged when the work is done, so that is what comes next.
                early |= new.early && here.as_ref() == Some(id);
            }
        }
    }
    if early {
        lab.back_to_work();
    }
    if lab.steps != steps {
        let anew = lab.steps.iter().any(passed) && !steps.iter().any(passed);
        let complete = passed_all(&steps) && !passed_all(&lab.steps);
        lab.steps = steps;
        lab.lesson.width = 0;
        if anew {
            lab.go_to(0);
        }
        if done_here {
            told = Some((Tone::Good, done(lab, wall_ms)));
        }
        if complete {
            let text =
                "Every step is done: this lab is complete. The checks say how to hand it in.";
            told = Some((Tone::Good, text.into()));
        }
        if !lab.asking() {
            lab.choose_ask();
            // The last question of the step is answered.
            if lab.answering && !lab.asking() {
                lab.back_to_work();
            }
        }
    }
    told.map(|(tone, text)| Told { tone, text, why })
}

/// What is said of a step whose setup has run: who was ahead of it should know where the work went.
fn staged(lab: &LabState) -> &'static str {
    match lab.lab.steps.get(lab.current) {
        Some(step) if !step.setup.is_empty() => {
            " Its setup has run, so what you did ahead of it may be undone."
        }
        _ => "",
    }
}

/// Moves on from the step that was just passed; the sentence that says so.
fn done(lab: &mut LabState, wall_ms: u64) -> String {
    let title = lab.state().map(|s| s.title.clone()).unwrap_or_default();
    match lab.move_on(wall_ms) {
        Some(next) => format!("“{title}” is done. Next: “{next}”.{}", staged(lab)),
        None if lab.current + 1 < lab.steps.len() => {
            format!("“{title}” is done. F7 goes to the next step.")
        }
        None => format!("“{title}” is done."),
    }
}

fn passed_all(steps: &[StepState]) -> bool {
    !steps.is_empty() && steps.iter().all(|s| matches!(s.verdict, Verdict::Passed { .. }))
}

/// Takes over a picture of the open lab; what there is to tell of it.
pub(super) fn take_snapshot(lab: &mut LabState, snapshot: Snapshot, wall_ms: u64) -> Option<Told> {
    lab.doors = snapshot.doors;
    lab.clock = Clock { now: snapshot.now, wall_ms, speed: snapshot.speed };
    if !Arc::ptr_eq(&lab.lab, &snapshot.lab) {
        lab.lab = snapshot.lab;
        lab.current = lab.current.min(lab.lab.steps.len().saturating_sub(1));
        lab.lesson.width = 0;
    }
    take_steps(lab, snapshot.steps, wall_ms)
}

pub(super) fn tell(app: &mut App, told: Option<Told>) {
    let Some(Told { tone, text, why }) = told else { return };
    // The checks say why an answer was right. Where they are behind a tab, the message does, as far as
    // there is room behind what comes next.
    let hidden =
        !app.window().beside() && app.lab.as_ref().is_some_and(|l| l.focus != Focus::Checks);
    match why.filter(|_| hidden) {
        Some(why) => app.tell(tone, format!("{text} {why}")),
        None => app.tell(tone, text),
    }
}
