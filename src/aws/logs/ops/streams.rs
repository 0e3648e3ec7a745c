//! Log streams: made, listed and deleted.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::{allowed, change};
use crate::logs::faults::{exists, invalid, no_stream};
use crate::logs::group::Stream;
use crate::logs::names::{self, stream_arn};
use crate::logs::state::State;
use crate::logs::{put, read};
use crate::place::Place;

/// Streams of a page.
const PAGE_MAX: i64 = 50;

sim::string_enum! {
    /// By what streams are sorted.
    pub enum OrderBy {
        LogStreamName = "LogStreamName",
        LastEventTime = "LastEventTime",
    }
}

sim::structure! {
    /// A log stream. Times are milliseconds since 1970.
    pub struct LogStream {
        /// Its name.
        pub log_stream_name: String => "logStreamName",
        /// When it was made.
        pub creation_time: i64 => "creationTime",
        /// The time of its first event.
        pub first_event_timestamp: Option<i64> => "firstEventTimestamp",
        /// The time of its last event.
        pub last_event_timestamp: Option<i64> => "lastEventTimestamp",
        /// When the last event came in.
        pub last_ingestion_time: Option<i64> => "lastIngestionTime",
        /// A token that uploads once had to bring.
        pub upload_sequence_token: String => "uploadSequenceToken",
        /// Its ARN.
        pub arn: String => "arn",
        /// Always 0; a group says what it stores.
        pub stored_bytes: i64 => "storedBytes",
    }
}

sim::operation! {
    /// Makes a log stream in a log group.
    write CreateLogStream in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// The name: 1 to 512 characters without `:` and `*`.
        log_stream_name: String => "logStreamName",
    }
    output CreateLogStreamOutput {}
    errors [
        "InvalidParameterException", "ResourceAlreadyExistsException", "ResourceNotFoundException",
    ]
    access {
        "logs:CreateLogStream" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{logStreamName}",
    }
}

impl Write for CreateLogStream {
    type Output = CreateLogStreamOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::inside(&self.log_group_name, "logStreamName", &self.log_stream_name)?;
        change(world, cx, &self.log_group_name, |group, rng, now| {
            if group.streams.contains_key(&self.log_stream_name) {
                return Err(exists("log stream"));
            }
            group.streams.insert(self.log_stream_name, Stream::new(now, put::token(rng)));
            Ok(())
        })?;
        Ok(CreateLogStreamOutput {})
    }
}

sim::operation! {
    /// Deletes a log stream with all its events.
    write DeleteLogStream in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// The name of the stream.
        log_stream_name: String => "logStreamName",
    }
    output DeleteLogStreamOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access {
        "logs:DeleteLogStream" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{logStreamName}",
    }
}

impl Write for DeleteLogStream {
    type Output = DeleteLogStreamOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::inside(&self.log_group_name, "logStreamName", &self.log_stream_name)?;
        change(world, cx, &self.log_group_name, |group, _, _| {
            group.streams.remove(&self.log_stream_name).map(|_| ()).ok_or_else(no_stream)
        })?;
        Ok(DeleteLogStreamOutput {})
    }
}

sim::operation! {
    /// Lists the log streams of a log group.
    read DescribeLogStreams in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: Option<String> => "logGroupName",
        /// The name or ARN of the group, instead.
        log_group_identifier: Option<String> => "logGroupIdentifier",
        /// What their names begin with.
        log_stream_name_prefix: Option<String> => "logStreamNamePrefix",
        /// By what they are sorted: `LogStreamName`, or `LastEventTime`.
        order_by: Option<OrderBy> => "orderBy",
        /// Whether the last comes first.
        descending: Option<bool> => "descending",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many streams make a page: 1 to 50.
        limit: Option<i64> => "limit",
    }
    output DescribeLogStreamsOutput {
        /// The streams.
        pub log_streams: Vec<LogStream> => "logStreams",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access itself
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("limit"),
        results: &["logStreams"],
    }
}

impl Read for DescribeLogStreams {
    type Output = DescribeLogStreamsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = names::either(cx, self.log_group_name, self.log_group_identifier)?;
        allowed(world, cx, "logs:DescribeLogStreams", &group, "")?;
        let limit = names::limit(self.limit, PAGE_MAX)?;
        let by_time = self.order_by == Some(OrderBy::LastEventTime);
        if by_time && self.log_stream_name_prefix.is_some() {
            return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
        }
        let place = Place::of(cx);
        let prefix = self.log_stream_name_prefix.unwrap_or_default();
        let all = &world.get::<State>().group(&place, &group)?.streams;
        let mut streams: Vec<_> =
            all.iter().filter(|(name, _)| name.starts_with(&prefix)).collect();
        if by_time {
            streams.sort_by_key(|(_, stream)| stream.last());
        }
        if self.descending == Some(true) {
            streams.reverse();
        }
        let (page, next_token) = read::listed(streams, self.next_token.as_deref(), limit)?;
        let stream = |(name, stream): (&String, &Stream)| LogStream {
            log_stream_name: name.clone(),
            creation_time: stream.created.0,
            first_event_timestamp: stream.first(),
            last_event_timestamp: stream.last(),
            last_ingestion_time: stream.last_ingestion.map(|time| time.0),
            upload_sequence_token: stream.token.clone(),
            arn: stream_arn(&place, &group, name),
            stored_bytes: 0,
        };
        Ok(DescribeLogStreamsOutput {
            log_streams: page.into_iter().map(stream).collect(),
            next_token,
        })
    }
}
