//! The parser: from the text to a tree of what is written.
//!
//! One pass, no going back: where a parenthesis may open a condition or an
//! operand, what follows decides. The first token no rule can go on with is the
//! syntax error. Faults that leave the syntax sound (parentheses, reserved
//! words, functions out of place) are noted on the way and answered only once
//! the whole text has been read, as the service does.

mod condition;
mod judge;

use super::Fault;
use super::Kind as Parameter;
use super::condition::Comparator;
use super::token::{Keyword, Kind, Token, tokens};

use judge::{Note, list_index};

/// The longest text of an expression.
const TEXT_BYTES_MAX: usize = 4096;
/// How deep the parentheses of operands and functions may lie within each other:
/// more than the operators a valid expression has, and few enough for any stack.
const DEPTH_MAX: usize = 310;
/// What exceeding [`DEPTH_MAX`] is answered with.
const TOO_DEEP: &str = "The expression contains too many operators; operator count: 301";

/// A path with its placeholders.
#[derive(Clone, Debug)]
pub(super) struct RawPath<'a> {
    pub(super) attribute: &'a str,
    pub(super) steps: Vec<RawStep<'a>>,
}

#[derive(Clone, Debug)]
pub(super) enum RawStep<'a> {
    Name(&'a str),
    Index(usize),
}

#[derive(Clone, Debug)]
pub(super) enum RawOperand<'a> {
    Path(RawPath<'a>),
    Value(&'a str),
    Call(RawCall<'a>),
}

#[derive(Clone, Debug)]
pub(super) struct RawCall<'a> {
    pub(super) name: &'a str,
    pub(super) operands: Vec<RawOperand<'a>>,
    /// Which note of the parser is about this call.
    note: usize,
}

#[derive(Clone, Debug)]
pub(super) enum RawCondition<'a> {
    And(Vec<RawCondition<'a>>),
    Or(Vec<RawCondition<'a>>),
    Not(Box<RawCondition<'a>>),
    Compare(Comparator, RawOperand<'a>, RawOperand<'a>),
    Between(RawOperand<'a>, RawOperand<'a>, RawOperand<'a>),
    In(RawOperand<'a>, Vec<RawOperand<'a>>),
    Call(RawCall<'a>),
}

#[derive(Clone, Debug)]
pub(super) enum RawSetValue<'a> {
    Operand(RawOperand<'a>),
    /// `+` or `-`.
    Arithmetic(&'static str, RawOperand<'a>, RawOperand<'a>),
}

#[derive(Clone, Debug)]
pub(super) enum RawAction<'a> {
    Set(RawPath<'a>, RawSetValue<'a>),
    Remove(RawPath<'a>),
    Add(RawPath<'a>, &'a str),
    Delete(RawPath<'a>, &'a str),
}

/// Whether something stands in parentheses of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parentheses {
    None,
    Own,
}

pub(super) fn parse_condition(text: &str, kind: Parameter) -> Result<RawCondition<'_>, Fault> {
    let mut parser = Parser::new(text, kind)?;
    let condition = parser.condition()?;
    parser.end()?;
    parser.judge()?;
    Ok(condition)
}

pub(super) fn parse_projection(text: &str) -> Result<Vec<RawPath<'_>>, Fault> {
    let mut parser = Parser::new(text, Parameter::Projection)?;
    let paths = parser.list(Parser::path)?;
    parser.end()?;
    parser.judge()?;
    Ok(paths)
}

pub(super) fn parse_update(text: &str) -> Result<Vec<RawAction<'_>>, Fault> {
    let mut parser = Parser::new(text, Parameter::Update)?;
    let mut actions = parser.section()?;
    while parser.peek() != Kind::End {
        actions.append(&mut parser.section()?);
    }
    parser.judge()?;
    Ok(actions)
}

struct Parser<'a> {
    text: &'a str,
    kind: Parameter,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    redundant_parentheses: bool,
    notes: Vec<Note<'a>>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, kind: Parameter) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err("The expression can not be empty;".to_owned());
        }
        if text.len() > TEXT_BYTES_MAX {
            let size = match kind {
                Parameter::Projection | Parameter::Update => String::new(),
                _ => format!(" expression size: {}", text.len()),
            };
            return Err(format!("Expression size has exceeded the maximum allowed size;{size}"));
        }
        Ok(Self {
            text,
            kind,
            tokens: tokens(text),
            at: 0,
            depth: 0,
            redundant_parentheses: false,
            notes: Vec::new(),
        })
    }

    fn peek(&self) -> Kind {
        self.tokens[self.at].kind
    }

    /// Steps on, but never past the end.
    fn take(&mut self) -> &'a str {
        let Token { start, end, .. } = self.tokens[self.at];
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        &self.text[start..end]
    }

    fn accept(&mut self, kind: Kind) -> bool {
        let found = self.peek() == kind;
        if found {
            self.take();
        }
        found
    }

    fn expect(&mut self, kind: Kind) -> Result<&'a str, Fault> {
        if self.peek() == kind {
            return Ok(self.take());
        }
        Err(self.syntax_error())
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.expect(Kind::End).map(drop)
    }

    /// Names the token at hand and shows it between its neighbours, blanks as written.
    fn syntax_error(&self) -> Fault {
        let token = self.tokens[self.at];
        let previous = self.at.checked_sub(1).map(|at| self.tokens[at]);
        let next = self.tokens.get(self.at + 1);
        let from = previous.map_or(0, |previous| previous.start);
        let to = next.map_or(token.end, |next| next.end);
        let written = match token.kind {
            Kind::End => "<EOF>",
            _ => &self.text[token.start..token.end],
        };
        let near = &self.text[from..to];
        format!("Syntax error; token: \"{written}\", near: \"{near}\"")
    }

    fn descend(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(TOO_DEEP.to_owned());
        }
        Ok(())
    }

    fn close(&mut self, inner: Parentheses) -> Result<(), Fault> {
        self.expect(Kind::Symbol(")"))?;
        self.depth -= 1;
        self.redundant_parentheses |= inner == Parentheses::Own;
        Ok(())
    }

    /// One or more of something, with commas between.
    fn list<T>(
        &mut self,
        element: impl Fn(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut elements = vec![element(self)?];
        while self.accept(Kind::Symbol(",")) {
            elements.push(element(self)?);
        }
        Ok(elements)
    }

    /// An operand of something: a call here is nested.
    fn nested_operand(&mut self) -> Result<RawOperand<'a>, Fault> {
        let (operand, _) = self.operand_in_parentheses()?;
        if let RawOperand::Call(call) = &operand {
            self.nest(call);
        }
        Ok(operand)
    }

    fn operand_in_parentheses(&mut self) -> Result<(RawOperand<'a>, Parentheses), Fault> {
        if !self.accept(Kind::Symbol("(")) {
            return Ok((self.operand()?, Parentheses::None));
        }
        self.descend()?;
        let (operand, inner) = self.operand_in_parentheses()?;
        self.close(inner)?;
        Ok((operand, Parentheses::Own))
    }

    fn operand(&mut self) -> Result<RawOperand<'a>, Fault> {
        let next = self.tokens.get(self.at + 1).map(|token| token.kind);
        match self.peek() {
            Kind::ValuePlaceholder => Ok(RawOperand::Value(self.take())),
            Kind::Identifier if next == Some(Kind::Symbol("(")) => {
                Ok(RawOperand::Call(self.call()?))
            }
            _ => Ok(RawOperand::Path(self.path()?)),
        }
    }

    fn call(&mut self) -> Result<RawCall<'a>, Fault> {
        let name = self.take();
        let note = self.notes.len();
        self.notes.push(Note::Call { name, nested: false });
        self.expect(Kind::Symbol("("))?;
        self.descend()?;
        let operands = self.list(Self::nested_operand)?;
        self.close(Parentheses::None)?;
        Ok(RawCall { name, operands, note })
    }

    fn nest(&mut self, call: &RawCall<'a>) {
        if let Some(Note::Call { nested, .. }) = self.notes.get_mut(call.note) {
            *nested = true;
        }
    }

    fn path(&mut self) -> Result<RawPath<'a>, Fault> {
        let attribute = self.name()?;
        let mut steps = Vec::new();
        loop {
            if self.accept(Kind::Symbol(".")) {
                steps.push(RawStep::Name(self.name()?));
            } else if self.accept(Kind::Symbol("[")) {
                let index = self.expect(Kind::Index)?;
                self.expect(Kind::Symbol("]"))?;
                self.notes.push(Note::Index(index));
                steps.push(RawStep::Index(list_index(index).unwrap_or_default()));
            } else {
                return Ok(RawPath { attribute, steps });
            }
        }
    }

    fn name(&mut self) -> Result<&'a str, Fault> {
        match self.peek() {
            Kind::NamePlaceholder => Ok(self.take()),
            Kind::Identifier => {
                let name = self.take();
                self.notes.push(Note::Name(name));
                Ok(name)
            }
            _ => Err(self.syntax_error()),
        }
    }

    fn section(&mut self) -> Result<Vec<RawAction<'a>>, Fault> {
        let Kind::Keyword(keyword) = self.peek() else {
            return Err(self.syntax_error());
        };
        let section = match keyword {
            Keyword::Set => "SET",
            Keyword::Remove => "REMOVE",
            Keyword::Add => "ADD",
            Keyword::Delete => "DELETE",
            _ => return Err(self.syntax_error()),
        };
        self.take();
        let actions = self.list(|parser| {
            let path = parser.path()?;
            Ok(match keyword {
                Keyword::Set => {
                    parser.expect(Kind::Symbol("="))?;
                    RawAction::Set(path, parser.set_value()?.0)
                }
                Keyword::Add => RawAction::Add(path, parser.expect(Kind::ValuePlaceholder)?),
                Keyword::Delete => RawAction::Delete(path, parser.expect(Kind::ValuePlaceholder)?),
                _ => RawAction::Remove(path),
            })
        })?;
        self.notes.push(Note::Section(section));
        Ok(actions)
    }

    fn set_value(&mut self) -> Result<(RawSetValue<'a>, Parentheses), Fault> {
        let (left, parentheses) = if self.accept(Kind::Symbol("(")) {
            self.descend()?;
            let (inner, inside) = self.set_value()?;
            self.close(inside)?;
            match inner {
                RawSetValue::Operand(operand) => (operand, Parentheses::Own),
                arithmetic @ RawSetValue::Arithmetic(..) => {
                    return Ok((arithmetic, Parentheses::Own));
                }
            }
        } else {
            (self.operand()?, Parentheses::None)
        };
        let Kind::Symbol(symbol @ ("+" | "-")) = self.peek() else {
            return Ok((RawSetValue::Operand(left), parentheses));
        };
        self.take();
        if let RawOperand::Call(call) = &left {
            self.nest(call);
        }
        let right = self.nested_operand()?;
        let arithmetic = RawSetValue::Arithmetic(symbol, left, right);
        Ok((arithmetic, Parentheses::None))
    }
}
