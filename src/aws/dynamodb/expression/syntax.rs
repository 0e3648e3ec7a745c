//! The parser: from the text to a tree of what is written.
//!
//! One pass, no going back: where a parenthesis may open a condition or an
//! operand, what follows decides. The first token no rule can go on with is the
//! syntax error. Faults that leave the syntax sound (parentheses, reserved
//! words, functions out of place) are noted on the way and answered only once
//! the whole text has been read, as the service does.

use super::Fault;
use super::Kind as Parameter;
use super::condition::Comparator;
use super::reserved::is_reserved;
use super::token::{Keyword, Kind, Token, tokens};

/// The longest text of an expression.
const TEXT_BYTES_MAX: usize = 4096;
/// How deep parentheses and functions may lie within each other: more than the
/// operators a valid expression has, and few enough for any stack.
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

/// What is judged by itself, in the order of the text.
#[derive(Clone, Copy, Debug)]
enum Note<'a> {
    Name(&'a str),
    Index(&'a str),
    Call { name: &'a str, nested: bool },
    Section(&'static str),
}

/// What stood where a condition or, in parentheses, an operand may stand.
enum Term<'a> {
    Condition(RawCondition<'a>, Parentheses),
    Operand(RawOperand<'a>, Parentheses),
    /// Either of both, until something is compared with it.
    Call(RawCall<'a>, Parentheses),
}

/// Whether something stands in parentheses of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parentheses {
    None,
    Own,
}

/// What may stand at a place of a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Condition,
    /// Right behind a parenthesis.
    ConditionOrOperand,
}

pub(super) fn parse_condition(text: &str, kind: Parameter) -> Result<RawCondition<'_>, Fault> {
    let mut parser = Parser::new(text, kind)?;
    let term = parser.disjunction(Place::Condition)?;
    parser.end()?;
    parser.judge()?;
    term.into_condition().ok_or_else(|| parser.syntax_error())
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
            return Err(format!(
                "Expression size has exceeded the maximum allowed size;{size}"
            ));
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
        let from = self.at.checked_sub(1).map_or(0, |at| self.tokens[at].start);
        let to = self.tokens.get(self.at + 1).map_or(token.end, |next| next.end);
        let written = match token.kind {
            Kind::End => "<EOF>",
            _ => &self.text[token.start..token.end],
        };
        // Blanks before the first token are no part of it.
        let from = if self.at == 0 && token.kind != Kind::End { token.start } else { from };
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

    fn disjunction(&mut self, place: Place) -> Result<Term<'a>, Fault> {
        self.chain(place, Keyword::Or, Self::conjunction, RawCondition::Or)
    }

    fn conjunction(&mut self, place: Place) -> Result<Term<'a>, Fault> {
        self.chain(place, Keyword::And, Self::negation, RawCondition::And)
    }

    fn chain(
        &mut self,
        place: Place,
        keyword: Keyword,
        part: impl Fn(&mut Self, Place) -> Result<Term<'a>, Fault>,
        joined: impl Fn(Vec<RawCondition<'a>>) -> RawCondition<'a>,
    ) -> Result<Term<'a>, Fault> {
        let first = part(self, place)?;
        if self.peek() != Kind::Keyword(keyword) {
            return Ok(first);
        }
        let condition = first.into_condition();
        let mut parts = vec![condition.ok_or_else(|| self.syntax_error())?];
        while self.accept(Kind::Keyword(keyword)) {
            let condition = part(self, Place::Condition)?.into_condition();
            parts.push(condition.ok_or_else(|| self.syntax_error())?);
        }
        Ok(Term::Condition(joined(parts), Parentheses::None))
    }

    fn negation(&mut self, place: Place) -> Result<Term<'a>, Fault> {
        let mut negations = 0;
        while self.accept(Kind::Keyword(Keyword::Not)) {
            negations += 1;
        }
        if negations == 0 {
            return self.primary(place);
        }
        let condition = self.primary(Place::Condition)?.into_condition();
        let condition = condition.ok_or_else(|| self.syntax_error())?;
        let negated = (0..negations).fold(condition, |inner, _| RawCondition::Not(Box::new(inner)));
        Ok(Term::Condition(negated, Parentheses::None))
    }

    fn primary(&mut self, place: Place) -> Result<Term<'a>, Fault> {
        if !self.accept(Kind::Symbol("(")) {
            return match self.operand()? {
                RawOperand::Call(call) => self.after_call(call, Parentheses::None),
                operand => self.after_operand(operand, Parentheses::None, place),
            };
        }
        self.descend()?;
        let inner = self.disjunction(Place::ConditionOrOperand)?;
        self.close(inner.parentheses())?;
        match inner {
            Term::Condition(condition, _) => Ok(Term::Condition(condition, Parentheses::Own)),
            Term::Operand(operand, _) => self.after_operand(operand, Parentheses::Own, place),
            Term::Call(call, _) => self.after_call(call, Parentheses::Own),
        }
    }

    /// A call is a condition, unless it is compared with something.
    fn after_call(
        &mut self,
        call: RawCall<'a>,
        parentheses: Parentheses,
    ) -> Result<Term<'a>, Fault> {
        let compared = matches!(self.peek(), Kind::Keyword(Keyword::In | Keyword::Between))
            || self.comparator().is_some();
        if compared {
            self.nest(&call);
            return self.after_operand(RawOperand::Call(call), parentheses, Place::Condition);
        }
        Ok(Term::Call(call, parentheses))
    }

    fn after_operand(
        &mut self,
        operand: RawOperand<'a>,
        parentheses: Parentheses,
        place: Place,
    ) -> Result<Term<'a>, Fault> {
        let condition = if let Some(comparator) = self.comparator() {
            self.take();
            RawCondition::Compare(comparator, operand, self.nested_operand()?)
        } else if self.accept(Kind::Keyword(Keyword::Between)) {
            let low = self.nested_operand()?;
            self.expect(Kind::Keyword(Keyword::And))?;
            RawCondition::Between(operand, low, self.nested_operand()?)
        } else if self.accept(Kind::Keyword(Keyword::In)) {
            self.expect(Kind::Symbol("("))?;
            let candidates = self.list(Self::nested_operand)?;
            self.expect(Kind::Symbol(")"))?;
            RawCondition::In(operand, candidates)
        } else if place == Place::ConditionOrOperand && self.peek() == Kind::Symbol(")") {
            return Ok(Term::Operand(operand, parentheses));
        } else {
            return Err(self.syntax_error());
        };
        Ok(Term::Condition(condition, Parentheses::None))
    }

    fn comparator(&self) -> Option<Comparator> {
        match self.peek() {
            Kind::Symbol(symbol) => Comparator::of(symbol),
            _ => None,
        }
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
        self.notes.push(Note::Call {
            name,
            nested: false,
        });
        self.expect(Kind::Symbol("("))?;
        self.descend()?;
        let operands = self.list(Self::nested_operand)?;
        self.close(Parentheses::None)?;
        Ok(RawCall {
            name,
            operands,
            note,
        })
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

    /// The first fault of a text whose syntax is sound.
    fn judge(&self) -> Result<(), Fault> {
        if self.redundant_parentheses {
            return Err("The expression has redundant parentheses;".to_owned());
        }
        let mut sections = Vec::new();
        let faults = self.notes.iter().filter_map(|note| match *note {
            Note::Name(name) => is_reserved(name).then(|| {
                format!("Attribute name is a reserved keyword; reserved keyword: {name}")
            }),
            Note::Index(index) => list_index(index).is_none().then(|| {
                format!("List index is not within the allowable range; index: [{index}]")
            }),
            Note::Call { name, nested } => call_fault(self.kind, name, nested),
            Note::Section(section) => {
                let repeated = sections.contains(&section);
                sections.push(section);
                repeated.then(|| {
                    format!(
                        "The \"{section}\" section can only be used once in an update expression;"
                    )
                })
            }
        });
        let mut faults = faults;
        faults.next().map_or(Ok(()), Err)
    }
}

impl<'a> Term<'a> {
    fn into_condition(self) -> Option<RawCondition<'a>> {
        match self {
            Self::Condition(condition, _) => Some(condition),
            Self::Call(call, _) => Some(RawCondition::Call(call)),
            Self::Operand(..) => None,
        }
    }

    fn parentheses(&self) -> Parentheses {
        match self {
            Self::Condition(_, own) | Self::Operand(_, own) | Self::Call(_, own) => *own,
        }
    }
}

/// An index of 31 bits.
fn list_index(text: &str) -> Option<usize> {
    usize::try_from(text.parse::<i32>().ok()?).ok()
}

const CONDITION_FUNCTIONS: [&str; 6] = [
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "size",
];
const UPDATE_FUNCTIONS: [&str; 2] = ["if_not_exists", "list_append"];

fn call_fault(kind: Parameter, name: &str, nested: bool) -> Option<Fault> {
    let in_condition = CONDITION_FUNCTIONS.contains(&name);
    let in_update = UPDATE_FUNCTIONS.contains(&name);
    let is_update = kind == Parameter::Update;
    if !in_condition && !in_update {
        return Some(format!("Invalid function name; function: {name}"));
    }
    if is_update && !in_update {
        return Some(format!(
            "The function is not allowed in an update expression; function: {name}"
        ));
    }
    if !is_update && !in_condition {
        return Some(format!(
            "The function is not allowed in a condition expression; function: {name}"
        ));
    }
    // Only `size` and `if_not_exists` give operands; only `size` is no condition.
    let in_place = match name {
        "size" => nested,
        "if_not_exists" => true,
        _ => !nested,
    };
    (!in_place).then(|| {
        format!(
            "The function is not allowed to be used this way in an expression; function: {name}"
        )
    })
}
