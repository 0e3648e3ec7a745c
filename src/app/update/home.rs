//! What the home screen's keys do.

use crate::flow::Tone;
use crate::msg::{Request, Slot};
use crate::{App, Effect, Screen};

/// Loads the list of labs anew.
pub fn reload(app: &mut App, effects: &mut Vec<Effect>) {
    effects.push(app.jobs.start(Slot::Catalog, Request::Catalog));
}

/// Opens the chosen lab.
pub fn open_chosen(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(card) = app.home.chosen().cloned() else { return };
    match card.problem {
        Some(problem) => app.tell(Tone::Bad, format!("{}: {problem}", card.id)),
        None => open(app, &card.id, effects),
    }
}

/// Opens a lab; one that is open already is shown again.
pub fn open(app: &mut App, id: &str, effects: &mut Vec<Effect>) {
    if app.lab.as_ref().is_some_and(|l| l.lab.id == id) {
        app.screen = Screen::Lab;
        return;
    }
    if app.jobs.running(Slot::Open) {
        return;
    }
    close(app, effects);
    app.screen = Screen::Home;
    effects.push(app.jobs.start(Slot::Open, Request::Open(id.to_owned())));
}

/// Leaves the lab that is open: its shell ends, its news are not wanted any more.
pub fn close(app: &mut App, effects: &mut Vec<Effect>) {
    if let Some(lab) = app.lab.take() {
        for shell in lab.parked.iter().chain([&lab.shell]) {
            effects.push(Effect::ShellStop { shell: shell.id });
        }
        effects.push(Effect::CloseDesk);
    }
    app.jobs.forget(&[Slot::Open, Slot::Check, Slot::Act, Slot::Refresh, Slot::Views]);
}
