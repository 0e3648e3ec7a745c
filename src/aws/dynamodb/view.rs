//! DynamoDB as the screen shows it, made of general parts: tables with their keys and capacity, what
//! their indexes and streams are about, and the first items of each.
//!
//! A table of any size costs the same to show, since nothing is walked to its end.

use base::text::{binary_prefix, plural};
use sim::World;
use sim::view::View;

use super::key::{KeyAttribute, KeySchema};
use super::place::Place;
use super::rows::Rows;
use super::state::State;
use super::stream::Stream;
use super::table::spec::{BillingMode, Throughput};
use super::table::{Index, IndexKind, Table};
use super::ttl::TtlStatus;
use super::value::{AttributeValue, Item};

/// How many tables of a region are shown.
const TABLES_MAX: usize = 30;
/// How many items of a table are shown.
const ITEMS_MAX: usize = 20;
/// How many attributes of an item are shown beside its key.
const ATTRIBUTES_MAX: usize = 6;
/// How many characters of a value are shown.
const VALUE_MAX: usize = 32;

/// What the view shows: every table, by region.
pub(super) fn view(world: &World) -> View {
    of_state(world.get::<State>(), &world.config().region)
}

/// What a world shows whose own region is `own`.
pub(super) fn of_state(state: &State, own: &str) -> View {
    let mut view = View::default();
    for (place, region) in state.regions().filter(|(_, region)| !region.tables.is_empty()) {
        for table in region.tables.values().take(TABLES_MAX) {
            let stream = table.stream_arn.as_ref().and_then(|arn| region.streams.get(arn));
            view = of_table(view, &heading(place, own, table), table, stream);
        }
        if region.tables.len() > TABLES_MAX {
            let more = plural(region.tables.len() - TABLES_MAX, "table");
            view = view.section(format!("and {more} more in {}", place.region));
        }
    }
    if view.sections.is_empty() {
        view = view.section("Tables").note("There is no table yet: aws dynamodb create-table");
    }
    view
}

fn heading(place: &Place, own: &str, table: &Table) -> String {
    let status = table.status.name();
    if place.region == own {
        format!("{} · {status}", table.name)
    } else {
        format!("{} · {status} · {}", table.name, place.region)
    }
}

fn of_table(view: View, heading: &str, table: &Table, stream: Option<&Stream>) -> View {
    let mut facts = vec![
        ("key", key(&table.key)),
        ("capacity", capacity(table.billing, table.throughput.units)),
        ("items", amount(&table.rows)),
    ];
    if let (Some(kind), Some(stream)) = (table.stream, stream) {
        let records = usize::try_from(stream.recorded()).unwrap_or(usize::MAX);
        facts.push(("stream", format!("{}, {}", kind.name(), plural(records, "record"))));
    }
    if table.ttl.status() != TtlStatus::Disabled {
        let attribute = table.ttl.attribute().unwrap_or_default();
        facts.push(("time to live", format!("{} on {attribute}", table.ttl.status().name())));
    }
    if table.recovery.is_some() {
        facts.push(("point in time", "can be restored".into()));
    }
    if table.deletion_protection {
        facts.push(("deletion", "protected".into()));
    }
    let view = view.section(heading).facts(facts);
    let view = if table.indexes.is_empty() {
        view
    } else {
        let rows = table.indexes.values().map(|index| of_index(index, table.billing)).collect();
        view.table(&["Index", "Kind", "Key", "Status", "Capacity", "Items"], rows)
    };
    items(view, table)
}

fn of_index(index: &Index, billing: BillingMode) -> Vec<String> {
    let (kind, capacity) = match index.kind {
        IndexKind::Local => ("local", "the table's".into()),
        IndexKind::Global => ("global", capacity(billing, index.throughput.units)),
    };
    vec![
        index.name.clone(),
        kind.into(),
        key(&index.key),
        index.status.name().into(),
        capacity,
        index.rows.len().to_string(),
    ]
}

/// `id (S), at (N)`
fn key(schema: &KeySchema) -> String {
    let one = |a: &KeyAttribute| format!("{} ({})", a.name, a.kind.name());
    schema.attributes().map(one).collect::<Vec<_>>().join(", ")
}

fn capacity(billing: BillingMode, units: Throughput) -> String {
    match billing {
        BillingMode::PayPerRequest => "on demand".into(),
        BillingMode::Provisioned => {
            format!("{} read and {} write units provisioned", units.read, units.write)
        }
    }
}

fn amount(rows: &Rows) -> String {
    format!("{}, {}", rows.len(), binary_prefix(rows.bytes(), "B", 1))
}

/// The first items in the table's own order, which is that of the hashes of their partition keys.
fn items(view: View, table: &Table) -> View {
    if table.rows.is_empty() {
        return view.note("No item yet.");
    }
    let mut columns: Vec<&str> = table.key.attributes().map(|a| a.name.as_str()).collect();
    columns.push("Attributes");
    let row = |item: &Item| {
        let mut cells: Vec<String> = table
            .key
            .attributes()
            .map(|a| item.get(&a.name).map(short).unwrap_or_default())
            .collect();
        cells.push(others(&table.key, item));
        cells
    };
    let rows = table.rows.iter().take(ITEMS_MAX).map(|(_, stored)| row(&stored.item)).collect();
    let view = view.table(&columns, rows);
    match table.rows.len().checked_sub(ITEMS_MAX as u64) {
        Some(more @ 1..) => view.note(format!("and {more} more")),
        _ => view,
    }
}

fn others(key: &KeySchema, item: &Item) -> String {
    let mut others = item.iter().filter(|(name, _)| !key.has(name));
    let mut shown: Vec<String> = others
        .by_ref()
        .take(ATTRIBUTES_MAX)
        .map(|(name, value)| format!("{}: {}", cut(name), short(value)))
        .collect();
    if others.next().is_some() {
        shown.push("…".into());
    }
    shown.join(", ")
}

/// A value in a few characters; of what has parts, how many.
fn short(value: &AttributeValue) -> String {
    let elements = |count| plural(count, "element");
    match value {
        AttributeValue::S(text) => cut(text),
        AttributeValue::N(number) => number.to_string(),
        AttributeValue::Bool(is) => is.to_string(),
        AttributeValue::Null => "null".into(),
        AttributeValue::B(bytes) => plural(bytes.len(), "byte"),
        AttributeValue::Ss(set) => elements(set.len()),
        AttributeValue::Ns(set) => elements(set.len()),
        AttributeValue::Bs(set) => elements(set.len()),
        AttributeValue::L(list) => elements(list.len()),
        AttributeValue::M(map) => plural(map.len(), "attribute"),
    }
}

/// The first line's beginning.
fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(VALUE_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
