//! What each key stands for wherever the keys are, and when a view is asked for.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::act::Act;
use crate::keymap::{self, Place};
use crate::lab::Focus;
use crate::msg::{Effect, Request};
use crate::testing::{Stage, catalog, events};
use crate::{Msg, Start};
use session::Change;

fn key(name: &str) -> KeyEvent {
    events(name)[0]
}

/// A lab with the keys where these lead.
fn lab(keys: &[&str]) -> Stage {
    let mut stage = Stage::in_lab(120, 40);
    stage.keys(keys);
    stage
}

fn home(keys: &[&str]) -> Stage {
    let mut stage = Stage::new(120, 40, Start::Home);
    stage.keys(keys);
    stage
}

#[expect(clippy::too_many_lines, reason = "a table of keys")]
#[test]
fn a_key_stands_for_what_the_table_of_its_place_says() {
    let check = |stage: &Stage, place: Place, cases: &[(&str, Option<Act>)]| {
        assert_eq!(keymap::place(&stage.app), place);
        for (name, want) in cases {
            assert_eq!(&keymap::act(&stage.app, key(name)), want, "{place:?} {name}");
        }
    };
    let typed = |name: &str| Some(Act::Type(key(name)));
    let to_shell = |name: &str| Some(Act::ToShell(key(name)));
    check(
        &lab(&[]),
        Place::Page,
        &[
            ("q", Some(Act::Leave)),
            ("F3", Some(Act::Check)),
            ("z", None),
            ("Leader", Some(Act::Leader)),
        ],
    );
    check(
        &lab(&["F2"]),
        Place::Shell,
        &[
            ("q", to_shell("q")),
            ("Esc", to_shell("Esc")),
            ("F3", Some(Act::Check)),
            ("Ctrl-P", to_shell("Ctrl-P")),
        ],
    );
    check(
        &lab(&["a"]),
        Place::Answer,
        &[
            ("q", typed("q")),
            ("Enter", Some(Act::SubmitAnswer)),
            ("Down", Some(Act::Question(1))),
            ("F3", Some(Act::Check)),
        ],
    );
    check(
        &lab(&["F1"]),
        Place::List,
        &[
            ("q", typed("q")),
            ("Enter", Some(Act::Choose)),
            ("F3", typed("F3")),
            ("Esc", Some(Act::Close)),
        ],
    );
    check(
        &lab(&["F8"]),
        Place::Question,
        &[("y", Some(Act::Confirm)), ("n", Some(Act::Close)), ("Enter", None)],
    );
    check(
        &lab(&["Leader", "t"]),
        Place::Prompt,
        &[("1", typed("1")), ("Enter", Some(Act::Submit))],
    );
    check(
        &home(&["/"]),
        Place::Filter,
        &[("q", typed("q")), ("Enter", Some(Act::Open)), ("F10", Some(Act::Leave))],
    );
    check(&lab(&["F9", "/"]), Place::Query, &[("q", typed("q")), ("Esc", Some(Act::StopTyping))]);
    check(
        &lab(&["F2", "Leader"]),
        Place::Shell,
        &[("c", Some(Act::Named("check"))), ("F3", to_shell("F3")), ("Esc", None)],
    );
    let mut ended = lab(&["F2"]);
    ended.send(Msg::ShellEnded { shell: 1, how: "It ended.".into() });
    check(
        &ended,
        Place::EndedShell,
        &[("q", None), ("Enter", Some(Act::NewShell)), ("F3", Some(Act::Check))],
    );
}

#[test]
fn letters_land_in_no_answer_where_nothing_is_asked() {
    // The first step has no question: its checks are read, not typed into.
    let mut stage = lab(&["Leader", "b"]);
    if let Some(lab) = stage.app.lab.as_mut() {
        lab.steps[lab.current].asks.clear();
        lab.focus = Focus::Checks;
    }
    assert_eq!(keymap::place(&stage.app), Place::Page);
    stage.keys(&["z", "2"]);
    stage.send(Msg::Paste("text".into()));
    assert!(stage.app.lab.as_ref().is_some_and(|lab| lab.answer.is_empty()));
    let to_shell = stage.effects.iter().any(|e| matches!(e, Effect::ShellInput { .. }));
    assert!(!to_shell, "{:?}", stage.effects);
}

#[test]
fn a_released_key_does_nothing() {
    let mut stage = lab(&["F2"]);
    let before = stage.effects.len();
    let released = KeyEvent::new_with_kind(
        KeyCode::Char('x'),
        KeyModifiers::NONE,
        crossterm::event::KeyEventKind::Release,
    );
    stage.send(Msg::Key(released));
    assert_eq!(stage.effects.len(), before);
}

#[test]
fn a_view_is_asked_for_while_it_is_in_sight_and_not_before() {
    let asked = |stage: &Stage| -> Vec<&'static str> {
        let view = |effect: &Effect| match effect {
            Effect::Request { request: Request::View(view), .. } => Some(view.name),
            _ => None,
        };
        stage.effects.iter().filter_map(view).collect()
    };
    let mut wide = lab(&["F2"]);
    wide.send(Msg::Change(Change::World));
    wide.send(Msg::Tick { wall_ms: 1000 });
    assert_eq!(asked(&wide), [""; 0], "no view is shown");
    wide.keys(&["F5"]);
    assert_eq!(asked(&wide), ["docker"]);
    wide.send(Msg::Change(Change::World));
    assert_eq!(asked(&wide), ["docker"; 2]);
    wide.keys(&["F5"]);
    assert_eq!(asked(&wide), ["docker", "docker", "layers"]);

    // Among tabs a view may be chosen and hidden: it is read when its tab is gone to.
    let mut tabs = Stage::in_lab(80, 24);
    tabs.keys(&["F5", "F2"]);
    let before = asked(&tabs).len();
    tabs.send(Msg::Change(Change::World));
    tabs.send(Msg::Tick { wall_ms: 1000 });
    assert_eq!(asked(&tabs).len(), before);
    tabs.keys(&["Leader", "w"]);
    assert_eq!(asked(&tabs).len(), before + 1);
}

#[test]
fn the_first_list_of_labs_is_there_soon_and_the_next_says_what_is_wrong() {
    let stage = home(&[]);
    let asked = |stage: &Stage| {
        let request = |effect: &Effect| match effect {
            Effect::Request { request: Request::Catalog { whole }, .. } => Some(*whole),
            _ => None,
        };
        stage.effects.iter().filter_map(request).collect::<Vec<bool>>()
    };
    assert_eq!(asked(&stage), [false, true]);
    let shown = stage.app.home.catalog.clone().expect("a list");
    assert!(shown == catalog() && shown.labs.iter().any(|lab| lab.problem.is_some()));
    // Who comes back is not shown one as sound in between.
    let mut stage = lab(&[]);
    stage.effects.clear();
    stage.keys(&["F2", "F10"]);
    assert_eq!(asked(&stage), [true]);
}
