//! Tags of users and roles.

use crate::iam::rules;
use crate::iam::rules::check_named;
use crate::iam::shapes::{Tag, tag_list};
use crate::iam::state::Paging;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

macro_rules! tag_family {
    (
        $table:ident, name $name:literal = $member:literal, noun $noun:literal, quota $quota:literal,
        tag $tag:ident $tag_out:ident $tag_action:literal,
        untag $untag:ident $untag_out:ident $untag_action:literal,
        list $list:ident $list_out:ident $list_action:literal,
    ) => {
        sim::operation! {
            /// Adds one or more tags to the identity. A tag of the same key is replaced.
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
                rules::name(&self.owner, $member, 128)?;
                check_named(
                    world,
                    cx,
                    $tag_action,
                    &world.get::<crate::iam::State>().$table,
                    &self.owner,
                )?;
                let entity =
                    &mut world.get_mut::<crate::iam::State>().$table.get_mut(&self.owner)?.entity;
                entity.tags = rules::tags(&entity.tags, &self.tags, $quota)?;
                Ok($tag_out {})
            }
        }

        sim::operation! {
            /// Removes the specified tags from the identity.
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
                rules::name(&self.owner, $member, 128)?;
                check_named(
                    world,
                    cx,
                    $untag_action,
                    &world.get::<crate::iam::State>().$table,
                    &self.owner,
                )?;
                let entity =
                    &mut world.get_mut::<crate::iam::State>().$table.get_mut(&self.owner)?.entity;
                let named = |key: &str| self.tag_keys.iter().any(|k| k.eq_ignore_ascii_case(key));
                entity.tags.retain(|(key, _)| !named(key));
                Ok($untag_out {})
            }
        }

        sim::operation! {
            /// Lists the tags that are attached to the identity.
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
                rules::name(&self.owner, $member, 128)?;
                rules::items_max(self.max_items)?;
                check_named(
                    world,
                    cx,
                    $list_action,
                    &world.get::<crate::iam::State>().$table,
                    &self.owner,
                )?;
                let mut tags =
                    tag_list(&world.get::<crate::iam::State>().$table.get(&self.owner)?.entity);
                tags.sort_by(|a, b| a.key.cmp(&b.key));
                let page = Paging::new(self.marker.as_ref(), self.max_items)
                    .take(tags.iter().map(|tag| (&tag.key, tag)), Tag::clone);
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
    users, name "UserName" = "userName", noun "The name of the user.", quota "TagsPerUser",
    tag TagUser TagUserOutput "iam:TagUser",
    untag UntagUser UntagUserOutput "iam:UntagUser",
    list ListUserTags ListUserTagsOutput "iam:ListUserTags",
}

tag_family! {
    roles, name "RoleName" = "roleName", noun "The name of the role.", quota "TagsPerRole",
    tag TagRole TagRoleOutput "iam:TagRole",
    untag UntagRole UntagRoleOutput "iam:UntagRole",
    list ListRoleTags ListRoleTagsOutput "iam:ListRoleTags",
}
