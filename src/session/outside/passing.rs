//! Lab time that passes for a client that waits, beside what is under way outside.

use std::time::{Duration, Instant};

use crate::engine::Engine;
use base::Time;
use sim::World;

/// For how long lab time waits for what is on its way outside, and how often it looks.
const OUTSIDE_TIME_MAX: Duration = Duration::from_secs(10);
const OUTSIDE_PAUSE: Duration = Duration::from_millis(20);
/// In how many pieces lab time passes then.
const PIECES: u32 = 12;

impl Engine {
    /// Moves lab time on for a client that waits. Where containers are wanted it comes in pieces, and what
    /// each of them begins or ends outside comes before the next.
    pub(crate) fn pass(&self, by: Duration) -> anyhow::Result<Time> {
        let piece = (by / PIECES).max(Duration::from_secs(1));
        let mut left = by;
        loop {
            self.let_outside_come();
            let step = if self.has_containers() { left.min(piece) } else { left };
            let now = self.advance(step)?;
            left -= step;
            if left.is_zero() {
                self.let_outside_come();
                return Ok(now);
            }
        }
    }

    /// Lets come what is on its way outside, unless it takes too long.
    fn let_outside_come(&self) {
        let began = Instant::now();
        while began.elapsed() < OUTSIDE_TIME_MAX && self.look(World::awaits_outside) {
            std::thread::sleep(OUTSIDE_PAUSE);
        }
    }
}
