//! From an access key id to the identity behind it.

use crate::{Principal, World};
use base::Time;

/// What an access key opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub access_key_id: String,
    pub secret_access_key: String,
    /// Temporary credentials carry a token that must come with each request.
    pub session_token: Option<String>,
    pub principal: Principal,
    /// Temporary credentials end at this instant.
    pub expires: Option<Time>,
}

impl World {
    /// The account's root credential, which the learner's profile uses. It is what the profile was
    /// given, even when the key has been deleted since.
    #[must_use]
    pub fn root_credential(&self) -> Credential {
        let (id, secret) = self.iam.root_key.clone();
        Credential {
            access_key_id: id,
            secret_access_key: secret,
            session_token: None,
            principal: Principal::Root,
            expires: None,
        }
    }

    /// The credential with this access key id, if it exists and is active. Temporary credentials
    /// are found after their end too, so that the caller can say that they have expired.
    #[must_use]
    pub fn credential(&self, access_key_id: &str) -> Option<Credential> {
        if let Some(key) = self.iam.keys.get(access_key_id) {
            let principal =
                key.user.as_ref().map_or(Principal::Root, |user| Principal::User(user.clone()));
            return key.active.then(|| Credential {
                access_key_id: access_key_id.to_owned(),
                secret_access_key: key.secret.clone(),
                session_token: None,
                principal,
                expires: None,
            });
        }
        self.temporary_credential(access_key_id)
    }
}
