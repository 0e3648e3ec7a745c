//! From JSON text to a [`Policy`], with the refusals of S3 and of IAM.

use serde_json::Value;

use super::condition::Condition;
use super::grammar::{Object, STATEMENT_FIELDS, statements, texts};
use super::validate;
use super::{Effect, Kind, Policy, PolicyError, Principals, Set, Statement};

/// Reads a whole document.
pub(super) fn document(text: &str, kind: Kind) -> Result<Policy, PolicyError> {
    let value: Value = serde_json::from_str(text).map_err(|_| kind.not_json())?;
    let Value::Object(document) = value else { return Err(kind.not_json()) };
    if kind != Kind::Resource {
        validate::document(&document, kind)?;
    }
    if let Some(field) =
        document.keys().find(|k| !["Version", "Id", "Statement"].contains(&k.as_str()))
    {
        return Err(kind.unknown(field));
    }
    let variables = match document.get("Version") {
        None => false,
        Some(Value::String(version)) if version == "2008-10-17" => false,
        Some(Value::String(version)) if version == "2012-10-17" => true,
        Some(_) => return Err(kind.bad_version()),
    };
    if !document.contains_key("Statement") {
        return Err(kind.missing("Statement"));
    }
    let list = statements(&document).ok_or_else(|| kind.syntax())?;
    let found = list.iter().map(|s| statement(s, kind)).collect::<Result<Vec<Statement>, _>>()?;
    unique_sids(&found, kind)?;
    Ok(Policy { text: text.to_owned(), variables, statements: found })
}

fn unique_sids(statements: &[Statement], kind: Kind) -> Result<(), PolicyError> {
    let mut seen = std::collections::BTreeSet::new();
    for sid in statements.iter().map(|s| s.sid.as_str()).filter(|s| !s.is_empty()) {
        if !seen.insert(sid) {
            return Err(kind.error("Statement IDs (SID) in a single policy must be unique."));
        }
    }
    Ok(())
}

fn statement(value: &Value, kind: Kind) -> Result<Statement, PolicyError> {
    let Value::Object(fields) = value else { return Err(kind.syntax()) };
    if let Some(field) = fields.keys().find(|k| !STATEMENT_FIELDS.contains(&k.as_str())) {
        return Err(kind.unknown(field));
    }
    let sid = match fields.get("Sid") {
        None => String::new(),
        Some(Value::String(sid)) => sid.clone(),
        Some(_) => return Err(kind.syntax()),
    };
    let effect = match fields.get("Effect").map(|e| e.as_str().unwrap_or_default()) {
        None => return Err(kind.missing("Effect")),
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        Some(other) => return Err(kind.bad_effect(other)),
    };
    let principals = statement_principals(fields, kind)?;
    let actions =
        strings(fields, "Action", "NotAction", kind)?.ok_or_else(|| kind.missing("Action"))?;
    if kind == Kind::Resource {
        check_actions(&actions)?;
    }
    let resources = strings(fields, "Resource", "NotResource", kind)?;
    if resources.is_none() && kind == Kind::Resource {
        return Err(kind.missing("Resource"));
    }
    let conditions = match fields.get("Condition") {
        None => Vec::new(),
        Some(Value::Object(blocks)) => conditions(blocks, kind)?,
        Some(_) => return Err(kind.syntax()),
    };
    Ok(Statement { sid, effect, principals, actions, resources, conditions })
}

fn statement_principals(
    fields: &Object,
    kind: Kind,
) -> Result<Option<Set<Principals>>, PolicyError> {
    let found = match (fields.get("Principal"), fields.get("NotPrincipal")) {
        (Some(_), Some(_)) => return Err(kind.syntax()),
        (Some(value), None) => Some(Set::Only(principals(value, kind)?)),
        (None, Some(value)) => Some(Set::AllBut(principals(value, kind)?)),
        (None, None) => None,
    };
    if found.is_none() && kind == Kind::Resource {
        return Err(kind.missing("Principal"));
    }
    Ok(found)
}

fn principals(value: &Value, kind: Kind) -> Result<Principals, PolicyError> {
    let mut found = Principals::default();
    match value {
        Value::String(text) if text == "*" => found.everyone = true,
        Value::Object(groups) if !groups.is_empty() => {
            for (group, names) in groups {
                let names = texts(names).ok_or_else(|| kind.bad_principal(group, ""))?;
                for name in names {
                    add_principal(&mut found, group, name, kind)?;
                }
            }
        }
        other => return Err(kind.bad_principal("AWS", other.as_str().unwrap_or_default())),
    }
    Ok(found)
}

fn add_principal(
    found: &mut Principals,
    group: &str,
    name: String,
    kind: Kind,
) -> Result<(), PolicyError> {
    match group {
        "AWS" if name == "*" => found.everyone = true,
        "AWS" if is_account(&name) => found.accounts.push(name),
        "AWS" => match identity_of(&name) {
            Some(AwsName::Root(account)) => found.accounts.push(account),
            Some(AwsName::Identity) => found.identities.push(name),
            None => return Err(kind.bad_principal(group, &name)),
        },
        "Service" if name.contains('.') => found.services.push(name),
        "Federated" => found.federated.push(name),
        "CanonicalUser" => found.canonical.push(name),
        _ => return Err(kind.bad_principal(group, &name)),
    }
    Ok(())
}

enum AwsName {
    Root(String),
    Identity,
}

fn identity_of(name: &str) -> Option<AwsName> {
    if name.len() >= 16
        && ["AIDA", "AROA"].iter().any(|p| name.starts_with(p))
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    {
        return Some(AwsName::Identity);
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let ["arn", _, service, "", account, rest] = parts.as_slice() else { return None };
    if !is_account(account) || rest.contains('*') {
        return None;
    }
    match (*service, rest.split_once('/')) {
        ("iam", None) if *rest == "root" => Some(AwsName::Root((*account).to_owned())),
        ("iam", Some(("user" | "role", n))) if !n.is_empty() => Some(AwsName::Identity),
        ("sts", Some(("assumed-role" | "federated-user", n))) if !n.is_empty() => {
            Some(AwsName::Identity)
        }
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn strings(
    fields: &Object,
    only: &str,
    all_but: &str,
    kind: Kind,
) -> Result<Option<Set<Vec<String>>>, PolicyError> {
    let read = |name: &str, value: &Value| {
        let list = texts(value).ok_or_else(|| kind.syntax())?;
        if list.is_empty() { Err(kind.missing(name)) } else { Ok(list) }
    };
    match (fields.get(only), fields.get(all_but)) {
        (Some(_), Some(_)) => Err(kind.syntax()),
        (Some(value), None) => Ok(Some(Set::Only(read(only, value)?))),
        (None, Some(value)) => Ok(Some(Set::AllBut(read(only, value)?))),
        (None, None) => Ok(None),
    }
}

fn check_actions(actions: &Set<Vec<String>>) -> Result<(), PolicyError> {
    let (Set::Only(list) | Set::AllBut(list)) = actions;
    let named = |action: &String| action.split_once(':').is_some_and(|(v, _)| !v.is_empty());
    if list.iter().all(|action| action == "*" || named(action)) {
        Ok(())
    } else {
        Err(Kind::Resource.error("Policy has invalid action"))
    }
}

fn conditions(blocks: &Object, kind: Kind) -> Result<Vec<Condition>, PolicyError> {
    let mut found = Vec::new();
    for (operator, keys) in blocks {
        let Value::Object(keys) = keys else { return Err(kind.syntax()) };
        for (key, values) in keys {
            let values = texts(values).ok_or_else(|| kind.syntax())?;
            let condition =
                Condition::new(operator, key, values).ok_or_else(|| kind.bad_operator(operator))?;
            found.push(condition);
        }
    }
    Ok(found)
}

/// The wording of S3. What IAM refuses, it refuses before, in [`validate`]'s words.
impl Kind {
    pub(super) fn error(self, message: impl Into<String>) -> PolicyError {
        let code =
            if self == Self::Resource { "MalformedPolicy" } else { "MalformedPolicyDocument" };
        PolicyError { code, message: message.into() }
    }

    fn s3_or_syntax(self, message: impl Into<String>) -> PolicyError {
        if self == Self::Resource {
            self.error(message)
        } else {
            self.error("Syntax errors in policy.")
        }
    }

    fn not_json(self) -> PolicyError {
        self.s3_or_syntax("Policies must be valid JSON and the first byte must be '{'")
    }

    fn syntax(self) -> PolicyError {
        self.s3_or_syntax("Invalid policy syntax.")
    }

    fn unknown(self, field: &str) -> PolicyError {
        self.s3_or_syntax(format!("Unknown field {field}"))
    }

    fn bad_effect(self, effect: &str) -> PolicyError {
        self.s3_or_syntax(format!("Invalid effect: {effect}"))
    }

    fn bad_operator(self, operator: &str) -> PolicyError {
        self.s3_or_syntax(format!("Invalid Condition type : {operator}"))
    }

    fn bad_version(self) -> PolicyError {
        self.s3_or_syntax("The policy must contain a valid version string")
    }

    fn missing(self, field: &str) -> PolicyError {
        self.s3_or_syntax(format!("Missing required field {field}"))
    }

    pub(crate) fn bad_principal(self, group: &str, name: &str) -> PolicyError {
        if self == Self::Resource {
            self.error("Invalid principal in policy")
        } else {
            self.error(format!("Invalid principal in policy: \"{group}\":\"{name}\""))
        }
    }
}
