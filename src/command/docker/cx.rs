//! What a command works with: the host it runs on, its engine, and how it fails.

use std::future::Future;

use tokio::runtime::Runtime;

use command_line::flags::Parsed;
use docker::{Engine, EngineError, NO_LAB};
use gateway::Host;

/// One run of one command.
pub(super) struct Cx<'c, 'h> {
    pub(super) host: &'c mut Host<'h>,
    /// How it was called: `docker ps`.
    pub(super) path: String,
    /// The flags that stood between its group's name and its own.
    pub(super) group: Parsed,
    /// The engine's address when it is not the usual one.
    pub(super) address: Option<String>,
    /// The name of the context that it is called in.
    pub(super) context: String,
    pub(super) runtime: Runtime,
    pub(super) runs: Runs,
}

/// How one command runs another. It is handed down, since commands do not know of each other.
pub(super) type Runs = fn(&mut Cx<'_, '_>, &[String]) -> Result<u8, Fail>;

/// Why a command ends without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fail {
    pub(super) code: u8,
    /// For standard error, without the last line end; empty when all is said already.
    pub(super) text: String,
}

impl Fail {
    pub(super) fn new(code: u8, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl From<EngineError> for Fail {
    fn from(error: EngineError) -> Self {
        Self::new(1, error_text(&error))
    }
}

/// The client's words for an error; where there is no engine, followed by ours on what to do.
pub(super) fn error_text(error: &EngineError) -> String {
    match error {
        EngineError::NotInstalled { host } | EngineError::NotRunning { host } => {
            let remedy = node_at(host).map_or_else(
                || error.to_string(),
                |node| {
                    format!(
                        "the engine of {node} does not run. `distlab nodes ls` shows the machines, \
                         `distlab nodes start {node}` starts this one"
                    )
                },
            );
            format!(
                "Cannot connect to the Docker daemon at {host}. Is the docker daemon running?\ndistlab: {remedy}"
            )
        }
        EngineError::Denied { host } => format!(
            "permission denied while trying to connect to the Docker daemon socket at {host}\ndistlab: {error}"
        ),
        EngineError::Refused { .. } | EngineError::Reported { .. } => error.to_string(),
        other => format!("distlab: {other}"),
    }
}

/// The node of a lab whose engine listens there (`…/nodes/node3/s`).
fn node_at(host: &str) -> Option<&str> {
    let (_, name) = host.strip_suffix("/s")?.rsplit_once('/')?;
    is_node(name).then_some(name)
}

/// Whether it is the name that a node of a lab has.
pub(super) fn is_node(name: &str) -> bool {
    let number = name.strip_prefix("node").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// The client's refusal of an empty name, before it asks the engine.
pub(super) fn not_empty(kind: &str, name: &str) -> Result<(), Fail> {
    if name.is_empty() {
        return Err(Fail::new(1, format!("invalid {kind} name or ID: value is empty")));
    }
    Ok(())
}

impl Cx<'_, '_> {
    /// The engine; it has not been asked anything yet.
    pub(super) fn engine(&self) -> Result<Engine, Fail> {
        let given = self.address.as_deref().or_else(|| self.env("DOCKER_HOST"));
        Ok(Engine::open(given)?)
    }

    /// Runs another command: the words behind `docker`; its exit code.
    ///
    /// # Errors
    /// Its own failure, or that there is none of that name.
    pub(super) fn run(&mut self, words: &[String]) -> Result<u8, Fail> {
        (self.runs)(self, words)
    }

    /// Refuses what an older engine does not know.
    pub(super) fn needs_api(&self, what: &str, least: (u32, u32)) -> Result<(), Fail> {
        let engine = self.engine()?;
        let (major, minor) = self.wait(engine.api_version())?;
        if (major, minor) >= least {
            return Ok(());
        }
        Err(Fail::new(
            1,
            format!(
                "{what} requires API version {}.{}, but the Docker daemon API version is {major}.{minor}",
                least.0, least.1
            ),
        ))
    }

    pub(super) fn env(&self, name: &str) -> Option<&str> {
        self.host.env.get(name).map(String::as_str)
    }

    /// Waits for one of the engine's answers.
    pub(super) fn wait<T>(
        &self,
        answer: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, Fail> {
        Ok(self.runtime.block_on(answer)?)
    }

    /// Writes to standard output. A reader that went away is no error.
    pub(super) fn out(&mut self, text: impl AsRef<str>) {
        let _ = self.host.stdout.write_all(text.as_ref().as_bytes());
    }

    /// Writes a line to standard error.
    pub(super) fn complain(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.host.stderr, "{}", text.as_ref());
    }

    /// The value of the label of everything made here.
    pub(super) fn lab(&self) -> &str {
        if self.host.lab.is_empty() { NO_LAB } else { &self.host.lab }
    }

    /// Does something to each name, prints those that it worked for, and then what went wrong.
    pub(super) fn each<F>(
        &mut self,
        names: &[String],
        act: impl Fn(Engine, String) -> F,
    ) -> Result<u8, Fail>
    where
        F: Future<Output = Result<(), EngineError>>,
    {
        let engine = self.engine()?;
        let mut wrong = Vec::new();
        for name in names {
            match self.runtime.block_on(act(engine.clone(), name.clone())) {
                Ok(()) => self.out(format!("{name}\n")),
                Err(error) => wrong.push(error_text(&error)),
            }
        }
        if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
    }
}
