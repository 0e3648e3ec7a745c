//! Who a caller is to the account, and which policies come with it.

use crate::aws::policy::{Policy, Standing, Who, WhoKind};
use crate::{Principal, World};

use super::managed;
use super::state::{Entity, Managed, Role, State, User, key_of};

impl State {
    /// The managed policy with this ARN, whether the account's own or one of AWS.
    pub(in crate::aws) fn managed(&self, arn: &str) -> Option<&Managed> {
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

impl World {
    /// The caller with its policies. A user or role that is no more has none, and can do nothing.
    pub(in crate::aws) fn standing(&self, principal: &Principal) -> Standing<'_> {
        let account = &self.config().account;
        match principal {
            Principal::Root => {
                let arn = format!("arn:aws:iam::{account}:root");
                let who = Who {
                    kind: WhoKind::Root,
                    account: account.clone(),
                    principal_arn: arn.clone(),
                    arn,
                    user_id: account.clone(),
                    ..Who::default()
                };
                Standing { who, ..Standing::default() }
            }
            Principal::User(name) => self.user_standing(name),
            Principal::Role { role, session } => self.role_standing(role, session),
            // Users of the simulated machines have no standing in the account.
            Principal::Anonymous | Principal::Unix(_) | Principal::Lab => Standing::default(),
        }
    }

    fn user_standing(&self, name: &str) -> Standing<'_> {
        let account = self.config().account.clone();
        let Some(user) = self.iam.users.find(name) else {
            let arn = format!("arn:aws:iam::{account}:user/{name}");
            let who = Who { kind: WhoKind::User, account, arn, ..Who::default() };
            return Standing { who, ..Standing::default() };
        };
        Standing {
            who: Who {
                kind: WhoKind::User,
                account,
                arn: user.entity.arn.clone(),
                principal_arn: user.entity.arn.clone(),
                user_id: user.entity.id.clone(),
                user_name: name.to_owned(),
                tags: user.entity.tags.clone(),
            },
            identity: self
                .iam
                .sources(user)
                .flat_map(|entity| self.iam.policies_of(entity))
                .collect(),
            boundary: self.iam.boundary(&user.entity),
            session: None,
        }
    }

    fn role_standing(&self, name: &str, session: &str) -> Standing<'_> {
        let account = self.config().account.clone();
        let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{session}");
        let Some(Role { entity, .. }) = self.iam.roles.find(name) else {
            let who = Who { kind: WhoKind::AssumedRole, account, arn, ..Who::default() };
            return Standing { who, ..Standing::default() };
        };
        Standing {
            who: Who {
                kind: WhoKind::AssumedRole,
                account,
                arn,
                principal_arn: entity.arn.clone(),
                user_id: format!("{}:{session}", entity.id),
                user_name: String::new(),
                tags: entity.tags.clone(),
            },
            identity: self.iam.policies_of(entity).collect(),
            boundary: self.iam.boundary(entity),
            session: self.sts.session_policies(&key_of(name), session),
        }
    }
}
