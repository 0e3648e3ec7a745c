//! What is not simulated and may be given as an empty list, as descriptions have it.

use super::common::Anything;
use sim::api::Refused;

sim::structure! {
    /// A limit of processes; not simulated.
    pub struct Ulimit {
        /// Not simulated.
        _name: Refused<Anything> => required "name",
        /// Not simulated.
        _soft_limit: Refused<Anything> => required "softLimit",
        /// Not simulated.
        _hard_limit: Refused<Anything> => required "hardLimit",
    }
}

sim::structure! {
    /// A file of variables; not simulated.
    pub struct EnvironmentFile {
        /// Not simulated.
        _value: Refused<Anything> => required "value",
        /// Not simulated.
        _type: Refused<Anything> => required "type",
    }
}

sim::structure! {
    /// A further name of a host; not simulated.
    pub struct HostEntry {
        /// Not simulated.
        _hostname: Refused<Anything> => required "hostname",
        /// Not simulated.
        _ip_address: Refused<Anything> => required "ipAddress",
    }
}

sim::structure! {
    /// Something that a container needs beside processor and memory; not simulated.
    pub struct ResourceRequirement {
        /// Not simulated.
        _value: Refused<Anything> => required "value",
        /// Not simulated.
        _type: Refused<Anything> => required "type",
    }
}

sim::structure! {
    /// Storage; not simulated.
    pub struct Volume {
        /// Not simulated.
        _name: Refused<Anything> => "name",
        /// Not simulated.
        _host: Refused<Anything> => "host",
        /// Not simulated.
        _docker_volume_configuration: Refused<Anything> => "dockerVolumeConfiguration",
        /// Not simulated.
        _efs_volume_configuration: Refused<Anything> => "efsVolumeConfiguration",
        /// Not simulated.
        _s3files_volume_configuration: Refused<Anything> => "s3filesVolumeConfiguration",
        /// Not simulated.
        _fsx_windows_file_server_volume_configuration: Refused<Anything> => "fsxWindowsFileServerVolumeConfiguration",
        /// Not simulated.
        _configured_at_launch: Refused<Anything> => "configuredAtLaunch",
    }
}

sim::structure! {
    /// A registry of names; not simulated.
    pub struct ServiceRegistry {
        /// Not simulated.
        _registry_arn: Refused<Anything> => "registryArn",
        /// Not simulated.
        _port: Refused<Anything> => "port",
        /// Not simulated.
        _container_name: Refused<Anything> => "containerName",
        /// Not simulated.
        _container_port: Refused<Anything> => "containerPort",
    }
}

sim::argument! {
    /// Storage that is made with a task; not simulated.
    pub struct VolumeConfiguration {
        /// Not simulated.
        _name: Refused<Anything> => required "name",
        /// Not simulated.
        _managed_ebs_volume: Refused<Anything> => "managedEBSVolume",
    }
}

sim::structure! {
    /// A function that is asked on the way; not simulated.
    pub struct LifecycleHook {
        /// Not simulated.
        _target_type: Refused<Anything> => "targetType",
        /// Not simulated.
        _hook_target_arn: Refused<Anything> => "hookTargetArn",
        /// Not simulated.
        _role_arn: Refused<Anything> => "roleArn",
        /// Not simulated.
        _lifecycle_stages: Refused<Anything> => "lifecycleStages",
        /// Not simulated.
        _hook_details: Refused<Anything> => "hookDetails",
        /// Not simulated.
        _timeout_configuration: Refused<Anything> => "timeoutConfiguration",
    }
}

sim::argument! {
    /// A target group of VPC Lattice; not simulated.
    pub struct LatticeConfiguration {
        /// Not simulated.
        _role_arn: Refused<Anything> => required "roleArn",
        /// Not simulated.
        _target_group_arn: Refused<Anything> => required "targetGroupArn",
        /// Not simulated.
        _port_name: Refused<Anything> => required "portName",
    }
}

sim::structure! {
    /// An accelerator of a task; not simulated.
    pub struct AcceleratorOverride {
        /// Not simulated.
        _device_name: Refused<Anything> => "deviceName",
        /// Not simulated.
        _device_type: Refused<Anything> => "deviceType",
    }
}

sim::structure! {
    /// An accelerator of a task; not simulated.
    pub struct Accelerator {
        /// Not simulated.
        _device_name: Refused<Anything> => required "deviceName",
        /// Not simulated.
        _device_type: Refused<Anything> => required "deviceType",
    }
}
