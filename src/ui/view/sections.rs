//! A view made of general parts: any system that describes itself with `sim::view` is drawn here.
//! Tables are laid out as those of a lesson, so that they fit a narrow pane too.

use app::flow::{Line, Piece, Tone, labelled, pad, wrap, wrap_text};
use app::lay::lay;
use course::{Block, Span};
use sim::view::{Branch, Mood, Part, View};
use unicode_width::UnicodeWidthStr as _;

/// Before a branch's text where it goes on.
const BAR: usize = 2;

/// Between a fact's name and its value.
const GAP: usize = 2;

pub(super) fn lines(view: &View, width: usize) -> Vec<Line> {
    if view.sections.is_empty() {
        return vec![Line::of(Tone::Dim, "There is nothing to show yet.")];
    }
    let mut lines = Vec::new();
    for section in &view.sections {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        if !section.heading.is_empty() {
            lines.extend(wrap_text(Tone::Heading, &section.heading, width));
        }
        for part in &section.parts {
            lines.extend(part_lines(part, width));
        }
    }
    lines
}

fn part_lines(part: &Part, width: usize) -> Vec<Line> {
    match part {
        Part::Note(text) => wrap_text(Tone::Dim, text, width),
        Part::Facts(facts) => {
            let names = facts.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
            let line = |(name, value): &(String, String)| {
                // Of a narrow pane the names take half at most.
                let name = pad(name, names.min(width / 2) + GAP);
                let label = Piece { text: name, tone: Tone::Dim };
                labelled(&label, &Piece { text: value.clone(), tone: Tone::Plain }, width)
            };
            facts.iter().flat_map(line).collect()
        }
        Part::Tree(branches) => {
            let mut lines = Vec::new();
            tree(branches, "", width, &mut lines);
            lines
        }
        Part::Table { columns, rows } => {
            let cell = |text: &String| vec![Span { text: text.clone(), ..Span::default() }];
            let cells = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>();
            let header = cells(columns);
            lay(&[Block::Table { header, rows: rows.iter().map(cells).collect() }], width)
        }
    }
}

/// Branches below each other, each joined to what it hangs on. A text that is too long goes on below
/// itself.
fn tree(branches: &[Branch], indent: &str, width: usize, lines: &mut Vec<Line>) {
    for (i, branch) in branches.iter().enumerate() {
        let last = i + 1 == branches.len();
        let (first, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let below = format!("{indent}{rest}");
        let room = width.saturating_sub(below.width() + BAR);
        for (i, mut line) in wrap(&said(branch), room).into_iter().enumerate() {
            let mark = match (i, branch.children.is_empty()) {
                (0, _) => format!("{indent}{first}"),
                (_, true) => format!("{below}  "),
                // What goes on does not hide what hangs on it.
                (_, false) => format!("{below}│ "),
            };
            line.0.insert(0, Piece { text: mark, tone: Tone::Dim });
            lines.push(line);
        }
        tree(&branch.children, &below, width, lines);
    }
}

fn said(branch: &Branch) -> Vec<Piece> {
    let (sign, tone) = match branch.mood {
        Mood::Plain => ("", Tone::Plain),
        Mood::Aside => ("", Tone::Dim),
        Mood::Good => ("✔ ", Tone::Good),
        Mood::Bad => ("✘ ", Tone::Bad),
        Mood::Going => ("◌ ", Tone::Ask),
    };
    let text = if branch.mood == Mood::Aside { Tone::Dim } else { Tone::Plain };
    vec![Piece { text: sign.to_owned(), tone }, Piece { text: branch.text.clone(), tone: text }]
}
