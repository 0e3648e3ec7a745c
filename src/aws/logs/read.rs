//! Reading events: a page of one stream, backwards and forwards, and a page of what a pattern finds in
//! many.
//!
//! Source: API reference, `GetLogEvents` and `FilterLogEvents`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sim::api::ApiError;

use super::event::{LogEvent, Place};
use super::faults::bad_token;
use super::group::Stream;
use super::pattern::Pattern;

/// Events of a page.
pub(crate) const PAGE_MAX: i64 = 10_000;
/// Bytes of the messages of a page.
const PAGE_BYTES_MAX: usize = 1_048_576;

/// An event where it stands.
pub(crate) type Standing<'a> = (&'a Place, &'a LogEvent);

/// Where a page of a stream begins, and which way it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum From {
    Head,
    Tail,
    /// Behind this place; the identifier is as the token had it.
    Behind(Place, String),
    /// Before this place.
    Before(Place, String),
}

/// Tokens of a stream without events.
const NOWHERE: &str = "00000000000000000000000000000000000000000000000000000000";

impl From {
    /// Where a token leads to, or the stream's beginning or end.
    ///
    /// # Errors
    /// It is no token.
    pub(crate) fn read(token: Option<&str>, head: bool) -> Result<Self, ApiError> {
        let Some(token) = token else { return Ok(if head { Self::Head } else { Self::Tail }) };
        let (way, id) = token.split_once('/').ok_or_else(bad_token)?;
        let id = id.strip_suffix("/s").ok_or_else(bad_token)?;
        let place = Place::of_id(id).ok_or_else(bad_token)?;
        match way {
            "f" => Ok(Self::Behind(place, id.to_owned())),
            "b" => Ok(Self::Before(place, id.to_owned())),
            _ => Err(bad_token()),
        }
    }
}

/// A page of a stream, and the tokens that lead on.
pub(crate) struct Page<'a> {
    pub(crate) events: Vec<Standing<'a>>,
    pub(crate) forward: String,
    pub(crate) backward: String,
}

impl Stream {
    /// A page of the events from `start` until `end`, in the order of their timestamps.
    pub(crate) fn page(
        &self,
        from: &From,
        start: Option<i64>,
        end: Option<i64>,
        limit: usize,
    ) -> Page<'_> {
        let first = Place::from(start.unwrap_or(i64::MIN));
        let events = match from {
            From::Head => take(self.range(first, end), limit),
            From::Behind(place, _) => take(self.range(first.max(place.next()), end), limit),
            From::Tail => turned(take(self.range(first, end).rev(), limit)),
            From::Before(place, _) => {
                let before = self.range(first, end).rev().skip_while(|(at, _)| *at >= place);
                turned(take(before, limit))
            }
        };
        let id = |event: Option<&Standing<'_>>| match (event, from) {
            (Some((place, event)), _) => place.id(event.mark),
            (None, From::Behind(_, id) | From::Before(_, id)) => id.clone(),
            (None, From::Head | From::Tail) => NOWHERE.to_owned(),
        };
        let (forward, backward) = (id(events.last()), id(events.first()));
        Page { events, forward: format!("f/{forward}/s"), backward: format!("b/{backward}/s") }
    }
}

/// So many events, and not more than a page carries, of which there is at least one.
fn take<'a>(events: impl Iterator<Item = Standing<'a>>, limit: usize) -> Vec<Standing<'a>> {
    let mut page = Vec::new();
    let mut bytes = 0;
    for event in events.take(limit) {
        bytes += event.1.bytes();
        if bytes > PAGE_BYTES_MAX && !page.is_empty() {
            break;
        }
        page.push(event);
    }
    page
}

fn turned(mut events: Vec<Standing<'_>>) -> Vec<Standing<'_>> {
    events.reverse();
    events
}

/// An event that was found, and the stream that it stands in.
pub(crate) struct Hit<'a> {
    pub(crate) stream: &'a str,
    pub(crate) place: Place,
    pub(crate) event: &'a LogEvent,
}

/// What is searched for.
pub(crate) struct Search<'a> {
    pub(crate) pattern: &'a Pattern,
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    /// Where the last page ended.
    pub(crate) after: Option<Place>,
    pub(crate) limit: usize,
}

/// A page of the events that a pattern finds in these streams, in the order of their timestamps, and
/// the token of the next page, if there is one.
pub(crate) fn search<'a>(
    streams: impl Iterator<Item = (&'a String, &'a Stream)>,
    search: &Search<'_>,
) -> (Vec<Hit<'a>>, Option<String>) {
    let start = Place::from(search.start.unwrap_or(i64::MIN));
    let from = search.after.map_or(start, |after| start.max(after.next()));
    let mut events: Vec<Hit<'_>> = streams
        .flat_map(|(name, stream)| {
            let range = stream.range(from, search.end);
            range.map(move |(place, event)| Hit { stream: name, place: *place, event })
        })
        .collect();
    events.sort_by_key(|hit| hit.place);
    let mut page = Vec::new();
    let mut bytes = 0;
    for hit in events {
        if !search.pattern.matches(&hit.event.message) {
            continue;
        }
        bytes += hit.event.bytes();
        let full = page.len() == search.limit || bytes > PAGE_BYTES_MAX;
        if let (true, Some(last)) = (full, page.last().map(|hit: &Hit<'_>| hit.place)) {
            return (page, Some(written(last)));
        }
        page.push(hit);
    }
    (page, None)
}

/// The token of a page that ends here.
fn written(place: Place) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{}", place.at, place.number))
}

/// Where the page before this token ended.
///
/// # Errors
/// It is no token.
pub(crate) fn after(token: Option<&str>) -> Result<Option<Place>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (at, number) = text.split_once('/')?;
        Some(Place { at: at.parse().ok()?, number: number.parse().ok()? })
    };
    read().map(Some).ok_or_else(bad_token)
}

/// Things with their names, and the token of what stands behind them.
type Named<'a, T> = (Vec<(&'a String, &'a T)>, Option<String>);

/// A page of things by name, and the name to go on behind.
pub(crate) fn named<'a, T>(
    all: impl Iterator<Item = (&'a String, &'a T)>,
    token: Option<&str>,
    limit: usize,
) -> Result<Named<'a, T>, ApiError> {
    let behind = token.map(name_of).transpose()?;
    let mut rest = all.skip_while(|(name, _)| behind.as_ref().is_some_and(|b| *name <= b));
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let more = rest.next().is_some();
    let next = page.last().filter(|_| more).map(|(name, _)| URL_SAFE_NO_PAD.encode(name));
    Ok((page, next))
}

/// The name that a token has in it.
fn name_of(token: &str) -> Result<String, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad_token)
}

/// A page of things in an order of their own, and the name to go on behind.
pub(crate) fn listed<'a, T>(
    all: Vec<(&'a String, &'a T)>,
    token: Option<&str>,
    limit: usize,
) -> Result<Named<'a, T>, ApiError> {
    let begin = match token.map(name_of).transpose()? {
        None => 0,
        Some(name) => all.iter().position(|(n, _)| **n == name).ok_or_else(bad_token)? + 1,
    };
    let more = all.len() > begin + limit;
    let page: Vec<_> = all.into_iter().skip(begin).take(limit).collect();
    let next = page.last().filter(|_| more).map(|(name, _)| URL_SAFE_NO_PAD.encode(name));
    Ok((page, next))
}
