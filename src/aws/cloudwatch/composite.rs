//! Rules of composite alarms: `ALARM(cpu) AND NOT (OK("disk full") OR FALSE)`.
//!
//! Source: API reference, `PutCompositeAlarm`.

use sim::api::ApiError;

use super::alarm::StateValue;
use super::faults::validation;

/// How deep parentheses may stand in each other, so that no rule exhausts the stack.
const DEPTH_MAX: usize = 32;

/// A rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Rule {
    Const(bool),
    /// An alarm, by name, is in a state.
    In(StateValue, String),
    Not(Box<Rule>),
    All(Vec<Rule>),
    Any(Vec<Rule>),
}

/// What a rule says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    True,
    False,
}

fn wrong() -> ApiError {
    validation("AlarmRule is not valid.")
}

impl Rule {
    /// # Errors
    /// It is no rule.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let mut parser = Parser { rest: text };
        let rule = parser.any(0)?;
        if parser.rest.trim_start().is_empty() { Ok(rule) } else { Err(wrong()) }
    }

    /// The alarms that it names.
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::Const(_) => Vec::new(),
            Self::In(_, name) => vec![name],
            Self::Not(rule) => rule.names(),
            Self::All(rules) | Self::Any(rules) => rules.iter().flat_map(Self::names).collect(),
        }
    }

    /// What it says when alarms are in these states; one that is not there is in none.
    pub(crate) fn holds(&self, known: &dyn Fn(&str) -> Option<StateValue>) -> State {
        if self.is_true(known) { State::True } else { State::False }
    }

    fn is_true(&self, known: &dyn Fn(&str) -> Option<StateValue>) -> bool {
        match self {
            Self::Const(is) => *is,
            Self::In(state, name) => known(name) == Some(*state),
            Self::Not(rule) => !rule.is_true(known),
            Self::All(rules) => rules.iter().all(|rule| rule.is_true(known)),
            Self::Any(rules) => rules.iter().any(|rule| rule.is_true(known)),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(behind) = rest.strip_prefix(word) else { return false };
        if behind.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = behind;
        true
    }

    fn sign(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start();
        let Some(behind) = rest.strip_prefix(sign) else { return false };
        self.rest = behind;
        true
    }

    fn any(&mut self, depth: usize) -> Result<Rule, ApiError> {
        let mut parts = vec![self.all(depth)?];
        while self.word("OR") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Rule::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Result<Rule, ApiError> {
        let mut parts = vec![self.one(depth)?];
        while self.word("AND") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Rule::All(parts) })
    }

    fn one(&mut self, depth: usize) -> Result<Rule, ApiError> {
        if depth == DEPTH_MAX {
            return Err(wrong());
        }
        if self.word("NOT") {
            return Ok(Rule::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.word("TRUE") {
            return Ok(Rule::Const(true));
        }
        if self.word("FALSE") {
            return Ok(Rule::Const(false));
        }
        if self.sign('(') {
            let inside = self.any(depth + 1)?;
            return if self.sign(')') { Ok(inside) } else { Err(wrong()) };
        }
        let states = [StateValue::InsufficientData, StateValue::Ok, StateValue::Alarm];
        let state = states.into_iter().find(|state| self.word(state.as_str())).ok_or_else(wrong)?;
        if !self.sign('(') {
            return Err(wrong());
        }
        let name = self.name()?;
        if self.sign(')') { Ok(Rule::In(state, name)) } else { Err(wrong()) }
    }

    /// A name in quotes or without, or an ARN.
    fn name(&mut self) -> Result<String, ApiError> {
        let rest = self.rest.trim_start();
        let (name, behind) = match rest.strip_prefix('"') {
            Some(inside) => inside.split_once('"').ok_or_else(wrong)?,
            None => rest.split_at(rest.find(')').ok_or_else(wrong)?),
        };
        self.rest = behind;
        let name = name.trim();
        let name = name.split_once(":alarm:").map_or(name, |(_, name)| name);
        if name.is_empty() { Err(wrong()) } else { Ok(name.to_owned()) }
    }
}
