//! Several items in one request, each for itself.
//!
//! Everything about the request is checked before anything is done. What a table's capacity does
//! not allow, and what does not fit the answer, comes back to be asked for again.
//!
//! Source: API reference, `BatchGetItem`, `BatchWriteItem`.

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::{Capacity, Consistency, Direction};
use super::context::Cx;
use super::error::{ApiError, validation};
use super::expression::Projection;
use super::item::{Action, CollectionMetrics, ItemWrite};
use super::key::Key;
use super::place::{Place, table_name};
use super::state::State;
use super::stream::Origin;
use super::table::check::constraint;
use super::time::Time;
use super::value::Item;
use super::write::Change;

/// Items in a `BatchGetItem`.
pub const GETS_MAX: usize = 100;
/// Items in a `BatchWriteItem`.
pub const WRITES_MAX: usize = 25;
/// The bytes of the items that one `BatchGetItem` answers with.
pub const GET_BYTES_MAX: u64 = 16 << 20;

/// What is read of one table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableGet {
    pub table: String,
    pub keys: Vec<Item>,
    pub projection: Option<Projection>,
    pub consistent: bool,
}

/// What `BatchGetItem` answers, by the tables' names as the request has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BatchGot {
    pub items: BTreeMap<String, Vec<Item>>,
    pub unprocessed: BTreeMap<String, Vec<Item>>,
    pub cost: BTreeMap<String, Capacity>,
}

/// What `BatchWriteItem` answers, by the tables' names as the request has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BatchWritten {
    pub unprocessed: BTreeMap<String, Vec<Action>>,
    pub cost: BTreeMap<String, Capacity>,
    pub collections: BTreeMap<String, Vec<CollectionMetrics>>,
}

fn duplicates() -> ApiError {
    validation("Provided list of item keys contains duplicates")
}

/// # Errors
/// One table's part is empty or too long. All of the request may still be.
fn part(table: &str, count: usize, max: usize, of: Part) -> Result<(), ApiError> {
    if (1..=max).contains(&count) {
        return Ok(());
    }
    let most = format!("Member must have length less than or equal to {max}");
    let least = "Member must have length greater than or equal to 1";
    Err(match of {
        Part::Keys => {
            let member = format!("requestItems.{table}.member.keys");
            let rule = if count == 0 { least } else { &most };
            constraint(&format!("[{count} keys]"), &member, rule)
        }
        Part::Writes => {
            let rule = format!("Map value must satisfy constraint: [{most}, {least}]");
            constraint(&format!("{{{table}=[{count} requests]}}"), "requestItems", &rule)
        }
    })
}

/// What a table's part of a request lists: as a member of its own, or as the value of a map.
#[derive(Clone, Copy)]
enum Part {
    Keys,
    Writes,
}

fn count(count: usize, max: usize, operation: &str) -> Result<(), ApiError> {
    if count > max {
        let what = format!("Too many items requested for the {operation} call");
        return Err(validation(what));
    }
    if count == 0 {
        let what = format!("The requestItems parameter is required for {operation}");
        return Err(validation(what));
    }
    Ok(())
}

impl State {
    /// `BatchGetItem`.
    ///
    /// # Errors
    /// There are too many keys, or one twice; a table does not exist; a key is none; or no table
    /// had any capacity left.
    pub fn batch_get(
        &self,
        place: &Place,
        metered: Option<Time>,
        gets: &[TableGet],
    ) -> Result<BatchGot, ApiError> {
        for get in gets {
            part(&get.table, get.keys.len(), GETS_MAX, Part::Keys)?;
        }
        count(gets.iter().map(|get| get.keys.len()).sum(), GETS_MAX, "BatchGetItem")?;
        for get in gets {
            let table = self.serving(place, &get.table)?;
            let mut seen = BTreeSet::new();
            for key in &get.keys {
                if !seen.insert(table.key.of_key(key)?) {
                    return Err(duplicates());
                }
            }
        }
        let (mut answer, mut bytes, mut refused) = (BatchGot::default(), 0, None);
        let nothing = Capacity::default();
        for get in gets {
            let table = self.serving(place, &get.table)?;
            let how = Consistency::of(get.consistent);
            let items = answer.items.entry(get.table.clone()).or_default();
            for key in &get.keys {
                let (got, size) = table.get(key, get.projection.as_ref(), how)?;
                let taken = answer.cost.get(&get.table).unwrap_or(&nothing);
                let admitted = table.admit(metered, Direction::Read, taken, &got.cost);
                if bytes + size > GET_BYTES_MAX || admitted.is_err() {
                    answer.unprocessed.entry(get.table.clone()).or_default().push(key.clone());
                    refused = admitted.err().or(refused);
                    continue;
                }
                bytes += size;
                items.extend(got.item);
                answer.cost.entry(get.table.clone()).or_default().add(&got.cost);
            }
        }
        match refused {
            Some(error) if answer.cost.is_empty() => Err(error),
            _ => Ok(answer),
        }
    }

    /// `BatchWriteItem`: puts and deletions, by table.
    ///
    /// # Errors
    /// There are too many items, or one twice; a table does not exist; an item or a key cannot be
    /// so; or no table had any capacity left.
    pub fn batch_write(
        &mut self,
        cx: &mut Cx<'_>,
        writes: &[(String, Vec<Action>)],
    ) -> Result<BatchWritten, ApiError> {
        for (name, actions) in writes {
            part(name, actions.len(), WRITES_MAX, Part::Writes)?;
        }
        count(writes.iter().map(|(_, actions)| actions.len()).sum(), WRITES_MAX, "BatchWriteItem")?;
        let mut seen = BTreeSet::<(&str, Key)>::new();
        for (name, actions) in writes {
            let table = self.serving(&cx.place, name)?;
            let name = table_name(&cx.place, name)?;
            for action in actions {
                let outcome = single(name, action).outcome(table).map_err(|f| f.error())?;
                if !seen.insert((name, outcome.key)) {
                    return Err(duplicates());
                }
            }
        }
        let (mut answer, mut refused) = (BatchWritten::default(), None);
        for (name, actions) in writes {
            for action in actions {
                if let Err(error) = self.write_one(cx, name, action, &mut answer) {
                    answer.unprocessed.entry(name.clone()).or_default().push(action.clone());
                    refused = Some(error);
                }
            }
        }
        match refused {
            Some(error) if answer.cost.is_empty() => Err(error),
            _ => Ok(answer),
        }
    }

    fn write_one(
        &mut self,
        cx: &mut Cx<'_>,
        name: &str,
        action: &Action,
        answer: &mut BatchWritten,
    ) -> Result<(), ApiError> {
        let table = self.serving(&cx.place, name)?;
        let outcome = single(name, action).outcome(table).map_err(|f| f.error())?;
        let change = Change::of(table, outcome.key, outcome.new);
        change.check_collection()?;
        table.admit(cx.metered(), Direction::Write, &Capacity::default(), &change.cost)?;
        answer.cost.entry(name.to_owned()).or_default().add(&change.cost);
        if let Some(metrics) = change.metrics(table) {
            answer.collections.entry(name.to_owned()).or_default().push(metrics);
        }
        let (place, table) = (cx.place.clone(), table_name(&cx.place, name)?);
        self.region_mut(&place).apply(cx, table, &change, Origin::Request);
        Ok(())
    }
}

fn single(table: &str, action: &Action) -> ItemWrite {
    let (table, action) = (table.to_owned(), action.clone());
    ItemWrite { table, action, condition: None, show_old_on_failure: false }
}
