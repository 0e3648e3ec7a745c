//! What lies over a screen: opening the lists, and the keys of whatever is on top.

use crossterm::event::{KeyCode, KeyEvent};

use crate::actions::ACTIONS;
use crate::flow::Tone;
use crate::home::track_title;
use crate::lab::{Focus, verdict_sign};
use crate::overlay::{Item, List, ListKind, Overlay, Target};
use crate::{Action, App, Effect, Screen};
use course::{Block, Span};
use session::Verdict;

use super::{find, home, keys, lab, notes};

fn show(app: &mut App, kind: ListKind, items: Vec<Item>) {
    app.overlays.push(Overlay::List(List::new(kind, items)));
}

/// The actions as items; those that can be done now first.
fn action_items(app: &App) -> Vec<Item> {
    let mut items: Vec<Item> = ACTIONS
        .iter()
        .map(|action| Item {
            label: action.key_names(),
            title: action.title.into(),
            detail: action.help.into(),
            target: Target::Action(action.name),
            valid: (action.when)(app),
        })
        .collect();
    items.sort_by_key(|i| !i.valid);
    items
}

pub fn help(app: &mut App, _: &mut Vec<Effect>) {
    let items = action_items(app);
    show(app, ListKind::Help, items);
}

pub fn palette(app: &mut App, _: &mut Vec<Effect>) {
    let mut items: Vec<Item> = action_items(app).into_iter().filter(|i| i.valid).collect();
    for card in app.home.catalog.iter().flat_map(|c| &c.labs) {
        items.push(Item {
            label: "lab".into(),
            title: card.title.clone(),
            detail: track_title(&card.track).into(),
            target: Target::Lab(card.id.clone()),
            valid: card.problem.is_none(),
        });
    }
    for page in &app.notes.pages {
        items.push(Item {
            label: "notes".into(),
            title: page.title.clone(),
            detail: track_title(&page.track).into(),
            target: Target::Note(page.id.clone()),
            valid: true,
        });
    }
    show(app, ListKind::Palette, items);
}

pub fn steps(app: &mut App, _: &mut Vec<Effect>) {
    let Some(state) = &app.lab else { return };
    let items = state.lab.steps.iter().enumerate().map(|(i, step)| {
        let verdict = state.steps.get(i).map_or(Verdict::Open, |s| s.verdict);
        Item {
            label: verdict_sign(verdict).1.into(),
            title: format!("{}. {}", i + 1, step.title),
            detail: base::text::plural(step.points as usize, "point"),
            target: Target::Step(i),
            valid: true,
        }
    });
    let items = items.collect();
    let current = state.current;
    let mut list = List::new(ListKind::Steps, items);
    list.selected = current.min(list.shown.len().saturating_sub(1));
    app.overlays.push(Overlay::List(list));
}

pub fn links(app: &mut App, _: &mut Vec<Effect>) {
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

/// The commands of the step, each as one line that may go on over several.
pub fn examples(app: &mut App, _: &mut Vec<Effect>) {
    let step = app.lab.as_ref().and_then(|l| l.step());
    let mut items: Vec<Item> = Vec::new();
    for block in step.iter().flat_map(|s| &s.blocks) {
        let Block::Code { lang, text } = block else { continue };
        if matches!(lang.as_str(), "sh" | "bash") {
            items.extend(commands(text).into_iter().map(|command| Item {
                label: "type".into(),
                title: command.split_whitespace().collect::<Vec<_>>().join(" "),
                detail: String::new(),
                target: Target::Type(command),
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

/// A backslash at its end joins a line to the next.
fn commands(text: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut joined = false;
    for line in text.lines() {
        match commands.last_mut().filter(|_| joined) {
            Some(last) => *last = format!("{}{}", last.trim_end_matches('\\'), line.trim_start()),
            None => commands.push(line.to_owned()),
        }
        joined = line.ends_with('\\');
    }
    commands.retain(|c| !c.trim().is_empty());
    commands
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
        let (label, target) = match link.strip_prefix("notes:") {
            Some(id) => ("notes", Target::Note(id.to_owned())),
            None => ("copy", Target::Address(link.clone())),
        };
        let item = Item {
            label: label.into(),
            title: span.text.clone(),
            detail: link.clone(),
            target,
            valid: true,
        };
        if !items.contains(&item) {
            items.push(item);
        }
    }
}

pub fn mouse(app: &mut App, effects: &mut Vec<Effect>) {
    app.mouse = !app.mouse;
    effects.push(Effect::Mouse(app.mouse));
    let text = if app.mouse {
        "The mouse scrolls and focuses panes now."
    } else {
        "The mouse belongs to the terminal again."
    };
    app.tell(Tone::Plain, text);
}

pub fn repaint(_: &mut App, effects: &mut Vec<Effect>) {
    effects.push(Effect::Repaint);
}

/// A key for the overlay on top.
pub(super) fn key(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    let closing = matches!(key.code, KeyCode::Esc | KeyCode::F(1 | 10))
        || crate::actions::Press::Ctrl('c').is(key);
    let Some(top) = app.overlays.last_mut() else { return };
    if closing {
        app.overlays.pop();
        return;
    }
    match top {
        Overlay::Confirm(_) => confirm_key(app, key, effects),
        Overlay::Prompt(_) => prompt_key(app, key, effects),
        Overlay::List(list) => match key.code {
            KeyCode::Enter => run_chosen(app, effects),
            KeyCode::Up => list.move_by(-1),
            KeyCode::Down => list.move_by(1),
            KeyCode::PageUp => list.move_by(-10),
            KeyCode::PageDown => list.move_by(10),
            _ => {
                let before = list.query.text();
                if list.query.key(key) && list.query.text() != before {
                    query_changed(app, effects);
                }
            }
        },
    }
}

fn query_changed(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(Overlay::List(list)) = app.overlays.last_mut() else { return };
    list.filter();
    if list.kind == ListKind::Find {
        let query = list.query.text();
        find::query_changed(app, &query, effects);
    }
}

pub(super) fn paste(app: &mut App, text: &str, effects: &mut Vec<Effect>) {
    match app.overlays.last_mut() {
        Some(Overlay::List(list)) => {
            list.query.insert(text);
            query_changed(app, effects);
        }
        Some(Overlay::Prompt(prompt)) => prompt.input.insert(text),
        Some(Overlay::Confirm(_)) | None => {}
    }
}

pub(super) fn scroll(overlay: &mut Overlay, lines: isize) {
    if let Overlay::List(list) = overlay {
        list.move_by(lines);
    }
}

fn confirm_key(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    match key.code {
        KeyCode::Char('y' | 'Y') => {
            if let Some(Overlay::Confirm(confirm)) = app.overlays.pop() {
                lab::confirmed(app, confirm.deed, effects);
            }
        }
        KeyCode::Char('n' | 'N' | 'q') => drop(app.overlays.pop()),
        _ => {}
    }
}

fn prompt_key(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    let Some(Overlay::Prompt(prompt)) = app.overlays.last_mut() else { return };
    if key.code != KeyCode::Enter {
        prompt.error = None;
        prompt.input.key(key);
        return;
    }
    let text = prompt.input.text();
    if lab::advance(app, &text, effects) {
        app.overlays.pop();
    } else if let Some(Overlay::Prompt(prompt)) = app.overlays.last_mut() {
        prompt.error = Some(format!("“{text}” is no span of time."));
    }
}

fn run_chosen(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(Overlay::List(list)) = app.overlays.last() else { return };
    let Some(item) = list.chosen() else { return };
    let (target, title) = (item.target.clone(), item.title.clone());
    let sought = list.query.text().trim().to_lowercase();
    if !item.valid {
        app.tell(Tone::Plain, format!("“{title}” is not possible here."));
        return;
    }
    app.overlays.clear();
    if let (Target::LessonLine(_), Some(lab)) = (&target, app.lab.as_mut()) {
        lab.sought = sought;
    }
    go_to(app, target, effects);
}

fn go_to(app: &mut App, target: Target, effects: &mut Vec<Effect>) {
    match target {
        Target::Action(name) => {
            if let Some(action) = Action::named(name).filter(|a| (a.when)(app)) {
                (action.run)(app, effects);
            }
        }
        Target::Lab(id) => home::open(app, &id, effects),
        Target::Note(id) => notes::open_page(app, &id, effects),
        Target::Address(address) => {
            app.tell(Tone::Plain, format!("Copied: {address}"));
            effects.push(Effect::Copy(address));
        }
        Target::Type(command) => {
            if let Some(state) = app.lab.as_mut() {
                state.focus = Focus::Shell;
            }
            keys::paste(app, &command, effects);
        }
        Target::Step(_) | Target::LessonLine(_) | Target::ShellLine(_) => {
            let Some(state) = app.lab.as_mut() else { return };
            match target {
                Target::Step(step) => state.go_to(step),
                Target::LessonLine(line) => {
                    state.focus = Focus::Lesson;
                    state.lesson_scroll = line;
                }
                Target::ShellLine(back) => {
                    state.focus = Focus::Shell;
                    state.shell.scroll_to(back);
                }
                _ => {}
            }
        }
    }
}
