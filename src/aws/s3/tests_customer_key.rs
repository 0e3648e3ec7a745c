//! Keys that clients keep, through [`World::apply`](sim::World::apply).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::Digest as _;
use serde_json::{Value, json};

use super::tests::{Lab, body, on};
use crate::testing::service;
use base::Time;
use sim::{Caller, Principal};

/// The members that carry a key of 32 such bytes.
fn key(byte: u8) -> Value {
    keyed("SSECustomer", &[byte; 32])
}

fn keyed(prefix: &str, bytes: &[u8]) -> Value {
    json!({
        format!("{prefix}Algorithm"): "AES256",
        format!("{prefix}Key"): BASE64.encode(bytes),
        format!("{prefix}KeyMD5"): BASE64.encode(md5::Md5::digest(bytes)),
    })
}

fn with(mut input: Value, more: &Value) -> Value {
    let map = input.as_object_mut().expect("an object");
    map.extend(more.as_object().expect("an object").clone());
    input
}

/// A lab whose bucket takes keys of clients.
fn lab() -> Lab {
    let mut lab = Lab::bucket();
    let rules = json!([{"BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}]);
    let rules = json!({"ServerSideEncryptionConfiguration": {"Rules": rules}});
    lab.ok("PutBucketEncryption", on("", rules));
    lab
}

fn said(lab: &mut Lab, op: &str, input: Value) -> String {
    match lab.call(Principal::Root, op, input) {
        Ok(_) => "ok".into(),
        Err(error) => format!("{} {}: {}", error.status, error.code, error.message),
    }
}

#[test]
fn keys_are_judged() {
    let mut lab = lab();
    let mut check = |members: Value, want: &str| {
        let got = said(&mut lab, "PutObject", with(on("k", json!({"Body": body(b"x")})), &members));
        assert!(got.contains(want), "{members}: {got}");
    };
    check(key(1), "ok");
    check(with(key(1), &json!({"ServerSideEncryption": "AES256"})), "is incompatible with");
    check(
        with(key(1), &json!({"SSECustomerAlgorithm": "AES128"})),
        "InvalidEncryptionAlgorithmError",
    );
    check(with(key(1), &json!({"SSECustomerAlgorithm": null})), "a valid encryption algorithm.");
    check(with(key(1), &json!({"SSECustomerKey": null})), "an appropriate secret key.");
    check(with(key(1), &json!({"SSECustomerKeyMD5": null})), "the client calculated MD5");
    check(
        with(key(1), &json!({"SSECustomerKeyMD5": "AA=="})),
        "The calculated MD5 hash of the key",
    );
    check(
        keyed("SSECustomer", b"short"),
        "The secret key was invalid for the specified algorithm.",
    );
}

#[test]
fn what_is_encrypted_so_opens_with_its_key_alone() {
    let mut lab = lab();
    let put = lab.ok("PutObject", with(on("k", json!({"Body": body(b"x")})), &key(1)));
    assert_eq!(put["SSECustomerAlgorithm"], "AES256");
    assert_eq!(put["SSECustomerKeyMD5"], key(1)["SSECustomerKeyMD5"]);
    assert_eq!(put.get("ServerSideEncryption"), None);
    assert_ne!(put["ETag"], json!(format!("\"{}\"", super::tests::blob(b"x").md5)));
    lab.put("plain", b"x");
    let (without, other) =
        ("400 InvalidRequest: The object was stored", "403 AccessDenied: Requests");
    for (op, asked) in [
        ("GetObject", json!({})),
        ("HeadObject", json!({})),
        ("GetObjectAttributes", json!({"ObjectAttributes": ["ETag"]})),
    ] {
        let mut check = |name: &str, members: Value, want: &str| {
            let got = said(&mut lab, op, with(on(name, asked.clone()), &members));
            assert!(got.starts_with(want), "{op} {name}: {got}");
        };
        check("k", key(1), "ok");
        check("k", json!({}), without);
        check("k", key(2), other);
        check("plain", key(1), "400 InvalidRequest: The encryption parameters are not applicable");
    }
    let source = |byte: u8| keyed("CopySourceSSECustomer", &[byte; 32]);
    let mut copy = |members: Value, want: &str| {
        let got =
            said(&mut lab, "CopyObject", with(on("c", json!({"CopySource": "bkt/k"})), &members));
        assert!(got.starts_with(want), "{got}");
    };
    copy(json!({}), without);
    copy(source(2), other);
    copy(with(source(1), &key(3)), "ok");
    assert!(said(&mut lab, "GetObject", with(on("c", json!({})), &key(3))) == "ok");
    lab.ok("DeleteObject", on("k", json!({})));
}

#[test]
fn parts_bring_the_key_of_their_upload() {
    let mut lab = lab();
    let id =
        lab.ok("CreateMultipartUpload", with(on("big", json!({})), &key(1)))["UploadId"].clone();
    let part = on("big", json!({"UploadId": id, "PartNumber": 1, "Body": body(b"x")}));
    let plain = lab.ok("CreateMultipartUpload", on("big", json!({})))["UploadId"].clone();
    let mut check = |part: Value, want: &str| {
        let got = said(&mut lab, "UploadPart", part);
        assert!(got.contains(want), "{got}");
    };
    check(part.clone(), "The multipart upload initiate requested encryption.");
    check(with(part.clone(), &key(2)), "The provided encryption parameters did not match");
    let wrong = with(with(part.clone(), &json!({"UploadId": plain})), &key(1));
    check(wrong, "The multipart upload initiate requested encryption.");
    let etag = lab.ok("UploadPart", with(part, &key(1)))["ETag"].clone();
    let parts = json!({"Parts": [{"PartNumber": 1, "ETag": etag}]});
    lab.ok("CompleteMultipartUpload", on("big", json!({"UploadId": id, "MultipartUpload": parts})));
    assert_eq!(said(&mut lab, "GetObject", with(on("big", json!({})), &key(1))), "ok");
    assert!(said(&mut lab, "GetObject", on("big", json!({}))).starts_with("400"));
}

#[test]
fn new_buckets_block_them() {
    let mut lab = Lab::bucket();
    let blocked =
        "/ServerSideEncryptionConfiguration/Rules/0/BlockedEncryptionTypes/EncryptionType/0";
    let told = lab.ok("GetBucketEncryption", on("", json!({})));
    assert_eq!(told.pointer(blocked), Some(&json!("SSE-C")));
    let put = with(on("k", json!({"Body": body(b"x")})), &key(1));
    let error = lab.err("PutObject", put.clone());
    assert_eq!((error.status, error.code.as_str()), (403, "AccessDenied"));
    assert!(error.message.contains("because this bucket has blocked upload requests"), "{error}");
    let rules = json!([{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]},
    }]);
    lab.ok(
        "PutBucketEncryption",
        on("", json!({"ServerSideEncryptionConfiguration": {"Rules": rules}})),
    );
    lab.ok("PutObject", put);
}

#[test]
fn keys_come_over_tls_or_from_loopback() {
    let mut lab = lab();
    let def = service("s3").and_then(|s| s.operation("PutObject")).expect("registered");
    let mut check = |source_ip: &str, secure: bool, want: Option<&str>| {
        let mut caller = Caller::from(Principal::Root);
        caller.via.source_ip = source_ip.into();
        caller.via.secure = secure;
        let put = with(on("k", json!({"Body": body(b"x")})), &key(1));
        let at = Time(lab.world.now().0 + 1000);
        let got = lab.world.apply(at, &caller, def, put).map_err(|e| e.message);
        assert_eq!(got.err().as_deref(), want, "{source_ip} {secure}");
    };
    check("127.0.0.1", false, None);
    check("::1", false, None);
    check("203.0.113.9", true, None);
    let unsafe_ = "Requests specifying Server Side Encryption with Customer provided keys must be made \
                   over a secure connection.";
    check("203.0.113.9", false, Some(unsafe_));
}
