//! Tags of alarms.

use std::collections::BTreeMap;

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::cloudwatch::alarm::{Alarm, arn};
use crate::cloudwatch::faults::{invalid, no_resource};
use crate::cloudwatch::state::State;
use crate::place::Place;

/// Tags of a resource.
const TAGS_MAX: usize = 50;

sim::structure! {
    /// A label.
    pub struct Tag {
        /// Its key.
        pub key: String => "Key",
        /// Its value.
        pub value: String => "Value",
    }
}

/// Tags by key.
///
/// # Errors
/// A key or a value cannot be one, or there are too many.
pub(super) fn check(tags: &[Tag]) -> Result<BTreeMap<String, String>, ApiError> {
    for tag in tags {
        if !(1..=128).contains(&tag.key.chars().count()) || tag.value.chars().count() > 256 {
            return Err(invalid(format!("The tag {} is too long or empty.", tag.key)));
        }
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid(format!("The tag key {} is reserved.", tag.key)));
        }
    }
    room(tags.len())?;
    Ok(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect())
}

fn room(count: usize) -> Result<(), ApiError> {
    if count <= TAGS_MAX {
        return Ok(());
    }
    Err(invalid("A resource can have no more than 50 tags."))
}

/// The name of the alarm that an ARN names.
fn name<'a>(cx: &Cx<'_>, resource: &'a str) -> Result<&'a str, ApiError> {
    resource.strip_prefix(&arn(&Place::of(cx), "")).ok_or_else(|| no_resource(resource))
}

/// The alarm that an ARN names, to be changed. It has been seen that it is there.
fn tagged<'w>(
    world: &'w mut World,
    cx: &Cx<'_>,
    resource: &str,
) -> Result<&'w mut Alarm, ApiError> {
    let (name, place) = (name(cx, resource)?, Place::of(cx));
    let is_there =
        world.get::<State>().region(&place).is_some_and(|region| region.alarms.contains_key(name));
    if !is_there {
        return Err(no_resource(resource));
    }
    let region = world.get_mut::<State>().region_mut(&place);
    region.alarms.get_mut(name).ok_or_else(|| no_resource(resource))
}

sim::operation! {
    /// Labels an alarm.
    write TagResource in "cloudwatch" = "POST /";
    input {
        /// The ARN of the alarm.
        resource_arn: String => "ResourceARN",
        /// The labels; one of a key that is there replaces it.
        tags: Vec<Tag> => required "Tags",
    }
    output TagResourceOutput {}
    errors ["InvalidParameterValue", "ResourceNotFoundException"]
    access { "cloudwatch:TagResource" on "{ResourceARN}" }
}

impl Write for TagResource {
    type Output = TagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = check(&self.tags)?;
        let alarm = tagged(world, cx, &self.resource_arn)?;
        let mut all = alarm.tags.clone();
        all.extend(tags);
        room(all.len())?;
        alarm.tags = all;
        Ok(TagResourceOutput {})
    }
}

sim::operation! {
    /// Takes labels from an alarm.
    write UntagResource in "cloudwatch" = "POST /";
    input {
        /// The ARN of the alarm.
        resource_arn: String => "ResourceARN",
        /// The keys of the labels.
        tag_keys: Vec<String> => required "TagKeys",
    }
    output UntagResourceOutput {}
    errors ["InvalidParameterValue", "ResourceNotFoundException"]
    access { "cloudwatch:UntagResource" on "{ResourceARN}" }
}

impl Write for UntagResource {
    type Output = UntagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let alarm = tagged(world, cx, &self.resource_arn)?;
        alarm.tags.retain(|key, _| !self.tag_keys.contains(key));
        Ok(UntagResourceOutput {})
    }
}

sim::operation! {
    /// Lists the labels of an alarm.
    read ListTagsForResource in "cloudwatch" = "POST /";
    input {
        /// The ARN of the alarm.
        resource_arn: String => "ResourceARN",
    }
    output ListTagsForResourceOutput {
        /// The labels.
        pub tags: Vec<Tag> => "Tags",
    }
    errors ["InvalidParameterValue", "ResourceNotFoundException"]
    access { "cloudwatch:ListTagsForResource" on "{ResourceARN}" }
}

impl Read for ListTagsForResource {
    type Output = ListTagsForResourceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = name(cx, &self.resource_arn)?;
        let region = world.get::<State>().region(&Place::of(cx));
        let alarm = region.and_then(|region| region.alarms.get(name));
        let alarm = alarm.ok_or_else(|| no_resource(&self.resource_arn))?;
        let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
        Ok(ListTagsForResourceOutput { tags: alarm.tags.iter().map(tag).collect() })
    }
}
