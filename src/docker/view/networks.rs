//! Networks and who is on them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Engine, EngineError, LABEL, text};

/// Containers that are asked for their aliases; each is a request.
const ASKED_MAX: usize = 40;

/// One network.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NetworkView {
    pub name: String,
    /// `bridge`, `overlay`, …
    pub driver: String,
    /// Empty when it has none.
    pub subnet: String,
    pub gateway: String,
    /// Whether it has no way out.
    pub internal: bool,
    /// The lab that made it; empty when it is none of ours.
    pub lab: String,
    /// In the order of their names.
    pub members: Vec<Member>,
}

/// A container on a network.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Member {
    pub name: String,
    pub address: String,
    /// The names it is found by there, beside its own.
    pub aliases: Vec<String>,
    /// The other networks it is on.
    pub also_on: Vec<String>,
    /// `0.0.0.0:8080->80/tcp`
    pub ports: String,
}

impl Engine {
    pub(super) async fn networks_view(&self) -> Result<Vec<NetworkView>, EngineError> {
        let mut members = self.members().await?;
        let mut views = Vec::new();
        for network in self.networks(&BTreeMap::new()).await? {
            let text = |path: &str| {
                network.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let (name, driver) = (text("/Name"), text("/Driver"));
            let members = members.remove(&name).unwrap_or_default();
            // The engine's own two say something only when somebody uses them.
            if ["host", "null"].contains(&driver.as_str()) && members.is_empty() {
                continue;
            }
            views.push(NetworkView {
                subnet: text("/IPAM/Config/0/Subnet"),
                gateway: text("/IPAM/Config/0/Gateway"),
                internal: network.get("Internal").and_then(Value::as_bool).unwrap_or(false),
                lab: text(&format!("/Labels/{LABEL}")),
                name,
                driver,
                members,
            });
        }
        views.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(views)
    }

    /// The running containers on each network.
    async fn members(&self) -> Result<BTreeMap<String, Vec<Member>>, EngineError> {
        let mut found: BTreeMap<String, Vec<Member>> = BTreeMap::new();
        let running = self.containers(false, None, false, &BTreeMap::new()).await?;
        for (i, container) in running.into_iter().enumerate() {
            let id = container.id.unwrap_or_default();
            let name = text::own_name(&container.names.unwrap_or_default());
            let ports = text::ports(&container.ports.unwrap_or_default());
            let whole = if i < ASKED_MAX { self.inspect(&id).await.ok() } else { None };
            let on = container.network_settings.and_then(|n| n.networks).unwrap_or_default();
            let names: Vec<String> = on.keys().cloned().collect();
            for (network, endpoint) in on {
                let aliases = whole.as_ref().map(|w| aliases(w, &network, &name, &id));
                let mut also_on: Vec<String> =
                    names.iter().filter(|n| **n != network).cloned().collect();
                also_on.sort();
                found.entry(network).or_default().push(Member {
                    name: name.clone(),
                    address: endpoint.ip_address.unwrap_or_default(),
                    aliases: aliases.unwrap_or_default(),
                    also_on,
                    ports: ports.clone(),
                });
            }
        }
        for members in found.values_mut() {
            members.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(found)
    }
}

/// The names a container is found by on a network, without its own name and its id.
fn aliases(container: &Value, network: &str, name: &str, id: &str) -> Vec<String> {
    let endpoint = container.pointer("/NetworkSettings/Networks").and_then(|n| n.get(network));
    let aliases = endpoint.and_then(|e| e.get("Aliases")).and_then(Value::as_array);
    let mut aliases: Vec<String> = aliases
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|alias| *alias != name && !id.starts_with(alias))
        .map(str::to_owned)
        .collect();
    aliases.sort();
    aliases.dedup();
    aliases
}
