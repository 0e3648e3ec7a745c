//! The lines around everything: what is open, how it stands, and which keys are valid now.

use ratatui::layout::Rect;

use super::Canvas;
use app::actions::{ACTIONS, Press};
use app::flow::{Line, Tone, fit, wrap_text};
use app::lab::{Focus, verdict_sign};
use app::layout;
use app::leader::leader_name;
use app::overlay::Overlay;
use app::{Action, App, LabState, Screen};
use base::text::plural;

pub(super) fn draw(app: &App, area: Rect, canvas: &mut Canvas) {
    let frame = layout::frame(area.width, area.height);
    header(app, frame.header, canvas);
    if !long_message(app, frame, canvas) {
        status(app, frame.status, canvas);
        footer(app, frame.footer, canvas);
    }
}

fn header(app: &App, area: Rect, canvas: &mut Canvas) {
    let mut line = Line::of(Tone::Heading, " distlab ");
    let title = match app.screen {
        Screen::Home => "learn distributed systems by doing".to_owned(),
        Screen::Notes => "course notes".to_owned(),
        Screen::Lab => app.lab.as_ref().map_or_else(String::new, |l| l.lab.title.clone()),
    };
    line.push(Tone::Dim, "│ ");
    line.push(Tone::Bold, title);
    let room = usize::from(area.width);
    let right = app.lab_shown().map(|lab| steps_line(lab, room.saturating_sub(line.width() + 2)));
    let right_width = right.as_ref().map_or(0, Line::width);
    let taken = if right.is_some() { cells(right_width) + 2 } else { 0 };
    canvas.put(area.x, area.y, area.width.saturating_sub(taken), &line);
    if let Some(right) = right {
        let x = area.right().saturating_sub(cells(right_width) + 1);
        canvas.put(x, area.y, cells(right_width), &right);
    }
}

/// The step navigator: each step with its sign, the current one in brackets; only the current one
/// where there is no room for all.
fn steps_line(lab: &LabState, room: usize) -> Line {
    let mut line = Line::default();
    for (i, step) in lab.steps.iter().enumerate() {
        let (tone, sign) = verdict_sign(step.verdict);
        let sign = sign.chars().next().unwrap_or(' ');
        if i == lab.current {
            line.push(Tone::Bold, format!("[{}", i + 1));
            line.push(tone, sign.to_string());
            line.push(Tone::Bold, "]");
        } else {
            line.push(Tone::Plain, format!(" {}", i + 1));
            line.push(tone, sign.to_string());
            line.push(Tone::Plain, " ");
        }
    }
    if line.width() <= room.max(24) {
        return line;
    }
    Line::of(Tone::Bold, format!("step {} of {}", lab.current + 1, lab.steps.len()))
}

pub(super) fn draw_tabs(lab: &LabState, area: Rect, canvas: &mut Canvas) {
    let mut line = Line::of(Tone::Dim, "──");
    let view = lab.view.map_or("Views", |view| view.title);
    let tabs = [
        (Focus::Lesson, "Lesson"),
        (Focus::Checks, "Checks"),
        (Focus::View, view),
        (Focus::Shell, "Shell"),
    ];
    for (focus, title) in tabs {
        if focus == lab.focus {
            line.push(Tone::Heading, format!("[▸ {title}]"));
        } else {
            line.push(Tone::Plain, format!("  {title} "));
        }
        line.push(Tone::Dim, "──");
    }
    let rest = usize::from(area.width).saturating_sub(line.width());
    line.push(Tone::Dim, "─".repeat(rest));
    canvas.put(area.x, area.y, area.width, &line);
}

/// A message that is longer than a line takes the place of the keys too; whether there is one.
fn long_message(app: &App, frame: layout::Frame, canvas: &mut Canvas) -> bool {
    let Some(message) = &app.message else { return false };
    let width = usize::from(frame.status.width.saturating_sub(2));
    let text = format!("{}{}", sign(message.tone), message.text);
    if Line::of(message.tone, text.as_str()).width() <= width {
        return false;
    }
    let lines = wrap_text(message.tone, &text, width);
    let mut low = lines.get(1).map_or_else(String::new, Line::text);
    if lines.len() > 2 {
        low = fit(&format!("{low} {}", lines[2].text()), width.saturating_sub(1));
        low.push_str(if low.ends_with('…') { "" } else { "…" });
    }
    for (area, text) in [(frame.status, lines[0].text()), (frame.footer, low)] {
        canvas.text(area.x + 1, area.y, area.width.saturating_sub(1), message.tone, &text);
    }
    true
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✔ ",
        Tone::Bad => "✘ ",
        _ => "• ",
    }
}

fn status(app: &App, area: Rect, canvas: &mut Canvas) {
    let mut line = Line::of(Tone::Plain, " ");
    let busy = app.busy().map(|word| format!("… {word} "));
    let busy_width = busy.as_ref().map_or(0, |b| cells(Line::of(Tone::Dim, b.as_str()).width()));
    if let Some(message) = &app.message {
        line.push(message.tone, sign(message.tone));
        line.push(message.tone, message.text.clone());
    } else if let Some(lab) = app.lab_shown() {
        let room = usize::from(area.width.saturating_sub(busy_width + 1));
        line.push(Tone::Dim, lab_status(app, lab, room));
    } else if app.screen == Screen::Notes {
        line.push(Tone::Dim, plural(app.notes.pages.len(), "page"));
    } else if let Some(problem) = &app.home.engine_problem {
        line.push(Tone::Plain, format!("! {problem}"));
    } else if let Some(catalog) = &app.home.catalog {
        let done = catalog.labs.iter().filter(|l| l.steps > 0 && l.steps_done == l.steps).count();
        let text = format!("{}, {done} complete", plural(catalog.labs.len(), "lab"));
        line.push(Tone::Dim, text);
    }
    canvas.put(area.x, area.y, area.width.saturating_sub(busy_width), &line);
    if let Some(busy) = busy {
        canvas.text(area.right().saturating_sub(busy_width), area.y, busy_width, Tone::Dim, &busy);
    }
}

/// Where the learner is, and as much of the rest as has room.
fn lab_status(app: &App, lab: &LabState, room: usize) -> String {
    let now = lab.clock.at(app.wall_ms).format("%Y-%m-%d %H:%M:%S");
    let speed =
        if lab.clock.speed == 1 { String::new() } else { format!(" ×{}", lab.clock.speed) };
    let (earned, all) = lab.points();
    let mut text = format!("step {} of {}", lab.current + 1, lab.steps.len());
    // Where the checks are behind a tab, how the step stands is said here.
    let hidden = lab.focus != Focus::Checks && !app.window().beside();
    let stands = hidden.then(|| lab.stands());
    let points = format!("{earned} of {}", plural(all as usize, "point"));
    let time = format!("lab time {now}{speed}");
    let doors = lab.doors.iter().map(|(name, address)| format!("{name} {address}"));
    for part in stands.into_iter().chain([points, time]).chain(doors) {
        // Half a time or an address would be a wrong one.
        if text.chars().count() + 3 + part.chars().count() < room {
            text.push_str(" · ");
            text.push_str(&part);
        }
    }
    text
}

/// Key and word of everything that can be done now, as many as fit.
fn footer(app: &App, area: Rect, canvas: &mut Canvas) {
    let entries = footer_entries(app);
    let room = usize::from(area.width.saturating_sub(2));
    let mut line = Line::of(Tone::Plain, " ");
    for (i, (key, word)) in entries.iter().enumerate() {
        let width = Line::of(Tone::Plain, format!("{key} {word}  ")).width();
        let reserve = usize::from(i + 1 < entries.len());
        if line.width() + width + reserve > room + 2 {
            line.push(Tone::Dim, "…");
            break;
        }
        line.push(Tone::Bold, key.clone());
        line.push(Tone::Plain, format!(" {word}  "));
    }
    canvas.put(area.x, area.y, area.width, &line);
}

fn pair(key: &str, word: &str) -> (String, String) {
    (key.to_owned(), word.to_owned())
}

fn footer_entries(app: &App) -> Vec<(String, String)> {
    if app.border.sizing {
        return vec![pair("← →", "move the border"), pair("Esc", "done")];
    }
    if app.leader {
        let letters = ACTIONS.iter().filter(|a| (a.when)(app)).filter_map(|a| {
            let word = if a.short.is_empty() { a.name } else { a.short };
            Some((a.leader?.to_string(), word.to_owned()))
        });
        return letters.collect();
    }
    match app.overlays.last() {
        Some(Overlay::Confirm(_)) => return vec![pair("y", "yes"), pair("n", "no")],
        Some(Overlay::Draft(_)) => {
            return vec![pair("Esc", "keep and close"), pair("^C", "close without keeping")];
        }
        Some(Overlay::Prompt(_)) => return vec![pair("Enter", "do it"), pair("Esc", "close")],
        Some(Overlay::List(_)) => {
            return vec![
                pair("↑↓", "choose"),
                pair("Enter", "do it"),
                pair("letters", "search"),
                pair("Esc", "close"),
            ];
        }
        None => {}
    }
    let typing = app.typing();
    let shell = app.lab_shown().is_some_and(|l| l.focus == Focus::Shell);
    let mut entries = Vec::new();
    if typing && !shell {
        entries.push(pair("Enter", if app.screen == Screen::Lab { "answer" } else { "open" }));
        entries.push(pair("Esc", "stop typing"));
    }
    let reading = app.lab_shown().is_some_and(|l| l.focus == Focus::Lesson);
    // What the arrow keys do anyway, and what is said already, is left out.
    let said = |name| match name {
        "lesson-down" => reading,
        "open" => app.screen == Screen::Lab,
        _ => false,
    };
    let shown = |a: &&Action| !a.short.is_empty() && (a.when)(app) && !said(a.name);
    for action in ACTIONS.iter().filter(shown) {
        let key = action.keys.iter().find(|k| !typing || k.always(shell));
        if let Some(key) = key {
            entries.push((short_name(*key), footer_word(app, action.name, action.short)));
        }
    }
    if app.lab_shown().is_some() {
        let at = entries.len().min(2);
        entries.insert(at, pair(&leader_name(app.options.leader), "more"));
    }
    entries
}

/// The footer says where a key leads from here.
fn footer_word(app: &App, name: &str, word: &str) -> String {
    let word = match (name, app.lab_shown()) {
        ("focus", Some(lab)) if lab.focus == Focus::Shell => "lesson",
        ("focus", Some(_)) => "shell",
        ("fold", Some(_)) if app.border.folded => "unfold",
        ("leave", None) if app.screen == Screen::Home => "quit",
        ("leave", None) => "back",
        _ => word,
    };
    word.to_owned()
}

fn short_name(key: Press) -> String {
    match key {
        Press::Ctrl(c) => format!("^{}", c.to_ascii_uppercase()),
        key => key.name(),
    }
}

fn cells(width: usize) -> u16 {
    u16::try_from(width).unwrap_or(u16::MAX)
}
