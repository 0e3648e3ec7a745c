//! Tags of tables.
//!
//! Source: API reference, `TagResource`, `UntagResource`, `ListTagsOfResource`; developer guide,
//! "Tagging resources".

use std::collections::{BTreeMap, BTreeSet};

use super::error::{ApiError, validation};
use super::key::invalid;
use super::place::{Place, table_name};
use super::state::State;
use super::table::Table;

/// Tags of a resource.
pub const TAGS_MAX: usize = 50;
/// Tags in a page of a list.
const PAGE_MAX: usize = 10;

/// # Errors
/// A key or a value cannot be one, a key comes twice, or there are too many.
pub(crate) fn check(tags: &[(String, String)]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    for (key, value) in tags {
        if !(1..=128).contains(&key.chars().count()) {
            let what = format!("The Tag Key provided is invalid, Key: {key}");
            return Err(validation(what));
        }
        if value.chars().count() > 256 {
            let what = format!("The Tag Value provided is invalid, Value: {value}");
            return Err(validation(what));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            let what = format!("Tag Key cannot be prefixed with aws:, Key: {key}");
            return Err(validation(what));
        }
        if !seen.insert(key) {
            return Err(validation(format!(
                "Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}"
            )));
        }
    }
    room(tags.len())
}

fn room(count: usize) -> Result<(), ApiError> {
    if count <= TAGS_MAX {
        return Ok(());
    }
    Err(validation("Number of Tags exceed the current limit for the provided ResourceArn"))
}

/// The name of the table that an ARN names.
fn table_of<'a>(place: &Place, arn: &'a str) -> Result<&'a str, ApiError> {
    if !arn.starts_with("arn:") {
        return Err(invalid(format!("ARNs must start with 'arn:': {arn}")));
    }
    table_name(place, arn)
}

fn missing(arn: &str) -> ApiError {
    let message = format!("Requested resource not found: ResourceArn: {arn} not found");
    ApiError::new(400, "ResourceNotFoundException", message)
}

impl State {
    fn tagged(&mut self, place: &Place, arn: &str) -> Result<&mut Table, ApiError> {
        let name = table_of(place, arn)?;
        self.table_mut(place, name).map_err(|_| missing(arn))
    }

    /// `TagResource`.
    ///
    /// # Errors
    /// There is no such table, or the tags cannot be so.
    pub fn tag(
        &mut self,
        place: &Place,
        arn: &str,
        tags: &[(String, String)],
    ) -> Result<(), ApiError> {
        if tags.is_empty() {
            return Err(validation("Atleast one Tag needs to be provided as Input."));
        }
        check(tags)?;
        let table = self.tagged(place, arn)?;
        let all: BTreeSet<&String> = table.tags.keys().chain(tags.iter().map(|(k, _)| k)).collect();
        room(all.len())?;
        table.tags.extend(tags.iter().cloned());
        Ok(())
    }

    /// `UntagResource`.
    ///
    /// # Errors
    /// There is no such table, or no key is given.
    pub fn untag(&mut self, place: &Place, arn: &str, keys: &[String]) -> Result<(), ApiError> {
        if keys.is_empty() {
            return Err(validation("Atleast one Tag Key needs to be provided as Input."));
        }
        let table = self.tagged(place, arn)?;
        table.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    }

    /// `ListTagsOfResource`: a page of tags, and what to ask for the next one with.
    ///
    /// # Errors
    /// There is no such table.
    pub fn tags(
        &self,
        place: &Place,
        arn: &str,
        after: Option<&str>,
    ) -> Result<(BTreeMap<String, String>, Option<String>), ApiError> {
        let name = table_of(place, arn)?;
        let table = self.table(place, name).map_err(|_| missing(arn))?;
        let behind = table.tags.iter().filter(|(key, _)| after.is_none_or(|a| key.as_str() > a));
        let mut page: Vec<_> = behind.take(PAGE_MAX + 1).collect();
        let more = page.len() > PAGE_MAX;
        page.truncate(PAGE_MAX);
        let last = page.last().filter(|_| more).map(|(key, _)| (*key).clone());
        Ok((page.into_iter().map(|(k, v)| (k.clone(), v.clone())).collect(), last))
    }
}
