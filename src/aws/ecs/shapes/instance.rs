//! Container instances.

use super::common::{Attachment, Attribute, Tag};
use base::Time;
use sim::api::Double;

sim::structure! {
    /// What runs on an instance.
    pub struct VersionInfo {
        /// The version of the agent.
        pub agent_version: String => "agentVersion",
        /// The state of its sources.
        pub agent_hash: String => "agentHash",
        /// The version of the engine.
        pub docker_version: String => "dockerVersion",
    }
}

sim::structure! {
    /// So much of something.
    pub struct Resource {
        /// `CPU`, `MEMORY`, `PORTS`, `PORTS_UDP`
        pub name: String => "name",
        /// `INTEGER`, `STRINGSET`
        pub kind: String => "type",
        /// Its value as a double.
        pub double_value: Double => "doubleValue",
        /// Its value as a long.
        pub long_value: i64 => "longValue",
        /// Its value as an integer.
        pub integer_value: i64 => "integerValue",
        /// Its value as a set.
        pub set_value: Vec<String> => "stringSetValue",
    }
}

sim::string_enum! {
    /// How far an update of the agent is.
    pub enum AgentUpdateStatus {
        Pending = "PENDING",
        Staging = "STAGING",
        Staged = "STAGED",
        Updating = "UPDATING",
        Updated = "UPDATED",
        Failed = "FAILED",
    }
}

sim::string_enum! {
    /// How an instance is.
    pub enum InstanceHealth {
        Ok = "OK",
        Impaired = "IMPAIRED",
        InsufficientData = "INSUFFICIENT_DATA",
        Initializing = "INITIALIZING",
    }
}

sim::string_enum! {
    /// What of an instance is looked at.
    pub enum HealthCheckType {
        ContainerRuntime = "CONTAINER_RUNTIME",
        AcceleratedCompute = "ACCELERATED_COMPUTE",
        Daemon = "DAEMON",
    }
}

sim::structure! {
    /// How a part of an instance is.
    pub struct InstanceHealthCheckResult {
        /// The part.
        pub kind: HealthCheckType => "type",
        /// How it is.
        pub status: InstanceHealth => "status",
        /// Why.
        pub reason: Option<String> => "statusReason",
        /// When that was seen last.
        pub last_updated: Time => "lastUpdated",
        /// Since when.
        pub last_change: Time => "lastStatusChange",
    }
}

sim::structure! {
    /// How an instance is, by what its agent says.
    pub struct ContainerInstanceHealthStatus {
        /// All in all.
        pub overall: InstanceHealth => "overallStatus",
        /// Part by part.
        pub details: Vec<InstanceHealthCheckResult> => "details",
    }
}

sim::structure! {
    /// An EC2 instance that runs tasks of a cluster.
    pub struct ContainerInstance {
        /// Its ARN.
        pub arn: String => "containerInstanceArn",
        /// The instance.
        pub ec2_instance_id: String => "ec2InstanceId",
        /// The capacity provider that it came from; nothing here.
        pub capacity_provider: Option<String> => "capacityProviderName",
        /// Counts its changes.
        pub version: i64 => "version",
        /// What runs on it.
        pub version_info: VersionInfo => "versionInfo",
        /// What is left.
        pub remaining: Vec<Resource> => "remainingResources",
        /// What it has.
        pub registered: Vec<Resource> => "registeredResources",
        /// `ACTIVE`, `DRAINING`, `INACTIVE`
        pub status: String => "status",
        /// Why it is in that state.
        pub status_reason: Option<String> => "statusReason",
        /// Whether its agent is heard.
        pub agent_connected: bool => "agentConnected",
        /// How many tasks run on it.
        pub running: i64 => "runningTasksCount",
        /// How many are on their way to.
        pub pending: i64 => "pendingTasksCount",
        /// How far an update of its agent is.
        pub agent_update_status: Option<AgentUpdateStatus> => "agentUpdateStatus",
        /// What is said of it.
        pub attributes: Vec<Attribute> => "attributes",
        /// When it joined.
        pub registered_at: Time => "registeredAt",
        /// Interfaces that it lends; nothing here.
        pub attachments: Vec<Attachment> => "attachments",
        /// Its tags; told when they are asked for.
        pub tags: Vec<Tag> => "tags",
        /// How it is; told when it is asked for.
        pub health: Option<ContainerInstanceHealthStatus> => "healthStatus",
    }
}
