//! Tags of distributions.

use std::collections::BTreeMap;

use crate::faults::invalid;
use crate::shapes::tags::{TagKeys, Tags};
use crate::state::{Distribution, State};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// How many tags a distribution may have.
const TAGS_MAX: usize = 50;

fn invalid_tagging(message: &str) -> ApiError {
    ApiError::new(400, "InvalidTagging", message)
}

/// The tags that come of these and more.
///
/// # Errors
/// A tag may not be given.
pub(crate) fn judged(
    mut tags: BTreeMap<String, String>,
    more: Tags,
) -> Result<BTreeMap<String, String>, ApiError> {
    for tag in more.items {
        let (key, value) = (tag.key, tag.value.unwrap_or_default());
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid_tagging("The tag key or the tag value is too short or too long."));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid_tagging("Tag keys that begin with aws: are reserved."));
        }
        tags.insert(key, value);
    }
    if tags.len() > TAGS_MAX {
        return Err(invalid_tagging("A resource may have 50 tags at most."));
    }
    Ok(tags)
}

/// The id in the ARN of a distribution.
fn id(world: &World, arn: &str) -> Result<String, ApiError> {
    let id = arn.split_once(":distribution/").map(|(_, id)| id);
    let id = id.ok_or_else(|| invalid("The parameter Resource is not a valid ARN."))?;
    let found = world.get::<State>().distributions.get(id).filter(|found| found.arn == arn);
    let missing =
        || ApiError::new(404, "NoSuchResource", "A resource that was specified is not valid.");
    found.map(|_| id.to_owned()).ok_or_else(missing)
}

fn of<'w>(world: &'w World, arn: &str) -> Result<&'w Distribution, ApiError> {
    let id = id(world, arn)?;
    world.get::<State>().distribution(&id)
}

sim::operation! {
    /// Labels a distribution.
    write TagResource in "cloudfront" = "POST /2020-05-31/tagging?Operation=Tag" (204);
    input {
        /// Its ARN.
        resource: String => "Resource" Query("Resource"),
        /// The tags; one of a key that is there replaces it.
        tags: Tags => "Tags" Payload("Tags"),
    }
    output TagResourceOutput {}
    errors ["AccessDenied", "InvalidArgument", "InvalidTagging", "NoSuchResource"]
    access { "cloudfront:TagResource" on "{Resource}" }
}

impl Write for TagResource {
    type Output = TagResourceOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = id(world, &self.resource)?;
        let tags = judged(of(world, &self.resource)?.tags.clone(), self.tags)?;
        world.get_mut::<State>().distribution_mut(&id)?.tags = tags;
        Ok(TagResourceOutput {})
    }
}

sim::operation! {
    /// Takes labels from a distribution.
    write UntagResource in "cloudfront" = "POST /2020-05-31/tagging?Operation=Untag" (204);
    input {
        /// Its ARN.
        resource: String => "Resource" Query("Resource"),
        /// The keys of the tags.
        tag_keys: TagKeys => "TagKeys" Payload("TagKeys"),
    }
    output UntagResourceOutput {}
    errors ["AccessDenied", "InvalidArgument", "InvalidTagging", "NoSuchResource"]
    access { "cloudfront:UntagResource" on "{Resource}" }
}

impl Write for UntagResource {
    type Output = UntagResourceOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = id(world, &self.resource)?;
        let found = world.get_mut::<State>().distribution_mut(&id)?;
        found.tags.retain(|key, _| !self.tag_keys.items.contains(key));
        Ok(UntagResourceOutput {})
    }
}

sim::operation! {
    /// Lists the labels of a distribution.
    read ListTagsForResource in "cloudfront" = "GET /2020-05-31/tagging";
    input {
        /// Its ARN.
        resource: String => "Resource" Query("Resource"),
    }
    output ListTagsForResourceResult {
        /// The tags.
        pub tags: Tags => "Tags" Payload("Tags"),
    }
    errors ["AccessDenied", "InvalidArgument", "InvalidTagging", "NoSuchResource"]
    access { "cloudfront:ListTagsForResource" on "{Resource}" }
}

impl Read for ListTagsForResource {
    type Output = ListTagsForResourceResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        Ok(ListTagsForResourceResult { tags: Tags::from(&of(world, &self.resource)?.tags) })
    }
}
