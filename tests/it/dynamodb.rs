//! DynamoDB over the wire: those who race, and streams of a server that is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::http::Client;
use crate::support::{Home, Server};

/// Asks; nothing when the connection ends before the answer is whole.
fn try_call(client: &mut Client, target: &str, input: &Value) -> Option<(u16, Value)> {
    let answer = client.try_ask("POST /", &[("X-Amz-Target", target)], &input.to_string())?;
    let body = serde_json::from_str(&answer.body).expect("JSON");
    Some((answer.status, body))
}

#[track_caller]
fn call(client: &mut Client, name: &str, input: &Value) -> (u16, Value) {
    let target = format!("DynamoDB_20120810.{name}");
    try_call(client, &target, input).expect("an answer in time")
}

/// A server of this profile with the table `tab`, whose stream has both images.
fn served(home: &Home) -> Server {
    let server = home.serve(&["--no-auth"]);
    let table = json!({
        "TableName": "tab",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    });
    let (status, made) = call(&mut Client::new(&server.address), "CreateTable", &table);
    assert_eq!(status, 200, "{made}");
    home.expect(0, &["time", "--lab", "serve", "+1m"]);
    server
}

fn counter(client: &mut Client, id: &str) -> u64 {
    let get = json!({"TableName": "tab", "Key": {"id": {"S": id}}, "ConsistentRead": true});
    let (status, got) = call(client, "GetItem", &get);
    assert_eq!(status, 200, "{got}");
    got["Item"]["n"]["N"].as_str().map_or(0, |n| n.parse().expect("a number"))
}

/// Whether a write with a condition was done; the only other answer is that its condition failed.
#[track_caller]
fn wins(client: &mut Client, name: &str, input: &Value) -> bool {
    let (status, answer) = call(client, name, input);
    if status == 400 {
        let kind = answer["__type"].as_str().unwrap_or_default();
        assert!(kind.ends_with("#ConditionalCheckFailedException"), "{answer}");
    }
    status == 200
}

#[test]
fn of_those_who_race_for_a_condition_one_wins() {
    const CLIENTS: u64 = 12;
    const EACH: u64 = 20;
    let home = Home::new();
    let mut server = served(&home);
    let racing: Vec<_> = (0..CLIENTS)
        .map(|who| {
            let address = server.address.clone();
            std::thread::spawn(move || {
                let mut client = Client::new(&address);
                let mut won = BTreeSet::new();
                for round in 0..EACH {
                    // Who comes first has the item.
                    let first = json!({
                        "TableName": "tab",
                        "Item": {"id": {"S": format!("race-{round}")}, "who": {"N": who.to_string()}},
                        "ConditionExpression": "attribute_not_exists(id)",
                    });
                    if wins(&mut client, "PutItem", &first) {
                        won.insert(round);
                    }
                    // Optimistic locking: read, and write only if nobody has written since.
                    loop {
                        let seen = counter(&mut client, "counter");
                        let values = json!({
                            ":old": {"N": seen.to_string()},
                            ":new": {"N": (seen + 1).to_string()},
                        });
                        let add = json!({
                            "TableName": "tab",
                            "Key": {"id": {"S": "counter"}},
                            "UpdateExpression": "SET n = :new",
                            "ConditionExpression": "n = :old OR attribute_not_exists(n)",
                            "ExpressionAttributeValues": values,
                        });
                        if wins(&mut client, "UpdateItem", &add) {
                            break;
                        }
                    }
                }
                won
            })
        })
        .collect();
    let won: Vec<u64> =
        racing.into_iter().flat_map(|thread| thread.join().expect("it ends")).collect();
    let rounds: BTreeSet<u64> = won.iter().copied().collect();
    assert_eq!(
        (won.len() as u64, rounds.len() as u64),
        (EACH, EACH),
        "one winner a round: {won:?}"
    );
    assert_eq!(counter(&mut Client::new(&server.address), "counter"), CLIENTS * EACH);

    server.child.kill().expect("killed");
    let _ = server.child.wait();
    let again = home.serve(&["--no-auth"]);
    assert_eq!(counter(&mut Client::new(&again.address), "counter"), CLIENTS * EACH);
}

/// Every record of the table's stream, in the order in which a consumer gets them: shard by shard, the
/// parents first.
fn records(client: &mut Client) -> Vec<Value> {
    let mut ask = |name: &str, input: &Value| {
        let target = format!("DynamoDBStreams_20120810.{name}");
        let (status, answer) = try_call(client, &target, input).expect("an answer in time");
        assert_eq!(status, 200, "{name}: {answer}");
        answer
    };
    let listed = ask("ListStreams", &json!({"TableName": "tab"}));
    let arn = &listed["Streams"][0]["StreamArn"];
    let described = ask("DescribeStream", &json!({"StreamArn": arn}));
    let mut found = Vec::new();
    for shard in described["StreamDescription"]["Shards"].as_array().expect("shards") {
        let start = json!({
            "StreamArn": arn,
            "ShardId": shard["ShardId"],
            "ShardIteratorType": "TRIM_HORIZON",
        });
        let mut iterator = ask("GetShardIterator", &start)["ShardIterator"].take();
        while iterator.is_string() {
            let mut page = ask("GetRecords", &json!({"ShardIterator": iterator}));
            let more = page["Records"].as_array().expect("records").clone();
            if more.is_empty() {
                break;
            }
            found.extend(more);
            iterator = page["NextShardIterator"].take();
        }
    }
    found
}

/// A write that was sent, and whether it was acknowledged.
type Sent = (u64, bool);

/// Puts the numbers from `first` on under two keys by turns, until the server is gone.
fn put_until_killed(address: &str, client: usize, first: u64) -> BTreeMap<String, Vec<Sent>> {
    let mut http = Client::new(address);
    let mut sent: BTreeMap<String, Vec<Sent>> = BTreeMap::new();
    for n in first.. {
        let id = format!("key-{client}-{}", n % 2);
        let item = json!({"id": {"S": id}, "n": {"N": n.to_string()}});
        let input = json!({"TableName": "tab", "Item": item});
        let answer = try_call(&mut http, "DynamoDB_20120810.PutItem", &input);
        let done = answer.is_some_and(|(status, _)| status == 200);
        sent.entry(id).or_default().push((n, done));
        if !done {
            break;
        }
    }
    sent
}

#[test]
fn a_stream_tells_each_change_once_and_in_order_whoever_is_killed() {
    const ROUNDS: u64 = 4;
    const CLIENTS: usize = 6;
    let home = Home::new();
    let mut server = served(&home);
    let mut sent: BTreeMap<String, Vec<Sent>> = BTreeMap::new();
    let mut delays = Vec::new();
    for round in 0..ROUNDS {
        let writing: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let address = server.address.clone();
                std::thread::spawn(move || put_until_killed(&address, client, round * 1_000_000))
            })
            .collect();
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let delay = Duration::from_millis(150 + u64::from(clock.subsec_micros() % 500));
        delays.push(delay);
        std::thread::sleep(delay);
        server.child.kill().expect("killed");
        let _ = server.child.wait();
        for thread in writing {
            for (id, more) in thread.join().expect("it ends") {
                sent.entry(id).or_default().extend(more);
            }
        }
        server = home.serve(&["--no-auth"]);
    }
    let acknowledged = sent.values().flatten().filter(|(_, done)| *done).count();
    assert!(acknowledged > 0, "some writes were acknowledged before the kills after {delays:?}");

    let records = records(&mut Client::new(&server.address));
    let ids: BTreeSet<&str> = records.iter().filter_map(|r| r["eventID"].as_str()).collect();
    assert_eq!(ids.len(), records.len(), "no record comes twice");
    let mut told: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for record in &records {
        let id = record["dynamodb"]["Keys"]["id"]["S"].as_str().expect("a key");
        told.entry(id).or_default().push(record);
    }
    for (id, sent) in &sent {
        let mut records = told.remove(id.as_str()).unwrap_or_default().into_iter().peekable();
        let mut before = None;
        for (n, done) in sent {
            let n = n.to_string();
            let is_next = |r: &&Value| r["dynamodb"]["NewImage"]["n"]["N"] == n.as_str();
            let Some(record) = records.next_if(is_next) else {
                // What nobody was told of may have been done or not.
                assert!(!done, "{id}: {n} is missing after {delays:?}");
                continue;
            };
            assert_eq!(record["dynamodb"]["OldImage"]["n"]["N"].as_str(), before.as_deref());
            let kind = if before.is_none() { "INSERT" } else { "MODIFY" };
            assert_eq!(record["eventName"], kind);
            before = Some(n);
        }
        assert!(records.next().is_none(), "{id}: more was told than was written, after {delays:?}");
        let last = before.expect("something was written").parse();
        assert_eq!(Ok(counter(&mut Client::new(&server.address), id)), last, "{id}");
    }
    assert!(told.is_empty(), "{told:?}");
}
