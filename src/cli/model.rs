//! `distlab model`: the program's own description of a simulated service, as JSON. It is for those
//! who hold it against the real one (`tests/peers/model.py`), and so it stands in no help.

use super::{DONE, say_json};
use sim::api::describe;

/// The names of all services, or the description of one.
pub(super) fn run(service: Option<&str>) -> anyhow::Result<u8> {
    let Some(name) = service else {
        let names: Vec<&str> = systems::services().map(|s| s.name).collect();
        say_json(&names)?;
        return Ok(DONE);
    };
    let Some(service) = systems::service(name) else {
        let names: Vec<&str> = systems::services().map(|s| s.name).collect();
        anyhow::bail!("there is no service {name}; there are {}", names.join(", "))
    };
    say_json(&describe(service))?;
    Ok(DONE)
}
