//! What programs say to a running session over its socket: one JSON line each way.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use base::Time;
use gateway::{Address, Place};
use sim::api::ApiError;
use sim::{Caller, Principal};

/// A question or a wish.
#[expect(clippy::large_enum_variant, reason = "nearly every question is a call")]
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Ask {
    Hello,
    /// The calls of this conversation go on with the change of that number, which was begun in a session
    /// that has ended.
    GoOn {
        group: u64,
    },
    Call {
        caller: Caller,
        service: String,
        op: String,
        input: Value,
    },
    Credential {
        id: String,
    },
    RootCredential,
    Now,
    Advance {
        ms: u64,
    },
    /// All steps as they stand; checks the one the learner is at.
    Steps,
    Check {
        step: Option<String>,
    },
    Answer {
        step: String,
        ask: usize,
        text: String,
    },
    Hint {
        step: Option<String>,
    },
    Undo,
    Reset {
        step: Option<String>,
    },
    /// Something outside may have changed of which no event tells: look again.
    Look,
    /// A session that only lingers is to end: somebody wants the lab for more than one command.
    Leave,
}

/// The answer to [`Ask::Hello`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hello {
    pub program: String,
    pub lab: String,
    pub place: PlaceWords,
    pub blobs: String,
    /// A sentence for the learner when the journal is damaged.
    #[serde(default)]
    pub damaged: Option<String>,
}

/// A [`Place`] on the socket.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlaceWords {
    pub account: String,
    pub region: String,
    pub doors: Vec<Address>,
}

impl From<Place> for PlaceWords {
    fn from(place: Place) -> Self {
        let Place { account, region, doors } = place;
        Self { account, region, doors }
    }
}

/// A credential on the socket.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CredentialWords {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
    pub principal: Principal,
    pub expires: Option<Time>,
}

/// How it went. The good answer's type depends on the question.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Reply {
    Ok(Value),
    /// The service refused.
    Refused(ApiError),
    /// Something broke; a sentence.
    Failed(String),
    /// The session ends, and nothing was done; whoever asked goes on elsewhere. The change of that number
    /// is begun and may be gone on with.
    Gone {
        group: Option<u64>,
    },
}

/// One end of a conversation.
pub struct Talk {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
}

/// A line longer than this is not read: bodies travel as blobs, so nothing honest is.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

impl Talk {
    pub fn new(stream: UnixStream) -> anyhow::Result<Self> {
        let writer = stream.try_clone()?;
        Ok(Self { reader: BufReader::new(stream), writer })
    }

    /// Sends one line.
    pub fn say(&mut self, what: &impl Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(what)?;
        line.push(b'\n');
        self.writer.write_all(&line).context("the session does not listen any more")
    }

    /// Reads one line; `None` at the end of the conversation.
    pub fn hear<T: DeserializeOwned>(&mut self) -> anyhow::Result<Option<T>> {
        let mut line = Vec::new();
        let mut bounded = io::Read::take(&mut self.reader, LINE_BYTES_MAX);
        let read = bounded.read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            if line.len() as u64 == LINE_BYTES_MAX {
                bail!("the line is too long");
            }
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(Some(
            serde_json::from_slice(&line)
                .context("the other side speaks another version of distlab")?,
        ))
    }
}
