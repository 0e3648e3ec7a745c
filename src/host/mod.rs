//! A simulated host: a small Linux of our own, as plain data.
//!
//! Files with owners and modes, users, processes, services with logs, packages, and a shell with the
//! commands that people type. Nothing here has a clock or reaches outside: time is handed in, and what a
//! host wants to know of its network it asks through [`Outside`]. A host that waits is a value like any
//! other: it can be copied, compared and hashed, and goes on when [`Host::run`] is called again.
//!
//! A step is one frame of a shell or one run of a command; [`Host::run`] takes so many at most, and an
//! endless loop is a host that is still busy at its next turn.
#![allow(
    clippy::format_push_string,
    reason = "text is put together everywhere here; it reads better"
)]
#![allow(clippy::format_collect, reason = "as above")]
#![allow(clippy::items_after_statements, reason = "a constant stands where it is used")]
#![allow(clippy::match_same_arms, reason = "options are told apart even where they do the same")]
#![allow(clippy::naive_bytecount, reason = "texts are short")]
#![allow(clippy::single_match_else, reason = "the arms are alike in weight")]
#![allow(clippy::similar_names, reason = "who and how, uid and gid are the field's words")]

pub mod calls;
pub mod commands;
pub mod complete;
pub mod escape;
pub mod exec;
pub mod files;
pub mod format;
pub mod generated;
pub mod glob;
pub mod image;
pub mod listening;
pub mod outside;
pub mod packages;
pub mod power;
pub mod process;
pub mod regex;
pub mod schedule;
pub mod services;
pub mod session;
pub mod shell;
#[cfg(test)]
mod tests;
pub mod users;

use std::collections::BTreeMap;

use base::{Rng, Time};

use crate::files::Files;
use crate::process::{Open, OpenId, Pid, Pipe, Process, Terminal};
use crate::services::{Entry, Service};

pub use listening::{Listener, Serves};
pub use outside::{Answer, Ask, Failure, Http, Name, Names, Outside};
pub use power::Wish;
pub use schedule::Next;
pub use session::Remote;

/// What a host is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// `ip-10-0-0-12.ec2.internal`
    pub name: String,
    /// `10.0.0.12`
    pub address: String,
    /// Bits of its network.
    pub prefix: u8,
    /// `0a:58:…`
    pub mac: String,
    pub cores: u32,
    /// Bytes.
    pub memory: u64,
    /// Bytes of the root disk.
    pub disk: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            name: "ip-10-0-0-12.ec2.internal".into(),
            address: "10.0.0.12".into(),
            prefix: 24,
            mac: "0a:ff:c0:a8:00:0c".into(),
            cores: 1,
            memory: 1024 * 1024 * 1024,
            disk: 8 * 1024 * 1024 * 1024,
        }
    }
}

/// One host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    pub shape: Shape,
    /// What `hostname` says.
    pub name: String,
    pub files: Files,
    pub processes: BTreeMap<Pid, Process>,
    pub opens: BTreeMap<OpenId, Open>,
    pub pipes: BTreeMap<u64, Pipe>,
    pub terminals: BTreeMap<u32, Terminal>,
    pub services: BTreeMap<String, Service>,
    /// The systemd journal.
    pub journal: Vec<Entry>,
    /// Names and versions of the packages that are installed.
    pub packages: BTreeMap<String, packages::Installed>,
    /// Names of programs that the world runs, such as `aws`.
    pub programs: Vec<String>,
    pub booted: Time,
    pub now: Time,
    rng: Rng,
    next_pid: Pid,
    /// Who had the last turn: the next run goes on behind it, so that nobody starves however few steps
    /// there are.
    last_turn: Pid,
    next_open: OpenId,
    next_terminal: u32,
    /// Steps taken while nothing else was to be done: what the load average is made of.
    busy: u64,
    /// What it wants done with its own power.
    wish: Option<Wish>,
}
