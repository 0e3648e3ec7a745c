//! `[hadoop]` of a world's shape: the racks of its machines and the properties of its services.

use serde_json::Value;

use crate::hdfs::config;
use sim::{Part, Wrong};

const KEYS: [&str; 2] = ["racks", "properties"];

/// The part as the kernel knows it.
pub(crate) const PART: Part = Part { name: "hadoop", check };

fn check(part: &Value, wrong: &mut Vec<Wrong>) {
    let Some(table) = part.as_object() else {
        wrong.push(Wrong::new(&[], "`hadoop` is no table", "write `[hadoop]` above its lines"));
        return;
    };
    for (key, value) in table {
        match key.as_str() {
            "racks" => machines::shape::check_racks(value, wrong),
            "properties" => config::check(value, wrong),
            key => wrong.push(Wrong::key(&[key], &KEYS)),
        }
    }
}
