//! The policy of a browser's form: which fields it may have, and how long the file may be.
//!
//! Follows the S3 API reference, "POST policy", in the words that S3 was seen to answer.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::form::Form;
use base::Time;
use sim::api::ApiError;

/// Fields that no condition need name.
const UNCOVERED: [&str; 5] = ["policy", "file", "x-amz-signature", "awsaccesskeyid", "signature"];

/// What somebody signed.
#[derive(Debug)]
pub(super) struct Policy {
    expiration: Time,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    test: Test,
    /// As a refusal tells it.
    told: String,
}

#[derive(Debug)]
enum Test {
    /// The field of this name, in lower case, is this.
    Equals(String, String),
    /// It begins so.
    StartsWith(String, String),
    /// The file is that long, in bytes.
    Length(u64, u64),
    /// What cannot hold.
    Never,
}

/// How long a file may be, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Lengths {
    pub(super) min: u64,
    pub(super) max: u64,
}

impl Lengths {
    /// # Errors
    /// `EntityTooSmall`. What is too long is found as it comes.
    pub(super) fn check(self, length: u64) -> Result<(), ApiError> {
        if length >= self.min {
            return Ok(());
        }
        let message = "Your proposed upload is smaller than the minimum allowed size";
        Err(ApiError::new(400, "EntityTooSmall", message)
            .with("ProposedSize", length.to_string())
            .with("MinSizeAllowed", self.min.to_string()))
    }
}

impl Policy {
    /// Reads a policy as it stands in a form.
    ///
    /// # Errors
    /// `InvalidPolicyDocument`.
    pub(super) fn read(text: &str) -> Result<Self, ApiError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| no_json())?;
        let document: Value = serde_json::from_slice(&bytes).map_err(|_| no_json())?;
        let map = document.as_object().ok_or_else(no_json)?;
        if let Some(name) = map.keys().find(|n| !matches!(n.as_str(), "expiration" | "conditions"))
        {
            return Err(invalid(&format!("Unexpected: '{}'", name.to_ascii_lowercase())));
        }
        let expiration = map.get("expiration");
        let expiration = expiration.ok_or_else(|| invalid("Policy missing expiration."))?;
        let expiration = expiration.as_str().ok_or_else(no_json)?;
        let read = || {
            let utc = expiration.ends_with('Z') && expiration.contains('T');
            Time::parse_iso(expiration).filter(|_| utc)
        };
        let wrong = || invalid(&format!("Invalid 'expiration' value: '{expiration}'"));
        let expiration = read().ok_or_else(wrong)?;
        let conditions = map.get("conditions");
        let conditions = conditions.ok_or_else(|| invalid("Policy missing conditions."))?;
        let conditions = conditions
            .as_array()
            .ok_or_else(|| invalid("Invalid 'conditions' value: must be a List."))?;
        let conditions = conditions.iter().map(condition).collect::<Result<_, _>>()?;
        Ok(Self { expiration, conditions })
    }

    /// Whether a form is what was signed, and how long its file may then be.
    ///
    /// # Errors
    /// `AccessDenied`, with what is against the policy.
    pub(super) fn judge(&self, form: &Form, wall: Time) -> Result<Lengths, ApiError> {
        if wall > self.expiration {
            return Err(denied("Policy expired."));
        }
        let mut lengths = Lengths { min: 0, max: u64::MAX };
        for Condition { test, told } in &self.conditions {
            let holds = match test {
                Test::Equals(name, want) => form.get(name) == Some(want),
                Test::StartsWith(name, prefix) => {
                    form.get(name).is_some_and(|value| begins(name, value, prefix))
                }
                Test::Length(min, max) => {
                    lengths.min = lengths.min.max(*min);
                    lengths.max = lengths.max.min(*max);
                    true
                }
                Test::Never => false,
            };
            if !holds {
                return Err(denied(&format!("Policy Condition failed: {told}")));
            }
        }
        if let Some(name) = form.names().find(|name| !self.covers(name)) {
            return Err(denied(&format!("Extra input fields: {name}")));
        }
        Ok(lengths)
    }

    /// Whether a field may be there: each must be in a condition.
    fn covers(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        UNCOVERED.contains(&name.as_str())
            || name.starts_with("x-ignore-")
            || self.conditions.iter().any(|condition| match &condition.test {
                Test::Equals(of, _) | Test::StartsWith(of, _) => *of == name,
                Test::Length(..) | Test::Never => false,
            })
    }
}

/// Commas make a list of content types, each of which must begin so; elsewhere they are only text.
fn begins(name: &str, value: &str, prefix: &str) -> bool {
    if name == "content-type" {
        return value.split(',').all(|kind| kind.trim().starts_with(prefix));
    }
    value.starts_with(prefix)
}

fn condition(value: &Value) -> Result<Condition, ApiError> {
    match value {
        Value::Object(map) => {
            let mut pairs = map.iter();
            let (Some((name, want)), None) = (pairs.next(), pairs.next()) else {
                return Err(invalid(
                    "Invalid Simple-Condition: Simple-Conditions must have exactly one property \
                     specified.",
                ));
            };
            let want = match want {
                Value::String(want) => want.clone(),
                Value::Null => return Err(no_json()),
                _ => return Err(invalid("Invalid Simple-Condition: value must be a string.")),
            };
            let told = told(&["eq", &format!("${name}"), &want]);
            Ok(Condition { test: Test::Equals(name.to_ascii_lowercase(), want), told })
        }
        Value::Array(items) => {
            let Some((operation, operands)) = items.split_first() else {
                return Err(invalid("Invalid Condition: missing operation identifier."));
            };
            let operation = operation.as_str().ok_or_else(no_json)?;
            let [first, second] = operands else {
                return Err(match operation.to_ascii_lowercase().as_str() {
                    "eq" | "starts-with" | "content-length-range" => {
                        invalid(&format!("Invalid {operation}: wrong number of arguments."))
                    }
                    _ => unknown(operation),
                });
            };
            test(operation, first, second)
        }
        _ => Err(invalid("Invalid condition test: must be a List or Object.")),
    }
}

fn test(operation: &str, first: &Value, second: &Value) -> Result<Condition, ApiError> {
    let lower = operation.to_ascii_lowercase();
    match lower.as_str() {
        "eq" | "starts-with" => {
            let (Some(name), Some(want)) = (first.as_str(), second.as_str()) else {
                return Err(no_json());
            };
            let told = told(&[operation, name, want]);
            let test = match name.strip_prefix('$').map(str::to_ascii_lowercase) {
                None => Test::Never,
                Some(name) if lower == "eq" => Test::Equals(name, want.to_owned()),
                Some(name) => Test::StartsWith(name, want.to_owned()),
            };
            Ok(Condition { test, told })
        }
        "content-length-range" => {
            let (first, second) = (bound(first)?, bound(second)?);
            let test = match (first.parse(), second.parse()) {
                (Ok(min), Ok(max)) => Test::Length(min, max),
                _ => Test::Never,
            };
            Ok(Condition { test, told: told(&[operation, &first, &second]) })
        }
        _ => Err(unknown(operation)),
    }
}

/// A length, which may be a number or its text.
fn bound(value: &Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) if number.is_u64() => Ok(number.to_string()),
        // S3's reader of JSON knows no signs.
        Value::Number(number) if number.is_i64() => {
            Err(invalid("Token - must be enclosed in quotes."))
        }
        _ => Err(no_json()),
    }
}

/// `["eq", "$key", "x"]`
fn told(words: &[&str]) -> String {
    let mut out = String::from("[");
    for (i, word) in words.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(out, "{comma}{}", Value::from(*word));
    }
    out + "]"
}

fn unknown(operation: &str) -> ApiError {
    invalid(&format!("Invalid Condition: unknown operation '{operation}'."))
}

fn no_json() -> ApiError {
    invalid("Invalid JSON.")
}

fn invalid(what: &str) -> ApiError {
    ApiError::new(400, "InvalidPolicyDocument", format!("Invalid Policy: {what}"))
}

fn denied(what: &str) -> ApiError {
    ApiError::new(403, "AccessDenied", format!("Invalid according to Policy: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T10:00:00Z";

    /// What becomes of a form with these fields under a policy with these conditions.
    fn judge(conditions: &str, fields: &[(&str, &str)]) -> Result<Lengths, String> {
        let policy = format!(
            "{{\"expiration\": \"2026-11-22T10:00:00.000Z\", \"conditions\": [{conditions}]}}"
        );
        let told = |error: ApiError| format!("{} {}", error.code, error.message);
        let policy = Policy::read(&STANDARD.encode(policy)).map_err(told)?;
        let form = Form::of("notes", fields);
        policy.judge(&form, Time::parse_iso(NOW).expect("a time")).map_err(told)
    }

    const ANY: Lengths = Lengths { min: 0, max: u64::MAX };

    #[test]
    fn a_form_is_held_to_its_policy() {
        let check = |conditions: &str, field: (&str, &str), want: Result<Lengths, &str>| {
            let all = format!("{{\"bucket\": \"notes\"}}, {conditions}");
            let got = judge(&all, &[field, ("X-Ignore-A", "1"), ("Policy", "x")]);
            let want = want.map_err(|e| format!("AccessDenied Invalid according to Policy: {e}"));
            assert_eq!(got, want, "{conditions}");
        };
        let key = ("kEy", "a/b");
        check(r#"{"key": "a/b"}"#, key, Ok(ANY));
        check(r#"["EQ", "$KEY", "a/b"]"#, key, Ok(ANY));
        check(r#"["starts-with", "$key", "a/"]"#, key, Ok(ANY));
        check(r#"["starts-with", "$key", ""]"#, key, Ok(ANY));
        check(r#"{"Key": "A/b"}"#, key, Err(r#"Policy Condition failed: ["eq", "$Key", "A/b"]"#));
        check(
            r#"["starts-with", "$key", "b\""]"#,
            key,
            Err(r#"Policy Condition failed: ["starts-with", "$key", "b\""]"#),
        );
        check(
            r#"["eq", "key", "a/b"]"#,
            key,
            Err(r#"Policy Condition failed: ["eq", "key", "a/b"]"#),
        );
        check(
            r#"["starts-with", "$key", ""], ["starts-with", "$acl", ""]"#,
            key,
            Err(r#"Policy Condition failed: ["starts-with", "$acl", ""]"#),
        );
        check(r#"["content-length-range", 0, 1]"#, key, Err("Extra input fields: kEy"));
        let kind = |value| ("Content-Type", value);
        let images = r#"["starts-with", "$Content-Type", "image/"]"#;
        check(images, kind("image/png,image/gif"), Ok(ANY));
        let refused = format!("Policy Condition failed: {images}");
        check(images, kind("image/png,text/html"), Err(&refused));
        let lengths = |min, max| Ok(Lengths { min, max });
        check(r#"{"key": "a/b"}, ["content-length-range", 5, "10"]"#, key, lengths(5, 10));
        check(
            r#"{"key": "a/b"}, ["content-length-range", 1, 9], ["content-length-range", 2, 10]"#,
            key,
            lengths(2, 9),
        );
        check(
            r#"["content-length-range", "x", 10]"#,
            key,
            Err(r#"Policy Condition failed: ["content-length-range", "x", "10"]"#),
        );
        let extra = "AccessDenied Invalid according to Policy: Extra input fields: bucket";
        assert_eq!(judge(r#"{"key": "a/b"}"#, &[key]), Err(extra.into()));
    }

    #[test]
    fn a_document_that_is_no_policy_is_refused() {
        let read = |document: &str| {
            let error = Policy::read(&STANDARD.encode(document)).expect_err("no policy");
            assert_eq!((error.status, error.code.as_str()), (400, "InvalidPolicyDocument"));
            error.message
        };
        let check = |document: &str, want: &str| {
            assert_eq!(read(document), format!("Invalid Policy: {want}"), "{document}");
        };
        check("expiration", "Invalid JSON.");
        check("[]", "Invalid JSON.");
        check("{}", "Policy missing expiration.");
        check(r#"{"Statement": []}"#, "Unexpected: 'statement'");
        check(r#"{"expiration": "2999-01-01T00:00:00Z"}"#, "Policy missing conditions.");
        for wrong in ["tomorrow", "2999-01-01 00:00:00Z", "2999-01-01T00:00:00+02:00"] {
            let document = format!("{{\"expiration\": \"{wrong}\", \"conditions\": []}}");
            check(&document, &format!("Invalid 'expiration' value: '{wrong}'"));
        }
        let check = |condition: &str, want: &str| {
            let document = format!(
                "{{\"expiration\": \"2999-01-01T00:00:00Z\", \"conditions\": {condition}}}"
            );
            assert_eq!(read(&document), format!("Invalid Policy: {want}"), "{condition}");
        };
        let one =
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.";
        check("{}", "Invalid 'conditions' value: must be a List.");
        check("[{}]", one);
        check(r#"[{"a": "1", "b": "2"}]"#, one);
        check(r#"[{"a": 1}]"#, "Invalid Simple-Condition: value must be a string.");
        check(r#"[{"a": null}]"#, "Invalid JSON.");
        check("[1]", "Invalid condition test: must be a List or Object.");
        check("[[]]", "Invalid Condition: missing operation identifier.");
        check(r#"[["ends-with", "$a", "b"]]"#, "Invalid Condition: unknown operation 'ends-with'.");
        check(r#"[["eq", "$a"]]"#, "Invalid eq: wrong number of arguments.");
        check(
            r#"[["content-length-range", 0]]"#,
            "Invalid content-length-range: wrong number of arguments.",
        );
        check(r#"[["content-length-range", -1, 0]]"#, "Token - must be enclosed in quotes.");
        check(r#"[["content-length-range", 0, 1.5]]"#, "Invalid JSON.");
        assert_eq!(
            Policy::read("{}").map(|_| ()).expect_err("no base64").message,
            "Invalid Policy: Invalid JSON."
        );
    }

    #[test]
    fn a_policy_ends() {
        let policy = r#"{"expiration": "2026-11-22T10:00:00Z", "conditions": [{"bucket": "b"}]}"#;
        let policy = Policy::read(&STANDARD.encode(policy)).expect("a policy");
        let at = |text: &str| {
            let wall = Time::parse_iso(text).expect("a time");
            policy.judge(&Form::of("b", &[]), wall).map_err(|e| e.message)
        };
        assert_eq!(at(NOW), Ok(ANY));
        let expired = "Invalid according to Policy: Policy expired.";
        assert_eq!(at("2026-11-22T10:00:01Z"), Err(expired.into()));
    }
}
