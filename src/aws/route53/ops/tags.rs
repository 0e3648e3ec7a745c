//! Tags of hosted zones.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::ids;
use crate::shapes::tags::{ResourceTagSet, TagGiven, TagResourceType};
use crate::state::State;

/// Tags that a request may name, and that a thing may have.
const GIVEN_MAX: usize = 10;
const TAGS_MAX: usize = 50;
/// Characters of a key, and of a value.
const KEY_MAX: usize = 128;
const VALUE_MAX: usize = 256;
/// Things that a request may ask for.
const RESOURCES_MAX: usize = 10;

/// There are no health checks that could have tags.
fn zones_only(kind: TagResourceType, id: &str) -> Result<(), ApiError> {
    match kind {
        TagResourceType::Hostedzone => Ok(()),
        TagResourceType::Healthcheck => {
            let message = format!("No health check exists with the specified ID: {id}");
            Err(ApiError::new(404, "NoSuchHealthCheck", message))
        }
    }
}

sim::operation! {
    /// Labels a hosted zone, and takes labels away.
    write ChangeTagsForResource in "route53" = "POST /2013-04-01/tags/{ResourceType}/{ResourceId}";
    input {
        /// What it is.
        resource_type: TagResourceType => "ResourceType" Uri,
        /// Its id.
        resource_id: String => "ResourceId" Uri,
        /// Tags to put on; one of a key that is there replaces it.
        add: Vec<TagGiven> => "AddTags" XmlList("AddTags", "Tag"),
        /// Keys of tags to take away.
        remove: Vec<String> => "RemoveTagKeys" XmlList("RemoveTagKeys", "Key"),
    }
    output ChangeTagsForResourceResponse {}
    errors ["InvalidInput", "NoSuchHealthCheck", "NoSuchHostedZone"]
    access { "route53:ChangeTagsForResource" on "arn:aws:route53:::{ResourceType}/{ResourceId}" }
}

impl Write for ChangeTagsForResource {
    type Output = ChangeTagsForResourceResponse;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.resource_id);
        zones_only(self.resource_type, id)?;
        let mut tags = world.get::<State>().zone(id)?.tags.clone();
        if self.add.is_empty() && self.remove.is_empty() {
            return Err(invalid("Tags to add or keys of tags to remove are needed."));
        }
        if self.add.len() > GIVEN_MAX || self.remove.len() > GIVEN_MAX {
            return Err(invalid(format!("A request may name {GIVEN_MAX} tags at most.")));
        }
        tags.retain(|key, _| !self.remove.contains(key));
        for tag in self.add {
            let (key, value) = (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
            let length = key.chars().count();
            if length == 0 || length > KEY_MAX || value.chars().count() > VALUE_MAX {
                return Err(invalid("The key or the value of a tag is too short or too long."));
            }
            if key.to_ascii_lowercase().starts_with("aws:") {
                return Err(invalid("Keys of tags that begin with aws: are reserved."));
            }
            tags.insert(key, value);
        }
        if tags.len() > TAGS_MAX {
            return Err(invalid(format!("A hosted zone may have {TAGS_MAX} tags at most.")));
        }
        world.get_mut::<State>().zone_mut(id)?.tags = tags;
        Ok(ChangeTagsForResourceResponse {})
    }
}

sim::operation! {
    /// Lists the labels of a hosted zone.
    read ListTagsForResource in "route53" = "GET /2013-04-01/tags/{ResourceType}/{ResourceId}";
    input {
        /// What it is.
        resource_type: TagResourceType => "ResourceType" Uri,
        /// Its id.
        resource_id: String => "ResourceId" Uri,
    }
    output ListTagsForResourceResponse {
        /// The tags.
        pub set: Option<ResourceTagSet> => "ResourceTagSet",
    }
    errors ["InvalidInput", "NoSuchHealthCheck", "NoSuchHostedZone"]
    access { "route53:ListTagsForResource" on "arn:aws:route53:::{ResourceType}/{ResourceId}" }
}

impl Read for ListTagsForResource {
    type Output = ListTagsForResourceResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.resource_id);
        zones_only(self.resource_type, id)?;
        let set = ResourceTagSet::of(id, &world.get::<State>().zone(id)?.tags);
        Ok(ListTagsForResourceResponse { set: Some(set) })
    }
}

sim::operation! {
    /// Lists the labels of several hosted zones.
    read ListTagsForResources in "route53" = "POST /2013-04-01/tags/{ResourceType}";
    input {
        /// What they are.
        resource_type: TagResourceType => "ResourceType" Uri,
        /// Their ids.
        resource_ids: Vec<String> => required "ResourceIds" XmlList("ResourceIds", "ResourceId"),
    }
    output ListTagsForResourcesResponse {
        /// The tags of each.
        pub sets: Vec<ResourceTagSet> => "ResourceTagSets" XmlList("ResourceTagSets", "ResourceTagSet"),
    }
    errors ["InvalidInput", "NoSuchHealthCheck", "NoSuchHostedZone"]
    access { "route53:ListTagsForResources" on "*" }
}

impl Read for ListTagsForResources {
    type Output = ListTagsForResourcesResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.resource_ids.is_empty() || self.resource_ids.len() > RESOURCES_MAX {
            return Err(invalid(format!("1 to {RESOURCES_MAX} ids are needed.")));
        }
        let mut sets = Vec::new();
        for id in &self.resource_ids {
            let id = ids::bare(id);
            zones_only(self.resource_type, id)?;
            sets.push(ResourceTagSet::of(id, &world.get::<State>().zone(id)?.tags));
        }
        Ok(ListTagsForResourcesResponse { sets })
    }
}
