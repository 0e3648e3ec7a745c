//! Who a caller is to the account, and which policies come with it.

use crate::iam;
use crate::policy::{EffectivePolicies, Policy, Requester, RequesterKind};
use crate::sts;
use sim::{Principal, World};

use super::managed;
use super::state::{Entity, Managed, Role, State, User, key_of};

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
pub(crate) fn effective_policies<'a>(
    world: &'a World,
    principal: &Principal,
) -> EffectivePolicies<'a> {
    let account = &world.config().account;
    match principal {
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
        Principal::User(name) => user_policies(world, name),
        Principal::Role { role, session } => role_policies(world, role, session),
        // Users of the simulated machines have no effective in the account.
        Principal::Anonymous | Principal::Unix(_) | Principal::Lab => EffectivePolicies::default(),
    }
}

fn user_policies<'a>(world: &'a World, name: &str) -> EffectivePolicies<'a> {
    let account = world.config().account.clone();
    let Some(user) = world.get::<iam::State>().users.find(name) else {
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        let who = Requester { kind: RequesterKind::User, account, arn, ..Requester::default() };
        return EffectivePolicies { who, ..EffectivePolicies::default() };
    };
    EffectivePolicies {
        who: Requester {
            kind: RequesterKind::User,
            account,
            arn: user.entity.arn.clone(),
            principal_arn: user.entity.arn.clone(),
            user_id: user.entity.id.clone(),
            user_name: name.to_owned(),
            tags: user.entity.tags.clone(),
        },
        identity: world
            .get::<iam::State>()
            .sources(user)
            .flat_map(|entity| world.get::<iam::State>().policies_of(entity))
            .collect(),
        boundary: world.get::<iam::State>().boundary(&user.entity),
        session: None,
    }
}

fn role_policies<'a>(world: &'a World, name: &str, session: &str) -> EffectivePolicies<'a> {
    let account = world.config().account.clone();
    let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{session}");
    let Some(Role { entity, .. }) = world.get::<iam::State>().roles.find(name) else {
        let who =
            Requester { kind: RequesterKind::AssumedRole, account, arn, ..Requester::default() };
        return EffectivePolicies { who, ..EffectivePolicies::default() };
    };
    EffectivePolicies {
        who: Requester {
            kind: RequesterKind::AssumedRole,
            account,
            arn,
            principal_arn: entity.arn.clone(),
            user_id: format!("{}:{session}", entity.id),
            user_name: String::new(),
            tags: entity.tags.clone(),
        },
        identity: world.get::<iam::State>().policies_of(entity).collect(),
        boundary: world.get::<iam::State>().boundary(entity),
        session: world.get::<sts::State>().session_policies(&key_of(name), session),
    }
}
