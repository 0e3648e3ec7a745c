//! What IAM asks of a document before it takes it, in IAM's order and words.
//!
//! Syntax comes first, then the version, values of conditions, the forms of resources and actions,
//! and what the kind of policy needs or must not have (IAM User Guide, "Grammar of the IAM JSON
//! policy language"). Whether an action exists is not asked: IAM takes unknown names too.

use std::collections::BTreeSet;

use serde_json::Value;

use super::condition::Condition;
use super::grammar::{Object, STATEMENT_FIELDS, statements, texts};
use super::{Kind, PolicyError};

const TOP_FIELDS: &[&str] = &["Version", "Id", "Statement"];
/// Elements of which a statement has one or its complement.
const COMPLEMENTS: &[(&str, &str)] =
    &[("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")];

const PARTITIONS: &[&str] = &[
    "*",
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

/// How the last part of an ARN of IAM begins.
const IAM_PATHS: &[&str] = &[
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// What a trust policy may allow (Service Authorization Reference, "Actions … for AWS Security
/// Token Service").
const TRUST_ACTIONS: &[&str] = &[
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:DecodeAuthorizationMessage",
    "sts:GetAccessKeyInfo",
    "sts:GetCallerIdentity",
    "sts:GetFederationToken",
    "sts:GetServiceBearerToken",
    "sts:GetSessionToken",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

const LEGACY: &str = "The policy failed legacy parsing";

/// Looks through a whole document.
pub(super) fn document(document: &Object, kind: Kind) -> Result<(), PolicyError> {
    let found = syntax(document).ok_or_else(|| kind.error("Syntax errors in policy."))?;
    let modern = document.get("Version").is_some_and(|v| v == "2012-10-17");
    if kind == Kind::Managed && !modern {
        return Err(kind.error("Policy document must be version 2012-10-17 or greater."));
    }
    let refuse = |message: String| kind.error(message);
    for statement in &found {
        values(statement).map_err(refuse)?;
    }
    sids(&found).map_err(refuse)?;
    if kind != Kind::Trust && found.iter().any(|s| has(s, "Principal", "NotPrincipal")) {
        return Err(kind.error("Policy document should not specify a principal."));
    }
    for statement in &found {
        if list(statement, "Action", "NotAction").is_empty() {
            return Err(kind.error("Policy statement must contain actions."));
        }
        list(statement, "Resource", "NotResource")
            .iter()
            .try_for_each(|r| resource(r))
            .and_then(|()| {
                list(statement, "Action", "NotAction").iter().try_for_each(|a| action(a))
            })
            .map_err(refuse)?;
    }
    for statement in &found {
        if kind == Kind::Trust {
            trust(statement).map_err(refuse)?;
        } else if list(statement, "Resource", "NotResource").is_empty() {
            return Err(kind.error("Policy statement must contain resources."));
        }
    }
    Ok(())
}

/// The statements of a document whose elements have the types that the grammar asks for.
fn syntax(document: &Object) -> Option<Vec<&Object>> {
    let known =
        |fields: &Object, names: &[&str]| fields.keys().all(|k| names.contains(&k.as_str()));
    let text = |value: Option<&Value>| value.is_none_or(Value::is_string);
    let version = document.get("Version");
    if !known(document, TOP_FIELDS)
        || version.is_some_and(|v| v != "2008-10-17" && v != "2012-10-17")
        || !text(document.get("Id"))
    {
        return None;
    }
    let found: Vec<&Object> =
        statements(document)?.iter().map(Value::as_object).collect::<Option<_>>()?;
    let fine = |statement: &&Object| {
        let effect = statement.get("Effect").and_then(Value::as_str).unwrap_or_default();
        known(statement, STATEMENT_FIELDS)
            && text(statement.get("Sid"))
            && ["allow", "deny"].contains(&effect.to_ascii_lowercase().as_str())
            && COMPLEMENTS.iter().all(|(one, other)| {
                !(statement.contains_key(*one) && statement.contains_key(*other))
            })
            && ["Action", "NotAction", "Resource", "NotResource"]
                .iter()
                .filter_map(|name| statement.get(*name))
                .all(|value| strings(value).is_some())
            && conditions(statement).is_some()
    };
    found.iter().all(fine).then_some(found)
}

/// One string or a list of strings.
fn strings(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        one => Some(vec![one.as_str()?]),
    }
}

/// The conditions of a statement; `None` when one has no such operator or no such form.
fn conditions(statement: &Object) -> Option<Vec<Condition>> {
    let Some(blocks) = statement.get("Condition") else { return Some(Vec::new()) };
    let mut found = Vec::new();
    for (operator, keys) in blocks.as_object()? {
        for (key, values) in keys.as_object()? {
            found.push(Condition::new(operator, key, texts(values)?)?);
        }
    }
    Some(found)
}

fn has(statement: &Object, one: &str, other: &str) -> bool {
    statement.contains_key(one) || statement.contains_key(other)
}

/// What an element or its complement lists; nothing when there is neither.
fn list<'a>(statement: &'a Object, one: &str, other: &str) -> Vec<&'a str> {
    statement.get(one).or_else(|| statement.get(other)).and_then(strings).unwrap_or_default()
}

/// The spelling of the effect, and what conditions compare with.
fn values(statement: &Object) -> Result<(), String> {
    let effect = statement.get("Effect").and_then(Value::as_str);
    let conditions = conditions(statement).unwrap_or_default();
    if !matches!(effect, Some("Allow" | "Deny")) || !conditions.iter().all(Condition::readable) {
        return Err(LEGACY.into());
    }
    if conditions.iter().any(|c| !c.key.contains(':')) {
        return Err(NO_VENDOR.into());
    }
    Ok(())
}

fn sids(statements: &[&Object]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for sid in statements.iter().filter_map(|s| s.get("Sid")?.as_str()).filter(|s| !s.is_empty()) {
        if !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err("Statement IDs (SID) must be alpha-numeric. Check that your input \
                        satisfies the regular expression [0-9A-Za-z]*"
                .into());
        }
        if !seen.insert(sid) {
            return Err("Statement IDs (SID) in a single policy must be unique.".into());
        }
    }
    Ok(())
}

fn resource(text: &str) -> Result<(), String> {
    if text == "*" {
        return Ok(());
    }
    let mut parts = text.splitn(6, ':').skip(1);
    let Some(partition) = parts.next() else {
        return Err(format!("Resource {text} must be in ARN format or \"*\"."));
    };
    let [service, region, account, id] = std::array::from_fn(|_| parts.next());
    if !text.starts_with("arn:") || !PARTITIONS.contains(&partition) {
        let rest = [service, region, account, id].map(|part| part.unwrap_or("*")).join(":");
        return Err(format!(
            "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{rest}\"."
        ));
    }
    if service.is_none_or(|s| s.contains(['*', '?'])) {
        return Err("Resource vendor must be fully qualified and cannot contain regexes.".into());
    }
    let (Some(service), Some(region), Some(id)) = (service.filter(|s| !s.is_empty()), region, id)
    else {
        return Err(LEGACY.into());
    };
    match service {
        "iam" if !region.is_empty() => {
            Err(format!("IAM resource {text} cannot contain region information."))
        }
        "s3" if !region.is_empty() && !id.starts_with("accesspoint/") => {
            Err(format!("Resource {text} can not contain region information."))
        }
        "iam" if id != "*" && !IAM_PATHS.iter().any(|path| id.starts_with(path)) => Err(format!(
            "IAM resource path must either be \"*\" or start with {}.",
            IAM_PATHS.join(", ")
        )),
        _ => Ok(()),
    }
}

const NO_VENDOR: &str =
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

fn action(text: &str) -> Result<(), String> {
    if text == "*" {
        return Ok(());
    }
    let Some((vendor, name)) = text.split_once(':') else { return Err(NO_VENDOR.into()) };
    if name.contains(':') {
        return Err("Actions/Condition can contain only one colon.".into());
    }
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if vendor.is_empty() || !vendor.bytes().all(legal) && vendor != "*" {
        return Err(format!("Vendor {vendor} is not valid"));
    }
    Ok(())
}

fn trust(statement: &Object) -> Result<(), String> {
    for field in ["Resource", "NotResource"] {
        if statement.contains_key(field) {
            return Err(format!("Has prohibited field {field}"));
        }
    }
    if !has(statement, "Principal", "NotPrincipal") {
        return Err("Missing required field Principal".into());
    }
    for action in list(statement, "Action", "NotAction") {
        let vendor = action.split_once(':').map_or("", |(vendor, _)| vendor);
        if !vendor.eq_ignore_ascii_case("sts") {
            return Err("AssumeRole policy may only specify STS AssumeRole actions.".into());
        }
        if !TRUST_ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(action)) {
            return Err("Trust Policy statement actions can only be sts:AssumeRole, \
                        sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity"
                .into());
        }
    }
    Ok(())
}
