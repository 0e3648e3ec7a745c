//! How long the engine is waited for. It may be stopped, or stand still, at any moment; neither a run nor
//! the end of a session hangs on it for ever.

use std::pin::pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use docker::EngineError;

/// How long until the engine has answered something that is little work for it.
pub(super) const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// The same for what is more: making a container and starting it.
pub(super) const WORK_TIME_MAX: Duration = Duration::from_mins(1);
/// How long altogether once the session is being closed: who leaves waits for no engine.
const CLOSING_TIME_MAX: Duration = Duration::from_secs(1);
/// How often it is looked whether to wait on.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// The patience of one session, which ends with it.
#[derive(Default, Debug)]
pub(super) struct Patience(OnceLock<Instant>);

impl Patience {
    /// The session is being closed.
    pub(super) fn close(&self) {
        let _ = self.0.set(Instant::now());
    }

    pub(super) fn closing(&self) -> bool {
        self.0.get().is_some()
    }

    /// The engine's answer, if it comes in time.
    pub(super) async fn answer<T>(
        &self,
        most: Duration,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        let (mut work, began) = (pin!(work), Instant::now());
        loop {
            if let Ok(done) = tokio::time::timeout(PAUSE, &mut work).await {
                return done;
            }
            let closed = self.0.get().is_some_and(|at| at.elapsed() > CLOSING_TIME_MAX);
            if closed || began.elapsed() > most {
                return Err(EngineError::silent());
            }
        }
    }
}
