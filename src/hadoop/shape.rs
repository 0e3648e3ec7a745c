//! `[hadoop]` of a world's shape: the racks of its machines and the properties of its services.

use serde_json::Value;

use crate::hdfs::config;
use sim::{Key, Part, Wrong};

/// The part as the kernel knows it.
pub(crate) const PART: Part = Part { name: "hadoop", keys: KEYS, check };

const KEYS: &[Key] = &[
    Key {
        name: "racks",
        about: "The rack of each DataNode's machine; they are called `dn1`, `dn2` and so on in this \
                order. Four on `/rack1` and four on `/rack2` by default.",
        example: "racks = [\"/rack1\", \"/rack1\", \"/rack2\"]",
    },
    Key {
        name: "properties",
        about: "Settings by Hadoop's own names, with text values as in hdfs-site.xml; \
                `hdfs getconf -confKey NAME` shows one. One that nothing here depends on cannot \
                be changed.",
        example: "properties = { \"dfs.replication\" = \"2\" }",
    },
];

fn check(key: &str, value: &Value, wrong: &mut Vec<Wrong>) {
    match key {
        "racks" => machines::shape::check_racks(value, wrong),
        _ => config::check(value, wrong),
    }
}
