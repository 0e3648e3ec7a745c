//! What policies say and what they expire.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::read;
use super::rules::{Candidate, Policy};
use base::Time;
use registry::digest::{Algorithm, ContentDigest};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn rule(priority: i64, selection: &Value) -> Value {
    json!({"rulePriority": priority, "description": "so that the text is as long as one must be",
        "selection": selection, "action": {"type": "expire"}})
}

fn policy(rules: &[Value]) -> Policy {
    read(&json!({"rules": rules}).to_string()).expect("a policy")
}

fn more_than(status: &str, count: i64) -> Value {
    json!({"tagStatus": status, "countType": "imageCountMoreThan", "countNumber": count})
}

fn older_than(status: &str, days: i64) -> Value {
    json!({"tagStatus": status, "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days})
}

fn tagged(mut selection: Value, list: &str, values: &[&str]) -> Value {
    selection[list] = json!(values);
    selection
}

/// Which of these images expire on the tenth day: each is its tags and the day it was pushed.
fn expire(rules: &[Value], images: &[(&[&str], i64)]) -> Vec<(usize, i64)> {
    let digests: Vec<ContentDigest> = (0..images.len())
        .map(|at| ContentDigest::of(Algorithm::Sha256, &[u8::try_from(at).expect("few")]))
        .collect();
    let candidates: Vec<Candidate<'_>> = images
        .iter()
        .zip(&digests)
        .map(|((tags, day), digest)| Candidate {
            digest,
            tags: tags.to_vec(),
            pushed_at: Time(day * DAY),
            held: tags.contains(&"held"),
        })
        .collect();
    let found = policy(rules).expiring(&candidates, Time(10 * DAY));
    let place = |c: &Candidate<'_>| digests.iter().position(|d| d == c.digest).expect("known");
    found.into_iter().map(|(candidate, rule)| (place(candidate), rule)).collect()
}

#[test]
fn rules_expire_the_oldest_first_and_leave_what_others_have() {
    let check = |rules: &[Value], images: &[(&[&str], i64)], want: &[(usize, i64)]| {
        assert_eq!(expire(rules, images), want, "{rules:?} {images:?}");
    };
    let three: &[(&[&str], i64)] = &[(&[], 1), (&["a"], 2), (&[], 3)];
    check(&[rule(1, &more_than("any", 1))], three, &[(0, 1), (1, 1)]);
    check(&[rule(1, &more_than("untagged", 1))], three, &[(0, 1)]);
    check(&[rule(1, &older_than("any", 8))], three, &[(0, 1)]);
    check(&[rule(1, &older_than("any", 9))], three, &[]);
    // What a rule selects is beyond the reach of the next, which counts it all the same.
    let prod = tagged(more_than("tagged", 2), "tagPrefixList", &["prod"]);
    let images: &[(&[&str], i64)] =
        &[(&["prod-1"], 1), (&["prod-2"], 2), (&["prod-3"], 3), (&["dev-1"], 4), (&["dev-2"], 5)];
    check(&[rule(5, &prod), rule(9, &more_than("any", 1))], images, &[(0, 5), (3, 9)]);
    // An image must have a tag for each prefix.
    let both = tagged(older_than("tagged", 1), "tagPrefixList", &["a", "b"]);
    check(&[rule(1, &both)], &[(&["a1"], 1), (&["a1", "b1"], 1), (&["b1"], 1)], &[(1, 1)]);
    let pattern = tagged(older_than("tagged", 1), "tagPatternList", &["*-web-*"]);
    check(&[rule(1, &pattern)], &[(&["v1-web-x"], 1), (&["v1-web"], 1)], &[(0, 1)]);
    // What an index names stays.
    check(&[rule(1, &older_than("any", 1))], &[(&["held"], 1), (&["x"], 1)], &[(1, 1)]);
}

#[test]
fn what_is_wrong_with_a_policy_is_said() {
    let check = |rules: &[Value], want: &str| {
        let error = read(&json!({"rules": rules}).to_string()).expect_err(want);
        let front = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: \
                     'Lifecycle policy validation failure: ";
        assert_eq!(error.code, "InvalidParameterException");
        assert_eq!(error.message, format!("{front}{want}'"));
    };
    let schema = "instance failed to match exactly one schema (matched 0 out of 2)";
    let any = || more_than("any", 1);
    check(&[rule(1, &more_than("tagged", 1))], schema);
    check(&[rule(1, &tagged(any(), "tagPrefixList", &["a"]))], schema);
    let mut both = tagged(more_than("tagged", 1), "tagPrefixList", &["a"]);
    both["tagPatternList"] = json!(["b"]);
    check(&[rule(1, &both)], schema);
    let mut unit = any();
    unit["countUnit"] = json!("days");
    check(&[rule(1, &unit)], schema);
    check(&[rule(1, &any()), rule(1, &older_than("untagged", 1))], "rulePriority 1 is not unique");
    check(
        &[rule(1, &any()), rule(2, &older_than("untagged", 1))],
        "a rule with tagStatus any must have the highest rulePriority",
    );
    check(
        &[rule(1, &more_than("any", 0))],
        "numeric instance is lower than the required minimum (minimum: 1, found: 0)",
    );
    check(
        &[rule(
            1,
            &json!({"tagStatus": "any", "countType": "imageCountMoreThan", "storageClas": "x"}),
        )],
        "object has missing required properties ([\"countNumber\"])",
    );
    let mut other = any();
    other["x"] = json!(1);
    check(
        &[rule(1, &other)],
        "object instance has properties which are not allowed by the schema: ([\"x\"])",
    );
    check(
        &[rule(1, &more_than("some", 1))],
        "instance value (\"some\") not found in enum (possible values: [\"tagged\",\"untagged\",\"any\"])",
    );
    let stars = tagged(more_than("tagged", 1), "tagPatternList", &["*a*b*c*d*"]);
    check(&[rule(1, &stars)], "the pattern *a*b*c*d* has more than 4 wildcards");
    let mut moves = rule(1, &any());
    moves["action"] = json!({"type": "transition", "targetStorageClass": "archive"});
    check(&[moves], "the action type transition is not simulated here");
    let error = read("{}").expect_err("too short");
    assert!(error.message.ends_with("'Member must have length greater than or equal to 100'"));
}

proptest! {
    /// Of what a rule selects as many stay as it says, and what goes is never younger than what stays.
    #[test]
    fn a_rule_keeps_as_many_as_it_says(days in proptest::collection::vec(0_i64..10, 0..20), keep in 1_usize..8) {
        let images: Vec<(&[&str], i64)> = days.iter().map(|day| (&[][..], *day)).collect();
        let gone = expire(&[rule(1, &more_than("any", i64::try_from(keep).unwrap()))], &images);
        prop_assert_eq!(images.len() - gone.len(), images.len().min(keep));
        let is_gone = |at: usize| gone.iter().any(|(place, _)| *place == at);
        let stays = (0..images.len()).filter(|at| !is_gone(*at)).map(|at| days[at]).min();
        let oldest = gone.iter().map(|(at, _)| days[*at]).max();
        prop_assert!(oldest.is_none() || stays.is_none() || oldest <= stays);
    }
}
