//! Several items in one request, all or none.
//!
//! Requests follow one another here, each done before the next begins: no two meet, so that the
//! reason `TransactionConflict` and `TransactionConflictException` do not happen. A client that is
//! ready for them loses nothing by it; a race between two clients is lost by a condition.
//!
//! Source: API reference, `TransactWriteItems`, `TransactGetItems`; developer guide, "Managing
//! complex workflows with DynamoDB transactions".

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::{self, Capacity, Consistency, Direction};
use super::context::Cx;
use super::error::{ApiError, validation};
use super::failure::{Failure, Reason};
use super::item::{Action, CollectionMetrics, GetItem, Got, ItemWrite, Outcome};
use super::place::{Place, table_name};
use super::state::State;
use super::stream::Origin;
use super::table::check::constraint;
use super::time::Time;
use super::tokens::Token;
use super::write::Change;

/// Items in a transaction.
pub const ITEMS_MAX: usize = 100;
/// The bytes of all items of a transaction.
pub const BYTES_MAX: u64 = 4 << 20;
/// `ClientRequestToken`, with a digest of everything else in the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Idempotency<'a> {
    pub token: &'a str,
    pub digest: [u8; 16],
}

/// What `TransactWriteItems` answers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Transacted {
    /// Whether the cost is that of reads: of a request that was done before.
    pub repeated: bool,
    pub cost: BTreeMap<String, Capacity>,
    pub collections: BTreeMap<String, Vec<CollectionMetrics>>,
}

/// What `TransactGetItems` answers, in the order of the request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TransactGot {
    pub items: Vec<Option<super::value::Item>>,
    pub cost: BTreeMap<String, Capacity>,
}

fn count(count: usize) -> Result<(), ApiError> {
    if (1..=ITEMS_MAX).contains(&count) {
        return Ok(());
    }
    let bound = if count == 0 { "greater than or equal to 1" } else { "less than or equal to 100" };
    let value = format!("[{count} items]");
    Err(constraint(&value, "transactItems", &format!("Member must have length {bound}")))
}

fn size(bytes: u64) -> Result<(), ApiError> {
    if bytes > BYTES_MAX {
        return Err(validation(
            "The aggregate size of the items in the transaction exceeded the limit of 4 MB",
        ));
    }
    Ok(())
}

/// The reasons, if any is one.
fn cancel<T>(results: Vec<Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    if results.iter().all(Result::is_ok) {
        return Ok(results.into_iter().filter_map(Result::ok).collect());
    }
    let reason = |result: Result<T, Failure>| result.err().map_or_else(Reason::none, Reason::of);
    Err(Failure::Cancelled(results.into_iter().map(reason).collect()))
}

impl State {
    /// `TransactWriteItems`.
    ///
    /// # Errors
    /// There are too many items or bytes, or an item twice; a table does not exist; the token stood
    /// for another request; or the transaction is cancelled, with a reason for each item.
    pub fn transact_write(
        &mut self,
        cx: &mut Cx<'_>,
        writes: &[ItemWrite],
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Transacted, Failure> {
        count(writes.len())?;
        if let Some(done) = self.done_before(cx, idempotency)? {
            return Ok(done);
        }
        let outcomes = self.work_out(&cx.place, writes)?;
        let bytes = writes.iter().zip(&outcomes).map(|(write, outcome)| match write.action {
            Action::Put(_) | Action::Update(..) => outcome.new.as_ref().map_or(0, |row| row.bytes),
            _ => 0,
        });
        size(bytes.sum())?;
        self.admit_all(cx, writes, &outcomes)?;
        let mut answer = Transacted::default();
        let mut reads = BTreeMap::<String, Capacity>::new();
        for (write, outcome) in writes.iter().zip(outcomes) {
            self.apply_one(cx, write, outcome, &mut answer, &mut reads)?;
        }
        if let Some(Idempotency { token, digest }) = idempotency {
            let token_of = Token { at: cx.now, digest, reads };
            self.region_mut(&cx.place).tokens.insert(token, token_of);
        }
        Ok(answer)
    }

    /// The answer to a request that was done under the same token.
    fn done_before(
        &self,
        cx: &Cx<'_>,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Option<Transacted>, ApiError> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        if !(1..=36).contains(&idempotency.token.chars().count()) {
            return Err(constraint(
                idempotency.token,
                "clientRequestToken",
                "Member must have length less than or equal to 36 and greater than or equal to 1",
            ));
        }
        let region = self.region(&cx.place);
        let known = region.and_then(|region| region.tokens.get(idempotency.token, cx.now));
        let Some(token) = known else {
            return Ok(None);
        };
        if token.digest != idempotency.digest {
            return Err(ApiError::new(
                400,
                "IdempotentParameterMismatchException",
                "The request uses the same client token as a previous, but non-identical request. \
                 Do not reuse a client token with different requests, unless the requests are \
                 identical",
            ));
        }
        let cost = token.reads.clone();
        Ok(Some(Transacted { repeated: true, cost, ..Transacted::default() }))
    }

    fn work_out(&self, place: &Place, writes: &[ItemWrite]) -> Result<Vec<Outcome>, Failure> {
        let mut seen = BTreeSet::new();
        for write in writes {
            let table = self.serving(place, &write.table)?;
            let Ok(key) = write.action.key(table) else { continue };
            if !seen.insert((&table.name, key)) {
                return Err(Failure::Refused(validation(
                    "Transaction request cannot include multiple operations on one item",
                )));
            }
        }
        let mut results = Vec::new();
        for write in writes {
            let table = self.serving(place, &write.table)?;
            results.push(write.outcome(table).and_then(|outcome| {
                let change = Change::of(table, outcome.key.clone(), outcome.new.clone());
                change.check_collection()?;
                Ok(outcome)
            }));
        }
        cancel(results)
    }

    /// Whether every table lets its part in.
    fn admit_all(
        &self,
        cx: &Cx<'_>,
        writes: &[ItemWrite],
        outcomes: &[Outcome],
    ) -> Result<(), Failure> {
        let mut results = Vec::new();
        for (write, outcome) in writes.iter().zip(outcomes) {
            let table = self.serving(&cx.place, &write.table)?;
            let change = Change::of(table, outcome.key.clone(), outcome.new.clone());
            let admitted =
                table.admit(cx.metered(), Direction::Write, &Capacity::default(), &change.cost);
            results.push(admitted.map_err(Failure::Refused));
        }
        cancel(results).map(drop)
    }

    fn apply_one(
        &mut self,
        cx: &mut Cx<'_>,
        write: &ItemWrite,
        outcome: Outcome,
        answer: &mut Transacted,
        reads: &mut BTreeMap<String, Capacity>,
    ) -> Result<(), ApiError> {
        let (place, name) = (cx.place.clone(), table_name(&cx.place, &write.table)?);
        let table = self.serving(&place, name)?;
        // Anew: an item before may have changed the size of the same collection.
        let mut change = Change::of(table, outcome.key, outcome.new);
        let bytes = change.new.as_ref().or(change.old.as_ref()).map_or(0, |row| row.bytes);
        let read = Capacity::of_table(capacity::read(bytes, Consistency::Transaction));
        reads.entry(write.table.clone()).or_default().add(&read);
        change.cost = change.cost.doubled();
        answer.cost.entry(write.table.clone()).or_default().add(&change.cost);
        if outcome.writes
            && let Some(metrics) = change.metrics(table)
        {
            answer.collections.entry(write.table.clone()).or_default().push(metrics);
        }
        self.region_mut(&place).apply(cx, name, &change, Origin::Request);
        Ok(())
    }

    /// `TransactGetItems`.
    ///
    /// # Errors
    /// There are too many items or bytes; a table does not exist; or the transaction is cancelled,
    /// with a reason for each item.
    pub fn transact_get(
        &self,
        place: &Place,
        metered: Option<Time>,
        gets: &[GetItem],
    ) -> Result<TransactGot, Failure> {
        count(gets.len())?;
        let mut results: Vec<Result<(Got, u64), Failure>> = Vec::new();
        for get in gets {
            let table = self.serving(place, &get.table)?;
            let got = table.get(&get.key, get.projection.as_ref(), Consistency::Transaction);
            results.push(got.map_err(Failure::Refused).and_then(|(got, bytes)| {
                table.admit(metered, Direction::Read, &Capacity::default(), &got.cost)?;
                Ok((got, bytes))
            }));
        }
        let got = cancel(results)?;
        size(got.iter().map(|(_, bytes)| bytes).sum())?;
        let mut answer = TransactGot::default();
        for (get, (got, _)) in gets.iter().zip(got) {
            answer.cost.entry(get.table.clone()).or_default().add(&got.cost);
            answer.items.push(got.item);
        }
        Ok(answer)
    }
}
