//! S3 through [`World::apply`]: what clients send and what they get.

use std::collections::BTreeSet;

use crate::s3::ops::lifecycle_shapes::LifecycleRule;
use crate::s3::ops::shapes::CORSRule;
use crate::s3::view::s3_view;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::Digest as _;
use serde_json::{Value, json};

use crate::testing::{service, world};
use base::blob::hex;
use base::{Blob, Digest, Time};
use sim::api::{ApiError, Shape, StructShape};
use sim::{Caller, Config, Principal, Scope, World};

/// 2026-11-22T10:00:00.500Z
const START: Time = Time(1_795_341_600_500);
const MIB: usize = 1 << 20;

/// The facts of some bytes, as the edge computes them.
pub(super) fn blob(bytes: &[u8]) -> Blob {
    Blob {
        digest: Digest::of(bytes),
        len: u64::try_from(bytes.len()).expect("small"),
        md5: hex(&md5::Md5::digest(bytes)),
        crc32: crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(bytes),
        crc32c: crc::Crc::<u32>::new(&crc::CRC_32_ISCSI).checksum(bytes),
        crc64nvme: crc::Crc::<u64>::new(&crc::CRC_64_NVME).checksum(bytes),
        sha1: hex(&sha1::Sha1::digest(bytes)),
    }
}

pub(super) fn body(bytes: &[u8]) -> Value {
    serde_json::to_value(blob(bytes)).expect("a value")
}

/// A world with a caller and a clock that moves on a second with each request.
pub(super) struct Lab {
    pub(super) world: World,
    at: Time,
}

impl Lab {
    fn new() -> Self {
        Self::with(Config::new(7, START))
    }

    fn with(config: Config) -> Self {
        Self { world: world(config), at: START }
    }

    /// A lab with a bucket `b`.
    pub(super) fn bucket() -> Self {
        let mut lab = Self::new();
        lab.ok("CreateBucket", json!({"Bucket": "bkt"}));
        lab
    }

    /// A lab with a bucket `bkt` that allows ACLs and blocks nothing.
    fn open_bucket() -> Self {
        let mut lab = Self::new();
        lab.ok("CreateBucket", json!({"Bucket": "bkt", "ObjectOwnership": "ObjectWriter"}));
        lab.ok("DeletePublicAccessBlock", json!({"Bucket": "bkt"}));
        lab
    }

    /// Lets time pass.
    pub(super) fn to(&mut self, at: Time) {
        self.at = at;
        self.world.advance(at);
    }

    pub(super) fn call(
        &mut self,
        who: Principal,
        op: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let def = service("s3").and_then(|s| s.operation(op)).expect("registered");
        self.at = Time(self.at.0 + 1000);
        self.world.advance(self.at);
        let before = (!def.read_only()).then(|| self.world.digest());
        let answer = self.world.apply(self.at, &Caller::from(who), def, input);
        if answer.is_err() && before.is_some() {
            assert_eq!(before, Some(self.world.digest()), "{op} failed but changed something");
        }
        answer
    }

    pub(super) fn ok(&mut self, op: &str, input: Value) -> Value {
        let shown = input.to_string();
        self.call(Principal::Root, op, input).unwrap_or_else(|e| panic!("{op} {shown}: {e}"))
    }

    pub(super) fn err(&mut self, op: &str, input: Value) -> ApiError {
        let shown = input.to_string();
        match self.call(Principal::Root, op, input) {
            Ok(answer) => panic!("{op} {shown} answered {answer}"),
            Err(error) => error,
        }
    }

    pub(super) fn put(&mut self, key: &str, bytes: &[u8]) -> Value {
        self.ok("PutObject", json!({"Bucket": "bkt", "Key": key, "Body": body(bytes)}))
    }

    fn keys(&mut self) -> Vec<String> {
        let listed = self.ok("ListObjectsV2", json!({"Bucket": "bkt"}));
        names(&listed, "Contents", "Key")
    }

    pub(super) fn versioning(&mut self, status: &str) {
        self.ok(
            "PutBucketVersioning",
            json!({"Bucket": "bkt", "VersioningConfiguration": {"Status": status}}),
        );
    }
}

pub(super) fn names(answer: &Value, list: &str, member: &str) -> Vec<String> {
    let items = answer[list].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item[member].as_str().expect("text").to_owned()).collect()
}

/// `input` with `Bucket` and `Key` put in where they are missing.
pub(super) fn on(key: &str, mut input: Value) -> Value {
    let map = input.as_object_mut().expect("an object");
    map.entry("Bucket").or_insert_with(|| json!("bkt"));
    if !key.is_empty() {
        map.entry("Key").or_insert_with(|| json!(key));
    }
    input
}

#[test]
fn bucket_names_are_judged() {
    let check = |name: &str, code: Option<&str>| {
        let got = Lab::new().call(Principal::Root, "CreateBucket", json!({"Bucket": name}));
        assert_eq!(got.err().map(|e| e.code), code.map(str::to_owned), "{name}");
    };
    let bad = Some("InvalidBucketName");
    check("notes-2026", None);
    check("a.b.c", None);
    check(&"a".repeat(63), None);
    for name in ["ab", &"a".repeat(64), "Notes", "a_b", "-ab", "ab-", "a..b", "192.168.5.4"] {
        check(name, bad);
    }
    for name in ["xn--abc", "sthree-abc", "amzn-s3-demo-x", "abc-s3alias", "abc--ol-s3"] {
        check(name, bad);
    }
}

#[test]
fn regions_decide_where_buckets_go() {
    let check = |here: &str, constraint: Option<&str>, want: Result<Option<&str>, &str>| {
        let mut config = Config::new(1, START);
        config.region = here.into();
        let mut lab = Lab::with(config);
        let input = match constraint {
            None => json!({"Bucket": "bkt"}),
            Some(c) => {
                json!({"Bucket": "bkt", "CreateBucketConfiguration": {"LocationConstraint": c}})
            }
        };
        let made = lab.call(Principal::Root, "CreateBucket", input.clone());
        let got = made.map(|_| lab.ok("GetBucketLocation", json!({"Bucket": "bkt"})));
        let got = got.map(|a| a["LocationConstraint"].as_str().map(str::to_owned));
        let want = want.map(|r| r.map(str::to_owned)).map_err(str::to_owned);
        assert_eq!(got.map_err(|e| e.code), want, "{here} {constraint:?}");
        if want.is_ok() {
            let again = lab.call(Principal::Root, "CreateBucket", input).map_err(|e| e.code);
            let first_region = here == "us-east-1" && constraint.is_none();
            let owned = Err("BucketAlreadyOwnedByYou".to_owned());
            assert_eq!(again.map(drop), if first_region { Ok(()) } else { owned });
        }
    };
    check("us-east-1", None, Ok(None));
    check("us-east-1", Some("eu-west-1"), Ok(Some("eu-west-1")));
    check("us-east-1", Some("EU"), Ok(Some("eu-west-1")));
    check("us-east-1", Some("us-east-1"), Err("InvalidLocationConstraint"));
    check("us-east-1", Some("mars-1"), Err("InvalidLocationConstraint"));
    check("eu-west-1", Some("eu-west-1"), Ok(Some("eu-west-1")));
    check("eu-west-1", None, Err("IllegalLocationConstraintException"));
    check("eu-west-1", Some("us-west-2"), Err("IllegalLocationConstraintException"));
}

#[test]
fn the_region_of_a_request_judges_the_constraint() {
    let check = |signed: &str, constraint: Option<&str>, want: Result<(), &str>| {
        let mut lab = Lab::new();
        let mut caller = Caller::from(Principal::Root);
        caller.scope.region = signed.into();
        let configuration = constraint.map(|c| json!({"LocationConstraint": c}));
        let input = json!({"Bucket": "bkt", "CreateBucketConfiguration": configuration});
        let def = service("s3").and_then(|s| s.operation("CreateBucket")).expect("registered");
        let got = lab.world.apply(START, &caller, def, input);
        assert_eq!(got.map(drop).map_err(|e| e.message), want.map_err(str::to_owned), "{signed}");
        if want.is_ok() {
            let head = lab.ok("HeadBucket", json!({"Bucket": "bkt"}));
            assert_eq!(head["BucketRegion"], json!(constraint.unwrap_or(signed)));
        }
    };
    check("us-east-1", None, Ok(()));
    check("us-east-1", Some("eu-west-1"), Ok(()));
    check("eu-west-1", Some("eu-west-1"), Ok(()));
    let wrong = "The unspecified location constraint is incompatible for the region specific endpoint \
                 this request was sent to.";
    check("eu-west-1", None, Err(wrong));
    let wrong = "The us-west-2 location constraint is incompatible for the region specific endpoint \
                 this request was sent to.";
    check("eu-west-1", Some("us-west-2"), Err(wrong));
}

#[test]
fn acls_at_creation_fit_the_ownership() {
    let owner = crate::s3::view::canonical_user_id(&Lab::new().world);
    let owner = format!("id={owner}");
    let check = |input: Value, want: &str| {
        let mut input = input;
        input["Bucket"] = json!("bkt");
        let got = Lab::new().call(Principal::Root, "CreateBucket", input.clone());
        assert_eq!(got.map_or_else(|e| e.code, |_| "ok".into()), want, "{input}");
    };
    check(json!({"ACL": "private"}), "ok");
    check(json!({"GrantFullControl": owner}), "ok");
    check(json!({"ACL": "public-read"}), "InvalidBucketAclWithObjectOwnership");
    check(json!({"ACL": "log-delivery-write"}), "InvalidBucketAclWithObjectOwnership");
    check(json!({"ACL": "log-delivery-write", "ObjectOwnership": "ObjectWriter"}), "ok");
    let public = json!({"ACL": "public-read", "ObjectOwnership": "ObjectWriter"});
    check(public, "InvalidBucketAclWithBlockPublicAccessError");
    check(json!({"ObjectOwnership": "Nobody"}), "InvalidArgument");
}

#[expect(clippy::too_many_lines, reason = "a table of rules")]
#[test]
fn lifecycle_rules_are_judged() {
    let check = |rules: Value, want: Result<(), &str>| {
        let mut lab = Lab::bucket();
        let input = on("", json!({"LifecycleConfiguration": {"Rules": rules}}));
        let got = lab.call(Principal::Root, "PutBucketLifecycleConfiguration", input);
        let got = got.map(drop).map_err(|e| format!("{}: {}", e.code, e.message));
        match want {
            Ok(()) => assert_eq!(got, Ok(()), "{rules}"),
            Err(start) => {
                let got = got.expect_err("refused");
                assert!(got.starts_with(start), "{rules}: {got}");
            }
        }
    };
    let rule = |members: Value| {
        let mut rule = json!({"Status": "Enabled", "Filter": {"Prefix": ""}});
        let object = rule.as_object_mut().expect("an object");
        object.extend(members.as_object().expect("an object").clone());
        json!([rule])
    };
    let one = |action: &str, value: Value| rule(json!({ action: value }));
    let days = || json!({"Days": 1});
    let malformed = Err("MalformedXML");
    check(json!([]), malformed);
    check(rule(json!({})), Err("InvalidRequest: At least one action needs to be specified"));
    check(one("Expiration", days()), Ok(()));
    check(one("Expiration", json!({"Days": 0})), Err("InvalidArgument: 'Days' for Expiration"));
    let noon = json!({"Date": 1_798_804_800_000_i64});
    check(one("Expiration", noon), Err("InvalidArgument: 'Date' must be at midnight GMT"));
    check(one("Expiration", json!({"Date": 1_798_761_600_000_i64})), Ok(()));
    check(one("Expiration", json!({"Days": 1, "ExpiredObjectDeleteMarker": true})), malformed);
    check(one("Expiration", json!({"ExpiredObjectDeleteMarker": true})), Ok(()));
    let tagged = json!({"Filter": {"Tag": {"Key": "k", "Value": "v"}},
                        "Expiration": {"ExpiredObjectDeleteMarker": true}});
    check(rule(tagged), Err("InvalidRequest: ExpiredObjectDeleteMarker cannot be specified"));
    for (filter, want) in [
        (json!({"Prefix": "a", "Tag": {"Key": "k", "Value": "v"}}), malformed),
        (json!({"And": {"Prefix": "a"}}), malformed),
        (json!({"And": {"Prefix": "a", "Tags": [{"Key": "k", "Value": "v"}]}}), Ok(())),
        (
            json!({"And": {"Tags": [{"Key": "k", "Value": "v"}, {"Key": "k", "Value": "w"}]}}),
            Err("InvalidRequest: Duplicate Tag Keys are not allowed."),
        ),
        (
            json!({"And": {"ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 9}}),
            Err("InvalidRequest: 'ObjectSizeLessThan' has to be a value greater"),
        ),
    ] {
        check(rule(json!({"Filter": filter, "Expiration": days()})), want);
    }
    check(
        rule(json!({"Prefix": "a", "Expiration": days()})),
        Err("InvalidRequest: Base level prefix cannot be used in Lifecycle V2"),
    );
    check(json!([{"Status": "Enabled", "Prefix": "", "Expiration": days()}]), Ok(()));
    check(json!([{"Status": "Enabled", "Expiration": days()}]), malformed);
    check(one("Expiration", json!({})), malformed);
    check(
        rule(json!({"ID": "x".repeat(256), "Expiration": days()})),
        Err("InvalidArgument: ID length should not exceed"),
    );
    let twice = json!({"ID": "x", "Status": "Enabled", "Filter": {}, "Expiration": days()});
    check(json!([twice, twice]), Err("InvalidArgument: Rule ID must be unique"));
    let steps = |steps: Value| one("Transitions", steps);
    check(
        steps(json!([{"Days": 30, "StorageClass": "STANDARD_IA"},
                       {"Days": 90, "StorageClass": "GLACIER"}])),
        Ok(()),
    );
    check(
        steps(json!([{"Days": 29, "StorageClass": "STANDARD_IA"}])),
        Err("InvalidArgument: 'Days' in Transition action must be greater than or equal to 30"),
    );
    check(
        steps(json!([{"Days": 30, "StorageClass": "GLACIER"},
                       {"Days": 60, "StorageClass": "STANDARD_IA"}])),
        Err("InvalidArgument: 'Days' in the Transition action for StorageClass 'GLACIER'"),
    );
    check(
        steps(json!([{"Days": 1, "StorageClass": "GLACIER"},
                       {"Days": 2, "StorageClass": "GLACIER"}])),
        Err("InvalidRequest: 'StorageClass' must be different"),
    );
    check(steps(json!([{"Days": 1, "StorageClass": "STANDARD"}])), malformed);
    check(
        steps(json!([{"Days": 1, "StorageClass": "GLACIER"},
                       {"Date": 1_798_761_600_000_i64, "StorageClass": "DEEP_ARCHIVE"}])),
        Err("InvalidRequest: Found mixed 'Date' and 'Days'"),
    );
    check(
        rule(json!({"Expiration": {"Days": 30},
                      "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]})),
        Err("InvalidArgument: 'Days' in the Expiration action for filter must be greater"),
    );
    check(one("NoncurrentVersionExpiration", json!({"NewerNoncurrentVersions": 2})), malformed);
    check(
        one("AbortIncompleteMultipartUpload", json!({"DaysAfterInitiation": 0})),
        Err("InvalidArgument: 'DaysAfterInitiation' for AbortIncompleteMultipartUpload"),
    );
}

#[test]
fn buckets_are_listed_in_pages_and_deleted_when_empty() {
    let mut lab = Lab::new();
    for name in ["alpha", "beta-1", "beta-2", "gamma"] {
        lab.ok("CreateBucket", json!({"Bucket": name}));
    }
    let all = lab.ok("ListBuckets", json!({}));
    assert_eq!(names(&all, "Buckets", "Name"), ["alpha", "beta-1", "beta-2", "gamma"]);
    assert_eq!(all["Owner"]["ID"].as_str().map(str::len), Some(64));
    let first = lab.ok("ListBuckets", json!({"MaxBuckets": 1, "Prefix": "beta"}));
    assert_eq!(names(&first, "Buckets", "Name"), ["beta-1"]);
    let token = &first["ContinuationToken"];
    let next = lab.ok("ListBuckets", json!({"Prefix": "beta", "ContinuationToken": token}));
    assert_eq!(names(&next, "Buckets", "Name"), ["beta-2"]);
    assert_eq!(next.get("ContinuationToken"), None);

    lab.ok("PutObject", json!({"Bucket": "alpha", "Key": "k", "Body": body(b"x")}));
    assert_eq!(lab.err("DeleteBucket", json!({"Bucket": "alpha"})).code, "BucketNotEmpty");
    lab.ok("DeleteObject", json!({"Bucket": "alpha", "Key": "k"}));
    lab.ok("DeleteBucket", json!({"Bucket": "alpha"}));
    let gone = lab.err("HeadBucket", json!({"Bucket": "alpha"}));
    assert_eq!((gone.code.as_str(), gone.status), ("NoSuchBucket", 404));
    let other = json!({"Bucket": "gamma", "ExpectedBucketOwner": "111111111111"});
    assert_eq!(lab.err("HeadBucket", other).code, "AccessDenied");
}

#[test]
fn an_object_comes_back_as_it_went() {
    let mut lab = Lab::bucket();
    let put = lab.ok(
        "PutObject",
        on(
            "a/b.txt",
            json!({
                "Body": body(b"hello"), "ContentType": "text/plain", "CacheControl": "no-cache",
                "ContentEncoding": "aws-chunked,gzip", "Metadata": {"Colour": "blue"},
                "Tagging": "a=1&b=two%20words", "StorageClass": "STANDARD_IA",
            }),
        ),
    );
    assert_eq!(put["ETag"], "\"5d41402abc4b2a76b9719d911017c592\"");
    assert_eq!(put["ServerSideEncryption"], "AES256");
    assert_eq!(put["ChecksumType"], "FULL_OBJECT");
    assert_eq!(put.get("VersionId"), None);
    for op in ["GetObject", "HeadObject"] {
        let got = lab.ok(op, on("a/b.txt", json!({"ChecksumMode": "ENABLED"})));
        let check = |member: &str, want: Value| assert_eq!(got[member], want, "{op} {member}");
        check("ContentLength", json!(5));
        check("ContentType", json!("text/plain"));
        check("ContentEncoding", json!("gzip"));
        check("Metadata", json!({"colour": "blue"}));
        check("TagCount", json!(2));
        check("StorageClass", json!("STANDARD_IA"));
        check("ChecksumCRC64NVME", json!(BASE64.encode(blob(b"hello").crc64nvme.to_be_bytes())));
        check("LastModified", json!((START.0 + 2000) / 1000 * 1000));
        check("AcceptRanges", json!("bytes"));
        assert_eq!(got.get("ContentRange"), None);
    }
    let got = lab.ok("GetObject", on("a/b.txt", json!({"ResponseContentType": "image/png"})));
    assert_eq!(got["ContentType"], "image/png");
    assert_eq!(got["Body"], json!([{"digest": Digest::of(b"hello"), "offset": 0, "len": 5}]));
    assert_eq!(got.get("ChecksumCRC64NVME"), None);
    lab.put("plain", b"");
    let plain = lab.ok("GetObject", on("plain", json!({})));
    assert_eq!(plain["ContentType"], "binary/octet-stream");
    assert_eq!(plain["Body"], json!([]));
}

#[test]
fn ranges_follow_rfc_9110() {
    let mut lab = Lab::bucket();
    lab.put("k", b"0123456789");
    let mut check = |range: &str, want: Result<(Option<&str>, u64), u16>| {
        let got = lab.call(Principal::Root, "GetObject", on("k", json!({"Range": range})));
        let got = got.map(|a| {
            (a["ContentRange"].as_str().map(str::to_owned), a["ContentLength"].as_u64().unwrap())
        });
        let want = want.map(|(range, len)| (range.map(str::to_owned), len));
        assert_eq!(got.map_err(|e| e.status), want, "{range}");
    };
    check("bytes=0-4", Ok((Some("bytes 0-4/10"), 5)));
    check("bytes=4-", Ok((Some("bytes 4-9/10"), 6)));
    check("bytes=-3", Ok((Some("bytes 7-9/10"), 3)));
    check("bytes=-30", Ok((Some("bytes 0-9/10"), 10)));
    check("bytes=8-20", Ok((Some("bytes 8-9/10"), 2)));
    check("bytes=10-", Err(416));
    check("bytes=-0", Err(416));
    check("bytes=5-2", Ok((None, 10)));
    check("bytes=0-1,4-5", Ok((None, 10)));
    check("items=0-4", Ok((None, 10)));
    let error = lab.err("GetObject", on("k", json!({"Range": "bytes=10-"})));
    assert_eq!(error.code, "InvalidRange");
    assert!(error.fields.contains(&("ActualObjectSize".into(), "10".into())));
}

#[test]
fn conditions_have_an_order_of_precedence() {
    let mut lab = Lab::bucket();
    let etag = lab.put("k", b"x")["ETag"].as_str().expect("text").to_owned();
    let (before, after) = (START.0 - 60_000, START.0 + 60_000_000);
    let mut check = |input: Value, want: u16| {
        let got = lab.call(Principal::Root, "GetObject", on("k", input.clone()));
        assert_eq!(got.map_or_else(|e| e.status, |_| 200), want, "{input}");
    };
    check(json!({"IfMatch": etag}), 200);
    check(json!({"IfMatch": "*"}), 200);
    check(json!({"IfMatch": "\"other\""}), 412);
    check(json!({"IfMatch": format!("\"other\", {etag}")}), 200);
    check(json!({"IfNoneMatch": etag}), 304);
    check(json!({"IfNoneMatch": "other"}), 200);
    check(json!({"IfModifiedSince": before}), 200);
    check(json!({"IfModifiedSince": after}), 304);
    check(json!({"IfUnmodifiedSince": before}), 412);
    check(json!({"IfUnmodifiedSince": after}), 200);
    check(json!({"IfMatch": etag, "IfUnmodifiedSince": before}), 200);
    check(json!({"IfNoneMatch": etag, "IfModifiedSince": before}), 304);
    check(json!({"IfNoneMatch": "other", "IfModifiedSince": after}), 200);
    check(json!({"IfMatch": "other", "IfNoneMatch": etag}), 412);
    let error = lab.err("GetObject", on("k", json!({"IfNoneMatch": etag})));
    assert!(error.fields.contains(&("etag".into(), etag)));
}

#[test]
fn writes_can_be_conditional() {
    let mut lab = Lab::bucket();
    let mut check = |op: &str, key: &str, input: Value, want: &str| {
        let got = lab.call(Principal::Root, op, on(key, input.clone()));
        assert_eq!(got.map_or_else(|e| e.code, |_| "ok".into()), want, "{op} {key} {input}");
    };
    let x = body(b"x");
    check("PutObject", "k", json!({"Body": x, "IfMatch": "*"}), "NoSuchKey");
    check("PutObject", "k", json!({"Body": x, "IfNoneMatch": "*"}), "ok");
    check("PutObject", "k", json!({"Body": x, "IfNoneMatch": "*"}), "PreconditionFailed");
    check("PutObject", "k", json!({"Body": x, "IfNoneMatch": "abc"}), "NotImplemented");
    check("PutObject", "k", json!({"Body": x, "IfMatch": "abc"}), "PreconditionFailed");
    check("PutObject", "k", json!({"Body": x, "IfMatch": blob(b"x").md5}), "ok");
    check("DeleteObject", "k", json!({"IfMatch": "abc"}), "PreconditionFailed");
    check("DeleteObject", "k", json!({"IfMatch": "*"}), "ok");
    check("DeleteObject", "k", json!({}), "ok");
}

#[test]
fn uploads_are_verified() {
    let mut lab = Lab::bucket();
    let good = blob(b"hello");
    let crc32 = BASE64.encode(good.crc32.to_be_bytes());
    let sha256 = BASE64.encode(good.digest.0);
    let md5 = BASE64.encode(md5::Md5::digest(b"hello"));
    let mut check = |input: Value, want: &str| {
        let mut input = on("k", input);
        input["Body"] = body(b"hello");
        let got = lab.call(Principal::Root, "PutObject", input.clone());
        assert_eq!(got.map_or_else(|e| e.code, |_| "ok".into()), want, "{input}");
    };
    check(json!({"ContentMD5": md5}), "ok");
    check(json!({"ContentMD5": BASE64.encode([0; 16])}), "BadDigest");
    check(json!({"ContentMD5": "short"}), "InvalidDigest");
    check(json!({"ChecksumCRC32": crc32}), "ok");
    check(json!({"ChecksumCRC32": BASE64.encode([0; 4])}), "BadDigest");
    check(json!({"ChecksumCRC32": "?"}), "InvalidRequest");
    check(json!({"ChecksumCRC32": crc32, "ChecksumSHA256": sha256}), "InvalidRequest");
    check(json!({"ChecksumCRC32": crc32, "ChecksumAlgorithm": "SHA256"}), "InvalidRequest");
    check(json!({"ChecksumAlgorithm": "MD17"}), "InvalidRequest");
    check(json!({"StorageClass": "COLD"}), "InvalidStorageClass");
    check(json!({"ServerSideEncryption": "rot13"}), "InvalidArgument");
    check(json!({"Metadata": {"a": "x".repeat(2048)}}), "MetadataTooLarge");
    check(json!({"Key": "k".repeat(1025)}), "KeyTooLongError");
    check(json!({"Tagging": "a=1&a=2"}), "InvalidArgument");
    check(json!({"Bucket": "nope"}), "NoSuchBucket");
    check(json!({"Bucket": "No"}), "InvalidBucketName");
    check(json!({"ChecksumAlgorithm": "SHA256", "ServerSideEncryption": "aws:kms"}), "ok");
    let got = lab.ok("HeadObject", on("k", json!({"ChecksumMode": "ENABLED"})));
    assert_eq!(got["ChecksumSHA256"], json!(sha256));
    assert_eq!(got["ServerSideEncryption"], "aws:kms");
    let key = got["SSEKMSKeyId"].as_str().expect("text");
    assert!(key.starts_with("arn:aws:kms:us-east-1:123456789012:key/"), "{key}");
}

#[test]
fn a_key_is_one_of_the_region_that_the_bucket_is_in() {
    let mut lab = Lab::new();
    let mut caller = Caller::from(Principal::Root);
    caller.scope = Scope { region: "eu-west-1".into(), ..Scope::default() };
    let mut ask = |op: &str, input: Value| {
        let def = service("s3").and_then(|s| s.operation(op)).expect("registered");
        lab.world.apply(START, &caller, def, input).unwrap_or_else(|e| panic!("{op}: {e}"))
    };
    let place = json!({"LocationConstraint": "eu-west-1"});
    ask("CreateBucket", json!({"Bucket": "bkt", "CreateBucketConfiguration": place}));
    for (key, want) in [(None, "key/"), (Some("alias/mine"), "alias/mine"), (Some("1"), "key/1")] {
        let mut input = json!({"Bucket": "bkt", "Key": "k", "ServerSideEncryption": "aws:kms"});
        if let Some(key) = key {
            input["SSEKMSKeyId"] = key.into();
        }
        let got = ask("PutObject", input);
        let key = got["SSEKMSKeyId"].as_str().expect("text");
        assert!(key.starts_with(&format!("arn:aws:kms:eu-west-1:123456789012:{want}")), "{key}");
    }
}

#[test]
fn listings_roll_up_and_page() {
    let mut lab = Lab::bucket();
    for key in ["a", "b/1", "b/2", "b/3/x", "c/1", "d e+é", "z"] {
        lab.put(key, b"x");
    }
    let mut check = |input: Value, keys: &[&str], prefixes: &[&str]| {
        let got = lab.ok("ListObjectsV2", on("", input.clone()));
        assert_eq!(names(&got, "Contents", "Key"), keys, "{input}");
        assert_eq!(names(&got, "CommonPrefixes", "Prefix"), prefixes, "{input}");
        assert_eq!(got["KeyCount"], json!(keys.len() + prefixes.len()));
        got
    };
    check(json!({}), &["a", "b/1", "b/2", "b/3/x", "c/1", "d e+é", "z"], &[]);
    check(json!({"Delimiter": "/"}), &["a", "d e+é", "z"], &["b/", "c/"]);
    check(json!({"Prefix": "b/", "Delimiter": "/"}), &["b/1", "b/2"], &["b/3/"]);
    check(json!({"Prefix": "b"}), &["b/1", "b/2", "b/3/x"], &[]);
    check(json!({"StartAfter": "b/2"}), &["b/3/x", "c/1", "d e+é", "z"], &[]);
    check(json!({"Prefix": "q"}), &[], &[]);
    check(json!({"Prefix": "d", "EncodingType": "url"}), &["d+e%2B%C3%A9"], &[]);
    let none = check(json!({"MaxKeys": 0}), &[], &[]);
    assert_eq!(none["IsTruncated"], json!(false));
    let page = check(json!({"Delimiter": "/", "MaxKeys": 2}), &["a"], &["b/"]);
    let token = page["NextContinuationToken"].clone();
    let page = check(
        json!({"Delimiter": "/", "MaxKeys": 2, "ContinuationToken": token}),
        &["d e+é"],
        &["c/"],
    );
    assert_eq!(page["IsTruncated"], json!(true));
    let token = page["NextContinuationToken"].clone();
    let page = check(json!({"Delimiter": "/", "ContinuationToken": token}), &["z"], &[]);
    assert_eq!(page["IsTruncated"], json!(false));
    assert_eq!(page.get("NextContinuationToken"), None);

    let v1 = lab.ok("ListObjects", on("", json!({"Delimiter": "/", "MaxKeys": 2})));
    assert_eq!(v1["NextMarker"], "b/");
    assert_eq!(v1["Contents"][0]["Owner"]["ID"].as_str().map(str::len), Some(64));
    let v1 = lab.ok("ListObjects", on("", json!({"Delimiter": "/", "Marker": "b/"})));
    assert_eq!(names(&v1, "CommonPrefixes", "Prefix"), ["c/"]);
    for input in [
        json!({"MaxKeys": -1}),
        json!({"ContinuationToken": "!"}),
        json!({"EncodingType": "rot13"}),
    ] {
        assert_eq!(lab.err("ListObjectsV2", on("", input)).code, "InvalidArgument");
    }
}

#[test]
fn versions_stack_and_markers_hide() {
    let mut lab = Lab::bucket();
    lab.put("k", b"zero");
    lab.versioning("Enabled");
    let id = |answer: &Value| answer["VersionId"].as_str().expect("text").to_owned();
    let one = id(&lab.put("k", b"one"));
    assert_eq!(one.len(), 32);
    let two = id(&lab.put("k", b"two"));
    let marker = lab.ok("DeleteObject", on("k", json!({})));
    assert_eq!(marker["DeleteMarker"], json!(true));
    let marker = id(&marker);

    let hidden = lab.err("GetObject", on("k", json!({})));
    assert_eq!((hidden.code.as_str(), hidden.status), ("NoSuchKey", 404));
    assert!(hidden.fields.contains(&("x-amz-delete-marker".into(), "true".into())));
    let barred = lab.err("GetObject", on("k", json!({"VersionId": marker})));
    assert_eq!((barred.code.as_str(), barred.status), ("MethodNotAllowed", 405));
    assert_eq!(lab.keys(), Vec::<String>::new());

    let listed = lab.ok("ListObjectVersions", on("", json!({})));
    assert_eq!(names(&listed, "Versions", "VersionId"), [two.as_str(), &one, "null"]);
    assert_eq!(names(&listed, "DeleteMarkers", "VersionId"), [marker.as_str()]);
    assert_eq!(listed["DeleteMarkers"][0]["IsLatest"], json!(true));
    assert_eq!(listed["Versions"][0]["IsLatest"], json!(false));

    let mut seen = Vec::new();
    let mut input = on("", json!({"MaxKeys": 1}));
    loop {
        let page = lab.ok("ListObjectVersions", input.clone());
        seen.extend(names(&page, "Versions", "VersionId"));
        seen.extend(names(&page, "DeleteMarkers", "VersionId"));
        if page["IsTruncated"] == json!(false) {
            break;
        }
        input["KeyMarker"] = page["NextKeyMarker"].clone();
        input["VersionIdMarker"] = page["NextVersionIdMarker"].clone();
    }
    assert_eq!(seen, [marker.as_str(), &two, &one, "null"]);

    let old = lab.ok("GetObject", on("k", json!({"VersionId": one})));
    assert_eq!(old["ContentLength"], json!(3));
    let undone = lab.ok("DeleteObject", on("k", json!({"VersionId": marker})));
    assert_eq!(undone["DeleteMarker"], json!(true));
    assert_eq!(lab.ok("GetObject", on("k", json!({})))["VersionId"], json!(two));
    lab.ok("DeleteObject", on("k", json!({"VersionId": two})));
    assert_eq!(lab.ok("GetObject", on("k", json!({})))["VersionId"], json!(one));
    let gone = lab.err("GetObject", on("k", json!({"VersionId": two})));
    assert_eq!(gone.code, "NoSuchVersion");
    let wrong = lab.err("GetObject", on("k", json!({"VersionId": "short"})));
    assert_eq!(wrong.code, "InvalidArgument");
    let orphan = lab.err("ListObjectVersions", on("", json!({"VersionIdMarker": one})));
    assert_eq!(orphan.code, "InvalidArgument");
}

#[test]
fn suspended_versioning_keeps_one_null_version() {
    let mut lab = Lab::bucket();
    lab.versioning("Enabled");
    let kept = lab.put("k", b"kept")["VersionId"].clone();
    lab.versioning("Suspended");
    assert_eq!(lab.put("k", b"a")["VersionId"], "null");
    lab.put("k", b"b");
    let deleted = lab.ok("DeleteObject", on("k", json!({})));
    assert_eq!((&deleted["DeleteMarker"], &deleted["VersionId"]), (&json!(true), &json!("null")));
    let listed = lab.ok("ListObjectVersions", on("", json!({})));
    assert_eq!(names(&listed, "Versions", "VersionId"), [kept.as_str().expect("text")]);
    assert_eq!(names(&listed, "DeleteMarkers", "VersionId"), ["null"]);
    assert_eq!(lab.err("DeleteBucket", on("", json!({}))).code, "BucketNotEmpty");
    let never = json!({"VersioningConfiguration": {"Status": "Never"}});
    assert_eq!(lab.err("PutBucketVersioning", on("", never)).code, "MalformedXML");
}

#[test]
fn many_are_deleted_at_once() {
    let mut lab = Lab::bucket();
    for key in ["a", "b", "c"] {
        lab.put(key, b"x");
    }
    let objects = json!([{"Key": "a"}, {"Key": "missing"}, {"Key": "b", "ETag": "wrong"}]);
    let got = lab.ok("DeleteObjects", on("", json!({"Delete": {"Objects": objects}})));
    assert_eq!(names(&got, "Deleted", "Key"), ["a", "missing"]);
    assert_eq!(got["Errors"][0]["Code"], "PreconditionFailed");
    assert_eq!(lab.keys(), ["b", "c"]);
    let quiet = json!({"Delete": {"Objects": [{"Key": "b"}], "Quiet": true}});
    assert_eq!(lab.ok("DeleteObjects", on("", quiet)), json!({}));
    let many: Vec<Value> = (0..1001).map(|n| json!({"Key": format!("{n}")})).collect();
    let error = lab.err("DeleteObjects", on("", json!({"Delete": {"Objects": many}})));
    assert_eq!(error.code, "MalformedXML");
    assert_eq!(lab.keys(), ["c"]);
}

#[test]
fn copies_take_what_they_are_told() {
    let mut lab = Lab::bucket();
    lab.ok("PutObject", on("a b", json!({
        "Body": body(b"x"), "ContentType": "text/css", "Metadata": {"m": "1"}, "Tagging": "t=1",
    })));
    let source = "/bkt/a%20b";
    let got = lab.ok("CopyObject", on("c", json!({"CopySource": source})));
    assert_eq!(got["CopyObjectResult"]["ETag"], json!(format!("\"{}\"", blob(b"x").md5)));
    let head = lab.ok("HeadObject", on("c", json!({})));
    assert_eq!((&head["ContentType"], &head["TagCount"]), (&json!("text/css"), &json!(1)));
    let replace = json!({
        "CopySource": source, "MetadataDirective": "REPLACE", "TaggingDirective": "REPLACE",
        "Metadata": {"n": "2"}, "ChecksumAlgorithm": "SHA1",
    });
    lab.ok("CopyObject", on("d", replace));
    let head = lab.ok("HeadObject", on("d", json!({"ChecksumMode": "ENABLED"})));
    assert_eq!(head["Metadata"], json!({"n": "2"}));
    assert_eq!(head.get("TagCount"), None);
    assert!(head["ChecksumSHA1"].is_string());

    let mut check = |key: &str, input: Value, want: &str| {
        let got = lab.call(Principal::Root, "CopyObject", on(key, input.clone()));
        assert_eq!(got.map_or_else(|e| e.code, |_| "ok".into()), want, "{input}");
    };
    check("c", json!({"CopySource": "bkt/c"}), "InvalidRequest");
    check("c", json!({"CopySource": "bkt/c", "MetadataDirective": "REPLACE"}), "ok");
    check("c", json!({"CopySource": "bkt/c", "StorageClass": "STANDARD_IA"}), "ok");
    check("c", json!({"CopySource": "bkt/c", "StorageClass": "STANDARD"}), "ok");
    check("c", json!({"CopySource": "bkt/c", "StorageClass": "STANDARD"}), "ok");
    check("c", json!({"CopySource": "bkt/c", "TaggingDirective": "REPLACE"}), "InvalidRequest");
    check("c", json!({"CopySource": "bkt"}), "InvalidArgument");
    check("c", json!({"CopySource": "bkt/none"}), "NoSuchKey");
    check("c", json!({"CopySource": "nope/none"}), "NoSuchBucket");
    check("c", json!({"CopySource": source, "CopySourceIfMatch": "no"}), "PreconditionFailed");
    check("c", json!({"CopySource": source, "CopySourceIfNoneMatch": "*"}), "PreconditionFailed");
    check("c", json!({"CopySource": source, "MetadataDirective": "MOVE"}), "InvalidArgument");
    check("c", json!({"CopySource": source, "IfNoneMatch": "*"}), "PreconditionFailed");
}

#[test]
fn old_versions_can_be_copied_and_markers_cannot() {
    let mut lab = Lab::bucket();
    lab.versioning("Enabled");
    let old = lab.put("k", b"old")["VersionId"].as_str().expect("text").to_owned();
    lab.put("k", b"newer");
    let back = json!({"CopySource": format!("bkt/k?versionId={old}")});
    let got = lab.ok("CopyObject", on("k", back));
    assert_eq!(got["CopySourceVersionId"], json!(old));
    assert_eq!(lab.ok("HeadObject", on("k", json!({})))["ContentLength"], json!(3));
    let marker = lab.ok("DeleteObject", on("k", json!({})))["VersionId"].clone();
    let marker = marker.as_str().expect("text");
    let by_id = json!({"CopySource": format!("bkt/k?versionId={marker}")});
    assert_eq!(lab.err("CopyObject", on("c", by_id)).code, "InvalidRequest");
    assert_eq!(lab.err("CopyObject", on("c", json!({"CopySource": "bkt/k"}))).code, "NoSuchKey");
}

/// Begins an upload and puts parts of these sizes.
fn upload(lab: &mut Lab, create: Value, parts: &[&[u8]]) -> (String, Vec<Value>) {
    let made = lab.ok("CreateMultipartUpload", on("big", create));
    let id = made["UploadId"].as_str().expect("text").to_owned();
    let mut named = Vec::new();
    for (index, bytes) in parts.iter().enumerate() {
        let number = index + 1;
        let part = on("big", json!({"UploadId": id, "PartNumber": number, "Body": body(bytes)}));
        let got = lab.ok("UploadPart", part);
        let mut entry = json!({"PartNumber": number, "ETag": got["ETag"]});
        if let Some(algorithm) = made["ChecksumAlgorithm"].as_str() {
            let member = format!("Checksum{algorithm}");
            entry[&member] = got[&member].clone();
        }
        named.push(entry);
    }
    (id, named)
}

#[test]
fn parts_make_an_object() {
    let mut lab = Lab::bucket();
    let (first, second) = (vec![b'a'; 5 * MIB], vec![b'b'; 10]);
    let create = json!({"ContentType": "text/plain", "Metadata": {"m": "1"}});
    let (id, parts) = upload(&mut lab, create, &[&first, &second]);
    let listed = lab.ok("ListParts", on("big", json!({"UploadId": id, "MaxParts": 1})));
    assert_eq!(
        (&listed["IsTruncated"], &listed["NextPartNumberMarker"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(lab.keys(), Vec::<String>::new());

    let mut check = |parts: Value, want: &str| {
        let input = on("big", json!({"UploadId": id, "MultipartUpload": {"Parts": parts}}));
        assert_eq!(lab.err("CompleteMultipartUpload", input).code, want, "{parts}");
    };
    check(json!([]), "MalformedXML");
    check(json!([parts[1], parts[0]]), "InvalidPartOrder");
    check(json!([parts[0], parts[0]]), "InvalidPartOrder");
    check(json!([parts[0], {"PartNumber": 3, "ETag": "x"}]), "InvalidPart");
    check(json!([parts[0], {"PartNumber": 2, "ETag": "x"}]), "InvalidPart");
    let short = on("big", json!({"UploadId": id, "PartNumber": 3, "Body": body(b"end")}));
    let third = lab.ok("UploadPart", short)["ETag"].clone();
    let early = json!([parts[0], parts[1], {"PartNumber": 3, "ETag": third}]);
    let input = on("big", json!({"UploadId": id, "MultipartUpload": {"Parts": early}}));
    assert_eq!(lab.err("CompleteMultipartUpload", input).code, "EntityTooSmall");

    let done = on("big", json!({"UploadId": id, "MultipartUpload": {"Parts": parts}}));
    let got = lab.ok("CompleteMultipartUpload", done.clone());
    let md5s = [md5::Md5::digest(&first), md5::Md5::digest(&second)].concat();
    assert_eq!(got["ETag"], json!(format!("\"{}-2\"", hex(&md5::Md5::digest(&md5s)))));
    let whole = blob(&[first, second].concat());
    assert_eq!(got["ChecksumCRC64NVME"], json!(BASE64.encode(whole.crc64nvme.to_be_bytes())));
    assert_eq!(got["ChecksumType"], "FULL_OBJECT");
    assert_eq!(lab.ok("CompleteMultipartUpload", done.clone()), got, "it may be repeated");
    let fewer = on("big", json!({"UploadId": id, "MultipartUpload": {"Parts": [parts[0]]}}));
    assert_eq!(lab.err("CompleteMultipartUpload", fewer).code, "NoSuchUpload");

    let head = lab.ok("HeadObject", on("big", json!({"PartNumber": 2})));
    assert_eq!(
        head["ContentRange"],
        json!(format!("bytes {0}-{1}/{2}", 5 * MIB, 5 * MIB + 9, 5 * MIB + 10))
    );
    assert_eq!((&head["PartsCount"], &head["ContentType"]), (&json!(2), &json!("text/plain")));
    let over = lab.err("GetObject", on("big", json!({"PartNumber": 3})));
    assert_eq!((over.code.as_str(), over.status), ("InvalidPartNumber", 416));
    let range = format!("bytes={}-{}", 5 * MIB - 2, 5 * MIB + 1);
    let across = lab.ok("GetObject", on("big", json!({"Range": range})));
    assert_eq!(across["Body"].as_array().map(Vec::len), Some(2));
    assert_eq!(across["Body"][1]["len"], json!(2));
    let wanted = json!({"ObjectAttributes": ["ETag,ObjectParts", "ObjectSize"]});
    let attributes = lab.ok("GetObjectAttributes", on("big", wanted));
    assert_eq!(attributes["ObjectParts"]["TotalPartsCount"], json!(2));
    assert_eq!(attributes["ObjectSize"], json!(5 * MIB + 10));
}

#[test]
fn checksums_of_parts_are_combined() {
    let (a, b, c) = (vec![1; 5 * MIB], vec![2; 5 * MIB + 3], vec![3; 7]);
    let whole = blob(&[a.clone(), b.clone(), c.clone()].concat());
    let check = |algorithm: &str, kind: Option<&str>, want: &str| {
        let mut lab = Lab::bucket();
        let create = json!({"ChecksumAlgorithm": algorithm, "ChecksumType": kind});
        let (id, parts) = upload(&mut lab, create, &[&a, &b, &c]);
        let input = on("big", json!({"UploadId": id, "MultipartUpload": {"Parts": parts}}));
        let got = lab.ok("CompleteMultipartUpload", input);
        assert_eq!(got[format!("Checksum{algorithm}")], json!(want), "{algorithm} {kind:?}");
        let attributes = json!({"ObjectAttributes": ["Checksum", "ObjectParts"]});
        let attributes = lab.ok("GetObjectAttributes", on("big", attributes));
        assert_eq!(attributes["ObjectParts"]["Parts"].as_array().map(Vec::len), Some(3));
    };
    let full = Some("FULL_OBJECT");
    check("CRC32", full, &BASE64.encode(whole.crc32.to_be_bytes()));
    check("CRC32C", full, &BASE64.encode(whole.crc32c.to_be_bytes()));
    check("CRC64NVME", None, &BASE64.encode(whole.crc64nvme.to_be_bytes()));
    let sums: Vec<u8> = [&a, &b, &c].iter().flat_map(sha2::Sha256::digest).collect();
    check("SHA256", None, &format!("{}-3", BASE64.encode(sha2::Sha256::digest(&sums))));
    let crcs: Vec<u8> = [&a, &b, &c].iter().flat_map(|p| blob(p).crc32.to_be_bytes()).collect();
    let composite = blob(&crcs).crc32.to_be_bytes();
    check("CRC32", None, &format!("{}-3", BASE64.encode(composite)));
}

#[test]
fn checksums_of_uploads_must_agree() {
    let mut lab = Lab::bucket();
    for (algorithm, kind) in [("SHA256", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")] {
        let create = on("k", json!({"ChecksumAlgorithm": algorithm, "ChecksumType": kind}));
        assert_eq!(lab.err("CreateMultipartUpload", create).code, "InvalidRequest");
    }
    let (id, parts) = upload(&mut lab, json!({"ChecksumAlgorithm": "CRC32"}), &[b"one"]);
    let other = json!({
        "UploadId": id, "PartNumber": 2, "Body": body(b"x"),
        "ChecksumSHA256": BASE64.encode(Digest::of(b"x").0),
    });
    let error = lab.err("UploadPart", on("big", other));
    assert!(error.message.contains("expected checksum Type: crc32"), "{error}");
    let bare = json!([{"PartNumber": 1, "ETag": parts[0]["ETag"]}]);
    let bare = on("big", json!({"UploadId": id, "MultipartUpload": {"Parts": bare}}));
    let error = lab.err("CompleteMultipartUpload", bare);
    assert!(error.message.contains("It was missing for part 1"), "{error}");
    let sized = json!({"UploadId": id, "MultipartUpload": {"Parts": parts}, "MpuObjectSize": 4});
    assert_eq!(lab.err("CompleteMultipartUpload", on("big", sized)).code, "InvalidRequest");
    let wrong = json!({
        "UploadId": id, "MultipartUpload": {"Parts": parts},
        "ChecksumCRC32": BASE64.encode([0; 4]),
    });
    assert_eq!(lab.err("CompleteMultipartUpload", on("big", wrong)).code, "BadDigest");
    let exists = json!({"UploadId": id, "MultipartUpload": {"Parts": parts}, "IfNoneMatch": "*"});
    lab.put("big", b"there already");
    let error = lab.err("CompleteMultipartUpload", on("big", exists));
    assert_eq!(error.code, "PreconditionFailed");
    lab.ok("AbortMultipartUpload", on("big", json!({"UploadId": id})));
    assert_eq!(lab.err("ListParts", on("big", json!({"UploadId": id}))).code, "NoSuchUpload");
}

#[test]
fn parts_can_be_copied() {
    let mut lab = Lab::bucket();
    lab.put("source", &vec![b's'; 6 * MIB]);
    let id = lab.ok("CreateMultipartUpload", on("big", json!({})))["UploadId"].clone();
    let copy = |n: u32, range: Option<&str>| {
        on(
            "big",
            json!({
                "UploadId": id, "PartNumber": n, "CopySource": "bkt/source", "CopySourceRange": range,
            }),
        )
    };
    let whole = lab.ok("UploadPartCopy", copy(1, None))["CopyPartResult"]["ETag"].clone();
    let some =
        lab.ok("UploadPartCopy", copy(2, Some("bytes=10-19")))["CopyPartResult"]["ETag"].clone();
    for range in ["bytes=0-9999999", "bytes=5-", "bytes=9-1"] {
        assert_eq!(lab.err("UploadPartCopy", copy(3, Some(range))).code, "InvalidArgument");
    }
    let zero = lab.err("UploadPartCopy", copy(0, None));
    assert_eq!(zero.code, "InvalidArgument");
    let parts = json!([{"PartNumber": 1, "ETag": whole}, {"PartNumber": 2, "ETag": some}]);
    let done = on("big", json!({"UploadId": id, "MultipartUpload": {"Parts": parts}}));
    lab.ok("CompleteMultipartUpload", done);
    let got = lab.ok("GetObject", on("big", json!({"ChecksumMode": "ENABLED"})));
    assert_eq!(got["ContentLength"], json!(6 * MIB + 10));
    assert_eq!(got["Body"][1]["offset"], json!(10));
    assert_eq!(got.get("ChecksumCRC64NVME"), None);
}

#[test]
fn uploads_are_listed_in_pages() {
    let mut lab = Lab::bucket();
    let mut ids = Vec::new();
    for key in ["a", "a", "b/1", "b/2", "c"] {
        let made = lab.ok("CreateMultipartUpload", on(key, json!({})));
        ids.push(made["UploadId"].as_str().expect("text").to_owned());
    }
    let all = lab.ok("ListMultipartUploads", on("", json!({})));
    assert_eq!(names(&all, "Uploads", "UploadId"), ids);
    let rolled = lab.ok("ListMultipartUploads", on("", json!({"Delimiter": "/"})));
    assert_eq!(names(&rolled, "CommonPrefixes", "Prefix"), ["b/"]);
    let mut seen = Vec::new();
    let mut input = on("", json!({"MaxUploads": 1}));
    loop {
        let page = lab.ok("ListMultipartUploads", input.clone());
        seen.extend(names(&page, "Uploads", "UploadId"));
        if page["IsTruncated"] == json!(false) {
            break;
        }
        input["KeyMarker"] = page["NextKeyMarker"].clone();
        input["UploadIdMarker"] = page["NextUploadIdMarker"].clone();
    }
    assert_eq!(seen, ids);
}

#[test]
fn acls_are_off_until_asked_for() {
    let mut lab = Lab::bucket();
    let mut check = |op: &str, input: Value, want: &str| {
        let got = lab.call(Principal::Root, op, input.clone());
        assert_eq!(got.map_or_else(|e| e.code, |_| "ok".into()), want, "{op} {input}");
    };
    let x = body(b"x");
    let off = "AccessControlListNotSupported";
    check("PutBucketAcl", on("", json!({"ACL": "public-read"})), off);
    check("PutObject", on("k", json!({"Body": x, "ACL": "private"})), off);
    check("PutObject", on("k", json!({"Body": x, "ACL": "bucket-owner-full-control"})), "ok");
    check("PutObjectAcl", on("k", json!({"ACL": "public-read"})), off);
    check("PutObject", on("k", json!({"Body": x, "ACL": "rainbow"})), "InvalidArgument");
    let made = |acl: &str, ownership: &str| json!({"Bucket": "other", "ACL": acl, "ObjectOwnership": ownership});
    let enforced = "InvalidBucketAclWithObjectOwnership";
    check("CreateBucket", json!({"Bucket": "other", "ACL": "public-read"}), enforced);
    check("CreateBucket", made("public-read", "BucketOwnerEnforced"), enforced);
    let blocked = "InvalidBucketAclWithBlockPublicAccessError";
    check("CreateBucket", made("public-read", "ObjectWriter"), blocked);
    check("CreateBucket", made("private", "Somebody"), "InvalidArgument");
    check("CreateBucket", made("private", "ObjectWriter"), "ok");
    let rules = |o: &str| json!({"Bucket": "bkt", "OwnershipControls": {"Rules": [{"ObjectOwnership": o}]}});
    check("PutBucketOwnershipControls", rules("Nobody"), "MalformedXML");
    check("PutBucketOwnershipControls", rules("ObjectWriter"), "ok");
    check("PutBucketAcl", on("", json!({"ACL": "private"})), "ok");
    check("PutBucketAcl", on("", json!({"ACL": "public-read"})), "AccessDenied");
    check("PutObjectAcl", on("k", json!({"ACL": "public-read"})), "AccessDenied");
    check("DeletePublicAccessBlock", on("", json!({})), "ok");
    check("GetPublicAccessBlock", on("", json!({})), "NoSuchPublicAccessBlockConfiguration");
    check("PutObjectAcl", on("k", json!({"ACL": "public-read"})), "ok");
    check("PutBucketAcl", on("", json!({"ACL": "public-read"})), "ok");
    check("PutBucketOwnershipControls", rules("BucketOwnerEnforced"), enforced);
    check("DeleteBucketOwnershipControls", on("", json!({})), "ok");
    check("GetBucketOwnershipControls", on("", json!({})), "OwnershipControlsNotFoundError");
    let error = {
        lab.ok(
            "PutPublicAccessBlock",
            on(
                "",
                json!({
                    "PublicAccessBlockConfiguration": {"BlockPublicAcls": true},
                }),
            ),
        );
        lab.err("PutObjectAcl", on("k", json!({"ACL": "public-read"})))
    };
    assert!(error.message.ends_with("BlockPublicAcls block public access setting."), "{error}");
}

#[test]
fn acls_open_objects_to_everyone() {
    let mut lab = Lab::open_bucket();
    lab.put("k", b"x");
    let reach = |lab: &mut Lab| {
        let got = lab.call(Principal::Anonymous, "GetObject", on("k", json!({})));
        got.map_or_else(|e| e.message, |_| "ok".into())
    };
    assert_eq!(reach(&mut lab), "Access Denied");
    lab.ok("PutObjectAcl", on("k", json!({"ACL": "public-read"})));
    assert_eq!(reach(&mut lab), "ok");
    assert!(s3_view(&lab.world).buckets[0].keys[0].public);
    let acl = lab.ok("GetObjectAcl", on("k", json!({})));
    assert_eq!(
        acl["Grants"][1]["Grantee"]["URI"],
        "http://acs.amazonaws.com/groups/global/AllUsers"
    );
    let missing = lab.call(Principal::Anonymous, "GetObject", on("none", json!({})));
    assert_eq!(missing.map_err(|e| e.status), Err(403));
    lab.ok(
        "PutBucketAcl",
        on("", json!({"GrantRead": "uri=http://acs.amazonaws.com/groups/global/AllUsers"})),
    );
    let missing = lab.call(Principal::Anonymous, "GetObject", on("none", json!({})));
    assert_eq!(missing.map_err(|e| e.status), Err(404));
    let listed = lab.call(Principal::Anonymous, "ListObjectsV2", on("", json!({})));
    assert!(listed.is_ok());
    lab.ok(
        "PutPublicAccessBlock",
        on(
            "",
            json!({
                "PublicAccessBlockConfiguration": {"IgnorePublicAcls": true},
            }),
        ),
    );
    assert_eq!(reach(&mut lab), "Access Denied");
    assert!(!s3_view(&lab.world).buckets[0].public);

    let owner = acl["Owner"].clone();
    let mine = json!({"Owner": owner, "Grants": acl["Grants"]});
    lab.ok("PutObjectAcl", on("k", json!({"AccessControlPolicy": mine})));
    let mut check = |input: Value, want: &str| {
        assert_eq!(lab.err("PutObjectAcl", on("k", input)).code, want);
    };
    check(json!({}), "MissingSecurityHeader");
    check(json!({"ACL": "private", "GrantRead": "id=x"}), "InvalidRequest");
    check(json!({"GrantRead": "id=x"}), "InvalidArgument");
    check(json!({"GrantRead": "emailAddress=a@b.c"}), "UnresolvableGrantByEmailAddress");
    check(json!({"AccessControlPolicy": {"Grants": acl["Grants"]}}), "MalformedACLError");
}

#[test]
fn policies_open_and_close() {
    let mut lab = Lab::bucket();
    lab.versioning("Enabled");
    let old = lab.put("k", b"old")["VersionId"].clone();
    lab.put("k", b"new");
    let policy = |actions: Value| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "arn:aws:s3:::bkt/*",
        }]})
        .to_string()
    };
    let open = policy(json!(["s3:GetObject"]));
    let put = |policy: &str| on("", json!({"Policy": policy}));
    let error = lab.err("PutBucketPolicy", put(&open));
    assert_eq!(error.code, "AccessDenied");
    assert!(error.message.contains("BlockPublicPolicy"), "{error}");
    assert_eq!(lab.err("PutBucketPolicy", put("not json")).code, "MalformedPolicy");
    assert_eq!(lab.err("GetBucketPolicy", on("", json!({}))).code, "NoSuchBucketPolicy");
    let settings = |restrict: bool| {
        on("", json!({"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": restrict}}))
    };
    lab.ok("PutPublicAccessBlock", settings(false));
    lab.ok("PutBucketPolicy", put(&open));
    assert_eq!(lab.ok("GetBucketPolicy", on("", json!({})))["Policy"], json!(open));
    let status = lab.ok("GetBucketPolicyStatus", on("", json!({})));
    assert_eq!(status["PolicyStatus"]["IsPublic"], json!(true));
    let mut reach = |input: Value, want: u16| {
        let got = lab.call(Principal::Anonymous, "GetObject", on("k", input));
        assert_eq!(got.map_or_else(|e| e.status, |_| 200), want);
    };
    reach(json!({}), 200);
    reach(json!({"VersionId": old}), 403);
    lab.ok("PutBucketPolicy", put(&policy(json!(["s3:GetObject", "s3:GetObjectVersion"]))));
    let got = lab.call(Principal::Anonymous, "GetObject", on("k", json!({"VersionId": old})));
    assert!(got.is_ok());
    lab.ok("PutPublicAccessBlock", settings(true));
    let shut = lab.call(Principal::Anonymous, "GetObject", on("k", json!({})));
    assert_eq!(shut.map_err(|e| e.message), Err("Access Denied".to_owned()));
    let deny = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::bkt", "arn:aws:s3:::bkt/*"],
    }]});
    lab.ok("PutBucketPolicy", put(&deny.to_string()));
    let error = lab.err("GetObject", on("k", json!({})));
    assert!(error.message.contains("with an explicit deny in a resource-based policy"), "{error}");
    // The root user can always mend it.
    lab.ok("DeleteBucketPolicy", on("", json!({})));
    lab.ok("GetObject", on("k", json!({})));
}

#[test]
fn tags_have_limits() {
    let mut lab = Lab::bucket();
    lab.put("k", b"x");
    let tags = |pairs: &[(&str, &str)]| {
        let set: Vec<Value> = pairs.iter().map(|(k, v)| json!({"Key": k, "Value": v})).collect();
        json!({"Tagging": {"TagSet": set}})
    };
    let eleven: Vec<String> = (0..11).map(|n| format!("k{n}")).collect();
    let eleven: Vec<(&str, &str)> = eleven.iter().map(|k| (k.as_str(), "v")).collect();
    let long = "k".repeat(129);
    let mut check = |op: &str, key: &str, input: Value, want: &str| {
        let got = lab.call(Principal::Root, op, on(key, input));
        assert_eq!(got.map_or_else(|e| e.code, |_| "ok".into()), want, "{op}");
    };
    check("PutObjectTagging", "k", tags(&eleven), "BadRequest");
    check("PutBucketTagging", "", tags(&eleven), "ok");
    check("PutObjectTagging", "k", tags(&[("a", "1"), ("a", "2")]), "InvalidTag");
    check("PutObjectTagging", "k", tags(&[(&long, "1")]), "InvalidTag");
    check("PutObjectTagging", "k", tags(&[("aws:x", "1")]), "InvalidTag");
    check("PutObjectTagging", "k", tags(&[("a<b", "1")]), "InvalidTag");
    check("PutObjectTagging", "none", tags(&[("a", "1")]), "NoSuchKey");
    check("PutObjectTagging", "k", tags(&[("a", "1")]), "ok");
    check("DeleteBucketTagging", "", json!({}), "ok");
    check("GetBucketTagging", "", json!({}), "NoSuchTagSet");
    let got = lab.ok("GetObjectTagging", on("k", json!({})));
    assert_eq!(got["TagSet"], json!([{"Key": "a", "Value": "1"}]));
    lab.ok("DeleteObjectTagging", on("k", json!({})));
    assert_eq!(lab.ok("GetObjectTagging", on("k", json!({})))["TagSet"], json!([]));
}

#[test]
fn settings_are_kept_and_answered() {
    let mut lab = Lab::bucket();
    let aes = lab.ok("GetBucketEncryption", on("", json!({})));
    let by_default =
        "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault";
    assert_eq!(aes.pointer(by_default), Some(&json!({"SSEAlgorithm": "AES256"})));
    let kms = json!({"ServerSideEncryptionConfiguration": {"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": true},
    ]}});
    lab.ok("PutBucketEncryption", on("", kms));
    assert_eq!(lab.put("k", b"x")["BucketKeyEnabled"], json!(true));
    lab.ok("DeleteBucketEncryption", on("", json!({})));
    assert_eq!(lab.put("k", b"x")["ServerSideEncryption"], "AES256");

    let cors = |methods: Value| {
        on(
            "",
            json!({"CORSConfiguration": {"CORSRules": [
                {"AllowedMethods": methods, "AllowedOrigins": ["*"]},
            ]}}),
        )
    };
    assert_eq!(lab.err("GetBucketCors", on("", json!({}))).code, "NoSuchCORSConfiguration");
    assert_eq!(lab.err("PutBucketCors", cors(json!(["BREW"]))).code, "InvalidRequest");
    lab.ok("PutBucketCors", cors(json!(["GET"])));
    let got = lab.ok("GetBucketCors", on("", json!({})));
    assert_eq!(got["CORSRules"][0]["AllowedMethods"], json!(["GET"]));
    lab.ok("DeleteBucketCors", on("", json!({})));

    let rule = |rule: Value| on("", json!({"LifecycleConfiguration": {"Rules": [rule]}}));
    let code = "NoSuchLifecycleConfiguration";
    assert_eq!(lab.err("GetBucketLifecycleConfiguration", on("", json!({}))).code, code);
    for wrong in [
        json!({"Status": "On", "Filter": {}, "Expiration": {"Days": 1}}),
        json!({"Status": "Enabled", "Filter": {}}),
        json!({"Status": "Enabled", "Expiration": {"Days": 1}}),
        json!({"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 0}}),
    ] {
        lab.err("PutBucketLifecycleConfiguration", rule(wrong));
    }
    let good =
        json!({"Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}});
    lab.ok("PutBucketLifecycleConfiguration", rule(good));
    let got = lab.ok("GetBucketLifecycleConfiguration", on("", json!({})));
    assert_eq!(got["Rules"][0]["ID"].as_str().map(str::len), Some(48));
    lab.ok("DeleteBucketLifecycle", on("", json!({})));
    let payer = lab.ok("GetBucketRequestPayment", on("", json!({})));
    assert_eq!(payer, json!({"Payer": "BucketOwner"}));
    let website = lab.err("GetBucketWebsite", on("", json!({})));
    assert_eq!(website.code, "NoSuchWebsiteConfiguration");
    assert_eq!(lab.ok("GetBucketLogging", on("", json!({}))), json!({}));
}

#[test]
fn signed_callers_without_rights_are_told_why() {
    let mut lab = Lab::bucket();
    lab.put("k", b"x");
    let alice = || Principal::User("alice".into());
    let error = lab.call(alice(), "GetObject", on("k", json!({}))).expect_err("denied");
    assert_eq!(
        error.message,
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: s3:GetObject on \
         resource: \"arn:aws:s3:::bkt/k\" because no identity-based policy allows the s3:GetObject \
         action"
    );
    for (op, input) in [
        ("ListObjectsV2", on("", json!({}))),
        ("PutObject", on("k", json!({"Body": body(b"y")}))),
        ("DeleteObject", on("k", json!({}))),
        ("DeleteBucket", on("", json!({}))),
        ("ListBuckets", json!({})),
        ("CreateBucket", json!({"Bucket": "mine"})),
        ("GetObject", on("missing", json!({}))),
    ] {
        let got = lab.call(alice(), op, input);
        assert_eq!(got.map_err(|e| e.code), Err("AccessDenied".to_owned()), "{op}");
    }
    let objects = json!({"Delete": {"Objects": [{"Key": "k"}]}});
    let got = lab.call(alice(), "DeleteObjects", on("", objects)).expect("answers per key");
    assert_eq!(got["Errors"][0]["Code"], "AccessDenied");
    assert_eq!(lab.keys(), ["k"]);
}

#[test]
fn unsigned_writers_own_what_they_write() {
    let mut lab = Lab::open_bucket();
    lab.ok("PutBucketAcl", on("", json!({"ACL": "public-read-write"})));
    let put = on("theirs", json!({"Body": body(b"x")}));
    lab.call(Principal::Anonymous, "PutObject", put).expect("the ACL lets them");
    let acl = lab.ok("GetObjectAcl", on("theirs", json!({})));
    assert_eq!(acl["Owner"]["ID"], "65a011a29cdf8ec533ec3d1ccaae921c");
    let got = lab.call(Principal::Anonymous, "GetObject", on("theirs", json!({})));
    assert!(got.is_ok());
}

#[test]
fn every_operation_is_described() {
    let service = service("s3").expect("registered");
    for op in service.operations {
        assert!(!op.doc.trim().is_empty(), "{op:?} has no documentation");
        for shape in [(op.input)(), (op.output)()] {
            for member in shape.members {
                assert!(!member.doc.trim().is_empty(), "{op:?}: {} is silent", member.name);
            }
        }
        let labels = op.http.matches('{').count();
        let uri = |m: &&sim::api::Member| m.location == sim::api::Location::Uri && m.required;
        assert_eq!((op.input)().members.iter().filter(uri).count(), labels, "{op:?}");
    }
    assert!(service.operations.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn old_defaults_are_those_before_april_2023() {
    let mut config = Config::new(7, START);
    config.shape.parts.insert("s3".into(), json!({"old-defaults": true}));
    let mut lab = Lab::with(config);
    lab.ok("CreateBucket", json!({"Bucket": "old", "ACL": "public-read"}));
    lab.ok("PutBucketAcl", json!({"Bucket": "old", "ACL": "private"}));
    let check = |lab: &mut Lab, op: &str, want: &str| {
        let answer = lab.call(Principal::Root, op, json!({"Bucket": "old"}));
        assert_eq!(answer.map_err(|e| e.code), Err(want.into()), "{op}");
    };
    check(&mut lab, "GetBucketOwnershipControls", "OwnershipControlsNotFoundError");
    check(&mut lab, "GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration");
    let object = json!({"Bucket": "old", "Key": "k", "ACL": "public-read", "Body": body(b"x")});
    lab.ok("PutObject", object);
    let seen = lab.call(Principal::Anonymous, "GetObject", json!({"Bucket": "old", "Key": "k"}));
    assert!(seen.is_ok(), "{seen:?}");
    // What a creator says of ownership counts there, too.
    lab.ok("CreateBucket", json!({"Bucket": "new", "ObjectOwnership": "BucketOwnerEnforced"}));
    let refused =
        lab.call(Principal::Root, "PutBucketAcl", json!({"Bucket": "new", "ACL": "public-read"}));
    assert_eq!(refused.map_err(|e| e.code), Err("AccessControlListNotSupported".into()));
}

/// The paths of a structure's leaves, with dots.
fn leaves(shape: &StructShape, path: &str, out: &mut BTreeSet<String>) {
    for member in shape.members {
        let here = if path.is_empty() {
            member.name.to_owned()
        } else {
            format!("{path}.{}", member.name)
        };
        let mut kind = (member.shape)();
        while let Shape::List(inner) | Shape::Map(inner) = kind {
            kind = inner();
        }
        match kind.members() {
            Some(inner) => leaves(inner, &here, out),
            None => {
                out.insert(here);
            }
        }
    }
}

fn given(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let here = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                given(value, &here, out);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| given(item, path, out)),
        _ => {
            out.insert(path.to_owned());
        }
    }
}

/// What a bucket keeps of rules it answers, each member of them.
#[test]
fn every_member_of_a_rule_is_kept() {
    let mut lab = Lab::bucket();
    let mut check = |document: &str, list: &str, shape: &StructShape, rules: &[Value]| {
        let mut seen = BTreeSet::new();
        for rule in rules {
            given(rule, "", &mut seen);
            let (put, get) = match document {
                "CORSConfiguration" => ("PutBucketCors", "GetBucketCors"),
                _ => ("PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration"),
            };
            lab.ok(put, on("", json!({document: {list: [rule]}})));
            let mut kept = lab.ok(get, on("", json!({})))[list][0].clone();
            // Lists that are empty are not said.
            if let Some(map) = kept.as_object_mut() {
                map.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
            }
            assert_eq!(kept, *rule);
        }
        let mut all = BTreeSet::new();
        leaves(shape, "", &mut all);
        assert_eq!(seen, all, "{document}");
    };
    let day = Time::parse_iso("2026-12-24T00:00:00Z").expect("a time").0;
    let tag = json!({"Key": "k", "Value": "v"});
    let rule = |more: Value| {
        let mut rule = json!({"ID": "r", "Status": "Enabled"});
        let more = more.as_object().cloned().unwrap_or_default();
        rule.as_object_mut().expect("an object").extend(more);
        rule
    };
    let sizes = json!({"ObjectSizeGreaterThan": 1, "ObjectSizeLessThan": 9});
    let mut both = sizes.clone();
    both["Prefix"] = json!("p");
    both["Tags"] = json!([tag]);
    check(
        "LifecycleConfiguration",
        "Rules",
        LifecycleRule::SHAPE,
        &[
            rule(json!({"Prefix": "p", "Expiration": {"Days": 1}})),
            rule(json!({"Filter": {"Prefix": "p"}, "Expiration": {"Date": day}})),
            rule(
                json!({"Filter": {"Tag": tag}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}),
            ),
            rule(json!({"Filter": {"ObjectSizeGreaterThan": 1},
            "Transitions": [{"Date": day, "StorageClass": "GLACIER"}]})),
            rule(json!({"Filter": {"ObjectSizeLessThan": 9}, "NoncurrentVersionExpiration":
            {"NoncurrentDays": 2, "NewerNoncurrentVersions": 3}})),
            rule(
                json!({"Filter": {"And": both}, "NoncurrentVersionTransitions": [{"NoncurrentDays": 31,
            "NewerNoncurrentVersions": 3, "StorageClass": "GLACIER"}]}),
            ),
            rule(
                json!({"Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": true},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 4}}),
            ),
        ],
    );
    check(
        "CORSConfiguration",
        "CORSRules",
        CORSRule::SHAPE,
        &[json!({
            "ID": "r", "AllowedHeaders": ["a"], "AllowedMethods": ["GET"], "AllowedOrigins": ["*"],
            "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 5,
        })],
    );
}

/// Headers and parameters whose words are a set: another word is refused, never passed over.
#[test]
fn a_word_that_is_none_of_a_header_s_set_is_refused() {
    let mut lab = Lab::bucket();
    lab.put("k", b"x");
    let upload = lab.ok("CreateMultipartUpload", on("k", json!({})))["UploadId"].clone();
    let mut check = |op: &str, key: &str, name: &str, more: Value, want: &str| {
        let mut input = on(key, more);
        input[name] =
            if name == "ObjectAttributes" { json!(["NONSENSE"]) } else { json!("NONSENSE") };
        let got = lab.call(Principal::Root, op, input);
        let got = got.map_or_else(|e| format!("{} {}", e.code, e.message), |_| "ok".into());
        assert!(got.starts_with(want), "{op} {name}: {got}");
    };
    let mode = "InvalidRequest Value for x-amz-checksum-mode header is invalid.";
    for op in ["GetObject", "HeadObject"] {
        check(op, "k", "ChecksumMode", json!({}), mode);
    }
    for name in ["ACL", "ServerSideEncryption", "ObjectLockMode", "ObjectLockLegalHoldStatus"] {
        check("PutObject", "k", name, json!({"Body": body(b"x")}), "Invalid");
    }
    check("PutObject", "k", "StorageClass", json!({"Body": body(b"x")}), "InvalidStorageClass");
    for name in ["ChecksumAlgorithm", "ChecksumType"] {
        check("CreateMultipartUpload", "k", name, json!({}), "Invalid");
    }
    let parts =
        json!({"UploadId": upload, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": "x"}]}});
    check("CompleteMultipartUpload", "k", "ChecksumType", parts, "Invalid");
    for name in ["MetadataDirective", "TaggingDirective", "ChecksumAlgorithm"] {
        check("CopyObject", "c", name, json!({"CopySource": "bkt/k"}), "Invalid");
    }
    for op in ["ListObjects", "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads"] {
        check(op, "", "EncodingType", json!({}), "InvalidArgument");
    }
    check("GetObjectAttributes", "k", "ObjectAttributes", json!({}), "InvalidArgument");
    let named = json!({"Bucket": "another-bucket"});
    for name in ["ACL", "ObjectOwnership"] {
        check("CreateBucket", "", name, named.clone(), "Invalid");
    }
    check("PutBucketAcl", "", "ACL", json!({}), "Invalid");
    check("PutObjectAcl", "k", "ACL", json!({}), "Invalid");
    for op in ["GetObject", "PutObject", "DeleteObject", "ListObjectsV2"] {
        check(op, "k", "RequestPayer", json!({"Body": body(b"x")}), "NotImplemented");
    }
}

#[test]
fn metadata_beyond_ascii_is_answered_in_encoded_words() {
    let mut lab = Lab::bucket();
    let put = |value: &str| json!({"Body": body(b"x"), "Metadata": {"n": value}});
    let mut check = |sent: &str, want: &str| {
        lab.ok("PutObject", on("k", put(sent)));
        for op in ["HeadObject", "GetObject"] {
            assert_eq!(lab.ok(op, on("k", json!({})))["Metadata"]["n"], want, "{op} {sent}");
        }
        lab.ok("CopyObject", on("c", json!({"CopySource": "bkt/k"})));
        assert_eq!(lab.ok("HeadObject", on("c", json!({})))["Metadata"]["n"], want, "{sent}");
    };
    check("plain", "plain");
    check("Mini\u{f6}", "=?UTF-8?Q?Mini=C3=B6?=");
    check("\u{4e2d}", "=?UTF-8?B?5Lit?=");
    // A client that sends an encoded word gets one back; a needless one is undone.
    check("=?UTF-8?B?w7Y=?=", "=?UTF-8?B?w7Y=?=");
    check("=?UTF-8?Q?abc?=", "abc");
}
