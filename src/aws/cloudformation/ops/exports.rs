//! Values that stacks give to each other, and signals that resources get.

use aws::place::Place;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::page;
use crate::State;
use crate::engine::At;
use crate::errors::{invalid, no_stack};
use crate::shapes::ResourceStatus;

sim::structure! {
    /// A value that other stacks may use.
    pub struct Export {
        /// The stack whose output it is.
        pub exporting_stack_id: Option<String> => "ExportingStackId",
        /// The name by which it is used.
        pub name: Option<String> => "Name",
        /// The value.
        pub value: Option<String> => "Value",
    }
}

sim::operation! {
    /// Lists all exported output values in the account and Region in which you call this action.
    read ListExports in "cloudformation" = "POST /";
    input {
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
    }
    output ListExportsOutput {
        /// The exports.
        pub exports: Vec<Export> => "Exports",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "cloudformation:ListExports" on "*" }
    pages { input: &["NextToken"], output: &["NextToken"], results: &["Exports"], }
}

impl Read for ListExports {
    type Output = ListExportsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let exports = region.into_iter().flat_map(|region| &region.exports);
        let exports = exports.map(|(name, export)| Export {
            exporting_stack_id: Some(export.stack.clone()),
            name: Some(name.clone()),
            value: Some(export.value.clone()),
        });
        let (exports, next_token) = page::cut(exports.collect(), self.next_token.as_deref())?;
        Ok(ListExportsOutput { exports, next_token })
    }
}

sim::operation! {
    /// Lists all stacks that are importing an exported output value.
    read ListImports in "cloudformation" = "POST /";
    input {
        /// The export's name.
        export_name: String => "ExportName",
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
    }
    output ListImportsOutput {
        /// The names of the stacks.
        pub imports: Vec<String> => "Imports",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "cloudformation:ListImports" on "*" }
    pages { input: &["NextToken"], output: &["NextToken"], results: &["Imports"], }
}

impl Read for ListImports {
    type Output = ListImportsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = &self.export_name;
        let region = world.get::<State>().region(&Place::of(cx));
        let found = region.and_then(|region| Some((region, region.exports.get(name)?)));
        let (region, export) =
            found.ok_or_else(|| invalid(format!("Export '{name}' does not exist")))?;
        let stacks = export.users.iter().filter_map(|id| region.stacks.get(id));
        let names: Vec<String> = stacks.map(|stack| stack.name.clone()).collect();
        if names.is_empty() {
            return Err(invalid(format!("Export '{name}' is not imported by any stack.")));
        }
        let (imports, next_token) = page::cut(names, self.next_token.as_deref())?;
        Ok(ListImportsOutput { imports, next_token })
    }
}

sim::string_enum! {
    /// Whether all is well with who signals.
    pub enum SignalStatus {
        Success = "SUCCESS",
        Failure = "FAILURE",
    }
}

sim::operation! {
    /// Sends a signal to the specified resource with a success or failure status.
    write SignalResource in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// The resource's name in the template.
        logical_resource_id: String => "LogicalResourceId",
        /// Who signals: the id of an instance, or a text of the sender's.
        unique_id: String => "UniqueId",
        /// Whether all is well.
        status: SignalStatus => "Status",
    }
    output SignalResourceOutput {}
    errors []
    access {
        "cloudformation:SignalResource" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
}

impl Write for SignalResource {
    type Output = SignalResourceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let stack = world.get::<State>().find(&place, &self.stack_name);
        let stack = stack.filter(|s| s.is_live()).ok_or_else(|| no_stack(&self.stack_name))?;
        let name = &self.logical_resource_id;
        let resource = stack.resources.get(name).ok_or_else(|| {
            invalid(format!("Resource {name} does not exist for stack {}", stack.name))
        })?;
        let under_way = [ResourceStatus::CreateInProgress, ResourceStatus::UpdateInProgress];
        if !under_way.contains(&resource.status) {
            return Err(invalid(format!(
                "Resource {name} is in {} state and cannot be signaled",
                resource.status.as_str()
            )));
        }
        let (before, well) = (resource.status, self.status == SignalStatus::Success);
        if resource.signals.contains_key(&self.unique_id) {
            return Ok(SignalResourceOutput {});
        }
        let at = At { place, id: stack.id.clone() };
        if let Some(stack) = crate::engine::stack(world, &at) {
            let told = self.status.as_str();
            let said = format!("Received {told} signal with UniqueId {}", self.unique_id);
            stack.resource_turn(cx.at, name, before, Some(said), None);
            if let Some(resource) = stack.resources.get_mut(name) {
                resource.signals.insert(self.unique_id, well);
            }
        }
        Ok(SignalResourceOutput {})
    }
}
