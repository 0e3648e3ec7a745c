//! The way to a world that is opened when it is first asked, and not before: `docker` never asks, so a
//! container that runs for an hour holds no lab, and `docker ps` opens no database.

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::anyhow;
use serde_json::Value;

use super::Args;
use super::lab_session::LabSession;
use base::Time;
use gateway::{CallError, Gateway, Place};
use sim::Caller;
use sim::Credential;
use sim::api::OpDef;
use store::BlobStore;

/// A lab's world, opened on first use.
pub(super) struct Lazy<'a> {
    args: &'a Args,
    lab: &'a str,
    blobs: BlobStore,
    lab_session: OnceLock<Result<LabSession<'a>, String>>,
}

impl<'a> Lazy<'a> {
    pub(super) fn new(args: &'a Args, lab: &'a str) -> anyhow::Result<Self> {
        let home = args.home()?;
        let blobs = BlobStore::open(&home.join("blobs"))?;
        Ok(Self { args, lab, blobs, lab_session: OnceLock::new() })
    }

    /// Opens the world now, for a command that is sure to ask: the error is still itself then, with
    /// the exit code that belongs to it.
    pub(super) fn open(&self) -> anyhow::Result<()> {
        if self.lab_session.get().is_none() {
            let lab_session = LabSession::join(self.args, self.lab)?;
            // Nobody else has this: it is made, opened and used on one thread.
            let _ = self.lab_session.set(Ok(lab_session));
        }
        Ok(())
    }

    fn gateway(&self) -> Result<&dyn Gateway, CallError> {
        let lab_session = self.lab_session.get_or_init(|| {
            LabSession::join(self.args, self.lab).map_err(|error| format!("{error:#}"))
        });
        match lab_session {
            Ok(lab_session) => Ok(lab_session),
            Err(why) => Err(CallError::Broken(anyhow!("{why}"))),
        }
    }
}

impl Gateway for Lazy<'_> {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        self.gateway()?.call(caller, op, input)
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        self.gateway()?.credential(access_key_id)
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        self.gateway()?.root_credential()
    }

    fn now(&self) -> Result<Time, CallError> {
        self.gateway()?.now()
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        self.gateway()?.advance(by)
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        // Without a world there is no endpoint; whoever asks for more gets the reason from a call.
        self.gateway().map_or_else(
            |_| Place { account: String::new(), region: String::new(), doors: Vec::new() },
            Gateway::place,
        )
    }
}
