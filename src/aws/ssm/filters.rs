//! Filters of parameters: by name, path, type, tier, label, tag.
//!
//! Source: API reference, `ParameterStringFilter`.

use sim::api::ApiError;

use super::faults::{INVALID, refuse};
use super::parameter::{ParameterType, Version};
use crate::constraint::Faults;

/// The key of the account's own, the only one there is.
pub(crate) const KEY: &str = "alias/aws/ssm";

const KEY_PATTERN: &str = "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType";

sim::argument! {
    /// What parameters are to be.
    pub struct ParameterStringFilter {
        /// `Name`, `Path`, `Type`, `KeyId`, `Label`, `Tier`, `DataType` or `tag:` and a key.
        pub(crate) key: String => "Key",
        /// `Equals`, `BeginsWith` or `Contains`; of a path `OneLevel` or `Recursive`.
        pub(crate) option: Option<String> => "Option",
        /// One of these.
        pub(crate) values: Option<Vec<String>> => "Values",
    }
}

/// A filter that is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Filter {
    key: String,
    option: String,
    values: Vec<String>,
}

/// What a filter looks at.
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: &'a Version,
    pub(crate) tags: &'a std::collections::BTreeMap<String, String>,
}

fn not_valid(code: &str, what: &str, given: &str, valid: &[&str]) -> ApiError {
    let list = valid.join(", ");
    let include = match what {
        "filter key" => "Valid filter keys include",
        "filter option" => "Valid options include",
        _ => "Valid values include",
    };
    refuse(code, format!("The following {what} is not valid: {given}. {include}: [{list}]."))
}

/// Filters as requests have them, with the keys that this operation knows.
///
/// # Errors
/// One is none.
pub(crate) fn read(
    given: Vec<ParameterStringFilter>,
    known: &[&str],
) -> Result<Vec<Filter>, ApiError> {
    let mut filters: Vec<Filter> = Vec::new();
    for (i, filter) in given.into_iter().enumerate() {
        let path = format!("parameterFilters.{}.member", i + 1);
        let mut faults = Faults::default();
        let words = ["Name", "Type", "KeyId", "Path", "Label", "Tier", "DataType"];
        let is_key = words.contains(&filter.key.as_str())
            || filter.key.strip_prefix("tag:").is_some_and(|key| !key.is_empty());
        faults.pattern(&format!("{path}.key"), &filter.key, KEY_PATTERN, |_| is_key);
        if let Some(option) = &filter.option {
            faults.length(&format!("{path}.option"), option, 1, 10);
        }
        if let Some(values) = &filter.values {
            faults.count(&format!("{path}.values"), values, 1, 50);
        }
        faults.check(INVALID)?;
        let filter = Filter::read(filter, known)?;
        if filters.iter().any(|other| other.key == filter.key) {
            let message = format!(
                "The following filter is duplicated in the request: {}. A request can contain only one \
                 occurrence of a specific filter.",
                filter.key
            );
            return Err(refuse("InvalidFilterKey", message));
        }
        filters.push(filter);
    }
    Ok(filters)
}

impl Filter {
    /// The older kind of filter, which knows no options.
    pub(crate) fn plain(key: &str, values: Vec<String>) -> Self {
        let option = if key == "Name" { "BeginsWith" } else { "Equals" };
        Self { key: key.to_owned(), option: option.to_owned(), values }
    }

    fn read(given: ParameterStringFilter, known: &[&str]) -> Result<Self, ApiError> {
        let key = given.key;
        let is_tag = key.starts_with("tag:");
        let looked_at = if is_tag { "tag" } else { key.as_str() };
        if !known.contains(&looked_at) {
            let shown: Vec<&str> = known.iter().copied().filter(|key| *key != "tag").collect();
            return Err(not_valid("InvalidFilterKey", "filter key", &key, &shown));
        }
        let options: &[&str] = match key.as_str() {
            "Path" => &["Recursive", "OneLevel"],
            "Name" => &["BeginsWith", "Equals", "Contains"],
            "Label" | "Tier" | "DataType" => &["Equals"],
            _ => &["BeginsWith", "Equals"],
        };
        let default = if key == "Path" { "OneLevel" } else { "Equals" };
        let option = given.option.unwrap_or_else(|| default.to_owned());
        if !options.contains(&option.as_str()) {
            return Err(not_valid("InvalidFilterOption", "filter option", &option, options));
        }
        let values = given.values.unwrap_or_default();
        if values.is_empty() && !is_tag {
            let message =
                format!("The following filter values are missing : null for filter key {key}.");
            return Err(refuse("InvalidFilterValue", message));
        }
        let words: &[&str] = match key.as_str() {
            "Tier" => &["Standard", "Advanced", "Intelligent-Tiering"],
            "Type" => &["String", "StringList", "SecureString"],
            _ => &[],
        };
        let odd = |value: &&String| !words.is_empty() && !words.contains(&value.as_str());
        if let Some(odd) = values.iter().find(odd) {
            return Err(not_valid("InvalidFilterValue", "filter value", odd, words));
        }
        if key == "Path"
            && values.iter().any(|value| !value.starts_with('/') || value.contains("//"))
        {
            return Err(refuse(
                "ValidationException",
                "The parameter doesn't meet the parameter name requirements. The parameter name must begin \
                 with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" \
                 (case-insensitive). It must use only letters, numbers, or the following symbols: . \
                 (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if \
                 specified, must use the forward slash symbol \"/\". Valid example: \
                 /get/parameters2-/by1./path0_.",
            ));
        }
        Ok(Self { key, option, values })
    }

    /// Whether a parameter is so.
    pub(crate) fn fits(&self, subject: &Subject<'_>) -> bool {
        let version = subject.version;
        let secure = version.kind == ParameterType::SecureString;
        match self.key.as_str() {
            "Path" => {
                self.values.iter().any(|path| below(path, subject.name, self.option == "Recursive"))
            }
            // With and without the slash before it, a name is found.
            "Name" => {
                self.compare(subject.name) || self.compare(subject.name.trim_start_matches('/'))
            }
            "Type" => self.compare(version.kind.as_str()),
            "KeyId" => secure && self.compare(KEY),
            "Tier" => self.compare(version.tier.as_str()),
            "DataType" => self.compare(&version.data_type),
            "Label" => version.labels.iter().any(|label| self.compare(label)),
            key => {
                let tag = key.strip_prefix("tag:").and_then(|key| subject.tags.get(key));
                tag.is_some_and(|value| self.values.is_empty() || self.compare(value))
            }
        }
    }

    /// Whether it asks for a label that a version has.
    pub(crate) fn is_label(&self, version: &Version) -> bool {
        self.key == "Label" && version.labels.iter().any(|label| self.compare(label))
    }

    fn compare(&self, got: &str) -> bool {
        self.values.iter().any(|want| match self.option.as_str() {
            "BeginsWith" => got.starts_with(want.as_str()),
            "Contains" => got.contains(want.as_str()),
            _ => got == want,
        })
    }
}

/// Whether a name stands below a path, directly or at any depth.
pub(crate) fn below(path: &str, name: &str, recursive: bool) -> bool {
    let path = path.trim_end_matches('/');
    // Names without a slash stand at the root.
    let rooted = if name.starts_with('/') { name.to_owned() } else { format!("/{name}") };
    let rest = rooted.strip_prefix(path).and_then(|rest| rest.strip_prefix('/'));
    rest.is_some_and(|rest| !rest.is_empty() && (recursive || !rest.contains('/')))
}
