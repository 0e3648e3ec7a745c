//! `[ecs]` of a world's shape: what stands behind containers.

use serde_json::Value;

use sim::{Config, Key, Part, Wrong};

/// The part as the kernel knows it.
pub(super) const PART: Part = Part { name: "ecs", keys: KEYS, check };

const CONTAINERS: &str = "containers";
const ENGINE: &str = "engine";
const SIMULATED: &str = "simulated";

const KEYS: &[Key] = &[Key {
    name: CONTAINERS,
    about: "What stands behind the containers of tasks. `\"simulated\"`, the default: programs that images \
            describe by a label; all of it replays. `\"engine\"`: containers on the learner's Docker \
            Engine, and simulated ones where no engine answers or several containers of a task share an \
            address; what is seen of the engine is attested.",
    example: "containers = \"engine\"",
}];

fn check(_: &str, value: &Value, wrong: &mut Vec<Wrong>) {
    if !matches!(value.as_str(), Some(ENGINE | SIMULATED)) {
        let what = format!("`{CONTAINERS}` is {value}");
        wrong.push(Wrong::new(&[CONTAINERS], what, "write `\"engine\"` or `\"simulated\"`"));
    }
}

/// Whether tasks of a world have containers of an engine.
pub(super) fn has_engine(config: &Config) -> bool {
    config.shape.say(PART.name, CONTAINERS).and_then(Value::as_str) == Some(ENGINE)
}
