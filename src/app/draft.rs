//! Text of several lines that is being written, where the learner has no editor. Knows characters, not
//! the screen; [`Draft::lay`] breaks it into the lines of a box.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_width::UnicodeWidthChar;

/// The most that can be written here, in characters; an editor takes more.
const CHARS_MAX: usize = 20_000;

/// Notes on a step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Draft {
    /// The step's id and title.
    pub step: String,
    pub title: String,
    /// What stood there before.
    before: String,
    /// At least one line; the caret is in `at.0`, before the character `at.1`.
    rows: Vec<Vec<char>>,
    at: (usize, usize),
}

impl Draft {
    /// The caret stands below the text, where a new paragraph begins.
    #[must_use]
    pub fn new(step: &str, title: &str, text: &str) -> Self {
        let mut draft = Self {
            step: step.to_owned(),
            title: title.to_owned(),
            before: text.trim_end().to_owned(),
            rows: vec![Vec::new()],
            at: (0, 0),
        };
        draft.insert(text.trim_end());
        if !draft.before.is_empty() {
            draft.insert("\n\n");
        }
        draft
    }

    #[must_use]
    pub fn text(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(|row| row.iter().collect()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// Whether it says something else than before.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.text() != self.before
    }

    /// Puts text in at the caret.
    pub fn insert(&mut self, text: &str) {
        let mut room = CHARS_MAX.saturating_sub(self.rows.iter().map(|row| row.len() + 1).sum());
        for c in text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')) {
            if room == 0 {
                return;
            }
            room -= 1;
            match c {
                '\n' => self.break_row(),
                c => {
                    self.rows[self.at.0].insert(self.at.1, if c == '\t' { ' ' } else { c });
                    self.at.1 += 1;
                }
            }
        }
    }

    fn break_row(&mut self) {
        let (row, column) = self.at;
        let rest = self.rows[row].split_off(column);
        self.rows.insert(row + 1, rest);
        self.at = (row + 1, 0);
    }

    /// Joins a row to the one before it.
    fn join(&mut self, row: usize) {
        let rest = self.rows.remove(row);
        let before = &mut self.rows[row - 1];
        self.at = (row - 1, before.len());
        before.extend(rest);
    }

    /// What a key does.
    pub fn key(&mut self, key: KeyEvent) {
        let (row, column) = self.at;
        let length = self.rows[row].len();
        let last = self.rows.len() - 1;
        let held = KeyModifiers::CONTROL | KeyModifiers::ALT;
        match key.code {
            KeyCode::Char(c) if !key.modifiers.intersects(held) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Enter => self.insert("\n"),
            KeyCode::Backspace if column > 0 => {
                self.rows[row].remove(column - 1);
                self.at.1 -= 1;
            }
            KeyCode::Backspace if row > 0 => self.join(row),
            KeyCode::Delete if column < length => drop(self.rows[row].remove(column)),
            KeyCode::Delete if row < last => self.join(row + 1),
            KeyCode::Left if column > 0 => self.at.1 -= 1,
            KeyCode::Left if row > 0 => self.at = (row - 1, self.rows[row - 1].len()),
            KeyCode::Right if column < length => self.at.1 += 1,
            KeyCode::Right if row < last => self.at = (row + 1, 0),
            KeyCode::Up if row > 0 => self.at = (row - 1, column.min(self.rows[row - 1].len())),
            KeyCode::Down if row < last => {
                self.at = (row + 1, column.min(self.rows[row + 1].len()));
            }
            KeyCode::Home => self.at.1 = 0,
            KeyCode::End => self.at.1 = length,
            _ => {}
        }
    }

    /// The lines in a box of so many cells, and the caret's line and cell.
    #[must_use]
    pub fn lay(&self, width: usize) -> (Vec<String>, (usize, usize)) {
        let width = width.max(2);
        let (mut lines, mut caret) = (Vec::new(), (0, 0));
        for (number, row) in self.rows.iter().enumerate() {
            let (mut line, mut used) = (String::new(), 0);
            for (place, c) in row.iter().chain([&' ']).enumerate() {
                let cells = c.width().unwrap_or(0);
                if used + cells > width {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                if self.at == (number, place) {
                    caret = (lines.len(), used);
                }
                line.push(*c);
                used += cells;
            }
            lines.push(line);
        }
        (lines, caret)
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;
    use crate::testing::events;

    #[test]
    fn keys_write() {
        let check = |text: &str, keys: &[&str], want: &str| {
            let mut draft = Draft::new("a", "A", text);
            for key in keys.iter().flat_map(|key| events(key)) {
                draft.key(key);
            }
            assert_eq!(draft.text(), want, "{text:?} {keys:?}");
            assert_eq!(draft.changed(), want != text.trim_end(), "{text:?} {keys:?}");
        };
        check("", &["It is denied."], "It is denied.");
        check("one", &["two"], "one\n\ntwo");
        check("one\n", &["Enter"], "one");
        check("one", &["Backspace", "Backspace", "Enter", "two"], "one\ntwo");
        check("one\ntwo\n", &["Up", "Up", "Home", "0 "], "one\n0 two");
        check("", &["one", "Enter", "two", "Home", "Backspace"], "onetwo");
        check("", &["日本", "Backspace", "x"], "日x");
        check("", &["one", "Enter", "two", "Up", "Up", "Down", "Down", "!"], "one\ntwo!");
        check("", &["a", "Backspace", "Backspace"], "");
    }

    #[test]
    fn long_rows_go_on_below() {
        let mut draft = Draft::new("a", "A", "");
        draft.insert("abcdef\n日本");
        let (lines, caret) = draft.lay(4);
        assert_eq!(lines, ["abcd", "ef ", "日本", " "]);
        assert_eq!(caret, (3, 0));
    }
}
