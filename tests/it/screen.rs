//! The screen as a person meets it, in a pseudo-terminal: sizes, keys, and the terminal given back.

use std::process::Command;

use crate::support::{F1, F3, F4, F5, F6, F7, F8, F9, F10, Home, Screen};

const SIZES: &[(u16, u16)] = &[(160, 50), (120, 40), (80, 24), (60, 16)];

/// The bucket that the first step of the S3 lab is about.
fn bucket(home: &Home) -> String {
    let steps = home.run(&["check", "s3", "--json"]).json();
    let run = steps[0]["cards"][0]["command"].as_str().expect("the step does not hold").to_owned();
    run.rsplit(' ').next().expect("a bucket").to_owned()
}

/// No line is longer than the screen, and header and footer are where they belong.
fn frame_is_whole(text: &str, rows: u16) {
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.first().is_some_and(|l| l.contains("distlab")), "no header:\n{text}");
    let footer = lines.get(usize::from(rows) - 1).copied().unwrap_or_default();
    assert!(footer.contains("F1 help"), "no footer in the last row:\n{text}");
}

#[test]
fn home_opens_at_every_size_and_leads_into_a_lab() {
    for &(columns, rows) in SIZES {
        let home = Home::new();
        let mut screen = Screen::open(&home, &[], columns, rows);
        let text = screen.wait_for("VMs and containers");
        frame_is_whole(&text, rows);
        screen.keys("\r");
        let text = screen.wait_until("a lab", |t| t.contains("step 1 of"));
        frame_is_whole(&text, rows);
        screen.keys(F10);
        screen.wait_for("learn distributed systems");
        screen.keys("q");
        assert_eq!(screen.wait_end(), 0, "at {columns}×{rows}");
        terminal_is_given_back(&mut screen);
    }
}

#[test]
fn a_lab_opens_at_every_size_and_its_shell_works() {
    for &(columns, rows) in SIZES {
        let home = Home::new();
        let mut screen = Screen::open(&home, &["open", "s3"], columns, rows);
        let text = screen.wait_until("the lab", |t| t.contains("step 1 of 12"));
        frame_is_whole(&text, rows);
        screen.command("echo $COLUMNS $LINES ready-$((20+3))");
        let text = screen.wait_for("ready-23");
        frame_is_whole(&text, rows);
    }
}

/// After the end the alternate screen is left, the cursor shown and nothing of ours is on.
fn terminal_is_given_back(screen: &mut Screen) {
    let text = screen.text();
    let state = screen.parser.screen();
    assert!(!state.alternate_screen(), "the alternate screen is still shown:\n{text}");
    assert!(!state.hide_cursor(), "the cursor is still hidden");
    assert!(!state.bracketed_paste(), "bracketed paste is still on");
    let raw = String::from_utf8_lossy(&screen.raw);
    let (on, off) = (raw.rfind("\x1b[?1049h"), raw.rfind("\x1b[?1049l"));
    assert!(on.is_some() && on < off, "entered at {on:?}, left at {off:?}");
}

#[test]
fn a_command_in_the_shell_turns_its_step_green_by_itself() {
    let home = Home::new();
    let bucket = bucket(&home);
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.wait_for("0 of 18 points");
    screen.command(&format!("aws s3 mb s3://{bucket}"));
    screen.wait_for("make_bucket:");
    screen.command(&format!(
        "aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
    ));
    screen.wait_until("a pass", |t| t.contains("1 of 18 points"));
    screen.wait_until("the sign in the header", |t| {
        t.lines().next().is_some_and(|header| header.contains("1✔"))
    });
    let labs = home.json(&["labs", "--json"]);
    let done = labs.as_array().and_then(|all| all.iter().find(|l| l["id"] == "s3"));
    assert_eq!(done.map(|l| l["steps_done"].clone()), Some(1.into()), "{labs}");
}

#[test]
fn the_function_keys_do_what_the_footer_says() {
    let home = Home::new();
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.command("echo here-$((1+1))");
    screen.wait_for("here-2");
    screen.keys(F1);
    screen.wait_for("▸ Help");
    screen.keys("\x1b");
    screen.wait_until("the list closed", |t| !t.contains("▸ Help"));
    screen.keys(F3);
    screen.wait_for("to do");
    screen.keys(F4);
    screen.wait_until("a hint", |t| t.contains("Two commands"));
    screen.keys(F5);
    // The lab needs no engine, so its first view is the world's S3, and no other.
    screen.wait_until("the view of S3", |t| {
        t.lines().nth(1).is_some_and(|l| l.contains("S3 (F5 shows the next view)"))
    });
    screen.keys(F6);
    screen.wait_for("nothing to take back");
    screen.keys(F7);
    screen.wait_for("step 2 of 12");
    screen.keys(F8);
    screen.wait_for("▸ Reset the step");
    screen.keys("n");
    screen.wait_until("no question", |t| !t.contains("▸ Reset the step"));
    screen.keys(F9);
    screen.wait_for("course notes");
    screen.keys("\x1b");
    screen.wait_for("S3: who may read it");
    screen.keys(F10);
    screen.wait_for("learn distributed systems by doing");
    screen.keys(F10);
    assert_eq!(screen.wait_end(), 0);
    terminal_is_given_back(&mut screen);
}

#[test]
fn a_screen_inside_a_screen_is_refused_with_what_to_do() {
    let home = Home::new();
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.go_to_shell();
    screen.command("echo inside-$DISTLAB_INSIDE");
    screen.wait_for("inside-s3");
    for args in [&["open", "images"][..], &["open", "s3"], &[]] {
        let ran = home.command().args(args).env("DISTLAB_INSIDE", "s3").output().expect("it runs");
        let told = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{args:?}: {told}");
        assert!(told.contains("the shell of the lab s3") && told.contains("F10"), "{told}");
    }
}

#[test]
fn a_moved_border_is_there_the_next_time() {
    let home = Home::new();
    let border =
        |text: &str| text.lines().nth(1).and_then(|line| line.chars().position(|c| c == '┬'));
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.wait_for("0 of 18 points");
    let text = screen.wait_until("a border", |t| border(t).is_some());
    let before = border(&text).expect("seen");
    screen.keys("\x1d\x1b[D");
    screen.wait_until("it moved", |t| border(t) == Some(before - 2));
    screen.keys(F10);
    screen.wait_for("learn distributed systems by doing");
    screen.keys(F10);
    assert_eq!(screen.wait_end(), 0);
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.wait_until("where it was left", |t| border(t) == Some(before - 2));
}

#[test]
fn it_follows_the_window() {
    let home = Home::new();
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.go_to_shell();
    for (columns, rows) in [(80, 24), (160, 50), (60, 16), (100, 30)] {
        screen.resize(columns, rows);
        let last = usize::from(rows) - 1;
        screen.wait_until("a frame of the new size", |t| {
            t.lines().nth(last).is_some_and(|l| l.contains("F1 help"))
        });
        // The shell's own terminal has the size of its pane.
        screen.command("echo \"cols-$(stty size | cut -d' ' -f2).\"");
        let text = screen.wait_until("the shell's columns", |t| {
            t.split("cols-").skip(1).any(|p| p.starts_with(|c: char| c.is_ascii_digit()))
        });
        let told = text.split("cols-").skip(1).filter_map(|p| p.split('.').next()?.parse().ok());
        let told: u16 = told.last().expect("a number");
        assert!(told <= columns && told >= columns / 3, "{told} of {columns}:\n{text}");
        screen.command("clear");
        screen.wait_until("an empty shell", |t| !t.contains("cols-"));
    }
    screen.resize(50, 10);
    screen.wait_for("make it larger");
    screen.resize(100, 30);
    screen.wait_for("step 1 of 12");
}

#[test]
fn signals_give_the_terminal_back() {
    for signal in ["-TERM", "-HUP"] {
        let home = Home::new();
        let mut screen = Screen::open(&home, &["open", "s3"], 100, 30);
        screen.go_to_shell();
        let pid = screen.child.process_id().expect("it runs").to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().expect("sent");
        assert!(sent.success(), "kill {signal} {pid}");
        screen.wait_end();
        terminal_is_given_back(&mut screen);
        // The lab is free again.
        home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    }
}

/// Codes that set a colour (not those that set the default again).
pub(crate) fn colours(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let codes = text.split("\x1b[").skip(1).filter_map(|part| {
        let end = part.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == ':'))?;
        part[end..].starts_with('m').then(|| part[..end].to_owned())
    });
    let coloured = |code: &String| {
        code.split([';', ':'])
            .filter_map(|n| n.parse::<u16>().ok())
            .any(|n| matches!(n, 30..=38 | 40..=48 | 90..=97 | 100..=107))
    };
    codes.filter(coloured).collect()
}

#[test]
fn no_color_holds_and_colour_is_there_otherwise() {
    for (value, none) in [("1", true), ("", false)] {
        let home = Home::new();
        let mut screen =
            Screen::open_with(&home, &["open", "s3"], (120, 40), &[("NO_COLOR", value)]);
        screen.command("printf '\\e[31mred-%s\\e[0m\\n' word");
        screen.wait_for("red-word");
        screen.keys(F3);
        screen.wait_for("○ to do");
        let found = colours(&screen.raw);
        assert_eq!(found.is_empty(), none, "NO_COLOR={value:?}: {found:?}");
    }
}

#[test]
fn where_no_screen_fits_it_runs_line_by_line() {
    for (size, term) in [((50, 10), "xterm"), ((120, 40), "dumb")] {
        let home = Home::new();
        let mut screen = Screen::open_with(&home, &["open", "s3"], size, &[("TERM", term)]);
        screen.wait_for("step 1> ");
        screen.keys("steps\r");
        screen.wait_for("11.");
        screen.keys("quit\r");
        assert_eq!(screen.wait_end(), 0);
        let raw = String::from_utf8_lossy(&screen.raw);
        assert!(!raw.contains("\x1b["), "line mode prints no escape codes: {raw:?}");
    }
}

#[test]
fn a_saved_lab_file_is_read_again() {
    let home = Home::new();
    home.expect(0, &["new", "tiny", "--title", "The first title"]);
    let path = home.path().join("labs/cloud/01-tiny/lab.md");
    let mut screen = Screen::open(&home, &["--labs", "labs", "open", "tiny"], 120, 40);
    screen.wait_for("The first title");
    let text = std::fs::read_to_string(&path).expect("read");
    std::fs::write(&path, text.replace("Make a bucket", "Make a pail")).expect("written");
    screen.wait_for("Make a pail");
    std::fs::write(&path, "+++\nformat = 1\n").expect("written");
    screen.wait_for("lab.md");
    screen.wait_for("Make a pail");
}
