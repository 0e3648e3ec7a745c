//! The learner's shell as the screen knows it: what its terminal shows, and whether it runs. The
//! pseudo-terminal itself belongs to the runtime.

use tui_term::vt100::{Callbacks, Parser, Screen};

use super::msg::Effect;
use super::panics::caught;

/// Lines that can be scrolled back to. A line of 100 cells takes 3.2 kB.
pub const SCROLLBACK_LINES: usize = 2000;

/// A terminal with the learner's shell.
pub struct Shell {
    /// Messages of another shell's number are dropped.
    pub id: u64,
    /// The node whose shell it is; `None` for the lab's own.
    pub node: Option<String>,
    parser: Parser<Answers>,
    /// How it ended, once it has.
    pub ended: Option<String>,
}

/// What the terminal owes to the program that asked it something.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut Screen,
        first: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        letter: char,
    ) {
        let param = params.first().and_then(|p| p.first()).copied().unwrap_or(0);
        match (first, letter, param) {
            // DSR: the state of the terminal, and where the cursor is.
            (None, 'n', 5) => self.0.extend(b"\x1b[0n"),
            (None, 'n', 6) => {
                let (row, col) = screen.cursor_position();
                self.0.extend(format!("\x1b[{};{}R", row + 1, col + 1).bytes());
            }
            // DA: a VT100 with advanced video.
            (None, 'c', 0) => self.0.extend(b"\x1b[?1;2c"),
            _ => {}
        }
    }
}

impl Shell {
    /// A terminal of this size; neither side is ever 0.
    #[must_use]
    pub fn new(id: u64, node: Option<String>, (cols, rows): (u16, u16)) -> Self {
        let (cols, rows) = at_least(cols, rows);
        Self { id, node, parser: fresh(cols, rows), ended: None }
    }

    /// Starts the program in it.
    #[must_use]
    pub fn start(&self) -> Effect {
        let (rows, cols) = self.screen().size();
        Effect::ShellStart { shell: self.id, node: self.node.clone(), cols, rows }
    }

    #[must_use]
    pub fn screen(&self) -> &Screen {
        self.parser.screen()
    }

    /// Takes what the programs wrote; gives back what the terminal answers.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.guarded(|parser| parser.process(bytes));
        std::mem::take(&mut self.parser.callbacks_mut().0)
    }

    /// Works on the parser. It panics on some sequences that no program writes but `cat` of a
    /// binary file does (a wrap at the top of a scroll region, vt100 0.16); the terminal is a new
    /// one then.
    fn guarded(&mut self, work: impl FnOnce(&mut Parser<Answers>)) {
        let (rows, cols) = self.screen().size();
        let parser = &mut self.parser;
        if caught(|| work(parser)).is_none() {
            self.parser = fresh(cols, rows);
            self.parser
                .process(b"[the terminal was cleared: it could not show what was written]\r\n");
        }
    }

    /// Whether the size is another now.
    pub fn resize(&mut self, cols: u16, rows: u16) -> bool {
        let (cols, rows) = at_least(cols, rows);
        let (old_rows, old_cols) = self.screen().size();
        if (old_rows, old_cols) == (rows, cols) {
            return false;
        }
        let (row, col) = self.screen().cursor_position();
        if row >= rows && !self.screen().alternate_screen() {
            // The parser would drop the lowest rows; scroll the topmost away instead.
            let surplus = row + 1 - rows;
            let feeds = "\n".repeat(usize::from(surplus));
            let text = format!("\x1b[{old_rows};1H{feeds}\x1b[{};{}H", row + 1 - surplus, col + 1);
            self.guarded(|parser| parser.process(text.as_bytes()));
        }
        self.guarded(|parser| parser.screen_mut().set_size(rows, cols));
        if self.screen().size() != (rows, cols) {
            self.parser = fresh(cols, rows);
        }
        true
    }

    /// Scrolls back by so many lines (forward when negative).
    pub fn scroll(&mut self, lines: isize) {
        let at = self.screen().scrollback().saturating_add_signed(lines);
        self.parser.screen_mut().set_scrollback(at);
    }

    /// Scrolls so that `back` lines lie below the view.
    pub fn scroll_to(&mut self, back: usize) {
        self.parser.screen_mut().set_scrollback(back);
    }

    /// Every line from the oldest on, with how far back it lies: the value for [`Self::scroll_to`]
    /// that shows it.
    pub fn lines(&mut self) -> Vec<(usize, String)> {
        let (rows, cols) = self.screen().size();
        let at = self.screen().scrollback();
        self.scroll_to(usize::MAX);
        let mut back = self.screen().scrollback();
        let mut lines = Vec::new();
        loop {
            self.scroll_to(back);
            let page = self.screen().rows(0, cols).take(usize::from(rows));
            if back == 0 {
                lines.extend(page.map(|text| (0, text)));
                break;
            }
            let step = back.min(usize::from(rows));
            lines.extend(page.take(step).enumerate().map(|(i, text)| (back - i, text)));
            back -= step;
        }
        self.scroll_to(at);
        lines
    }
}

fn fresh(cols: u16, rows: u16) -> Parser<Answers> {
    Parser::new_with_callbacks(rows, cols, SCROLLBACK_LINES, Answers::default())
}

/// The smallest screen that the parser bears: it has no place for half a wide letter, and none for a line
/// that is wrapped on the only row.
fn at_least(cols: u16, rows: u16) -> (u16, u16) {
    (cols.max(2), rows.max(2))
}
