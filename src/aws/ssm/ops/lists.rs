//! Lists of parameters: below a path, with what is set of them, and the versions of one.

use base::Time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::{ApiError, Read, Refused, Value};
use sim::{Cx, World};

use super::allowed;
use super::reads::{Parameter, shown};
use crate::constraint::Faults;
use crate::place::Place;
use crate::ssm::faults::{INVALID, bad_token, invalid, no_version};
use crate::ssm::filters::{Filter, KEY, ParameterStringFilter, Subject, below, read};
use crate::ssm::parameter::{self, ParameterTier, ParameterType};
use crate::ssm::public;
use crate::ssm::selector::{Named, is_public, public_version};
use crate::ssm::state::State;

/// Parameters of a page below a path.
const PATH_PAGE_MAX: i64 = 10;
/// Parameters, or versions, of a page elsewhere.
const PAGE_MAX: i64 = 50;

fn limit(given: Option<i64>, max: i64) -> Result<usize, ApiError> {
    let mut faults = Faults::default();
    let limit = given.unwrap_or(max);
    faults.range("maxResults", limit, 1, max);
    faults.check(INVALID)?;
    Ok(usize::try_from(limit).unwrap_or(1))
}

/// A page of what stands behind a token, and the next token.
fn page<T>(
    all: Vec<(String, T)>,
    token: Option<&str>,
    limit: usize,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let text = token.map(|token| {
        let bytes = STANDARD.decode(token).map_err(|_| bad_token())?;
        String::from_utf8(bytes).map_err(|_| bad_token())
    });
    let behind = text.transpose()?;
    let begin = match &behind {
        None => 0,
        Some(key) => all.iter().position(|(k, _)| k == key).ok_or_else(bad_token)? + 1,
    };
    let more = all.len() > begin + limit;
    let page: Vec<(String, T)> = all.into_iter().skip(begin).take(limit).collect();
    let next = page.last().filter(|_| more).map(|(key, _)| STANDARD.encode(key));
    Ok((page.into_iter().map(|(_, item)| item).collect(), next))
}

sim::operation! {
    /// Gives the parameters below a path.
    read GetParametersByPath in "ssm" = "POST /";
    input {
        /// The path, from `/` on.
        path: String => "Path",
        /// Whether those at any depth are meant.
        recursive: Option<bool> => "Recursive",
        /// What they are to be: of a type, with a label.
        parameter_filters: Option<Vec<ParameterStringFilter>> => "ParameterFilters",
        /// Whether secrets are decrypted.
        with_decryption: Option<bool> => "WithDecryption",
        /// How many make a page: 1 to 10.
        max_results: Option<i64> => "MaxResults",
        /// Where the last page ended.
        next_token: Option<String> => "NextToken",
    }
    output GetParametersByPathOutput {
        /// The parameters, by name.
        pub parameters: Vec<Parameter> => "Parameters",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "NextToken",
    }
    errors [
        "InvalidFilterKey", "InvalidFilterOption", "InvalidFilterValue", "InvalidNextToken",
    ]
    access itself
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Parameters"],
    }
}

impl Read for GetParametersByPath {
    type Output = GetParametersByPathOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let path = allowed(world, cx, "ssm:GetParametersByPath", &self.path)?.name;
        check_path(&path)?;
        let limit = limit(self.max_results, PATH_PAGE_MAX)?;
        let filters =
            read(self.parameter_filters.unwrap_or_default(), &["Type", "KeyId", "Label"])?;
        let (state, place) = (world.get::<State>(), Place::of(cx));
        let decrypted = self.with_decryption == Some(true);
        let recursive = self.recursive == Some(true);
        let own = state.region(&place).into_iter().flatten().map(|(name, _)| name.clone());
        let names: Vec<String> =
            if is_public(&path) { public::names().collect() } else { own.collect() };
        let mut found = Vec::new();
        for name in names.into_iter().filter(|name| below(&path, name, recursive)) {
            // With a label, the version that has it is meant.
            let labelled = filters.iter().find_map(|filter| {
                let parameter = state.region(&place)?.get(&name)?;
                let mut versions = parameter.versions.iter();
                versions.find(|(_, version)| filter.is_label(version)).map(|(number, _)| *number)
            });
            let selector = labelled.map(|number| number.to_string());
            let mut one = state.find(&place, &Named { name: name.clone(), selector })?;
            one.selector = None;
            let tags = state.parameter(&place, &name).map(|p| p.tags.clone()).unwrap_or_default();
            let subject = Subject { name: &name, version: &one.version, tags: &tags };
            if filters.iter().all(|filter| filter.fits(&subject)) {
                found.push((name.clone(), Parameter::of(one, decrypted)));
            }
        }
        let (parameters, next_token) = page(found, self.next_token.as_deref(), limit)?;
        Ok(GetParametersByPathOutput { parameters, next_token })
    }
}

fn check_path(path: &str) -> Result<(), ApiError> {
    let made_so = path.starts_with('/')
        && !path.contains("//")
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    if made_so {
        return Ok(());
    }
    Err(invalid(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a \
         forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use \
         only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special \
         characters are not allowed. All sub-paths, if specified, must use the forward slash symbol \"/\". \
         Valid example: /get/parameters2-/by1./path0_.",
    ))
}

sim::string_enum! {
    /// What the older filters look at.
    pub enum ParametersFilterKey {
        Name = "Name",
        Type = "Type",
        KeyId = "KeyId",
    }
}

sim::argument! {
    /// What parameters are to be, as once.
    pub struct ParametersFilter {
        /// What is looked at.
        pub(crate) key: ParametersFilterKey => "Key",
        /// One of these.
        pub(crate) values: Vec<String> => required "Values",
    }
}

sim::structure! {
    /// A parameter without its value.
    pub struct ParameterMetadata {
        /// Its name.
        pub name: String => "Name",
        /// Its ARN.
        pub arn: String => "ARN",
        /// What its value is.
        pub kind: ParameterType => "Type",
        /// The key of a secret.
        pub key_id: Option<String> => "KeyId",
        /// When it was written.
        pub last_modified_date: Time => "LastModifiedDate",
        /// The ARN of whoever wrote it.
        pub last_modified_user: String => "LastModifiedUser",
        /// What it is for.
        pub description: Option<String> => "Description",
        /// What its values have to match.
        pub allowed_pattern: Option<String> => "AllowedPattern",
        /// The number of its version.
        pub version: i64 => "Version",
        /// How much it can hold.
        pub tier: ParameterTier => "Tier",
        /// Always empty.
        pub policies: Vec<Value> => "Policies",
        /// `text`.
        pub data_type: String => "DataType",
    }
}

sim::operation! {
    /// Lists parameters with what is set of them.
    read DescribeParameters in "ssm" = "POST /";
    input {
        /// What they are to be, as once.
        filters: Option<Vec<ParametersFilter>> => "Filters",
        /// What they are to be.
        parameter_filters: Option<Vec<ParameterStringFilter>> => "ParameterFilters",
        /// How many make a page: 1 to 50.
        max_results: Option<i64> => "MaxResults",
        /// Where the last page ended.
        next_token: Option<String> => "NextToken",
        /// Whether those of other accounts are meant; not simulated.
        _shared: Refused<bool> => "Shared",
    }
    output DescribeParametersOutput {
        /// The parameters, by name.
        pub parameters: Vec<ParameterMetadata> => "Parameters",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "NextToken",
    }
    errors [
        "InvalidFilterKey", "InvalidFilterOption", "InvalidFilterValue", "InvalidNextToken",
    ]
    access { "ssm:DescribeParameters" on "arn:aws:ssm:{region}:{account}:*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Parameters"],
    }
}

impl Read for DescribeParameters {
    type Output = DescribeParametersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let limit = limit(self.max_results, PAGE_MAX)?;
        let (old, new) =
            (self.filters.unwrap_or_default(), self.parameter_filters.unwrap_or_default());
        if !old.is_empty() && !new.is_empty() {
            return Err(invalid(
                "You can use either Filters or ParameterFilters in a single request.",
            ));
        }
        let known = ["Path", "Name", "Type", "KeyId", "Tier", "DataType", "tag"];
        let mut filters = read(new, &known)?;
        filters.extend(old.into_iter().map(|f| Filter::plain(f.key.as_str(), f.values)));
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place).into_iter().flatten();
        let described = region.filter_map(|(name, parameter)| {
            let (number, version) = parameter.newest()?;
            let subject = Subject { name, version, tags: &parameter.tags };
            if !filters.iter().all(|filter| filter.fits(&subject)) {
                return None;
            }
            let secret = version.kind == ParameterType::SecureString;
            let metadata = ParameterMetadata {
                name: name.clone(),
                arn: parameter::arn(&place, name),
                kind: version.kind,
                key_id: secret.then(|| KEY.to_owned()),
                last_modified_date: version.at,
                last_modified_user: version.by.clone(),
                description: version.description.clone(),
                allowed_pattern: version.allowed_pattern.clone(),
                version: number,
                tier: version.tier,
                policies: Vec::new(),
                data_type: version.data_type.clone(),
            };
            Some((name.clone(), metadata))
        });
        let (parameters, next_token) =
            page(described.collect(), self.next_token.as_deref(), limit)?;
        Ok(DescribeParametersOutput { parameters, next_token })
    }
}

sim::structure! {
    /// A version of a parameter.
    pub struct ParameterHistory {
        /// Its name.
        pub name: String => "Name",
        /// What its value is.
        pub kind: ParameterType => "Type",
        /// The key of a secret.
        pub key_id: Option<String> => "KeyId",
        /// When it was written.
        pub last_modified_date: Time => "LastModifiedDate",
        /// The ARN of whoever wrote it.
        pub last_modified_user: String => "LastModifiedUser",
        /// What it is for.
        pub description: Option<String> => "Description",
        /// The value.
        pub value: String => "Value",
        /// What values have to match.
        pub allowed_pattern: Option<String> => "AllowedPattern",
        /// Its number.
        pub version: i64 => "Version",
        /// Its labels.
        pub labels: Vec<String> => "Labels",
        /// How much the parameter can hold.
        pub tier: ParameterTier => "Tier",
        /// Always empty.
        pub policies: Vec<Value> => "Policies",
        /// `text`.
        pub data_type: String => "DataType",
    }
}

sim::operation! {
    /// Gives the versions of a parameter, the oldest first.
    read GetParameterHistory in "ssm" = "POST /";
    input {
        /// The name or ARN.
        name: String => "Name",
        /// Whether secrets are decrypted.
        with_decryption: Option<bool> => "WithDecryption",
        /// How many make a page: 1 to 50.
        max_results: Option<i64> => "MaxResults",
        /// Where the last page ended.
        next_token: Option<String> => "NextToken",
    }
    output GetParameterHistoryOutput {
        /// The versions.
        pub parameters: Vec<ParameterHistory> => "Parameters",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["ParameterNotFound", "InvalidNextToken"]
    access itself
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Parameters"],
    }
}

impl Read for GetParameterHistory {
    type Output = GetParameterHistoryOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let named = allowed(world, cx, "ssm:GetParameterHistory", &self.name)?;
        let limit = limit(self.max_results, PAGE_MAX)?;
        let (name, place) = (&named.name, Place::of(cx));
        let public = is_public(name).then(|| public_version(&place, name)).flatten();
        let versions = if let Some(version) = &public {
            vec![(1, version)]
        } else {
            let parameter = world.get::<State>().parameter(&place, name)?;
            parameter.versions.iter().map(|(number, version)| (*number, version)).collect()
        };
        let decrypted = self.with_decryption == Some(true);
        let told = versions.into_iter().map(|(number, version)| {
            let secret = version.kind == ParameterType::SecureString;
            let history = ParameterHistory {
                name: name.clone(),
                kind: version.kind,
                key_id: secret.then(|| KEY.to_owned()),
                last_modified_date: version.at,
                last_modified_user: version.by.clone(),
                description: version.description.clone(),
                value: shown(version.kind, &version.value, decrypted),
                allowed_pattern: version.allowed_pattern.clone(),
                version: number,
                labels: version.labels.iter().cloned().collect(),
                tier: version.tier,
                policies: Vec::new(),
                data_type: version.data_type.clone(),
            };
            (number.to_string(), history)
        });
        let told: Vec<(String, ParameterHistory)> = told.collect();
        if let Some(selector) = &named.selector {
            return Err(no_version(name, selector));
        }
        let (parameters, next_token) = page(told, self.next_token.as_deref(), limit)?;
        Ok(GetParameterHistoryOutput { parameters, next_token })
    }
}
