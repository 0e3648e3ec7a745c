//! Tests of tables and items: a small lab around the state, and cases by subject.

mod backups;
mod batches;
mod items;
mod model;
mod reads;
mod streams;
mod tables;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use super::context::{Cx, Event};
use super::error::ApiError;
use super::expression::{Condition, KeyCondition, Kind, Projection, Substitutions, Update};
use super::failure::Failure;
use super::item::{Action, GetItem, ItemWrite, ReturnValues, Written};
use super::key::ScalarType;
use super::place::Place;
use super::query::Query;
use super::read::{Page, Reading};
use super::state::State;
use super::table::TableDescription;
use super::table::spec::{
    BillingMode, IndexSpec, KeyRole, ProjectionKind, ProjectionSpec, StreamSpec, StreamView,
    TableSpec,
};
use super::time::Time;
use super::value::{Item, item_from_json, item_to_json};

/// The state with a clock, a generator and a queue, as the kernel has them.
#[derive(Clone)]
struct Lab {
    state: State,
    place: Place,
    now: Time,
    seed: u64,
    queue: BTreeMap<(Time, u64), Event>,
    queued: u64,
}

impl Lab {
    fn new() -> Self {
        Self {
            state: State::default(),
            place: Place { account: "123456789012".into(), region: "us-east-1".into() },
            now: Time(1_795_341_600_000),
            seed: 1,
            queue: BTreeMap::new(),
            queued: 0,
        }
    }

    /// A lab with one table that is ready.
    fn with(spec: &TableSpec) -> Self {
        let mut lab = Self::new();
        lab.create(spec).unwrap();
        lab.pass(60);
        lab
    }

    fn run<T>(&mut self, what: impl FnOnce(&mut State, &mut Cx<'_>) -> T) -> T {
        let seed = &mut self.seed;
        let mut draw = || {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *seed ^ (*seed >> 29)
        };
        let mut cx = Cx::new(self.place.clone(), self.now, &mut draw);
        let result = what(&mut self.state, &mut cx);
        for (time, event) in cx.events {
            assert!(time >= self.now, "{event:?} is in the past");
            self.queue.insert((time, self.queued), event);
            self.queued += 1;
        }
        result
    }

    /// Lets so many seconds pass, with everything that happens in them.
    fn pass(&mut self, seconds: u64) {
        let end = self.now.plus(Duration::from_secs(seconds));
        while let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= end) {
            let ((time, _), event) = entry.remove_entry();
            self.now = time;
            self.run(|state, cx| state.happen(cx, &event));
        }
        self.now = end;
    }

    fn create(&mut self, spec: &TableSpec) -> Result<TableDescription, ApiError> {
        self.run(|state, cx| state.create_table(cx, spec))
    }

    fn table(&self, name: &str) -> TableDescription {
        self.state.describe_table(&self.place, self.now, name).unwrap()
    }

    fn write(&mut self, write: &ItemWrite, values: ReturnValues) -> Result<Written, Failure> {
        self.run(|state, cx| state.write_item(cx, write, values))
    }

    fn put(&mut self, item: Value) {
        let write = put("tab", item);
        self.write(&write, ReturnValues::None).unwrap();
    }

    fn delete(&mut self, key: Value) {
        let write = delete("tab", key);
        self.write(&write, ReturnValues::None).unwrap();
    }

    fn get(&self, key: Value) -> Value {
        let get =
            GetItem { table: "tab".into(), key: item(key), projection: None, consistent: true };
        let got = self.state.get_item(&self.place, self.now, &get).unwrap();
        got.item.map_or(Value::Null, |item| item_to_json(&item))
    }

    /// Queries the table `tab`, or an index of it.
    fn query(
        &self,
        index: Option<&str>,
        condition: &str,
        values: Value,
        more: impl FnOnce(&mut Query),
    ) -> Result<Page, ApiError> {
        let key = self.state.query_key(&self.place, "tab", index)?;
        let range = key.range.as_ref().map(|range| range.name.as_str());
        let mut substitutions = substitutions(values);
        let condition = KeyCondition::parse(condition, &mut substitutions, &key.hash.name, range)?;
        let index = index.map(str::to_owned);
        let reading = Reading { table: "tab".into(), index, ..Reading::default() };
        let mut query = Query { reading, condition, forward: true };
        more(&mut query);
        self.state.query(&self.place, self.now, &query)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the cases write `item(json!({…}))`")]
fn item(json: Value) -> Item {
    item_from_json(&json).unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "the cases write `json!({…})`")]
fn substitutions(values: Value) -> Substitutions {
    Substitutions::new(None, values.as_object()).unwrap()
}

fn condition(text: &str, values: Value) -> Condition {
    Condition::parse(Kind::Condition, text, &mut substitutions(values)).unwrap()
}

fn projection(text: &str) -> Projection {
    Projection::parse(text, &mut substitutions(Value::Null)).unwrap()
}

fn write(table: &str, action: Action) -> ItemWrite {
    ItemWrite { table: table.into(), action, condition: None, show_old_on_failure: false }
}

fn put(table: &str, json: Value) -> ItemWrite {
    write(table, Action::Put(item(json)))
}

fn delete(table: &str, key: Value) -> ItemWrite {
    write(table, Action::Delete(item(key)))
}

fn update(table: &str, key: Value, text: &str, values: Value) -> ItemWrite {
    let update = Update::parse(text, &mut substitutions(values)).unwrap();
    write(table, Action::Update(item(key), Some(update)))
}

/// A table by a line such as `id:S n:N`, and indexes by lines such as `local l id:S x:S ALL` or
/// `global g x:S INCLUDE a b`.
fn spec(name: &str, key: &str, indexes: &[&str]) -> TableSpec {
    let mut attributes = BTreeMap::new();
    let mut keys = |text: &mut dyn Iterator<Item = &str>| -> Vec<(String, KeyRole)> {
        let roles = [KeyRole::Hash, KeyRole::Range];
        let attribute = |(text, role): (&str, KeyRole)| {
            let (name, kind) = text.split_once(':').unwrap();
            let kind = match kind {
                "S" => ScalarType::S,
                "N" => ScalarType::N,
                _ => ScalarType::B,
            };
            attributes.insert(name.to_owned(), kind);
            (name.to_owned(), role)
        };
        text.zip(roles).map(attribute).collect()
    };
    let table = keys(&mut key.split(' '));
    let (mut locals, mut globals) = (Vec::new(), Vec::new());
    for line in indexes {
        let words: Vec<_> = line.split(' ').collect();
        let keys = keys(&mut words[2..].iter().copied().take_while(|word| word.contains(':')));
        let (kind, non_key) = words[2 + keys.len()..].split_first().unwrap();
        let kind = match *kind {
            "ALL" => ProjectionKind::All,
            "INCLUDE" => ProjectionKind::Include,
            _ => ProjectionKind::KeysOnly,
        };
        let non_key: Vec<_> = non_key.iter().map(|name| (*name).to_owned()).collect();
        let non_key = (!non_key.is_empty()).then_some(non_key);
        let projection = ProjectionSpec { kind: Some(kind), non_key };
        let index = IndexSpec { name: words[1].into(), keys, projection, throughput: None };
        if words[0] == "local" { locals.push(index) } else { globals.push(index) }
    }
    TableSpec {
        name: name.into(),
        attributes: attributes.into_iter().collect(),
        keys: table,
        locals: (!locals.is_empty()).then_some(locals),
        globals: (!globals.is_empty()).then_some(globals),
        billing: Some(BillingMode::PayPerRequest),
        ..TableSpec::default()
    }
}

fn streaming(mut spec: TableSpec, view: StreamView) -> TableSpec {
    spec.stream = Some(StreamSpec { enabled: true, view: Some(view) });
    spec
}

/// Code and message, for comparison.
fn said(error: &ApiError) -> String {
    format!("{}: {}", error.code, error.message)
}

fn hash_of(state: &State) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}
