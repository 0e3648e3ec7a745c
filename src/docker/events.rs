//! What happens on the engine, as it happens.

use std::collections::{BTreeMap, HashMap};

use bollard::query_parameters::EventsOptions;
use futures_util::{Stream, StreamExt};
use hyper::Method;

use super::http::{Answer, Body};
use super::{Engine, EngineError, LABEL};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `container`, `image`, `network`, `volume`, …
    pub kind: String,
    /// `start`, `die`, `exec_create: ls`, …
    pub action: String,
    pub id: String,
    /// The lab whose label the thing carries; empty when it is none of ours.
    pub lab: String,
    pub attributes: BTreeMap<String, String>,
    /// Nanoseconds since the Unix epoch, by the engine's clock.
    pub at_ns: i64,
}

impl Engine {
    /// Everything that happens from now on; the stream ends when the engine goes away. `since` and
    /// `until` are Unix seconds as text and may be empty; filters are the API's own.
    ///
    /// # Errors
    /// An item is an error when the engine refuses or can no longer be reached.
    pub fn events(
        &self,
        since: Option<&str>,
        until: Option<&str>,
        filters: &BTreeMap<String, Vec<String>>,
    ) -> impl Stream<Item = Result<Change, EngineError>> + use<> {
        let options = EventsOptions {
            since: since.map(str::to_owned),
            until: until.map(str::to_owned),
            filters: super::engine::filters(filters),
        };
        let engine = self.clone();
        self.docker.events(Some(options)).map(move |event| match event {
            Ok(event) => {
                let actor = event.actor.unwrap_or_default();
                let attributes: HashMap<String, String> = actor.attributes.unwrap_or_default();
                Ok(Change {
                    kind: event.typ.map(|t| t.to_string()).unwrap_or_default(),
                    action: event.action.unwrap_or_default(),
                    id: actor.id.unwrap_or_default(),
                    lab: attributes.get(LABEL).cloned().unwrap_or_default(),
                    attributes: attributes.into_iter().collect(),
                    at_ns: event.time_nano.unwrap_or_default(),
                })
            }
            Err(error) => Err(engine.explain(error)),
        })
    }

    /// [`Engine::events`] with every field that the engine sends.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn raw_events(
        &self,
        since: Option<&str>,
        until: Option<&str>,
        filters: &BTreeMap<String, Vec<String>>,
    ) -> Result<Answer, EngineError> {
        let bound = |text: Option<&str>| Self::escape(text.unwrap_or_default());
        let filters = super::engine::query(filters).replacen('?', "&", 1);
        let path = format!("/events?since={}&until={}{filters}", bound(since), bound(until));
        self.stream(Method::GET, &path, &[], Body::Empty).await
    }
}
