//! The way in from outside: listeners on loopback that speak the real protocols.
//!
//! A listener decodes a request, asks a [`Gateway`] and encodes the answer. It owns no state and
//! knows no operation by name.

pub mod aws;
pub mod codec;
mod listen;
pub mod registry;
pub mod sigv4;
mod stream;

use std::time::SystemTime;

use crate::base::Time;
use crate::sim::Caller;
use crate::sim::api::{ApiError, OpDef};
use crate::sim::aws::iam::Credential;
use crate::store::BlobStore;

/// The door to one running world. The session implements it, in the program itself and, through
/// the session's socket, in the commands of the learner's shell.
pub trait Gateway: Send + Sync {
    /// Performs one operation now. It is in the journal before this returns.
    ///
    /// # Errors
    /// The service's refusal, or that the world cannot be reached.
    fn call(
        &self,
        caller: &Caller,
        op: &'static OpDef,
        input: serde_json::Value,
    ) -> Result<serde_json::Value, CallError>;

    /// The credential with this access key id.
    ///
    /// # Errors
    /// When the world cannot be reached.
    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError>;

    /// The root user's credential, made for this profile.
    ///
    /// # Errors
    /// When the world cannot be reached.
    fn root_credential(&self) -> Result<Credential, CallError>;

    /// Lab time.
    ///
    /// # Errors
    /// When the world cannot be reached.
    fn now(&self) -> Result<Time, CallError>;

    /// Moves lab time on, and returns what it is then.
    ///
    /// # Errors
    /// When the world cannot be reached.
    fn advance(&self, by: std::time::Duration) -> Result<Time, CallError>;

    /// Where bodies are.
    fn blobs(&self) -> &BlobStore;

    /// The world's account and region.
    fn place(&self) -> Place;
}

/// Where a world pretends to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub account: String,
    pub region: String,
    /// `http://127.0.0.1:4566`, when an AWS endpoint is listening.
    pub endpoint: Option<String>,
    /// `localhost:5237`, when a registry of images belongs to the world.
    pub registry: Option<String>,
}

/// The machine's clock.
#[must_use]
pub fn wall_clock() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The service refused.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The world could not be reached, or broke.
    #[error("{0:#}")]
    Broken(anyhow::Error),
}
