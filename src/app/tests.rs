//! Keys and what they do, late replies, the text layout, the terminal's bytes, line mode.

use super::actions::ACTIONS;
use super::encode::encode;
use super::flow::{Tone, fit, pad, places, wrap_text};
use super::input::Input;
use super::lab::Focus;
use super::lay::lay;
use super::msg::{Effect, Job, Msg, Reply, Request, Slot};
use super::shell::Shell;
use super::testing::{Demo, Stage, events, lab, picture};
use super::update::update;
use super::{App, Options, Screen, Start, plain};
use course::Block;
use session::{Change, LiveView, VIEWS};

/// The effects of some keys in a lab, after other keys.
fn effects_of(before: &[&str], keys: &[&str]) -> Vec<Effect> {
    let mut stage = Stage::in_lab(120, 40);
    stage.keys(before);
    let start = stage.effects.len();
    stage.keys(keys);
    stage.effects.split_off(start)
}

fn request(effects: &[Effect]) -> Option<&Request> {
    effects.iter().find_map(|e| match e {
        Effect::Request { request, .. } => Some(request),
        _ => None,
    })
}

#[test]
fn keys_ask_for_what_they_say() {
    let check = |before: &[&str], keys: &[&str], want: &Request| {
        let effects = effects_of(before, keys);
        assert_eq!(request(&effects), Some(want), "{before:?} {keys:?}: {effects:?}");
    };
    let step = "versions".to_owned();
    let this_step = Request::Check { step: Some(step.clone()), settle: false };
    check(&[], &["F3"], &this_step);
    check(&["F2"], &["F3"], &this_step);
    check(&["F2"], &["Leader", "c"], &this_step);
    check(&[], &["F4"], &Request::Hint(step.clone()));
    check(&[], &["F5"], &Request::View(LiveView::named("s3").unwrap()));
    check(&[], &["F6"], &Request::LastChange);
    check(&["F8"], &["y"], &Request::Reset(Some(step.clone())));
    check(&["Leader", "R"], &["y"], &Request::Reset(None));
    let minutes = std::time::Duration::from_mins(11);
    check(&["Leader", "t", "+11m"], &["Enter"], &Request::Advance(minutes));
    let answer = |ask, text: &str| Request::Answer { step: step.clone(), ask, text: text.into() };
    check(&["a", "2"], &["Enter"], &answer(0, "2"));
    check(&["a", "Down", "2"], &["Enter"], &answer(1, "It adds a delete marker"));
    check(&["F2"], &["F10"], &Request::Catalog { whole: true });
}

#[test]
fn keys_that_need_a_yes_do_nothing_without_it() {
    for keys in [["F8", "n"], ["F8", "Esc"], ["F8", "Enter"]] {
        assert_eq!(request(&effects_of(&[], &keys)), None, "{keys:?}");
    }
}

#[test]
fn the_shell_takes_letters_and_the_program_function_keys() {
    let check = |keys: &[&str], want: &[u8]| {
        let got: Vec<u8> = effects_of(&["F2"], keys)
            .into_iter()
            .filter_map(|e| match e {
                Effect::ShellInput { bytes, .. } => Some(bytes),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(got, want, "{keys:?}");
    };
    check(&["ls ?/q", "Enter"], b"ls ?/q\r");
    check(&["Ctrl-P", "Ctrl-C", "Ctrl-L"], b"\x10\x03\x0c");
    check(&["Esc", "Tab", "Up"], b"\x1b\t\x1b[A");
    check(&["F3"], b"");
    check(&["Leader", "F3"], b"\x1bOR");
    check(&["Leader", "Leader"], b"\x1d");
    check(&["Leader", "Esc", "a"], b"a");
}

#[test]
fn pasted_text_is_bracketed_when_the_shell_asked_for_it() {
    let check = |asked: bool, text: &str, want: &str| {
        let mut stage = Stage::in_lab(120, 40);
        stage.keys(&["F2"]);
        if asked {
            stage.shell("\x1b[?2004h");
        }
        stage.send(Msg::Paste(text.into()));
        let want = Effect::ShellInput { shell: 1, bytes: want.as_bytes().to_vec() };
        assert_eq!(stage.effects.last(), Some(&want), "{text:?}");
    };
    check(false, "a\nb", "a\rb");
    check(true, "a\r\nb", "\x1b[200~a\rb\x1b[201~");
    check(true, "x\x1b[201~rm", "\x1b[200~x[201~rm\x1b[201~");
}

#[test]
fn late_replies_are_dropped_and_only_the_newest_check_counts() {
    let mut app = App::new(Options::default(), 120, 40);
    let mut stage = Stage::in_lab(120, 40);
    std::mem::swap(&mut app, &mut stage.app);
    let jobs = |effects: Vec<Effect>| -> Vec<Job> {
        effects
            .into_iter()
            .filter_map(|e| match e {
                Effect::Request { job, .. } => Some(job),
                _ => None,
            })
            .collect()
    };
    let key = |app: &mut App, name: &str| update(app, Msg::Key(events(name)[0]));
    let first = jobs(key(&mut app, "F3"))[0];
    let second = jobs(key(&mut app, "F3"))[0];
    assert!(second.number > first.number);
    // While a check runs a change of the world waits for its end, however many changes there are.
    for _ in 0..5 {
        assert_eq!(jobs(update(&mut app, Msg::Change(Change::World))), []);
    }
    let failed = |job| Msg::Reply { job, reply: Err("no".into()) };
    assert_eq!(jobs(update(&mut app, failed(first))), []);
    assert_eq!(app.message, None);
    let again = jobs(update(&mut app, failed(second)));
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].slot, Slot::Check);
    assert!(app.message.is_some());
    let s3 = LiveView::named("s3").unwrap();
    let late = Msg::Reply { job: second, reply: Ok(Reply::View(s3, Box::new(picture(s3)))) };
    assert_eq!(update(&mut app, late), []);
    assert!(app.lab.as_ref().is_some_and(|l| l.picture.is_none()));
}

#[test]
fn leaving_goes_from_notes_to_lab_to_home_to_the_end() {
    let mut stage = Stage::in_lab(120, 40);
    stage.keys(&["F2", "F9"]);
    assert_eq!(stage.app.screen, Screen::Notes);
    stage.keys(&["F10"]);
    assert_eq!(stage.app.screen, Screen::Lab);
    stage.keys(&["F10"]);
    assert_eq!(stage.app.screen, Screen::Home);
    assert!(stage.effects.contains(&Effect::ShellStop { shell: 1 }));
    assert!(stage.effects.contains(&Effect::CloseDesk));
    stage.keys(&["F10"]);
    assert_eq!(stage.effects.last(), Some(&Effect::Quit));
}

#[test]
fn views_follow_one_another_and_the_shell_follows_its_pane() {
    let mut stage = Stage::in_lab(120, 40);
    stage.keys(&["F2"]);
    // What the lab's commands are about, the others in their order, then none.
    let others = VIEWS.iter().map(|view| view.name).filter(|name| *name != "s3");
    let shown = std::iter::once("s3").chain(others).map(|name| (name, 14));
    let want: Vec<(&str, u16)> = shown.chain([("", 36)]).collect();
    let mut seen = Vec::new();
    for _ in &want {
        stage.keys(&["F5"]);
        let lab = stage.app.lab.as_ref().unwrap();
        seen.push((lab.view.map_or("", |view| view.name), lab.shell.screen().size().0));
    }
    assert_eq!(seen, want);
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::ShellResize { rows: 14, .. })));
    assert_eq!(stage.app.lab.as_ref().unwrap().focus, Focus::Shell);
}

#[test]
fn a_pass_is_told_and_keeps_what_was_missing() {
    let mut stage = Stage::in_lab(120, 40);
    stage.keys(&["a", "2", "Enter", "2", "Enter", "F3", "F3"]);
    let text = stage.app.message.as_ref().map(|m| m.text.as_str());
    assert_eq!(text, Some("“Keep every version” is done. Next: “Let everyone read one photo”."));
    let lab = stage.app.lab.as_ref().unwrap();
    assert_eq!((lab.current, lab.focus), (2, Focus::Lesson));
    assert_eq!(lab.lesson_scroll, lab.lesson.starts[2]);
    let has_change = |stage: &Stage| {
        let lab = stage.app.lab.as_ref().unwrap();
        let lines: Vec<String> = lab.check_lines(60).iter().map(super::flow::Line::text).collect();
        ["  was Suspended", "  now Enabled"].iter().all(|want| lines.iter().any(|l| l == want))
    };
    assert!(has_change(&stage));
    // It stands there until the learner goes on to change something, or to another step.
    stage.send(Msg::Change(Change::World));
    assert!(has_change(&stage));
    stage.send(Msg::Tick { wall_ms: 60_000 });
    stage.send(Msg::Change(Change::World));
    assert!(!has_change(&stage));
    stage.keys(&["Leader", "b"]);
    assert!(has_change(&stage));
}

#[test]
fn a_pass_does_not_take_another_page_away() {
    let mut stage = Stage::in_lab(120, 20);
    stage.keys(&["a", "2", "Enter", "2", "Enter", "Esc", "Esc", "Home", "F3", "F3"]);
    let lab = stage.app.lab.as_ref().unwrap();
    assert_eq!(lab.current, 1);
    let text = stage.app.message.as_ref().map(|m| m.text.as_str());
    assert_eq!(text, Some("“Keep every version” is done. F7 goes to the next step."));
}

#[test]
fn a_lab_opens_in_the_shell_where_the_lesson_stands_beside_it() {
    let check = |cols, want| {
        let mut stage = Stage::opened(cols, 40);
        assert_eq!(stage.app.lab.as_ref().unwrap().focus, want, "{cols}");
        let scroll = stage.app.lab.as_ref().unwrap().lesson_scroll;
        stage.keys(&["Alt-PgDn"]);
        let lab = stage.app.lab.as_ref().unwrap();
        assert_eq!(lab.focus, want);
        assert_eq!(lab.lesson_scroll > scroll, want == Focus::Shell);
    };
    check(100, Focus::Shell);
    check(99, Focus::Lesson);
}

#[test]
fn a_link_into_a_page_opens_the_section() {
    let mut stage = Stage::new(120, 40, crate::Start::Notes(None));
    let note = crate::testing::note("cloud/object-storage#durability");
    for width in [100, 30] {
        stage.app.notes.show(note.clone(), width);
        let shown = stage.app.notes.lines[stage.app.notes.scroll].text();
        assert!(shown.contains("Durability"), "{width}: {shown:?}");
    }
    stage.app.notes.show(crate::testing::note("cloud/object-storage"), 100);
    assert_eq!(stage.app.notes.scroll, 0);
}

#[test]
fn find_looks_through_lesson_shell_and_notes() {
    let mut stage = Stage::in_lab(120, 40);
    for n in 0..200 {
        stage.shell(&format!("line {n}\r\n"));
    }
    stage.keys(&["/", "line 12", "Enter"]);
    let lab = stage.app.lab.as_ref().unwrap();
    assert_eq!(lab.focus, Focus::Shell);
    let top = lab.shell.screen().rows().next().unwrap();
    assert_eq!(top, "line 129");
    stage.keys(&["Leader", "/", "object", "End", "PgDn", "PgDn", "Enter"]);
    assert_eq!(stage.app.screen, Screen::Notes);
}

#[test]
fn places_are_columns_and_case_does_not_count() {
    let check = |text: &str, sought: &str, want: &[(usize, usize)]| {
        let found: Vec<_> = places(text, sought).iter().map(|r| (r.start, r.end)).collect();
        assert_eq!(found, want, "{text} {sought}");
    };
    check("A bucket, Buckets", "bucket", &[(2, 8), (10, 16)]);
    check("nothing", "bucket", &[]);
    check("anything", "", &[]);
    check("aaa", "aa", &[(0, 2)]);
    // Wide letters take two columns, and some letters have two small ones.
    check("桶 is a 桶", "桶", &[(0, 2), (8, 10)]);
    check("İx Ärger", "ärger", &[(3, 8)]);
    check("İx", "x", &[(1, 2)]);
}

#[test]
fn actions_are_named_once_and_no_key_is_taken_twice() {
    for (i, action) in ACTIONS.iter().enumerate() {
        assert!(action.help.ends_with('.'), "{}", action.name);
        for other in &ACTIONS[i + 1..] {
            assert_ne!(action.name, other.name);
            let shared = action.leader.is_some() && action.leader == other.leader;
            assert!(!shared, "{} and {}", action.name, other.name);
            let key = action.keys.iter().find(|k| other.keys.contains(k));
            assert_eq!(key, None, "{} and {}", action.name, other.name);
        }
    }
}

#[test]
fn keys_become_the_bytes_of_xterm() {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let check = |code, modifiers, application, want: &str| {
        let got = encode(KeyEvent::new(code, modifiers), application);
        assert_eq!(String::from_utf8(got).unwrap(), want, "{code:?} {modifiers:?}");
    };
    let none = KeyModifiers::NONE;
    check(KeyCode::Char('é'), none, false, "é");
    check(KeyCode::Char('c'), KeyModifiers::CONTROL, false, "\x03");
    check(KeyCode::Char(' '), KeyModifiers::CONTROL, false, "\0");
    check(KeyCode::Char('b'), KeyModifiers::ALT, false, "\x1bb");
    check(KeyCode::Up, none, false, "\x1b[A");
    check(KeyCode::Up, none, true, "\x1bOA");
    check(KeyCode::Left, KeyModifiers::CONTROL, true, "\x1b[1;5D");
    check(KeyCode::F(1), none, false, "\x1bOP");
    check(KeyCode::F(5), none, false, "\x1b[15~");
    check(KeyCode::F(12), KeyModifiers::SHIFT, false, "\x1b[24;2~");
    check(KeyCode::Delete, none, false, "\x1b[3~");
    check(KeyCode::BackTab, none, false, "\x1b[Z");
}

#[test]
fn the_terminal_answers_where_the_cursor_is() {
    let mut shell = Shell::new(1, None, (80, 24));
    assert_eq!(shell.feed(b"ab\r\ncd\x1b[6n"), b"\x1b[2;3R");
    assert_eq!(shell.feed(b"\x1b[c"), b"\x1b[?6c");
    assert_eq!(shell.feed(b"text"), b"");
}

#[test]
fn a_terminal_that_breaks_is_replaced() {
    let mut shell = Shell::new(1, None, (80, 24));
    // Every pair of sequences that move margins and cursor, then a wrap.
    for top in 1..24 {
        for row in 1..24 {
            let text = format!(
                "\x1b[{top};24r\x1b[?6h\x1b[{row};79H日本語\x1b[1;1H{}\x1bM",
                "x".repeat(81)
            );
            shell.feed(text.as_bytes());
            shell.resize(80, 10 + top);
        }
    }
    shell.feed(b"\x1bc\x1b[2J\x1b[Hstill here");
    assert_eq!(shell.screen().rows().next().as_deref(), Some("still here"));
}

#[test]
fn a_terminal_without_room_takes_text() {
    for size in [(0, 0), (1, 1), (2, 1), (1, 24)] {
        let mut shell = Shell::new(1, None, size);
        shell.feed("   text, 日本語\r\n".as_bytes());
        shell.resize(80, 24);
        shell.resize(size.0, size.1);
        shell.feed(b"   text");
    }
}

#[test]
fn a_narrower_terminal_loses_no_text() {
    let mut rng = base::Rng::labelled(7, "terminal");
    for _ in 0..12 {
        let letters: Vec<char> = "abc def 123 - éü 日本語 🐳".chars().collect();
        let mut line = |longest: u64| -> String {
            let length = rng.below(longest);
            let letter = |_| letters[usize::try_from(rng.below(letters.len() as u64)).unwrap()];
            // A blank at an end cannot be told from one that was never written.
            format!("<{}>", (0..length).map(letter).collect::<String>())
        };
        let text: Vec<String> = (0..40).map(|_| line(300)).collect();
        let mut shell = Shell::new(1, None, (120, 24));
        shell.feed(text.join("\r\n").as_bytes());
        let all = |shell: &Shell| -> Vec<String> {
            let lines = shell.screen().lines().into_iter().map(|(_, line)| line);
            lines.filter(|line| !line.is_empty()).collect()
        };
        assert_eq!(all(&shell), text);
        for (cols, rows) in [(100, 24), (120, 24), (37, 10), (2, 2), (64, 50), (200, 3), (120, 24)]
        {
            shell.resize(cols, rows);
            // With two columns there are more rows than can be scrolled back to.
            if cols > 2 {
                let left = all(&shell);
                assert_eq!(left, text[text.len() - left.len()..], "{cols}x{rows}");
            }
        }
    }
    // 120 to 100 and back: each row is what it was.
    let mut shell = Shell::new(1, None, (120, 24));
    let wide = format!("{}|", "x".repeat(119));
    shell.feed(format!("{wide}\r\n$ ").as_bytes());
    let before: Vec<String> = shell.screen().rows().collect();
    shell.resize(100, 24);
    assert!(shell.screen().rows().any(|row| row == wide[100..]));
    shell.resize(120, 24);
    assert_eq!(shell.screen().rows().collect::<Vec<_>>(), before);
    assert_eq!(shell.screen().cursor_position(), (1, 2));
}

#[test]
fn a_full_scrollback_is_whole_in_a_narrower_terminal() {
    let mut shell = Shell::new(1, None, (120, 24));
    let line = |n: u32| format!("{n:>6}{}|", "-".repeat(113));
    for n in 0..3000 {
        shell.feed(format!("{}\r\n", line(n)).as_bytes());
    }
    let oldest = |shell: &Shell| shell.screen().lines().swap_remove(0).1;
    let before = oldest(&shell);
    assert_eq!(before.len(), 120);
    for cols in [80, 40, 30, 120] {
        shell.resize(cols, 24);
        assert_eq!(oldest(&shell), before, "{cols}");
    }
}

#[test]
fn a_program_that_has_the_whole_terminal_gives_it_back() {
    let mut shell = Shell::new(1, None, (40, 10));
    shell.feed(b"before\r\n\x1b[?1049h\x1b[2J\x1b[Hinside");
    assert!(shell.screen().alternate_screen());
    shell.resize(20, 10);
    shell.feed(b"\x1b[?1049l");
    assert!(!shell.screen().alternate_screen());
    assert_eq!(shell.screen().rows().next().as_deref(), Some("before"));
}

#[test]
fn an_update_that_never_ends_holds_up_nothing() {
    let mut shell = Shell::new(1, None, (40, 10));
    shell.feed(b"\x1b[?2026hshown at once");
    assert_eq!(shell.screen().rows().next().as_deref(), Some("shown at once"));
}

#[test]
fn a_line_over_several_rows_is_found_as_one() {
    let mut shell = Shell::new(1, None, (10, 4));
    shell.feed(b"one two three four five\r\nnext");
    let lines = shell.screen().lines();
    let found: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    assert_eq!(found, ["one two three four five", "next"]);
}

#[test]
fn a_smaller_terminal_keeps_its_last_lines() {
    let mut shell = Shell::new(1, None, (20, 10));
    let text: Vec<String> = (0..10).map(|n| format!("line {n}")).collect();
    shell.feed(text.join("\r\n").as_bytes());
    shell.resize(20, 4);
    let rows: Vec<String> = shell.screen().rows().collect();
    assert_eq!(rows, ["line 6", "line 7", "line 8", "line 9"]);
    assert_eq!(shell.screen().cursor_position(), (3, 6));
    let all: Vec<String> = shell.screen().lines().into_iter().map(|(_, l)| l).collect();
    assert_eq!(all, text);
}

#[test]
fn text_is_broken_at_blanks() {
    let check = |text: &str, width: usize, want: &[&str]| {
        let lines = wrap_text(Tone::Plain, text, width);
        let got: Vec<String> = lines.iter().map(super::flow::Line::text).collect();
        assert_eq!(got, want, "{text:?} in {width}");
        assert!(lines.iter().all(|l| l.width() <= width), "{got:?}");
    };
    check("one two three", 8, &["one two", "three"]);
    check("one  two", 20, &["one two"]);
    check("abcdefghijkl", 8, &["abcdefgh", "ijkl"]);
    check("a bcdefghijk", 8, &["a", "bcdefghi", "jk"]);
    check("日本語日本語", 8, &["日本語日", "本語"]);
    check("", 8, &[""]);
}

#[test]
fn laid_text_is_never_wider_than_asked() {
    let lab = lab();
    for width in 24..130 {
        for step in &lab.steps {
            for line in lay(&step.blocks, width) {
                assert!(line.width() <= width, "{width}: {:?}", line.text());
            }
        }
    }
    let code = Block::Code { lang: String::new(), text: "0123456789".into() };
    let lines: Vec<String> = lay(&[code], 8).iter().map(super::flow::Line::text).collect();
    assert_eq!(lines, ["  012345", "↳ 6789"]);
}

#[test]
fn cut_text_shows_that_it_is_cut() {
    let check = |text: &str, width: usize, want: &str| assert_eq!(fit(text, width), want);
    check("short", 5, "short");
    check("longer", 5, "long…");
    check("日本語", 4, "日…");
    check("x", 0, "");
    assert_eq!(pad("日本", 6), "日本  ");
}

#[test]
fn a_line_is_edited() {
    let check = |keys: &[&str], want: &str| {
        let mut input = Input::new("one two");
        for event in keys.iter().flat_map(|k| events(k)) {
            input.key(event);
        }
        assert_eq!(input.text(), want, "{keys:?}");
    };
    check(&["Backspace", "é"], "one twé");
    check(&["Home", "x"], "xone two");
    check(&["Ctrl-W"], "one ");
    check(&["Ctrl-U", "z"], "z");
    check(&["Ctrl-A", "Ctrl-K"], "");
}

/// What line mode writes for some commands.
fn say(start: Start, commands: &str) -> String {
    let mut output = Vec::new();
    plain::run(&Demo::default(), start, &mut commands.as_bytes(), &mut output, || plain::WIDTH)
        .unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn line_mode_has_no_escape_codes_and_reaches_the_end() {
    let lab = Start::Lab("s3-versions".into());
    let commands = "help\nsteps\ncheck\nhint\nanswer 1 3\nanswer\n2\nanswer It adds a delete marker\n\
                    check\ncheck\ntime +11m\nreset\nno\nnext\nback\nstep 9\nundo\nhnit\nnotes image\npage 1\nquit\n";
    let text = say(lab, commands);
    assert!(!text.contains('\x1b'));
    insta::assert_snapshot!("line-mode", text);
    insta::assert_snapshot!("line-mode-home", say(Start::Home, "open 9\ncheck\nopen 3\nquit\n"));
}

#[test]
fn a_choice_is_given_by_number_letter_or_text() {
    let check = |typed: &str, want: Option<&str>| {
        let effects = effects_of(&["a", "2", "Enter"], &[typed, "Enter"]);
        let given = effects.iter().find_map(|e| match e {
            Effect::Request { request: Request::Answer { text, .. }, .. } => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(given, want, "{typed}");
    };
    check("2", Some("It adds a delete marker"));
    check("B", Some("It adds a delete marker"));
    check("it adds a delete marker", Some("It adds a delete marker"));
    check("2.", Some("It adds a delete marker"));
    check("\"It adds a delete marker\"", Some("It adds a delete marker"));
    check("9", None);
    check("marker", None);
}

#[test]
fn nodes_have_tabs_that_come_and_go() {
    use super::update::shell::take_nodes;
    let mut stage = Stage::opened(120, 40);
    let nodes = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let shown = |stage: &Stage| {
        let shell = &stage.app.lab.as_ref().expect("a lab").shell;
        (shell.node.clone(), shell.id, shell.screen().rows().collect::<Vec<_>>())
    };
    let own = shown(&stage);
    take_nodes(&mut stage.app, nodes(&["node1", "node2"]), &mut Vec::new());
    assert!(stage.app.message.as_ref().is_some_and(|m| m.text.contains("node1, node2")));

    stage.keys(&["Alt-Right"]);
    let started = stage.effects.iter().any(
        |effect| matches!(effect, Effect::ShellStart { node: Some(node), .. } if node == "node1"),
    );
    assert!(started, "a node's shell starts when it is first shown");
    stage.shell("node1$ docker ps");
    stage.keys(&["x"]);
    let first = shown(&stage);
    assert!(
        matches!(stage.effects.last(), Some(Effect::ShellInput { shell, .. }) if *shell == first.1)
    );

    // Round to the lab's own shell and back: each keeps what it showed, and none is started twice.
    stage.keys(&["Alt-Right", "Alt-Right"]);
    assert_eq!(shown(&stage), own);
    stage.keys(&["Alt-Right"]);
    assert_eq!(shown(&stage), first);
    let starts = stage.effects.iter().filter(|e| matches!(e, Effect::ShellStart { .. }));
    assert_eq!(starts.count(), 3);

    let mut effects = Vec::new();
    take_nodes(&mut stage.app, nodes(&["node2"]), &mut effects);
    assert_eq!(shown(&stage), own, "the tab of a node that is gone goes too");
    assert_eq!(effects, [Effect::ShellStop { shell: first.1 }]);
}

#[test]
fn a_lab_from_elsewhere_is_opened_after_a_yes_alone() {
    let check = |keys: &[&str], want: bool| {
        let mut stage = Stage::new(80, 24, Start::Lab("from-elsewhere".into()));
        stage.keys(keys);
        let allowed = stage.effects.iter().any(|effect| {
            let Effect::Request { request: Request::Open { lab, allow }, .. } = effect else {
                return false;
            };
            lab == "from-elsewhere" && allow.as_ref().is_some_and(|(about, _)| about == lab)
        });
        assert_eq!(allowed, want, "{keys:?}");
        let asked = matches!(stage.app.overlays.last(), Some(super::overlay::Overlay::Confirm(_)));
        assert_eq!(asked, keys.iter().all(|key| key.starts_with("Pg")), "{keys:?}");
    };
    check(&[], false);
    check(&["PgDn", "PgDn", "PgUp"], false);
    check(&["n"], false);
    check(&["Esc"], false);
    check(&["PgDn", "y"], true);
}

#[test]
fn line_mode_shows_what_a_lab_from_elsewhere_runs_and_asks() {
    let check = |answer: &str, want: &str| {
        let text = say(Start::Home, &format!("open from-elsewhere\n{answer}\nquit\n"));
        assert!(text.contains("  curl -s https://example.org/setup.sh | sh\n"), "{text}");
        assert!(text.contains("data.csv (812 bytes)"), "{text}");
        assert!(text.contains(want), "{answer:?}: {text}");
    };
    check("no", "It was not opened, and nothing in it was run.");
    check("", "It was not opened, and nothing in it was run.");
    check("yes", "Problem: The lab “from-elsewhere” was allowed");
}

/// Terminals send `Ctrl-]` and its neighbours as digits; what was the leader before is a key like others.
#[test]
fn the_leader_is_the_key_that_was_chosen() {
    use crate::leader::{is_leader, leader_name};
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let check = |letter: char, typed: char, want: bool| {
        let key = |modifiers| KeyEvent::new(KeyCode::Char(typed), modifiers);
        assert_eq!(is_leader(key(KeyModifiers::CONTROL), letter), want, "{letter} {typed}");
        assert!(!is_leader(key(KeyModifiers::NONE), letter), "{letter} without Ctrl");
    };
    check(']', ']', true);
    check(']', '5', true);
    check(']', '4', false);
    check('\\', '4', true);
    check('_', '7', true);
    check('a', 'a', true);
    check('a', ']', false);
    check('a', '5', false);
    assert_eq!((leader_name(']'), leader_name('a')), ("Ctrl-]".into(), "Ctrl-A".into()));
}

#[test]
fn own_notes_are_written_in_the_editor_or_in_a_field() {
    use super::msg::OwnNote;
    use super::overlay::Overlay;
    let press = |stage: &mut Stage, keys: &[&str]| {
        let keys = keys.iter().flat_map(|key| events(key));
        keys.flat_map(|key| update(&mut stage.app, Msg::Key(key))).collect::<Vec<_>>()
    };
    let asked = |stage: &mut Stage, key: &str, editor: Option<&str>| {
        let effects = press(stage, &[key]);
        let [Effect::Request { job, request: Request::OwnNote(step) }] = effects.as_slice() else {
            panic!("{key}: {effects:?}");
        };
        let (step, text) = (step.clone(), "before".to_owned());
        let note = OwnNote { step, text, file: "f.md".into(), editor: editor.map(str::to_owned) };
        update(&mut stage.app, Msg::Reply { job: *job, reply: Ok(Reply::OwnNote(note)) })
    };
    // In the shell and in the lesson.
    for (focus, key) in [(Focus::Shell, "Alt-n"), (Focus::Lesson, "Alt-n"), (Focus::Lesson, "N")] {
        let mut stage = Stage::in_lab(120, 40);
        stage.app.lab.as_mut().expect("a lab").focus = focus;
        let effects = asked(&mut stage, key, Some("vi"));
        let want = Effect::Edit { editor: "vi".into(), file: "f.md".into() };
        assert_eq!(effects, [want]);
        assert!(stage.app.overlays.is_empty());

        assert!(asked(&mut stage, key, None).is_empty());
        assert!(matches!(stage.app.overlays.as_slice(), [Overlay::Draft(_)]));
        // Letters are the note's, and what was written is kept by Esc.
        press(&mut stage, &["q?", "Enter", "x"]);
        let effects = press(&mut stage, &["Esc"]);
        let text = "before\n\nq?\nx".to_owned();
        let keep = Request::KeepNote { step: "versions".into(), text };
        assert_eq!(request(&effects), Some(&keep));
        assert!(stage.app.overlays.is_empty());
        // Nothing new is no reason to write.
        let _ = asked(&mut stage, key, None);
        assert!(request(&press(&mut stage, &["Esc"])).is_none());
    }
}
