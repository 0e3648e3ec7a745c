//! Instance profiles, which hand a role to a virtual machine.

use crate::iam;
use crate::iam::rules::check_named;
use crate::iam::rules::check_under;
use crate::iam::rules::{self, conflict, quota};
use crate::iam::shapes::{InstanceProfile, Tag};
use crate::iam::state::{self, Entity, Kind, Named as _, Paging, key_of};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a new instance profile.
    write CreateInstanceProfile in "iam" = "POST /";
    input {
        /// The name of the instance profile to create.
        name: String => "InstanceProfileName",
        /// The path to the instance profile; `/` when it is not given.
        path: Option<String> => "Path",
        /// Tags to attach to the new instance profile.
        tags: Vec<Tag> => "Tags",
    }
    output CreateInstanceProfileOutput {
        /// The new instance profile.
        pub profile: InstanceProfile => "InstanceProfile",
    }
    errors ["EntityAlreadyExists", "InvalidInput", "LimitExceeded", "ValidationError"]
    access itself
}

impl Write for CreateInstanceProfile {
    type Output = CreateInstanceProfileOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.name, "instanceProfileName", 128)?;
        let path = rules::path(self.path.as_ref())?;
        let tags = rules::tags(&[], &self.tags, "TagsPerInstanceProfile")?;
        let kind = Kind::InstanceProfile;
        check_under(world, cx, "iam:CreateInstanceProfile", kind, &path, &self.name)?;
        world.get::<iam::State>().profiles.check_free(&self.name)?;
        let account = world.config().account.clone();
        let mut entity =
            Entity::new(kind, &account, &path, &self.name, cx.at, world.rng::<iam::State>());
        entity.tags = tags;
        let profile = state::InstanceProfile { entity, role: None };
        let shown = InstanceProfile::of(&profile, world.get::<iam::State>());
        world.get_mut::<iam::State>().profiles.insert(profile);
        Ok(CreateInstanceProfileOutput { profile: shown })
    }
}

sim::operation! {
    /// Retrieves information about the specified instance profile, including its role.
    read GetInstanceProfile in "iam" = "POST /";
    input {
        /// The name of the instance profile.
        name: String => "InstanceProfileName",
    }
    output GetInstanceProfileOutput {
        /// The instance profile.
        pub profile: InstanceProfile => "InstanceProfile",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
    waiters [
        waiter("InstanceProfileExists", 1, 40, &[success(Status(200)), retry(Status(404))]),
    ]
}

impl Read for GetInstanceProfile {
    type Output = GetInstanceProfileOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.name, "instanceProfileName", 128)?;
        check_named(
            world,
            cx,
            "iam:GetInstanceProfile",
            &world.get::<iam::State>().profiles,
            &self.name,
        )?;
        let found = world.get::<iam::State>().profiles.get(&self.name)?;
        let profile = InstanceProfile::of(found, world.get::<iam::State>());
        Ok(GetInstanceProfileOutput { profile })
    }
}

sim::operation! {
    /// Lists the instance profiles that have the specified path prefix.
    read ListInstanceProfiles in "iam" = "POST /";
    input {
        /// The path prefix for filtering the results: `/application_abc/`.
        path_prefix: Option<String> => "PathPrefix",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListInstanceProfilesOutput {
        /// The instance profiles.
        pub profiles: Vec<InstanceProfile> => "InstanceProfiles",
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
        results: &["InstanceProfiles"],
    }
}

impl Read for ListInstanceProfiles {
    type Output = ListInstanceProfilesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::listing(self.path_prefix.as_ref(), self.max_items)?;
        let prefix = self.path_prefix.as_deref();
        let kind = Kind::InstanceProfile;
        check_under(world, cx, "iam:ListInstanceProfiles", kind, prefix.unwrap_or("/"), "")?;
        let paging = Paging::new(self.marker.as_ref(), self.max_items);
        let show = |p: &state::InstanceProfile| InstanceProfile::of(p, world.get::<iam::State>());
        let page = world.get::<iam::State>().profiles.page(&paging, prefix, show);
        Ok(ListInstanceProfilesOutput {
            profiles: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Lists the instance profiles that have the specified associated IAM role.
    read ListInstanceProfilesForRole in "iam" = "POST /";
    input {
        /// The name of the role to list instance profiles for.
        role_name: String => "RoleName",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListInstanceProfilesForRoleOutput {
        /// The instance profiles.
        pub profiles: Vec<InstanceProfile> => "InstanceProfiles",
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
        results: &["InstanceProfiles"],
    }
}

impl Read for ListInstanceProfilesForRole {
    type Output = ListInstanceProfilesForRoleOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", 64)?;
        rules::items_max(self.max_items)?;
        let roles = &world.get::<iam::State>().roles;
        check_named(world, cx, "iam:ListInstanceProfilesForRole", roles, &self.role_name)?;
        roles.get(&self.role_name)?;
        let key = key_of(&self.role_name);
        let having =
            world.get::<iam::State>().profiles.iter().filter(|p| p.role.as_ref() == Some(&key));
        let page = Paging::new(self.marker.as_ref(), self.max_items)
            .take(having.map(|p| (&p.entity.name, p)), |p| {
                InstanceProfile::of(p, world.get::<iam::State>())
            });
        Ok(ListInstanceProfilesForRoleOutput {
            profiles: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Deletes the specified instance profile. It must have no role.
    write DeleteInstanceProfile in "iam" = "POST /";
    input {
        /// The name of the instance profile to delete.
        name: String => "InstanceProfileName",
    }
    output DeleteInstanceProfileOutput {}
    errors ["DeleteConflict", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeleteInstanceProfile {
    type Output = DeleteInstanceProfileOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.name, "instanceProfileName", 128)?;
        check_named(
            world,
            cx,
            "iam:DeleteInstanceProfile",
            &world.get::<iam::State>().profiles,
            &self.name,
        )?;
        if world.get::<iam::State>().profiles.get(&self.name)?.role.is_some() {
            return Err(conflict(
                "Cannot delete entity, must remove roles from instance profile first.",
            ));
        }
        world.get_mut::<iam::State>().profiles.remove(&self.name);
        Ok(DeleteInstanceProfileOutput {})
    }
}

sim::operation! {
    /// Adds the specified IAM role to the specified instance profile, which can hold one role. The
    /// caller must be allowed to pass the role (`iam:PassRole`).
    write AddRoleToInstanceProfile in "iam" = "POST /";
    input {
        /// The name of the instance profile to update.
        name: String => "InstanceProfileName",
        /// The name of the role to add.
        role_name: String => "RoleName",
    }
    output AddRoleToInstanceProfileOutput {}
    errors ["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "UnmodifiableEntity", "ValidationError"]
    access itself
}

impl Write for AddRoleToInstanceProfile {
    type Output = AddRoleToInstanceProfileOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.name, "instanceProfileName", 128)?;
        rules::name(&self.role_name, "roleName", 64)?;
        check_named(
            world,
            cx,
            "iam:AddRoleToInstanceProfile",
            &world.get::<iam::State>().profiles,
            &self.name,
        )?;
        world.get::<iam::State>().profiles.get(&self.name)?;
        world.get::<iam::State>().roles.get(&self.role_name)?.check_changeable()?;
        check_named(world, cx, "iam:PassRole", &world.get::<iam::State>().roles, &self.role_name)?;
        let profile = world.get_mut::<iam::State>().profiles.get_mut(&self.name)?;
        if profile.role.is_some() {
            return Err(quota("InstanceSessionsPerInstanceProfile", 1));
        }
        profile.role = Some(key_of(&self.role_name));
        Ok(AddRoleToInstanceProfileOutput {})
    }
}

sim::operation! {
    /// Removes the specified IAM role from the specified instance profile.
    write RemoveRoleFromInstanceProfile in "iam" = "POST /";
    input {
        /// The name of the instance profile to update.
        name: String => "InstanceProfileName",
        /// The name of the role to remove.
        role_name: String => "RoleName",
    }
    output RemoveRoleFromInstanceProfileOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for RemoveRoleFromInstanceProfile {
    type Output = RemoveRoleFromInstanceProfileOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.name, "instanceProfileName", 128)?;
        rules::name(&self.role_name, "roleName", 64)?;
        let profiles = &world.get::<iam::State>().profiles;
        check_named(world, cx, "iam:RemoveRoleFromInstanceProfile", profiles, &self.name)?;
        let profile = world.get_mut::<iam::State>().profiles.get_mut(&self.name)?;
        if profile.role.as_ref() != Some(&key_of(&self.role_name)) {
            return Err(Kind::Role.missing(&self.role_name));
        }
        profile.role = None;
        Ok(RemoveRoleFromInstanceProfileOutput {})
    }
}
