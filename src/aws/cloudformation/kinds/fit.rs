//! Values of a template as an operation wants them: text where a number stands and the other way
//! round, and the operation's own spelling of names.

use serde_json::{Map, Value};
use sim::api::{Shape, StructShape};

use crate::text::text_of;

/// The input of an operation out of properties.
///
/// # Errors
/// A member that the operation does not have, or a value of another type.
pub(super) fn input(value: Value, shape: &StructShape) -> Result<Value, String> {
    let Value::Object(map) = value else { return Ok(value) };
    structure(map, shape).map(Value::Object)
}

fn structure(map: Map<String, Value>, shape: &StructShape) -> Result<Map<String, Value>, String> {
    let mut done = Map::new();
    for (name, value) in map {
        // A function may have taken a value away.
        if value.is_null() {
            continue;
        }
        let member = shape
            .member(&name)
            .or_else(|| shape.members.iter().find(|m| m.name.eq_ignore_ascii_case(&name)))
            .ok_or_else(|| format!("Encountered unsupported property {name}"))?;
        let value = if member.refused { value } else { fit(value, (member.shape)(), &name)? };
        done.insert(member.name.to_owned(), value);
    }
    Ok(done)
}

fn fit(value: Value, shape: Shape, name: &str) -> Result<Value, String> {
    let wrong = |kind: &str| format!("Value of property {name} must be of type {kind}");
    Ok(match shape {
        Shape::String | Shape::Enum(_) => {
            Value::String(text_of(&value).ok_or_else(|| wrong("String"))?)
        }
        Shape::Integer => match &value {
            Value::Number(number) if number.is_i64() => value,
            other => {
                let text = text_of(other).ok_or_else(|| wrong("Integer"))?;
                text.trim().parse::<i64>().map_err(|_| wrong("Integer"))?.into()
            }
        },
        Shape::Double => match value {
            Value::Number(_) => value,
            other => {
                let text = text_of(&other).ok_or_else(|| wrong("Double"))?;
                text.trim().parse::<f64>().map_err(|_| wrong("Double"))?.into()
            }
        },
        Shape::Boolean => match text_of(&value).as_deref() {
            Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            _ => return Err(wrong("Boolean")),
        },
        Shape::List(item) => match value {
            Value::Array(items) => {
                items.into_iter().map(|i| fit(i, item(), name)).collect::<Result<_, _>>()?
            }
            _ => return Err(wrong("List")),
        },
        Shape::Map(item) => match value {
            Value::Object(map) => Value::Object(
                map.into_iter()
                    .map(|(key, value)| Ok((key, fit(value, item(), name)?)))
                    .collect::<Result<_, String>>()?,
            ),
            _ => return Err(wrong("Map")),
        },
        Shape::Structure(of) | Shape::Union(of) => match value {
            Value::Object(map) => Value::Object(structure(map, of())?),
            _ => return Err(wrong("Object")),
        },
        Shape::Timestamp | Shape::Binary | Shape::Document | Shape::BlobIn | Shape::BlobOut => {
            value
        }
    })
}
