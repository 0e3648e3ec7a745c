//! What a part of a template speaks of: parameters, resources, their attributes, conditions.

use std::collections::BTreeMap;

use serde_json::Value;

/// One thing that is spoken of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Mention {
    /// `Ref`, or `${Name}` in a `Fn::Sub`: a parameter, a pseudo parameter or a resource.
    Name(String),
    Attribute(String, String),
    Condition(String),
    Mapping(String),
}

/// Everything that a value speaks of. With the values of conditions, only the chosen side of each
/// `Fn::If` is looked at.
pub(crate) fn mentions(value: &Value, chosen: Option<&BTreeMap<String, bool>>) -> Vec<Mention> {
    let mut found = Vec::new();
    walk(value, chosen, &mut found);
    found
}

fn walk(value: &Value, chosen: Option<&BTreeMap<String, bool>>, found: &mut Vec<Mention>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, chosen, found)),
        Value::Object(map) => {
            let only = map.iter().next().filter(|_| map.len() == 1);
            if let Some((key, argument)) = only
                && call(key, argument, chosen, found)
            {
                return;
            }
            map.values().for_each(|value| walk(value, chosen, found));
        }
        _ => {}
    }
}

/// Whether this was a function that needs more than its arguments looked at.
fn call(
    key: &str,
    argument: &Value,
    chosen: Option<&BTreeMap<String, bool>>,
    found: &mut Vec<Mention>,
) -> bool {
    match (key, argument) {
        ("Ref", Value::String(name)) => found.push(Mention::Name(name.clone())),
        ("Condition", Value::String(name)) => found.push(Mention::Condition(name.clone())),
        ("Fn::GetAtt", argument) => match attribute(argument) {
            Some((resource, name)) => {
                found.push(Mention::Attribute(resource, name));
                // The attribute's name may be a function itself.
                if let Some(name @ Value::Object(_)) = argument.get(1) {
                    walk(name, chosen, found);
                }
            }
            None => return false,
        },
        ("Fn::Sub", Value::String(text)) => substituted(text, None, found),
        ("Fn::Sub", Value::Array(parts)) => {
            let own = parts.get(1).and_then(Value::as_object);
            if let Some(text) = parts.first().and_then(Value::as_str) {
                substituted(text, own, found);
            }
            own.into_iter().flat_map(|own| own.values()).for_each(|v| walk(v, chosen, found));
        }
        ("Fn::If", Value::Array(parts)) => {
            if let Some(Value::String(name)) = parts.first() {
                found.push(Mention::Condition(name.clone()));
                let side = chosen.and_then(|chosen| chosen.get(name)).copied();
                let sides = parts.iter().skip(1).enumerate();
                for (at, part) in sides {
                    if side.is_none_or(|side| side == (at == 0)) {
                        walk(part, chosen, found);
                    }
                }
            } else {
                return false;
            }
        }
        ("Fn::FindInMap", Value::Array(parts)) => {
            if let Some(Value::String(name)) = parts.first() {
                found.push(Mention::Mapping(name.clone()));
            }
            for part in parts {
                walk(part, chosen, found);
            }
        }
        _ => return false,
    }
    true
}

/// Resource and attribute of a `Fn::GetAtt`: a list, or text with a dot. An attribute that is said by a
/// function is empty here.
pub(crate) fn attribute(argument: &Value) -> Option<(String, String)> {
    match argument {
        Value::String(text) => {
            text.split_once('.').map(|(resource, name)| (resource.to_owned(), name.to_owned()))
        }
        Value::Array(parts) if parts.len() >= 2 => {
            let resource = parts[0].as_str()?.to_owned();
            let rest: Vec<&str> = parts[1..].iter().filter_map(Value::as_str).collect();
            Some((resource, rest.join(".")))
        }
        _ => None,
    }
}

/// One part of the text of a `Fn::Sub`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Piece {
    Text(String),
    /// `${Name}` or `${Resource.Attribute}`.
    Hole(String),
}

/// The text of a `Fn::Sub` in its parts. `${!Literal}` is the text `${Literal}`.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut done = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, behind) = (&rest[..at], &rest[at + 2..]);
        plain.push_str(before);
        let Some(end) = behind.find('}') else {
            plain.push_str("${");
            rest = behind;
            continue;
        };
        let name = &behind[..end];
        rest = &behind[end + 1..];
        if let Some(literal) = name.strip_prefix('!') {
            plain.push_str("${");
            plain.push_str(literal);
            plain.push('}');
        } else {
            if !plain.is_empty() {
                done.push(Piece::Text(std::mem::take(&mut plain)));
            }
            done.push(Piece::Hole(name.trim().to_owned()));
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        done.push(Piece::Text(plain));
    }
    done
}

fn substituted(text: &str, own: Option<&serde_json::Map<String, Value>>, found: &mut Vec<Mention>) {
    for piece in pieces(text) {
        let Piece::Hole(name) = piece else { continue };
        if own.is_some_and(|own| own.contains_key(&name)) {
            continue;
        }
        found.push(match name.split_once('.') {
            Some((resource, attribute)) => {
                Mention::Attribute(resource.to_owned(), attribute.to_owned())
            }
            None => Mention::Name(name),
        });
    }
}
