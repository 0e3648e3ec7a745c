//! Policies of repositories. Their statements name no resource: what they are about is the
//! repository that they are attached to.

use serde_json::{Value, json};

use super::errors::invalid;
use crate::policy::Policy;
use sim::api::ApiError;

/// The longest policy, in characters (API reference, `SetRepositoryPolicy`).
const TEXT_MAX: usize = 10_240;

/// Reads a policy.
///
/// # Errors
/// It is none, or too long.
pub(super) fn read(text: &str) -> Result<Policy, ApiError> {
    if text.chars().count() > TEXT_MAX {
        let constraint = format!("Member must have length less than or equal to {TEXT_MAX}");
        return Err(invalid("policyText", constraint));
    }
    parsed(text).ok_or_else(|| invalid("PolicyText", "Invalid repository policy provided"))
}

fn parsed(text: &str) -> Option<Policy> {
    let mut document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get_mut("Statement")?;
    let one_by_one = match statements {
        Value::Array(all) => all.iter_mut().collect(),
        one => vec![one],
    };
    for statement in one_by_one {
        let fields = statement.as_object_mut()?;
        if !fields.contains_key("Resource") && !fields.contains_key("NotResource") {
            fields.insert("Resource".to_owned(), json!("*"));
        }
    }
    let policy = Policy::parse(&document.to_string()).ok()?;
    Some(Policy { text: text.to_owned(), ..policy })
}
