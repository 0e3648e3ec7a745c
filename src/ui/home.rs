//! The home screen: the course with its progress, where the learner stopped, and what the chosen lab or
//! page is.

use ratatui::layout::Rect;

use super::Canvas;
use app::App;
use app::flow::{Line, Piece, Tone, fit, labelled, pad, wrap, wrap_text};
use app::home::{Home, Row, What};
use app::layout;
use app::ports::{Catalog, LabCard, PageCard};
use base::text::plural;
use course::Need;

/// Lines of the panel below the list that describes what is chosen.
const DETAIL_ROWS: u16 = 4;
/// From this many columns on that panel stands beside the list, and lists the steps too.
const BESIDE_COLS_MIN: u16 = 150;
/// A wider list only puts the figures far away from what they are about.
const LIST_COLS_MAX: u16 = 112;
/// From this many rows on there are lines to spare.
const SPARE_ROWS: u16 = 32;

/// Where the learner stopped, and what comes next.
const STOPPED: &str = "▶";
const NEXT: &str = "▷";

pub(super) fn draw(app: &App, area: Rect, canvas: &mut Canvas) {
    let body = layout::frame(area.width, area.height).body;
    let inside = Rect { x: body.x + 2, width: body.width.saturating_sub(3), ..body };
    let Some(catalog) = &app.home.catalog else {
        canvas.text(inside.x, inside.y, inside.width, Tone::Dim, "The course is being read …");
        return;
    };
    let spare = body.height >= SPARE_ROWS;
    let top = above(app, catalog, inside, spare, canvas);
    let rest = Rect { y: inside.y + top, height: inside.height.saturating_sub(top), ..inside };
    let shown = app.home.shown();
    if shown.is_empty() {
        let text = if catalog.labs.is_empty() && catalog.pages.is_empty() {
            "There are no labs. Give a folder of labs with --labs."
        } else {
            "Nothing has that in its name. Esc shows all."
        };
        canvas.text(rest.x, rest.y, rest.width, Tone::Plain, text);
        return;
    }
    let beside = area.width >= BESIDE_COLS_MIN;
    let (list, panel) = if beside {
        let width = LIST_COLS_MAX.min(rest.width * 3 / 5);
        let list = Rect { width, ..rest };
        let x = list.right() + 2;
        (list, Rect { x, width: rest.right().saturating_sub(x), ..rest })
    } else {
        let height = rest.height.saturating_sub(DETAIL_ROWS + 1);
        let list = Rect { height, ..rest };
        (list, Rect { y: list.bottom(), height: rest.height - height, ..rest })
    };
    draw_list(&app.home, catalog, &shown, list, spare, canvas);
    if let Some(chosen) = app.home.chosen() {
        detail(&chosen, &app.home, catalog, (panel, beside), canvas);
    }
}

/// What stands above the list: what is wrong with the course, the line to filter by, where the learner
/// stopped and what is next. How many lines that takes.
fn above(app: &App, catalog: &Catalog, area: Rect, spare: bool, canvas: &mut Canvas) -> u16 {
    let mut y = area.y;
    let mut lines = Vec::new();
    if let Some(problem) = &catalog.problem {
        let text = problem.lines().next().unwrap_or_default();
        lines.push(Line::of(Tone::Bad, format!("! {text}")));
    }
    if app.home.filtering || !app.home.filter.is_empty() {
        canvas.input(Rect { y, height: 1, ..area }, "Find: ", &app.home.filter);
        if !app.home.filtering {
            canvas.cursor = None;
        }
        y += 1;
    } else {
        lines.extend(standing(catalog, spare));
    }
    for line in &lines {
        canvas.put(area.x, y, area.width, line);
        y += 1;
    }
    if spare {
        y += 1;
    }
    y - area.y
}

/// Where the learner is in the course; of two lines only the first where there is no room to spare.
fn standing(catalog: &Catalog, spare: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(lab) = catalog.stopped() {
        let mut line = Line::of(Tone::Ask, format!("{STOPPED} "));
        line.push(Tone::Plain, "You stopped in ");
        line.push(Tone::Bold, lab.title.clone());
        if let Some((step, title)) = lab.at() {
            line.push(Tone::Plain, format!(", step {step} of {}: {title}", lab.steps));
        }
        lines.push(line);
    }
    if let Some(lab) = catalog.next().filter(|_| lines.is_empty() || spare) {
        let begun = catalog.labs.iter().any(|lab| lab.steps_done > 0);
        let word = if begun || !lines.is_empty() { "Next: " } else { "Begin with " };
        let mut line = Line::of(Tone::Ask, format!("{NEXT} "));
        line.push(Tone::Plain, word);
        line.push(Tone::Bold, lab.title.clone());
        line.push(Tone::Plain, format!(", {} min", lab.minutes));
        lines.push(line);
    }
    if lines.is_empty() && !catalog.labs.is_empty() {
        lines.push(Line::of(Tone::Good, "✔ Every lab is done."));
    }
    lines
}

fn draw_list(
    home: &Home,
    catalog: &Catalog,
    shown: &[Row<'_>],
    list: Rect,
    spare: bool,
    canvas: &mut Canvas,
) {
    let width = usize::from(list.width.saturating_sub(1));
    let (lines, places) = rows(home, catalog, shown, spare, width);
    let chosen = places.get(home.selected).copied().unwrap_or(0);
    let height = usize::from(list.height);
    // The headings above a first lab stay in sight with it; elsewhere a line below shows that it goes on.
    let scroll = (chosen + 2).saturating_sub(height);
    let first = canvas.lines(list, &lines, scroll);
    if let Some(row) = chosen.checked_sub(first).filter(|r| *r < height) {
        let y = list.y + u16::try_from(row).unwrap_or(0);
        canvas.choose(Rect { y, height: 1, width: list.width.saturating_sub(1), ..list });
    }
}

/// The list's lines, and the line of each row that can be chosen.
fn rows(
    home: &Home,
    catalog: &Catalog,
    shown: &[Row<'_>],
    spare: bool,
    width: usize,
) -> (Vec<Line>, Vec<usize>) {
    let (mut lines, mut places) = (Vec::new(), Vec::new());
    let stopped = catalog.stopped().map(|lab| lab.id.as_str());
    let next = catalog.next().map(|lab| lab.id.as_str());
    let (mut part, mut round) = (None, None);
    for row in shown {
        if part.replace(row.part) != Some(row.part) {
            let card = &catalog.parts[row.part];
            let new_round = round.replace(card.round) != Some(card.round);
            if !lines.is_empty() && (new_round || spare) {
                lines.push(Line::default());
            }
            if let Some(head) = catalog.rounds.get(card.round).filter(|_| new_round) {
                let mut line = Line::of(Tone::Heading, head.title.clone());
                let about = fit(&head.about, width.saturating_sub(line.width() + 2));
                line.push(Tone::Dim, format!("  {about}"));
                lines.push(line);
            }
            lines.push(part_heading(catalog, row.part, width));
        }
        places.push(lines.len());
        lines.push(match row.what {
            What::Lab(card) => {
                let id = Some(card.id.as_str());
                let mark = match () {
                    () if id == stopped => STOPPED,
                    () if id == next => NEXT,
                    () => " ",
                };
                lab_row(card, mark, home.engine_problem.is_some(), width)
            }
            What::Page(page) => page_row(page, width),
        });
    }
    (lines, places)
}

/// A topic's heading, with what of its labs is done and how long the rest takes.
fn part_heading(catalog: &Catalog, part: usize, width: usize) -> Line {
    let mut line = Line::of(Tone::Bold, format!(" {}", catalog.parts[part].title));
    let (mut labs, mut done, mut minutes) = (0, 0, 0);
    for lab in catalog.labs_of(part).filter(|lab| lab.problem.is_none()) {
        labs += 1;
        done += usize::from(lab.done());
        minutes += if lab.done() { 0 } else { lab.minutes };
    }
    if labs > 0 {
        let left = if minutes == 0 { String::new() } else { format!(", {minutes} min left") };
        let text = format!("{done} of {}{left}", plural(labs, "lab"));
        let gap = width.saturating_sub(line.width() + text.chars().count()).min(3);
        line.push(Tone::Dim, format!("{}{text}", " ".repeat(gap)));
    }
    line
}

/// A page of the notes in its place.
fn page_row(page: &PageCard, width: usize) -> Line {
    let mut line = Line::of(Tone::Plain, "  ");
    line.push(if page.read { Tone::Good } else { Tone::Dim }, if page.read { "✔ " } else { "· " });
    let facts = format!(" notes  {:>3} min  ", page.minutes);
    let (facts, need) = match width {
        0..68 => (facts, 1),
        _ => (facts, 12),
    };
    let tail = facts.chars().count() + need;
    line.push(Tone::Dim, pad(&page.title, width.saturating_sub(tail + 4)));
    line.push(Tone::Dim, format!("{facts}{}", " ".repeat(need)));
    line
}

/// A lab in its place: how it stands, what it is, how long it takes and what it needs.
fn lab_row(card: &LabCard, mark: &str, no_engine: bool, width: usize) -> Line {
    let (tone, sign) = match () {
        () if card.problem.is_some() => (Tone::Bad, "!"),
        () if card.done() => (Tone::Good, "✔"),
        () if card.steps_done > 0 => (Tone::Ask, "◐"),
        () => (Tone::Dim, "○"),
    };
    let mut line = Line::of(Tone::Ask, format!("{mark} "));
    line.push(tone, format!("{sign} "));
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
    line.push(Tone::Plain, pad(&card.title, width.saturating_sub(tail + 4)));
    line.push(Tone::Plain, facts);
    // The panel below says the rest; where there is no room for words the sign must do.
    let need = if need_width > 1 || need.is_empty() { need } else { &need[..1] };
    line.push(if need.contains(' ') { Tone::Bad } else { Tone::Dim }, pad(need, need_width));
    line
}

/// The panel about what is chosen; `beside` the list it has room for the steps.
fn detail(
    chosen: &What<'_>,
    home: &Home,
    catalog: &Catalog,
    (area, beside): (Rect, bool),
    canvas: &mut Canvas,
) {
    let width = usize::from(area.width);
    let mut lines = Vec::new();
    if !beside {
        lines.push(Line::of(Tone::Dim, "─".repeat(width)));
    }
    match chosen {
        What::Lab(card) => match &card.problem {
            Some(problem) => {
                lines.extend(wrap_text(Tone::Bad, &format!("! {problem}"), width));
            }
            None => opening(card, home, catalog, (width, beside), &mut lines),
        },
        What::Page(page) => about_page(page, width, &mut lines),
    }
    let room = usize::from(area.height);
    if lines.len() > room && room > 0 {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            *last = Line::of(Tone::Plain, fit(&format!("{} …", last.text()), width));
        }
    }
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        canvas.put(area.x, y, area.width, line);
    }
}

fn about_page(page: &PageCard, width: usize, lines: &mut Vec<Line>) {
    let word = if page.read { "Enter reads again" } else { "Enter reads" };
    let pieces = [
        (Tone::Plain, format!("{word} ")),
        (Tone::Bold, page.title.clone()),
        (Tone::Dim, format!(" ({}): a page of the notes, {} min", page.id, page.minutes)),
    ];
    let pieces = pieces.map(|(tone, text)| Piece { text, tone });
    lines.extend(wrap(&pieces, width));
}

/// What Enter does, what is better done before, and what is missing.
fn opening(
    card: &LabCard,
    home: &Home,
    catalog: &Catalog,
    (width, beside): (usize, bool),
    lines: &mut Vec<Line>,
) {
    let begun = card.steps_done > 0 || catalog.last.as_ref() == Some(&card.id);
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
        let done = |id: &String| {
            let lab = catalog.labs.iter().find(|lab| lab.id == *id);
            if lab.is_some_and(LabCard::done) { format!("{id} ✔") } else { id.clone() }
        };
        let labs: Vec<String> = card.after.iter().map(done).collect();
        lines.extend(wrap_text(Tone::Dim, &format!("Better after: {}", labs.join(", ")), width));
    }
    if let Some(problem) = home.engine_problem.as_ref().filter(|_| !card.needs.is_empty()) {
        let label = Piece { text: "! ".into(), tone: Tone::Bad };
        let text = Piece { text: problem.clone(), tone: Tone::Plain };
        lines.extend(labelled(&label, &text, width));
    }
    if beside {
        lines.push(Line::default());
        for (i, (title, done)) in card.outline.iter().enumerate() {
            let (tone, sign) = if *done { (Tone::Good, "✔") } else { (Tone::Dim, "○") };
            let mut line = Line::of(tone, format!("{sign} "));
            line.push(Tone::Plain, fit(&format!("{:>2}. {title}", i + 1), width.saturating_sub(2)));
            lines.push(line);
        }
    }
}
