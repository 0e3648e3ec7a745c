//! Runs command lines in tests, on an engine that is not there or on one that is made up: it answers
//! what a test says, and what it was asked can be looked at.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::Docker;
use base::Time;
use gateway::{CallError, Command as _, Gateway, Host, Place};
use sim::api::OpDef;
use sim::{Caller, Credential};
use store::BlobStore;

/// A world that is not there: `docker` needs none.
struct NullGateway;

impl Gateway for NullGateway {
    fn call(&self, _: &Caller, _: &'static OpDef, _: Value) -> Result<Value, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn credential(&self, _: &str) -> Result<Option<Credential>, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn now(&self) -> Result<Time, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn advance(&self, _: std::time::Duration) -> Result<Time, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn blobs(&self) -> &BlobStore {
        unreachable!("docker stores nothing")
    }

    fn place(&self) -> Place {
        Place { account: String::new(), region: String::new(), doors: Vec::new() }
    }
}

/// What came of a line.
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
    /// What the engine was asked that may have changed something, with what was sent along.
    pub(crate) changes: Vec<(String, Value)>,
}

/// A line on an engine that is not there.
pub(crate) fn run(line: &str) -> Ran {
    run_at("unix:///nowhere/docker.sock", line, "")
}

/// A line in a folder that is also the client's folder of settings: exit code and what was printed.
pub(crate) fn lines_in(folder: &Path, line: &str) -> (u8, String, String) {
    let settings = folder.to_str().expect("a name in UTF-8");
    let env = BTreeMap::from([("DOCKER_CONFIG".to_owned(), settings.to_owned())]);
    let ran = run_in(folder, env, line, "");
    (ran.code, ran.out, ran.err)
}

fn run_at(address: &str, line: &str, typed: &str) -> Ran {
    let env = BTreeMap::from([("DOCKER_HOST".into(), address.into()), ("HERE".into(), "h".into())]);
    run_in(Path::new("/"), env, line, typed)
}

fn run_in(cwd: &Path, env: BTreeMap<String, String>, line: &str, typed: &str) -> Ran {
    let args = shlex::split(line).expect("words");
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut host = Host {
        gateway: &NullGateway,
        cwd: cwd.into(),
        env,
        stdin: &mut typed.as_bytes(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        terminal: None,
        interactive: false,
        lab: "test".into(),
    };
    let code = Docker.run(&args, &mut host);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ran { code, out: text(stdout), err: text(stderr), changes: Vec::new() }
}

/// What an engine answers: `GET /nodes`, or with a query `GET /nodes?x=y`, each with its answer. An
/// answer that is a text is sent as it stands. It does not have what is not among them.
pub(crate) type Answers = [(&'static str, Value)];

/// A line on an engine with these answers.
pub(crate) fn run_on(answers: &Answers, line: &str) -> Ran {
    run_typing(answers, line, "")
}

/// [`run_on`], with this on standard input.
pub(crate) fn run_typing(answers: &Answers, line: &str, typed: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).expect("a socket");
    let (over, changes) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let engine = {
        let (answers, over, changes) = (answers.to_vec(), over.clone(), changes.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                if let Some(change) = answer(&connection.expect("a connection"), &answers) {
                    changes.lock().expect("no panic").push(change);
                }
            }
        })
    };
    let mut ran = run_at(&format!("unix://{}", socket.display()), line, typed);
    over.store(true, Ordering::SeqCst);
    drop(UnixStream::connect(&socket));
    engine.join().expect("an engine without a panic");
    ran.changes = std::mem::take(&mut changes.lock().expect("no panic"));
    ran
}

/// Answers the one request of a connection; the request, when it is more than a question.
fn answer(connection: &UnixStream, answers: &Answers) -> Option<(String, Value)> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    // Some requests name the version of the API, and some do not.
    let versioned =
        target.strip_prefix("/v1.").and_then(|rest| rest.find('/').map(|at| &rest[at..]));
    let asked = format!("{method} {}", versioned.unwrap_or(target));
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().expect("a length");
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let path = asked.split('?').next().unwrap_or_default();
    let found = answers.iter().find(|(key, _)| *key == asked || *key == path);
    let (status, text) = match found {
        Some((_, Value::String(text))) => ("200 OK", text.clone()),
        Some((_, value)) => ("200 OK", value.to_string()),
        None => (
            "404 Not Found",
            json!({ "message": format!("nothing at {}", &path[method.len() + 1..]) }).to_string(),
        ),
    };
    let head =
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\n");
    let whole = format!("{head}Content-Length: {}\r\n\r\n{text}", text.len());
    let mut connection = connection;
    // Who does not read the answer to the end is no trouble of the engine's.
    let _ = connection.write_all(whole.as_bytes());
    (method != "GET").then(|| (asked, serde_json::from_slice(&body).unwrap_or_default()))
}
