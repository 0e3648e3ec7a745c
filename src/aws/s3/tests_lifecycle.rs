//! What lifecycle rules do as lab time passes, through [`World::apply`](sim::World::apply).

use serde_json::{Value, json};

use super::tests::{Lab, body, on};
use base::Time;

/// 2026-11-22T10:00Z is the day on which a lab begins.
const DAY: i64 = 86_400_000;

fn rules(lab: &mut Lab, rules: &Value) {
    let document = json!({"LifecycleConfiguration": {"Rules": rules}});
    lab.ok("PutBucketLifecycleConfiguration", on("", document));
}

fn rule(mut more: Value) -> Value {
    more["ID"] = json!("old one");
    more["Status"] = json!("Enabled");
    if more["Filter"].is_null() {
        more["Filter"] = json!({});
    }
    json!([more])
}

/// Lets days pass, a second more than whole ones from the last midnight.
fn days(lab: &mut Lab, days: i64) {
    let midnight = lab.world.now().0.div_euclid(DAY) * DAY;
    lab.to(Time(midnight + days * DAY + 1000));
}

fn keys(lab: &mut Lab) -> Vec<String> {
    let listed = lab.ok("ListObjectsV2", on("", json!({})));
    let all = listed["Contents"].as_array().cloned().unwrap_or_default();
    all.iter().map(|o| o["Key"].as_str().expect("text").to_owned()).collect()
}

/// The versions of a bucket: `k`, or `k (marker)`, the newest first.
fn versions(lab: &mut Lab) -> Vec<String> {
    let listed = lab.ok("ListObjectVersions", on("", json!({})));
    let all = |list: &str, mark: &str| -> Vec<String> {
        let all = listed[list].as_array().cloned().unwrap_or_default();
        all.iter().map(|v| format!("{}{mark}", v["Key"].as_str().expect("text"))).collect()
    };
    [all("DeleteMarkers", " (marker)"), all("Versions", "")].concat()
}

#[test]
fn what_is_old_enough_goes_at_midnight() {
    let mut lab = Lab::bucket();
    lab.put("logs/a", b"x");
    lab.put("notes", b"x");
    rules(&mut lab, &rule(json!({"Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 1}})));
    let head = lab.ok("HeadObject", on("logs/a", json!({})));
    // Ten o'clock and a day is rounded up to the midnight after it.
    let said = "expiry-date=\"Tue, 24 Nov 2026 00:00:00 GMT\", rule-id=\"old%20one\"";
    assert_eq!(head["Expiration"], json!(said));
    assert_eq!(lab.ok("HeadObject", on("notes", json!({})))["Expiration"], json!(null));
    assert_eq!(lab.put("logs/b", b"x")["Expiration"], json!(said));
    days(&mut lab, 1);
    assert_eq!(keys(&mut lab), ["logs/a", "logs/b", "notes"]);
    days(&mut lab, 1);
    assert_eq!(keys(&mut lab), ["notes"]);
    lab.put("logs/c", b"x");
    lab.ok("DeleteBucketLifecycle", on("", json!({})));
    days(&mut lab, 9);
    assert_eq!(keys(&mut lab), ["logs/c", "notes"]);
}

#[test]
fn a_date_and_a_disabled_rule() {
    let mut lab = Lab::bucket();
    lab.put("k", b"x");
    let mut off = rule(json!({"Expiration": {"Days": 1}}));
    off[0]["Status"] = json!("Disabled");
    rules(&mut lab, &off);
    days(&mut lab, 9);
    assert_eq!(keys(&mut lab), ["k"]);
    let date = (lab.world.now().0.div_euclid(DAY) + 2) * DAY;
    rules(&mut lab, &rule(json!({"Expiration": {"Date": date}})));
    days(&mut lab, 1);
    assert_eq!(keys(&mut lab), ["k"]);
    days(&mut lab, 1);
    assert_eq!(keys(&mut lab), Vec::<String>::new());
}

#[test]
fn a_filter_chooses_by_tags_and_sizes() {
    let mut lab = Lab::bucket();
    let put = |lab: &mut Lab, key: &str, bytes: &[u8], tags: &str| {
        lab.ok("PutObject", on(key, json!({"Body": body(bytes), "Tagging": tags})));
    };
    put(&mut lab, "both", b"long enough", "a=1&b=2");
    put(&mut lab, "short", b"x", "a=1&b=2");
    put(&mut lab, "one", b"long enough", "a=1");
    let and = json!({
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        "ObjectSizeGreaterThan": 5,
    });
    rules(&mut lab, &rule(json!({"Filter": {"And": and}, "Expiration": {"Days": 1}})));
    days(&mut lab, 2);
    assert_eq!(keys(&mut lab), ["one", "short"]);
}

#[test]
fn versions_are_covered_and_then_go() {
    let mut lab = Lab::bucket();
    lab.versioning("Enabled");
    for _ in 0..3 {
        lab.put("k", b"x");
    }
    let newer = json!({"NoncurrentDays": 1, "NewerNoncurrentVersions": 1});
    rules(&mut lab, &rule(json!({"NoncurrentVersionExpiration": newer})));
    days(&mut lab, 2);
    // Of two that are noncurrent the newer one is kept.
    assert_eq!(versions(&mut lab), ["k", "k"]);
    let all = json!({
        "Expiration": {"Days": 1},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    });
    rules(&mut lab, &rule(all));
    days(&mut lab, 1);
    assert_eq!(
        versions(&mut lab),
        ["k (marker)", "k"],
        "the newest is covered, the old one is gone"
    );
    days(&mut lab, 1);
    assert_eq!(versions(&mut lab), ["k (marker)"]);
    days(&mut lab, 1);
    assert_eq!(versions(&mut lab), Vec::<String>::new(), "a marker with nothing below it goes");
}

#[test]
fn a_marker_with_nothing_below_it_goes_by_its_own_action() {
    let mut lab = Lab::bucket();
    lab.versioning("Enabled");
    lab.ok("DeleteObject", on("gone", json!({})));
    lab.put("kept", b"x");
    lab.ok("DeleteObject", on("kept", json!({})));
    rules(&mut lab, &rule(json!({"Expiration": {"ExpiredObjectDeleteMarker": true}})));
    days(&mut lab, 1);
    assert_eq!(versions(&mut lab), ["kept (marker)", "kept"]);
}

#[test]
fn what_is_locked_stays() {
    let mut lab = Lab::bucket();
    lab.ok("DeleteBucket", on("", json!({})));
    lab.ok("CreateBucket", on("", json!({"ObjectLockEnabledForBucket": true})));
    let held = json!({"Body": body(b"x"), "ObjectLockLegalHoldStatus": "ON"});
    lab.ok("PutObject", on("k", held));
    lab.put("k", b"y");
    rules(&mut lab, &rule(json!({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})));
    days(&mut lab, 9);
    assert_eq!(versions(&mut lab), ["k", "k"]);
    let listed = lab.ok("ListObjectVersions", on("", json!({})));
    let id = listed["Versions"][1]["VersionId"].clone();
    let off = json!({"VersionId": id, "LegalHold": {"Status": "OFF"}});
    lab.ok("PutObjectLegalHold", on("k", off));
    days(&mut lab, 1);
    assert_eq!(versions(&mut lab), ["k"]);
}

#[test]
fn objects_move_down_the_classes() {
    let mut lab = Lab::bucket();
    let large = vec![0; 128 << 10];
    lab.put("large", &large);
    lab.put("small", b"x");
    let steps = json!([
        {"Days": 30, "StorageClass": "STANDARD_IA"},
        {"Days": 90, "StorageClass": "GLACIER"},
    ]);
    rules(&mut lab, &rule(json!({"Transitions": steps})));
    let class = |lab: &mut Lab, key: &str| {
        lab.ok("HeadObject", on(key, json!({})))["StorageClass"].as_str().map(str::to_owned)
    };
    days(&mut lab, 30);
    assert_eq!(class(&mut lab, "large"), None);
    days(&mut lab, 1);
    assert_eq!(class(&mut lab, "large").as_deref(), Some("STANDARD_IA"));
    assert_eq!(class(&mut lab, "small"), None, "what is small does not move");
    days(&mut lab, 60);
    assert_eq!(class(&mut lab, "large").as_deref(), Some("GLACIER"));
    assert_eq!(lab.err("GetObject", on("large", json!({}))).code, "InvalidObjectState");
    let sized = json!({"ObjectSizeLessThan": 10});
    let now = json!([{"Days": 0, "StorageClass": "GLACIER_IR"}]);
    rules(&mut lab, &rule(json!({"Filter": sized, "Transitions": now})));
    days(&mut lab, 1);
    assert_eq!(class(&mut lab, "small").as_deref(), Some("GLACIER_IR"));
}

#[test]
fn unfinished_uploads_are_given_up() {
    let mut lab = Lab::bucket();
    let abort = json!({"DaysAfterInitiation": 2});
    rules(&mut lab, &rule(json!({"AbortIncompleteMultipartUpload": abort})));
    let made = lab.ok("CreateMultipartUpload", on("k", json!({})));
    assert_eq!(made["AbortRuleId"], json!("old one"));
    let date = (lab.world.now().0.div_euclid(DAY) + 3) * DAY;
    assert_eq!(made["AbortDate"], json!(date));
    let asked = on("k", json!({"UploadId": made["UploadId"]}));
    assert_eq!(lab.ok("ListParts", asked.clone())["AbortDate"], json!(date));
    days(&mut lab, 2);
    lab.ok("ListParts", asked.clone());
    days(&mut lab, 1);
    assert_eq!(lab.err("ListParts", asked).code, "NoSuchUpload");
}

#[test]
fn one_long_wait_and_many_short_ones_come_to_the_same() {
    let digest = |steps: &[i64]| {
        let mut lab = Lab::bucket();
        lab.versioning("Enabled");
        lab.put("k", b"x");
        let all = json!({
            "Expiration": {"Days": 2},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 3},
        });
        rules(&mut lab, &rule(all));
        for step in steps {
            days(&mut lab, *step);
        }
        lab.world.digest()
    };
    assert_eq!(digest(&[4]), digest(&[1, 1, 1, 1]));
    assert_eq!(digest(&[9]), digest(&[4, 5]));
}
