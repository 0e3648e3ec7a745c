//! The door to one running world, and what stands before it: the [`Gateway`] trait, and what a
//! program of the lab is ([`Command`]) and may touch ([`Host`]).
//!
//! A room of its own, so that commands and listeners need nothing of each other.

mod command;

use std::future::ready;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use base::Time;
use sim::Caller;
use sim::Credential;
use sim::api::{ApiError, OpDef};
use store::BlobStore;

pub use command::{Command, Host};

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

    /// The same for a task, whose thread must not wait: that of a listener's connection. Who drops the
    /// answer gives up nothing but the answer.
    fn ask(&self, caller: Caller, op: &'static OpDef, input: serde_json::Value) -> Answer<'_> {
        Box::pin(ready(self.call(&caller, op, input)))
    }

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

/// What [`Gateway::ask`] gives when it is there.
pub type Answer<'a> =
    Pin<Box<dyn Future<Output = Result<serde_json::Value, CallError>> + Send + 'a>>;

/// Where a world pretends to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub account: String,
    pub region: String,
    /// The doors that belong to the world: where real clients reach it.
    pub doors: Vec<Address>,
}

impl Place {
    /// Where a door is, by its name.
    #[must_use]
    pub fn door(&self, name: &str) -> Option<&Address> {
        self.doors.iter().find(|door| door.name == name)
    }

    /// `http://127.0.0.1:4566`, when the AWS endpoint is listening.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.door("aws").map(|door| door.url.as_str())
    }

    /// `localhost:5237`, when a registry of images belongs to the world.
    #[must_use]
    pub fn registry(&self) -> Option<&str> {
        self.door("registry").map(|door| door.address.as_str())
    }
}

/// Where one door is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// `registry`
    pub name: String,
    /// `localhost:5237`
    pub address: String,
    /// `http://localhost:5237`; with what opens it, where something must.
    pub url: String,
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
