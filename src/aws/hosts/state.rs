//! What is kept of the hosts behind instances, and of who is logged in.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

use aws::ec2::guests::Place;
use base::Time;
use host::Host;

use crate::sftp::Sftp;

/// All of them.
#[derive(Hash, Debug, Default)]
pub struct State {
    /// By the instance's id.
    pub(crate) guests: BTreeMap<String, Guest>,
    pub(crate) sessions: BTreeMap<u64, Session>,
    pub(crate) next_session: u64,
    /// What snapshots of root disks hold, by their ids, where that is another thing than an image of the
    /// catalogue.
    pub(crate) disks: BTreeMap<String, Arc<Host>>,
    /// Public addresses that instances have had: nobody answers at one of those any more, and nothing
    /// may go to whoever has it in reality.
    pub(crate) addresses: BTreeSet<Ipv4Addr>,
}

/// What stands behind one instance.
#[derive(Hash, Debug)]
pub(crate) struct Guest {
    pub(crate) place: Place,
    /// The line of `authorized_keys` that the launch put there.
    pub(crate) key: Option<String>,
    pub(crate) power: Power,
    /// Counts its starts, so that an event of an earlier one is known.
    pub(crate) life: u32,
    /// How often it has booted.
    pub(crate) boots: u32,
    /// How often somebody has logged in.
    pub(crate) logins: u32,
    /// Its disk and what runs on it, once somebody has had to do with it.
    pub(crate) host: Option<Box<Host>>,
    /// When it is looked after next.
    pub(crate) wake: Option<Time>,
    /// For how many turns in a row it had more to do than it got.
    pub(crate) busy: u32,
    /// What cloud-init still has to do in this boot.
    pub(crate) data: Option<Run>,
    /// Tokens of its metadata service, and when they end.
    pub(crate) tokens: BTreeMap<String, Time>,
    /// Temporary credentials of its instance profile, while they are good.
    pub(crate) credentials: Option<Credentials>,
}

/// A script of user data that runs.
#[derive(Clone, Hash, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) pid: u32,
    /// Bytes of the log that are on the console.
    pub(crate) printed: usize,
}

/// Temporary credentials of an instance profile, as they were handed out last.
#[derive(Clone, Hash, Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) role: String,
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) token: String,
    pub(crate) since: Time,
    pub(crate) expires: Time,
}

/// Whether it has power.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Power {
    Off,
    /// It boots, until then.
    Booting(Time),
    /// It has been up since then.
    Up(Time),
}

/// What happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(crate) instance: String,
    pub(crate) life: u32,
    pub(crate) what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum What {
    /// It has booted.
    Booted,
    /// Something in it can go on.
    Wake,
}

/// Somebody who is logged in.
#[derive(Hash, Debug)]
pub(crate) struct Session {
    pub(crate) instance: String,
    pub(crate) user: String,
    pub(crate) kind: Kind,
    pub(crate) output: Kept,
    pub(crate) errors: Kept,
    /// How it ended, once it has.
    pub(crate) status: Option<i32>,
}

#[derive(Hash, Debug)]
pub(crate) enum Kind {
    /// A login shell at a terminal; `prompted` while its prompt stands there and nothing was typed.
    Terminal {
        pid: u32,
        prompted: bool,
    },
    /// A command, or a shell that reads from a pipe.
    Remote(host::Remote),
    Sftp(Box<Sftp>),
}

/// Bytes that somebody reads when it suits him: those before `start` he has seen.
#[derive(Hash, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) start: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Kept {
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// What stands behind a place.
    pub(crate) fn from(&self, place: u64) -> &[u8] {
        let skip = usize::try_from(place.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.bytes.get(skip..).unwrap_or_default()
    }

    /// Forgets what stands before a place.
    pub(crate) fn seen(&mut self, place: u64) {
        let skip = usize::try_from(place.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let skip = skip.min(self.bytes.len());
        self.bytes.drain(..skip);
        self.start += skip as u64;
    }
}

impl Guest {
    pub(crate) fn new(place: Place, key: Option<String>) -> Self {
        Self {
            place,
            key,
            power: Power::Off,
            life: 0,
            boots: 0,
            logins: 0,
            host: None,
            wake: None,
            busy: 0,
            data: None,
            tokens: BTreeMap::new(),
            credentials: None,
        }
    }

    /// Since when it is up, when it is.
    pub(crate) fn up(&self) -> Option<Time> {
        match self.power {
            Power::Up(since) => Some(since),
            Power::Off | Power::Booting(_) => None,
        }
    }
}
