//! Finds the lab, the profile and the session that a verb is about.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use serde::de::DeserializeOwned;

use super::allow::asking;
use super::{Args, Stop};
use base::Time;
use course::{Catalog, Lab, Learner, Problem};
use gateway::{CallError, Gateway};
use session::client::Client;
use session::engine::Line;
use session::profile::{Profile, SERVE};
use session::protocol::Ask;
use session::{Mode, OpenError, Session, go_on_from_solution, server, worth_lingering};

/// The wall clock. The only place where a verb asks it.
pub(super) fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Args {
    pub(crate) fn profile(&self) -> anyhow::Result<Profile> {
        Profile::open(&self.home()?)
    }

    /// The profile's folder.
    pub(crate) fn home(&self) -> anyhow::Result<PathBuf> {
        self.home.clone().map_or_else(Profile::default_home, Ok)
    }

    /// All labs, each read whole: what is wrong with them is known.
    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::load(self.labs_folder().as_deref())
    }

    /// All labs, for who looks for one of them.
    pub(crate) fn listing(&self) -> Catalog {
        Catalog::list(self.labs_folder().as_deref())
    }

    /// The folder of labs that was named, by `--labs` or by `DISTLAB_LABS`.
    pub(crate) fn labs_folder(&self) -> Option<PathBuf> {
        self.labs.clone().or_else(|| std::env::var_os("DISTLAB_LABS").map(PathBuf::from))
    }

    /// A lab as this learner gets it. `serve` is the world without a lab.
    pub(crate) fn lab(&self, id: &str, profile: &Profile) -> anyhow::Result<Lab> {
        if id == SERVE {
            return Ok(Lab {
                id: SERVE.into(),
                title: "distlab serve".into(),
                speed: 1,
                ..Lab::default()
            });
        }
        let catalog = self.listing();
        // One that is there and cannot be read answers with its own problems.
        if !catalog.broken().iter().any(|b| b.id_or_path == id) {
            catalog.get(id).map_err(|unknown| Stop::usage(unknown.to_string()))?;
        }
        let learner = learner(&catalog, profile, id)?;
        catalog.open(id, &learner).map_err(|problems| anyhow::anyhow!(list(&problems)))
    }

    /// The lab a verb is about when none is named: the one whose shell this is.
    pub(crate) fn here(given: Option<&str>) -> anyhow::Result<String> {
        if let Some(lab) = given {
            return Ok(lab.to_owned());
        }
        std::env::var("DISTLAB_LAB").ok().filter(|lab| !lab.is_empty()).ok_or_else(|| {
            Stop::usage(
                "which lab? Name it, or run this in a lab's shell (distlab labs lists them)",
            )
        })
    }
}

/// Whom a lab is opened for: the learner of its world, or of the world that it goes on from, as they
/// were when that was made.
pub(super) fn learner(catalog: &Catalog, profile: &Profile, id: &str) -> anyhow::Result<Learner> {
    let mut worlds = vec![id];
    while let Some(before) = worlds.last().and_then(|id| catalog.get(id).ok()?.continues.as_deref())
    {
        if worlds.contains(&before) {
            break;
        }
        worlds.push(before);
    }
    profile.learner_of(&worlds)
}

/// Problems of a lab file, a line each.
pub(super) fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Prepares the world of a lab that continues one the learner never began.
pub(super) fn go_on(catalog: &Catalog, profile: &Profile, lab: &Lab) -> anyhow::Result<()> {
    let Some(before) = &lab.continues else { return Ok(()) };
    let before = catalog
        .open(before, &learner(catalog, profile, before)?)
        .map_err(|problems| anyhow::anyhow!(list(&problems)))?;
    go_on_from_solution(profile, &lab.id, &before, wall())
}

/// Says on standard error what a session could not do when it was opened.
pub(super) fn warn(session: &Session) {
    use std::io::Write as _;
    for trouble in session.door_troubles().into_iter().chain(session.left_behind()) {
        let _ = writeln!(std::io::stderr(), "distlab: {trouble}");
    }
}

/// A session in this process or in another.
pub(super) enum Desk {
    Here { session: Arc<Session>, line: Line },
    There(Box<Client>),
}

/// Another program that has a world open but does not answer yet is waited for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// The session that another program has of a lab. One that only lingers is joined by whoever lingers
/// as well: what is more than requests (checks, say) depends on who does it.
fn there(profile: &Profile, id: &str, join: bool) -> Option<Client> {
    let holder = profile.holder(id);
    if holder.socket.is_empty() || holder.lingers && !join {
        return None;
    }
    let client = Client::connect(&PathBuf::from(&holder.socket)).ok()?;
    if holder.lingers && client.hello.program != env!("CARGO_PKG_VERSION") {
        // The program was replaced since.
        let _ = client.ask::<serde_json::Value>(&Ask::Leave);
        return None;
    }
    Some(client)
}

/// Starts `distlab linger` for a lab, which nobody waits for and no terminal ends.
fn start_lingering(args: &Args, profile: &Profile, id: &str) -> anyhow::Result<Child> {
    let program = std::env::current_exe().context("this program's own path is not known")?;
    let mut command = std::process::Command::new(program);
    command.arg("--home").arg(&profile.home);
    if let Some(labs) = args.labs_folder() {
        command.arg("--labs").arg(labs.canonicalize().unwrap_or(labs));
    }
    command.args(["linger", id]).current_dir(&profile.home).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().context("a session for the next commands cannot be started")
}

/// `distlab linger`: holds a lab's world ready for commands that come one after the other.
pub(super) fn linger(args: &Args, lab: &str) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let session = Session::open(&profile, args.lab(lab, &profile)?, Mode::Lingering, wall())?;
    session.linger();
    Ok(super::DONE)
}

impl Desk {
    /// The running session of a lab, or one that lives as long as this program.
    pub(super) fn find(args: &Args, id: &str) -> anyhow::Result<Self> {
        Self::seek(args, id, false)
    }

    /// As [`Desk::find`], for a command that only sends requests to the world: others like it come in
    /// loops, so a long journal is played by a session that lingers for them.
    pub(super) fn join(args: &Args, id: &str) -> anyhow::Result<Self> {
        Self::seek(args, id, true)
    }

    fn seek(args: &Args, id: &str, join: bool) -> anyhow::Result<Self> {
        let profile = args.profile()?;
        asking(&profile, || Self::look_for(args, &profile, id, join))
    }

    fn look_for(args: &Args, profile: &Profile, id: &str, join: bool) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut started: Option<Child> = None;
        loop {
            if let Some(client) = there(profile, id, join) {
                return Ok(Self::There(Box::new(client)));
            }
            // A long journal takes as long as it takes.
            if let Some(child) = &mut started
                && child.try_wait()?.is_none()
            {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
            // Another command may have been faster: its session is joined as soon as it answers.
            if join
                && let Err(holder) = profile.lock(id)?
                && (holder.lingers || holder.pid == 0)
            {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
            let lab = args.lab(id, profile)?;
            go_on(&args.listing(), profile, &lab)?;
            // What a lab needs beside its world (a registry that listens) must not outlive a command.
            let lingers = join && started.is_none() && lab.needs.is_empty();
            if lingers && worth_lingering(profile, id)? {
                started = Some(start_lingering(args, profile, id)?);
                continue;
            }
            match Session::open(profile, lab, Mode::Once, wall()) {
                Ok(session) => {
                    warn(&session);
                    let line = Line::grouped(session.engine().clone());
                    return Ok(Self::Here { session, line });
                }
                Err(OpenError::Held { .. }) if began.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(error) => bail!(error),
            }
        }
    }

    /// Asks the session.
    pub(super) fn ask<T: DeserializeOwned>(&self, ask: Ask) -> Result<T, CallError> {
        match self {
            Self::Here { session, line } => {
                let value = server::answer(session, line, ask)?;
                serde_json::from_value(value).map_err(|e| CallError::Broken(e.into()))
            }
            Self::There(client) => client.ask(&ask),
        }
    }

    pub(super) fn gateway(&self) -> &dyn Gateway {
        match self {
            Self::Here { line, .. } => line,
            Self::There(client) => client.as_ref(),
        }
    }
}
