//! What the home screen's keys do.

use crate::act::Act;
use crate::flow::Tone;
use crate::home::What;
use crate::msg::{Request, Slot};
use crate::overlay::{Confirm, Overlay};
use crate::ports::LabCard;
use crate::{App, Effect, Screen};
use base::Digest;
use session::consent::NotAllowed;

/// Loads the list of labs anew. The first has to be there soon; a later one must not show a lab with an
/// error as sound in between.
pub(super) fn reload(app: &mut App, effects: &mut Vec<Effect>) {
    let whole = app.home.catalog.is_some();
    effects.push(app.jobs.start(Slot::Catalog, Request::Catalog { whole }));
    effects.push(app.jobs.start(Slot::Engine, Request::EngineProblem));
}

/// Loads what the program has not loaded yet: labs and notes.
pub(super) fn load_lists(app: &mut App, effects: &mut Vec<Effect>) {
    if app.home.catalog.is_none() && !app.jobs.running(Slot::Catalog) {
        reload(app, effects);
    }
    if !app.notes.loaded && !app.jobs.running(Slot::Notes) {
        effects.push(app.jobs.start(Slot::Notes, Request::Notes));
    }
}

/// Opens the chosen lab or page.
pub(super) fn open_chosen(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(chosen) = app.home.chosen() else { return };
    let id = chosen.id().to_owned();
    match chosen {
        What::Lab(LabCard { problem: Some(problem), .. }) => {
            let text = format!("{id}: {problem}");
            app.tell(Tone::Bad, text);
        }
        What::Lab(_) => open(app, &id, effects),
        What::Page(_) => super::notes::open_page(app, &id, effects),
    }
}

/// Opens a lab; one that is open already is shown again.
pub(super) fn open(app: &mut App, id: &str, effects: &mut Vec<Effect>) {
    open_allowed(app, id, None, effects);
}

/// Opens a lab, having allowed what it was asked about.
pub(super) fn open_allowed(
    app: &mut App,
    id: &str,
    allow: Option<(String, Digest)>,
    effects: &mut Vec<Effect>,
) {
    if app.lab.as_ref().is_some_and(|l| l.lab.id == id) {
        app.screen = Screen::Lab;
        return;
    }
    if app.jobs.running(Slot::Open) {
        return;
    }
    close(app, effects);
    app.screen = Screen::Home;
    effects.push(app.jobs.start(Slot::Open, Request::Open { lab: id.to_owned(), allow }));
}

/// Shows what a lab would do on this machine, and asks whether it may.
pub(super) fn ask(app: &mut App, id: String, found: &NotAllowed) {
    let title = format!("May “{}” run here?", found.title);
    let act = Act::AllowLab { lab: id, about: found.lab.clone(), text: found.digest };
    app.overlays.push(Overlay::Confirm(Confirm { title, blocks: found.told(), act, scroll: 0 }));
}

/// Leaves the lab that is open: its shell ends, its news are not wanted any more.
pub(super) fn close(app: &mut App, effects: &mut Vec<Effect>) {
    if let Some(lab) = app.lab.take() {
        for shell in lab.parked.iter().chain([&lab.shell]) {
            effects.push(Effect::ShellStop { shell: shell.id });
        }
        effects.push(Effect::CloseLab);
    }
    app.jobs.forget(&[
        Slot::Open,
        Slot::Check,
        Slot::Act,
        Slot::Refresh,
        Slot::View,
        Slot::OwnNote,
    ]);
}

/// Finds the lab that comes behind the open one and is not done; behind the last comes the first.
pub(super) fn find_next(app: &mut App) {
    let (Some(lab), Some(catalog)) = (app.lab.as_mut(), &app.home.catalog) else { return };
    let cards = &catalog.labs;
    let here = cards.iter().position(|card| card.id == lab.lab.id).map_or(0, |at| at + 1);
    let around = cards[here..].iter().chain(&cards[..here]);
    let open = |card: &&LabCard| card.problem.is_none() && card.steps_done < card.steps;
    let mut left = around.filter(open).filter(|card| card.id != lab.lab.id);
    lab.next = left.next().map(|card| (card.id.clone(), card.title.clone()));
}

/// Opens the lab that comes next.
pub(super) fn open_next(app: &mut App, effects: &mut Vec<Effect>) {
    let next = app.lab.as_ref().and_then(|lab| lab.next.clone());
    if let Some((id, _)) = next {
        open(app, &id, effects);
    }
}
