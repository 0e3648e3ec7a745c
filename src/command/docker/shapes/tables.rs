//! What the models do not say of the client's types: for what differs from the rule, the model's name
//! and the names of its fields.

/// Fields whose values are structs; elsewhere a struct is behind a pointer, and may be missing.
pub(super) const VALUES: &[(&str, &[&str])] = &[
    ("ClusterInfo", &["Version", "Spec", "TLSInfo"]),
    ("Config", &["Version", "Spec"]),
    ("ContainerInspectResponse", &["GraphDriver"]),
    ("EventMessage", &["Actor"]),
    ("HostConfig", &["LogConfig", "RestartPolicy"]),
    ("ImageInspect", &["RootFS", "Metadata", "GraphDriver"]),
    ("NetworkInspect", &["IPAM", "ConfigFrom"]),
    ("Node", &["Version", "Spec", "Description", "Status"]),
    ("NodeDescription", &["Platform", "Resources", "Engine", "TLSInfo"]),
    ("Plugin", &["Settings", "Config"]),
    ("Secret", &["Version", "Spec"]),
    ("Service", &["Version", "Spec", "Endpoint"]),
    ("ServiceEndpoint", &["Spec"]),
    ("ServiceSpec", &["TaskTemplate", "Mode"]),
    ("SystemInfo", &["Plugins", "Swarm", "ContainerdCommit", "RuncCommit", "InitCommit"]),
    ("Task", &["Version", "Spec", "Status"]),
    ("TaskStatus", &["PortStatus"]),
];

/// Numbers and truths behind a pointer: one that is not there is nothing, not zero.
pub(super) const POINTERS: &[(&str, &[&str])] = &[
    ("ContainerConfig", &["StopTimeout"]),
    ("ContainerInspectResponse", &["SizeRw", "SizeRootFs"]),
    ("HostConfig", &["Init", "MemorySwappiness", "OomKillDisable", "PidsLimit"]),
    ("ServiceSpecModeReplicated", &["Replicas"]),
    ("ServiceSpecModeReplicatedJob", &["MaxConcurrent", "TotalCompletions"]),
    ("TaskSpecContainerSpec", &["Init", "StopGracePeriod"]),
    ("TaskSpecRestartPolicy", &["Delay", "MaxAttempts", "Window"]),
];

/// Maps and lists of pointers to structs; elsewhere they hold the structs themselves.
pub(super) const POINTED: &[(&str, &[&str])] =
    &[("Health", &["Log"]), ("NetworkSettings", &["Networks"])];

/// Times; elsewhere a time is the text that the engine sent.
pub(super) const TIMES: &[(&str, &[&str])] = &[
    ("ClusterInfo", &["CreatedAt", "UpdatedAt"]),
    ("Config", &["CreatedAt", "UpdatedAt"]),
    ("HealthcheckResult", &["Start", "End"]),
    ("ImageInspectMetadata", &["LastTagTime"]),
    ("NetworkInspect", &["Created"]),
    ("Node", &["CreatedAt", "UpdatedAt"]),
    ("Secret", &["CreatedAt", "UpdatedAt"]),
    ("Service", &["CreatedAt", "UpdatedAt"]),
    ("Task", &["CreatedAt", "UpdatedAt"]),
    ("TaskStatus", &["Timestamp"]),
];

/// Spans of time; elsewhere a number is a number.
pub(super) const DURATIONS: &[(&str, &[&str])] = &[
    ("HealthConfig", &["Interval", "Timeout", "StartPeriod", "StartInterval"]),
    ("ServiceSpecRollbackConfig", &["Delay", "Monitor"]),
    ("ServiceSpecUpdateConfig", &["Delay", "Monitor"]),
    ("SwarmSpecCaConfig", &["NodeCertExpiry"]),
    ("SwarmSpecDispatcher", &["HeartbeatPeriod"]),
    ("TaskSpecContainerSpec", &["StopGracePeriod"]),
    ("TaskSpecRestartPolicy", &["Delay", "Window"]),
];

/// Fields of models that the reference client does not know yet.
pub(super) const LATER: &[(&str, &[&str])] = &[
    ("ContainerInspectResponse", &["Storage"]),
    ("ImageInspect", &["Identity"]),
    ("NetworkInspect", &["Status"]),
    ("SystemInfo", &["NRI"]),
];

/// Fields that the reference client knows and the models do not (any more).
pub(super) const MORE: &[(&str, &[(&str, Kind)])] = &[
    ("EventMessage", &[("status", Kind::Text), ("id", Kind::Text), ("from", Kind::Text)]),
    (
        "ImageInspect",
        &[
            ("Parent", Kind::Text),
            ("Container", Kind::Text),
            ("ContainerConfig", Kind::ContainerConfig),
            ("DockerVersion", Kind::Text),
            ("VirtualSize", Kind::Number),
        ],
    ),
    (
        "NetworkSettings",
        &[
            ("Bridge", Kind::Text),
            ("HairpinMode", Kind::Bool),
            ("LinkLocalIPv6Address", Kind::Text),
            ("LinkLocalIPv6PrefixLen", Kind::Number),
            ("SecondaryIPAddresses", Kind::List),
            ("SecondaryIPv6Addresses", Kind::List),
            ("EndpointID", Kind::Text),
            ("Gateway", Kind::Text),
            ("GlobalIPv6Address", Kind::Text),
            ("GlobalIPv6PrefixLen", Kind::Number),
            ("IPAddress", Kind::Text),
            ("IPPrefixLen", Kind::Number),
            ("IPv6Gateway", Kind::Text),
            ("MacAddress", Kind::Text),
        ],
    ),
    ("SystemInfo", &[("ExecutionDriver", Kind::Text), ("Debug", Kind::Bool)]),
];

/// What a field of [`MORE`] is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Bool,
    ContainerConfig,
    List,
    Number,
    Text,
}

/// Embedded types, whose fields are those of the type that they stand in.
pub(super) const EMBEDDED: &[(&str, &[&str])] = &[
    ("Config", &["Meta"]),
    ("ConfigSpec", &["Annotations"]),
    ("ContainerInspectResponse", &["ContainerJSONBase"]),
    ("HostConfig", &["Resources"]),
    ("NetworkInspect", &["Network"]),
    ("NetworkSettings", &["NetworkSettingsBase", "DefaultNetworkSettings"]),
    ("Node", &["Meta"]),
    ("NodeSpec", &["Annotations"]),
    ("Secret", &["Meta"]),
    ("SecretSpec", &["Annotations"]),
    ("Service", &["Meta"]),
    ("ServiceSpec", &["Annotations"]),
    ("SystemInfo", &["Info"]),
    ("Task", &["Meta"]),
];

/// Fields that the client prints although an older engine does not send them.
pub(super) const ALWAYS: &[(&str, &[&str])] = &[
    ("EndpointSettings", &["DNSNames", "GwPriority", "MacAddress"]),
    ("NetworkInspect", &["EnableIPv4"]),
];

/// Types whose empty fields the client does not print.
pub(super) const SPARSE: &[&str] = &["ImageConfig"];

/// Go's names of types that stand in messages.
pub(super) const NAMES: &[(&str, &str)] = &[
    ("ClusterInfo", "swarm.ClusterInfo"),
    ("EventActor", "events.Actor"),
    ("EventMessage", "events.Message"),
    ("Health", "container.Health"),
    ("Node", "swarm.Node"),
    ("PluginsInfo", "system.PluginsInfo"),
    ("RegistryServiceConfig", "registry.ServiceConfig"),
    ("Service", "swarm.Service"),
    ("SwarmInfo", "swarm.Info"),
    ("SystemInfo", "system.dockerInfo"),
    ("SystemVersion", "types.Version"),
    ("Volume", "volume.Volume"),
    ("VolumeUsageData", "volume.UsageData"),
];

/// Fields whose types have none of their own, and are no maps.
pub(super) const EMPTY: &[(&str, &[&str])] = &[("ServiceSpecMode", &["Global", "GlobalJob"])];

/// Fields that the engine spells in another way than the models.
pub(super) const RENAMED: &[(&str, &str, &str)] =
    &[("TaskSpecContainerSpec", "HealthCheck", "Healthcheck")];

/// Whether a table has a field.
pub(super) fn stands_in(table: &[(&str, &[&str])], of: &str, field: &str) -> bool {
    table.iter().any(|(name, fields)| *name == of && fields.contains(&field))
}
