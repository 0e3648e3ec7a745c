//! Streams and time to live.

use super::*;
use crate::dynamodb::stream::{IteratorStart, Origin, Record, RecordKind};
use crate::dynamodb::table::{Status, TableUpdate};
use crate::dynamodb::time::label;
use crate::dynamodb::ttl::TtlStatus;

impl Lab {
    fn stream(&self) -> String {
        self.table("tab").latest_stream_arn.unwrap()
    }

    fn shards(&self) -> Vec<crate::dynamodb::stream::ShardDescription> {
        let described =
            self.state.describe_stream(&self.place, self.now, &self.stream(), None, None, None);
        described.unwrap().shards
    }

    fn iterator(&self, shard: &str, start: &IteratorStart) -> Result<String, ApiError> {
        self.state.get_shard_iterator(&self.place, self.now, &self.stream(), shard, start)
    }

    /// Every record of the stream that is there, from the oldest shard to the newest.
    pub(super) fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for shard in self.shards() {
            let mut next = Some(self.iterator(&shard.id, &IteratorStart::TrimHorizon).unwrap());
            while let Some(iterator) = next {
                let page =
                    self.state.get_records(&self.place, self.now, &iterator, Some(7)).unwrap();
                let done = page.records.is_empty();
                records.extend(page.records.into_iter().cloned());
                next = page.next.filter(|_| !done);
            }
        }
        records
    }
}

fn row(id: &str, x: &str) -> Value {
    json!({"id": {"S": id}, "x": {"S": x}})
}

#[test]
fn a_stream_shows_what_its_view_says() {
    let check = |view: StreamView, old: bool, new: bool| {
        let mut lab = Lab::with(&streaming(spec("tab", "id:S", &[]), view));
        lab.put(row("a", "1"));
        lab.put(row("a", "1"));
        lab.put(row("a", "2"));
        lab.delete(json!({"id": {"S": "a"}}));
        lab.delete(json!({"id": {"S": "a"}}));
        let records = lab.records();
        let kinds: Vec<_> = records.iter().map(|record| record.kind).collect();
        assert_eq!(kinds, [RecordKind::Insert, RecordKind::Modify, RecordKind::Remove]);
        let image = |json: Value, shown: bool| shown.then(|| item(json).into());
        let images: Vec<_> = records.iter().map(|r| (r.old.clone(), r.new.clone())).collect();
        let expect = [
            (None, image(row("a", "1"), new)),
            (image(row("a", "1"), old), image(row("a", "2"), new)),
            (image(row("a", "2"), old), None),
        ];
        assert_eq!(images, expect);
        assert!(records.iter().all(|record| record.keys == item(json!({"id": {"S": "a"}}))));
        assert!(records.iter().all(|record| record.by == Origin::Request));
        assert!(records.iter().all(|record| record.sequence_number().len() >= 21));
    };
    check(StreamView::KeysOnly, false, false);
    check(StreamView::NewImage, false, true);
    check(StreamView::OldImage, true, false);
    check(StreamView::NewAndOldImages, true, true);
}

#[test]
fn iterators_begin_where_they_are_told_and_end() {
    let mut lab = Lab::with(&streaming(spec("tab", "id:S", &[]), StreamView::KeysOnly));
    for id in ["a", "b", "c"] {
        lab.put(row(id, "1"));
    }
    let shard = lab.shards().remove(0).id;
    let numbers: Vec<_> = lab.records().iter().map(Record::sequence_number).collect();
    let read = |lab: &Lab, iterator: &str| {
        let page = lab.state.get_records(&lab.place, lab.now, iterator, None)?;
        Ok::<_, ApiError>(page.records.iter().map(|r| r.sequence_number()).collect::<Vec<_>>())
    };
    let check = |start: IteratorStart, expect: &[String]| {
        let iterator = lab.iterator(&shard, &start).unwrap();
        assert_eq!(read(&lab, &iterator).unwrap(), expect, "{start:?}");
    };
    check(IteratorStart::TrimHorizon, &numbers);
    check(IteratorStart::Latest, &[]);
    check(IteratorStart::At(numbers[1].clone()), &numbers[1..]);
    check(IteratorStart::After(numbers[1].clone()), &numbers[2..]);
    check(IteratorStart::AtTimestamp(lab.now), &numbers);
    check(IteratorStart::AtTimestamp(lab.now.plus(Duration::from_secs(1))), &[]);
    assert!(lab.iterator(&shard, &IteratorStart::At("1".into())).is_err());
    assert!(lab.iterator("shardId-00000001541626099285-f35f62ef", &IteratorStart::Latest).is_err());
    let latest = lab.iterator(&shard, &IteratorStart::Latest).unwrap();
    lab.pass(14 * 60);
    lab.put(row("d", "1"));
    assert_eq!(read(&lab, &latest).unwrap().len(), 1);
    lab.pass(60);
    assert_eq!(read(&lab, &latest).unwrap_err().code, "ExpiredIteratorException");
    let broken = read(&lab, &latest.replace("|1|", "|1|AA")).unwrap_err();
    assert_eq!(said(&broken), "ValidationException: Invalid ShardIterator");
    let iterator = lab.iterator(&shard, &IteratorStart::TrimHorizon).unwrap();
    let many = lab.state.get_records(&lab.place, lab.now, &iterator, Some(1001)).unwrap_err();
    assert_eq!(many.code, "ValidationException");
}

#[test]
fn shards_have_children_and_records_a_day() {
    let mut lab = Lab::with(&streaming(spec("tab", "id:S", &[]), StreamView::NewImage));
    for n in 0..8 {
        lab.put(row("a", &n.to_string()));
        lab.pass(5 * 3600);
    }
    let shards = lab.shards();
    for pair in shards.windows(2) {
        assert_eq!(pair[1].parent.as_ref(), Some(&pair[0].id));
        assert!(pair[0].ending_sequence_number < Some(pair[1].starting_sequence_number.clone()));
    }
    assert!(shards.last().unwrap().ending_sequence_number.is_none());
    // Forty hours have passed; what is older than 24 is gone.
    let records = lab.records();
    let seen: Vec<_> =
        records.iter().map(|r| item_to_json(r.new.as_ref().unwrap())["x"]["S"].clone()).collect();
    assert_eq!(seen, ["4", "5", "6", "7"]);
    let children = lab.state.describe_stream(
        &lab.place,
        lab.now,
        &lab.stream(),
        None,
        Some(&shards[0].id),
        None,
    );
    assert_eq!(children.unwrap().shards, [shards[1].clone()]);
    // A closed shard ends.
    let iterator = lab.iterator(&shards[0].id, &IteratorStart::TrimHorizon).unwrap();
    assert_eq!(lab.state.get_records(&lab.place, lab.now, &iterator, None).unwrap().next, None);
}

#[test]
fn a_stream_is_turned_off_and_outlives_its_table_by_a_day() {
    let mut lab = Lab::with(&streaming(spec("tab", "id:S", &[]), StreamView::NewImage));
    lab.put(row("a", "1"));
    let arn = lab.stream();
    let status = |lab: &Lab| {
        lab.state.describe_stream(&lab.place, lab.now, &arn, None, None, None).map(|s| s.status)
    };
    assert_eq!(status(&lab).unwrap(), "ENABLED");
    let off = TableUpdate {
        name: "tab".into(),
        stream: Some(StreamSpec { enabled: false, view: None }),
        ..TableUpdate::default()
    };
    lab.run(|state, cx| state.update_table(cx, &off)).unwrap();
    assert_eq!((status(&lab).unwrap(), lab.table("tab").status), ("DISABLING", Status::Updating));
    lab.pass(10);
    assert_eq!(status(&lab).unwrap(), "DISABLED");
    lab.put(row("b", "1"));
    assert_eq!(lab.records().len(), 1);
    let on = TableUpdate {
        stream: Some(StreamSpec { enabled: true, view: Some(StreamView::KeysOnly) }),
        ..off
    };
    lab.run(|state, cx| state.update_table(cx, &on)).unwrap();
    assert_ne!(lab.stream(), arn);
    assert!(lab.run(|state, cx| state.update_table(cx, &on)).is_err());
    lab.pass(10);
    let list =
        |lab: &Lab| lab.state.list_streams(&lab.place, Some("tab"), None, None).unwrap().0.len();
    assert_eq!(list(&lab), 2);
    lab.run(|state, cx| state.delete_table(cx, "tab")).unwrap();
    lab.pass(12 * 3600);
    assert_eq!(list(&lab), 2);
    lab.pass(12 * 3600);
    assert_eq!(list(&lab), 0);
}

#[test]
fn expired_items_go_at_a_sweep() {
    let mut lab = Lab::with(&streaming(spec("tab", "id:S", &[]), StreamView::OldImage));
    let now = lab.now.secs();
    let ends = |id: &str, at: i64| json!({"id": {"S": id}, "end": {"N": at.to_string()}});
    lab.put(ends("before", now + 30));
    let set = |lab: &mut Lab, on: bool, name: &str| {
        lab.run(|state, cx| state.update_time_to_live(cx, "tab", on, name)).map_err(|e| e.message)
    };
    let already = set(&mut lab, false, "end").unwrap_err();
    assert_eq!(already, "TimeToLive is already disabled");
    set(&mut lab, true, "end").unwrap();
    let status = |lab: &Lab| lab.state.describe_time_to_live(&lab.place, "tab").unwrap().0;
    assert_eq!(status(&lab), TtlStatus::Enabling);
    assert_eq!(set(&mut lab, true, "end").unwrap_err(), "TimeToLive is already enabled");
    assert_eq!(
        set(&mut lab, false, "end").unwrap_err(),
        "Time to live has been modified multiple times within a fixed interval"
    );
    lab.pass(600);
    assert_eq!(status(&lab), TtlStatus::Enabled);
    assert_eq!(
        set(&mut lab, false, "other").unwrap_err(),
        "TimeToLive is active on a different AttributeName: current AttributeName is end"
    );
    lab.put(ends("soon", lab.now.secs() + 60));
    lab.put(ends("later", lab.now.secs() + 3000));
    lab.put(ends("ancient", lab.now.secs() - 6 * 366 * 86_400));
    lab.put(json!({"id": {"S": "text"}, "end": {"S": "1"}}));
    let left = |lab: &Lab| {
        let ids = ["before", "soon", "later", "ancient", "text"];
        let there = |id: &&str| lab.get(json!({"id": {"S": id}})) != Value::Null;
        ids.into_iter().filter(there).collect::<Vec<_>>().join(" ")
    };
    lab.pass(1200);
    assert_eq!(left(&lab), "later ancient text");
    lab.pass(3600);
    assert_eq!(left(&lab), "ancient text");
    let removed: Vec<_> =
        lab.records().into_iter().filter(|r| r.kind == RecordKind::Remove).collect();
    assert_eq!(removed.len(), 3);
    assert!(removed.iter().all(|record| record.by == Origin::TimeToLive && record.old.is_some()));
    assert!(lab.queue.is_empty(), "nothing left to wait for: {:?}", lab.queue);
    set(&mut lab, false, "end").unwrap();
    lab.put(ends("kept", lab.now.secs()));
    lab.pass(7200);
    assert_ne!(lab.get(json!({"id": {"S": "kept"}})), Value::Null);
}

#[test]
fn an_item_that_is_given_more_time_stays() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    lab.run(|state, cx| state.update_time_to_live(cx, "tab", true, "end")).unwrap();
    lab.pass(600);
    let ends = |at: i64| json!({"id": {"S": "a"}, "end": {"N": at.to_string()}});
    lab.put(ends(lab.now.secs() + 10));
    lab.put(ends(lab.now.secs() + 7200));
    lab.pass(3600);
    assert_ne!(lab.get(json!({"id": {"S": "a"}})), Value::Null);
    lab.pass(2 * 3600);
    assert_eq!(lab.get(json!({"id": {"S": "a"}})), Value::Null);
}

#[test]
fn labels_are_dates() {
    let check = |ms: i64, expect: &str| assert_eq!(label(Time(ms)), expect);
    check(0, "1970-01-01T00:00:00.000");
    check(951_782_400_000, "2000-02-29T00:00:00.000");
    check(1_432_155_070_252, "2015-05-20T20:51:10.252");
    check(1_798_761_599_999, "2026-12-31T23:59:59.999");
}
