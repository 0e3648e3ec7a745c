//! How much room the panes of a lab have: the lesson folded away, and the border between lesson and
//! shell, moved by keys or by the mouse.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::App;
use crate::lab::Focus;

/// Folds the lesson away, or brings it back. The shell gets the keys with the width.
pub(super) fn fold(app: &mut App) {
    app.border.folded = !app.border.folded;
    let folded = app.border.folded;
    if let Some(lab) = app.lab.as_mut().filter(|lab| folded && lab.focus != Focus::View) {
        lab.set_focus(Focus::Shell);
    }
}

/// Moves the border by so many columns; the arrow keys move it on until another key is pressed.
pub(super) fn move_border(app: &mut App, cols: i16) {
    let Some(border) = app.window().border() else { return };
    app.border.sizing = true;
    place_border(app, border.saturating_add_signed(cols));
}

/// Puts the border at a column, or as near as the panes bear.
fn place_border(app: &mut App, column: u16) {
    app.border.share = Some(app.window().share_at(column));
}

/// The mouse takes hold of the border, moves it, and lets go of it; whether it was that.
pub(super) fn drag(app: &mut App, event: MouseEvent) -> bool {
    let body = crate::layout::frame(app.cols, app.rows).body;
    let at_border = |app: &App| {
        app.window().border() == Some(event.column) && (body.y..body.bottom()).contains(&event.row)
    };
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) if at_border(app) => app.border.dragging = true,
        MouseEventKind::Drag(MouseButton::Left) if app.border.dragging => {
            place_border(app, event.column);
        }
        MouseEventKind::Up(_) if app.border.dragging => app.border.dragging = false,
        _ => return false,
    }
    true
}
