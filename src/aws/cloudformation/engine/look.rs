//! What the values of a template speak of, as the world has it now.

use aws::place::Place;
use serde_json::{Value, json};
use sim::{Caller, World};

use super::At;
use crate::State;
use crate::kinds::{self, Call};
use crate::state::Revision;
use crate::template::functions::{Look, Scope, evaluate};

/// The world, as a stack's values see it.
pub(crate) struct Live<'w> {
    pub(crate) world: &'w mut World,
    pub(crate) at: At,
    pub(crate) caller: Caller,
    pub(crate) stack_name: String,
}

impl<'w> Live<'w> {
    /// For the stack, if there is one.
    pub(crate) fn of(world: &'w mut World, at: &At) -> Option<Self> {
        let stack = world.get::<State>().find(&at.place, &at.id)?;
        let (caller, stack_name) = (stack.caller.clone(), stack.name.clone());
        Some(Self { world, at: at.clone(), caller, stack_name })
    }

    /// What a value is.
    ///
    /// # Errors
    /// What is wrong, as the service words it.
    pub(crate) fn value(
        &mut self,
        revision: &Revision,
        value: &Value,
    ) -> Result<Option<Value>, String> {
        let At { place: Place { account, region }, id } = self.at.clone();
        let name = self.stack_name.clone();
        let scope = Scope {
            template: &revision.template,
            parameters: &revision.seen,
            conditions: &revision.conditions,
            account: &account,
            region: &region,
            stack_name: &name,
            stack_id: &id,
        };
        evaluate(value, &scope, self)
    }

    /// A resource's type, name and properties, and what asks about it.
    fn resource(&mut self, logical: &str) -> Result<(Call<'_>, Found), String> {
        let state = self.world.get::<State>();
        let stack = state.find(&self.at.place, &self.at.id);
        let found = stack.and_then(|stack| {
            let resource = stack.resources.get(logical)?;
            Some(Found {
                kind: kinds::find(&resource.kind)?,
                physical: resource.physical.clone()?,
                properties: resource.properties.clone(),
            })
        });
        let found = found.ok_or_else(|| {
            format!(
                "Template format error: Unresolved resource dependencies [{logical}] in the \
                 Resources block of the template"
            )
        })?;
        Ok((self.call(logical), found))
    }

    /// What asks services on behalf of a resource.
    pub(crate) fn call(&mut self, logical: &str) -> Call<'_> {
        Call {
            world: self.world,
            place: self.at.place.clone(),
            caller: self.caller.clone(),
            stack_name: self.stack_name.clone(),
            stack_id: self.at.id.clone(),
            logical: logical.to_owned(),
            made: None,
        }
    }
}

struct Found {
    kind: &'static kinds::Kind,
    physical: String,
    properties: kinds::Properties,
}

impl Look for Live<'_> {
    fn reference(&mut self, resource: &str) -> Result<Value, String> {
        let (mut call, found) = self.resource(resource)?;
        let done = (found.kind.reference)(&mut call, &found.physical, &found.properties);
        done.map_err(|failure| failure.text())
    }

    fn attribute(&mut self, resource: &str, name: &str) -> Result<Value, String> {
        let (mut call, found) = self.resource(resource)?;
        let done = (found.kind.attribute)(&mut call, &found.physical, &found.properties, name);
        done.map_err(|failure| failure.text())
    }

    fn import(&mut self, name: &str) -> Result<Value, String> {
        let at = self.at.clone();
        let region = self.world.get_mut::<State>().region_mut(&at.place);
        let export = region.exports.get_mut(name);
        let export = export.ok_or_else(|| format!("No export named {name} found."))?;
        let value = export.value.clone();
        if let Some(stack) = region.stacks.get_mut(&at.id) {
            stack.imports.insert(name.to_owned());
            export.users.insert(at.id);
        }
        Ok(value.into())
    }

    fn zones(&mut self, region: &str) -> Result<Vec<String>, String> {
        let mut call = self.call("");
        region.clone_into(&mut call.place.region);
        let found = call.ask("ec2", "DescribeAvailabilityZones", json!({}));
        let found = found.map_err(|failure| failure.text())?;
        let zones = found.get("AvailabilityZones").and_then(Value::as_array);
        let named = zones.into_iter().flatten().filter_map(|zone| zone.get("ZoneName")?.as_str());
        Ok(named.map(str::to_owned).collect())
    }
}
