//! The JSON protocols against an operation made for this test.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{decode, encode};
use crate::codec::error::{self, Dialect, RequestId};
use crate::codec::{BodyOut, Encoded};
use base::Time;
use sim::api::{ApiError, Double, Read, Refused, Run, Shaped};
use sim::{Cx, World};

sim::union! {
    /// A value of an item.
    pub enum Attribute {
        /// Text.
        S(String) => "S",
        /// A number, in text.
        N(String) => "N",
        /// Bytes.
        B(Vec<u8>) => "B",
        /// Whether.
        Bool(bool) => "BOOL",
        /// By name.
        M(BTreeMap<String, Attribute>) => "M",
        /// In order.
        L(Vec<Attribute>) => "L",
    }
}

sim::string_enum! {
    /// A state.
    pub enum State { Active = "ACTIVE", Gone = "GONE" }
}

sim::structure! {
    /// Where something is.
    pub struct Place {
        /// The table.
        pub table: String => "TableName",
        /// The shard.
        pub shard: Option<i64> => "Shard",
    }
}

sim::structure! {
    /// A pair.
    pub struct Tag {
        /// Its key.
        pub key: String => "Key",
        /// Its value.
        pub value: Option<String> => "Value",
        /// Tags of the tag.
        pub inner: Vec<Tag> => "Inner",
        /// Not simulated.
        pub owner: Refused<i64> => "Owner",
    }
}

sim::operation! {
    /// Puts.
    read PutItem in "test" = "";
    input {
        ..pub place: Place,
        /// The item.
        pub item: BTreeMap<String, Attribute> => required "Item",
        /// Bytes.
        pub data: Option<Vec<u8>> => "Data",
        /// A fraction.
        pub ratio: Option<Double> => "Ratio",
        /// Whether.
        pub quiet: Option<bool> => "Quiet",
        /// When.
        pub at: Option<Time> => "At",
        /// Which.
        pub state: Option<State> => "State",
        /// Rows of cells.
        pub rows: Vec<Vec<i64>> => "Rows",
        /// Pairs.
        pub tags: Vec<Tag> => "Tags",
        /// Whatever.
        pub free: Value => "Free",
    }
    output PutItemOutput {
        ..pub place: Place,
        /// The item.
        pub item: BTreeMap<String, Attribute> => "Item",
        /// Bytes.
        pub data: Option<Vec<u8>> => "Data",
        /// A fraction.
        pub ratio: Option<Double> => "Ratio",
        /// When.
        pub at: Option<Time> => "At",
        /// Rows of cells.
        pub rows: Vec<Vec<i64>> => "Rows",
        /// Whatever.
        pub free: Value => "Free",
    }
    errors []
}

impl Read for PutItem {
    type Output = PutItemOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let Self { place, item, data, ratio, at, rows, free, .. } = self;
        Ok(PutItemOutput { place, item, data, ratio, at, rows, free })
    }
}

sim::operation! {
    /// Answers nothing.
    read Touch in "test" = "";
    input {}
    output TouchOutput {}
    errors []
}

impl Read for Touch {
    type Output = TouchOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        Ok(TouchOutput {})
    }
}

fn read(body: &str) -> Result<Value, String> {
    decode(&PutItem::DEF, body.as_bytes()).map_err(|e| format!("{}: {}", e.code, e.message))
}

#[test]
fn bodies_are_held_to_the_shape() {
    let check = |body: Value, want: Value| {
        let mut body = body;
        let mut want = want;
        for value in [&mut body, &mut want] {
            value["TableName"] = "t".into();
            value["Item"] = json!({});
        }
        assert_eq!(read(&body.to_string()).as_ref(), Ok(&want), "{body}");
    };
    check(json!({"Unknown": {"deep": [1]}, "Data": null}), json!({}));
    check(json!({"Data": "AAE="}), json!({"Data": "AAE="}));
    check(json!({"Ratio": 0.1}), json!({"Ratio": 0.1}));
    check(json!({"Ratio": 3}), json!({"Ratio": 3}));
    check(json!({"Ratio": "NaN"}), json!({"Ratio": "NaN"}));
    check(json!({"Shard": 9_223_372_036_854_775_807_i64}), json!({"Shard": i64::MAX}));
    check(json!({"Shard": 7.9}), json!({"Shard": 7}));
    check(json!({"At": 1_795_341_600.123}), json!({"At": 1_795_341_600_123_i64}));
    check(json!({"At": 1_795_341_600}), json!({"At": 1_795_341_600_000_i64}));
    check(json!({"At": "2026-11-22T10:00:00Z"}), json!({"At": 1_795_341_600_000_i64}));
    check(json!({"Rows": [[1, 2], []]}), json!({"Rows": [[1, 2], []]}));
    check(json!({"Free": {"a": [null, {"b": 1.5}]}}), json!({"Free": {"a": [null, {"b": 1.5}]}}));
    check(json!({"Tags": [{"Key": "k", "X": 1}]}), json!({"Tags": [{"Key": "k"}]}));
}

#[test]
fn a_word_that_is_none_of_an_enumeration_is_refused() {
    let refused = read(r#"{"TableName": "t", "Item": {}, "State": "OTHER"}"#);
    let words = "1 validation error detected: Value 'OTHER' at 'state' failed to satisfy \
                 constraint: Member must satisfy enum value set: [ACTIVE, GONE]";
    assert_eq!(refused, Err(format!("ValidationException: {words}")));
}

#[test]
fn what_does_not_fit_is_told_as_the_services_do() {
    let check = |member: &str, want: &str| {
        let body = format!(r#"{{"TableName": "t", "Item": {{}}, {member}}}"#);
        assert_eq!(read(&body), Err(format!("SerializationException: {want}")), "{member}");
    };
    check(r#""TableName": 1"#, "NUMBER_VALUE cannot be converted to String");
    check(r#""TableName": 1.5"#, "DECIMAL_VALUE cannot be converted to String");
    check(r#""TableName": true"#, "TRUE_VALUE cannot be converted to String");
    check(r#""TableName": []"#, "Unrecognized collection type class java.lang.String");
    check(r#""TableName": {}"#, "Start of structure or map found where not expected");
    check(r#""Shard": "1""#, "STRING_VALUE cannot be converted to Integer");
    check(r#""Shard": false"#, "FALSE_VALUE cannot be converted to Integer");
    check(r#""Quiet": "yes""#, "Unexpected token received from parser");
    check(r#""Data": 1"#, "only base-64-encoded strings are convertible to bytes");
    check(
        r#""Data": "AAE""#,
        "Base64 encoded length is expected a multiple of 4 bytes but found: 3",
    );
    check(r#""Data": "A*E=""#, "Invalid Base64 character: '*'");
    check(r#""Data": []"#, "Unrecognized collection type class java.nio.ByteBuffer");
    check(r#""Rows": 1"#, "Unexpected field type");
    check(r#""Rows": {}"#, "Start of structure or map found where not expected");
    check(r#""Rows": [1]"#, "Unexpected field type");
    check(r#""Tags": ["a"]"#, "Unexpected field type");
    check(r#""Item": "a""#, "Unexpected field type");
    check(r#""Item": {"k": {"S": 1}}"#, "NUMBER_VALUE cannot be converted to String");
    check(r#""Item": {"k": {"L": [{"N": 1}]}}"#, "NUMBER_VALUE cannot be converted to String");
    check("\"broken", "");
}

#[test]
fn what_is_missing_is_named_all_at_once() {
    let check = |body: &str, want: &str| {
        assert_eq!(read(body), Err(format!("ValidationException: {want}")), "{body}");
    };
    let null = |path: &str| {
        format!("Value null at '{path}' failed to satisfy constraint: Member must not be null")
    };
    let two = format!("2 validation errors detected: {}; {}", null("item"), null("tableName"));
    check("", &two);
    check("{}", &two);
    check(
        r#"{"TableName": "t", "Item": {}, "Tags": [{"Inner": [{"Key": "a"}, {}]}]}"#,
        &format!(
            "2 validation errors detected: {}; {}",
            null("tags.1.member.key"),
            null("tags.1.member.inner.2.member.key")
        ),
    );
}

fn text(encoded: &Encoded) -> &str {
    match &encoded.body {
        BodyOut::Text(text) => text,
        BodyOut::Empty => "",
        other => panic!("{other:?} is no text"),
    }
}

#[test]
fn answers_are_written_by_shape() {
    let check = |output: Value, want: &str| {
        assert_eq!(text(&encode("1.0", &PutItem::DEF, &output)), want, "{output}");
    };
    check(json!({}), "{}");
    check(json!({"At": 1_795_341_600_123_i64}), r#"{"At":1795341600.123}"#);
    check(json!({"At": 1_795_341_600_000_i64}), r#"{"At":1795341600.0}"#);
    check(json!({"Data": "AAE=", "Ratio": 0.1}), r#"{"Data":"AAE=","Ratio":0.1}"#);
    check(json!({"Item": {"k": {"L": [{"S": "é\n"}]}}}), r#"{"Item":{"k":{"L":[{"S":"é\n"}]}}}"#);
    check(json!({"Free": {"a": [null]}, "Rows": [[1]]}), r#"{"Rows":[[1]],"Free":{"a":[null]}}"#);
    let kind = |version| encode(version, &Touch::DEF, &json!({})).headers;
    assert_eq!(kind("1.0"), [("Content-Type".into(), "application/x-amz-json-1.0".into())]);
    assert_eq!(kind("1.1"), [("Content-Type".into(), "application/x-amz-json-1.1".into())]);
    assert_eq!(text(&encode("1.0", &Touch::DEF, &json!({}))), "{}");
    assert_eq!(text(&encode("1.1", &Touch::DEF, &json!({}))), "");
}

#[test]
fn errors_carry_the_service_s_name_space() {
    let request = RequestId { id: "ID".into(), host: String::new() };
    let check = |dialect: Dialect, error: &ApiError, want: &str| {
        let got = error::encode(dialect, error, "", &request);
        assert_eq!(text(&got), want);
    };
    let dynamodb = Dialect::Json { version: "1.0", errors: "com.amazonaws.dynamodb.v20120810" };
    let plain = Dialect::Json { version: "1.1", errors: "" };
    let error = ApiError::new(400, "ResourceNotFoundException", "Not there");
    check(
        dynamodb,
        &error,
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Not there"}"#,
    );
    check(plain, &error, r#"{"__type":"ResourceNotFoundException","message":"Not there"}"#);
    check(Dialect::RestJson, &error, r#"{"Type":"User","Message":"Not there"}"#);
    let wrong = ApiError::new(400, "SerializationException", "Why");
    check(
        dynamodb,
        &wrong,
        r#"{"__type":"com.amazon.coral.service#SerializationException","Message":"Why"}"#,
    );
    let reasons = ApiError::new(400, "TransactionCanceledException", "Cancelled")
        .with_document("CancellationReasons", vec![json!({"Code": "None"})]);
    check(
        plain,
        &reasons,
        r#"{"__type":"TransactionCanceledException","message":"Cancelled","CancellationReasons":[{"Code":"None"}]}"#,
    );
}

/// What comes in as JSON, goes through the operation's own types and out again is the same.
#[test]
fn types_give_back_what_they_take() {
    let check = |value: Value| {
        let place = PutItem::from_value(value.clone()).expect("an input").into_value();
        assert_eq!(place, value);
    };
    check(json!({
        "Item": {"a": {"M": {"b": {"L": [{"BOOL": true}, {"B": "AAE="}, {"N": "1"}]}}}},
        "Data": "AAEC",
        "Ratio": 0.1,
        "Rows": [[1], []],
        "Tags": [],
        "Free": {"x": [1, null]},
        "TableName": "t",
        "Shard": 1,
    }));
    for wrong in [
        json!({"Item": {"a": {}}}),
        json!({"Item": {"a": {"S": "x", "N": "1"}}}),
        json!({"Item": {"a": {"Q": "x"}}}),
        json!({"Data": "*"}),
        json!({"State": "OTHER"}),
    ] {
        assert!(PutItem::from_value(wrong.clone()).is_err(), "{wrong}");
    }
    assert!(matches!(PutItem::DEF.run, Run::Read(_)));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever comes in, nothing breaks.
    #[test]
    fn no_body_breaks_anything(
        body in "(\\{|\\}|\\[|\\]|\"(TableName|Item|Data|Rows|Tags|S|At)\"|:|,|null|true|-?[0-9]{1,20}(\\.[0-9])?|\"[^\"]{0,4}\"){0,24}",
    ) {
        let _ = read(&body);
    }
}

#[test]
fn a_refused_member_is_given_whatever_it_holds() {
    for (given, want) in [("7", true), ("\"x\"", true), ("{\"a\": [1]}", true), ("null", false)] {
        let body = format!(
            "{{\"TableName\": \"t\", \"Item\": {{}}, \"Tags\": [{{\"Key\": \"k\", \"Owner\": {given}}}]}}"
        );
        let got = decode(&PutItem::DEF, body.as_bytes()).expect("decoded");
        let want = if want { json!({"Key": "k", "Owner": true}) } else { json!({"Key": "k"}) };
        assert_eq!(got["Tags"][0], want, "{body}");
    }
}
