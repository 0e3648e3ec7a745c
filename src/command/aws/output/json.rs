//! `--output json`: four blanks of indent, characters beyond ASCII as they are, nothing at all for
//! an answer without members.

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

pub(super) fn render(value: &Value, to: &mut String) {
    if value.as_object().is_some_and(serde_json::Map::is_empty) {
        return;
    }
    to.push_str(&pretty(value));
    to.push('\n');
}

/// Four blanks of indent.
pub(in crate::aws) fn pretty(value: &Value) -> String {
    let mut bytes = Vec::new();
    let mut serializer =
        Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    // A tree of values cannot fail to serialize into memory.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(bytes).unwrap_or_default()
}
