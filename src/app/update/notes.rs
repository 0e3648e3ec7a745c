//! What the notes reader's keys do.

use crate::input::Input;
use crate::msg::{Request, Slot};
use crate::notes::Opened;
use crate::ports::Found;
use crate::{App, Effect, Screen, layout};

/// Opens the reader.
pub fn open(app: &mut App, effects: &mut Vec<Effect>) {
    if app.screen != Screen::Notes {
        app.notes.back = app.screen;
        app.notes.opened = Opened::FromList;
    }
    app.screen = Screen::Notes;
    if !app.notes.loaded && !app.jobs.running(Slot::Notes) {
        effects.push(app.jobs.start(Slot::Notes, Request::Notes));
    }
}

/// Opens a page in the reader.
pub fn open_page(app: &mut App, id: &str, effects: &mut Vec<Effect>) {
    let opened = if app.screen == Screen::Notes { app.notes.opened } else { Opened::ByLink };
    open(app, effects);
    app.notes.opened = opened;
    app.notes.searching = false;
    app.notes.reading = true;
    app.home.read(id);
    effects.push(app.jobs.start(Slot::Note, Request::Note(id.to_owned())));
}

/// Opens the chosen page.
pub(super) fn open_chosen(app: &mut App, effects: &mut Vec<Effect>) {
    if let Some(id) = app.notes.chosen() {
        app.notes.opened = Opened::FromList;
        open_page(app, &id, effects);
    }
}

/// Starts to type a query.
pub fn begin_search(app: &mut App) {
    app.notes.searching = true;
    app.notes.reading = false;
    app.notes.opened = Opened::FromList;
}

/// Searches for a text that was given from outside.
pub fn search_for(app: &mut App, query: &str, effects: &mut Vec<Effect>) {
    app.notes.query = Input::new(query);
    app.notes.searching = true;
    search(app, effects);
}

/// Searches for what the query says now; an empty one shows all pages.
pub fn search(app: &mut App, effects: &mut Vec<Effect>) {
    let query = app.notes.query.text();
    app.notes.selected = 0;
    if query.trim().is_empty() {
        app.notes.hits = None;
        app.notes.meant = None;
        app.jobs.forget(&[Slot::Search]);
    } else {
        effects.push(app.jobs.start(Slot::Search, Request::Search(query)));
    }
}

/// Takes what was found.
pub(super) fn found(app: &mut App, found: Found) {
    app.notes.selected = 0;
    app.notes.hits = Some(found.hits);
    app.notes.meant = found.meant;
}

/// Ends a search: all pages are listed again.
pub fn clear(app: &mut App) {
    app.notes.searching = false;
    app.notes.query.clear();
    app.notes.hits = None;
    app.notes.meant = None;
    app.notes.selected = 0;
    app.jobs.forget(&[Slot::Search]);
}

/// How wide a page is laid out: with a column for the scroll bar.
#[must_use]
pub fn page_width(cols: u16, rows: u16) -> usize {
    let (_, page) = layout::notes_panes(cols, rows, true);
    usize::from(page.unwrap_or_default().inner.width.saturating_sub(1))
}
