//! Log groups: made, listed, kept for so long, protected and deleted.

use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Read, Refused, Value, Write, Wrong};
use sim::{Cx, World};

use super::change;
use crate::constraint::Faults;
use crate::logs::faults::{INVALID, exists, invalid};
use crate::logs::group::{Group, RETENTION_DAYS};
use crate::logs::names::{self, group_arn};
use crate::logs::state::State;
use crate::logs::{read, tags};
use crate::place::Place;

/// Groups of a page of `DescribeLogGroups`.
const PAGE_MAX: i64 = 50;
/// Groups of a page of `ListLogGroups`.
const LIST_MAX: i64 = 1000;
/// Groups of a page of `ListLogGroups` that does not say how many.
const LIST_DEFAULT: i64 = 50;

sim::string_enum! {
    /// What can be done with a group.
    pub enum LogGroupClass {
        Standard = "STANDARD",
        InfrequentAccess = "INFREQUENT_ACCESS",
        Delivery = "DELIVERY",
    }
}

sim::structure! {
    /// A log group.
    pub struct LogGroup {
        /// Its name.
        pub log_group_name: String => "logGroupName",
        /// When it was made, in milliseconds since 1970.
        pub creation_time: i64 => "creationTime",
        /// How many days its events are kept; absent when they are kept for ever.
        pub retention_in_days: Option<i64> => "retentionInDays",
        /// How many metric filters it has.
        pub metric_filter_count: i64 => "metricFilterCount",
        /// Its ARN, as policies name it.
        pub arn: String => "arn",
        /// What it stores, in bytes.
        pub stored_bytes: i64 => "storedBytes",
        /// What can be done with it.
        pub log_group_class: LogGroupClass => "logGroupClass",
        /// Its ARN, as operations take it.
        pub log_group_arn: String => "logGroupArn",
        /// Whether it cannot be deleted.
        pub deletion_protection_enabled: bool => "deletionProtectionEnabled",
    }
}

impl LogGroup {
    fn of(place: &Place, name: &str, group: &Group, now: Time) -> Self {
        let arn = group_arn(place, name);
        Self {
            log_group_name: name.to_owned(),
            creation_time: group.created.0,
            retention_in_days: group.retention_days,
            metric_filter_count: i64::try_from(group.filters.len()).unwrap_or(i64::MAX),
            arn: format!("{arn}:*"),
            stored_bytes: group.stored_bytes(now),
            log_group_class: LogGroupClass::Standard,
            log_group_arn: arn,
            deletion_protection_enabled: group.protected,
        }
    }
}

sim::operation! {
    /// Makes a log group, whose events are kept for ever until it is told otherwise.
    write CreateLogGroup in "logs" = "POST /";
    input {
        /// The name: 1 to 512 letters, digits, `_`, `-`, `/`, `.` and `#`.
        log_group_name: String => "logGroupName",
        /// A key of KMS; not simulated.
        _kms_key_id: Refused<String> => "kmsKeyId",
        /// Labels of the group.
        tags: Option<BTreeMap<String, String>> => "tags",
        /// `STANDARD`; other classes are not simulated.
        log_group_class: Option<LogGroupClass> => "logGroupClass",
        /// Whether the group cannot be deleted.
        deletion_protection_enabled: Option<bool> => "deletionProtectionEnabled",
    }
    output CreateLogGroupOutput {}
    errors [
        "InvalidParameterException", "ResourceAlreadyExistsException", "LimitExceededException",
    ]
    access {
        "logs:CreateLogGroup" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Write for CreateLogGroup {
    type Output = CreateLogGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::group(&self.log_group_name)?;
        if self.log_group_name.to_ascii_lowercase().starts_with("aws/") {
            return Err(invalid("Log groups starting with AWS/ are reserved for AWS."));
        }
        if self.log_group_class.is_some_and(|class| class != LogGroupClass::Standard) {
            let member = Wrong::Refused("logGroupClass".to_owned());
            return Err(Self::DEF.refusal(world, member));
        }
        if let Some(tags) = &self.tags {
            tags::check(tags)?;
        }
        let region = world.get_mut::<State>().region_mut(&Place::of(cx));
        if region.contains_key(&self.log_group_name) {
            return Err(exists("log group"));
        }
        let mut group = Group::new(cx.at);
        group.tags = self.tags.unwrap_or_default();
        group.protected = self.deletion_protection_enabled.unwrap_or(false);
        region.insert(self.log_group_name, group);
        Ok(CreateLogGroupOutput {})
    }
}

sim::operation! {
    /// Deletes a log group with all its streams and events.
    write DeleteLogGroup in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
    }
    output DeleteLogGroupOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException", "ValidationException"]
    access {
        "logs:DeleteLogGroup" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Write for DeleteLogGroup {
    type Output = DeleteLogGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::group(&self.log_group_name)?;
        let place = Place::of(cx);
        if world.get::<State>().group(&place, &self.log_group_name)?.protected {
            let message = "The log group has deletion protection enabled. Disable deletion protection \
                           before deleting the log group.";
            return Err(ApiError::new(400, "ValidationException", message));
        }
        world.get_mut::<State>().region_mut(&place).remove(&self.log_group_name);
        Ok(DeleteLogGroupOutput {})
    }
}

sim::operation! {
    /// Lists log groups with what is set of them, by name.
    read DescribeLogGroups in "logs" = "POST /";
    input {
        /// Other accounts; not simulated.
        _account_identifiers: Refused<Vec<String>> => "accountIdentifiers",
        /// What their names begin with.
        log_group_name_prefix: Option<String> => "logGroupNamePrefix",
        /// What their names have in them, whatever its case.
        log_group_name_pattern: Option<String> => "logGroupNamePattern",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many groups make a page: 1 to 50.
        limit: Option<i64> => "limit",
        /// Whether other accounts are asked; not simulated.
        _include_linked_accounts: Refused<bool> => "includeLinkedAccounts",
        /// Of which class they are.
        log_group_class: Option<LogGroupClass> => "logGroupClass",
        /// These groups alone, by name or ARN.
        log_group_identifiers: Option<Vec<String>> => "logGroupIdentifiers",
    }
    output DescribeLogGroupsOutput {
        /// The groups.
        pub log_groups: Vec<LogGroup> => "logGroups",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["InvalidParameterException"]
    access {
        "logs:DescribeLogGroups" on "arn:aws:logs:{region}:{account}:log-group:{logGroupNamePrefix}:log-stream:",
    }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("limit"),
        results: &["logGroups"],
    }
}

impl Read for DescribeLogGroups {
    type Output = DescribeLogGroupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::group_prefix(self.log_group_name_prefix.as_deref())?;
        if self.log_group_name_prefix.is_some() && self.log_group_name_pattern.is_some() {
            return Err(invalid(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            ));
        }
        let limit = names::limit(self.limit, PAGE_MAX)?;
        let place = Place::of(cx);
        let identifiers = self.log_group_identifiers.map(|identifiers| {
            identifiers.iter().map(|one| names::identified(&place, one)).collect()
        });
        let only: Option<Vec<String>> = identifiers.transpose()?;
        let prefix = self.log_group_name_prefix.unwrap_or_default();
        let part = self.log_group_name_pattern.unwrap_or_default().to_ascii_lowercase();
        let standard = self.log_group_class.is_none_or(|class| class == LogGroupClass::Standard);
        let groups =
            world.get::<State>().region(&place).into_iter().flatten().filter(|(name, _)| {
                standard
                    && name.starts_with(&prefix)
                    && name.to_ascii_lowercase().contains(&part)
                    && only.as_ref().is_none_or(|only| only.contains(name))
            });
        let (page, next_token) = read::named(groups, self.next_token.as_deref(), limit)?;
        let log_groups = page
            .into_iter()
            .map(|(name, group)| LogGroup::of(&place, name, group, cx.at))
            .collect();
        Ok(DescribeLogGroupsOutput { log_groups, next_token })
    }
}

sim::structure! {
    /// A log group in a list.
    pub struct LogGroupSummary {
        /// Its name.
        pub log_group_name: String => "logGroupName",
        /// Its ARN.
        pub log_group_arn: String => "logGroupArn",
        /// What can be done with it.
        pub log_group_class: LogGroupClass => "logGroupClass",
    }
}

sim::operation! {
    /// Lists log groups by name.
    read ListLogGroups in "logs" = "POST /";
    input {
        /// What their names have in them; behind `^`, what they begin with. Up to five, between `|`.
        log_group_name_pattern: Option<String> => "logGroupNamePattern",
        /// Of which class they are.
        log_group_class: Option<LogGroupClass> => "logGroupClass",
        /// Whether other accounts are asked; not simulated.
        _include_linked_accounts: Refused<bool> => "includeLinkedAccounts",
        /// Other accounts; not simulated.
        _account_identifiers: Refused<Vec<String>> => "accountIdentifiers",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many groups make a page: 1 to 1000.
        limit: Option<i64> => "limit",
        /// Where their events come from; not simulated.
        _data_sources: Refused<Value> => "dataSources",
        /// Indexes of fields; not simulated.
        _field_index_names: Refused<Vec<String>> => "fieldIndexNames",
        /// Their labels; not simulated.
        _log_group_tags: Refused<Value> => "logGroupTags",
    }
    output ListLogGroupsOutput {
        /// The groups.
        pub log_groups: Vec<LogGroupSummary> => "logGroups",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["InvalidParameterException"]
    access {
        "logs:ListLogGroups" on "arn:aws:logs:{region}:{account}:log-group::log-stream:",
    }
}

impl Read for ListLogGroups {
    type Output = ListLogGroupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let limit = names::limit(Some(self.limit.unwrap_or(LIST_DEFAULT)), LIST_MAX)?;
        let pattern = self.log_group_name_pattern.unwrap_or_default();
        list_pattern(&pattern)?;
        let fits = |name: &str| {
            pattern.split('|').any(|part| match part.strip_prefix('^') {
                Some(prefix) => name.starts_with(prefix),
                None => name.contains(part),
            })
        };
        let standard = self.log_group_class.is_none_or(|class| class == LogGroupClass::Standard);
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place).into_iter().flatten();
        let groups = region.filter(|(name, _)| standard && fits(name));
        let (page, next_token) = read::named(groups, self.next_token.as_deref(), limit)?;
        let summary = |(name, _): (&String, &Group)| LogGroupSummary {
            log_group_name: name.clone(),
            log_group_arn: group_arn(&place, name),
            log_group_class: LogGroupClass::Standard,
        };
        Ok(ListLogGroupsOutput { log_groups: page.into_iter().map(summary).collect(), next_token })
    }
}

/// # Errors
/// `ListLogGroups` takes no such pattern.
fn list_pattern(pattern: &str) -> Result<(), ApiError> {
    const PATTERN: &str = r"(\^?[\.\-_\/#A-Za-z0-9]{3,24})(\|\^?[\.\-_\/#A-Za-z0-9]{3,24}){0,4}";
    if pattern.is_empty() {
        return Ok(());
    }
    let name = |c: char| c.is_ascii_alphanumeric() || ".-_/#".contains(c);
    let part = |part: &str| {
        let part = part.strip_prefix('^').unwrap_or(part);
        (3..=24).contains(&part.len()) && part.chars().all(name)
    };
    let fits = pattern.split('|').count() <= 5 && pattern.split('|').all(part);
    let mut faults = Faults::default();
    faults.pattern("logGroupNamePattern", pattern, PATTERN, |_| fits);
    faults.check(INVALID)
}

sim::operation! {
    /// Says how long the events of a log group are kept. What is older is deleted in up to 72 hours.
    write PutRetentionPolicy in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// Days: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
        /// 2557, 2922, 3288 or 3653.
        retention_in_days: i64 => "retentionInDays",
    }
    output PutRetentionPolicyOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access {
        "logs:PutRetentionPolicy" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
    takes time
}

impl Write for PutRetentionPolicy {
    type Output = PutRetentionPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::group(&self.log_group_name)?;
        let days: Vec<String> = RETENTION_DAYS.iter().map(i64::to_string).collect();
        let mut faults = Faults::default();
        faults.one_of("retentionInDays", &self.retention_in_days.to_string(), &days);
        faults.check(INVALID)?;
        change(world, cx, &self.log_group_name, |group, _, _| {
            group.retention_days = Some(self.retention_in_days);
            Ok(())
        })?;
        Ok(PutRetentionPolicyOutput {})
    }
}

sim::operation! {
    /// Lets the events of a log group be kept for ever.
    write DeleteRetentionPolicy in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
    }
    output DeleteRetentionPolicyOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access {
        "logs:DeleteRetentionPolicy" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Write for DeleteRetentionPolicy {
    type Output = DeleteRetentionPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::group(&self.log_group_name)?;
        change(world, cx, &self.log_group_name, |group, _, _| {
            group.retention_days = None;
            Ok(())
        })?;
        Ok(DeleteRetentionPolicyOutput {})
    }
}

sim::operation! {
    /// Says whether a log group can be deleted.
    write PutLogGroupDeletionProtection in "logs" = "POST /";
    input {
        /// The name or ARN of the group.
        log_group_identifier: String => "logGroupIdentifier",
        /// Whether it cannot.
        deletion_protection_enabled: bool => "deletionProtectionEnabled",
    }
    output PutLogGroupDeletionProtectionOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access itself
}

impl Write for PutLogGroupDeletionProtection {
    type Output = PutLogGroupDeletionProtectionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = names::identified(&Place::of(cx), &self.log_group_identifier)?;
        super::allowed(world, cx, "logs:PutLogGroupDeletionProtection", &name, "")?;
        change(world, cx, &name, |group, _, _| {
            group.protected = self.deletion_protection_enabled;
            Ok(())
        })?;
        Ok(PutLogGroupDeletionProtectionOutput {})
    }
}
