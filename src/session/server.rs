//! Listens on a lab's socket and answers other programs of the same learner.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::{Value, json};

use super::engine::Line;
use super::protocol::{Ask, CredentialWords, Hello, Reply, Talk};
use super::{Change, Session};
use base::Digest;
use gateway::{CallError, Gateway};
use systems::service;

/// The socket of a session; its file is removed when this is dropped.
pub struct Listening {
    pub path: PathBuf,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Longer paths do not fit into a socket's address (`sun_path`, 108 bytes with its end).
const SOCKET_PATH_MAX: usize = 100;

/// Where the socket of a world stands: in its folder, or in the system's temporary folder under a
/// name made from it when that path is too long for a socket.
fn socket_path(dir: &Path) -> PathBuf {
    let path = dir.join("socket");
    if path.as_os_str().len() <= SOCKET_PATH_MAX {
        return path;
    }
    let name = Digest::of(path.as_os_str().as_encoded_bytes()).to_string();
    std::env::temp_dir().join(format!("distlab-{}", &name[..16]))
}

/// Starts to answer. Each conversation has a thread of its own; a learner has few at a time.
pub fn listen(session: &Arc<Session>, dir: &Path) -> anyhow::Result<Listening> {
    let path = socket_path(dir);
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path)
        .with_context(|| format!("the session's socket {} cannot be made", path.display()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    let session = Arc::downgrade(session);
    thread::Builder::new().name("socket".into()).spawn(move || {
        for stream in listener.incoming() {
            // Never held here: the last to hold a session ends it, which is not for this thread to do.
            if session.strong_count() == 0 {
                break;
            }
            let Ok(stream) = stream else {
                // Out of file descriptors, most likely: let some conversations end.
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            let session = Weak::clone(&session);
            let _ = thread::Builder::new().name("talk".into()).spawn(move || {
                // A conversation that breaks off concerns only the one who spoke.
                let _ = converse(&session, stream);
            });
        }
    })?;
    Ok(Listening { path })
}

fn converse(session: &Weak<Session>, stream: UnixStream) -> anyhow::Result<()> {
    let heard = stream.try_clone()?;
    let mut talk = Talk::new(stream)?;
    let talks = session.upgrade().map(|session| session.talks.clone());
    // One that came too late looks for the lab again.
    let Some((talks, _talking)) = talks.as_ref().and_then(|t| Some((t, t.enter(heard)?))) else {
        return talk.say(&Reply::Gone { group: None });
    };
    let mut line = None;
    let ended = answer_all(session, &mut talk, &mut line);
    if talks.closed() {
        // The change that these calls were is gone on with elsewhere, if there is something of it.
        let group = line.and_then(|line| line.begun());
        talk.say(&Reply::Gone { group })?;
    }
    ended
}

/// Answers until nothing more is asked, or may be.
fn answer_all(
    session: &Weak<Session>,
    talk: &mut Talk,
    line: &mut Option<Line>,
) -> anyhow::Result<()> {
    while let Some(ask) = talk.hear::<Ask>()? {
        let session = session.upgrade().ok_or_else(|| anyhow!("the session has ended"))?;
        if let Ask::GoOn { group } = ask {
            *line = Some(Line::going_on(session.engine.clone(), group));
        }
        let line = line.get_or_insert_with(|| Line::grouped(session.engine.clone()));
        let of_steps = matches!(
            ask,
            Ask::Check { .. }
                | Ask::Answer { .. }
                | Ask::Hint { .. }
                | Ask::Undo
                | Ask::Reset { .. }
        );
        let reply = match answer(&session, line, ask) {
            Ok(value) => Reply::Ok(value),
            Err(CallError::Api(error)) => Reply::Refused(error),
            Err(CallError::Broken(error)) => Reply::Failed(format!("{error:#}")),
        };
        talk.say(&reply)?;
        if of_steps {
            // A screen may have the lab open; it did not do this itself.
            session.engine.tell(&Change::Steps(session.steps()));
        }
    }
    Ok(())
}

/// Answers one question: the same for a program behind the socket and for this one.
pub fn answer(session: &Session, line: &Line, ask: Ask) -> Result<Value, CallError> {
    Ok(match ask {
        Ask::Hello => to_value(&Hello {
            program: env!("CARGO_PKG_VERSION").into(),
            lab: session.world.clone(),
            place: line.place().into(),
            blobs: line.blobs().dir().display().to_string(),
            damaged: session.engine.damaged(),
        })?,
        Ask::Call { caller, service: name, op, input } => {
            let def = service(&name).and_then(|s| s.operation(&op)).ok_or_else(|| {
                CallError::Broken(anyhow!("this session knows no operation {name}:{op}"))
            })?;
            line.call(&caller, def, input)?
        }
        // What it means is for whoever keeps the line.
        Ask::GoOn { .. } => Value::Null,
        Ask::Credential { id } => to_value(&line.credential(&id)?.map(CredentialWords::from))?,
        Ask::RootCredential => to_value(&CredentialWords::from(line.root_credential()?))?,
        Ask::Now => to_value(&line.now()?)?,
        Ask::Advance { ms } => to_value(&line.advance(Duration::from_millis(ms))?)?,
        Ask::Steps => to_value(&session.steps())?,
        Ask::Check { step } => {
            to_value(&session.check(step.as_deref()).map_err(CallError::Broken)?)?
        }
        Ask::Answer { step, ask, text } => {
            to_value(&session.answer(&step, ask, &text).map_err(CallError::Broken)?)?
        }
        Ask::Hint { step } => json!(session.hint(step.as_deref()).map_err(CallError::Broken)?),
        Ask::Undo => json!(session.undo().map_err(CallError::Broken)?),
        Ask::Reset { step } => {
            to_value(&session.reset(step.as_deref()).map_err(CallError::Broken)?)?
        }
        Ask::Look => {
            session.engine.tell(&Change::World);
            Value::Null
        }
        Ask::Leave => {
            if !session.talks.lingers {
                return Err(CallError::Broken(anyhow!("this session is more than one command")));
            }
            session.talks.close();
            Value::Null
        }
    })
}

fn to_value(value: &impl serde::Serialize) -> Result<Value, CallError> {
    serde_json::to_value(value).map_err(|e| CallError::Broken(e.into()))
}
