//! Temporary credentials that were handed out.

use crate::iam;
use crate::sts;
use std::collections::BTreeMap;

use crate::iam::state::unique_id;
use crate::policy::Policy;
use base::Time;
use base::rng::ALNUM;
use sim::Credential;
use sim::{Caller, Principal, World};

/// How session tokens begin: base64 of `origin_ec`.
const TOKEN_PREFIX: &str = "IQoJb3JpZ2luX2Vj";
/// Characters behind the prefix.
const TOKEN_LEN: usize = 340;

/// Temporary credentials, in force or expired.
#[derive(Hash, Debug, Default)]
pub struct State {
    /// By access key id.
    sessions: BTreeMap<String, Credentials>,
    /// The key that a session of a role was given last, by role and session name: for callers who
    /// are known by these two and not by a key.
    latest: BTreeMap<(String, String), String>,
}

/// One set of temporary credentials.
#[derive(Clone, Hash, Debug)]
struct Credentials {
    secret: String,
    token: String,
    principal: Principal,
    /// The unique id of the user or role: one of the same name that was made later is another.
    owner_id: String,
    expires: Time,
    session: Session,
}

/// What a session was given beside its credentials.
#[derive(Clone, Hash, Debug, Default)]
pub(crate) struct Session {
    /// They limit what it may do; none of them, and nothing does.
    pub(crate) policies: Vec<Policy>,
    pub(crate) tags: Vec<(String, String)>,
    /// Keys of those tags that a session made from this one has too.
    pub(crate) transitive: Vec<String>,
    /// Empty when none was given.
    pub(crate) source_identity: String,
    /// When a code of a device was given for it.
    pub(crate) mfa: Option<Time>,
}

impl State {
    /// The session in which somebody calls, when it calls with temporary credentials.
    pub(crate) fn session(&self, caller: &Caller) -> Option<&Session> {
        let by_key = self.sessions.get(&caller.via.access_key);
        let found = by_key.or_else(|| {
            let Principal::Role { role, session } = &caller.principal else { return None };
            if self.latest.is_empty() {
                return None;
            }
            self.sessions.get(self.latest.get(&(role.clone(), session.clone()))?)
        })?;
        (found.principal == caller.principal).then_some(&found.session)
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
pub(super) fn issue(
    world: &mut World,
    principal: Principal,
    expires: Time,
    session: Session,
) -> Credential {
    let id = unique_id(world.rng::<sts::State>(), "ASIA", 16);
    let credentials = Credentials {
        secret: world.rng::<sts::State>().text(ALNUM, 40),
        token: format!("{TOKEN_PREFIX}{}", world.rng::<sts::State>().text(ALNUM, TOKEN_LEN)),
        owner_id: owner_id(world, &principal).unwrap_or_default(),
        principal,
        expires,
        session,
    };
    let credential = credentials.credential(&id);
    let state = world.get_mut::<sts::State>();
    if let Principal::Role { role, session } = &credentials.principal {
        state.latest.insert((role.clone(), session.clone()), id.clone());
    }
    state.sessions.insert(id, credentials);
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
        Principal::Anonymous | Principal::Service(_) | Principal::Unix(_) | Principal::Lab => None,
    }
}

impl Credentials {
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

/// The role that an instance profile hands out, by the profile's ARN.
#[must_use]
pub fn role_of_profile(world: &World, arn: &str) -> Option<String> {
    let state = world.get::<iam::State>();
    let profile = state.profiles.find(arn.rsplit('/').next().unwrap_or_default())?;
    if profile.entity.arn != arn {
        return None;
    }
    let role = state.roles.find(profile.role.as_ref()?)?;
    Some(role.entity.name.clone())
}

/// Credentials of a role for a service that it trusts; nothing when there is no such role, or it trusts
/// another.
pub fn for_service(
    world: &mut World,
    service: &str,
    role: &str,
    session: &str,
    expires: Time,
) -> Option<Credential> {
    let found = world.get::<iam::State>().roles.find(role)?;
    if !found.trust.lets_in(service) {
        return None;
    }
    let role = found.entity.name.clone();
    let principal = Principal::Role { role, session: session.to_owned() };
    Some(issue(world, principal, expires, Session::default()))
}
