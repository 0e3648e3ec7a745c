//! What pages of other origins may do.

use serde_json::{Value, json};

use super::ops::cross_origin::CrossOrigin;
use super::tests::{Lab, on};
use sim::{Caller, Principal};

fn ask(lab: &mut Lab, input: Value) -> String {
    let mut input = on("", input);
    let map = input.as_object_mut().expect("an object");
    map.entry("OnObject").or_insert_with(|| true.into());
    let at = lab.world.now();
    match lab.world.apply(at, &Caller::from(Principal::Anonymous), &CrossOrigin::DEF, input) {
        Ok(answer) => {
            let text = |name: &str| answer[name].as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {} {} {} {}",
                text("AllowOrigin"),
                text("AllowMethods"),
                text("AllowHeaders"),
                text("ExposeHeaders"),
                answer["MaxAge"],
                answer["AllowCredentials"]
            )
        }
        Err(error) => format!("{} {}: {}", error.status, error.code, error.message),
    }
}

#[test]
fn the_first_rule_that_fits_answers() {
    let mut lab = Lab::bucket();
    let from = |origin: &str, method: &str| json!({"Origin": origin, "Method": method});
    let off = ask(&mut lab, from("http://a.org", "GET"));
    assert_eq!(off, "403 AccessForbidden: CORSResponse: CORS is not enabled for this bucket.");
    let rules = json!([
        {
            "AllowedOrigins": ["http://*.example.org", "https://shop.org"],
            "AllowedMethods": ["PUT", "GET"],
            "AllowedHeaders": ["X-Amz-*", "content-type"],
            "ExposeHeaders": ["ETag", "x-amz-id-2"],
            "MaxAgeSeconds": 3000,
        },
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]},
    ]);
    lab.ok("PutBucketCors", on("", json!({"CORSConfiguration": {"CORSRules": rules}})));
    let mut check = |input: Value, want: &str| {
        let got = ask(&mut lab, input.clone());
        assert!(got.starts_with(want), "{input}: {got}");
    };
    check(from("http://a.example.org", "PUT"), {
        "http://a.example.org PUT, GET - ETag, x-amz-id-2 3000 true"
    });
    check(from("https://shop.org", "GET"), "https://shop.org PUT, GET");
    check(from("http://elsewhere.org", "GET"), "* GET - - null null");
    check(from("http://elsewhere.org", "PUT"), "403 AccessForbidden: CORSResponse: This CORS");
    // The first rule's pattern does not match half a name, so the second answers.
    check(from("http://.example.or", "GET"), "* GET");
    let sending =
        |headers: &str| json!({"Origin": "https://shop.org", "Method": "PUT", "Headers": headers});
    check(
        sending("Content-Type, X-AMZ-Meta-Note"),
        "https://shop.org PUT, GET content-type, x-amz-meta-note ETag",
    );
    check(sending("content-type,authorization"), "403 AccessForbidden");
    check(json!({"Method": "GET"}), "400 BadRequest: Insufficient information.");
    let bad = "400 BadRequest: Invalid Access-Control-Request-Method: ";
    check(json!({"Origin": "http://a.org"}), &format!("{bad}null"));
    check(from("http://a.org", "PATCH"), &format!("{bad}PATCH"));
    check(
        json!({"Bucket": "none", "Origin": "http://a.org", "Method": "GET"}),
        "403 AccessForbidden: CORSResponse: Bucket not found",
    );
}
