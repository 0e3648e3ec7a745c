//! `--output text`: tab-separated values, keys sorted, each nested list under its name in capitals.
//!
//! In a list of structures every line has the same columns, empty where a structure lacks one.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::aws::value::python;

pub(super) fn render(value: &Value, to: &mut String) {
    item(value, None, None, to);
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn item(value: &Value, name: Option<&str>, columns: Option<&BTreeSet<&str>>, to: &mut String) {
    match value {
        Value::Object(map) => structure(map, name, columns, to),
        Value::Array(items) => list(items, name, to),
        scalar => {
            to.push_str(&python(scalar));
            to.push('\n');
        }
    }
}

fn list(items: &[Value], name: Option<&str>, to: &mut String) {
    if items.iter().any(Value::is_object) {
        let columns: BTreeSet<&str> = items
            .iter()
            .filter_map(Value::as_object)
            .flatten()
            .filter(|(_, v)| is_scalar(v))
            .map(|(k, _)| k.as_str())
            .collect();
        for value in items {
            item(value, name, Some(&columns), to);
        }
    } else if items.iter().any(Value::is_array) {
        let scalars: Vec<&Value> = items.iter().filter(|v| is_scalar(v)).collect();
        if !scalars.is_empty() {
            row(&scalars, name, to);
        }
        for value in items.iter().filter(|v| !is_scalar(v)) {
            item(value, name, None, to);
        }
    } else if !items.is_empty() {
        row(&items.iter().collect::<Vec<_>>(), name, to);
    }
}

/// Bare values: on one line, or each behind the name of their list.
fn row(scalars: &[&Value], name: Option<&str>, to: &mut String) {
    let cells = scalars.iter().map(|v| python(v));
    if let Some(name) = name {
        let name = name.to_uppercase();
        for cell in cells {
            to.extend([&name, "\t", &cell, "\n"]);
        }
    } else {
        to.push_str(&cells.collect::<Vec<_>>().join("\t"));
        to.push('\n');
    }
}

fn structure(
    map: &Map<String, Value>,
    name: Option<&str>,
    columns: Option<&BTreeSet<&str>>,
    to: &mut String,
) {
    let mut keys: Vec<&str> = map.keys().map(String::as_str).collect();
    keys.sort_unstable();
    let mut cells: Vec<String> = Vec::new();
    let nested: Vec<&str> = if let Some(columns) = columns {
        cells.extend(columns.iter().map(|k| map.get(*k).map_or(String::new(), python)));
        keys.into_iter().filter(|k| !columns.contains(k)).collect()
    } else {
        let (scalar, nested): (Vec<&str>, Vec<&str>) =
            keys.into_iter().partition(|k| is_scalar(&map[*k]));
        cells.extend(scalar.iter().map(|k| python(&map[*k])));
        nested
    };
    if !cells.is_empty() {
        if let Some(name) = name {
            cells.insert(0, name.to_uppercase());
        }
        to.push_str(&cells.join("\t"));
        to.push('\n');
    }
    for key in nested {
        item(&map[key], Some(key), None, to);
    }
}
