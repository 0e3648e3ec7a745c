//! The terminal that a shell's output is written to, by Alacritty's model of one: narrowed, it breaks
//! its lines anew, and widened again it joins them, so that no text is lost. It knows no shell.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event, EventListener};
use alacritty_terminal::grid::{Dimensions, Scroll};
use alacritty_terminal::index::{Column, Line};
pub use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::term::{Config, TermMode};
pub use alacritty_terminal::vte::ansi::{Color, NamedColor};
use alacritty_terminal::vte::ansi::{Processor, Timeout};

use super::panics::caught;

/// Lines that can be scrolled back to. A line of 100 cells takes 2.4 kB.
pub const SCROLLBACK_LINES: usize = 2000;
/// As many as they may become in a narrower terminal, where one breaks into several.
const BROKEN_LINES_MAX: usize = 16_000;

/// A terminal of a size, with what was written to it.
pub struct Emulator {
    term: Term<Answers>,
    processor: Processor<Never>,
    answers: Answers,
    /// Lines that can be scrolled back to; never fewer than before, since those would be lost.
    history: usize,
}

/// What the terminal owes to the program that asked it something.
#[derive(Clone, Default)]
struct Answers(Rc<RefCell<Vec<u8>>>);

impl EventListener for Answers {
    fn send_event(&self, event: Event) {
        // Titles, bells and the clipboard are not a program's to change here.
        if let Event::PtyWrite(text) = event {
            self.0.borrow_mut().extend_from_slice(text.as_bytes());
        }
    }
}

/// Frames are drawn whole, so that a program which asks for updates at once is given no others: nothing
/// has to be held back for it, and one that never ends its update holds up nothing.
#[derive(Default)]
struct Never;

impl Timeout for Never {
    fn set_timeout(&mut self, _: Duration) {}
    fn clear_timeout(&mut self) {}
    fn pending_timeout(&self) -> bool {
        false
    }
}

struct Size {
    cols: u16,
    rows: u16,
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.cols)
    }
}

impl Emulator {
    /// An empty terminal. A wide letter must have room in it, and a line that is wrapped.
    #[must_use]
    pub fn new(cols: u16, rows: u16) -> Self {
        let answers = Answers::default();
        let history = SCROLLBACK_LINES;
        let term = Term::new(with(history), &at_least(cols, rows), answers.clone());
        Self { term, processor: Processor::new(), answers, history }
    }

    /// Takes what the programs wrote; gives back what the terminal answers.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.guarded(|emulator| emulator.processor.advance(&mut emulator.term, bytes));
        std::mem::take(&mut self.answers.0.borrow_mut())
    }

    /// Whether the size is another now.
    pub fn resize(&mut self, cols: u16, rows: u16) -> bool {
        let size = at_least(cols, rows);
        if self.size() == (size.rows, size.cols) {
            return false;
        }
        // A wide letter that does not fit leaves a column empty.
        let room = size.columns().saturating_sub(1).max(1);
        let parts = self.term.columns().div_ceil(room);
        let lines = self.term.total_lines().saturating_mul(parts).min(BROKEN_LINES_MAX);
        let history = self.history.max(lines);
        let more = std::mem::replace(&mut self.history, history) != history;
        self.guarded(|emulator| {
            if more {
                emulator.term.set_options(with(history));
            }
            emulator.term.resize(Size { ..size });
        });
        if self.size() != (size.rows, size.cols) {
            *self = Self::new(cols, rows);
        }
        true
    }

    /// Works on the model. Should it break on what `cat` of a binary file writes, the terminal is a new
    /// one, and the program goes on.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        let (rows, cols) = self.size();
        if caught(|| work(self)).is_none() {
            *self = Self::new(cols, rows);
            let told = b"[the terminal was cleared: it could not show what was written]\r\n";
            self.processor.advance(&mut self.term, told);
        }
    }

    /// Rows and columns.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        (small(self.term.screen_lines()), small(self.term.columns()))
    }

    /// Row and column of the cursor.
    #[must_use]
    pub fn cursor_position(&self) -> (u16, u16) {
        let point = self.term.grid().cursor.point;
        (u16::try_from(point.line.0).unwrap_or(0), small(point.column.0))
    }

    #[must_use]
    pub fn hide_cursor(&self) -> bool {
        !self.has(TermMode::SHOW_CURSOR)
    }

    /// Whether a program has the whole screen for itself (an editor, a pager).
    #[must_use]
    pub fn alternate_screen(&self) -> bool {
        self.has(TermMode::ALT_SCREEN)
    }

    #[must_use]
    pub fn bracketed_paste(&self) -> bool {
        self.has(TermMode::BRACKETED_PASTE)
    }

    #[must_use]
    pub fn application_cursor(&self) -> bool {
        self.has(TermMode::APP_CURSOR)
    }

    fn has(&self, mode: TermMode) -> bool {
        self.term.mode().contains(mode)
    }

    /// How many lines lie below what is shown.
    #[must_use]
    pub fn scrollback(&self) -> usize {
        self.term.grid().display_offset()
    }

    /// Scrolls so that `back` lines lie below what is shown, or as many as there are.
    pub fn scroll_to(&mut self, back: usize) {
        let back = back.min(self.term.grid().history_size());
        let by = whole(back) - whole(self.scrollback());
        if by != 0 {
            self.term.scroll_display(Scroll::Delta(by));
        }
    }

    /// A row of what is shown, cell by cell.
    #[must_use]
    pub fn row(&self, row: u16) -> &[Cell] {
        let line = i32::from(row) - whole(self.scrollback());
        self.cells(Line(line))
    }

    fn cells(&self, line: Line) -> &[Cell] {
        &self.term.grid()[line][..Column(self.term.columns())]
    }

    /// What is shown, a text for each row.
    pub fn rows(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.size().0).map(|row| {
            let mut text = String::new();
            push_text(self.row(row), &mut text);
            text.truncate(text.trim_end().len());
            text
        })
    }

    /// Every line from the oldest on, with how far back its beginning lies: the value for
    /// [`Self::scroll_to`] that shows it. What goes on over several rows is one line.
    #[must_use]
    pub fn lines(&self) -> Vec<(usize, String)> {
        let grid = self.term.grid();
        let (first, last) = (grid.topmost_line().0, grid.bottommost_line().0);
        let mut lines: Vec<(usize, String)> = Vec::new();
        let mut goes_on = false;
        for line in first..=last {
            let cells = self.cells(Line(line));
            if !goes_on {
                lines.push((usize::try_from(-line).unwrap_or(0), String::new()));
            }
            goes_on = cells.last().is_some_and(|cell| cell.flags.contains(Flags::WRAPLINE));
            if let Some((_, text)) = lines.last_mut() {
                push_text(cells, text);
                if !goes_on {
                    text.truncate(text.trim_end().len());
                }
            }
        }
        lines
    }
}

/// The letters of a row. The right half of a wide one is no letter, nor is the gap before one that did
/// not fit.
fn push_text(cells: &[Cell], text: &mut String) {
    let gaps = Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER;
    for cell in cells.iter().filter(|cell| !cell.flags.intersects(gaps)) {
        text.push(cell.c);
        text.extend(cell.zerowidth().into_iter().flatten());
    }
}

/// A terminal with so many lines to scroll back to.
fn with(history: usize) -> Config {
    Config { scrolling_history: history, ..Config::default() }
}

/// The smallest terminal that has a place for a wide letter and for a line that is wrapped.
fn at_least(cols: u16, rows: u16) -> Size {
    Size { cols: cols.max(2), rows: rows.max(2) }
}

fn small(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// There are no more lines than the scrollback has.
fn whole(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
