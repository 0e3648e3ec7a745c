//! Where a key goes: the leader, the overlay on top, an action, the line that is typed, the shell.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, MouseEvent, MouseEventKind};

use crate::actions::{ACTIONS, is_leader};
use crate::encode::encode;
use crate::lab::Focus;
use crate::{App, Effect, Screen, layout};

use super::{lab, nav, notes, open};

pub(super) fn key(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    if key.kind == KeyEventKind::Release {
        return;
    }
    if app.leader {
        app.leader = false;
        after_leader(app, key, effects);
    } else if is_leader(key) {
        app.leader = true;
    } else if !app.overlays.is_empty() {
        open::key(app, key, effects);
    } else if !action(app, key, effects) {
        typed(app, key, effects);
    }
}

/// The key after the leader: an action's letter; the leader again, or a key that is no letter and
/// that the program would take, goes to the shell as it is.
fn after_leader(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    let taken = |a: &crate::Action| a.keys.iter().any(|k| k.always(true) && k.is(key));
    if is_leader(key) || matches!(key.code, KeyCode::F(_)) || ACTIONS.iter().any(taken) {
        if shell_has_keys(app) {
            to_shell(app, key, effects);
        }
        return;
    }
    let KeyCode::Char(letter) = key.code else { return };
    let found = ACTIONS.iter().find(|a| a.leader == Some(letter));
    match found {
        Some(action) if (action.when)(app) => {
            app.overlays.clear();
            (action.run)(app, effects);
        }
        Some(action) => {
            let text = format!("“{}” is not possible here.", action.title);
            app.tell(crate::flow::Tone::Plain, text);
        }
        None => {}
    }
}

fn shell_has_keys(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| l.focus == Focus::Shell) && app.overlays.is_empty()
}

/// Runs the action of a key, if it has one now.
fn action(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) -> bool {
    let (typing, shell) = (app.typing(), shell_has_keys(app));
    let of_key = |a: &&crate::Action| {
        a.keys.iter().any(|k| k.is(key) && (!typing || k.always(shell))) && (a.when)(app)
    };
    let Some(found) = ACTIONS.iter().find(of_key) else { return false };
    (found.run)(app, effects);
    true
}

fn typed(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    match app.screen {
        Screen::Home if app.home.filtering => filter_key(app, key, effects),
        Screen::Notes if app.notes.searching => notes::query_key(app, key, effects),
        Screen::Lab => match app.lab.as_ref().map(|l| l.focus) {
            Some(Focus::Shell) => to_shell(app, key, effects),
            Some(Focus::Checks) => lab::answer_key(app, key, effects),
            _ => {}
        },
        _ => {}
    }
}

fn filter_key(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    match key.code {
        KeyCode::Enter => {
            app.home.filtering = false;
            nav::enter(app, effects);
        }
        KeyCode::Esc => {
            app.home.filtering = false;
            app.home.filter.clear();
            app.home.selected = 0;
        }
        KeyCode::Up => app.home.move_by(-1),
        KeyCode::Down => app.home.move_by(1),
        _ => {
            if app.home.filter.key(key) {
                app.home.selected = 0;
            }
        }
    }
}

fn to_shell(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut() else { return };
    if lab.shell.ended.is_some() {
        if key.code == KeyCode::Enter {
            lab::new_shell(app, effects);
        }
        return;
    }
    let bytes = encode(key, lab.shell.screen().application_cursor());
    if !bytes.is_empty() {
        lab.shell.scroll_to(0);
        effects.push(Effect::ShellInput { shell: lab.shell.id, bytes });
    }
}

/// Pasted text goes where letters go; the shell gets it in brackets if it asked for that.
pub(super) fn paste(app: &mut App, text: &str, effects: &mut Vec<Effect>) {
    if !app.overlays.is_empty() {
        open::paste(app, text, effects);
        return;
    }
    match app.screen {
        Screen::Home if app.home.filtering => app.home.filter.insert(text),
        Screen::Notes if app.notes.searching => {
            app.notes.query.insert(text);
            notes::search(app, effects);
        }
        Screen::Lab => {
            let Some(lab) = app.lab.as_mut() else { return };
            if lab.focus == Focus::Checks && lab.asking() {
                lab.answer.insert(text);
            } else if lab.focus == Focus::Shell && lab.shell.ended.is_none() {
                lab.shell.scroll_to(0);
                let bytes = paste_bytes(text, lab.shell.screen().bracketed_paste());
                effects.push(Effect::ShellInput { shell: lab.shell.id, bytes });
            }
        }
        _ => {}
    }
}

/// Line ends become carriage returns, as a terminal sends them; an escape inside the text could
/// close the bracket, so it is left out.
fn paste_bytes(text: &str, bracketed: bool) -> Vec<u8> {
    let text = text.replace("\r\n", "\r").replace('\n', "\r").replace('\x1b', "");
    if bracketed { format!("\x1b[200~{text}\x1b[201~").into_bytes() } else { text.into_bytes() }
}

/// Lines that one turn of the wheel scrolls.
const WHEEL_LINES: isize = 3;

pub(super) fn mouse(app: &mut App, event: MouseEvent) {
    let lines = match event.kind {
        MouseEventKind::ScrollUp => -WHEEL_LINES,
        MouseEventKind::ScrollDown => WHEEL_LINES,
        MouseEventKind::Down(_) => 0,
        _ => return,
    };
    if let Some(overlay) = app.overlays.last_mut() {
        open::scroll(overlay, lines);
        return;
    }
    let (cols, rows) = (app.cols, app.rows);
    if app.screen != Screen::Lab {
        nav::scroll(app, lines);
        return;
    }
    let Some(state) = app.lab.as_mut() else { return };
    let panes = layout::lab_panes(cols, rows, state.focus, state.view);
    let Some(focus) = layout::pane_at(&panes, event.column, event.row) else { return };
    if lines == 0 {
        state.focus = focus;
    } else {
        lab::scroll(state, focus, lines, (cols, rows));
    }
}
