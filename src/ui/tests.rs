//! Every screen at the sizes that matter, as a person would see it, and a storm of keys and sizes.

use std::sync::Arc;

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{draw, paint};
use app::testing::{Demo, Stage, events};
use app::{Effect, Msg, Options, Start, runtime};
use session::Change;

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (60, 16), (160, 50)];

/// The frame as text, one line a row, without the blanks at the ends.
fn frame(stage: &Stage) -> String {
    let (cols, rows) = (stage.app.cols, stage.app.rows);
    let mut terminal = Terminal::new(TestBackend::new(cols, rows)).unwrap();
    terminal.draw(|frame| draw(&stage.app, None, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for y in 0..rows {
        let mut line = String::new();
        let mut x = 0;
        while x < cols {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(symbol.width().max(1)).unwrap();
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A lab screen after some keys, at every size.
fn check_lab(name: &str, keys: &[&str]) {
    check(name, Stage::in_lab, keys);
}

fn check_from(name: &str, start: &Start, keys: &[&str]) {
    check(name, |cols, rows| Stage::new(cols, rows, start.clone()), keys);
}

fn check(name: &str, make: impl Fn(u16, u16) -> Stage, keys: &[&str]) {
    for (cols, rows) in SIZES {
        let mut stage = make(cols, rows);
        stage.keys(keys);
        insta::assert_snapshot!(format!("{name}-{cols}x{rows}"), frame(&stage));
    }
}

#[test]
fn home() {
    check_from("home", &Start::Home, &[]);
}

#[test]
fn home_filter() {
    check_from("home-filter", &Start::Home, &["/", "cont"]);
}

#[test]
fn home_broken_lab() {
    check_from("home-broken", &Start::Home, &["End"]);
}

#[test]
fn a_lab_from_elsewhere() {
    let start = Start::Lab("from-elsewhere".into());
    check_from("allow", &start, &[]);
    check_from("allow-below", &start, &["PgDn", "PgDn", "PgDn", "PgDn"]);
}

#[test]
fn lab_opened() {
    check("lab-opened", Stage::opened, &["Alt-PgDn"]);
}

#[test]
fn lab_lesson() {
    check_lab("lab-lesson", &[]);
}

#[test]
fn lab_shell() {
    check_lab("lab-shell", &["F2"]);
}

#[test]
fn lab_folded() {
    check_lab("lab-folded", &["F2", "F12"]);
    check_lab("lab-folded-view", &["F2", "F12", "F5"]);
}

#[test]
fn lab_border_moved() {
    check_lab("lab-border", &["F2", "Leader", "Left", "Left", "Left", "Left"]);
}

#[test]
fn lab_nodes() {
    for (cols, rows) in SIZES {
        let mut stage = Stage::opened(cols, rows);
        if let Some(lab) = stage.app.lab.as_mut() {
            lab.nodes = ["node1", "node2", "node3"].map(str::to_owned).to_vec();
        }
        stage.keys(&["Alt-Right", "Alt-Right"]);
        stage.shell("node2$ docker node ls\r\nnode2$ ");
        insta::assert_snapshot!(format!("lab-nodes-{cols}x{rows}"), frame(&stage));
    }
}

#[test]
fn lab_checks() {
    check_lab("lab-checks", &["a", "7", "Enter", "Esc", "a"]);
}

#[test]
fn lab_passed() {
    let keys = ["a", "2", "Enter", "2", "Enter", "Esc", "F3", "F3", "F3", "Esc", "Tab", "Up", "Up"];
    check_lab("lab-passed", &keys);
}

#[test]
fn lab_hint() {
    check_lab("lab-hint", &["F4", "PgDn", "PgDn"]);
}

#[test]
fn lab_leader() {
    check_lab("lab-leader", &["F2", "Leader"]);
}

#[test]
fn view_docker() {
    check_lab("view-docker", &["F5"; 2]);
}

#[test]
fn view_s3() {
    check_lab("view-s3", &["F5"; 1]);
}

#[test]
fn view_hdfs() {
    check_lab("view-hdfs", &["F5"; 6]);
}

#[test]
fn view_layers() {
    check_lab("view-layers", &["F5"; 3]);
}

#[test]
fn view_networks() {
    check_lab("view-networks", &["F5"; 4]);
}

#[test]
fn view_swarm() {
    check_lab("view-swarm", &["F5"; 5]);
}

#[test]
fn help() {
    check_lab("help", &["F2", "F1"]);
}

#[test]
fn palette() {
    check_lab("palette", &["Ctrl-P", "hdfs"]);
}

#[test]
fn find() {
    check_lab("find", &["/", "object"]);
}

#[test]
fn links() {
    check_lab("links", &["l"]);
}

#[test]
fn steps_list() {
    check_lab("steps", &["s"]);
}

#[test]
fn reset() {
    check_lab("reset", &["F8"]);
}

#[test]
fn time() {
    check_lab("time", &["Leader", "t", "soon", "Enter"]);
}

#[test]
fn problem() {
    check_lab("problem", &["F6"]);
}

#[test]
fn notes_page() {
    check_from("notes-page", &Start::Notes(None), &["End", "Enter"]);
}

/// What stands in reversed cells, row by row.
fn reversed(stage: &Stage) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(stage.app.cols, stage.app.rows)).unwrap();
    terminal.draw(|frame| draw(&stage.app, None, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let (mut found, mut run) = (Vec::new(), String::new());
    for cell in &buffer.content {
        if cell.modifier.contains(Modifier::REVERSED) {
            run.push_str(cell.symbol());
        } else if !run.is_empty() {
            found.push(std::mem::take(&mut run));
        }
    }
    found
}

#[test]
fn what_was_found_in_the_lesson_is_marked_until_esc() {
    for (cols, rows) in SIZES {
        let mut stage = Stage::in_lab(cols, rows);
        let before = reversed(&stage);
        stage.keys(&["/", "BUCKet", "Enter"]);
        let marked: Vec<String> =
            reversed(&stage).into_iter().filter(|text| !before.contains(text)).collect();
        assert!(!marked.is_empty(), "{cols}x{rows}");
        assert!(marked.iter().all(|text| text.to_lowercase() == "bucket"), "{marked:?}");
        assert!(frame(&stage).to_lowercase().matches("bucket").count() >= marked.len());
        stage.keys(&["Esc"]);
        assert_eq!(reversed(&stage), before, "{cols}x{rows}");
    }
}

#[test]
fn notes_search() {
    check_from("notes-search", &Start::Notes(Some("im".into())), &[]);
}

#[test]
fn neighbours_share_one_line_and_every_corner_joins() {
    for (cols, rows) in [(120, 40), (160, 50), (200, 55), (100, 24)] {
        for keys in [&["F2"][..], &[], &["Tab"], &["F5"], &["F2", "F5"], &["F2", "Leader", "Left"]]
        {
            let mut stage = Stage::in_lab(cols, rows);
            stage.keys(keys);
            let border = usize::from(stage.app.window().border().expect("a border"));
            let text = frame(&stage);
            let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
            assert_eq!(lines[1][border], '┬', "{keys:?}\n{text}");
            for (y, line) in lines[2..usize::from(rows) - 2].iter().enumerate() {
                // Wide letters stand left of it in some lines.
                if line.iter().any(|c| c.width() == Some(2)) {
                    continue;
                }
                let side = |x: usize| line.get(x).copied() == Some('─');
                let want = match (side(border - 1), side(border + 1)) {
                    (true, true) => "┼",
                    (true, false) => "┤",
                    (false, true) => "├",
                    (false, false) => "│┤├",
                };
                assert!(want.contains(line[border]), "line {y}, {keys:?}\n{text}");
            }
        }
    }
}

#[test]
fn too_small() {
    let stage = Stage::in_lab(59, 15);
    insta::assert_snapshot!("too-small", frame(&stage));
}

#[test]
fn a_frame_becomes_a_picture() {
    let stage = Stage::in_lab(80, 24);
    let svg = super::svg::picture(&stage.app);
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    // Cells that look the same are one text; blanks alone are none.
    let drawn = svg.split("<text ").skip(1).filter_map(|text| {
        let (_, shown) = text.split_once("</text>")?.0.split_once('>')?;
        Some(shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    });
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(letters(&drawn.collect::<String>()), letters(&frame(&stage)));
    assert_eq!(svg, super::svg::picture(&stage.app));
    if let Some(path) = std::env::var_os("DEMO_SVG") {
        std::fs::write(path, svg).unwrap();
    }
}

#[test]
fn without_colour_nothing_is_coloured() {
    use ratatui::style::Color;
    let mut stage = Stage::in_lab(120, 40);
    stage.app.options = Options { color: false, ..Options::default() };
    stage.keys(&["F5"; 6]);
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    terminal.draw(|frame| draw(&stage.app, None, frame)).unwrap();
    for cell in &terminal.backend().buffer().content {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{:?}", cell.symbol());
    }
}

/// Something that may happen.
#[derive(Clone, Debug)]
enum Deed {
    Key(&'static str),
    Text(String),
    Resize(u16, u16),
    Shell(Vec<u8>),
    World,
    Tick(u64),
    Paste(String),
    Mouse(usize, u16, u16),
}

const KEYS: &[&str] = &[
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F9",
    "F10",
    "F11",
    "F12",
    "Left",
    "Right",
    "-",
    "Enter",
    "Esc",
    "Up",
    "Down",
    "PgUp",
    "PgDn",
    "Home",
    "End",
    "Tab",
    "Backspace",
    "Leader",
    "Shift-PgUp",
    "Alt-PgDn",
    "Ctrl-P",
    "Ctrl-L",
    "a",
    "b",
    "n",
    "s",
    "l",
    "/",
    "?",
    "q",
    "y",
    "t",
    "R",
    "x",
    "w",
    "m",
    "2",
];

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        8 => proptest::sample::select(KEYS).prop_map(Deed::Key),
        1 => "[a-z日é ]{0,8}".prop_map(Deed::Text),
        2 => (0u16..200, 0u16..70).prop_map(|(c, r)| Deed::Resize(c, r)),
        2 => shell_bytes().prop_map(Deed::Shell),
        1 => Just(Deed::World),
        1 => (0u64..100_000).prop_map(Deed::Tick),
        1 => "[ -~\\n日]{0,20}".prop_map(Deed::Paste),
        2 => (0usize..4, 0u16..200, 0u16..70).prop_map(|(k, c, r)| Deed::Mouse(k, c, r)),
    ]
}

/// What programs write: text, wide characters, and control sequences, right and wrong ones.
fn shell_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[ -~]{0,90}".prop_map(String::into_bytes),
        "[日本語字🐳é]{0,30}".prop_map(String::into_bytes),
        Just(b"\r\n".to_vec()),
        ("[0-9;?]{0,6}", "[A-Za-z@`]").prop_map(|(p, l)| format!("\x1b[{p}{l}").into_bytes()),
        "\u{1b}[78DMEc=>]".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|parts| parts.concat())
}

fn happen(stage: &mut Stage, deed: Deed) {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    match deed {
        Deed::Key(name) => events(name).into_iter().for_each(|e| stage.send(Msg::Key(e))),
        Deed::Text(text) => events(&text).into_iter().for_each(|e| stage.send(Msg::Key(e))),
        Deed::Resize(cols, rows) => stage.send(Msg::Resize { cols, rows }),
        Deed::Shell(bytes) => {
            let shell = stage.app.lab.as_ref().map_or(0, |l| l.shell.id);
            stage.send(Msg::ShellOutput { shell, bytes });
        }
        Deed::World => stage.send(Msg::Change(Change::World)),
        Deed::Tick(wall_ms) => stage.send(Msg::Tick { wall_ms }),
        Deed::Paste(text) => stage.send(Msg::Paste(text)),
        Deed::Mouse(kind, column, row) => {
            let kinds = [
                MouseEventKind::ScrollDown,
                MouseEventKind::Down(MouseButton::Left),
                MouseEventKind::Drag(MouseButton::Left),
                MouseEventKind::Up(MouseButton::Left),
            ];
            // The border is hit often enough.
            let border = stage.app.window().border().filter(|_| row % 2 == 0);
            let column = if kind == 1 { border.unwrap_or(column) } else { column };
            let modifiers = KeyModifiers::NONE;
            stage.send(Msg::Mouse(MouseEvent { kind: kinds[kind], column, row, modifiers }));
        }
    }
}

/// A frame and where its cursor is.
fn drawn(stage: &Stage, last: Option<&Buffer>) -> (Buffer, Option<Position>) {
    let area = Rect::new(0, 0, stage.app.cols.max(1), stage.app.rows.max(1));
    let mut buffer = Buffer::empty(area);
    let cursor = paint(&stage.app, last, area, &mut buffer);
    (buffer, cursor)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_can_be_drawn_and_a_shell_on_top_of_what_was(
        lab in any::<bool>(),
        (cols, rows) in (60u16..170, 16u16..60),
        deeds in proptest::collection::vec(deed(), 1..60),
    ) {
        let mut stage = if lab {
            Stage::in_lab(cols, rows)
        } else {
            Stage::new(cols, rows, Start::Home)
        };
        let mut last: Option<Buffer> = None;
        for deed in deeds {
            let output = matches!(deed, Deed::Shell(_));
            let before = stage.effects.len();
            happen(&mut stage, deed);
            let whole = drawn(&stage, None);
            let more = |e: &Effect| !matches!(e, Effect::ShellInput { .. });
            if output && !stage.effects[before..].iter().any(more) {
                // Nothing but what a shell shows has changed.
                prop_assert_eq!(&drawn(&stage, last.as_ref()), &whole);
            } else {
                last = Some(whole.0);
            }
        }
    }
}

/// The whole program with made-up labs, to be tried by hand in a terminal:
/// `cargo test --lib ui::tests::live -- --ignored --nocapture`. `DEMO_PLAIN=1` for line mode.
#[test]
#[ignore = "needs a terminal and a person"]
fn live() {
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let options = Options {
        color: std::env::var_os("NO_COLOR").is_none(),
        plain: std::env::var_os("DEMO_PLAIN").is_some(),
        ..Options::default()
    };
    runtime::run(Arc::new(Demo::default()), Start::Home, options, draw, tokio.handle()).unwrap();
    tokio.shutdown_background();
}
