//! Many items: `Query` and `Scan`.

use crate::dynamodb::place::Place;
use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Meter};
use sim::{Config, Cx, World};

use super::items::{
    ComparisonOperator, ConditionalOperator, GivenValues, projection, substitutions,
};
use super::shapes::{ConsumedCapacity, GivenItem, ReturnConsumedCapacity, Side};
use super::words::Given;
use super::{allowed, charge};
use crate::dynamodb::State;
use crate::dynamodb::capacity::Capacity;
use crate::dynamodb::error::validation;
use crate::dynamodb::expression::{Condition as Filter, KeyCondition, Kind, Substitutions};
use crate::dynamodb::legacy;
use crate::dynamodb::query::Query as QueryOf;
use crate::dynamodb::read::{Reading, Select};
use crate::dynamodb::scan::Scan as ScanOf;
use crate::dynamodb::shape;
use crate::dynamodb::table::check::constraint;
use crate::dynamodb::value::{AttributeValue, item_from_json};

sim::structure! {
    /// What an attribute is compared with.
    pub struct Condition {
        /// The values.
        pub attribute_value_list: Option<Vec<AttributeValue>> => "AttributeValueList",
        /// What it is compared by.
        pub comparison_operator: ComparisonOperator => "ComparisonOperator",
    }
}

/// The older form of a condition, by attribute.
type Conditions = Given<BTreeMap<String, Condition>>;

sim::group! {
    /// What queries and scans have in common.
    pub struct Reads {
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// The index to read, if not the table itself.
        index_name: Option<String> => "IndexName",
        /// Which attributes are shown, or only how many items there are.
        select: Option<Select> => "Select",
        /// The attributes to show, in the older form.
        attributes_to_get: Option<Vec<String>> => "AttributesToGet",
        /// How many items are looked at.
        limit: Option<i64> => "Limit",
        /// Whether the read is strongly consistent: it sees everything written before.
        consistent_read: Option<bool> => "ConsistentRead",
        /// How conditions in the older form are joined: `AND` or `OR`.
        conditional_operator: Option<ConditionalOperator> => "ConditionalOperator",
        /// Where the last page ended.
        exclusive_start_key: Option<GivenItem> => "ExclusiveStartKey",
        /// Whether the answer says what capacity was consumed.
        return_consumed_capacity: Option<ReturnConsumedCapacity> => "ReturnConsumedCapacity",
        /// The attributes to show.
        projection_expression: Option<String> => "ProjectionExpression",
        /// Which of the items that were read are shown.
        filter_expression: Option<String> => "FilterExpression",
        /// The attribute names that placeholders in the expressions stand for.
        expression_attribute_names: Option<BTreeMap<String, String>> => "ExpressionAttributeNames",
        /// The values that placeholders in the expressions stand for.
        expression_attribute_values: Option<GivenValues> => "ExpressionAttributeValues",
    }
}

impl Reads {
    /// Refuses what does not go together.
    fn check(
        &self,
        key: Option<(bool, bool)>,
        (filter, filtered): (&'static str, bool),
    ) -> Result<Substitutions, ApiError> {
        let mut expressions = vec![
            ("ProjectionExpression", self.projection_expression.is_some()),
            ("FilterExpression", self.filter_expression.is_some()),
        ];
        let operator = self.conditional_operator.map(ConditionalOperator::as_str);
        let mut old = vec![
            ("AttributesToGet", self.attributes_to_get.is_some()),
            (filter, filtered),
            ("ConditionalOperator", operator.is_some()),
        ];
        if let Some((new, legacy)) = key {
            expressions.push(("KeyConditionExpression", new));
            old.push(("KeyConditions", legacy));
        }
        legacy::check_parameters(
            &expressions,
            &old,
            self.expression_attribute_names.is_some(),
            self.expression_attribute_values.is_some(),
        )?;
        legacy::check_conditional_operator(operator, filtered)?;
        substitutions(
            self.expression_attribute_names.as_ref(),
            self.expression_attribute_values.as_ref(),
        )
    }

    /// How the page is read; `old` is the filter in the older form.
    fn reading(
        self,
        substitutions: &mut Substitutions,
        parameter: &str,
        old: Option<&Conditions>,
    ) -> Result<Reading, ApiError> {
        let operator = self.conditional_operator.map(ConditionalOperator::as_str);
        let filter = match (&self.filter_expression, old) {
            (Some(text), _) => Some(Filter::parse(Kind::Filter, text, substitutions)?),
            (None, Some(old)) => Some(legacy::filter(parameter, &old.0, operator)?),
            (None, None) => None,
        };
        let projection = projection(
            self.projection_expression.as_deref(),
            self.attributes_to_get.as_deref(),
            substitutions,
        )?;
        Ok(Reading {
            table: self.table_name,
            index: self.index_name,
            filter,
            legacy_filter: old.is_some(),
            projection,
            select: self.select,
            limit: self.limit.map(positive).transpose()?,
            consistent: self.consistent_read.unwrap_or(false),
            start: self.exclusive_start_key.map(|key| item_from_json(&key.0)).transpose()?,
        })
    }
}

fn positive(limit: i64) -> Result<u64, ApiError> {
    let rule = "Member must have value greater than or equal to 1";
    u64::try_from(limit).map_err(|_| constraint(&limit.to_string(), "limit", rule))
}

sim::operation! {
    /// Reads the items of one partition key, in the order of their sort keys.
    meter Query in "dynamodb" = "POST /";
    input {
        ..reads: Reads,
        /// Conditions on the key, in the older form, by attribute.
        key_conditions: Option<Conditions> => "KeyConditions",
        /// Conditions on the items, in the older form, by attribute.
        query_filter: Option<Conditions> => "QueryFilter",
        /// Whether sort keys go up, which they do if it is not said.
        scan_index_forward: Option<bool> => "ScanIndexForward",
        /// The partition key, and which sort keys.
        key_condition_expression: Option<String> => "KeyConditionExpression",
    }
    output QueryOutput {
        /// The items.
        pub items: Option<Vec<BTreeMap<String, AttributeValue>>> => "Items",
        /// How many there are.
        pub count: u64 => "Count",
        /// How many were looked at.
        pub scanned_count: u64 => "ScannedCount",
        /// Where the page ended, if it is not the last.
        pub last_evaluated_key: Option<BTreeMap<String, AttributeValue>> => "LastEvaluatedKey",
        /// What the query has consumed.
        pub consumed_capacity: Option<ConsumedCapacity> => "ConsumedCapacity",
    }
    errors ["ProvisionedThroughputExceededException", "ResourceNotFoundException", "ThrottlingException"]
    access itself
    pages {
        input: &["ExclusiveStartKey"],
        output: &["LastEvaluatedKey"],
        limit: Some("Limit"),
        results: &["Items", "Count", "ScannedCount"],
        shown: &["ConsumedCapacity"],
    }
}

impl Meter for Query {
    type Output = QueryOutput;
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
        let (table, index) = (self.reads.table_name.clone(), self.reads.index_name.clone());
        allowed(world, cx, "dynamodb:Query", &table, index.as_deref())?;
        let (place, state) = (Place::of(cx), world.get::<State>());
        let keyed = (self.key_condition_expression.is_some(), self.key_conditions.is_some());
        let mut substitutions =
            self.reads.check(Some(keyed), ("QueryFilter", self.query_filter.is_some()))?;
        if keyed == (false, false) {
            return Err(validation(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified \
                 in the request.",
            ));
        }
        let key = state.query_key(&place, &table, index.as_deref())?;
        let (hash, range) = (&key.hash.name, key.range.as_ref().map(|range| range.name.as_str()));
        let condition = match (&self.key_condition_expression, &self.key_conditions) {
            (Some(text), _) => KeyCondition::parse(text, &mut substitutions, hash, range)?,
            (None, Some(old)) => legacy::key_conditions(&old.0, hash, range)?,
            (None, None) => return Err(validation("Query key condition not supported")),
        };
        let how = self.reads.return_consumed_capacity;
        let old = self.query_filter.as_ref();
        let reading = self.reads.reading(&mut substitutions, "QueryFilter", old)?;
        substitutions.finish()?;
        let forward = self.scan_index_forward.unwrap_or(true);
        let page = state.query(&place, metered, &QueryOf { reading, condition, forward })?;
        let output = QueryOutput {
            items: page.items,
            count: page.count,
            scanned_count: page.scanned,
            last_evaluated_key: page.last,
            consumed_capacity: ReturnConsumedCapacity::shown(
                how,
                &place,
                &table,
                &page.cost,
                Side::Unsaid,
            ),
        };
        Ok((output, (table, page.cost)))
    }
    fn charge(world: &mut World, cx: &Cx<'_>, used: Self::Used) {
        charge(world, cx, [(&used.0, &used.1)]);
    }
}

sim::operation! {
    /// Reads all items of a table or an index, or one segment of them.
    meter Scan in "dynamodb" = "POST /";
    input {
        ..reads: Reads,
        /// Conditions on the items, in the older form, by attribute.
        scan_filter: Option<Conditions> => "ScanFilter",
        /// How many segments the items are read in.
        total_segments: Option<i64> => "TotalSegments",
        /// Which of them this is, from 0.
        segment: Option<i64> => "Segment",
    }
    output ScanOutput {
        /// The items.
        pub items: Option<Vec<BTreeMap<String, AttributeValue>>> => "Items",
        /// How many there are.
        pub count: u64 => "Count",
        /// How many were looked at.
        pub scanned_count: u64 => "ScannedCount",
        /// Where the page ended, if it is not the last.
        pub last_evaluated_key: Option<BTreeMap<String, AttributeValue>> => "LastEvaluatedKey",
        /// What the scan has consumed.
        pub consumed_capacity: Option<ConsumedCapacity> => "ConsumedCapacity",
    }
    errors ["ProvisionedThroughputExceededException", "ResourceNotFoundException", "ThrottlingException"]
    access itself
    pages {
        input: &["ExclusiveStartKey"],
        output: &["LastEvaluatedKey"],
        limit: Some("Limit"),
        results: &["Items", "Count", "ScannedCount"],
        shown: &["ConsumedCapacity"],
    }
}

/// A number of segments, or of one.
fn segment(number: Option<i64>, member: &str, least: i64) -> Result<Option<u32>, ApiError> {
    let Some(number) = number else { return Ok(None) };
    let rule = format!("Member must have value greater than or equal to {least}");
    if number < least {
        return Err(constraint(&number.to_string(), member, &rule));
    }
    Ok(Some(u32::try_from(number).unwrap_or(u32::MAX)))
}

impl Meter for Scan {
    type Output = ScanOutput;
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
        let (table, index) = (self.reads.table_name.clone(), self.reads.index_name.clone());
        allowed(world, cx, "dynamodb:Scan", &table, index.as_deref())?;
        let place = Place::of(cx);
        let old = self.scan_filter.as_ref();
        let mut substitutions = self.reads.check(None, ("ScanFilter", old.is_some()))?;
        let how = self.reads.return_consumed_capacity;
        let reading = self.reads.reading(&mut substitutions, "ScanFilter", old)?;
        substitutions.finish()?;
        let scan = ScanOf {
            reading,
            segment: segment(self.segment, "segment", 0)?,
            total_segments: segment(self.total_segments, "totalSegments", 1)?,
        };
        let page = world.get::<State>().scan(&place, metered, &scan)?;
        let output = ScanOutput {
            items: page.items,
            count: page.count,
            scanned_count: page.scanned,
            last_evaluated_key: page.last,
            consumed_capacity: ReturnConsumedCapacity::shown(
                how,
                &place,
                &table,
                &page.cost,
                Side::Unsaid,
            ),
        };
        Ok((output, (table, page.cost)))
    }
    fn charge(world: &mut World, cx: &Cx<'_>, used: Self::Used) {
        charge(world, cx, [(&used.0, &used.1)]);
    }
}
