//! Fills a template in.

use serde_json::Value;

use super::Data;
use super::functions;
use super::parse::{Head, Node, Operand, Pipeline, Place};
use super::value::Val;

struct Scope<'a> {
    data: &'a Data<'a>,
    dot: Val,
    variables: Vec<(String, Val)>,
}

/// Fills the nodes in.
pub(super) fn apply(nodes: &[Node], data: &Data<'_>) -> Result<String, String> {
    let dot = Val { value: data.value.clone(), field: String::new(), root: true };
    let variables = vec![("$".to_owned(), dot.clone())];
    let mut out = String::new();
    Scope { data, dot, variables }.nodes(nodes, &mut out)?;
    Ok(out)
}

fn failed(place: &Place, why: &str) -> String {
    format!("template: :{}:{}: executing \"\" at <{}>: {why}", place.line, place.column, place.text)
}

impl Scope<'_> {
    fn nodes(&mut self, nodes: &[Node], out: &mut String) -> Result<(), String> {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Print(pipe) => {
                    let value = self.pipeline(pipe)?;
                    if pipe.variables.is_empty() {
                        out.push_str(&value.print(self.data.kinds));
                    }
                    self.declare(&pipe.variables, value);
                }
                Node::If(pipe, body, other) => {
                    let depth = self.variables.len();
                    let value = self.pipeline(pipe)?;
                    let chosen = if value.truth() { body } else { other };
                    self.declare(&pipe.variables, value);
                    self.nodes(chosen, out)?;
                    self.variables.truncate(depth);
                }
                Node::With(pipe, body, other) => {
                    let depth = self.variables.len();
                    let value = self.pipeline(pipe)?;
                    self.declare(&pipe.variables, value.clone());
                    if value.truth() {
                        let outer = std::mem::replace(&mut self.dot, value);
                        self.nodes(body, out)?;
                        self.dot = outer;
                    } else {
                        self.nodes(other, out)?;
                    }
                    self.variables.truncate(depth);
                }
                Node::Range(pipe, body, other) => self.range(pipe, body, other, out)?,
            }
        }
        Ok(())
    }

    fn range(
        &mut self,
        pipe: &Pipeline,
        body: &[Node],
        other: &[Node],
        out: &mut String,
    ) -> Result<(), String> {
        let value = self.pipeline(pipe)?;
        let items: Vec<(Value, Value)> = match value.value {
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
            other => {
                let why =
                    format!("range can't iterate over {}", Val::from(other).print(self.data.kinds));
                let first = pipe.commands.first().and_then(|c| c.first());
                return Err(first.map_or_else(|| why.clone(), |o| failed(&o.place, &why)));
            }
        };
        if items.is_empty() {
            return self.nodes(other, out);
        }
        let depth = self.variables.len();
        for (key, item) in items {
            match pipe.variables.as_slice() {
                [one] => self.variables.push((one.clone(), item.clone().into())),
                [index, element] => {
                    self.variables.push((index.clone(), key.into()));
                    self.variables.push((element.clone(), item.clone().into()));
                }
                _ => {}
            }
            let outer = std::mem::replace(&mut self.dot, item.into());
            self.nodes(body, out)?;
            self.dot = outer;
            self.variables.truncate(depth);
        }
        Ok(())
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
            return functions::call(name, &args, self.data.kinds)
                .map_err(|why| failed(&place, &format!("error calling {name}: {why}")));
        }
        if let (Head::Dot, [method], [argument]) =
            (&first.head, first.fields.as_slice(), args.as_slice())
            && self.dot.root
            && let Some((_, answer)) = self.data.methods.iter().find(|(name, _)| name == method)
        {
            return Ok(Value::from(answer(&argument.print(self.data.kinds))).into());
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
            Head::Int(number) => Value::from(*number).into(),
            Head::Bool(truth) => Value::from(*truth).into(),
            Head::Nil => Value::Null.into(),
            Head::Function(name) => functions::call(name, &[], self.data.kinds)
                .map_err(|why| failed(&operand.place, &format!("error calling {name}: {why}")))?,
            Head::Group(pipe) => self.pipeline(pipe)?,
        };
        for field in &operand.fields {
            value = self.field(&value, field).map_err(|why| failed(&operand.place, &why))?;
        }
        Ok(value)
    }

    fn field(&self, from: &Val, name: &str) -> Result<Val, String> {
        match &from.value {
            Value::Object(fields) => match fields.get(name).or_else(|| self.in_go(from, name)) {
                Some(value) => {
                    Ok(Val { value: value.clone(), field: name.to_owned(), root: false })
                }
                // A map answers nothing; anything else has no such field.
                None if self.data.kinds.maps.contains(&from.field.as_str()) => {
                    Ok(Val { value: Value::Null, field: "\0".to_owned(), root: false })
                }
                None => Err(match self.data.type_name.filter(|_| from.root) {
                    Some(kind) => format!("can't evaluate field {name} in type {kind}"),
                    None => format!("map has no entry for key {name:?}"),
                }),
            },
            Value::Null if self.data.kinds.maps.contains(&from.field.as_str()) => {
                Ok(Val { value: Value::Null, field: "\0".to_owned(), root: false })
            }
            Value::Null => Err(format!("nil pointer evaluating interface {{}}.{name}")),
            _ if self.data.type_name.is_some() => {
                Err(format!("can't evaluate field {name} in type string"))
            }
            _ => Err(format!("can't evaluate field {name} in type interface {{}}")),
        }
    }

    /// A field whose name in Go differs from the one in JSON by capitals alone (`.Status`, `.ID`).
    fn in_go<'v>(&self, from: &'v Val, name: &str) -> Option<&'v Value> {
        let fields = from.value.as_object()?;
        let typed = self.data.type_name.is_some() && from.root;
        let same = |key: &str| {
            key.starts_with(|c: char| c.is_ascii_lowercase())
                && name.starts_with(|c: char| c.is_ascii_uppercase())
                && key.eq_ignore_ascii_case(name)
        };
        fields.iter().find(|(key, _)| typed && same(key)).map(|(_, value)| value)
    }
}
