//! A world in memory behind a [`Gateway`], and a way to run a command against it with captured
//! output. For the tests of the commands.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use super::{Command, Host};
use base::Time;
use gateway::{Address, CallError, Gateway, Place};
use sim::Credential;
use sim::api::OpDef;
use sim::{Caller, Config, World};
use store::BlobStore;

/// When the worlds of tests begin: 2026-11-22T10:00:00Z.
pub(crate) const START: Time = Time(1_795_341_600_000);

/// A world without a session: nothing is journaled, and time stands still until it is moved.
pub(crate) struct Lab {
    pub(crate) world: Mutex<World>,
    blobs: BlobStore,
    dir: tempfile::TempDir,
    pub(crate) endpoint: Option<String>,
    /// Columns and rows, when the output is to think itself on a terminal.
    pub(crate) terminal: Option<(u16, u16)>,
}

/// What a command answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Lab {
    /// A fresh world with seed 7.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let blobs = BlobStore::open(&dir.path().join("blobs")).expect("a blob store");
        std::fs::create_dir(dir.path().join("work")).expect("a workspace");
        let world = Mutex::new(systems::empty(Config::new(7, START)));
        Self { world, blobs, dir, endpoint: None, terminal: None }
    }

    /// The folder that commands are run in.
    pub(crate) fn work(&self) -> std::path::PathBuf {
        self.dir.path().join("work")
    }

    /// Writes a file there.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.work().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        std::fs::write(path, bytes).expect("written");
    }

    /// The environment of a lab: the root user's keys.
    pub(crate) fn env(&self) -> BTreeMap<String, String> {
        let root = self.root_credential().expect("a root credential");
        [
            ("AWS_ACCESS_KEY_ID", root.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", root.secret_access_key.as_str()),
            ("AWS_REGION", "us-east-1"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    /// Runs a command with this standard input and environment.
    pub(crate) fn run_with(
        &self,
        command: &dyn Command,
        args: &[&str],
        mut stdin: &[u8],
        env: BTreeMap<String, String>,
    ) -> Answer {
        let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut host = Host {
            gateway: self,
            cwd: self.work(),
            env,
            stdin: &mut stdin,
            stdout: &mut out,
            stderr: &mut err,
            terminal: self.terminal,
            interactive: false,
            lab: "test".into(),
        };
        let code = command.run(&args, &mut host);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Answer { code, out: text(out), err: text(err) }
    }

    /// Runs a command as the root user; the line is split as a shell would.
    pub(crate) fn run(&self, command: &dyn Command, line: &str) -> Answer {
        let args = shlex::split(line).expect("a line that a shell would take");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        self.run_with(command, &args, b"", self.env())
    }
}

impl Gateway for Lab {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        let mut world = self.world.lock().expect("no test panicked with it");
        let now = world.now();
        Ok(world.apply(now, caller, op, input)?)
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        Ok(aws::iam::credential(
            &self.world.lock().expect("no test panicked with it"),
            access_key_id,
        ))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(aws::iam::root_credential(&self.world.lock().expect("no test panicked with it")))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.world.lock().expect("no test panicked with it").now())
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        let mut world = self.world.lock().expect("no test panicked with it");
        let to = world.now().plus(by);
        world.advance(to);
        Ok(to)
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        let world = self.world.lock().expect("no test panicked with it");
        let config = world.config();
        Place {
            account: config.account.clone(),
            region: config.region.clone(),
            doors: self
                .endpoint
                .iter()
                .map(|url| Address {
                    name: "aws".into(),
                    address: url.trim_start_matches("http://").into(),
                    url: url.clone(),
                })
                .collect(),
        }
    }
}
