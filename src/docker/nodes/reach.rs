//! Nodes of any lab, as far as their engines are reached from here.

use std::collections::BTreeMap;

use super::{NODE_LABEL, SOCKET_LABEL};
use crate::{Engine, EngineError};

/// A running node of some lab.
#[derive(Clone, Debug)]
pub struct Reached {
    pub name: String,
    pub engine: Engine,
}

/// The running nodes of all labs on this engine, in the order of their names.
///
/// # Errors
/// When the engine cannot be asked.
pub async fn reached(own: &Engine) -> Result<Vec<Reached>, EngineError> {
    let filter = BTreeMap::from([("label".to_owned(), vec![NODE_LABEL.to_owned()])]);
    let mut nodes = Vec::new();
    for container in own.containers(false, None, false, &filter).await? {
        let labels = container.labels.unwrap_or_default();
        let (Some(name), Some(socket)) = (labels.get(NODE_LABEL), labels.get(SOCKET_LABEL)) else {
            continue;
        };
        // Its socket may be gone; then it is not reached.
        if let Ok(engine) = Engine::open(Some(&format!("unix://{socket}"))) {
            nodes.push(Reached { name: name.clone(), engine });
        }
    }
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(nodes)
}
