//! Progress in lines that are written over: at a terminal each line keeps its place, elsewhere each
//! change is a line of its own.
//!
//! Source: what the reference client sends to a terminal and to a pipe.

use std::io::Write;

/// The lines of one undertaking.
pub(super) struct Steps<'a> {
    out: &'a mut (dyn Write + Send),
    terminal: bool,
    /// What the lines are called, from the top.
    names: Vec<String>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send), terminal: bool) -> Self {
        Self { out, terminal, names: Vec::new() }
    }

    /// Sets a line.
    pub(super) fn set(&mut self, name: &str, text: &str) {
        // A reader that went away is no error, here and below.
        let _ = if self.terminal {
            self.place(name, &format!("{name}: {text} "))
        } else {
            writeln!(self.out, "{name}: {text}")
        };
    }

    /// Sets a line that moves: its bar or count is for terminals, and so is the whole line.
    pub(super) fn set_moving(&mut self, name: &str, text: &str, bar: &str) {
        if self.terminal {
            let _ = self.place(name, &format!("{name}: {text} {bar}"));
        }
    }

    /// A sentence that stays, below the lines so far; later lines stand below it.
    pub(super) fn say(&mut self, text: &str) {
        self.names.clear();
        let _ = writeln!(self.out, "{text}").and_then(|()| self.out.flush());
    }

    fn place(&mut self, name: &str, line: &str) -> std::io::Result<()> {
        let at = self.names.iter().position(|n| n == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len()
        });
        if at == self.names.len() {
            writeln!(self.out)?;
        }
        let up = self.names.len() - at.min(self.names.len() - 1);
        write!(self.out, "\x1b[{up}A\x1b[2K\r{line}\r\x1b[{up}B")?;
        self.out.flush()
    }
}

/// `[====>     ]`, as wide as the terminal allows; empty where there is no room.
pub(super) fn bar(done: u64, all: u64, columns: u16) -> String {
    /// Cells of the bar, and columns that its line needs for them.
    const CELLS: u64 = 50;
    const NEEDED: u16 = 110;
    if all == 0 || columns <= NEEDED {
        return String::new();
    }
    let percent = (done * 100 / all).min(100) / 2;
    let filled = "=".repeat(usize::try_from(percent).unwrap_or(0));
    let empty = " ".repeat(usize::try_from(CELLS.saturating_sub(percent)).unwrap_or(0));
    format!("[{filled}>{empty}] ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(terminal: bool, want: &str) {
        let mut out = Vec::new();
        let mut steps = Steps::new(&mut out, terminal);
        steps.set("a", "x");
        steps.set_moving("b", "y", "1/2");
        steps.set("a", "z");
        steps.say("done");
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    #[test]
    fn lines_keep_their_place_at_a_terminal_only() {
        check(false, "a: x\na: z\ndone\n");
        check(
            true,
            "\n\x1b[1A\x1b[2K\ra: x \r\x1b[1B\n\x1b[1A\x1b[2K\rb: y 1/2\r\x1b[1B\x1b[2A\x1b[2K\ra: z \r\x1b[2Bdone\n",
        );
    }
}
