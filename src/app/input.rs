//! A line of text that is being typed. Knows characters, not the screen; the caret is counted in
//! characters so that it never falls inside one.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The longest line that can be typed, in characters.
const CHARS_MAX: usize = 500;

/// A line with a caret.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Input {
    chars: Vec<char>,
    caret: usize,
}

impl Input {
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut input = Self::default();
        input.insert(text);
        input
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// The text before and from the caret on.
    #[must_use]
    pub fn split(&self) -> (String, String) {
        let (before, after) = self.chars.split_at(self.caret);
        (before.iter().collect(), after.iter().collect())
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Puts text in at the caret; line ends become blanks, other control characters are left out.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars() {
            let c = if c == '\n' || c == '\t' { ' ' } else { c };
            if !c.is_control() && self.chars.len() < CHARS_MAX {
                self.chars.insert(self.caret, c);
                self.caret += 1;
            }
        }
    }

    /// Whether the key was one of an editor's.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('u') if ctrl => drop(self.chars.drain(..std::mem::take(&mut self.caret))),
            KeyCode::Char('k') if ctrl => self.chars.truncate(self.caret),
            KeyCode::Char('w') if ctrl => self.rub_out_word(),
            KeyCode::Char('a') if ctrl => self.caret = 0,
            KeyCode::Char('e') if ctrl => self.caret = self.chars.len(),
            KeyCode::Char(c) if !ctrl && !alt => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace if self.caret > 0 => {
                self.caret -= 1;
                self.chars.remove(self.caret);
            }
            KeyCode::Delete if self.caret < self.chars.len() => drop(self.chars.remove(self.caret)),
            KeyCode::Backspace | KeyCode::Delete => {}
            KeyCode::Left => self.caret = self.caret.saturating_sub(1),
            KeyCode::Right => self.caret = (self.caret + 1).min(self.chars.len()),
            KeyCode::Home => self.caret = 0,
            KeyCode::End => self.caret = self.chars.len(),
            _ => return false,
        }
        true
    }

    fn rub_out_word(&mut self) {
        let mut start = self.caret;
        while start > 0 && self.chars[start - 1] == ' ' {
            start -= 1;
        }
        while start > 0 && self.chars[start - 1] != ' ' {
            start -= 1;
        }
        self.chars.drain(start..self.caret);
        self.caret = start;
    }
}
