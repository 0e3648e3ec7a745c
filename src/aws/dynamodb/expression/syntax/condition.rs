//! The part of the parser that reads conditions.

use super::super::Fault;
use super::super::condition::Comparator;
use super::super::token::{Keyword, Kind};
use super::{Parentheses, Parser, RawCall, RawCondition, RawOperand};

/// What stood where a condition or, in parentheses, an operand may stand.
enum Term<'a> {
    Condition(RawCondition<'a>, Parentheses),
    Operand(RawOperand<'a>, Parentheses),
    /// Either of both, until something is compared with it.
    Call(RawCall<'a>, Parentheses),
}

/// What may stand at a place of a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Condition,
    /// Right behind a parenthesis.
    ConditionOrOperand,
}

impl<'a> Parser<'a> {
    /// A condition, without recursion: parentheses may lie as deep as the text is long.
    pub(super) fn condition(&mut self) -> Result<RawCondition<'a>, Fault> {
        let mut levels: Vec<Level<'a>> = Vec::new();
        let mut level = Level::default();
        loop {
            while self.accept(Kind::Keyword(Keyword::Not)) {
                level.negations += 1;
            }
            if self.accept(Kind::Symbol("(")) {
                levels.push(std::mem::take(&mut level));
                continue;
            }
            let place = level.place(levels.len());
            let mut term = match self.operand()? {
                RawOperand::Call(call) => self.after_call(call, Parentheses::None)?,
                operand => self.after_operand(operand, Parentheses::None, place)?,
            };
            while self.peek() == Kind::Symbol(")")
                && let Some(outer) = levels.pop()
            {
                self.take();
                term = std::mem::replace(&mut level, outer).close(term);
                self.redundant_parentheses |= term.parentheses() == Parentheses::Own;
                let place = level.place(levels.len());
                term = match term {
                    Term::Condition(condition, _) => Term::Condition(condition, Parentheses::Own),
                    Term::Operand(operand, _) => {
                        self.after_operand(operand, Parentheses::Own, place)?
                    }
                    Term::Call(call, _) => self.after_call(call, Parentheses::Own)?,
                };
            }
            match self.peek() {
                Kind::Keyword(Keyword::And) => level.push(term),
                Kind::Keyword(Keyword::Or) => level.push_alternative(term),
                _ if levels.is_empty() => {
                    let condition = level.close(term).into_condition();
                    return condition.ok_or_else(|| self.syntax_error());
                }
                _ => return Err(self.syntax_error()),
            }
            self.take();
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
}

/// What has been read between two parentheses, or outside of all.
#[derive(Default)]
struct Level<'a> {
    /// The conditions before the last `OR`.
    alternatives: Vec<RawCondition<'a>>,
    /// Those since then, each with an `AND` behind it.
    parts: Vec<RawCondition<'a>>,
    /// How many `NOT` stand before the next condition.
    negations: usize,
}

impl<'a> Level<'a> {
    /// What may stand next, so many levels deep: an operand only if nothing is before it.
    fn place(&self, depth: usize) -> Place {
        let first = self.alternatives.is_empty() && self.parts.is_empty() && self.negations == 0;
        if first && depth > 0 { Place::ConditionOrOperand } else { Place::Condition }
    }

    fn push(&mut self, term: Term<'a>) {
        let negations = std::mem::take(&mut self.negations);
        // An operand is followed by its parenthesis and never comes here.
        let condition = term.into_condition().map(|condition| {
            (0..negations).fold(condition, |inner, _| RawCondition::Not(Box::new(inner)))
        });
        self.parts.extend(condition);
    }

    fn push_alternative(&mut self, term: Term<'a>) {
        self.push(term);
        let parts = std::mem::take(&mut self.parts);
        self.alternatives.extend(joined(parts, RawCondition::And));
    }

    /// The whole of the level, ended by the term.
    fn close(mut self, term: Term<'a>) -> Term<'a> {
        if self.place(1) == Place::ConditionOrOperand {
            return term;
        }
        self.push_alternative(term);
        let whole = joined(self.alternatives, RawCondition::Or);
        let whole = whole.unwrap_or_else(|| RawCondition::Or(Vec::new()));
        Term::Condition(whole, Parentheses::None)
    }
}

/// The conditions as one; none if there are none.
fn joined<'a>(
    mut conditions: Vec<RawCondition<'a>>,
    join: impl Fn(Vec<RawCondition<'a>>) -> RawCondition<'a>,
) -> Option<RawCondition<'a>> {
    if conditions.len() > 1 {
        return Some(join(conditions));
    }
    conditions.pop()
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
