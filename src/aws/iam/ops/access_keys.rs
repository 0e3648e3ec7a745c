//! Long-term access keys of users and of the root user.

use crate::iam;
use crate::iam::effective_policies::effective_policies;
use crate::iam::rules::check_access;
use crate::iam::rules::check_named;
use crate::iam::rules::{self, constraint, missing, quota};
use crate::iam::state::{self, LastUse, Paging, unique_id};
use base::Time;
use base::rng::ALNUM;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::users::user_or_caller;

/// The most access keys a user can have.
const KEYS_PER_USER: usize = 2;

sim::string_enum! {
    /// Whether a key opens anything.
    pub enum Status {
        Active = "Active",
        Inactive = "Inactive",
    }
}

sim::structure! {
    /// An access key with its secret, which is shown only when the key is made.
    pub struct AccessKey {
        /// The name of the user that the key is for.
        pub user_name: Option<String> => "UserName",
        /// The id of this access key.
        pub access_key_id: String => "AccessKeyId",
        /// `Active` or `Inactive`.
        pub status: Status => "Status",
        /// The secret used to sign requests.
        pub secret_access_key: String => "SecretAccessKey",
        /// When the access key was created.
        pub create_date: Time => "CreateDate",
    }
}

sim::structure! {
    /// An access key without its secret.
    pub struct AccessKeyMetadata {
        /// The name of the user that the key is for.
        pub user_name: Option<String> => "UserName",
        /// The id of this access key.
        pub access_key_id: String => "AccessKeyId",
        /// `Active` or `Inactive`.
        pub status: Status => "Status",
        /// When the access key was created.
        pub create_date: Time => "CreateDate",
    }
}

sim::structure! {
    /// When an access key was last used.
    pub struct AccessKeyLastUsed {
        /// The date and time when the access key was last used.
        pub last_used_date: Option<Time> => "LastUsedDate",
        /// The service with which it was last used; `N/A` when it was not.
        pub service_name: String => "ServiceName",
        /// The Region where it was last used; `N/A` when it was not.
        pub region: String => "Region",
    }
}

/// Whether the caller may handle the keys of this owner (`None`: the root user).
fn check_keys(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    owner: Option<&String>,
) -> Result<(), ApiError> {
    let Some(name) = owner else { return check_access(world, cx, action, "*", Vec::new()) };
    check_named(world, cx, action, &world.get::<iam::State>().users, name)?;
    world.get::<iam::State>().users.get(name).map(|_| ())
}

/// The ids of an owner's keys.
fn keys_of<'a>(world: &'a World, owner: Option<&String>) -> Result<&'a [String], ApiError> {
    match owner {
        Some(name) => Ok(&world.get::<iam::State>().users.get(name)?.keys),
        None => Ok(&world.get::<iam::State>().root_keys),
    }
}

/// That the owner has that key.
fn check_key(world: &World, owner: Option<&String>, id: &str) -> Result<(), ApiError> {
    if id.is_empty() {
        return Err(missing("accessKeyId"));
    }
    if id.len() < 16 {
        let rule = "have length greater than or equal to 16";
        return Err(constraint(id, "accessKeyId", rule));
    }
    if keys_of(world, owner)?.iter().any(|k| k == id) {
        return Ok(());
    }
    let message = format!("The Access Key with id {id} cannot be found.");
    Err(ApiError::new(404, "NoSuchEntity", message))
}

sim::operation! {
    /// Creates a new AWS secret access key and corresponding AWS access key id for the specified
    /// user. Without a name, it is for the user whose credentials are used to call the operation.
    write CreateAccessKey in "iam" = "POST /";
    input {
        /// The name of the user that the new key will belong to.
        user_name: Option<String> => "UserName",
    }
    output CreateAccessKeyOutput {
        /// The new key. This is the only time that its secret is shown.
        pub access_key: AccessKey => "AccessKey",
    }
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for CreateAccessKey {
    type Output = CreateAccessKeyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let user = user_or_caller(cx, self.user_name)?;
        check_keys(world, cx, "iam:CreateAccessKey", user.as_ref())?;
        if keys_of(world, user.as_ref())?.len() >= KEYS_PER_USER {
            return Err(quota("AccessKeysPerUser", KEYS_PER_USER));
        }
        let id = unique_id(world.rng::<iam::State>(), "AKIA", 16);
        let secret = world.rng::<iam::State>().text(ALNUM, 40);
        match &user {
            Some(name) => world.get_mut::<iam::State>().users.get_mut(name)?.keys.push(id.clone()),
            None => world.get_mut::<iam::State>().root_keys.push(id.clone()),
        }
        let key = state::AccessKey {
            user: user.clone(),
            secret: secret.clone(),
            active: true,
            created: cx.at,
            last_used: None,
        };
        world.get_mut::<iam::State>().keys.insert(id.clone(), key);
        Ok(CreateAccessKeyOutput {
            access_key: AccessKey {
                user_name: user,
                access_key_id: id,
                status: Status::Active,
                secret_access_key: secret,
                create_date: cx.at,
            },
        })
    }
}

sim::operation! {
    /// Returns information about the access key ids associated with the specified IAM user.
    read ListAccessKeys in "iam" = "POST /";
    input {
        /// The name of the user; without it, the caller.
        user_name: Option<String> => "UserName",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListAccessKeysOutput {
        /// The keys, without their secrets.
        pub keys: Vec<AccessKeyMetadata> => "AccessKeyMetadata",
        /// Whether there are more items to return.
        pub is_truncated: bool => "IsTruncated",
        /// The marker to ask for the next page with.
        pub marker: Option<String> => "Marker",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["AccessKeyMetadata"],
    }
}

impl Read for ListAccessKeys {
    type Output = ListAccessKeysOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::items_max(self.max_items)?;
        let user = user_or_caller(cx, self.user_name)?;
        check_keys(world, cx, "iam:ListAccessKeys", user.as_ref())?;
        let mut ids: Vec<&String> = keys_of(world, user.as_ref())?.iter().collect();
        ids.sort();
        let keys = ids
            .into_iter()
            .filter_map(|id| Some((id, (id, world.get::<iam::State>().keys.get(id)?))));
        let page = Paging::new(self.marker.as_ref(), self.max_items).take(keys, |(id, key)| {
            AccessKeyMetadata {
                user_name: user.clone(),
                access_key_id: id.clone(),
                status: if key.active { Status::Active } else { Status::Inactive },
                create_date: key.created,
            }
        });
        Ok(ListAccessKeysOutput {
            keys: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Changes the status of the specified access key from Active to Inactive, or vice versa.
    write UpdateAccessKey in "iam" = "POST /";
    input {
        /// The name of the user whose key it is; without it, the caller.
        user_name: Option<String> => "UserName",
        /// The id of the key.
        access_key_id: String => "AccessKeyId",
        /// `Active` or `Inactive`.
        status: Status => "Status",
    }
    output UpdateAccessKeyOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for UpdateAccessKey {
    type Output = UpdateAccessKeyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let user = user_or_caller(cx, self.user_name)?;
        check_keys(world, cx, "iam:UpdateAccessKey", user.as_ref())?;
        check_key(world, user.as_ref(), &self.access_key_id)?;
        if let Some(key) = world.get_mut::<iam::State>().keys.get_mut(&self.access_key_id) {
            key.active = self.status == Status::Active;
        }
        Ok(UpdateAccessKeyOutput {})
    }
}

sim::operation! {
    /// Deletes the access key pair associated with the specified IAM user.
    write DeleteAccessKey in "iam" = "POST /";
    input {
        /// The name of the user whose key it is; without it, the caller.
        user_name: Option<String> => "UserName",
        /// The id of the key.
        access_key_id: String => "AccessKeyId",
    }
    output DeleteAccessKeyOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeleteAccessKey {
    type Output = DeleteAccessKeyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let user = user_or_caller(cx, self.user_name)?;
        check_keys(world, cx, "iam:DeleteAccessKey", user.as_ref())?;
        check_key(world, user.as_ref(), &self.access_key_id)?;
        world.get_mut::<iam::State>().keys.remove(&self.access_key_id);
        let ids = match &user {
            Some(name) => &mut world.get_mut::<iam::State>().users.get_mut(name)?.keys,
            None => &mut world.get_mut::<iam::State>().root_keys,
        };
        ids.retain(|id| *id != self.access_key_id);
        Ok(DeleteAccessKeyOutput {})
    }
}

sim::operation! {
    /// Retrieves information about when the specified access key was last used. Of several uses
    /// within a quarter of an hour only the first is recorded.
    read GetAccessKeyLastUsed in "iam" = "POST /";
    input {
        /// The id of the key.
        access_key_id: String => "AccessKeyId",
    }
    output GetAccessKeyLastUsedOutput {
        /// The name of the user that owns the key.
        pub user_name: Option<String> => "UserName",
        /// When the key was last used.
        pub last_used: AccessKeyLastUsed => "AccessKeyLastUsed",
    }
    errors ["AccessDenied", "ValidationError"]
    access itself
}

impl Read for GetAccessKeyLastUsed {
    type Output = GetAccessKeyLastUsedOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.access_key_id.is_empty() {
            return Err(missing("accessKeyId"));
        }
        let owner = world.get::<iam::State>().keys.get(&self.access_key_id).map(|k| k.user.clone());
        let action = "iam:GetAccessKeyLastUsed";
        check_keys(world, cx, action, owner.as_ref().and_then(Option::as_ref))?;
        // An unknown key may be another account's: the answer does not tell.
        let Some(user_name) = owner else {
            let principal = effective_policies(world, cx.caller).who.shown();
            return Err(ApiError::new(
                403,
                "AccessDenied",
                format!(
                    "User: {principal} is not authorized to perform: {action} on resource: access \
                     key {}",
                    self.access_key_id
                ),
            ));
        };
        let used = world.get::<iam::State>().keys.get(&self.access_key_id);
        let last_used = match used.and_then(|key| key.last_used.clone()) {
            Some(LastUse { at, service, region }) => {
                AccessKeyLastUsed { last_used_date: Some(at), service_name: service, region }
            }
            None => AccessKeyLastUsed {
                last_used_date: None,
                service_name: "N/A".into(),
                region: "N/A".into(),
            },
        };
        Ok(GetAccessKeyLastUsedOutput { user_name, last_used })
    }
}
