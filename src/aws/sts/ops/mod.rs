//! One file per operation or family of operations.

pub mod assume_role;
pub mod identity;
mod mfa;
mod session_tags;
pub mod session_token;

use std::time::Duration;

use crate::iam::rules::constraint;
use base::Time;
use sim::Credential;
use sim::api::{ApiError, OpDef};

/// Every operation of the service, in alphabetical order.
pub static ALL: &[&OpDef] = &[
    &assume_role::AssumeRole::DEF,
    &identity::GetAccessKeyInfo::DEF,
    &identity::GetCallerIdentity::DEF,
    &session_token::GetSessionToken::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "DecodeAuthorizationMessage",
    "GetDelegatedAccessToken",
    "GetFederationToken",
    "GetWebIdentityToken",
];

sim::structure! {
    /// Temporary credentials.
    pub struct Credentials {
        /// The access key id.
        pub access_key_id: String => "AccessKeyId",
        /// The secret access key that signs requests.
        pub secret_access_key: String => "SecretAccessKey",
        /// The token that must come with each request.
        pub session_token: String => "SessionToken",
        /// When the credentials expire.
        pub expiration: Time => "Expiration",
    }
}

impl From<Credential> for Credentials {
    fn from(credential: Credential) -> Self {
        Self {
            access_key_id: credential.access_key_id,
            secret_access_key: credential.secret_access_key,
            session_token: credential.session_token.unwrap_or_default(),
            expiration: credential.expires.unwrap_or_default(),
        }
    }
}

/// A length of a session within the API's bounds.
fn duration(secs: i64, secs_max: i64) -> Result<Duration, ApiError> {
    let wrong = |rule: String| Err(constraint(&secs.to_string(), "durationSeconds", &rule));
    match u64::try_from(secs) {
        Ok(whole) if (900..=secs_max).contains(&secs) => Ok(Duration::from_secs(whole)),
        _ if secs < 900 => wrong("have value greater than or equal to 900".into()),
        _ => wrong(format!("have value less than or equal to {secs_max}")),
    }
}
