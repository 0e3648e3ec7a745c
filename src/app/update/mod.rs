//! What each message does to the state. Pure: time comes in with [`Msg::Tick`], everything else to
//! be done goes out as an [`Effect`].

pub mod find;
pub mod home;
mod keys;
pub mod lab;
pub mod nav;
pub mod notes;
pub mod open;
mod reply;
pub mod tabs;

use course::Need;
use session::Change;

use super::flow::Tone;
use super::msg::{Effect, Msg, Request, Slot};
use super::{App, Screen, Start, layout};

/// The first thing to do.
pub fn begin(app: &mut App, start: Start) -> Vec<Effect> {
    let mut effects = vec![
        app.jobs.start(Slot::Catalog, Request::Catalog),
        app.jobs.start(Slot::Notes, Request::Notes),
    ];
    match start {
        Start::Home => {}
        Start::Lab(id) => effects.push(app.jobs.start(Slot::Open, Request::Open(id))),
        Start::Notes(query) => {
            app.screen = Screen::Notes;
            if let Some(query) = query {
                notes::search_for(app, &query, &mut effects);
            }
        }
    }
    effects
}

/// Takes one message.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Key(key) => keys::key(app, key, &mut effects),
        Msg::Paste(text) => keys::paste(app, &text, &mut effects),
        Msg::Mouse(event) => keys::mouse(app, event),
        Msg::Resize { cols, rows } => {
            app.cols = cols;
            app.rows = rows;
        }
        Msg::Tick { wall_ms } => tick(app, wall_ms, &mut effects),
        Msg::Reply { job, reply } => {
            if app.jobs.finish(job) {
                reply::take(app, job, reply, &mut effects);
            }
        }
        Msg::Change(change) => change_of_lab(app, change, &mut effects),
        Msg::ShellOutput { shell, bytes } => {
            if let Some(found) = app.lab.as_mut().and_then(|lab| tabs::find(lab, shell)) {
                let answer = found.feed(&bytes);
                if !answer.is_empty() {
                    effects.push(Effect::ShellInput { shell, bytes: answer });
                }
            }
        }
        Msg::ShellEnded { shell, how } => {
            if let Some(found) = app.lab.as_mut().and_then(|lab| tabs::find(lab, shell)) {
                found.ended = Some(how);
            }
        }
        Msg::Problem(text) => app.tell(Tone::Bad, text),
        Msg::Quit => effects.push(Effect::Quit),
    }
    settle(app, &mut effects);
    effects
}

fn tick(app: &mut App, wall_ms: u64, effects: &mut Vec<Effect>) {
    app.wall_ms = app.wall_ms.max(wall_ms);
    if app.message.as_ref().is_some_and(|m| m.until_ms <= app.wall_ms) {
        app.message = None;
    }
    if let Some(lab) = app.lab.as_mut() {
        forget_finished(lab, app.wall_ms, FINISHED_MS_MAX);
    }
    // A view moves with lab time (heartbeats age, copies go on) although nobody changed anything.
    if app.lab_shown().is_some_and(|l| l.view != super::lab::ViewKind::None) {
        want_views(app, effects);
    }
}

/// Asks for the views unless they are under way.
fn want_views(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(part) = app.lab.as_ref().map(|lab| lab.view.part()) else { return };
    if !app.jobs.running(Slot::Views) {
        effects.push(app.jobs.start(Slot::Views, Request::Views(part)));
    }
}

fn change_of_lab(app: &mut App, change: Change, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut() else { return };
    match change {
        Change::Notice(text) => app.tell(Tone::Plain, text),
        Change::Steps(steps) => {
            let told = lab::take_steps(lab, steps, app.wall_ms);
            lab::tell(app, told);
            if !app.jobs.running(Slot::Refresh) {
                effects.push(app.jobs.start(Slot::Refresh, Request::Refresh));
            }
        }
        Change::World => {
            // Who changes something has read what the step before had to say.
            forget_finished(lab, app.wall_ms, FINISHED_MS_MIN);
            let real_nodes = lab.lab.needs.contains(&Need::Swarm);
            if lab.view != super::lab::ViewKind::None {
                want_views(app, effects);
            }
            // Nodes come and go with nothing to check, too.
            if real_nodes {
                effects.push(app.jobs.start(Slot::Refresh, Request::Refresh));
            }
            lab::check_soon(app, effects);
        }
    }
}

/// How long a finished step stands above the next: at least, and at most.
const FINISHED_MS_MIN: u64 = 8_000;
const FINISHED_MS_MAX: u64 = 40_000;

fn forget_finished(lab: &mut super::LabState, wall_ms: u64, after_ms: u64) {
    if lab.finished.is_some_and(|f| f.wall_ms + after_ms < wall_ms) {
        lab.finished = None;
    }
}

/// Makes everything fit the window again: the lesson's lines, the page, the shell's terminal.
fn settle(app: &mut App, effects: &mut Vec<Effect>) {
    let (cols, rows) = (app.cols, app.rows);
    if !layout::fits(cols, rows) {
        return;
    }
    let width = notes::page_width(cols, rows);
    app.notes.reflow(width);
    let Some(lab) = app.lab.as_mut() else { return };
    lab.lesson.beside = cols >= layout::PANES_COLS_MIN;
    lab.lesson.height = lab::lesson_height(cols, rows);
    lab.reflow(lab::lesson_width(cols, rows));
    if std::mem::take(&mut lab.reveal) {
        let end = lab.lesson.range(lab.current).end;
        let least = end.saturating_sub(lab::lesson_height(cols, rows));
        lab.lesson_scroll = lab.lesson_scroll.max(least);
    }
    if std::mem::take(&mut lab.reveal_ask) {
        lab::show_ask(lab, (cols, rows));
    }
    let pane = layout::shell_pane(cols, rows, lab.view).inner;
    if lab.shell.resize(pane.width, pane.height) && lab.shell.ended.is_none() {
        let (rows, cols) = lab.shell.screen().size();
        effects.push(Effect::ShellResize { shell: lab.shell.id, cols, rows });
    }
}
