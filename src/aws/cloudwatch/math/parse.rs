//! Reading an expression.

use super::{Expr, Op};

/// How deep an expression may go, so that none exhausts the stack.
const DEPTH_MAX: usize = 64;

/// Operators by how closely they bind, the loosest first; longer ones before what they begin with.
const LEVELS: [&[(&str, Op)]; 5] = [
    &[("||", Op::Or), ("OR", Op::Or)],
    &[("&&", Op::And), ("AND", Op::And)],
    &[
        ("==", Op::Equal),
        ("!=", Op::Unequal),
        ("<=", Op::LessOrEqual),
        (">=", Op::GreaterOrEqual),
        ("<", Op::Less),
        (">", Op::Greater),
    ],
    &[("+", Op::Add), ("-", Op::Subtract)],
    &[("*", Op::Multiply), ("/", Op::Divide)],
];

/// An expression, or what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Expr, String> {
    let mut parser = Parser { rest: text, depth: 0 };
    let expr = parser.level(0)?;
    match parser.rest.trim_start().chars().next() {
        None => Ok(expr),
        Some('^') => Err("Powers are not simulated here".to_owned()),
        Some(c) => Err(format!("Unexpected '{c}'")),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn eat(&mut self, text: &str) -> bool {
        self.rest = self.rest.trim_start();
        let Some(behind) = self.rest.strip_prefix(text) else { return false };
        let is_word = text.starts_with(|c: char| c.is_alphabetic());
        if is_word && behind.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = behind;
        true
    }

    fn level(&mut self, at: usize) -> Result<Expr, String> {
        let Some(operators) = LEVELS.get(at) else { return self.one() };
        let mut left = self.level(at + 1)?;
        while let Some((_, op)) = operators.iter().find(|(text, _)| self.eat(text)) {
            let right = self.level(at + 1)?;
            left = Expr::Both(*op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("The expression is nested too deeply".to_owned());
        }
        let done = self.primary();
        self.depth -= 1;
        done
    }

    fn primary(&mut self) -> Result<Expr, String> {
        match self.peek() {
            Some('-') => {
                self.eat("-");
                Ok(Expr::Negative(Box::new(self.one()?)))
            }
            Some('(') => {
                self.eat("(");
                let inside = self.level(0)?;
                self.close(")")?;
                Ok(inside)
            }
            Some('[') => {
                self.eat("[");
                Ok(Expr::List(self.list("]")?))
            }
            Some('"' | '\'') => Err("Strings are not simulated here".to_owned()),
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() => {
                let word = self.word();
                if self.eat("(") {
                    return Ok(Expr::Call(word.to_ascii_uppercase(), self.list(")")?));
                }
                let is_id = word.starts_with(|c: char| c.is_ascii_lowercase());
                Ok(if is_id { Expr::Id(word.to_owned()) } else { Expr::Word(word.to_owned()) })
            }
            Some(c) => Err(format!("Unexpected '{c}'")),
            None => Err("Unexpected end of the expression".to_owned()),
        }
    }

    fn number(&mut self) -> Result<Expr, String> {
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
        let (digits, behind) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = behind;
        digits.parse().map(Expr::Number).map_err(|_| format!("Unexpected '{digits}'"))
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (word, behind) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = behind;
        word
    }

    fn list(&mut self, end: &str) -> Result<Vec<Expr>, String> {
        let mut items = Vec::new();
        if self.eat(end) {
            return Ok(items);
        }
        loop {
            items.push(self.level(0)?);
            if !self.eat(",") {
                self.close(end)?;
                return Ok(items);
            }
        }
    }

    fn close(&mut self, sign: &str) -> Result<(), String> {
        if self.eat(sign) { Ok(()) } else { Err(format!("Missing '{sign}'")) }
    }
}
