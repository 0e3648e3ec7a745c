//! The lists over a screen: what stands in them, and what is chosen.

use crate::act::Act;
use crate::actions::ACTIONS;
use crate::flow::Tone;
use crate::home::track_title;
use crate::lab::verdict_sign;
use crate::overlay::{Item, List, ListKind, Overlay};
use crate::{App, Effect, Screen, script};
use course::{Block, Span};
use session::Verdict;

use super::find;

fn show(app: &mut App, kind: ListKind, items: Vec<Item>) {
    app.overlays.push(Overlay::List(List::new(kind, items)));
}

/// The actions as items; those that can be done now first.
fn action_items(app: &App) -> Vec<Item> {
    let mut items: Vec<Item> = ACTIONS
        .iter()
        .map(|action| Item {
            label: action.key_names(app.options.leader),
            title: action.title.into(),
            detail: action.help.into(),
            act: Act::Named(action.name),
            valid: (action.when)(app),
        })
        .collect();
    items.sort_by_key(|i| !i.valid);
    items
}

pub(super) fn help(app: &mut App) {
    let items = action_items(app);
    show(app, ListKind::Help, items);
}

pub(super) fn palette(app: &mut App) {
    let mut items: Vec<Item> = action_items(app).into_iter().filter(|i| i.valid).collect();
    for card in app.home.catalog.iter().flat_map(|c| &c.labs) {
        items.push(Item {
            label: "lab".into(),
            title: card.title.clone(),
            detail: track_title(&card.track).into(),
            act: Act::OpenLab(card.id.clone()),
            valid: card.problem.is_none(),
        });
    }
    for page in &app.notes.pages {
        items.push(Item {
            label: "notes".into(),
            title: page.title.clone(),
            detail: track_title(&page.track).into(),
            act: Act::OpenNote(page.id.clone()),
            valid: true,
        });
    }
    show(app, ListKind::Palette, items);
}

pub(super) fn steps(app: &mut App) {
    let Some(state) = &app.lab else { return };
    let items = state.lab.steps.iter().enumerate().map(|(i, step)| {
        let verdict = state.steps.get(i).map_or(Verdict::Open, |s| s.verdict);
        Item {
            label: verdict_sign(verdict).1.into(),
            title: format!("{}. {}", i + 1, step.title),
            detail: base::text::plural(step.points as usize, "point"),
            act: Act::GoToStep(i),
            valid: true,
        }
    });
    let items = items.collect();
    let current = state.current;
    let mut list = List::new(ListKind::Steps, items);
    list.selected = current.min(list.shown.len().saturating_sub(1));
    app.overlays.push(Overlay::List(list));
}

pub(super) fn links(app: &mut App) {
    let mut items = Vec::new();
    if app.screen == Screen::Notes {
        let blocks = app.notes.page.as_ref().map_or(&[][..], |p| &p.blocks);
        collect_links(blocks, &mut items);
    } else if let Some(state) = &app.lab {
        collect_links(&state.lab.intro, &mut items);
        for step in &state.lab.steps {
            collect_links(&step.blocks, &mut items);
        }
    }
    if items.is_empty() {
        app.tell(Tone::Plain, "There are no links on this page.");
    } else {
        show(app, ListKind::Links, items);
    }
}

/// The commands of the step, each as one line; what goes on over several is typed whole.
pub(super) fn examples(app: &mut App) {
    let step = app.lab.as_ref().and_then(|l| l.step());
    let mut items: Vec<Item> = Vec::new();
    for block in step.iter().flat_map(|s| &s.blocks) {
        let Block::Code { lang, text } = block else { continue };
        if matches!(lang.as_str(), "sh" | "bash") {
            items.extend(script::commands(text).into_iter().map(|command| Item {
                label: "type".into(),
                title: command.split_whitespace().collect::<Vec<_>>().join(" "),
                detail: String::new(),
                act: Act::TypeCommand(command),
                valid: true,
            }));
        }
    }
    if items.is_empty() {
        app.tell(Tone::Plain, "This step shows no commands.");
    } else {
        show(app, ListKind::Examples, items);
    }
}

fn collect_links(blocks: &[Block], items: &mut Vec<Item>) {
    for block in blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) => link_spans(text, items),
            Block::List { items: inner, .. } => {
                for blocks in inner {
                    collect_links(blocks, items);
                }
            }
            Block::Quote(inner) => collect_links(inner, items),
            Block::Table { header, rows } => {
                for cell in header.iter().chain(rows.iter().flatten()) {
                    link_spans(cell, items);
                }
            }
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

fn link_spans(spans: &[Span], items: &mut Vec<Item>) {
    for (span, link) in spans.iter().filter_map(|s| Some((s, s.link.as_ref()?))) {
        let (label, act) = match link.strip_prefix("notes:") {
            Some(id) => ("notes", Act::OpenNote(id.to_owned())),
            None => ("copy", Act::Copy(link.clone())),
        };
        let item = Item {
            label: label.into(),
            title: span.text.clone(),
            detail: link.clone(),
            act,
            valid: true,
        };
        if !items.contains(&item) {
            items.push(item);
        }
    }
}

/// What follows when the line to search a list by has changed.
pub(super) fn query_changed(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(Overlay::List(list)) = app.overlays.last_mut() else { return };
    list.filter();
    if list.kind == ListKind::Find {
        let query = list.query.text();
        find::query_changed(app, &query, effects);
    }
}

/// What the chosen item stands for; everything over the screen is closed then.
pub(super) fn take_chosen(app: &mut App) -> Option<Act> {
    let Some(Overlay::List(list)) = app.overlays.last() else { return None };
    let item = list.chosen()?;
    if !item.valid {
        let text = format!("“{}” is not possible here.", item.title);
        app.tell(Tone::Plain, text);
        return None;
    }
    let mut act = item.act.clone();
    if let Act::ShowLesson { marked, .. } = &mut act {
        *marked = list.query.text().trim().to_lowercase();
    }
    app.overlays.clear();
    Some(act)
}

/// What the question on top asks for; it is answered then.
pub(super) fn take_confirmed(app: &mut App) -> Option<Act> {
    let top = app.overlays.pop_if(|top| matches!(top, Overlay::Confirm(_)))?;
    if let Overlay::Confirm(confirm) = top { Some(confirm.act) } else { None }
}
