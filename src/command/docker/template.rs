//! Templates over what an engine answers.

use command_line::json;
use command_line::template::{Data, Shape, Template};
use serde_json::Value;

/// An answer of the engine, for a template.
pub(crate) fn data<'a>(value: &'a Value, shape: &'a Shape) -> Data<'a> {
    Data { value, shape, type_name: None, methods: &[] }
}

/// Fills a template in, over the client's type first and then, where a name is not one of that type's,
/// over the JSON as the engine sent it.
///
/// # Errors
/// What was wrong the second time.
pub(crate) fn fill(template: &Template, value: &Value, shape: &Shape) -> Result<String, String> {
    template.apply(&data(value, shape)).or_else(|_| {
        // What was read without a type has its names in order.
        template.apply(&data(&json::sorted(value), &Shape::Any))
    })
}
