//! Tags of clusters, container instances, services, tasks and task definitions.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::{invalid, no_cluster};
use crate::names;
use crate::shapes::common::Tag;
pub(crate) use crate::state::Tags;
use crate::state::{State, shown};
use aws::place::Place;

/// Tags of a resource at most.
const TAGS_MAX: usize = 50;

/// Tags with more of them.
///
/// # Errors
/// One of them is none, or there are too many.
pub(crate) fn joined(before: &Tags, more: Vec<Tag>) -> Result<Tags, ApiError> {
    let mut tags = before.clone();
    for tag in more {
        let (key, value) = (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
        let wrong = if key.is_empty() || key.chars().count() > 128 {
            Some("Tag keys must be between 1 and 128 characters.")
        } else if value.chars().count() > 256 {
            Some("Tag values must be at most 256 characters.")
        } else if key.to_ascii_lowercase().starts_with("aws:") {
            Some("Tag keys beginning with aws: are reserved for internal use.")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            return Err(invalid(wrong));
        }
        tags.insert(key, value);
    }
    if tags.len() > TAGS_MAX {
        return Err(invalid(format!("The maximum number of tags per resource is {TAGS_MAX}.")));
    }
    Ok(tags)
}

/// What an ARN leads to.
enum Thing {
    Cluster(String),
    Instance(String, String),
    Service(String, String),
    Task(String, String),
    Definition(String, i64),
}

fn thing(arn: &str) -> Result<Thing, ApiError> {
    let wrong = || {
        invalid(format!(
            "Invalid identifier: Identifier is for {arn}, which is not a resource of ECS"
        ))
    };
    let resource =
        arn.splitn(6, ':').nth(5).filter(|_| arn.starts_with("arn:")).ok_or_else(wrong)?;
    let mut parts = resource.split('/');
    let part = |part: Option<&str>| part.map(str::to_owned).ok_or_else(wrong);
    match parts.next().unwrap_or_default() {
        "cluster" => part(parts.next()).map(Thing::Cluster),
        "container-instance" => Ok(Thing::Instance(part(parts.next())?, part(parts.next())?)),
        "service" => Ok(Thing::Service(part(parts.next())?, part(parts.next())?)),
        "task" => Ok(Thing::Task(part(parts.next())?, part(parts.next())?)),
        "task-definition" => {
            let (family, revision) = names::definition(parts.next().unwrap_or_default())?;
            Ok(Thing::Definition(family, revision.ok_or_else(wrong)?))
        }
        _ => Err(wrong()),
    }
}

/// The tags of a resource.
fn of<'s>(state: &'s mut State, place: &Place, arn: &str) -> Result<&'s mut Tags, ApiError> {
    let none = || invalid("The specified resource was not found.");
    let thing = thing(arn)?;
    if let Thing::Definition(family, revision) = &thing {
        let families = state.places.get_mut(place).map(|region| &mut region.families);
        let family = families.and_then(|families| families.get_mut(family));
        let found = family.and_then(|family| family.revisions.get_mut(revision));
        return found.map(|found| &mut found.tags).ok_or_else(none);
    }
    let (Thing::Cluster(cluster)
    | Thing::Instance(cluster, _)
    | Thing::Service(cluster, _)
    | Thing::Task(cluster, _)) = &thing
    else {
        return Err(none());
    };
    let unit = state.find_mut(place, cluster).filter(|unit| unit.is_active());
    let unit = unit.ok_or_else(no_cluster)?;
    let found = match &thing {
        Thing::Instance(_, id) => unit.instances.get_mut(id).map(|own| &mut own.tags),
        Thing::Service(_, name) => unit.services.get_mut(name).map(|own| &mut own.tags),
        Thing::Task(_, id) => unit.tasks.get_mut(id).map(|own| &mut own.tags),
        _ => Some(&mut unit.tags),
    };
    found.ok_or_else(none)
}

/// The tags of a resource, to be read.
fn look(state: &State, place: &Place, arn: &str) -> Result<Tags, ApiError> {
    let none = || invalid("The specified resource was not found.");
    let unit = |cluster: &str| state.unit(place, cluster);
    Ok(match thing(arn)? {
        Thing::Cluster(cluster) => unit(&cluster)?.tags.clone(),
        Thing::Instance(cluster, id) => {
            unit(&cluster)?.instances.get(&id).ok_or_else(none)?.tags.clone()
        }
        Thing::Service(cluster, name) => {
            unit(&cluster)?.services.get(&name).ok_or_else(none)?.tags.clone()
        }
        Thing::Task(cluster, id) => unit(&cluster)?.tasks.get(&id).ok_or_else(none)?.tags.clone(),
        Thing::Definition(family, revision) => {
            state.revision(place, &family, revision).ok_or_else(none)?.tags.clone()
        }
    })
}

sim::operation! {
    /// Gives tags to a resource.
    write TagResource in "ecs" = "POST /";
    input {
        /// The ARN of the resource.
        arn: String => "resourceArn",
        /// The tags.
        tags: Vec<Tag> => required "tags",
    }
    output TagResourceOutput {}
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "ResourceNotFoundException"]
    access { "ecs:TagResource" on "{resourceArn}" keys { "aws:TagKeys": "tags.key" } }
}

impl Write for TagResource {
    type Output = TagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let before = look(world.get::<State>(), &place, &self.arn)?;
        let tags = joined(&before, self.tags)?;
        *of(world.get_mut::<State>(), &place, &self.arn)? = tags;
        Ok(TagResourceOutput {})
    }
}

sim::operation! {
    /// Takes tags from a resource.
    write UntagResource in "ecs" = "POST /";
    input {
        /// The ARN of the resource.
        arn: String => "resourceArn",
        /// The keys of the tags.
        keys: Vec<String> => required "tagKeys",
    }
    output UntagResourceOutput {}
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "ResourceNotFoundException"]
    access { "ecs:UntagResource" on "{resourceArn}" keys { "aws:TagKeys": "tagKeys" } }
}

impl Write for UntagResource {
    type Output = UntagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        look(world.get::<State>(), &place, &self.arn)?;
        let tags = of(world.get_mut::<State>(), &place, &self.arn)?;
        tags.retain(|key, _| !self.keys.contains(key));
        Ok(UntagResourceOutput {})
    }
}

sim::operation! {
    /// Lists the tags of a resource.
    read ListTagsForResource in "ecs" = "POST /";
    input {
        /// The ARN of the resource.
        arn: String => "resourceArn",
    }
    output ListTagsForResourceOutput {
        /// The tags.
        pub tags: Vec<Tag> => "tags",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:ListTagsForResource" on "{resourceArn}" }
}

impl Read for ListTagsForResource {
    type Output = ListTagsForResourceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = look(world.get::<State>(), &Place::of(cx), &self.arn)?;
        Ok(ListTagsForResourceOutput { tags: shown(&tags) })
    }
}
