//! A container that was started, followed to its end: first all that it says, then how it ended.

use std::pin::Pin;

use docker::{Channel, Engine, EngineError, Output};
use serde_json::Value;

use super::patience::{ANSWER_TIME_MAX, PAUSE, Patience};

/// What comes next of a container.
pub(super) enum Heard {
    Said(Channel, Vec<u8>),
    /// Nothing for a moment.
    Nothing,
    /// It has ended, with this code.
    Ended(i64),
    /// Somebody took it away, and nobody knows how it ended.
    Gone,
}

/// A container's output from the beginning, and its end.
pub(super) struct Following {
    said: Option<Output>,
    ended: Pin<Box<dyn Future<Output = Result<i64, EngineError>>>>,
}

impl Following {
    /// Begins to follow a container; nothing when it is gone.
    pub(super) async fn begin(
        engine: &Engine,
        patience: &Patience,
        id: &str,
    ) -> Result<Option<Self>, EngineError> {
        let all = engine.logs(id, false, "stdout=1&stderr=1&follow=1&tail=all");
        let Some(said) = unless_gone(patience.answer(ANSWER_TIME_MAX, all).await)? else {
            return Ok(None);
        };
        let waiter = engine.wait(id, "not-running");
        let waiter = unless_gone(patience.answer(ANSWER_TIME_MAX, waiter).await)?;
        Ok(waiter.map(|waiter| Self { said: Some(said), ended: Box::pin(waiter.code()) }))
    }

    /// What comes next. A reading that is given up for a moment loses nothing: it waits for bytes and
    /// keeps none.
    pub(super) async fn next(&mut self) -> Result<Heard, EngineError> {
        let Some(output) = &mut self.said else {
            return match tokio::time::timeout(PAUSE, &mut self.ended).await {
                Ok(code) => Ok(unless_gone(code)?.map_or(Heard::Gone, Heard::Ended)),
                Err(_) => Ok(Heard::Nothing),
            };
        };
        match tokio::time::timeout(PAUSE, output.next()).await {
            Ok(Ok(Some((channel, bytes)))) => return Ok(Heard::Said(channel, bytes.into())),
            Ok(Ok(None)) => self.said = None,
            Ok(Err(error)) => return Err(error),
            Err(_) => {}
        }
        Ok(Heard::Nothing)
    }

    /// What it says is not read any more.
    pub(super) fn stop_reading(&mut self) {
        self.said = None;
    }
}

/// A container as the engine tells it; nothing when it is gone.
pub(super) async fn inspect(
    engine: &Engine,
    patience: &Patience,
    id: &str,
) -> Result<Option<Value>, EngineError> {
    unless_gone(patience.answer(ANSWER_TIME_MAX, engine.inspect(id)).await)
}

/// Whether a container was killed since it needed more memory than it may have.
pub(super) fn lacked_memory(seen: &Value) -> bool {
    seen.pointer("/State/OOMKilled") == Some(&Value::Bool(true))
}

/// Sends a signal to a container. One that ends at the same moment, or is gone, needs none.
pub(super) async fn kill(
    engine: &Engine,
    patience: &Patience,
    id: &str,
    signal: &str,
) -> Result<(), EngineError> {
    match patience.answer(ANSWER_TIME_MAX, engine.kill(id, signal)).await {
        Ok(()) | Err(EngineError::Refused { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn unless_gone<T>(answer: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match answer {
        Err(error) if error.is_not_found() => Ok(None),
        answer => answer.map(Some),
    }
}
