//! `Query`: the items of one partition, in the order of their sort keys.
//!
//! Source: API reference, `Query`; developer guide, "Key condition expressions for the Query
//! operation".

use super::capacity::{Capacity, Direction};
use super::error::{ApiError, validation};
use super::expression::{KeyCondition, SortCondition};
use super::key::{Key, KeyAttribute, KeySchema, ScalarType, empty, invalid, scalar};
use super::place::Place;
use super::read::{Page, Range, Reading, Source, page};
use super::state::State;
use super::time::Time;
use super::value::{AttributeValue, Item};

/// `Query`. Its condition is read with the key of the table or index ([`State::query_key`]).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Query {
    pub reading: Reading,
    pub condition: KeyCondition,
    pub forward: bool,
}

impl State {
    /// The key that a query's condition is about.
    ///
    /// # Errors
    /// There is no such table or index, or it is not ready.
    pub fn query_key(
        &self,
        place: &Place,
        table: &str,
        index: Option<&str>,
    ) -> Result<&KeySchema, ApiError> {
        Ok(Source::named(self.serving(place, table)?, index)?.key())
    }

    /// `Query`.
    ///
    /// # Errors
    /// There is no such table or index; the condition's values have other types than the key; the
    /// page cannot begin there; what is asked for does not go together; or the capacity is used up.
    pub fn query(
        &self,
        place: &Place,
        metered: Option<Time>,
        query: &Query,
    ) -> Result<Page, ApiError> {
        let table = self.serving(place, &query.reading.table)?;
        let source = Source::of(table, &query.reading)?;
        let key = source.key();
        let condition = &query.condition;
        let partition = partition(key, &condition.partition)?;
        let (from, to) = match (&condition.sort, &key.range) {
            (None, _) => (partition.clone(), partition.clone().end()),
            (Some(sort), Some(range)) => between(&partition, range, sort)?,
            (Some(_), None) => return Err(not_supported()),
        };
        let mut range = Range { from, to, forward: query.forward };
        if let Some(start) = &query.reading.start {
            range.after(begin(source, start, condition)?);
        }
        if let Some(filter) = &query.reading.filter {
            let keys = filter.attributes();
            if let Some(name) = key.attributes().map(|a| a.name.as_str()).find(|n| keys.contains(n))
            {
                let legacy = query.reading.legacy_filter;
                let parameter = if legacy { "QueryFilter" } else { "Filter Expression" };
                return Err(validation(format!(
                    "{parameter} can only contain non-primary key attributes: Primary key \
                     attribute: {name}"
                )));
            }
        }
        let mut page = page(source, &query.reading, &range, "Querying")?;
        if page.cost.own() > 0 {
            page.cost = page.cost.of_partition(&partition);
        }
        table.admit(metered, Direction::Read, &Capacity::default(), &page.cost)?;
        Ok(page)
    }
}

fn not_supported() -> ApiError {
    validation("Query key condition not supported")
}

fn bytes<'a>(
    attribute: &KeyAttribute,
    value: &'a AttributeValue,
) -> Result<std::borrow::Cow<'a, [u8]>, ApiError> {
    scalar(value, attribute.kind)
        .ok_or_else(|| invalid("Condition parameter type does not match schema type"))
}

fn partition(key: &KeySchema, value: &AttributeValue) -> Result<Key, ApiError> {
    let bytes = bytes(&key.hash, value)?;
    if let Some(kind) = empty(value) {
        return Err(validation(format!(
            "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty {kind} value. Key: {}",
            key.hash.name
        )));
    }
    key.sizes(&Item::from([(key.hash.name.clone(), value.clone())]))?;
    Ok(Key::partition(&bytes))
}

/// The places whose sort keys meet a condition.
fn between(
    partition: &Key,
    range: &KeyAttribute,
    sort: &SortCondition,
) -> Result<(Key, Key), ApiError> {
    let first = |value: &AttributeValue| -> Result<Key, ApiError> {
        Ok(partition.clone().with(&bytes(range, value)?))
    };
    Ok(match sort {
        SortCondition::Equal(value) => (first(value)?, first(value)?.end()),
        SortCondition::Less(value) => (partition.clone(), first(value)?),
        SortCondition::LessOrEqual(value) => (partition.clone(), first(value)?.end()),
        SortCondition::Greater(value) => (first(value)?.end(), partition.clone().end()),
        SortCondition::GreaterOrEqual(value) => (first(value)?, partition.clone().end()),
        SortCondition::Between(low, high) => (first(low)?, first(high)?.end()),
        SortCondition::BeginsWith(prefix) => {
            let prefix = bytes(range, prefix)?;
            if range.kind == ScalarType::N {
                return Err(not_supported());
            }
            let from = partition.clone().with_prefix(&prefix);
            (from.clone(), from.end())
        }
    })
}

/// The place behind which the page begins.
fn begin(source: Source<'_>, start: &Item, condition: &KeyCondition) -> Result<Key, ApiError> {
    let key = source.key();
    let place =
        source.start(start).ok_or_else(|| validation("The provided starting key is invalid"))?;
    if start.get(&key.hash.name) != Some(&condition.partition) {
        return Err(validation(
            "The provided starting key is outside query boundaries based on provided conditions",
        ));
    }
    let sort = key.range.as_ref().and_then(|range| start.get(&range.name));
    if let Some((sort, condition)) = sort.zip(condition.sort.as_ref())
        && !condition.holds(sort)
    {
        return Err(validation("The provided starting key does not match the range key predicate"));
    }
    Ok(place)
}
