//! Items one by one: keys, values, conditions, answers, costs.

use super::*;
use crate::dynamodb::capacity::Capacity;

const INVALID: &str = "One or more parameter values were invalid: ";
const NO_MATCH: &str = "The provided key element does not match the schema";

/// Refused with that message, and without a trace.
fn check_refused(spec: &TableSpec, write: &ItemWrite, expect: &str) {
    let mut lab = Lab::with(spec);
    let before = hash_of(&lab.state);
    let failure = lab.write(write, ReturnValues::None).unwrap_err();
    assert_eq!(said(&failure.error()), format!("ValidationException: {expect}"), "{write:?}");
    assert_eq!(hash_of(&lab.state), before);
}

#[test]
fn keys_of_items_are_checked() {
    let table = spec("tab", "id:S n:B", &[]);
    let check = |json: Value, expect: &str| check_refused(&table, &put("tab", json), expect);
    let n = |text: &str| json!({"B": text});
    check(json!({"n": n("AA==")}), &format!("{INVALID}Missing the key id in the item"));
    check(json!({"id": {"S": "a"}}), &format!("{INVALID}Missing the key n in the item"));
    check(
        json!({"id": {"N": "1"}, "n": n("AA==")}),
        &format!("{INVALID}Type mismatch for key id expected: S actual: N"),
    );
    check(
        json!({"id": {"S": ""}, "n": n("AA==")}),
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot \
         contain an empty string value. Key: id",
    );
    check(
        json!({"id": {"S": "a"}, "n": n("")}),
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot \
         contain an empty binary value. Key: n",
    );
    check(
        json!({"id": {"S": "x".repeat(2049)}, "n": n("AA==")}),
        &format!("{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    );
    check(
        json!({"id": {"S": "a"}, "n": n(&"A".repeat(1368))}),
        &format!(
            "{INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
        ),
    );
    check(
        json!({"id": {"S": "a"}, "n": n("AA=="), "x": {"S": "x".repeat(400 * 1024)}}),
        "Item size has exceeded the maximum allowed size",
    );
    let check = |key: Value, expect: &str| {
        check_refused(&table, &delete("tab", key.clone()), expect);
        check_refused(&table, &update("tab", key, "SET x = :x", json!({":x": {"S": "x"}})), expect);
    };
    check(json!({"id": {"S": "a"}}), NO_MATCH);
    check(json!({"id": {"S": "a"}, "n": {"S": "a"}}), NO_MATCH);
    check(json!({"id": {"S": "a"}, "n": n("AA=="), "x": n("AA==")}), NO_MATCH);
    check_refused(
        &table,
        &update("tab", json!({"id": {"S": "a"}, "n": n("AA==")}), "REMOVE n", Value::Null),
        &format!("{INVALID}Cannot update attribute n. This attribute is part of the key"),
    );
}

#[test]
fn keys_of_indexes_are_checked() {
    let table = spec("tab", "id:S", &["global glo x:S y:N KEYS_ONLY"]);
    let key = || json!({"id": {"S": "a"}});
    let with = |name: &str, value: Value| json!({"id": {"S": "a"}, name: value});
    let mismatch =
        format!("{INVALID}Type mismatch for Index Key x Expected: S Actual: NULL IndexName: glo");
    check_refused(&table, &put("tab", with("x", json!({"NULL": true}))), &mismatch);
    let set = update("tab", key(), "SET x = :x", json!({":x": {"NULL": true}}));
    check_refused(&table, &set, &mismatch);
    check_refused(
        &table,
        &put("tab", with("x", json!({"S": ""}))),
        "One or more parameter values are not valid. A value specified for a secondary index key \
         is not supported. The AttributeValue for a key attribute cannot contain an empty string \
         value. IndexName: glo, IndexKey: x",
    );
    check_refused(
        &table,
        &put("tab", with("x", json!({"S": "x".repeat(2049)}))),
        &format!("{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    );
    // Without a whole key the item is not in the index, and that is all.
    let mut lab = Lab::with(&table);
    lab.put(with("x", json!({"S": "1"})));
    let rows =
        |lab: &Lab| lab.state.region(&lab.place).unwrap().tables["tab"].indexes["glo"].rows.len();
    assert_eq!(rows(&lab), 0);
    lab.put(json!({"id": {"S": "a"}, "x": {"S": "1"}, "y": {"N": "1"}}));
    assert_eq!(rows(&lab), 1);
}

#[test]
fn a_write_returns_what_is_asked_for() {
    let old = json!({"id": {"S": "a"}, "x": {"N": "1"}, "y": {"S": "y"}});
    let key = || json!({"id": {"S": "a"}});
    let check = |write: &ItemWrite, values: ReturnValues, expect: Value| {
        let mut lab = Lab::with(&spec("tab", "id:S", &[]));
        lab.put(old.clone());
        let written = lab.write(write, values).unwrap();
        let got = written.attributes.map_or(Value::Null, |item| item_to_json(&item));
        assert_eq!(got, expect, "{write:?} {values:?}");
    };
    let add = update("tab", key(), "ADD x :one", json!({":one": {"N": "1"}}));
    check(&add, ReturnValues::None, Value::Null);
    check(&add, ReturnValues::AllOld, old.clone());
    check(&add, ReturnValues::UpdatedOld, json!({"x": {"N": "1"}}));
    check(&add, ReturnValues::UpdatedNew, json!({"x": {"N": "2"}}));
    check(&add, ReturnValues::AllNew, json!({"id": {"S": "a"}, "x": {"N": "2"}, "y": {"S": "y"}}));
    check(&put("tab", key()), ReturnValues::AllOld, old.clone());
    check(&delete("tab", key()), ReturnValues::AllOld, old.clone());
    check(&delete("tab", json!({"id": {"S": "b"}})), ReturnValues::AllOld, Value::Null);
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    let error = lab.write(&put("tab", key()), ReturnValues::AllNew).unwrap_err();
    assert_eq!(error.error().message, "ReturnValues can only be ALL_OLD or NONE");
    // An update makes what is not there.
    lab.write(&add, ReturnValues::None).unwrap();
    assert_eq!(lab.get(key()), json!({"id": {"S": "a"}, "x": {"N": "1"}}));
}

#[test]
fn a_condition_decides() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    let mut new = put("tab", json!({"id": {"S": "a"}, "x": {"N": "1"}}));
    new.condition = Some(condition("attribute_not_exists(id)", Value::Null));
    lab.write(&new, ReturnValues::None).unwrap();
    let before = hash_of(&lab.state);
    let failure = lab.write(&new, ReturnValues::None).unwrap_err();
    assert_eq!(failure, Failure::Condition { item: None });
    assert_eq!(
        said(&failure.error()),
        "ConditionalCheckFailedException: The conditional request failed"
    );
    new.show_old_on_failure = true;
    let Failure::Condition { item: Some(shown) } = lab.write(&new, ReturnValues::None).unwrap_err()
    else {
        panic!("the item is shown")
    };
    assert_eq!(item_to_json(&shown), json!({"id": {"S": "a"}, "x": {"N": "1"}}));
    assert_eq!(hash_of(&lab.state), before);
    assert_eq!(lab.get(json!({"id": {"S": "b"}})), Value::Null);
}

fn cost(table: u64, locals: &[(&str, u64)], globals: &[(&str, u64)]) -> Capacity {
    let map = |pairs: &[(&str, u64)]| pairs.iter().map(|(n, u)| ((*n).to_owned(), *u)).collect();
    Capacity { table, locals: map(locals), globals: map(globals), ..Capacity::default() }
}

#[test]
fn writes_and_reads_cost() {
    let table = spec("tab", "id:S n:N", &["local loc id:S x:S KEYS_ONLY", "global glo x:S ALL"]);
    let mut lab = Lab::with(&table);
    let item = |x: &str, text: usize| json!({"id": {"S": "a"}, "n": {"N": "1"}, "x": {"S": x}, "t": {"S": "t".repeat(text)}});
    let key = || json!({"id": {"S": "a"}, "n": {"N": "1"}});
    let mut check = |write: ItemWrite, expect: Capacity| {
        let cost = lab.write(&write, ReturnValues::None).unwrap().cost;
        assert_eq!(cost.partitions.values().sum::<u64>(), cost.own(), "one partition: {write:?}");
        assert_eq!(cost, Capacity { partitions: cost.partitions.clone(), ..expect }, "{write:?}");
    };
    // In halves of a unit.
    check(put("tab", json!({"id": {"S": "a"}, "n": {"N": "1"}})), cost(2, &[], &[]));
    check(put("tab", item("1", 1500)), cost(4, &[("loc", 2)], &[("glo", 4)]));
    // Nothing changes: the table's write costs, the indexes have none.
    check(put("tab", item("1", 1500)), cost(4, &[], &[]));
    // Another attribute: only the index that has it.
    check(put("tab", item("1", 500)), cost(4, &[], &[("glo", 4)]));
    // Another key of the index: a deletion and an insertion.
    check(put("tab", item("2", 500)), cost(2, &[("loc", 4)], &[("glo", 4)]));
    check(delete("tab", key()), cost(2, &[("loc", 2)], &[("glo", 2)]));
    check(delete("tab", key()), cost(2, &[], &[]));
    lab.put(item("1", 4097));
    let read = |consistent: bool, key: Value| {
        let key = super::item(key);
        let get = GetItem { table: "tab".into(), key, projection: None, consistent };
        lab.state.get_item(&lab.place, lab.metered(), &get).unwrap().cost.table
    };
    assert_eq!((read(true, key()), read(false, key())), (4, 2));
    let none = || json!({"id": {"S": "b"}, "n": {"N": "1"}});
    assert_eq!((read(true, none()), read(false, none())), (2, 1));
}

#[test]
fn a_projection_shows_a_part() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    lab.put(json!({"id": {"S": "a"}, "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}}));
    let get = GetItem {
        table: "tab".into(),
        key: item(json!({"id": {"S": "a"}})),
        projection: Some(projection("m.y")),
        consistent: false,
    };
    let got = lab.state.get_item(&lab.place, lab.metered(), &get).unwrap().item.unwrap();
    assert_eq!(item_to_json(&got), json!({"m": {"M": {"y": {"N": "2"}}}}));
}

#[test]
fn numbers_stand_in_their_order() {
    let mut lab = Lab::with(&spec("tab", "id:S n:N", &[]));
    let numbers = [
        "-9.9E125", "-123", "-100", "-99.5", "-99", "-1.1", "-1", "-0.9", "-1E-130", "0", "1E-130",
        "0.09", "0.1", "0.11", "1", "1.5", "9", "10", "99.99", "100", "1E125",
    ];
    for number in numbers.iter().rev() {
        lab.put(json!({"id": {"S": "a"}, "n": {"N": number}}));
    }
    let page = lab.query(None, "id = :a", json!({":a": {"S": "a"}}), |_| {}).unwrap();
    let got: Vec<_> =
        page.items.unwrap().into_iter().map(|mut item| item.remove("n").unwrap()).collect();
    let want: Vec<_> = numbers
        .iter()
        .map(|n| {
            crate::dynamodb::value::AttributeValue::N(
                crate::dynamodb::number::Number::parse(n).unwrap(),
            )
        })
        .collect();
    assert_eq!(got, want);
}

#[test]
fn metrics_tell_the_size_of_a_collection() {
    let mut lab = Lab::with(&spec("tab", "id:S n:N", &["local loc id:S x:S ALL"]));
    let write = put("tab", json!({"id": {"S": "a"}, "n": {"N": "1"}, "x": {"S": "x"}}));
    let metrics = lab.write(&write, ReturnValues::None).unwrap().collection.unwrap();
    assert_eq!(item_to_json(&metrics.key), json!({"id": {"S": "a"}}));
    assert_eq!(metrics.gigabytes, (0, 1));
    // So many items are not put here; the partition is said to be that full.
    let region = lab.state.region_mut(&lab.place.clone());
    let table = region.tables.get_mut("tab").unwrap();
    let partition = table.collections.keys().next().unwrap().clone();
    table.collections.insert_mut(partition, 10 << 30);
    let more = put("tab", json!({"id": {"S": "a"}, "n": {"N": "2"}}));
    let full = lab.write(&more, ReturnValues::None).unwrap_err();
    assert_eq!(
        said(&full.error()),
        "ItemCollectionSizeLimitExceededException: Collection size exceeded."
    );
    // What makes it smaller is let in.
    lab.delete(json!({"id": {"S": "a"}, "n": {"N": "1"}}));
}
