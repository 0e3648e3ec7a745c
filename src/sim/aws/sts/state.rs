//! Temporary credentials that were handed out.

use std::collections::BTreeMap;

use crate::aws::iam::Credential;
use crate::aws::iam::state::unique_id;
use crate::aws::policy::Policy;
use crate::{Principal, World};
use base::Time;
use base::rng::ALNUM;

/// How session tokens begin: base64 of `origin_ec`.
const TOKEN_PREFIX: &str = "IQoJb3JpZ2luX2Vj";
/// Characters behind the prefix.
const TOKEN_LEN: usize = 340;

/// Temporary credentials, in force or expired.
#[derive(Hash, Debug, Default)]
pub struct State {
    /// By access key id.
    sessions: BTreeMap<String, Session>,
    /// Session policies by role (lower case) and session name. A caller is known by these two, so
    /// of two sessions with one name the policies given last hold for both.
    policies: BTreeMap<(String, String), Vec<Policy>>,
}

/// One set of temporary credentials.
#[derive(Clone, Hash, Debug)]
struct Session {
    secret: String,
    token: String,
    principal: Principal,
    /// The unique id of the user or role: one of the same name that was made later is another.
    owner_id: String,
    expires: Time,
}

impl State {
    /// The policies that limit a session; `None` when none were given.
    pub(in crate::aws) fn session_policies(
        &self,
        role: &str,
        session: &str,
    ) -> Option<Vec<&Policy>> {
        if self.policies.is_empty() {
            return None;
        }
        let policies = self.policies.get(&(role.to_owned(), session.to_owned()))?;
        Some(policies.iter().collect())
    }

    /// Replaces the policies that limit a session.
    pub(super) fn limit(&mut self, role: String, session: String, policies: Vec<Policy>) {
        if policies.is_empty() {
            self.policies.remove(&(role, session));
        } else {
            self.policies.insert((role, session), policies);
        }
    }

    /// Lets the sessions of a user follow its new name.
    pub(in crate::aws) fn rename_user(&mut self, old: &str, new: &str) {
        let was = Principal::User(old.to_owned());
        for session in self.sessions.values_mut().filter(|s| s.principal == was) {
            session.principal = Principal::User(new.to_owned());
        }
    }
}

impl World {
    /// Makes temporary credentials for a principal.
    pub(super) fn issue(&mut self, principal: Principal, expires: Time) -> Credential {
        let id = unique_id(&mut self.rng, "ASIA", 16);
        let session = Session {
            secret: self.rng.text(ALNUM, 40),
            token: format!("{TOKEN_PREFIX}{}", self.rng.text(ALNUM, TOKEN_LEN)),
            owner_id: self.owner_id(&principal).unwrap_or_default(),
            principal,
            expires,
        };
        let credential = session.credential(&id);
        self.sts.sessions.insert(id, session);
        credential
    }

    /// The temporary credential with this access key id, as long as its user or role exists.
    pub(in crate::aws) fn temporary_credential(&self, id: &str) -> Option<Credential> {
        let session = self.sts.sessions.get(id)?;
        let owner = self.owner_id(&session.principal)?;
        (owner == session.owner_id).then(|| session.credential(id))
    }

    /// The unique id of whoever a principal is, as long as it exists.
    fn owner_id(&self, principal: &Principal) -> Option<String> {
        match principal {
            Principal::Root => Some(self.config().account.clone()),
            Principal::User(name) => Some(self.iam.users.find(name)?.entity.id.clone()),
            Principal::Role { role, .. } => Some(self.iam.roles.find(role)?.entity.id.clone()),
            Principal::Anonymous | Principal::Unix(_) | Principal::Lab => None,
        }
    }
}

impl Session {
    fn credential(&self, id: &str) -> Credential {
        Credential {
            access_key_id: id.to_owned(),
            secret_access_key: self.secret.clone(),
            session_token: Some(self.token.clone()),
            principal: self.principal.clone(),
            expires: Some(self.expires),
        }
    }
}
