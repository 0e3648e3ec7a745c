//! What a host asks of the world it stands in.

use std::collections::BTreeMap;
use std::time::Duration;

/// A question that only the world can answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The addresses of a name.
    Resolve(String),
    /// What the name server answers for a name and a type of records.
    Names { name: String, kind: String },
    /// One HTTP request.
    Http(Http),
    /// An echo of so many bytes.
    Ping { target: String, bytes: u32 },
    /// Whether a port takes connections.
    Connect { host: String, port: u16 },
    /// A program of the world's (`aws`, `hdfs`), run on this host.
    Program {
        args: Vec<String>,
        env: BTreeMap<String, String>,
        cwd: String,
        input: Vec<u8>,
        user: String,
    },
}

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Http {
    pub method: String,
    /// `http` or `https`
    pub scheme: String,
    pub host: String,
    pub port: u16,
    /// With the query, beginning with `/`.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What the world says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Addresses(Vec<String>),
    Names(Names),
    Http {
        status: u16,
        reason: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
        /// Whom it came from.
        address: String,
        took: Duration,
    },
    Echo {
        address: String,
        ttl: u8,
        took: Duration,
    },
    Connected {
        address: String,
    },
    Program {
        status: i32,
        output: Vec<u8>,
        errors: Vec<u8>,
    },
    Failed(Failure),
}

/// What a name server answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Names {
    /// Its address.
    pub server: String,
    /// `NOERROR`
    pub code: String,
    pub records: Vec<Name>,
}

/// One record of such an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Name {
    /// With a dot at the end.
    pub name: String,
    /// Seconds for which it may be kept.
    pub ttl: u64,
    /// `A`
    pub kind: String,
    /// As a zone file has it.
    pub value: String,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    UnknownHost,
    Refused,
    /// Nothing came back, for as long as the client waited.
    Silent,
    NoRoute,
    /// The server's certificate was not believed.
    Certificate,
    NoProgram,
}

/// The world around a host.
pub trait Outside {
    /// Answers now, or later with [`crate::Host::answer`].
    fn ask(&mut self, ask: &Ask) -> Option<Answer>;
}

/// A world in which nothing else is.
pub struct Nothing;

impl Outside for Nothing {
    fn ask(&mut self, ask: &Ask) -> Option<Answer> {
        Some(Answer::Failed(match ask {
            Ask::Resolve(_) => Failure::UnknownHost,
            Ask::Http(http) if http.host.parse::<std::net::IpAddr>().is_err() => {
                Failure::UnknownHost
            }
            Ask::Ping { target, .. } if target.parse::<std::net::IpAddr>().is_err() => {
                Failure::UnknownHost
            }
            Ask::Program { .. } => Failure::NoProgram,
            _ => Failure::NoRoute,
        }))
    }
}
