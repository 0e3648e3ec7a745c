//! Random tables against a naive model: what is read, what the indexes have, what the stream says,
//! what recovery brings back.

use proptest::prelude::*;

use super::*;
use crate::dynamodb::backup::RestoreOverrides;
use crate::dynamodb::expression::SortCondition;
use crate::dynamodb::key::KeySchema;
use crate::dynamodb::number::Number;
use crate::dynamodb::rows::item_bytes;
use crate::dynamodb::scan::Scan;
use crate::dynamodb::stream::RecordKind;
use crate::dynamodb::table::{Index, IndexKind};
use crate::dynamodb::value::AttributeValue;

/// The model: items by partition and sort key.
type Model = BTreeMap<(String, i64), Item>;

#[derive(Clone, Debug)]
enum Step {
    Put { id: u8, n: i8, x: Option<u8>, y: Option<i8> },
    Set { id: u8, n: i8, x: u8 },
    Drop { id: u8, n: i8 },
    Delete { id: u8, n: i8 },
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || (0..4_u8, -4..4_i8);
    let step = prop_oneof![
        5 => (key(), proptest::option::of(0..3_u8), proptest::option::of(-2..2_i8))
            .prop_map(|((id, n), x, y)| Step::Put { id, n, x, y }),
        2 => (key(), 0..3_u8).prop_map(|((id, n), x)| Step::Set { id, n, x }),
        1 => key().prop_map(|(id, n)| Step::Drop { id, n }),
        2 => key().prop_map(|(id, n)| Step::Delete { id, n }),
        1 => (1..3000_u16).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..60)
}

fn table() -> TableSpec {
    streaming(
        spec(
            "tab",
            "id:S n:N",
            &[
                "local loc id:S x:S KEYS_ONLY",
                "global all x:S y:N ALL",
                "global inc x:S INCLUDE t",
                "global num y:N n:N KEYS_ONLY",
            ],
        ),
        StreamView::NewAndOldImages,
    )
}

fn key(id: u8, n: i8) -> Value {
    json!({"id": {"S": format!("p{id}")}, "n": {"N": n.to_string()}})
}

fn text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => text.clone(),
        other => panic!("{other:?} is no string"),
    }
}

/// Runs the steps on the table and on the model, which is kept as of each step.
fn play(steps: &[Step]) -> (Lab, Vec<(Time, Model)>) {
    let mut lab = Lab::with(&table());
    lab.run(|state, cx| state.update_continuous_backups(cx, "tab", true, None)).unwrap();
    let mut model = Model::new();
    let mut moments = vec![(lab.now, model.clone())];
    for step in steps {
        let place = |id: u8, n: i8| (format!("p{id}"), i64::from(n));
        let mut change = |lab: &mut Lab, write: ItemWrite, id: u8, n: i8| {
            lab.write(&write, ReturnValues::None).unwrap();
            let got = lab.get(key(id, n));
            match got {
                Value::Null => model.remove(&place(id, n)),
                json => model.insert(place(id, n), item(json)),
            };
        };
        match *step {
            Step::Put { id, n, x, y } => {
                let mut json = key(id, n);
                json["t"] = json!({"S": "text"});
                if let Some(x) = x {
                    json["x"] = json!({"S": format!("x{x}")});
                }
                if let Some(y) = y {
                    json["y"] = json!({"N": y.to_string()});
                }
                change(&mut lab, put("tab", json.clone()), id, n);
                assert_eq!(lab.get(key(id, n)), item_to_json(&item(json)));
            }
            Step::Set { id, n, x } => {
                let set = json!({":x": {"S": format!("x{x}")}});
                change(&mut lab, update("tab", key(id, n), "SET x = :x", set), id, n);
            }
            Step::Drop { id, n } => {
                change(&mut lab, update("tab", key(id, n), "REMOVE x, t", Value::Null), id, n);
            }
            Step::Delete { id, n } => change(&mut lab, delete("tab", key(id, n)), id, n),
            Step::Wait(seconds) => lab.pass(u64::from(seconds)),
        }
        moments.push((lab.now, model.clone()));
    }
    (lab, moments)
}

/// What an index must have of an item, in the plainest words.
fn projected(schema: &KeySchema, index: &Index, item: &Item) -> Option<Item> {
    if !index.key.attributes().all(|attribute| item.contains_key(&attribute.name)) {
        return None;
    }
    let has = |name: &str| {
        let mut keys = schema.attributes().chain(index.key.attributes());
        keys.any(|attribute| attribute.name == name)
            || index.projection.kind == ProjectionKind::All
            || index.projection.non_key.contains(name)
    };
    Some(item.iter().filter(|(n, _)| has(n)).map(|(n, v)| (n.clone(), v.clone())).collect())
}

fn check_indexes(lab: &Lab, model: &Model) {
    let table = &lab.state.region(&lab.place).unwrap().tables["tab"];
    let rows: BTreeSet<Item> = table.rows.iter().map(|(_, row)| (*row.item).clone()).collect();
    assert_eq!(rows, model.values().cloned().collect());
    assert_eq!(table.rows.bytes(), model.values().map(item_bytes).sum::<u64>());
    let mut collections: BTreeMap<String, u64> = BTreeMap::new();
    for (item, id) in model.values().map(|item| (item, text(&item["id"]))) {
        *collections.entry(id).or_default() += item_bytes(item) + 100;
    }
    for index in table.indexes.values() {
        let want = model.values().filter_map(|item| projected(&table.key, index, item));
        let want: Vec<Item> = want.collect();
        let mut have: Vec<Item> = index.rows.iter().map(|(_, row)| (*row.item).clone()).collect();
        assert_eq!(have.len(), want.len(), "{}", index.name);
        have.sort();
        let mut sorted = want.clone();
        sorted.sort();
        assert_eq!(have, sorted, "{}", index.name);
        assert_eq!(index.rows.bytes(), want.iter().map(item_bytes).sum::<u64>());
        if index.kind == IndexKind::Local {
            for item in &want {
                *collections.get_mut(&text(&item["id"])).unwrap() += item_bytes(item) + 100;
            }
        }
    }
    let mut sizes: Vec<_> = table.collections.values().copied().collect();
    sizes.sort_unstable();
    let mut want: Vec<_> = collections.into_values().collect();
    want.sort_unstable();
    assert_eq!(sizes, want);
}

fn check_stream(lab: &Lab, model: &Model) {
    let mut state = BTreeMap::<Item, Item>::new();
    let mut last = String::new();
    for record in lab.records() {
        assert!(record.sequence_number() > last, "in order, and once");
        last = record.sequence_number();
        let old = record.old.as_deref().cloned();
        assert_eq!(state.get(&record.keys), old.as_ref(), "what a record replaces was there");
        assert_ne!(record.old, record.new, "a record changes something");
        let kind = match (&record.old, &record.new) {
            (None, _) => RecordKind::Insert,
            (_, None) => RecordKind::Remove,
            _ => RecordKind::Modify,
        };
        assert_eq!(record.kind, kind);
        match &record.new {
            Some(new) => state.insert(record.keys.clone(), (**new).clone()),
            None => state.remove(&record.keys),
        };
    }
    assert_eq!(
        state.into_values().collect::<BTreeSet<_>>(),
        model.values().cloned().collect::<BTreeSet<_>>()
    );
}

/// All pages of a scan or a query, one after the other.
fn pages(limit: u64, mut read: impl FnMut(Option<Item>) -> Page) -> Vec<Item> {
    let (mut items, mut start) = (Vec::new(), None);
    loop {
        let page = read(start);
        assert!(page.scanned <= limit && page.count <= page.scanned);
        assert_eq!(page.last.is_some(), page.scanned == limit, "a page ends where its limit is");
        items.extend(page.items.unwrap());
        start = page.last;
        if start.is_none() {
            return items;
        }
    }
}

fn scan(lab: &Lab, index: Option<&str>, limit: u64, segments: Option<(u32, u32)>) -> Vec<Item> {
    pages(limit, |start| {
        let reading = Reading {
            table: "tab".into(),
            index: index.map(str::to_owned),
            limit: Some(limit),
            start,
            ..Reading::default()
        };
        let (segment, total_segments) = segments.unzip();
        let scan = Scan { reading, segment, total_segments };
        lab.state.scan(&lab.place, lab.metered(), &scan).unwrap()
    })
}

fn check_scans(lab: &Lab, model: &Model, limit: u64, total: u32) {
    for index in [None, Some("loc"), Some("all"), Some("inc"), Some("num")] {
        let whole = scan(lab, index, 1000, None);
        assert_eq!(scan(lab, index, limit, None), whole, "pages are the whole");
        let parts = (0..total).flat_map(|segment| scan(lab, index, limit, Some((segment, total))));
        assert_eq!(parts.collect::<Vec<_>>(), whole, "segments are the whole");
        if index.is_none() {
            let set: BTreeSet<&Item> = whole.iter().collect();
            assert_eq!((set.len(), whole.len()), (model.len(), model.len()));
        }
    }
}

fn check_queries(lab: &Lab, model: &Model, limit: u64, bound: i64) {
    let number = |n: i64| AttributeValue::N(Number::parse(&n.to_string()).unwrap());
    let conditions = [
        None,
        Some(SortCondition::Less(number(bound))),
        Some(SortCondition::GreaterOrEqual(number(bound))),
        Some(SortCondition::Between(number(bound), number(bound + 3))),
    ];
    for ((id, forward), sort) in ["p0", "p1", "p9"]
        .into_iter()
        .flat_map(|id| [(id, true), (id, false)])
        .flat_map(|pair| conditions.iter().map(move |sort| (pair, sort)))
    {
        let inside = |n: i64| match sort {
            None => true,
            Some(SortCondition::Less(_)) => n < bound,
            Some(SortCondition::GreaterOrEqual(_)) => n >= bound,
            _ => (bound..=bound + 3).contains(&n),
        };
        let mut want: Vec<Item> = model
            .iter()
            .filter(|((of, n), _)| of == id && inside(*n))
            .map(|(_, item)| item.clone())
            .collect();
        if !forward {
            want.reverse();
        }
        let condition =
            KeyCondition { partition: AttributeValue::S(id.to_owned()), sort: sort.clone() };
        let got = pages(limit, |start| {
            let reading =
                Reading { table: "tab".into(), limit: Some(limit), start, ..Reading::default() };
            let query = Query { reading, condition: condition.clone(), forward };
            lab.state.query(&lab.place, lab.metered(), &query).unwrap()
        });
        assert_eq!(got, want, "{id} {sort:?} {forward}");
    }
}

/// Queries of a global index, where many items share a key.
fn check_index_queries(lab: &Lab, model: &Model, limit: u64) {
    for (x, forward) in ["x0", "x1", "x2"].into_iter().flat_map(|x| [(x, true), (x, false)]) {
        let value = AttributeValue::S(x.to_owned());
        let got = pages(limit, |start| {
            let reading = Reading {
                table: "tab".into(),
                index: Some("all".into()),
                limit: Some(limit),
                start,
                ..Reading::default()
            };
            let condition = KeyCondition { partition: value.clone(), sort: None };
            lab.state
                .query(&lab.place, lab.metered(), &Query { reading, condition, forward })
                .unwrap()
        });
        let of = |item: &&Item| item.get("x") == Some(&value) && item.contains_key("y");
        let want: BTreeSet<Item> = model.values().filter(of).cloned().collect();
        assert_eq!(got.len(), want.len());
        assert_eq!(got.iter().cloned().collect::<BTreeSet<_>>(), want);
        let sorted =
            got.is_sorted_by(|a, b| if forward { a["y"] <= b["y"] } else { a["y"] >= b["y"] });
        assert!(sorted, "in the order of the index's sort key");
    }
}

/// Filters: what they leave of scans in segments, of queries from either side and of an index's, as
/// a naive model has it; and that they cost no less.
#[expect(clippy::too_many_lines, reason = "one model, and every way of reading beside it")]
fn check_filters(lab: &Lab, model: &Model, limit: u64, total: u32, bound: i64) {
    let text = "y > :y OR attribute_not_exists(x) OR n IN (:y, :z)";
    let values = json!({":y": {"N": bound.to_string()}, ":z": {"N": (bound + 2).to_string()}});
    let filter = |keyed: bool| {
        // A query's filter cannot speak of the key.
        let text = if keyed { "y > :y OR attribute_not_exists(x) OR size(x) > :z" } else { text };
        condition(text, values.clone())
    };
    let number = |item: &Item, name: &str| match item.get(name) {
        Some(AttributeValue::N(number)) => number.to_string().parse::<i64>().ok(),
        _ => None,
    };
    let kept = |item: &Item, keyed: bool| {
        let n = number(item, "n");
        let length = match item.get("x") {
            Some(AttributeValue::S(text)) => i64::try_from(text.len()).ok(),
            _ => None,
        };
        number(item, "y").is_some_and(|y| y > bound)
            || !item.contains_key("x")
            || if keyed {
                length.is_some_and(|length| length > bound + 2)
            } else {
                n == Some(bound) || n == Some(bound + 2)
            }
    };
    let reading = |index: Option<&str>, keyed: bool, start| Reading {
        table: "tab".into(),
        index: index.map(str::to_owned),
        filter: Some(filter(keyed)),
        limit: Some(limit),
        start,
        ..Reading::default()
    };
    let scanned = (0..total).flat_map(|segment| {
        pages(limit, |start| {
            let (segment, total_segments) = (Some(segment), Some(total));
            let scan = Scan { reading: reading(None, false, start), segment, total_segments };
            let page = lab.state.scan(&lab.place, lab.metered(), &scan).unwrap();
            let unfiltered = Reading { filter: None, ..scan.reading.clone() };
            let whole = Scan { reading: unfiltered, ..scan };
            let whole = lab.state.scan(&lab.place, lab.metered(), &whole).unwrap();
            assert_eq!((page.scanned, &page.cost), (whole.scanned, &whole.cost));
            page
        })
    });
    let want: BTreeSet<&Item> = model.values().filter(|item| kept(item, false)).collect();
    let scanned: Vec<Item> = scanned.collect();
    assert_eq!(scanned.len(), want.len());
    assert_eq!(scanned.iter().collect::<BTreeSet<_>>(), want);

    for (id, forward) in ["p0", "p1", "p2"].into_iter().flat_map(|id| [(id, true), (id, false)]) {
        let query = |index: Option<&str>, sort: Option<SortCondition>| {
            pages(limit, |start| {
                let partition = AttributeValue::S(id.to_owned());
                let condition = KeyCondition { partition, sort: sort.clone() };
                let query = Query { reading: reading(index, true, start), condition, forward };
                lab.state.query(&lab.place, lab.metered(), &query).unwrap()
            })
        };
        let of = |(key, item): (&(String, i64), &Item)| {
            (key.0 == id && kept(item, true)).then(|| item.clone())
        };
        let mut want: Vec<Item> = model.iter().filter_map(of).collect();
        if !forward {
            want.reverse();
        }
        assert_eq!(query(None, None), want, "{id} {forward}");
        // The local index by its sort key, and by the table's where that is the same.
        let of_index = |index: &str, from: &str| {
            let prefix = SortCondition::BeginsWith(AttributeValue::S(from.to_owned()));
            let condition =
                KeyCondition { partition: AttributeValue::S(id.to_owned()), sort: Some(prefix) };
            pages(limit, |start| {
                let reading = Reading { filter: None, ..reading(Some(index), true, start) };
                let query = Query { reading, condition: condition.clone(), forward };
                lab.state.query(&lab.place, lab.metered(), &query).unwrap()
            })
        };
        let place = |item: &Item| (item.get("x").cloned(), number(item, "n"));
        let mut want: Vec<_> = model
            .iter()
            .filter(|((of, _), item)| of == id && item.contains_key("x"))
            .map(|(_, item)| place(item))
            .collect();
        want.sort();
        if !forward {
            want.reverse();
        }
        let got: Vec<_> = of_index("loc", "x").iter().map(place).collect();
        assert_eq!(got, want, "{id} {forward}");
        assert!(of_index("loc", "none").is_empty());
    }
}

fn check_recovery(lab: &Lab, moments: &[(Time, Model)]) {
    let mut lab = lab.clone();
    lab.pass(300);
    for (n, (moment, _)) in moments.iter().enumerate().step_by(7) {
        // Of the models of one moment the last one is what was there.
        let (_, model) = moments.iter().rfind(|(time, _)| time == moment).unwrap();
        let target = format!("restored{n}");
        let none = RestoreOverrides::default();
        let restored = lab.run(|state, cx| {
            state.restore_to_point_in_time(cx, "tab", &target, Some(*moment), &none)
        });
        restored.unwrap();
        let mut region = lab.state.region(&lab.place).unwrap().clone();
        let table = region.tables.remove(&target).unwrap();
        region.tables.insert("tab".into(), table);
        let mut view = lab.clone();
        *view.state.region_mut(&view.place.clone()) = region;
        check_indexes(&view, model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn reads_are_those_of_a_naive_table(
        steps in steps(),
        limit in 1..9_u64,
        total in 1..7_u32,
        bound in -5..5_i64,
    ) {
        let (lab, moments) = play(&steps);
        let (_, model) = moments.last().unwrap();
        check_scans(&lab, model, limit, total);
        check_queries(&lab, model, limit, bound);
        check_index_queries(&lab, model, limit);
        check_filters(&lab, model, limit, total, bound);
    }

    #[test]
    fn indexes_and_stream_follow_the_table(steps in steps()) {
        let (lab, moments) = play(&steps);
        let (_, model) = moments.last().unwrap();
        check_indexes(&lab, model);
        check_stream(&lab, model);
        check_recovery(&lab, &moments);
    }

    #[test]
    fn the_same_steps_lead_to_the_same_state(steps in steps()) {
        let (once, _) = play(&steps);
        let (twice, _) = play(&steps);
        prop_assert_eq!(hash_of(&once.state), hash_of(&twice.state));
        // Waiting in one step or in many is the same.
        let (mut long, mut short) = (once, twice);
        long.pass(3000);
        (0..3000).step_by(60).for_each(|_| short.pass(60));
        prop_assert_eq!(hash_of(&long.state), hash_of(&short.state));
    }

    #[test]
    fn keys_order_as_their_values(
        a in proptest::collection::vec(0..3_u8, 0..4),
        b in proptest::collection::vec(0..3_u8, 0..4),
        x in "-?[0-9]{1,5}(\\.[0-9]{1,4})?",
        y in "-?[0-9]{1,5}(\\.[0-9]{1,4})?",
    ) {
        use crate::dynamodb::key::{Key, scalar};
        let place = |bytes: &[u8]| Key::partition(b"p").with(bytes);
        prop_assert_eq!(place(&a).cmp(&place(&b)), a.cmp(&b));
        let number = |text: &str| Number::parse(text).unwrap();
        let bytes = |text: &str| {
            let value = AttributeValue::N(number(text));
            scalar(&value, ScalarType::N).unwrap().into_owned()
        };
        let order = place(&bytes(&x)).cmp(&place(&bytes(&y)));
        prop_assert_eq!(order, number(&x).cmp(&number(&y)));
    }
}
