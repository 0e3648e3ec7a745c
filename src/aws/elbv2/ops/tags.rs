//! Tags of load balancers, target groups, listeners and rules.

use std::collections::BTreeMap;

use crate::faults::{invalid, no_balancer, no_group, no_listener, no_rule, other};
use crate::shapes::tag::{Tag, TagDescription};
use crate::state::{Region, State};
use aws::place::Place;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// How many a resource may have (User Guide, "Tag restrictions").
const TAGS_MAX: usize = 50;

/// Tags as a request gives them, checked.
///
/// # Errors
/// A key comes twice, has a wrong form, or there are too many.
pub(super) fn read(given: Vec<Tag>) -> Result<BTreeMap<String, String>, ApiError> {
    let mut tags = BTreeMap::new();
    for tag in given {
        let value = tag.value.unwrap_or_default();
        if tag.key.is_empty() || tag.key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid(format!("The tag '{}' is not valid", tag.key)));
        }
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("The tag key cannot begin with 'aws:'"));
        }
        if tags.insert(tag.key.clone(), value).is_some() {
            let message = format!("Tag keys must be unique: '{}' was given twice", tag.key);
            return Err(other("DuplicateTagKeys", message));
        }
    }
    if tags.len() > TAGS_MAX {
        return Err(too_many());
    }
    Ok(tags)
}

fn too_many() -> ApiError {
    other("TooManyTags", format!("A resource can have at most {TAGS_MAX} tags"))
}

/// Whether there is something of this ARN.
fn check(region: &Region, arn: &str) -> Result<(), ApiError> {
    let path = arn.rsplit(':').next().unwrap_or_default();
    match path.split('/').next().unwrap_or_default() {
        "loadbalancer" => region.balancer(arn).map(drop).map_err(|_| no_balancer(arn)),
        "targetgroup" => region.group(arn).map(drop).map_err(|_| no_group(arn)),
        "listener" => region.listener(arn).map(drop).map_err(|_| no_listener()),
        "listener-rule" if region.is_default_rule(arn) => Ok(()),
        "listener-rule" => region.rule(arn).map(drop).map_err(|_| no_rule()),
        _ => Err(invalid(format!("'{arn}' is not a valid resource ARN"))),
    }
}

sim::operation! {
    /// Adds the specified tags to the specified resource.
    write AddTags in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the resource.
        resource_arns: Vec<String> => required "ResourceArns",
        /// The tags.
        tags: Vec<Tag> => required "Tags",
    }
    output AddTagsOutput {}
    errors [
        "DuplicateTagKeys", "TooManyTags", "LoadBalancerNotFound", "TargetGroupNotFound",
        "ListenerNotFound", "RuleNotFound",
    ]
    access { "elasticloadbalancing:AddTags" on "{ResourceArns}" }
}

impl Write for AddTags {
    type Output = AddTagsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let new = read(self.tags)?;
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        for arn in &self.resource_arns {
            check(region, arn)?;
            let old = region.tags_of(arn).filter(|(key, _)| !new.contains_key(*key)).count();
            if old + new.len() > TAGS_MAX {
                return Err(too_many());
            }
        }
        let region = world.get_mut::<State>().region_mut(&place);
        for arn in self.resource_arns {
            region.tags.entry(arn).or_default().extend(new.clone());
        }
        Ok(AddTagsOutput {})
    }
}

sim::operation! {
    /// Removes the specified tags from the specified resources.
    write RemoveTags in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the resource.
        resource_arns: Vec<String> => required "ResourceArns",
        /// The tag keys for the tags to remove.
        tag_keys: Vec<String> => required "TagKeys",
    }
    output RemoveTagsOutput {}
    errors ["LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound"]
    access { "elasticloadbalancing:RemoveTags" on "{ResourceArns}" }
}

impl Write for RemoveTags {
    type Output = RemoveTagsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        self.resource_arns.iter().try_for_each(|arn| check(region, arn))?;
        let region = world.get_mut::<State>().region_mut(&place);
        for arn in &self.resource_arns {
            if let Some(tags) = region.tags.get_mut(arn) {
                tags.retain(|key, _| !self.tag_keys.contains(key));
            }
        }
        Ok(RemoveTagsOutput {})
    }
}

sim::operation! {
    /// Describes the tags for the specified resources.
    read DescribeTags in "elbv2" = "";
    input {
        /// The Amazon Resource Names (ARN) of the resources.
        resource_arns: Vec<String> => required "ResourceArns",
    }
    output DescribeTagsOutput {
        /// Information about the tags.
        pub tag_descriptions: Vec<TagDescription> => "TagDescriptions",
    }
    errors ["LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound"]
    access { "elasticloadbalancing:DescribeTags" on "*" }
}

impl Read for DescribeTags {
    type Output = DescribeTagsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let mut tag_descriptions = Vec::new();
        for arn in self.resource_arns {
            check(region, &arn)?;
            let tag = |(key, value): (&String, &String)| Tag {
                key: key.clone(),
                value: Some(value.clone()),
            };
            let tags = region.tags_of(&arn).map(tag).collect();
            tag_descriptions.push(TagDescription { resource_arn: arn, tags });
        }
        Ok(DescribeTagsOutput { tag_descriptions })
    }
}
