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

use app::{App, Screen, layout};
use theme::Theme;

/// Draws everything.
pub fn draw(app: &App, frame: &mut Frame) {
    let area = frame.area();
    let theme = Theme { color: app.options.color };
    if !layout::fits(area.width, area.height) {
        too_small(area, frame);
        return;
    }
    let mut canvas = Canvas { theme, buffer: frame.buffer_mut(), cursor: None };
    chrome::draw(app, area, &mut canvas);
    match app.screen {
        Screen::Home => home::draw(app, area, &mut canvas),
        Screen::Notes => notes::draw(app, area, &mut canvas),
        Screen::Lab => draw_lab(app, area, &mut canvas),
    }
    if let Some(top) = app.overlays.last() {
        canvas.cursor = None;
        overlay::draw(top, area, &mut canvas);
    }
    if let Some(cursor) = canvas.cursor.filter(|c| area.contains(*c)) {
        frame.set_cursor_position(cursor);
    }
}

/// What the panels draw on.
struct Canvas<'a> {
    theme: Theme,
    buffer: &'a mut Buffer,
    /// Where the terminal's cursor is shown, if anywhere.
    cursor: Option<Position>,
}

fn draw_lab(app: &App, area: Rect, canvas: &mut Canvas) {
    let Some(lab) = &app.lab else { return };
    let panes = layout::lab_panes(area.width, area.height, lab.focus, lab.view.is_some());
    if let Some(tabs) = panes.tabs {
        chrome::draw_tabs(lab, tabs, canvas);
    }
    if let Some(pane) = panes.lesson {
        lesson::draw(lab, pane, canvas);
    }
    if let Some(pane) = panes.checks {
        checks::draw(lab, pane, canvas);
    }
    if let Some(pane) = panes.view {
        view::draw(lab, pane, canvas);
    }
    if let Some(pane) = panes.shell {
        shell::draw(lab, pane, canvas);
    }
}

fn too_small(area: Rect, frame: &mut Frame) {
    let text = format!(
        "The window has {} columns and {} rows. distlab needs {} and {}: make it larger, \
         or start it with --plain.",
        area.width,
        area.height,
        layout::COLS_MIN,
        layout::ROWS_MIN
    );
    frame.render_widget(Clear, area);
    Paragraph::new(text)
        .wrap(ratatui::widgets::Wrap { trim: true })
        .render(area, frame.buffer_mut());
}
