//! REST with JSON in the body, against operations made for this test.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{BodyIn, Router, decode, encode};
use crate::codec::{BodyOut, Head};
use base::Time;
use sim::api::{ApiError, Protocol, Read, Service};
use sim::{Cx, World};

sim::structure! {
    /// Where code runs.
    pub struct Environment {
        /// Variables.
        pub variables: BTreeMap<String, String> => "Variables",
    }
}

sim::operation! {
    /// Makes.
    read CreateFunction in "test" = "POST /2015-03-31/functions/{Name}/code" (201);
    input {
        /// Which.
        pub name: String => "Name" Uri,
        /// How long.
        pub timeout: i64 => "Timeout",
        /// With what.
        pub environment: Option<Environment> => "Environment",
        /// The code.
        pub zip: Option<Vec<u8>> => "ZipFile",
        /// Spelt otherwise on the wire.
        pub kind: Option<String> => "PackageType" Xml("packageType"),
        /// When.
        pub at: Option<Time> => "At",
        /// Which ones.
        pub tags: Vec<String> => "TagKeys" Query("tagKeys"),
        /// How many.
        pub max: Option<i64> => "MaxItems" Query("MaxItems"),
        /// Only look.
        pub dry: Option<bool> => "DryRun" Header("X-Amz-Dry-Run"),
    }
    output CreateFunctionOutput {
        /// Which.
        pub name: Option<String> => "Name",
        /// Spelt otherwise on the wire.
        pub kind: Option<String> => "PackageType" Xml("packageType"),
        /// When.
        pub at: Option<Time> => "At",
        /// Which version ran.
        pub version: Option<String> => "Version" Header("X-Amz-Executed-Version"),
    }
    errors []
}

sim::operation! {
    /// Runs.
    read Invoke in "test" = "POST /2015-03-31/functions/{Name}/invocations";
    input {
        /// Which.
        pub name: String => "Name" Uri,
        /// What it gets.
        pub payload: Option<Vec<u8>> => "Payload" Payload("Payload"),
    }
    output InvokeOutput {
        /// What it answers.
        pub payload: Option<Vec<u8>> => "Payload" Payload("Payload"),
        /// How.
        pub status: Option<i64> => "StatusCode",
    }
    errors []
}

sim::operation! {
    /// Removes.
    read DeleteFunction in "test" = "DELETE /2015-03-31/functions/{Name}" (204);
    input {
        /// Which.
        pub name: String => "Name" Uri,
    }
    output DeleteFunctionOutput {}
    errors []
}

macro_rules! echo {
    ($($name:ident $output:ident)*) => {$(
        impl Read for $name {
            type Output = $output;
            fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
                Ok($output::default())
            }
        }
    )*};
}

echo!(CreateFunction CreateFunctionOutput Invoke InvokeOutput DeleteFunction DeleteFunctionOutput);

static TEST: Service = Service {
    name: "test",
    title: "Test",
    protocol: Protocol::RestJson,
    signing_name: "test",
    api_version: "2015-03-31",
    xml_namespace: "",
    operations: &[&CreateFunction::DEF, &Invoke::DEF, &DeleteFunction::DEF],
    refused: &[],
};

fn read(line: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Value, String> {
    let (method, target) = line.split_once(' ').expect("a request line");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    let head = Head::new(method, path, query, headers);
    let matched = Router::new(&TEST).find(&head);
    matched
        .and_then(|matched| decode(&matched, &head, BodyIn::Bytes(body)))
        .map_err(|e| format!("{} {}: {}", e.status, e.code, e.message))
}

#[test]
fn requests_are_read_by_shape() {
    let check = |line: &str, headers: &[(&str, &str)], body: &str, want: Value| {
        assert_eq!(read(line, headers, body.as_bytes()), Ok(want), "{line} {body}");
    };
    check(
        "POST /2015-03-31/functions/a%20b/code?tagKeys=x&tagKeys=y&MaxItems=3",
        &[("x-amz-dry-run", "true")],
        r#"{"Timeout": 3, "packageType": "Zip", "Environment": {"Variables": {"A": "b"}, "X": 1},
            "ZipFile": "AAE=", "At": 1795341600.5, "Name": "elsewhere"}"#,
        json!({
            "Name": "a b", "Timeout": 3, "PackageType": "Zip",
            "Environment": {"Variables": {"A": "b"}}, "ZipFile": "AAE=",
            "At": 1_795_341_600_500_i64, "TagKeys": ["x", "y"], "MaxItems": 3, "DryRun": true,
        }),
    );
    check(
        "POST /2015-03-31/functions/f/invocations",
        &[],
        "{\"a\": [1]}",
        json!({"Name": "f", "Payload": "eyJhIjogWzFdfQ=="}),
    );
    check("POST /2015-03-31/functions/f/invocations", &[], "", json!({"Name": "f"}));
    check("DELETE /2015-03-31/functions/f", &[], "", json!({"Name": "f"}));
}

#[test]
fn refusals_are_those_of_the_json_services() {
    let check = |line: &str, body: &str, want: &str| {
        assert_eq!(read(line, &[], body.as_bytes()), Err(want.to_owned()), "{line} {body}");
    };
    let code = "POST /2015-03-31/functions/f/code";
    let null = "failed to satisfy constraint: Member must not be null";
    check(
        code,
        "{}",
        &format!(
            "400 ValidationException: 1 validation error detected: Value null at 'timeout' {null}"
        ),
    );
    check(
        code,
        r#"{"Timeout": "3"}"#,
        "400 SerializationException: STRING_VALUE cannot be converted to Integer",
    );
    check(code, "{", "400 SerializationException: ");
    check(
        &format!("{code}?MaxItems=many"),
        "{}",
        "400 ValidationException: 1 validation error detected: Value 'many' at 'MaxItems' failed \
         to satisfy constraint: Member must be an integer",
    );
    check(
        "GET /2015-03-31/layers",
        "",
        "404 UnknownOperationException: No operation is simulated here for GET /2015-03-31/layers",
    );
}

#[test]
fn answers_are_written_by_shape() {
    let got = encode(
        &TEST,
        &CreateFunction::DEF,
        &json!({"Name": "f", "PackageType": "Zip", "At": 1_795_341_600_500_i64, "Version": "3"}),
    );
    assert_eq!(got.status, 201);
    let want = r#"{"Name":"f","packageType":"Zip","At":1795341600.5}"#;
    assert_eq!(got.body, BodyOut::Text(want.into()));
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        got.headers,
        [header("X-Amz-Executed-Version", "3"), header("Content-Type", "application/json")]
    );
    let got = encode(&TEST, &Invoke::DEF, &json!({"Payload": "AAE=", "StatusCode": 200}));
    assert_eq!(got.body, BodyOut::Bytes(vec![0, 1]));
    let got = encode(&TEST, &DeleteFunction::DEF, &json!({}));
    assert_eq!((got.status, got.body), (204, BodyOut::Empty));
}
