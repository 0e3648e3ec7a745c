//! The codecs against operations made for this test, so that no service's change breaks it.

use serde_json::json;

use super::error::{self, Dialect, RequestId};
use super::rest::{self, BodyIn, Router};
use super::*;
use base::{Blob, Digest};
use sim::api::{ApiError, Body, Protocol, Read, Refused, Service};
use sim::{Cx, World};

sim::string_enum! {
    /// A state.
    pub enum Status { Enabled = "Enabled", Suspended = "Suspended" }
}

sim::structure! {
    /// Who.
    pub struct Grantee {
        /// The kind.
        pub kind: String => "Type" XmlAttribute("xsi:type"),
        /// The id.
        pub id: Option<String> => "ID",
    }
}

sim::structure! {
    /// A document.
    pub struct Document {
        /// State.
        pub status: Option<Status> => "Status",
        /// Who.
        pub grantee: Option<Grantee> => "Grantee",
        /// Names.
        pub names: Vec<String> => "Names" XmlList("NameSet", "Name"),
        /// Flat ones.
        pub rules: Vec<Rule> => "Rules" XmlFlat("Rule"),
        /// A day.
        pub day: Option<Time> => "Day",
        /// Not simulated.
        pub owner: Refused<Value> => "Owner",
    }
}

sim::structure! {
    /// A rule.
    pub struct Rule {
        /// How many.
        pub count: i64 => "Count",
        /// Whether.
        pub quiet: Option<bool> => "Quiet",
    }
}

macro_rules! echo {
    ($name:ident, $output:ident) => {
        impl Read for $name {
            type Output = $output;
            fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
                Ok($output::default())
            }
        }
    };
}

sim::operation! {
    /// Stores.
    read PutThing in "test" = "PUT /{Bucket}/{Key+}" (200);
    input {
        /// Where.
        pub bucket: String => "Bucket" Uri,
        /// What.
        pub key: String => "Key" Uri,
        /// Bytes.
        pub body: Option<Blob> => "Body" Payload("Body"),
        /// Notes.
        pub metadata: std::collections::BTreeMap<String, String> => "Metadata" Headers("x-amz-meta-"),
        /// Until.
        pub until: Option<Time> => "Until" Header("x-amz-until"),
        /// Who may.
        pub acl: Option<String> => "ACL" Header("x-amz-acl"),
    }
    output PutThingOutput {
        /// Its tag.
        pub tag: Option<String> => "ETag" Header("ETag"),
    }
    errors []
}
echo!(PutThing, PutThingOutput);

sim::operation! {
    /// Copies.
    read CopyThing in "test" = "PUT /{Bucket}/{Key+}";
    input {
        /// Where.
        pub bucket: String => "Bucket" Uri,
        /// What.
        pub key: String => "Key" Uri,
        /// From.
        pub source: String => "CopySource" Header("x-amz-copy-source"),
    }
    output CopyThingOutput {
        /// Its tag.
        pub tag: Option<String> => "ETag",
    }
    errors []
}
echo!(CopyThing, CopyThingOutput);

sim::operation! {
    /// Reads.
    read GetThing in "test" = "GET /{Bucket}/{Key+}";
    input {
        /// Where.
        pub bucket: String => "Bucket" Uri,
        /// What.
        pub key: String => "Key" Uri,
        /// Part.
        pub part: Option<i64> => "PartNumber" Query("partNumber"),
    }
    output GetThingOutput {
        /// Bytes.
        pub body: Body => "Body" Payload("Body"),
        /// Which.
        pub range: Option<String> => "ContentRange" Header("Content-Range"),
        /// When.
        pub modified: Option<Time> => "LastModified" Header("Last-Modified"),
        /// Notes.
        pub metadata: std::collections::BTreeMap<String, String> => "Metadata" Headers("x-amz-meta-"),
    }
    errors []
}
echo!(GetThing, GetThingOutput);

sim::operation! {
    /// Sets.
    read PutDocument in "test" = "PUT /{Bucket}?versioning";
    input {
        /// Where.
        pub bucket: String => "Bucket" Uri,
        /// What.
        pub document: Document => "Document" Payload("Config"),
    }
    output PutDocumentOutput {}
    errors []
}
echo!(PutDocument, PutDocumentOutput);

sim::operation! {
    /// Lists.
    read ListThings in "test" = "GET /{Bucket}";
    input {
        /// Where.
        pub bucket: String => "Bucket" Uri,
        /// How many.
        pub max: Option<i64> => "MaxKeys" Query("max-keys"),
        /// Not simulated.
        pub payer: Refused<Vec<String>> => "Payer" Header("x-amz-payer"),
        /// Not simulated.
        pub part: Refused<i64> => "Part" Query("part"),
    }
    output ListThingsResult {
        /// Names.
        pub names: Vec<String> => "Names",
        /// More?
        pub truncated: bool => "IsTruncated",
        /// When.
        pub day: Option<Time> => "Day",
        /// Who.
        pub grantee: Option<Grantee> => "Grantee",
    }
    errors []
}
echo!(ListThings, ListThingsResult);

sim::operation! {
    /// Lists again.
    read ListThingsV2 in "test" = "GET /{Bucket}?list-type=2";
    input {
        /// Where.
        pub bucket: String => "Bucket" Uri,
    }
    output ListThingsV2Output {
        /// Names.
        pub names: Vec<String> => "Names" XmlFlat("Name"),
    }
    errors []
}
echo!(ListThingsV2, ListThingsV2Output);

sim::operation! {
    /// Where it is.
    read GetPlace in "test" = "GET /{Bucket}?location";
    input {
        /// Where.
        pub bucket: String => "Bucket" Uri,
    }
    output GetPlaceOutput {
        /// Which.
        pub place: Option<Status> => "Place" Payload("LocationConstraint"),
    }
    errors []
}
echo!(GetPlace, GetPlaceOutput);

sim::operation! {
    /// Makes a user.
    read MakeUser in "test" = "POST /";
    input {
        /// Name.
        pub name: String => "UserName",
        /// Labels.
        pub tags: Vec<Label> => "Tags",
        /// Names.
        pub names: Vec<String> => "Names",
        /// State.
        pub status: Option<Status> => "Status",
        /// How long.
        pub seconds: Option<i64> => "DurationSeconds",
        /// More.
        pub more: std::collections::BTreeMap<String, String> => "More",
    }
    output MakeUserOutput {
        /// Name.
        pub name: String => "UserName",
        /// Made.
        pub day: Option<Time> => "CreateDate",
        /// Labels.
        pub tags: Vec<Label> => "Tags",
    }
    errors []
}
echo!(MakeUser, MakeUserOutput);

sim::structure! {
    /// A label.
    pub struct Label {
        /// Key.
        pub key: String => "Key",
        /// Value.
        pub value: Option<String> => "Value",
    }
}

static TEST: Service = Service {
    name: "test",
    title: "Test",
    protocol: Protocol::RestXml,
    // What is S3's alone holds for this one.
    signing_name: "s3",
    api_version: "2026-11-22",
    xml_namespace: "urn:test",
    operations: &[
        &PutThing::DEF,
        &CopyThing::DEF,
        &GetThing::DEF,
        &PutDocument::DEF,
        &ListThings::DEF,
        &ListThingsV2::DEF,
        &GetPlace::DEF,
        &MakeUser::DEF,
    ],
    refused: &[],
};

fn head(line: &str, headers: &[(&str, &str)]) -> Head {
    let (method, target) = line.split_once(' ').expect("a request line");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Head::new(method, path, query, headers.iter().map(|(n, v)| ((*n).into(), (*v).into())))
}

#[test]
fn the_most_specific_operation_wins() {
    let router = Router::new(&TEST);
    let check = |line: &str, headers: &[(&str, &str)], want: &str| {
        let found = router.find(&head(line, headers));
        let name = found.map_or_else(|e| e.code, |m| m.op.name.to_owned());
        assert_eq!(name, want, "{line}");
    };
    check("PUT /b/k", &[], "PutThing");
    check("PUT /b/k", &[("x-amz-copy-source", "a/b")], "CopyThing");
    check("GET /b", &[], "ListThings");
    check("GET /b/", &[], "ListThings");
    check("GET /b?list-type=2&max-keys=3", &[], "ListThingsV2");
    check("GET /b?list-type=1", &[], "ListThings");
    check("GET /b/k/", &[], "GetThing");
    check("GET /b/k?x-id=GetThing&partNumber=1", &[], "GetThing");
    check("PUT /b?versioning", &[], "PutDocument");
    // What exists in S3 and not here is never taken for something else.
    check("GET /b?replication", &[], "NotImplemented");
    check("GET /b/k?torrent", &[], "NotImplemented");
    check("DELETE /b?website", &[], "NotImplemented");
    check("DELETE /b", &[], "MethodNotAllowed");
    check("GET /", &[], "MethodNotAllowed");
    check("GET /b/%ff", &[], "InvalidURI");
    let error = router.find(&head("DELETE /b/k", &[])).expect_err("refused");
    assert_eq!(error.fields[1], ("ResourceType".into(), "OBJECT".into()));
}

fn rest_in(line: &str, headers: &[(&str, &str)], body: &str) -> Result<Value, String> {
    let head = head(line, headers);
    let matched = Router::new(&TEST).find(&head).expect("found");
    rest::decode(&matched, &head, BodyIn::Bytes(body.as_bytes()))
        .map_err(|e| format!("{}: {}", e.code, e.message))
}

#[test]
fn path_query_and_headers_become_members() {
    let got = rest_in(
        "PUT /b/a%20b%2B+%C3%A9//c/",
        &[
            ("X-Amz-Meta-One", "1"),
            ("x-amz-meta-two", "2"),
            ("x-amz-meta-two", "zwei"),
            ("x-amz-until", "Sun, 22 Nov 2026 10:00:00 GMT"),
        ],
        "",
    );
    let want = json!({
        "Bucket": "b",
        "Key": "a b++é//c/",
        "Metadata": {"one": "1", "two": "2,zwei"},
        "Until": 1_795_341_600_000_i64,
    });
    assert_eq!(got, Ok(want));
    assert_eq!(rest_in("GET /b?max-keys=10", &[], ""), Ok(json!({"Bucket": "b", "MaxKeys": 10})));
    let refused = rest_in("GET /b?part=x", &[("x-amz-payer", "me")], "");
    assert_eq!(refused, Ok(json!({"Bucket": "b", "Payer": true, "Part": true})));
    let bad = rest_in("GET /b?max-keys=ten", &[], "").expect_err("refused");
    assert_eq!(bad, "InvalidArgument: Provided max-keys not an integer or within integer range");
    let bad = rest_in("PUT /b/k", &[("x-amz-until", "tomorrow")], "").expect_err("refused");
    assert!(bad.starts_with("InvalidArgument"), "{bad}");
    // In a presigned request a header may stand in the query.
    let hoisted = "PUT /b/k?X-Amz-Signature=0&x-amz-acl=private&x-amz-meta-n=1";
    let got = rest_in(hoisted, &[], "").expect("decoded");
    assert_eq!((&got["ACL"], &got["Metadata"]), (&json!("private"), &json!({"n": "1"})));
    assert_eq!(rest_in("PUT /b/k?x-amz-acl=private", &[], "").expect("decoded").get("ACL"), None);
}

#[test]
fn a_stream_becomes_a_blob() {
    let head = head("PUT /b/k", &[]);
    let matched = Router::new(&TEST).find(&head).expect("found");
    assert!(rest::takes_stream(matched.op));
    let blob = Blob { digest: Digest::of(b"x"), len: 1, ..Blob::default() };
    let got = rest::decode(&matched, &head, BodyIn::Blob(&blob)).expect("decoded");
    assert_eq!(serde_json::from_value::<Blob>(got["Body"].clone()).expect("a blob"), blob);
}

#[test]
fn documents_are_read_by_shape() {
    let check = |body: &str, want: Result<Value, &str>| {
        let got = rest_in("PUT /b?versioning", &[], body).map(|v| v["Document"].clone());
        match want {
            Ok(want) => assert_eq!(got, Ok(want), "{body}"),
            Err(code) => {
                let error = got.expect_err("refused");
                assert_eq!(error.split(':').next(), Some(code), "{body}");
            }
        }
    };
    check("<Config/>", Ok(json!({})));
    check(
        "<?xml version=\"1.0\"?><Config xmlns=\"urn:x\"><!-- no --><Status>Enabled</Status>\
         </Config>",
        Ok(json!({"Status": "Enabled"})),
    );
    check(
        "<a:Config xmlns:a=\"urn:x\" xmlns:xsi=\"i\"><a:Grantee xsi:type=\"CanonicalUser\">\
         <a:ID> a&amp;b&#33;<![CDATA[<c>]]> </a:ID></a:Grantee></a:Config>",
        Ok(json!({"Grantee": {"Type": "CanonicalUser", "ID": " a&b!<c> "}})),
    );
    check(
        "<Config>\n <NameSet><Name>a</Name><Name/></NameSet>\n <Rule><Count> 1 </Count></Rule>\
         <Rule><Count>2</Count><Quiet>TRUE</Quiet></Rule><Day>2026-11-22T10:00:00Z</Day></Config>",
        Ok(json!({
            "Names": ["a", ""],
            "Rules": [{"Count": 1}, {"Count": 2, "Quiet": true}],
            "Day": 1_795_341_600_000_i64,
        })),
    );
    check("<Config><Owner><ID>x</ID></Owner></Config>", Ok(json!({"Owner": true})));
    check("", Err("MissingRequestBodyError"));
    for bad in [
        "<Config>",
        "<Config></Other>",
        "<Other/>",
        "<Config/><Config/>",
        "<Config/>trailing",
        "text",
        "<Config><Status>enabled</Status></Config>",
        "<Config><Unknown><Deep/></Unknown></Config>",
        "<Config><NameSet><Name>a</Name><Unknown/></NameSet></Config>",
        "<Config><Rule><Quiet>true</Quiet></Rule></Config>",
        "<Config><Rule><Count>one</Count></Rule></Config>",
        "<Config><Grantee><ID>x</ID></Grantee></Config>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><Config><Status>&b;</Status></Config>",
        "<Config><Status>&b;</Status></Config>",
    ] {
        check(bad, Err("MalformedXML"));
    }
    let deep = format!("<Config>{}</Config>", "<a>".repeat(30) + &"</a>".repeat(30));
    check(&deep, Err("MalformedXML"));
    let wide = format!("<Config>{}</Config>", "<a/>".repeat(xml::ELEMENTS_MAX));
    check(&wide, Err("MalformedXML"));
}

fn rest_out(op: &str, output: &Value) -> Encoded {
    rest::encode(&TEST, TEST.operation(op).expect("there"), output)
}

fn text(encoded: &Encoded) -> &str {
    match &encoded.body {
        BodyOut::Text(text) => text,
        other => panic!("no text: {other:?}"),
    }
}

#[test]
fn answers_are_written_by_shape() {
    let list = rest_out(
        "ListThings",
        &json!({
            "Names": ["a<b>\"&\u{1}", ""],
            "IsTruncated": false,
            "Day": 1_795_341_600_123_i64,
            "Grantee": {"Type": "Group", "ID": "x"},
        }),
    );
    assert_eq!(
        text(&list),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListThingsResult xmlns=\"urn:test\"><Names>\
         <member>a&lt;b&gt;&quot;&amp;&#x01;</member><member></member></Names>\
         <IsTruncated>false</IsTruncated><Day>2026-11-22T10:00:00.123Z</Day>\
         <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">\
         <ID>x</ID></Grantee></ListThingsResult>"
    );
    assert_eq!(list.headers, [("Content-Type".to_owned(), "application/xml".to_owned())]);
    let flat = rest_out("ListThingsV2", &json!({"Names": ["a", "b"]}));
    assert!(text(&flat).ends_with(
        "<ListThingsV2Result xmlns=\"urn:test\"><Name>a</Name><Name>b</Name></ListThingsV2Result>"
    ));
    let place = rest_out("GetPlace", &json!({}));
    assert!(text(&place).ends_with("<LocationConstraint xmlns=\"urn:test\"></LocationConstraint>"));
    let place = rest_out("GetPlace", &json!({"Place": "Enabled"}));
    assert!(text(&place).ends_with("\">Enabled</LocationConstraint>"));
    let put = rest_out("PutThing", &json!({"ETag": "\"x\""}));
    assert_eq!(put.body, BodyOut::Empty);
    assert_eq!(put.headers, [("ETag".to_owned(), "\"x\"".to_owned())]);
}

#[test]
fn a_body_goes_out_as_slices_and_a_part_of_it_as_206() {
    let slice = Slice { digest: Digest::of(b"x"), offset: 2, len: 3 };
    let whole = json!({
        "Body": [serde_json::to_value(&slice).expect("json")],
        "LastModified": 1_795_341_600_999_i64,
        "Metadata": {"n": "1"},
    });
    let got = rest_out("GetThing", &whole);
    assert_eq!(got.status, 200);
    assert_eq!(got.body, BodyOut::Slices(vec![slice]));
    let header = |name: &str| {
        got.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default()
    };
    assert_eq!(header("Last-Modified"), "Sun, 22 Nov 2026 10:00:00 GMT");
    assert_eq!(header("x-amz-meta-n"), "1");
    let mut part = whole;
    part["ContentRange"] = json!("bytes 2-4/9");
    assert_eq!(rest_out("GetThing", &part).status, 206);
}

fn query_in(form: &str) -> Result<Value, String> {
    query::decode(&TEST, &MakeUser::DEF, &form_pairs(form))
        .map_err(|e| format!("{}: {}", e.code, e.message))
}

#[test]
fn forms_are_read_by_shape() {
    assert_eq!(
        query_in(
            "Action=MakeUser&UserName=a+b%2B&Tags.member.2.Key=k2&Tags.member.1.Key=k&\
             Tags.member.1.Value=v&Tags.member.10.Key=k10&Names.1=flat&DurationSeconds=900&\
             More.entry.1.key=x&More.entry.1.value=y&Status=Suspended&Unknown.member.1=z"
        ),
        Ok(json!({
            "UserName": "a b+",
            "Tags": [{"Key": "k", "Value": "v"}, {"Key": "k2"}, {"Key": "k10"}],
            "Names": ["flat"],
            "Status": "Suspended",
            "DurationSeconds": 900,
            "More": {"x": "y"},
        }))
    );
    assert_eq!(query_in("UserName=a&Tags="), Ok(json!({"UserName": "a", "Tags": []})));
    let check = |form: &str, want: &str| assert_eq!(query_in(form), Err(want.to_owned()), "{form}");
    check(
        "",
        "ValidationError: 1 validation error detected: Value null at 'userName' failed to satisfy \
         constraint: Member must not be null",
    );
    check(
        "Status=on&Tags.member.1.Value=v&UserName=u",
        "ValidationError: 2 validation errors detected: Value null at 'tags.1.member.key' failed to \
         satisfy constraint: Member must not be null; Value 'on' at 'status' failed to satisfy \
         constraint: Member must satisfy enum value set: [Enabled, Suspended]",
    );
    let deep = format!("UserName=a&{}=x", vec!["a"; 100].join("."));
    check(&deep, "MalformedInput: Too many levels of nesting");
}

#[test]
fn query_answers_are_wrapped() {
    let output = json!({
        "UserName": "a",
        "CreateDate": 1_795_341_600_123_i64,
        "Tags": [{"Key": "k", "Value": "v"}],
    });
    let got = query::encode(&TEST, &MakeUser::DEF, &output, "id-1");
    assert_eq!(
        text(&got),
        "<MakeUserResponse xmlns=\"urn:test\"><MakeUserResult><UserName>a</UserName>\
         <CreateDate>2026-11-22T10:00:00Z</CreateDate><Tags><member><Key>k</Key><Value>v</Value>\
         </member></Tags></MakeUserResult><ResponseMetadata><RequestId>id-1</RequestId>\
         </ResponseMetadata></MakeUserResponse>"
    );
    let got = query::encode(&TEST, &PutDocument::DEF, &json!({}), "id-1");
    assert!(!text(&got).contains("Result"), "an empty output has no result element");
}

#[test]
fn errors_have_each_protocols_form() {
    let request = RequestId { id: "ID".into(), host: "HOST".into() };
    let error = ApiError::new(404, "NoSuchKey", "Not <there>.")
        .with("Key", "k")
        .with("x-amz-delete-marker", "true");
    let got = error::encode(Dialect::S3, &error, "/b/k", &request);
    assert_eq!(
        text(&got),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code>\
         <Message>Not &lt;there&gt;.</Message><Key>k</Key><RequestId>ID</RequestId>\
         <HostId>HOST</HostId></Error>"
    );
    assert_eq!(got.headers[0], ("x-amz-delete-marker".into(), "true".into()));
    let plain = ApiError::new(403, "AccessDenied", "Access Denied");
    let got = error::encode(Dialect::S3, &plain, "/b/k", &request);
    assert!(text(&got).contains("<Resource>/b/k</Resource>"));
    let got = error::encode(Dialect::Query("urn:q"), &plain, "", &request);
    assert_eq!(
        text(&got),
        "<ErrorResponse xmlns=\"urn:q\"><Error><Type>Sender</Type><Code>AccessDenied</Code>\
         <Message>Access Denied</Message></Error><RequestId>ID</RequestId></ErrorResponse>"
    );
    let got = error::encode(Dialect::JSON, &plain, "", &request);
    assert_eq!(text(&got), r#"{"__type":"AccessDenied","message":"Access Denied"}"#);
    let unchanged = ApiError::new(304, "NotModified", "Not Modified").with("etag", "\"x\"");
    let got = error::encode(Dialect::S3, &unchanged, "/b/k", &request);
    assert_eq!((got.status, got.body), (304, BodyOut::Empty));
    assert_eq!(got.headers, [("etag".to_owned(), "\"x\"".to_owned())]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever comes in, nothing breaks, and text goes through a document unharmed.
    #[test]
    fn no_document_and_no_form_breaks_anything(
        document in "(<[a-zA-Z:/!?]{0,6}( [a-z]{0,3}=['\"&;a-z]{0,4})?>?|&#?[a-z0-9]{0,4};?|\\PC{0,4}){0,12}",
        form in "([a-zA-Z0-9.%+]{0,12}=?[^ ]{0,6}&?){0,6}",
        text in "[ -~é€\\n\\t]{0,40}",
    ) {
        let _ = xml::parse(&document);
        let _ = rest_in("PUT /b?versioning", &[], &document);
        let _ = query_in(&form);
        let mut out = String::new();
        xml::leaf(&mut out, "a", &text);
        let read = xml::parse(&out).map(|e| e.text.into_owned());
        proptest::prop_assert_eq!(read, Some(text));
    }
}
