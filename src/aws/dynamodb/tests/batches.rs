//! Batches and transactions.

use super::*;
use crate::dynamodb::batch::TableGet;
use crate::dynamodb::failure::Reason;
use crate::dynamodb::table::spec::Throughput;
use crate::dynamodb::transact::Idempotency;

fn key(id: &str) -> Value {
    json!({"id": {"S": id}})
}

fn lab() -> Lab {
    Lab::with(&spec("tab", "id:S", &[]))
}

fn get(ids: &[&str]) -> TableGet {
    let keys = ids.iter().map(|id| item(key(id))).collect();
    TableGet { table: "tab".into(), keys, projection: None, consistent: true }
}

#[test]
fn a_batch_is_checked_as_a_whole() {
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let check = |ids: &[&str], expect: &str| {
        let lab = lab();
        let error = lab.state.batch_get(&lab.place, lab.metered(), &[get(ids)]).unwrap_err();
        assert_eq!(said(&error), format!("ValidationException: {expect}"));
    };
    let keys = |shown: &str, rule: &str| {
        format!(
            "1 validation error detected: Value '[{shown} keys]' at 'requestItems.tab.member.keys' \
             failed to satisfy constraint: Member must have length {rule}"
        )
    };
    check(&many, &keys("101", "less than or equal to 100"));
    check(&[], &keys("0", "greater than or equal to 1"));
    check(&["a", "b", "a"], "Provided list of item keys contains duplicates");
    check(
        &[""],
        "One or more parameter values are not valid. The AttributeValue for a key attribute \
                  cannot contain an empty string value. Key: id",
    );
    let check = |actions: Vec<Action>, expect: &str| {
        let mut lab = lab();
        let before = hash_of(&lab.state);
        let writes = [("tab".to_owned(), actions)];
        let error = lab.run(|state, cx| state.batch_write(cx, &writes)).unwrap_err();
        assert_eq!(said(&error), format!("ValidationException: {expect}"));
        assert_eq!(hash_of(&lab.state), before);
    };
    let put = |id: &str| Action::Put(item(key(id)));
    for count in [0, 26] {
        check(
            many[..count].iter().map(|id| put(id)).collect(),
            &format!(
                "1 validation error detected: Value '{{tab=[{count} requests]}}' at 'requestItems' \
                 failed to satisfy constraint: Map value must satisfy constraint: [Member must have \
                 length less than or equal to 25, Member must have length greater than or equal to 1]"
            ),
        );
    }
    check(
        vec![put("a"), Action::Delete(item(key("a")))],
        "Provided list of item keys contains duplicates",
    );
    check(
        vec![put("a"), Action::Put(item(json!({"x": {"S": "a"}})))],
        "One or more parameter values were invalid: Missing the key id in the item",
    );
    let mut lab = lab();
    let halves = ["tab", "other"]
        .map(|table| (table.to_owned(), many[..13].iter().map(|id| put(id)).collect::<Vec<_>>()));
    let error = lab.run(|state, cx| state.batch_write(cx, &halves)).unwrap_err();
    assert_eq!(error.message, "Too many items requested for the BatchWriteItem call");
}

#[test]
fn a_batch_leaves_what_does_not_fit() {
    let mut lab = lab();
    let ids: Vec<String> = (0..60).map(|n| n.to_string()).collect();
    for id in &ids {
        lab.put(json!({"id": {"S": id}, "x": {"S": "x".repeat(300_000)}}));
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let got = lab.state.batch_get(&lab.place, lab.metered(), &[get(&ids)]).unwrap();
    assert_eq!(got.items["tab"].len(), 55);
    assert_eq!(got.unprocessed["tab"], get(&ids[55..]).keys);
    assert_eq!(got.cost["tab"].table, 55 * 2 * 300_004_u64.div_ceil(4096));
}

#[test]
fn a_batch_leaves_what_capacity_does_not_allow() {
    let throughput = Some(Throughput { read: 1, write: 1 });
    let mut lab = Lab::with(&TableSpec { billing: None, throughput, ..spec("tab", "id:S", &[]) });
    lab.pass(300);
    lab.throttles = true;
    let put =
        |id: &str| Action::Put(item(json!({"id": {"S": id}, "x": {"S": "x".repeat(200 * 1024)}})));
    let writes = [("tab".to_owned(), vec![put("a"), put("b"), put("c")])];
    let written = lab.run(|state, cx| state.batch_write(cx, &writes)).unwrap();
    assert_eq!(written.unprocessed["tab"], vec![put("c")]);
    assert_ne!(lab.get(key("b")), Value::Null);
    let error = lab.run(|state, cx| state.batch_write(cx, &writes)).unwrap_err();
    assert_eq!(error.code, "ProvisionedThroughputExceededException");
}

fn transact(
    lab: &mut Lab,
    writes: &[ItemWrite],
) -> Result<crate::dynamodb::transact::Transacted, Failure> {
    lab.run(|state, cx| state.transact_write(cx, writes, None))
}

#[test]
fn a_transaction_is_all_or_nothing() {
    let mut lab = lab();
    lab.put(json!({"id": {"S": "a"}, "x": {"N": "1"}}));
    let add = |id: &str| update("tab", key(id), "SET x = x - :n", json!({":n": {"N": "1"}}));
    let mut guarded = add("a");
    guarded.condition = Some(condition("x > :n", json!({":n": {"N": "5"}})));
    guarded.show_old_on_failure = true;
    let before = hash_of(&lab.state);
    let writes = [put("tab", key("new")), guarded, add("missing")];
    let failure = transact(&mut lab, &writes).unwrap_err();
    assert_eq!(
        said(&failure.error()),
        "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons \
         for specific reasons [None, ConditionalCheckFailed, ValidationError]"
    );
    let Failure::Cancelled(reasons) = failure else { panic!("it was cancelled") };
    assert_eq!(reasons[0], Reason { code: "None", message: None, item: None });
    assert_eq!(reasons[1].message.as_deref(), Some("The conditional request failed"));
    assert_eq!(reasons[1].item.as_deref(), Some(&item(json!({"id": {"S": "a"}, "x": {"N": "1"}}))));
    assert_eq!(hash_of(&lab.state), before);
    let check = write("tab", Action::Check(item(key("a"))));
    let writes = [put("tab", key("new")), check, delete("tab", key("gone"))];
    let done = transact(&mut lab, &writes).unwrap();
    let cost = &done.cost["tab"];
    assert_eq!((cost.table, cost.own(), cost.total()), (12, 12, 12));
    assert_eq!(lab.get(key("new")), key("new"));
    let twice = [put("tab", key("a")), delete("tab", key("a"))];
    assert_eq!(
        said(&transact(&mut lab, &twice).unwrap_err().error()),
        "ValidationException: Transaction request cannot include multiple operations on one item"
    );
    let wrong = [delete("tab", json!({"nix": {"S": "a"}}))];
    let Failure::Cancelled(reasons) = transact(&mut lab, &wrong).unwrap_err() else {
        panic!("it was cancelled")
    };
    assert_eq!(
        reasons[0].message.as_deref(),
        Some("The provided key element does not match the schema")
    );
    let many: Vec<_> = (0..101).map(|n| put("tab", key(&n.to_string()))).collect();
    assert!(transact(&mut lab, &many).is_err());
    let large = |id: &str| put("tab", json!({"id": {"S": id}, "x": {"S": "x".repeat(400_000)}}));
    let large: Vec<_> = (0..11).map(|n| large(&n.to_string())).collect();
    let before = hash_of(&lab.state);
    assert!(transact(&mut lab, &large).is_err());
    assert_eq!(hash_of(&lab.state), before);
    transact(&mut lab, &large[..10]).unwrap();
}

#[test]
fn a_transaction_counts_a_collection_once() {
    let mut lab = Lab::with(&spec("tab", "id:S n:N", &["local loc id:S x:S ALL"]));
    let row = |n: u32| json!({"id": {"S": "a"}, "n": {"N": n.to_string()}, "x": {"S": "x"}});
    let writes: Vec<_> = (0..3).map(|n| put("tab", row(n))).collect();
    transact(&mut lab, &writes).unwrap();
    let table = &lab.state.region(&lab.place).unwrap().tables["tab"];
    let (bytes, rows) = (table.rows.bytes(), table.rows.len());
    let collection = *table.collections.values().next().unwrap();
    assert_eq!((rows, collection), (3, 2 * (bytes + 300)));
}

#[test]
fn a_token_stands_for_one_request() {
    let mut lab = lab();
    let run = |lab: &mut Lab, digest: u8, x: &str| {
        let add = update("tab", key("a"), "ADD x :n", json!({":n": {"N": x}}));
        let token = Idempotency { token: "token", digest: [digest; 16] };
        lab.run(|state, cx| state.transact_write(cx, &[add], Some(token)))
    };
    assert!(!run(&mut lab, 1, "1").unwrap().repeated);
    let again = run(&mut lab, 1, "1").unwrap();
    assert_eq!((again.repeated, again.cost["tab"].table), (true, 4));
    assert_eq!(lab.get(key("a"))["x"]["N"], "1");
    let other = run(&mut lab, 2, "5").unwrap_err();
    assert_eq!(other.error().code, "IdempotentParameterMismatchException");
    lab.pass(600);
    assert!(!run(&mut lab, 2, "5").unwrap().repeated);
    assert_eq!(lab.get(key("a"))["x"]["N"], "6");
}

#[test]
fn a_transaction_reads_at_once() {
    let mut lab = lab();
    lab.put(key("a"));
    let get = |json: Value| GetItem {
        table: "tab".into(),
        key: item(json),
        projection: None,
        consistent: false,
    };
    let read = |gets: &[GetItem]| lab.state.transact_get(&lab.place, lab.metered(), gets);
    let got = read(&[get(key("a")), get(key("b"))]).unwrap();
    assert_eq!((got.items, got.cost["tab"].table), (vec![Some(item(key("a"))), None], 8));
    let failure = read(&[get(key("a")), get(json!({"x": {"S": "a"}}))]).unwrap_err();
    assert_eq!(
        failure.error().message,
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, \
         ValidationError]"
    );
}
