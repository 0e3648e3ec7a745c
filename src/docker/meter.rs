//! What containers use, measured in the background while somebody looks.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::{Engine, EngineError, Sample, block_on};

/// Measurements that are kept of each container.
const KEPT: usize = 30;
/// Containers measured at once; each is a connection to the engine.
pub(super) const MEASURED_MAX: usize = 12;
/// Nobody looks any more when nobody has asked for this long.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often the list of containers is compared with what is asked for.
const TURN: Duration = Duration::from_millis(500);

/// The last measurements of some containers. It measures on a thread of its own from the first
/// [`Meter::read`] on, and stops when that is not called any more.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// By container id, oldest first.
    samples: BTreeMap<String, VecDeque<Sample>>,
    asked: Option<Instant>,
    running: bool,
}

impl Meter {
    /// What was measured of these containers, oldest first; the first answer is empty.
    #[must_use]
    pub fn read(&self, ids: &[String]) -> BTreeMap<String, Vec<Sample>> {
        let mut state = self.state();
        state.asked = Some(Instant::now());
        state.samples.retain(|id, _| ids.contains(id));
        for id in ids.iter().take(MEASURED_MAX) {
            state.samples.entry(id.clone()).or_default();
        }
        if !std::mem::replace(&mut state.running, true) {
            let meter = self.clone();
            let spawned = thread::Builder::new().name("stats".into()).spawn(move || meter.run());
            state.running = spawned.is_ok();
        }
        let all = state.samples.iter();
        all.map(|(id, samples)| (id.clone(), samples.iter().cloned().collect())).collect()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A measurement that was cut short leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        // Without an engine there is nothing to measure; the next look tries again.
        let _ = block_on(self.measure());
        let mut state = self.state();
        state.samples.clear();
        state.running = false;
    }

    async fn measure(&self) -> Result<(), EngineError> {
        let engine = Engine::connect(None).await?;
        let mut following: BTreeMap<String, JoinHandle<()>> = BTreeMap::new();
        loop {
            let wanted: Vec<String> = {
                let state = self.state();
                if state.asked.is_none_or(|at| at.elapsed() > PATIENCE) {
                    return Ok(());
                }
                state.samples.keys().cloned().collect()
            };
            following.retain(|id, task| {
                let keep = wanted.contains(id) && !task.is_finished();
                if !keep {
                    task.abort();
                }
                keep
            });
            for id in wanted {
                let (meter, engine, name) = (self.clone(), engine.clone(), id.clone());
                following.entry(id).or_insert_with(|| {
                    tokio::spawn(async move { meter.follow(&engine, &name).await })
                });
            }
            tokio::time::sleep(TURN).await;
        }
    }

    async fn follow(&self, engine: &Engine, id: &str) {
        let Ok(mut samples) = engine.samples(id).await else { return };
        while let Ok(Some(sample)) = samples.next().await {
            let mut state = self.state();
            let Some(kept) = state.samples.get_mut(id) else { return };
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(sample);
        }
    }
}
