//! The learner's shell as the screen knows it: what its terminal shows, and whether it runs. The
//! pseudo-terminal itself belongs to the runtime.

use super::emulator::Emulator;
use super::msg::Effect;

/// A terminal with the learner's shell.
pub struct Shell {
    /// Messages of another shell's number are dropped.
    pub id: u64,
    /// The node whose shell it is; `None` for the lab's own.
    pub node: Option<String>,
    terminal: Emulator,
    /// How it ended, once it has.
    pub ended: Option<String>,
}

impl Shell {
    /// A terminal of this size; neither side is ever 0.
    #[must_use]
    pub fn new(id: u64, node: Option<String>, (cols, rows): (u16, u16)) -> Self {
        Self { id, node, terminal: Emulator::new(cols, rows), ended: None }
    }

    /// Starts the program in it.
    #[must_use]
    pub fn start(&self) -> Effect {
        let (rows, cols) = self.terminal.size();
        Effect::ShellStart { shell: self.id, node: self.node.clone(), cols, rows }
    }

    #[must_use]
    pub fn screen(&self) -> &Emulator {
        &self.terminal
    }

    /// Takes what the programs wrote; gives back what the terminal answers.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.terminal.feed(bytes)
    }

    /// Whether the size is another now.
    pub fn resize(&mut self, cols: u16, rows: u16) -> bool {
        self.terminal.resize(cols, rows)
    }

    /// Scrolls back by so many lines (forward when negative).
    pub fn scroll(&mut self, lines: isize) {
        self.scroll_to(self.terminal.scrollback().saturating_add_signed(lines));
    }

    /// Scrolls so that `back` lines lie below the view.
    pub fn scroll_to(&mut self, back: usize) {
        self.terminal.scroll_to(back);
    }
}
