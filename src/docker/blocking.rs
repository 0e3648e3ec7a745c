//! The bridge from plain threads to the engine's asynchronous calls.

use super::EngineError;

/// Runs a future to its end on this thread, on a runtime of its own.
///
/// Not to be called from inside asynchronous code: there, await the future.
///
/// # Errors
/// The future's own; [`EngineError::Broken`] when no runtime can be made.
pub fn block_on<T>(future: impl Future<Output = Result<T, EngineError>>) -> Result<T, EngineError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| EngineError::Broken(e.to_string()))?
        .block_on(future)
}
