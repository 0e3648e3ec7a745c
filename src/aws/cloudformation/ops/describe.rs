//! Looking at stacks, and at what happened to them.

use aws::place::Place;
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use super::page;
use crate::State;
use crate::errors::no_stack;
use crate::shapes::{
    Capability, Output, Parameter, RollbackConfiguration, StackDriftInformation, StackStatus, Tag,
};
use crate::state::{OnFailure, Revision, Stack};

/// What stands in place of a value that is not to be seen.
const HIDDEN: &str = "****";

/// The values of parameters, as everybody may see them.
pub(super) fn parameters(revision: &Revision) -> Vec<Parameter> {
    let shown = |(key, value): (&String, &String)| {
        let declared = revision.template.parameters.get(key);
        let hidden = declared.is_some_and(|declared| declared.no_echo);
        Parameter {
            parameter_key: Some(key.clone()),
            parameter_value: Some(if hidden { HIDDEN.into() } else { value.clone() }),
            use_previous_value: None,
            resolved_value: revision.stored.get(key).cloned(),
        }
    };
    revision.parameters.iter().map(shown).collect()
}

/// What was agreed to.
pub(crate) fn capabilities(revision: &Revision) -> Vec<Capability> {
    let all = [Capability::Iam, Capability::NamedIam, Capability::AutoExpand];
    let given = |capability: &Capability| {
        revision.capabilities.iter().any(|name| name == capability.as_str())
    };
    all.into_iter().filter(given).collect()
}

sim::structure! {
    /// Something that was done to a stack.
    pub struct OperationEntry {
        /// What was done.
        pub operation_type: Option<String> => "OperationType",
        /// The id of the operation.
        pub operation_id: Option<String> => "OperationId",
    }
}

sim::structure! {
    /// A stack.
    pub struct StackShown {
        /// Its id.
        pub stack_id: Option<String> => "StackId",
        /// Its name.
        pub stack_name: String => "StackName",
        /// The change set that it was made or changed by.
        pub change_set_id: Option<String> => "ChangeSetId",
        /// What its template says of it.
        pub description: Option<String> => "Description",
        /// The values of parameters.
        pub parameters: Vec<Parameter> => "Parameters",
        /// When it was created.
        pub creation_time: Time => "CreationTime",
        /// When it was deleted.
        pub deletion_time: Option<Time> => "DeletionTime",
        /// When it was updated last.
        pub last_updated_time: Option<Time> => "LastUpdatedTime",
        /// Alarms that make an operation go back.
        pub rollback_configuration: Option<RollbackConfiguration> => "RollbackConfiguration",
        /// What became of it.
        pub stack_status: StackStatus => required "StackStatus",
        /// Why.
        pub stack_status_reason: Option<String> => "StackStatusReason",
        /// Whether what was made stays when something fails.
        pub disable_rollback: Option<bool> => "DisableRollback",
        /// Topics that events are sent to.
        pub notification_arns: Vec<String> => "NotificationARNs",
        /// After how many minutes its making has failed.
        pub timeout_in_minutes: Option<i64> => "TimeoutInMinutes",
        /// What was agreed to.
        pub capabilities: Vec<Capability> => "Capabilities",
        /// Its outputs.
        pub outputs: Vec<Output> => "Outputs",
        /// A role that it acts as.
        pub role_arn: Option<String> => "RoleARN",
        /// Its tags.
        pub tags: Vec<Tag> => "Tags",
        /// Whether it cannot be deleted.
        pub enable_termination_protection: Option<bool> => "EnableTerminationProtection",
        /// The stack above.
        pub parent_id: Option<String> => "ParentId",
        /// The topmost stack.
        pub root_id: Option<String> => "RootId",
        /// Whether it differs from its template.
        pub drift_information: Option<StackDriftInformation> => "DriftInformation",
        /// Whether a deletion policy of `Retain` counts only once the stack is made.
        pub retain_except_on_create: Option<bool> => "RetainExceptOnCreate",
        /// Whether what cannot be deleted is left alone.
        pub deletion_mode: Option<String> => "DeletionMode",
        /// How far the configuration of resources is.
        pub detailed_status: Option<String> => "DetailedStatus",
        /// What was done to it last.
        pub last_operations: Vec<OperationEntry> => "LastOperations",
    }
}

fn unchecked() -> StackDriftInformation {
    StackDriftInformation { stack_drift_status: "NOT_CHECKED".into(), last_check_timestamp: None }
}

impl StackShown {
    fn of(stack: &Stack) -> Self {
        let output = |output: &crate::state::Output| Output {
            output_key: Some(output.key.clone()),
            output_value: Some(output.value.clone()),
            description: output.description.clone(),
            export_name: output.export.clone(),
        };
        Self {
            stack_id: Some(stack.id.clone()),
            stack_name: stack.name.clone(),
            change_set_id: stack.change_set_id.clone(),
            description: stack.revision.template.description.clone(),
            parameters: parameters(&stack.revision),
            creation_time: stack.created,
            deletion_time: stack.deleted,
            last_updated_time: stack.updated,
            rollback_configuration: Some(RollbackConfiguration::default()),
            stack_status: stack.status,
            stack_status_reason: stack.reason.clone(),
            disable_rollback: Some(stack.on_failure == OnFailure::DoNothing),
            notification_arns: Vec::new(),
            timeout_in_minutes: stack.timeout_minutes,
            capabilities: capabilities(&stack.revision),
            outputs: stack.outputs.iter().map(output).collect(),
            tags: stack.revision.tags.clone(),
            enable_termination_protection: Some(stack.protected),
            parent_id: stack.parent.as_ref().map(|parent| parent.id.clone()),
            root_id: stack.parent.as_ref().map(|parent| parent.root.clone()),
            drift_information: Some(unchecked()),
            retain_except_on_create: stack.retain_except_on_create.then_some(true),
            ..Self::default()
        }
    }
}

sim::operation! {
    /// Returns the description for the specified stack; if no stack name was specified, then it
    /// returns the description for all the stacks created.
    read DescribeStacks in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: Option<String> => "StackName",
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
    }
    output DescribeStacksOutput {
        /// The stacks.
        pub stacks: Vec<StackShown> => "Stacks",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["ValidationError"]
    access {
        "cloudformation:DescribeStacks" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
    pages { input: &["NextToken"], output: &["NextToken"], results: &["Stacks"], }
    waiters [
        waiter("StackExists", 5, 20, &[
            success(Status(200)),
            retry(Error("ValidationError")),
        ]),
        waiter("StackCreateComplete", 30, 120, &[
            success(All("Stacks[].StackStatus", "CREATE_COMPLETE")),
            success(All("Stacks[].StackStatus", "UPDATE_COMPLETE")),
            success(All("Stacks[].StackStatus", "UPDATE_IN_PROGRESS")),
            success(All("Stacks[].StackStatus", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")),
            success(All("Stacks[].StackStatus", "UPDATE_FAILED")),
            success(All("Stacks[].StackStatus", "UPDATE_ROLLBACK_IN_PROGRESS")),
            success(All("Stacks[].StackStatus", "UPDATE_ROLLBACK_FAILED")),
            success(All("Stacks[].StackStatus", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")),
            success(All("Stacks[].StackStatus", "UPDATE_ROLLBACK_COMPLETE")),
            failure(Any("Stacks[].StackStatus", "CREATE_FAILED")),
            failure(Any("Stacks[].StackStatus", "DELETE_COMPLETE")),
            failure(Any("Stacks[].StackStatus", "DELETE_FAILED")),
            failure(Any("Stacks[].StackStatus", "ROLLBACK_FAILED")),
            failure(Any("Stacks[].StackStatus", "ROLLBACK_COMPLETE")),
            failure(Error("ValidationError")),
        ]),
        waiter("StackDeleteComplete", 30, 120, &[
            success(All("Stacks[].StackStatus", "DELETE_COMPLETE")),
            success(Error("ValidationError")),
            failure(Any("Stacks[].StackStatus", "DELETE_FAILED")),
            failure(Any("Stacks[].StackStatus", "CREATE_FAILED")),
            failure(Any("Stacks[].StackStatus", "ROLLBACK_FAILED")),
            failure(Any("Stacks[].StackStatus", "UPDATE_ROLLBACK_IN_PROGRESS")),
            failure(Any("Stacks[].StackStatus", "UPDATE_ROLLBACK_FAILED")),
            failure(Any("Stacks[].StackStatus", "UPDATE_ROLLBACK_COMPLETE")),
            failure(Any("Stacks[].StackStatus", "UPDATE_COMPLETE")),
        ]),
        waiter("StackUpdateComplete", 30, 120, &[
            success(All("Stacks[].StackStatus", "UPDATE_COMPLETE")),
            failure(Any("Stacks[].StackStatus", "UPDATE_FAILED")),
            failure(Any("Stacks[].StackStatus", "UPDATE_ROLLBACK_FAILED")),
            failure(Any("Stacks[].StackStatus", "UPDATE_ROLLBACK_COMPLETE")),
            failure(Error("ValidationError")),
        ]),
        waiter("StackImportComplete", 30, 120, &[
            success(All("Stacks[].StackStatus", "IMPORT_COMPLETE")),
            failure(Any("Stacks[].StackStatus", "ROLLBACK_COMPLETE")),
            failure(Any("Stacks[].StackStatus", "ROLLBACK_FAILED")),
            failure(Any("Stacks[].StackStatus", "IMPORT_ROLLBACK_IN_PROGRESS")),
            failure(Any("Stacks[].StackStatus", "IMPORT_ROLLBACK_FAILED")),
            failure(Any("Stacks[].StackStatus", "IMPORT_ROLLBACK_COMPLETE")),
            failure(Error("ValidationError")),
        ]),
        waiter("StackRollbackComplete", 30, 120, &[
            success(All("Stacks[].StackStatus", "UPDATE_ROLLBACK_COMPLETE")),
            failure(Any("Stacks[].StackStatus", "UPDATE_FAILED")),
            failure(Any("Stacks[].StackStatus", "UPDATE_ROLLBACK_FAILED")),
            failure(Any("Stacks[].StackStatus", "DELETE_FAILED")),
            failure(Error("ValidationError")),
        ]),
    ]
}

impl Read for DescribeStacks {
    type Output = DescribeStacksOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let state = world.get::<State>();
        if let Some(name) = &self.stack_name {
            let stacks = vec![StackShown::of(state.stack(&place, name)?)];
            return Ok(DescribeStacksOutput { stacks, next_token: None });
        }
        let region = state.region(&place);
        let mut live: Vec<&Stack> =
            region.into_iter().flat_map(|r| r.stacks.values()).filter(|s| s.is_live()).collect();
        live.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
        let (stacks, next_token) = page::cut(live, self.next_token.as_deref())?;
        let stacks = stacks.into_iter().map(StackShown::of).collect();
        Ok(DescribeStacksOutput { stacks, next_token })
    }
}

sim::structure! {
    /// A stack in short.
    pub struct StackSummary {
        /// Its id.
        pub stack_id: Option<String> => "StackId",
        /// Its name.
        pub stack_name: String => "StackName",
        /// What its template says of it.
        pub template_description: Option<String> => "TemplateDescription",
        /// When it was created.
        pub creation_time: Time => "CreationTime",
        /// When it was updated last.
        pub last_updated_time: Option<Time> => "LastUpdatedTime",
        /// When it was deleted.
        pub deletion_time: Option<Time> => "DeletionTime",
        /// What became of it.
        pub stack_status: StackStatus => required "StackStatus",
        /// Why.
        pub stack_status_reason: Option<String> => "StackStatusReason",
        /// The stack above.
        pub parent_id: Option<String> => "ParentId",
        /// The topmost stack.
        pub root_id: Option<String> => "RootId",
        /// Whether it differs from its template.
        pub drift_information: Option<StackDriftInformation> => "DriftInformation",
        /// What was done to it last.
        pub last_operations: Vec<OperationEntry> => "LastOperations",
    }
}

sim::operation! {
    /// Returns the summary information for stacks whose status matches the specified
    /// StackStatusFilter, deleted ones too.
    read ListStacks in "cloudformation" = "POST /";
    input {
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
        /// The statuses; all when there are none.
        filter: Vec<StackStatus> => "StackStatusFilter",
    }
    output ListStacksOutput {
        /// The stacks.
        pub stack_summaries: Vec<StackSummary> => "StackSummaries",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "cloudformation:ListStacks" on "*" }
    pages { input: &["NextToken"], output: &["NextToken"], results: &["StackSummaries"], }
}

impl Read for ListStacks {
    type Output = ListStacksOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let wanted = |stack: &&Stack| self.filter.is_empty() || self.filter.contains(&stack.status);
        let mut found: Vec<&Stack> =
            region.into_iter().flat_map(|r| r.stacks.values()).filter(wanted).collect();
        found.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
        let (found, next_token) = page::cut(found, self.next_token.as_deref())?;
        let summary = |stack: &Stack| StackSummary {
            stack_id: Some(stack.id.clone()),
            stack_name: stack.name.clone(),
            template_description: stack.revision.template.description.clone(),
            creation_time: stack.created,
            last_updated_time: stack.updated,
            deletion_time: stack.deleted,
            stack_status: stack.status,
            stack_status_reason: stack.reason.clone(),
            parent_id: stack.parent.as_ref().map(|parent| parent.id.clone()),
            root_id: stack.parent.as_ref().map(|parent| parent.root.clone()),
            drift_information: Some(unchecked()),
            last_operations: Vec::new(),
        };
        let stack_summaries = found.into_iter().map(summary).collect();
        Ok(ListStacksOutput { stack_summaries, next_token })
    }
}

sim::structure! {
    /// Something that happened.
    pub struct StackEvent {
        /// The stack's id.
        pub stack_id: String => "StackId",
        /// The event's id.
        pub event_id: String => "EventId",
        /// The stack's name.
        pub stack_name: String => "StackName",
        /// The id of the operation.
        pub operation_id: Option<String> => "OperationId",
        /// The resource's name in the template.
        pub logical_resource_id: Option<String> => "LogicalResourceId",
        /// What its service calls it.
        pub physical_resource_id: Option<String> => "PhysicalResourceId",
        /// Its type.
        pub resource_type: Option<String> => "ResourceType",
        /// When it happened.
        pub timestamp: Time => "Timestamp",
        /// What became of it.
        pub resource_status: Option<String> => "ResourceStatus",
        /// Why.
        pub resource_status_reason: Option<String> => "ResourceStatusReason",
        /// Its properties, as JSON.
        pub resource_properties: Option<String> => "ResourceProperties",
        /// The token of the request that it goes back to.
        pub client_request_token: Option<String> => "ClientRequestToken",
        /// The hook that was asked.
        pub hook_type: Option<String> => "HookType",
        /// What it answered.
        pub hook_status: Option<String> => "HookStatus",
        /// Why.
        pub hook_status_reason: Option<String> => "HookStatusReason",
        /// When it was asked.
        pub hook_invocation_point: Option<String> => "HookInvocationPoint",
        /// By which id.
        pub hook_invocation_id: Option<String> => "HookInvocationId",
        /// What its refusal means.
        pub hook_failure_mode: Option<String> => "HookFailureMode",
        /// How far the configuration is.
        pub detailed_status: Option<String> => "DetailedStatus",
    }
}

sim::operation! {
    /// Returns all stack related events for a specified stack in reverse chronological order.
    read DescribeStackEvents in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
    }
    output DescribeStackEventsOutput {
        /// The events, the newest first.
        pub stack_events: Vec<StackEvent> => "StackEvents",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["ValidationError"]
    access {
        "cloudformation:DescribeStackEvents" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
    pages { input: &["NextToken"], output: &["NextToken"], results: &["StackEvents"], }
}

impl Read for DescribeStackEvents {
    type Output = DescribeStackEventsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let stack = world.get::<State>().find(&Place::of(cx), &self.stack_name);
        let stack = stack.ok_or_else(|| no_stack(&self.stack_name))?;
        let events: Vec<_> = stack.events.iter().rev().collect();
        let (events, next_token) = page::cut(events, self.next_token.as_deref())?;
        let shown = |event: &crate::state::StackEvent| StackEvent {
            stack_id: stack.id.clone(),
            event_id: event.id.clone(),
            stack_name: stack.name.clone(),
            logical_resource_id: Some(event.logical.clone()),
            physical_resource_id: Some(event.physical.clone()),
            resource_type: Some(event.kind.clone()),
            timestamp: event.at,
            resource_status: Some(event.status.into()),
            resource_status_reason: event.reason.clone(),
            resource_properties: event.properties.clone(),
            client_request_token: event.token.clone(),
            ..StackEvent::default()
        };
        let stack_events = events.into_iter().map(shown).collect();
        Ok(DescribeStackEventsOutput { stack_events, next_token })
    }
}
