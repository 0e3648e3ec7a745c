//! Builds the tree of a template from its tokens.

use super::functions;
use super::lex::{Kind, Piece, Token};

/// A part of a template.
#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Print(Pipeline),
    If(Pipeline, Vec<Node>, Vec<Node>),
    With(Pipeline, Vec<Node>, Vec<Node>),
    Range(Pipeline, Vec<Node>, Vec<Node>),
    Break,
    Continue,
}

/// Commands whose values flow from left to right, and the variables that take the last one.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) variables: Vec<String>,
    pub(super) commands: Vec<Vec<Operand>>,
}

#[derive(Debug)]
pub(super) struct Operand {
    pub(super) head: Head,
    /// `.A.B` behind it.
    pub(super) fields: Vec<String>,
    pub(super) place: Place,
}

/// Where something stands, as error messages name it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    /// Its text.
    pub(super) text: String,
}

#[derive(Debug)]
pub(super) enum Head {
    Dot,
    Variable(String),
    Text(String),
    Number(serde_json::Number),
    Bool(bool),
    Nil,
    Function(String),
    Group(Pipeline),
}

/// Builds the tree.
pub(super) fn nodes(pieces: &[Piece]) -> Result<Vec<Node>, String> {
    let mut parser = Parser { pieces, at: 0, rounds: 0 };
    let (nodes, end) = parser.block()?;
    match end {
        End::Input => Ok(nodes),
        End::Word => Err("template: :1: unexpected {{end}}".to_owned()),
        End::Else(_) => Err("template: :1: unexpected {{else}}".to_owned()),
    }
}

struct Parser<'a> {
    pieces: &'a [Piece],
    at: usize,
    /// How many `range` it is inside of.
    rounds: usize,
}

/// What a list of nodes ended with.
enum End<'a> {
    Input,
    /// `end` itself.
    Word,
    /// With the tokens of `else if …`.
    Else(&'a [Token]),
}

impl<'a> Parser<'a> {
    fn block(&mut self) -> Result<(Vec<Node>, End<'a>), String> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.get(self.at) {
            self.at += 1;
            let tokens = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text.clone()));
                    continue;
                }
                Piece::Action(tokens) => tokens,
            };
            let word = match tokens.first().map(|t| &t.kind) {
                None => return Err("template: :1: missing value for command".to_owned()),
                Some(Kind::Word(word)) => word.as_str(),
                Some(_) => "",
            };
            match word {
                "end" => return Ok((nodes, End::Word)),
                "else" => return Ok((nodes, End::Else(&tokens[1..]))),
                "break" | "continue" if self.rounds == 0 => {
                    return Err(wrong(
                        &tokens[0],
                        &format!("{{{{{word}}}}} outside {{{{range}}}}"),
                    ));
                }
                "break" => nodes.push(Node::Break),
                "continue" => nodes.push(Node::Continue),
                "if" | "with" | "range" => nodes.push(self.branch(word, &tokens[1..])?),
                _ => nodes.push(Node::Print(pipeline(tokens, "command")?)),
            }
        }
        Ok((nodes, End::Input))
    }

    fn branch(&mut self, word: &str, tokens: &'a [Token]) -> Result<Node, String> {
        let condition = pipeline(tokens, word)?;
        let round = usize::from(word == "range");
        self.rounds += round;
        let (body, end) = self.block()?;
        self.rounds -= round;
        let other = match end {
            End::Word => Vec::new(),
            End::Input => return Err("template: :1: unexpected EOF".to_owned()),
            End::Else(rest) => match rest.first().map(|t| &t.kind) {
                Some(Kind::Word(next)) if next == "if" || next == "with" => {
                    vec![self.branch(next, &rest[1..])?]
                }
                _ => {
                    let (other, end) = self.block()?;
                    match end {
                        End::Word => other,
                        End::Input => return Err("template: :1: unexpected EOF".to_owned()),
                        End::Else(_) => {
                            return Err("template: :1: expected end; found {{else}}".to_owned());
                        }
                    }
                }
            },
        };
        Ok(match word {
            "if" => Node::If(condition, body, other),
            "with" => Node::With(condition, body, other),
            _ => Node::Range(condition, body, other),
        })
    }
}

/// Reads a whole pipeline; `what` it is for stands in the message when it is empty.
fn pipeline(tokens: &[Token], what: &str) -> Result<Pipeline, String> {
    let mut rest = tokens;
    let found = pipe(&mut rest, what)?;
    match rest.first() {
        None => Ok(found),
        Some(token) => Err(wrong(token, "unexpected right paren")),
    }
}

fn wrong(token: &Token, why: &str) -> String {
    format!("template: :{}: {why}", token.line)
}

fn pipe(rest: &mut &[Token], what: &str) -> Result<Pipeline, String> {
    let mut variables = Vec::new();
    let declares = rest
        .iter()
        .take(4)
        .position(|t| matches!(t.kind, Kind::Declare | Kind::Assign))
        .filter(|i| matches!(i, 1 | 3));
    if let Some(end) = declares {
        for token in &rest[..end] {
            if let Kind::Variable(name) = &token.kind {
                variables.push(name.clone());
            }
        }
        *rest = &rest[end + 1..];
    }
    let mut commands = vec![Vec::new()];
    while let Some(token) = rest.first() {
        match token.kind {
            Kind::Close => break,
            Kind::Pipe => {
                *rest = &rest[1..];
                commands.push(Vec::new());
            }
            _ => {
                let operand = operand(rest)?;
                if let Some(last) = commands.last_mut() {
                    last.push(operand);
                }
            }
        }
    }
    if commands.iter().any(Vec::is_empty) {
        return Err(format!("template: :1: missing value for {what}"));
    }
    Ok(Pipeline { variables, commands })
}

fn operand(rest: &mut &[Token]) -> Result<Operand, String> {
    let Some((token, behind)) = rest.split_first() else {
        return Err("template: :1: missing value for command".to_owned());
    };
    *rest = behind;
    let mut fields = Vec::new();
    let (head, mut text) = match &token.kind {
        Kind::Dot => (Head::Dot, ".".to_owned()),
        Kind::Field(name) => {
            fields.push(name.clone());
            (Head::Dot, format!(".{name}"))
        }
        Kind::Variable(name) => (Head::Variable(name.clone()), name.clone()),
        Kind::Text(value) => (Head::Text(value.clone()), format!("{value:?}")),
        Kind::Number(value, spelled) => (Head::Number(value.clone()), spelled.clone()),
        Kind::Word(word) => match word.as_str() {
            "true" => (Head::Bool(true), word.clone()),
            "false" => (Head::Bool(false), word.clone()),
            "nil" => (Head::Nil, word.clone()),
            name if functions::NAMES.contains(&name) => {
                (Head::Function(name.to_owned()), word.clone())
            }
            name => return Err(wrong(token, &format!("function {name:?} not defined"))),
        },
        Kind::Open => {
            let inner = pipe(rest, "parenthesized pipeline")?;
            match rest.split_first() {
                Some((Token { kind: Kind::Close, .. }, behind)) => *rest = behind,
                _ => return Err(wrong(token, "unclosed left paren")),
            }
            (Head::Group(inner), "(...)".to_owned())
        }
        _ => return Err(wrong(token, "unexpected token in operand")),
    };
    // Go places a chain at its second field.
    let mut column = token.column;
    while let Some((Token { kind: Kind::Field(name), column: at, spaced: false, .. }, behind)) =
        rest.split_first()
    {
        if text.matches('.').count() <= 1 {
            column = *at;
        }
        text.push('.');
        text.push_str(name);
        fields.push(name.clone());
        *rest = behind;
    }
    Ok(Operand { head, fields, place: Place { line: token.line, column, text } })
}
