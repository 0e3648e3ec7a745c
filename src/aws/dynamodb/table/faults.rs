//! What a request breaks of the service's model: said in the model's words, and all of it at once.

use super::super::error::{ApiError, validation};
use super::super::key::ScalarType;
use super::spec::{IndexSpec, KeyRole, Throughput};

/// What a request breaks of the service's model, which is told at once: "2 validation errors detected".
///
/// Of one member's faults some come in the order length, pattern and some the other way round; of a
/// structure's members those of capacity come backwards. Both are the order in which us-west-2 was seen
/// to answer. Across the members of `CreateTable` it is that of its documentation, as no answer is known.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, value: &str, member: &str, rule: &str) {
        self.0.push(fault(value, member, rule));
    }

    /// A name that is too short, too long or has other characters.
    pub(crate) fn name(&mut self, member: &str, name: &str) {
        let bound = match name.len() {
            0..3 => Some("greater than or equal to 3"),
            3..=255 => None,
            _ => Some("less than or equal to 255"),
        };
        let length = bound.map(|bound| format!("Member must have length {bound}"));
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let fits = !name.is_empty() && name.bytes().all(legal);
        let pattern = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+".to_owned();
        let mut rules = [length, (!fits).then_some(pattern)];
        if PATTERN_FIRST.contains(&member) {
            rules.reverse();
        }
        for rule in rules.into_iter().flatten() {
            self.add(name, member, &rule);
        }
    }

    pub(crate) fn attributes(&mut self, attributes: &[(String, ScalarType)]) {
        for (at, (name, _)) in attributes.iter().enumerate() {
            if !(1..=255).contains(&name.len()) {
                let bound = if name.is_empty() {
                    "greater than or equal to 1"
                } else {
                    "less than or equal to 255"
                };
                let member = format!("attributeDefinitions.{}.member.attributeName", at + 1);
                self.add(name, &member, &format!("Member must have length {bound}"));
            }
        }
    }

    pub(crate) fn keys(&mut self, member: &str, keys: &[(String, KeyRole)]) {
        let bound = match keys.len() {
            0 => "greater than or equal to 1",
            1 | 2 => return,
            _ => "less than or equal to 2",
        };
        let shown: Vec<_> = keys.iter().map(element).collect();
        let rule = format!("Member must have length {bound}");
        self.add(&format!("[{}]", shown.join(", ")), member, &rule);
    }

    /// Capacity that is none.
    pub(crate) fn units(&mut self, member: &str, units: Option<Throughput>) {
        let Some(units) = units else { return };
        for (name, units) in [("write", units.write), ("read", units.read)] {
            if units == 0 {
                let rule = "Member must have value greater than or equal to 1";
                self.add("0", &format!("{member}.{name}CapacityUnits"), rule);
            }
        }
    }

    /// An index as it stands in a request.
    pub(crate) fn index(&mut self, at: &str, index: &IndexSpec) {
        self.name(&format!("{at}.indexName"), &index.name);
        self.keys(&format!("{at}.keySchema"), &index.keys);
        self.units(&format!("{at}.provisionedThroughput"), index.throughput);
    }

    /// # Errors
    /// All of them as one complaint.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        let count = match self.0.len() {
            0 => return Ok(()),
            1 => "1 validation error".to_owned(),
            many => format!("{many} validation errors"),
        };
        Err(validation(format!("{count} detected: {}", self.0.join("; "))))
    }
}

/// Members whose pattern is told before their length.
const PATTERN_FIRST: [&str; 2] = ["backupName", "exclusiveStartTableName"];

/// One fault in the words of the model.
pub(crate) fn fault(value: &str, member: &str, rule: &str) -> String {
    format!("Value '{value}' at '{member}' failed to satisfy constraint: {rule}")
}

fn element((name, role): &(String, KeyRole)) -> String {
    let role = if *role == KeyRole::Hash { "HASH" } else { "RANGE" };
    format!("KeySchemaElement(attributeName={name}, keyType={role})")
}
