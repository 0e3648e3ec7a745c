//! Text broken into lines of a given width. Tones say what a piece of text is, not how it looks: the
//! screen gives them colours, line mode prints them plain. Blocks of a lesson are laid out by `lay`.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use course::Span;

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

    pub(super) fn before(mut self, tone: Tone, mark: &str) -> Self {
        self.0.insert(0, Piece { text: mark.to_owned(), tone });
        self
    }
}

/// The narrowest width text is laid out for; below it lines are wider than asked.
pub(super) const WIDTH_MIN: usize = 8;

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
    break_at_blanks(pieces, Wrapper { width: width.max(WIDTH_MIN), ..Wrapper::default() })
}

/// As [`wrap`], but a word wider than a line stays whole: a path or an address that is read aloud, or
/// copied, is one.
#[must_use]
pub fn wrap_words(pieces: &[Piece], width: usize) -> Vec<Line> {
    let width = width.max(WIDTH_MIN);
    break_at_blanks(pieces, Wrapper { width, whole: true, ..Wrapper::default() })
}

fn break_at_blanks(pieces: &[Piece], mut wrapper: Wrapper) -> Vec<Line> {
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
    /// Whether a word is never broken.
    whole: bool,
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
        if !self.whole && self.word_width + wide > self.width {
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
