//! The home screen: labs by track, with progress, and what the chosen one is.

use ratatui::layout::Rect;

use super::Canvas;
use app::App;
use app::flow::{Line, Piece, Tone, fit, labelled, pad, wrap, wrap_text};
use app::home::{Home, track_title};
use app::layout;
use app::ports::LabCard;
use base::text::plural;
use course::Need;

/// Lines of the panel that describes the chosen lab.
const DETAIL_ROWS: u16 = 4;

pub(super) fn draw(app: &App, area: Rect, canvas: &mut Canvas) {
    let body = layout::frame(area.width, area.height).body;
    let filter_shown = app.home.filtering || !app.home.filter.is_empty();
    let top = u16::from(filter_shown);
    let list = Rect {
        x: body.x + 2,
        y: body.y + top,
        width: body.width.saturating_sub(3),
        height: body.height.saturating_sub(DETAIL_ROWS + 1 + top),
    };
    if filter_shown {
        let line = Rect { x: body.x + 2, height: 1, width: body.width.saturating_sub(3), ..body };
        canvas.input(line, "Find a lab: ", &app.home.filter);
        if !app.home.filtering {
            canvas.cursor = None;
        }
    }
    let Some(catalog) = &app.home.catalog else {
        canvas.text(list.x, list.y, list.width, Tone::Dim, "The labs are being read …");
        return;
    };
    let shown = app.home.shown();
    if shown.is_empty() {
        let text = if catalog.labs.is_empty() {
            "There are no labs. Give a folder of labs with --labs."
        } else {
            "No lab has that in its name. Esc shows all."
        };
        canvas.text(list.x, list.y, list.width, Tone::Plain, text);
        return;
    }
    let (lines, places) =
        rows(&shown, app.home.engine_problem.is_some(), usize::from(list.width.saturating_sub(1)));
    let chosen = places.get(app.home.selected).copied().unwrap_or(0);
    let height = usize::from(list.height);
    // The heading of a track stays in sight with its first lab.
    let scroll = (chosen + 2).saturating_sub(height);
    let first = canvas.lines(list, &lines, scroll);
    if let Some(row) = chosen.checked_sub(first).filter(|r| *r < height) {
        let y = list.y + u16::try_from(row).unwrap_or(0);
        canvas.choose(Rect { y, height: 1, width: list.width.saturating_sub(1), ..list });
    }
    if let Some(card) = app.home.chosen() {
        let y = list.bottom();
        detail(
            card,
            &app.home,
            Rect { y, height: body.bottom().saturating_sub(y), ..list },
            canvas,
        );
    }
}

/// The list's lines, and the line of each lab.
fn rows(shown: &[&LabCard], no_engine: bool, width: usize) -> (Vec<Line>, Vec<usize>) {
    let (mut lines, mut places) = (Vec::new(), Vec::new());
    let mut track = None;
    for card in shown {
        if track != Some(&card.track) {
            if track.is_some() {
                lines.push(Line::default());
            }
            track = Some(&card.track);
            lines.push(Line::of(Tone::Heading, track_title(&card.track)));
        }
        places.push(lines.len());
        lines.push(row(card, no_engine, width));
    }
    (lines, places)
}

fn row(card: &LabCard, no_engine: bool, width: usize) -> Line {
    let (tone, sign) = match () {
        () if card.problem.is_some() => (Tone::Bad, "!"),
        () if card.steps > 0 && card.steps_done == card.steps => (Tone::Good, "✔"),
        () if card.steps_done > 0 => (Tone::Ask, "◐"),
        () => (Tone::Dim, "○"),
    };
    let mut line = Line::of(tone, format!(" {sign} "));
    let missing = no_engine && !card.needs.is_empty();
    let need = match () {
        () if card.problem.is_some() => "! has error",
        () if missing => "! no Docker",
        () if card.needs.contains(&Need::Swarm) => "swarm",
        () if card.needs.contains(&Need::Docker) => "Docker",
        () => "",
    };
    let steps = format!("{}/{}", card.steps_done, card.steps);
    let minutes = format!("{} min", card.minutes);
    let (facts, need_width) = match width {
        0..68 => (format!(" {steps:>5}  {minutes:>7}  "), 1),
        68..96 => (
            format!(
                " {:>11}  {minutes:>7}  ",
                format!("{}/{}", card.steps_done, plural(card.steps, "step"))
            ),
            12,
        ),
        _ => {
            let points =
                format!("{}/{}", card.points_earned, plural(card.points as usize, "point"));
            (
                format!(
                    " {:>11}  {points:>12}  {minutes:>7}  ",
                    format!("{}/{}", card.steps_done, plural(card.steps, "step"))
                ),
                12,
            )
        }
    };
    let tail = facts.chars().count() + need_width;
    line.push(Tone::Plain, pad(&card.title, width.saturating_sub(tail + 3)));
    line.push(Tone::Plain, facts);
    // The panel below says the rest; where there is no room for words the sign must do.
    let need = if need_width > 1 || need.is_empty() { need } else { &need[..1] };
    line.push(if need.contains(' ') { Tone::Bad } else { Tone::Dim }, pad(need, need_width));
    line
}

fn detail(card: &LabCard, home: &Home, area: Rect, canvas: &mut Canvas) {
    let width = usize::from(area.width);
    canvas.text(area.x, area.y, area.width, Tone::Dim, &"─".repeat(width));
    let mut lines = Vec::new();
    if let Some(problem) = &card.problem {
        lines.extend(wrap_text(Tone::Bad, &format!("! {problem}"), width));
    } else {
        opening(card, home, width, &mut lines);
    }
    let room = usize::from(area.height.saturating_sub(1));
    if lines.len() > room && room > 0 {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            *last = Line::of(Tone::Plain, fit(&format!("{} …", last.text()), width));
        }
    }
    for (y, line) in (area.y + 1..area.bottom()).zip(&lines) {
        canvas.put(area.x, y, area.width, line);
    }
}

/// What Enter does, what is better done before, and what is missing.
fn opening(card: &LabCard, home: &Home, width: usize, lines: &mut Vec<Line>) {
    {
        let last = home.catalog.as_ref().and_then(|c| c.last.as_ref());
        let begun = card.steps_done > 0 || last == Some(&card.id);
        let word = if begun { "Enter goes on with" } else { "Enter opens" };
        let left = card.steps.saturating_sub(card.steps_done);
        let rest = match left {
            0 => "every step is done".to_owned(),
            n => format!("{} to do", plural(n, "step")),
        };
        let points = format!("{} of {}", card.points_earned, plural(card.points as usize, "point"));
        let pieces = [
            (Tone::Plain, format!("{word} ")),
            (Tone::Bold, card.title.clone()),
            (Tone::Dim, format!(" ({}): {rest}, {points}", card.id)),
        ];
        let pieces = pieces.map(|(tone, text)| Piece { text, tone });
        lines.extend(wrap(&pieces, width));
        if !card.after.is_empty() {
            lines.extend(wrap_text(
                Tone::Dim,
                &format!("Better after: {}", card.after.join(", ")),
                width,
            ));
        }
        if let Some(problem) = home.engine_problem.as_ref().filter(|_| !card.needs.is_empty()) {
            let label = Piece { text: "! ".into(), tone: Tone::Bad };
            let text = Piece { text: problem.clone(), tone: Tone::Plain };
            lines.extend(labelled(&label, &text, width));
        }
    }
}
