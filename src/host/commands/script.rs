//! Scripts of `sed`, read.

use crate::regex::{Regex, Syntax};

pub(super) enum Address {
    Line(usize),
    Last,
    Match(Regex),
    Step(usize, usize),
}

pub(super) enum Act {
    Substitute {
        regex: Regex,
        with: String,
        all: bool,
        nth: usize,
        print: bool,
    },
    Delete,
    Print,
    Quit(i32),
    Append(String),
    Insert(String),
    Change(String),
    Translate(Vec<char>, Vec<char>),
    Next,
    Number,
    /// Goes on behind the block's end when the address does not hold.
    Block(usize),
    End,
}

pub(super) struct Step {
    pub(super) from: Option<Address>,
    pub(super) to: Option<Address>,
    pub(super) not: bool,
    pub(super) act: Act,
    /// The line at which a range that is open ends, or that it is open.
    pub(super) open: bool,
}

pub(super) struct Reader {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) syntax: Syntax,
}

type Parsed<T> = Result<T, String>;

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| c == ' ' || c == '\t') {
            self.at += 1;
        }
    }

    fn wrong(&self, text: &str) -> String {
        format!("-e expression #1, char {}: {text}", self.at.min(self.chars.len()))
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect::<String>().parse().ok()
    }

    /// Up to a delimiter; a delimiter behind a backslash is itself.
    fn until(&mut self, end: char, what: &str) -> Parsed<String> {
        let mut text = String::new();
        let mut set = false;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\\' => match self.peek() {
                    Some(next) if next == end => {
                        text.push(next);
                        self.at += 1;
                    }
                    Some(next) => {
                        text.push('\\');
                        text.push(next);
                        self.at += 1;
                    }
                    None => text.push('\\'),
                },
                c if c == end && !set => return Ok(text),
                c => {
                    // Between brackets a delimiter is a letter like any other, in a pattern.
                    if what.contains("regex") {
                        set = (set || c == '[') && !(set && c == ']');
                    }
                    text.push(c);
                }
            }
        }
        self.at = self.chars.len();
        Err(self.wrong(what))
    }

    fn regex(&mut self, pattern: &str, fold: bool) -> Parsed<Regex> {
        Regex::new(pattern, self.syntax, fold).map_err(|text| self.wrong(text))
    }

    fn address(&mut self) -> Parsed<Option<Address>> {
        Ok(match self.peek() {
            Some('$') => {
                self.at += 1;
                Some(Address::Last)
            }
            Some(c) if c.is_ascii_digit() => {
                let first = self.number().unwrap_or(0);
                if self.peek() == Some('~') {
                    self.at += 1;
                    return Ok(Some(Address::Step(first, self.number().unwrap_or(0))));
                }
                Some(Address::Line(first))
            }
            Some(c @ ('/' | '\\')) => {
                self.at += 1;
                let end = if c == '\\' {
                    self.at += 1;
                    self.chars.get(self.at - 1).copied().unwrap_or('/')
                } else {
                    c
                };
                let pattern = self.until(end, "unterminated address regex")?;
                let fold = self.peek() == Some('I');
                self.at += usize::from(fold);
                Some(Address::Match(self.regex(&pattern, fold)?))
            }
            _ => None,
        })
    }

    pub(super) fn steps(&mut self) -> Parsed<Vec<Step>> {
        let mut steps: Vec<Step> = Vec::new();
        let mut blocks = Vec::new();
        loop {
            while self.peek().is_some_and(|c| c.is_whitespace() || c == ';') {
                self.at += 1;
            }
            if self.peek() == Some('#') {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
                continue;
            }
            if self.peek().is_none() {
                break;
            }
            let from = self.address()?;
            self.blanks();
            let mut to = None;
            if from.is_some() && self.peek() == Some(',') {
                self.at += 1;
                self.blanks();
                to = self.address()?;
                if to.is_none() {
                    return Err(self.wrong("unexpected `,'"));
                }
                self.blanks();
            }
            let mut not = false;
            while self.peek() == Some('!') {
                not = true;
                self.at += 1;
                self.blanks();
            }
            let Some(c) = self.peek() else { return Err(self.wrong("missing command")) };
            self.at += 1;
            if c == '}' {
                let Some(start) = blocks.pop() else { return Err(self.wrong("unexpected `}'")) };
                let end = steps.len();
                if let Some(Step { act: Act::Block(to), .. }) = steps.get_mut::<usize>(start) {
                    *to = end;
                }
                continue;
            }
            if c == '{' {
                blocks.push(steps.len());
            }
            let act = self.act(c)?;
            steps.push(Step { from, to, not, act, open: false });
            self.blanks();
            match self.peek() {
                None | Some(';' | '\n' | '}' | '#') => {}
                _ if c == '{' => {}
                Some(_) => {
                    self.at += 1;
                    return Err(self.wrong("extra characters after command"));
                }
            }
        }
        if !blocks.is_empty() {
            return Err("-e expression #1, char 0: unmatched `{'".into());
        }
        steps.push(Step { from: None, to: None, not: false, act: Act::End, open: false });
        Ok(steps)
    }

    fn act(&mut self, c: char) -> Parsed<Act> {
        Ok(match c {
            '{' => Act::Block(0),
            's' => self.substitute()?,
            'd' => Act::Delete,
            'p' => Act::Print,
            'q' | 'Q' => {
                self.blanks();
                Act::Quit(
                    i32::try_from(self.number().unwrap_or(0)).unwrap_or(0)
                        | if c == 'Q' { 256 } else { 0 },
                )
            }
            'n' => Act::Next,
            '=' => Act::Number,
            'a' | 'i' | 'c' => {
                self.blanks();
                if self.peek() == Some('\\') {
                    self.at += 1;
                    self.blanks();
                    if self.peek() == Some('\n') {
                        self.at += 1;
                    }
                }
                let mut text = String::new();
                while let Some(c) = self.peek().filter(|c| *c != '\n') {
                    self.at += 1;
                    if c == '\\' {
                        text.extend(self.peek());
                        self.at += 1;
                    } else {
                        text.push(c);
                    }
                }
                if text.is_empty() {
                    return Err(self.wrong("expected \\ after `a', `c' or `i'"));
                }
                match c {
                    'a' => Act::Append(text),
                    'i' => Act::Insert(text),
                    _ => Act::Change(text),
                }
            }
            'y' => {
                let end = self.peek().unwrap_or('/');
                self.at += 1;
                let from: Vec<char> =
                    self.until(end, "unterminated `y' command")?.chars().collect();
                let to: Vec<char> = self.until(end, "unterminated `y' command")?.chars().collect();
                if from.len() != to.len() {
                    return Err(self.wrong("strings for `y' command are different lengths"));
                }
                Act::Translate(from, to)
            }
            other => return Err(self.wrong(&format!("unknown command: `{other}'"))),
        })
    }

    fn substitute(&mut self) -> Parsed<Act> {
        let Some(end) = self.peek() else { return Err(self.wrong("unterminated `s' command")) };
        self.at += 1;
        let pattern = self
            .until(end, "unterminated `s' command (regex)")
            .map_err(|e| e.replace(" (regex)", ""))?;
        let with = self.until(end, "unterminated `s' command")?;
        let (mut all, mut nth, mut print, mut fold) = (false, 1, false, false);
        loop {
            match self.peek() {
                Some('g') => all = true,
                Some('p') => print = true,
                Some('i' | 'I') => fold = true,
                Some(c) if c.is_ascii_digit() => {
                    nth = self.number().unwrap_or(1);
                    continue;
                }
                Some(';' | '\n' | '}' | ' ' | '#') | None => break,
                Some(_) => {
                    self.at += 1;
                    return Err(self.wrong("unknown option to `s'"));
                }
            }
            self.at += 1;
        }
        Ok(Act::Substitute { regex: self.regex(&pattern, fold)?, with, all, nth, print })
    }
}
