//! `[dynamodb]` of a world's shape: whether tables refuse what is beyond their capacity.

use serde_json::Value;

use sim::{Config, Key, Part, Wrong};

/// The part as the kernel knows it.
pub(super) const PART: Part = Part { name: "dynamodb", keys: KEYS, check };

const THROTTLING: &str = "throttling";

const KEYS: &[Key] = &[Key {
    name: THROTTLING,
    about: "Whether tables refuse what is beyond their capacity. What provisioned ones do not use is kept \
            for five minutes; those on demand begin with 4,000 writes and 12,000 reads a second. Reads \
            are entries of the journal then, as they use something up. `false` by default.",
    example: "throttling = true",
}];

fn check(_: &str, value: &Value, wrong: &mut Vec<Wrong>) {
    if !value.is_boolean() {
        let what = format!("`{THROTTLING}` is {value}");
        wrong.push(Wrong::new(&[THROTTLING], what, "write `throttling = true`, or take it out"));
    }
}

/// Whether the tables of a world refuse what is beyond their capacity.
pub(super) fn throttles(config: &Config) -> bool {
    config.shape.say(PART.name, THROTTLING).and_then(Value::as_bool).unwrap_or_default()
}
