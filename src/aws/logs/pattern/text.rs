//! Terms: words, phrases and regular expressions that an event has in it, or has not.

use regex_lite::Regex;
use sim::api::ApiError;

use super::bad_term;
use super::cursor::Cursor;

/// Terms that events are searched for.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// All of these are there.
    all: Vec<Term>,
    /// One of these is there; beside others they mean nothing.
    any: Vec<Term>,
    /// None of these is there.
    none: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Words(String),
    Expression(Regex),
}

impl Text {
    /// Reads terms; nothing where every event is meant.
    ///
    /// # Errors
    /// A term has something in it that wants quotes, or does not end.
    pub(super) fn parse(pattern: &str) -> Result<Option<Self>, ApiError> {
        let mut terms = Self::default();
        let mut cursor = Cursor::new(pattern);
        while !cursor.is_done() {
            let sign = cursor.peek().filter(|c| matches!(c, '-' | '?'));
            if let Some(sign) = sign {
                cursor.eat(sign.encode_utf8(&mut [0; 4]));
                if cursor.peek().is_none_or(char::is_whitespace) {
                    return Err(bad_term(sign));
                }
            }
            let Some(term) = term(&mut cursor)? else { continue };
            match sign {
                Some('-') => terms.none.push(term),
                Some(_) => terms.any.push(term),
                None => terms.all.push(term),
            }
        }
        let empty = terms.all.is_empty() && terms.any.is_empty() && terms.none.is_empty();
        Ok((!empty).then_some(terms))
    }

    pub(super) fn expressions(&self) -> usize {
        let all = self.all.iter().chain(&self.any).chain(&self.none);
        all.filter(|term| matches!(term, Term::Expression(_))).count()
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        if self.all.is_empty() && self.none.is_empty() {
            return self.any.iter().any(|term| term.is_in(message));
        }
        self.all.iter().all(|term| term.is_in(message))
            && !self.none.iter().any(|term| term.is_in(message))
    }
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Words(words) => message.contains(words.as_str()),
            Self::Expression(expression) => expression.is_match(message),
        }
    }
}

/// One term, of which the first character is next. Blanks in quotes are in every event.
fn term(cursor: &mut Cursor<'_>) -> Result<Option<Term>, ApiError> {
    let term = match cursor.peek() {
        Some('"') => {
            let words = cursor.quoted()?;
            if words.is_empty() {
                return Err(bad_term("\"\""));
            }
            (!words.trim().is_empty()).then_some(Term::Words(words))
        }
        Some('%') => Some(Term::Expression(cursor.expression()?)),
        _ => {
            let word = cursor.while_is(|c| c.is_alphanumeric() || c == '_');
            (!word.is_empty()).then(|| Term::Words(word.to_owned()))
        }
    };
    match cursor.peek() {
        Some(c) if !c.is_whitespace() => Err(bad_term(c)),
        _ => Ok(term),
    }
}
