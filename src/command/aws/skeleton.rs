//! `--generate-cli-skeleton`: an input or answer with every member in it that may be given, to be filled in.

use serde_json::{Map, Value, json};

use sim::api::{Shape, StructShape};

/// A value of every member that may be given.
pub(super) fn of(shape: &StructShape) -> Value {
    structure(shape, 0)
}

fn structure(shape: &StructShape, depth: usize) -> Value {
    // What is refused need not be filled in.
    let members = shape.members.iter().filter(|m| !m.refused);
    let members =
        members.map(|m| (m.name.to_owned(), leaf((m.shape)(), depth))).collect::<Map<_, _>>();
    Value::Object(members)
}

fn leaf(shape: Shape, depth: usize) -> Value {
    match shape {
        Shape::String | Shape::Binary => json!(""),
        Shape::Enum(choices) => json!(choices.first().copied().unwrap_or_default()),
        Shape::Integer => json!(0),
        Shape::Boolean => json!(true),
        Shape::Timestamp => json!("1970-01-01T00:00:00"),
        Shape::BlobIn | Shape::BlobOut => Value::Null,
        Shape::Double => json!(0.0),
        Shape::Document => json!({}),
        // Shapes that contain themselves end somewhere.
        Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) if depth > 8 => json!({}),
        Shape::List(_) if depth > 8 => json!([]),
        Shape::Map(of) => json!({ "KeyName": leaf(of(), depth + 1) }),
        Shape::Structure(of) | Shape::Union(of) => structure(of(), depth + 1),
        Shape::List(item) => json!([leaf(item(), depth + 1)]),
    }
}
