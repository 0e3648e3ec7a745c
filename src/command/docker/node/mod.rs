//! `docker node …`: one file for each command.

mod inspect;
mod ls;
mod pretty;
mod ps;
mod rm;
mod role;
#[cfg(test)]
mod tests;
mod update;

pub(super) use pretty::labels;

use super::cx::{Cx, Fail};
use super::verb::Group;
use docker::Engine;
use docker::swarm::text;

pub(super) static GROUP: Group = Group {
    name: "node",
    about: "Manage Swarm nodes",
    flags: &[],
    verbs: &[
        &role::DEMOTE,
        &inspect::VERB,
        &ls::VERB,
        &role::PROMOTE,
        &ps::VERB,
        &rm::VERB,
        &update::VERB,
    ],
};

/// The id of the engine's own node where the name is `self`.
fn resolve(cx: &Cx<'_, '_>, engine: &Engine, name: &str) -> Result<String, Fail> {
    if name != "self" {
        return Ok(name.to_owned());
    }
    let info = cx.wait(engine.get_json("/info"))?;
    let id = text(&info, "/Swarm/NodeID");
    // Without one the engine refuses the name itself, and says why.
    Ok(if id.is_empty() { name } else { id }.to_owned())
}
