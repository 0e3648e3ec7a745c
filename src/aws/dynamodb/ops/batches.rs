//! Several items in one request: `BatchGetItem` and `BatchWriteItem`.

use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Meter, Shaped as _, Write};
use sim::{Config, Cx, World};

use super::items::{projection, substitutions};
use super::shapes::{
    ConsumedCapacity, GivenItem, ItemCollectionMetrics, ReturnConsumedCapacity,
    ReturnItemCollectionMetrics, Side,
};
use super::{allowed, change, charge};
use crate::dynamodb::State;
use crate::dynamodb::batch::TableGet;
use crate::dynamodb::capacity::Capacity;
use crate::dynamodb::error::validation;
use crate::dynamodb::item::{Action, CollectionMetrics};
use crate::dynamodb::legacy;
use crate::dynamodb::place::Place;
use crate::dynamodb::shape;
use crate::dynamodb::value::{AttributeValue, Item, item_from_json, item_to_json};

sim::structure! {
    /// Which items of a table are read, and what of them.
    pub struct KeysAndAttributes {
        /// The primary keys.
        pub keys: Vec<GivenItem> => required "Keys",
        /// The attributes to show, in the older form.
        pub attributes_to_get: Option<Vec<String>> => "AttributesToGet",
        /// Whether the read is strongly consistent: it sees everything written before.
        pub consistent_read: Option<bool> => "ConsistentRead",
        /// The attributes to show.
        pub projection_expression: Option<String> => "ProjectionExpression",
        /// The attribute names that placeholders in the expression stand for.
        pub expression_attribute_names: BTreeMap<String, String> => "ExpressionAttributeNames",
    }
}

impl KeysAndAttributes {
    fn spec(&self, table: &str) -> Result<TableGet, ApiError> {
        let names = Some(&self.expression_attribute_names).filter(|names| !names.is_empty());
        legacy::check_parameters(
            &[("ProjectionExpression", self.projection_expression.is_some())],
            &[("AttributesToGet", self.attributes_to_get.is_some())],
            names.is_some(),
            false,
        )?;
        let mut names = substitutions(names, None)?;
        let projection = projection(
            self.projection_expression.as_deref(),
            self.attributes_to_get.as_deref(),
            &mut names,
        )?;
        names.finish()?;
        let keys = self.keys.iter().map(|key| item_from_json(&key.0));
        Ok(TableGet {
            table: table.to_owned(),
            keys: keys.collect::<Result<_, _>>()?,
            projection,
            consistent: self.consistent_read.unwrap_or(false),
        })
    }
}

/// An item as a request has it.
fn given(item: &Item) -> GivenItem {
    GivenItem::from_value(item_to_json(item)).unwrap_or_default()
}

/// What each table has given, if that is asked for.
pub(crate) fn consumed(
    how: Option<ReturnConsumedCapacity>,
    place: &Place,
    cost: &BTreeMap<String, Capacity>,
    side: Side,
) -> Option<Vec<ConsumedCapacity>> {
    let shown = |(table, cost): (&String, &Capacity)| {
        ReturnConsumedCapacity::shown(how, place, table, cost, side)
    };
    let asked = how.is_some_and(|how| how != ReturnConsumedCapacity::None);
    asked.then(|| cost.iter().filter_map(shown).collect())
}

/// The collections of each table, if they are asked for.
pub(crate) fn collections(
    how: Option<ReturnItemCollectionMetrics>,
    of: BTreeMap<String, Vec<CollectionMetrics>>,
) -> Option<BTreeMap<String, Vec<ItemCollectionMetrics>>> {
    if how != Some(ReturnItemCollectionMetrics::Size) {
        return None;
    }
    let table = |(table, metrics): (String, Vec<CollectionMetrics>)| {
        (table, metrics.into_iter().map(ItemCollectionMetrics::from).collect())
    };
    Some(of.into_iter().map(table).collect())
}

sim::operation! {
    /// Reads up to 100 items of one or more tables by their primary keys.
    meter BatchGetItem in "dynamodb" = "POST /";
    input {
        /// What is read, by table: its name or ARN.
        request_items: BTreeMap<String, KeysAndAttributes> => required "RequestItems",
        /// Whether the answer says what capacity was consumed.
        return_consumed_capacity: Option<ReturnConsumedCapacity> => "ReturnConsumedCapacity",
    }
    output BatchGetItemOutput {
        /// The items that are there, by table.
        pub responses: Option<BTreeMap<String, Vec<BTreeMap<String, AttributeValue>>>>
            => "Responses",
        /// What was not read and may be asked for again.
        pub unprocessed_keys: Option<BTreeMap<String, KeysAndAttributes>> => "UnprocessedKeys",
        /// What each table has given.
        pub consumed_capacity: Option<Vec<ConsumedCapacity>> => "ConsumedCapacity",
    }
    errors ["ProvisionedThroughputExceededException", "ResourceNotFoundException", "ThrottlingException"]
    access itself
}

impl Meter for BatchGetItem {
    type Output = BatchGetItemOutput;
    type Used = BTreeMap<String, Capacity>;
    fn counts(config: &Config) -> bool {
        shape::throttles(config)
    }
    fn read(
        self,
        world: &World,
        cx: &Cx<'_>,
        metered: Option<Time>,
    ) -> Result<(Self::Output, Self::Used), ApiError> {
        for table in self.request_items.keys() {
            allowed(world, cx, "dynamodb:BatchGetItem", table, None)?;
        }
        let place = Place::of(cx);
        let gets = self.request_items.iter().map(|(table, keys)| keys.spec(table));
        let gets = gets.collect::<Result<Vec<_>, _>>()?;
        let got = world.get::<State>().batch_get(&place, metered, &gets)?;
        let mut request = self.request_items;
        let left = got.unprocessed.into_iter().filter_map(|(table, keys)| {
            let asked = request.remove(&table)?;
            Some((table, KeysAndAttributes { keys: keys.iter().map(given).collect(), ..asked }))
        });
        let output = BatchGetItemOutput {
            unprocessed_keys: Some(left.collect()),
            responses: Some(got.items),
            consumed_capacity: consumed(
                self.return_consumed_capacity,
                &place,
                &got.cost,
                Side::Unsaid,
            ),
        };
        Ok((output, got.cost))
    }
    fn charge(world: &mut World, cx: &Cx<'_>, used: Self::Used) {
        charge(world, cx, &used);
    }
}

sim::structure! {
    /// An item to put.
    pub struct PutRequest {
        /// The whole item.
        pub item: GivenItem => "Item",
    }
}

sim::structure! {
    /// An item to delete.
    pub struct DeleteRequest {
        /// The primary key.
        pub key: GivenItem => "Key",
    }
}

sim::structure! {
    /// A put or a deletion.
    pub struct WriteRequest {
        /// An item to put.
        pub put_request: Option<PutRequest> => "PutRequest",
        /// An item to delete.
        pub delete_request: Option<DeleteRequest> => "DeleteRequest",
    }
}

impl WriteRequest {
    fn action(&self) -> Result<Action, ApiError> {
        match (&self.put_request, &self.delete_request) {
            (Some(put), None) => item_from_json(&put.item.0).map(Action::Put),
            (None, Some(delete)) => item_from_json(&delete.key.0).map(Action::Delete),
            _ => Err(validation(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one \
                 of the supported datatypes",
            )),
        }
    }

    fn of(action: &Action) -> Self {
        match action {
            Action::Put(item) => {
                Self { put_request: Some(PutRequest { item: given(item) }), delete_request: None }
            }
            Action::Update(key, _) | Action::Delete(key) | Action::Check(key) => {
                Self { put_request: None, delete_request: Some(DeleteRequest { key: given(key) }) }
            }
        }
    }
}

sim::operation! {
    /// Puts or deletes up to 25 items of one or more tables, each for itself.
    write BatchWriteItem in "dynamodb" = "POST /";
    input {
        /// The puts and deletions, by table: its name or ARN.
        request_items: BTreeMap<String, Vec<WriteRequest>> => required "RequestItems",
        /// Whether the answer says what capacity was consumed.
        return_consumed_capacity: Option<ReturnConsumedCapacity> => "ReturnConsumedCapacity",
        /// Whether the sizes of the items' collections are said.
        return_item_collection_metrics: Option<ReturnItemCollectionMetrics>
            => "ReturnItemCollectionMetrics",
    }
    output BatchWriteItemOutput {
        /// What was not written and may be asked for again.
        pub unprocessed_items: Option<BTreeMap<String, Vec<WriteRequest>>> => "UnprocessedItems",
        /// The sizes of the items' collections, by table.
        pub item_collection_metrics: Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>
            => "ItemCollectionMetrics",
        /// What each table has taken.
        pub consumed_capacity: Option<Vec<ConsumedCapacity>> => "ConsumedCapacity",
    }
    errors [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "ResourceNotFoundException",
        "ItemCollectionSizeLimitExceededException",
    ]
    access itself
}

impl Write for BatchWriteItem {
    type Output = BatchWriteItemOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut writes = Vec::new();
        for (table, requests) in &self.request_items {
            allowed(world, cx, "dynamodb:BatchWriteItem", table, None)?;
            let actions = requests.iter().map(WriteRequest::action);
            writes.push((table.clone(), actions.collect::<Result<Vec<_>, _>>()?));
        }
        let done = change(world, cx, |state, cx| state.batch_write(cx, &writes))?;
        let left = done
            .unprocessed
            .into_iter()
            .map(|(table, actions)| (table, actions.iter().map(WriteRequest::of).collect()));
        Ok(BatchWriteItemOutput {
            unprocessed_items: Some(left.collect()),
            item_collection_metrics: collections(
                self.return_item_collection_metrics,
                done.collections,
            ),
            consumed_capacity: consumed(
                self.return_consumed_capacity,
                &Place::of(cx),
                &done.cost,
                Side::Unsaid,
            ),
        })
    }
}
