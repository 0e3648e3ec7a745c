//! Users: `CreateUser`, `GetUser`, `ListUsers`, `UpdateUser`, `DeleteUser`.

use crate::iam;
use crate::iam::ops::policy_family::attachable;
use crate::iam::rules::check_access;
use crate::iam::rules::check_named;
use crate::iam::rules::check_under;
use crate::sts;
use std::collections::BTreeSet;

use crate::iam::rules::{self, conflict, invalid};
use crate::iam::shapes::{Detail, Tag, User};
use crate::iam::state::{self, Entity, Kind, Paging, arn, key_of};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, Principal, World};

sim::operation! {
    /// Creates a new IAM user for your AWS account.
    write CreateUser in "iam" = "POST /";
    input {
        /// The path for the user name, such as `/team/`; `/` when it is not given.
        path: Option<String> => "Path",
        /// The name of the user to create, at most 64 characters.
        user_name: String => "UserName",
        /// The ARN of the managed policy that sets the permissions boundary for the user.
        permissions_boundary: Option<String> => "PermissionsBoundary",
        /// Tags to attach to the new user.
        tags: Vec<Tag> => "Tags",
    }
    output CreateUserOutput {
        /// The new user.
        pub user: User => "User",
    }
    errors ["EntityAlreadyExists", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for CreateUser {
    type Output = CreateUserOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.user_name, "userName", 64)?;
        let path = rules::path(self.path.as_ref())?;
        let tags = rules::tags(&[], &self.tags, "TagsPerUser")?;
        check_under(world, cx, "iam:CreateUser", Kind::User, &path, &self.user_name)?;
        world.get::<iam::State>().users.check_free(&self.user_name)?;
        if let Some(arn) = &self.permissions_boundary {
            attachable(world, arn)?;
        }
        let account = world.config().account.clone();
        let name = self.user_name.as_str();
        let mut entity =
            Entity::new(Kind::User, &account, &path, name, cx.at, world.rng::<iam::State>());
        entity.tags = tags;
        entity.boundary = self.permissions_boundary;
        let user = state::User { entity, groups: BTreeSet::new(), keys: Vec::new(), login: None };
        let shown = User::of(&user, Detail::Full);
        world.get_mut::<iam::State>().users.insert(user);
        Ok(CreateUserOutput { user: shown })
    }
}

sim::operation! {
    /// Retrieves information about the specified IAM user. Without a name, it is the user whose
    /// credentials are used to call the operation.
    read GetUser in "iam" = "POST /";
    input {
        /// The name of the user to get information about.
        user_name: Option<String> => "UserName",
    }
    output GetUserOutput {
        /// The user.
        pub user: User => "User",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
    waiters [
        waiter("UserExists", 1, 20, &[success(Status(200)), retry(Error("NoSuchEntity"))]),
    ]
}

impl Read for GetUser {
    type Output = GetUserOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let Some(name) = user_or_caller(cx, self.user_name)? else {
            check_access(world, cx, "iam:GetUser", "*", Vec::new())?;
            let account = &world.config().account;
            let root = User {
                user_id: account.clone(),
                arn: format!("arn:aws:iam::{account}:root"),
                create_date: world.config().start,
                ..User::default()
            };
            return Ok(GetUserOutput { user: root });
        };
        check_named(world, cx, "iam:GetUser", &world.get::<iam::State>().users, &name)?;
        let user = User::of(world.get::<iam::State>().users.get(&name)?, Detail::Full);
        Ok(GetUserOutput { user })
    }
}

/// The user that a call without a name is about: `None` is the root user.
pub(super) fn user_or_caller(
    cx: &Cx<'_>,
    given: Option<String>,
) -> Result<Option<String>, ApiError> {
    if let Some(name) = given {
        rules::name(&name, "userName", 128)?;
        return Ok(Some(name));
    }
    match &cx.caller.principal {
        Principal::Root => Ok(None),
        Principal::User(name) => Ok(Some(name.clone())),
        Principal::Role { .. } => {
            Err(invalid("Must specify userName when calling with non-User credentials"))
        }
        _ => Err(rules::unsigned()),
    }
}

sim::operation! {
    /// Lists the IAM users that have the specified path prefix. If no path prefix is specified, the
    /// operation returns all users in the AWS account.
    read ListUsers in "iam" = "POST /";
    input {
        /// The path prefix for filtering the results: `/division_abc/`.
        path_prefix: Option<String> => "PathPrefix",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListUsersOutput {
        /// The users.
        pub users: Vec<User> => "Users",
        /// Whether there are more items to return.
        pub is_truncated: bool => "IsTruncated",
        /// The marker to ask for the next page with.
        pub marker: Option<String> => "Marker",
    }
    errors ["ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["Users"],
    }
}

impl Read for ListUsers {
    type Output = ListUsersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::listing(self.path_prefix.as_ref(), self.max_items)?;
        let prefix = self.path_prefix.as_deref();
        check_under(world, cx, "iam:ListUsers", Kind::User, prefix.unwrap_or("/"), "")?;
        let paging = Paging::new(self.marker.as_ref(), self.max_items);
        let page =
            world.get::<iam::State>().users.page(&paging, prefix, |u| User::of(u, Detail::Listed));
        Ok(ListUsersOutput {
            users: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Updates the name and/or the path of the specified IAM user.
    write UpdateUser in "iam" = "POST /";
    input {
        /// The name of the user to update.
        user_name: String => "UserName",
        /// The new path for the user.
        new_path: Option<String> => "NewPath",
        /// The new name for the user.
        new_user_name: Option<String> => "NewUserName",
    }
    output UpdateUserOutput {}
    errors ["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for UpdateUser {
    type Output = UpdateUserOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.user_name, "userName", 128)?;
        if let Some(name) = &self.new_user_name {
            rules::name(name, "newUserName", 64)?;
        }
        let path = self.new_path.as_ref().map(|p| rules::path(Some(p))).transpose()?;
        check_named(
            world,
            cx,
            "iam:UpdateUser",
            &world.get::<iam::State>().users,
            &self.user_name,
        )?;
        let old = key_of(&self.user_name);
        let name = self.new_user_name.unwrap_or_else(|| self.user_name.clone());
        world.get::<iam::State>().users.get(&self.user_name)?;
        if key_of(&name) != old {
            world.get::<iam::State>().users.check_free(&name)?;
        }
        let account = world.config().account.clone();
        let Some(mut user) = world.get_mut::<iam::State>().users.remove(&self.user_name) else {
            return Err(Kind::User.missing(&self.user_name));
        };
        user.entity.path = path.unwrap_or(user.entity.path);
        user.entity.arn = arn(&account, Kind::User, &user.entity.path, &name);
        for group in &user.groups {
            if let Some(group) = world.get_mut::<iam::State>().groups.by_key_mut(group) {
                group.members.remove(&old);
                group.members.insert(key_of(&name));
            }
        }
        for id in &user.keys {
            if let Some(key) = world.get_mut::<iam::State>().keys.get_mut(id) {
                key.user = Some(name.clone());
            }
        }
        for device in world.get_mut::<iam::State>().devices.values_mut() {
            if device.user.as_ref() == Some(&self.user_name) {
                device.user = Some(name.clone());
            }
        }
        world.get_mut::<sts::State>().rename_user(&self.user_name, &name);
        user.entity.name = name;
        world.get_mut::<iam::State>().users.insert(user);
        Ok(UpdateUserOutput {})
    }
}

sim::operation! {
    /// Deletes the specified IAM user. Its access keys, policies and group memberships must have
    /// been removed before.
    write DeleteUser in "iam" = "POST /";
    input {
        /// The name of the user to delete.
        user_name: String => "UserName",
    }
    output DeleteUserOutput {}
    errors ["DeleteConflict", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeleteUser {
    type Output = DeleteUserOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.user_name, "userName", 128)?;
        check_named(
            world,
            cx,
            "iam:DeleteUser",
            &world.get::<iam::State>().users,
            &self.user_name,
        )?;
        let user = world.get::<iam::State>().users.get(&self.user_name)?;
        if !user.groups.is_empty() {
            return Err(conflict("Cannot delete entity, must remove user from groups first."));
        }
        rules::check_bare(&user.entity)?;
        if !user.keys.is_empty() {
            return Err(conflict("Cannot delete entity, must delete access keys first."));
        }
        if user.login.is_some() {
            return Err(conflict("Cannot delete entity, must delete login profile first."));
        }
        if world.get::<iam::State>().devices_of(&self.user_name).next().is_some() {
            return Err(conflict("Cannot delete entity, must delete MFA device first."));
        }
        world.get_mut::<iam::State>().users.remove(&self.user_name);
        Ok(DeleteUserOutput {})
    }
}
