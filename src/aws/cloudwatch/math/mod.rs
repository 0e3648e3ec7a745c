//! Metric math: expressions over the time series of other queries.
//!
//! Source: user guide, "Using math expressions with CloudWatch metrics". Powers, square roots, strings,
//! searches and anomaly detection are not simulated, and refused by name.

mod eval;
mod parse;

pub(crate) use eval::{Answer, Line, Terms, evaluate};
pub(crate) use parse::parse;

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Expr {
    Number(f64),
    /// Another query, by its id.
    Id(String),
    List(Vec<Expr>),
    Negative(Box<Expr>),
    Both(Op, Box<Expr>, Box<Expr>),
    Call(String, Vec<Expr>),
    /// What `FILL` and `METRICS` take beside numbers.
    Word(String),
}

/// What stands between two values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Op {
    Or,
    And,
    Equal,
    Unequal,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Expr {
    /// The ids that it names.
    pub(crate) fn ids(&self) -> Vec<&str> {
        match self {
            Self::Number(_) | Self::Word(_) => Vec::new(),
            Self::Id(id) => vec![id],
            Self::List(all) | Self::Call(_, all) => all.iter().flat_map(Self::ids).collect(),
            Self::Negative(of) => of.ids(),
            Self::Both(_, a, b) => [a.ids(), b.ids()].concat(),
        }
    }

    /// Whether it asks for all metrics of the request.
    pub(crate) fn takes_all(&self) -> bool {
        match self {
            Self::Call(name, all) => name == "METRICS" || all.iter().any(Self::takes_all),
            Self::List(all) => all.iter().any(Self::takes_all),
            Self::Negative(of) => of.takes_all(),
            Self::Both(_, a, b) => a.takes_all() || b.takes_all(),
            Self::Number(_) | Self::Word(_) | Self::Id(_) => false,
        }
    }
}
