//! What the names of the simulated network stand for, as its name servers tell it.
//!
//! A system that gives names out (hosted zones, load balancers, instances) says so in its entry, with
//! [`System::naming`](super::System::naming). Whoever asks need not know whose a name is. Answers have
//! the form of RFC 1034's: records, and a code.

use super::World;

/// How many names may stand for one another before a resolver gives up (of the order of what BIND and
/// unbound allow).
const CHAIN_MAX: u8 = 10;

/// A question to a resolver.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// In lower case, without the dot at the end.
    pub name: &'a str,
    /// The type of the records that are wanted: `A`.
    pub kind: &'a str,
    /// The region and the network that are asked from; nothing outside of every network.
    pub from: Option<(&'a str, &'a str)>,
    /// How many names have stood for one another so far.
    pub depth: u8,
}

impl<'a> Query<'a> {
    /// A question that nothing went before.
    #[must_use]
    pub fn new(name: &'a str, kind: &'a str, from: Option<(&'a str, &'a str)>) -> Self {
        Self { name, kind, from, depth: 0 }
    }
}

/// One record of an answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// With a dot at the end.
    pub name: String,
    /// Seconds for which it may be kept.
    pub ttl: u64,
    /// `A`
    pub kind: String,
    /// As a zone file has it.
    pub value: String,
}

/// How an answer is meant (RFC 1035, 4.1.1, RCODE).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Code {
    /// The name exists, with or without records of the type.
    NoError,
    /// No such name exists.
    NxDomain,
    /// Whoever should know did not answer.
    ServFail,
}

impl Code {
    /// As `dig` writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoError => "NOERROR",
            Self::NxDomain => "NXDOMAIN",
            Self::ServFail => "SERVFAIL",
        }
    }
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reply {
    pub code: Code,
    pub records: Vec<Record>,
    /// The id of the hosted zone of AWS's own in which the name lies, where it lies in one.
    pub zone: Option<&'static str>,
    /// A name that the last record leads to, and of which nobody here knows.
    pub beyond: Option<String>,
}

impl Reply {
    /// A code without records.
    #[must_use]
    pub fn only(code: Code) -> Self {
        Self { code, records: Vec::new(), zone: None, beyond: None }
    }

    /// These records, of a name that exists.
    #[must_use]
    pub fn of(records: Vec<Record>) -> Self {
        Self { records, ..Self::only(Code::NoError) }
    }

    /// Addresses of a name, for so many seconds.
    #[must_use]
    pub fn addresses(
        name: &str,
        ttl: u64,
        addresses: impl IntoIterator<Item = std::net::Ipv4Addr>,
    ) -> Self {
        let record = |address: std::net::Ipv4Addr| Record {
            name: format!("{name}."),
            ttl,
            kind: "A".to_owned(),
            value: address.to_string(),
        };
        Self::of(addresses.into_iter().map(record).collect())
    }

    /// The values of the records of a type.
    pub fn values<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.records.iter().filter(move |r| r.kind == kind).map(|r| r.value.as_str())
    }
}

/// What a system knows of a name; nothing when it is not its own.
pub type Naming = fn(&World, &Query<'_>) -> Option<Reply>;

impl World {
    /// What a resolver answers, names that stand for others followed; nothing when no system knows the
    /// name. Of those that know one the first in the list of systems is believed.
    #[must_use]
    pub fn resolve(&self, query: &Query<'_>) -> Option<Reply> {
        let mut all = self.systems.iter().filter_map(|system| system.naming);
        let mut reply = all.find_map(|naming| naming(self, query))?;
        let last = reply.records.last().filter(|r| r.kind == "CNAME" && query.kind != "CNAME");
        let Some(target) = last.map(|r| r.value.trim_end_matches('.').to_ascii_lowercase()) else {
            return Some(reply);
        };
        if query.depth >= CHAIN_MAX {
            return Some(Reply::only(Code::ServFail));
        }
        match self.resolve(&Query { name: &target, depth: query.depth + 1, ..*query }) {
            Some(next) => {
                reply.code = next.code;
                reply.records.extend(next.records);
                reply.beyond = next.beyond;
            }
            None => reply.beyond = Some(target),
        }
        Some(reply)
    }
}
