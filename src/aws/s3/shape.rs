//! `[s3]` of a world's shape: which defaults new buckets have.

use serde_json::Value;

use sim::{Config, Key, Part, Wrong};

/// The part as the kernel knows it.
pub(super) const PART: Part = Part { name: "s3", keys: KEYS, check };

const OLD_DEFAULTS: &str = "old-defaults";

const KEYS: &[Key] = &[Key {
    name: OLD_DEFAULTS,
    about: "Whether new buckets begin as they did before April 2023: ACLs are on, nothing blocks public \
            access, and uploads may bring keys of their own. `false` by default.",
    example: "old-defaults = true",
}];

fn check(_: &str, value: &Value, wrong: &mut Vec<Wrong>) {
    if !value.is_boolean() {
        let what = format!("`{OLD_DEFAULTS}` is {value}");
        wrong.push(Wrong::new(
            &[OLD_DEFAULTS],
            what,
            "write `old-defaults = true`, or take it out",
        ));
    }
}

/// Whether new buckets of a world begin as they did before April 2023.
pub(super) fn old_defaults(config: &Config) -> bool {
    config.shape.say("s3", OLD_DEFAULTS).and_then(Value::as_bool).unwrap_or_default()
}
