//! What stands between `[[` and `]]`.

use super::super::ast::{Test, Word};
use super::{Parsed, Reader};

impl Reader<'_> {
    /// Behind `[[`, up to and with `]]`.
    pub(super) fn test(&mut self) -> Parsed<Test> {
        let test = self.deeper(Self::either)?;
        self.lines();
        if !self.starts("]]") {
            return Err(self.unexpected());
        }
        self.at += 2;
        Ok(test)
    }

    fn either(&mut self) -> Parsed<Test> {
        let mut left = self.both()?;
        loop {
            self.lines();
            if !self.starts("||") {
                return Ok(left);
            }
            self.at += 2;
            left = Test::Or(Box::new(left), Box::new(self.both()?));
        }
    }

    fn both(&mut self) -> Parsed<Test> {
        let mut left = self.primary()?;
        loop {
            self.lines();
            if !self.starts("&&") {
                return Ok(left);
            }
            self.at += 2;
            left = Test::And(Box::new(left), Box::new(self.primary()?));
        }
    }

    fn primary(&mut self) -> Parsed<Test> {
        self.lines();
        if self.peek() == Some('(') {
            self.at += 1;
            let inner = self.deeper(Self::either)?;
            self.lines();
            if self.take() != Some(')') {
                return Err(self.unexpected());
            }
            return Ok(inner);
        }
        let word = self.test_word()?;
        match word.plain() {
            Some("!") => return Ok(Test::Not(Box::new(self.deeper(Self::primary)?))),
            Some(op) if op.len() == 2 && op.starts_with('-') => {
                let op = op.to_owned();
                self.lines();
                if !self.starts("]]") {
                    return Ok(Test::Unary(op, self.test_word()?));
                }
            }
            _ => {}
        }
        self.blanks();
        let op = if let Some(c @ ('<' | '>')) = self.peek() {
            self.at += 1;
            c.to_string()
        } else if self.starts("]]") || self.starts("&&") || self.starts("||") || self.starts(")") {
            return Ok(Test::Word(word));
        } else {
            self.test_word()?.plain().unwrap_or_default().to_owned()
        };
        self.blanks();
        let right = if op == "=~" { self.pattern()? } else { self.test_word()? };
        Ok(Test::Binary(word, op, right))
    }

    fn test_word(&mut self) -> Parsed<Word> {
        self.blanks();
        match self.word()? {
            Some(word) => Ok(word),
            None => Err(self.unexpected()),
        }
    }

    /// A regular expression, in which brackets do not end the word.
    fn pattern(&mut self) -> Parsed<Word> {
        let depth = std::cell::Cell::new(0_u32);
        self.word_until(&|c| {
            match c {
                '(' => depth.set(depth.get() + 1),
                ')' if depth.get() > 0 => depth.set(depth.get() - 1),
                ' ' | '\t' | '\n' | ')' => return depth.get() == 0,
                _ => {}
            }
            false
        })
    }
}
