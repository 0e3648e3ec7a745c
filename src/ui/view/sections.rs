//! A view made of general parts: any system that describes itself with `sim::view` is drawn here.
//! Tables are laid out as those of a lesson, so that they fit a narrow pane too.

use app::flow::{Line, Piece, Tone, labelled, pad, wrap_text};
use app::lay::lay;
use course::{Block, Span};
use sim::view::{Part, View};
use unicode_width::UnicodeWidthStr as _;

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
        Part::Table { columns, rows } => {
            let cell = |text: &String| vec![Span { text: text.clone(), ..Span::default() }];
            let cells = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>();
            let header = cells(columns);
            lay(&[Block::Table { header, rows: rows.iter().map(cells).collect() }], width)
        }
    }
}
