//! The operations, by family.
//!
//! Members that the API has and this simulation does not act on are refused when they are given
//! ([`Refused`](sim::api::Refused)); what has no effect in the service either is taken.

pub mod attributes;
pub mod clusters;
pub mod definitions;
pub mod exec;
pub mod instances;
pub mod providers;
pub mod runs;
pub mod service_changes;
pub mod services;
pub mod tags;
pub mod task_lists;

use sim::api::OpDef;

/// Of the service ECS.
pub static ALL: &[&OpDef] = &[
    &clusters::CreateCluster::DEF,
    &services::CreateService::DEF,
    &attributes::DeleteAttributes::DEF,
    &clusters::DeleteCluster::DEF,
    &service_changes::DeleteService::DEF,
    &definitions::DeleteTaskDefinitions::DEF,
    &instances::DeregisterContainerInstance::DEF,
    &definitions::DeregisterTaskDefinition::DEF,
    &providers::DescribeCapacityProviders::DEF,
    &clusters::DescribeClusters::DEF,
    &instances::DescribeContainerInstances::DEF,
    &service_changes::DescribeServices::DEF,
    &definitions::DescribeTaskDefinition::DEF,
    &task_lists::DescribeTasks::DEF,
    &exec::ExecuteCommand::DEF,
    &attributes::ListAttributes::DEF,
    &clusters::ListClusters::DEF,
    &instances::ListContainerInstances::DEF,
    &service_changes::ListServices::DEF,
    &tags::ListTagsForResource::DEF,
    &definitions::ListTaskDefinitionFamilies::DEF,
    &definitions::ListTaskDefinitions::DEF,
    &task_lists::ListTasks::DEF,
    &attributes::PutAttributes::DEF,
    &providers::PutClusterCapacityProviders::DEF,
    &definitions::RegisterTaskDefinition::DEF,
    &runs::RunTask::DEF,
    &runs::StartTask::DEF,
    &task_lists::StopTask::DEF,
    &tags::TagResource::DEF,
    &tags::UntagResource::DEF,
    &clusters::UpdateCluster::DEF,
    &clusters::UpdateClusterSettings::DEF,
    &instances::UpdateContainerInstancesState::DEF,
    &service_changes::UpdateService::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "ContinueServiceDeployment",
    "CreateCapacityProvider",
    "CreateDaemon",
    "CreateExpressGatewayService",
    "CreateTaskSet",
    "DeleteAccountSetting",
    "DeleteCapacityProvider",
    "DeleteDaemon",
    "DeleteDaemonTaskDefinition",
    "DeleteExpressGatewayService",
    "DeleteTaskSet",
    "DescribeDaemon",
    "DescribeDaemonDeployments",
    "DescribeDaemonRevisions",
    "DescribeDaemonTaskDefinition",
    "DescribeExpressGatewayService",
    "DescribeServiceDeployments",
    "DescribeServiceRevisions",
    "DescribeTaskSets",
    "DiscoverPollEndpoint",
    "GetTaskProtection",
    "ListAccountSettings",
    "ListDaemonDeployments",
    "ListDaemonTaskDefinitions",
    "ListDaemons",
    "ListServiceDeployments",
    "ListServicesByNamespace",
    "PutAccountSetting",
    "PutAccountSettingDefault",
    "RegisterContainerInstance",
    "RegisterDaemonTaskDefinition",
    "StopServiceDeployment",
    "SubmitAttachmentStateChanges",
    "SubmitContainerStateChange",
    "SubmitTaskStateChange",
    "UpdateCapacityProvider",
    "UpdateContainerAgent",
    "UpdateDaemon",
    "UpdateExpressGatewayService",
    "UpdateServicePrimaryTaskSet",
    "UpdateTaskProtection",
    "UpdateTaskSet",
];
