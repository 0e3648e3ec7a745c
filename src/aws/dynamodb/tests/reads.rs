//! Queries and scans: what they refuse, what they show, where pages end.

use super::*;
use crate::dynamodb::read::Select;
use crate::dynamodb::scan::Scan;

fn lab() -> Lab {
    let mut lab = Lab::with(&spec(
        "tab",
        "id:S n:N",
        &["local loc id:S x:S KEYS_ONLY", "global glo x:S n:N INCLUDE y"],
    ));
    for n in 0..6 {
        let (x, y) = (format!("x{}", 9 - n), format!("y{n}"));
        lab.put(json!({
            "id": {"S": "a"}, "n": {"N": n.to_string()}, "x": {"S": x}, "y": {"S": y}, "z": {"N": "7"}
        }));
    }
    lab.put(json!({"id": {"S": "b"}, "n": {"N": "1"}, "x": {"S": "x9"}}));
    lab
}

fn numbers(page: &Page) -> String {
    let items = page.items.as_ref().unwrap();
    let number = |item: &Item| item_to_json(item)["n"]["N"].as_str().unwrap().to_owned();
    items.iter().map(number).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_query_reads_a_range_in_order() {
    let lab = lab();
    let check = |index: Option<&str>, text: &str, values: Value, forward: bool, expect: &str| {
        let page = lab.query(index, text, values, |query| query.forward = forward).unwrap();
        assert_eq!(numbers(&page), expect, "{text}");
    };
    let a = json!({":a": {"S": "a"}});
    let with = |n: &str| json!({":a": {"S": "a"}, ":n": {"N": n}});
    check(None, "id = :a", a.clone(), true, "0 1 2 3 4 5");
    check(None, "id = :a", a.clone(), false, "5 4 3 2 1 0");
    check(None, "id = :a AND n < :n", with("2"), true, "0 1");
    check(None, "id = :a AND n <= :n", with("2"), false, "2 1 0");
    check(None, "id = :a AND n > :n", with("2"), true, "3 4 5");
    check(None, "id = :a AND n >= :n", with("2.5"), true, "3 4 5");
    check(None, "id = :a AND n = :n", with("2"), true, "2");
    let between = json!({":a": {"S": "a"}, ":l": {"N": "1"}, ":h": {"N": "3"}});
    check(None, "id = :a AND n BETWEEN :l AND :h", between, true, "1 2 3");
    check(Some("loc"), "id = :a", a, true, "5 4 3 2 1 0");
    let prefix = json!({":a": {"S": "a"}, ":p": {"S": "x8"}});
    check(Some("loc"), "id = :a AND begins_with(x, :p)", prefix, true, "1");
    check(Some("glo"), "x = :x", json!({":x": {"S": "x9"}}), true, "0 1");
}

/// Refused, with that message.
fn check_query(index: Option<&str>, text: &str, change: &dyn Fn(&mut Query), expect: &str) {
    let mut values = json!({":a": {"S": "a"}});
    if text.contains(":n") {
        values[":n"] = json!({"S": "1"});
    }
    let error = lab().query(index, text, values, |query| change(query)).unwrap_err();
    assert_eq!(said(&error), format!("ValidationException: {expect}"));
}

fn start(json: Value) -> impl Fn(&mut Query) {
    move |query| query.reading.start = Some(item(json.clone()))
}

#[test]
fn a_query_must_make_sense() {
    check_query(
        Some("nix"),
        "id = :a",
        &|_| {},
        "The table does not have the specified index: nix",
    );
    check_query(
        Some("glo"),
        "x = :a",
        &|q| q.reading.consistent = true,
        "Consistent reads are not supported on global secondary indexes",
    );
    check_query(
        None,
        "id = :a AND n = :n",
        &|_| {},
        "One or more parameter values were invalid: Condition parameter type does not match schema \
         type",
    );
    check_query(
        None,
        "id = :a",
        &start(json!({"id": {"S": "a"}})),
        "The provided starting key is invalid",
    );
    check_query(
        None,
        "id = :a",
        &start(json!({"id": {"S": "b"}, "n": {"N": "1"}})),
        "The provided starting key is outside query boundaries based on provided conditions",
    );
    check_query(
        Some("loc"),
        "id = :a",
        &start(json!({"id": {"S": "a"}, "n": {"N": "1"}})),
        "The provided starting key is invalid",
    );
    let range = json!({":a": {"S": "a"}, ":n": {"N": "3"}});
    let error = lab()
        .query(None, "id = :a AND n > :n", range, start(json!({"id": {"S": "a"}, "n": {"N": "2"}})))
        .unwrap_err();
    assert_eq!(error.message, "The provided starting key does not match the range key predicate");
}

#[test]
fn what_a_query_shows_must_make_sense() {
    check_query(
        Some("glo"),
        "x = :a",
        &|q| q.reading.select = Some(Select::AllAttributes),
        "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported \
         for global secondary index glo because its projection type is not ALL",
    );
    check_query(
        Some("glo"),
        "x = :a",
        &|q| q.reading.projection = Some(projection("y, z")),
        "One or more parameter values were invalid: Global secondary index glo does not project \
         [z]",
    );
    check_query(
        None,
        "id = :a",
        &|q| q.reading.select = Some(Select::AllProjectedAttributes),
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    );
    check_query(
        None,
        "id = :a",
        &|q| q.reading.select = Some(Select::SpecificAttributes),
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get \
         SPECIFIC_ATTRIBUTES",
    );
    check_query(
        None,
        "id = :a",
        &|q| {
            (q.reading.select, q.reading.projection) = (Some(Select::Count), Some(projection("z")));
        },
        "Cannot specify the ProjectionExpression when choosing to get only the Count",
    );
    check_query(
        None,
        "id = :a",
        &|q| q.reading.filter = Some(condition("attribute_exists(n)", Value::Null)),
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: n",
    );
    check_query(
        None,
        "id = :a",
        &|q| {
            q.reading.filter = Some(condition("attribute_exists(n)", Value::Null));
            q.reading.legacy_filter = true;
        },
        "QueryFilter can only contain non-primary key attributes: Primary key attribute: n",
    );
    check_query(
        None,
        "id = :a",
        &|q| q.reading.limit = Some(0),
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member \
         must have value greater than or equal to 1",
    );
}

#[test]
fn limit_counts_before_the_filter() {
    let lab = lab();
    let page = lab
        .query(None, "id = :a", json!({":a": {"S": "a"}}), |query| {
            query.reading.limit = Some(4);
            query.reading.filter = Some(condition("y > :y", json!({":y": {"S": "y1"}})));
        })
        .unwrap();
    assert_eq!((page.count, page.scanned, numbers(&page).as_str()), (2, 4, "2 3"));
    assert_eq!(item_to_json(&page.last.unwrap()), json!({"id": {"S": "a"}, "n": {"N": "3"}}));
    // A limit that is met exactly ends a page all the same; the next one is empty.
    let page = lab
        .query(None, "id = :a", json!({":a": {"S": "a"}}), |query| query.reading.limit = Some(6))
        .unwrap();
    assert!(page.last.is_some());
    let last = page.last;
    let page = lab
        .query(None, "id = :a", json!({":a": {"S": "a"}}), |query| query.reading.start = last)
        .unwrap();
    assert_eq!((page.scanned, page.last), (0, None));
}

#[test]
fn a_page_ends_at_a_megabyte() {
    let mut lab = Lab::with(&spec("tab", "id:S n:N", &[]));
    for n in 0..5 {
        let text = "x".repeat(300_000);
        lab.put(json!({"id": {"S": "a"}, "n": {"N": n.to_string()}, "x": {"S": text}}));
    }
    let page = lab
        .query(None, "id = :a", json!({":a": {"S": "a"}}), |query| {
            query.reading.select = Some(Select::Count);
            query.reading.consistent = true;
        })
        .unwrap();
    assert_eq!((page.count, page.items), (4, None));
    assert_eq!(item_to_json(&page.last.unwrap())["n"]["N"], "3");
    assert_eq!(page.cost.table, 2 * (4 * 300_007_u64).div_ceil(4096));
}

#[test]
fn a_local_index_fetches_what_it_does_not_have() {
    let lab = lab();
    let run = |change: &dyn Fn(&mut Query)| {
        lab.query(Some("loc"), "id = :a", json!({":a": {"S": "a"}}), |query| change(query)).unwrap()
    };
    let page = run(&|_| {});
    assert_eq!(page.items.as_ref().unwrap()[0].len(), 3);
    assert_eq!((page.cost.table, page.cost.locals["loc"]), (0, 1));
    let page = run(&|query| query.reading.select = Some(Select::AllAttributes));
    assert_eq!(page.items.as_ref().unwrap()[0].len(), 5);
    assert_eq!((page.cost.table, page.cost.locals["loc"]), (6, 1));
    let page = run(&|query| query.reading.projection = Some(projection("z")));
    assert_eq!(item_to_json(&page.items.as_ref().unwrap()[0]), json!({"z": {"N": "7"}}));
    assert_eq!(page.cost.table, 6);
}

#[test]
fn a_scan_must_make_sense() {
    let lab = lab();
    let check = |change: &dyn Fn(&mut Scan), expect: &str| {
        let reading = Reading { table: "tab".into(), ..Reading::default() };
        let mut scan = Scan { reading, ..Scan::default() };
        change(&mut scan);
        let error = lab.state.scan(&lab.place, lab.metered(), &scan).unwrap_err();
        assert_eq!(said(&error), format!("ValidationException: {expect}"));
    };
    check(
        &|s| s.segment = Some(0),
        "The TotalSegments parameter is required but was not present in the request when Segment \
         parameter is present",
    );
    check(
        &|s| s.total_segments = Some(2),
        "The Segment parameter is required but was not present in the request when parameter \
         TotalSegments is present",
    );
    check(
        &|s| (s.segment, s.total_segments) = (Some(2), Some(2)),
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
         Segment: 2 is not less than TotalSegments: 2",
    );
    check(
        &|s| s.reading.start = Some(item(json!({"id": {"S": "a"}}))),
        "The provided starting key is invalid: The provided key element does not match the schema",
    );
    let start = item(json!({"id": {"S": "a"}, "n": {"N": "1"}}));
    let wrong = (0..2).find(|segment| {
        let reading =
            Reading { table: "tab".into(), start: Some(start.clone()), ..Reading::default() };
        let scan = Scan { reading, segment: Some(*segment), total_segments: Some(2) };
        lab.state.scan(&lab.place, lab.metered(), &scan).is_err()
    });
    let wrong = wrong.expect("a key is in one segment only");
    check(
        &|s| {
            (s.segment, s.total_segments) = (Some(wrong), Some(2));
            s.reading.start = Some(start.clone());
        },
        &format!(
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use \
             ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: {wrong}"
        ),
    );
}
