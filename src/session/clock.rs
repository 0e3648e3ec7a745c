//! Lab time: virtual, following the wall clock at the lab's speed while a session is open.

use std::time::{Duration, Instant};

use base::Time;

/// Lab time as a function of the wall clock. A clock that stands still only moves when told to.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Time,
    since: Instant,
    /// Lab seconds per second; 0 stands still.
    speed: u32,
}

impl Clock {
    /// A clock at `now` lab time, running at `speed`.
    #[must_use]
    pub fn new(now: Time, speed: u32) -> Self {
        Self { base: now, since: Instant::now(), speed }
    }

    /// What lab time it is.
    #[must_use]
    pub fn now(&self) -> Time {
        self.base.plus(self.since.elapsed() * self.speed)
    }

    /// Moves lab time on by a span, or up to an instant if that is later.
    pub fn advance(&mut self, by: Duration) {
        *self = Self::new(self.now().plus(by), self.speed);
    }

    /// How long on the wall clock until lab time is `at`; `None` when it stands still.
    #[must_use]
    pub fn until(&self, at: Time) -> Option<Duration> {
        (self.speed > 0).then(|| at.since(self.now()) / self.speed)
    }

    #[must_use]
    pub fn speed(&self) -> u32 {
        self.speed
    }
}
