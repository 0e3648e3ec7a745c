//! How the state looks: one file per screen and panel. Drawing reads the state and writes cells;
//! it changes nothing, waits for nothing and decides nothing.

mod checks;
mod chrome;
mod home;
mod lesson;
mod notes;
mod overlay;
mod shell;
pub mod svg;
#[cfg(test)]
mod tests;
mod theme;
mod view;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Paragraph, Widget};

use app::lab::Focus;
use app::layout::{self, Pane, Window};
use app::{App, LabState, Screen};
use theme::Theme;

/// Draws everything: on top of `last`, an earlier frame, when all that may have changed since then is
/// what the shell shows. Each echo of a key is such a frame, and the shell is the lesser part of it.
pub fn draw(app: &App, last: Option<&Buffer>, frame: &mut Frame) {
    let area = frame.area();
    if let Some(cursor) = paint(app, last, area, frame.buffer_mut()) {
        frame.set_cursor_position(cursor);
    }
}

/// The same, on a buffer of this area; where the cursor stands, if anywhere.
fn paint(app: &App, last: Option<&Buffer>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    if !layout::fits(area.width, area.height) {
        too_small(area, buffer);
        return None;
    }
    let theme = Theme { color: app.options.color };
    let mut canvas = Canvas { theme, leader: app.options.leader, buffer, cursor: None };
    if !last.is_some_and(|last| draw_shell(app, last, area, &mut canvas)) {
        draw_all(app, area, &mut canvas);
    }
    canvas.cursor.filter(|cursor| area.contains(*cursor))
}

fn draw_all(app: &App, area: Rect, canvas: &mut Canvas) {
    chrome::draw(app, area, canvas);
    match app.screen {
        Screen::Home => home::draw(app, area, canvas),
        Screen::Notes => notes::draw(app, area, canvas),
        Screen::Lab => draw_lab(app, area, canvas),
    }
    if let Some(top) = app.overlays.last() {
        canvas.cursor = None;
        overlay::draw(top, area, canvas);
    }
}

/// Draws the shell on top of an earlier frame, where the cursor is in it and nothing in front of it;
/// whether it did.
fn draw_shell(app: &App, last: &Buffer, area: Rect, canvas: &mut Canvas) -> bool {
    let free = app.overlays.is_empty() && last.area == area;
    let lab = app.lab_shown().filter(|lab| free && lab.focus == Focus::Shell);
    let Some(lab) = lab else { return false };
    let panes = window(app, area).lab_panes(lab.focus, lab.view.is_some());
    let Some(pane) = panes.shell else { return false };
    canvas.buffer.clone_from(last);
    // The lines around it are drawn over what they are already.
    Clear.render(pane.inner, canvas.buffer);
    shell::draw(lab, pane, canvas);
    true
}

/// What the panels draw on.
struct Canvas<'a> {
    theme: Theme,
    /// The letter of the leader, for texts that name the key.
    leader: char,
    buffer: &'a mut Buffer,
    /// Where the terminal's cursor is shown, if anywhere.
    cursor: Option<Position>,
}

/// What the panes are laid out in, in this area.
fn window(app: &App, area: Rect) -> Window {
    Window { cols: area.width, rows: area.height, ..app.window() }
}

type DrawPane = fn(&LabState, Pane, &mut Canvas);

fn draw_lab(app: &App, area: Rect, canvas: &mut Canvas) {
    let Some(lab) = &app.lab else { return };
    let panes = window(app, area).lab_panes(lab.focus, lab.view.is_some());
    if let Some(tabs) = panes.tabs {
        chrome::draw_tabs(lab, tabs, canvas);
    }
    let drawn: [(Focus, Option<Pane>, DrawPane); 4] = [
        (Focus::Lesson, panes.lesson, lesson::draw),
        (Focus::Checks, panes.checks, checks::draw),
        (Focus::View, panes.view, view::draw),
        (Focus::Shell, panes.shell, shell::draw),
    ];
    // A line that two panes have in common looks as that of the focused one, which is drawn last.
    for focused in [false, true] {
        for (_, pane, draw) in drawn.iter().filter(|(focus, ..)| (*focus == lab.focus) == focused) {
            if let Some(pane) = pane {
                draw(lab, *pane, canvas);
            }
        }
    }
}

fn too_small(area: Rect, buffer: &mut Buffer) {
    let text = format!(
        "The window has {} columns and {} rows. distlab needs {} and {}: make it larger, \
         or start it with --plain.",
        area.width,
        area.height,
        layout::COLS_MIN,
        layout::ROWS_MIN
    );
    Clear.render(area, buffer);
    Paragraph::new(text).wrap(ratatui::widgets::Wrap { trim: true }).render(area, buffer);
}
