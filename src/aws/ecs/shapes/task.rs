//! Tasks and their containers.

use super::absent::{Accelerator, AcceleratorOverride, EnvironmentFile, ResourceRequirement};
use super::common::{Anything, Attachment, Attribute, Empty, KeyValuePair, LaunchType, Tag};
use super::container::TransportProtocol;
use base::Time;
use sim::api::Refused;

sim::structure! {
    /// What a container is otherwise than its definition says.
    pub struct ContainerOverride {
        /// Which container.
        pub name: Option<String> => "name",
        /// What it runs.
        pub command: Vec<String> => "command",
        /// Variables of its environment, beside those of the definition.
        pub environment: Vec<KeyValuePair> => "environment",
        /// Files of them; not simulated.
        pub environment_files: Empty<EnvironmentFile> => "environmentFiles",
        /// CPU units that it reserves.
        pub cpu: Option<i64> => "cpu",
        /// MiB beyond which it is killed.
        pub memory: Option<i64> => "memory",
        /// MiB that it reserves.
        pub memory_reservation: Option<i64> => "memoryReservation",
        /// Graphics processors; not simulated.
        pub resource_requirements: Empty<ResourceRequirement> => "resourceRequirements",
    }
}

sim::structure! {
    /// What a task is otherwise than its definition says.
    pub struct TaskOverride {
        /// Its containers.
        pub containers: Vec<ContainerOverride> => "containerOverrides",
        /// CPU units of the task.
        pub cpu: Option<String> => "cpu",
        /// Accelerators; not simulated.
        pub accelerators: Empty<AcceleratorOverride> => "inferenceAcceleratorOverrides",
        /// The role of who starts its containers.
        pub execution_role_arn: Option<String> => "executionRoleArn",
        /// MiB of the task.
        pub memory: Option<String> => "memory",
        /// The role of its containers.
        pub task_role_arn: Option<String> => "taskRoleArn",
        /// Storage; not simulated.
        _ephemeral_storage: Refused<Anything> => "ephemeralStorage",
    }
}

sim::string_enum! {
    /// How a container or task is, by its checks.
    pub enum HealthStatus {
        Unknown = "UNKNOWN",
        Healthy = "HEALTHY",
        Unhealthy = "UNHEALTHY",
    }
}

sim::string_enum! {
    /// Whether a task's agent is heard.
    pub enum Connectivity {
        Connected = "CONNECTED",
        Disconnected = "DISCONNECTED",
    }
}

sim::string_enum! {
    /// Why a task was stopped.
    pub enum StopCode {
        TaskFailedToStart = "TaskFailedToStart",
        EssentialContainerExited = "EssentialContainerExited",
        UserInitiated = "UserInitiated",
        ServiceSchedulerInitiated = "ServiceSchedulerInitiated",
        SpotInterruption = "SpotInterruption",
        TerminationNotice = "TerminationNotice",
    }
}

sim::structure! {
    /// A port of an instance that leads to one of a container.
    pub struct NetworkBinding {
        /// `0.0.0.0`
        pub bind_ip: String => "bindIP",
        /// The container's port.
        pub container_port: i64 => "containerPort",
        /// The instance's port.
        pub host_port: i64 => "hostPort",
        /// The protocol.
        pub protocol: TransportProtocol => "protocol",
    }
}

sim::structure! {
    /// A task's own network interface, as its containers see it.
    pub struct NetworkInterface {
        /// The attachment of the task.
        pub attachment_id: String => "attachmentId",
        /// Its address.
        pub private_ipv4_address: String => "privateIpv4Address",
    }
}

sim::string_enum! {
    /// An agent in a container.
    pub enum ManagedAgentName {
        ExecuteCommandAgent = "ExecuteCommandAgent",
    }
}

sim::structure! {
    /// An agent that runs in a container.
    pub struct ManagedAgent {
        /// When it started.
        pub last_started_at: Option<Time> => "lastStartedAt",
        /// Which it is.
        pub name: ManagedAgentName => "name",
        /// Why it is in that state.
        pub reason: Option<String> => "reason",
        /// `PENDING`, `RUNNING`, `STOPPED`
        pub last_status: String => "lastStatus",
    }
}

sim::structure! {
    /// A container of a task.
    pub struct Container {
        /// Its ARN.
        pub arn: String => "containerArn",
        /// The task's ARN.
        pub task_arn: String => "taskArn",
        /// Its name in the definition.
        pub name: String => "name",
        /// The image.
        pub image: String => "image",
        /// The digest of the image, once it is pulled.
        pub image_digest: Option<String> => "imageDigest",
        /// The engine's id of it.
        pub runtime_id: Option<String> => "runtimeId",
        /// `PENDING`, `RUNNING`, `STOPPED`
        pub last_status: String => "lastStatus",
        /// What it ended with.
        pub exit_code: Option<i64> => "exitCode",
        /// Why it is in that state.
        pub reason: Option<String> => "reason",
        /// Ports of the instance that lead to it.
        pub network_bindings: Vec<NetworkBinding> => "networkBindings",
        /// The task's own interface.
        pub network_interfaces: Vec<NetworkInterface> => "networkInterfaces",
        /// How it is, by its checks.
        pub health_status: HealthStatus => "healthStatus",
        /// Agents in it.
        pub managed_agents: Vec<ManagedAgent> => "managedAgents",
        /// CPU units that it reserves.
        pub cpu: String => "cpu",
        /// MiB beyond which it is killed.
        pub memory: Option<String> => "memory",
        /// MiB that it reserves.
        pub memory_reservation: Option<String> => "memoryReservation",
        /// Its graphics processors; none.
        pub gpu_ids: Vec<String> => "gpuIds",
    }
}

sim::structure! {
    /// Containers that run together.
    pub struct Task {
        /// Its network interface.
        pub attachments: Vec<Attachment> => "attachments",
        /// What is said of it.
        pub attributes: Vec<Attribute> => "attributes",
        /// The zone that it runs in.
        pub availability_zone: Option<String> => "availabilityZone",
        /// The capacity provider that it came from.
        pub capacity_provider: Option<String> => "capacityProviderName",
        /// The cluster's ARN.
        pub cluster_arn: String => "clusterArn",
        /// Whether its agent is heard.
        pub connectivity: Option<Connectivity> => "connectivity",
        /// Since when.
        pub connectivity_at: Option<Time> => "connectivityAt",
        /// The container instance that it runs on.
        pub container_instance_arn: Option<String> => "containerInstanceArn",
        /// Its containers.
        pub containers: Vec<Container> => "containers",
        /// CPU units of it.
        pub cpu: Option<String> => "cpu",
        /// When it was made.
        pub created_at: Time => "createdAt",
        /// What it is to be: `RUNNING`, `STOPPED`
        pub desired_status: String => "desiredStatus",
        /// Whether commands may be run in it.
        pub enable_execute_command: bool => "enableExecuteCommand",
        /// When its containers had ended.
        pub execution_stopped_at: Option<Time> => "executionStoppedAt",
        /// `service:api`, `family:api`
        pub group: String => "group",
        /// How it is, by the checks of its containers.
        pub health_status: HealthStatus => "healthStatus",
        /// Accelerators; none.
        pub accelerators: Empty<Accelerator> => "inferenceAccelerators",
        /// Where it is in its life.
        pub last_status: String => "lastStatus",
        /// What it runs on.
        pub launch_type: Option<LaunchType> => "launchType",
        /// MiB of it.
        pub memory: Option<String> => "memory",
        /// What it is otherwise than its definition says.
        pub overrides: TaskOverride => "overrides",
        /// The version of Fargate.
        pub platform_version: Option<String> => "platformVersion",
        /// `Linux`, of Fargate.
        pub platform_family: Option<String> => "platformFamily",
        /// When the first image was asked for.
        pub pull_started_at: Option<Time> => "pullStartedAt",
        /// When the last one was there.
        pub pull_stopped_at: Option<Time> => "pullStoppedAt",
        /// When it ran.
        pub started_at: Option<Time> => "startedAt",
        /// Who wanted it: `ecs-svc/…`
        pub started_by: Option<String> => "startedBy",
        /// Why it was stopped.
        pub stop_code: Option<StopCode> => "stopCode",
        /// When it had ended.
        pub stopped_at: Option<Time> => "stoppedAt",
        /// Why it was stopped, in words.
        pub stopped_reason: Option<String> => "stoppedReason",
        /// When its end began.
        pub stopping_at: Option<Time> => "stoppingAt",
        /// Its tags; told when they are asked for.
        pub tags: Vec<Tag> => "tags",
        /// Its ARN.
        pub arn: String => "taskArn",
        /// The ARN of its definition.
        pub definition_arn: String => "taskDefinitionArn",
        /// Counts its changes.
        pub version: i64 => "version",
    }
}
