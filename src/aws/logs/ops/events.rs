//! Events: put, read, and searched.

use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

use super::{allowed, change};
use crate::constraint::Faults;
use crate::logs::faults::{INVALID, invalid, no_stream};
use crate::logs::metric_filter;
use crate::logs::names;
use crate::logs::put::{self, Incoming};
use crate::logs::read::{self, PAGE_MAX, Search};
use crate::logs::state::State;
use crate::place::Place;

/// Streams that a search may name.
const STREAMS_MAX: usize = 100;

sim::argument! {
    /// An event that comes in.
    pub struct InputLogEvent {
        /// When it happened, in milliseconds since 1970.
        pub(crate) timestamp: i64 => "timestamp",
        /// What it says.
        pub(crate) message: String => "message",
    }
}

sim::structure! {
    /// Which events were not taken.
    pub struct RejectedLogEventsInfo {
        /// The first that is more than two hours in the future.
        pub too_new_log_event_start_index: Option<i64> => "tooNewLogEventStartIndex",
        /// The first that is no longer more than 14 days in the past.
        pub too_old_log_event_end_index: Option<i64> => "tooOldLogEventEndIndex",
        /// The first that is no longer older than the group keeps events.
        pub expired_log_event_end_index: Option<i64> => "expiredLogEventEndIndex",
    }
}

sim::operation! {
    /// Puts events into a log stream, in the order of their times: up to 10,000, of up to 1 MiB with 26
    /// bytes for each, in a span of 24 hours.
    write PutLogEvents in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// The name of the stream.
        log_stream_name: String => "logStreamName",
        /// The events.
        log_events: Vec<InputLogEvent> => required "logEvents",
        /// A token that uploads once had to bring, and that nobody looks at.
        _sequence_token: Option<String> => "sequenceToken",
        /// What the events are about; not simulated.
        _entity: Refused<Value> => "entity",
    }
    output PutLogEventsOutput {
        /// A token for the next upload, which need not bring it.
        pub next_sequence_token: String => "nextSequenceToken",
        /// Which events were not taken, if there are any.
        pub rejected_log_events_info: Option<RejectedLogEventsInfo> => "rejectedLogEventsInfo",
    }
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access {
        "logs:PutLogEvents" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:{logStreamName}",
    }
}

impl Write for PutLogEvents {
    type Output = PutLogEventsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::inside(&self.log_group_name, "logStreamName", &self.log_stream_name)?;
        let incoming =
            |event: InputLogEvent| Incoming { at: event.timestamp, message: event.message };
        let batch: Vec<Incoming> = self.log_events.into_iter().map(incoming).collect();
        put::check(&batch)?;
        let (place, stream) = (Place::of(cx), &self.log_stream_name);
        let (rejected, measured, token) =
            change(world, cx, &self.log_group_name, |group, rng, now| {
                let from = group.events;
                let (rejected, new) = group.put(stream, batch, now, rng)?;
                let token = group.streams.get(stream).map(|s| s.token.clone()).unwrap_or_default();
                let new = group.taken(stream, from, new.len());
                let filters = group.filters.values();
                let measured: Vec<_> = filters
                    .flat_map(|filter| filter.measure(&place, new.iter().copied()))
                    .collect();
                Ok((rejected, measured, token))
            })?;
        for value in &measured {
            world.tell(value);
        }
        let index = |at: Option<usize>| at.and_then(|at| i64::try_from(at).ok());
        let info = RejectedLogEventsInfo {
            too_new_log_event_start_index: index(rejected.too_new_from),
            too_old_log_event_end_index: index(rejected.too_old_until),
            expired_log_event_end_index: index(rejected.expired_until),
        };
        Ok(PutLogEventsOutput {
            next_sequence_token: token,
            rejected_log_events_info: Some(info)
                .filter(|info| *info != RejectedLogEventsInfo::default()),
        })
    }
}

sim::structure! {
    /// An event of a stream. Times are milliseconds since 1970.
    pub struct OutputLogEvent {
        /// When it happened.
        pub timestamp: i64 => "timestamp",
        /// What it says.
        pub message: String => "message",
        /// When it came in.
        pub ingestion_time: i64 => "ingestionTime",
    }
}

sim::operation! {
    /// Reads a page of the events of a log stream, the last ones unless told otherwise. The tokens lead
    /// to the pages before and behind it; at an end they stay the same.
    read GetLogEvents in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: Option<String> => "logGroupName",
        /// The name or ARN of the group, instead.
        log_group_identifier: Option<String> => "logGroupIdentifier",
        /// The name of the stream.
        log_stream_name: String => "logStreamName",
        /// From when on, in milliseconds since 1970.
        start_time: Option<i64> => "startTime",
        /// Until when; what happened then is not there.
        end_time: Option<i64> => "endTime",
        /// A token of another page.
        next_token: Option<String> => "nextToken",
        /// How many events make a page: 1 to 10,000.
        limit: Option<i64> => "limit",
        /// Whether the first page has the first events.
        start_from_head: Option<bool> => "startFromHead",
        /// Whether protected data is shown; not simulated.
        _unmask: Refused<bool> => "unmask",
    }
    output GetLogEventsOutput {
        /// The events.
        pub events: Vec<OutputLogEvent> => "events",
        /// What to ask for the page behind this one with.
        pub next_forward_token: String => "nextForwardToken",
        /// What to ask for the page before this one with.
        pub next_backward_token: String => "nextBackwardToken",
    }
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access itself
}

impl Read for GetLogEvents {
    type Output = GetLogEventsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = names::either(cx, self.log_group_name, self.log_group_identifier)?;
        names::inside(&group, "logStreamName", &self.log_stream_name)?;
        allowed(world, cx, "logs:GetLogEvents", &group, &self.log_stream_name)?;
        let limit = names::limit(self.limit, PAGE_MAX)?;
        let head = self.start_from_head == Some(true);
        let from = read::From::read(self.next_token.as_deref(), head)?;
        let stream = world.get::<State>().stream(&Place::of(cx), &group, &self.log_stream_name)?;
        let page = stream.page(&from, self.start_time, self.end_time, limit);
        let event = |(place, event): read::Standing<'_>| OutputLogEvent {
            timestamp: place.at,
            message: event.message.clone(),
            ingestion_time: event.ingested.0,
        };
        Ok(GetLogEventsOutput {
            events: page.events.into_iter().map(event).collect(),
            next_forward_token: page.forward,
            next_backward_token: page.backward,
        })
    }
}

sim::structure! {
    /// An event that was found. Times are milliseconds since 1970.
    pub struct FilteredLogEvent {
        /// The stream that it stands in.
        pub log_stream_name: String => "logStreamName",
        /// When it happened.
        pub timestamp: i64 => "timestamp",
        /// What it says.
        pub message: String => "message",
        /// When it came in.
        pub ingestion_time: i64 => "ingestionTime",
        /// What it is known by.
        pub event_id: String => "eventId",
    }
}

sim::structure! {
    /// A stream that was searched.
    pub struct SearchedLogStream {
        /// Its name.
        pub log_stream_name: Option<String> => "logStreamName",
        /// Whether it was searched to its end.
        pub searched_completely: Option<bool> => "searchedCompletely",
    }
}

sim::operation! {
    /// Searches the events of a log group, of all its streams or of some.
    read FilterLogEvents in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: Option<String> => "logGroupName",
        /// The name or ARN of the group, instead.
        log_group_identifier: Option<String> => "logGroupIdentifier",
        /// The streams to search: up to 100.
        log_stream_names: Option<Vec<String>> => "logStreamNames",
        /// What the names of the streams to search begin with.
        log_stream_name_prefix: Option<String> => "logStreamNamePrefix",
        /// From when on, in milliseconds since 1970.
        start_time: Option<i64> => "startTime",
        /// Until when, in milliseconds since 1970.
        end_time: Option<i64> => "endTime",
        /// What the events are like; all are meant when nothing is said.
        filter_pattern: Option<String> => "filterPattern",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many events make a page: 1 to 10,000.
        limit: Option<i64> => "limit",
        /// Whether streams are mixed, which they always are.
        _interleaved: Option<bool> => "interleaved",
        /// Whether protected data is shown; not simulated.
        _unmask: Refused<bool> => "unmask",
    }
    output FilterLogEventsOutput {
        /// The events.
        pub events: Vec<FilteredLogEvent> => "events",
        /// Always empty.
        pub searched_log_streams: Vec<SearchedLogStream> => "searchedLogStreams",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access itself
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("limit"),
        results: &["events", "searchedLogStreams"],
    }
}

impl Read for FilterLogEvents {
    type Output = FilterLogEventsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = names::either(cx, self.log_group_name, self.log_group_identifier)?;
        allowed(world, cx, "logs:FilterLogEvents", &name, "")?;
        let (prefix, only) = (self.log_stream_name_prefix, self.log_stream_names);
        if prefix.is_some() && only.is_some() {
            return Err(invalid("Cannot specify both logStreamNames and logStreamNamePrefix."));
        }
        let mut faults = Faults::default();
        if let Some(only) = &only {
            faults.count("logStreamNames", only, 1, STREAMS_MAX);
        }
        faults.check(INVALID)?;
        let limit = names::limit(self.limit, PAGE_MAX)?;
        let pattern = metric_filter::pattern(&self.filter_pattern.unwrap_or_default())?;
        let group = world.get::<State>().group(&Place::of(cx), &name)?;
        if only.iter().flatten().any(|name| !group.streams.contains_key(name)) {
            return Err(no_stream());
        }
        let prefix = prefix.unwrap_or_default();
        let streams = group.streams.iter().filter(|(name, _)| {
            name.starts_with(&prefix) && only.as_ref().is_none_or(|only| only.contains(name))
        });
        let search = Search {
            pattern: &pattern,
            start: self.start_time,
            end: self.end_time.map(|end| end.saturating_add(1)),
            after: read::after(self.next_token.as_deref())?,
            limit,
        };
        let (hits, next_token) = read::search(streams, &search);
        let event = |hit: read::Hit<'_>| FilteredLogEvent {
            log_stream_name: hit.stream.to_owned(),
            timestamp: hit.place.at,
            message: hit.event.message.clone(),
            ingestion_time: hit.event.ingested.0,
            event_id: hit.place.id(hit.event.mark),
        };
        let events = hits.into_iter().map(event).collect();
        Ok(FilterLogEventsOutput { events, searched_log_streams: Vec::new(), next_token })
    }
}
