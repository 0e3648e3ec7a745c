//! Where the statements of a document stand in its text.

use super::Policy;

/// A place in a document: line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: i64,
    pub column: i64,
}

impl Policy {
    /// First and last place of each statement, in the order of the document.
    #[must_use]
    pub fn positions(&self) -> Vec<(Position, Position)> {
        let mut found = Vec::new();
        let mut scan = Scan::default();
        let mut here = Position { line: 1, column: 0 };
        for c in self.text.chars() {
            if c == '\n' {
                here = Position { line: here.line + 1, column: 0 };
            } else {
                here.column += 1;
            }
            if let Some(start) = scan.step(c, here) {
                found.push((start, here));
            }
        }
        found
    }
}

/// A reader of JSON that has been parsed before, so it is known to be well-formed.
#[derive(Default)]
struct Scan {
    /// Open braces and brackets.
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The text of the last string at the top level.
    word: String,
    /// Whether the value that is being read is that of `Statement`.
    in_statement: bool,
    /// Where the statement that is being read began, and the depth outside of it.
    open: Option<(Position, usize)>,
}

impl Scan {
    /// Takes one character; a statement's beginning when it ends there.
    fn step(&mut self, c: char, here: Position) -> Option<Position> {
        if self.in_string {
            match c {
                _ if self.escaped => self.escaped = false,
                '\\' => self.escaped = true,
                '"' => self.in_string = false,
                _ if self.depth == 1 => self.word.push(c),
                _ => {}
            }
            return None;
        }
        match c {
            '"' => {
                self.in_string = true;
                self.word.clear();
            }
            ':' if self.depth == 1 => self.in_statement = self.word == "Statement",
            '{' | '[' => {
                if c == '{' && self.in_statement && self.open.is_none() {
                    self.open = Some((here, self.depth));
                }
                self.depth += 1;
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if let Some((start, _)) = self.open.take_if(|(_, outside)| *outside == self.depth) {
                    return Some(start);
                }
            }
            _ => {}
        }
        None
    }
}
