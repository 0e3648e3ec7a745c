//! Why access was refused, and the sentence that says so.

use std::fmt;

/// Why access was refused. S3 used to say only `Access Denied`; today services name the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// `arn:aws:iam::123456789012:user/alice`, or `Anonymous`.
    pub principal: String,
    pub reason: Reason,
}

/// The policy type that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A statement of such a policy denies it.
    Explicit(Source),
    /// None of such policies allows it.
    Implicit(Source),
}

/// The types of policies, in the order in which IAM looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Identity,
    Resource,
    Boundary,
    Session,
    Trust,
}

impl Denied {
    /// Whether a statement denied it, rather than none allowing it.
    #[must_use]
    pub fn explicit(&self) -> bool {
        matches!(self.reason, Reason::Explicit(_))
    }

    /// The sentence of an access-denied error (IAM User Guide, "Troubleshoot access denied error
    /// messages").
    #[must_use]
    pub fn message(&self, action: &str, resource: &str) -> String {
        let head = format!(
            "User: {} is not authorized to perform: {action} on resource: {resource}",
            self.principal
        );
        match self.reason {
            Reason::Explicit(source) => {
                let article = if source == Source::Identity { "an" } else { "a" };
                format!("{head} with an explicit deny in {article} {source}")
            }
            Reason::Implicit(source) => {
                format!("{head} because no {source} allows the {action} action")
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Trust => "role trust policy",
        })
    }
}
