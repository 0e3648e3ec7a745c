//! One item: `GetItem`, `PutItem`, `UpdateItem`, `DeleteItem`.

use crate::dynamodb::place::Place;
use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Meter, Value, Write};
use sim::{Config, Cx, World};

use super::shapes::{
    ConsumedCapacity, GivenItem, ItemCollectionMetrics, OnConditionCheckFailure,
    ReturnConsumedCapacity, ReturnItemCollectionMetrics, Side,
};
use super::words::Given;
use super::{change, charge, refusal};
use crate::dynamodb::State;
use crate::dynamodb::capacity::Capacity;
use crate::dynamodb::expression::{Condition, Kind, Projection, Substitutions, Update};
use crate::dynamodb::item::{Action, GetItem as Get, ItemWrite, ReturnValues, Written};
use crate::dynamodb::legacy;
use crate::dynamodb::shape;
use crate::dynamodb::value::{AttributeValue, Item, item_from_json};

/// Values by their placeholders, as a request has them.
pub type GivenValues = Given<BTreeMap<String, AttributeValue>>;

sim::string_enum! {
    /// How conditions are joined.
    pub enum ConditionalOperator {
        Or = "OR",
        And = "AND",
    }
}

sim::string_enum! {
    /// What an attribute is compared by.
    pub enum ComparisonOperator {
        In = "IN",
        Null = "NULL",
        Between = "BETWEEN",
        Lt = "LT",
        NotContains = "NOT_CONTAINS",
        Eq = "EQ",
        Gt = "GT",
        NotNull = "NOT_NULL",
        Ne = "NE",
        Le = "LE",
        BeginsWith = "BEGINS_WITH",
        Ge = "GE",
        Contains = "CONTAINS",
    }
}

sim::string_enum! {
    /// What becomes of an attribute.
    pub enum AttributeAction {
        Put = "PUT",
        Add = "ADD",
        Delete = "DELETE",
    }
}

sim::argument! {
    /// What an attribute is expected to be.
    pub struct ExpectedAttributeValue {
        /// The value it has.
        pub(crate) value: Option<AttributeValue> => "Value",
        /// Whether it is there.
        pub(crate) exists: Option<bool> => "Exists",
        /// What it is compared by.
        pub(crate) comparison_operator: Option<ComparisonOperator> => "ComparisonOperator",
        /// What it is compared with.
        pub(crate) attribute_value_list: Option<Vec<AttributeValue>> => "AttributeValueList",
    }
}

sim::argument! {
    /// What becomes of an attribute, and with what value.
    pub struct AttributeValueUpdate {
        /// The value.
        pub(crate) value: Option<AttributeValue> => "Value",
        /// `PUT`, `ADD` or `DELETE`.
        pub(crate) action: Option<AttributeAction> => "Action",
    }
}

sim::group! {
    /// A condition on the item that is written, in either of two ways.
    pub struct Conditioned {
        /// The older form of a condition, by attribute.
        expected: Option<Given<BTreeMap<String, ExpectedAttributeValue>>> => "Expected",
        /// How these are joined: `AND` or `OR`.
        conditional_operator: Option<ConditionalOperator> => "ConditionalOperator",
        /// A condition that the item must meet before the change.
        condition_expression: Option<String> => "ConditionExpression",
        /// The attribute names that placeholders in the expressions stand for.
        expression_attribute_names: Option<BTreeMap<String, String>> => "ExpressionAttributeNames",
        /// The values that placeholders in the expressions stand for.
        expression_attribute_values: Option<GivenValues> => "ExpressionAttributeValues",
        /// Whether the error shows the item when the condition does not hold.
        return_values_on_condition_check_failure: Option<OnConditionCheckFailure>
            => "ReturnValuesOnConditionCheckFailure",
    }
}

sim::group! {
    /// What a write answers.
    pub struct Answer {
        /// Which attributes are shown: the old or the new ones.
        return_values: Option<ReturnValues> => "ReturnValues",
        /// Whether the answer says what capacity was consumed.
        return_consumed_capacity: Option<ReturnConsumedCapacity> => "ReturnConsumedCapacity",
        /// Whether the answer says how large the item's collection is.
        return_item_collection_metrics: Option<ReturnItemCollectionMetrics>
            => "ReturnItemCollectionMetrics",
    }
}

/// The placeholders of a request.
pub(crate) fn substitutions(
    names: Option<&BTreeMap<String, String>>,
    values: Option<&GivenValues>,
) -> Result<Substitutions, ApiError> {
    Substitutions::new(names, values.and_then(|values| values.0.as_object()))
}

/// What an update says, in either way.
struct Updates<'a> {
    expression: Option<&'a str>,
    legacy: Option<&'a Value>,
}

impl Conditioned {
    /// What the request says of an item: what becomes of it, and on what condition.
    fn read(
        &self,
        updates: Option<&Updates<'_>>,
    ) -> Result<(Option<Condition>, Option<Update>), ApiError> {
        let legacy_operator = self.conditional_operator.map(ConditionalOperator::as_str);
        let expression = updates.and_then(|u| u.expression);
        let old = updates.and_then(|u| u.legacy);
        let condition = ("ConditionExpression", self.condition_expression.is_some());
        let both = [("UpdateExpression", expression.is_some()), condition];
        legacy::check_parameters(
            if updates.is_some() { &both } else { &both[1..] },
            &[
                ("AttributeUpdates", old.is_some()),
                ("Expected", self.expected.is_some()),
                ("ConditionalOperator", legacy_operator.is_some()),
            ],
            self.expression_attribute_names.is_some(),
            self.expression_attribute_values.is_some(),
        )?;
        legacy::check_conditional_operator(legacy_operator, self.expected.is_some())?;
        let mut substitutions = substitutions(
            self.expression_attribute_names.as_ref(),
            self.expression_attribute_values.as_ref(),
        )?;
        let update = match (expression, old) {
            (Some(text), _) => Some(Update::parse(text, &mut substitutions)?),
            (None, Some(json)) => Some(legacy::attribute_updates(json)?),
            (None, None) => None,
        };
        let condition = match (&self.condition_expression, &self.expected) {
            (Some(text), _) => Some(Condition::parse(Kind::Condition, text, &mut substitutions)?),
            (None, Some(expected)) => Some(legacy::expected(&expected.0, legacy_operator)?),
            (None, None) => None,
        };
        substitutions.finish()?;
        Ok((condition, update))
    }

    fn shows_old(&self) -> bool {
        self.return_values_on_condition_check_failure == Some(OnConditionCheckFailure::AllOld)
    }
}

/// A write, done.
fn write(
    world: &mut World,
    cx: &Cx<'_>,
    write: &ItemWrite,
    answer: &Answer,
) -> Result<Shown, ApiError> {
    let values = answer.return_values.unwrap_or_default();
    let written = change(world, cx, |state, cx| state.write_item(cx, write, values));
    let Written { attributes, cost, collection } = written.map_err(refusal)?;
    let how = answer.return_consumed_capacity;
    let table = &write.table;
    Ok(Shown {
        attributes,
        consumed: ReturnConsumedCapacity::shown(how, &Place::of(cx), table, &cost, Side::Unsaid),
        metrics: ReturnItemCollectionMetrics::shown(
            answer.return_item_collection_metrics,
            collection,
        ),
    })
}

/// What a write shows.
struct Shown {
    attributes: Option<Item>,
    consumed: Option<ConsumedCapacity>,
    metrics: Option<ItemCollectionMetrics>,
}

/// The projection of a read, in either way.
///
/// # Errors
/// Both are given, or one is wrong.
pub(crate) fn projection(
    expression: Option<&str>,
    legacy: Option<&[String]>,
    substitutions: &mut Substitutions,
) -> Result<Option<Projection>, ApiError> {
    match (expression, legacy) {
        (Some(text), _) => Projection::parse(text, substitutions).map(Some),
        (None, Some(names)) => legacy::attributes_to_get(names).map(Some),
        (None, None) => Ok(None),
    }
}

sim::operation! {
    /// Reads one item by its primary key.
    meter GetItem in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// The primary key of the item.
        key: GivenItem => "Key",
        /// The attributes to show, in the older form.
        attributes_to_get: Option<Vec<String>> => "AttributesToGet",
        /// Whether the read is strongly consistent: it sees everything written before.
        consistent_read: Option<bool> => "ConsistentRead",
        /// Whether the answer says what capacity was consumed.
        return_consumed_capacity: Option<ReturnConsumedCapacity> => "ReturnConsumedCapacity",
        /// The attributes to show.
        projection_expression: Option<String> => "ProjectionExpression",
        /// The attribute names that placeholders in the expression stand for.
        expression_attribute_names: Option<BTreeMap<String, String>> => "ExpressionAttributeNames",
    }
    output GetItemOutput {
        /// The item, if it is there.
        pub item: Option<BTreeMap<String, AttributeValue>> => "Item",
        /// What the read has consumed.
        pub consumed_capacity: Option<ConsumedCapacity> => "ConsumedCapacity",
    }
    errors ["ProvisionedThroughputExceededException", "ResourceNotFoundException", "ThrottlingException"]
    access {
        "dynamodb:GetItem" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
}

impl Meter for GetItem {
    type Output = GetItemOutput;
    type Used = (String, Capacity);
    fn counts(config: &Config) -> bool {
        shape::throttles(config)
    }
    fn read(
        self,
        world: &World,
        cx: &Cx<'_>,
        metered: Option<Time>,
    ) -> Result<(Self::Output, Self::Used), ApiError> {
        let place = Place::of(cx);
        legacy::check_parameters(
            &[("ProjectionExpression", self.projection_expression.is_some())],
            &[("AttributesToGet", self.attributes_to_get.is_some())],
            self.expression_attribute_names.is_some(),
            false,
        )?;
        let mut names = substitutions(self.expression_attribute_names.as_ref(), None)?;
        let projection = projection(
            self.projection_expression.as_deref(),
            self.attributes_to_get.as_deref(),
            &mut names,
        )?;
        names.finish()?;
        let key = item_from_json(&self.key.0)?;
        let consistent = self.consistent_read.unwrap_or(false);
        let get = Get { table: self.table_name, key, projection, consistent };
        let got = world.get::<State>().get_item(&place, metered, &get)?;
        let how = self.return_consumed_capacity;
        let output = GetItemOutput {
            item: got.item,
            consumed_capacity: ReturnConsumedCapacity::shown(
                how,
                &place,
                &get.table,
                &got.cost,
                Side::Unsaid,
            ),
        };
        Ok((output, (get.table, got.cost)))
    }
    fn charge(world: &mut World, cx: &Cx<'_>, used: Self::Used) {
        charge(world, cx, [(&used.0, &used.1)]);
    }
}

sim::operation! {
    /// Makes a new item, or replaces the one with the same primary key.
    write PutItem in "dynamodb" = "POST /";
    input {
        ..conditioned: Conditioned,
        ..answer: Answer,
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// The whole item.
        item: GivenItem => "Item",
    }
    output PutItemOutput {
        /// The attributes that were asked for.
        pub attributes: Option<BTreeMap<String, AttributeValue>> => "Attributes",
        /// What the write has consumed.
        pub consumed_capacity: Option<ConsumedCapacity> => "ConsumedCapacity",
        /// The size of the item's collection.
        pub item_collection_metrics: Option<ItemCollectionMetrics> => "ItemCollectionMetrics",
    }
    errors [
        "ConditionalCheckFailedException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "ResourceNotFoundException",
        "ItemCollectionSizeLimitExceededException",
    ]
    access {
        "dynamodb:PutItem" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
}

impl Write for PutItem {
    type Output = PutItemOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let item = item_from_json(&self.item.0)?;
        let (condition, _) = self.conditioned.read(None)?;
        let put = ItemWrite {
            table: self.table_name,
            action: Action::Put(item),
            condition,
            show_old_on_failure: self.conditioned.shows_old(),
        };
        let shown = write(world, cx, &put, &self.answer)?;
        Ok(PutItemOutput {
            attributes: shown.attributes,
            consumed_capacity: shown.consumed,
            item_collection_metrics: shown.metrics,
        })
    }
}

sim::operation! {
    /// Changes attributes of an item, or makes the item if it is not there.
    write UpdateItem in "dynamodb" = "POST /";
    input {
        ..conditioned: Conditioned,
        ..answer: Answer,
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// The primary key of the item.
        key: GivenItem => "Key",
        /// The changes, in the older form, by attribute.
        attribute_updates: Option<Given<BTreeMap<String, AttributeValueUpdate>>>
            => "AttributeUpdates",
        /// The changes.
        update_expression: Option<String> => "UpdateExpression",
    }
    output UpdateItemOutput {
        /// The attributes that were asked for.
        pub attributes: Option<BTreeMap<String, AttributeValue>> => "Attributes",
        /// What the write has consumed.
        pub consumed_capacity: Option<ConsumedCapacity> => "ConsumedCapacity",
        /// The size of the item's collection.
        pub item_collection_metrics: Option<ItemCollectionMetrics> => "ItemCollectionMetrics",
    }
    errors [
        "ConditionalCheckFailedException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "ResourceNotFoundException",
        "ItemCollectionSizeLimitExceededException",
    ]
    access {
        "dynamodb:UpdateItem" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
}

impl Write for UpdateItem {
    type Output = UpdateItemOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let key = item_from_json(&self.key.0)?;
        let updates = Updates {
            expression: self.update_expression.as_deref(),
            legacy: self.attribute_updates.as_ref().map(|updates| &updates.0),
        };
        let (condition, update) = self.conditioned.read(Some(&updates))?;
        let update = ItemWrite {
            table: self.table_name,
            action: Action::Update(key, update),
            condition,
            show_old_on_failure: self.conditioned.shows_old(),
        };
        let shown = write(world, cx, &update, &self.answer)?;
        Ok(UpdateItemOutput {
            attributes: shown.attributes,
            consumed_capacity: shown.consumed,
            item_collection_metrics: shown.metrics,
        })
    }
}

sim::operation! {
    /// Deletes one item by its primary key.
    write DeleteItem in "dynamodb" = "POST /";
    input {
        ..conditioned: Conditioned,
        ..answer: Answer,
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// The primary key of the item.
        key: GivenItem => "Key",
    }
    output DeleteItemOutput {
        /// The attributes that were asked for.
        pub attributes: Option<BTreeMap<String, AttributeValue>> => "Attributes",
        /// What the write has consumed.
        pub consumed_capacity: Option<ConsumedCapacity> => "ConsumedCapacity",
        /// The size of the item's collection.
        pub item_collection_metrics: Option<ItemCollectionMetrics> => "ItemCollectionMetrics",
    }
    errors [
        "ConditionalCheckFailedException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "ResourceNotFoundException",
        "ItemCollectionSizeLimitExceededException",
    ]
    access {
        "dynamodb:DeleteItem" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
}

impl Write for DeleteItem {
    type Output = DeleteItemOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let key = item_from_json(&self.key.0)?;
        let (condition, _) = self.conditioned.read(None)?;
        let delete = ItemWrite {
            table: self.table_name,
            action: Action::Delete(key),
            condition,
            show_old_on_failure: self.conditioned.shows_old(),
        };
        let shown = write(world, cx, &delete, &self.answer)?;
        Ok(DeleteItemOutput {
            attributes: shown.attributes,
            consumed_capacity: shown.consumed,
            item_collection_metrics: shown.metrics,
        })
    }
}
