//! A base that carries a lab's label, for images to inherit.
//!
//! The classic builder can set a label only in a step of its own, and a step is a container made and
//! committed. A child of the base that differs in the label alone costs that step once and serves all
//! builds after it, those without the cache too.

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::Value;

use super::folder;
use crate::{Body, Engine, EngineError, LABEL};

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
    let step = format!("LABEL {LABEL}={lab}");
    if let Some(labelled) = child(engine, &id, lab, &step).await? {
        return Ok(Some(Base { id, labelled, fresh: false }));
    }
    let made = make(engine, &id, &step).await?;
    Ok(made.map(|labelled| Base { id, labelled, fresh: true }))
}

/// The child, if it is there. To ask the builder, which would find it in its cache, takes ten times
/// as long.
async fn child(
    engine: &Engine,
    id: &str,
    lab: &str,
    step: &str,
) -> Result<Option<String>, EngineError> {
    let filters = BTreeMap::from([("label".to_owned(), vec![format!("{LABEL}={lab}")])]);
    let labelled = engine.images(true, &filters).await?;
    for image in labelled.into_iter().filter(|image| image.parent_id == id) {
        // Other steps lead to images with the label as well.
        let history = engine.history(&image.id).await?;
        let last = history.first().and_then(|entry| entry.get("CreatedBy")?.as_str());
        if last.is_some_and(|made_by| made_by.ends_with(step)) {
            return Ok(Some(image.id));
        }
    }
    Ok(None)
}

async fn make(engine: &Engine, id: &str, step: &str) -> Result<Option<String>, EngineError> {
    let mut archive = Vec::new();
    let dockerfile = format!("FROM {id}\n{step}\n");
    folder::wrap("Dockerfile", dockerfile.as_bytes(), &mut archive)
        .map_err(|e| EngineError::Broken(e.to_string()))?;
    let path = "/build?version=1&rm=1&forcerm=1";
    let mut answer = engine.stream(Method::POST, path, &[], Body::Packed(archive)).await?;
    let mut made = None;
    while let Some(message) = answer.message().await? {
        if let Some(id) = message.pointer("/aux/ID").and_then(Value::as_str) {
            made = Some(id.to_owned());
        }
    }
    Ok(made)
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
