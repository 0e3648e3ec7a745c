//! Finds the lab, the profile and the session that a verb is about.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::allow::asking;
use super::config::config;
use super::{Args, Stop};
use base::Time;
use course::{Catalog, Lab, Learner, Problem};
use gateway::{CallError, Gateway, Place};
use session::class::Person;
use session::client::{Client, Ended};
use session::engine::Line;
use session::profile::{Profile, SERVE};
use session::protocol::Ask;
use session::{Mode, OpenError, Session, go_on_from_solution, server, worth_lingering};
use sim::api::OpDef;
use sim::{Caller, Credential};
use store::{BlobStore, Store};

/// The wall clock. The only place where a verb asks it.
pub(super) fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Args {
    pub(crate) fn profile(&self) -> anyhow::Result<Profile> {
        Ok(self.profile_with()?.0)
    }

    /// The profile, with the connection by which it was opened. One that does not know its learner yet
    /// is told what the configuration says.
    pub(crate) fn profile_with(&self) -> anyhow::Result<(Profile, Store)> {
        let config = config();
        let (mut profile, store) = Profile::open_for(&self.home()?, config.get("learner"))?;
        if let (None, Some(name)) = (&profile.person, config.get("me.name")) {
            let word = |key| config.get(key).unwrap_or_default();
            let person = Person::new(name, word("me.number"), word("me.mail"));
            let place = || format!("[me] in {} cannot be taken", config.file.display());
            profile.introduce(person.with_context(place)?)?;
        }
        Ok((profile, store))
    }

    /// The profile's folder.
    pub(crate) fn home(&self) -> anyhow::Result<PathBuf> {
        if let Some(home) = &self.home {
            return Ok(home.clone());
        }
        let named = std::env::var_os("DISTLAB_HOME").is_some_and(|home| !home.is_empty());
        match config().get("home").filter(|_| !named) {
            Some(home) => Ok(home.into()),
            None => Profile::default_home(),
        }
    }

    /// All labs, each read whole: what is wrong with them is known.
    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::load(self.labs_folder().as_deref())
    }

    /// All labs, for who looks for one of them.
    pub(crate) fn listing(&self) -> Catalog {
        Catalog::list(self.labs_folder().as_deref())
    }

    /// The folder of labs that was named: by `--labs`, by `DISTLAB_LABS`, or in the configuration.
    pub(crate) fn labs_folder(&self) -> Option<PathBuf> {
        let named = || std::env::var_os("DISTLAB_LABS").map(PathBuf::from);
        self.labs.clone().or_else(named).or_else(|| config().get("labs").map(PathBuf::from))
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

/// The variable by which a lab's shell knows the folder of labs that was named.
pub(super) fn labs_variable(folder: Option<&Path>) -> Option<(String, String)> {
    let folder = folder?.canonicalize().ok()?;
    Some(("DISTLAB_LABS".into(), folder.display().to_string()))
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
    let chain = chain(catalog, &learner(catalog, profile, before)?, lab)?;
    go_on_from_solution(profile, &lab.id, &chain, wall())
}

/// The lab that a lab continues, then the one that this continues in its turn, and so on.
pub(super) fn chain(catalog: &Catalog, who: &Learner, lab: &Lab) -> anyhow::Result<Vec<Lab>> {
    let mut chain: Vec<Lab> = Vec::new();
    while let Some(next) = &chain.last().unwrap_or(lab).continues {
        // A circle, which lint reports, has no first one.
        if *next == lab.id || chain.iter().any(|lab| lab.id == *next) {
            break;
        }
        let next = catalog.open(next, who).map_err(|problems| Stop::usage(list(&problems)))?;
        chain.push(next);
    }
    Ok(chain)
}

/// Says something on standard error.
pub(super) fn tell(trouble: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "distlab: {trouble}");
}

/// Says on standard error what a session could not do when it was opened.
pub(super) fn warn(session: &Session) {
    let damaged = session.engine().damaged();
    for trouble in session.door_troubles().into_iter().chain(session.left_behind()).chain(damaged) {
        tell(&trouble);
    }
}

/// A lab's world: behind a session in this process or in another.
pub(super) struct LabSession<'a> {
    args: &'a Args,
    profile: Profile,
    id: String,
    /// Whether it is for requests only.
    join: bool,
    blobs: BlobStore,
    /// Who is asked now: another one when the session that was joined has ended.
    side: Mutex<Arc<Side>>,
}

enum Side {
    Here { session: Arc<Session>, line: Line },
    There(Box<Client>),
}

impl Drop for Side {
    fn drop(&mut self) {
        if let Self::Here { session, .. } = self {
            session.take_leave();
        }
    }
}

/// Another program that has a world and does not answer is waited for so long: it may be about to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// One that plays its journal first is waited for longer.
const PATIENCE_BEGIN: Duration = Duration::from_mins(1);
/// How long until it is asked again.
const PAUSE: Duration = Duration::from_millis(5);

/// The session that another program has of a lab. One that only lingers is joined by whoever lingers
/// as well: what is more than requests (checks, say) depends on who does it.
fn there(profile: &Profile, id: &str, join: bool, group: Option<u64>) -> Option<Client> {
    let holder = profile.holder(id);
    if holder.socket.is_empty() {
        return None;
    }
    let client = Client::connect(&PathBuf::from(&holder.socket)).ok()?;
    let replaced = client.hello.program != env!("CARGO_PKG_VERSION");
    // One that lingers makes room for what is more than requests, and for a newer program.
    if holder.lingers && (!join || replaced) {
        let _ = client.ask::<Value>(&Ask::Leave);
        return None;
    }
    if let Some(group) = group {
        client.ask::<Value>(&Ask::GoOn { group }).ok()?;
    }
    Some(client)
}

/// Tells the session that has a lab open that something outside may have changed. Not every change of
/// an engine is an event of it: a worker that leaves its swarm is none, neither there nor at a manager.
pub(super) fn look_again(args: &Args, id: &str) {
    let client = args.profile().ok().and_then(|profile| there(&profile, id, true, None));
    // Whoever has no lab open has nobody to tell.
    let _ = client.map(|client| client.ask::<serde_json::Value>(&Ask::Look));
}

/// Starts `distlab linger` for a lab, which nobody waits for and no terminal ends.
fn start_lingering(args: &Args, profile: &Profile, id: &str) -> anyhow::Result<Child> {
    let program = session::program::own()?;
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

impl<'a> LabSession<'a> {
    /// The running session of a lab, or one that lives as long as this program.
    pub(super) fn find(args: &'a Args, id: &str) -> anyhow::Result<Self> {
        Self::seek(args, id, false)
    }

    /// As [`LabSession::find`], for a command that only sends requests to the world: others like it come in
    /// loops, so a long journal is played by a session that lingers for them.
    pub(super) fn join(args: &'a Args, id: &str) -> anyhow::Result<Self> {
        Self::seek(args, id, true)
    }

    fn seek(args: &'a Args, id: &str, join: bool) -> anyhow::Result<Self> {
        let profile = args.profile()?;
        let side = asking(&profile, || look_for(args, &profile, id, join, None))?;
        let blobs = profile.blobs()?;
        let side = Mutex::new(Arc::new(side));
        Ok(Self { args, profile, id: id.to_owned(), join, blobs, side })
    }

    fn side(&self) -> Arc<Side> {
        Arc::clone(&self.side.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The session, where it is this program's own.
    pub(super) fn session(&self) -> Option<Arc<Session>> {
        match &*self.side() {
            Side::Here { session, .. } => Some(Arc::clone(session)),
            Side::There(_) => None,
        }
    }

    /// Asks who has the lab, and when that session ends, the one after it. What may have been done is
    /// asked again only if it is as good as never asked (`harmless`).
    fn put<T>(
        &self,
        harmless: bool,
        ask: impl Fn(&Side) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        loop {
            let side = self.side();
            let error = match ask(&side) {
                Err(CallError::Broken(error)) => error,
                answer => return answer,
            };
            let group = match error.downcast_ref() {
                Some(Ended::Before { group }) => *group,
                Some(Ended::Meanwhile) if harmless => None,
                _ => return Err(CallError::Broken(error)),
            };
            drop(side);
            let next = asking(&self.profile, || {
                look_for(self.args, &self.profile, &self.id, self.join, group)
            });
            let next = Arc::new(next.map_err(CallError::Broken)?);
            *self.side.lock().unwrap_or_else(PoisonError::into_inner) = next;
        }
    }

    /// Asks the session.
    pub(super) fn ask<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, CallError> {
        let harmless = matches!(ask, Ask::Steps | Ask::Check { .. } | Ask::Now);
        self.put(harmless, |side| match side {
            Side::Here { session, line } => {
                let value = server::answer(session, line, ask.clone())?;
                serde_json::from_value(value).map_err(|e| CallError::Broken(e.into()))
            }
            Side::There(client) => client.ask(ask),
        })
    }
}

impl Side {
    fn gateway(&self) -> &dyn Gateway {
        match self {
            Self::Here { line, .. } => line,
            Self::There(client) => client.as_ref(),
        }
    }
}

impl Gateway for LabSession<'_> {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        self.put(op.read_only(), |side| side.gateway().call(caller, op, input.clone()))
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        self.put(true, |side| side.gateway().credential(access_key_id))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        self.put(true, |side| side.gateway().root_credential())
    }

    fn now(&self) -> Result<Time, CallError> {
        self.put(true, |side| side.gateway().now())
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        self.put(false, |side| side.gateway().advance(by))
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        self.side().gateway().place()
    }
}

/// Finds who has a lab, or opens it; what is asked then goes on with the change of that number.
fn look_for(
    args: &Args,
    profile: &Profile,
    id: &str,
    join: bool,
    group: Option<u64>,
) -> anyhow::Result<Side> {
    let began = Instant::now();
    let mut started: Option<Child> = None;
    loop {
        if let Some(client) = there(profile, id, join, group) {
            if let Some(damaged) = client.hello.damaged.as_ref().filter(|_| group.is_none()) {
                tell(damaged);
            }
            return Ok(Side::There(Box::new(client)));
        }
        // A long journal takes as long as it takes.
        if let Some(child) = &mut started
            && child.try_wait()?.is_none()
        {
            std::thread::sleep(PAUSE);
            continue;
        }
        // Another command may have been faster: its session is joined as soon as it answers.
        if let Err(holder) = profile.lock(id)? {
            let patience = if holder.socket.is_empty() { PATIENCE_BEGIN } else { PATIENCE };
            if began.elapsed() > patience {
                bail!(OpenError::Held { world: id.to_owned(), holder });
            }
            std::thread::sleep(PAUSE);
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
        match Session::open_now(profile, lab, wall()) {
            Ok(session) => {
                warn(&session);
                let engine = session.engine().clone();
                let line = match group {
                    Some(group) => Line::going_on(engine, group),
                    None => Line::grouped(engine),
                };
                return Ok(Side::Here { session, line });
            }
            // Somebody was faster in between.
            Err(OpenError::Held { .. }) if began.elapsed() < PATIENCE => {}
            Err(error) => bail!(error),
        }
    }
}
