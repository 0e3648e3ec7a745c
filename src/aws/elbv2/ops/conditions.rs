//! Conditions of rules as requests give them, held to what an Application Load Balancer takes, and written
//! out as the API describes them afterwards.
//!
//! Source: the User Guide for Application Load Balancers, "Condition types for listener rules", and its
//! quotas.

use crate::faults::{invalid, other};
use crate::route::conditions::Block;
use crate::shapes::rule::{
    HostHeaderConditionConfig, HttpRequestMethodConditionConfig, PathPatternConditionConfig,
    RuleCondition, SourceIpConditionConfig,
};
use sim::api::ApiError;

/// Values of all conditions of a rule.
const VALUES_MAX: usize = 5;
/// Wildcards in all conditions of a rule.
const WILDCARDS_MAX: usize = 6;
/// The longest value, in characters.
const VALUE_LEN_MAX: usize = 128;
/// The longest name of a header or method, in characters.
const NAME_LEN_MAX: usize = 40;
/// Conditions of which a rule may have one.
const ONCE: &[&str] = &["host-header", "path-pattern", "http-request-method", "source-ip"];

/// The conditions of a rule.
///
/// # Errors
/// There are none, too many, or one of a wrong form.
pub(super) fn read(given: Vec<RuleCondition>) -> Result<Vec<RuleCondition>, ApiError> {
    if given.is_empty() {
        return Err(invalid("A condition must be specified"));
    }
    let mut conditions: Vec<RuleCondition> = Vec::new();
    for condition in given {
        let read = one(condition)?;
        let field = read.field.clone();
        let once = field.as_deref().is_some_and(|field| ONCE.contains(&field));
        if once && conditions.iter().any(|other| other.field == field) {
            return Err(invalid(format!(
                "The rule can have only one condition of type '{}'",
                field.unwrap_or_default()
            )));
        }
        conditions.push(read);
    }
    let values: Vec<String> = conditions.iter().flat_map(texts).collect();
    if values.len() > VALUES_MAX {
        let message = format!("A rule can have at most '{VALUES_MAX}' condition values");
        return Err(invalid(message));
    }
    let wild = values.iter().flat_map(|text| text.chars()).filter(|c| matches!(c, '*' | '?'));
    if wild.count() > WILDCARDS_MAX {
        let message = format!("A rule can have at most '{WILDCARDS_MAX}' condition wildcards");
        return Err(invalid(message));
    }
    Ok(conditions)
}

/// The values of a condition, one text each.
fn texts(condition: &RuleCondition) -> Vec<String> {
    if let Some(values) = &condition.values {
        return values.clone();
    }
    let header = condition.http_header_config.iter().flat_map(|config| &config.values);
    let method = condition.http_request_method_config.iter().flat_map(|config| &config.values);
    let source = condition.source_ip_config.iter().flat_map(|config| &config.values);
    let query = condition.query_string_config.iter().flat_map(|config| &config.values);
    let query = query.map(|pair| {
        format!(
            "{}{}",
            pair.key.as_deref().unwrap_or_default(),
            pair.value.as_deref().unwrap_or_default()
        )
    });
    header.chain(method).chain(source).cloned().chain(query).collect()
}

fn one(condition: RuleCondition) -> Result<RuleCondition, ApiError> {
    let field = condition.field.clone().unwrap_or_default();
    let plain = RuleCondition { field: Some(field.clone()), ..RuleCondition::default() };
    match field.as_str() {
        "path-pattern" => {
            let own = condition.path_pattern_config.map(|config| config.values);
            let values = either(&field, condition.values, own)?;
            values.iter().try_for_each(|value| path(value))?;
            let config =
                PathPatternConditionConfig { values: values.clone(), ..Default::default() };
            Ok(RuleCondition { values: Some(values), path_pattern_config: Some(config), ..plain })
        }
        "host-header" => {
            let own = condition.host_header_config.map(|config| config.values);
            let values = either(&field, condition.values, own)?;
            values.iter().try_for_each(|value| host(value))?;
            let config = HostHeaderConditionConfig { values: values.clone(), ..Default::default() };
            Ok(RuleCondition { values: Some(values), host_header_config: Some(config), ..plain })
        }
        "http-request-method" => {
            let own = condition.http_request_method_config.map(|config| config.values);
            let values = either(&field, condition.values, own)?;
            values.iter().try_for_each(|value| method(value))?;
            let config = Some(HttpRequestMethodConditionConfig { values });
            Ok(RuleCondition { http_request_method_config: config, ..plain })
        }
        "source-ip" => {
            let own = condition.source_ip_config.map(|config| config.values);
            let values = either(&field, condition.values, own)?;
            for value in &values {
                let known = Block::parse(value).is_some() || value.contains(':');
                if !known {
                    let message =
                        format!("The source IP value '{value}' is not a valid CIDR block");
                    return Err(invalid(message));
                }
            }
            let config = Some(SourceIpConditionConfig { values });
            Ok(RuleCondition { source_ip_config: config, ..plain })
        }
        "http-header" => {
            let mut config = condition.http_header_config.unwrap_or_default();
            let name = config.http_header_name.clone().unwrap_or_default();
            config.values = either(&field, condition.values, Some(config.values))?;
            header(&name, &config.values)?;
            Ok(RuleCondition { http_header_config: Some(config), ..plain })
        }
        "query-string" => {
            let config = condition.query_string_config.unwrap_or_default();
            if config.values.is_empty() || condition.values.is_some_and(|v| !v.is_empty()) {
                return Err(no_values(&field));
            }
            for pair in &config.values {
                let key = pair.key.as_deref().unwrap_or_default();
                let value = pair.value.as_deref().unwrap_or_default();
                if value.is_empty() || len(value) > VALUE_LEN_MAX || len(key) > VALUE_LEN_MAX {
                    return Err(invalid("The query string value is not valid"));
                }
            }
            Ok(RuleCondition { query_string_config: Some(config), ..plain })
        }
        _ => Err(invalid(format!(
            "Condition field '{field}' must be one of '[path-pattern, host-header, http-header, \
             http-request-method, query-string, source-ip]'"
        ))),
    }
}

fn len(text: &str) -> usize {
    text.chars().count()
}

fn no_values(field: &str) -> ApiError {
    invalid(format!("A condition value must be specified for the field '{field}'"))
}

/// The values that stand in one of two places.
fn either(
    field: &str,
    plain: Option<Vec<String>>,
    own: Option<Vec<String>>,
) -> Result<Vec<String>, ApiError> {
    let plain = plain.filter(|values| !values.is_empty());
    let own = own.filter(|values| !values.is_empty());
    match (plain, own) {
        (None, None) => Err(no_values(field)),
        (Some(plain), Some(own)) if plain != own => {
            Err(invalid(format!("Condition values must be specified once for the field '{field}'")))
        }
        (Some(values), _) | (None, Some(values)) => Ok(values),
    }
}

fn path(value: &str) -> Result<(), ApiError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.$/~\"'@:+&*?".contains(c);
    if len(value) > VALUE_LEN_MAX {
        let message = format!("The path pattern can have at most {VALUE_LEN_MAX} characters");
        return Err(invalid(message));
    }
    if value.is_empty() || !value.chars().all(allowed) {
        return Err(invalid(format!("The path pattern '{value}' contains invalid characters")));
    }
    Ok(())
}

fn host(value: &str) -> Result<(), ApiError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-.*?".contains(c);
    if len(value) > VALUE_LEN_MAX {
        let message = format!("The host header can have at most {VALUE_LEN_MAX} characters");
        return Err(invalid(message));
    }
    let last = value.rsplit('.').next().unwrap_or_default();
    let ends =
        value.contains('.') && last.chars().all(|c| c.is_ascii_alphabetic() || "*?".contains(c));
    if value.is_empty() || !value.chars().all(allowed) || !ends {
        return Err(invalid(format!("The host header '{value}' is not valid")));
    }
    Ok(())
}

fn method(value: &str) -> Result<(), ApiError> {
    let allowed = |c: char| c.is_ascii_uppercase() || matches!(c, '-' | '_');
    if value.is_empty() || len(value) > NAME_LEN_MAX || !value.chars().all(allowed) {
        return Err(invalid(format!("The HTTP request method '{value}' is not valid")));
    }
    Ok(())
}

fn header(name: &str, values: &[String]) -> Result<(), ApiError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || len(name) > NAME_LEN_MAX || !name.chars().all(allowed) {
        return Err(invalid(format!("The HTTP header name '{name}' is not valid")));
    }
    if name.eq_ignore_ascii_case("host") {
        return Err(other(
            "ValidationError",
            "The HTTP header name must not be 'Host': use host-header",
        ));
    }
    if values.iter().any(|value| value.is_empty() || len(value) > VALUE_LEN_MAX) {
        return Err(invalid(format!("A value of the HTTP header '{name}' is not valid")));
    }
    Ok(())
}
