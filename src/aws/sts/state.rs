//! Temporary credentials that were handed out.

use crate::iam;
use crate::sts;
use std::collections::BTreeMap;

use crate::iam::state::unique_id;
use crate::policy::Policy;
use base::Time;
use base::rng::ALNUM;
use sim::Credential;
use sim::{Principal, World};

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
    pub(crate) fn session_policies(&self, role: &str, session: &str) -> Option<Vec<&Policy>> {
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
    pub(crate) fn rename_user(&mut self, old: &str, new: &str) {
        let was = Principal::User(old.to_owned());
        for session in self.sessions.values_mut().filter(|s| s.principal == was) {
            session.principal = Principal::User(new.to_owned());
        }
    }
}

/// Makes temporary credentials for a principal.
pub(super) fn issue(world: &mut World, principal: Principal, expires: Time) -> Credential {
    let id = unique_id(world.rng::<sts::State>(), "ASIA", 16);
    let session = Session {
        secret: world.rng::<sts::State>().text(ALNUM, 40),
        token: format!("{TOKEN_PREFIX}{}", world.rng::<sts::State>().text(ALNUM, TOKEN_LEN)),
        owner_id: owner_id(world, &principal).unwrap_or_default(),
        principal,
        expires,
    };
    let credential = session.credential(&id);
    world.get_mut::<sts::State>().sessions.insert(id, session);
    credential
}

/// The temporary credential with this access key id, as long as its user or role exists.
pub(crate) fn temporary_credential(world: &World, id: &str) -> Option<Credential> {
    let session = world.get::<sts::State>().sessions.get(id)?;
    let owner = owner_id(world, &session.principal)?;
    (owner == session.owner_id).then(|| session.credential(id))
}

/// The unique id of whoever a principal is, as long as it exists.
fn owner_id(world: &World, principal: &Principal) -> Option<String> {
    match principal {
        Principal::Root => Some(world.config().account.clone()),
        Principal::User(name) => {
            Some(world.get::<iam::State>().users.find(name)?.entity.id.clone())
        }
        Principal::Role { role, .. } => {
            Some(world.get::<iam::State>().roles.find(role)?.entity.id.clone())
        }
        Principal::Anonymous | Principal::Unix(_) | Principal::Lab => None,
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
