//! A base that carries a lab's label, for images to inherit.
//!
//! The classic builder can set a label only in a step of its own, and a step is a container made and
//! committed. A child of the base that differs in the label alone costs that step once: the builder
//! finds it in its cache ever after, even for builds that use no cache themselves.

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;
use tokio::sync::mpsc;

use super::folder;
use crate::docker::{Body, Engine, EngineError, LABEL};

/// An image that carries the label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The image that was asked for.
    pub id: String,
    /// Its child with the label; itself when it has the label.
    pub labelled: String,
    /// Whether the child was made just now.
    pub fresh: bool,
}

/// The child of an image, as `inspect` says it, that carries the label of a lab. There is none for an
/// image whose `ONBUILD` instructions would be carried out in the child.
///
/// # Errors
/// The engine's refusal.
pub async fn base(engine: &Engine, image: &Value, lab: &str) -> Result<Option<Base>, EngineError> {
    let id = image.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let label = image.pointer("/Config/Labels").and_then(|l| l.get(LABEL));
    if label.and_then(Value::as_str) == Some(lab) {
        return Ok(Some(Base { labelled: id.clone(), id, fresh: false }));
    }
    let on_build = image.pointer("/Config/OnBuild").and_then(Value::as_array);
    if on_build.is_some_and(|steps| !steps.is_empty()) {
        return Ok(None);
    }
    let (child, cached) = child(engine, &id, lab).await?;
    Ok(child.map(|labelled| Base { id, labelled, fresh: !cached }))
}

/// The child's id, and whether it was there.
async fn child(
    engine: &Engine,
    id: &str,
    lab: &str,
) -> Result<(Option<String>, bool), EngineError> {
    let mut archive = Vec::new();
    let dockerfile = format!("FROM {id}\nLABEL {LABEL}={lab}\n");
    folder::wrap("Dockerfile", dockerfile.as_bytes(), &mut archive)
        .map_err(|e| EngineError::Broken(e.to_string()))?;
    let (to, pieces) = mpsc::channel(1);
    let _ = to.try_send(Bytes::from(archive));
    drop(to);
    let path = "/build?version=1&rm=1&forcerm=1";
    let mut answer = engine.stream(Method::POST, path, &[], Body::Archive(pieces)).await?;
    let (mut child, mut cached) = (None, false);
    while let Some(message) = answer.message().await? {
        if let Some(id) = message.pointer("/aux/ID").and_then(Value::as_str) {
            child = Some(id.to_owned());
        }
        cached |= message.get("stream").and_then(Value::as_str) == Some(" ---> Using cache\n");
    }
    Ok((child, cached))
}

/// Takes a child away that was made for a build that came to nothing; one that is in use stays.
///
/// # Errors
/// When the engine cannot be asked.
pub async fn forget(engine: &Engine, base: &Base) -> Result<(), EngineError> {
    if !base.fresh {
        return Ok(());
    }
    let image = engine.inspect_image(&base.labelled).await?;
    let tagged = image.get("RepoTags").and_then(Value::as_array).is_some_and(|t| !t.is_empty());
    if !tagged {
        // A child that has children of its own is kept by the engine.
        let _ = engine.remove_image(&base.labelled, false, true).await;
    }
    Ok(())
}
