//! `TagResource`, `UntagResource`, `ListTagsForResource`.

use std::collections::BTreeMap;

use super::shapes::Tag;
use crate::ecr::State;
use crate::ecr::errors::{invalid, other};
use crate::ecr::permit::open;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// Labels of a repository (user guide, "Tagging a private repository").
const TAGS_MAX: usize = 50;

/// Adds labels; one of a key that is there replaces it.
///
/// # Errors
/// A key or a value cannot be one, or there are too many.
pub(super) fn add(labels: &mut BTreeMap<String, String>, tags: Vec<Tag>) -> Result<(), ApiError> {
    let wrong = |what: String| Err(other("InvalidTagParameterException", what));
    for Tag { key, value } in tags {
        if !(1..=128).contains(&key.chars().count()) {
            return wrong(format!("The tag key '{key}' must have 1 to 128 characters"));
        }
        if value.chars().count() > 256 {
            return wrong(format!("The value of the tag '{key}' has more than 256 characters"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return wrong(format!("The tag key '{key}' begins with the reserved prefix aws:"));
        }
        labels.insert(key, value);
    }
    if labels.len() > TAGS_MAX {
        let why = format!("A repository can have at most {TAGS_MAX} tags");
        return Err(other("TooManyTagsException", why));
    }
    Ok(())
}

/// The account and the name of the repository that an ARN means.
fn named<'a>(cx: &Cx<'_>, arn: &'a str) -> Result<(&'a str, &'a str), ApiError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let found = match parts.as_slice() {
        ["arn", "aws", "ecr", region, account, resource] if *region == cx.region => {
            resource.strip_prefix("repository/").map(|name| (*account, name))
        }
        _ => None,
    };
    found.ok_or_else(|| invalid("resourceArn", "Invalid ARN"))
}

sim::operation! {
    /// Labels a repository.
    write TagResource in "ecr" = "POST /";
    input {
        /// The ARN of the repository.
        resource_arn: String => "resourceArn",
        /// The labels; one of a key that is there replaces it.
        tags: Vec<Tag> => required "tags",
    }
    output TagResourceOutput {}
    errors ["InvalidParameterException", "InvalidTagParameterException", "RepositoryNotFoundException",
        "TooManyTagsException"]
    access itself
}

impl Write for TagResource {
    type Output = TagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (account, name) = named(cx, &self.resource_arn)?;
        let (place, repository) = open(world, cx, "ecr:TagResource", Some(account), name)?;
        let mut labels = repository.tags.clone();
        add(&mut labels, self.tags)?;
        world.get_mut::<State>().repository_mut(&place, name)?.tags = labels;
        Ok(TagResourceOutput {})
    }
}

sim::operation! {
    /// Takes labels from a repository.
    write UntagResource in "ecr" = "POST /";
    input {
        /// The ARN of the repository.
        resource_arn: String => "resourceArn",
        /// The keys of the labels.
        tag_keys: Vec<String> => required "tagKeys",
    }
    output UntagResourceOutput {}
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Write for UntagResource {
    type Output = UntagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (account, name) = named(cx, &self.resource_arn)?;
        let (place, _) = open(world, cx, "ecr:UntagResource", Some(account), name)?;
        let repository = world.get_mut::<State>().repository_mut(&place, name)?;
        repository.tags.retain(|key, _| !self.tag_keys.contains(key));
        Ok(UntagResourceOutput {})
    }
}

sim::operation! {
    /// Lists the labels of a repository.
    read ListTagsForResource in "ecr" = "POST /";
    input {
        /// The ARN of the repository.
        resource_arn: String => "resourceArn",
    }
    output ListTagsForResourceOutput {
        /// The labels.
        pub tags: Vec<Tag> => "tags",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Read for ListTagsForResource {
    type Output = ListTagsForResourceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (account, name) = named(cx, &self.resource_arn)?;
        let (_, repository) = open(world, cx, "ecr:ListTagsForResource", Some(account), name)?;
        let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
        Ok(ListTagsForResourceOutput { tags: repository.tags.iter().map(tag).collect() })
    }
}
