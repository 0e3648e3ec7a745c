//! The rules that a template is held to before anybody gives values to its parameters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Mention, Template, mentions};
use crate::kinds;

/// The most of each (User Guide, "Understand CloudFormation quotas").
const RESOURCES_MAX: usize = 500;
const PARAMETERS_MAX: usize = 200;
const OUTPUTS_MAX: usize = 200;
const MAPPINGS_MAX: usize = 200;

/// # Errors
/// The first thing that is wrong, as the service words it.
pub(super) fn check(template: &Template) -> Result<(), String> {
    for (what, count, max) in [
        ("resources", template.resources.len(), RESOURCES_MAX),
        ("parameters", template.parameters.len(), PARAMETERS_MAX),
        ("outputs", template.outputs.len(), OUTPUTS_MAX),
        ("mappings", template.mappings.len(), MAPPINGS_MAX),
    ] {
        if count > max {
            return Err(format!(
                "Template format error: Number of {what}, {count}, is greater than maximum allowed, \
                 {max}"
            ));
        }
    }
    known_kinds(template)?;
    references(template)?;
    circular(template)
}

fn known_kinds(template: &Template) -> Result<(), String> {
    let unknown: BTreeSet<&str> = template
        .resources
        .values()
        .map(|resource| resource.kind.as_str())
        .filter(|kind| kinds::find(kind).is_none())
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let unknown: Vec<&str> = unknown.into_iter().collect();
    Err(format!("Template format error: Unrecognized resource types: [{}]", unknown.join(", ")))
}

fn references(template: &Template) -> Result<(), String> {
    let mut unresolved = BTreeSet::new();
    for resource in template.resources.values() {
        let parts = resource.properties.values().chain(&resource.creation_policy);
        for mention in parts.flat_map(|value| mentions(value, None)) {
            mentioned(template, mention, &mut unresolved)?;
        }
        unresolved.extend(
            resource.depends_on.iter().filter(|on| !template.resources.contains_key(*on)).cloned(),
        );
        condition(template, resource.condition.as_deref(), "Resources")?;
    }
    tell(&unresolved, "Resources")?;
    for value in template.conditions.values() {
        for mention in mentions(value, None) {
            match mention {
                Mention::Name(name) if template.resources.contains_key(&name) => {
                    unresolved.insert(name);
                }
                Mention::Condition(name) => condition(template, Some(&name), "Conditions")?,
                mention => mentioned(template, mention, &mut unresolved)?,
            }
        }
    }
    tell(&unresolved, "Conditions")?;
    for output in template.outputs.values() {
        for value in [Some(&output.value), output.export.as_ref()].into_iter().flatten() {
            for mention in mentions(value, None) {
                mentioned(template, mention, &mut unresolved)?;
            }
        }
        condition(template, output.condition.as_deref(), "Outputs")?;
    }
    tell(&unresolved, "Outputs")
}

fn tell(unresolved: &BTreeSet<String>, block: &str) -> Result<(), String> {
    if unresolved.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = unresolved.iter().map(String::as_str).collect();
    Err(format!(
        "Template format error: Unresolved resource dependencies [{}] in the {block} block of the \
         template",
        names.join(", ")
    ))
}

fn condition(template: &Template, name: Option<&str>, block: &str) -> Result<(), String> {
    match name {
        Some(name) if !template.conditions.contains_key(name) => Err(format!(
            "Template format error: Unresolved condition dependency {name} in the {block} block of \
             the template"
        )),
        _ => Ok(()),
    }
}

fn mentioned(
    template: &Template,
    mention: Mention,
    unresolved: &mut BTreeSet<String>,
) -> Result<(), String> {
    match mention {
        Mention::Name(name) => {
            let known = super::functions::PSEUDO.contains(&name.as_str())
                || template.parameters.contains_key(&name)
                || template.resources.contains_key(&name);
            if !known {
                unresolved.insert(name);
            }
        }
        Mention::Attribute(resource, attribute) => {
            let Some(found) = template.resources.get(&resource) else {
                return Err(format!(
                    "Template error: instance of Fn::GetAtt references undefined resource {resource}"
                ));
            };
            let kind = kinds::find(&found.kind);
            if !attribute.is_empty() && !kind.is_some_and(|kind| kind.has_attribute(&attribute)) {
                return Err(format!(
                    "Template error: resource {resource} does not support attribute type {attribute} \
                     in Fn::GetAtt"
                ));
            }
        }
        Mention::Condition(name) => {
            if !template.conditions.contains_key(&name) {
                return Err(format!(
                    "Template error: unresolved condition dependency {name} in Fn::If"
                ));
            }
        }
        Mention::Mapping(name) => {
            if !template.mappings.contains_key(&name) {
                return Err(format!(
                    "Template format error: Mapping named '{name}' is not present in the 'Mappings' \
                     section of template."
                ));
            }
        }
    }
    Ok(())
}

impl Template {
    /// The resources that each resource needs before it can be made.
    pub(crate) fn needs(
        &self,
        chosen: Option<&BTreeMap<String, bool>>,
    ) -> BTreeMap<String, BTreeSet<String>> {
        let needs = |resource: &super::Resource| {
            let parts: Vec<&Value> =
                resource.properties.values().chain(&resource.creation_policy).collect();
            let found = parts.into_iter().flat_map(|value| mentions(value, chosen));
            let named = found.filter_map(|mention| match mention {
                Mention::Name(name) | Mention::Attribute(name, _) => Some(name),
                Mention::Condition(_) | Mention::Mapping(_) => None,
            });
            let all = named.chain(resource.depends_on.iter().cloned());
            all.filter(|name| self.resources.contains_key(name)).collect()
        };
        self.resources.iter().map(|(name, resource)| (name.clone(), needs(resource))).collect()
    }
}

/// No resource may need itself.
fn circular(template: &Template) -> Result<(), String> {
    let mut needs = template.needs(None);
    let mut followers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, on) in &needs {
        for on in on {
            followers.entry(on.clone()).or_default().push(name.clone());
        }
    }
    let mut free: Vec<String> =
        needs.iter().filter(|(_, on)| on.is_empty()).map(|(name, _)| name.clone()).collect();
    while let Some(name) = free.pop() {
        needs.remove(&name);
        for follower in followers.remove(&name).into_iter().flatten() {
            if let Some(on) = needs.get_mut(&follower)
                && on.remove(&name)
                && on.is_empty()
            {
                free.push(follower);
            }
        }
    }
    if needs.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = needs.keys().map(String::as_str).collect();
    Err(format!("Circular dependency between resources: [{}]", names.join(", ")))
}
