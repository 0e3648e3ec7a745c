//! Uploads under way: bytes that have no name yet.
//!
//! They are not part of the world: a client that loses its upload (this program ended, or an hour
//! passed) begins it anew.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base::Rng;
use base::rng::HEX;
use registry::{Refusal, refusal};
use sim::api::ApiError;
use store::BlobWriter;

/// How many uploads may be under way. Each long one holds a file open.
const UPLOADS_MAX: usize = 256;
/// An upload that nobody went on with for so long is given up.
const IDLE_MAX: Duration = Duration::from_hours(1);

/// Where there are too many, the one that was left alone longest goes first, if that is so long.
const IDLE_MIN: Duration = Duration::from_secs(30);

/// One upload.
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) repository: String,
    touched: Mutex<Instant>,
    /// What came so far; nothing once the upload has ended. Held while a request adds to it.
    pub(super) writer: tokio::sync::Mutex<Option<BlobWriter>>,
}

/// All uploads under way.
#[derive(Default)]
pub(super) struct Uploads(Mutex<BTreeMap<String, Arc<Upload>>>);

impl Uploads {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Upload>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one.
    ///
    /// # Errors
    /// `TOOMANYREQUESTS` when too many are under way.
    pub(super) fn begin(
        &self,
        repository: &str,
        writer: BlobWriter,
    ) -> Result<Arc<Upload>, ApiError> {
        let mut all = self.all();
        all.retain(|_, upload| upload.idle() < IDLE_MAX);
        if all.len() >= UPLOADS_MAX {
            let idle = all.values().map(|u| (u.idle(), u.id.clone())).max();
            let (_, id) = idle
                .filter(|(idle, _)| *idle > IDLE_MIN)
                .ok_or_else(|| refusal(Refusal::TooManyRequests))?;
            all.remove(&id);
        }
        let upload = Arc::new(Upload {
            id: fresh_id(),
            repository: repository.to_owned(),
            touched: Mutex::new(Instant::now()),
            writer: tokio::sync::Mutex::new(Some(writer)),
        });
        all.insert(upload.id.clone(), Arc::clone(&upload));
        Ok(upload)
    }

    /// The upload of that id, into that repository.
    ///
    /// # Errors
    /// `BLOB_UPLOAD_UNKNOWN`.
    pub(super) fn find(&self, repository: &str, id: &str) -> Result<Arc<Upload>, ApiError> {
        let found = self.all().get(id).filter(|u| u.repository == repository).cloned();
        let upload = found.ok_or_else(|| refusal(Refusal::BlobUploadUnknown).with("id", id))?;
        *upload.touched.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Ok(upload)
    }

    /// Ends one, whether it is complete or given up.
    pub(super) fn end(&self, id: &str) {
        self.all().remove(id);
    }

    /// Gives up all of them.
    pub(super) fn forget(&self) {
        self.all().clear();
    }
}

impl Upload {
    fn idle(&self) -> Duration {
        // One that a request is adding to right now is not idle.
        if self.writer.try_lock().is_err() {
            return Duration::ZERO;
        }
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Where the client goes on.
    pub(super) fn location(&self) -> String {
        format!("/v2/{}/blobs/uploads/{}", self.repository, self.id)
    }
}

/// An id nobody guesses, in the form of a UUID. It names the exchange, not the world, so it need not
/// replay.
fn fresh_id() -> String {
    let mut rng = Rng::new(store::entropy());
    let mut part = |len| rng.text(HEX, len);
    format!("{}-{}-4{}-a{}-{}", part(8), part(4), part(3), part(3), part(12))
}
