//! Expressions: what each text means, and what is wrong with it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::value::{AttributeValue, Item, item_from_json, item_to_json};
use super::reserved::{is_reserved, words};
use super::*;

/// What the placeholders of the tests' texts stand for; a test's substitutions
/// have those that its text mentions.
fn known_names() -> [(&'static str, &'static str); 6] {
    [("#n", "n"), ("#s", "s"), ("#name", "name"), ("#dot", "a.b"), ("#m", "m"), ("#empty", "")]
}

fn known_values() -> Value {
    json!({
        ":zero": {"N": "0"}, ":one": {"N": "1"}, ":two": {"N": "2"}, ":five": {"N": "5"},
        ":nine": {"N": "9"}, ":big": {"N": "9e125"}, ":x": {"S": "x"}, ":y": {"S": "y"},
        ":he": {"S": "he"}, ":hello": {"S": "hello"}, ":a": {"S": "a"}, ":c": {"S": "c"},
        ":bytes": {"B": "AAE="}, ":true": {"BOOL": true}, ":null": {"NULL": true},
        ":ss": {"SS": ["b", "c"]}, ":ab": {"SS": ["a", "b"]}, ":ns": {"NS": ["2", "3"]},
        ":bs": {"BS": ["AA=="]}, ":list": {"L": [{"N": "7"}]}, ":none": {"L": []},
        ":map": {"M": {"k": {"S": "v"}}}, ":S": {"S": "S"}, ":NULL": {"S": "NULL"},
        ":T": {"S": "T"},
    })
}

fn item() -> Item {
    item_from_json(&json!({
        "pk": {"S": "key"}, "n": {"N": "5"}, "s": {"S": "hello"}, "b": {"B": "AAEC"},
        "t": {"BOOL": true}, "nil": {"NULL": true}, "ss": {"SS": ["a", "b"]},
        "ns": {"NS": ["1", "2"]}, "bs": {"BS": ["AA==", "AQ=="]},
        "l": {"L": [{"N": "10"}, {"N": "20"}, {"N": "30"}, {"M": {"x": {"S": "deep"}}}]},
        "m": {"M": {"k": {"N": "1"}, "box": {"M": {"l": {"L": [{"S": "p"}, {"S": "q"}]}}}}},
        "a.b": {"S": "dotted"}, "name": {"S": "reserved"}, "uml": {"S": "äö"},
    }))
    .unwrap()
}

/// Whether the text has the placeholder as a whole word.
fn mentions(text: &str, placeholder: &str) -> bool {
    text.match_indices(placeholder).any(|(at, _)| {
        let rest = text[at + placeholder.len()..].chars().next();
        !rest.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
    })
}

fn substitutions(text: &str) -> Substitutions {
    let names: BTreeMap<String, String> = known_names()
        .into_iter()
        .filter(|(key, _)| mentions(text, key))
        .map(|(key, name)| (key.to_owned(), name.to_owned()))
        .collect();
    let values: Map<String, Value> = known_values().as_object().unwrap().clone();
    let values: Map<String, Value> =
        values.into_iter().filter(|(key, _)| mentions(text, key)).collect();
    let names = Some(&names).filter(|names| !names.is_empty());
    let values = Some(&values).filter(|values| !values.is_empty());
    Substitutions::new(names, values).unwrap()
}

fn condition_outcome(text: &str) -> String {
    let mut given = substitutions(text);
    match Condition::parse(Kind::Condition, text, &mut given) {
        Ok(condition) => {
            given.finish().unwrap();
            condition.holds(&item()).to_string()
        }
        Err(error) => {
            let fault = error.message.strip_prefix("Invalid ConditionExpression: ");
            fault.unwrap().to_owned()
        }
    }
}

#[track_caller]
fn check_conditions(expect: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(condition_outcome(text), expect, "{text}");
    }
}

#[test]
fn conditions_that_hold() {
    check_conditions(
        "true",
        &[
            "n = :five",
            "#n = :five",
            "#dot = :x OR n = :five",
            ":five = n",
            "n <> :one",
            "n <> :x",
            "gone <> :x",
            "gone <> gone2",
            "n < :nine",
            "n <= :five",
            "n > :one",
            "n >= :five",
            "s > :he",
            "b > :bytes",
            "ss = :ab",
            "t = :true",
            "nil = :null",
            "m.k = :one",
            "m . k=:one",
            "#m.k = m.k2 OR m.k = :one",
            "l[0] > :nine",
            "l [ 0 ] > :nine",
            "l[3].x <> :x",
            "m.box.l[1] <> :x",
            "n BETWEEN :one AND :nine",
            "n between :five and :five",
            "NOT n BETWEEN :zero AND :one",
            ":five BETWEEN :one AND n",
            "n IN (:one, :five)",
            "n in (:five)",
            "n IN (s, :five)",
            "NOT n IN (:one, :two)",
            "attribute_exists(n)",
            "attribute_exists(m.box.l[0])",
            "attribute_exists(#dot)",
            "attribute_not_exists(gone)",
            "attribute_not_exists(m.gone.deeper)",
            "attribute_not_exists(l[9])",
            "attribute_not_exists(n.k)",
            "attribute_not_exists(n[0])",
            "attribute_type(s, :S)",
            "attribute_type(nil, :NULL)",
            "begins_with(s, :he)",
            "begins_with(b, :bytes)",
            "begins_with(:hello, :he)",
            "contains(s, :he)",
            "contains(ss, :a)",
            "contains(ns, :two)",
            "contains(b, :bytes)",
            "contains(l, m.gone) OR n = :five",
            "contains(:list, n) OR n = :five",
        ],
    );
}

#[test]
fn sizes_and_combinations_that_hold() {
    check_conditions(
        "true",
        &[
            "size(s) = :five",
            "size(ss) = :two",
            "size(b) > :two",
            "size(l) > size(ss)",
            "size(m) = :two",
            "size(uml) = :two",
            "(size(s)) = :five",
            "( size ( s ) ) < :nine",
            "size(n) <> :one",
            "(n) = (:five)",
            "(n = :five)",
            "NOT (n = :one)",
            "NOT NOT n = :five",
            "not attribute_exists(gone)",
            "(attribute_exists(n))",
            "n = :five AND s = :hello",
            "(n = :five) AND (s = :hello)",
            "(n = :five AND s = :hello)",
            "n = :one OR s = :hello",
            "n = :five OR n = :one AND n = :two",
            "(n = :five OR n = :one) AND s = :hello",
            "NOT n = :one AND n = :five",
            "NOT (n = :one AND n = :five)",
            "((n = :one OR s = :hello) AND n = :five)",
            "n\n=\t:five\r",
            "n=:five AND(s=:hello)",
        ],
    );
}

#[test]
fn conditions_that_do_not_hold() {
    check_conditions(
        "false",
        &[
            "n = :one",
            "n = :x",
            "gone = :x",
            "gone = gone2",
            "n <> :five",
            "n < :one",
            "n < :x",
            "gone < :x",
            "s < :five",
            "gone >= gone2",
            "n BETWEEN :nine AND :big",
            "gone BETWEEN :one AND :nine",
            "s BETWEEN :one AND :nine",
            "n IN (:one, :two)",
            "gone IN (:one, gone2)",
            "attribute_exists(gone)",
            "attribute_exists(l[4])",
            "attribute_not_exists(n)",
            "attribute_type(n, :S)",
            "attribute_type(gone, :S)",
            "begins_with(s, :x)",
            "begins_with(n, :x)",
            "begins_with(gone, :x)",
            "contains(s, :x)",
            "contains(n, :x)",
            "contains(gone, :x)",
            "contains(ss, :one)",
            "contains(m, :x)",
            "size(gone) = :one",
            "size(n) = :one",
            "NOT n = :five",
            "n = :five AND s = :x",
            "(n = :five OR n = :one) AND s = :x",
            "n = :one OR s = :x",
            "NOT attribute_exists(n) OR n = :one",
        ],
    );
}

fn syntax_error(token: &str, near: &str) -> String {
    format!("Syntax error; token: \"{token}\", near: \"{near}\"")
}

#[test]
fn syntax_errors_show_the_token_and_its_neighbours() {
    for (text, token, near) in [
        ("a-b", "-", "a-b"),
        ("a == :x", "=", "== :x"),
        ("a ==", "=", "=="),
        ("a = = :x", "=", "= = :x"),
        ("a = ", "<EOF>", "= "),
        ("a =", "<EOF>", "="),
        ("a", "<EOF>", "a"),
        ("  ", "<EOF>", "  "),
        ("(a)", "<EOF>", ")"),
        ("attribute_not_exists(", "<EOF>", "("),
        ("contains (a, :x", "<EOF>", ":x"),
        ("a = :x b", "b", ":x b"),
        ("a = :x  b = :y", "b", ":x  b ="),
        ("= :x", "=", "= :x"),
        (" = :x", "=", " = :x"),
        ("a = :x AND", "<EOF>", "AND"),
        ("a = :x AND AND b = :y", "AND", "AND AND b"),
        ("a = x)", ")", "x)"),
        ("(a = :x", "<EOF>", ":x"),
        ("(a AND b = :x)", "AND", "a AND b"),
        ("a[b] = :x", "b", "[b]"),
        ("a[-1] = :x", "-", "[-1"),
        ("a[01] = :x", "1", "01]"),
        ("a[] = :x", "]", "[] ="),
        ("[0] = :x", "[", "[0"),
        ("a. = :x", "=", ". = :x"),
        (".a = :x", ".", ".a"),
        ("_a = :x", "_", "_a"),
        ("1a = :x", "1", "1a"),
        ("a = 5", "5", "= 5"),
        ("a = \"x y\"", "\"x y\"", "= \"x y\""),
        ("a = 'x", "'", "= 'x"),
        ("a = :", ":", "= :"),
        ("# = :x", "#", "# ="),
        ("a ! b", "!", "a ! b"),
        ("ä = :x", "ä", "ä ="),
        ("set = :x", "set", "set ="),
        ("a IN :x", ":x", "IN :x"),
        ("a IN ()", ")", "()"),
        ("a IN (:x,)", ")", ",)"),
        ("a BETWEEN :x", "<EOF>", ":x"),
        ("a BETWEEN :x OR :y", "OR", ":x OR :y"),
        ("NOT", "<EOF>", "NOT"),
        ("NOT a", "<EOF>", "a"),
        ("size() = :x", ")", "() ="),
        ("a + b = :x", "+", "a + b"),
        ("(a = :x) = :y", "=", ") = :y"),
        ("SET a = :x", "SET", "SET a"),
    ] {
        check_conditions(&syntax_error(token, near), &[text]);
    }
}

#[test]
fn redundant_parentheses_are_refused() {
    check_conditions(
        "The expression has redundant parentheses;",
        &[
            "((n = :five))",
            "((n)) = :five",
            "n = ((:five))",
            "((attribute_exists(n)))",
            "((size(s))) = :five",
            "n IN (((:five)))",
            "(((n = :five) AND s = :x))",
            // Before reserved words and unknown functions.
            "((name = :x))",
            "((foo(n)))",
        ],
    );
}

#[test]
fn names_and_functions_are_judged_in_order() {
    let reserved =
        |word: &str| format!("Attribute name is a reserved keyword; reserved keyword: {word}");
    let unknown = |name: &str| format!("Invalid function name; function: {name}");
    let context = |name: &str| {
        format!(
            "The function is not allowed to be used this way in an expression; function: {name}"
        )
    };
    for (text, expect) in [
        ("name = :x", reserved("name")),
        ("Status = :x", reserved("Status")),
        ("m.name = :x", reserved("name")),
        ("attribute_exists(size)", reserved("size")),
        ("foo(n)", unknown("foo")),
        ("Size(n) = :x", unknown("Size")),
        ("Attribute_Exists(n)", unknown("Attribute_Exists")),
        ("name = :x AND foo(n)", reserved("name")),
        ("foo(n) AND name = :x", unknown("foo")),
        ("size(n)", context("size")),
        ("NOT size(n)", context("size")),
        ("(size(n))", context("size")),
        ("attribute_exists(n) = :x", context("attribute_exists")),
        (":x = contains(n, s)", context("contains")),
        ("size(attribute_exists(n)) = :x", context("attribute_exists")),
        ("n IN (begins_with(n, s))", context("begins_with")),
        ("contains(contains(n, s), s)", context("contains")),
        (
            "n = if_not_exists(n, :x)",
            "The function is not allowed in a condition expression; function: if_not_exists"
                .to_owned(),
        ),
        (
            "l[2147483648] = :x",
            "List index is not within the allowable range; index: [2147483648]".to_owned(),
        ),
    ] {
        check_conditions(&expect, &[text]);
    }
}

#[test]
fn operands_are_judged() {
    let count = |name: &str, count: usize| {
        format!(
            "Incorrect number of operands for operator or function; operator or function: {name}, \
             number of operands: {count}"
        )
    };
    let wrong = |name: &str, given: &str| {
        format!(
            "Incorrect operand type for operator or function; operator or function: {name}, \
             operand type: {given}"
        )
    };
    let distinct = |name: &str, path: &str| {
        format!(
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: {name}, first operand: {path}"
        )
    };
    let path = |name: &str| {
        format!("Operator or function requires a document path; operator or function: {name}")
    };
    for (text, expect) in [
        ("attribute_exists(n, s)", count("attribute_exists", 2)),
        ("begins_with(n)", count("begins_with", 1)),
        ("contains(n, s, l)", count("contains", 3)),
        ("size(n, s) = :x", count("size", 2)),
        ("attribute_type(n)", count("attribute_type", 1)),
        ("n < :true", wrong("<", "BOOL")),
        (":ss >= n", wrong(">=", "SS")),
        ("n <= :null", wrong("<=", "NULL")),
        ("n > :map", wrong(">", "M")),
        ("n BETWEEN :list AND :list", wrong("BETWEEN", "L")),
        ("begins_with(n, :five)", wrong("begins_with", "N")),
        ("begins_with(size(s), :x)", wrong("begins_with", "N")),
        ("size(:five) = :x", wrong("size", "N")),
        ("size(:true) = :x", wrong("size", "BOOL")),
        ("size(size(s)) = :x", wrong("size", "N")),
        ("attribute_type(n, :five)", wrong("attribute_type", "N")),
        ("attribute_type(n, s)", wrong("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")),
        (
            "attribute_type(n, :T)",
            "Invalid attribute type name found; type: T, valid types: \
             {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
                .to_owned(),
        ),
        ("n = n", distinct("=", "[n]")),
        ("n = #n", distinct("=", "[n]")),
        ("l[0] < l[0]", distinct("<", "[l, [0]]")),
        ("contains(m.k, m.k)", distinct("contains", "[m, k]")),
        ("n IN (:one, n)", distinct("IN", "[n]")),
        ("n BETWEEN :one AND n", distinct("BETWEEN", "[n]")),
        ("attribute_exists(:x)", path("attribute_exists")),
        ("attribute_not_exists(size(n))", path("attribute_not_exists")),
    ] {
        check_conditions(&expect, &[text]);
    }
}

#[test]
fn bounds_and_placeholders_are_judged() {
    for (text, expect) in [
        (
            "n BETWEEN :five AND :one",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower \
             bound; lower bound operand: AttributeValue: {N:5}, upper bound operand: \
             AttributeValue: {N:1}",
        ),
        (
            "n BETWEEN :one AND :x",
            "The BETWEEN operator requires same data type for lower and upper bounds; lower \
             bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}",
        ),
        (
            "n = :undefined",
            "An expression attribute value used in expression is not defined; attribute value: \
             :undefined",
        ),
        (
            "#undefined = :x",
            "An expression attribute name used in the document path is not defined; attribute \
             name: #undefined",
        ),
        (
            "#empty = :x",
            "An expression attribute name used in the document path is not defined; attribute \
             name: #empty",
        ),
    ] {
        check_conditions(expect, &[text]);
    }
}

#[test]
fn sizes_are_limited() {
    let values = |count: usize| vec![":x"; count].join(",");
    check_conditions("false", &[&format!("n IN ({})", values(100))]);
    check_conditions(
        "The IN operator is provided with too many operands; number of operands: 101",
        &[&format!("n IN ({})", values(101))],
    );
    // Each comparison is an operator, and each AND between them.
    let comparisons = |count: usize| vec!["n=:five"; count].join(" AND ");
    check_conditions("true", &[&comparisons(150)]);
    check_conditions(
        "The expression contains too many operators; operator count: 301",
        &[&comparisons(151), &format!("{}n = :five", "NOT ".repeat(300))],
    );
    check_conditions("true", &[&format!("{}n = :five", "NOT ".repeat(298))]);
    check_conditions("The expression can not be empty;", &[""]);
    let long = format!("{}n = :five", " ".repeat(4088));
    check_conditions(
        "Expression size has exceeded the maximum allowed size; expression size: 4097",
        &[&long],
    );
    check_conditions("true", &[&long[1..]]);
    let deep = |steps: usize| format!("attribute_not_exists(m{})", ".k".repeat(steps));
    check_conditions("true", &[&deep(31)]);
    check_conditions(
        "The document path has too many nesting levels; nesting levels: 33",
        &[&deep(32)],
    );
    // Deeper than any valid expression.
    for (opening, closing) in [("NOT (", ")"), ("n=:five AND (", ")"), ("NOT ", "")] {
        let times = 4080 / (opening.len() + closing.len());
        check_conditions(
            "The expression contains too many operators; operator count: 301",
            &[&format!("{}n=:five{}", opening.repeat(times), closing.repeat(times))],
        );
    }
    let deepest = format!("{}n=:five{}", "NOT (".repeat(298), ")".repeat(298));
    check_conditions("true", &[&deepest]);
    for opening in ["(", "NOT(", "size(", "n=(", "NOT "] {
        let text = opening.repeat(4090 / opening.len());
        assert!(condition_outcome(&text).starts_with(['S', 'T']), "{text}");
    }
}

#[test]
fn conditions_know_their_attributes() {
    let text = "n = s AND (size(l[0]) > :one OR NOT attribute_exists(m.k)) AND ss IN (ns, :x)";
    let condition = Condition::parse(Kind::Filter, text, &mut substitutions(text)).unwrap();
    let attributes: Vec<&str> = condition.attributes().into_iter().collect();
    assert_eq!(attributes, ["l", "m", "n", "ns", "s", "ss"]);
}

#[test]
fn errors_name_their_parameter() {
    for kind in [Kind::Condition, Kind::Filter, Kind::KeyCondition] {
        let error = Condition::parse(kind, "a", &mut Substitutions::default()).unwrap_err();
        assert_eq!(
            error.message,
            format!("Invalid {}: {}", kind.parameter(), syntax_error("<EOF>", "a"))
        );
    }
}

#[test]
fn reserved_words_are_the_documented_ones() {
    assert_eq!(words().len(), 573);
    assert!(words().is_sorted());
    for (word, expect) in [
        ("ABORT", true),
        ("zone", true),
        ("Name", true),
        ("names", true),
        ("pk", false),
        ("title", false),
        ("", false),
    ] {
        assert_eq!(is_reserved(word), expect, "{word}");
    }
}

#[test]
fn substitutions_are_placeholders_with_values() {
    let check = |names: Value, values: Value, expect: &str| {
        let names: Option<BTreeMap<String, String>> = names.as_object().map(|names| {
            let names = names.iter();
            names.map(|(key, name)| (key.clone(), name.as_str().unwrap().to_owned())).collect()
        });
        let outcome =
            Substitutions::new(names.as_ref(), values.as_object()).and_then(Substitutions::finish);
        let outcome = outcome.map_or_else(|error| error.message, |()| String::new());
        assert_eq!(outcome, expect);
    };
    let none = || Value::Null;
    let long = "x".repeat(255);
    for (names, values, expect) in [
        (none(), none(), ""),
        (json!({}), none(), "ExpressionAttributeNames must not be empty"),
        (none(), json!({}), "ExpressionAttributeValues must not be empty"),
        (
            json!({"x": "a"}),
            none(),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"x\"",
        ),
        (
            json!({"#": "a"}),
            none(),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\"",
        ),
        (
            json!({"#a b": "a"}),
            none(),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a b\"",
        ),
        (
            json!({"": "a"}),
            none(),
            "ExpressionAttributeNames contains invalid key: The expression attribute map \
             contains an empty key;",
        ),
        (
            json!({format!("#{long}"): "a"}),
            none(),
            "ExpressionAttributeNames contains invalid key: The expression attribute map \
             contains a key that is too long; size of key: 256",
        ),
        (
            none(),
            json!({"#v": {"S": "x"}}),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"#v\"",
        ),
        (
            none(),
            json!({":v": {}}),
            "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, \
             must contain exactly one of the supported datatypes for key :v",
        ),
        (none(), json!({":v": {"N": 1}}), "NUMBER_VALUE cannot be converted to String"),
        (
            json!({"#b": "b", "#a": "a"}),
            none(),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}",
        ),
        (
            none(),
            json!({":x": {"S": "x"}}),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}",
        ),
    ] {
        check(names, values, expect);
    }
}

fn projection_outcome(text: &str) -> Value {
    let mut given = substitutions(text);
    match Projection::parse(text, &mut given) {
        Ok(projection) => {
            given.finish().unwrap();
            item_to_json(&projection.apply(&item()))
        }
        Err(error) => {
            let fault = error.message.strip_prefix("Invalid ProjectionExpression: ");
            json!(fault.unwrap())
        }
    }
}

#[test]
fn projections_keep_what_is_asked_for() {
    for (text, expect) in [
        ("n", json!({"n": {"N": "5"}})),
        ("n, gone", json!({"n": {"N": "5"}})),
        ("gone", json!({})),
        ("#dot", json!({"a.b": {"S": "dotted"}})),
        ("m.k", json!({"m": {"M": {"k": {"N": "1"}}}})),
        ("m.gone", json!({})),
        ("n.k", json!({})),
        ("l.k", json!({})),
        ("m[0]", json!({})),
        ("l[0]", json!({"l": {"L": [{"N": "10"}]}})),
        ("l[2], l[0]", json!({"l": {"L": [{"N": "10"}, {"N": "30"}]}})),
        ("l[9]", json!({})),
        ("l[3].x, l[1]", json!({"l": {"L": [{"N": "20"}, {"M": {"x": {"S": "deep"}}}]}})),
        (
            "m.k, m.box.l[1], n",
            json!({
                "m": {"M": {"box": {"M": {"l": {"L": [{"S": "q"}]}}}, "k": {"N": "1"}}},
                "n": {"N": "5"},
            }),
        ),
    ] {
        assert_eq!(projection_outcome(text), expect, "{text}");
    }
}

#[test]
fn projections_are_refused() {
    let clash = |how: &str, first: &str, second: &str| {
        format!(
            "Two document paths {how} with each other; must remove or rewrite one of these \
             paths; path one: {first}, path two: {second}"
        )
    };
    for (text, expect) in [
        ("", "The expression can not be empty;".to_owned()),
        ("n,", syntax_error("<EOF>", ",")),
        ("n s", syntax_error("s", "n s")),
        ("(n)", syntax_error("(", "(n")),
        (":x", syntax_error(":x", ":x")),
        ("size(n)", syntax_error("(", "size(n")),
        ("name", "Attribute name is a reserved keyword; reserved keyword: name".to_owned()),
        ("n, n", clash("overlap", "[n]", "[n]")),
        ("n, #n", clash("overlap", "[n]", "[n]")),
        ("m, m.k", clash("overlap", "[m]", "[m, k]")),
        ("m.k.x, s, m.k", clash("overlap", "[m, k, x]", "[m, k]")),
        ("l[1], l[1]", clash("overlap", "[l, [1]]", "[l, [1]]")),
        ("m.k, m[0]", clash("conflict", "[m, k]", "[m, [0]]")),
        ("m.k, m[0], m.k", clash("overlap", "[m, k]", "[m, k]")),
        (
            "#undefined",
            "An expression attribute name used in the document path is not defined; attribute \
             name: #undefined"
                .to_owned(),
        ),
        (&"n,".repeat(2050), "Expression size has exceeded the maximum allowed size;".to_owned()),
    ] {
        assert_eq!(projection_outcome(text), json!(expect), "{text}");
    }
}

/// The attributes an update changes, as they are afterwards, or its error.
fn update_outcome(text: &str) -> Value {
    let mut given = substitutions(text);
    let outcome = Update::parse(text, &mut given).and_then(|update| {
        given.finish()?;
        let updated = update.apply(&item())?;
        Ok(update
            .attributes()
            .into_iter()
            .map(|name| {
                (name.to_owned(), updated.get(name).map_or(json!(null), AttributeValue::to_json))
            })
            .collect::<Map<String, Value>>())
    });
    outcome.map_or_else(|error| json!(error.message), Value::Object)
}

#[test]
fn updates_set() {
    for (text, expect) in [
        ("SET n = :x", json!({"n": {"S": "x"}})),
        ("set n = s, s = n", json!({"n": {"S": "hello"}, "s": {"N": "5"}})),
        ("SET fresh = :map", json!({"fresh": {"M": {"k": {"S": "v"}}}})),
        ("SET #dot = :x", json!({"a.b": {"S": "x"}})),
        ("SET n = n + :one", json!({"n": {"N": "6"}})),
        ("SET n = :one - n", json!({"n": {"N": "-4"}})),
        ("SET n = (n + :one)", json!({"n": {"N": "6"}})),
        ("SET n = (n) + (:one)", json!({"n": {"N": "6"}})),
        ("SET n = (n)", json!({"n": {"N": "5"}})),
        ("SET n = n+:one, s = n", json!({"n": {"N": "6"}, "s": {"N": "5"}})),
        ("SET n = l[0] + m.k", json!({"n": {"N": "11"}})),
        ("SET n = if_not_exists(n, :x)", json!({"n": {"N": "5"}})),
        ("SET fresh = if_not_exists(fresh, :x)", json!({"fresh": {"S": "x"}})),
        ("SET fresh = if_not_exists(gone, n)", json!({"fresh": {"N": "5"}})),
        ("SET fresh = if_not_exists(fresh, :zero) + :one", json!({"fresh": {"N": "1"}})),
        ("SET fresh = :nine - if_not_exists(n, :zero)", json!({"fresh": {"N": "4"}})),
        ("SET fresh = list_append(:list, :none)", json!({"fresh": {"L": [{"N": "7"}]}})),
        (
            "SET m.box.l = list_append(m.box.l, :list)",
            json!({"m": {"M": {
                "box": {"M": {"l": {"L": [{"S": "p"}, {"S": "q"}, {"N": "7"}]}}},
                "k": {"N": "1"},
            }}}),
        ),
        (
            "SET fresh = list_append(if_not_exists(fresh, :none), :list)",
            json!({"fresh": {"L": [{"N": "7"}]}}),
        ),
        (
            "SET l[1] = :x",
            json!({"l": {"L": [{"N": "10"}, {"S": "x"}, {"N": "30"}, {"M": {"x": {"S": "deep"}}}]}}),
        ),
        (
            "SET l[99] = :y, l[50] = :x, l[3].x = :one",
            json!({"l": {"L": [
                {"N": "10"}, {"N": "20"}, {"N": "30"}, {"M": {"x": {"N": "1"}}}, {"S": "x"},
                {"S": "y"},
            ]}}),
        ),
        (
            "SET m.fresh = :x, m.box.l[0] = :y",
            json!({"m": {"M": {
                "box": {"M": {"l": {"L": [{"S": "y"}, {"S": "q"}]}}}, "k": {"N": "1"},
                "fresh": {"S": "x"},
            }}}),
        ),
    ] {
        assert_eq!(update_outcome(text), expect, "{text}");
    }
}

#[test]
fn updates_remove_add_and_delete() {
    for (text, expect) in [
        ("REMOVE n", json!({"n": null})),
        ("REMOVE gone", json!({"gone": null})),
        ("remove n, s", json!({"n": null, "s": null})),
        ("REMOVE m.box", json!({"m": {"M": {"k": {"N": "1"}}}})),
        ("REMOVE l[0], l[2]", json!({"l": {"L": [{"N": "20"}, {"M": {"x": {"S": "deep"}}}]}})),
        (
            "REMOVE l[2], l[0], l[9]",
            json!({"l": {"L": [{"N": "20"}, {"M": {"x": {"S": "deep"}}}]}}),
        ),
        (
            "REMOVE l[0], l[3] SET l[1] = :x, l[7] = :y",
            json!({"l": {"L": [{"S": "x"}, {"N": "30"}, {"S": "y"}]}}),
        ),
        ("ADD n :one", json!({"n": {"N": "6"}})),
        ("ADD fresh :one", json!({"fresh": {"N": "1"}})),
        (
            "ADD m.k :one, l[0] :two",
            json!({
                "m": {"M": {"box": {"M": {"l": {"L": [{"S": "p"}, {"S": "q"}]}}}, "k": {"N": "2"}}},
                "l": {"L": [{"N": "12"}, {"N": "20"}, {"N": "30"}, {"M": {"x": {"S": "deep"}}}]},
            }),
        ),
        ("ADD ss :ss", json!({"ss": {"SS": ["a", "b", "c"]}})),
        ("ADD ns :ns", json!({"ns": {"NS": ["1", "2", "3"]}})),
        ("ADD fresh :bs", json!({"fresh": {"BS": ["AA=="]}})),
        ("DELETE ss :ss", json!({"ss": {"SS": ["a"]}})),
        ("DELETE ss :ab", json!({"ss": null})),
        ("DELETE bs :bs", json!({"bs": {"BS": ["AQ=="]}})),
        ("DELETE gone :ss", json!({"gone": null})),
        (
            "SET n = :x REMOVE s ADD ns :ns DELETE ss :ss",
            json!({
                "n": {"S": "x"}, "s": null, "ns": {"NS": ["1", "2", "3"]}, "ss": {"SS": ["a"]},
            }),
        ),
        ("ADD n :one SET s = n", json!({"n": {"N": "6"}, "s": {"N": "5"}})),
    ] {
        let (outcome, expect) = (update_outcome(text), expect);
        assert_eq!(outcome, expect, "{text}");
    }
}

#[test]
fn updates_fail_on_the_item() {
    const PATH: &str = "The document path provided in the update expression is invalid for update";
    const MISSING: &str =
        "The provided expression refers to an attribute that does not exist in the item";
    const TYPE: &str = "An operand in the update expression has an incorrect data type";
    for (text, expect) in [
        ("SET gone.k = :x", PATH),
        ("SET m.gone.k = :x", PATH),
        ("SET n.k = :x", PATH),
        ("SET m[0] = :x", PATH),
        ("SET l.k = :x", PATH),
        ("SET l[9].k = :x", PATH),
        ("REMOVE gone.k", PATH),
        ("REMOVE l[0].k", PATH),
        ("ADD gone.k :one", PATH),
        ("DELETE gone.k :ss", PATH),
        ("SET fresh = gone", MISSING),
        ("SET n = gone + :one", MISSING),
        ("SET n = n + m.gone", MISSING),
        ("SET fresh = if_not_exists(gone, gone2)", MISSING),
        ("SET fresh = list_append(gone, :list)", MISSING),
        ("SET n = s + :one", TYPE),
        ("SET n = if_not_exists(s, :one) - :one", TYPE),
        ("SET fresh = list_append(n, :list)", TYPE),
        ("ADD s :one", TYPE),
        ("ADD ss :one", TYPE),
        ("ADD ss :ns", TYPE),
        ("DELETE ss :ns", TYPE),
        ("DELETE n :ss", TYPE),
        (
            "SET n = :big + :big",
            "Number overflow. Attempting to store a number with magnitude larger than supported \
             range",
        ),
        ("SET n = :big + :one", "Attempting to store more than 38 significant digits in a Number"),
    ] {
        assert_eq!(update_outcome(text), json!(expect), "{text}");
    }
}

#[test]
fn texts_that_are_no_updates_are_refused() {
    let section = |name: &str| {
        format!("The \"{name}\" section can only be used once in an update expression;")
    };
    let context = |name: &str| {
        format!(
            "The function is not allowed to be used this way in an expression; function: {name}"
        )
    };
    for (text, expect) in [
        ("", "The expression can not be empty;".to_owned()),
        ("INVALID SYNTAX HERE", syntax_error("INVALID", "INVALID SYNTAX")),
        ("ADD hits : incr", syntax_error(":", "hits : incr")),
        ("SET path = VALUE 1", syntax_error("1", "VALUE 1")),
        ("SET", syntax_error("<EOF>", "SET")),
        ("SET n", syntax_error("<EOF>", "n")),
        ("SET n :x", syntax_error(":x", "n :x")),
        ("SET n = :x,", syntax_error("<EOF>", ",")),
        ("SET n = :x + :y + :c", syntax_error("+", ":y + :c")),
        ("SET n = (:one + :two) + :five", syntax_error("+", ") + :five")),
        ("SET n = :x AND s = :y", syntax_error("AND", ":x AND s")),
        ("SET #n = :x #s = :y", syntax_error("#s", ":x #s =")),
        ("SET n = :x, SET s = :y", syntax_error("SET", ", SET s")),
        ("ADD n n", syntax_error("n", "n n")),
        ("ADD n + :one", syntax_error("+", "n + :one")),
        ("REMOVE n = :x", syntax_error("=", "n = :x")),
        ("DELETE ss", syntax_error("<EOF>", "ss")),
        ("SET n = 5", syntax_error("5", "= 5")),
        ("SET n = ((:one + :two))", "The expression has redundant parentheses;".to_owned()),
        ("SET n = ((:one))", "The expression has redundant parentheses;".to_owned()),
        (
            "SET name = :x",
            "Attribute name is a reserved keyword; reserved keyword: name".to_owned(),
        ),
        ("SET n = :x SET s = :y", section("SET")),
        ("REMOVE n REMOVE s", section("REMOVE")),
        ("ADD n :one ADD m :one", section("ADD")),
        ("DELETE ss :ss DELETE ns :ns", section("DELETE")),
        ("SET n = foo(s)", "Invalid function name; function: foo".to_owned()),
        (
            "SET n = size(s)",
            "The function is not allowed in an update expression; function: size".to_owned(),
        ),
        ("SET n = list_append(list_append(l, l), l)", context("list_append")),
        ("SET n = list_append(l, :list) + :one", context("list_append")),
        ("SET n = :one + list_append(l, :list)", context("list_append")),
    ] {
        let expect = format!("Invalid UpdateExpression: {expect}");
        assert_eq!(update_outcome(text), json!(expect), "{text}");
    }
}

#[test]
fn updates_that_do_not_fit_are_refused() {
    let overlap = |first: &str, second: &str| {
        format!(
            "Two document paths overlap with each other; must remove or rewrite one of these \
             paths; path one: {first}, path two: {second}"
        )
    };
    for (text, expect) in [
        ("SET n = :x, n = :y", overlap("[n]", "[n]")),
        ("SET n = :x REMOVE n", overlap("[n]", "[n]")),
        ("SET m = :x, m.k = :y", overlap("[m]", "[m, k]")),
        ("SET #n = :x ADD n :one", overlap("[n]", "[n]")),
        (
            "SET m.k = :x, m[0] = :y",
            "Two document paths conflict with each other; must remove or rewrite one of these \
             paths; path one: [m, k], path two: [m, [0]]"
                .to_owned(),
        ),
    ] {
        let expect = format!("Invalid UpdateExpression: {expect}");
        assert_eq!(update_outcome(text), json!(expect), "{text}");
    }
}

#[test]
fn operands_of_updates_are_judged() {
    let wrong = |name: &str, given: &str| {
        format!(
            "Incorrect operand type for operator or function; operator or function: {name}, \
             operand type: {given}"
        )
    };
    let set_operand = |name: &str, given: &str| {
        format!(
            "Incorrect operand type for operator or function; operator: {name}, operand type: \
             {given}, typeSet: ALLOWED_FOR_{name}_OPERAND"
        )
    };
    for (text, expect) in [
        ("SET n = :x + :one", wrong("+", "S")),
        ("SET n = :one - :true", wrong("-", "BOOL")),
        ("SET l = list_append(l, :one)", wrong("list_append", "N")),
        ("SET l = list_append(:ss, l)", wrong("list_append", "SS")),
        (
            "SET l = list_append(l)",
            "Incorrect number of operands for operator or function; operator or function: \
             list_append, number of operands: 1"
                .to_owned(),
        ),
        (
            "SET l = if_not_exists(:x, :y)",
            "Operator or function requires a document path; operator or function: if_not_exists"
                .to_owned(),
        ),
        (
            "SET l = if_not_exists(n, n)",
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: if_not_exists, first operand: [n]"
                .to_owned(),
        ),
        ("ADD n :x", set_operand("ADD", "STRING")),
        ("ADD n :map", set_operand("ADD", "MAP")),
        ("ADD l :list", set_operand("ADD", "LIST")),
        ("DELETE n :one", set_operand("DELETE", "NUMBER")),
        ("DELETE n :null", set_operand("DELETE", "NULL")),
        ("DELETE n :bytes", set_operand("DELETE", "BINARY")),
        (
            "SET n = :undefined",
            "An expression attribute value used in expression is not defined; attribute value: \
             :undefined"
                .to_owned(),
        ),
        // A name before a value, a value before paths that overlap.
        (
            "SET n = :undefined, n = #undefined",
            "An expression attribute name used in the document path is not defined; attribute \
             name: #undefined"
                .to_owned(),
        ),
        (
            "SET n = :undefined, n = :x",
            "An expression attribute value used in expression is not defined; attribute value: \
             :undefined"
                .to_owned(),
        ),
    ] {
        let expect = format!("Invalid UpdateExpression: {expect}");
        assert_eq!(update_outcome(text), json!(expect), "{text}");
    }
}

#[test]
fn updates_know_what_they_touch() {
    let text = "SET n = n + :one, m.k = :x, l[1] = :y REMOVE m.box ADD fresh :one";
    let update = Update::parse(text, &mut substitutions(text)).unwrap();
    let updated = update.apply(&item()).unwrap();
    let touched = |item: &Item| item_to_json(&update.touched().apply(item));
    assert_eq!(
        touched(&item()),
        json!({
            "l": {"L": [{"N": "20"}]},
            "m": {"M": {"box": {"M": {"l": {"L": [{"S": "p"}, {"S": "q"}]}}}, "k": {"N": "1"}}},
            "n": {"N": "5"},
        })
    );
    assert_eq!(
        touched(&updated),
        json!({
            "l": {"L": [{"S": "y"}]},
            "m": {"M": {"k": {"S": "x"}}},
            "n": {"N": "6"},
            "fresh": {"N": "1"},
        })
    );
}

#[test]
fn an_updated_item_is_one_that_can_be_stored() {
    let value = (0..31).fold(json!({"S": "x"}), |inner, _| json!({"L": [inner]}));
    let given = json!({":deep": value, ":long": {"S": "x".repeat(409_600)}});
    let apply = |text: &str| {
        let values = given.as_object();
        let mut given = Substitutions::new(None, values).unwrap();
        let update = Update::parse(text, &mut given).unwrap();
        update.apply(&item()).map_or_else(|error| error.message, |_| String::new())
    };
    assert_eq!(apply("SET n = :deep"), "");
    assert!(apply("SET m.k = :deep").starts_with("Nesting Levels have exceeded"));
    assert_eq!(apply("SET n = :long"), "Item size to update has exceeded the maximum allowed size");
}

fn key_outcome(text: &str, range: Option<&str>) -> String {
    match KeyCondition::parse(text, &mut substitutions(text), "pk", range) {
        Ok(condition) => {
            let partition = condition.partition.in_message();
            let Some(sort) = condition.sort else {
                return partition;
            };
            let values = sort.values().into_iter().map(AttributeValue::in_message);
            let name = format!("{sort:?}");
            let (name, _) = name.split_once('(').unwrap();
            format!("{partition} {name} {}", values.collect::<Vec<_>>().join(" "))
        }
        Err(error) => error.message,
    }
}

#[test]
fn key_conditions_are_taken_apart() {
    for (text, expect) in [
        ("pk = :x", "{S:x}"),
        (":x = pk", "{S:x}"),
        ("(pk = :x)", "{S:x}"),
        ("pk = :x AND sk = :one", "{S:x} Equal {N:1}"),
        ("sk < :one AND pk = :x", "{S:x} Less {N:1}"),
        ("(pk = :x) AND (sk <= :one)", "{S:x} LessOrEqual {N:1}"),
        ("pk = :x AND :one < sk", "{S:x} Greater {N:1}"),
        ("pk = :x AND sk >= :one", "{S:x} GreaterOrEqual {N:1}"),
        ("pk = :x AND sk BETWEEN :one AND :two", "{S:x} Between {N:1} {N:2}"),
        ("pk = :x AND begins_with(sk, :he)", "{S:x} BeginsWith {S:he}"),
        ("pk = :x and begins_with (sk , :he)", "{S:x} BeginsWith {S:he}"),
    ] {
        assert_eq!(key_outcome(text, Some("sk")), expect, "{text}");
    }
}

#[test]
fn key_conditions_are_refused() {
    let operator = |name: &str| format!("Invalid operator used in KeyConditionExpression: {name}");
    let condition = |what: &str| format!("Invalid condition in KeyConditionExpression: {what}");
    let not_supported = || "Query key condition not supported".to_owned();
    let missed = |name: &str| format!("Query condition missed key schema element: {name}");
    for (text, expect) in [
        ("pk = :x OR sk = :one", operator("OR")),
        ("NOT pk = :x", operator("NOT")),
        ("pk IN (:x)", operator("IN")),
        ("pk <> :x", operator("<>")),
        ("attribute_exists(pk)", operator("attribute_exists")),
        ("attribute_not_exists(pk)", operator("attribute_not_exists")),
        ("attribute_type(pk, :S)", operator("attribute_type")),
        ("pk = :x AND contains(sk, :x)", operator("contains")),
        ("size(pk) = :one", "KeyConditionExpressions cannot contain nested operations".to_owned()),
        (
            "pk = :x AND sk = size(s)",
            "KeyConditionExpressions cannot contain nested operations".to_owned(),
        ),
        (
            "pk.k = :x",
            "KeyConditionExpressions cannot have conditions on nested attributes".to_owned(),
        ),
        ("pk = sk", condition("Multiple attribute names used in one condition")),
        (
            "pk = :x AND sk BETWEEN :one AND s",
            condition("Multiple attribute names used in one condition"),
        ),
        (":x = :y", condition("No key attribute specified")),
        (
            ":one BETWEEN pk AND :two",
            condition("BETWEEN operator must have the key attribute as its first operand"),
        ),
        (
            "begins_with(:x, pk)",
            condition("begins_with operator must have the key attribute as its first operand"),
        ),
        (
            "pk = :x AND pk = :y",
            "KeyConditionExpressions must only contain one condition per key".to_owned(),
        ),
        (
            "pk = :x AND sk > :one AND sk < :two",
            "KeyConditionExpressions must only contain one condition per key".to_owned(),
        ),
        ("pk = :x AND sk = :one AND s = :x", "Conditions can be of length 1 or 2 only".to_owned()),
        ("sk = :one", missed("pk")),
        ("pk = :x AND s = :y", missed("sk")),
        ("pk > :x", not_supported()),
        ("begins_with(pk, :x)", not_supported()),
        ("pk = ", format!("Invalid KeyConditionExpression: {}", syntax_error("<EOF>", "= "))),
        (
            "((pk = :x))",
            "Invalid KeyConditionExpression: The expression has redundant parentheses;".to_owned(),
        ),
        (
            "pk = :x AND sk BETWEEN :two AND :one",
            "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be \
             greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, \
             upper bound operand: AttributeValue: {N:1}"
                .to_owned(),
        ),
    ] {
        assert_eq!(key_outcome(text, Some("sk")), expect, "{text}");
    }
    assert_eq!(key_outcome("pk = :x AND sk = :one", None), not_supported());
}

#[test]
fn sort_conditions_hold() {
    for (text, key, expect) in [
        ("sk = :five", json!({"N": "5"}), true),
        ("sk = :five", json!({"S": "5"}), false),
        ("sk < :five", json!({"N": "5"}), false),
        ("sk <= :five", json!({"N": "5"}), true),
        ("sk > :five", json!({"N": "10"}), true),
        ("sk >= :five", json!({"N": "4"}), false),
        ("sk BETWEEN :one AND :five", json!({"N": "1"}), true),
        ("sk BETWEEN :one AND :five", json!({"N": "6"}), false),
        ("begins_with(sk, :he)", json!({"S": "hello"}), true),
        ("begins_with(sk, :he)", json!({"S": "h"}), false),
    ] {
        let text = format!("pk = :x AND {text}");
        let condition =
            KeyCondition::parse(&text, &mut substitutions(&text), "pk", Some("sk")).unwrap();
        let key = AttributeValue::from_json(&key).unwrap();
        assert_eq!(condition.sort.unwrap().holds(&key), expect, "{text} {key:?}");
    }
}

/// Every way to read the text; what matters is that each ends.
fn read_in_every_way(text: &str) {
    let given = || {
        let names = BTreeMap::from([("#n".to_owned(), "n".to_owned())]);
        Substitutions::new(Some(&names), known_values().as_object()).unwrap()
    };
    if let Ok(condition) = Condition::parse(Kind::Condition, text, &mut given()) {
        condition.holds(&item());
    }
    if let Ok(projection) = Projection::parse(text, &mut given()) {
        projection.apply(&item());
    }
    if let Ok(update) = Update::parse(text, &mut given()) {
        let _ = update.apply(&item());
    }
    let _ = KeyCondition::parse(text, &mut given(), "pk", Some("sk"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String) {
        read_in_every_way(&text);
    }

    #[test]
    fn no_row_of_tokens_makes_it_panic(tokens in prop::collection::vec(prop::sample::select(vec![
        "n", "s", "l", "m", "#n", ":x", ":one", ":list", ":ss", "pk", "sk", "=", "<>", "<", "<=",
        "(", ")", ",", ".", "[", "]", "0", "1", "+", "-", "AND", "OR", "NOT", "IN", "BETWEEN",
        "SET", "ADD", "DELETE", "REMOVE", "size", "contains", "attribute_exists", "if_not_exists",
        "list_append", "\"", "#", ":", "ä",
    ]), 0..30)) {
        read_in_every_way(&tokens.join(" "));
        read_in_every_way(&tokens.concat());
    }
}
