//! From a key to what it does on the screen, in `distlab` and in tmux by the same script: the focus
//! moved while the shell is quiet and while it is flooded, a typed key's echo, and Ctrl-C under flood.

use std::time::{Duration, Instant};

use crate::screen::{LAB, Screen};
use crate::sheet::{Bar, Sheet, percentile, times};
use crate::tmux::Tmux;

/// Presses of which the percentiles are taken.
const PRESSES: usize = 300;
/// Keys that are typed into one line before it is wiped.
const LINE: usize = 20;
/// How often a flood is stopped.
const STOPS: usize = 10;

const F2: &[u8] = b"\x1bOQ";
const CTRL_C: &[u8] = b"\x03";
const CTRL_U: &[u8] = b"\x15";

/// A screen with a shell in it that has the focus, and how it shows where the focus is.
struct Side<'a> {
    screen: &'a mut Screen,
    shell: &'static str,
    other: &'static str,
    /// How many prompts the shell has shown since they count.
    prompts: usize,
}

impl Side<'_> {
    /// Runs a command line and waits for the prompt behind it.
    fn command(&mut self, line: &str) {
        self.screen.press(format!("{line}\r").as_bytes());
        self.prompts += 1;
        let prompt = self.prompt();
        self.screen.wait(Instant::now(), &[prompt.trim_end()]);
    }

    /// The newest prompt, which no other is like.
    fn prompt(&self) -> String {
        format!("ready-{}> ", self.prompts)
    }
}

/// What was read on one side, in milliseconds.
struct Times {
    calm: Vec<f64>,
    flooded: Vec<f64>,
    echo: Vec<f64>,
    stop: Vec<f64>,
}

pub(crate) fn key(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut ours = {
        let mut screen = Screen::ours(home.path(), &["open", "s3"]);
        screen.wait(screen.began, LAB);
        read(Side { screen: &mut screen, shell: "▸ Shell", other: "▸ Lesson", prompts: 0 })
    };
    let mut theirs = Tmux::found().map(|tmux| {
        let mut there = tmux.start();
        let screen = &mut there.screen;
        screen.wait(screen.began, &[Tmux::FRAME, Tmux::PROMPT]);
        read(Side { screen, shell: Tmux::FRAME, other: "<pane 0>", prompts: 0 })
    });
    let mut add = |what: &str, bar, part: fn(&mut Times) -> &mut Vec<f64>| {
        let spread = |values: &mut [f64]| [50, 90, 99].map(|p| percentile(values, p));
        let mine = part(&mut ours);
        let (count, [p50, p90, p99]) = (mine.len(), spread(mine));
        let peer = theirs.as_mut().map_or("no tmux here".into(), |theirs| {
            let [t50, _, t99] = spread(part(theirs));
            format!(
                "tmux p50 {t50:.1} ms, p99 {t99:.1} ms, ratio {:.2} and {:.2}",
                p50 / t50,
                p99 / t99
            )
        });
        let note = format!("{count} times, p50 {p50:.1} ms, p90 {p90:.1} ms; {peer}");
        sheet.add("key", format!("{what}, p99"), p99, "ms", bar, note);
    };
    let bar = Bar::AtMost(8.0);
    add("key to frame, flooded shell", bar, |times| &mut times.flooded);
    add("key to frame, quiet shell", bar, |times| &mut times.calm);
    add("echo of a typed key", Bar::None, |times| &mut times.echo);
    add("Ctrl-C under flood to the prompt", Bar::None, |times| &mut times.stop);
}

fn read(mut side: Side<'_>) -> Times {
    // A prompt that counts tells one end of a command from another.
    side.command("PROMPT_COMMAND='PS1=\"ready-$((++n))> \"'; clear");
    side.screen.watch(Duration::from_secs(1));
    let calm = presses(&mut side);
    let echo = echoes(&mut side);
    let (mut flooded, mut stop) = (Vec::new(), Vec::new());
    for number in 0..times(STOPS) {
        side.screen.press(b"yes distributed\r");
        let flood = |text: &str| text.matches("distributed").count() > 9;
        side.screen.wait_until(Instant::now(), "a flood", flood);
        side.screen.watch(Duration::from_secs(1));
        if number == 0 {
            flooded = presses(&mut side);
        }
        side.prompts += 1;
        let (prompt, pressed) = (side.prompt(), Instant::now());
        side.screen.press(CTRL_C);
        stop.push(side.screen.wait(pressed, &[prompt.trim_end()]));
        side.command("clear");
    }
    Times { calm, flooded, echo, stop }
}

/// Moves the focus there and back, at no fixed distance from the program's own frames.
fn presses(side: &mut Side<'_>) -> Vec<f64> {
    let count = times(PRESSES) / 2 * 2;
    let mut found = Vec::with_capacity(count);
    for number in 0..count as u64 {
        side.screen.watch(Duration::from_micros(3_000 + number * 7_919 % 17_000));
        let next = if number % 2 == 0 { side.other } else { side.shell };
        let pressed = Instant::now();
        side.screen.press(F2);
        found.push(side.screen.wait(pressed, &[next]));
    }
    found
}

/// Types letters at the prompt, each once the one before it is seen.
fn echoes(side: &mut Side<'_>) -> Vec<f64> {
    let mut found = Vec::new();
    for number in 0..times(PRESSES) as u64 {
        let typed = usize::try_from(number).unwrap_or(0) % LINE + 1;
        side.screen.watch(Duration::from_micros(3_000 + number * 7_919 % 17_000));
        let shown = side.prompt() + &"q".repeat(typed);
        let pressed = Instant::now();
        side.screen.press(b"q");
        found.push(side.screen.wait(pressed, &[&shown]));
        if typed == LINE {
            side.screen.press(CTRL_U);
            let gone = side.prompt() + "q";
            side.screen.wait_until(Instant::now(), "an empty line", |t| !t.contains(&gone));
        }
    }
    side.screen.press(CTRL_U);
    found
}
