//! What a request breaks of the service's model: said in the model's words, and all of it at once.

use super::super::error::{ApiError, VALIDATION};
use super::super::key::ScalarType;
use super::spec::{IndexSpec, KeyRole, Throughput};
use crate::constraint;

/// What a request breaks of the service's model, which is told at once: "2 validation errors detected".
///
/// Of one member's faults some come in the order length, pattern and some the other way round; of a
/// structure's members those of capacity come backwards. Both are the order in which us-west-2 was seen
/// to answer. Across the members of `CreateTable` it is that of its documentation, as no answer is known.
#[derive(Debug, Default)]
pub(crate) struct Faults(constraint::Faults);

impl Faults {
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
            self.0.say(name, member, &rule);
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
                self.0.say(name, &member, &format!("Member must have length {bound}"));
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
        self.0.say(&format!("[{}]", shown.join(", ")), member, &rule);
    }

    /// Capacity that is none.
    pub(crate) fn units(&mut self, member: &str, units: Option<Throughput>) {
        let Some(units) = units else { return };
        for (name, units) in [("write", units.write), ("read", units.read)] {
            if units == 0 {
                let rule = "Member must have value greater than or equal to 1";
                self.0.say("0", &format!("{member}.{name}CapacityUnits"), rule);
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
        self.0.check(VALIDATION)
    }
}

/// Members whose pattern is told before their length.
const PATTERN_FIRST: [&str; 2] = ["backupName", "exclusiveStartTableName"];

fn element((name, role): &(String, KeyRole)) -> String {
    let role = if *role == KeyRole::Hash { "HASH" } else { "RANGE" };
    format!("KeySchemaElement(attributeName={name}, keyType={role})")
}
