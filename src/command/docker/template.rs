//! Templates over what an engine answers.

use command_line::template::{Data, FieldKinds};
use serde_json::Value;

/// The fields of the engine's answers: it sends `null` for maps and lists alike.
pub(crate) static KINDS: FieldKinds = FieldKinds {
    maps: &[
        "Annotations",
        "Config",
        "DriverOpts",
        "ExposedPorts",
        "Labels",
        "Networks",
        "Options",
        "PortBindings",
        "Ports",
        "StorageOpt",
        "Sysctls",
        "Tmpfs",
        "Volumes",
    ],
    lists: &[
        "Args",
        "Binds",
        "BlkioWeightDevice",
        "CapAdd",
        "CapDrop",
        "Cmd",
        "DeviceCgroupRules",
        "DeviceRequests",
        "Devices",
        "Dns",
        "DnsOptions",
        "DnsSearch",
        "Entrypoint",
        "Env",
        "ExecIDs",
        "ExtraHosts",
        "GroupAdd",
        "Links",
        "Log",
        "MaskedPaths",
        "Mounts",
        "OnBuild",
        "ReadonlyPaths",
        "RepoDigests",
        "RepoTags",
        "SecurityOpt",
        "Shell",
        "Ulimits",
        "VolumesFrom",
        "Aliases",
    ],
};

/// An answer of the engine, for a template.
pub(crate) fn data<'a>(value: &'a Value, type_name: Option<&'a str>) -> Data<'a> {
    Data { value, type_name, methods: &[], kinds: &KINDS }
}
