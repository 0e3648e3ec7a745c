//! Parameters and their versions: what they may be, and what is kept of them.
//!
//! Source: API reference, `PutParameter` and `LabelParameterVersion`; user guide, "Requirements and
//! constraints for parameter names", "Managing parameter tiers".

use std::collections::{BTreeMap, BTreeSet};

use base::Time;
use regex_lite::Regex;
use sim::api::ApiError;

use super::faults::{INVALID, invalid, no_version, refuse};
use crate::constraint::Faults;
use crate::place::Place;

/// Levels of a hierarchy.
const LEVELS_MAX: usize = 15;
/// Characters of a name, with what its ARN has before it.
const NAME_MAX: usize = 1011;
/// Versions that are kept.
const VERSIONS_MAX: usize = 100;
/// Bytes of a value by tier.
const STANDARD_MAX: usize = 4096;
const ADVANCED_MAX: usize = 8192;
/// Labels of a version.
const LABELS_MAX: usize = 10;

sim::string_enum! {
    /// What a value is.
    pub enum ParameterType {
        String = "String",
        StringList = "StringList",
        SecureString = "SecureString",
    }
}

sim::string_enum! {
    /// How much a parameter can hold.
    pub enum ParameterTier {
        Standard = "Standard",
        Advanced = "Advanced",
        IntelligentTiering = "Intelligent-Tiering",
    }
}

/// A parameter.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Parameter {
    /// By number, from 1 or the oldest that is kept.
    pub(crate) versions: BTreeMap<i64, Version>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A version of a parameter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Version {
    pub(crate) kind: ParameterType,
    pub(crate) value: String,
    pub(crate) at: Time,
    /// The ARN of whoever wrote it.
    pub(crate) by: String,
    pub(crate) description: Option<String>,
    pub(crate) allowed_pattern: Option<String>,
    pub(crate) tier: ParameterTier,
    /// `text` or `aws:ec2:image`.
    pub(crate) data_type: String,
    pub(crate) labels: BTreeSet<String>,
}

impl Parameter {
    /// The newest version, with its number.
    pub(crate) fn newest(&self) -> Option<(i64, &Version)> {
        self.versions.iter().next_back().map(|(number, version)| (*number, version))
    }

    /// The version that a selector (a number or a label) means.
    pub(crate) fn select(&self, selector: Option<&str>) -> Option<(i64, &Version)> {
        let Some(selector) = selector else { return self.newest() };
        if let Ok(number) = selector.parse::<i64>() {
            return self.versions.get(&number).map(|version| (number, version));
        }
        let labelled = |(_, version): &(&i64, &Version)| version.labels.contains(selector);
        self.versions.iter().find(labelled).map(|(number, version)| (*number, version))
    }

    /// Adds a version and says its number. The oldest goes when there are too many.
    ///
    /// # Errors
    /// The oldest has a label.
    pub(crate) fn add(&mut self, name: &str, version: Version) -> Result<i64, ApiError> {
        let number = self.newest().map_or(1, |(number, _)| number + 1);
        if self.versions.len() >= VERSIONS_MAX
            && let Some((oldest, kept)) = self.versions.first_key_value()
        {
            if !kept.labels.is_empty() {
                let message = format!(
                    "You attempted to create a new version of {name} by calling the PutParameter API with \
                     the overwrite flag. Version {oldest}, the oldest version, can't be deleted because it \
                     has a label associated with it. Move the label to another version of the parameter, \
                     and try again."
                );
                return Err(refuse("ParameterMaxVersionLimitExceeded", message));
            }
            self.versions.pop_first();
        }
        self.versions.insert(number, version);
        Ok(number)
    }

    /// Labels a version, which takes the labels from others, and says which could be none.
    ///
    /// # Errors
    /// There is no such version, or it would have too many.
    pub(crate) fn label(
        &mut self,
        name: &str,
        version: Option<i64>,
        labels: &[String],
    ) -> Result<(i64, Vec<String>), ApiError> {
        let newest = self.newest().map_or(0, |(number, _)| number);
        let number = version.unwrap_or(newest);
        let kept = self.versions.get(&number);
        let kept = kept.ok_or_else(|| no_version(name, &number.to_string()))?;
        let (good, bad): (Vec<&String>, Vec<&String>) = labels.iter().partition(|l| is_label(l));
        let all: BTreeSet<&String> = kept.labels.iter().chain(good.iter().copied()).collect();
        if all.len() > LABELS_MAX {
            return Err(refuse(
                "ParameterVersionLabelLimitExceeded",
                "A parameter version can have maximum 10 labels. Move one or more labels to another \
                 version and try again.",
            ));
        }
        for (at, version) in &mut self.versions {
            if *at == number {
                version.labels.extend(good.iter().map(|label| (*label).clone()));
            } else {
                version.labels.retain(|label| !good.contains(&label));
            }
        }
        Ok((number, bad.into_iter().cloned().collect()))
    }
}

/// Letters, digits, `.`, `-` and `_`; no digit, no `aws` and no `ssm` at the beginning.
fn is_label(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    label.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
        && !label.starts_with(|c: char| c.is_ascii_digit())
        && !lower.starts_with("aws")
        && !lower.starts_with("ssm")
}

/// # Errors
/// No parameter can have this name.
pub(crate) fn check_name(name: &str) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    faults.length("name", name, 1, 2048);
    faults.check(INVALID)?;
    let is_path = name.contains('/');
    let first = name.trim_start_matches('/').to_ascii_lowercase();
    if is_path && first.starts_with("aws") {
        let message = format!("No access to reserved parameter name: {name}.");
        return Err(refuse("AccessDeniedException", message));
    }
    let said = if is_path { "\"ssm\"" } else { "\"aws\" or \"ssm\"" };
    let reserved = first.starts_with("ssm") || first.starts_with("aws");
    let made_so = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
        && !name.ends_with('/')
        && !name.contains("//");
    if reserved || !made_so {
        return Err(invalid(format!(
            "Parameter name: can't be prefixed with {said} (case-insensitive). If formed as a path, it can \
             consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, \
             numbers and the following 3 symbols .-_"
        )));
    }
    if is_path && !name.starts_with('/') {
        return Err(invalid("Parameter name must be a fully qualified name."));
    }
    if name.matches('/').count() > LEVELS_MAX {
        let message = format!(
            "A hierarchy can have a maximum of {LEVELS_MAX} levels. For more information, see Requirements \
             and constraints for parameter names in the AWS Systems Manager User Guide."
        );
        return Err(refuse("HierarchyLevelLimitExceededException", message));
    }
    if name.len() > NAME_MAX {
        return Err(invalid(format!("Parameter name can't be longer than {NAME_MAX} characters.")));
    }
    Ok(())
}

impl Version {
    /// # Errors
    /// The value is none of its type and tier, or none that the pattern allows.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let mut faults = Faults::default();
        faults.length("value", &self.value, 1, usize::MAX);
        faults.length("description", self.description.as_deref().unwrap_or_default(), 0, 1024);
        faults.length(
            "allowedPattern",
            self.allowed_pattern.as_deref().unwrap_or_default(),
            0,
            1024,
        );
        faults.check(INVALID)?;
        if self.tier == ParameterTier::Standard && self.value.len() > STANDARD_MAX {
            return Err(invalid(
                "Standard tier parameters support a maximum parameter value of 4096 characters. To create \
                 a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For \
                 more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/\
                 parameter-store-advanced-parameters.html",
            ));
        }
        if self.value.len() > ADVANCED_MAX {
            return Err(invalid(
                "Advanced tier parameters support a maximum parameter value of 8192 characters.",
            ));
        }
        let Some(pattern) = self.allowed_pattern.as_deref().filter(|p| !p.is_empty()) else {
            return Ok(());
        };
        let regex = Regex::new(pattern).map_err(|_| {
            let message =
                format!("The request doesn't meet the regular expression requirement: {pattern}");
            refuse("InvalidAllowedPatternException", message)
        })?;
        if regex.is_match(&self.value) {
            return Ok(());
        }
        let message =
            format!("Parameter value, cannot be validated against allowedPattern: {pattern}");
        Err(refuse("ParameterPatternMismatchException", message))
    }
}

/// The ARN of a parameter of a place.
pub(crate) fn arn(place: &Place, name: &str) -> String {
    place.arn("ssm", &format!("parameter/{}", name.trim_start_matches('/')))
}
