//! The parameters in the older form: what they stand for, and what is wrong with them.

use serde_json::{Value, json};

use super::super::value::{Item, item_from_json, item_to_json};
use super::*;

const INVALID: &str = "One or more parameter values were invalid: ";

fn item() -> Item {
    item_from_json(&json!({
        "pk": {"S": "key"},
        "n": {"N": "5"},
        "s": {"S": "hello"},
        "b": {"B": "AAEC"},
        "ss": {"SS": ["a", "b"]},
        "ns": {"NS": ["1", "2"]},
        "l": {"L": [{"S": "x"}]},
    }))
    .unwrap()
}

fn outcome(condition: Result<Condition, ApiError>) -> String {
    match condition {
        Ok(condition) => condition.holds(&item()).to_string(),
        Err(error) => error.message,
    }
}

#[track_caller]
fn check_filter(attribute: &str, operator: &str, values: &Value, expect: &str) {
    let json = json!({
        attribute: {"ComparisonOperator": operator, "AttributeValueList": values}
    });
    assert_eq!(outcome(filter("ScanFilter", &json, None)), expect, "{json}");
}

#[test]
fn filters_compare() {
    let (five, four) = (json!({"N": "5"}), json!({"N": "4"}));
    for (attribute, operator, values, expect) in [
        ("n", "EQ", json!([five]), "true"),
        ("n", "EQ", json!([{"S": "5"}]), "false"),
        ("l", "EQ", json!([{"L": [{"S": "x"}]}]), "true"),
        ("n", "NE", json!([four]), "true"),
        ("gone", "NE", json!([four]), "true"),
        ("n", "NE", json!([five]), "false"),
        ("n", "LT", json!([five]), "false"),
        ("n", "LE", json!([five]), "true"),
        ("n", "GT", json!([four]), "true"),
        ("n", "GE", json!([five]), "true"),
        ("gone", "GE", json!([five]), "false"),
        ("n", "NOT_NULL", json!([]), "true"),
        ("n", "NULL", json!([]), "false"),
        ("gone", "NULL", json!([]), "true"),
        ("s", "CONTAINS", json!([{"S": "ell"}]), "true"),
        ("ss", "CONTAINS", json!([{"S": "a"}]), "true"),
        ("ns", "CONTAINS", json!([{"N": "3"}]), "false"),
        ("l", "CONTAINS", json!([{"S": "x"}]), "true"),
        ("s", "NOT_CONTAINS", json!([{"S": "ell"}]), "false"),
        ("s", "NOT_CONTAINS", json!([{"S": "xyz"}]), "true"),
        ("gone", "NOT_CONTAINS", json!([{"S": "xyz"}]), "false"),
        ("s", "BEGINS_WITH", json!([{"S": "he"}]), "true"),
        ("b", "BEGINS_WITH", json!([{"B": "AAE="}]), "true"),
        ("n", "IN", json!([four, five]), "true"),
        ("n", "IN", json!([four]), "false"),
        ("n", "BETWEEN", json!([four, five]), "true"),
        ("n", "BETWEEN", json!([{"N": "6"}, {"N": "7"}]), "false"),
    ] {
        check_filter(attribute, operator, &values, expect);
    }
}

#[test]
fn filters_take_values_that_fit() {
    let (five, four) = (json!({"N": "5"}), json!({"N": "4"}));
    let arguments = |operator: &str| {
        format!("{INVALID}Invalid number of argument(s) for the {operator} ComparisonOperator")
    };
    let types = |operator: &str, name: &str| {
        format!(
            "{INVALID}ComparisonOperator {operator} is not valid for {name} AttributeValue type"
        )
    };
    for (operator, values, expect) in [
        ("EQ", json!([]), arguments("EQ")),
        ("LT", json!([five, five]), arguments("LT")),
        ("NULL", json!([five]), arguments("NULL")),
        ("IN", json!([]), arguments("IN")),
        ("BETWEEN", json!([five]), arguments("BETWEEN")),
        ("LT", json!([{"SS": ["a"]}]), types("LT", "SS")),
        ("BEGINS_WITH", json!([five]), types("BEGINS_WITH", "N")),
        ("CONTAINS", json!([{"L": []}]), types("CONTAINS", "L")),
        (
            "IN",
            json!([five, {"S": "x"}]),
            format!("{INVALID}AttributeValues inside AttributeValueList must be of same type"),
        ),
        (
            "BETWEEN",
            json!([five, four]),
            "The BETWEEN condition was provided a range where the lower bound is greater than \
             the upper bound"
                .to_owned(),
        ),
        (
            "ABOUT",
            json!([five]),
            "1 validation error detected: Value 'ABOUT' at \
             'scanFilter.n.member.comparisonOperator' failed to satisfy constraint: Member must \
             satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, \
             LE, BEGINS_WITH, GE, CONTAINS]"
                .to_owned(),
        ),
    ] {
        check_filter("n", operator, &values, &expect);
    }
}

#[test]
fn expectations_hold() {
    let check = |expectation: Value, expect: &str| {
        let json = json!({"n": expectation});
        assert_eq!(outcome(expected(&json, None)), expect, "{json}");
    };
    let five = json!({"N": "5"});
    check(json!({"Value": five}), "true");
    check(json!({"Value": five, "Exists": true}), "true");
    check(json!({"Value": {"N": "6"}}), "false");
    check(json!({"Exists": false}), "false");
    check(json!({"ComparisonOperator": "GE", "Value": five}), "true");
    check(json!({"ComparisonOperator": "LT", "AttributeValueList": [five]}), "false");
    check(json!({"ComparisonOperator": "NOT_NULL"}), "true");
    for (expectation, fault) in [
        (
            json!({"Value": five, "AttributeValueList": [five]}),
            "Value and AttributeValueList cannot be used together for Attribute: n",
        ),
        (
            json!({"ComparisonOperator": "EQ", "Exists": true}),
            "Exists and ComparisonOperator cannot be used together for Attribute: n",
        ),
        (
            json!({"ComparisonOperator": "EQ"}),
            "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: n",
        ),
        (
            json!({"AttributeValueList": [five]}),
            "AttributeValueList can only be used with a ComparisonOperator for Attribute: n",
        ),
        (json!({}), "Value must be provided when Exists is null for Attribute: n"),
        (json!({"Exists": true}), "Value must be provided when Exists is true for Attribute: n"),
        (
            json!({"Exists": false, "Value": five}),
            "Value cannot be used when Exists is false for Attribute: n",
        ),
        (
            json!({"ComparisonOperator": "NULL", "Value": five}),
            "Invalid number of argument(s) for the NULL ComparisonOperator",
        ),
    ] {
        check(expectation, &format!("{INVALID}{fault}"));
    }
    let both = json!({"n": {"Value": five}, "s": {"Exists": false}});
    assert_eq!(outcome(expected(&both, None)), "false");
    assert_eq!(outcome(expected(&both, Some("AND"))), "false");
    assert_eq!(outcome(expected(&both, Some("OR"))), "true");
    assert_eq!(outcome(expected(&json!({}), Some("OR"))), "true");
    assert!(outcome(expected(&both, Some("XOR"))).contains("Member must satisfy enum value set"));
    let error = check_conditional_operator(Some("AND"), false).unwrap_err();
    assert_eq!(error.message, "ConditionalOperator cannot be used without Filter or Expected");
}

#[test]
fn attribute_updates_change_the_item() {
    let check = |attribute: &str, update: Value, expect: Value| {
        let json = json!({attribute: update});
        let outcome = attribute_updates(&json).and_then(|update| update.apply(&item()));
        let outcome = match outcome {
            Ok(item) => item_to_json(&item)[attribute].clone(),
            Err(error) => json!(error.message),
        };
        assert_eq!(outcome, expect, "{json}");
    };
    let mismatch = json!("Type mismatch for attribute to update");
    for (attribute, update, expect) in [
        ("n", json!({"Value": {"S": "x"}}), json!({"S": "x"})),
        ("new", json!({"Action": "PUT", "Value": {"S": "x"}}), json!({"S": "x"})),
        ("n", json!({"Action": "DELETE"}), json!(null)),
        ("gone", json!({"Action": "DELETE"}), json!(null)),
        ("n", json!({"Action": "ADD", "Value": {"N": "-7"}}), json!({"N": "-2"})),
        ("new", json!({"Action": "ADD", "Value": {"N": "7"}}), json!({"N": "7"})),
        (
            "ss",
            json!({"Action": "ADD", "Value": {"SS": ["b", "c"]}}),
            json!({"SS": ["a", "b", "c"]}),
        ),
        ("new", json!({"Action": "ADD", "Value": {"SS": ["c"]}}), json!({"SS": ["c"]})),
        (
            "l",
            json!({"Action": "ADD", "Value": {"L": [{"N": "1"}]}}),
            json!({"L": [{"S": "x"}, {"N": "1"}]}),
        ),
        ("ss", json!({"Action": "DELETE", "Value": {"SS": ["b"]}}), json!({"SS": ["a"]})),
        ("ss", json!({"Action": "DELETE", "Value": {"SS": ["a", "b"]}}), json!(null)),
        ("gone", json!({"Action": "DELETE", "Value": {"SS": ["a"]}}), json!(null)),
        ("s", json!({"Action": "ADD", "Value": {"N": "1"}}), mismatch.clone()),
        ("ns", json!({"Action": "ADD", "Value": {"SS": ["a"]}}), mismatch.clone()),
        ("ns", json!({"Action": "DELETE", "Value": {"SS": ["a"]}}), mismatch),
    ] {
        check(attribute, update, expect);
    }
    for (update, fault) in [
        (json!({}), "Only DELETE action is allowed when no attribute value is specified"),
        (
            json!({"Action": "DELETE", "Value": {"S": "x"}}),
            "DELETE action with value is not supported for the type S",
        ),
        (
            json!({"Action": "ADD", "Value": {"M": {}}}),
            "ADD action is not supported for the type M",
        ),
    ] {
        check("n", update, json!(format!("{INVALID}{fault}")));
    }
}

#[test]
fn key_conditions_are_on_the_key() {
    let check = |json: Value, expect: &str| {
        let outcome = match key_conditions(&json, "pk", Some("sk")) {
            Ok(condition) => format!("{:?}", condition.sort.is_some()),
            Err(error) => error.message,
        };
        assert_eq!(outcome, expect, "{json}");
    };
    let eq = json!({"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]});
    let ne = json!({"ComparisonOperator": "NE", "AttributeValueList": [{"S": "x"}]});
    let prefix = json!({"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "x"}]});
    let range =
        json!({"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"S": "a"}, {"S": "b"}]});
    let none = json!({"ComparisonOperator": "NULL"});
    check(json!({"pk": eq}), "false");
    check(json!({"pk": eq, "sk": eq}), "true");
    check(json!({"sk": prefix, "pk": eq}), "true");
    check(json!({"pk": eq, "sk": range}), "true");
    check(json!({}), "Conditions can be of length 1 or 2 only");
    check(json!({"pk": eq, "sk": eq, "x": eq}), "Conditions can be of length 1 or 2 only");
    check(json!({"sk": eq}), "Query condition missed key schema element: pk");
    check(json!({"pk": eq, "x": eq}), "Query condition missed key schema element: sk");
    check(json!({"pk": prefix}), "Query key condition not supported");
    check(json!({"pk": eq, "sk": ne}), "Query key condition not supported");
    check(json!({"pk": eq, "sk": none}), "Query key condition not supported");
    let error = key_conditions(&json!({"pk": eq, "x": eq}), "pk", None).unwrap_err();
    assert_eq!(error.message, "Query key condition not supported");
    let error = key_conditions(&json!({"pk": {}}), "pk", None).unwrap_err();
    assert_eq!(
        error.message,
        "1 validation error detected: Value null at 'keyConditions.pk.member.comparisonOperator' \
         failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn attributes_to_get_are_distinct() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let projection = attributes_to_get(&names(&["n", "gone", "s"])).unwrap();
    let found = projection.apply(&item());
    assert_eq!(found.keys().collect::<Vec<_>>(), ["n", "s"]);
    let error = attributes_to_get(&names(&["a", "b", "a"])).unwrap_err();
    assert_eq!(error.message, format!("{INVALID}Duplicate value in attribute name: a"));
    let many: Vec<String> = (0..256).map(|at| format!("a{at}")).collect();
    assert!(attributes_to_get(&many[..255]).is_ok());
    let error = attributes_to_get(&many).unwrap_err();
    assert!(error.message.ends_with("Member must have length less than or equal to 255"));
    assert!(attributes_to_get(&[]).unwrap_err().message.contains("greater than or equal to 1"));
}

#[test]
fn both_forms_are_not_mixed() {
    let check = |expressions: &[Given], legacy: &[Given], names, values, expect: &str| {
        let outcome = check_parameters(expressions, legacy, names, values);
        assert_eq!(outcome.map_or_else(|error| error.message, |()| String::new()), expect);
    };
    let update = ("UpdateExpression", true);
    let no_update = ("UpdateExpression", false);
    let condition = ("ConditionExpression", true);
    let no_condition = ("ConditionExpression", false);
    check(&[update, condition], &[("Expected", false)], true, true, "");
    check(&[no_update, no_condition], &[("Expected", true)], false, false, "");
    check(
        &[update, condition],
        &[("AttributeUpdates", true), ("Expected", true)],
        false,
        false,
        "Can not use both expression and non-expression parameters in the same request: \
         Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: \
         {UpdateExpression, ConditionExpression}",
    );
    check(
        &[no_update, no_condition],
        &[],
        true,
        false,
        "ExpressionAttributeNames can only be specified when using expressions",
    );
    check(
        &[no_update, no_condition],
        &[],
        false,
        true,
        "ExpressionAttributeValues can only be specified when using expressions: \
         UpdateExpression and ConditionExpression are null",
    );
    check(
        &[no_condition],
        &[],
        false,
        true,
        "ExpressionAttributeValues can only be specified when using expressions: \
         ConditionExpression is null",
    );
    check(
        &[("FilterExpression", true), ("KeyConditionExpression", false)],
        &[("KeyConditions", true), ("QueryFilter", false)],
        false,
        false,
        "",
    );
    check(
        &[("FilterExpression", false), ("KeyConditionExpression", true)],
        &[("KeyConditions", true)],
        false,
        false,
        "Can not use both expression and non-expression parameters in the same request: \
         Non-expression parameters: {KeyConditions} Expression parameters: \
         {KeyConditionExpression}",
    );
}
