//! `docker stack …`: Compose files on a swarm.
//!
//! A stack is nothing that the engine knows: it is the services, networks, secrets and configs that
//! carry its label.

mod config;
mod deploy;
mod files;
mod ls;
mod members;
mod ps;
mod publish;
mod rm;
mod services;
mod spec;
#[cfg(test)]
mod tests;

use ::base64::Engine as _;

use super::cx::Fail;
use super::verb::Group;
use command_line::flags::{Flag, flag};

/// The label that says which stack something belongs to.
const NAMESPACE: &str = "com.docker.stack.namespace";

/// The label of a service that keeps its image's name as the file spells it.
const IMAGE: &str = "com.docker.stack.image";

/// Swarm is the only orchestrator that is left.
static FLAGS: &[Flag] = &[flag("orchestrator", "string", "Orchestrator to use: swarm or all")];

pub(super) static GROUP: Group = Group {
    name: "stack",
    about: "Manage Swarm stacks",
    flags: FLAGS,
    verbs: &[&config::VERB, &deploy::VERB, &ls::VERB, &ps::VERB, &rm::VERB, &services::VERB],
};

/// Bytes as the API takes the content of secrets and configs.
fn base64(bytes: &[u8]) -> String {
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Refuses a name that says nothing.
fn check_name(name: &str) -> Result<(), Fail> {
    let says_nothing = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
    if name.trim_matches(says_nothing).is_empty() {
        return Err(Fail::new(1, format!("invalid stack name: {name:?}")));
    }
    Ok(())
}
