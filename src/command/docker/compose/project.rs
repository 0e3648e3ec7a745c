//! What a project is: its files, its name, its variables, and the services that take part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::composefile::model::{File, Service};
use crate::cx::Fail;

/// What the files say, and where they are.
pub(super) struct Project {
    pub(super) name: String,
    pub(super) dir: PathBuf,
    pub(super) files: Vec<PathBuf>,
    /// The environment, with what `.env` adds to it.
    pub(super) env: BTreeMap<String, String>,
    /// Everything in its long form.
    pub(super) root: Map<String, Value>,
    pub(super) file: File,
}

impl Project {
    /// Leaves out the services of profiles that nobody asked for.
    pub(super) fn select(&mut self, profiles: &BTreeSet<String>) {
        self.file.services.retain(|_, service| {
            service.profiles.is_empty()
                || profiles.contains("*")
                || service.profiles.iter().any(|p| profiles.contains(p))
        });
    }

    /// Refuses names that are no services, of whatever profile.
    ///
    /// # Errors
    /// The first of them.
    pub(super) fn known(&self, names: &[String]) -> Result<(), Fail> {
        let services = self.root.get("services").and_then(Value::as_object);
        let known = |name: &&String| services.is_some_and(|s| s.contains_key(*name));
        match names.iter().find(|name| !known(name)) {
            Some(name) => Err(Fail::new(1, format!("no such service: {name}"))),
            None => Ok(()),
        }
    }

    /// The named services with what they wait for, or all; what others wait for comes first.
    ///
    /// # Errors
    /// A name that is no service, or services that wait for each other.
    pub(super) fn ordered(&self, names: &[String], with_deps: bool) -> Result<Vec<String>, Fail> {
        let mut order = Vec::new();
        let all: Vec<String> = self.file.services.keys().cloned().collect();
        for name in if names.is_empty() { &all } else { names } {
            if !self.file.services.contains_key(name) {
                return Err(Fail::new(1, format!("no such service: {name}")));
            }
            self.visit(name, with_deps || names.is_empty(), &mut Vec::new(), &mut order)?;
        }
        Ok(order)
    }

    fn visit(
        &self,
        name: &str,
        with_deps: bool,
        above: &mut Vec<String>,
        order: &mut Vec<String>,
    ) -> Result<(), Fail> {
        if order.iter().any(|n| n == name) {
            return Ok(());
        }
        if above.iter().any(|n| n == name) {
            above.push(name.to_owned());
            return Err(Fail::new(
                15,
                format!("dependency cycle detected: {}", above.join(" -> ")),
            ));
        }
        let Some(service) = self.file.services.get(name) else { return Ok(()) };
        if with_deps {
            above.push(name.to_owned());
            for other in service.depends_on.keys() {
                self.visit(other, true, above, order)?;
            }
            above.pop();
        }
        order.push(name.to_owned());
        Ok(())
    }

    /// The profiles of all services, each once.
    pub(super) fn profiles(&self) -> BTreeSet<String> {
        let services = self.root.get("services").and_then(Value::as_object);
        let of = |s: &Value| s.get("profiles").and_then(Value::as_array).cloned();
        let all = services.into_iter().flat_map(Map::values).filter_map(of).flatten();
        all.filter_map(|p| p.as_str().map(str::to_owned)).collect()
    }

    /// The service's image: its own, or the one that is built for it.
    pub(super) fn image(&self, name: &str, service: &Service) -> String {
        service.image.clone().unwrap_or_else(|| format!("{}-{name}", self.name))
    }

    /// The name of a network on the engine.
    pub(super) fn network(&self, key: &str) -> String {
        let own = self.file.networks.get(key).and_then(|n| n.name.clone());
        own.unwrap_or_else(|| format!("{}_{key}", self.name))
    }

    /// The name of a volume on the engine.
    pub(super) fn volume(&self, key: &str) -> String {
        let own = self.file.volumes.get(key).and_then(|v| v.name.clone());
        own.unwrap_or_else(|| format!("{}_{key}", self.name))
    }
}
