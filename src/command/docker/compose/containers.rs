//! The containers of a project, found by their labels.

use serde_json::{Value, json};

use super::{NUMBER, ONE_OFF, PROJECT, SERVICE};
use crate::cx::{Cx, Fail};
use docker::Engine;

/// One container of a project.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) service: String,
    pub(super) number: u32,
    /// `running`, `exited`, …
    pub(super) state: String,
    /// Where it stands in the engine's list.
    pub(super) place: usize,
    /// As the engine lists it.
    pub(super) listed: Value,
}

impl Found {
    /// `web-1`, as logs name it; the whole name when it is one of its own.
    pub(super) fn short(&self) -> String {
        let short = format!("{}-{}", self.service, self.number);
        let usual = format!("{}-{short}", self.label(PROJECT));
        if self.name == usual { short } else { self.name.clone() }
    }

    pub(super) fn label(&self, name: &str) -> &str {
        let labels = self.listed.get("Labels");
        labels.and_then(|l| l.get(name)).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The containers of a project's services, by service and number, without those of `run`.
///
/// # Errors
/// When the engine cannot be asked.
pub(super) fn list(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    project: &str,
    services: &[String],
) -> Result<Vec<Found>, Fail> {
    let mut found = all(cx, engine, project, services)?;
    found.retain(|c| c.label(ONE_OFF) != "True");
    Ok(found)
}

/// All containers of a project, also those of `run`, by service and number.
///
/// # Errors
/// When the engine cannot be asked.
pub(super) fn all(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    project: &str,
    services: &[String],
) -> Result<Vec<Found>, Fail> {
    let filters = json!({ "label": [format!("{PROJECT}={project}")] });
    let path = format!("/containers/json?all=true&filters={}", query(&filters.to_string()));
    Ok(read(&cx.wait(engine.get_json(&path))?, services))
}

/// The containers of an engine's list that are of these services, or all, by service and number.
pub(super) fn read(listed: &Value, services: &[String]) -> Vec<Found> {
    let mut found: Vec<Found> = listed
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(place, c)| {
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
                place,
                listed: c.clone(),
            }
        })
        .filter(|c| services.is_empty() || services.contains(&c.service))
        .collect();
    found.sort_by(|a, b| (&a.service, a.number).cmp(&(&b.service, b.number)));
    found
}

/// A text as one value of a query.
pub(super) fn query(text: &str) -> String {
    Engine::escape(text).replace('/', "%2F").replace(':', "%3A")
}

/// The one container that `exec` and its like mean: of that number, or the first.
///
/// # Errors
/// When the service has no such container running.
pub(super) fn one(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    project: &str,
    service: &str,
    number: Option<i64>,
) -> Result<Found, Fail> {
    let number = number.filter(|n| *n > 0);
    let found = list(cx, engine, project, &[service.to_owned()])?;
    let mut running =
        found.into_iter().filter(|c| matches!(c.state.as_str(), "running" | "paused"));
    running.find(|c| number.is_none_or(|n| n == i64::from(c.number))).ok_or_else(|| {
        let which = number.map(|n| format!(" container #{n}")).unwrap_or_default();
        Fail::new(1, format!("service {service:?} is not running{which}"))
    })
}
