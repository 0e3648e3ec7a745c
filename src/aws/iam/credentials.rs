//! From an access key id to the identity behind it.

use crate::iam;
use crate::sts::state::temporary_credential;
use sim::{Credential, Principal, World};

/// The account's root credential, which the learner's profile uses. It is what the profile was
/// given, even when the key has been deleted since.
#[must_use]
pub fn root_credential(world: &World) -> Credential {
    let (id, secret) = world.get::<iam::State>().root_key.clone();
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
pub fn credential(world: &World, access_key_id: &str) -> Option<Credential> {
    if let Some(key) = world.get::<iam::State>().keys.get(access_key_id) {
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
    temporary_credential(world, access_key_id)
}
