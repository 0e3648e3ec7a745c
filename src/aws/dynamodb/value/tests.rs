//! Attribute values: from JSON and back, their sizes, and what is refused.

use serde_json::{Value, json};

use super::*;

/// The value written back, or the error.
#[track_caller]
fn check(value: &Value, expect: &Value) {
    let outcome = match AttributeValue::from_json(value) {
        Ok(value) => value.to_json(),
        Err(error) => json!(error.message),
    };
    assert_eq!(&outcome, expect, "{value}");
}

#[test]
fn values_come_back_as_they_were() {
    for value in [
        json!({"S": "x"}),
        json!({"S": ""}),
        json!({"N": "-1.5"}),
        json!({"B": "AAEC"}),
        json!({"B": ""}),
        json!({"BOOL": true}),
        json!({"BOOL": false}),
        json!({"NULL": true}),
        json!({"SS": ["a", "b"]}),
        json!({"NS": ["1", "2"]}),
        json!({"BS": ["AA==", "AQ=="]}),
        json!({"L": []}),
        json!({"L": [{"S": "x"}, {"N": "1"}]}),
        json!({"M": {}}),
        json!({"M": {"a": {"L": [{"M": {"b": {"NULL": true}}}]}}}),
    ] {
        check(&value, &value);
    }
}

#[test]
fn values_are_normalised() {
    for (value, expect) in [
        (json!({"N": "1.0"}), json!({"N": "1"})),
        (json!({"SS": ["b", "a"]}), json!({"SS": ["a", "b"]})),
        (json!({"NS": ["10", "9", "-1.0"]}), json!({"NS": ["-1", "9", "10"]})),
        (json!({"S": "x", "N": null}), json!({"S": "x"})),
        (json!({"S": "x", "Unknown": 1}), json!({"S": "x"})),
    ] {
        check(&value, &expect);
    }
}

#[test]
fn invalid_values_are_refused() {
    const EMPTY: &str = "Supplied AttributeValue is empty, must contain exactly one of the \
                         supported datatypes";
    const SEVERAL: &str = "Supplied AttributeValue has more than one datatypes set, must contain \
                           exactly one of the supported datatypes";
    for (value, expect) in [
        (json!({}), EMPTY),
        (json!({"S": null}), EMPTY),
        (json!({"Unknown": 1}), EMPTY),
        (json!({"M": {"a": {}}}), EMPTY),
        (json!({"S": "x", "N": "1"}), SEVERAL),
        (json!({"L": [{"S": "x", "BOOL": true}]}), SEVERAL),
        (json!({"S": "x", "N": "y"}), "The parameter cannot be converted to a numeric value: y"),
        (json!({"N": ""}), "The parameter cannot be converted to a numeric value"),
        (json!({"NS": ["1", "x"]}), "The parameter cannot be converted to a numeric value: x"),
        (json!({"NS": ["1", "1.0"]}), "Input collection contains duplicates"),
        (json!({"N": 1}), "NUMBER_VALUE cannot be converted to String"),
        (json!({"S": true}), "TRUE_VALUE cannot be converted to String"),
        (json!({"S": []}), "Start of list found where not expected"),
        (json!({"S": {}}), "Start of structure or map found where not expected"),
        (json!({"L": {}}), "Start of structure or map found where not expected"),
        (json!({"M": []}), "Start of list found where not expected"),
        (json!([]), "Start of list found where not expected"),
        (json!({"BOOL": "true"}), "Unexpected token received from parser"),
        (
            json!({"B": "AAA"}),
            "Base64 encoded length is expected a multiple of 4 bytes but found: 3",
        ),
        (json!({"B": "A!AA"}), "Invalid Base64 character: '!'"),
    ] {
        check(&value, &json!(expect));
    }
    for (value, expect) in [
        (json!({"NULL": false}), "Null attribute value types must have the value of true"),
        (json!({"SS": []}), "An string set  may not be empty"),
        (json!({"NS": []}), "An number set  may not be empty"),
        (json!({"BS": []}), "Binary sets should not be empty"),
        (json!({"SS": ["a", ""]}), "An string set may not have a empty string as a member"),
        (json!({"BS": ["AA==", ""]}), "Binary sets may not contain null or empty values"),
        (json!({"SS": ["a", "a"]}), "Input collection [a, a] contains duplicates."),
        (
            json!({"BS": ["Yg==", "Yg=="]}),
            "Input collection [Yg==, Yg==]of type BS contains duplicates.",
        ),
    ] {
        check(&value, &json!(format!("One or more parameter values were invalid: {expect}")));
    }
}

#[test]
fn faults_of_the_json_are_serialization_exceptions() {
    for (value, code) in [
        (json!({"N": 1}), "SerializationException"),
        (json!({"B": "A"}), "SerializationException"),
        (json!("x"), "SerializationException"),
        (json!({"N": "x"}), "ValidationException"),
        (json!({}), "ValidationException"),
    ] {
        let error = AttributeValue::from_json(&value).unwrap_err();
        assert_eq!((error.code.as_str(), error.status), (code, 400), "{value}");
    }
}

fn nested(containers: usize) -> Value {
    (0..containers).fold(json!({"S": "x"}), |inner, at| {
        if at % 2 == 0 { json!({"L": [inner]}) } else { json!({"M": {"a": inner}}) }
    })
}

#[test]
fn nesting_ends_at_32_levels() {
    assert!(AttributeValue::from_json(&nested(31)).is_ok());
    let error = AttributeValue::from_json(&nested(32)).unwrap_err();
    assert!(error.message.starts_with("Nesting Levels have exceeded supported limits"));
    let error = item_from_json(&json!({"a": nested(100)})).unwrap_err();
    assert!(error.message.starts_with("Nesting Levels have exceeded supported limits"));
}

#[test]
fn items_weigh_names_and_values() {
    for (item, bytes) in [
        (json!({}), 0),
        (json!({"id": {"S": "abc"}}), 5),
        (json!({"ä": {"S": "ö"}}), 4),
        (json!({"n": {"N": "12345"}}), 5),
        (json!({"n": {"N": "-12345"}}), 6),
        (json!({"b": {"B": "AAEC"}}), 4),
        (json!({"flag": {"BOOL": true}}), 5),
        (json!({"none": {"NULL": true}}), 5),
        (json!({"s": {"SS": ["a", "bc"]}}), 4),
        (json!({"n": {"NS": ["1", "22"]}}), 5),
        (json!({"b": {"BS": ["AA==", "AQI="]}}), 4),
        (json!({"l": {"L": []}}), 4),
        (json!({"l": {"L": [{"S": "ab"}, {"BOOL": false}]}}), 9),
        (json!({"m": {"M": {}}}), 4),
        (json!({"m": {"M": {"key": {"S": "ab"}}}}), 10),
    ] {
        let parsed = item_from_json(&item).unwrap();
        assert_eq!(item_size_bytes(&parsed), bytes, "{item}");
    }
}

#[test]
fn an_item_weighs_at_most_400_kib() {
    let item = |bytes: usize| Item::from([("a".to_owned(), AttributeValue::S("x".repeat(bytes)))]);
    assert!(check_item_size(&item(ITEM_SIZE_MAX_BYTES - 1)).is_ok());
    let error = check_item_size(&item(ITEM_SIZE_MAX_BYTES)).unwrap_err();
    assert_eq!(error.message, "Item size has exceeded the maximum allowed size");
    let error = check_updated_item(&item(ITEM_SIZE_MAX_BYTES)).unwrap_err();
    assert_eq!(error.message, "Item size to update has exceeded the maximum allowed size");
}

#[test]
fn values_in_messages() {
    for (value, expect) in [
        (json!({"N": "5"}), "{N:5}"),
        (json!({"S": "x"}), "{S:x}"),
        (json!({"B": "AA=="}), "{B:AA==}"),
        (json!({"SS": ["a", "b"]}), "{SS:[a, b]}"),
        (json!({"L": [{"N": "1"}]}), "{L:[{N:1}]}"),
        (json!({"M": {"a": {"BOOL": true}}}), "{M:{a={BOOL:true}}}"),
    ] {
        assert_eq!(AttributeValue::from_json(&value).unwrap().in_message(), expect);
    }
}
