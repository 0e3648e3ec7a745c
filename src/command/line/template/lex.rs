//! Cuts a template into text and the tokens of its actions.

use serde_json::Number;

/// A piece of a template.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Action(Vec<Token>),
}

/// A token and where it stands: line and column, the column from 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
    pub(super) column: usize,
    /// Whether a space stands before it; `.a .b` is two operands, `.a.b` one.
    pub(super) spaced: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// `.Name`, without the dot.
    Field(String),
    /// `$name`, with the dollar.
    Variable(String),
    Word(String),
    Text(String),
    /// A number, and as it is spelled.
    Number(Number, String),
    Dot,
    Pipe,
    Comma,
    Open,
    Close,
    Declare,
    Assign,
}

/// Cuts a template.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut trim_next = false;
    while let Some(open) = text[at..].find("{{").map(|i| at + i) {
        let mut inside = open + 2;
        let trims = text[inside..].starts_with("- ");
        push_text(&mut found, &text[at..open], trim_next, trims);
        if trims {
            inside += 2;
        }
        let mut cursor = Cursor { text, at: inside };
        if text[inside..].starts_with("/*") {
            let end =
                text[inside..].find("*/").ok_or_else(|| error(text, open, "unclosed comment"))?;
            cursor.at = inside + end + 2;
        }
        let tokens = cursor.tokens(open)?;
        trim_next = cursor.trims();
        at = cursor.at;
        if !tokens.is_empty() || !text[inside..].starts_with("/*") {
            found.push(Piece::Action(tokens));
        }
    }
    push_text(&mut found, &text[at..], trim_next, false);
    Ok(found)
}

fn push_text(found: &mut Vec<Piece>, text: &str, trim_start: bool, trim_end: bool) {
    let text = if trim_start { text.trim_start() } else { text };
    let text = if trim_end { text.trim_end() } else { text };
    if !text.is_empty() {
        found.push(Piece::Text(text.to_owned()));
    }
}

/// Go's words for what is wrong on the line of that byte.
fn error(text: &str, at: usize, why: &str) -> String {
    format!("template: :{}: {why}", place(text, at).0)
}

/// Line from 1 and column from 0 of a byte.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    (line, at - before.rfind('\n').map_or(0, |i| i + 1))
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// The tokens up to the end of the action, with it read.
    fn tokens(&mut self, open: usize) -> Result<Vec<Token>, String> {
        let mut tokens = Vec::new();
        loop {
            let before = self.at;
            while self.peek().is_some_and(char::is_whitespace) {
                self.at += 1;
            }
            let spaced = self.at > before;
            let rest = &self.text[self.at..];
            if rest.starts_with("}}") {
                self.at += 2;
                return Ok(tokens);
            }
            if spaced && rest.starts_with("-}}") {
                self.at += 3;
                return Ok(tokens);
            }
            if rest.is_empty() {
                return Err(error(self.text, open, "unclosed action"));
            }
            let (line, column) = place(self.text, self.at);
            let kind = self.token()?;
            tokens.push(Token { kind, line, column, spaced });
        }
    }

    /// Whether the action that was just read takes the space behind it away.
    fn trims(&self) -> bool {
        self.text[..self.at].ends_with("-}}")
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    #[expect(clippy::too_many_lines, reason = "a list of the tokens there are")]
    fn token(&mut self) -> Result<Kind, String> {
        let start = self.at;
        let c = self.peek().unwrap_or('}');
        self.at += c.len_utf8();
        let kind = match c {
            '|' => Kind::Pipe,
            ',' => Kind::Comma,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '=' => Kind::Assign,
            ':' if self.peek() == Some('=') => {
                self.at += 1;
                Kind::Declare
            }
            '.' => match self.word() {
                name if name.is_empty() => Kind::Dot,
                name => Kind::Field(name),
            },
            '$' => Kind::Variable(format!("${}", self.word())),
            '"' => self.quoted(start)?,
            '`' => {
                let end = self.text[self.at..].find('`');
                let end =
                    end.ok_or_else(|| error(self.text, start, "unterminated raw quoted string"))?;
                let inner = self.text[self.at..self.at + end].to_owned();
                self.at += end + 1;
                Kind::Text(inner)
            }
            '-' | '+' | '0'..='9' => {
                let rest = &self.text[start..];
                let end = rest[1..].char_indices().find(|(i, c)| {
                    // A sign belongs to it behind the letter of its power of ten.
                    let signs = "+-".contains(*c) && rest[..=*i].ends_with(['e', 'E']);
                    !(c.is_alphanumeric() || *c == '_' || *c == '.' || signs)
                });
                let spelled = &rest[..end.map_or(rest.len(), |(i, _)| i + 1)];
                self.at = start + spelled.len();
                let number = number(spelled).ok_or_else(|| {
                    error(self.text, start, &format!("bad number syntax: {spelled:?}"))
                })?;
                Kind::Number(number, spelled.to_owned())
            }
            '\'' => {
                let rest = &self.text[self.at..];
                let mut chars = rest.char_indices();
                let escaped = rest.starts_with('\\');
                if escaped {
                    chars.next();
                }
                let found = chars.next().map(|(_, c)| c);
                let end = chars.next().filter(|(_, c)| *c == '\'').map(|(i, _)| i);
                let (Some(found), Some(end)) = (found, end) else {
                    return Err(error(self.text, start, "unterminated character constant"));
                };
                self.at += end + 1;
                let found = match (escaped, found) {
                    (true, 'n') => '\n',
                    (true, 't') => '\t',
                    (true, 'r') => '\r',
                    (_, c) => c,
                };
                Kind::Number(u32::from(found).into(), self.text[start..self.at].to_owned())
            }
            c if c.is_alphabetic() || c == '_' => {
                self.at = start;
                Kind::Word(self.word())
            }
            other => {
                let why = format!("bad character U+{:04X} '{other}'", other as u32);
                return Err(error(self.text, start, &why));
            }
        };
        Ok(kind)
    }

    /// The rest of a string behind its first quote.
    fn quoted(&mut self, start: usize) -> Result<Kind, String> {
        let unterminated = || error(self.text, start, "unterminated quoted string");
        let mut out = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += i + 1;
                    return Ok(Kind::Text(out));
                }
                '\n' => return Err(unterminated()),
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('r') => out.push('\r'),
                    Some(c @ ('"' | '\\')) => out.push(c),
                    Some(c @ ('x' | 'u' | 'U')) => {
                        let count = match c {
                            'x' => 2,
                            'u' => 4,
                            _ => 8,
                        };
                        let digits: String = chars.by_ref().take(count).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&digits, 16).ok();
                        let found = code.and_then(char::from_u32);
                        out.push(found.ok_or_else(|| error(self.text, start, "invalid syntax"))?);
                    }
                    _ => return Err(error(self.text, start, "invalid syntax")),
                },
                c => out.push(c),
            }
        }
        Err(unterminated())
    }
}

/// A number as Go spells one: decimal, hexadecimal, octal or binary, with a fraction or a power.
fn number(spelled: &str) -> Option<Number> {
    let plain = spelled.replace('_', "");
    let (minus, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let lower = digits.to_ascii_lowercase();
    let based = [("0x", 16), ("0o", 8), ("0b", 2)]
        .iter()
        .find_map(|(prefix, base)| Some((lower.strip_prefix(prefix)?, *base)));
    let whole = match based {
        Some((digits, base)) => i64::from_str_radix(digits, base).ok(),
        None if digits.len() > 1 && digits.starts_with('0') => i64::from_str_radix(digits, 8).ok(),
        None => digits.parse().ok(),
    };
    match whole {
        Some(whole) => Some(Number::from(if minus { -whole } else { whole })),
        None if based.is_none() && digits.starts_with(|c: char| c.is_ascii_digit()) => {
            let found: f64 = digits.parse().ok()?;
            Number::from_f64(if minus { -found } else { found })
        }
        None => None,
    }
}
