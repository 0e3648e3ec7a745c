//! What is done in a lab: checks, hints, answers, undo and reset, and time.

use super::news::wrong;
use crate::act::Act;
use crate::flow::Tone;
use crate::input::Input;
use crate::lab::Focus;
use crate::layout::{self, Window};
use crate::msg::{Request, Slot};
use crate::overlay::{Confirm, Overlay, Prompt};
use crate::{App, Effect, LabState};
use session::{LastChange, Picture};

/// The id of the step the learner is at.
fn step_id(app: &App) -> Option<String> {
    app.lab.as_ref()?.step().map(|s| s.id.clone())
}

/// A request that changes the lab; one at a time, so that none is lost.
fn act(app: &mut App, request: Request, effects: &mut Vec<Effect>) {
    if app.jobs.running(Slot::Act) {
        app.tell(Tone::Plain, "One moment: the last thing you asked for is not done yet.");
    } else {
        effects.push(app.jobs.start(Slot::Act, request));
    }
}

pub(super) fn switch_focus(app: &mut App) {
    if let Some(lab) = app.lab.as_mut() {
        lab.set_focus(if lab.focus == Focus::Shell { Focus::Lesson } else { Focus::Shell });
    }
}

/// Lesson, checks, view if there is one.
pub(super) fn next_pane(lab: &mut LabState) {
    lab.set_focus(match lab.focus {
        Focus::Lesson => Focus::Checks,
        Focus::Checks if lab.view.is_some() => Focus::View,
        Focus::Checks | Focus::View | Focus::Shell => Focus::Lesson,
    });
    lab.choose_ask();
}

pub(super) fn focus_view(app: &mut App) {
    if let Some(lab) = app.lab.as_mut() {
        lab.set_focus(Focus::View);
    }
}

/// Checks the step now, and goes to where its cards stand, where they are behind a tab. A check that is
/// under way is made stale: only the newest counts.
pub(super) fn check(app: &mut App, effects: &mut Vec<Effect>) {
    let beside = app.window().beside();
    if let Some(lab) = app.lab.as_mut().filter(|_| !beside) {
        lab.set_focus(Focus::Checks);
    }
    let step = step_id(app);
    effects.push(app.jobs.start(Slot::Check, Request::Check { step, settle: false }));
}

/// Checks everything soon, because something changed; while a check runs, after it.
pub(super) fn check_soon(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut() else { return };
    if app.jobs.running(Slot::Check) {
        lab.stale = true;
    } else {
        effects.push(app.jobs.start(Slot::Check, Request::Check { step: None, settle: true }));
    }
}

pub(super) fn check_again(app: &mut App, effects: &mut Vec<Effect>) {
    if app.lab.as_mut().is_some_and(|lab| std::mem::take(&mut lab.stale)) {
        check_soon(app, effects);
    }
}

/// Shows the next hint, and goes to where it stands: in the lesson, where that is behind a tab.
pub(super) fn hint(app: &mut App, effects: &mut Vec<Effect>) {
    let window = app.window();
    let Some(lab) = app.lab.as_mut() else { return };
    if !window.beside() {
        lab.set_focus(Focus::Lesson);
    }
    if lab.state().is_some_and(|s| s.hints_shown >= s.hints) {
        lab.reveal = true;
        app.tell(Tone::Plain, "All hints for this step are shown, below its text.");
    } else if let Some(step) = step_id(app) {
        act(app, Request::Hint(step), effects);
    }
}

/// Scrolls the newest hint of the step into sight: its end if it fits, and its beginning anyway.
pub(super) fn show_hint(lab: &mut LabState, window: Window) {
    let Some(start) = lab.lesson.hints.get(lab.current).copied().flatten() else { return };
    let end = lab.lesson.range(lab.current).end;
    let least = end.saturating_sub(lesson_height(window));
    lab.lesson_scroll = lab.lesson_scroll.max(least).min(start);
}

/// Shows the next live view; a picture of it is asked for once it is in sight.
pub(super) fn next_view(app: &mut App) {
    let window = app.window();
    let tabs = !window.wide();
    let Some(lab) = app.lab.as_mut() else { return };
    // In tabs a view may be chosen but hidden: the key shows it before it goes on to the next.
    if !(tabs && lab.view.is_some() && lab.focus != Focus::View) {
        let at = lab.views.iter().position(|view| Some(*view) == lab.view);
        lab.view = lab.views.get(at.map_or(0, |at| at + 1)).copied();
    }
    lab.view_scroll = 0;
    let shown = lab.view.is_some();
    let small = window.lab_panes(Focus::Shell, shown).view.is_none();
    if !shown && lab.focus == Focus::View {
        lab.set_focus(Focus::Shell);
    } else if shown && small {
        lab.set_focus(Focus::View);
    }
    lab.view_stale = shown;
    // What was asked for the view before is of no use to this one.
    app.jobs.forget(&[Slot::View]);
}

/// Looks what an undo would take back, before it is asked for.
pub(super) fn look_before_undo(app: &mut App, effects: &mut Vec<Effect>) {
    act(app, Request::LastChange, effects);
}

/// Says what an undo would take back, and asks.
pub(super) fn ask_undo(app: &mut App, change: Option<LastChange>) {
    let Some(lab) = app.lab.as_ref() else { return };
    let Some(change) = change else {
        app.tell(Tone::Plain, session::NOTHING_TO_UNDO);
        return;
    };
    let clock = |at: base::Time| at.format("%Y-%m-%d %H:%M:%S");
    let titles: Vec<String> = change
        .steps
        .iter()
        .filter_map(|id| lab.lab.step(id))
        .map(|step| format!("“{}”", step.title))
        .collect();
    let steps = match titles.as_slice() {
        [] => String::new(),
        [title] => format!("The step {title} was passed since then and is open again.\n\n"),
        all => format!("Steps that were passed since then are open again: {}.\n\n", all.join(", ")),
    };
    let files = if lab.lab.needs.is_empty() {
        "Your files stay"
    } else {
        "Your files, and what was done on a real engine, stay"
    };
    let text = format!(
        "It was `{}`, at {} lab time, with all that came of it.\n\n{steps}Lab time is not set back: it \
         stays at {}, and what was due meanwhile has happened. {files} too. An undo cannot be \
         undone; give the command again instead.",
        change.what,
        clock(change.at),
        clock(lab.clock.at(app.wall_ms)),
    );
    app.overlays.push(Overlay::Confirm(Confirm {
        title: "Take back the last change?".into(),
        blocks: course::lesson::parse(&text),
        act: Act::Undo(change.number),
        scroll: 0,
    }));
}

pub(super) fn undo(app: &mut App, change: u64, effects: &mut Vec<Effect>) {
    act(app, Request::Undo(change), effects);
}

/// Goes on or back. Who goes on when the lesson has just done so by itself is where he wants to be.
pub(super) fn step_by(app: &mut App, steps: isize) {
    let Some(lab) = app.lab.as_mut() else { return };
    if steps > 0 && lab.finished.is_some() {
        lab.go_to(lab.current);
        let title = lab.step().map(|s| s.title.clone()).unwrap_or_default();
        app.tell(Tone::Plain, format!("This is the next step already: “{title}”."));
    } else {
        lab.go_to(lab.current.saturating_add_signed(steps));
    }
}

pub(super) fn go_to_step(app: &mut App, step: usize) {
    if let Some(lab) = app.lab.as_mut() {
        lab.go_to(step);
    }
}

pub(super) fn ask_reset_step(app: &mut App) {
    let Some(lab) = app.lab.as_ref() else { return };
    let Some(step) = lab.step() else { return };
    let takes = session::reset_takes(&lab.lab, Some(step));
    let title = format!("Reset the step “{}”?", step.title);
    let act = Act::Reset(Some(step.id.clone()));
    ask_reset(app, title, act, &takes);
}

pub(super) fn ask_reset_lab(app: &mut App) {
    let Some(lab) = app.lab.as_ref() else { return };
    let takes = session::reset_takes(&lab.lab, None);
    ask_reset(app, "Reset the whole lab?".to_owned(), Act::Reset(None), &takes);
}

fn ask_reset(app: &mut App, title: String, act: Act, takes: &str) {
    let blocks = course::lesson::parse(takes);
    app.overlays.push(Overlay::Confirm(Confirm { title, blocks, act, scroll: 0 }));
}

pub(super) fn reset(app: &mut App, step: Option<String>, effects: &mut Vec<Effect>) {
    if let Some(lab) = app.lab.as_mut() {
        match &step {
            Some(id) => drop(lab.before.remove(id)),
            None => lab.before.clear(),
        }
    }
    act(app, Request::Reset(step), effects);
}

pub(super) fn ask_time(app: &mut App) {
    app.overlays.push(Overlay::Prompt(Prompt {
        title: "Move lab time on".into(),
        help: "By how much? 45s, 11m, 1h30m or 2d".into(),
        input: Input::default(),
        error: None,
    }));
}

/// Moves lab time on by the span that was typed; the prompt stays when it was none.
pub(super) fn submit_time(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(Overlay::Prompt(prompt)) = app.overlays.last_mut() else { return };
    let text = prompt.input.text();
    match base::time::parse_span(text.trim().trim_start_matches('+')) {
        Some(span) => {
            app.overlays.pop();
            act(app, Request::Advance(span), effects);
        }
        None => prompt.error = Some(format!("“{text}” is not a span of time.")),
    }
}

/// Goes to the first open question.
pub(super) fn answer(app: &mut App) {
    if let Some(lab) = app.lab.as_mut() {
        lab.set_focus(Focus::Checks);
        lab.answering = true;
        lab.choose_ask();
    }
}

/// Empties the line of the answer; leaves it when it is empty.
pub(super) fn stop_answering(app: &mut App) {
    let Some(lab) = app.lab.as_mut() else { return };
    if lab.answer.is_empty() {
        lab.back_to_work();
    } else {
        lab.answer.clear();
    }
}

/// Goes to another question of the step; with only one, its text is scrolled.
pub(super) fn question_by(app: &mut App, by: isize) {
    let size = app.window();
    let Some(lab) = app.lab.as_mut() else { return };
    let count = lab.state().map_or(0, |s| s.asks.len());
    if count < 2 {
        scroll(lab, Focus::Checks, by, size);
        return;
    }
    lab.ask = (lab.ask + if by < 0 { count - 1 } else { 1 }) % count;
    lab.answer.clear();
    lab.reveal_ask = true;
}

/// Sends the answer; the number of a choice stands for the choice.
pub(super) fn submit_answer(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_ref() else { return };
    let (Some(step), Some(ask)) = (step_id(app), lab.state().and_then(|s| s.asks.get(lab.ask)))
    else {
        return;
    };
    let typed = lab.answer.text().trim().to_owned();
    if typed.is_empty() {
        return;
    }
    let Some(text) = chosen(&typed, &ask.choices) else {
        let text = format!("Answer with the number of a choice, 1 to {}.", ask.choices.len());
        app.tell(Tone::Plain, text);
        return;
    };
    // The same wrong answer once more changes nothing, so nothing else would speak of it.
    let again = (ask.given.as_ref() == Some(&text) && !ask.right).then(|| wrong(ask));
    let ask = lab.ask;
    act(app, Request::Answer { step, ask, text }, effects);
    if let Some((tone, text)) = again {
        app.tell(tone, text);
        if let Some(lab) = app.lab.as_mut() {
            lab.answer.clear();
        }
    }
}

/// The choice that was meant by its number, its letter or its text; any text where there are no
/// choices.
fn chosen(typed: &str, choices: &[String]) -> Option<String> {
    if choices.is_empty() {
        return Some(typed.to_owned());
    }
    // By the same rules as it is judged.
    let ask = course::Ask { choices: choices.to_vec(), ..course::Ask::default() };
    let text = course::chosen(&ask, typed);
    choices.iter().find(|choice| *choice == text).cloned()
}

/// Goes to a line of the lesson, with what was searched for marked in it.
pub(super) fn show_lesson(app: &mut App, line: usize, marked: String) {
    if let Some(lab) = app.lab.as_mut() {
        lab.marked = marked;
        lab.set_focus(Focus::Lesson);
        lab.lesson_scroll = line;
    }
}

/// Lines of a page of the lesson.
pub(super) fn lesson_page(app: &App) -> isize {
    isize::try_from(lesson_height(app.window()).saturating_sub(1).max(1)).unwrap_or(1)
}

pub(super) fn lesson_by(app: &mut App, lines: isize) {
    let window = app.window();
    if let Some(lab) = app.lab.as_mut() {
        scroll(lab, Focus::Lesson, lines, window);
    }
}

/// Scrolls a pane, no further than its text goes.
pub(super) fn scroll(lab: &mut LabState, focus: Focus, lines: isize, window: Window) {
    let panes = window.lab_panes(focus, lab.view.is_some());
    let height = |pane: Option<layout::Pane>| usize::from(pane.unwrap_or_default().inner.height);
    match focus {
        Focus::Shell => lab.shell.scroll(-lines),
        Focus::View => {
            let last = lab
                .shown_picture()
                .map_or(0, Picture::lines_about)
                .saturating_sub(height(panes.view));
            lab.view_scroll = lab.view_scroll.saturating_add_signed(lines).min(last);
        }
        Focus::Lesson => {
            let last = lab.lesson.lines.len().saturating_sub(height(panes.lesson));
            lab.lesson_scroll = lab.lesson_scroll.saturating_add_signed(lines).min(last);
        }
        Focus::Checks => {
            let width = usize::from(panes.checks.unwrap_or_default().inner.width.saturating_sub(1));
            let room = height(panes.checks).saturating_sub(usize::from(lab.asking()));
            let last = lab.check_lines(width).len().saturating_sub(room);
            lab.checks_scroll = lab.checks_scroll.saturating_add_signed(lines).min(last);
        }
    }
}

/// Scrolls the chosen question into sight, no further than needed.
pub(super) fn show_ask(lab: &mut LabState, window: Window) {
    let panes = window.lab_panes(Focus::Checks, lab.view.is_some());
    let inner = panes.checks.unwrap_or_default().inner;
    let room = usize::from(inner.height).saturating_sub(usize::from(lab.asking()));
    let Some(range) = lab.ask_range(usize::from(inner.width.saturating_sub(1))) else { return };
    let least = range.end.saturating_sub(room);
    lab.checks_scroll = lab.checks_scroll.max(least).min(range.start);
}

/// How wide the lesson is laid out: without the mark of the step and the scroll bar.
#[must_use]
pub fn lesson_width(window: Window) -> usize {
    let panes = window.lab_panes(Focus::Lesson, false);
    usize::from(panes.lesson.unwrap_or_default().inner.width.saturating_sub(3))
}

/// How many lines of the lesson are in sight.
#[must_use]
pub fn lesson_height(window: Window) -> usize {
    let panes = window.lab_panes(Focus::Lesson, false);
    usize::from(panes.lesson.unwrap_or_default().inner.height)
}
