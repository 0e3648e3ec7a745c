//! Which machines a world begins with, and what may be said of them in its shape.
//!
//! `[hadoop] racks` names the rack of each DataNode's machine; `[machines]` says how big each is.

use serde_json::Value;

use super::Host;
use sim::{Config, Key, Part, Wrong};

/// The racks of the machines of a world that says nothing.
const RACKS: [&str; 8] =
    ["/rack1", "/rack1", "/rack1", "/rack1", "/rack2", "/rack2", "/rack2", "/rack2"];
/// Addresses are `10.0.RACK.10+PLACE`.
pub const MACHINES_MAX: usize = 200;
const MEMORY: u64 = 16 << 30;
const CORES: u32 = 4;
const DISK: u64 = 50 << 30;
const DISKS_MAX: usize = 24;

/// The part as the kernel knows it.
pub(crate) const PART: Part = Part { name: "machines", keys: KEYS, check };

const KEYS: &[Key] = &[
    Key {
        name: "memory",
        about: "The memory of each machine. 16 GiB by default.",
        example: "memory = \"16 GiB\"",
    },
    Key {
        name: "cores",
        about: "The processor cores of each machine. 4 by default.",
        example: "cores = 4",
    },
    Key {
        name: "disks",
        about: "The size of each disk of each machine. One of 50 GiB by default.",
        example: "disks = [\"50 GiB\", \"50 GiB\"]",
    },
];

/// The machines as a world begins, all of them running.
#[must_use]
pub fn hosts(config: &Config) -> Vec<Host> {
    let shape = &config.shape;
    let said = shape.say("hadoop", "racks").and_then(Value::as_array);
    let racks: Vec<&str> = match said {
        Some(list) => list.iter().filter_map(Value::as_str).collect(),
        None => RACKS.to_vec(),
    };
    let memory = shape.say("machines", "memory").and_then(bytes).unwrap_or(MEMORY);
    let cores = shape.say("machines", "cores").and_then(count).unwrap_or(CORES);
    let disks = shape.say("machines", "disks").and_then(Value::as_array);
    let disks: Vec<u64> =
        disks.map_or_else(|| vec![DISK], |list| list.iter().filter_map(bytes).collect());
    let mut known: Vec<(&str, usize)> = Vec::new();
    let mut hosts = Vec::new();
    for rack in racks.into_iter().take(MACHINES_MAX) {
        let row = known.iter().position(|(name, _)| *name == rack).unwrap_or_else(|| {
            known.push((rack, 0));
            known.len() - 1
        });
        known[row].1 += 1;
        hosts.push(Host {
            name: format!("dn{}", hosts.len() + 1),
            address: format!("10.0.{}.{}", row + 1, 10 + known[row].1),
            rack: rack.to_owned(),
            memory,
            cores,
            disks: disks.clone(),
            filled: 0,
            on: true,
            since: config.start,
            life: 0,
            cut: None,
        });
    }
    hosts
}

fn check(key: &str, value: &Value, wrong: &mut Vec<Wrong>) {
    match key {
        "memory" if bytes(value).is_none() => wrong.push(size(&["memory"], value)),
        "cores" if count(value).is_none() => wrong.push(Wrong::new(
            &["cores"],
            format!("`cores` is {value}"),
            "write a whole number from 1 to 1024, like `cores = 4`",
        )),
        "disks" => disks(value, wrong),
        _ => {}
    }
}

fn disks(value: &Value, wrong: &mut Vec<Wrong>) {
    let list = value.as_array().filter(|list| (1..=DISKS_MAX).contains(&list.len()));
    let Some(list) = list else {
        wrong.push(Wrong::new(
            &["disks"],
            "`disks` is not a list of 1 to 24 sizes",
            "write the size of each disk, like `disks = [\"50 GiB\", \"50 GiB\"]`",
        ));
        return;
    };
    for (at, disk) in list.iter().enumerate().filter(|(_, disk)| bytes(disk).is_none()) {
        wrong.push(size(&["disks", &at.to_string()], disk));
    }
}

fn size(path: &[&str], value: &Value) -> Wrong {
    let meant =
        "write a number with KiB, MiB, GiB or TiB after it, up to 1024 TiB, like \"16 GiB\"";
    Wrong::new(path, format!("{value} is not a size"), meant)
}

/// Finds what is wrong in the list of the racks of all machines.
pub fn check_racks(value: &Value, wrong: &mut Vec<Wrong>) {
    let list = value.as_array().filter(|list| (1..=MACHINES_MAX).contains(&list.len()));
    let Some(list) = list else {
        wrong.push(Wrong::new(
            &["racks"],
            format!("`racks` is not a list of 1 to {MACHINES_MAX} racks"),
            "write the rack of each machine, like `racks = [\"/rack1\", \"/rack1\", \"/rack2\"]`",
        ));
        return;
    };
    for (at, rack) in list.iter().enumerate() {
        let fine = |name: &str| {
            let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            !name.is_empty() && name.len() <= 32 && letters
        };
        if !rack.as_str().and_then(|rack| rack.strip_prefix('/')).is_some_and(fine) {
            wrong.push(Wrong::new(
                &["racks", &at.to_string()],
                format!("{rack} is not a rack"),
                "write a slash and a name, like \"/rack1\"",
            ));
        }
    }
}

/// Bytes, of a text like `16 GiB`.
fn bytes(value: &Value) -> Option<u64> {
    const UNITS: [(&str, u32); 4] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    let text = value.as_str()?;
    let (number, shift) =
        UNITS.iter().find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, shift)))?;
    let number = number.strip_suffix(' ').unwrap_or(number);
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let bytes = number.parse::<u64>().ok()?.checked_mul(1 << shift)?;
    (1..=1 << 50).contains(&bytes).then_some(bytes)
}

fn count(value: &Value) -> Option<u32> {
    let number = value.as_u64().and_then(|n| u32::try_from(n).ok())?;
    (1..=1024).contains(&number).then_some(number)
}
