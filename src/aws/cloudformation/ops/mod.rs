//! The operations, by family.
//!
//! Members that the API has and this simulation does not act on are refused when they are given
//! ([`Refused`](sim::api::Refused)).

pub(crate) mod change_set_views;
pub(crate) mod change_sets;
pub(crate) mod changes;
pub(crate) mod describe;
pub(crate) mod draft;
pub(crate) mod exports;
pub mod handles;
mod page;
pub(crate) mod resources;
pub mod source;
pub(crate) mod stacks;
pub(crate) mod templates;

use sim::api::OpDef;

pub(crate) use change_sets::compute_change_set;

/// Every operation of the service, in alphabetical order.
pub static ALL: &[&OpDef] = &[
    &stacks::CancelUpdateStack::DEF,
    &stacks::ContinueUpdateRollback::DEF,
    &change_sets::CreateChangeSet::DEF,
    &stacks::CreateStack::DEF,
    &change_sets::DeleteChangeSet::DEF,
    &stacks::DeleteStack::DEF,
    &change_set_views::DescribeChangeSet::DEF,
    &describe::DescribeStackEvents::DEF,
    &resources::DescribeStackResource::DEF,
    &resources::DescribeStackResources::DEF,
    &describe::DescribeStacks::DEF,
    &change_sets::ExecuteChangeSet::DEF,
    &templates::GetTemplate::DEF,
    &templates::GetTemplateSummary::DEF,
    &change_set_views::ListChangeSets::DEF,
    &exports::ListExports::DEF,
    &exports::ListImports::DEF,
    &resources::ListStackResources::DEF,
    &describe::ListStacks::DEF,
    &exports::SignalResource::DEF,
    &stacks::UpdateStack::DEF,
    &stacks::UpdateTerminationProtection::DEF,
    &templates::ValidateTemplate::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "ActivateOrganizationsAccess",
    "ActivateType",
    "BatchDescribeTypeConfigurations",
    "CreateGeneratedTemplate",
    "CreateStackInstances",
    "CreateStackRefactor",
    "CreateStackSet",
    "DeactivateOrganizationsAccess",
    "DeactivateType",
    "DeleteGeneratedTemplate",
    "DeleteStackInstances",
    "DeleteStackSet",
    "DeregisterType",
    "DescribeAccountLimits",
    "DescribeChangeSetHooks",
    "DescribeEvents",
    "DescribeGeneratedTemplate",
    "DescribeOrganizationsAccess",
    "DescribePublisher",
    "DescribeResourceScan",
    "DescribeStackDriftDetectionStatus",
    "DescribeStackInstance",
    "DescribeStackRefactor",
    "DescribeStackResourceDrifts",
    "DescribeStackSet",
    "DescribeStackSetOperation",
    "DescribeType",
    "DescribeTypeRegistration",
    "DetectStackDrift",
    "DetectStackResourceDrift",
    "DetectStackSetDrift",
    "EstimateTemplateCost",
    "ExecuteStackRefactor",
    "GetGeneratedTemplate",
    "GetHookResult",
    "GetStackPolicy",
    "ImportStacksToStackSet",
    "ListGeneratedTemplates",
    "ListHookResults",
    "ListResourceScanRelatedResources",
    "ListResourceScanResources",
    "ListResourceScans",
    "ListStackInstanceResourceDrifts",
    "ListStackInstances",
    "ListStackRefactorActions",
    "ListStackRefactors",
    "ListStackSetAutoDeploymentTargets",
    "ListStackSetOperationResults",
    "ListStackSetOperations",
    "ListStackSets",
    "ListTypeRegistrations",
    "ListTypeVersions",
    "ListTypes",
    "PublishType",
    "RecordHandlerProgress",
    "RegisterPublisher",
    "RegisterType",
    "RollbackStack",
    "SetStackPolicy",
    "SetTypeConfiguration",
    "SetTypeDefaultVersion",
    "StartResourceScan",
    "StopStackSetOperation",
    "TestType",
    "UpdateGeneratedTemplate",
    "UpdateStackInstances",
    "UpdateStackSet",
];
