//! What IAM refuses: wrong names, paths, tags and documents, and calls that policies do not allow.

use crate::AccessRequest;
use crate::authorize;
use crate::policy::{Policy, PolicyError};
use sim::api::ApiError;
use sim::{Cx, Principal, World};

use super::shapes::Tag;
use super::state::{Entity, Kind, Named, Table, arn};

/// The most tags an identity can have.
const TAGS_MAX: usize = 50;

/// A refusal of a value.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ValidationError", message)
}

/// A refusal of a value that breaks one constraint of the API model.
pub(crate) fn constraint(value: &str, member: &str, rule: &str) -> ApiError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: \
         Member must {rule}"
    ))
}

/// A refusal of a value that must be given.
pub(crate) fn missing(member: &str) -> ApiError {
    invalid(format!(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: \
         Member must not be null"
    ))
}

/// That more is asked for than the account may have.
pub(crate) fn quota(name: &str, limit: usize) -> ApiError {
    ApiError::new(409, "LimitExceeded", format!("Cannot exceed quota for {name}: {limit}"))
}

pub(crate) fn conflict(message: &str) -> ApiError {
    ApiError::new(409, "DeleteConflict", message)
}

pub(crate) fn bad_input(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "InvalidInput", message)
}

/// A name of letters, digits and `+=,.@_-`, of at most `len_max` characters.
pub(crate) fn name(value: &str, member: &str, len_max: usize) -> Result<(), ApiError> {
    if value.is_empty() {
        return Err(missing(member));
    }
    if value.chars().count() > len_max {
        let rule = format!("have length less than or equal to {len_max}");
        return Err(constraint(value, member, &rule));
    }
    if !value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b)) {
        return Err(invalid(format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        )));
    }
    Ok(())
}

/// A path such as `/team/`; none given is `/`.
pub(crate) fn path(value: Option<&String>) -> Result<String, ApiError> {
    let Some(path) = value else { return Ok("/".into()) };
    let legal = path.len() <= 512
        && path.starts_with('/')
        && path.ends_with('/')
        && path.bytes().all(|b| (0x21..=0x7e).contains(&b));
    if !legal {
        return Err(invalid(
            "The specified value for path is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters.",
        ));
    }
    Ok(path.clone())
}

/// The size of a page: 1 to 1000.
pub(crate) fn items_max(value: Option<i64>) -> Result<(), ApiError> {
    let wrong = |n: i64, rule| Err(constraint(&n.to_string(), "maxItems", rule));
    match value {
        Some(n) if n < 1 => wrong(n, "have value greater than or equal to 1"),
        Some(n) if n > 1000 => wrong(n, "have value less than or equal to 1000"),
        _ => Ok(()),
    }
}

/// The ARN of a managed policy, as far as its form goes.
pub(crate) fn policy_arn(arn: &str) -> Result<(), ApiError> {
    if arn.is_empty() {
        return Err(missing("policyArn"));
    }
    if arn.len() < 20 {
        return Err(constraint(arn, "policyArn", "have length greater than or equal to 20"));
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let legal =
        matches!(parts.as_slice(), ["arn", _, "iam", "", _, rest] if rest.starts_with("policy/"));
    if legal { Ok(()) } else { Err(bad_input(format!("ARN {arn} is not valid."))) }
}

/// Tags for a new entity, or to be added to `present` ones: the whole list there will be.
pub(crate) fn tags(
    present: &[(String, String)],
    added: &[Tag],
    quota_name: &str,
) -> Result<Vec<(String, String)>, ApiError> {
    let mut all = present.to_vec();
    for (i, tag) in added.iter().enumerate() {
        if tag.key.is_empty() || tag.key.chars().count() > 128 {
            let rule = if tag.key.is_empty() {
                "have length greater than or equal to 1"
            } else {
                "have length less than or equal to 128"
            };
            let member = format!("tags.{}.member.key", i + 1);
            return Err(constraint(&tag.key, &member, rule));
        }
        if tag.value.chars().count() > 256 {
            let member = format!("tags.{}.member.value", i + 1);
            return Err(constraint(&tag.value, &member, "have length less than or equal to 256"));
        }
        if added[..i].iter().any(|t| t.key.eq_ignore_ascii_case(&tag.key)) {
            return Err(bad_input(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        let pair = (tag.key.clone(), tag.value.clone());
        match all.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(&tag.key)) {
            Some(old) => *old = pair,
            None => all.push(pair),
        }
    }
    if all.len() > TAGS_MAX { Err(quota(quota_name, TAGS_MAX)) } else { Ok(all) }
}

/// That nothing hangs on what is to be deleted.
pub(crate) fn check_bare(entity: &Entity) -> Result<(), ApiError> {
    if !entity.attached.is_empty() {
        return Err(conflict("Cannot delete entity, must detach all policies first."));
    }
    if !entity.inline.is_empty() {
        return Err(conflict("Cannot delete entity, must delete policies first."));
    }
    Ok(())
}

/// A prefix of paths and the size of a page, as far as their form goes.
pub(crate) fn listing(prefix: Option<&String>, items: Option<i64>) -> Result<(), ApiError> {
    items_max(items)?;
    match prefix {
        Some(prefix) if !prefix.starts_with('/') => Err(constraint(
            prefix,
            "pathPrefix",
            r"satisfy regular expression pattern: \u002F[\u0021-\u007F]*",
        )),
        _ => Ok(()),
    }
}

/// How much of a document counts: everything but white space.
pub(crate) fn document_len(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// A document out of a request, read as an inline or as a managed policy.
pub(crate) fn document(
    text: &str,
    read: fn(&str) -> Result<Policy, PolicyError>,
) -> Result<Policy, ApiError> {
    if text.is_empty() {
        return Err(missing("policyDocument"));
    }
    Ok(read(text)?)
}

/// Whether the caller may make this call of IAM.
///
/// # Errors
/// `AccessDenied` with the sentence of IAM, or `MissingAuthenticationToken`.
pub(crate) fn check_access(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    resource: &str,
    conditions: Vec<(&'static str, String)>,
) -> Result<(), ApiError> {
    if matches!(cx.caller.principal, Principal::Anonymous | Principal::Unix(_) | Principal::Lab) {
        return Err(unsigned());
    }
    let request =
        AccessRequest { action, resource, resource_policy: None, acl_allows: false, conditions };
    authorize(world, cx, &request)
        .map_err(|denied| ApiError::new(403, "AccessDenied", denied.message(action, resource)))
}

/// Whether the caller may do this to the one of that name, which need not exist.
///
/// # Errors
/// As [`check_access`].
pub(crate) fn check_named<T: Named>(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    table: &Table<T>,
    name: &str,
) -> Result<(), ApiError> {
    check_access(world, cx, action, &named_arn(world, table, name), Vec::new())
}

/// The ARN of the one of that name, or the one it would have.
pub(crate) fn named_arn<T: Named>(world: &World, table: &Table<T>, name: &str) -> String {
    table.find(name).map_or_else(
        || arn(&world.config().account, T::KIND, "/", name),
        |found| found.entity().arn.clone(),
    )
}

/// Whether the caller may list what is of that kind, or make one under that path.
///
/// # Errors
/// As [`check_access`].
pub(crate) fn check_under(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    kind: Kind,
    path: &str,
    name: &str,
) -> Result<(), ApiError> {
    let resource = arn(&world.config().account, kind, path, name);
    check_access(world, cx, action, &resource, Vec::new())
}

/// The answer to a request without credentials.
pub(crate) fn unsigned() -> ApiError {
    ApiError::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
}
