//! What IAM remembers: users, groups, roles, instance profiles, managed policies and access keys.
//!
//! Names are unique whatever their case, so tables are keyed by the lower-case name.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::policy::Policy;
use base::rng::{ALNUM, BASE32};
use base::{Rng, Time};
use sim::Config;
use sim::api::ApiError;

use super::mfa::Device;
use super::password::{Login, PasswordPolicy};

/// How many items a page of a listing holds unless the caller says so.
const PAGE_DEFAULT: usize = 100;

/// The account's identities.
#[derive(Hash, Debug)]
pub struct State {
    pub(crate) users: Table<User>,
    pub(crate) groups: Table<Group>,
    pub(crate) roles: Table<Role>,
    pub(crate) profiles: Table<InstanceProfile>,
    pub(crate) policies: Table<Managed>,
    /// By access key id.
    pub(crate) keys: BTreeMap<String, AccessKey>,
    /// MFA devices by serial number.
    pub(crate) devices: BTreeMap<String, Device>,
    /// Deletions of service-linked roles, by the ids of their tasks.
    pub(crate) deletions: BTreeMap<String, Deletion>,
    pub(crate) password_policy: Option<PasswordPolicy>,
    pub(crate) alias: Option<String>,
    /// Ids of the root user's access keys, oldest first.
    pub(crate) root_keys: Vec<String>,
    /// The key that the learner's profile was given, with its secret.
    pub(super) root_key: (String, String),
}

impl State {
    /// An account with nothing but its root user, who has one access key drawn from the seed.
    pub(super) fn fresh(config: &Config, rng: &mut Rng) -> Self {
        let root_key = (unique_id(rng, "AKIA", 16), rng.text(ALNUM, 40));
        let key = AccessKey {
            user: None,
            secret: root_key.1.clone(),
            active: true,
            created: config.start,
            last_used: None,
        };
        Self {
            users: Table::default(),
            groups: Table::default(),
            roles: Table::default(),
            profiles: Table::default(),
            policies: Table::default(),
            keys: BTreeMap::from([(root_key.0.clone(), key)]),
            devices: BTreeMap::new(),
            deletions: BTreeMap::new(),
            password_policy: None,
            alias: None,
            root_keys: vec![root_key.0.clone()],
            root_key,
        }
    }

    /// The devices that a user has enabled, by serial number.
    pub(crate) fn devices_of(&self, user: &str) -> impl Iterator<Item = (&String, &Device)> {
        self.devices.iter().filter(move |(_, device)| device.user.as_deref() == Some(user))
    }
}

/// `AIDA…`: a prefix that tells the kind, and random base32.
pub(crate) fn unique_id(rng: &mut Rng, prefix: &str, len: usize) -> String {
    format!("{prefix}{}", rng.text(BASE32, len))
}

/// What has a name and an ARN in IAM.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) enum Kind {
    User,
    Group,
    Role,
    InstanceProfile,
    Policy,
}

impl Kind {
    /// The word in an ARN.
    pub(crate) fn segment(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::InstanceProfile => "instance-profile",
            Self::Policy => "policy",
        }
    }

    /// The first letters of its unique ids.
    fn id_prefix(self) -> &'static str {
        match self {
            Self::User => "AIDA",
            Self::Group => "AGPA",
            Self::Role => "AROA",
            Self::InstanceProfile => "AIPA",
            Self::Policy => "ANPA",
        }
    }

    /// The answer when there is none of that name.
    pub(crate) fn missing(self, name: &str) -> ApiError {
        let message = match self {
            Self::InstanceProfile => format!("Instance Profile {name} cannot be found."),
            Self::Policy => format!("Policy {name} was not found."),
            _ => format!("The {} with name {name} cannot be found.", self.segment()),
        };
        ApiError::new(404, "NoSuchEntity", message)
    }

    /// The answer when the name is taken.
    fn exists(self, name: &str) -> ApiError {
        let message = match self {
            Self::User => format!("User with name {name} already exists."),
            Self::Group => format!("Group with name {name} already exists."),
            Self::Role => format!("Role with name {name} already exists."),
            Self::InstanceProfile => format!("Instance Profile {name} already exists."),
            Self::Policy => {
                format!("A policy called {name} already exists. Duplicate names are not allowed.")
            }
        };
        ApiError::new(409, "EntityAlreadyExists", message)
    }
}

/// What everything with a name has.
#[derive(Clone, Hash, Debug, PartialEq, Eq)]
pub(crate) struct Entity {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) created: Time,
    /// Keys are unique whatever their case; they come back as they were given.
    pub(crate) tags: Vec<(String, String)>,
    /// Inline policies by name. Empty where there can be none.
    pub(crate) inline: BTreeMap<String, Policy>,
    /// ARNs of attached managed policies.
    pub(crate) attached: BTreeSet<String>,
    /// The ARN of the managed policy that bounds it.
    pub(crate) boundary: Option<String>,
}

impl Entity {
    /// A new one with an id of its kind.
    pub(crate) fn new(
        kind: Kind,
        account: &str,
        path: &str,
        name: &str,
        created: Time,
        rng: &mut Rng,
    ) -> Self {
        Self {
            path: path.to_owned(),
            name: name.to_owned(),
            id: unique_id(rng, kind.id_prefix(), 17),
            arn: arn(account, kind, path, name),
            created,
            tags: Vec::new(),
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
            boundary: None,
        }
    }
}

/// `arn:aws:iam::123456789012:user/team/alice`
pub(crate) fn arn(account: &str, kind: Kind, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{}{path}{name}", kind.segment())
}

/// A user with its groups.
#[derive(Clone, Hash, Debug)]
pub(crate) struct User {
    pub(crate) entity: Entity,
    /// Keys of the table of groups.
    pub(crate) groups: BTreeSet<String>,
    /// Ids of its access keys, oldest first.
    pub(crate) keys: Vec<String>,
    pub(crate) login: Option<Login>,
}

/// A group with its members.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Group {
    pub(crate) entity: Entity,
    /// Keys of the table of users.
    pub(crate) members: BTreeSet<String>,
}

/// A role: whom it trusts, and for how long.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Role {
    pub(crate) entity: Entity,
    pub(crate) description: Option<String>,
    pub(crate) trust: Policy,
    /// Seconds, 3600 to 43200.
    pub(crate) session_secs_max: i64,
    /// When a session of it last asked for something.
    pub(crate) last_used: Option<LastUse>,
    /// The principal of the service that it belongs to.
    pub(crate) service: Option<String>,
}

/// A service-linked role on its way out.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Deletion {
    /// The role's unique id.
    pub(crate) role: String,
    pub(crate) done: bool,
}

/// What happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// A service has let go of its role.
    RoleGoes {
        /// The id of the task.
        task: String,
    },
}

impl State {
    /// Ends the deletion of a service-linked role.
    pub(super) fn end_deletion(&mut self, task: &str) {
        let Some(deletion) = self.deletions.get_mut(task) else { return };
        deletion.done = true;
        let role = self.roles.iter().find(|role| role.entity.id == deletion.role);
        if let Some(name) = role.map(|role| role.entity.name.clone()) {
            self.roles.remove(&name);
        }
    }
}

/// When something was last used, and for what.
#[derive(Clone, Hash, Debug)]
pub(crate) struct LastUse {
    pub(crate) at: Time,
    /// As signatures name it: `s3`.
    pub(crate) service: String,
    pub(crate) region: String,
}

/// What hands a role to a virtual machine.
#[derive(Clone, Hash, Debug)]
pub(crate) struct InstanceProfile {
    pub(crate) entity: Entity,
    /// Key of the table of roles.
    pub(crate) role: Option<String>,
}

/// A managed policy with its versions.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Managed {
    pub(crate) entity: Entity,
    pub(crate) description: Option<String>,
    pub(crate) updated: Time,
    pub(crate) versions: BTreeMap<u32, Version>,
    pub(crate) default: u32,
    /// The number of the newest version there ever was.
    pub(crate) newest: u32,
}

/// One version of a managed policy.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Version {
    pub(crate) document: Policy,
    pub(crate) created: Time,
}

impl Managed {
    /// The document in force.
    pub(crate) fn document(&self) -> Option<&Policy> {
        self.versions.get(&self.default).map(|v| &v.document)
    }
}

/// A long-term access key.
#[derive(Clone, Hash, Debug)]
pub(crate) struct AccessKey {
    /// The user's name; `None` for the root user.
    pub(crate) user: Option<String>,
    pub(crate) secret: String,
    pub(crate) active: bool,
    pub(crate) created: Time,
    pub(crate) last_used: Option<LastUse>,
}

/// What stands in a [`Table`].
pub(crate) trait Named {
    const KIND: Kind;
    fn entity(&self) -> &Entity;
    fn entity_mut(&mut self) -> &mut Entity;

    /// That the account's own hands may change it.
    ///
    /// # Errors
    /// `UnmodifiableEntity`.
    fn check_changeable(&self) -> Result<(), ApiError> {
        Ok(())
    }
}

macro_rules! named {
    ($($type:ident => $kind:ident $({ $check:item })?),* $(,)?) => {
        $(impl Named for $type {
            const KIND: Kind = Kind::$kind;
            fn entity(&self) -> &Entity {
                &self.entity
            }
            fn entity_mut(&mut self) -> &mut Entity {
                &mut self.entity
            }
            $($check)?
        })*
    };
}

named! {
    User => User,
    Group => Group,
    Role => Role {
        fn check_changeable(&self) -> Result<(), ApiError> {
            let Some(_) = &self.service else { return Ok(()) };
            let message = format!(
                "Cannot perform the operation on the protected role '{}' - this role is only \
                 modifiable by AWS",
                self.entity.name
            );
            Err(ApiError::new(400, "UnmodifiableEntity", message))
        }
    },
    InstanceProfile => InstanceProfile,
    Managed => Policy,
}

/// Everything of one kind, by lower-case name.
#[derive(Hash, Debug)]
pub(crate) struct Table<T>(BTreeMap<String, T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// The key of a name in a [`Table`].
pub(crate) fn key_of(name: &str) -> String {
    name.to_ascii_lowercase()
}

impl<T: Named> Table<T> {
    /// The one of that name, spelled exactly so.
    pub(crate) fn find(&self, name: &str) -> Option<&T> {
        self.0.get(&key_of(name)).filter(|t| t.entity().name == name)
    }

    /// The one of that name.
    ///
    /// # Errors
    /// `NoSuchEntity`.
    pub(crate) fn get(&self, name: &str) -> Result<&T, ApiError> {
        self.find(name).ok_or_else(|| T::KIND.missing(name))
    }

    /// The one of that name, to be changed.
    ///
    /// # Errors
    /// `NoSuchEntity`.
    pub(crate) fn get_mut(&mut self, name: &str) -> Result<&mut T, ApiError> {
        self.0
            .get_mut(&key_of(name))
            .filter(|t| t.entity().name == name)
            .ok_or_else(|| T::KIND.missing(name))
    }

    /// The one of that name, to be changed by the account's own hands.
    ///
    /// # Errors
    /// `NoSuchEntity`, `UnmodifiableEntity`.
    pub(crate) fn changeable(&mut self, name: &str) -> Result<&mut T, ApiError> {
        let found = self.get_mut(name)?;
        found.check_changeable()?;
        Ok(found)
    }

    /// The one under that key.
    pub(crate) fn by_key(&self, key: &str) -> Option<&T> {
        self.0.get(key)
    }

    /// The one under that key, to be changed.
    pub(crate) fn by_key_mut(&mut self, key: &str) -> Option<&mut T> {
        self.0.get_mut(key)
    }

    /// That a name is free.
    ///
    /// # Errors
    /// `EntityAlreadyExists`, also for a name that differs in case only.
    pub(crate) fn check_free(&self, name: &str) -> Result<(), ApiError> {
        if self.0.contains_key(&key_of(name)) { Err(T::KIND.exists(name)) } else { Ok(()) }
    }

    pub(crate) fn insert(&mut self, item: T) {
        self.0.insert(key_of(&item.entity().name), item);
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<T> {
        self.0.remove(&key_of(name))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Those from the marker on whose path begins with a prefix: one page of them.
    pub(crate) fn page<R>(
        &self,
        paging: &Paging<'_>,
        prefix: Option<&str>,
        show: impl FnMut(&T) -> R,
    ) -> Page<R> {
        let from = paging.marker.map_or(Bound::Unbounded, |m| Bound::Included(m.to_owned()));
        let inside = |t: &T| prefix.is_none_or(|p| t.entity().path.starts_with(p));
        let items =
            self.0.range::<String, _>((from, Bound::Unbounded)).filter(|(_, item)| inside(item));
        paging.take(items, show)
    }
}

/// Which part of a listing is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paging<'a> {
    /// The key of the first item, as an earlier page gave it.
    pub(crate) marker: Option<&'a str>,
    pub(crate) items_max: Option<i64>,
}

/// Part of a listing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page<R> {
    pub(crate) items: Vec<R>,
    /// Where the next page begins, when there is one.
    pub(crate) next: Option<String>,
}

impl<'a> Paging<'a> {
    pub(crate) fn new(marker: Option<&'a String>, items_max: Option<i64>) -> Self {
        Self { marker: marker.map(String::as_str), items_max }
    }

    /// One page out of items that are ordered by their keys.
    pub(crate) fn take<'t, T: 't, R>(
        &self,
        items: impl Iterator<Item = (&'t String, T)>,
        mut show: impl FnMut(T) -> R,
    ) -> Page<R> {
        let size = self.items_max.and_then(|n| usize::try_from(n).ok()).unwrap_or(PAGE_DEFAULT);
        let mut page = Page { items: Vec::new(), next: None };
        let wanted = items.skip_while(|(key, _)| self.marker.is_some_and(|m| key.as_str() < m));
        for (key, item) in wanted {
            if page.items.len() == size {
                page.next = Some(key.clone());
                break;
            }
            page.items.push(show(item));
        }
        page
    }
}
