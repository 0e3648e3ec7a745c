//! Object lock, through [`World::apply`](sim::World::apply).

use serde_json::{Value, json};

use super::tests::{Lab, body, on};
use base::Time;
use sim::Principal;

const DAY: i64 = 86_400_000;

/// A lab whose bucket locks versions; the instant is that of its last request.
fn lab() -> (Lab, Time) {
    let mut lab = Lab::bucket();
    lab.ok("DeleteBucket", on("", json!({})));
    lab.ok("CreateBucket", on("", json!({"ObjectLockEnabledForBucket": true})));
    let now = lab.world.now();
    (lab, now)
}

fn said(lab: &mut Lab, op: &str, input: Value) -> String {
    match lab.call(Principal::Root, op, input) {
        Ok(_) => "ok".into(),
        Err(error) => format!("{} {}: {}", error.status, error.code, error.message),
    }
}

fn put(lab: &mut Lab, key: &str, more: &Value) -> String {
    let mut input = on(key, json!({"Body": body(b"x")}));
    input.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
    lab.ok("PutObject", input)["VersionId"].as_str().expect("text").to_owned()
}

const DENIED: &str = "403 AccessDenied: Access Denied because object protected by object lock.";

#[test]
fn locks_need_versions_and_a_configuration() {
    let mut lab = Lab::bucket();
    lab.put("k", b"x");
    let missing = "400 InvalidRequest: Bucket is missing Object Lock Configuration";
    assert_eq!(said(&mut lab, "GetObjectRetention", on("k", json!({}))), missing);
    let held = on("k", json!({"Body": body(b"x"), "ObjectLockLegalHoldStatus": "ON"}));
    assert_eq!(said(&mut lab, "PutObject", held), missing);
    let absent = lab.err("GetObjectLockConfiguration", on("", json!({})));
    assert_eq!(absent.code, "ObjectLockConfigurationNotFoundError");
    let on_it = |rule: Value| {
        on("", json!({"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}))
    };
    let got = said(&mut lab, "PutObjectLockConfiguration", on_it(json!(null)));
    assert!(got.starts_with("409 InvalidBucketState: Versioning must be 'Enabled'"), "{got}");
    lab.versioning("Enabled");
    let mut check = |retention: Value, want: &str| {
        let rule = json!({"DefaultRetention": retention});
        let got = said(&mut lab, "PutObjectLockConfiguration", on_it(rule.clone()));
        assert!(got.contains(want), "{rule}: {got}");
    };
    check(json!({"Mode": "GOVERNANCE"}), "MalformedXML");
    check(json!({"Mode": "GOVERNANCE", "Days": 1, "Years": 1}), "MalformedXML");
    check(json!({"Mode": "SOMETIMES", "Days": 1}), "MalformedXML");
    check(json!({"Mode": "GOVERNANCE", "Days": 0}), "must be a positive integer value.");
    check(json!({"Mode": "GOVERNANCE", "Years": 101}), "too large");
    check(json!({"Mode": "GOVERNANCE", "Years": 1}), "ok");
    let got = lab.ok("GetObjectLockConfiguration", on("", json!({})));
    let years = "/ObjectLockConfiguration/Rule/DefaultRetention/Years";
    assert_eq!(got.pointer(years), Some(&json!(1)));
    let suspend = on("", json!({"VersioningConfiguration": {"Status": "Suspended"}}));
    let got = said(&mut lab, "PutBucketVersioning", suspend);
    assert!(got.starts_with("409 InvalidBucketState: An Object Lock configuration"), "{got}");
    put(&mut lab, "year", &json!({}));
    let written = lab.world.now().0;
    let got = lab.ok("GetObjectRetention", on("year", json!({})));
    assert_eq!(got["Retention"]["RetainUntilDate"], json!(written + 365 * DAY));
}

#[test]
fn headers_are_judged() {
    let (mut lab, now) = lab();
    let later = now.0 + DAY;
    let mut check = |members: Value, want: &str| {
        let mut input = on("k", json!({"Body": body(b"x")}));
        let map = input.as_object_mut().expect("an object");
        map.extend(members.as_object().expect("an object").clone());
        let got = said(&mut lab, "PutObject", input);
        assert!(got.contains(want), "{members}: {got}");
    };
    check(json!({"ObjectLockMode": "GOVERNANCE"}), "must both be supplied");
    check(json!({"ObjectLockRetainUntilDate": later}), "must both be supplied");
    let mode = |mode: &str, until: i64| json!({"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until});
    check(mode("SOMETIMES", later), "Unknown wormMode directive.");
    check(mode("GOVERNANCE", now.0 - DAY), "The retain until date must be in the future!");
    check(json!({"ObjectLockLegalHoldStatus": "MAYBE"}), "Legal Hold must be either of");
    check(mode("COMPLIANCE", later), "ok");
}

#[test]
fn versions_stay_until_their_time() {
    let (mut lab, now) = lab();
    let until = now.0 + DAY;
    for (mode, bypassed) in [("GOVERNANCE", "ok"), ("COMPLIANCE", DENIED)] {
        let key = mode.to_lowercase();
        let lock = json!({"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until});
        let id = put(&mut lab, &key, &lock);
        let head = lab.ok("HeadObject", on(&key, json!({})));
        assert_eq!(head["ObjectLockMode"], mode);
        assert_eq!(lab.ok("DeleteObject", on(&key, json!({})))["DeleteMarker"], json!(true));
        let version = json!({"VersionId": id});
        assert_eq!(said(&mut lab, "DeleteObject", on(&key, version.clone())), DENIED);
        let many = json!({"Delete": {"Objects": [{"Key": key, "VersionId": id}]}});
        let got = lab.ok("DeleteObjects", on("", many));
        assert_eq!(got["Errors"][0]["Code"], "AccessDenied");
        let retain = |mode: &str, until: i64, bypass: bool| {
            on(
                &key,
                json!({
                    "VersionId": id, "BypassGovernanceRetention": bypass,
                    "Retention": {"Mode": mode, "RetainUntilDate": until},
                }),
            )
        };
        let shorter = retain(mode, until - DAY / 2, false);
        assert_eq!(said(&mut lab, "PutObjectRetention", shorter), DENIED);
        let shorter = retain(mode, until - DAY / 2, true);
        assert_eq!(said(&mut lab, "PutObjectRetention", shorter), bypassed);
        lab.ok("PutObjectRetention", retain(mode, until + DAY, false));
        let bypass = on(&key, json!({"VersionId": id, "BypassGovernanceRetention": true}));
        assert_eq!(said(&mut lab, "DeleteObject", bypass), bypassed);
    }
}

#[test]
fn time_and_holds_run_out() {
    let (mut lab, now) = lab();
    let lock = json!({"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": now.0 + 5_000});
    let id = put(&mut lab, "k", &lock);
    let version = json!({"VersionId": id});
    assert_eq!(said(&mut lab, "DeleteObject", on("k", version.clone())), DENIED);
    for _ in 0..5 {
        lab.ok("HeadBucket", on("", json!({})));
    }
    assert_eq!(said(&mut lab, "DeleteObject", on("k", version)), "ok");

    let id = put(&mut lab, "held", &json!({"ObjectLockLegalHoldStatus": "ON"}));
    let version = json!({"VersionId": id, "BypassGovernanceRetention": true});
    let status = lab.ok("GetObjectLegalHold", on("held", json!({})));
    assert_eq!(status["LegalHold"]["Status"], "ON");
    assert_eq!(said(&mut lab, "DeleteObject", on("held", version.clone())), DENIED);
    lab.ok("PutObjectLegalHold", on("held", json!({"LegalHold": {"Status": "OFF"}})));
    assert_eq!(said(&mut lab, "DeleteObject", on("held", version)), "ok");
    put(&mut lab, "free", &json!({}));
    let none = "404 NoSuchObjectLockConfiguration: The specified object does not have a ObjectLock \
                configuration";
    assert_eq!(said(&mut lab, "GetObjectLegalHold", on("free", json!({}))), none);
    assert_eq!(said(&mut lab, "GetObjectRetention", on("free", json!({}))), none);
}

#[test]
fn uploads_and_copies_carry_what_they_are_told() {
    let (mut lab, now) = lab();
    let lock = json!({"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": now.0 + DAY});
    let id = lab.ok("CreateMultipartUpload", on("big", lock.clone()))["UploadId"].clone();
    let part = json!({"UploadId": id, "PartNumber": 1, "Body": body(b"x")});
    let etag = lab.ok("UploadPart", on("big", part))["ETag"].clone();
    let parts = json!({"Parts": [{"PartNumber": 1, "ETag": etag}]});
    lab.ok("CompleteMultipartUpload", on("big", json!({"UploadId": id, "MultipartUpload": parts})));
    assert_eq!(lab.ok("HeadObject", on("big", json!({})))["ObjectLockMode"], "GOVERNANCE");
    lab.ok("CopyObject", on("copy", json!({"CopySource": "bkt/big"})));
    assert_eq!(lab.ok("HeadObject", on("copy", json!({}))).get("ObjectLockMode"), None);
    let mut input = on("copy", json!({"CopySource": "bkt/big"}));
    input.as_object_mut().expect("an object").extend(lock.as_object().expect("one").clone());
    lab.ok("CopyObject", input);
    assert_eq!(lab.ok("HeadObject", on("copy", json!({})))["ObjectLockMode"], "GOVERNANCE");
}

#[test]
fn setting_governance_aside_takes_a_permission() {
    let (mut lab, now) = lab();
    let lock = json!({"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": now.0 + DAY});
    let id = put(&mut lab, "k", &lock);
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:BypassGovernanceRetention",
        "Resource": "arn:aws:s3:::bkt/*",
    }]});
    lab.ok("PutBucketPolicy", on("", json!({"Policy": policy.to_string()})));
    let bypass = on("k", json!({"VersionId": id, "BypassGovernanceRetention": true}));
    let got = said(&mut lab, "DeleteObject", bypass);
    assert!(got.contains("s3:BypassGovernanceRetention"), "{got}");
}
