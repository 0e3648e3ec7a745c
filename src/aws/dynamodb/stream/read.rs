//! How streams are read: listed, described, and record by record.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

use super::super::error::{ApiError, validation};
use super::super::key::KeySchema;
use super::super::place::{Place, table_name};
use super::super::state::State;
use super::super::table::check::constraint;
use super::super::table::spec::StreamView;
use super::super::time::{Time, minus};
use super::{
    ITERATOR_LIFE, RECORD_LIFE, Record, SEQUENCE_BASE, Shard, Stream, hex, sequence_number,
};

const RECORDS_MAX: usize = 1000;
const PAGE_BYTES_MAX: u64 = 1 << 20;
const SHARDS_PAGE_MAX: usize = 100;
const STREAMS_PAGE_MAX: usize = 100;

/// A stream in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamSummary {
    pub arn: String,
    pub label: String,
    pub table: String,
}

/// A shard as it is described.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShardDescription {
    pub id: String,
    pub parent: Option<String>,
    pub starting_sequence_number: String,
    pub ending_sequence_number: Option<String>,
}

/// `DescribeStream`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamDescription {
    pub summary: StreamSummary,
    pub status: &'static str,
    pub view: StreamView,
    pub created: Time,
    pub key: KeySchema,
    pub shards: Vec<ShardDescription>,
    pub last_evaluated_shard: Option<String>,
}

/// `ShardIteratorType`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IteratorStart {
    TrimHorizon,
    Latest,
    At(String),
    After(String),
    AtTimestamp(Time),
}

/// A page of records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordPage<'a> {
    pub stream_arn: &'a str,
    pub view: StreamView,
    pub records: Vec<&'a Record>,
    /// Nothing behind the end of a closed shard.
    pub next: Option<String>,
}

impl State {
    fn stream(&self, place: &Place, arn: &str) -> Result<&Stream, ApiError> {
        let found = self.region(place).and_then(|region| region.streams.get(arn));
        found.ok_or_else(|| {
            let message = format!("Requested resource not found: Stream: {arn} not found");
            ApiError::new(400, "ResourceNotFoundException", message)
        })
    }

    /// `ListStreams`: a page of streams, and where the next one begins.
    ///
    /// # Errors
    /// The table's name is an ARN of something else, or the limit is none.
    pub fn list_streams(
        &self,
        place: &Place,
        table: Option<&str>,
        after: Option<&str>,
        limit: Option<usize>,
    ) -> Result<(Vec<StreamSummary>, Option<String>), ApiError> {
        let table = table.map(|name| table_name(place, name)).transpose()?;
        let limit = page_limit(limit, STREAMS_PAGE_MAX)?;
        let streams = self.region(place).into_iter().flat_map(|region| region.streams.values());
        let of_table = |stream: &&Stream| table.is_none_or(|table| table == stream.table);
        let behind = |stream: &&Stream| after.is_none_or(|after| stream.arn.as_str() > after);
        let mut found: Vec<_> =
            streams.filter(of_table).filter(behind).take(limit + 1).map(Stream::summary).collect();
        let last = (found.len() > limit).then(|| {
            found.truncate(limit);
            found.last().map(|stream| stream.arn.clone())
        });
        Ok((found, last.flatten()))
    }

    /// `DescribeStream`. `child_of` is a `ShardFilter` of `CHILD_SHARDS`.
    ///
    /// # Errors
    /// There is no such stream, or the limit is none.
    pub fn describe_stream(
        &self,
        place: &Place,
        now: Time,
        arn: &str,
        after: Option<&str>,
        child_of: Option<&str>,
        limit: Option<usize>,
    ) -> Result<StreamDescription, ApiError> {
        let stream = self.stream(place, arn)?;
        let limit = page_limit(limit, SHARDS_PAGE_MAX)?;
        let horizon = minus(now, RECORD_LIFE);
        let shown = stream.shards.iter().filter(|shard| shard.shows(horizon));
        // Identifiers begin with the time, so their order is that of the shards.
        let shown = shown.filter(|shard| after.is_none_or(|after| shard.id.as_str() > after));
        let wanted = |shard: &&Shard| child_of.is_none_or(|of| shard.parent.as_deref() == Some(of));
        let mut shards: Vec<_> =
            shown.filter(wanted).take(limit + 1).map(Shard::description).collect();
        let more = shards.len() > limit;
        shards.truncate(limit);
        Ok(StreamDescription {
            summary: stream.summary(),
            status: stream.status(now),
            view: stream.view,
            created: stream.created,
            key: stream.key.clone(),
            last_evaluated_shard: shards.last().filter(|_| more).map(|shard| shard.id.clone()),
            shards,
        })
    }

    /// `GetShardIterator`.
    ///
    /// # Errors
    /// There is no such stream or shard; the sequence number is none of the shard, or too old.
    pub fn get_shard_iterator(
        &self,
        place: &Place,
        now: Time,
        arn: &str,
        shard: &str,
        start: &IteratorStart,
    ) -> Result<String, ApiError> {
        let stream = self.stream(place, arn)?;
        let shard = stream.shard(shard, now)?;
        let end = shard.closed.map_or(stream.next, |(_, end)| end);
        let horizon = stream.horizon(now).max(shard.first).min(end);
        let position = match start {
            IteratorStart::TrimHorizon => horizon,
            IteratorStart::Latest => end,
            IteratorStart::At(number) => in_shard(shard, end, horizon, number)?,
            IteratorStart::After(number) => in_shard(shard, end, horizon, number)? + 1,
            IteratorStart::AtTimestamp(time) => {
                let first = stream.records.partition_point(|record| record.at < *time);
                let at = stream.records.get(first).map_or(stream.next, |record| record.sequence);
                at.max(horizon).min(end)
            }
        };
        Ok(token(arn, &shard.id, position, now))
    }

    /// `GetRecords`.
    ///
    /// # Errors
    /// The iterator is none, or has expired; the stream is gone; the limit is none.
    pub fn get_records(
        &self,
        place: &Place,
        now: Time,
        iterator: &str,
        limit: Option<usize>,
    ) -> Result<RecordPage<'_>, ApiError> {
        let (arn, shard, position, issued) =
            read_token(iterator).ok_or_else(|| validation("Invalid ShardIterator"))?;
        if let Some(limit) = limit.filter(|limit| *limit > RECORDS_MAX) {
            let rule = "Member must have value less than or equal to 1000";
            return Err(constraint(&limit.to_string(), "limit", rule));
        }
        let limit = page_limit(limit, RECORDS_MAX)?;
        let stream = self.stream(place, &arn)?;
        if issued.plus(ITERATOR_LIFE) <= now {
            return Err(ApiError::new(
                400,
                "ExpiredIteratorException",
                "Shard iterator has expired",
            ));
        }
        let shard = stream.shard(&shard, now)?;
        let end = shard.closed.map_or(stream.next, |(_, end)| end);
        let from = position.max(stream.horizon(now));
        let first = stream.records.partition_point(|record| record.sequence < from);
        let mut bytes = 0;
        let mut records = Vec::new();
        for record in stream.records.range(first..).take_while(|r| r.sequence < end).take(limit) {
            bytes += record.bytes;
            if bytes > PAGE_BYTES_MAX && !records.is_empty() {
                break;
            }
            records.push(record);
        }
        let position = records.last().map_or(from, |record| record.sequence + 1);
        let over = shard.closed.is_some() && position >= end;
        let next = (!over).then(|| token(&arn, &shard.id, position, now));
        Ok(RecordPage { stream_arn: &stream.arn, view: stream.view, records, next })
    }
}

impl Stream {
    fn summary(&self) -> StreamSummary {
        let (arn, label, table) = (self.arn.clone(), self.label.clone(), self.table.clone());
        StreamSummary { arn, label, table }
    }
}

impl Shard {
    fn description(&self) -> ShardDescription {
        ShardDescription {
            id: self.id.clone(),
            parent: self.parent.clone(),
            starting_sequence_number: sequence_number(self.first),
            ending_sequence_number: self
                .closed
                .map(|(_, end)| sequence_number(end.saturating_sub(1).max(self.first))),
        }
    }
}

fn page_limit(limit: Option<usize>, max: usize) -> Result<usize, ApiError> {
    match limit {
        Some(0) => {
            let rule = "Member must have value greater than or equal to 1";
            Err(constraint("0", "limit", rule))
        }
        _ => Ok(limit.unwrap_or(max).min(max)),
    }
}

fn in_shard(shard: &Shard, end: u64, horizon: u64, number: &str) -> Result<u64, ApiError> {
    let number: Option<u128> = number.parse().ok();
    let sequence = number
        .and_then(|number| number.checked_sub(SEQUENCE_BASE))
        .and_then(|sequence| u64::try_from(sequence).ok())
        .filter(|sequence| (shard.first..end.max(shard.first + 1)).contains(sequence));
    let sequence = sequence
        .ok_or_else(|| validation("Invalid SequenceNumber: it is not in the range of the shard"))?;
    if sequence < horizon {
        return Err(ApiError::new(
            400,
            "TrimmedDataAccessException",
            "The operation attempted to read past the oldest stream record in a shard.",
        ));
    }
    Ok(sequence)
}

fn token(arn: &str, shard: &str, position: u64, issued: Time) -> String {
    let inside = format!("{shard} {position} {}", issued.0);
    let seal = seal(arn, &inside);
    format!("{arn}|1|{}", STANDARD.encode(format!("{seal} {inside}")))
}

fn read_token(token: &str) -> Option<(String, String, u64, Time)> {
    let (arn, inside) = token.split_once("|1|")?;
    let inside = String::from_utf8(STANDARD.decode(inside).ok()?).ok()?;
    let (sealed, inside) = inside.split_once(' ')?;
    if sealed != seal(arn, inside) {
        return None;
    }
    let mut parts = inside.split(' ');
    let (shard, position, issued) = (parts.next()?, parts.next()?, parts.next()?);
    let issued = Time(issued.parse().ok()?);
    Some((arn.to_owned(), shard.to_owned(), position.parse().ok()?, issued))
}

/// Tells an iterator that was given out from one that was made up or cut short.
fn seal(arn: &str, inside: &str) -> String {
    hex(&Md5::digest(format!("{arn} {inside}")))[..8].to_owned()
}
