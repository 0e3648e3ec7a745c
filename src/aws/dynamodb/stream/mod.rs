//! Streams: every change of an item, once and in order, for a day.
//!
//! A stream has one open shard. The first write four hours behind its beginning closes it and opens
//! a child, as the service does, so a consumer has to follow the family. Iterators hold everything
//! themselves and end after fifteen minutes. What is older than a day is not shown, and is dropped
//! at the next write.
//!
//! Source: API reference, "Amazon DynamoDB Streams"; developer guide, "Change data capture for
//! DynamoDB Streams".

mod read;
mod switch;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use md5::{Digest as _, Md5};

pub use read::{IteratorStart, RecordPage, ShardDescription, StreamDescription, StreamSummary};

use super::context::Cx;
use super::error::ApiError;
use super::key::KeySchema;
use super::rows::{Row, item_bytes};
use super::table::Table;
use super::table::spec::StreamView;
use super::time::{Time, label, minus};
use super::value::Item;

/// How long a record is kept, and a stream that was turned off.
pub const RECORD_LIFE: Duration = Duration::from_hours(24);
/// How long an iterator is good for.
pub const ITERATOR_LIFE: Duration = Duration::from_mins(15);
/// How long a shard takes records. The service says "about four hours".
pub const SHARD_LIFE: Duration = Duration::from_hours(4);
/// How long a stream is `ENABLING` or `DISABLING`.
pub const STREAM_SETTLE: Duration = Duration::from_secs(5);
/// Where sequence numbers begin: they have at least 21 digits.
const SEQUENCE_BASE: u128 = 100_000_000_000_000_000_000;

/// Who changed an item.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    Request,
    TimeToLive,
}

/// `eventName`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RecordKind {
    Insert,
    Modify,
    Remove,
}

impl RecordKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Modify => "MODIFY",
            Self::Remove => "REMOVE",
        }
    }
}

/// One change of one item, with the images that the stream's view shows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    sequence: u64,
    pub at: Time,
    pub kind: RecordKind,
    /// Deletions by time to live carry the service as their user.
    pub by: Origin,
    pub keys: Item,
    pub old: Option<Arc<Item>>,
    pub new: Option<Arc<Item>>,
    pub bytes: u64,
}

impl Record {
    /// `SequenceNumber`.
    pub fn sequence_number(&self) -> String {
        sequence_number(self.sequence)
    }

    /// `eventID`, unique among all records of all streams.
    pub fn event_id(&self, stream_arn: &str) -> String {
        hex(&Md5::digest(format!("{stream_arn}/{}", self.sequence)))
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Shard {
    id: String,
    parent: Option<String>,
    opened: Time,
    first: u64,
    /// When it was closed, and the number behind its last.
    closed: Option<(Time, u64)>,
}

/// A stream, on or off.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Stream {
    arn: String,
    label: String,
    table: String,
    key: KeySchema,
    view: StreamView,
    created: Time,
    disabled: Option<Time>,
    shards: Vec<Shard>,
    records: VecDeque<Record>,
    next: u64,
}

impl Stream {
    fn new(cx: &mut Cx<'_>, table: &Table, view: StreamView) -> Self {
        let label = label(cx.now);
        let mut stream = Self {
            arn: format!("{}/stream/{label}", table.arn),
            label,
            table: table.name.clone(),
            key: table.key.clone(),
            view,
            created: cx.now,
            disabled: None,
            shards: Vec::new(),
            records: VecDeque::new(),
            next: 0,
        };
        stream.open_shard(cx, None);
        stream
    }

    /// How many changes were put down since it was turned on.
    pub(crate) fn recorded(&self) -> u64 {
        self.next
    }

    fn open_shard(&mut self, cx: &mut Cx<'_>, parent: Option<String>) {
        let id = format!("shardId-{:020}-{}", cx.now.0.max(0), cx.hex8());
        let (opened, first) = (cx.now, self.next);
        self.shards.push(Shard { id, parent, opened, first, closed: None });
    }

    fn close_shard(&mut self, now: Time) -> Option<String> {
        let next = self.next;
        let open = self.shards.last_mut().filter(|shard| shard.closed.is_none())?;
        open.closed = Some((now, next));
        Some(open.id.clone())
    }

    /// Puts down that an item was one thing and is another.
    pub(crate) fn record(
        &mut self,
        cx: &mut Cx<'_>,
        old: Option<&Row>,
        new: Option<&Row>,
        by: Origin,
    ) {
        let horizon = minus(cx.now, RECORD_LIFE);
        while self.records.front().is_some_and(|record| record.at < horizon) {
            self.records.pop_front();
        }
        self.shards.retain(|shard| shard.shows(horizon));
        if self.shards.last().is_some_and(|shard| shard.opened.plus(SHARD_LIFE) <= cx.now) {
            let parent = self.close_shard(cx.now);
            self.open_shard(cx, parent);
        }
        let kind = match (old, new) {
            (None, _) => RecordKind::Insert,
            (_, None) => RecordKind::Remove,
            _ => RecordKind::Modify,
        };
        let keys = new.or(old).map(|row| self.key.pick(&row.item)).unwrap_or_default();
        let item = |row: &Row| row.item.clone();
        let shows_new = matches!(self.view, StreamView::NewImage | StreamView::NewAndOldImages);
        let shows_old = matches!(self.view, StreamView::OldImage | StreamView::NewAndOldImages);
        let old = old.filter(|_| shows_old).map(item);
        let new = new.filter(|_| shows_new).map(item);
        let size = |item: &Option<Arc<Item>>| item.as_ref().map_or(0, |item| item_bytes(item));
        let bytes = item_bytes(&keys) + size(&old) + size(&new);
        let (sequence, at) = (self.next, cx.now);
        self.next += 1;
        self.records.push_back(Record { sequence, at, kind, by, keys, old, new, bytes });
    }

    /// `StreamStatus`.
    fn status(&self, now: Time) -> &'static str {
        let settled = |since: Time| since.plus(STREAM_SETTLE) <= now;
        match self.disabled {
            Some(since) if settled(since) => "DISABLED",
            Some(_) => "DISABLING",
            None if settled(self.created) => "ENABLED",
            None => "ENABLING",
        }
    }

    /// The number of the first record that is not too old.
    fn horizon(&self, now: Time) -> u64 {
        let horizon = minus(now, RECORD_LIFE);
        let first = self.records.partition_point(|record| record.at < horizon);
        self.records.get(first).map_or(self.next, |record| record.sequence)
    }

    fn shard(&self, id: &str, now: Time) -> Result<&Shard, ApiError> {
        let horizon = minus(now, RECORD_LIFE);
        let found = self.shards.iter().find(|shard| shard.id == id && shard.shows(horizon));
        found.ok_or_else(|| {
            let what = "Requested resource not found: Shard does not exist";
            ApiError::new(400, "ResourceNotFoundException", what)
        })
    }
}

impl Shard {
    fn shows(&self, horizon: Time) -> bool {
        self.closed.is_none_or(|(at, _)| at >= horizon)
    }
}

fn sequence_number(sequence: u64) -> String {
    (SEQUENCE_BASE + u128::from(sequence)).to_string()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
