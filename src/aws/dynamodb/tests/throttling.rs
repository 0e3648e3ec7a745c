//! Tables that refuse what is beyond their capacity.

use serde_json::{Value, json};

use super::{Lab, hash_of, item, put, said, spec, write};
use crate::dynamodb::batch::TableGet;
use crate::dynamodb::capacity::Capacity;
use crate::dynamodb::failure::Failure;
use crate::dynamodb::item::{Action, GetItem, ItemWrite, ReturnValues};
use crate::dynamodb::table::TableUpdate;
use crate::dynamodb::table::spec::{BillingMode, TableSpec, Throughput};

const TABLE: &str = "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the \
     table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";
const INDEX: &str = "ProvisionedThroughputExceededException: The level of configured provisioned throughput for one \
     or more global secondary indexes of the table was exceeded. Consider increasing your \
     provisioning level for the under-provisioned global secondary indexes with the UpdateTable API.";

#[expect(clippy::unnecessary_wraps, reason = "as a table's specification has it")]
fn units(read: u64, write: u64) -> Option<Throughput> {
    Some(Throughput { read, write })
}

/// A lab with the table `tab` of one unit of each kind, which has kept all that it can.
fn lab(indexes: &[&str], of_indexes: Option<Throughput>) -> Lab {
    let mut spec =
        TableSpec { billing: None, throughput: units(1, 1), ..spec("tab", "id:S", indexes) };
    for index in spec.globals.iter_mut().flatten() {
        index.throughput = of_indexes;
    }
    let mut lab = Lab::with(&spec);
    lab.throttles = true;
    lab.pass(300);
    lab
}

fn large(id: &str, kilobytes: usize) -> Value {
    json!({"id": {"S": id}, "text": {"S": "x".repeat(kilobytes * 1024 - 16)}})
}

impl Lab {
    /// What a write is answered.
    fn said(&mut self, write: &ItemWrite) -> String {
        let before = hash_of(&self.state);
        match self.write(write, ReturnValues::None) {
            Ok(_) => "done".into(),
            Err(failure) => {
                assert_eq!(hash_of(&self.state), before, "a refused write changes nothing");
                said(&failure.error())
            }
        }
    }

    fn reads(&self, id: &str) -> Result<Capacity, String> {
        let key = item(json!({"id": {"S": id}}));
        let get = GetItem { table: "tab".into(), key, projection: None, consistent: true };
        let got = self.state.get_item(&self.place, self.metered(), &get);
        got.map(|got| got.cost).map_err(|error| said(&error))
    }

    fn spend_reads(&mut self, units: u64) {
        let (place, now) = (self.place.clone(), self.now);
        let cost = Capacity { table: units * 2, ..Capacity::default() };
        self.state.charge_read(&place, now, "tab", &cost);
    }
}

#[test]
fn what_is_kept_lasts_five_minutes_and_the_last_one_may_go_beyond() {
    let mut lab = lab(&[], None);
    let write = put("tab", large("a", 97));
    for _ in 0..4 {
        assert_eq!(lab.said(&write), "done");
    }
    assert_eq!(lab.said(&write), TABLE);
    // 388 of 300: 88 seconds until nothing is owed, and one more.
    lab.pass(88);
    assert_eq!(lab.said(&write), TABLE);
    lab.pass(1);
    assert_eq!(lab.said(&write), "done");
    lab.throttles = false;
    assert_eq!(lab.said(&write), "done");
}

#[test]
fn reads_have_a_bucket_of_their_own() {
    let mut lab = lab(&[], None);
    lab.put(large("a", 4));
    lab.spend_reads(300);
    assert_eq!(lab.reads("a").unwrap_err(), TABLE);
    assert_eq!(lab.said(&put("tab", large("b", 1))), "done");
    lab.pass(1);
    assert_eq!(lab.reads("a").unwrap().table, 2);
}

#[test]
fn a_new_table_has_kept_nothing_yet() {
    let mut lab = Lab::new();
    lab.throttles = true;
    let spec = TableSpec { billing: None, throughput: units(1, 1), ..spec("tab", "id:S", &[]) };
    lab.create(&spec).unwrap();
    lab.pass(10);
    assert_eq!(lab.said(&put("tab", large("a", 10))), "done");
    assert_eq!(lab.said(&put("tab", large("b", 1))), TABLE);
    lab.pass(1);
    assert_eq!(lab.said(&put("tab", large("b", 1))), "done");
}

#[test]
fn an_index_holds_its_table_back() {
    let mut lab = lab(&["global glo x:S ALL"], units(1, 1));
    let mut item = large("a", 399);
    item["x"] = json!({"S": "1"});
    let update =
        TableUpdate { name: "tab".into(), throughput: units(1, 100), ..TableUpdate::default() };
    lab.run(|state, cx| state.update_table(cx, &update)).unwrap();
    lab.pass(300);
    assert_eq!(lab.said(&put("tab", item.clone())), "done");
    item["x"] = json!({"S": "2"});
    let error = lab.write(&put("tab", item), ReturnValues::None).unwrap_err().error();
    assert_eq!(said(&error), INDEX);
    assert_eq!(
        error.documents[0].1[0],
        json!({
            "reason": "IndexWriteProvisionedThroughputExceeded",
            "resource": "arn:aws:dynamodb:us-east-1:123456789012:table/tab/index/glo",
        })
    );
    // What does not touch the index is let in by the table.
    assert_eq!(lab.said(&put("tab", json!({"id": {"S": "b"}}))), "done");
}

#[test]
fn the_error_says_what_was_used_up() {
    let mut lab = lab(&[], None);
    lab.spend_reads(300);
    let key = item(json!({"id": {"S": "a"}}));
    let get = GetItem { table: "tab".into(), key, projection: None, consistent: true };
    let error = lab.state.get_item(&lab.place, lab.metered(), &get).unwrap_err();
    let reasons = json!([{
        "reason": "TableReadProvisionedThroughputExceeded",
        "resource": "arn:aws:dynamodb:us-east-1:123456789012:table/tab",
    }]);
    assert_eq!(error.documents, [("ThrottlingReasons".to_owned(), reasons)]);
}

#[test]
fn a_batch_reads_what_it_can() {
    let mut lab = lab(&[], None);
    for id in ["a", "b", "c"] {
        lab.put(large(id, 8));
    }
    lab.spend_reads(297);
    let keys = ["a", "b", "c"].map(|id| item(json!({"id": {"S": id}})));
    let get = |keys: &[_]| TableGet {
        table: "tab".into(),
        keys: keys.to_vec(),
        projection: None,
        consistent: true,
    };
    let (place, metered) = (lab.place.clone(), lab.metered());
    let got = lab.state.batch_get(&place, metered, &[get(&keys)]).unwrap();
    assert_eq!(got.items["tab"].len(), 2);
    assert_eq!(got.unprocessed["tab"], keys[2..]);
    lab.spend_reads(4);
    let error = lab.state.batch_get(&place, metered, &[get(&keys)]).unwrap_err();
    assert_eq!(said(&error), TABLE);
    assert_eq!(lab.state.batch_get(&place, None, &[get(&keys)]).unwrap().items["tab"].len(), 3);
}

#[test]
fn a_transaction_is_cancelled_with_the_reason() {
    let mut lab = lab(&[], None);
    assert_eq!(lab.said(&put("tab", large("a", 399))), "done");
    let before = hash_of(&lab.state);
    let writes =
        [put("tab", large("b", 1)), write("tab", Action::Delete(item(json!({"id": {"S": "c"}}))))];
    let failure = lab.run(|state, cx| state.transact_write(cx, &writes, None)).unwrap_err();
    assert_eq!(hash_of(&lab.state), before);
    let Failure::Cancelled(reasons) = failure else { panic!("{failure:?}") };
    for reason in reasons {
        assert_eq!(reason.code, "ProvisionedThroughputExceeded");
        assert_eq!(
            format!("ProvisionedThroughputExceededException: {}", reason.message.unwrap()),
            TABLE
        );
    }
}

#[test]
fn more_capacity_counts_from_when_it_is_there() {
    let mut lab = lab(&[], None);
    assert_eq!(lab.said(&put("tab", large("a", 399))), "done");
    let update =
        TableUpdate { name: "tab".into(), throughput: units(1, 100), ..TableUpdate::default() };
    lab.run(|state, cx| state.update_table(cx, &update)).unwrap();
    // 99 are owed. Two seconds of one unit until the update is over, and one of a hundred.
    lab.pass(2);
    assert_eq!(lab.said(&put("tab", large("a", 1))), TABLE);
    lab.pass(1);
    assert_eq!(lab.said(&put("tab", large("a", 1))), "done");
}

/// The API reference of `TransactWriteItems` has these words, among the reasons of a cancellation.
const ON_DEMAND: &str = "ThrottlingException: Throughput exceeds the current capacity of your table or index. DynamoDB \
     is automatically scaling your table or index so please try again shortly. If exceptions persist, \
     check if you have a hot key: \
     https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html";

/// A lab whose table `tab` is on demand.
fn on_demand(indexes: &[&str]) -> Lab {
    let billing = Some(BillingMode::PayPerRequest);
    let mut lab = Lab::with(&TableSpec { billing, ..spec("tab", "id:S", indexes) });
    lab.throttles = true;
    lab.pass(60);
    lab
}

/// How many writes of 399 units to different keys are let in within one second.
fn let_in(lab: &mut Lab) -> usize {
    lab.pass(1);
    let mut write = |n: usize| {
        let write = put("tab", large(&format!("key {n}"), 399));
        lab.write(&write, ReturnValues::None).is_ok()
    };
    (0..30).take_while(|n| write(*n)).count()
}

#[test]
fn on_demand_gives_4000_writes_a_second_and_twice_the_peak_after_half_an_hour() {
    let mut lab = on_demand(&[]);
    assert_eq!(let_in(&mut lab), 11, "3990 are under 4000, and one more");
    assert_eq!(lab.said(&put("tab", large("z", 1))), ON_DEMAND);
    let error = lab.write(&put("tab", large("z", 1)), ReturnValues::None).unwrap_err().error();
    assert_eq!(error.documents[0].0, "throttlingReasons");
    let reason = &error.documents[0].1[0]["reason"];
    assert_eq!(reason, "TableWriteKeyRangeThroughputExceeded");
    // Reads are counted apart: of 12,000 in a second each item of 399 KB takes 100.
    assert_eq!(lab.reads("key 1").unwrap().table, 200);
    lab.spend_reads(12_000);
    assert_eq!(lab.reads("key 1").unwrap_err(), ON_DEMAND);
    assert_eq!(let_in(&mut lab), 11, "the next second gives as much, not more");
    lab.pass(30 * 60);
    assert_eq!(let_in(&mut lab), 22, "twice 4389");
    lab.throttles = false;
    assert_eq!(let_in(&mut lab), 30, "all that were asked for");
}

#[test]
fn a_table_that_was_provisioned_gives_as_much_on_demand() {
    let mut lab = on_demand(&[]);
    let change = |lab: &mut Lab, billing, throughput| {
        let update = TableUpdate {
            name: "tab".into(),
            billing: Some(billing),
            throughput,
            ..TableUpdate::default()
        };
        lab.run(|state, cx| state.update_table(cx, &update)).unwrap();
        lab.pass(600);
    };
    change(&mut lab, BillingMode::Provisioned, units(1, 7000));
    change(&mut lab, BillingMode::PayPerRequest, None);
    assert_eq!(let_in(&mut lab), 18, "6783 are under 7000, and one more");
}

#[test]
fn one_partition_gives_1000_writes_and_3000_reads() {
    for provisioned in [false, true] {
        let mut lab = if provisioned { lab(&[], None) } else { on_demand(&[]) };
        let code = if provisioned {
            let update = TableUpdate {
                name: "tab".into(),
                throughput: units(10_000, 10_000),
                ..TableUpdate::default()
            };
            lab.run(|state, cx| state.update_table(cx, &update)).unwrap();
            lab.pass(300);
            TABLE
        } else {
            ON_DEMAND
        };
        for _ in 0..3 {
            assert_eq!(lab.said(&put("tab", large("hot", 399))), "done");
        }
        let hot = put("tab", large("hot", 1));
        assert_eq!(lab.said(&hot), code);
        let error = lab.write(&hot, ReturnValues::None).unwrap_err().error();
        let reason = &error.documents[0].1[0]["reason"];
        assert_eq!(reason, "TableWriteKeyRangeThroughputExceeded");
        assert_eq!(lab.said(&put("tab", large("cold", 1))), "done");
        // Each strong read of 399 KB takes 100.
        let mut taken = 0;
        while let Ok(cost) = lab.reads("hot") {
            let (place, now) = (lab.place.clone(), lab.now);
            lab.state.charge_read(&place, now, "tab", &cost);
            taken += cost.table / 2;
        }
        assert_eq!(taken, 3000);
        assert!(lab.reads("cold").is_ok());
        lab.pass(1);
        assert_eq!((lab.said(&hot).as_str(), lab.reads("hot").is_ok()), ("done", true));
    }
}

#[test]
fn an_index_on_demand_and_a_transaction_say_it_in_their_own_words() {
    let mut lab = on_demand(&["global glo x:S ALL"]);
    let mut failure = None;
    for n in 0..100 {
        // One key of the index; each write moves an entry, which costs it twice.
        let mut item = large(&format!("key {}", n % 4), 399);
        item["x"] = json!({"S": n.to_string()});
        if let Err(error) = lab.write(&put("tab", item), ReturnValues::None) {
            failure = Some(error.error());
            break;
        }
    }
    let error = failure.expect("the index gives no more");
    assert_eq!(
        said(&error),
        "ThrottlingException: Throughput exceeds the current capacity for one or more global \
         secondary indexes. DynamoDB is automatically scaling your index so please try again shortly."
    );
    assert_eq!(
        error.documents[0].1[0]["resource"],
        "arn:aws:dynamodb:us-east-1:123456789012:table/tab/index/glo"
    );
    let mut lab = on_demand(&[]);
    let_in(&mut lab);
    let writes = [put("tab", large("b", 1))];
    let failure = lab.run(|state, cx| state.transact_write(cx, &writes, None)).unwrap_err();
    let Failure::Cancelled(reasons) = failure else { panic!("{failure:?}") };
    assert_eq!(reasons[0].code, "ThrottlingError");
    let message = reasons[0].message.clone().unwrap();
    assert_eq!(format!("ThrottlingException: {message}"), ON_DEMAND);
}
