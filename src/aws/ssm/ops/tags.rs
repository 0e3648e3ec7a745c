//! Tags of parameters.

use std::collections::BTreeMap;

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::allowed;
use crate::constraint::Faults;
use crate::place::Place;
use crate::ssm::faults::{INVALID, refuse};
use crate::ssm::parameter::Parameter;
use crate::ssm::state::State;

/// Tags of a resource.
const TAGS_MAX: usize = 50;
const PATTERN: &str = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$";

sim::structure! {
    /// A label.
    pub struct Tag {
        /// Its key.
        pub key: String => "Key",
        /// Its value.
        pub value: String => "Value",
    }
}

sim::string_enum! {
    /// What is tagged.
    pub enum ResourceType {
        Parameter = "Parameter",
        Document = "Document",
        ManagedInstance = "ManagedInstance",
        MaintenanceWindow = "MaintenanceWindow",
        PatchBaseline = "PatchBaseline",
        OpsItem = "OpsItem",
        OpsMetadata = "OpsMetadata",
        Automation = "Automation",
        Association = "Association",
    }
}

/// Tags by key.
///
/// # Errors
/// A key or a value cannot be one, or there are too many.
pub(super) fn check(tags: &[Tag]) -> Result<BTreeMap<String, String>, ApiError> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let mut faults = Faults::default();
    for (i, tag) in tags.iter().enumerate() {
        let path = |member: &str| format!("tags.{}.member.{member}", i + 1);
        faults.length(&path("key"), &tag.key, 1, 128);
        faults.pattern(&path("key"), &tag.key, PATTERN, allowed);
        faults.length(&path("value"), &tag.value, 0, 256);
        faults.pattern(&path("value"), &tag.value, PATTERN, allowed);
    }
    faults.check(INVALID)?;
    if tags.iter().any(|tag| tag.key.to_ascii_lowercase().starts_with("aws:")) {
        let message = "Tag keys that begin with 'aws:' are reserved.";
        return Err(ApiError::new(400, INVALID, message));
    }
    room(tags.len())?;
    Ok(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect())
}

fn room(count: usize) -> Result<(), ApiError> {
    if count <= TAGS_MAX {
        return Ok(());
    }
    Err(refuse("TooManyTagsError", "The number of tags exceeds the limit of 50 for a resource."))
}

fn no_resource() -> ApiError {
    refuse(
        "InvalidResourceId",
        "The resource ID isn't valid. Verify that you entered the correct ID and \
                                 try again.",
    )
}

/// The name of the parameter that a request tags, which is there.
fn tagged(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    kind: ResourceType,
    id: &str,
) -> Result<String, ApiError> {
    // Of everything else there is none.
    if kind != ResourceType::Parameter {
        return Err(no_resource());
    }
    let name = allowed(world, cx, action, id)?.name;
    world.get::<State>().parameter(&Place::of(cx), &name).map_err(|_| no_resource())?;
    Ok(name)
}

fn change(
    world: &mut World,
    cx: &Cx<'_>,
    name: &str,
    what: impl FnOnce(&mut Parameter) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    what(world.get_mut::<State>().parameter_mut(&Place::of(cx), name)?)
}

sim::operation! {
    /// Labels a parameter.
    write AddTagsToResource in "ssm" = "POST /";
    input {
        /// `Parameter`.
        resource_type: ResourceType => "ResourceType",
        /// The name of the parameter.
        resource_id: String => "ResourceId",
        /// The labels; one of a key that is there replaces it.
        tags: Vec<Tag> => required "Tags",
    }
    output AddTagsToResourceOutput {}
    errors ["InvalidResourceType", "InvalidResourceId", "TooManyTagsError"]
    access itself
}

impl Write for AddTagsToResource {
    type Output = AddTagsToResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let action = "ssm:AddTagsToResource";
        let name = tagged(world, cx, action, self.resource_type, &self.resource_id)?;
        let tags = check(&self.tags)?;
        change(world, cx, &name, |parameter| {
            let mut all = parameter.tags.clone();
            all.extend(tags);
            room(all.len())?;
            parameter.tags = all;
            Ok(())
        })?;
        Ok(AddTagsToResourceOutput {})
    }
}

sim::operation! {
    /// Takes labels from a parameter.
    write RemoveTagsFromResource in "ssm" = "POST /";
    input {
        /// `Parameter`.
        resource_type: ResourceType => "ResourceType",
        /// The name of the parameter.
        resource_id: String => "ResourceId",
        /// The keys of the labels.
        tag_keys: Vec<String> => required "TagKeys",
    }
    output RemoveTagsFromResourceOutput {}
    errors ["InvalidResourceType", "InvalidResourceId"]
    access itself
}

impl Write for RemoveTagsFromResource {
    type Output = RemoveTagsFromResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let action = "ssm:RemoveTagsFromResource";
        let name = tagged(world, cx, action, self.resource_type, &self.resource_id)?;
        change(world, cx, &name, |parameter| {
            parameter.tags.retain(|key, _| !self.tag_keys.contains(key));
            Ok(())
        })?;
        Ok(RemoveTagsFromResourceOutput {})
    }
}

sim::operation! {
    /// Lists the labels of a parameter.
    read ListTagsForResource in "ssm" = "POST /";
    input {
        /// `Parameter`.
        resource_type: ResourceType => "ResourceType",
        /// The name of the parameter.
        resource_id: String => "ResourceId",
    }
    output ListTagsForResourceOutput {
        /// The labels.
        pub tag_list: Vec<Tag> => "TagList",
    }
    errors ["InvalidResourceType", "InvalidResourceId"]
    access itself
}

impl Read for ListTagsForResource {
    type Output = ListTagsForResourceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let action = "ssm:ListTagsForResource";
        let name = tagged(world, cx, action, self.resource_type, &self.resource_id)?;
        let tags = &world.get::<State>().parameter(&Place::of(cx), &name)?.tags;
        let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
        Ok(ListTagsForResourceOutput { tag_list: tags.iter().map(tag).collect() })
    }
}
