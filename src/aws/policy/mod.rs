//! IAM's policy language: documents, their evaluation, and whether one is public.
//!
//! Follows the IAM User Guide, "IAM JSON policy elements reference" and "Policy evaluation logic",
//! and the S3 User Guide, 'The meaning of "public"'. Organizations (service control policies) are
//! deliberately absent: the world has one account.

mod bucket;
mod condition;
mod context;
mod denied;
mod evaluate;
mod grammar;
mod parse;
mod pattern;
mod position;
mod public;
mod requester;
mod validate;

#[cfg(test)]
mod tests;

pub use condition::{Condition, Quantifier};
pub use context::Context;
pub use denied::{Denied, Reason, Source};
pub(crate) use evaluate::{Access, EffectivePolicies, decide, evaluate};
pub use position::Position;
pub(crate) use requester::{Requester, RequesterKind};

use std::collections::BTreeSet;

use sim::api::ApiError;

/// A parsed policy document.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Policy {
    /// The document as it was given.
    pub text: String,
    /// Whether `${…}` stands for a value of the request: since version 2012-10-17.
    pub variables: bool,
    pub statements: Vec<Statement>,
}

/// What a document is for: it decides which fields it must have, and who words the errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Attached to a resource: names principals. S3 words the errors.
    Resource,
    /// Attached to an identity: names none. IAM words the errors.
    Identity,
    /// A managed policy: an identity policy of the newest version. IAM words the errors.
    Managed,
    /// A role's trust policy: names principals, but no resource. IAM words the errors.
    Trust,
}

/// One rule of a document.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Statement {
    pub sid: String,
    pub effect: Effect,
    /// `None` in identity policies.
    pub principals: Option<Set<Principals>>,
    pub actions: Set<Vec<String>>,
    /// `None` in trust policies.
    pub resources: Option<Set<Vec<String>>>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

/// An element and its complement: `Action` and `NotAction`.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub enum Set<T> {
    Only(T),
    AllBut(T),
}

/// Whom a statement names.
#[derive(Clone, Debug, Hash, PartialEq, Eq, Default)]
pub struct Principals {
    /// `"*"` or `{"AWS": "*"}`: everyone, anonymous requests too.
    pub everyone: bool,
    /// Account ids: an account delegates to its own identity policies.
    pub accounts: Vec<String>,
    /// ARNs of users, roles and sessions, and unique ids.
    pub identities: Vec<String>,
    /// `firehose.amazonaws.com`
    pub services: Vec<String>,
    /// Identity providers.
    pub federated: Vec<String>,
    /// Canonical user ids.
    pub canonical: Vec<String>,
}

/// Why a document is refused, in the words of the service that refuses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// `MalformedPolicy` (S3) or `MalformedPolicyDocument` (IAM).
    pub code: &'static str,
    pub message: String,
}

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for PolicyError {}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::new(400, error.code, error.message)
    }
}

impl Policy {
    /// Whether a trust policy lets a service in, and no statement of it keeps the service out.
    pub(crate) fn lets_in(&self, service: &str) -> bool {
        let about = |statement: &&Statement| match &statement.principals {
            Some(Set::Only(named)) => {
                named.everyone || named.services.iter().any(|known| known == service)
            }
            Some(Set::AllBut(named)) => !named.services.iter().any(|known| known == service),
            None => false,
        };
        let named: Vec<&Statement> = self.statements.iter().filter(about).collect();
        let has = |effect| named.iter().any(|statement| statement.effect == effect);
        has(Effect::Allow) && !has(Effect::Deny)
    }

    /// Reads a policy of a resource (a bucket policy, say). What only the service knows, such as
    /// whether a resource belongs to the bucket, is asked with [`Policy::check_bucket`].
    ///
    /// # Errors
    /// `MalformedPolicy` in S3's words.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        parse::document(text, Kind::Resource)
    }

    /// Reads a managed policy, which must say version 2012-10-17.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` in IAM's words.
    pub fn managed(text: &str) -> Result<Self, PolicyError> {
        parse::document(text, Kind::Managed)
    }

    /// Reads an inline policy of a user, group or role, or of a session.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` in IAM's words.
    pub fn identity(text: &str) -> Result<Self, PolicyError> {
        parse::document(text, Kind::Identity)
    }

    /// Reads the trust policy of a role.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` in IAM's words.
    pub fn trust(text: &str) -> Result<Self, PolicyError> {
        parse::document(text, Kind::Trust)
    }

    /// The ARNs and unique ids of users, roles and sessions that it names.
    pub(crate) fn identities(&self) -> impl Iterator<Item = &String> {
        self.statements.iter().flat_map(|statement| match &statement.principals {
            Some(Set::Only(p) | Set::AllBut(p)) => p.identities.as_slice(),
            None => &[],
        })
    }

    /// The condition keys that it asks for, in conditions and in variables of resources.
    pub(crate) fn keys(&self) -> BTreeSet<&str> {
        let mut keys = BTreeSet::new();
        for statement in &self.statements {
            keys.extend(statement.conditions.iter().map(|c| c.key.as_str()));
            if let (true, Some(Set::Only(list) | Set::AllBut(list))) =
                (self.variables, &statement.resources)
            {
                let inside = list.iter().flat_map(|r| r.split("${").skip(1));
                keys.extend(inside.filter_map(|text| text.split_once('}')).map(|(key, _)| key));
            }
        }
        keys
    }
}
