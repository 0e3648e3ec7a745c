//! Templates: text, sections, and what may stand in them.
//!
//! Source: AWS CloudFormation User Guide, "Template reference". A template is a [`Value`] once read;
//! the short tags of YAML have become the long forms by then.

mod check;
pub(crate) mod functions;
mod parameter;
mod walk;
mod yaml;

use crate::text::text_of;
use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sim::api::ApiError;

use crate::errors::invalid;
pub(crate) use parameter::{Declaration, Given, values};
pub(crate) use walk::{Mention, mentions};

/// The longest text of a template in a request, in bytes (User Guide, "Quotas").
pub(crate) const BODY_MAX: usize = 51_200;
/// The longest text of a template in S3, in bytes.
pub(crate) const OBJECT_MAX: u64 = 1_048_576;

/// A template that is well-formed and whose references lead somewhere.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Template {
    pub(crate) text: String,
    pub(crate) version: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) parameters: BTreeMap<String, Declaration>,
    pub(crate) mappings: Map<String, Value>,
    pub(crate) conditions: Map<String, Value>,
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) outputs: BTreeMap<String, Output>,
}

/// A resource as a template says it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Resource {
    pub(crate) kind: String,
    pub(crate) properties: Map<String, Value>,
    pub(crate) depends_on: Vec<String>,
    pub(crate) condition: Option<String>,
    pub(crate) deletion_policy: Option<String>,
    pub(crate) update_replace_policy: Option<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) creation_policy: Option<Value>,
}

/// An output as a template says it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Output {
    pub(crate) description: Option<String>,
    pub(crate) value: Value,
    pub(crate) condition: Option<String>,
    pub(crate) export: Option<Value>,
}

impl Template {
    /// Reads a template and holds it to the rules that need no values of parameters.
    ///
    /// # Errors
    /// What is wrong with it, as the service words it.
    pub(crate) fn read(text: &str) -> Result<Self, ApiError> {
        let value = value(text).map_err(invalid)?;
        let Value::Object(map) = value else {
            return Err(invalid("Template format error: unsupported structure."));
        };
        let template = Self::of(text, map).map_err(invalid)?;
        check::check(&template).map_err(invalid)?;
        Ok(template)
    }

    fn of(text: &str, mut map: Map<String, Value>) -> Result<Self, String> {
        let mut template = Self { text: text.to_owned(), ..Self::default() };
        template.version = version(map.remove("AWSTemplateFormatVersion"))?;
        template.description = match map.remove("Description") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => {
                return Err(
                    "Template format error: Every Description member must be a string.".into()
                );
            }
        };
        template.metadata = map.remove("Metadata");
        for (name, value) in section(&mut map, "Parameters")? {
            alphanumeric("Parameter", &name)?;
            let declared = Declaration::of(&name, value)?;
            template.parameters.insert(name, declared);
        }
        template.mappings = section(&mut map, "Mappings")?;
        template.conditions = section(&mut map, "Conditions")?;
        if map.contains_key("Transform") {
            return Err("Transform and macros are not simulated here".into());
        }
        if map.contains_key("Rules") {
            return Err("Rules are not simulated here".into());
        }
        if !map.contains_key("Resources") {
            return Err(NO_RESOURCES.into());
        }
        for (name, value) in section(&mut map, "Resources")? {
            alphanumeric("Resource", &name)?;
            let resource = Resource::of(&name, value)?;
            template.resources.insert(name, resource);
        }
        if template.resources.is_empty() {
            return Err(NO_RESOURCES.into());
        }
        for (name, value) in section(&mut map, "Outputs")? {
            alphanumeric("Output", &name)?;
            let output = Output::of(&name, value)?;
            template.outputs.insert(name, output);
        }
        if map.is_empty() {
            return Ok(template);
        }
        let names: Vec<&str> = map.keys().map(String::as_str).collect();
        Err(format!("Invalid template property or properties [{}]", names.join(", ")))
    }

    /// What must be agreed to before this is made: nothing, `CAPABILITY_IAM` or
    /// `CAPABILITY_NAMED_IAM`; and the types that say so.
    pub(crate) fn capability(&self) -> Option<(&'static str, Vec<String>)> {
        let mut kinds = Vec::new();
        let mut named = false;
        for resource in self.resources.values() {
            let Some(kind) = crate::kinds::find(&resource.kind) else { continue };
            if !kind.grants {
                continue;
            }
            named |= kind.named_by.is_some_and(|name| resource.properties.contains_key(name));
            if !kinds.contains(&resource.kind) {
                kinds.push(resource.kind.clone());
            }
        }
        let name = if named { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" };
        (!kinds.is_empty()).then_some((name, kinds))
    }
}

/// The names of the parameters that a template declares, for a client that asks for values. Nothing is
/// held to any rule.
#[must_use]
pub fn template_parameters(text: &str) -> Vec<String> {
    let value = value(text).unwrap_or_default();
    let declared = value.get("Parameters").and_then(Value::as_object);
    declared.into_iter().flat_map(Map::keys).cloned().collect()
}

const NO_RESOURCES: &str = "Template format error: At least one Resources member must be defined.";

/// A template as it is written.
pub(crate) fn value(text: &str) -> Result<Value, String> {
    if !text.trim_start().starts_with('{') {
        return yaml::read(text);
    }
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("Template format error: JSON not well-formed. (line {line}, column {column})")
    })
}

fn version(value: Option<Value>) -> Result<Option<String>, String> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) if text == "2010-09-09" => Ok(Some(text)),
        Some(other) => {
            let other = text_of(&other).unwrap_or_default();
            Err(format!(
                "Template format error: {other} is not a supported value for \
                 AWSTemplateFormatVersion."
            ))
        }
    }
}

/// A section of the template; empty when it is not there.
fn section(map: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, String> {
    match map.remove(name) {
        None => Ok(Map::new()),
        Some(Value::Object(section)) => Ok(section),
        Some(_) => Err(format!("Template format error: {name} must be an object.")),
    }
}

fn alphanumeric(what: &str, name: &str) -> Result<(), String> {
    let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    if good {
        return Ok(());
    }
    Err(format!("Template format error: {what} name {name} is non alphanumeric."))
}

impl Resource {
    fn of(name: &str, value: Value) -> Result<Self, String> {
        let malformed = || {
            format!("Template format error: [/Resources/{name}] resource definition is malformed")
        };
        let Value::Object(mut map) = value else { return Err(malformed()) };
        let Some(Value::String(kind)) = map.remove("Type") else {
            return Err(format!(
                "Template format error: [/Resources/{name}] Every Resources object must contain a \
                 Type member."
            ));
        };
        let properties = match map.remove("Properties") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(properties)) => properties,
            Some(_) => {
                return Err(format!(
                    "Template format error: [/Resources/{name}/Properties] Every Properties member \
                     must be an object."
                ));
            }
        };
        let depends_on = match map.remove("DependsOn") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names
                .iter()
                .map(|name| name.as_str().map(str::to_owned).ok_or_else(malformed))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(malformed()),
        };
        let mut word = |key: &str| match map.remove(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed()),
        };
        let condition = word("Condition")?;
        let deletion_policy = policy(name, "DeletionPolicy", word("DeletionPolicy")?)?;
        let update_replace_policy =
            policy(name, "UpdateReplacePolicy", word("UpdateReplacePolicy")?)?;
        let metadata = map.remove("Metadata");
        let creation_policy = map.remove("CreationPolicy");
        if map.contains_key("UpdatePolicy") {
            return Err(format!("UpdatePolicy of resource {name} is not simulated here"));
        }
        if let Some(other) = map.keys().next() {
            return Err(format!("Invalid template resource property '{other}'"));
        }
        Ok(Self {
            kind,
            properties,
            depends_on,
            condition,
            deletion_policy,
            update_replace_policy,
            metadata,
            creation_policy,
        })
    }
}

/// What is to become of a resource that is taken out or replaced.
fn policy(name: &str, key: &str, value: Option<String>) -> Result<Option<String>, String> {
    match value.as_deref() {
        None | Some("Delete" | "Retain") => Ok(value),
        Some("RetainExceptOnCreate") if key == "DeletionPolicy" => Ok(value),
        Some("Snapshot") => {
            Err(format!("Template error: {key} Snapshot of resource {name} is not simulated here"))
        }
        Some(other) => {
            Err(format!("Template error: Unrecognized {key} {other} for resource {name}"))
        }
    }
}

impl Output {
    fn of(name: &str, value: Value) -> Result<Self, String> {
        let missing = || {
            format!(
                "Template format error: [/Outputs/{name}] Every Outputs member must contain a Value \
                 object"
            )
        };
        let Value::Object(mut map) = value else { return Err(missing()) };
        let value = map.remove("Value").filter(|value| !value.is_null()).ok_or_else(missing)?;
        let export = match map.remove("Export") {
            None => None,
            Some(Value::Object(mut export)) => Some(export.remove("Name").ok_or_else(|| {
                format!(
                    "Template format error: [/Outputs/{name}/Export] Every Export must contain a \
                     Name member."
                )
            })?),
            Some(_) => {
                return Err(format!(
                    "Template format error: [/Outputs/{name}/Export] Every Export must be an object."
                ));
            }
        };
        let text = |value: Option<Value>| value.as_ref().and_then(text_of);
        Ok(Self {
            description: text(map.remove("Description")),
            value,
            condition: text(map.remove("Condition")),
            export,
        })
    }
}
