//! Task definitions.

use super::absent::Volume;
use super::common::{Anything, Attribute, Empty};
use super::container::ContainerDefinition;
use base::Time;
use sim::api::Refused;

sim::string_enum! {
    /// How the containers of a task are in the network.
    pub enum NetworkMode {
        Bridge = "bridge",
        Host = "host",
        Awsvpc = "awsvpc",
        None = "none",
    }
}

sim::string_enum! {
    /// What a definition is made for.
    pub enum Compatibility {
        Ec2 = "EC2",
        Fargate = "FARGATE",
        External = "EXTERNAL",
        ManagedInstances = "MANAGED_INSTANCES",
    }
}

sim::string_enum! {
    /// Where a definition is in its life.
    pub enum DefinitionStatus {
        Active = "ACTIVE",
        Inactive = "INACTIVE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
    }
}

sim::string_enum! {
    /// What a definition's constraint asks for.
    pub enum DefinitionConstraintType {
        MemberOf = "memberOf",
    }
}

sim::structure! {
    /// What an instance must be like.
    pub struct DefinitionConstraint {
        /// What is asked for.
        pub kind: Option<DefinitionConstraintType> => "type",
        /// Which instances, in the cluster query language.
        pub expression: Option<String> => "expression",
    }
}

sim::string_enum! {
    /// A processor's architecture.
    pub enum CpuArchitecture {
        X8664 = "X86_64",
        Arm64 = "ARM64",
    }
}

sim::string_enum! {
    /// An operating system.
    pub enum OsFamily {
        Linux = "LINUX",
        WindowsServer2019Full = "WINDOWS_SERVER_2019_FULL",
        WindowsServer2019Core = "WINDOWS_SERVER_2019_CORE",
        WindowsServer2016Full = "WINDOWS_SERVER_2016_FULL",
        WindowsServer2004Core = "WINDOWS_SERVER_2004_CORE",
        WindowsServer2022Core = "WINDOWS_SERVER_2022_CORE",
        WindowsServer2022Full = "WINDOWS_SERVER_2022_FULL",
        WindowsServer2025Core = "WINDOWS_SERVER_2025_CORE",
        WindowsServer2025Full = "WINDOWS_SERVER_2025_FULL",
        WindowsServer20h2Core = "WINDOWS_SERVER_20H2_CORE",
    }
}

sim::structure! {
    /// What a task runs on.
    pub struct RuntimePlatform {
        /// The processor's architecture.
        pub cpu_architecture: Option<CpuArchitecture> => "cpuArchitecture",
        /// The operating system.
        pub os_family: Option<OsFamily> => "operatingSystemFamily",
    }
}

sim::structure! {
    /// What a task is made of.
    pub struct TaskDefinition {
        /// Its ARN.
        pub arn: String => "taskDefinitionArn",
        /// Its containers.
        pub containers: Vec<ContainerDefinition> => "containerDefinitions",
        /// The name that its revisions share.
        pub family: String => "family",
        /// The role of its containers.
        pub task_role_arn: Option<String> => "taskRoleArn",
        /// The role of who starts them.
        pub execution_role_arn: Option<String> => "executionRoleArn",
        /// How its containers are in the network.
        pub network_mode: Option<NetworkMode> => "networkMode",
        /// Its number in its family.
        pub revision: i64 => "revision",
        /// Volumes; not simulated.
        pub volumes: Empty<Volume> => "volumes",
        /// Where it is in its life.
        pub status: DefinitionStatus => "status",
        /// What an instance must have.
        pub requires_attributes: Vec<Attribute> => "requiresAttributes",
        /// What an instance must be like.
        pub constraints: Vec<DefinitionConstraint> => "placementConstraints",
        /// What it could run on.
        pub compatibilities: Vec<Compatibility> => "compatibilities",
        /// The platform.
        pub runtime_platform: Option<RuntimePlatform> => "runtimePlatform",
        /// What it was made for.
        pub requires_compatibilities: Vec<Compatibility> => "requiresCompatibilities",
        /// CPU units of a task.
        pub cpu: Option<String> => "cpu",
        /// MiB of a task.
        pub memory: Option<String> => "memory",
        /// When it was made.
        pub registered_at: Option<Time> => "registeredAt",
        /// When it was put out of use.
        pub deregistered_at: Option<Time> => "deregisteredAt",
        /// When its end was asked for.
        pub delete_requested_at: Option<Time> => "deleteRequestedAt",
        /// Who made it.
        pub registered_by: Option<String> => "registeredBy",
        /// Which processes containers see; not simulated.
        pub pid_mode: Refused<Anything> => "pidMode",
        /// What they share; not simulated.
        pub ipc_mode: Refused<Anything> => "ipcMode",
    }
}

impl TaskDefinition {
    pub(crate) fn mode(&self) -> NetworkMode {
        self.network_mode.unwrap_or(NetworkMode::Bridge)
    }

    pub(crate) fn container(&self, name: &str) -> Option<&ContainerDefinition> {
        self.containers.iter().find(|container| container.name() == name)
    }

    /// CPU units that a task takes of an instance.
    pub(crate) fn cpu_units(&self) -> i64 {
        let own = self.cpu.as_deref().and_then(|cpu| cpu.parse().ok());
        own.unwrap_or_else(|| self.containers.iter().filter_map(|c| c.cpu).sum())
    }

    /// MiB that a task takes of an instance.
    pub(crate) fn memory_mib(&self) -> i64 {
        let own = self.memory.as_deref().and_then(|memory| memory.parse().ok());
        own.unwrap_or_else(|| self.containers.iter().map(ContainerDefinition::reserved_mib).sum())
    }
}
