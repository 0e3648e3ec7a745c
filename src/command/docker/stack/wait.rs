//! Waiting until services run.

use std::time::Duration;

use serde_json::{Value, json};

use super::members;
use crate::command::docker::cx::{Cx, Fail};
use crate::docker::{Engine, EngineError};

/// How long tasks must run before they count as stable: the swarm's own monitor time.
const STABLE: Duration = Duration::from_secs(5);

/// How often the swarm is asked.
const EVERY: Duration = Duration::from_millis(200);

/// Waits for one service after the other, and says how far each is.
///
/// # Errors
/// When a service's update was stopped by the swarm, or the engine cannot be asked.
pub(super) fn until_running(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    ids: &[String],
    quiet: bool,
) -> Result<u8, Fail> {
    for id in ids {
        let mut said = String::new();
        let mut since: Option<std::time::Instant> = None;
        loop {
            let state = cx.wait(State::read(engine, id))?;
            if let Some(why) = state.stopped {
                return Err(Fail::new(1, why));
            }
            let mut line =
                format!("overall progress: {} out of {} tasks", state.running, state.wanted);
            if state.running >= state.wanted {
                let start = *since.get_or_insert_with(std::time::Instant::now);
                let left = STABLE.saturating_sub(start.elapsed());
                if left.is_zero() {
                    if !quiet {
                        cx.out(format!("verify: Service {id} converged\n"));
                    }
                    break;
                }
                let seconds = left.as_secs() + 1;
                line =
                    format!("verify: Waiting {seconds} seconds to verify that tasks are stable...");
            } else {
                since = None;
            }
            if !quiet && line != said {
                cx.out(format!("{line}\n"));
                said = line;
            }
            cx.runtime.block_on(async { tokio::time::sleep(EVERY).await });
        }
    }
    Ok(0)
}

struct State {
    running: u64,
    wanted: u64,
    /// Why the swarm goes no further.
    stopped: Option<String>,
}

impl State {
    async fn read(engine: &Engine, id: &str) -> Result<Self, EngineError> {
        let filters = json!({ "id": [id] });
        let found = engine.get_json(&members::filtered("/services?status=true", &filters)).await?;
        let service = found.get(0).cloned().unwrap_or_default();
        let count = |key: &str| {
            service.pointer(&format!("/ServiceStatus/{key}")).and_then(Value::as_u64).unwrap_or(0)
        };
        let update = service.pointer("/UpdateStatus/State").and_then(Value::as_str);
        let message = service.pointer("/UpdateStatus/Message").and_then(Value::as_str);
        let message = message.unwrap_or_default();
        let stopped = match update {
            Some("paused") => Some(format!("service update paused: {message}")),
            Some("rollback_paused") => Some(format!("service rollback paused: {message}")),
            Some("rollback_completed") => Some(format!("service rolled back: {message}")),
            _ => None,
        };
        // While an update goes on, tasks of the old kind still run.
        let busy = matches!(update, Some("updating" | "rollback_started"));
        let (running, wanted) = (count("RunningTasks"), count("DesiredTasks"));
        let running = if busy && running == wanted { running.saturating_sub(1) } else { running };
        Ok(Self { running, wanted, stopped })
    }
}
