//! Lesson blocks as lines of a given width. Tones say what a piece of text is, not how it looks:
//! the screen gives them colours, line mode prints them plain.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use course::{Block, Span};

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    #[default]
    Plain,
    Bold,
    Italic,
    Code,
    Link,
    Heading,
    /// Less important: rules, marks of continuation, labels.
    Dim,
    Good,
    Bad,
    Ask,
}

/// A run of text in one tone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Piece {
    pub text: String,
    pub tone: Tone,
}

/// One line, no wider than was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line(pub Vec<Piece>);

impl Line {
    #[must_use]
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![Piece { text: text.into(), tone }])
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|p| p.text.as_str()).collect()
    }

    #[must_use]
    pub fn width(&self) -> usize {
        self.0.iter().map(|p| p.text.width()).sum()
    }

    pub fn push(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push(Piece { text: text.into(), tone });
    }

    fn before(mut self, tone: Tone, mark: &str) -> Self {
        self.0.insert(0, Piece { text: mark.to_owned(), tone });
        self
    }
}

/// The narrowest width text is laid out for; below it lines are wider than asked.
const WIDTH_MIN: usize = 8;

/// What the lines are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// A screen: columns, drawn rules, no line wider than asked.
    Screen,
    /// To be read aloud or copied: no drawn signs, tables as lists, code lines whole.
    Speech,
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
    let screen = form == Form::Screen;
    match block {
        Block::Heading { level, text } => {
            let mut pieces = pieces(text);
            for piece in &mut pieces {
                piece.tone = Tone::Heading;
            }
            let marks = "#".repeat(usize::from(*level)) + " ";
            let first = lines.len();
            lines.extend(wrap(&pieces, width.saturating_sub(marks.len()).max(WIDTH_MIN)));
            if *level > 2 {
                lines[first..].iter_mut().enumerate().for_each(|(i, line)| {
                    let mark = if i == 0 { marks.clone() } else { " ".repeat(marks.len()) };
                    *line = std::mem::take(line).before(Tone::Dim, &mark);
                });
            }
        }
        Block::Paragraph(text) => lines.extend(wrap(&pieces(text), width)),
        Block::Code { text, .. } => lay_code(text, if screen { width } else { usize::MAX }, lines),
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
            super::table::lay_table(header, rows, width, lines);
        }
        Block::Table { header, rows } => super::table::lay_as_list(header, rows, width, lines),
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

/// The tone of each span.
#[must_use]
pub fn pieces(spans: &[Span]) -> Vec<Piece> {
    let tone = |s: &Span| match s {
        Span { link: Some(_), .. } => Tone::Link,
        Span { code: true, .. } => Tone::Code,
        Span { bold: true, .. } => Tone::Bold,
        Span { italic: true, .. } => Tone::Italic,
        _ => Tone::Plain,
    };
    spans.iter().map(|s| Piece { text: s.text.clone(), tone: tone(s) }).collect()
}

/// Text of one tone, wrapped.
#[must_use]
pub fn wrap_text(tone: Tone, text: &str, width: usize) -> Vec<Line> {
    wrap(&[Piece { text: text.to_owned(), tone }], width)
}

/// A label and a text that goes on below itself, not below the label.
#[must_use]
pub fn labelled(label: &Piece, text: &Piece, width: usize) -> Vec<Line> {
    let indent = label.text.width();
    let inner = wrap(std::slice::from_ref(text), width.saturating_sub(indent));
    let blank = " ".repeat(indent);
    inner
        .into_iter()
        .enumerate()
        .map(|(i, line)| match i {
            0 => line.before(label.tone, &label.text),
            _ => line.before(Tone::Plain, &blank),
        })
        .collect()
}

/// Breaks pieces into lines at blanks and line ends; a word wider than a line is broken where it
/// must be. At least one line.
#[must_use]
pub fn wrap(pieces: &[Piece], width: usize) -> Vec<Line> {
    let mut wrapper = Wrapper { width: width.max(WIDTH_MIN), ..Wrapper::default() };
    for piece in pieces {
        for c in piece.text.chars() {
            match c {
                '\n' => wrapper.end_line(),
                c if c.is_whitespace() => wrapper.blank(piece.tone),
                c if c.is_control() => {}
                c => wrapper.letter(c, piece.tone),
            }
        }
    }
    wrapper.end_line();
    wrapper.lines
}

/// Letters gather in `word`; a word goes to the line once it is known to fit.
#[derive(Default)]
struct Wrapper {
    width: usize,
    lines: Vec<Line>,
    line: Line,
    used: usize,
    word: Vec<(char, Tone)>,
    word_width: usize,
    /// The blank before the word, with the tone it has.
    gap: Option<Tone>,
}

impl Wrapper {
    fn letter(&mut self, c: char, tone: Tone) {
        let wide = c.width().unwrap_or(0);
        if self.word_width + wide > self.width {
            self.end_word();
            self.break_line();
        }
        self.word.push((c, tone));
        self.word_width += wide;
    }

    fn blank(&mut self, tone: Tone) {
        self.end_word();
        if self.used > 0 {
            self.gap = Some(tone);
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let gap = usize::from(self.gap.is_some());
        if self.used > 0 && self.used + gap + self.word_width > self.width {
            self.break_line();
        }
        if let Some(tone) = self.gap.take() {
            self.put(' ', tone);
            self.used += 1;
        }
        for (c, tone) in std::mem::take(&mut self.word) {
            self.put(c, tone);
        }
        self.used += std::mem::take(&mut self.word_width);
    }

    fn put(&mut self, c: char, tone: Tone) {
        match self.line.0.last_mut() {
            Some(piece) if piece.tone == tone => piece.text.push(c),
            _ => self.line.push(tone, c),
        }
    }

    fn break_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
        self.used = 0;
        self.gap = None;
    }

    fn end_line(&mut self) {
        self.end_word();
        self.break_line();
    }
}

/// Where a text has what is sought, in columns. Case does not count: `sought` is in small letters.
#[must_use]
pub fn places(text: &str, sought: &str) -> Vec<Range<usize>> {
    if sought.is_empty() {
        return Vec::new();
    }
    // A letter may become several small ones; each byte of them knows the columns it stands for.
    let (mut small, mut columns, mut column) = (String::new(), Vec::new(), 0);
    for c in text.chars() {
        let end = column + c.width().unwrap_or(0);
        small.extend(c.to_lowercase());
        columns.resize(small.len(), column..end);
        column = end;
    }
    let found = small.match_indices(sought);
    found.map(|(at, found)| columns[at].start..columns[at + found.len() - 1].end).collect()
}

/// The text, cut to `width` cells with `…` where something is missing.
#[must_use]
pub fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut cut, mut used) = (String::new(), 0);
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        cut.push(c);
    }
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// The text at exactly `width` cells: cut with `…`, or with blanks behind it.
#[must_use]
pub fn pad(text: &str, width: usize) -> String {
    let mut text = fit(text, width);
    let missing = width.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', missing));
    text
}
