//! The way to a session in another process: what the commands in the learner's shell use.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::protocol::{Ask, CredentialWords, Hello, Reply, Talk};
use base::Time;
use gateway::{CallError, Gateway, Place};
use sim::Caller;
use sim::Credential;
use sim::api::OpDef;
use store::BlobStore;

/// How long a session that is there may take to say who it is. One that was stopped never does.
const HELLO_MAX: Duration = Duration::from_secs(5);

/// The session ended while it was spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Ended {
    /// It took its leave: what was asked was not done, and can be asked of the next one, as more of the
    /// change of that number.
    #[error("the session of the lab ended before this was asked: do it again")]
    Before { group: Option<u64> },
    /// It broke off, as one does that is killed.
    #[error(
        "the session of the lab was killed before it answered. Whether this was done is not known: look, \
         and do it again if it was not"
    )]
    Meanwhile,
}

/// A conversation with a session. All calls over one client are one change for undo.
pub struct Client {
    talk: Mutex<Talk>,
    blobs: BlobStore,
    pub hello: Hello,
}

impl Client {
    /// Connects to the socket of a running session.
    pub fn connect(socket: &Path) -> anyhow::Result<Self> {
        let gone = || format!("no session answers at {}: is the lab still open?", socket.display());
        let stream = UnixStream::connect(socket).with_context(gone)?;
        stream.set_read_timeout(Some(HELLO_MAX))?;
        let patient = stream.try_clone()?;
        let mut talk = Talk::new(stream)?;
        talk.say(&Ask::Hello)?;
        let reply = talk.hear().with_context(gone)?;
        patient.set_read_timeout(None)?;
        let hello: Hello = match reply.with_context(gone)? {
            Reply::Ok(value) => serde_json::from_value(value)?,
            Reply::Failed(why) => bail!("{why}"),
            Reply::Refused(error) => return Err(error.into()),
            Reply::Gone { group } => return Err(Ended::Before { group }.into()),
        };
        let blobs = BlobStore::open(Path::new(&hello.blobs))?;
        Ok(Self { talk: Mutex::new(talk), blobs, hello })
    }

    /// Asks, and reads the answer as the type that belongs to the question.
    pub fn ask<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, CallError> {
        let reply = {
            let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
            // One that does not listen any more may have said why.
            let said = talk.say(ask);
            match talk.hear::<Reply>() {
                // Half a line was never heard.
                Ok(None) | Err(_) if said.is_err() => {
                    return Err(CallError::Broken(Ended::Before { group: None }.into()));
                }
                Err(error) if !broke_off(&error) => return Err(CallError::Broken(error)),
                reply => reply.unwrap_or_default(),
            }
        };
        match reply {
            Some(Reply::Ok(value)) => {
                serde_json::from_value(value).map_err(|e| CallError::Broken(e.into()))
            }
            Some(Reply::Refused(error)) => Err(CallError::Api(error)),
            Some(Reply::Failed(why)) => Err(CallError::Broken(anyhow!(why))),
            Some(Reply::Gone { group }) => Err(CallError::Broken(Ended::Before { group }.into())),
            None => Err(CallError::Broken(Ended::Meanwhile.into())),
        }
    }
}

/// Whether a conversation ended in the middle: what the system says of it depends on who was to speak.
fn broke_off(error: &anyhow::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(kind, Some(ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof))
}

impl Gateway for Client {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        self.ask(&Ask::Call {
            caller: caller.clone(),
            service: op.service.into(),
            op: op.name.into(),
            input,
        })
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        let words: Option<CredentialWords> =
            self.ask(&Ask::Credential { id: access_key_id.into() })?;
        Ok(words.map(Credential::from))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(Credential::from(self.ask::<CredentialWords>(&Ask::RootCredential)?))
    }

    fn now(&self) -> Result<Time, CallError> {
        self.ask(&Ask::Now)
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        self.ask(&Ask::Advance { ms: u64::try_from(by.as_millis()).unwrap_or(u64::MAX) })
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        let words = &self.hello.place;
        Place {
            account: words.account.clone(),
            region: words.region.clone(),
            doors: words.doors.clone(),
        }
    }
}

impl From<CredentialWords> for Credential {
    fn from(words: CredentialWords) -> Self {
        Self {
            access_key_id: words.id,
            secret_access_key: words.secret,
            session_token: words.token,
            principal: words.principal,
            expires: words.expires,
        }
    }
}

impl From<Credential> for CredentialWords {
    fn from(credential: Credential) -> Self {
        Self {
            id: credential.access_key_id,
            secret: credential.secret_access_key,
            token: credential.session_token,
            principal: credential.principal,
            expires: credential.expires,
        }
    }
}
