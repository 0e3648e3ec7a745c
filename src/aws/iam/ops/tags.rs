//! Tags of users, roles, managed policies, instance profiles and MFA devices.

use crate::iam::State;
use crate::iam::rules::{self, check_access, check_named};
use crate::iam::shapes::{Tag, tag_list};
use crate::iam::state::{Named, Page, Paging, Table};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::mfa::{no_device, serial};
use super::policies::{managed_for, own_policy_for};

/// Tags as the state keeps them.
type Tags = Vec<(String, String)>;

/// A kind of things that have tags, each called by the name that requests use.
trait Tagged {
    /// The quota that is named when there are too many.
    const QUOTA: &'static str;

    /// Whether the name has the right form and the caller may do this.
    fn check(world: &World, cx: &Cx<'_>, action: &str, owner: &str) -> Result<(), ApiError>;

    /// The tags of the one of that name.
    fn tags<'w>(world: &'w World, owner: &str) -> Result<&'w Tags, ApiError>;

    /// The same, to be changed.
    fn tags_mut<'w>(world: &'w mut World, owner: &str) -> Result<&'w mut Tags, ApiError>;
}

/// What stands in a table under its own name.
macro_rules! named {
    ($($owner:ident: $table:ident, $member:literal up to $len:literal, $quota:literal;)*) => {$(
        struct $owner;

        impl Tagged for $owner {
            const QUOTA: &'static str = $quota;

            fn check(
                world: &World,
                cx: &Cx<'_>,
                action: &str,
                owner: &str,
            ) -> Result<(), ApiError> {
                rules::name(owner, $member, $len)?;
                check_named(world, cx, action, &world.get::<State>().$table, owner)
            }

            fn tags<'w>(world: &'w World, owner: &str) -> Result<&'w Tags, ApiError> {
                tags_in(&world.get::<State>().$table, owner)
            }

            fn tags_mut<'w>(world: &'w mut World, owner: &str) -> Result<&'w mut Tags, ApiError> {
                let found = world.get_mut::<State>().$table.get_mut(owner)?;
                Ok(&mut found.entity_mut().tags)
            }
        }
    )*};
}

named! {
    OfUser: users, "userName" up to 128, "TagsPerUser";
    OfRole: roles, "roleName" up to 128, "TagsPerRole";
    OfInstanceProfile: profiles, "instanceProfileName" up to 128, "TagsPerInstanceProfile";
}

fn tags_in<'w, T: Named>(table: &'w Table<T>, owner: &str) -> Result<&'w Tags, ApiError> {
    Ok(&table.get(owner)?.entity().tags)
}

/// Managed policies, by their ARNs. Those of AWS have no tags and get none.
struct OfPolicy;

impl Tagged for OfPolicy {
    const QUOTA: &'static str = "TagsPerPolicy";

    fn check(world: &World, cx: &Cx<'_>, action: &str, owner: &str) -> Result<(), ApiError> {
        if action == "iam:ListPolicyTags" {
            return managed_for(world, cx, action, owner).map(drop);
        }
        own_policy_for(world, cx, action, owner).map(drop)
    }

    fn tags<'w>(world: &'w World, owner: &str) -> Result<&'w Tags, ApiError> {
        let policy = world.get::<State>().managed(owner);
        policy.map(|p| &p.entity.tags).ok_or_else(|| no_policy(owner))
    }

    fn tags_mut<'w>(world: &'w mut World, owner: &str) -> Result<&'w mut Tags, ApiError> {
        let name = owner.rsplit('/').next().unwrap_or_default();
        Ok(&mut world.get_mut::<State>().policies.get_mut(name)?.entity.tags)
    }
}

fn no_policy(arn: &str) -> ApiError {
    crate::iam::state::Kind::Policy.missing(arn)
}

/// MFA devices, by their serial numbers.
struct OfDevice;

impl Tagged for OfDevice {
    const QUOTA: &'static str = "TagsPerMFADevice";

    fn check(world: &World, cx: &Cx<'_>, action: &str, owner: &str) -> Result<(), ApiError> {
        serial(owner)?;
        check_access(world, cx, action, owner, Vec::new())
    }

    fn tags<'w>(world: &'w World, owner: &str) -> Result<&'w Tags, ApiError> {
        let device = world.get::<State>().devices.get(owner);
        device.map(|d| &d.tags).ok_or_else(|| no_device(owner))
    }

    fn tags_mut<'w>(world: &'w mut World, owner: &str) -> Result<&'w mut Tags, ApiError> {
        let device = world.get_mut::<State>().devices.get_mut(owner);
        device.map(|d| &mut d.tags).ok_or_else(|| no_device(owner))
    }
}

fn add<T: Tagged>(
    world: &mut World,
    cx: &Cx<'_>,
    action: &str,
    owner: &str,
    added: &[Tag],
) -> Result<(), ApiError> {
    T::check(world, cx, action, owner)?;
    let all = rules::tags(T::tags(world, owner)?, added, T::QUOTA)?;
    *T::tags_mut(world, owner)? = all;
    Ok(())
}

fn remove<T: Tagged>(
    world: &mut World,
    cx: &Cx<'_>,
    action: &str,
    owner: &str,
    keys: &[String],
) -> Result<(), ApiError> {
    T::check(world, cx, action, owner)?;
    let named = |key: &str| keys.iter().any(|k| k.eq_ignore_ascii_case(key));
    T::tags_mut(world, owner)?.retain(|(key, _)| !named(key));
    Ok(())
}

fn list<T: Tagged>(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    owner: &str,
    (marker, items_max): (Option<&String>, Option<i64>),
) -> Result<Page<Tag>, ApiError> {
    rules::items_max(items_max)?;
    T::check(world, cx, action, owner)?;
    let mut tags = tag_list(T::tags(world, owner)?);
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    let paging = Paging::new(marker, items_max);
    Ok(paging.take(tags.iter().map(|tag| (&tag.key, tag)), Tag::clone))
}

macro_rules! tag_family {
    (
        $owner:ident, member $name:literal, noun $noun:literal,
        tag $tag:ident $tag_out:ident $tag_action:literal,
        untag $untag:ident $untag_out:ident $untag_action:literal,
        list $list:ident $list_out:ident $list_action:literal,
    ) => {
        sim::operation! {
            /// Adds one or more tags. A tag of the same key is replaced.
            write $tag in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The tags to attach.
                tags: Vec<Tag> => required "Tags",
            }
            output $tag_out {}
            errors ["InvalidInput", "LimitExceeded", "NoSuchEntity", "ValidationError"]
            access itself
        }

        impl Write for $tag {
            type Output = $tag_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                add::<$owner>(world, cx, $tag_action, &self.owner, &self.tags)?;
                Ok($tag_out {})
            }
        }

        sim::operation! {
            /// Removes the specified tags.
            write $untag in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The keys of the tags to remove.
                tag_keys: Vec<String> => required "TagKeys",
            }
            output $untag_out {}
            errors ["NoSuchEntity", "ValidationError"]
            access itself
        }

        impl Write for $untag {
            type Output = $untag_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                remove::<$owner>(world, cx, $untag_action, &self.owner, &self.tag_keys)?;
                Ok($untag_out {})
            }
        }

        sim::operation! {
            /// Lists the tags that are attached.
            read $list in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// Where the page begins: the marker of the page before.
                marker: Option<String> => "Marker",
                /// The most items to return, 1 to 1000; 100 when it is not given.
                max_items: Option<i64> => "MaxItems",
            }
            output $list_out {
                /// The tags, sorted by key.
                pub tags: Vec<Tag> => "Tags",
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
                results: &["Tags"],
            }
        }

        impl Read for $list {
            type Output = $list_out;
            fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                let page = (self.marker.as_ref(), self.max_items);
                let page = list::<$owner>(world, cx, $list_action, &self.owner, page)?;
                Ok($list_out {
                    is_truncated: page.next.is_some(),
                    marker: page.next,
                    tags: page.items,
                })
            }
        }
    };
}

tag_family! {
    OfUser, member "UserName", noun "The name of the user.",
    tag TagUser TagUserOutput "iam:TagUser",
    untag UntagUser UntagUserOutput "iam:UntagUser",
    list ListUserTags ListUserTagsOutput "iam:ListUserTags",
}

tag_family! {
    OfRole, member "RoleName", noun "The name of the role.",
    tag TagRole TagRoleOutput "iam:TagRole",
    untag UntagRole UntagRoleOutput "iam:UntagRole",
    list ListRoleTags ListRoleTagsOutput "iam:ListRoleTags",
}

tag_family! {
    OfPolicy, member "PolicyArn", noun "The ARN of the managed policy.",
    tag TagPolicy TagPolicyOutput "iam:TagPolicy",
    untag UntagPolicy UntagPolicyOutput "iam:UntagPolicy",
    list ListPolicyTags ListPolicyTagsOutput "iam:ListPolicyTags",
}

tag_family! {
    OfInstanceProfile, member "InstanceProfileName", noun "The name of the instance profile.",
    tag TagInstanceProfile TagInstanceProfileOutput "iam:TagInstanceProfile",
    untag UntagInstanceProfile UntagInstanceProfileOutput "iam:UntagInstanceProfile",
    list ListInstanceProfileTags ListInstanceProfileTagsOutput "iam:ListInstanceProfileTags",
}

tag_family! {
    OfDevice, member "SerialNumber", noun "The ARN of the MFA device.",
    tag TagMFADevice TagMFADeviceOutput "iam:TagMFADevice",
    untag UntagMFADevice UntagMFADeviceOutput "iam:UntagMFADevice",
    list ListMFADeviceTags ListMFADeviceTagsOutput "iam:ListMFADeviceTags",
}
