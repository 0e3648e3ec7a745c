//! Images of the engine: listing, pulling, tagging, removing. How stand-ins are made is in
//! [`super::images`].

use std::collections::BTreeMap;

use bollard::models::{ImageDeleteResponseItem, ImageSummary};
use bollard::query_parameters as query;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use serde_json::Value;

use super::{Engine, EngineError};

/// One line of a pull's progress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pull {
    /// The layer it is about; empty for the pull as a whole.
    pub layer: String,
    pub status: String,
    /// Bytes done and in all, while they are counted.
    pub progress: Option<(u64, u64)>,
}

impl Engine {
    /// Images, newest first. Filters are the API's own.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached; so for all calls of this type.
    pub async fn images(
        &self,
        all: bool,
        filters: &BTreeMap<String, Vec<String>>,
    ) -> Result<Vec<ImageSummary>, EngineError> {
        let filters = super::engine::filters(filters);
        let options = query::ListImagesOptions { all, filters, ..Default::default() };
        self.docker.list_images(Some(options)).await.map_err(|e| self.explain(e))
    }

    /// An image with every field that the engine sends.
    pub async fn inspect_image(&self, name: &str) -> Result<Value, EngineError> {
        self.get_json(&format!("/images/{}/json", Self::escape(name))).await
    }

    /// The same, or nothing when there is no such image.
    pub async fn find_image(&self, name: &str) -> Result<Option<Value>, EngineError> {
        match self.inspect_image(name).await {
            Err(e) if e.is_not_found() => Ok(None),
            found => found.map(Some),
        }
    }

    /// Its layers' history, newest first, as the engine sends it.
    pub async fn history(&self, name: &str) -> Result<Vec<Value>, EngineError> {
        let answer = self.get_json(&format!("/images/{}/history", Self::escape(name))).await?;
        Ok(answer.as_array().cloned().unwrap_or_default())
    }

    /// Pulls from the image's registry; the stream ends when it is here.
    pub fn pull(
        &self,
        repository: &str,
        tag: &str,
        platform: Option<&str>,
    ) -> impl Stream<Item = Result<Pull, EngineError>> + use<> {
        let options = query::CreateImageOptions {
            from_image: Some(repository.to_owned()),
            tag: Some(tag.to_owned()),
            platform: platform.unwrap_or_default().to_owned(),
            ..Default::default()
        };
        let engine = self.clone();
        self.docker.create_image(Some(options), None, None).map(move |item| {
            let item = item.map_err(|e| engine.explain(e))?;
            let count = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok());
            let progress = item
                .progress_detail
                .and_then(|p| Some((count(p.current)?, count(p.total).unwrap_or_default())));
            Ok(Pull {
                layer: item.id.unwrap_or_default(),
                status: item.status.unwrap_or_default(),
                progress,
            })
        })
    }

    /// Loads an archive in the format of `docker save`.
    pub async fn load(&self, archive: Bytes) -> Result<(), EngineError> {
        let options = query::ImportImageOptions { quiet: true, ..Default::default() };
        let body = bollard::body_full(archive);
        let mut answers = std::pin::pin!(self.docker.import_image(options, body, None));
        while answers.try_next().await.map_err(|e| self.explain(e))?.is_some() {}
        Ok(())
    }

    /// As [`Engine::load`], for an archive that comes piece by piece.
    pub async fn load_stream(
        &self,
        pieces: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    ) -> Result<(), EngineError> {
        let options = query::ImportImageOptions { quiet: true, ..Default::default() };
        let body = bollard::body_try_stream(pieces);
        let mut answers = std::pin::pin!(self.docker.import_image(options, body, None));
        while answers.try_next().await.map_err(|e| self.explain(e))?.is_some() {}
        Ok(())
    }

    pub async fn tag(&self, name: &str, repository: &str, tag: &str) -> Result<(), EngineError> {
        let options =
            query::TagImageOptions { repo: Some(repository.to_owned()), tag: Some(tag.to_owned()) };
        let done = self.docker.tag_image(&Self::escape(name), Some(options)).await;
        done.map_err(|e| self.explain(e))
    }

    pub async fn remove_image(
        &self,
        name: &str,
        force: bool,
        keep_parents: bool,
    ) -> Result<Vec<ImageDeleteResponseItem>, EngineError> {
        let options =
            query::RemoveImageOptions { force, noprune: keep_parents, ..Default::default() };
        let done = self.docker.remove_image(&Self::escape(name), Some(options), None).await;
        done.map_err(|e| self.explain(e))
    }
}
