//! Looking at the resources of stacks.

use aws::place::Place;
use base::Time;
use serde_json::Value;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use super::page;
use crate::State;
use crate::errors::{invalid, no_stack_with_id};
use crate::shapes::{ModuleInfo, ResourceDriftInformation, ResourceStatus};
use crate::state::{Resource, Stack};

sim::structure! {
    /// A resource of a stack.
    pub struct StackResource {
        /// The stack's name.
        pub stack_name: Option<String> => "StackName",
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
        /// The resource's name in the template.
        pub logical_resource_id: String => "LogicalResourceId",
        /// What its service calls it.
        pub physical_resource_id: Option<String> => "PhysicalResourceId",
        /// Its type.
        pub resource_type: String => "ResourceType",
        /// When its status changed last.
        pub timestamp: Time => "Timestamp",
        /// What became of it.
        pub resource_status: ResourceStatus => required "ResourceStatus",
        /// Why.
        pub resource_status_reason: Option<String> => "ResourceStatusReason",
        /// What is said of it.
        pub description: Option<String> => "Description",
        /// Whether it differs from its template.
        pub drift_information: Option<ResourceDriftInformation> => "DriftInformation",
        /// The module that it came out of.
        pub module_info: Option<ModuleInfo> => "ModuleInfo",
    }
}

fn undrifted() -> ResourceDriftInformation {
    ResourceDriftInformation {
        stack_resource_drift_status: "NOT_CHECKED".into(),
        last_check_timestamp: None,
    }
}

sim::operation! {
    /// Returns Amazon Web Services resource descriptions for running and deleted stacks.
    read DescribeStackResources in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: Option<String> => "StackName",
        /// The resource's name in the template.
        logical: Option<String> => "LogicalResourceId",
        /// What its service calls it.
        physical: Option<String> => "PhysicalResourceId",
    }
    output DescribeStackResourcesOutput {
        /// The resources.
        pub stack_resources: Vec<StackResource> => "StackResources",
    }
    errors ["ValidationError"]
    access {
        "cloudformation:DescribeStackResources" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
}

impl Read for DescribeStackResources {
    type Output = DescribeStackResourcesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let state = world.get::<State>();
        let stack = match (&self.stack_name, &self.physical) {
            (Some(_), Some(_)) => {
                return Err(invalid(
                    "Only one of StackName and PhysicalResourceId may be specified",
                ));
            }
            (Some(name), None) => state.stack(&place, name)?,
            (None, Some(physical)) => {
                let stacks = state.region(&place).into_iter().flat_map(|r| r.stacks.values());
                let has = |stack: &&Stack| {
                    let mut all = stack.resources.values();
                    all.any(|own| own.physical.as_ref() == Some(physical))
                };
                stacks
                    .filter(|stack| stack.is_live())
                    .find(has)
                    .ok_or_else(|| invalid(format!("Stack for {physical} does not exist")))?
            }
            (None, None) => {
                return Err(invalid("Either StackName or PhysicalResourceId must be specified"));
            }
        };
        let wanted = |name: &str| self.logical.as_deref().is_none_or(|logical| logical == name);
        let all = stack.resources.iter().filter(|(name, _)| wanted(name));
        let shown = |(name, own): (&String, &Resource)| StackResource {
            stack_name: Some(stack.name.clone()),
            stack_id: Some(stack.id.clone()),
            logical_resource_id: name.clone(),
            physical_resource_id: own.physical.clone(),
            resource_type: own.kind.clone(),
            timestamp: own.at,
            resource_status: own.status,
            resource_status_reason: own.reason.clone(),
            description: None,
            drift_information: Some(undrifted()),
            module_info: None,
        };
        Ok(DescribeStackResourcesOutput { stack_resources: all.map(shown).collect() })
    }
}

sim::structure! {
    /// A resource of a stack in full.
    pub struct StackResourceDetail {
        /// The stack's name.
        pub stack_name: Option<String> => "StackName",
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
        /// The resource's name in the template.
        pub logical_resource_id: String => "LogicalResourceId",
        /// What its service calls it.
        pub physical_resource_id: Option<String> => "PhysicalResourceId",
        /// Its type.
        pub resource_type: String => "ResourceType",
        /// When its status changed last.
        pub last_updated_timestamp: Time => "LastUpdatedTimestamp",
        /// What became of it.
        pub resource_status: ResourceStatus => required "ResourceStatus",
        /// Why.
        pub resource_status_reason: Option<String> => "ResourceStatusReason",
        /// What is said of it.
        pub description: Option<String> => "Description",
        /// What the template says beside its properties, as JSON.
        pub metadata: Option<String> => "Metadata",
        /// Whether it differs from its template.
        pub drift_information: Option<ResourceDriftInformation> => "DriftInformation",
        /// The module that it came out of.
        pub module_info: Option<ModuleInfo> => "ModuleInfo",
    }
}

sim::operation! {
    /// Returns a description of the specified resource in the specified stack.
    read DescribeStackResource in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// The resource's name in the template.
        logical: String => "LogicalResourceId",
    }
    output DescribeStackResourceOutput {
        /// The resource.
        pub stack_resource_detail: Option<StackResourceDetail> => "StackResourceDetail",
    }
    errors ["ValidationError"]
    access {
        "cloudformation:DescribeStackResource" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
}

impl Read for DescribeStackResource {
    type Output = DescribeStackResourceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let stack = world.get::<State>().find(&Place::of(cx), &self.stack_name);
        let stack =
            stack.ok_or_else(|| invalid(format!("Stack '{}' does not exist", self.stack_name)))?;
        let name = &self.logical;
        let own = stack.resources.get(name).ok_or_else(|| {
            invalid(format!("Resource {name} does not exist for stack {}", stack.name))
        })?;
        let detail = StackResourceDetail {
            stack_name: Some(stack.name.clone()),
            stack_id: Some(stack.id.clone()),
            logical_resource_id: name.clone(),
            physical_resource_id: own.physical.clone(),
            resource_type: own.kind.clone(),
            last_updated_timestamp: own.at,
            resource_status: own.status,
            resource_status_reason: own.reason.clone(),
            description: None,
            metadata: Some(own.metadata.as_ref().map_or("{}".into(), Value::to_string)),
            drift_information: Some(undrifted()),
            module_info: None,
        };
        Ok(DescribeStackResourceOutput { stack_resource_detail: Some(detail) })
    }
}

sim::structure! {
    /// A resource of a stack in short.
    pub struct StackResourceSummary {
        /// The resource's name in the template.
        pub logical_resource_id: String => "LogicalResourceId",
        /// What its service calls it.
        pub physical_resource_id: Option<String> => "PhysicalResourceId",
        /// Its type.
        pub resource_type: String => "ResourceType",
        /// When its status changed last.
        pub last_updated_timestamp: Time => "LastUpdatedTimestamp",
        /// What became of it.
        pub resource_status: ResourceStatus => required "ResourceStatus",
        /// Why.
        pub resource_status_reason: Option<String> => "ResourceStatusReason",
        /// Whether it differs from its template.
        pub drift_information: Option<ResourceDriftInformation> => "DriftInformation",
        /// The module that it came out of.
        pub module_info: Option<ModuleInfo> => "ModuleInfo",
    }
}

sim::operation! {
    /// Returns descriptions of all resources of the specified stack.
    read ListStackResources in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
    }
    output ListStackResourcesOutput {
        /// The resources.
        pub summaries: Vec<StackResourceSummary> => "StackResourceSummaries",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["ValidationError"]
    access {
        "cloudformation:ListStackResources" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
    pages { input: &["NextToken"], output: &["NextToken"], results: &["StackResourceSummaries"], }
}

impl Read for ListStackResources {
    type Output = ListStackResourcesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let stack = world.get::<State>().find(&Place::of(cx), &self.stack_name);
        let stack = stack.ok_or_else(|| no_stack_with_id(&self.stack_name))?;
        let summary = |(name, own): (&String, &Resource)| StackResourceSummary {
            logical_resource_id: name.clone(),
            physical_resource_id: own.physical.clone(),
            resource_type: own.kind.clone(),
            last_updated_timestamp: own.at,
            resource_status: own.status,
            resource_status_reason: own.reason.clone(),
            drift_information: Some(undrifted()),
            module_info: None,
        };
        let all = stack.resources.iter().map(summary).collect();
        let (summaries, next_token) = page::cut(all, self.next_token.as_deref())?;
        Ok(ListStackResourcesOutput { summaries, next_token })
    }
}
