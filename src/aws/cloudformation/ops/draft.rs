//! From a request to what a stack is to be.

use std::collections::BTreeMap;

use aws::place::Place;
use serde_json::{Value, json};
use sim::api::ApiError;
use sim::{Caller, Cx, World};

use crate::engine::At;
use crate::errors::invalid;
use crate::shapes::{Capability, Parameter, Tag, Wanted};
use crate::state::{Revision, uuid};
use crate::template::functions::{Scope, conditions};
use crate::template::{Declaration, Given, Mention, Template, mentions, values};

/// The most tags of a stack (API reference, `CreateStack`).
const TAGS_MAX: usize = 50;

/// What a stack is to be, beside its template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) tags: Vec<Tag>,
    /// What whoever asks agrees to; nothing where somebody has agreed already.
    pub(crate) capabilities: Option<Vec<Capability>>,
}

/// Whose stack it is, and who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Where<'a> {
    pub(crate) at: &'a At,
    pub(crate) name: &'a str,
    pub(crate) caller: &'a Caller,
}

impl Draft {
    /// What a request says, with the tags that the stack has where it says none.
    ///
    /// # Errors
    /// The tags are none.
    pub(crate) fn of(wanted: &Wanted, before: Option<&Revision>) -> Result<Self, ApiError> {
        let own = || before.map(|before| before.tags.clone()).unwrap_or_default();
        let tags = wanted.tags.clone().unwrap_or_else(own);
        if tags.len() > TAGS_MAX {
            return Err(invalid(format!(
                "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member \
                 must have length less than or equal to {TAGS_MAX}"
            )));
        }
        if let Some(tag) = tags.iter().find(|tag| tag.key.starts_with("aws:")) {
            return Err(invalid(format!(
                "Tag key {} is invalid: aws: prefixed tag key names are not allowed for external use.",
                tag.key
            )));
        }
        Ok(Self {
            parameters: wanted.parameters.clone(),
            tags,
            capabilities: Some(wanted.capabilities.clone()),
        })
    }
}

/// What a stack is to be, once the template is read and everything in it has a value.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn revision(
    world: &mut World,
    place: &Where<'_>,
    text: &str,
    draft: Draft,
    before: Option<&Revision>,
) -> Result<Revision, ApiError> {
    let template = Template::read(text)?;
    let nothing = BTreeMap::new();
    let had = before.map_or(&nothing, |before| &before.parameters);
    let given = given(draft.parameters)?;
    let parameters = values(&template.parameters, &given, had).map_err(invalid)?;
    let stored = stored(world, place, &template.parameters, &parameters)?;
    let see = |(name, declared): (&String, &Declaration)| {
        let value = stored.get(name).or_else(|| parameters.get(name))?;
        Some((name.clone(), declared.seen(value)))
    };
    let seen: BTreeMap<String, Value> = template.parameters.iter().filter_map(see).collect();
    let mut scope = Scope {
        template: &template,
        parameters: &seen,
        conditions: &BTreeMap::new(),
        account: &place.at.place.account,
        region: &place.at.place.region,
        stack_name: place.name,
        stack_id: &place.at.id,
    };
    let conditions = conditions(&template, &mut scope).map_err(invalid)?;
    let capabilities = match draft.capabilities {
        Some(given) => agreed(&template, &given)?,
        None => Vec::new(),
    };
    let revision =
        Revision { template, parameters, stored, seen, conditions, tags: draft.tags, capabilities };
    unmade(&revision)?;
    Ok(revision)
}

fn given(parameters: Vec<Parameter>) -> Result<Vec<(String, Given)>, ApiError> {
    let mut done: Vec<(String, Given)> = Vec::new();
    for parameter in parameters {
        let key = parameter.parameter_key.unwrap_or_default();
        let given = match (parameter.use_previous_value, parameter.parameter_value) {
            (Some(true), Some(_)) => {
                return Err(invalid(format!(
                    "Invalid input for parameter key {key}. Cannot specify usePreviousValue as true \
                     and non empty value for a parameter"
                )));
            }
            (Some(true), None) => Given::Previous,
            (_, value) => Given::Value(value.unwrap_or_default()),
        };
        if done.iter().any(|(known, _)| *known == key) {
            return Err(invalid(format!("Duplicate input parameter key: {key}")));
        }
        done.push((key, given));
    }
    Ok(done)
}

/// What Systems Manager has for the parameters whose values are names there.
fn stored(
    world: &mut World,
    place: &Where<'_>,
    declared: &BTreeMap<String, Declaration>,
    parameters: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, ApiError> {
    let mut done = BTreeMap::new();
    for (name, value) in parameters {
        if !declared.get(name).is_some_and(Declaration::stored) {
            continue;
        }
        let Place { account, region } = &place.at.place;
        let cx = Cx { at: world.now(), caller: place.caller, account, region };
        let found = world.call(&cx, "ssm", "GetParameters", json!({"Names": [value]}))?;
        let found = found.pointer("/Parameters/0/Value").and_then(Value::as_str);
        let found = found.ok_or_else(|| {
            invalid(format!(
                "Unable to fetch parameters [{value}] from parameter store for this account."
            ))
        })?;
        done.insert(name.clone(), found.to_owned());
    }
    Ok(done)
}

/// Whether whoever asks has agreed to what the template needs.
fn agreed(template: &Template, given: &[Capability]) -> Result<Vec<String>, ApiError> {
    if let Some((needed, _)) = template.capability() {
        let named = given.contains(&Capability::NamedIam);
        let enough = named || (needed == "CAPABILITY_IAM" && given.contains(&Capability::Iam));
        if !enough {
            let message = format!("Requires capabilities : [{needed}]");
            return Err(ApiError::new(400, "InsufficientCapabilitiesException", message));
        }
    }
    Ok(given.iter().map(|capability| capability.as_str().to_owned()).collect())
}

/// A resource that is not made cannot be spoken of by one that is.
fn unmade(revision: &Revision) -> Result<(), ApiError> {
    let template = &revision.template;
    let is_made = |name: &String| {
        let resource = template.resources.get(name);
        resource.is_none_or(|resource| revision.is_active(resource.condition.as_ref()))
    };
    let check = |value: &Value, block: &str| {
        for mention in mentions(value, Some(&revision.conditions)) {
            if let Mention::Name(name) | Mention::Attribute(name, _) = mention
                && !is_made(&name)
            {
                return Err(invalid(format!(
                    "Template format error: Unresolved resource dependencies [{name}] in the {block} \
                     block of the template"
                )));
            }
        }
        Ok(())
    };
    for (name, resource) in &template.resources {
        if is_made(name) {
            resource.properties.values().try_for_each(|value| check(value, "Resources"))?;
        }
    }
    for output in template.outputs.values() {
        if revision.is_active(output.condition.as_ref()) {
            check(&output.value, "Outputs")?;
        }
    }
    Ok(())
}

/// A new stack's id.
pub(crate) fn stack_id(world: &mut World, place: &Place, name: &str) -> String {
    place.arn("cloudformation", &format!("stack/{name}/{}", uuid(world)))
}
