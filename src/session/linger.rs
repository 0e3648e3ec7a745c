//! A session that outlives the command it was started for, so that a loop of commands plays a long
//! journal once and not each time. It ends by itself, and makes room for whoever wants the lab.
//!
//! It is started by the command line, as a program of its own; it holds nothing that the journal does
//! not have, so that killing it costs the next command a replay and nothing else.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::client::Client;
use super::profile::{Lock, Profile};
use super::protocol::Ask;
use super::{OpenError, Session};

/// A journal with fewer entries is played in less time than it takes to start a program.
const ENTRIES_MIN: u64 = 2_000;
/// How long a session lingers after the last command.
const LINGER: Duration = Duration::from_secs(30);
/// How long a session that lingers, or one of a single command, may go on with what it does before
/// somebody is told that it has the lab.
const PATIENCE: Duration = Duration::from_secs(10);

impl Session {
    /// Answers commands until none has come for a while, or somebody wants the lab.
    pub fn linger(&self) {
        self.talks.wait_for_silence(LINGER);
    }

    /// Takes leave of other programs: what they asked is answered, and what they ask now they have to
    /// ask of whoever has the lab next. Whoever ends a session does this first.
    pub fn take_leave(&self) {
        self.talks.close();
        self.talks.wait_for_the_last();
    }
}

/// Whether a world's journal is long enough for a session that lingers.
pub fn worth_lingering(profile: &Profile, world: &str) -> anyhow::Result<bool> {
    Ok(profile.store()?.last_entry(world)?.is_some_and(|(seq, _)| seq >= ENTRIES_MIN))
}

/// Takes a world for this process if nobody has it.
pub(super) fn lock_now(profile: &Profile, world: &str) -> Result<Lock, OpenError> {
    let held = |holder| OpenError::Held { world: world.to_owned(), holder };
    profile.lock(world)?.map_err(held)
}

/// Takes a world for this process. A session that lingers there is asked to leave.
pub(super) fn lock(profile: &Profile, world: &str) -> Result<Lock, OpenError> {
    let began = Instant::now();
    loop {
        let holder = match profile.lock(world)? {
            Ok(lock) => return Ok(lock),
            Err(holder) => holder,
        };
        // One that has just taken the world, or is about to let it go, has not said who it is.
        let passing = holder.passes || holder.lingers || holder.pid == 0;
        if !passing || began.elapsed() > PATIENCE {
            return Err(OpenError::Held { world: world.to_owned(), holder });
        }
        // One that starts or ends does not answer, and is asked again. One of a single command ends soon.
        if holder.lingers
            && let Ok(client) = Client::connect(Path::new(&holder.socket))
        {
            let _ = client.ask::<serde_json::Value>(&Ask::Leave);
        }
        sleep(Duration::from_millis(10));
    }
}
