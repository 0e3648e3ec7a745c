//! Swarms: the engine's calls about nodes, services, tasks, secrets and configs.
//!
//! Specs and answers are the API's own JSON. A service has some sixty fields, most of which a client
//! only hands on, and an update must send back every one it was given; types would lose those that
//! they do not know.
//!
//! Source: Docker Engine API 1.41. An engine outside a swarm answers 503, a worker 503 or 406.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hyper::Method;
use serde_json::{Value, json};

use super::containers::Output;
use super::http::{self, Body, Call};
use super::{Engine, EngineError};

/// Filters of a listing: each name with the values that pass.
pub type Filters = BTreeMap<String, Vec<String>>;

/// Which secrets of a swarm are drawn anew with an update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotate {
    pub worker_token: bool,
    pub manager_token: bool,
    pub unlock_key: bool,
}

/// How a service is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceChange {
    /// Credentials for the registry, as `X-Registry-Auth` takes them.
    pub auth: Option<String>,
    /// `previous-spec` when the credentials of the spec before are to be used.
    pub auth_from: Option<&'static str>,
    /// The engine puts the spec back that the service had before the last update.
    pub rollback: bool,
}

/// Secrets and configs differ in their names only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    Secret,
    Config,
}

impl Stored {
    fn path(self) -> &'static str {
        match self {
            Self::Secret => "/secrets",
            Self::Config => "/configs",
        }
    }
}

/// Whose output is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    Service,
    Task,
}

/// The number that an update must name, so that it does not undo another's.
#[must_use]
pub fn version(thing: &Value) -> u64 {
    thing.pointer("/Version/Index").and_then(Value::as_u64).unwrap_or_default()
}

/// A text in an answer; empty where there is none.
#[must_use]
pub fn text<'a>(thing: &'a Value, pointer: &str) -> &'a str {
    thing.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

impl EngineError {
    /// Whether the engine is in no swarm, or is no manager of one.
    #[must_use]
    pub fn is_no_manager(&self) -> bool {
        matches!(self, Self::Refused { status: 503 | 406, .. })
    }

    /// Whether an update came too late: the thing has changed since it was read. Read it again and
    /// repeat.
    #[must_use]
    pub fn is_out_of_sequence(&self) -> bool {
        matches!(self, Self::Refused { message, .. } if message.contains("update out of sequence"))
    }
}

/// The swarm itself.
impl Engine {
    /// The swarm with its join tokens.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached; so for all calls of this module.
    pub async fn swarm(&self) -> Result<Value, EngineError> {
        self.get_json("/swarm").await
    }

    /// Begins a swarm, and returns the id of its first node.
    pub async fn swarm_init(&self, request: &Value) -> Result<String, EngineError> {
        let answer = self.post_json("/swarm/init", Some(request)).await?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    pub async fn swarm_join(&self, request: &Value) -> Result<(), EngineError> {
        self.post_json("/swarm/join", Some(request)).await.map(drop)
    }

    pub async fn swarm_leave(&self, force: bool) -> Result<(), EngineError> {
        let path = if force { "/swarm/leave?force=1" } else { "/swarm/leave" };
        self.post_json(path, None).await.map(drop)
    }

    pub async fn swarm_update(
        &self,
        version: u64,
        spec: &Value,
        rotate: Rotate,
    ) -> Result<(), EngineError> {
        let path = format!(
            "/swarm/update?version={version}&rotateWorkerToken={}&rotateManagerToken={}&rotateManagerUnlockKey={}",
            rotate.worker_token, rotate.manager_token, rotate.unlock_key
        );
        self.post_json(&path, Some(spec)).await.map(drop)
    }

    /// The key that opens a locked manager; empty when managers are not locked.
    pub async fn swarm_unlock_key(&self) -> Result<String, EngineError> {
        let answer = self.get_json("/swarm/unlockkey").await?;
        Ok(text(&answer, "/UnlockKey").to_owned())
    }

    pub async fn swarm_unlock(&self, key: &str) -> Result<(), EngineError> {
        let request = json!({ "UnlockKey": key });
        self.post_json("/swarm/unlock", Some(&request)).await.map(drop)
    }
}

/// Its nodes.
impl Engine {
    pub async fn nodes(&self, filters: &Filters) -> Result<Vec<Value>, EngineError> {
        self.listing("/nodes", filters).await
    }

    /// A node by id, name or a beginning of its id.
    pub async fn node(&self, node: &str) -> Result<Value, EngineError> {
        self.get_json(&format!("/nodes/{}", Self::escape(node))).await
    }

    pub async fn node_update(
        &self,
        id: &str,
        version: u64,
        spec: &Value,
    ) -> Result<(), EngineError> {
        let path = format!("/nodes/{}/update?version={version}", Self::escape(id));
        self.post_json(&path, Some(spec)).await.map(drop)
    }

    pub async fn node_remove(&self, node: &str, force: bool) -> Result<(), EngineError> {
        let force = if force { "?force=1" } else { "" };
        self.delete(&format!("/nodes/{}{force}", Self::escape(node))).await.map(drop)
    }
}

/// Services and their tasks.
impl Engine {
    /// Services, each with `ServiceStatus` (how many tasks run, how many are meant to) when `status`.
    pub async fn services(
        &self,
        filters: &Filters,
        status: bool,
    ) -> Result<Vec<Value>, EngineError> {
        let path = if status { "/services?status=true" } else { "/services" };
        self.listing(path, filters).await
    }

    /// A service by id, name or a beginning of its id. `defaults` fills in what its spec leaves out.
    pub async fn service(&self, service: &str, defaults: bool) -> Result<Value, EngineError> {
        let service = Self::escape(service);
        self.get_json(&format!("/services/{service}?insertDefaults={defaults}")).await
    }

    /// Makes a service; the answer has its `ID`, and may have `Warnings`.
    pub async fn service_create(
        &self,
        spec: &Value,
        auth: Option<&str>,
    ) -> Result<Value, EngineError> {
        self.change("/services/create", spec, auth).await
    }

    /// Changes a service whose version is that; the answer may have `Warnings`.
    pub async fn service_update(
        &self,
        id: &str,
        version: u64,
        spec: &Value,
        how: &ServiceChange,
    ) -> Result<Value, EngineError> {
        let mut path = format!("/services/{}/update?version={version}", Self::escape(id));
        if let Some(from) = how.auth_from {
            let _ = write!(path, "&registryAuthFrom={from}");
        }
        if how.rollback {
            path.push_str("&rollback=previous");
        }
        self.change(&path, spec, how.auth.as_deref()).await
    }

    pub async fn service_remove(&self, service: &str) -> Result<(), EngineError> {
        self.delete(&format!("/services/{}", Self::escape(service))).await.map(drop)
    }

    pub async fn tasks(&self, filters: &Filters) -> Result<Vec<Value>, EngineError> {
        self.listing("/tasks", filters).await
    }

    /// A task by id or a beginning of it.
    pub async fn task(&self, task: &str) -> Result<Value, EngineError> {
        self.get_json(&format!("/tasks/{}", Self::escape(task))).await
    }

    /// What a service's tasks, or one task, printed. The query is the API's own
    /// (`stdout=1&stderr=1&tail=all`).
    pub async fn swarm_logs(
        &self,
        of: Speaker,
        id: &str,
        tty: bool,
        query: &str,
    ) -> Result<Output, EngineError> {
        let kind = match of {
            Speaker::Service => "services",
            Speaker::Task => "tasks",
        };
        let path = format!("/{kind}/{}/logs?{query}", Self::escape(id));
        Ok(Output::of(self.send(Call::new(Method::GET, &path)).await?, tty))
    }

    /// What a registry says of an image: its digest and the platforms it is made for.
    pub async fn distribution(
        &self,
        image: &str,
        auth: Option<&str>,
    ) -> Result<Value, EngineError> {
        let headers = auth_header(auth);
        let path = format!("/distribution/{}/json", Self::escape(image));
        let call = Call { headers: &headers, ..Call::new(Method::GET, &path) };
        read_json(http::read(self.send(call).await?).await?.as_ref())
    }

    async fn change(
        &self,
        path: &str,
        spec: &Value,
        auth: Option<&str>,
    ) -> Result<Value, EngineError> {
        let headers = auth_header(auth);
        let call =
            Call { headers: &headers, body: Body::Json(spec), ..Call::new(Method::POST, path) };
        read_json(http::read(self.send(call).await?).await?.as_ref())
    }
}

/// Secrets and configs.
impl Engine {
    pub async fn stored(&self, kind: Stored, filters: &Filters) -> Result<Vec<Value>, EngineError> {
        self.listing(kind.path(), filters).await
    }

    /// One by id, name or a beginning of its id. A secret's data is never told.
    pub async fn stored_one(&self, kind: Stored, name: &str) -> Result<Value, EngineError> {
        self.get_json(&format!("{}/{}", kind.path(), Self::escape(name))).await
    }

    /// Makes one, and returns its id; `Data` is base64.
    pub async fn stored_create(&self, kind: Stored, spec: &Value) -> Result<String, EngineError> {
        let answer = self.post_json(&format!("{}/create", kind.path()), Some(spec)).await?;
        Ok(text(&answer, "/ID").to_owned())
    }

    /// Changes the labels of one; its data cannot be changed.
    pub async fn stored_update(
        &self,
        kind: Stored,
        id: &str,
        version: u64,
        spec: &Value,
    ) -> Result<(), EngineError> {
        let path = format!("{}/{}/update?version={version}", kind.path(), Self::escape(id));
        self.post_json(&path, Some(spec)).await.map(drop)
    }

    pub async fn stored_remove(&self, kind: Stored, name: &str) -> Result<(), EngineError> {
        self.delete(&format!("{}/{}", kind.path(), Self::escape(name))).await.map(drop)
    }
}

impl Engine {
    async fn listing(&self, path: &str, filters: &Filters) -> Result<Vec<Value>, EngineError> {
        let mut path = path.to_owned();
        if !filters.is_empty() {
            // The older form of the API's filters is a map, and every engine takes it.
            let map: BTreeMap<&str, BTreeMap<&str, bool>> = filters
                .iter()
                .map(|(name, values)| {
                    (name.as_str(), values.iter().map(|v| (v.as_str(), true)).collect())
                })
                .collect();
            let join = if path.contains('?') { '&' } else { '?' };
            let filters = serde_json::to_string(&map).unwrap_or_default();
            let _ = write!(path, "{join}filters={}", Self::escape(&filters));
        }
        let found = self.get_json(&path).await?;
        Ok(found.as_array().cloned().unwrap_or_default())
    }
}

fn auth_header(auth: Option<&str>) -> Vec<(&'static str, String)> {
    auth.map(|auth| ("X-Registry-Auth", auth.to_owned())).into_iter().collect()
}

fn read_json(body: &[u8]) -> Result<Value, EngineError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|e| EngineError::Broken(e.to_string()))
}
