//! The containers of a project, found by their labels.

use serde_json::{Value, json};

use super::{NUMBER, ONE_OFF, PROJECT, SERVICE};
use crate::command::docker::cx::{Cx, Fail};
use crate::docker::Engine;

/// One container of a project.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) service: String,
    pub(super) number: u32,
    /// `running`, `exited`, …
    pub(super) state: String,
    /// As the engine lists it.
    pub(super) listed: Value,
}

impl Found {
    /// `web-1`, as logs name it.
    pub(super) fn short(&self) -> String {
        format!("{}-{}", self.service, self.number)
    }

    pub(super) fn label(&self, name: &str) -> &str {
        let labels = self.listed.get("Labels");
        labels.and_then(|l| l.get(name)).and_then(Value::as_str).unwrap_or_default()
    }
}

/// All containers of a project, by service and number.
///
/// # Errors
/// When the engine cannot be asked.
pub(super) fn list(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    project: &str,
    services: &[String],
) -> Result<Vec<Found>, Fail> {
    let filters = json!({ "label": [format!("{PROJECT}={project}"), format!("{ONE_OFF}=False")] });
    let path = format!("/containers/json?all=true&filters={}", query(&filters.to_string()));
    let listed = cx.wait(engine.get_json(&path))?;
    let mut found: Vec<Found> = listed
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| {
            let text = |key: &str| c.get(key).and_then(Value::as_str).unwrap_or_default();
            let label = |key: &str| {
                c.get("Labels").and_then(|l| l.get(key)).and_then(Value::as_str).unwrap_or_default()
            };
            let name = c.pointer("/Names/0").and_then(Value::as_str).unwrap_or_default();
            Found {
                id: text("Id").to_owned(),
                name: name.trim_start_matches('/').to_owned(),
                service: label(SERVICE).to_owned(),
                number: label(NUMBER).parse().unwrap_or(1),
                state: text("State").to_owned(),
                listed: c.clone(),
            }
        })
        .filter(|c| services.is_empty() || services.contains(&c.service))
        .collect();
    found.sort_by(|a, b| (&a.service, a.number).cmp(&(&b.service, b.number)));
    Ok(found)
}

/// A text as one value of a query.
pub(super) fn query(text: &str) -> String {
    Engine::escape(text).replace('/', "%2F").replace(':', "%3A")
}

/// The one container that `exec` and its like mean.
///
/// # Errors
/// When the service has none of that number running.
pub(super) fn one(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    project: &str,
    service: &str,
    number: u32,
) -> Result<Found, Fail> {
    let found = list(cx, engine, project, &[service.to_owned()])?;
    found
        .into_iter()
        .find(|c| c.number == number && c.state == "running")
        .ok_or_else(|| Fail::new(1, format!("service {service:?} is not running")))
}
