//! `/`: the filter at home, the query in the notes, and in a lab one list of what was found in the
//! lesson, in the shell's scrollback and in the notes.

use crate::act::Act;
use crate::msg::{Request, Slot};
use crate::overlay::{Item, List, ListKind, Overlay};
use crate::ports::Hit;
use crate::{App, Effect, LabState, Screen};

pub(super) fn open(app: &mut App) {
    match app.screen {
        Screen::Home => app.home.filtering = true,
        Screen::Notes => super::notes::begin_search(app),
        Screen::Lab => {
            if let Some(lab) = app.lab.as_ref() {
                let items = texts(lab);
                app.overlays.push(Overlay::List(List::new(ListKind::Find, items)));
            }
        }
    }
}

/// Every line that can be found; the newest of the shell first.
fn texts(lab: &LabState) -> Vec<Item> {
    let mut items: Vec<Item> = lab
        .lesson
        .lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            item("lesson", &line.text(), Act::ShowLesson { line: i, marked: String::new() })
        })
        .collect();
    let shell = lab.shell.screen().lines();
    items.extend(shell.iter().rev().map(|(back, text)| item("shell", text, Act::ShowShell(*back))));
    items.retain(|i| !i.title.is_empty());
    items
}

fn item(label: &str, title: &str, act: Act) -> Item {
    Item {
        label: label.into(),
        title: title.trim().into(),
        detail: String::new(),
        act,
        valid: true,
    }
}

/// Asks the notes too, as the query changes.
pub(super) fn query_changed(app: &mut App, query: &str, effects: &mut Vec<Effect>) {
    if query.trim().chars().count() >= 2 {
        effects.push(app.jobs.start(Slot::Search, Request::Search(query.to_owned())));
    } else {
        app.jobs.forget(&[Slot::Search]);
        take_hits(app, &[]);
    }
}

/// Puts pages that were found below what was found here. Whether the list is open at all.
pub(super) fn take_hits(app: &mut App, hits: &[Hit]) -> bool {
    let Some(Overlay::List(list)) = app.overlays.last_mut() else { return false };
    if list.kind != ListKind::Find {
        return false;
    }
    list.items.retain(|i| !matches!(i.act, Act::OpenNote(_)));
    list.items.extend(hits.iter().map(|hit| Item {
        label: "notes".into(),
        title: hit.title.clone(),
        detail: hit.snippet.clone(),
        act: Act::OpenNote(hit.id.clone()),
        valid: true,
    }));
    let selected = list.selected;
    list.filter();
    list.selected = selected.min(list.shown.len().saturating_sub(1));
    true
}
