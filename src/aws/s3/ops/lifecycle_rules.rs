//! What S3 takes as a lifecycle configuration, and the words in which it refuses the rest.
//!
//! Follows the S3 API reference, `PutBucketLifecycleConfiguration`, and the S3 User Guide, "Lifecycle
//! configuration elements" and "Transitioning objects using Amazon S3 Lifecycle". A document is in
//! the second version of the language when its first rule has a `Filter`.

use std::collections::BTreeSet;

use super::lifecycle_shapes::{
    LifecycleExpiration, LifecycleRule, LifecycleRuleAndOperator, LifecycleRuleFilter,
};
use super::shapes::Tag;
use crate::s3::errors::{argument, malformed_xml, request, spelled};
use crate::s3::object::StorageClass;
use base::Time;
use sim::api::ApiError;

const RULES_MAX: usize = 1000;
const ID_MAX: usize = 255;
const DAY_MS: i64 = 86_400_000;
/// Days after which an object may move to the classes for infrequent access at the earliest.
const INFREQUENT_DAYS: i64 = 30;

/// # Errors
/// `MalformedXML`, `InvalidArgument`, `InvalidRequest`.
pub(super) fn check(rules: &[LifecycleRule]) -> Result<(), ApiError> {
    if rules.is_empty() || rules.len() > RULES_MAX {
        return Err(malformed_xml());
    }
    let mut ids = BTreeSet::new();
    for id in rules.iter().filter_map(|rule| rule.id.as_deref()) {
        if id.encode_utf16().count() > ID_MAX {
            let message = "ID length should not exceed allowed limit of 255";
            return Err(argument(message, "ID", id));
        }
        if !ids.insert(id) {
            let message = "Rule ID must be unique. Found same ID for more than one rule";
            return Err(argument(message, "ID", id));
        }
    }
    let second = rules.first().is_some_and(|rule| rule.filter.is_some());
    rules.iter().try_for_each(|rule| check_rule(rule, second))
}

fn check_rule(rule: &LifecycleRule, second: bool) -> Result<(), ApiError> {
    if !["Enabled", "Disabled"].contains(&rule.status.as_str()) {
        return Err(malformed_xml());
    }
    check_place(rule, second)?;
    let acts = rule.expiration.is_some()
        || !rule.transitions.is_empty()
        || !rule.noncurrent_version_transitions.is_empty()
        || rule.noncurrent_version_expiration.is_some()
        || rule.abort_incomplete_multipart_upload.is_some();
    if !acts {
        return Err(request("At least one action needs to be specified in a rule"));
    }
    rule.expiration.as_ref().map_or(Ok(()), check_expiration)?;
    check_noncurrent(rule)?;
    check_companions(rule)?;
    check_transitions(rule)
}

/// Which objects it is for: a prefix of the rule's own, or a filter.
fn check_place(rule: &LifecycleRule, second: bool) -> Result<(), ApiError> {
    match (&rule.prefix, &rule.filter) {
        (None, None) => Err(malformed_xml()),
        (Some(_), _) if second => Err(request(
            "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the \
             Filter.",
        )),
        (_, Some(_)) if !second => Err(request("Filter element can only be used in Lifecycle V2.")),
        (_, Some(filter)) => check_filter(filter),
        (Some(_), None) => Ok(()),
    }
}

/// A filter has one condition, or several within `And`.
fn check_filter(filter: &LifecycleRuleFilter) -> Result<(), ApiError> {
    let said = [
        filter.prefix.is_some(),
        filter.tag.is_some(),
        filter.object_size_greater_than.is_some(),
        filter.object_size_less_than.is_some(),
        filter.and.is_some(),
    ];
    if said.iter().filter(|given| **given).count() > 1 {
        return Err(malformed_xml());
    }
    check_sizes(filter.object_size_greater_than, filter.object_size_less_than)?;
    check_tags(filter.tag.as_slice())?;
    let Some(and) = &filter.and else { return Ok(()) };
    let LifecycleRuleAndOperator { prefix, tags, object_size_greater_than, object_size_less_than } =
        and;
    let conditions = usize::from(prefix.is_some())
        + tags.len()
        + usize::from(object_size_greater_than.is_some())
        + usize::from(object_size_less_than.is_some());
    // One condition alone stands in the filter itself.
    if conditions < 2 {
        return Err(malformed_xml());
    }
    check_sizes(*object_size_greater_than, *object_size_less_than)?;
    check_tags(tags)
}

fn check_tags(tags: &[Tag]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    for tag in tags {
        if tag.key.is_empty() {
            return Err(malformed_xml());
        }
        if !seen.insert(tag.key.as_str()) {
            return Err(request("Duplicate Tag Keys are not allowed."));
        }
    }
    Ok(())
}

fn check_sizes(greater: Option<i64>, less: Option<i64>) -> Result<(), ApiError> {
    const MAX: i64 = 1_099_511_627_776_000;
    if greater.is_some_and(|size| !(0..=MAX).contains(&size)) {
        return Err(request(format!("'ObjectSizeGreaterThan' should be between 0 and {MAX}.")));
    }
    if less.is_some_and(|size| !(1..=MAX).contains(&size)) {
        return Err(request(format!("'ObjectSizeLessThan' should be between 1 and {MAX}.")));
    }
    if greater.zip(less).is_some_and(|(greater, less)| less <= greater) {
        return Err(request(
            "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.",
        ));
    }
    Ok(())
}

fn check_expiration(expiration: &LifecycleExpiration) -> Result<(), ApiError> {
    match (expiration.date, expiration.days, expiration.expired_object_delete_marker) {
        (Some(date), None, None) => check_midnight(date),
        (None, Some(days), None) => check_positive(days, "Days", "Expiration"),
        (None, None, Some(_)) => Ok(()),
        _ => Err(malformed_xml()),
    }
}

fn check_midnight(date: Time) -> Result<(), ApiError> {
    if date.0.rem_euclid(DAY_MS) == 0 {
        return Ok(());
    }
    Err(argument("'Date' must be at midnight GMT", "Date", date.iso_millis()))
}

fn check_positive(number: i64, element: &str, action: &str) -> Result<(), ApiError> {
    if number > 0 {
        return Ok(());
    }
    let message = format!("'{element}' for {action} action must be a positive integer");
    Err(argument(message, element, number.to_string()))
}

fn check_noncurrent(rule: &LifecycleRule) -> Result<(), ApiError> {
    if let Some(expiration) = &rule.noncurrent_version_expiration {
        let days = expiration.noncurrent_days.ok_or_else(malformed_xml)?;
        check_positive(days, "NoncurrentDays", "NoncurrentVersionExpiration")?;
        check_newer(expiration.newer_noncurrent_versions)?;
    }
    if let Some(abort) = &rule.abort_incomplete_multipart_upload {
        let days = abort.days_after_initiation.ok_or_else(malformed_xml)?;
        check_positive(days, "DaysAfterInitiation", "AbortIncompleteMultipartUpload")?;
    }
    Ok(())
}

fn check_newer(versions: Option<i64>) -> Result<(), ApiError> {
    match versions.filter(|count| *count <= 0) {
        None => Ok(()),
        Some(count) => {
            let message = "'NewerNoncurrentVersions' must be a positive integer";
            Err(argument(message, "NewerNoncurrentVersions", count.to_string()))
        }
    }
}

/// Delete markers and unfinished uploads have neither tags nor a size.
fn check_companions(rule: &LifecycleRule) -> Result<(), ApiError> {
    let Some(filter) = &rule.filter else { return Ok(()) };
    let and = filter.and.as_ref();
    let tags = filter.tag.is_some() || and.is_some_and(|and| !and.tags.is_empty());
    let sizes = filter.object_size_greater_than.is_some()
        || filter.object_size_less_than.is_some()
        || and.is_some_and(|and| {
            and.object_size_greater_than.is_some() || and.object_size_less_than.is_some()
        });
    let marker = rule.expiration.as_ref().is_some_and(|e| e.expired_object_delete_marker.is_some());
    let actions = [
        (marker, "ExpiredObjectDeleteMarker"),
        (rule.abort_incomplete_multipart_upload.is_some(), "AbortIncompleteMultipartUpload"),
    ];
    for (_, action) in actions.into_iter().filter(|(given, _)| *given) {
        if tags {
            return Err(request(format!("{action} cannot be specified with Tags.")));
        }
        if sizes {
            return Err(request(format!("{action} cannot be specified with Object Size.")));
        }
    }
    Ok(())
}

/// A step of a rule: whither, and after how many days when it says so.
type Step = (StorageClass, Option<i64>);

fn step(class: Option<&str>, days: Option<i64>, action: &str) -> Result<Step, ApiError> {
    let class: StorageClass = class.and_then(spelled).ok_or_else(malformed_xml)?;
    if class.depth().is_none() {
        return Err(malformed_xml());
    }
    if let Some(days) = days.filter(|days| *days < 0) {
        let message = format!("'Days' for {action} action must be a nonnegative integer");
        return Err(argument(message, "Days", days.to_string()));
    }
    let infrequent = matches!(class, StorageClass::StandardIa | StorageClass::OneZoneIa);
    if let Some(days) = days.filter(|days| infrequent && *days < INFREQUENT_DAYS) {
        let message = format!(
            "'Days' in {action} action must be greater than or equal to {INFREQUENT_DAYS} for \
             storageClass '{}'",
            class.as_str()
        );
        return Err(argument(message, "Days", days.to_string()));
    }
    Ok((class, days))
}

fn check_steps(steps: &[Step], action: &str) -> Result<(), ApiError> {
    let classes: BTreeSet<StorageClass> = steps.iter().map(|(class, _)| *class).collect();
    if classes.len() != steps.len() {
        return Err(request(format!(
            "'StorageClass' must be different for '{action}' actions in same 'Rule'"
        )));
    }
    let mut down: Vec<&Step> = steps.iter().collect();
    down.sort_by_key(|(class, _)| class.depth());
    for pair in down.windows(2) {
        let [(above, first), (below, second)] = pair else { continue };
        if first.zip(*second).is_some_and(|(first, second)| second <= first) {
            let message = format!(
                "'Days' in the {action} action for StorageClass '{}' must be greater than 'Days' in \
                 the {action} action for StorageClass '{}'",
                below.as_str(),
                above.as_str()
            );
            return Err(argument(message, "Days", second.unwrap_or_default().to_string()));
        }
    }
    Ok(())
}

fn check_transitions(rule: &LifecycleRule) -> Result<(), ApiError> {
    let expiration = rule.expiration.as_ref();
    let mut dated = expiration.is_some_and(|e| e.date.is_some());
    let mut counted = expiration.is_some_and(|e| e.days.is_some());
    let mut steps = Vec::new();
    for transition in &rule.transitions {
        match (transition.date, transition.days) {
            (Some(date), None) => {
                check_midnight(date)?;
                dated = true;
            }
            (None, Some(_)) => counted = true,
            _ => return Err(malformed_xml()),
        }
        steps.push(step(transition.storage_class.as_deref(), transition.days, "Transition")?);
    }
    if dated && counted {
        return Err(request(
            "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule",
        ));
    }
    check_steps(&steps, "Transition")?;
    let end = expiration.and_then(|e| e.days);
    check_end(&steps, end, "Days", "Transition", "Expiration")?;
    let mut steps = Vec::new();
    let action = "NoncurrentVersionTransition";
    for transition in &rule.noncurrent_version_transitions {
        let days = transition.noncurrent_days.ok_or_else(malformed_xml)?;
        check_newer(transition.newer_noncurrent_versions)?;
        steps.push(step(transition.storage_class.as_deref(), Some(days), action)?);
    }
    check_steps(&steps, action)?;
    let end = rule.noncurrent_version_expiration.as_ref().and_then(|e| e.noncurrent_days);
    check_end(&steps, end, "NoncurrentDays", action, "NoncurrentVersionExpiration")
}

/// What moves must have moved before it is deleted.
fn check_end(
    steps: &[Step],
    end: Option<i64>,
    element: &str,
    action: &str,
    expiration: &str,
) -> Result<(), ApiError> {
    let Some(end) = end else { return Ok(()) };
    match steps.iter().filter_map(|(_, days)| *days).max() {
        Some(days) if days >= end => {
            let message = format!(
                "'{element}' in the {expiration} action for filter must be greater than \
                 '{element}' in the {action} action"
            );
            Err(argument(message, element, end.to_string()))
        }
        _ => Ok(()),
    }
}
