//! Time to live and tags of tables.

use crate::dynamodb::place::Place;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::change;
use super::shapes::Tag;
use crate::dynamodb::State;
use crate::dynamodb::ttl::TtlStatus;

sim::structure! {
    /// Whether items expire by themselves, and by which attribute.
    pub struct TimeToLiveSpecification {
        /// Whether they do.
        pub enabled: bool => "Enabled",
        /// The attribute that holds the second since 1970 at which an item expires.
        pub attribute_name: String => "AttributeName",
    }
}

sim::structure! {
    /// Whether items expire by themselves, and by which attribute.
    pub struct TimeToLiveDescription {
        /// Whether it is on, or being turned on or off.
        pub time_to_live_status: TtlStatus => "TimeToLiveStatus",
        /// The attribute that holds the second since 1970 at which an item expires.
        pub attribute_name: Option<String> => "AttributeName",
    }
}

sim::operation! {
    /// Turns time to live of a table on or off.
    write UpdateTimeToLive in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// What it becomes.
        time_to_live_specification: TimeToLiveSpecification => "TimeToLiveSpecification",
    }
    output UpdateTimeToLiveOutput {
        /// What it becomes.
        pub time_to_live_specification: TimeToLiveSpecification => "TimeToLiveSpecification",
    }
    errors ["ResourceInUseException", "ResourceNotFoundException", "LimitExceededException"]
    access {
        "dynamodb:UpdateTimeToLive" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
    takes time
}

impl Write for UpdateTimeToLive {
    type Output = UpdateTimeToLiveOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let spec = self.time_to_live_specification;
        change(world, cx, |state, cx| {
            state.update_time_to_live(cx, &self.table_name, spec.enabled, &spec.attribute_name)
        })?;
        Ok(UpdateTimeToLiveOutput { time_to_live_specification: spec })
    }
}

sim::operation! {
    /// Says whether time to live of a table is on.
    read DescribeTimeToLive in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
    }
    output DescribeTimeToLiveOutput {
        /// Whether it is on.
        pub time_to_live_description: TimeToLiveDescription => "TimeToLiveDescription",
    }
    errors ["ResourceNotFoundException"]
    access {
        "dynamodb:DescribeTimeToLive" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
}

impl Read for DescribeTimeToLive {
    type Output = DescribeTimeToLiveOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let (status, attribute) = state.describe_time_to_live(&Place::of(cx), &self.table_name)?;
        Ok(DescribeTimeToLiveOutput {
            time_to_live_description: TimeToLiveDescription {
                time_to_live_status: status,
                attribute_name: attribute.map(str::to_owned),
            },
        })
    }
}

sim::operation! {
    /// Labels a table.
    write TagResource in "dynamodb" = "POST /";
    input {
        /// The ARN of the table.
        resource_arn: String => "ResourceArn",
        /// The labels; one of a key that is there replaces it.
        tags: Vec<Tag> => required "Tags",
    }
    output TagResourceOutput {}
    errors ["LimitExceededException", "ResourceNotFoundException", "ResourceInUseException"]
    access {
        "dynamodb:TagResource" on "{ResourceArn}",
    }
}

impl Write for TagResource {
    type Output = TagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags: Vec<_> = self.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
        let place = Place::of(cx);
        change(world, cx, |state, _| state.tag(&place, &self.resource_arn, &tags))?;
        Ok(TagResourceOutput {})
    }
}

sim::operation! {
    /// Takes labels from a table.
    write UntagResource in "dynamodb" = "POST /";
    input {
        /// The ARN of the table.
        resource_arn: String => "ResourceArn",
        /// The keys of the labels.
        tag_keys: Vec<String> => required "TagKeys",
    }
    output UntagResourceOutput {}
    errors ["LimitExceededException", "ResourceNotFoundException", "ResourceInUseException"]
    access {
        "dynamodb:UntagResource" on "{ResourceArn}",
    }
}

impl Write for UntagResource {
    type Output = UntagResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        change(world, cx, |state, _| state.untag(&place, &self.resource_arn, &self.tag_keys))?;
        Ok(UntagResourceOutput {})
    }
}

sim::operation! {
    /// Lists the labels of a table.
    read ListTagsOfResource in "dynamodb" = "POST /";
    input {
        /// The ARN of the table.
        resource_arn: String => "ResourceArn",
        /// Where the last page ended.
        next_token: Option<String> => "NextToken",
    }
    output ListTagsOfResourceOutput {
        /// The labels.
        pub tags: Vec<Tag> => "Tags",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["ResourceNotFoundException"]
    access {
        "dynamodb:ListTagsOfResource" on "{ResourceArn}",
    }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        results: &["Tags"],
    }
}

impl Read for ListTagsOfResource {
    type Output = ListTagsOfResourceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let after = self.next_token.as_deref();
        let (tags, next_token) =
            world.get::<State>().tags(&Place::of(cx), &self.resource_arn, after)?;
        let tags = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
        Ok(ListTagsOfResourceOutput { tags, next_token })
    }
}
