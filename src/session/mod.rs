//! One learner in one lab: world, engine, workspace and progress; runs commands and checks.
//!
//! A session draws nothing and parses no arguments. The screen, the plain mode, the verbs and other
//! programs (over the socket) all speak to the same methods.

mod bodies;
pub mod check;
pub mod class;
pub mod client;
pub mod clock;
mod commit;
pub mod consent;
mod doors;
pub mod engine;
mod event_filter;
mod files;
mod given;
pub mod history;
mod journal;
mod linger;
mod manifest;
mod new_world;
mod outside;
mod own_notes;
pub mod profile;
pub mod program;
pub mod protocol;
pub mod prove;
mod records;
mod repair;
mod request;
pub mod run;
pub mod scratch;
pub mod seen;
pub mod server;
pub mod shell;
pub mod state;
mod steps;
mod take_back;
mod talks;
mod templates;
mod turn;
pub mod views;
mod watch;

#[cfg(test)]
mod damage;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use anyhow::bail;

use base::Time;
pub use bodies::Bodies;
use consent::NotAllowed;
use course::{Footprint, Lab, Need};
use engine::{Engine, Line};
use gateway::Gateway as _;
pub use given::{NOTHING_TO_UNDO, PutBack, reset_takes};
pub use journal::{damage, passed};
pub use linger::worth_lingering;
pub use manifest::Manifest;
pub use new_world::{begin_anew, go_on_from_solution};
use outside::Outside;
use profile::{Holder, Lock, Profile};
pub use repair::{Mended, Repaired, repair, repair_profile};
use server::Listening;
pub use state::{AskState, Card, Change, StepState, Verdict};
use steps::Progress;
pub use steps::{Judgement, find as find_step};
use systems::{SYSTEMS, Systems};
use talks::Talks;
pub use turn::LastChange;
pub use views::{LiveView, Picture, VIEWS};

/// One open lab.
pub struct Session {
    pub profile: Profile,
    /// The world's name: the lab's id, or `serve`.
    pub world: String,
    pub(crate) engine: Arc<Engine>,
    lab: RwLock<Arc<Lab>>,
    progress: Mutex<Progress>,
    talks: Arc<Talks>,
    /// Whether it is there for one command.
    passes: bool,
    /// When it was opened, by the clock of this machine, and that instant.
    opened: (Time, Instant),
    /// Held while a step is judged: two at once would both record that it was passed.
    judging: Mutex<()>,
    socket: Mutex<Option<Listening>>,
    doors: Arc<wire::Doors>,
    /// Whether somebody settles the doors after each change.
    followed: AtomicBool,
    /// Why there is no proxy for simulated names, when there should be one.
    without_proxy: Mutex<Option<String>>,
    /// Does what the world wants outside; nobody does for a session that only looks.
    outside: Option<Outside>,
    /// What the session before left behind on an engine that did not answer.
    left_behind: Option<String>,
    /// Measures containers while their view is shown.
    meter: docker::Meter,
    /// None for a session that only looks.
    lock: Option<Lock>,
}

/// How a session is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Lab time runs while it is open: a screen, a shell, a server.
    Live,
    /// Lab time stands still: one command.
    Once,
    /// As [`Mode::Once`], for commands that come one after the other ([`Session::linger`]).
    Lingering,
    /// Nothing is written, and another program may have it open.
    ReadOnly,
}

/// Why a session was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the lab {world} is open in another distlab (process {}). Work there, look at it here with --read-only, or use another profile with --home DIR", .holder.pid
    )]
    Held { world: String, holder: Holder },
    #[error(transparent)]
    NotAllowed(Box<NotAllowed>),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl Session {
    /// Opens a lab's world, making it at `wall` (milliseconds since the epoch) when it is new.
    pub fn open(
        profile: &Profile,
        lab: Lab,
        mode: Mode,
        wall: Time,
    ) -> Result<Arc<Self>, OpenError> {
        Self::open_of(SYSTEMS, profile, lab, mode, wall)
    }

    /// Opens a world of these systems, for tests of what none of the program's does.
    pub fn open_of(
        systems: Systems,
        profile: &Profile,
        lab: Lab,
        mode: Mode,
        wall: Time,
    ) -> Result<Arc<Self>, OpenError> {
        consent::check(profile, &lab)?;
        let lock = match mode {
            Mode::ReadOnly => None,
            // Of several that were started at once, one is enough.
            Mode::Lingering => Some(linger::lock_now(profile, &lab.id)?),
            Mode::Live | Mode::Once => Some(linger::lock(profile, &lab.id)?),
        };
        Self::begin(systems, profile, lab, mode, wall, lock)
    }

    /// As [`Session::open`] for one command, without waiting for one who has the lab: whoever would
    /// rather join that one looks for it again.
    pub fn open_now(profile: &Profile, lab: Lab, wall: Time) -> Result<Arc<Self>, OpenError> {
        consent::check(profile, &lab)?;
        let lock = linger::lock_now(profile, &lab.id)?;
        Self::begin(SYSTEMS, profile, lab, Mode::Once, wall, Some(lock))
    }

    fn begin(
        systems: Systems,
        profile: &Profile,
        lab: Lab,
        mode: Mode,
        wall: Time,
        lock: Option<Lock>,
    ) -> Result<Arc<Self>, OpenError> {
        if let Some(lock) = &lock {
            let (lingers, passes) = (mode == Mode::Lingering, mode == Mode::Once);
            let pid = std::process::id();
            lock.publish(&Holder { pid, lingers, passes, ..Holder::default() })?;
        }
        Ok(Self::begin_held(systems, profile, lab, mode, wall, lock)?)
    }

    fn begin_held(
        systems: Systems,
        profile: &Profile,
        lab: Lab,
        mode: Mode,
        wall: Time,
        lock: Option<Lock>,
    ) -> anyhow::Result<Arc<Self>> {
        let world = lab.id.clone();
        let read_only = mode == Mode::ReadOnly;
        if read_only && profile.store()?.world(&world)?.is_none() {
            bail!("nothing has been done in {world} yet, so there is nothing to look at");
        }
        let linked =
            profile.link_commands(&command::COMMANDS.iter().map(|c| c.name()).collect::<Vec<_>>());
        if !read_only {
            linked?;
        }
        let row = new_world::world_row(profile, &lab, wall, systems)?;
        let profile = &profile.as_of(&Manifest::of(&row)?);
        let speed = if mode == Mode::Live { lab.speed.max(1) } else { 0 };
        let engine = Engine::open(profile.store()?, profile.blobs()?, &row, speed, systems)?;
        if read_only {
            engine.freeze("the lab was opened with --read-only");
        } else {
            shell::lay_out(&profile.workspace(&world), &lab.files)?;
            engine.blob_store().sweep()?;
            engine.note_read()?;
            engine.note_damage()?;
        }
        let progress = Progress::of(&engine.told()?);
        let engine = Arc::new(engine);
        let left_behind = if read_only { None } else { outside::left_open(&engine)? };
        let outside = if read_only { None } else { Some(Outside::open(&engine, profile, &world)?) };
        let session = Arc::new(Self {
            profile: profile.clone(),
            world,
            doors: doors::of(&engine),
            followed: AtomicBool::default(),
            without_proxy: Mutex::default(),
            engine,
            lab: RwLock::new(Arc::new(lab)),
            progress: Mutex::new(progress),
            talks: Arc::new(Talks::new(mode == Mode::Lingering)),
            passes: mode == Mode::Once,
            opened: (wall, Instant::now()),
            judging: Mutex::default(),
            socket: Mutex::default(),
            outside,
            left_behind,
            meter: docker::Meter::default(),
            lock,
        });
        if !read_only {
            let listening = server::listen(&session, &profile.world_dir(&session.world))?;
            *session.socket.lock().unwrap_or_else(PoisonError::into_inner) = Some(listening);
            session.publish()?;
        }
        session.open_needed()?;
        Ok(session)
    }

    /// The lab as it stands: an author's save may replace it, and so may a door that its text names.
    #[must_use]
    pub fn lab(&self) -> Arc<Lab> {
        let lab = self.lab.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(newer) = lab.at_doors(|| self.door_addresses()) else { return lab };
        let newer = Arc::new(newer);
        let mut open = self.lab.write().unwrap_or_else(PoisonError::into_inner);
        // An author's save may have come meanwhile: the next look sees to that one.
        if Arc::ptr_eq(&open, &lab) {
            *open = Arc::clone(&newer);
        }
        newer
    }

    /// Puts a newer text of the lab in the place of the one that is open. One that tells the same in
    /// other words needs nobody's leave: what it does was allowed.
    ///
    /// # Errors
    /// When it does something else here, and nobody has allowed that.
    pub fn replace_lab(&self, lab: Lab) -> Result<(), OpenError> {
        let lab = lab.at_doors(|| self.door_addresses()).unwrap_or(lab);
        if Footprint::of(&lab) != Footprint::of(&self.lab()) {
            consent::check(&self.profile, &lab)?;
        }
        *self.lab.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(lab);
        self.engine.tell(&Change::Steps(self.steps()));
        Ok(())
    }

    /// What stands for the doors that a lab's text names.
    fn door_addresses(&self) -> BTreeMap<String, String> {
        let address = |door: gateway::Address| (door.name, door.address);
        self.engine.doors().into_iter().map(address).collect()
    }

    /// A sentence when the lab says something else of its world than when this one was made.
    #[must_use]
    pub fn began_otherwise(&self) -> Option<String> {
        let lab = self.lab();
        // The world of a lab that goes on from another is that one's.
        let changed = lab.continues.is_none() && !self.engine.manifest().fits(&lab.world);
        changed.then(|| {
            "The lab describes its world differently from when you began: yours stays as it was made. \
             To get a new one, take another profile (distlab --home DIR)."
                .into()
        })
    }

    /// A sentence when the session before could not finish what it had to do on the engine.
    #[must_use]
    pub fn left_behind(&self) -> Option<String> {
        self.left_behind.clone()
    }

    /// Whether nothing may be written.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.lock.is_none()
    }

    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self) -> anyhow::Result<()> {
        let Some(lock) = &self.lock else { return Ok(()) };
        let socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        lock.publish(&Holder {
            pid: std::process::id(),
            socket: socket.as_ref().map(|s| s.path.display().to_string()).unwrap_or_default(),
            endpoint: Line::separate(self.engine.clone()).place().endpoint().map(str::to_owned),
            lingers: self.talks.lingers,
            passes: self.passes,
        })
    }

    /// The folder the learner works in.
    #[must_use]
    pub fn workspace(&self) -> PathBuf {
        self.profile.workspace(&self.world)
    }

    /// What the lab's shell has in its environment.
    pub fn shell_env(&self) -> anyhow::Result<Vec<(String, String)>> {
        let line = Line::separate(self.engine.clone());
        let key = line.root_credential()?;
        let mut env = shell::environment(&self.profile, &self.world, &line.place(), &key)?;
        env.extend(shell::nodes_environment(&self.profile, &self.lab()));
        Ok(env)
    }

    /// The live nodes of a lab whose nodes are real engines, and where each listens.
    #[must_use]
    pub fn nodes(&self) -> Vec<(String, String)> {
        if self.lab().needs.contains(&Need::Swarm) {
            docker::live_nodes(&self.world)
        } else {
            Vec::new()
        }
    }

    /// What a live view shows now. Nothing but that view is looked at.
    #[must_use]
    pub fn view(&self, view: &LiveView) -> Picture {
        match view.source {
            views::Source::Engine(part) => {
                Picture::Docker(docker::view_now(part, &self.lab().id, &self.meter))
            }
            views::Source::World(look) => self.engine.look(look),
            views::Source::System(look) => Picture::Sections(self.engine.look(look)),
        }
    }

    /// Runs a script of the lab in the workspace, with the lab's environment.
    pub fn script(&self, text: &str) -> anyhow::Result<shell::Ran> {
        shell::script(text, &self.workspace(), &self.shell_env()?)
    }

    /// Runs a command line in this process, with its output captured.
    pub fn capture(&self, line: &str) -> anyhow::Result<run::Captured> {
        let env: BTreeMap<String, String> = std::env::vars().chain(self.shell_env()?).collect();
        let gateway = Line::looking(self.engine.clone());
        Ok(run::capture(line, &gateway, &self.workspace(), &env, &self.world))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Before the lock is given up: whoever opens the next session needs the ports.
        self.doors.close();
        if let Some(outside) = &mut self.outside {
            outside.close();
        }
        if self.lock.is_some() {
            // Best effort: without them lab time goes on from the last journal entry, and the home screen
            // walks the journal.
            let _ = self.engine.save_time();
            let _ = self.engine.note_passed();
        }
    }
}
