//! Moving about: scrolling, choosing, going back. Each acts on what has the focus.

use crate::lab::Focus;
use crate::{App, Effect, LabState, Screen, layout};

use super::{home, lab, notes};

/// More lines than anything has.
const FAR: isize = 1_000_000;

pub fn up(app: &mut App, _: &mut Vec<Effect>) {
    scroll(app, -1);
}

pub fn down(app: &mut App, _: &mut Vec<Effect>) {
    scroll(app, 1);
}

pub fn page_up(app: &mut App, _: &mut Vec<Effect>) {
    scroll(app, -page(app));
}

pub fn page_down(app: &mut App, _: &mut Vec<Effect>) {
    scroll(app, page(app));
}

pub fn top(app: &mut App, _: &mut Vec<Effect>) {
    scroll(app, -FAR);
}

pub fn bottom(app: &mut App, _: &mut Vec<Effect>) {
    scroll(app, FAR);
}

/// Lines of a page: the pane's height, less one to keep the eye on.
fn page(app: &App) -> isize {
    let height = match app.lab_shown() {
        Some(state) => {
            let panes = layout::lab_panes(app.cols, app.rows, state.focus, state.view);
            let pane = match state.focus {
                Focus::Lesson => panes.lesson,
                Focus::Checks => panes.checks,
                Focus::View => panes.view,
                Focus::Shell => panes.shell,
            };
            pane.unwrap_or_default().inner.height
        }
        None => layout::frame(app.cols, app.rows).body.height.saturating_sub(2),
    };
    isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1)
}

/// Scrolls or moves what has the focus.
pub fn scroll(app: &mut App, lines: isize) {
    let size = (app.cols, app.rows);
    match app.screen {
        Screen::Home => app.home.move_by(lines),
        Screen::Notes if app.notes.reading => {
            let height = layout::frame(size.0, size.1).body.height.saturating_sub(2);
            let last = app.notes.lines.len().saturating_sub(usize::from(height));
            app.notes.scroll = app.notes.scroll.saturating_add_signed(lines).min(last);
        }
        Screen::Notes => app.notes.move_by(lines),
        Screen::Lab => {
            if let Some(state) = app.lab.as_mut() {
                lab::scroll(state, state.focus, lines, size);
            }
        }
    }
}

/// Goes to the next pane that has no letters to type.
pub fn tab(app: &mut App, _: &mut Vec<Effect>) {
    match app.screen {
        Screen::Home => {}
        Screen::Notes => app.notes.reading = !app.notes.reading && app.notes.page.is_some(),
        Screen::Lab => {
            if let Some(state) = app.lab.as_mut() {
                lab::next_pane(state);
            }
        }
    }
}

pub fn enter(app: &mut App, effects: &mut Vec<Effect>) {
    match app.screen {
        Screen::Home => home::open_chosen(app, effects),
        Screen::Notes if !app.notes.reading => notes::open_chosen(app, effects),
        Screen::Notes | Screen::Lab => {}
    }
}

/// Back by the smallest step there is.
pub fn escape(app: &mut App, effects: &mut Vec<Effect>) {
    if app.message.take().is_some() {
        return;
    }
    match app.screen {
        Screen::Home => {
            app.home.filter.clear();
            app.home.selected = 0;
        }
        Screen::Notes if app.notes.reading => app.notes.reading = false,
        Screen::Notes if app.notes.hits.is_some() => notes::clear(app),
        Screen::Notes => leave(app, effects),
        Screen::Lab => to_lesson(app.lab.as_deref_mut()),
    }
}

/// To the lesson; there, it is read without marks again.
fn to_lesson(state: Option<&mut LabState>) {
    if let Some(state) = state {
        if state.focus == Focus::Lesson {
            state.sought.clear();
        }
        state.focus = Focus::Lesson;
    }
}

/// Out of what is shown: notes, then lab, then the program.
pub fn leave(app: &mut App, effects: &mut Vec<Effect>) {
    match app.screen {
        Screen::Notes => {
            notes::clear(app);
            let lab = app.notes.back == Screen::Lab && app.lab.is_some();
            app.screen = if lab { Screen::Lab } else { Screen::Home };
        }
        Screen::Lab => {
            home::close(app, effects);
            app.screen = Screen::Home;
            home::reload(app, effects);
        }
        Screen::Home => effects.push(Effect::Quit),
    }
}
