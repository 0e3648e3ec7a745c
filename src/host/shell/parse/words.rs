//! Words: quotes, parameters, substitutions.

use std::sync::Arc;

use super::super::ast::{Item, Kind, List, Op, Parameter, Part, RedirectKind, Replace, Word};
use super::{Parsed, Reader, Wrong};

/// Where a text stands in which `$`, backquotes and backslashes keep their meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Quotes,
    Document,
    /// To the end of `$((…))`.
    Arithmetic,
}

fn name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn name_rest(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl Reader<'_> {
    /// A word, if one begins here.
    pub(super) fn word(&mut self) -> Parsed<Option<Word>> {
        let ends =
            |c: char| matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')');
        let word = self.deeper(|this| this.word_until(&ends))?;
        Ok((!word.0.is_empty()).then_some(word))
    }

    /// A word up to a character that ends it and stands outside of quotes.
    pub(super) fn word_until(&mut self, ends: &dyn Fn(char) -> bool) -> Parsed<Word> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        while let Some(c) = self.peek() {
            if ends(c) {
                break;
            }
            let part = match c {
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => {
                            self.newline();
                            continue;
                        }
                        Some(c) => {
                            self.at += 1;
                            Part::Quoted(c.to_string())
                        }
                        None => Part::Quoted("\\".into()),
                    }
                }
                '\'' => Part::Quoted(self.single()?),
                '"' => self.double()?,
                '$' if self.peek_at(1) == Some('\'') => {
                    self.at += 1;
                    Part::Quoted(self.ansi()?)
                }
                '$' if self.peek_at(1) == Some('"') => {
                    self.at += 1;
                    self.double()?
                }
                '$' => match self.dollar(false)? {
                    Some(part) => part,
                    None => {
                        plain.push('$');
                        continue;
                    }
                },
                '`' => self.backquoted(false)?,
                _ => {
                    plain.push(c);
                    self.take();
                    continue;
                }
            };
            if !plain.is_empty() {
                parts.push(Part::Plain(std::mem::take(&mut plain)));
            }
            parts.push(part);
        }
        if !plain.is_empty() {
            parts.push(Part::Plain(plain));
        }
        Ok(Word(parts))
    }

    fn single(&mut self) -> Parsed<String> {
        let line = self.line;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.take() {
                None => return Err(Wrong::Incomplete(Some('\''), line)),
                Some('\'') => return Ok(text),
                Some(c) => text.push(c),
            }
        }
    }

    /// `$'…'`
    fn ansi(&mut self) -> Parsed<String> {
        let line = self.line;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.take() {
                None => return Err(Wrong::Incomplete(Some('\''), line)),
                Some('\'') => break,
                Some('\\') => {
                    text.push('\\');
                    let Some(c) = self.take() else {
                        return Err(Wrong::Incomplete(Some('\''), line));
                    };
                    text.push(c);
                }
                Some(c) => text.push(c),
            }
        }
        Ok(crate::escape::ansi(&text))
    }

    fn double(&mut self) -> Parsed<Part> {
        let line = self.line;
        self.at += 1;
        let parts = self.deeper(|this| this.double_parts(Inside::Quotes))?;
        if self.take() != Some('"') {
            return Err(Wrong::Incomplete(Some('"'), line));
        }
        Ok(Part::Double(parts))
    }

    /// Up to a closing double quote, the closing brackets of arithmetic, or the end of a document.
    pub(super) fn double_parts(&mut self, inside: Inside) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut open = 0;
        while let Some(c) = self.peek() {
            let part = match (c, inside) {
                ('"', Inside::Quotes) => break,
                ('(', Inside::Arithmetic) => {
                    open += 1;
                    text.push(c);
                    self.at += 1;
                    continue;
                }
                (')', Inside::Arithmetic) => {
                    if open == 0 {
                        break;
                    }
                    open -= 1;
                    text.push(c);
                    self.at += 1;
                    continue;
                }
                ('\\', _) => {
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => {
                            self.newline();
                            continue;
                        }
                        Some(c) if "$`\\".contains(c) || (c == '"' && inside == Inside::Quotes) => {
                            text.push(c);
                            self.at += 1;
                        }
                        _ => text.push('\\'),
                    }
                    continue;
                }
                ('`', _) => self.backquoted(inside == Inside::Quotes)?,
                ('$', _) => {
                    if let Some(part) = self.dollar(true)? {
                        part
                    } else {
                        text.push('$');
                        continue;
                    }
                }
                _ => {
                    text.push(c);
                    self.take();
                    continue;
                }
            };
            if !text.is_empty() {
                parts.push(Part::Quoted(std::mem::take(&mut text)));
            }
            parts.push(part);
        }
        if !text.is_empty() {
            parts.push(Part::Quoted(text));
        }
        Ok(parts)
    }

    fn backquoted(&mut self, quoted: bool) -> Parsed<Part> {
        let line = self.line;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.take() {
                None => return Err(Wrong::Incomplete(Some('`'), line)),
                Some('`') => break,
                Some('\\') => match self.take() {
                    Some(c) if "$`\\".contains(c) || (quoted && c == '"') => text.push(c),
                    Some(c) => {
                        text.push('\\');
                        text.push(c);
                    }
                    None => return Err(Wrong::Incomplete(Some('`'), line)),
                },
                Some(c) => text.push(c),
            }
        }
        Ok(Part::Command(self.inner_list(&text)?))
    }

    /// What begins with `$`; nothing when it is only a dollar.
    fn dollar(&mut self, quoted: bool) -> Parsed<Option<Part>> {
        let line = self.line;
        self.at += 1;
        match self.peek() {
            Some('(') if self.peek_at(1) == Some('(') => {
                let (start, start_line) = (self.at, self.line);
                self.at += 2;
                let parts = self.deeper(|this| this.double_parts(Inside::Arithmetic))?;
                if self.starts("))") {
                    self.at += 2;
                    return Ok(Some(Part::Arithmetic(Word(parts))));
                }
                // Not arithmetic after all: a command that begins with a subshell.
                (self.at, self.line) = (start, start_line);
                self.substitution(line).map(Some)
            }
            Some('(') => self.substitution(line).map(Some),
            Some('{') => {
                self.at += 1;
                self.deeper(|this| this.braced(quoted, line)).map(Some)
            }
            Some(c) if name_start(c) => {
                let name = self.name();
                Ok(Some(parameter(name, Op::None)))
            }
            Some(c) if c.is_ascii_digit() || "@*#?-$!".contains(c) => {
                self.at += 1;
                Ok(Some(parameter(c.to_string(), Op::None)))
            }
            _ => Ok(None),
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| name_rest(*c)) {
            name.push(c);
            self.at += 1;
        }
        name
    }

    fn substitution(&mut self, line: u32) -> Parsed<Part> {
        self.at += 1;
        let list = match self.deeper(|this| this.list(true)) {
            Err(Wrong::Incomplete(None, _)) => return Err(Wrong::Incomplete(Some(')'), line)),
            other => other?,
        };
        self.lines();
        match self.peek() {
            Some(')') => self.at += 1,
            None => return Err(Wrong::Incomplete(Some(')'), line)),
            Some(_) => return Err(self.unexpected()),
        }
        Ok(Part::Command(Arc::new(with_cat(list))))
    }

    #[allow(clippy::too_many_lines, reason = "a table in all but form")]
    /// Behind `${`.
    fn braced(&mut self, quoted: bool, line: u32) -> Parsed<Part> {
        let start = self.at;
        let missing = Wrong::Incomplete(Some('}'), line);
        let bad = |this: &mut Self| {
            while this.peek().is_some_and(|c| c != '}' && c != '\n') {
                this.at += 1;
            }
            let text: String = this.chars[start..this.at].iter().collect();
            // Only complained about when it is expanded, as by the shell itself.
            this.at += usize::from(this.peek() == Some('}'));
            Ok(parameter(format!("${{{text}}}"), Op::None))
        };
        if self.peek() == Some('#') && self.peek_at(1) != Some('}') {
            self.at += 1;
            let Some(name) = self.parameter_name() else { return bad(self) };
            return if self.take() == Some('}') {
                Ok(parameter(name, Op::Length))
            } else {
                bad(self)
            };
        }
        let indirect = self.peek() == Some('!') && self.peek_at(1).is_some_and(name_start);
        self.at += usize::from(indirect);
        let Some(name) = self.parameter_name() else { return bad(self) };
        let Some(c) = self.take() else { return Err(missing) };
        let op = match c {
            '}' => {
                return Ok(Part::Parameter(Box::new(Parameter { name, indirect, op: Op::None })));
            }
            ':' if self.peek().is_some_and(|c| "-=?+".contains(c)) => {
                let sign = self.take().unwrap_or('-');
                Op::Default { colon: true, sign, word: self.operand(quoted, "}")? }
            }
            '-' | '=' | '?' | '+' => {
                Op::Default { colon: false, sign: c, word: self.operand(quoted, "}")? }
            }
            '#' | '%' => {
                let longest = self.peek() == Some(c);
                self.at += usize::from(longest);
                Op::Trim { suffix: c == '%', longest, pattern: self.operand(false, "}")? }
            }
            '/' => {
                let how = match self.peek() {
                    Some('/') => Replace::All,
                    Some('#') => Replace::Start,
                    Some('%') => Replace::End,
                    _ => Replace::First,
                };
                self.at += usize::from(how != Replace::First);
                let pattern = self.operand(false, "/}")?;
                let with = if self.peek() == Some('/') {
                    self.at += 1;
                    self.operand(false, "}")?
                } else {
                    Word::default()
                };
                Op::Replace { how, pattern, with }
            }
            ':' => {
                let offset = self.operand(true, ":}")?;
                let length = if self.peek() == Some(':') {
                    self.at += 1;
                    Some(self.operand(true, "}")?)
                } else {
                    None
                };
                Op::Slice { offset, length }
            }
            '^' | ',' => {
                let all = self.peek() == Some(c);
                self.at += usize::from(all);
                Op::Case { upper: c == '^', all }
            }
            _ => return bad(self),
        };
        match self.take() {
            Some('}') => Ok(Part::Parameter(Box::new(Parameter { name, indirect, op }))),
            None => Err(missing),
            Some(_) => bad(self),
        }
    }

    fn parameter_name(&mut self) -> Option<String> {
        let c = self.peek()?;
        if name_start(c) {
            return Some(self.name());
        }
        if c.is_ascii_digit() {
            let mut name = String::new();
            while let Some(c) = self.peek().filter(char::is_ascii_digit) {
                name.push(c);
                self.at += 1;
            }
            return Some(name);
        }
        "@*#?-$!".contains(c).then(|| {
            self.at += 1;
            c.to_string()
        })
    }

    /// The word behind an operator of `${…}`, which may have blanks. Between double quotes single
    /// quotes mean themselves there.
    fn operand(&mut self, quoted: bool, ends: &str) -> Parsed<Word> {
        if !quoted {
            let ends = ends.to_owned();
            return self.word_until(&move |c| ends.contains(c));
        }
        let mut parts = Vec::new();
        while let Some(c) = self.peek().filter(|c| !ends.contains(*c)) {
            match c {
                '"' => parts.push(self.double()?),
                '`' => parts.push(self.backquoted(true)?),
                '$' => {
                    let part = self.dollar(true)?;
                    parts.push(part.unwrap_or_else(|| Part::Quoted("$".into())));
                }
                '\\' if self.peek_at(1).is_some_and(|c| "$`\"\\}".contains(c)) => {
                    self.at += 1;
                    let c = self.take().unwrap_or('\\');
                    parts.push(Part::Quoted(c.to_string()));
                }
                _ => {
                    self.take();
                    parts.push(Part::Quoted(c.to_string()));
                }
            }
        }
        Ok(Word(parts))
    }
}

/// `$(<file)` is `$(cat <file)`.
fn with_cat(mut list: List) -> List {
    if let [Item { chain, background: false, .. }] = list.0.as_mut_slice()
        && let [(_, pipeline)] = chain.as_mut_slice()
        && let [command] = pipeline.commands.as_mut_slice()
    {
        let only_reads =
            matches!(command.redirects.as_slice(), [r] if r.kind == RedirectKind::Read);
        if let Kind::Simple { assigns, words } = &mut Arc::make_mut(command).kind
            && only_reads
            && assigns.is_empty()
            && words.is_empty()
        {
            words.push(Word::literal("cat"));
        }
    }
    list
}

fn parameter(name: String, op: Op) -> Part {
    Part::Parameter(Box::new(Parameter { name, indirect: false, op }))
}
