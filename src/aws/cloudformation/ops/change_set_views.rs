//! Looking at change sets.

use aws::place::Place;
use base::Time;
use sim::api::{ApiError, Read, Refused};
use sim::{Cx, World};

use super::change_sets::find;
use super::page;
use crate::State;
use crate::errors::no_stack;
use crate::shapes::{Capability, Change, Parameter, RollbackConfiguration, Tag};
use crate::state::ChangeSet;

sim::operation! {
    /// Returns the inputs for the change set and a list of changes that CloudFormation will make if
    /// you execute the change set.
    read DescribeChangeSet in "cloudformation" = "POST /";
    input {
        /// The name or the id of the change set.
        change_set_name: String => "ChangeSetName",
        /// The name or the id of the stack.
        stack_name: Option<String> => "StackName",
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
        /// Whether values are told, too.
        _include_property_values: Refused<bool> => "IncludePropertyValues",
    }
    output DescribeChangeSetOutput {
        /// The change set's name.
        pub change_set_name: Option<String> => "ChangeSetName",
        /// The change set's id.
        pub change_set_id: Option<String> => "ChangeSetId",
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
        /// The stack's name.
        pub stack_name: Option<String> => "StackName",
        /// What is said of it.
        pub description: Option<String> => "Description",
        /// The values of parameters.
        pub parameters: Vec<Parameter> => "Parameters",
        /// When it was created.
        pub creation_time: Option<Time> => "CreationTime",
        /// Whether it can be executed.
        pub execution_status: Option<String> => "ExecutionStatus",
        /// Whether it is there.
        pub status: Option<String> => "Status",
        /// Why.
        pub status_reason: Option<String> => "StatusReason",
        /// Whether the stack differs from its template.
        pub stack_drift_status: Option<String> => "StackDriftStatus",
        /// Topics that events are sent to.
        pub notification_arns: Vec<String> => "NotificationARNs",
        /// Alarms that make the operation go back.
        pub rollback_configuration: Option<RollbackConfiguration> => "RollbackConfiguration",
        /// What was agreed to.
        pub capabilities: Vec<Capability> => "Capabilities",
        /// The tags.
        pub tags: Vec<Tag> => "Tags",
        /// The changes.
        pub changes: Vec<Change> => "Changes",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
        /// Whether nested stacks are looked into.
        pub include_nested_stacks: Option<bool> => "IncludeNestedStacks",
        /// The change set of the stack above.
        pub parent_change_set_id: Option<String> => "ParentChangeSetId",
        /// The change set of the topmost stack.
        pub root_change_set_id: Option<String> => "RootChangeSetId",
        /// What becomes of the stack when something fails.
        pub on_stack_failure: Option<String> => "OnStackFailure",
        /// Whether resources that exist already are taken over.
        pub import_existing_resources: Option<bool> => "ImportExistingResources",
        /// How drift is treated.
        pub deployment_mode: Option<String> => "DeploymentMode",
    }
    errors ["ChangeSetNotFound"]
    access {
        "cloudformation:DescribeChangeSet" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
            keys { "cloudformation:ChangeSetName": "ChangeSetName" }
    }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        results: &["Changes"],
        shown: &[
            "ChangeSetName", "ChangeSetId", "StackId", "StackName", "Description", "Parameters",
            "CreationTime", "ExecutionStatus", "Status", "StatusReason", "NotificationARNs",
            "RollbackConfiguration", "Capabilities", "Tags", "ParentChangeSetId",
            "IncludeNestedStacks", "RootChangeSetId", "OnStackFailure", "ImportExistingResources",
            "StackDriftStatus", "DeploymentMode",
        ],
    }
    waiters [
        waiter("ChangeSetCreateComplete", 30, 120, &[
            success(Path("Status", "CREATE_COMPLETE")),
            failure(Path("Status", "FAILED")),
            failure(Error("ValidationError")),
        ]),
    ]
}

impl Read for DescribeChangeSet {
    type Output = DescribeChangeSetOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (stack, set) = find(world, cx, self.stack_name.as_deref(), &self.change_set_name)?;
        let changes = set.changes.iter().map(|change| Change {
            kind: Some("Resource".into()),
            resource_change: Some(change.clone()),
        });
        let (changes, next_token) = page::cut(changes.collect(), self.next_token.as_deref())?;
        Ok(DescribeChangeSetOutput {
            change_set_name: Some(set.name.clone()),
            change_set_id: Some(set.id.clone()),
            stack_id: Some(stack.id.clone()),
            stack_name: Some(stack.name.clone()),
            description: set.description.clone(),
            parameters: super::describe::parameters(&set.revision),
            creation_time: Some(set.created),
            execution_status: Some(set.execution.into()),
            status: Some(set.status.into()),
            status_reason: set.reason.clone(),
            rollback_configuration: Some(RollbackConfiguration::default()),
            capabilities: super::describe::capabilities(&set.revision),
            tags: set.revision.tags.clone(),
            changes,
            next_token,
            include_nested_stacks: Some(false),
            ..DescribeChangeSetOutput::default()
        })
    }
}

sim::structure! {
    /// A change set of a stack.
    pub struct ChangeSetSummary {
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
        /// The stack's name.
        pub stack_name: Option<String> => "StackName",
        /// The change set's id.
        pub change_set_id: Option<String> => "ChangeSetId",
        /// The change set's name.
        pub change_set_name: Option<String> => "ChangeSetName",
        /// Whether it can be executed.
        pub execution_status: Option<String> => "ExecutionStatus",
        /// Whether it is there.
        pub status: Option<String> => "Status",
        /// Why.
        pub status_reason: Option<String> => "StatusReason",
        /// When it was created.
        pub creation_time: Option<Time> => "CreationTime",
        /// What is said of it.
        pub description: Option<String> => "Description",
        /// Whether nested stacks are looked into.
        pub include_nested_stacks: Option<bool> => "IncludeNestedStacks",
        /// The change set of the stack above.
        pub parent_change_set_id: Option<String> => "ParentChangeSetId",
        /// The change set of the topmost stack.
        pub root_change_set_id: Option<String> => "RootChangeSetId",
        /// Whether resources that exist already are taken over.
        pub import_existing_resources: Option<bool> => "ImportExistingResources",
    }
}

sim::operation! {
    /// Returns the ID and status of each active change set for a stack.
    read ListChangeSets in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// Where the page begins.
        next_token: Option<String> => "NextToken",
    }
    output ListChangeSetsOutput {
        /// The change sets.
        pub summaries: Vec<ChangeSetSummary> => "Summaries",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access {
        "cloudformation:ListChangeSets" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
    pages { input: &["NextToken"], output: &["NextToken"], results: &["Summaries"], }
}

impl Read for ListChangeSets {
    type Output = ListChangeSetsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let stack = world.get::<State>().find(&Place::of(cx), &self.stack_name);
        let stack = stack.ok_or_else(|| no_stack(&self.stack_name))?;
        let summary = |set: &ChangeSet| ChangeSetSummary {
            stack_id: Some(stack.id.clone()),
            stack_name: Some(stack.name.clone()),
            change_set_id: Some(set.id.clone()),
            change_set_name: Some(set.name.clone()),
            execution_status: Some(set.execution.into()),
            status: Some(set.status.into()),
            status_reason: set.reason.clone(),
            creation_time: Some(set.created),
            description: set.description.clone(),
            include_nested_stacks: Some(false),
            ..ChangeSetSummary::default()
        };
        let all = stack.change_sets.values().map(summary).collect();
        let (summaries, next_token) = page::cut(all, self.next_token.as_deref())?;
        Ok(ListChangeSetsOutput { summaries, next_token })
    }
}
