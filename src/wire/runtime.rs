//! The one runtime of a process: every door and whatever else waits for sockets runs on it.
//!
//! It lives as long as the process, so a session may be opened and dropped anywhere.

use std::sync::OnceLock;

use anyhow::anyhow;
use tokio::runtime::{Builder, Runtime};

/// A request is answered on the thread that read it, and there is one world for all of them; whatever may
/// wait has threads of its own.
const WORKERS: usize = 2;

/// The runtime, made when it is first asked for.
///
/// # Errors
/// When the system refuses the threads.
pub fn runtime() -> anyhow::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(WORKERS).thread_name("doors").enable_all();
        builder.build().map_err(|e| e.to_string())
    });
    made.as_ref().map_err(|why| anyhow!("the system provides no threads to listen with: {why}"))
}
