//! Tags of log groups, by ARN and, as once, by name.

use std::collections::BTreeMap;

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::change;
use crate::logs::faults::no_resource;
use crate::logs::names;
use crate::logs::state::State;
use crate::logs::tags;
use crate::place::Place;

sim::operation! {
    /// Labels a log group.
    write TagResource in "logs" = "POST /";
    input {
        /// The ARN of the group.
        resource_arn: String => "resourceArn",
        /// The labels; one of a key that is there replaces it.
        tags: BTreeMap<String, String> => required "tags",
    }
    output TagResourceOutput {}
    errors [
        "InvalidParameterException", "ResourceNotFoundException", "TooManyTagsException",
    ]
    access { "logs:TagResource" on "{resourceArn}" }
}

impl Write for TagResource {
    type Output = TagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = by_arn(world, cx, &self.resource_arn)?;
        add(world, cx, &group, self.tags)?;
        Ok(TagResourceOutput {})
    }
}

sim::operation! {
    /// Takes labels from a log group.
    write UntagResource in "logs" = "POST /";
    input {
        /// The ARN of the group.
        resource_arn: String => "resourceArn",
        /// The keys of the labels.
        tag_keys: Vec<String> => required "tagKeys",
    }
    output UntagResourceOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access { "logs:UntagResource" on "{resourceArn}" }
}

impl Write for UntagResource {
    type Output = UntagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = by_arn(world, cx, &self.resource_arn)?;
        remove(world, cx, &group, &self.tag_keys)?;
        Ok(UntagResourceOutput {})
    }
}

sim::operation! {
    /// Lists the labels of a log group.
    read ListTagsForResource in "logs" = "POST /";
    input {
        /// The ARN of the group.
        resource_arn: String => "resourceArn",
    }
    output ListTagsForResourceOutput {
        /// The labels.
        pub tags: Option<BTreeMap<String, String>> => "tags",
    }
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access { "logs:ListTagsForResource" on "{resourceArn}" }
}

impl Read for ListTagsForResource {
    type Output = ListTagsForResourceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = by_arn(world, cx, &self.resource_arn)?;
        let tags = world.get::<State>().group(&Place::of(cx), &group)?.tags.clone();
        Ok(ListTagsForResourceOutput { tags: Some(tags) })
    }
}

sim::operation! {
    /// Labels a log group. Superseded by `TagResource`.
    write TagLogGroup in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// The labels; one of a key that is there replaces it.
        tags: BTreeMap<String, String> => required "tags",
    }
    output TagLogGroupOutput {}
    errors ["ResourceNotFoundException", "InvalidParameterException"]
    access {
        "logs:TagLogGroup" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Write for TagLogGroup {
    type Output = TagLogGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::group(&self.log_group_name)?;
        add(world, cx, &self.log_group_name, self.tags)?;
        Ok(TagLogGroupOutput {})
    }
}

sim::operation! {
    /// Takes labels from a log group. Superseded by `UntagResource`.
    write UntagLogGroup in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// The keys of the labels.
        tags: Vec<String> => required "tags",
    }
    output UntagLogGroupOutput {}
    errors ["ResourceNotFoundException"]
    access {
        "logs:UntagLogGroup" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Write for UntagLogGroup {
    type Output = UntagLogGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        remove(world, cx, &self.log_group_name, &self.tags)?;
        Ok(UntagLogGroupOutput {})
    }
}

sim::operation! {
    /// Lists the labels of a log group. Superseded by `ListTagsForResource`.
    read ListTagsLogGroup in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
    }
    output ListTagsLogGroupOutput {
        /// The labels.
        pub tags: Option<BTreeMap<String, String>> => "tags",
    }
    errors ["ResourceNotFoundException"]
    access {
        "logs:ListTagsLogGroup" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Read for ListTagsLogGroup {
    type Output = ListTagsLogGroupOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = world.get::<State>().group(&Place::of(cx), &self.log_group_name)?.tags.clone();
        Ok(ListTagsLogGroupOutput { tags: Some(tags) })
    }
}

/// The group of an ARN, which is there.
fn by_arn(world: &World, cx: &Cx<'_>, arn: &str) -> Result<String, ApiError> {
    let place = Place::of(cx);
    let name = tags::group_of(&place, arn)?;
    world.get::<State>().group(&place, name).map_err(|_| no_resource())?;
    Ok(name.to_owned())
}

fn add(
    world: &mut World,
    cx: &Cx<'_>,
    group: &str,
    new: BTreeMap<String, String>,
) -> Result<(), ApiError> {
    change(world, cx, group, |group, _, _| {
        group.tags = tags::added(&group.tags, new)?;
        Ok(())
    })
}

fn remove(world: &mut World, cx: &Cx<'_>, group: &str, keys: &[String]) -> Result<(), ApiError> {
    change(world, cx, group, |group, _, _| {
        group.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
}
