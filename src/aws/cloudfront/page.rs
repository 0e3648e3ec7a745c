//! Pages of lists: from a marker on, so many at most.

use crate::faults::invalid;
use sim::api::ApiError;

/// How many items a page has unless said, and at most.
const ITEMS_MAX: usize = 100;

/// A part of a list.
pub(crate) struct Page<T> {
    pub(crate) marker: String,
    /// Where the next page begins; nothing at the end.
    pub(crate) next: Option<String>,
    pub(crate) max_items: i64,
    pub(crate) items: Vec<T>,
}

impl<T> Page<T> {
    pub(crate) fn quantity(&self) -> i64 {
        i64::try_from(self.items.len()).unwrap_or(i64::MAX)
    }
}

/// The page of a list whose items are called by ids. A marker names the last item of the page before.
///
/// # Errors
/// The size is no number, or the marker names nothing.
pub(crate) fn page<T>(
    all: impl Iterator<Item = (String, T)>,
    marker: Option<&str>,
    max_items: Option<&str>,
) -> Result<Page<T>, ApiError> {
    let wrong = || invalid("The parameter MaxItems is not valid.");
    let max: usize = match max_items {
        None => ITEMS_MAX,
        Some(text) => text.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?,
    };
    let marker = marker.unwrap_or_default().to_owned();
    let mut all = all;
    if !marker.is_empty() && !all.by_ref().any(|(id, _)| id == marker) {
        return Err(invalid("The parameter Marker is not valid."));
    }
    let mut found: Vec<(String, T)> = all.take(max.min(ITEMS_MAX) + 1).collect();
    let more = found.len() > max.min(ITEMS_MAX);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|(id, _)| id.clone());
    let items = found.into_iter().map(|(_, item)| item).collect();
    Ok(Page { marker, next, max_items: i64::try_from(max).unwrap_or(i64::MAX), items })
}
