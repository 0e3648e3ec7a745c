//! A line as it is typed at a terminal: what the kernel and the shell's reader of lines do between a key
//! and a finished line. Pure: keys in, and out what is to be shown and done.

/// The longest line that is taken, in characters.
const LINE_MAX: usize = 4096;
/// Lines that can be called back.
const HISTORY_MAX: usize = 500;

/// What a key leads to, beside what is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Act {
    /// The line is finished; its end is in it.
    Line(String),
    Interrupt,
    /// Ctrl-D on an empty line.
    End,
    /// The tabulator: what stands before the cursor is to be completed.
    Complete(String),
}

/// The line under way.
#[derive(Default, Debug)]
pub(super) struct Editor {
    line: Vec<char>,
    cursor: usize,
    history: Vec<String>,
    /// Which line of the history is shown; its end is the one being typed.
    at: usize,
    kept: Vec<char>,
    /// The sequence or character that is not finished.
    part: Vec<u8>,
    /// Whether a shell waits at its prompt: only there lines are called back.
    pub(super) at_prompt: bool,
    after_return: bool,
}

impl Editor {
    /// Takes what was typed; what is to be shown, and what it leads to. It stops behind an act, and
    /// gives the rest back.
    pub(super) fn take<'a>(&mut self, bytes: &'a [u8]) -> (String, Option<Act>, &'a [u8]) {
        let mut shown = String::new();
        for (at, byte) in bytes.iter().enumerate() {
            let rest = &bytes[at + 1..];
            if let Some(act) = self.byte(*byte, &mut shown) {
                return (shown, Some(act), rest);
            }
        }
        (shown, None, &[])
    }

    fn byte(&mut self, byte: u8, shown: &mut String) -> Option<Act> {
        let after_return = std::mem::take(&mut self.after_return);
        if !self.part.is_empty() {
            self.part.push(byte);
            return self.finish(shown);
        }
        match byte {
            b'\n' if after_return => None,
            b'\r' | b'\n' => {
                self.after_return = byte == b'\r';
                Some(self.enter(shown))
            }
            3 => {
                self.clear();
                Some(Act::Interrupt)
            }
            4 if self.line.is_empty() => Some(Act::End),
            4 => {
                self.delete(shown);
                None
            }
            1 => self.go(0, shown),
            5 => self.go(self.line.len(), shown),
            2 => self.go(self.cursor.saturating_sub(1), shown),
            6 => self.go(self.cursor + 1, shown),
            8 | 127 => {
                if self.cursor > 0 {
                    self.cut(self.cursor - 1, self.cursor, shown);
                }
                None
            }
            9 if self.at_prompt => Some(Act::Complete(self.line[..self.cursor].iter().collect())),
            11 => {
                self.cut(self.cursor, self.line.len(), shown);
                None
            }
            12 if self.at_prompt => self.wipe(shown),
            14 => self.recall(1, shown),
            16 => self.recall(-1, shown),
            21 => {
                self.cut(0, self.cursor, shown);
                None
            }
            23 => self.cut_word(shown),
            27 | 0xc2..=0xf4 => {
                self.part.push(byte);
                None
            }
            9 | 32..=126 => {
                let c = char::from(byte);
                self.insert(&c.to_string(), shown)
            }
            _ => None,
        }
    }

    /// Ctrl-L: the screen is cleared. The prompt is the shell's to show again, so an empty line ends.
    fn wipe(&mut self, shown: &mut String) -> Option<Act> {
        shown.push_str("\x1b[H\x1b[2J");
        let line: String = self.line.iter().collect();
        self.clear();
        if line.is_empty() { Some(Act::Line("\n".into())) } else { self.insert(&line, shown) }
    }

    /// Ctrl-W: the word before the cursor goes.
    fn cut_word(&mut self, shown: &mut String) -> Option<Act> {
        let before = &self.line[..self.cursor];
        let end = before.iter().rposition(|c| *c != ' ').map_or(0, |at| at + 1);
        let start = before[..end].iter().rposition(|c| *c == ' ').map_or(0, |at| at + 1);
        self.cut(start, self.cursor, shown);
        None
    }

    /// Goes on with a sequence or a character of several bytes.
    fn finish(&mut self, shown: &mut String) -> Option<Act> {
        const PART_MAX: usize = 8;
        if self.part[0] != 27 {
            match std::str::from_utf8(&self.part).map(str::to_owned) {
                Ok(text) => {
                    self.part.clear();
                    return self.insert(&text, shown);
                }
                Err(error) if error.error_len().is_none() => return None,
                Err(_) => {
                    self.part.clear();
                    return None;
                }
            }
        }
        let last = *self.part.last().unwrap_or(&0);
        let opened = matches!(self.part.get(1), Some(b'[' | b'O'));
        let done = match self.part.len() {
            2 => !opened,
            _ => (0x40..=0x7e).contains(&last),
        };
        if !done && self.part.len() < PART_MAX {
            return None;
        }
        let part = std::mem::take(&mut self.part);
        match &part[1..] {
            b"[A" | b"OA" => self.recall(-1, shown),
            b"[B" | b"OB" => self.recall(1, shown),
            b"[C" | b"OC" => self.go(self.cursor + 1, shown),
            b"[D" | b"OD" => self.go(self.cursor.saturating_sub(1), shown),
            b"[H" | b"OH" | b"[1~" => self.go(0, shown),
            b"[F" | b"OF" | b"[4~" => self.go(self.line.len(), shown),
            b"[3~" => {
                self.delete(shown);
                None
            }
            _ => None,
        }
    }

    fn clear(&mut self) {
        self.line.clear();
        self.cursor = 0;
        self.at = self.history.len();
    }

    fn enter(&mut self, shown: &mut String) -> Act {
        let line: String = self.line.iter().collect();
        if self.at_prompt && !line.trim().is_empty() && self.history.last() != Some(&line) {
            self.history.push(line.clone());
            if self.history.len() > HISTORY_MAX {
                self.history.remove(0);
            }
        }
        self.clear();
        shown.push_str("\r\n");
        Act::Line(line + "\n")
    }

    /// Puts text where the cursor is.
    pub(super) fn insert(&mut self, text: &str, shown: &mut String) -> Option<Act> {
        if self.line.len() >= LINE_MAX {
            shown.push('\x07');
            return None;
        }
        let count = text.chars().count();
        self.line.splice(self.cursor..self.cursor, text.chars());
        let behind: String = self.line[self.cursor..].iter().collect();
        self.cursor += count;
        shown.push_str(&behind);
        back(self.line.len() - self.cursor, shown);
        None
    }

    /// What is shown below a prompt that was written anew.
    pub(super) fn again(&self, shown: &mut String) {
        shown.extend(self.line.iter());
        back(self.line.len() - self.cursor, shown);
    }

    fn cut(&mut self, start: usize, end: usize, shown: &mut String) {
        if start >= end {
            return;
        }
        back(self.cursor - start.min(self.cursor), shown);
        self.line.drain(start..end);
        self.cursor = start;
        shown.extend(self.line[start..].iter());
        shown.push_str("\x1b[K");
        back(self.line.len() - start, shown);
    }

    fn delete(&mut self, shown: &mut String) {
        let end = (self.cursor + 1).min(self.line.len());
        self.cut(self.cursor, end, shown);
    }

    fn go(&mut self, to: usize, shown: &mut String) -> Option<Act> {
        let to = to.min(self.line.len());
        if to < self.cursor {
            back(self.cursor - to, shown);
        } else {
            shown.extend(self.line[self.cursor..to].iter());
        }
        self.cursor = to;
        None
    }

    /// Calls back the line before or behind the one that is shown.
    fn recall(&mut self, by: isize, shown: &mut String) -> Option<Act> {
        let to = self.at.checked_add_signed(by).filter(|to| *to <= self.history.len());
        let to = to.filter(|to| self.at_prompt && *to != self.at)?;
        if self.at == self.history.len() {
            self.kept = self.line.clone();
        }
        let line = match self.history.get(to) {
            Some(line) => line.chars().collect(),
            None => std::mem::take(&mut self.kept),
        };
        self.go(0, shown);
        self.line = line;
        self.cursor = self.line.len();
        self.at = to;
        shown.extend(self.line.iter());
        shown.push_str("\x1b[K");
        None
    }
}

fn back(count: usize, shown: &mut String) {
    shown.extend(std::iter::repeat_n('\x08', count));
}

#[cfg(test)]
mod tests {
    use super::{Act, Editor};

    /// What comes of keys at a prompt: the finished lines and other acts.
    fn acts(keys: &str) -> Vec<Act> {
        let mut editor = Editor { at_prompt: true, ..Editor::default() };
        let mut acts = Vec::new();
        let mut bytes = keys.as_bytes();
        while !bytes.is_empty() {
            let (_, act, rest) = editor.take(bytes);
            acts.extend(act);
            bytes = rest;
        }
        acts
    }

    #[test]
    fn keys_make_lines() {
        let check = |keys: &str, want: &[&str]| {
            let want: Vec<Act> = want.iter().map(|line| Act::Line(format!("{line}\n"))).collect();
            assert_eq!(acts(keys), want, "{keys:?}");
        };
        check("ls\r", &["ls"]);
        check("ls\r\npwd\n", &["ls", "pwd"]);
        check("lx\x7fs\r", &["ls"]);
        check("s\x01l\x05 -l\r", &["ls -l"]);
        check("one two\x17three\r", &["one three"]);
        check("gone\x15here\r", &["here"]);
        check("a\x1b[Db\r", &["ba"]);
        check("one\rtwo\r\x1b[A\x1b[A\r", &["one", "two", "one"]);
        check("one\rtw\x1b[A\x1b[Bo\r", &["one", "two"]);
        check("gr\u{fc}n\r", &["gr\u{fc}n"]);
        check("abc\x01\x1b[3~\r", &["bc"]);
    }

    #[test]
    fn other_keys_are_acts() {
        assert_eq!(acts("x\x03"), [Act::Interrupt]);
        assert_eq!(acts("\x04"), [Act::End]);
        assert_eq!(acts("cat /e\t"), [Act::Complete("cat /e".into())]);
    }
}
