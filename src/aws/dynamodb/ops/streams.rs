//! The service DynamoDB Streams.

use crate::dynamodb::place::Place;
use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, OpDef, Read};
use sim::{Cx, World};

use super::shapes::{KeySchemaElement, key_schema};
use crate::dynamodb::State;
use crate::dynamodb::error::validation;
use crate::dynamodb::stream::{
    IteratorStart, Origin, Record as RecordOf, RecordKind, ShardDescription, StreamSummary,
};
use crate::dynamodb::table::spec::StreamView;
use crate::dynamodb::value::{AttributeValue, Item};

/// The operations.
pub static ALL: &[&OpDef] =
    &[&DescribeStream::DEF, &GetRecords::DEF, &GetShardIterator::DEF, &ListStreams::DEF];

sim::structure! {
    /// A stream in a list.
    pub struct Stream {
        /// The ARN of the stream.
        pub stream_arn: String => "StreamArn",
        /// The table.
        pub table_name: String => "TableName",
        /// When it was turned on; tells streams of one table apart.
        pub stream_label: String => "StreamLabel",
    }
}

impl From<StreamSummary> for Stream {
    fn from(stream: StreamSummary) -> Self {
        Self { stream_arn: stream.arn, table_name: stream.table, stream_label: stream.label }
    }
}

fn page_limit(limit: Option<i64>) -> Option<usize> {
    limit.map(|limit| usize::try_from(limit).unwrap_or(0))
}

sim::operation! {
    /// Lists the streams, of all tables or of one.
    read ListStreams in "dynamodbstreams" = "POST /";
    input {
        /// The table, if not all.
        table_name: Option<String> => "TableName",
        /// How many streams a page has, up to 100.
        limit: Option<i64> => "Limit",
        /// The last stream of the page before.
        exclusive_start_stream_arn: Option<String> => "ExclusiveStartStreamArn",
    }
    output ListStreamsOutput {
        /// The streams.
        pub streams: Vec<Stream> => "Streams",
        /// The last of them, if there are more.
        pub last_evaluated_stream_arn: Option<String> => "LastEvaluatedStreamArn",
    }
    errors ["ResourceNotFoundException"]
    access {
        "dynamodb:ListStreams" on "*",
    }
}

impl Read for ListStreams {
    type Output = ListStreamsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (streams, last) = world.get::<State>().list_streams(
            &Place::of(cx),
            self.table_name.as_deref(),
            self.exclusive_start_stream_arn.as_deref(),
            page_limit(self.limit),
        )?;
        Ok(ListStreamsOutput {
            streams: streams.into_iter().map(Stream::from).collect(),
            last_evaluated_stream_arn: last,
        })
    }
}

sim::string_enum! {
    /// Whether a stream takes records.
    pub enum StreamStatus {
        Enabling = "ENABLING",
        Enabled = "ENABLED",
        Disabling = "DISABLING",
        Disabled = "DISABLED",
    }
}

sim::string_enum! {
    /// Which shards are shown.
    pub enum ShardFilterType {
        ChildShards = "CHILD_SHARDS",
    }
}

sim::argument! {
    /// Which shards are shown.
    pub struct ShardFilter {
        /// `CHILD_SHARDS`.
        pub(crate) kind: Option<ShardFilterType> => "Type",
        /// The shard that they come from.
        pub(crate) shard_id: Option<String> => "ShardId",
    }
}

sim::structure! {
    /// The numbers of a shard's records.
    pub struct SequenceNumberRange {
        /// The first.
        pub starting_sequence_number: String => "StartingSequenceNumber",
        /// The last, of a shard that takes no more.
        pub ending_sequence_number: Option<String> => "EndingSequenceNumber",
    }
}

sim::structure! {
    /// A part of a stream.
    pub struct Shard {
        /// The id of the shard.
        pub shard_id: String => "ShardId",
        /// The numbers of its records.
        pub sequence_number_range: SequenceNumberRange => "SequenceNumberRange",
        /// The shard whose records come before.
        pub parent_shard_id: Option<String> => "ParentShardId",
    }
}

impl From<ShardDescription> for Shard {
    fn from(shard: ShardDescription) -> Self {
        Self {
            shard_id: shard.id,
            sequence_number_range: SequenceNumberRange {
                starting_sequence_number: shard.starting_sequence_number,
                ending_sequence_number: shard.ending_sequence_number,
            },
            parent_shard_id: shard.parent,
        }
    }
}

sim::structure! {
    /// A stream.
    pub struct StreamDescription {
        /// The ARN of the stream.
        pub stream_arn: String => "StreamArn",
        /// When it was turned on; tells streams of one table apart.
        pub stream_label: String => "StreamLabel",
        /// Whether it takes records.
        pub stream_status: StreamStatus => "StreamStatus",
        /// What its records show.
        pub stream_view_type: Option<StreamView> => "StreamViewType",
        /// When it was asked for.
        pub creation_request_date_time: Time => "CreationRequestDateTime",
        /// The table.
        pub table_name: String => "TableName",
        /// The table's primary key.
        pub key_schema: Vec<KeySchemaElement> => "KeySchema",
        /// Its shards.
        pub shards: Vec<Shard> => "Shards",
        /// The last of them, if there are more.
        pub last_evaluated_shard_id: Option<String> => "LastEvaluatedShardId",
    }
}

sim::operation! {
    /// Says what a stream is and which shards it has.
    read DescribeStream in "dynamodbstreams" = "POST /";
    input {
        /// The ARN of the stream.
        stream_arn: String => "StreamArn",
        /// How many shards a page has, up to 100.
        limit: Option<i64> => "Limit",
        /// The last shard of the page before.
        exclusive_start_shard_id: Option<String> => "ExclusiveStartShardId",
        /// Which shards are shown, if not all.
        shard_filter: Option<ShardFilter> => "ShardFilter",
    }
    output DescribeStreamOutput {
        /// The stream.
        pub stream_description: StreamDescription => "StreamDescription",
    }
    errors ["ResourceNotFoundException"]
    access {
        "dynamodb:DescribeStream" on "{StreamArn}",
    }
}

impl Read for DescribeStream {
    type Output = DescribeStreamOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let child_of = match self.shard_filter {
            Some(ShardFilter { kind: Some(_), shard_id: Some(shard) }) => Some(shard),
            Some(_) => {
                return Err(validation(
                    "Invalid ShardFilter: both Type and ShardId must be specified",
                ));
            }
            None => None,
        };
        let stream = world.get::<State>().describe_stream(
            &Place::of(cx),
            cx.at,
            &self.stream_arn,
            self.exclusive_start_shard_id.as_deref(),
            child_of.as_deref(),
            page_limit(self.limit),
        )?;
        Ok(DescribeStreamOutput {
            stream_description: StreamDescription {
                key_schema: key_schema(&stream.key),
                stream_arn: stream.summary.arn,
                stream_label: stream.summary.label,
                stream_status: match stream.status {
                    "ENABLING" => StreamStatus::Enabling,
                    "ENABLED" => StreamStatus::Enabled,
                    "DISABLING" => StreamStatus::Disabling,
                    _ => StreamStatus::Disabled,
                },
                stream_view_type: Some(stream.view),
                creation_request_date_time: stream.created,
                table_name: stream.summary.table,
                shards: stream.shards.into_iter().map(Shard::from).collect(),
                last_evaluated_shard_id: stream.last_evaluated_shard,
            },
        })
    }
}

sim::string_enum! {
    /// Where reading begins.
    pub enum ShardIteratorType {
        TrimHorizon = "TRIM_HORIZON",
        Latest = "LATEST",
        AtSequenceNumber = "AT_SEQUENCE_NUMBER",
        AfterSequenceNumber = "AFTER_SEQUENCE_NUMBER",
        AtTimestamp = "AT_TIMESTAMP",
    }
}

sim::operation! {
    /// Gives what the records of a shard are read with; it is good for 15 minutes.
    read GetShardIterator in "dynamodbstreams" = "POST /";
    input {
        /// The ARN of the stream.
        stream_arn: String => "StreamArn",
        /// The shard.
        shard_id: String => "ShardId",
        /// Where reading begins.
        shard_iterator_type: ShardIteratorType => "ShardIteratorType",
        /// The number at or after which reading begins.
        sequence_number: Option<String> => "SequenceNumber",
        /// The moment from which on reading begins.
        timestamp: Option<Time> => "Timestamp",
    }
    output GetShardIteratorOutput {
        /// What the records are read with.
        pub shard_iterator: String => "ShardIterator",
    }
    errors ["ResourceNotFoundException", "TrimmedDataAccessException"]
    access {
        "dynamodb:GetShardIterator" on "{StreamArn}",
    }
}

impl Read for GetShardIterator {
    type Output = GetShardIteratorOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let missing = |what: &str| {
            let kind = self.shard_iterator_type.as_str();
            validation(format!("Invalid ShardIteratorType: {kind} needs a {what}"))
        };
        let number = || self.sequence_number.clone().ok_or_else(|| missing("SequenceNumber"));
        let start = match self.shard_iterator_type {
            ShardIteratorType::TrimHorizon => IteratorStart::TrimHorizon,
            ShardIteratorType::Latest => IteratorStart::Latest,
            ShardIteratorType::AtSequenceNumber => IteratorStart::At(number()?),
            ShardIteratorType::AfterSequenceNumber => IteratorStart::After(number()?),
            ShardIteratorType::AtTimestamp => {
                IteratorStart::AtTimestamp(self.timestamp.ok_or_else(|| missing("Timestamp"))?)
            }
        };
        let (state, stream, shard) = (world.get::<State>(), &self.stream_arn, &self.shard_id);
        let shard_iterator =
            state.get_shard_iterator(&Place::of(cx), cx.at, stream, shard, &start)?;
        Ok(GetShardIteratorOutput { shard_iterator })
    }
}

sim::string_enum! {
    /// What became of an item.
    pub enum OperationType {
        Insert = "INSERT",
        Modify = "MODIFY",
        Remove = "REMOVE",
    }
}

sim::structure! {
    /// A change of an item.
    pub struct StreamRecord {
        /// When it happened, to the second.
        pub approximate_creation_date_time: Time => "ApproximateCreationDateTime",
        /// The primary key of the item.
        pub keys: BTreeMap<String, AttributeValue> => "Keys",
        /// The item as it became.
        pub new_image: Option<BTreeMap<String, AttributeValue>> => "NewImage",
        /// The item as it was.
        pub old_image: Option<BTreeMap<String, AttributeValue>> => "OldImage",
        /// The number of the record.
        pub sequence_number: String => "SequenceNumber",
        /// The size of the record.
        pub size_bytes: u64 => "SizeBytes",
        /// What the stream's records show.
        pub stream_view_type: Option<StreamView> => "StreamViewType",
    }
}

sim::structure! {
    /// Who changed an item, if it was the service.
    pub struct Identity {
        /// `dynamodb.amazonaws.com`
        pub principal_id: String => "PrincipalId",
        /// `Service`
        pub kind: String => "Type",
    }
}

sim::structure! {
    /// A record of a stream.
    pub struct Record {
        /// The id of the record, unique among all.
        pub event_id: String => "eventID",
        /// What became of the item.
        pub event_name: OperationType => "eventName",
        /// The version of the record's form.
        pub event_version: String => "eventVersion",
        /// `aws:dynamodb`
        pub event_source: String => "eventSource",
        /// The region.
        pub aws_region: String => "awsRegion",
        /// The change.
        pub dynamodb: StreamRecord => "dynamodb",
        /// Who did it, if it was the service.
        pub user_identity: Option<Identity> => "userIdentity",
    }
}

impl Record {
    fn of(record: &RecordOf, stream: &str, view: StreamView, region: &str) -> Self {
        let image = |item: &Option<std::sync::Arc<Item>>| item.as_deref().cloned();
        let by_service = record.by == Origin::TimeToLive;
        Self {
            event_id: record.event_id(stream),
            event_name: match record.kind {
                RecordKind::Insert => OperationType::Insert,
                RecordKind::Modify => OperationType::Modify,
                RecordKind::Remove => OperationType::Remove,
            },
            event_version: "1.1".to_owned(),
            event_source: "aws:dynamodb".to_owned(),
            aws_region: region.to_owned(),
            dynamodb: StreamRecord {
                approximate_creation_date_time: Time(record.at.secs() * 1000),
                keys: record.keys.clone(),
                new_image: image(&record.new),
                old_image: image(&record.old),
                sequence_number: record.sequence_number(),
                size_bytes: record.bytes,
                stream_view_type: Some(view),
            },
            user_identity: by_service.then(|| Identity {
                principal_id: "dynamodb.amazonaws.com".to_owned(),
                kind: "Service".to_owned(),
            }),
        }
    }
}

sim::operation! {
    /// Reads records of a shard.
    read GetRecords in "dynamodbstreams" = "POST /";
    input {
        /// What the records are read with.
        shard_iterator: String => "ShardIterator",
        /// How many records, up to 1000.
        limit: Option<i64> => "Limit",
    }
    output GetRecordsOutput {
        /// The records, in the order of the changes.
        pub records: Vec<Record> => "Records",
        /// What the records behind these are read with; nothing behind a shard's end.
        pub next_shard_iterator: Option<String> => "NextShardIterator",
    }
    errors [
        "ResourceNotFoundException",
        "LimitExceededException",
        "ExpiredIteratorException",
        "TrimmedDataAccessException",
    ]
    access itself
}

impl Read for GetRecords {
    type Output = GetRecordsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        // An iterator begins with the ARN of its stream.
        let arn = self.shard_iterator.split('|').next().unwrap_or_default();
        crate::ask(world, cx, crate::dynamodb::PROTOCOL, "dynamodb:GetRecords", arn, Vec::new())?;
        let limit = page_limit(self.limit);
        let page =
            world.get::<State>().get_records(&Place::of(cx), cx.at, &self.shard_iterator, limit)?;
        let record = |record: &&RecordOf| Record::of(record, page.stream_arn, page.view, cx.region);
        Ok(GetRecordsOutput {
            records: page.records.iter().map(record).collect(),
            next_shard_iterator: page.next,
        })
    }
}
