//! Groups and their members.

use crate::iam;
use crate::iam::rules::check_named;
use crate::iam::rules::check_under;
use std::collections::BTreeSet;

use crate::iam::rules::{self, conflict, quota};
use crate::iam::shapes::{Detail, Group, User};
use crate::iam::state::{self, Entity, Kind, Paging, arn, key_of};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// The most groups a user can be in.
const GROUPS_PER_USER: usize = 10;

sim::operation! {
    /// Creates a new group.
    write CreateGroup in "iam" = "POST /";
    input {
        /// The path to the group; `/` when it is not given.
        path: Option<String> => "Path",
        /// The name of the group to create, at most 128 characters.
        group_name: String => "GroupName",
    }
    output CreateGroupOutput {
        /// The new group.
        pub group: Group => "Group",
    }
    errors ["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for CreateGroup {
    type Output = CreateGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.group_name, "groupName", 128)?;
        let path = rules::path(self.path.as_ref())?;
        check_under(world, cx, "iam:CreateGroup", Kind::Group, &path, &self.group_name)?;
        world.get::<iam::State>().groups.check_free(&self.group_name)?;
        let account = world.config().account.clone();
        let name = self.group_name.as_str();
        let entity =
            Entity::new(Kind::Group, &account, &path, name, cx.at, world.rng::<iam::State>());
        let group = state::Group { entity, members: BTreeSet::new() };
        let shown = Group::of(&group);
        world.get_mut::<iam::State>().groups.insert(group);
        Ok(CreateGroupOutput { group: shown })
    }
}

sim::operation! {
    /// Returns a list of IAM users that are in the specified IAM group.
    read GetGroup in "iam" = "POST /";
    input {
        /// The name of the group.
        group_name: String => "GroupName",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output GetGroupOutput {
        /// The group.
        pub group: Group => "Group",
        /// The users in the group.
        pub users: Vec<User> => "Users",
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
        results: &["Users"],
        shown: &["Group"],
    }
}

impl Read for GetGroup {
    type Output = GetGroupOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.group_name, "groupName", 128)?;
        rules::items_max(self.max_items)?;
        check_named(
            world,
            cx,
            "iam:GetGroup",
            &world.get::<iam::State>().groups,
            &self.group_name,
        )?;
        let group = world.get::<iam::State>().groups.get(&self.group_name)?;
        let members = group
            .members
            .iter()
            .filter_map(|key| Some((key, world.get::<iam::State>().users.by_key(key)?)));
        let page = Paging::new(self.marker.as_ref(), self.max_items)
            .take(members, |u| User::of(u, Detail::Listed));
        Ok(GetGroupOutput {
            group: Group::of(group),
            users: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Lists the IAM groups that have the specified path prefix.
    read ListGroups in "iam" = "POST /";
    input {
        /// The path prefix for filtering the results: `/division_abc/`.
        path_prefix: Option<String> => "PathPrefix",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListGroupsOutput {
        /// The groups.
        pub groups: Vec<Group> => "Groups",
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
        results: &["Groups"],
    }
}

impl Read for ListGroups {
    type Output = ListGroupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::listing(self.path_prefix.as_ref(), self.max_items)?;
        let prefix = self.path_prefix.as_deref();
        check_under(world, cx, "iam:ListGroups", Kind::Group, prefix.unwrap_or("/"), "")?;
        let paging = Paging::new(self.marker.as_ref(), self.max_items);
        let page = world.get::<iam::State>().groups.page(&paging, prefix, Group::of);
        Ok(ListGroupsOutput {
            groups: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Lists the IAM groups that the specified IAM user belongs to.
    read ListGroupsForUser in "iam" = "POST /";
    input {
        /// The name of the user to list groups for.
        user_name: String => "UserName",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListGroupsForUserOutput {
        /// The groups.
        pub groups: Vec<Group> => "Groups",
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
        results: &["Groups"],
    }
}

impl Read for ListGroupsForUser {
    type Output = ListGroupsForUserOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.user_name, "userName", 128)?;
        rules::items_max(self.max_items)?;
        check_named(
            world,
            cx,
            "iam:ListGroupsForUser",
            &world.get::<iam::State>().users,
            &self.user_name,
        )?;
        let user = world.get::<iam::State>().users.get(&self.user_name)?;
        let groups = user
            .groups
            .iter()
            .filter_map(|key| Some((key, world.get::<iam::State>().groups.by_key(key)?)));
        let page = Paging::new(self.marker.as_ref(), self.max_items).take(groups, Group::of);
        Ok(ListGroupsForUserOutput {
            groups: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Updates the name and/or the path of the specified IAM group.
    write UpdateGroup in "iam" = "POST /";
    input {
        /// The name of the group to update.
        group_name: String => "GroupName",
        /// The new path for the group.
        new_path: Option<String> => "NewPath",
        /// The new name for the group.
        new_group_name: Option<String> => "NewGroupName",
    }
    output UpdateGroupOutput {}
    errors ["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for UpdateGroup {
    type Output = UpdateGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.group_name, "groupName", 128)?;
        if let Some(name) = &self.new_group_name {
            rules::name(name, "newGroupName", 128)?;
        }
        let path = self.new_path.as_ref().map(|p| rules::path(Some(p))).transpose()?;
        check_named(
            world,
            cx,
            "iam:UpdateGroup",
            &world.get::<iam::State>().groups,
            &self.group_name,
        )?;
        world.get::<iam::State>().groups.get(&self.group_name)?;
        let old = key_of(&self.group_name);
        let name = self.new_group_name.unwrap_or_else(|| self.group_name.clone());
        if key_of(&name) != old {
            world.get::<iam::State>().groups.check_free(&name)?;
        }
        let account = world.config().account.clone();
        let Some(mut group) = world.get_mut::<iam::State>().groups.remove(&self.group_name) else {
            return Err(Kind::Group.missing(&self.group_name));
        };
        group.entity.path = path.unwrap_or(group.entity.path);
        group.entity.arn = arn(&account, Kind::Group, &group.entity.path, &name);
        for member in &group.members {
            if let Some(user) = world.get_mut::<iam::State>().users.by_key_mut(member) {
                user.groups.remove(&old);
                user.groups.insert(key_of(&name));
            }
        }
        group.entity.name = name;
        world.get_mut::<iam::State>().groups.insert(group);
        Ok(UpdateGroupOutput {})
    }
}

sim::operation! {
    /// Deletes the specified IAM group. The group must not contain any users or have any attached
    /// policies.
    write DeleteGroup in "iam" = "POST /";
    input {
        /// The name of the group to delete.
        group_name: String => "GroupName",
    }
    output DeleteGroupOutput {}
    errors ["DeleteConflict", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeleteGroup {
    type Output = DeleteGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.group_name, "groupName", 128)?;
        check_named(
            world,
            cx,
            "iam:DeleteGroup",
            &world.get::<iam::State>().groups,
            &self.group_name,
        )?;
        let group = world.get::<iam::State>().groups.get(&self.group_name)?;
        if !group.members.is_empty() {
            return Err(conflict("Cannot delete entity, must remove users from group first."));
        }
        rules::check_bare(&group.entity)?;
        world.get_mut::<iam::State>().groups.remove(&self.group_name);
        Ok(DeleteGroupOutput {})
    }
}

sim::operation! {
    /// Adds the specified user to the specified group.
    write AddUserToGroup in "iam" = "POST /";
    input {
        /// The name of the group to update.
        group_name: String => "GroupName",
        /// The name of the user to add.
        user_name: String => "UserName",
    }
    output AddUserToGroupOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for AddUserToGroup {
    type Output = AddUserToGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.group_name, "groupName", 128)?;
        rules::name(&self.user_name, "userName", 128)?;
        check_named(
            world,
            cx,
            "iam:AddUserToGroup",
            &world.get::<iam::State>().groups,
            &self.group_name,
        )?;
        world.get::<iam::State>().groups.get(&self.group_name)?;
        let user = world.get_mut::<iam::State>().users.get_mut(&self.user_name)?;
        let group = key_of(&self.group_name);
        if user.groups.len() >= GROUPS_PER_USER && !user.groups.contains(&group) {
            return Err(quota("GroupsPerUser", GROUPS_PER_USER));
        }
        user.groups.insert(group);
        world
            .get_mut::<iam::State>()
            .groups
            .get_mut(&self.group_name)?
            .members
            .insert(key_of(&self.user_name));
        Ok(AddUserToGroupOutput {})
    }
}

sim::operation! {
    /// Removes the specified user from the specified group.
    write RemoveUserFromGroup in "iam" = "POST /";
    input {
        /// The name of the group to update.
        group_name: String => "GroupName",
        /// The name of the user to remove.
        user_name: String => "UserName",
    }
    output RemoveUserFromGroupOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for RemoveUserFromGroup {
    type Output = RemoveUserFromGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.group_name, "groupName", 128)?;
        rules::name(&self.user_name, "userName", 128)?;
        check_named(
            world,
            cx,
            "iam:RemoveUserFromGroup",
            &world.get::<iam::State>().groups,
            &self.group_name,
        )?;
        world.get::<iam::State>().groups.get(&self.group_name)?;
        world
            .get_mut::<iam::State>()
            .users
            .get_mut(&self.user_name)?
            .groups
            .remove(&key_of(&self.group_name));
        world
            .get_mut::<iam::State>()
            .groups
            .get_mut(&self.group_name)?
            .members
            .remove(&key_of(&self.user_name));
        Ok(RemoveUserFromGroupOutput {})
    }
}
