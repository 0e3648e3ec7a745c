//! One engine: where it is, and the calls that are the same for everything on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bollard::{API_DEFAULT_VERSION, Docker};
use bytes::Bytes;
use hyper::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::EngineError;
use super::contexts::{self, Contexts};
use super::error::OLDEST_API;
use super::http::{self, Answer, Body, Call};

/// Where the engine listens when nothing else is said.
const DEFAULT_SOCKET: &str = "/var/run/docker.sock";

/// The learner's own engine, where `DOCKER_HOST` means another.
pub const OWN_VARIABLE: &str = "DISTLAB_ENGINE";

/// What names the learner's own engine, the first that is set.
const OWN_VARIABLES: [&str; 2] = [OWN_VARIABLE, "DOCKER_HOST"];

/// Calls such as `wait` and `stop` answer when the container does; bollard's two minutes are too few.
const TIMEOUT_SECS: u64 = 7 * 24 * 3600;

/// What stands unescaped in a path of the engine's API.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b':');

/// A handle on one engine; clones are cheap and share nothing but the address.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) docker: Docker,
    socket: PathBuf,
    host: String,
}

impl Engine {
    /// The engine at this address (`unix:///path`, the form of `DOCKER_HOST`), or the one that
    /// the environment names ([`Engine::own_host`]), or this machine's own. No traffic yet: a socket that nobody answers is found at the first call.
    ///
    /// # Errors
    /// [`EngineError::Unsupported`] for an address that is no socket, and what a missing socket means.
    pub fn open(host: Option<&str>) -> Result<Self, EngineError> {
        let named = || {
            OWN_VARIABLES
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|host| !host.is_empty()))
        };
        let host = match host.filter(|h| !h.is_empty()).map(str::to_owned).or_else(named) {
            Some(given) => given,
            None => chosen_host().unwrap_or_else(Self::default_host),
        };
        let Some(path) = host.strip_prefix("unix://") else {
            return Err(EngineError::Unsupported { host });
        };
        let docker = Docker::connect_with_unix(path, TIMEOUT_SECS, API_DEFAULT_VERSION)
            .map_err(|e| EngineError::from_bollard(&host, e))?;
        Ok(Self { docker, socket: PathBuf::from(path), host })
    }

    /// This machine's own engine, whatever is chosen.
    #[must_use]
    pub fn default_host() -> String {
        format!("unix://{}", default_socket().display())
    }

    /// What an environment says of the learner's own engine, also in the shell of a node, where
    /// `DOCKER_HOST` is the node's.
    #[must_use]
    pub fn own_host(env: &BTreeMap<String, String>) -> Option<&str> {
        OWN_VARIABLES
            .iter()
            .find_map(|name| env.get(*name))
            .map(String::as_str)
            .filter(|h| !h.is_empty())
    }

    /// [`Engine::open`], and makes sure that it answers and is new enough.
    ///
    /// # Errors
    /// One of the reasons why there is no engine to talk to.
    pub async fn connect(host: Option<&str>) -> Result<Self, EngineError> {
        let engine = Self::open(host)?;
        let (major, minor) = engine.api_version().await?;
        if (major, minor) < OLDEST_API {
            return Err(EngineError::TooOld {
                host: engine.host,
                found: format!("{major}.{minor}"),
            });
        }
        Ok(engine)
    }

    /// The newest version of the API that it speaks: `(1, 41)`.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn api_version(&self) -> Result<(u32, u32), EngineError> {
        let version = self.get_json("/version").await?;
        Ok(api_number(version.get("ApiVersion").and_then(Value::as_str).unwrap_or("0.0")))
    }

    /// Where it listens: `unix:///var/run/docker.sock`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// An answer byte for byte. The path starts with `/` and carries its query; names in it are
    /// escaped with [`Engine::escape`].
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn get(&self, path: &str) -> Result<Bytes, EngineError> {
        http::read(self.send(Call::new(Method::GET, path)).await?).await
    }

    /// [`Engine::get`], read as JSON with every field the engine sent.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn get_json(&self, path: &str) -> Result<Value, EngineError> {
        let body = self.get(path).await?;
        serde_json::from_slice(&body).map_err(|e| EngineError::Broken(e.to_string()))
    }

    /// [`Engine::get`] for a request that changes something; without an answer it is null.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn post_json(&self, path: &str, body: Option<&Value>) -> Result<Value, EngineError> {
        let body = body.map_or(Body::Empty, Body::Json);
        let call = Call { body, ..Call::new(Method::POST, path) };
        let answer = http::read(self.send(call).await?).await?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer).map_err(|e| EngineError::Broken(e.to_string()))
    }

    /// Removes what is at that path.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn delete(&self, path: &str) -> Result<Bytes, EngineError> {
        http::read(self.send(Call::new(Method::DELETE, path)).await?).await
    }

    /// Networks with every field that the engine sends. Filters are the API's own.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn networks(
        &self,
        filters: &BTreeMap<String, Vec<String>>,
    ) -> Result<Vec<Value>, EngineError> {
        let found = self.get_json(&format!("/networks{}", query(filters))).await?;
        let Value::Array(networks) = found else { return Ok(Vec::new()) };
        Ok(networks)
    }

    /// Volumes with every field that the engine sends. Filters are the API's own.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn volumes(
        &self,
        filters: &BTreeMap<String, Vec<String>>,
    ) -> Result<Vec<Value>, EngineError> {
        let mut found = self.get_json(&format!("/volumes{}", query(filters))).await?;
        let volumes = found.get_mut("Volumes").map(Value::take);
        Ok(volumes.and_then(|v| v.as_array().cloned()).unwrap_or_default())
    }

    /// Removes what is not used of a kind (`networks`, `volumes`, `build`, …); what the engine says of
    /// it. `more` are parameters beside the filters.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn prune(
        &self,
        kind: &str,
        filters: &BTreeMap<String, Vec<String>>,
        more: &[(&str, String)],
    ) -> Result<Value, EngineError> {
        let more = more.iter().map(|(name, value)| format!("{name}={value}"));
        let said: Vec<String> =
            more.chain(query(filters).strip_prefix('?').map(str::to_owned)).collect();
        self.post_json(&format!("/{kind}/prune?{}", said.join("&")), None).await
    }

    /// A request whose answer comes piece by piece.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn stream(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Body<'_>,
    ) -> Result<Answer, EngineError> {
        let call = Call { headers, body, ..Call::new(method, path) };
        self.send(call).await.map(Answer::new)
    }

    /// An answer whose body may come later.
    pub(super) async fn send(
        &self,
        call: Call<'_>,
    ) -> Result<hyper::Response<hyper::body::Incoming>, EngineError> {
        http::send(&self.socket, &self.host, call).await
    }

    /// A name as one part of a path; `/` and `:` of image names stay.
    #[must_use]
    pub fn escape(name: &str) -> String {
        utf8_percent_encode(name, PATH).to_string()
    }

    /// bollard's error, said for people.
    pub(super) fn explain(&self, error: bollard::errors::Error) -> EngineError {
        EngineError::from_bollard(&self.host, error)
    }
}

/// The filters of a listing, as the API takes them.
pub(super) fn filters(
    given: &BTreeMap<String, Vec<String>>,
) -> Option<std::collections::HashMap<String, Vec<String>>> {
    (!given.is_empty()).then(|| given.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
}

/// The same as the query of a path; nothing when there are none.
pub(super) fn query(given: &BTreeMap<String, Vec<String>>) -> String {
    if given.is_empty() {
        return String::new();
    }
    format!("?filters={}", Engine::escape(&serde_json::json!(given).to_string()))
}

/// The socket of the context that the learner's client is set to (`docker context use`). One that
/// is no socket says nothing here: it is refused where it is used by its name.
fn chosen_host() -> Option<String> {
    let variables: BTreeMap<String, String> = ["DOCKER_CONFIG", "HOME"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .collect();
    let cwd = std::env::current_dir().unwrap_or_default();
    let contexts = Contexts::of(&cwd, |name| variables.get(name).map(String::as_str));
    let context = contexts.get(&contexts.current()?).ok()?;
    contexts::host(&context).filter(|host| host.starts_with("unix://")).map(str::to_owned)
}

/// The usual socket, or one of a rootless engine or of Docker Desktop when only that exists.
fn default_socket() -> PathBuf {
    let usual = PathBuf::from(DEFAULT_SOCKET);
    if usual.exists() {
        return usual;
    }
    let below = |variable: &str, rest: &str| {
        std::env::var_os(variable).map(|base| Path::new(&base).join(rest))
    };
    [
        below("XDG_RUNTIME_DIR", "docker.sock"),
        below("HOME", ".docker/run/docker.sock"),
        below("HOME", ".docker/desktop/docker.sock"),
    ]
    .into_iter()
    .flatten()
    .find(|path| path.exists())
    .unwrap_or(usual)
}

/// `1.41` as numbers that compare.
fn api_number(text: &str) -> (u32, u32) {
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    (major.parse().unwrap_or(0), minor.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_are_spoken_to() {
        let check = |host: &str, want: &str| {
            let error = Engine::open(Some(host)).expect_err("no engine there").to_string();
            assert!(error.contains(want), "{host}: {error}");
        };
        check("tcp://10.0.0.1:2375", "only unix:// sockets");
        check("ssh://me@there", "only unix:// sockets");
        check("unix:///nowhere/docker.sock", "unix:///nowhere/docker.sock");
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(api_number("1.9") < api_number("1.41"));
        assert!(api_number("") < OLDEST_API);
    }

    #[test]
    fn names_are_escaped_for_paths() {
        assert_eq!(Engine::escape("a b?c"), "a%20b%3Fc");
        assert_eq!(Engine::escape("localhost:5000/x@sha256:1"), "localhost:5000/x%40sha256:1");
    }
}
