//! Who a caller is to the account, and which policies come with it: its own, its groups', its
//! boundary, and those of its session.

use crate::couriers;
use crate::iam;
use crate::policy::{EffectivePolicies, Policy, Requester, RequesterKind};
use crate::sts;
use sim::{Caller, Principal, World};

use super::managed;
use super::state::{Entity, Managed, Role, State, User};

impl State {
    /// The managed policy with this ARN, whether the account's own or one of AWS.
    pub(crate) fn managed(&self, arn: &str) -> Option<&Managed> {
        if let Some(found) = managed::find(arn) {
            return Some(found);
        }
        let name = arn.rsplit('/').next()?;
        self.policies.find(name).filter(|p| p.entity.arn == arn)
    }

    /// An entity's own policies: inline ones, then attached ones.
    fn policies_of<'s>(&'s self, entity: &'s Entity) -> impl Iterator<Item = &'s Policy> {
        let attached = entity.attached.iter().filter_map(|arn| self.managed(arn)?.document());
        entity.inline.values().chain(attached)
    }

    /// The entity itself and, for a user, its groups.
    pub(super) fn sources<'s>(&'s self, user: &'s User) -> impl Iterator<Item = &'s Entity> {
        let groups = user.groups.iter().filter_map(|key| self.groups.by_key(key));
        std::iter::once(&user.entity).chain(groups.map(|g| &g.entity))
    }

    /// The document that bounds an entity.
    pub(super) fn boundary(&self, entity: &Entity) -> Option<&Policy> {
        self.managed(entity.boundary.as_deref()?)?.document()
    }
}

/// The caller with its policies. A user or role that is no more has none, and can do nothing.
pub(crate) fn effective_policies<'a>(world: &'a World, caller: &Caller) -> EffectivePolicies<'a> {
    let account = &world.config().account;
    match &caller.principal {
        Principal::Root => {
            let arn = format!("arn:aws:iam::{account}:root");
            let who = Requester {
                kind: RequesterKind::Root,
                account: account.clone(),
                principal_arn: arn.clone(),
                arn,
                user_id: account.clone(),
                ..Requester::default()
            };
            EffectivePolicies { who, ..EffectivePolicies::default() }
        }
        Principal::User(name) => of_user(world, caller, name),
        Principal::Role { role, session } => of_role(world, caller, role, session),
        Principal::Service(name) => {
            let region = Some(&caller.scope.region).filter(|region| !region.is_empty());
            let region = region.unwrap_or(&world.config().region);
            let who = Requester {
                kind: RequesterKind::Service,
                account: couriers::account(name, region).to_owned(),
                arn: name.clone(),
                ..Requester::default()
            };
            EffectivePolicies { who, ..EffectivePolicies::default() }
        }
        // Users of the simulated machines have no place in the account.
        Principal::Anonymous | Principal::Unix(_) | Principal::Lab => EffectivePolicies::default(),
    }
}

fn of_user<'a>(world: &'a World, caller: &Caller, name: &str) -> EffectivePolicies<'a> {
    let account = world.config().account.clone();
    let iam = world.get::<iam::State>();
    let Some(user) = iam.users.find(name) else {
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        let who = Requester { kind: RequesterKind::User, account, arn, ..Requester::default() };
        return EffectivePolicies { who, ..EffectivePolicies::default() };
    };
    let session = world.get::<sts::State>().session(caller);
    EffectivePolicies {
        who: Requester {
            kind: RequesterKind::User,
            account,
            arn: user.entity.arn.clone(),
            principal_arn: user.entity.arn.clone(),
            user_id: user.entity.id.clone(),
            user_name: name.to_owned(),
            tags: user.entity.tags.clone(),
            temporary: session.is_some(),
            mfa: session.and_then(|s| s.mfa),
            ..Requester::default()
        },
        identity: iam.sources(user).flat_map(|entity| iam.policies_of(entity)).collect(),
        boundary: iam.boundary(&user.entity),
        session: None,
    }
}

fn of_role<'a>(
    world: &'a World,
    caller: &Caller,
    name: &str,
    session: &str,
) -> EffectivePolicies<'a> {
    let account = world.config().account.clone();
    let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{session}");
    let iam = world.get::<iam::State>();
    let Some(Role { entity, .. }) = iam.roles.find(name) else {
        let who =
            Requester { kind: RequesterKind::AssumedRole, account, arn, ..Requester::default() };
        return EffectivePolicies { who, ..EffectivePolicies::default() };
    };
    let known = world.get::<sts::State>().session(caller);
    let mut tags = entity.tags.clone();
    // What a session was given stands before what the role has.
    for (key, value) in known.into_iter().flat_map(|s| &s.tags) {
        tags.retain(|(k, _)| !k.eq_ignore_ascii_case(key));
        tags.push((key.clone(), value.clone()));
    }
    EffectivePolicies {
        who: Requester {
            kind: RequesterKind::AssumedRole,
            account,
            arn,
            principal_arn: entity.arn.clone(),
            user_id: format!("{}:{session}", entity.id),
            tags,
            source_identity: known.map(|s| s.source_identity.clone()).unwrap_or_default(),
            temporary: true,
            mfa: known.and_then(|s| s.mfa),
            ..Requester::default()
        },
        identity: iam.policies_of(entity).collect(),
        boundary: iam.boundary(entity),
        session: known.filter(|s| !s.policies.is_empty()).map(|s| s.policies.iter().collect()),
    }
}
