//! Tags of groups.

use std::collections::BTreeMap;

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::validation;
use crate::groups;
use crate::page::page;
use crate::shapes::group::TagDescription;
use crate::shapes::rest::{Filter, Tag};
use crate::state::{GroupTag, State, group_mut};
use aws::place::Place;

/// Tags of a group.
const TAGS_MAX: usize = 50;
const KEY_LEN_MAX: usize = 128;
const VALUE_LEN_MAX: usize = 256;

fn check(tag: &Tag) -> Result<(), ApiError> {
    let kind = tag.resource_type.as_deref();
    if kind.is_some_and(|kind| kind != "auto-scaling-group") {
        return Err(validation(format!(
            "Unsupported resource type: {}. It must be auto-scaling-group",
            kind.unwrap_or_default()
        )));
    }
    let length = tag.key.chars().count();
    if !(1..=KEY_LEN_MAX).contains(&length) {
        return Err(validation(format!(
            "The key of a tag must have between 1 and {KEY_LEN_MAX} characters"
        )));
    }
    if tag.value.as_ref().is_some_and(|value| value.chars().count() > VALUE_LEN_MAX) {
        return Err(validation(format!(
            "The value of a tag must have at most {VALUE_LEN_MAX} characters"
        )));
    }
    if tag.key.to_ascii_lowercase().starts_with("aws:") {
        return Err(validation("Tag keys starting with 'aws:' are reserved for internal use"));
    }
    Ok(())
}

fn kept(tag: &Tag) -> GroupTag {
    GroupTag {
        value: tag.value.clone().unwrap_or_default(),
        at_launch: tag.propagate_at_launch == Some(true),
    }
}

/// The tags of a new group.
///
/// # Errors
/// One cannot be, or there are too many.
pub(super) fn tags_of(given: &[Tag], group: &str) -> Result<BTreeMap<String, GroupTag>, ApiError> {
    let mut tags = BTreeMap::new();
    for tag in given {
        check(tag)?;
        if tag.resource_id.as_ref().is_some_and(|id| id != group) {
            return Err(validation(
                "The ResourceId of a tag must be the name of the group that is created",
            ));
        }
        if tags.insert(tag.key.clone(), kept(tag)).is_some() {
            return Err(validation(format!("Duplicate tag keys: {}", tag.key)));
        }
    }
    if tags.len() > TAGS_MAX {
        return Err(validation(format!("A group can have at most {TAGS_MAX} tags")));
    }
    Ok(tags)
}

/// The group that a tag is on.
fn owner(tag: &Tag) -> Result<&str, ApiError> {
    tag.resource_id.as_deref().ok_or_else(|| validation("The ResourceId of a tag must be given"))
}

sim::operation! {
    /// Creates or updates tags for the specified Auto Scaling groups.
    write CreateOrUpdateTags in "autoscaling" = "";
    input {
        /// One or more tags.
        tags: Vec<Tag> => required "Tags",
    }
    output CreateOrUpdateTagsOutput {}
    errors ["AlreadyExists", "LimitExceeded", "ResourceContention", "ResourceInUse"]
    access {
        "autoscaling:CreateOrUpdateTags" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{Tags.ResourceId}",
    }
}

impl Write for CreateOrUpdateTags {
    type Output = CreateOrUpdateTagsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut all = Vec::new();
        for tag in &self.tags {
            check(tag)?;
            all.push((super::whose(world, cx, owner(tag)?)?, tag));
        }
        for (whose, tag) in &all {
            let group = crate::state::group(world, whose);
            let new = all.iter().filter(|(other, _)| other == whose).count();
            if group.is_some_and(|group| {
                !group.tags.contains_key(&tag.key) && group.tags.len() + new > TAGS_MAX
            }) {
                return Err(crate::faults::limit(format!(
                    "A group can have at most {TAGS_MAX} tags"
                )));
            }
        }
        for (whose, tag) in all {
            if let Some(group) = group_mut(world, &whose) {
                group.tags.insert(tag.key.clone(), kept(tag));
            }
        }
        Ok(CreateOrUpdateTagsOutput {})
    }
}

sim::operation! {
    /// Deletes the specified tags.
    write DeleteTags in "autoscaling" = "";
    input {
        /// One or more tags.
        tags: Vec<Tag> => required "Tags",
    }
    output DeleteTagsOutput {}
    errors ["ResourceContention", "ResourceInUse"]
    access {
        "autoscaling:DeleteTags" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{Tags.ResourceId}",
    }
}

impl Write for DeleteTags {
    type Output = DeleteTagsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut all = Vec::new();
        for tag in &self.tags {
            all.push((super::whose(world, cx, owner(tag)?)?, tag));
        }
        for (whose, tag) in all {
            if let Some(group) = group_mut(world, &whose) {
                // A value that is given must be the tag's.
                let fits = |known: &GroupTag| tag.value.as_ref().is_none_or(|v| *v == known.value);
                if group.tags.get(&tag.key).is_some_and(fits) {
                    group.tags.remove(&tag.key);
                }
            }
        }
        Ok(DeleteTagsOutput {})
    }
}

sim::operation! {
    /// Describes the specified tags.
    read DescribeTags in "autoscaling" = "";
    input {
        /// One or more filters: `auto-scaling-group`, `key`, `value` and `propagate-at-launch`.
        filters: Vec<Filter> => "Filters",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
    }
    output DescribeTagsOutput {
        /// One or more tags.
        pub tags: Vec<TagDescription> => "Tags",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeTags" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["Tags"],
    }
}

fn fits(tag: &TagDescription, filter: &Filter) -> Result<bool, ApiError> {
    let at_launch = tag.propagate_at_launch.to_string();
    let has = match filter.name.as_deref().unwrap_or_default() {
        "auto-scaling-group" => &tag.resource_id,
        "key" => &tag.key,
        "value" => &tag.value,
        "propagate-at-launch" => &at_launch,
        name => return Err(validation(format!("Filter type {name} is not correct"))),
    };
    Ok(filter.values.contains(has))
}

impl Read for DescribeTags {
    type Output = DescribeTagsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let all = region.into_iter().flat_map(|region| region.groups.values());
        let mut found = Vec::new();
        for tag in all.flat_map(groups::tags) {
            let mut fit = true;
            for filter in &self.filters {
                fit &= fits(&tag, filter)?;
            }
            if fit {
                found.push((format!("{}:{}", tag.resource_id, tag.key), tag));
            }
        }
        let (tags, next_token) = page(found, self.next_token.as_deref(), self.max_records)?;
        Ok(DescribeTagsOutput { tags, next_token })
    }
}
