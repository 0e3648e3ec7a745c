//! What the answers to requests do.

use crate::flow::Tone;
use crate::lab::LabState;
use crate::msg::{Job, Reply, Request, Slot, Snapshot};
use crate::shell::Shell;
use crate::{App, Effect, Screen};

use super::{find, home, lab, news, notes, own_note, shell};

pub(super) fn take(
    app: &mut App,
    job: Job,
    reply: Result<Reply, String>,
    effects: &mut Vec<Effect>,
) {
    match reply {
        Err(text) => {
            if job.slot == Slot::Open {
                app.home.filtering = false;
            }
            app.tell(Tone::Bad, text);
        }
        Ok(Reply::Catalog(catalog)) => {
            if !catalog.whole {
                effects.push(app.jobs.start(Slot::Catalog, Request::Catalog { whole: true }));
            }
            app.home.take(catalog);
            home::find_next(app);
        }
        Ok(Reply::Asks(lab, found)) => home::ask(app, lab, &found),
        Ok(Reply::Lab(snapshot)) if job.slot == Slot::Open => opened(app, *snapshot, effects),
        Ok(Reply::Lab(snapshot)) => lab(app, job, *snapshot, effects),
        Ok(Reply::View(view, picture)) => {
            if let Some(lab) = app.lab.as_mut() {
                lab.picture = Some((view, picture));
            }
        }
        Ok(Reply::LastChange(change)) => lab::ask_undo(app, change),
        Ok(Reply::Kept) => {}
        Ok(Reply::EngineProblem(problem)) => app.home.engine_problem = problem,
        Ok(Reply::Notes(pages)) => {
            app.notes.pages = pages;
            app.notes.loaded = true;
        }
        Ok(Reply::Note(note)) => {
            let width = notes::page_width(app.cols, app.rows);
            app.notes.show(note, width);
        }
        Ok(Reply::OwnNote(note)) => own_note::opened(app, note, effects),
        Ok(Reply::Hits(found)) => {
            // They are the find list's, where that asked, or else the reader's.
            if !find::take_hits(app, &found.hits) {
                notes::found(app, found);
            }
        }
    }
    if job.slot == Slot::Open {
        home::load_lists(app, effects);
    }
    if job.slot == Slot::Check {
        lab::check_again(app, effects);
    }
}

fn opened(app: &mut App, snapshot: Snapshot, effects: &mut Vec<Effect>) {
    app.jobs.seen = 0;
    app.next_shell += 1;
    let pane = app.window().shell_pane(false).inner;
    let own = Shell::new(app.next_shell, None, (pane.width, pane.height));
    effects.push(own.start());
    let notice = snapshot.notice.clone();
    let mut state = LabState::new(snapshot, app.wall_ms, own);
    state.leader = app.options.leader;
    state.reflow(lab::lesson_width(app.window()));
    // Where lesson and shell stand side by side a learner reads the one and types into the other;
    // among tabs the lesson comes first.
    if app.window().beside() {
        state.set_focus(crate::lab::Focus::Shell);
    }
    if state.current > 0 {
        state.go_to(state.current);
    }
    app.lab = Some(Box::new(state));
    home::find_next(app);
    app.screen = Screen::Lab;
    app.overlays.clear();
    app.message = None;
    if let Some(text) = notice {
        app.tell(Tone::Plain, text);
    }
    effects.push(app.jobs.start(Slot::Check, Request::Check { step: None, settle: true }));
}

/// A newer picture of the open lab. One that was asked for before the newest we have may be older than
/// it, so the open lab is read once more instead.
fn lab(app: &mut App, job: Job, snapshot: Snapshot, effects: &mut Vec<Effect>) {
    if let Some(text) = snapshot.notice.clone() {
        app.tell(Tone::Plain, text);
    }
    if job.number < app.jobs.seen {
        effects.push(app.jobs.start(Slot::Refresh, Request::Refresh));
        return;
    }
    app.jobs.seen = job.number;
    let wall_ms = app.wall_ms;
    let Some(state) = app.lab.as_mut() else { return };
    let nodes = snapshot.nodes.clone();
    let told = news::take_snapshot(state, snapshot, wall_ms);
    shell::take_nodes(app, nodes, effects);
    news::tell(app, told);
}
