//! Lesson blocks as lines of a given width, for the screen and for line mode.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::flow::{Line, Piece, Tone, WIDTH_MIN, pieces, wrap, wrap_words};
use super::table::{lay_as_list, lay_table};
use course::{Block, Span};

/// What the lines are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// A screen: columns, drawn rules, no line wider than asked.
    Screen,
    /// To be read aloud or copied: no drawn signs, tables as lists, code lines whole.
    Speech,
    /// To be printed: columns, headings with their marks, links with where they lead, code lines whole.
    Print,
}

impl Form {
    fn wrap(self, pieces: &[Piece], width: usize) -> Vec<Line> {
        match self {
            Self::Screen => wrap(pieces, width),
            Self::Speech | Self::Print => wrap_words(pieces, width),
        }
    }
}

/// Lays blocks out for the screen, with an empty line between them.
#[must_use]
pub fn lay(blocks: &[Block], width: usize) -> Vec<Line> {
    lay_as(blocks, width, Form::Screen)
}

/// Lays blocks out for line mode. A line of code is as long as it is.
#[must_use]
pub fn lay_for_speech(blocks: &[Block], width: usize) -> Vec<Line> {
    lay_as(blocks, width, Form::Speech)
}

/// Lays blocks out for a terminal or a file that shows no tones.
#[must_use]
pub fn lay_to_print(blocks: &[Block], width: usize) -> Vec<Line> {
    let mut blocks = blocks.to_vec();
    blocks.iter_mut().for_each(tell_links);
    lay_as(&blocks, width, Form::Print)
}

/// Writes behind a link where it leads, unless its text says so.
fn tell_links(block: &mut Block) {
    let tell = |spans: &mut Vec<Span>| {
        let mut told = Vec::new();
        for (i, span) in spans.iter().enumerate() {
            let ends = spans.get(i + 1).is_none_or(|next| next.link != span.link);
            let target = span.link.as_deref().filter(|link| ends && !span.text.contains(*link));
            told.push(span.clone());
            told.extend(target.map(|to| Span { text: format!(" ({to})"), ..Span::default() }));
        }
        *spans = told;
    };
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) => tell(text),
        Block::Table { header, rows } => {
            header.iter_mut().chain(rows.iter_mut().flatten()).for_each(tell);
        }
        Block::Quote(inside) => inside.iter_mut().for_each(tell_links),
        Block::List { items, .. } => items.iter_mut().flatten().for_each(tell_links),
        Block::Code { .. } | Block::Rule => {}
    }
}

fn lay_as(blocks: &[Block], width: usize, form: Form) -> Vec<Line> {
    let width = width.max(WIDTH_MIN);
    let mut lines = Vec::new();
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            lines.push(Line::default());
        }
        lay_block(block, width, form, &mut lines);
    }
    lines
}

fn lay_block(block: &Block, width: usize, form: Form, lines: &mut Vec<Line>) {
    let screen = form != Form::Speech;
    match block {
        Block::Heading { level, text } => {
            let mut pieces = pieces(text);
            for piece in &mut pieces {
                piece.tone = Tone::Heading;
            }
            let marks = "#".repeat(usize::from(*level)) + " ";
            let first = lines.len();
            let room = width.saturating_sub(marks.len()).max(WIDTH_MIN);
            lines.extend(form.wrap(&pieces, room));
            if *level > 2 || form == Form::Print {
                lines[first..].iter_mut().enumerate().for_each(|(i, line)| {
                    let mark = if i == 0 { marks.clone() } else { " ".repeat(marks.len()) };
                    *line = std::mem::take(line).before(Tone::Dim, &mark);
                });
            }
        }
        Block::Paragraph(text) => lines.extend(form.wrap(&pieces(text), width)),
        Block::Code { text, .. } => {
            lay_code(text, if form == Form::Screen { width } else { usize::MAX }, lines);
        }
        Block::List { first, items } => {
            let bullet = if screen { "• " } else { "- " };
            for (i, item) in items.iter().enumerate() {
                let mark =
                    first.map_or_else(|| bullet.to_owned(), |n| format!("{}. ", n + i as u64));
                lay_inside(item, (width, form), &mark, &" ".repeat(mark.width()), lines);
            }
        }
        Block::Quote(inner) => {
            let bar = if screen { "│ " } else { "  " };
            lay_inside(inner, (width, form), bar, bar, lines);
        }
        Block::Table { header, rows } if screen => {
            lay_table(header, rows, width, lines);
        }
        Block::Table { header, rows } => lay_as_list(header, rows, width, lines),
        Block::Rule => {
            let sign = if screen { "─" } else { "-" };
            lines.push(Line::of(Tone::Dim, sign.repeat(width)));
        }
    }
}

/// Blocks with a mark before their first line and another before the rest.
fn lay_inside(
    blocks: &[Block],
    (width, form): (usize, Form),
    first: &str,
    rest: &str,
    lines: &mut Vec<Line>,
) {
    // A tight list has no empty lines between a text and the list below it.
    let tight = matches!(blocks, [Block::Paragraph(_), Block::List { .. }]);
    let mut inner = lay_as(blocks, width.saturating_sub(first.width()), form);
    if tight {
        inner.retain(|line| !line.0.is_empty());
    }
    if inner.is_empty() {
        inner.push(Line::default());
    }
    for (i, line) in inner.into_iter().enumerate() {
        lines.push(line.before(Tone::Dim, if i == 0 { first } else { rest }));
    }
}

/// Code keeps its line ends; a line that is too long goes on below after `↳`, broken at a blank
/// where one is near.
fn lay_code(text: &str, width: usize, lines: &mut Vec<Line>) {
    for source in text.trim_end_matches('\n').split('\n') {
        let source = source.replace('\t', "    ");
        let mut mark = "  ";
        for part in code_parts(&source, width.saturating_sub(2)) {
            let mut line = Line::of(Tone::Dim, mark);
            line.push(Tone::Code, part);
            lines.push(line);
            mark = "↳ ";
        }
    }
}

/// How far from the end of a line of code a blank is worth breaking at.
const BLANK_NEAR: usize = 30;

fn code_parts(source: &str, width: usize) -> Vec<String> {
    let (mut parts, mut run, mut used) = (Vec::new(), String::new(), 0);
    for c in source.chars().filter(|c| !c.is_control()) {
        let wide = c.width().unwrap_or(0);
        if used + wide > width {
            let blank = run.trim_end_matches(' ').rfind(' ').map(|at| at + 1);
            let near = blank.filter(|at| run[*at..].width() <= BLANK_NEAR.min(width / 2));
            // Blanks that indent the line are no place to break it.
            let place = near.filter(|at| !run[..*at].trim().is_empty());
            let rest = run.split_off(place.unwrap_or(run.len()));
            parts.push(std::mem::replace(&mut run, rest));
            used = run.width();
        }
        run.push(c);
        used += wide;
    }
    parts.push(run);
    parts
}
