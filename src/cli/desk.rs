//! Finds the lab, the profile and the session that a verb is about.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::bail;
use serde::de::DeserializeOwned;

use super::{Args, Stop};
use base::Time;
use course::{Catalog, Lab, Problem};
use gateway::{CallError, Gateway};
use session::client::Client;
use session::engine::Line;
use session::profile::{Profile, SERVE};
use session::protocol::Ask;
use session::{Mode, OpenError, Session, go_on_from_solution, server};

/// The wall clock. The only place where a verb asks it.
pub(super) fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Args {
    pub(crate) fn profile(&self) -> anyhow::Result<Profile> {
        let home = self.home.clone().map_or_else(Profile::default_home, Ok)?;
        Profile::open(&home)
    }

    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::load(self.labs_folder().as_deref())
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
        let catalog = self.catalog();
        // One that is there and cannot be read answers with its own problems.
        if !catalog.broken().iter().any(|b| b.id_or_path == id) {
            catalog.get(id).map_err(|unknown| Stop::usage(unknown.to_string()))?;
        }
        catalog.open(id, &profile.learner).map_err(|problems| anyhow::anyhow!(list(&problems)))
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

/// Problems of a lab file, a line each.
pub(super) fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Prepares the world of a lab that continues one the learner never began.
pub(super) fn go_on(catalog: &Catalog, profile: &Profile, lab: &Lab) -> anyhow::Result<()> {
    let Some(before) = &lab.continues else { return Ok(()) };
    let before = catalog
        .open(before, &profile.learner)
        .map_err(|problems| anyhow::anyhow!(list(&problems)))?;
    go_on_from_solution(profile, &lab.id, &before, wall())
}

/// Says on standard error what a session could not do when it was opened.
pub(super) fn warn(session: &Session) {
    use std::io::Write as _;
    for trouble in session.door_troubles() {
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

impl Desk {
    /// The running session of a lab, or one that lives as long as this program.
    pub(super) fn find(args: &Args, id: &str) -> anyhow::Result<Self> {
        let profile = args.profile()?;
        let began = Instant::now();
        loop {
            let holder = profile.holder(id);
            if !holder.socket.is_empty()
                && let Ok(client) = Client::connect(&PathBuf::from(&holder.socket))
            {
                return Ok(Self::There(Box::new(client)));
            }
            let lab = args.lab(id, &profile)?;
            go_on(&args.catalog(), &profile, &lab)?;
            match Session::open(&profile, lab, Mode::Once, wall()) {
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
