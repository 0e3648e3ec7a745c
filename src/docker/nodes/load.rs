//! Images on their way from the learner's engine into the nodes: no registry is between them.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Machine, Nodes, number};
use crate::{Body, Engine, EngineError, images};

/// How many pieces of an image may be on their way.
const PIECES_MAX: usize = 16;

impl Nodes {
    /// Copies images of the learner's engine into every running node; one that is not there is
    /// pulled, or built as a stand-in, first.
    pub async fn load(
        &self,
        names: &[String],
        say: &mut dyn FnMut(String),
    ) -> Result<(), EngineError> {
        if self.own().await?.is_some() {
            // The one node has them as soon as the engine has.
            for name in names {
                images::ensure(&self.engine, name, say).await?;
                say(format!("{name} is on {}", super::FIRST));
            }
            return Ok(());
        }
        let machines = self.named(&[]).await?;
        let (awake, asleep): (Vec<_>, Vec<_>) = machines.into_iter().partition(|m| m.running);
        for name in names {
            images::ensure(&self.engine, name, say).await?;
            self.give(name, &awake).await?;
            let on: Vec<&str> = awake.iter().map(|m| m.name.as_str()).collect();
            say(format!("{name} is on {}", on.join(", ")));
        }
        for machine in asleep {
            say(format!("{} is down; it gets them when it starts", machine.name));
        }
        Ok(())
    }

    /// Copies one image into these nodes, all at once, and returns those that did not have it.
    async fn give(&self, name: &str, machines: &[Machine]) -> Result<Vec<String>, EngineError> {
        let mut giving = JoinSet::new();
        for machine in machines.iter().cloned() {
            let (from, name) = (self.engine.clone(), name.to_owned());
            giving.spawn(async move {
                let fresh = copy(&from, &machine.engine()?, &name).await?;
                Ok::<_, EngineError>(fresh.then_some(machine.name))
            });
        }
        let mut given = Vec::new();
        while let Some(one) = giving.join_next().await {
            given.extend(one.map_err(|e| EngineError::Broken(e.to_string()))??);
        }
        given.sort_by_key(|name| number(name));
        Ok(given)
    }

    /// Gives nodes that are new, or were away, what the others were given in the meantime: the
    /// images that another node and the learner's engine have.
    pub(super) async fn catch_up(
        &self,
        names: &[&String],
        say: &mut dyn FnMut(String),
    ) -> Result<(), EngineError> {
        let machines = self.machines().await?;
        let (late, peers): (Vec<_>, Vec<_>) = machines
            .into_iter()
            .filter(|m| m.running)
            .partition(|machine| names.contains(&&machine.name));
        if late.is_empty() || peers.is_empty() {
            return Ok(());
        }
        let here = tags(&self.engine).await?;
        let mut wanted = BTreeSet::new();
        for peer in peers {
            wanted.extend(tags(&peer.engine()?).await?.intersection(&here).cloned());
        }
        for name in wanted {
            let given = self.give(&name, &late).await?;
            if !given.is_empty() {
                say(format!("{name} is on {}", given.join(", ")));
            }
        }
        Ok(())
    }
}

/// The names of an engine's images.
async fn tags(engine: &Engine) -> Result<BTreeSet<String>, EngineError> {
    let found = engine.images(false, &BTreeMap::new()).await?;
    Ok(found.into_iter().flat_map(|i| i.repo_tags).filter(|t| t != "<none>:<none>").collect())
}

/// Copies an image from one engine to another; false when it was there already.
async fn copy(from: &Engine, to: &Engine, name: &str) -> Result<bool, EngineError> {
    let id = |image: &Value| image.get("Id").and_then(Value::as_str).map(str::to_owned);
    let wanted = id(&from.inspect_image(name).await?);
    match to.inspect_image(name).await {
        Ok(image) if id(&image) == wanted => return Ok(false),
        Err(e) if !e.is_not_found() => return Err(e),
        _ => {}
    }
    let path = format!("/images/{}/get", Engine::escape(name));
    let mut archive = from.stream(Method::GET, &path, &[], Body::Empty).await?;
    let (sink, pieces) = mpsc::channel::<Bytes>(PIECES_MAX);
    let pump = tokio::spawn(async move {
        while let Some(piece) = archive.bytes().await? {
            if sink.send(piece).await.is_err() {
                break;
            }
        }
        Ok::<_, EngineError>(())
    });
    let mut answer =
        to.stream(Method::POST, "/images/load?quiet=1", &[], Body::Archive(pieces)).await?;
    while let Some(message) = answer.message().await? {
        if let Some(error) = message.get("error").and_then(Value::as_str) {
            return Err(EngineError::Refused { status: 500, message: error.to_owned() });
        }
    }
    pump.await.map_err(|e| EngineError::Broken(e.to_string()))??;
    Ok(true)
}
