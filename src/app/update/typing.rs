//! The line that is being typed, wherever it stands, and what follows when it changes.

use crate::input::Input;
use crate::keymap::{Place, place};
use crate::overlay::Overlay;
use crate::{App, Effect, Screen};

use super::{lab, lists, notes};

/// Edits the line that has the keys.
pub(super) fn edit(app: &mut App, edit: impl FnOnce(&mut Input), effects: &mut Vec<Effect>) {
    let place = place(app);
    let Some(line) = line(app, place) else { return };
    let before = line.text();
    edit(line);
    if line.text() == before {
        return;
    }
    match place {
        Place::List => lists::query_changed(app, effects),
        Place::Prompt => {
            if let Some(Overlay::Prompt(prompt)) = app.overlays.last_mut() {
                prompt.error = None;
            }
        }
        Place::Filter => app.home.choose_by_filter(),
        Place::Query => notes::search(app, effects),
        _ => {}
    }
}

fn line(app: &mut App, place: Place) -> Option<&mut Input> {
    match (place, app.overlays.last_mut()) {
        (Place::List, Some(Overlay::List(list))) => Some(&mut list.query),
        (Place::Prompt, Some(Overlay::Prompt(prompt))) => Some(&mut prompt.input),
        (Place::Filter, _) => Some(&mut app.home.filter),
        (Place::Query, _) => Some(&mut app.notes.query),
        (Place::Answer, _) => app.lab.as_mut().map(|lab| &mut lab.answer),
        _ => None,
    }
}

/// Ends the typing, and what was typed is gone.
pub(super) fn stop(app: &mut App) {
    match app.screen {
        Screen::Home => {
            app.home.filtering = false;
            app.home.filter.clear();
            app.home.selected = 0;
        }
        Screen::Notes => notes::clear(app),
        Screen::Lab => lab::stop_answering(app),
    }
}
