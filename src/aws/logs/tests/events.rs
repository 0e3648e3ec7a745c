//! Events: what is taken, and how it is read again.

use super::*;
use crate::logs::event::Place;

#[test]
fn a_batch_is_held_to_its_limits() {
    let mut lab = Lab::with_stream();
    let mut check = |events: Value, want: &str| {
        let input = json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events});
        lab.refused("PutLogEvents", input, &format!("InvalidParameterException: {want}"));
    };
    let event = |at: i64, text: &str| json!({"timestamp": START.0 + at, "message": text});
    check(
        json!([event(1, "b"), event(0, "a")]),
        "Log events in a single PutLogEvents request must be in chronological order.",
    );
    check(
        json!([event(-DAY - 1, "a"), event(0, "b")]),
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    );
    check(
        json!([event(0, &"x".repeat(1_048_551))]),
        "Log event too large: 1048577 bytes exceeds limit of 1048576",
    );
    let half = "x".repeat(524_262);
    check(
        json!([event(0, &half), event(0, &format!("{half}x"))]),
        "Upload too large: 1048577 bytes exceeds limit of 1048576",
    );
    check(
        json!([]),
        "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member \
         must have length greater than or equal to 1",
    );
    check(
        json!([{"timestamp": -1, "message": ""}]),
        "2 validation errors detected: Value '' at 'logEvents.1.member.message' failed to satisfy \
         constraint: Member must have length greater than or equal to 1; Value '-1' at \
         'logEvents.1.member.timestamp' failed to satisfy constraint: Member must have value greater \
         than or equal to 0",
    );
    lab.put(&[(0, &half), (0, &half)]);
    let elsewhere =
        json!({"logGroupName": "g", "logStreamName": "t", "logEvents": [event(0, "x")]});
    lab.refused(
        "PutLogEvents",
        elsewhere,
        "ResourceNotFoundException: The specified log stream does not exist.",
    );
}

#[test]
fn events_of_the_wrong_time_are_rejected_by_index() {
    let mut lab = Lab::with_stream();
    lab.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 5}));
    let hour = DAY / 24;
    let check = |lab: &mut Lab, events: &[(i64, &str)], want: Value| {
        let answer = lab.put(events);
        assert_eq!(answer.get("rejectedLogEventsInfo").cloned().unwrap_or_default(), want);
        assert_eq!(answer["nextSequenceToken"].as_str().expect("a token").len(), 56);
    };
    check(&mut lab, &[(0, "fine"), (2 * hour, "just")], Value::Null);
    check(
        &mut lab,
        &[(0, "now"), (2 * hour + 1, "new"), (3 * hour, "newer")],
        json!({"tooNewLogEventStartIndex": 1}),
    );
    check(
        &mut lab,
        &[(-14 * DAY - 1, "a"), (-14 * DAY, "b"), (-14 * DAY + 5, "c")],
        json!({"tooOldLogEventEndIndex": 1, "expiredLogEventEndIndex": 3}),
    );
    check(&mut lab, &[(-5 * DAY - 1, "x"), (-5 * DAY, "y")], json!({"expiredLogEventEndIndex": 1}));
    assert_eq!(lab.search(json!({})), ["y", "fine", "now", "just"]);
}

#[test]
fn pages_lead_forwards_and_backwards() {
    let mut lab = Lab::with_stream();
    lab.put(&[(0, "a"), (1, "b"), (1, "c"), (2, "d"), (3, "e")]);
    let last = lab.page(json!({"limit": 2}));
    assert_eq!(messages(&last), ["d", "e"]);
    let before = lab.page(json!({"limit": 2, "nextToken": last["nextBackwardToken"]}));
    assert_eq!(messages(&before), ["b", "c"]);
    let first = lab.page(json!({"limit": 2, "nextToken": before["nextBackwardToken"]}));
    assert_eq!(messages(&first), ["a"]);
    // Behind the beginning the token stays, and the other leads back.
    let none = lab.page(json!({"nextToken": first["nextBackwardToken"]}));
    assert_eq!(
        (messages(&none).len(), &none["nextBackwardToken"]),
        (0, &first["nextBackwardToken"])
    );
    let again = lab.page(json!({"limit": 2, "nextToken": first["nextForwardToken"]}));
    assert_eq!(messages(&again), ["b", "c"]);
    let head = lab.page(json!({"limit": 4, "startFromHead": true}));
    assert_eq!(messages(&head), ["a", "b", "c", "d"]);
    let end = lab.page(json!({"nextToken": head["nextForwardToken"], "startFromHead": true}));
    assert_eq!(messages(&end), ["e"]);
    let behind = json!({"nextToken": end["nextForwardToken"], "startFromHead": true});
    let nothing = lab.page(behind.clone());
    assert_eq!(nothing["nextForwardToken"], end["nextForwardToken"]);
    // What comes in later is behind it.
    lab.put(&[(3, "f")]);
    assert_eq!(messages(&lab.page(behind)), ["f"]);
    let times = json!({"startTime": START.0 + 1, "endTime": START.0 + 3});
    assert_eq!(messages(&lab.page(times)), ["b", "c", "d"]);
    for token in ["x", "f/1/s", "c/00000000000000000000000000000000000000000000000000000000/s"] {
        let input = json!({"logGroupName": "g", "logStreamName": "s", "nextToken": token});
        let want = "InvalidParameterException: The specified nextToken is invalid.";
        lab.refused("GetLogEvents", input, want);
    }
}

#[test]
fn a_page_of_nothing_leads_to_what_comes() {
    let mut lab = Lab::with_stream();
    let none = lab.page(json!({"startFromHead": true}));
    let token = none["nextForwardToken"].clone();
    assert_eq!(token, format!("f/{}/s", "0".repeat(56)));
    lab.put(&[(0, "a")]);
    assert_eq!(messages(&lab.page(json!({"nextToken": token, "startFromHead": true}))), ["a"]);
}

#[test]
fn pages_carry_no_more_than_a_mebibyte() {
    let mut lab = Lab::with_stream();
    let long = "x".repeat(400_000);
    for at in 0..3 {
        lab.put(&[(at, &long), (at, &long)]);
    }
    let page = lab.page(json!({"startFromHead": true}));
    assert_eq!(messages(&page).len(), 2);
    let (mut seen, mut token) = (0, Value::Null);
    loop {
        let mut input = json!({"logGroupName": "g"});
        if token.is_string() {
            input["nextToken"] = token;
        }
        let answer = lab.ok("FilterLogEvents", input);
        seen += messages(&answer).len();
        token = answer["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn a_search_goes_over_streams_in_order_of_time() {
    let mut lab = Lab::with_stream();
    lab.ok("CreateLogStream", json!({"logGroupName": "g", "logStreamName": "t"}));
    lab.put(&[(0, "a 1"), (2, "a 2")]);
    let event = |at: i64, text: &str| json!({"timestamp": START.0 + at, "message": text});
    let other = json!({"logGroupName": "g", "logStreamName": "t",
        "logEvents": [event(1, "b 1"), event(3, "b 2")]});
    lab.ok("PutLogEvents", other);
    assert_eq!(lab.search(json!({})), ["a 1", "b 1", "a 2", "b 2"]);
    assert_eq!(lab.search(json!({"filterPattern": "\" 2\""})), ["a 2", "b 2"]);
    assert_eq!(lab.search(json!({"logStreamNames": ["t"]})), ["b 1", "b 2"]);
    assert_eq!(lab.search(json!({"logStreamNamePrefix": "s"})), ["a 1", "a 2"]);
    // The end is among what is found.
    assert_eq!(
        lab.search(json!({"startTime": START.0 + 1, "endTime": START.0 + 2})),
        ["b 1", "a 2"]
    );
    let first = lab.ok("FilterLogEvents", json!({"logGroupName": "g", "limit": 3}));
    assert_eq!(messages(&first).len(), 3);
    let rest = lab.ok(
        "FilterLogEvents",
        json!({"logGroupName": "g", "limit": 3, "nextToken": first["nextToken"]}),
    );
    assert_eq!((messages(&rest), rest.get("nextToken")), (vec!["b 2".into()], None));
    assert_eq!(first["searchedLogStreams"], json!([]));
    let id = first["events"][1]["eventId"].as_str().expect("an identifier");
    assert_eq!(Place::of_id(id), Some(Place { at: START.0 + 1, number: 3 }));
    lab.refused(
        "FilterLogEvents",
        json!({"logGroupName": "g", "logStreamNames": ["no"]}),
        "ResourceNotFoundException: The specified log stream does not exist.",
    );
    lab.refused(
        "FilterLogEvents",
        json!({"logGroupName": "g", "filterPattern": "a:b"}),
        "InvalidParameterException: Invalid character(s) in term ':'",
    );
}

proptest::proptest! {
    /// An identifier tells where its event stands, and is in the order of the events.
    #[test]
    fn identifiers_tell_places(
        at in 0_i64..4_000_000_000_000, number: u64, mark: u64, later in 1_i64..1000,
    ) {
        let place = Place { at, number };
        let id = place.id(mark);
        proptest::prop_assert_eq!(id.len(), 56);
        proptest::prop_assert_eq!(Place::of_id(&id), Some(place));
        let behind = Place { at: at + later, number: 0 };
        proptest::prop_assert!(id < behind.id(0));
    }
}

#[test]
fn the_view_shows_groups_with_their_last_events() {
    let mut lab = Lab::with_stream();
    lab.put(&[(0, "hello\nworld")]);
    let view = format!("{:?}", super::super::view::view(&lab.world));
    for part in ["\"g\"", "for ever", "37 B", "2026-11-22T10:00:00.000Z", "hello world"] {
        assert!(view.contains(part), "{part} in {view}");
    }
}
