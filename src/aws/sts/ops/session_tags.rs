//! Tags of a session (IAM User Guide, "Pass session tags in AWS STS").

use crate::iam::rules::{constraint, invalid};
use crate::iam::shapes::Tag;
use crate::sts::state::Session;
use sim::api::ApiError;

/// The most tags of a session.
const TAGS_MAX: usize = 50;

sim::group! {
    /// The tags of a session, and which of them go on to sessions made from it.
    pub(super) struct Tagging {
        /// Tags of the session. The role's trust policy must allow `sts:TagSession` too.
        tags: Vec<Tag> => "Tags",
        /// Keys of those tags that sessions made from this one inherit.
        transitive: Vec<String> => "TransitiveTagKeys",
    }
}

fn bad(message: &str) -> ApiError {
    ApiError::new(400, "InvalidParameterValue", message)
}

/// Tags, and the keys of those that go on.
type Tags = (Vec<(String, String)>, Vec<String>);

impl Tagging {
    /// All tags of the session with those that it inherits, and the keys of those that go on.
    pub(super) fn tags(&self, parent: Option<&Session>) -> Result<Tags, ApiError> {
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        let inherited = parent.map(|p| p.transitive.as_slice()).unwrap_or_default();
        for (i, tag) in self.tags.iter().enumerate() {
            form(i, tag)?;
            if self.tags[..i].iter().any(|t| same(&t.key, &tag.key)) {
                return Err(bad(
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                ));
            }
            if inherited.iter().any(|key| same(key, &tag.key)) {
                return Err(bad(
                    "One of the specified transitive tag keys can't be set because it conflicts \
                     with a transitive tag key from the calling session.",
                ));
            }
        }
        if self.tags.len() > TAGS_MAX {
            let rule = format!("have length less than or equal to {TAGS_MAX}");
            return Err(constraint("[...]", "tags", &rule));
        }
        if self.transitive.iter().any(|key| !self.tags.iter().any(|t| same(&t.key, key))) {
            return Err(invalid(
                "The specified transitive tag key must be included in the requested tags.",
            ));
        }
        let going_on = |(key, _): &&(String, String)| inherited.iter().any(|k| same(k, key));
        let passed = parent.into_iter().flat_map(|p| &p.tags).filter(going_on).cloned();
        let own = self.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
        let transitive = inherited.iter().chain(&self.transitive).cloned().collect();
        Ok((passed.chain(own).collect(), transitive))
    }
}

fn form(at: usize, tag: &Tag) -> Result<(), ApiError> {
    let member = |name: &str| format!("tags.{}.member.{name}", at + 1);
    let too_long = |limit: usize| format!("have length less than or equal to {limit}");
    if tag.key.is_empty() {
        let rule = "have length greater than or equal to 1";
        return Err(constraint(&tag.key, &member("key"), rule));
    }
    if tag.key.chars().count() > 128 {
        return Err(constraint(&tag.key, &member("key"), &too_long(128)));
    }
    if tag.value.chars().count() > 256 {
        return Err(constraint(&tag.value, &member("value"), &too_long(256)));
    }
    Ok(())
}
