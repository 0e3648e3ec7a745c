//! What a task definition says of a container.

use std::collections::BTreeMap;

use super::absent::{EnvironmentFile, HostEntry, ResourceRequirement, Ulimit};
use super::common::{Anything, Empty, KeyValuePair};
use sim::api::Refused;

sim::string_enum! {
    /// A protocol of the transport layer.
    pub enum TransportProtocol {
        Tcp = "tcp",
        Udp = "udp",
    }
}

sim::structure! {
    /// A port of a container, and that of the instance which leads to it.
    pub struct PortMapping {
        /// The container's port.
        pub container_port: Option<i64> => "containerPort",
        /// The instance's port; one is chosen when it is 0 or not given.
        pub host_port: Option<i64> => "hostPort",
        /// The protocol; `tcp` unless said.
        pub protocol: Option<TransportProtocol> => "protocol",
        /// A name, for Service Connect; not simulated.
        _name: Refused<String> => "name",
        /// What is spoken, for Service Connect; not simulated.
        _app_protocol: Refused<Anything> => "appProtocol",
        /// Several ports; not simulated.
        _range: Refused<String> => "containerPortRange",
    }
}

sim::structure! {
    /// A place of a volume in a container.
    pub struct MountPoint {
        /// The volume.
        _source: Refused<String> => "sourceVolume",
        /// The place.
        _path: Refused<String> => "containerPath",
        /// Whether nothing may be written there.
        _read_only: Refused<bool> => "readOnly",
    }
}

sim::structure! {
    /// Another container whose volumes are mounted.
    pub struct VolumeFrom {
        /// The container.
        _source: Refused<String> => "sourceContainer",
        /// Whether nothing may be written there.
        _read_only: Refused<bool> => "readOnly",
    }
}

sim::structure! {
    /// A parameter of the kernel.
    pub struct SystemControl {
        /// Its name.
        _namespace: Refused<String> => "namespace",
        /// Its value.
        _value: Refused<String> => "value",
    }
}

sim::structure! {
    /// A parameter that becomes a variable of a container's environment.
    pub struct Secret {
        /// The variable.
        pub name: String => "name",
        /// The name or ARN of the parameter.
        pub value_from: String => "valueFrom",
    }
}

sim::string_enum! {
    /// What is waited for of another container.
    pub enum ContainerCondition {
        Start = "START",
        Complete = "COMPLETE",
        Success = "SUCCESS",
        Healthy = "HEALTHY",
    }
}

sim::structure! {
    /// A container that comes before this one.
    pub struct ContainerDependency {
        /// Which.
        pub container_name: String => "containerName",
        /// What is waited for.
        pub condition: ContainerCondition => "condition",
    }
}

sim::string_enum! {
    /// Where what a container prints goes.
    pub enum LogDriver {
        Awslogs = "awslogs",
        JsonFile = "json-file",
        Syslog = "syslog",
        Journald = "journald",
        Gelf = "gelf",
        Fluentd = "fluentd",
        Splunk = "splunk",
        Awsfirelens = "awsfirelens",
    }
}

sim::structure! {
    /// What becomes of what a container prints.
    pub struct LogConfiguration {
        /// Where it goes.
        pub log_driver: LogDriver => "logDriver",
        /// How: `awslogs-group`, `awslogs-region`, `awslogs-stream-prefix`, `awslogs-create-group`.
        pub options: BTreeMap<String, String> => "options",
        /// Options that are secret; not simulated.
        pub secret_options: Empty<Secret> => "secretOptions",
    }
}

sim::structure! {
    /// How it is found out whether a container is well.
    pub struct HealthCheck {
        /// `CMD-SHELL` and a line, or `CMD` and words.
        pub command: Vec<String> => required "command",
        /// Seconds from one to the next: 5 to 300; 30 unless said.
        pub interval: Option<i64> => "interval",
        /// Seconds that one may take: 2 to 60; 5 unless said.
        pub timeout: Option<i64> => "timeout",
        /// How many may fail in a row: 1 to 10; 3 unless said.
        pub retries: Option<i64> => "retries",
        /// Seconds at the beginning in which failures do not count: 0 to 300.
        pub start_period: Option<i64> => "startPeriod",
    }
}

sim::structure! {
    /// A container of a task.
    pub struct ContainerDefinition {
        /// Its name.
        pub name: Option<String> => "name",
        /// The image that it runs.
        pub image: Option<String> => "image",
        /// Credentials of a foreign registry; not simulated.
        _repository_credentials: Refused<Anything> => "repositoryCredentials",
        /// CPU units that it reserves; 1024 are one core.
        pub cpu: Option<i64> => "cpu",
        /// MiB beyond which it is killed.
        pub memory: Option<i64> => "memory",
        /// MiB that it reserves.
        pub memory_reservation: Option<i64> => "memoryReservation",
        /// Containers that it can reach by name; not simulated.
        pub links: Empty<String> => "links",
        /// Its ports.
        pub port_mappings: Vec<PortMapping> => "portMappings",
        /// Whether its end is that of the task; it is unless said.
        pub essential: Option<bool> => "essential",
        /// Whether it is started anew in its task; not simulated.
        _restart_policy: Refused<Anything> => "restartPolicy",
        /// What stands before its command.
        pub entry_point: Vec<String> => "entryPoint",
        /// What it runs, instead of what its image says.
        pub command: Vec<String> => "command",
        /// Variables of its environment.
        pub environment: Vec<KeyValuePair> => "environment",
        /// Files of them; not simulated.
        pub environment_files: Empty<EnvironmentFile> => "environmentFiles",
        /// Places of volumes; not simulated.
        pub mount_points: Empty<MountPoint> => "mountPoints",
        /// Containers whose volumes it has; not simulated.
        pub volumes_from: Empty<VolumeFrom> => "volumesFrom",
        /// What is Linux's own; not simulated.
        _linux_parameters: Refused<Anything> => "linuxParameters",
        /// Parameters that become variables of its environment.
        pub secrets: Vec<Secret> => "secrets",
        /// Containers that come before it.
        pub depends_on: Vec<ContainerDependency> => "dependsOn",
        /// Seconds until what it depends on must be; not simulated.
        _start_timeout: Refused<i64> => "startTimeout",
        /// Seconds from being asked to end until it is killed; 30 unless said.
        pub stop_timeout: Option<i64> => "stopTimeout",
        /// Whether tags are resolved once; not simulated.
        _version_consistency: Refused<Anything> => "versionConsistency",
        /// Its host name; not simulated.
        _hostname: Refused<String> => "hostname",
        /// Whom it runs as; not simulated.
        _user: Refused<String> => "user",
        /// Where it runs; not simulated.
        _working_directory: Refused<String> => "workingDirectory",
        /// Whether it has no network; not simulated.
        _disable_networking: Refused<bool> => "disableNetworking",
        /// Whether it may do what the host may; not simulated.
        _privileged: Refused<bool> => "privileged",
        /// Whether its files cannot be written; not simulated.
        _readonly_root_filesystem: Refused<bool> => "readonlyRootFilesystem",
        /// Name servers; not simulated.
        pub dns_servers: Empty<String> => "dnsServers",
        /// Domains in which names are looked for; not simulated.
        pub dns_search_domains: Empty<String> => "dnsSearchDomains",
        /// Further names of hosts; not simulated.
        pub extra_hosts: Empty<HostEntry> => "extraHosts",
        /// Labels of security modules; not simulated.
        pub docker_security_options: Empty<String> => "dockerSecurityOptions",
        /// Whether it has an input; not simulated.
        _interactive: Refused<bool> => "interactive",
        /// Whether it has a terminal; not simulated.
        _pseudo_terminal: Refused<bool> => "pseudoTerminal",
        /// Labels of the container; not simulated.
        _docker_labels: Refused<Anything> => "dockerLabels",
        /// Limits of processes; not simulated.
        pub ulimits: Empty<Ulimit> => "ulimits",
        /// What becomes of what it prints.
        pub log_configuration: Option<LogConfiguration> => "logConfiguration",
        /// How it is found out whether it is well.
        pub health_check: Option<HealthCheck> => "healthCheck",
        /// Parameters of the kernel; not simulated.
        pub system_controls: Empty<SystemControl> => "systemControls",
        /// Graphics processors; not simulated.
        pub resource_requirements: Empty<ResourceRequirement> => "resourceRequirements",
        /// A router of logs; not simulated.
        _firelens: Refused<Anything> => "firelensConfiguration",
        /// Credentials of Active Directory; not simulated.
        pub credential_specs: Empty<String> => "credentialSpecs",
    }
}

impl ContainerDefinition {
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    pub(crate) fn image(&self) -> &str {
        self.image.as_deref().unwrap_or_default()
    }

    pub(crate) fn is_essential(&self) -> bool {
        self.essential != Some(false)
    }

    /// MiB that it takes of an instance.
    pub(crate) fn reserved_mib(&self) -> i64 {
        self.memory_reservation.or(self.memory).unwrap_or_default()
    }
}
