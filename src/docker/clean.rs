//! Taking away what labs left on the engine, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use bollard::query_parameters as query;
use futures_util::{StreamExt as _, stream};

use super::swarm::{self, Stored};
use super::{Engine, EngineError, LABEL, nodes};

/// How often, and after which pause, a network is tried again that tasks are just leaving.
const NETWORK_ATTEMPTS: u32 = 24;
const NETWORK_PAUSE: Duration = Duration::from_millis(500);

/// How many containers are removed at the same time.
const REMOVALS_MAX: usize = 4;

/// What a clean-up did, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanReport {
    pub containers: Vec<String>,
    pub networks: Vec<String>,
    pub volumes: Vec<String>,
    pub images: Vec<String>,
    pub services: Vec<String>,
    pub secrets: Vec<String>,
    pub configs: Vec<String>,
    /// The engine has left the swarm that a lab had made of it.
    pub left_swarm: bool,
    /// What could not be removed, each with the engine's reason.
    pub failed: Vec<String>,
}

impl CleanReport {
    /// Whether nothing was found to remove.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn note(&mut self, kind: Kind, name: String, outcome: Result<(), EngineError>) {
        match outcome {
            Ok(()) => match kind {
                Kind::Container => self.containers.push(name),
                Kind::Network => self.networks.push(name),
                Kind::Volume => self.volumes.push(name),
                Kind::Image => self.images.push(name),
                Kind::Service => self.services.push(name),
                Kind::Secret => self.secrets.push(name),
                Kind::Config => self.configs.push(name),
            },
            // Somebody else was faster: it is gone all the same.
            Err(e) if e.is_not_found() => {}
            Err(e) => self.failed.push(format!("{name}: {}", e.message())),
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Container,
    Network,
    Volume,
    Image,
    Service,
    Secret,
    Config,
}

impl Engine {
    /// Leaves the swarm that this lab, or any lab, made of the engine, and removes everything that
    /// carries its label: services with their secrets and configs, containers (nodes are some) with their anonymous volumes, then networks,
    /// volumes and images. Pulled images carry no label and stay;
    /// stand-ins stay for the next lab ([`super::images::remove`] takes them away).
    ///
    /// # Errors
    /// When the engine cannot be asked. What cannot be removed is in the report.
    pub async fn clean(&self, lab: Option<&str>) -> Result<CleanReport, EngineError> {
        let label = lab.map_or_else(|| LABEL.to_owned(), |lab| format!("{LABEL}={lab}"));
        let filter = BTreeMap::from([("label".to_owned(), vec![label])]);
        // First: what a swarm runs would come back.
        let left_swarm = nodes::leave_own_swarm(self, lab).await?;
        let mut report = CleanReport { left_swarm, ..CleanReport::default() };
        self.clean_services(&filter, &mut report).await?;
        let found = self.containers(true, None, false, &filter).await?;
        let removals = stream::iter(found).map(|container| async move {
            let id = container.id.clone().unwrap_or_default();
            let done = self.remove(&id, true, true, false).await;
            (container, done)
        });
        // An engine takes down a process and its cables while it waits for those of others.
        let mut removals = pin!(removals.buffered(REMOVALS_MAX));
        while let Some((container, done)) = removals.next().await {
            let name = container.names.unwrap_or_default().into_iter().next().unwrap_or_default();
            let labels = container.labels.unwrap_or_default();
            if let (Ok(()), Some(socket)) = (&done, labels.get(nodes::SOCKET_LABEL)) {
                nodes::forget_socket(Path::new(socket));
            }
            report.note(Kind::Container, name.trim_start_matches('/').to_owned(), done);
        }
        self.clean_networks(&filter, &mut report).await?;
        self.clean_volumes(&filter, &mut report).await?;
        for image in self.images(false, &filter).await? {
            let mut names = image.repo_tags;
            names.retain(|n| n != "<none>:<none>");
            if names.is_empty() {
                names.push(image.id);
            }
            for name in names {
                let done = self.remove_image(&name, false, false).await.map(drop);
                report.note(Kind::Image, name, done);
            }
        }
        Ok(report)
    }

    /// Services, then what they used: secrets and configs. An engine that manages no swarm has none.
    async fn clean_services(
        &self,
        filter: &BTreeMap<String, Vec<String>>,
        report: &mut CleanReport,
    ) -> Result<(), EngineError> {
        let services = match self.services(filter, false).await {
            Err(e) if e.is_no_manager() => return Ok(()),
            found => found?,
        };
        for service in services {
            let done = self.service_remove(swarm::text(&service, "/ID")).await;
            let name = swarm::text(&service, "/Spec/Name").to_owned();
            report.note(Kind::Service, name, done);
        }
        for (stored, kind) in [(Stored::Secret, Kind::Secret), (Stored::Config, Kind::Config)] {
            for thing in self.stored(stored, filter).await? {
                let done = self.stored_remove(stored, swarm::text(&thing, "/ID")).await;
                report.note(kind, swarm::text(&thing, "/Spec/Name").to_owned(), done);
            }
        }
        Ok(())
    }

    async fn clean_networks(
        &self,
        filter: &BTreeMap<String, Vec<String>>,
        report: &mut CleanReport,
    ) -> Result<(), EngineError> {
        let filters = super::engine::filters(filter);
        let options = query::ListNetworksOptions { filters };
        let found = self.docker.list_networks(Some(options)).await.map_err(|e| self.explain(e))?;
        for network in found {
            let id = network.id.unwrap_or_default();
            let mut done = self.docker.remove_network(&id).await.map_err(|e| self.explain(e));
            // The tasks of a service that was just removed hold on to their networks for a moment.
            let mut patience = if report.services.is_empty() { 0 } else { NETWORK_ATTEMPTS };
            while patience > 0 && done.as_ref().is_err_and(|e| !e.is_not_found()) {
                tokio::time::sleep(NETWORK_PAUSE).await;
                done = self.docker.remove_network(&id).await.map_err(|e| self.explain(e));
                patience -= 1;
            }
            report.note(Kind::Network, network.name.unwrap_or(id), done);
        }
        Ok(())
    }

    async fn clean_volumes(
        &self,
        filter: &BTreeMap<String, Vec<String>>,
        report: &mut CleanReport,
    ) -> Result<(), EngineError> {
        let filters = super::engine::filters(filter);
        let options = query::ListVolumesOptions { filters };
        let found = self.docker.list_volumes(Some(options)).await.map_err(|e| self.explain(e))?;
        for volume in found.volumes.unwrap_or_default() {
            let options = Some(query::RemoveVolumeOptions { force: false });
            let done = self.docker.remove_volume(&Self::escape(&volume.name), options).await;
            report.note(Kind::Volume, volume.name, done.map_err(|e| self.explain(e)));
        }
        Ok(())
    }
}
