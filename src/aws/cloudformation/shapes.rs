//! The structures of requests and answers that several operations have.

use base::Time;
use sim::api::Refused;

sim::string_enum! {
    /// What becomes of a stack.
    pub enum StackStatus {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateFailed = "CREATE_FAILED",
        CreateComplete = "CREATE_COMPLETE",
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        RollbackFailed = "ROLLBACK_FAILED",
        RollbackComplete = "ROLLBACK_COMPLETE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteFailed = "DELETE_FAILED",
        DeleteComplete = "DELETE_COMPLETE",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateCompleteCleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateComplete = "UPDATE_COMPLETE",
        UpdateFailed = "UPDATE_FAILED",
        UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS",
        UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED",
        UpdateRollbackCompleteCleanupInProgress = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE",
        ReviewInProgress = "REVIEW_IN_PROGRESS",
        ImportInProgress = "IMPORT_IN_PROGRESS",
        ImportComplete = "IMPORT_COMPLETE",
        ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS",
        ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED",
        ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE",
    }
}

impl StackStatus {
    /// Whether it can be updated as it is.
    pub(crate) fn can_be_updated(self) -> bool {
        use StackStatus as S;
        matches!(
            self,
            S::CreateComplete | S::UpdateComplete | S::UpdateRollbackComplete | S::ImportComplete
        )
    }
}

sim::string_enum! {
    /// What becomes of a resource.
    pub enum ResourceStatus {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateFailed = "CREATE_FAILED",
        CreateComplete = "CREATE_COMPLETE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteFailed = "DELETE_FAILED",
        DeleteComplete = "DELETE_COMPLETE",
        DeleteSkipped = "DELETE_SKIPPED",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateFailed = "UPDATE_FAILED",
        UpdateComplete = "UPDATE_COMPLETE",
    }
}

sim::string_enum! {
    /// What whoever asks has to agree to.
    pub enum Capability {
        Iam = "CAPABILITY_IAM",
        NamedIam = "CAPABILITY_NAMED_IAM",
        AutoExpand = "CAPABILITY_AUTO_EXPAND",
    }
}

sim::string_enum! {
    /// What becomes of a stack that cannot be made.
    pub enum Failing {
        Rollback = "ROLLBACK",
        DoNothing = "DO_NOTHING",
        Delete = "DELETE",
    }
}

sim::structure! {
    /// A key and a value that a stack and its resources are tagged with.
    pub struct Tag {
        /// The key.
        pub key: String => "Key",
        /// The value.
        pub value: String => "Value",
    }
}

sim::structure! {
    /// The value of a parameter.
    pub struct Parameter {
        /// The parameter's name in the template.
        pub parameter_key: Option<String> => "ParameterKey",
        /// Its value.
        pub parameter_value: Option<String> => "ParameterValue",
        /// Whether it keeps the value that the stack has.
        pub use_previous_value: Option<bool> => "UsePreviousValue",
        /// The value that Systems Manager has for it.
        pub resolved_value: Option<String> => "ResolvedValue",
    }
}

sim::structure! {
    /// An output of a stack.
    pub struct Output {
        /// The output's name in the template.
        pub output_key: Option<String> => "OutputKey",
        /// Its value.
        pub output_value: Option<String> => "OutputValue",
        /// What the template says of it.
        pub description: Option<String> => "Description",
        /// The name by which other stacks use it.
        pub export_name: Option<String> => "ExportName",
    }
}

sim::structure! {
    /// An alarm that makes an operation go back.
    pub struct RollbackTrigger {
        /// The alarm.
        pub arn: String => "Arn",
        /// Its type.
        pub kind: String => "Type",
    }
}

sim::structure! {
    /// Alarms that make an operation go back, of which there are none here.
    pub struct RollbackConfiguration {
        /// The alarms.
        pub triggers: Vec<RollbackTrigger> => "RollbackTriggers",
        /// For how long they are watched.
        pub minutes: Option<i64> => "MonitoringTimeInMinutes",
    }
}

sim::structure! {
    /// Whether a stack differs from its template.
    pub struct StackDriftInformation {
        /// `NOT_CHECKED`
        pub stack_drift_status: String => "StackDriftStatus",
        /// When that was looked at.
        pub last_check_timestamp: Option<Time> => "LastCheckTimestamp",
    }
}

sim::structure! {
    /// Whether a resource differs from its template.
    pub struct ResourceDriftInformation {
        /// `NOT_CHECKED`
        pub stack_resource_drift_status: String => "StackResourceDriftStatus",
        /// When that was looked at.
        pub last_check_timestamp: Option<Time> => "LastCheckTimestamp",
    }
}

sim::structure! {
    /// The module that a resource came out of, which there is none of here.
    pub struct ModuleInfo {
        /// The types of the modules.
        pub type_hierarchy: Option<String> => "TypeHierarchy",
        /// Their names.
        pub logical_id_hierarchy: Option<String> => "LogicalIdHierarchy",
    }
}

sim::structure! {
    /// What a change is about.
    pub struct ResourceTargetDefinition {
        /// `Properties`
        pub attribute: Option<String> => "Attribute",
        /// The property.
        pub name: Option<String> => "Name",
        /// `Never`, `Conditionally` or `Always`.
        pub requires_recreation: Option<String> => "RequiresRecreation",
    }
}

sim::structure! {
    /// One reason why a resource changes.
    pub struct ResourceChangeDetail {
        /// What changes.
        pub target: Option<ResourceTargetDefinition> => "Target",
        /// Whether the value is known: `Static`, or `Dynamic` when it is not.
        pub evaluation: Option<String> => "Evaluation",
        /// `DirectModification`, `ParameterReference`, `ResourceReference` or `ResourceAttribute`.
        pub change_source: Option<String> => "ChangeSource",
        /// The parameter, resource or attribute.
        pub causing_entity: Option<String> => "CausingEntity",
    }
}

sim::structure! {
    /// What becomes of a resource.
    pub struct ResourceChange {
        /// What becomes of it, or of the one that it replaces, when its policy says so.
        pub policy_action: Option<String> => "PolicyAction",
        /// `Add`, `Modify` or `Remove`.
        pub action: Option<String> => "Action",
        /// Its name in the template.
        pub logical_resource_id: Option<String> => "LogicalResourceId",
        /// What it is called by its service.
        pub physical_resource_id: Option<String> => "PhysicalResourceId",
        /// Its type.
        pub resource_type: Option<String> => "ResourceType",
        /// Whether another takes its place: `True`, `False` or `Conditional`.
        pub replacement: Option<String> => "Replacement",
        /// Which attributes of the resource change.
        pub scope: Vec<String> => "Scope",
        /// Why.
        pub details: Vec<ResourceChangeDetail> => "Details",
    }
}

sim::structure! {
    /// One change of a change set.
    pub struct Change {
        /// `Resource`
        pub kind: Option<String> => "Type",
        /// The resource's change.
        pub resource_change: Option<ResourceChange> => "ResourceChange",
    }
}

sim::group! {
    /// Where a template is.
    pub(crate) struct TemplateGiven {
        /// The template's text, at most 51,200 bytes.
        pub(crate) body: Option<String> => "TemplateBody",
        /// Where the template is in S3.
        pub(crate) url: Option<String> => "TemplateURL",
    }
}

sim::group! {
    /// What a stack is to be, beside its template.
    pub(crate) struct Wanted {
        /// The values of parameters.
        pub(crate) parameters: Vec<Parameter> => "Parameters",
        /// What whoever asks agrees to.
        pub(crate) capabilities: Vec<Capability> => "Capabilities",
        /// The types of resources that may be used.
        _resource_types: Refused<Vec<String>> => "ResourceTypes",
        /// A role to act as.
        _role_arn: Refused<String> => "RoleARN",
        /// Alarms that make the operation go back.
        _rollback_configuration: Refused<sim::api::Value> => "RollbackConfiguration",
        /// Topics that events are sent to.
        _notification_arns: Refused<Vec<String>> => "NotificationARNs",
        /// The tags of the stack and its resources.
        pub(crate) tags: Option<Vec<Tag>> => "Tags",
    }
}
