//! What each message does to the state. Pure: time comes in with [`Msg::Tick`], everything else to
//! be done goes out as an [`Effect`].

mod find;
mod home;
pub mod lab;
mod lists;
mod nav;
mod news;
pub mod notes;
pub(crate) mod own_note;
mod panes;
mod perform;
mod reply;
pub(crate) mod shell;
#[cfg(test)]
mod tests;
mod typing;

use crossterm::event::{KeyEvent, KeyEventKind};

use course::Need;
use session::Change;

use super::flow::Tone;
use super::msg::{Effect, Msg, Request, Slot};
use super::{App, Screen, Start, keymap, layout};

/// The first thing to do.
pub fn begin(app: &mut App, start: Start) -> Vec<Effect> {
    let mut effects = Vec::new();
    match start {
        Start::Home => home::load_lists(app, &mut effects),
        // The lists come behind the lab: nothing is to hold up its first frame.
        Start::Lab(id) => home::open(app, &id, &mut effects),
        Start::Notes(query) => {
            app.screen = Screen::Notes;
            home::load_lists(app, &mut effects);
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
        Msg::Key(key) => press(app, key, &mut effects),
        Msg::Paste(text) => {
            if let Some(act) = keymap::pasted(app, text) {
                perform::perform(app, act, &mut effects);
            }
        }
        Msg::Mouse(event) => nav::mouse(app, event),
        Msg::Resize { cols, rows } => {
            app.cols = cols;
            app.rows = rows;
            if let Some(lab) = app.lab.as_mut() {
                // Whoever is typing an answer goes on seeing the question.
                lab.reveal_ask |= lab.answering;
            }
        }
        Msg::Tick { wall_ms } => tick(app, wall_ms),
        Msg::Reply { job, reply } => {
            if app.jobs.finish(job) {
                reply::take(app, job, reply, &mut effects);
            }
        }
        Msg::Change(change) => change_of_lab(app, change, &mut effects),
        Msg::ShellOutput { shell: id, bytes } => {
            if let Some(found) = app.lab.as_mut().and_then(|lab| shell::find(lab, id)) {
                let answer = found.feed(&bytes);
                if !answer.is_empty() {
                    effects.push(Effect::ShellInput { shell: id, bytes: answer });
                }
            }
        }
        Msg::ShellEnded { shell: id, how } => {
            if let Some(found) = app.lab.as_mut().and_then(|lab| shell::find(lab, id)) {
                found.ended = Some(how);
            }
        }
        Msg::Edited(Ok(())) => app.tell(Tone::Good, own_note::KEPT),
        Msg::Edited(Err(text)) | Msg::Problem(text) => app.tell(Tone::Bad, text),
        Msg::Quit => effects.push(Effect::Quit),
    }
    settle(app, &mut effects);
    keep_share(app, &mut effects);
    refresh_view(app, &mut effects);
    effects
}

/// A key: what it stands for is looked up, and done.
fn press(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    if key.kind == KeyEventKind::Release {
        return;
    }
    let act = keymap::act(app, key);
    app.leader = false;
    app.border.sizing = false;
    if let Some(act) = act {
        perform::perform(app, act, effects);
    }
}

fn tick(app: &mut App, wall_ms: u64) {
    app.wall_ms = app.wall_ms.max(wall_ms);
    if app.message.as_ref().is_some_and(|m| m.until_ms <= app.wall_ms) {
        app.message = None;
    }
    if let Some(lab) = app.lab.as_mut() {
        forget_finished(lab, app.wall_ms, FINISHED_MS_MAX);
        // A view moves with lab time (heartbeats age, copies go on) although nobody changed anything.
        lab.view_stale = true;
    }
}

/// Asks for a picture of the view in sight when the one there is may be out of date. A view that
/// nobody looks at is never built.
fn refresh_view(app: &mut App, effects: &mut Vec<Effect>) {
    let window = app.window();
    if app.screen != Screen::Lab || app.jobs.running(Slot::View) {
        return;
    }
    let Some(lab) = app.lab.as_mut().filter(|lab| lab.view_stale) else { return };
    let Some(view) = lab.view else { return };
    if window.lab_panes(lab.focus, true).view.is_some() {
        lab.view_stale = false;
        effects.push(app.jobs.start(Slot::View, Request::View(view)));
    }
}

fn change_of_lab(app: &mut App, change: Change, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut() else { return };
    match change {
        Change::Notice(text) => app.tell(Tone::Plain, text),
        Change::Steps(steps) => {
            let told = news::take_steps(lab, steps, app.wall_ms);
            news::tell(app, told);
            if !app.jobs.running(Slot::Refresh) {
                effects.push(app.jobs.start(Slot::Refresh, Request::Refresh));
            }
        }
        Change::Doors => {
            effects.push(app.jobs.start(Slot::Refresh, Request::Refresh));
        }
        Change::World => {
            // Who changes something has read what the step before had to say.
            forget_finished(lab, app.wall_ms, FINISHED_MS_MIN);
            let real_nodes = lab.lab.needs.contains(&Need::Swarm);
            lab.view_stale = true;
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
    let window = app.window();
    let Some(lab) = app.lab.as_mut() else { return };
    lab.lesson.beside = window.beside();
    lab.lesson.height = lab::lesson_height(window);
    lab.reflow(lab::lesson_width(window));
    if std::mem::take(&mut lab.reveal) {
        lab::show_hint(lab, window);
    }
    if std::mem::take(&mut lab.reveal_ask) {
        lab::show_ask(lab, window);
    }
    let pane = window.shell_pane(lab.view.is_some()).inner;
    if lab.shell.resize(pane.width, pane.height) && lab.shell.ended.is_none() {
        let (rows, cols) = lab.shell.screen().size();
        effects.push(Effect::ShellResize { shell: lab.shell.id, cols, rows });
    }
}

/// Has the profile keep where the border stands. One request at a time: two could overtake each other.
fn keep_share(app: &mut App, effects: &mut Vec<Effect>) {
    let moved = app.border.share.filter(|share| app.border.kept != Some(*share));
    if let Some(share) = moved.filter(|_| !app.jobs.running(Slot::Keep) && !app.border.dragging) {
        app.border.kept = Some(share);
        effects.push(app.jobs.start(Slot::Keep, Request::KeepShare(share)));
    }
}
