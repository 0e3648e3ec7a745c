//! All or none: `TransactWriteItems` and `TransactGetItems`.

use crate::dynamodb::place::Place;
use std::collections::BTreeMap;

use base::Time;
use md5::{Digest as _, Md5};
use sim::api::{ApiError, Meter, Shaped as _, Value, Write};
use sim::{Config, Cx, World};

use super::batches::{collections, consumed};
use super::items::{GivenValues, projection, substitutions};
use super::shapes::{
    ConsumedCapacity, GivenItem, ItemCollectionMetrics, OnConditionCheckFailure,
    ReturnConsumedCapacity, ReturnItemCollectionMetrics, Side,
};
use super::words::Given;
use super::{allowed, change, charge, refusal};
use crate::dynamodb::State;
use crate::dynamodb::capacity::Capacity;
use crate::dynamodb::error::validation;
use crate::dynamodb::expression::{Condition, Kind, Update as UpdateOf};
use crate::dynamodb::item::{Action, GetItem, ItemWrite};
use crate::dynamodb::legacy;
use crate::dynamodb::shape;
use crate::dynamodb::transact::Idempotency;
use crate::dynamodb::value::{AttributeValue, item_from_json};

/// An action of a transaction: its key or item, and what must hold.
macro_rules! action {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $fdoc:literal])* $field:ident : $type:ty => $wire:literal),* }
        $condition:ty) => {
        sim::structure! {
            $(#[doc = $doc])*
            pub struct $name {
                $($(#[doc = $fdoc])* pub $field: $type => $wire,)*
                /// The table: its name or ARN.
                pub table_name: String => "TableName",
                /// A condition that the item must meet before the change.
                pub condition_expression: $condition => "ConditionExpression",
                /// The attribute names that placeholders in the expressions stand for.
                pub expression_attribute_names: Option<BTreeMap<String, String>>
                    => "ExpressionAttributeNames",
                /// The values that placeholders in the expressions stand for.
                pub expression_attribute_values: Option<GivenValues>
                    => "ExpressionAttributeValues",
                /// Whether the error shows the item when the condition does not hold.
                pub return_values_on_condition_check_failure: Option<OnConditionCheckFailure>
                    => "ReturnValuesOnConditionCheckFailure",
            }
        }

        impl $name {
            fn parts(&self) -> Parts<'_> {
                Parts {
                    table: &self.table_name,
                    condition: Stated::text(&self.condition_expression),
                    names: self.expression_attribute_names.as_ref(),
                    values: self.expression_attribute_values.as_ref(),
                    shows_old: self.return_values_on_condition_check_failure
                        == Some(OnConditionCheckFailure::AllOld),
                }
            }
        }
    };
}

/// A condition that must be given, or may be.
trait Stated {
    fn text(&self) -> Option<&str>;
}

impl Stated for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Stated for Option<String> {
    fn text(&self) -> Option<&str> {
        self.as_deref()
    }
}

action! {
    /// A condition on an item that is not written.
    ConditionCheck {
        /// The primary key of the item.
        key: GivenItem => "Key"
    }
    String
}

action! {
    /// An item to put.
    Put {
        /// The whole item.
        item: GivenItem => "Item"
    }
    Option<String>
}

action! {
    /// An item to delete.
    Delete {
        /// The primary key of the item.
        key: GivenItem => "Key"
    }
    Option<String>
}

action! {
    /// An item to change.
    Update {
        /// The primary key of the item.
        key: GivenItem => "Key",
        /// The changes.
        update_expression: String => "UpdateExpression"
    }
    Option<String>
}

/// What all actions have.
struct Parts<'a> {
    table: &'a str,
    condition: Option<&'a str>,
    names: Option<&'a BTreeMap<String, String>>,
    values: Option<&'a GivenValues>,
    shows_old: bool,
}

impl Parts<'_> {
    fn write(
        &self,
        update: Option<&str>,
        action: impl FnOnce(Option<UpdateOf>) -> Action,
    ) -> Result<ItemWrite, ApiError> {
        let both = [
            ("UpdateExpression", update.is_some()),
            ("ConditionExpression", self.condition.is_some()),
        ];
        let expressions = if update.is_some() { &both } else { &both[1..] };
        legacy::check_parameters(expressions, &[], self.names.is_some(), self.values.is_some())?;
        let mut substitutions = substitutions(self.names, self.values)?;
        let update = update.map(|text| UpdateOf::parse(text, &mut substitutions)).transpose()?;
        let condition = self
            .condition
            .map(|text| Condition::parse(Kind::Condition, text, &mut substitutions))
            .transpose()?;
        substitutions.finish()?;
        Ok(ItemWrite {
            table: self.table.to_owned(),
            action: action(update),
            condition,
            show_old_on_failure: self.shows_old,
        })
    }
}

sim::argument! {
    /// One of four actions.
    pub struct TransactWriteItem {
        /// A condition on an item that is not written.
        pub(crate) condition_check: Option<ConditionCheck> => "ConditionCheck",
        /// An item to put.
        pub(crate) put: Option<Put> => "Put",
        /// An item to delete.
        pub(crate) delete: Option<Delete> => "Delete",
        /// An item to change.
        pub(crate) update: Option<Update> => "Update",
    }
}

impl TransactWriteItem {
    /// The action that must be allowed, and the write.
    fn read(&self) -> Result<(&'static str, ItemWrite), ApiError> {
        match (&self.condition_check, &self.put, &self.delete, &self.update) {
            (Some(check), None, None, None) => {
                let key = item_from_json(&check.key.0)?;
                let write = check.parts().write(None, |_| Action::Check(key))?;
                Ok(("dynamodb:ConditionCheckItem", write))
            }
            (None, Some(put), None, None) => {
                let item = item_from_json(&put.item.0)?;
                Ok(("dynamodb:PutItem", put.parts().write(None, |_| Action::Put(item))?))
            }
            (None, None, Some(delete), None) => {
                let key = item_from_json(&delete.key.0)?;
                Ok(("dynamodb:DeleteItem", delete.parts().write(None, |_| Action::Delete(key))?))
            }
            (None, None, None, Some(update)) => {
                let key = item_from_json(&update.key.0)?;
                let text = Some(update.update_expression.as_str());
                let write = update.parts().write(text, |update| Action::Update(key, update))?;
                Ok(("dynamodb:UpdateItem", write))
            }
            _ => Err(validation(
                "TransactItems can only contain one of Check, Put, Update or Delete",
            )),
        }
    }
}

/// A digest of a value that does not depend on the order of members.
fn digest(value: &Value) -> [u8; 16] {
    fn feed(value: &Value, into: &mut Md5) {
        match value {
            Value::Object(map) => {
                let mut members: Vec<_> = map.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                into.update(format!("{{{}", members.len()));
                for (name, value) in members {
                    into.update(format!("{}:{name}", name.len()));
                    feed(value, into);
                }
            }
            Value::Array(values) => {
                into.update(format!("[{}", values.len()));
                for value in values {
                    feed(value, into);
                }
            }
            Value::String(text) => into.update(format!("\"{}:{text}", text.len())),
            other => into.update(format!("={other};")),
        }
    }
    let mut hasher = Md5::new();
    feed(value, &mut hasher);
    hasher.finalize().into()
}

sim::operation! {
    /// Writes up to 100 items of one or more tables, all of them or none.
    write TransactWriteItems in "dynamodb" = "POST /";
    input {
        /// The actions.
        transact_items: Given<Vec<TransactWriteItem>> => "TransactItems",
        /// Whether the answer says what capacity was consumed.
        return_consumed_capacity: Option<ReturnConsumedCapacity> => "ReturnConsumedCapacity",
        /// Whether the sizes of the items' collections are said.
        return_item_collection_metrics: Option<ReturnItemCollectionMetrics>
            => "ReturnItemCollectionMetrics",
        /// Makes the same request within ten minutes one.
        client_request_token: Option<String> => "ClientRequestToken",
    }
    output TransactWriteItemsOutput {
        /// What each table has taken.
        pub consumed_capacity: Option<Vec<ConsumedCapacity>> => "ConsumedCapacity",
        /// The sizes of the items' collections, by table.
        pub item_collection_metrics: Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>
            => "ItemCollectionMetrics",
    }
    errors [
        "ResourceNotFoundException",
        "TransactionCanceledException",
        "IdempotentParameterMismatchException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    ]
    access itself
    token "ClientRequestToken"
}

impl Write for TransactWriteItems {
    type Output = TransactWriteItemsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let token = self.client_request_token;
        let digest = token.as_ref().map(|_| digest(&self.transact_items.0)).unwrap_or_default();
        let mut writes = Vec::new();
        for item in Vec::<TransactWriteItem>::from_value(self.transact_items.0)? {
            let (action, write) = item.read()?;
            allowed(world, cx, action, &write.table, None)?;
            writes.push(write);
        }
        let idempotency = token.as_deref().map(|token| Idempotency { token, digest });
        let done = change(world, cx, |state, cx| state.transact_write(cx, &writes, idempotency));
        let done = done.map_err(refusal)?;
        let side = if done.repeated { Side::Reading } else { Side::Writing };
        Ok(TransactWriteItemsOutput {
            consumed_capacity: consumed(
                self.return_consumed_capacity,
                &Place::of(cx),
                &done.cost,
                side,
            ),
            item_collection_metrics: collections(
                self.return_item_collection_metrics,
                done.collections,
            ),
        })
    }
}

sim::argument! {
    /// An item to read.
    pub struct Get {
        /// The primary key of the item.
        pub(crate) key: GivenItem => "Key",
        /// The table: its name or ARN.
        pub(crate) table_name: String => "TableName",
        /// The attributes to show.
        pub(crate) projection_expression: Option<String> => "ProjectionExpression",
        /// The attribute names that placeholders in the expression stand for.
        pub(crate) expression_attribute_names: Option<BTreeMap<String, String>>
            => "ExpressionAttributeNames",
    }
}

sim::argument! {
    /// One read.
    pub struct TransactGetItem {
        /// An item to read.
        pub(crate) get: Get => "Get",
    }
}

sim::structure! {
    /// What one read has found.
    pub struct ItemResponse {
        /// The item, if it is there.
        pub item: Option<BTreeMap<String, AttributeValue>> => "Item",
    }
}

sim::operation! {
    /// Reads up to 100 items of one or more tables as they are at one moment.
    meter TransactGetItems in "dynamodb" = "POST /";
    input {
        /// The reads.
        transact_items: Vec<TransactGetItem> => required "TransactItems",
        /// Whether the answer says what capacity was consumed.
        return_consumed_capacity: Option<ReturnConsumedCapacity> => "ReturnConsumedCapacity",
    }
    output TransactGetItemsOutput {
        /// What each table has given.
        pub consumed_capacity: Option<Vec<ConsumedCapacity>> => "ConsumedCapacity",
        /// The items, in the order of the reads.
        pub responses: Vec<ItemResponse> => "Responses",
    }
    errors [
        "ResourceNotFoundException",
        "TransactionCanceledException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    ]
    access itself
}

impl Meter for TransactGetItems {
    type Output = TransactGetItemsOutput;
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
        let mut gets = Vec::new();
        for TransactGetItem { get } in self.transact_items {
            allowed(world, cx, "dynamodb:GetItem", &get.table_name, None)?;
            let text = get.projection_expression.as_deref();
            let names = get.expression_attribute_names.as_ref();
            let given = [("ProjectionExpression", text.is_some())];
            legacy::check_parameters(&given, &[], names.is_some(), false)?;
            let mut names = substitutions(names, None)?;
            let projection = projection(text, None, &mut names)?;
            names.finish()?;
            let key = item_from_json(&get.key.0)?;
            gets.push(GetItem { table: get.table_name, key, projection, consistent: true });
        }
        let place = Place::of(cx);
        let got = world.get::<State>().transact_get(&place, metered, &gets).map_err(refusal)?;
        let output = TransactGetItemsOutput {
            consumed_capacity: consumed(
                self.return_consumed_capacity,
                &place,
                &got.cost,
                Side::Reading,
            ),
            responses: got.items.into_iter().map(|item| ItemResponse { item }).collect(),
        };
        Ok((output, got.cost))
    }
    fn charge(world: &mut World, cx: &Cx<'_>, used: Self::Used) {
        charge(world, cx, &used);
    }
}
