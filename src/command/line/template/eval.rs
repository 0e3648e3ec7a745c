//! Fills a template in.

use serde_json::Value;

use super::Data;
use super::functions;
use super::parse::{Head, Node, Operand, Pipeline, Place};
use super::shape::Shape;
use super::value::Val;

struct Scope<'a> {
    data: &'a Data<'a>,
    dot: Val,
    variables: Vec<(String, Val)>,
}

/// Fills the nodes in.
pub(super) fn apply(nodes: &[Node], data: &Data<'_>, out: &mut String) -> Result<(), String> {
    let dot = Val { value: data.value.clone(), shape: data.shape.clone(), root: true };
    let variables = vec![("$".to_owned(), dot.clone())];
    Scope { data, dot, variables }.nodes(nodes, out).map(drop)
}

/// What comes after a list of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Go,
    /// The rest of this round of a `range` is left out.
    Continue,
    /// The rest of the `range` is left out.
    Break,
}

fn failed(place: &Place, why: &str) -> String {
    format!("template: :{}:{}: executing \"\" at <{}>: {why}", place.line, place.column, place.text)
}

/// Too few values are said of the function's name, all else of the whole call.
fn call_failed(call: &Place, name_at: &Place, name: &str, why: functions::Wrong) -> String {
    match why {
        functions::Wrong::Count(why) => failed(name_at, &why),
        functions::Wrong::Call(why) => failed(call, &format!("error calling {name}: {why}")),
    }
}

impl Scope<'_> {
    fn nodes(&mut self, nodes: &[Node], out: &mut String) -> Result<Then, String> {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Print(pipe) => {
                    let value = self.pipeline(pipe)?;
                    if pipe.variables.is_empty() {
                        out.push_str(&value.print());
                    }
                    self.declare(&pipe.variables, value);
                }
                Node::If(pipe, body, other) => {
                    let depth = self.variables.len();
                    let value = self.pipeline(pipe)?;
                    let chosen = if value.truth() { body } else { other };
                    self.declare(&pipe.variables, value);
                    let then = self.nodes(chosen, out)?;
                    self.variables.truncate(depth);
                    if then != Then::Go {
                        return Ok(then);
                    }
                }
                Node::With(pipe, body, other) => {
                    let depth = self.variables.len();
                    let value = self.pipeline(pipe)?;
                    self.declare(&pipe.variables, value.clone());
                    let then = if value.truth() {
                        let outer = std::mem::replace(&mut self.dot, value);
                        let then = self.nodes(body, out)?;
                        self.dot = outer;
                        then
                    } else {
                        self.nodes(other, out)?
                    };
                    self.variables.truncate(depth);
                    if then != Then::Go {
                        return Ok(then);
                    }
                }
                Node::Range(pipe, body, other) => {
                    let then = self.range(pipe, body, other, out)?;
                    if then != Then::Go {
                        return Ok(then);
                    }
                }
                Node::Break => return Ok(Then::Break),
                Node::Continue => return Ok(Then::Continue),
            }
        }
        Ok(Then::Go)
    }

    fn range(
        &mut self,
        pipe: &Pipeline,
        body: &[Node],
        other: &[Node],
        out: &mut String,
    ) -> Result<Then, String> {
        let value = self.pipeline(pipe)?;
        let inner = value.inner().clone();
        let wrong = |value: &Val| {
            let why = format!("range can't iterate over {}", value.text());
            let first = pipe.commands.first().and_then(|c| c.first());
            first.map_or_else(|| why.clone(), |o| failed(&o.place, &why))
        };
        if matches!(value.pointee(), Shape::Struct(_) | Shape::Pointer(_)) {
            return Err(wrong(&value));
        }
        let items: Vec<(Value, Value)> = match value.value.clone() {
            Value::Null => Vec::new(),
            Value::Array(items) => {
                items.into_iter().enumerate().map(|(i, v)| (Value::from(i), v)).collect()
            }
            Value::Object(fields) => {
                let mut items: Vec<(Value, Value)> =
                    fields.into_iter().map(|(k, v)| (Value::from(k), v)).collect();
                items.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
                items
            }
            Value::Number(count) if count.as_u64().is_some() => {
                let counted = 0..count.as_u64().unwrap_or(0);
                counted.map(|n| (Value::from(n), Value::from(n))).collect()
            }
            _ => return Err(wrong(&value)),
        };
        if items.is_empty() {
            return self.nodes(other, out);
        }
        let depth = self.variables.len();
        for (key, item) in items {
            let item = Val::of(&inner, Some(&item));
            match pipe.variables.as_slice() {
                [one] => self.variables.push((one.clone(), item.clone())),
                [index, element] => {
                    self.variables.push((index.clone(), key.into()));
                    self.variables.push((element.clone(), item.clone()));
                }
                _ => {}
            }
            let outer = std::mem::replace(&mut self.dot, item);
            let then = self.nodes(body, out)?;
            self.dot = outer;
            self.variables.truncate(depth);
            if then == Then::Break {
                break;
            }
        }
        Ok(Then::Go)
    }

    fn declare(&mut self, names: &[String], value: Val) {
        if let Some(name) = names.first() {
            self.variables.push((name.clone(), value));
        }
    }

    fn pipeline(&mut self, pipe: &Pipeline) -> Result<Val, String> {
        let mut flowing = None;
        for command in &pipe.commands {
            flowing = Some(self.command(command, flowing)?);
        }
        Ok(flowing.unwrap_or_else(|| Value::Null.into()))
    }

    fn command(&mut self, operands: &[Operand], flowing: Option<Val>) -> Result<Val, String> {
        let Some((first, rest)) = operands.split_first() else { return Ok(Value::Null.into()) };
        let mut args = Vec::new();
        for operand in rest {
            args.push(self.operand(operand)?);
        }
        args.extend(flowing);
        if let Head::Function(name) = &first.head {
            let words: Vec<&str> = operands.iter().map(|o| o.place.text.as_str()).collect();
            let place = Place { text: words.join(" "), ..first.place.clone() };
            return functions::call(name, &args, self.data.type_name.is_some())
                .map_err(|why| call_failed(&place, &first.place, name, why));
        }
        if let (Head::Dot, [method], [argument]) =
            (&first.head, first.fields.as_slice(), args.as_slice())
            && self.dot.root
            && let Some((_, answer)) = self.data.methods.iter().find(|(name, _)| name == method)
        {
            return Ok(Value::from(answer(&argument.text())).into());
        }
        if matches!(first.head, Head::Nil) && first.fields.is_empty() {
            return Err(failed(&first.place, "nil is not a command"));
        }
        if !args.is_empty() {
            return Err(failed(&first.place, "can't give argument to non-function"));
        }
        self.operand(first)
    }

    fn operand(&mut self, operand: &Operand) -> Result<Val, String> {
        let mut value = match &operand.head {
            Head::Dot => self.dot.clone(),
            Head::Variable(name) => {
                let found = self.variables.iter().rev().find(|(n, _)| n == name);
                let why = format!("undefined variable {name:?}");
                found.map(|(_, v)| v.clone()).ok_or_else(|| failed(&operand.place, &why))?
            }
            Head::Text(text) => Value::from(text.as_str()).into(),
            Head::Number(number) => Value::Number(number.clone()).into(),
            Head::Bool(truth) => Value::from(*truth).into(),
            Head::Nil => Value::Null.into(),
            Head::Function(name) => functions::call(name, &[], self.data.type_name.is_some())
                .map_err(|why| call_failed(&operand.place, &operand.place, name, why))?,
            Head::Group(pipe) => self.pipeline(pipe)?,
        };
        for field in &operand.fields {
            value = self.field(&value, field).map_err(|why| failed(&operand.place, &why))?;
        }
        Ok(value)
    }

    fn field(&self, from: &Val, name: &str) -> Result<Val, String> {
        match &from.shape {
            Shape::Nothing => return Ok(Val::nothing()),
            Shape::Any => {}
            Shape::Map(inner) => {
                let found = from.value.get(name);
                return Ok(found.map_or_else(Val::nothing, |v| Val::of(inner, Some(v))));
            }
            Shape::Pointer(_) if from.value.is_null() => {
                let kind = from.shape.go_name();
                return Err(format!("nil pointer evaluating {kind}.{name}"));
            }
            _ => {
                let found = match from.pointee() {
                    Shape::Struct(of) => of.field(name),
                    _ => None,
                };
                let member = found.ok_or_else(|| {
                    format!("can't evaluate field {name} in type {}", from.shape.go_name())
                })?;
                if member.key.is_empty() {
                    return Ok(from.clone());
                }
                return Ok(Val::of(&member.shape, from.value.get(&member.key)));
            }
        }
        let row = self.data.type_name.filter(|_| from.root);
        match &from.value {
            Value::Object(fields) => match (fields.get(name), row) {
                (Some(value), _) => Ok(value.clone().into()),
                (None, Some(kind)) => Err(format!("can't evaluate field {name} in type {kind}")),
                (None, None) => Err(format!("map has no entry for key {name:?}")),
            },
            Value::Null => Err(format!("nil pointer evaluating interface {{}}.{name}")),
            _ if self.data.type_name.is_some() => {
                Err(format!("can't evaluate field {name} in type string"))
            }
            _ => Err(format!("can't evaluate field {name} in type interface {{}}")),
        }
    }
}
