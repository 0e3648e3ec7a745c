//! The world of a submission that was replayed, as checks look at it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::anyhow;
use serde_json::Value;

use base::Time;
use gateway::{CallError, Gateway, Place};
use sim::api::OpDef;
use sim::{Caller, Credential, World};
use store::BlobStore;

/// The door to a replayed world: it can be looked at, and nothing else.
pub(super) struct Replayed {
    pub(super) world: Mutex<World>,
    /// Whether anything that was read rests on an observation.
    pub(super) rested: AtomicBool,
    pub(super) blobs: BlobStore,
    pub(super) place: Place,
}

impl Replayed {
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gateway for Replayed {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        if !op.read_only() {
            return Err(CallError::Broken(anyhow!("a replayed world can only be looked at")));
        }
        let mut world = self.world();
        let now = world.now();
        let answer = world.look(now, caller, op, input);
        self.rested.fetch_or(world.rests_on_observed(), Ordering::Relaxed);
        Ok(answer?)
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        Ok(aws::iam::credential(&self.world(), access_key_id))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(aws::iam::root_credential(&self.world()))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.world().now())
    }

    fn advance(&self, _: Duration) -> Result<Time, CallError> {
        Err(CallError::Broken(anyhow!("a replayed world can only be looked at")))
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}
