//! Moving about: scrolling, choosing, going back. Each acts on what has the focus.

use crossterm::event::{MouseEvent, MouseEventKind};

use crate::lab::Focus;
use crate::notes::Opened;
use crate::overlay::Overlay;
use crate::{App, Effect, LabState, Screen, layout};

use super::{home, lab, notes, panes};

/// Lines of a page: the pane's height, less one to keep the eye on.
pub(super) fn page(app: &App) -> isize {
    let height = match app.lab_shown() {
        Some(state) => {
            let panes = app.window().lab_panes(state.focus, state.view.is_some());
            let pane = match state.focus {
                Focus::Lesson => panes.lesson,
                Focus::Checks => panes.checks,
                Focus::View => panes.view,
                Focus::Shell => panes.shell,
            };
            pane.unwrap_or_default().inner.height
        }
        None => layout::frame(app.cols, app.rows).body.height.saturating_sub(1),
    };
    isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1)
}

/// Scrolls what has the focus, or moves its choice.
pub(super) fn scroll(app: &mut App, lines: isize) {
    let size = (app.cols, app.rows);
    if let Some(top) = app.overlays.last_mut() {
        match top {
            Overlay::List(list) => list.move_by(lines),
            Overlay::Confirm(confirm) => confirm.scroll_by(lines, size),
            Overlay::Prompt(_) | Overlay::Draft(_) => {}
        }
        return;
    }
    match app.screen {
        Screen::Home => app.home.move_by(lines),
        Screen::Notes if app.notes.reading => {
            let height = layout::frame(size.0, size.1).body.height.saturating_sub(1);
            let last = app.notes.lines.len().saturating_sub(usize::from(height));
            app.notes.scroll = app.notes.scroll.saturating_add_signed(lines).min(last);
        }
        Screen::Notes => app.notes.move_by(lines),
        Screen::Lab => {
            let window = app.window();
            if let Some(state) = app.lab.as_mut() {
                lab::scroll(state, state.focus, lines, window);
            }
        }
    }
}

/// Goes to the next pane that is no shell.
pub(super) fn next_pane(app: &mut App) {
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

/// Opens what is chosen.
pub(super) fn open(app: &mut App, effects: &mut Vec<Effect>) {
    match app.screen {
        Screen::Home => {
            app.home.filtering = false;
            home::open_chosen(app, effects);
        }
        Screen::Notes if !app.notes.reading => {
            app.notes.searching = false;
            notes::open_chosen(app, effects);
        }
        Screen::Lab => lab::answer(app),
        Screen::Notes => {}
    }
}

/// Back by the smallest step there is.
pub(super) fn escape(app: &mut App, effects: &mut Vec<Effect>) {
    if app.message.take().is_some() {
        return;
    }
    match app.screen {
        Screen::Home => {
            app.home.filter.clear();
            app.home.selected = 0;
        }
        Screen::Notes if app.notes.reading && app.notes.opened == Opened::ByLink => {
            leave(app, effects);
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
            state.marked.clear();
        }
        state.set_focus(Focus::Lesson);
    }
}

/// Out of what is shown: notes, then lab, then the program.
pub(super) fn leave(app: &mut App, effects: &mut Vec<Effect>) {
    match app.screen {
        Screen::Notes => {
            notes::clear(app);
            let lab = app.notes.back == Screen::Lab && app.lab.is_some();
            app.screen = if lab { Screen::Lab } else { Screen::Home };
        }
        Screen::Lab => {
            // What was told was about the lab.
            app.message = None;
            home::close(app, effects);
            app.screen = Screen::Home;
            home::reload(app, effects);
        }
        Screen::Home => effects.push(Effect::Quit),
    }
}

/// Lines that one turn of the wheel scrolls.
const WHEEL_LINES: isize = 3;

/// The wheel scrolls what lies under the mouse; a click gives it the focus, and the border between
/// lesson and shell can be dragged.
pub(super) fn mouse(app: &mut App, event: MouseEvent) {
    let free = app.overlays.is_empty() && app.screen == Screen::Lab;
    if free && panes::drag(app, event) {
        return;
    }
    let lines = match event.kind {
        MouseEventKind::ScrollUp => -WHEEL_LINES,
        MouseEventKind::ScrollDown => WHEEL_LINES,
        MouseEventKind::Down(_) => 0,
        _ => return,
    };
    if !free {
        scroll(app, lines);
        return;
    }
    let window = app.window();
    let Some(state) = app.lab.as_mut() else { return };
    let shown = window.lab_panes(state.focus, state.view.is_some());
    let Some(focus) = layout::pane_at(&shown, event.column, event.row) else { return };
    if lines == 0 {
        state.set_focus(focus);
    } else {
        lab::scroll(state, focus, lines, window);
    }
}
