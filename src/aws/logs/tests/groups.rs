//! Groups and streams: names, lists, retention, protection, tags, policies.

use super::*;

const NO_GROUP: &str = "ResourceNotFoundException: The specified log group does not exist.";

#[test]
fn groups_are_made_once_and_listed_by_name() {
    let mut lab = Lab::new();
    for name in ["/b", "/a/x", "/a"] {
        lab.ok("CreateLogGroup", json!({"logGroupName": name}));
    }
    lab.refused(
        "CreateLogGroup",
        json!({"logGroupName": "/a"}),
        "ResourceAlreadyExistsException: The specified log group already exists",
    );
    let names = |lab: &mut Lab, input: Value| {
        let answer = lab.ok("DescribeLogGroups", input);
        let groups = answer["logGroups"].as_array().expect("groups").clone();
        let name = |g: &Value| g["logGroupName"].as_str().expect("a name").to_owned();
        (groups.iter().map(name).collect::<Vec<_>>(), answer["nextToken"].clone())
    };
    assert_eq!(names(&mut lab, json!({})).0, ["/a", "/a/x", "/b"]);
    assert_eq!(names(&mut lab, json!({"logGroupNamePrefix": "/a"})).0, ["/a", "/a/x"]);
    assert_eq!(names(&mut lab, json!({"logGroupNamePattern": "X"})).0, ["/a/x"]);
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/b";
    assert_eq!(names(&mut lab, json!({"logGroupIdentifiers": ["/a", arn]})).0, ["/a", "/b"]);
    let (first, token) = names(&mut lab, json!({"limit": 2}));
    assert_eq!(first, ["/a", "/a/x"]);
    let (rest, none) = names(&mut lab, json!({"limit": 2, "nextToken": token}));
    assert_eq!((rest, none), (vec!["/b".to_owned()], Value::Null));
    let listed = lab.ok("ListLogGroups", json!({"logGroupNamePattern": "^/a/|zzz"}));
    assert_eq!(listed["logGroups"].as_array().expect("groups").len(), 1);
    let one = &lab.ok("DescribeLogGroups", json!({"logGroupNamePrefix": "/b"}))["logGroups"][0];
    assert_eq!(one["arn"], format!("{arn}:*"));
    assert_eq!(one["logGroupArn"], arn);
    assert_eq!((&one["storedBytes"], &one["creationTime"]), (&json!(0), &json!(START.0)));
    lab.ok("DeleteLogGroup", json!({"logGroupName": "/b"}));
    lab.refused("DeleteLogGroup", json!({"logGroupName": "/b"}), NO_GROUP);
}

#[test]
fn names_are_held_to_the_model() {
    let mut lab = Lab::new();
    lab.refused(
        "CreateLogGroup",
        json!({"logGroupName": "a b"}),
        "InvalidParameterException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to \
         satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    );
    lab.refused(
        "CreateLogStream",
        json!({"logGroupName": "", "logStreamName": "a:b"}),
        "InvalidParameterException: 2 validation errors detected: Value '' at 'logGroupName' failed to \
         satisfy constraint: Member must have length greater than or equal to 1; Value 'a:b' at \
         'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: \
         [^:*]*",
    );
    lab.refused(
        "CreateLogGroup",
        json!({"logGroupName": "AWS/x"}),
        "InvalidParameterException: Log groups starting with AWS/ are reserved for AWS.",
    );
    let refused =
        lab.call("CreateLogGroup", json!({"logGroupName": "x", "logGroupClass": "DELIVERY"}));
    assert!(refused.expect_err("refused").contains("logGroupClass is not simulated here"));
}

#[test]
fn streams_are_listed_by_name_or_by_their_last_event() {
    let mut lab = Lab::with_stream();
    for name in ["r", "t"] {
        lab.ok("CreateLogStream", json!({"logGroupName": "g", "logStreamName": name}));
    }
    lab.refused(
        "CreateLogStream",
        json!({"logGroupName": "g", "logStreamName": "r"}),
        "ResourceAlreadyExistsException: The specified log stream already exists",
    );
    lab.put(&[(-1000, "one"), (0, "two")]);
    let names = |lab: &mut Lab, mut input: Value| {
        input["logGroupName"] = json!("g");
        let answer = lab.ok("DescribeLogStreams", input);
        let streams = answer["logStreams"].as_array().expect("streams").clone();
        let name = |s: &Value| s["logStreamName"].as_str().expect("a name").to_owned();
        (streams.iter().map(name).collect::<Vec<_>>(), answer["nextToken"].clone())
    };
    assert_eq!(names(&mut lab, json!({})).0, ["r", "s", "t"]);
    assert_eq!(names(&mut lab, json!({"descending": true})).0, ["t", "s", "r"]);
    let by_time = json!({"orderBy": "LastEventTime", "descending": true, "limit": 1});
    let (first, token) = names(&mut lab, by_time.clone());
    assert_eq!(first, ["s"]);
    let mut next = by_time;
    next["nextToken"] = token;
    assert_eq!(names(&mut lab, next).0, ["t"]);
    assert_eq!(names(&mut lab, json!({"logStreamNamePrefix": "t"})).0, ["t"]);
    lab.refused(
        "DescribeLogStreams",
        json!({"logGroupName": "g", "orderBy": "LastEventTime", "logStreamNamePrefix": "t"}),
        "InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.",
    );
    let described = lab.ok("DescribeLogStreams", json!({"logGroupIdentifier": "g"}));
    let stream = &described["logStreams"][1];
    assert_eq!(stream["firstEventTimestamp"], START.0 - 1000);
    assert_eq!(stream["lastEventTimestamp"], START.0);
    assert_eq!(stream["lastIngestionTime"], START.0);
    assert_eq!(stream["arn"], "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s");
    lab.ok("DeleteLogStream", json!({"logGroupName": "g", "logStreamName": "s"}));
    assert_eq!(lab.search(json!({})), [""; 0]);
}

#[test]
fn what_is_older_than_the_retention_goes() {
    let mut lab = Lab::with_stream();
    lab.put(&[(-DAY / 2, "old"), (0, "new")]);
    lab.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 1}));
    let stored = |lab: &mut Lab| {
        lab.ok("DescribeLogGroups", json!({}))["logGroups"][0]["storedBytes"].clone()
    };
    assert_eq!(stored(&mut lab), 3 + 26 + 3 + 26);
    // It has expired and is no longer counted, but it is still there.
    lab.pass(DAY * 3 / 4);
    assert_eq!(
        (stored(&mut lab), lab.search(json!({}))),
        (json!(29), vec!["old".into(), "new".into()])
    );
    // Until 72 hours later.
    lab.pass(3 * DAY);
    assert_eq!(lab.search(json!({})), ["new"]);
    lab.pass(DAY);
    assert_eq!((stored(&mut lab), lab.search(json!({}))), (json!(0), vec![]));
    let group = lab.ok("DescribeLogGroups", json!({}))["logGroups"][0].clone();
    assert_eq!(group["retentionInDays"], 1);
    lab.ok("DeleteRetentionPolicy", json!({"logGroupName": "g"}));
    lab.put(&[(0, "kept")]);
    lab.pass(5000 * DAY);
    assert_eq!(lab.search(json!({})), ["kept"]);
    let group = lab.ok("DescribeLogGroups", json!({}))["logGroups"][0].clone();
    assert_eq!(group.get("retentionInDays"), None);
    let error = lab
        .call("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 2}))
        .expect_err("refused");
    assert!(error.contains("Value '2' at 'retentionInDays' failed"), "{error}");
    lab.refused("PutRetentionPolicy", json!({"logGroupName": "h", "retentionInDays": 1}), NO_GROUP);
}

#[test]
fn time_in_one_step_or_in_many_is_the_same() {
    let run = |steps: i64| {
        let mut lab = Lab::with_stream();
        lab.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 3}));
        for _ in 0..4 {
            lab.put(&[(0, "x"), (7, "y")]);
            (0..steps).for_each(|_| lab.pass(2 * DAY / steps));
        }
        lab.world.digest()
    };
    assert_eq!(run(1), run(5));
    assert_eq!(run(1), run(1));
}

#[test]
fn a_protected_group_stays() {
    let mut lab = Lab::new();
    lab.ok("CreateLogGroup", json!({"logGroupName": "g", "deletionProtectionEnabled": true}));
    let refused = lab.call("DeleteLogGroup", json!({"logGroupName": "g"})).expect_err("protected");
    assert!(refused.starts_with("ValidationException: "), "{refused}");
    lab.ok(
        "PutLogGroupDeletionProtection",
        json!({"logGroupIdentifier": "g", "deletionProtectionEnabled": false}),
    );
    lab.ok("DeleteLogGroup", json!({"logGroupName": "g"}));
}

#[test]
fn groups_have_tags() {
    let mut lab = Lab::new();
    lab.ok("CreateLogGroup", json!({"logGroupName": "g", "tags": {"a": "1"}}));
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:g";
    lab.ok("TagResource", json!({"resourceArn": arn, "tags": {"a": "2", "b": "3"}}));
    lab.ok("TagLogGroup", json!({"logGroupName": "g", "tags": {"c": ""}}));
    let tags = lab.ok("ListTagsForResource", json!({"resourceArn": format!("{arn}:*")}));
    assert_eq!(tags["tags"], json!({"a": "2", "b": "3", "c": ""}));
    lab.ok("UntagResource", json!({"resourceArn": arn, "tagKeys": ["a"]}));
    lab.ok("UntagLogGroup", json!({"logGroupName": "g", "tags": ["b"]}));
    assert_eq!(lab.ok("ListTagsLogGroup", json!({"logGroupName": "g"}))["tags"], json!({"c": ""}));
    let many: serde_json::Map<_, _> = (0..50).map(|i| (format!("k{i}"), json!("v"))).collect();
    let refused = lab.call("TagResource", json!({"resourceArn": arn, "tags": many}));
    assert!(refused.expect_err("too many").starts_with("TooManyTagsException"));
    let refused = lab.call("TagResource", json!({"resourceArn": arn, "tags": {"aws:x": ""}}));
    assert!(refused.expect_err("reserved").starts_with("InvalidParameterException"));
    let other = json!({"resourceArn": format!("{arn}x"), "tags": {"a": ""}});
    assert!(lab.call("TagResource", other).expect_err("none").starts_with("ResourceNotFound"));
}

#[test]
fn policies_say_who_may() {
    let mut lab = Lab::with_stream();
    let iam = |lab: &mut Lab, name: &str, input: Value| {
        let op = crate::iam::SERVICE.operation(name).expect("an operation");
        lab.world.apply(START, &Caller::from(Principal::Root), op, input).expect(name);
    };
    iam(&mut lab, "CreateUser", json!({"UserName": "ada"}));
    let ada = || Principal::User("ada".into());
    let read = json!({"logGroupName": "g"});
    let denied = lab.ask(ada(), "FilterLogEvents", read.clone()).expect_err("denied");
    assert_eq!(
        denied,
        "AccessDeniedException: User: arn:aws:iam::123456789012:user/ada is not authorized to perform: \
         logs:FilterLogEvents on resource: arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream: \
         because no identity-based policy allows the logs:FilterLogEvents action"
    );
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": ["logs:FilterLogEvents", "logs:Get*", "logs:PutLogEvents"],
        "Resource": "arn:aws:logs:*:*:log-group:g:*"}]});
    let policy =
        json!({"UserName": "ada", "PolicyName": "p", "PolicyDocument": document.to_string()});
    iam(&mut lab, "PutUserPolicy", policy);
    lab.ask(ada(), "FilterLogEvents", read).expect("allowed");
    let page = json!({"logGroupIdentifier": "arn:aws:logs:us-east-1:123456789012:log-group:g",
        "logStreamName": "s"});
    lab.ask(ada(), "GetLogEvents", page).expect("allowed");
    let denied = lab.ask(ada(), "DescribeLogStreams", json!({"logGroupName": "g"}));
    assert!(denied.expect_err("denied").contains("logs:DescribeLogStreams on resource"));
}
