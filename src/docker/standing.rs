//! What of a lab stands on the engine, and whether something has touched it since.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use base::Time;
use bollard::query_parameters as query;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::swarm::text;
use super::{Engine, EngineError, LABEL, block_on};

/// More events than this may not be all there were: an engine remembers 256.
const EVENTS_MAX: usize = 200;

/// Everything on an engine that carries a lab's label, at one moment at which none of its containers
/// ran: so nothing changes by itself, and nobody is there to be talked to.
#[derive(Clone, Debug)]
pub struct Standing {
    lab: String,
    /// Seconds since the Unix epoch by the engine's clock, as its events are asked for.
    since: String,
    things: Things,
}

/// Things by what they are known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Things {
    containers: BTreeSet<String>,
    networks: BTreeSet<String>,
    volumes: BTreeSet<String>,
    /// All images of the engine, each with its names: a name may have moved to another one.
    images: BTreeSet<(String, Vec<String>)>,
}

impl Standing {
    /// What there is of the lab now; `None` while one of its containers runs, or when the engine cannot
    /// be asked.
    #[must_use]
    pub fn of(lab: &str) -> Option<Self> {
        let found = block_on(async {
            let engine = Engine::connect(None).await?;
            let since = now(&engine).await?;
            let running = engine.containers(false, None, false, &labelled(lab)).await?;
            let things = Things::of(&engine, lab).await?;
            Ok::<_, EngineError>(since.filter(|_| running.is_empty()).map(|since| (since, things)))
        });
        let (since, things) = found.ok().flatten()?;
        Some(Self { lab: lab.to_owned(), since, things })
    }

    /// Removes what has been added since. False when that does not bring back what was there, because
    /// it was changed, used or removed; nothing may have been removed then.
    #[must_use]
    pub fn again(&self) -> bool {
        block_on(async {
            let engine = Engine::connect(None).await?;
            if self.touched(&engine).await? {
                return Ok(false);
            }
            let now = Things::of(&engine, &self.lab).await?;
            for id in now.containers.difference(&self.things.containers) {
                engine.remove(id, true, true, false).await?;
            }
            for id in now.networks.difference(&self.things.networks) {
                engine.docker.remove_network(id).await.map_err(|e| engine.explain(e))?;
            }
            for name in now.volumes.difference(&self.things.volumes) {
                let options = Some(query::RemoveVolumeOptions { force: false });
                let done = engine.docker.remove_volume(&Engine::escape(name), options).await;
                done.map_err(|e| engine.explain(e))?;
            }
            let left = Things::of(&engine, &self.lab).await?;
            Ok::<_, EngineError>(left == self.things)
        })
        .unwrap_or(false)
    }

    /// Whether something has happened to what was there.
    async fn touched(&self, engine: &Engine) -> Result<bool, EngineError> {
        let Some(until) = now(engine).await? else { return Ok(true) };
        let mut events = pin!(engine.events(Some(&self.since), Some(&until), &BTreeMap::new()));
        let mut heard = 0;
        while let Some(event) = events.next().await {
            let event = event?;
            heard += 1;
            if heard > EVENTS_MAX {
                return Ok(true);
            }
            let known = match event.kind.as_str() {
                "container" => &self.things.containers,
                "volume" => &self.things.volumes,
                _ => continue, // the lists show what became of networks and images
            };
            if known.contains(&event.id) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Things {
    async fn of(engine: &Engine, lab: &str) -> Result<Self, EngineError> {
        let filter = labelled(lab);
        let names = |list: Vec<Value>, key: &str| {
            list.iter().map(|thing| text(thing, key).to_owned()).collect::<BTreeSet<_>>()
        };
        let containers = engine.containers(true, None, false, &filter).await?;
        let images = engine.images(false, &BTreeMap::new()).await?.into_iter();
        let images = images.map(|image| {
            let mut names = image.repo_tags;
            names.sort();
            (image.id, names)
        });
        Ok(Self {
            containers: containers.into_iter().filter_map(|c| c.id).collect(),
            networks: names(engine.networks(&filter).await?, "/Id"),
            volumes: names(engine.volumes(&filter).await?, "/Name"),
            images: images.collect(),
        })
    }
}

fn labelled(lab: &str) -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([("label".to_owned(), vec![format!("{LABEL}={lab}")])])
}

/// The time by the engine's clock.
async fn now(engine: &Engine) -> Result<Option<String>, EngineError> {
    let info = engine.get_json("/info").await?;
    let time = info.get("SystemTime").and_then(Value::as_str).and_then(Time::parse_iso);
    Ok(time.map(|at| format!("{}.{:03}000000", at.0.div_euclid(1000), at.0.rem_euclid(1000))))
}
