//! What an operation is: one struct in, one struct out, one error, and a description of both.
//!
//! An operation never sees the wire. Its fields are said once, in [`operation!`](crate::operation):
//! they are its documentation, its wire shape and its command-line flags. The codecs (rest-xml,
//! query, json, argv) walk the description and never name an operation.

mod access;
mod convert;
mod describe;
mod error;
mod macros;
mod pages;
mod protocol;
mod secret;
mod shape;
mod types;

pub use access::{Access, Authorize, Grant, Question, questions};
pub use convert::{
    Body, Double, Refused, Shaped, Wrong, object, only, put, refused, required, seal, take,
};
pub use describe::describe;
pub use error::ApiError;
pub use pages::{Acceptor, On, Pages, Verdict, Waiter, failure, retry, success, waiter};
pub use protocol::Protocol;
pub use secret::{Seal, Secret, sealed, unsealed};
pub use serde_json::{Map, Value};
pub use shape::{Location, Member, Members, Shape, StructShape, count, flat, status_code};

use super::{Config, Cx, World};
use base::Time;

/// A service: a registry entry.
pub struct Service {
    /// The command-line name: `s3`, `iam`, `hdfs`.
    pub name: &'static str,
    /// The full name, as its documentation spells it.
    pub title: &'static str,
    pub protocol: Protocol,
    /// The service name in a SigV4 credential scope.
    pub signing_name: &'static str,
    /// `2006-03-01`
    pub api_version: &'static str,
    /// The XML namespace of its answers.
    pub xml_namespace: &'static str,
    pub operations: &'static [&'static OpDef],
    /// The operations that the real service has and that are not simulated, by name.
    pub refused: &'static [&'static str],
}

impl Service {
    /// The operation of that name (`CreateBucket`).
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static OpDef> {
        self.operations.iter().copied().find(|op| op.name == name)
    }

    /// The refusal of a request for an operation of the real service that is not simulated; `None`
    /// when the real one has no such operation either.
    #[must_use]
    pub fn refusal(&self, name: &str) -> Option<ApiError> {
        self.refused.contains(&name).then(|| self.protocol.refused_operation(self.title, name))
    }
}

/// How an operation runs. A reading one gets a world it cannot change.
#[derive(Clone, Copy)]
pub enum Run {
    Read(fn(&World, &Cx<'_>, Value) -> Result<Value, ApiError>),
    Write(fn(&mut World, &Cx<'_>, Value) -> Result<Value, ApiError>),
    Meter(Metering),
}

/// How an operation runs that reads, and by that uses something up in worlds that count it.
#[derive(Clone, Copy)]
pub struct Metering {
    /// Whether worlds of this shape count.
    pub counts: fn(&Config) -> bool,
    /// What it does where nobody counts, or who looks is to leave no trace.
    pub read: fn(&World, &Cx<'_>, Value) -> Result<Value, ApiError>,
    /// What it does where its use is counted.
    pub charge: fn(&mut World, &Cx<'_>, Value) -> Result<Value, ApiError>,
}

/// One operation, described. Made by [`operation!`](crate::operation).
pub struct OpDef {
    /// The service's name, as in [`Service::name`].
    pub service: &'static str,
    /// `CreateBucket`
    pub name: &'static str,
    /// What it does; the first sentence is the summary.
    pub doc: &'static str,
    /// `PUT /{Bucket}?versioning`: method, path with labels (`{Key+}` takes slashes) and the query
    /// parameters that select it. Empty where the service does not speak REST.
    pub http: &'static str,
    /// The HTTP status of success.
    pub status: u16,
    pub input: fn() -> &'static StructShape,
    pub output: fn() -> &'static StructShape,
    /// The error codes it may answer with.
    pub errors: &'static [&'static str],
    pub access: Access,
    pub pages: Option<Pages>,
    /// The member that makes a repeated request one: clients fill it in when it is not given.
    pub token: Option<&'static str>,
    pub waiters: &'static [Waiter],
    /// Whether it starts something that goes on after the answer.
    pub takes_time: bool,
    pub run: Run,
}

impl OpDef {
    /// Whether it makes and changes nothing that a caller could see, beyond what it may use up.
    #[must_use]
    pub fn read_only(&self) -> bool {
        !matches!(self.run, Run::Write(_))
    }

    /// Whether a request may change a world of this shape, and so has to be remembered.
    #[must_use]
    pub fn changes(&self, config: &Config) -> bool {
        match self.run {
            Run::Read(_) => false,
            Run::Write(_) => true,
            Run::Meter(metering) => (metering.counts)(config),
        }
    }

    /// The refusal of an input whose members cannot be taken.
    #[must_use]
    pub fn refusal(&self, world: &World, wrong: Wrong) -> ApiError {
        match (wrong, world.service(self.service)) {
            (Wrong::Refused(path), Some(service)) => {
                // Of the services that speak so, only S3 words it as a matter of headers.
                let headers = service.protocol != Protocol::RestXml || service.signing_name == "s3";
                let protocol = if headers { service.protocol } else { Protocol::Query };
                protocol.refused_member((self.input)(), &path)
            }
            (wrong, _) => wrong.into(),
        }
    }

    /// What a service may be waited for, with the operation that tells.
    #[must_use]
    pub fn waiter(&self, name: &str) -> Option<&'static Waiter> {
        self.waiters.iter().find(|w| kebab(w.name) == name)
    }

    /// The command-line spelling: `create-bucket`, `put-bucket-acl`, `list-objects-v2`.
    #[must_use]
    pub fn kebab(&self) -> String {
        kebab(self.name)
    }
}

impl std::fmt::Debug for OpDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}

/// `ListObjectsV2` → `list-objects-v2`, `MFADelete` → `mfa-delete`, `SSEKMSKeyId` → `ssekms-key-id`
/// (the rule of botocore's `xform_name`).
#[must_use]
pub fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (i, c) in chars.iter().enumerate() {
        let after_lower =
            i > 0 && (chars[i - 1].is_ascii_lowercase() || chars[i - 1].is_ascii_digit());
        let before_lower = i > 0
            && chars[i - 1].is_ascii_uppercase()
            && chars.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_lower || before_lower) {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A reading operation.
pub trait Read: Sized {
    type Output: Shaped;
    /// # Errors
    /// The service's own answer when it refuses.
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError>;
}

/// A reading operation by which something is used up, in worlds whose shape wants that counted. There
/// it is remembered like a writing one; elsewhere it is one that reads.
pub trait Meter: Sized {
    type Output: Shaped;
    /// What a request uses up.
    type Used;
    /// Whether worlds of this shape count.
    fn counts(config: &Config) -> bool;
    /// Reads; `metered` is the time at which what it uses up is charged afterwards, where that is counted.
    ///
    /// # Errors
    /// The service's own answer when it refuses, also for want of what it would use up, if that is
    /// counted.
    fn read(
        self,
        world: &World,
        cx: &Cx<'_>,
        metered: Option<Time>,
    ) -> Result<(Self::Output, Self::Used), ApiError>;
    /// Takes what was used up.
    fn charge(world: &mut World, cx: &Cx<'_>, used: Self::Used);
}

/// A writing operation. When it fails it must have changed nothing.
pub trait Write: Sized {
    type Output: Shaped;
    /// # Errors
    /// The service's own answer when it refuses.
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError>;
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn kebab_follows_the_cli() {
        let check = |name: &str, want: &str| assert_eq!(kebab(name), want);
        check("CreateBucket", "create-bucket");
        check("ListObjectsV2", "list-objects-v2");
        check("ACL", "acl");
        check("MFADelete", "mfa-delete");
        check("SSEKMSKeyId", "ssekms-key-id");
        check("ETag", "e-tag");
        check("GetBucketACLs", "get-bucket-ac-ls");
    }
}
