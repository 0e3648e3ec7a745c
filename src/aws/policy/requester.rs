//! A caller as policies see it: what global condition keys and principals ask for.

use base::Time;

/// What kind of caller it is: `aws:PrincipalType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum RequesterKind {
    #[default]
    Anonymous,
    Root,
    User,
    AssumedRole,
    /// A service of AWS in its own name, which is the requester's `arn`.
    Service,
}

impl RequesterKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "Anonymous",
            Self::Root => "Account",
            Self::User => "User",
            Self::AssumedRole => "AssumedRole",
            Self::Service => "Service",
        }
    }
}

/// A caller as policies see it. What does not apply is empty.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Requester {
    pub(crate) kind: RequesterKind,
    pub(crate) account: String,
    /// What error messages name: for a role, the ARN of the session.
    pub(crate) arn: String,
    /// `aws:PrincipalArn`: for a role, the ARN of the role.
    pub(crate) principal_arn: String,
    /// `aws:userid`: `AIDA…`, or `AROA…:session`.
    pub(crate) user_id: String,
    /// `aws:username`
    pub(crate) user_name: String,
    /// `aws:PrincipalTag/…`
    pub(crate) tags: Vec<(String, String)>,
    /// `aws:SourceIdentity`: whom a role session says it acts for.
    pub(crate) source_identity: String,
    /// Whether the credentials are temporary: only those say whether a device was asked for.
    pub(crate) temporary: bool,
    /// When a code of a device was given for the credentials.
    pub(crate) mfa: Option<Time>,
}

impl Requester {
    /// The name in an error message.
    pub(crate) fn shown(&self) -> String {
        if self.arn.is_empty() { "Anonymous".into() } else { self.arn.clone() }
    }
}
