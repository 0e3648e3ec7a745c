//! Safe mode: the NameNode changes nothing until it knows where enough blocks are.

use std::time::Duration;

use super::{Act, Event, State, config};
use base::Time;
use sim::api::ApiError;

/// Whether, and why, the name space is closed to changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum SafeMode {
    Off,
    /// An administrator closed it.
    Manual,
    /// The NameNode has just started and waits for block reports.
    Starting {
        /// Since when enough blocks are known.
        reached: Option<Time>,
    },
}

impl SafeMode {
    pub(super) fn on(self) -> bool {
        self != Self::Off
    }

    pub(super) fn starting(self) -> bool {
        matches!(self, Self::Starting { .. })
    }
}

impl State {
    /// Blocks with at least one replica known.
    fn safe_blocks(&self) -> u64 {
        self.blocks.values().filter(|b| !b.live.is_empty()).count() as u64
    }

    fn block_threshold(&self) -> u64 {
        self.blocks.len() as u64 * self.settings.safe_mode_per_mille / 1000
    }

    /// That the name space is open to changes.
    ///
    /// # Errors
    /// `SafeModeException` with what was tried (`Cannot delete /x`) and how to get out.
    pub(super) fn open_to_changes(&self, tried: &str, now: Time) -> Result<(), ApiError> {
        if !self.safe_mode.on() {
            return Ok(());
        }
        let message = format!(
            "{tried}. Name node is in safe mode.\n{} NamenodeHostName:{}",
            self.safe_mode_tip(now),
            config::NAMENODE
        );
        Err(ApiError::new(403, "SafeModeException", message))
    }

    /// Why it is on and when it will end.
    pub(super) fn safe_mode_tip(&self, now: Time) -> String {
        let reached = match self.safe_mode {
            SafeMode::Off => return String::new(),
            SafeMode::Manual => {
                return "It was turned on manually. Use \"hdfs dfsadmin -safemode leave\" to turn \
                        safe mode off."
                    .into();
            }
            SafeMode::Starting { reached } => reached,
        };
        let (safe, threshold) = (self.safe_blocks(), self.block_threshold());
        let total = self.blocks.len();
        let live = self.nodes.iter().filter(|n| n.believed()).count();
        let share = self.settings.safe_mode_per_mille;
        let ratio = format!("{}.{:03}0", share / 1000, share % 1000);
        let blocks = if safe < threshold {
            format!(
                "The reported blocks {safe} needs additional {} blocks to reach the threshold \
                 {ratio} of total blocks {total}.\n",
                threshold - safe
            )
        } else {
            format!(
                "The reported blocks {safe} has reached the threshold {ratio} of total blocks {total}. "
            )
        };
        let nodes =
            format!("The number of live datanodes {live} has reached the minimum number 0. ");
        let end = reached.map_or_else(
            || {
                "Safe mode will be turned off automatically once the thresholds have been reached."
                    .to_owned()
            },
            |since| {
                let left = since.plus(self.settings.safe_mode_extension).since(now);
                format!(
                    "In safe mode extension. Safe mode will be turned off automatically in {} seconds.",
                    left.as_secs()
                )
            },
        );
        format!("{blocks}{nodes}{end}")
    }

    /// Blocks were reported: perhaps enough are known now.
    pub(super) fn check_safe_mode(&mut self, act: &mut Act<'_>) {
        if self.safe_mode == (SafeMode::Starting { reached: None })
            && self.safe_blocks() >= self.block_threshold()
        {
            self.safe_mode = SafeMode::Starting { reached: Some(act.now) };
            act.schedule(
                act.now.plus(self.settings.safe_mode_extension),
                Event::SafeModeEnds { life: self.life },
            );
        }
    }

    /// The extension is over.
    pub(super) fn safe_mode_ends(&mut self, act: &mut Act<'_>) {
        if !self.safe_mode.starting() {
            return;
        }
        if self.safe_blocks() < self.block_threshold() {
            self.safe_mode = SafeMode::Starting { reached: None };
            return;
        }
        let span = act.now.since(self.started);
        self.leave_safe_mode(act);
        act.notice(format!("The NameNode has left safe mode after {} s.", secs(span)));
    }

    /// Opens the name space, and looks at every block if it was closed since the start.
    pub(super) fn leave_safe_mode(&mut self, act: &mut Act<'_>) {
        let starting = self.safe_mode.starting();
        self.safe_mode = SafeMode::Off;
        if starting {
            let all: Vec<u64> = self.blocks.keys().copied().collect();
            for id in all {
                self.evaluate(id, act);
            }
        }
        self.wake(act);
    }
}

fn secs(span: Duration) -> u64 {
    span.as_secs()
}
