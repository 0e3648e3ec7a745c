//! Clusters and capacity providers.

use super::common::{Anything, Attachment, CapacityProviderStrategyItem, KeyValuePair, Tag};
use sim::api::Refused;

sim::string_enum! {
    /// What can be set of a cluster.
    pub enum SettingName {
        ContainerInsights = "containerInsights",
    }
}

sim::structure! {
    /// A setting of a cluster.
    pub struct ClusterSetting {
        /// What is set.
        pub name: Option<SettingName> => "name",
        /// `enabled`, `enhanced` or `disabled`
        pub value: Option<String> => "value",
    }
}

sim::string_enum! {
    /// Where what is said in sessions goes.
    pub enum ExecuteCommandLogging {
        Default = "DEFAULT",
        None = "NONE",
        Override = "OVERRIDE",
    }
}

sim::structure! {
    /// How commands are run in containers.
    pub struct ExecuteCommandConfiguration {
        /// A key for sessions; not simulated.
        _kms_key_id: Refused<String> => "kmsKeyId",
        /// Where what is said in sessions goes.
        pub logging: Option<ExecuteCommandLogging> => "logging",
        /// The place, of `OVERRIDE`; not simulated.
        _log_configuration: Refused<Anything> => "logConfiguration",
    }
}

sim::structure! {
    /// How a cluster is set up.
    pub struct ClusterConfiguration {
        /// How commands are run in containers.
        pub execute_command: Option<ExecuteCommandConfiguration> => "executeCommandConfiguration",
        /// Keys of storage; not simulated.
        _managed_storage: Refused<Anything> => "managedStorageConfiguration",
    }
}

sim::structure! {
    /// Where tasks run.
    pub struct Cluster {
        /// Its ARN.
        pub arn: String => "clusterArn",
        /// Its name.
        pub name: String => "clusterName",
        /// How it is set up; told when it is asked for.
        pub configuration: Option<ClusterConfiguration> => "configuration",
        /// `ACTIVE`, `INACTIVE`
        pub status: String => "status",
        /// How many container instances it has, active or draining.
        pub instances: i64 => "registeredContainerInstancesCount",
        /// How many of its tasks run.
        pub running: i64 => "runningTasksCount",
        /// How many of its tasks are on their way to run.
        pub pending: i64 => "pendingTasksCount",
        /// How many services it has.
        pub services: i64 => "activeServicesCount",
        /// The counts by what tasks run on; told when they are asked for.
        pub statistics: Vec<KeyValuePair> => "statistics",
        /// Its tags; told when they are asked for.
        pub tags: Vec<Tag> => "tags",
        /// Its settings; told when they are asked for.
        pub settings: Vec<ClusterSetting> => "settings",
        /// The capacity providers that may be used.
        pub capacity_providers: Vec<String> => "capacityProviders",
        /// What is used when nothing is said.
        pub default_strategy: Vec<CapacityProviderStrategyItem> =>
            "defaultCapacityProviderStrategy",
        /// What its capacity providers made; nothing here.
        pub attachments: Vec<Attachment> => "attachments",
        /// How far that is.
        pub attachments_status: Option<String> => "attachmentsStatus",
    }
}

sim::string_enum! {
    /// Where a capacity provider is.
    pub enum ProviderStatus {
        Active = "ACTIVE",
        Provisioning = "PROVISIONING",
        Deprovisioning = "DEPROVISIONING",
        Inactive = "INACTIVE",
    }
}

sim::string_enum! {
    /// What a capacity provider is.
    pub enum ProviderType {
        Fargate = "FARGATE",
        FargateSpot = "FARGATE_SPOT",
        Ec2Autoscaling = "EC2_AUTOSCALING",
        ManagedInstances = "MANAGED_INSTANCES",
    }
}

sim::structure! {
    /// What gives tasks something to run on.
    pub struct CapacityProvider {
        /// Its ARN.
        pub arn: String => "capacityProviderArn",
        /// Its name.
        pub name: String => "name",
        /// Where it is.
        pub status: ProviderStatus => "status",
        /// Its tags; told when they are asked for.
        pub tags: Vec<Tag> => "tags",
        /// What it is.
        pub kind: ProviderType => "type",
    }
}
