//! The clock's tick: one wake-up, and no more.
//!
//! Tokio's timers stand in wheels of 64 steps. One that is a second away stands in the second wheel, and
//! is moved to the first on the way: that wakes the thread once more, for nothing. The kernel's own timer
//! (`timerfd_create(2)`) does not.

use std::io;
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::fd::OwnedFd;
#[cfg(target_os = "linux")]
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
#[cfg(target_os = "linux")]
use tokio::io::unix::AsyncFd;
#[cfg(not(target_os = "linux"))]
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Ticks from when it was made. Ticks that nobody waited for in time are one.
pub(super) struct Clock {
    #[cfg(target_os = "linux")]
    timer: AsyncFd<OwnedFd>,
    #[cfg(not(target_os = "linux"))]
    timer: Interval,
}

impl Clock {
    /// One that ticks so often.
    #[cfg(target_os = "linux")]
    pub(super) fn every(period: Duration) -> io::Result<Self> {
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC,
        )?;
        let period = Timespec::try_from(period).map_err(io::Error::other)?;
        let every = Itimerspec { it_interval: period, it_value: period };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &every)?;
        #[expect(
            deprecated,
            reason = "what replaces it is unsafe, for types that own no descriptor"
        )]
        let timer = AsyncFd::new(timer)?;
        Ok(Self { timer })
    }

    /// One that ticks so often.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn every(period: Duration) -> io::Result<Self> {
        let mut timer = interval_at(Instant::now() + period, period);
        timer.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Ok(Self { timer })
    }

    /// Waits for the next tick. Nothing is lost when it is not waited for to the end.
    #[cfg(target_os = "linux")]
    pub(super) async fn tick(&mut self) -> io::Result<()> {
        loop {
            let mut ready = self.timer.readable().await?;
            let mut ticks = [0; size_of::<u64>()];
            // Where it was not ready after all, it is waited for again.
            if let Ok(read) = ready.try_io(|timer| Ok(rustix::io::read(timer, &mut ticks)?)) {
                return read.map(|_| ());
            }
        }
    }

    /// Waits for the next tick. Nothing is lost when it is not waited for to the end.
    #[cfg(not(target_os = "linux"))]
    pub(super) async fn tick(&mut self) -> io::Result<()> {
        self.timer.tick().await;
        Ok(())
    }
}
