//! `GetSessionToken`: temporary credentials of a user or of the root user.
//!
//! The credentials act as the user itself. The real ones may call little of IAM and STS; here
//! they may call all that the user may.

use crate::iam::rules::unsigned;
use crate::sts::state::{Session, issue};
use sim::api::{ApiError, Write};
use sim::{Cx, Principal, World};

use super::mfa::Proof;
use super::{Credentials, duration};

/// Seconds that credentials of a user last unless the caller says so, and at most.
const USER_SECS: (i64, i64) = (43_200, 129_600);
/// The same for the root user.
const ROOT_SECS: (i64, i64) = (3600, 3600);

sim::operation! {
    /// Returns a set of temporary credentials for an IAM user or for the root user.
    write GetSessionToken in "sts" = "POST /";
    input {
        ..proof: Proof,
        /// How long the credentials remain valid, in seconds: 900 to 129600, 12 hours when it is
        /// not given. For the root user one hour at most.
        duration_seconds: Option<i64> => "DurationSeconds",
    }
    output GetSessionTokenOutput {
        /// The temporary credentials.
        pub credentials: Credentials => "Credentials",
    }
    errors ["AccessDenied", "MissingAuthenticationToken", "ValidationError"]
    access open
}

impl Write for GetSessionToken {
    type Output = GetSessionTokenOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (default, longest) = match &cx.caller.principal {
            Principal::Root => ROOT_SECS,
            Principal::User(_) => USER_SECS,
            Principal::Role { .. } => {
                let message = "Cannot call GetSessionToken with session credentials";
                return Err(ApiError::new(403, "AccessDenied", message));
            }
            _ => return Err(unsigned()),
        };
        let asked = duration(self.duration_seconds.unwrap_or(default), USER_SECS.1)?;
        let longest = duration(longest, USER_SECS.1)?;
        let mfa = self.proof.spend(world, cx)?.then_some(cx.at);
        let end = cx.at.plus(asked.min(longest));
        let session = Session { mfa, ..Session::default() };
        let credential = issue(world, cx.caller.principal.clone(), end, session);
        Ok(GetSessionTokenOutput { credentials: credential.into() })
    }
}
