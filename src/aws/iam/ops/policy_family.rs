//! The seven operations on the policies of one kind of identity: put, get, list and delete inline
//! policies; attach, detach and list managed ones. Users, groups and roles differ in nothing but names.

use crate::iam::rules::{self, quota};
use crate::iam::shapes::AttachedPolicy;
use crate::iam::state::{Entity, Kind, Managed, Page, Paging};
use crate::policy::Policy;
use sim::World;
use sim::api::ApiError;

/// The most managed policies an identity can have.
const ATTACHED_MAX: usize = 10;

impl Kind {
    /// The most characters of all inline policies of one identity together, white space aside.
    fn inline_len_max(self) -> usize {
        match self {
            Self::User => 2048,
            Self::Group => 5120,
            _ => 10_240,
        }
    }

    fn missing_inline(self, name: &str) -> ApiError {
        let message = format!("The {} policy with name {name} cannot be found.", self.segment());
        ApiError::new(404, "NoSuchEntity", message)
    }
}

/// Adds or replaces an inline policy.
pub(super) fn put(
    kind: Kind,
    entity: &mut Entity,
    name: String,
    policy: Policy,
) -> Result<(), ApiError> {
    let others: usize = entity
        .inline
        .iter()
        .filter(|(other, _)| **other != name)
        .map(|(_, p)| rules::document_len(&p.text))
        .sum();
    let limit = kind.inline_len_max();
    if others + rules::document_len(&policy.text) > limit {
        let message = format!(
            "Maximum policy size of {limit} bytes exceeded for {} {}",
            kind.segment(),
            entity.name
        );
        return Err(ApiError::new(409, "LimitExceeded", message));
    }
    entity.inline.insert(name, policy);
    Ok(())
}

/// The inline policy of that name.
pub(super) fn get<'e>(kind: Kind, entity: &'e Entity, name: &str) -> Result<&'e Policy, ApiError> {
    entity.inline.get(name).ok_or_else(|| kind.missing_inline(name))
}

/// Takes an inline policy away.
pub(super) fn delete(kind: Kind, entity: &mut Entity, name: &str) -> Result<(), ApiError> {
    entity.inline.remove(name).map(|_| ()).ok_or_else(|| kind.missing_inline(name))
}

/// Attaches a managed policy; attaching it again changes nothing.
pub(super) fn attach(kind: Kind, entity: &mut Entity, arn: String) -> Result<(), ApiError> {
    if entity.attached.len() >= ATTACHED_MAX && !entity.attached.contains(&arn) {
        let name = match kind {
            Kind::User => "PoliciesPerUser",
            Kind::Group => "PoliciesPerGroup",
            _ => "PoliciesPerRole",
        };
        return Err(quota(name, ATTACHED_MAX));
    }
    entity.attached.insert(arn);
    Ok(())
}

/// Detaches a managed policy.
pub(super) fn detach(entity: &mut Entity, arn: &str) -> Result<(), ApiError> {
    if entity.attached.remove(arn) { Ok(()) } else { Err(Kind::Policy.missing(arn)) }
}

/// The managed policy that is to be attached.
///
/// # Errors
/// `NoSuchEntity`, `PolicyNotAttachable`, or what is wrong with the ARN.
pub(super) fn attachable<'a>(world: &'a World, arn: &str) -> Result<&'a Managed, ApiError> {
    rules::policy_arn(arn)?;
    if arn.starts_with("arn:aws:iam::aws:policy/aws-service-role/") {
        let message = "Cannot attach a Service Role Policy to a Customer Role.";
        return Err(ApiError::new(400, "PolicyNotAttachable", message));
    }
    world.get::<crate::iam::State>().managed(arn).ok_or_else(|| {
        let message = format!("Policy {arn} does not exist or is not attachable.");
        ApiError::new(404, "NoSuchEntity", message)
    })
}

/// A page of the managed policies attached to an entity.
pub(super) fn attached_page(
    world: &World,
    entity: &Entity,
    paging: &Paging<'_>,
    prefix: Option<&str>,
) -> Page<AttachedPolicy> {
    let items = entity
        .attached
        .iter()
        .filter_map(|arn| Some((arn, world.get::<crate::iam::State>().managed(arn)?)))
        .filter(|(_, policy)| prefix.is_none_or(|p| policy.entity.path.starts_with(p)));
    paging.take(items, |policy| AttachedPolicy {
        policy_name: policy.entity.name.clone(),
        policy_arn: policy.entity.arn.clone(),
    })
}

/// Defines the family for one kind. `table` is the field of the state.
macro_rules! policy_family {
    (
        $kind:ident in $table:ident, name $name:literal = $member:literal up to $len:literal,
        noun $noun:literal,
        put $put:ident $put_out:ident $put_action:literal,
        get $get:ident $get_out:ident $get_action:literal,
        list $list:ident $list_out:ident $list_action:literal,
        delete $delete:ident $delete_out:ident $delete_action:literal,
        attach $attach:ident $attach_out:ident $attach_action:literal,
        detach $detach:ident $detach_out:ident $detach_action:literal,
        attached $attached:ident $attached_out:ident $attached_action:literal,
        refuses [$($also:literal)*],
    ) => {
        use crate::iam::rules;
        use crate::iam::shapes::{AttachedPolicy, encoded};
        use crate::iam::state::{Kind, Named, Paging};
        use sim::api::{ApiError, Read, Write};
        use sim::{Cx, World};

        use super::policy_family as family;

        sim::operation! {
            /// Adds or updates an inline policy document that is embedded in the identity.
            write $put in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The name of the policy document.
                policy_name: String => "PolicyName",
                /// The policy document, in JSON.
                policy_document: String => "PolicyDocument",
            }
            output $put_out {}
            errors ["LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ValidationError" $(, $also)*]
            access itself
        }

        impl Write for $put {
            type Output = $put_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, $len)?;
                rules::name(&self.policy_name, "policyName", 128)?;
                $crate::iam::rules::check_named(
                    world,
                    cx,
                    $put_action,
                    &world.get::<$crate::iam::State>().$table,
                    &self.owner,
                )?;
                let found = world.get_mut::<$crate::iam::State>().$table.changeable(&self.owner)?;
                let policy =
                    rules::document(&self.policy_document, $crate::policy::Policy::identity)?;
                family::put(Kind::$kind, found.entity_mut(), self.policy_name, policy)?;
                Ok($put_out {})
            }
        }

        sim::operation! {
            /// Retrieves the specified inline policy document that is embedded in the identity.
            read $get in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The name of the policy document to get.
                policy_name: String => "PolicyName",
            }
            output $get_out {
                /// The identity that the policy is embedded in.
                pub owner: String => $name,
                /// The name of the policy.
                pub policy_name: String => "PolicyName",
                /// The policy document, URL-encoded.
                pub policy_document: String => "PolicyDocument",
            }
            errors ["NoSuchEntity", "ValidationError"]
            access itself
        }

        impl Read for $get {
            type Output = $get_out;
            fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, $len)?;
                rules::name(&self.policy_name, "policyName", 128)?;
                $crate::iam::rules::check_named(
                    world,
                    cx,
                    $get_action,
                    &world.get::<$crate::iam::State>().$table,
                    &self.owner,
                )?;
                let found = world.get::<$crate::iam::State>().$table.get(&self.owner)?;
                let policy = family::get(Kind::$kind, found.entity(), &self.policy_name)?;
                Ok($get_out {
                    owner: self.owner,
                    policy_name: self.policy_name,
                    policy_document: encoded(policy),
                })
            }
        }

        sim::operation! {
            /// Lists the names of the inline policies embedded in the identity.
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
                /// The names of the inline policies.
                pub policy_names: Vec<String> => "PolicyNames",
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
                results: &["PolicyNames"],
            }
        }

        impl Read for $list {
            type Output = $list_out;
            fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, $len)?;
                rules::items_max(self.max_items)?;
                $crate::iam::rules::check_named(
                    world,
                    cx,
                    $list_action,
                    &world.get::<$crate::iam::State>().$table,
                    &self.owner,
                )?;
                let found = world.get::<$crate::iam::State>().$table.get(&self.owner)?;
                let names = found.entity().inline.keys().map(|name| (name, name));
                let page = Paging::new(self.marker.as_ref(), self.max_items)
                    .take(names, |name| name.clone());
                Ok($list_out {
                    policy_names: page.items,
                    is_truncated: page.next.is_some(),
                    marker: page.next,
                })
            }
        }

        sim::operation! {
            /// Deletes the specified inline policy that is embedded in the identity.
            write $delete in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The name of the policy document to delete.
                policy_name: String => "PolicyName",
            }
            output $delete_out {}
            errors ["LimitExceeded", "NoSuchEntity", "ValidationError" $(, $also)*]
            access itself
        }

        impl Write for $delete {
            type Output = $delete_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, $len)?;
                rules::name(&self.policy_name, "policyName", 128)?;
                $crate::iam::rules::check_named(
                    world,
                    cx,
                    $delete_action,
                    &world.get::<$crate::iam::State>().$table,
                    &self.owner,
                )?;
                let found = world.get_mut::<$crate::iam::State>().$table.changeable(&self.owner)?;
                family::delete(Kind::$kind, found.entity_mut(), &self.policy_name)?;
                Ok($delete_out {})
            }
        }

        sim::operation! {
            /// Attaches the specified managed policy to the identity.
            write $attach in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The ARN of the policy to attach.
                policy_arn: String => "PolicyArn",
            }
            output $attach_out {}
            errors ["InvalidInput", "LimitExceeded", "NoSuchEntity", "PolicyNotAttachable", "ValidationError" $(, $also)*]
            access itself
        }

        impl Write for $attach {
            type Output = $attach_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, $len)?;
                rules::policy_arn(&self.policy_arn)?;
                let conditions = vec![("iam:PolicyARN", self.policy_arn.clone())];
                let resource = $crate::iam::rules::named_arn(
                    world,
                    &world.get::<$crate::iam::State>().$table,
                    &self.owner,
                );
                $crate::iam::rules::check_access(world, cx, $attach_action, &resource, conditions)?;
                world.get::<$crate::iam::State>().$table.get(&self.owner)?;
                $crate::iam::ops::policy_family::attachable(world, &self.policy_arn)?;
                let found = world.get_mut::<$crate::iam::State>().$table.changeable(&self.owner)?;
                family::attach(Kind::$kind, found.entity_mut(), self.policy_arn)?;
                Ok($attach_out {})
            }
        }

        sim::operation! {
            /// Removes the specified managed policy from the identity.
            write $detach in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The ARN of the policy to detach.
                policy_arn: String => "PolicyArn",
            }
            output $detach_out {}
            errors ["InvalidInput", "LimitExceeded", "NoSuchEntity", "ValidationError" $(, $also)*]
            access itself
        }

        impl Write for $detach {
            type Output = $detach_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, $len)?;
                rules::policy_arn(&self.policy_arn)?;
                let conditions = vec![("iam:PolicyARN", self.policy_arn.clone())];
                let resource = $crate::iam::rules::named_arn(
                    world,
                    &world.get::<$crate::iam::State>().$table,
                    &self.owner,
                );
                $crate::iam::rules::check_access(world, cx, $detach_action, &resource, conditions)?;
                let found = world.get_mut::<$crate::iam::State>().$table.changeable(&self.owner)?;
                family::detach(found.entity_mut(), &self.policy_arn)?;
                Ok($detach_out {})
            }
        }

        sim::operation! {
            /// Lists all managed policies that are attached to the identity.
            read $attached in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The path prefix for filtering the results.
                path_prefix: Option<String> => "PathPrefix",
                /// Where the page begins: the marker of the page before.
                marker: Option<String> => "Marker",
                /// The most items to return, 1 to 1000; 100 when it is not given.
                max_items: Option<i64> => "MaxItems",
            }
            output $attached_out {
                /// The attached policies.
                pub policies: Vec<AttachedPolicy> => "AttachedPolicies",
                /// Whether there are more items to return.
                pub is_truncated: bool => "IsTruncated",
                /// The marker to ask for the next page with.
                pub marker: Option<String> => "Marker",
            }
            errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
            access itself
            pages {
                input: &["Marker"],
                output: &["Marker"],
                more: Some("IsTruncated"),
                limit: Some("MaxItems"),
                results: &["AttachedPolicies"],
            }
        }

        impl Read for $attached {
            type Output = $attached_out;
            fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, $len)?;
                rules::listing(self.path_prefix.as_ref(), self.max_items)?;
                $crate::iam::rules::check_named(
                    world,
                    cx,
                    $attached_action,
                    &world.get::<$crate::iam::State>().$table,
                    &self.owner,
                )?;
                let found = world.get::<$crate::iam::State>().$table.get(&self.owner)?;
                let paging = Paging::new(self.marker.as_ref(), self.max_items);
                let page = $crate::iam::ops::policy_family::attached_page(
                    world,
                    found.entity(),
                    &paging,
                    self.path_prefix.as_deref(),
                );
                Ok($attached_out {
                    policies: page.items,
                    is_truncated: page.next.is_some(),
                    marker: page.next,
                })
            }
        }
    };
}

pub(super) use policy_family;
