//! What each key stands for wherever the keys are, and when a view is asked for.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::act::Act;
use crate::keymap::{self, Place};
use crate::lab::Focus;
use crate::layout::PANES_COLS_MIN;
use crate::msg::Reply;
use crate::msg::{Effect, Request};
use crate::overlay::Overlay;
use crate::testing::{Stage, catalog, events};
use crate::{Msg, Start};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use session::{Change, LastChange, Verdict};

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
    assert_eq!(asked(&wide), ["s3"]);
    wide.send(Msg::Change(Change::World));
    assert_eq!(asked(&wide), ["s3"; 2]);
    wide.keys(&["F5"]);
    assert_eq!(asked(&wide), ["s3", "s3", "docker"]);

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

/// Columns and rows of the shell's terminal.
fn terminal(stage: &Stage) -> (u16, u16) {
    let (rows, cols) = stage.app.lab.as_ref().map(|l| l.shell.screen().size()).unwrap_or_default();
    (cols, rows)
}

fn message(stage: &Stage) -> &str {
    stage.app.message.as_ref().map_or("", |message| message.text.as_str())
}

fn focus(stage: &Stage) -> Option<Focus> {
    stage.app.lab.as_ref().map(|lab| lab.focus)
}

/// What was sent to the shell by these keys.
fn sent(stage: &mut Stage, keys: &[&str]) -> Vec<u8> {
    let start = stage.effects.len();
    stage.keys(keys);
    let bytes = |effect: &Effect| match effect {
        Effect::ShellInput { bytes, .. } => Some(bytes.clone()),
        _ => None,
    };
    stage.effects[start..].iter().filter_map(bytes).flatten().collect()
}

#[test]
fn the_lesson_folds_away_and_comes_back() {
    let mut stage = lab(&["F2"]);
    let before = terminal(&stage);
    stage.keys(&["F12"]);
    assert_eq!(terminal(&stage).0, 120, "the shell has the whole width");
    assert_eq!(sent(&mut stage, &["x"]), b"x");
    stage.keys(&["F2"]);
    assert_eq!(focus(&stage), Some(Focus::Lesson), "what is folded is behind a tab");
    stage.keys(&["Leader", "z"]);
    assert_eq!(terminal(&stage), before);
    // From the lesson, folding goes to the shell.
    stage.keys(&["F12"]);
    assert_eq!((focus(&stage), terminal(&stage).0), (Some(Focus::Shell), 120));
    // A view stays above the shell.
    stage.keys(&["F5"]);
    assert_eq!(terminal(&stage).0, 120);
    let lab = stage.app.lab.as_ref().expect("a lab");
    let panes = stage.app.window().lab_panes(lab.focus, true);
    assert!(panes.view.is_some() && panes.shell.is_some() && panes.lesson.is_none());

    let mut narrow = Stage::in_lab(PANES_COLS_MIN - 1, 40);
    narrow.keys(&["F2", "F12"]);
    assert!(!narrow.app.border.folded && message(&narrow).contains("side by side"));
}

#[test]
fn the_border_moves_is_kept_and_stops_at_its_ends() {
    let kept = |stage: &Stage| {
        let share = |effect: &Effect| match effect {
            Effect::Request { request: Request::KeepShare(share), .. } => Some(*share),
            _ => None,
        };
        stage.effects.iter().rev().find_map(share)
    };
    let mut stage = lab(&["F2"]);
    assert_eq!(kept(&stage), None);
    let (before, _) = terminal(&stage);
    assert_eq!(sent(&mut stage, &["Leader", "Left", "Left", "-"]), b"");
    assert_eq!(terminal(&stage).0, before + 6);
    assert_eq!(kept(&stage), stage.app.border.share);
    assert_eq!(sent(&mut stage, &["Right"]), b"");
    assert_eq!(terminal(&stage).0, before + 4);
    // Any other key ends that, and goes where it goes.
    assert_eq!(sent(&mut stage, &["l", "Left"]), b"l\x1b[D");
    assert_eq!(terminal(&stage).0, before + 4);
    assert_eq!(sent(&mut stage, &["Leader", "Left", "Esc", "Esc"]), b"\x1b");
    for _ in 0..80 {
        stage.keys(&["Leader", "-"]);
    }
    assert_eq!(terminal(&stage).0, 120 - 30 - 1);
    for _ in 0..80 {
        stage.keys(&["Leader", "+"]);
    }
    assert_eq!(terminal(&stage).0, 39);
    // Every window has room for both, wherever the border was left in another.
    for cols in PANES_COLS_MIN..260 {
        for share in [0, 1, 300, 450, 777, 999, 1000] {
            stage.app.border.share = Some(share);
            stage.send(Msg::Resize { cols, rows: 30 });
            let lab = stage.app.window().border().expect("a border");
            assert!(lab >= 30 && cols - lab >= 40, "{cols} {share}: {lab}");
        }
    }
}

#[test]
fn the_mouse_drags_the_border_and_nothing_else() {
    let mut stage = lab(&["F2", "Leader", "m"]);
    let event = |kind, column| {
        let modifiers = KeyModifiers::NONE;
        Msg::Mouse(MouseEvent { kind, column, row: 10, modifiers })
    };
    let (down, drag) =
        (MouseEventKind::Down(MouseButton::Left), MouseEventKind::Drag(MouseButton::Left));
    stage.send(event(drag, 70));
    assert_eq!(stage.app.border.share, None, "it has hold of nothing");
    let border = stage.app.window().border().expect("a border");
    stage.send(event(down, border));
    for column in [60, 65, 70] {
        stage.send(event(drag, column));
    }
    assert_eq!(stage.app.window().border(), Some(70));
    let keeps = |stage: &Stage| {
        let keep =
            |e: &&Effect| matches!(e, Effect::Request { request: Request::KeepShare(_), .. });
        stage.effects.iter().filter(keep).count()
    };
    assert_eq!(keeps(&stage), 0, "it is kept when it is let go");
    stage.send(event(MouseEventKind::Up(MouseButton::Left), 70));
    assert_eq!(keeps(&stage), 1);
    stage.send(event(drag, 50));
    assert_eq!(stage.app.window().border(), Some(70));
    assert_eq!(focus(&stage), Some(Focus::Shell));
}

#[test]
fn a_key_that_means_nothing_now_is_not_typed() {
    let check = |stage: &mut Stage, key: &str, told: &str| {
        stage.app.message = None;
        assert_eq!(sent(stage, &[key]), b"", "{key}");
        assert!(message(stage).contains(told), "{key}: {}", message(stage));
    };
    let mut stage = lab(&["F2"]);
    for key in ["F11", "F13"] {
        check(&mut stage, key, "does nothing here");
    }
    check(&mut stage, "Alt-Right", "no nodes");
    stage.keys(&["F7"]);
    check(&mut stage, "F7", "the last step");
    // The last step has no hints and no questions.
    check(&mut stage, "F4", "no hints");
    // Who means the shell says so, and a program that has the whole terminal may know the key.
    assert_eq!(sent(&mut stage, &["Leader", "F4"]), b"\x1bOS");
    stage.shell("\x1b[?1049h");
    assert_eq!(sent(&mut stage, &["F11"]), b"\x1b[23~");
    // Among tabs the lesson is not beside the shell, so it cannot be scrolled from there.
    let mut tabs = Stage::in_lab(80, 24);
    tabs.keys(&["F2"]);
    check(&mut tabs, "Alt-PgDn", "not possible here");
}

#[test]
fn a_hint_is_gone_to_where_it_stands() {
    let in_sight = |stage: &Stage| {
        let lab = stage.app.lab.as_ref().expect("a lab");
        let line = lab.lesson.hints[lab.current].expect("a hint");
        (lab.lesson_scroll..lab.lesson_scroll + lab.lesson.height).contains(&line)
    };
    for (cols, rows, want) in
        [(80, 24, Focus::Lesson), (120, 20, Focus::Shell), (60, 16, Focus::Lesson)]
    {
        let mut stage = Stage::in_lab(cols, rows);
        for _ in 0..3 {
            // From the shell, with another part of the lesson in sight, and when there is none left.
            stage.keys(&["Home", "F2", "F4"]);
            assert_eq!(focus(&stage), Some(want), "{cols}x{rows}");
            assert!(in_sight(&stage), "{cols}x{rows}");
            if want == Focus::Shell {
                stage.keys(&["F2"]);
            }
        }
        let first = stage.app.lab.as_ref().and_then(|lab| lab.state()).map(|s| s.hints_shown);
        assert_eq!(first, Some(2));
    }
}

#[test]
fn who_goes_on_after_the_lesson_did_skips_no_step() {
    let mut stage = lab(&["a", "2", "Enter", "2", "Enter", "F3", "F3"]);
    let at = |stage: &Stage| stage.app.lab.as_ref().map(|lab| lab.current);
    assert_eq!(at(&stage), Some(2));
    // The third step is the last, so it is told; a step before has another behind it.
    stage.keys(&["Leader", "b", "Leader", "b"]);
    if let Some(lab) = stage.app.lab.as_mut() {
        lab.finished = Some(crate::lab::Finished { step: 0, wall_ms: 0 });
    }
    stage.keys(&["F7"]);
    assert_eq!(at(&stage), Some(0), "he is there already");
    assert!(message(&stage).contains("next step already"), "{}", message(&stage));
    stage.keys(&["F7"]);
    assert_eq!(at(&stage), Some(1));
}

#[test]
fn after_an_answer_the_focus_is_where_the_learner_works() {
    for size in [(120, 40), (80, 24)] {
        for (go, want) in [(&["F2"][..], Focus::Shell), (&[], Focus::Lesson)] {
            let mut stage = Stage::in_lab(size.0, size.1);
            stage.keys(go);
            stage.keys(&["Leader", "a", "7", "Enter"]);
            assert_eq!(keymap::place(&stage.app), Place::Answer, "a wrong one is tried again");
            stage.keys(&["2", "Enter"]);
            assert_eq!(keymap::place(&stage.app), Place::Answer, "the next is asked");
            stage.keys(&["2", "Enter"]);
            assert_eq!(focus(&stage), Some(want), "{size:?}");
            // Who gives up is back there as well.
            let mut stage = Stage::in_lab(size.0, size.1);
            stage.keys(go);
            stage.keys(&["Leader", "a", "Esc"]);
            assert_eq!(focus(&stage), Some(want), "{size:?}");
        }
    }
}

#[test]
fn an_answer_is_typed_where_it_was_asked_for_alone() {
    // Whoever comes to the checks reads them first.
    let mut stage = lab(&["Tab", "2"]);
    assert_eq!(keymap::place(&stage.app), Place::Page);
    assert!(stage.app.lab.as_ref().is_some_and(|lab| lab.answer.is_empty()));
    stage.keys(&["Enter", "2"]);
    assert_eq!(keymap::place(&stage.app), Place::Answer);
    assert!(stage.app.lab.as_ref().is_some_and(|lab| lab.answer.text() == "2"));
}

#[test]
fn an_undo_says_what_it_takes_back_and_asks() {
    let mut stage = lab(&["F2"]);
    let change = LastChange {
        number: 9,
        what: "s3 DeleteBucket".into(),
        at: base::Time(1_795_341_000_000),
        steps: vec!["bucket".into()],
    };
    let show = |stage: &mut Stage, change: Option<LastChange>| {
        let effect = stage.app.jobs.start(crate::msg::Slot::Act, Request::LastChange);
        let Effect::Request { job, .. } = effect else { return };
        stage.send(Msg::Reply { job, reply: Ok(Reply::LastChange(change)) });
    };
    show(&mut stage, Some(change.clone()));
    let Some(Overlay::Confirm(confirm)) = stage.app.overlays.last() else { panic!("it asks") };
    let text: Vec<String> = confirm.lines(120).iter().map(crate::flow::Line::text).collect();
    let text = text.join(" ");
    for want in ["s3 DeleteBucket", "09:50:00", "“Make a bucket”", "10:00:00", "not set back"] {
        assert!(text.contains(want), "{want}: {text}");
    }
    let undone = |stage: &Stage| {
        let undo = |e: &Effect| matches!(e, Effect::Request { request: Request::Undo(9), .. });
        stage.effects.iter().any(undo)
    };
    stage.keys(&["n"]);
    assert!(!undone(&stage));
    show(&mut stage, Some(change));
    stage.keys(&["y"]);
    assert!(undone(&stage));
    show(&mut stage, None);
    assert!(stage.app.overlays.is_empty() && message(&stage).contains("nothing to take back"));
}

#[test]
fn the_question_that_is_answered_stays_in_sight_when_the_window_changes() {
    let mut stage = lab(&["a"]);
    for (cols, rows) in [(200, 55), (120, 24), (80, 24), (120, 24)] {
        stage.send(Msg::Resize { cols, rows });
        let lab = stage.app.lab.as_ref().expect("a lab");
        assert!(lab.answering);
        let panes = stage.app.window().lab_panes(Focus::Checks, lab.view.is_some());
        let inner = panes.checks.expect("the checks").inner;
        let asked = lab.ask_range(usize::from(inner.width - 1)).expect("a question");
        // The last line is the one that is typed in.
        let sight = lab.checks_scroll..lab.checks_scroll + usize::from(inner.height - 1);
        assert!(sight.contains(&asked.start), "{cols} × {rows}: {asked:?} in {sight:?}");
    }
}

#[test]
fn what_is_still_to_do_stands_first_among_the_checks() {
    let lines = |stage: &Stage| -> Vec<String> {
        let lab = stage.app.lab.as_ref().expect("a lab");
        lab.check_lines(60).iter().map(crate::flow::Line::text).collect()
    };
    let place = |lines: &[String], text: &str| {
        lines.iter().position(|l| l.contains(text)).unwrap_or_else(|| panic!("{text}: {lines:#?}"))
    };
    // An answered question stands below one that is open.
    let mut stage = lab(&["a", "2", "Enter"]);
    let shown = lines(&stage);
    assert!(place(&shown, "not yet") < place(&shown, "What does a delete do now?"));
    assert!(place(&shown, "What does a delete do now?") < place(&shown, "answered"));
    // All checks hold, and a question is open: it stands right below that.
    if let Some(lab) = stage.app.lab.as_mut() {
        lab.steps[1].cards.clear();
    }
    let shown = lines(&stage);
    assert!(shown[0].contains("2 of 2 checks hold, 1 question open"), "{shown:#?}");
    assert!(place(&shown, "What does a delete do now?") <= 2, "{shown:#?}");
    // The step before stands below all of what the next one wants.
    stage.keys(&["2", "Enter", "F3", "F3"]);
    let shown = lines(&stage);
    assert_eq!(place(&shown, "○ to do"), 0, "{shown:#?}");
    assert!(place(&shown, "2. “Keep every version” is done") > 0);
}

#[test]
fn a_finished_lab_says_how_to_hand_in_and_what_comes_next() {
    let mut stage = lab(&["F2"]);
    let lab = stage.app.lab.as_mut().expect("a lab");
    assert!(!lab.complete());
    for step in &mut lab.steps {
        step.verdict = Verdict::Passed { at: crate::testing::NOW };
        step.cards.clear();
    }
    let text: Vec<String> = lab.check_lines(70).iter().map(crate::flow::Line::text).collect();
    let text = text.join("\n");
    assert!(text.starts_with("✔ This lab is complete: 6 points."), "{text}");
    assert!(text.contains("distlab submit s3-versions"), "{text}");
    let (id, title) = lab.next.clone().expect("another lab is not done");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&title), "{text}");
    stage.keys(&["Leader", "N"]);
    let opens = |e: &Effect| matches!(e, Effect::Request { request: Request::Open { lab, .. }, .. } if *lab == id);
    assert!(stage.effects.iter().any(opens));
}
