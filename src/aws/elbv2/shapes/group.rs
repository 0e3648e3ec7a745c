//! Target groups and targets.

use super::balancer::Protocol;

sim::string_enum! {
    /// What targets are registered by.
    pub enum TargetType { Instance = "instance", Ip = "ip", Lambda = "lambda", Alb = "alb" }
}

sim::structure! {
    /// The codes to use when checking for a successful response from a target.
    pub struct Matcher {
        /// Values between 200 and 499, single, in lists or in ranges.
        pub http_code: Option<String> => "HttpCode",
        /// gRPC codes.
        pub grpc_code: Option<String> => "GrpcCode",
    }
}

sim::structure! {
    /// Information about a target group.
    pub struct TargetGroup {
        /// The Amazon Resource Name (ARN) of the target group.
        pub target_group_arn: String => "TargetGroupArn",
        /// The name of the target group.
        pub target_group_name: String => "TargetGroupName",
        /// The protocol to use for routing traffic to the targets.
        pub protocol: Protocol => "Protocol",
        /// The port on which the targets are listening.
        pub port: i64 => "Port",
        /// The ID of the VPC for the targets.
        pub vpc_id: String => "VpcId",
        /// The protocol to use to connect with the target.
        pub health_check_protocol: Protocol => "HealthCheckProtocol",
        /// The port to use to connect with the target.
        pub health_check_port: String => "HealthCheckPort",
        /// Indicates whether health checks are enabled.
        pub health_check_enabled: bool => "HealthCheckEnabled",
        /// The approximate amount of time, in seconds, between health checks of an individual target.
        pub health_check_interval_seconds: i64 => "HealthCheckIntervalSeconds",
        /// The amount of time, in seconds, during which no response means a failed health check.
        pub health_check_timeout_seconds: i64 => "HealthCheckTimeoutSeconds",
        /// The number of consecutive health checks successes required before considering an unhealthy
        /// target healthy.
        pub healthy_threshold_count: i64 => "HealthyThresholdCount",
        /// The number of consecutive health check failures required before considering the target
        /// unhealthy.
        pub unhealthy_threshold_count: i64 => "UnhealthyThresholdCount",
        /// The destination for health checks on the targets.
        pub health_check_path: String => "HealthCheckPath",
        /// The HTTP or gRPC codes to use when checking for a successful response from a target.
        pub matcher: Matcher => "Matcher",
        /// The Amazon Resource Name (ARN) of the load balancer that routes traffic to this target
        /// group.
        pub load_balancer_arns: Vec<String> => "LoadBalancerArns",
        /// The type of target that you must specify when registering targets with this target group.
        pub target_type: TargetType => "TargetType",
        /// The protocol version.
        pub protocol_version: String => "ProtocolVersion",
        /// The IP address type.
        pub ip_address_type: String => "IpAddressType",
        /// The port on which the target control agent and application load balancer exchange
        /// management traffic.
        pub target_control_port: Option<i64> => "TargetControlPort",
    }
}

sim::structure! {
    /// Information about a target.
    pub struct TargetDescription {
        /// The ID of the target.
        pub id: String => "Id",
        /// The port on which the target is listening.
        pub port: Option<i64> => "Port",
        /// An Availability Zone or `all`.
        pub availability_zone: Option<String> => "AvailabilityZone",
        /// The server ID for the targets of QUIC groups.
        pub quic_server_id: sim::api::Refused<String> => "QuicServerId",
    }
}

sim::structure! {
    /// Information about the current health of a target.
    pub struct TargetHealth {
        /// The state of the target.
        pub state: String => "State",
        /// The reason code.
        pub reason: Option<String> => "Reason",
        /// A description of the target health that provides additional details.
        pub description: Option<String> => "Description",
    }
}

sim::structure! {
    /// Information about anomaly detection and mitigation.
    pub struct AnomalyDetection {
        /// The latest anomaly detection result.
        pub result: String => "Result",
        /// Indicates whether anomaly mitigation is in progress.
        pub mitigation_in_effect: String => "MitigationInEffect",
    }
}

sim::structure! {
    /// Information about the override status applied to a target.
    pub struct AdministrativeOverride {
        /// The state of the override.
        pub state: String => "State",
        /// The reason code for the state.
        pub reason: String => "Reason",
        /// A description of the override state.
        pub description: String => "Description",
    }
}

sim::structure! {
    /// Information about the health of a target.
    pub struct TargetHealthDescription {
        /// The description of the target.
        pub target: TargetDescription => "Target",
        /// The port to use to connect with the target.
        pub health_check_port: Option<String> => "HealthCheckPort",
        /// The health information for the target.
        pub target_health: TargetHealth => "TargetHealth",
        /// The anomaly detection result for the target.
        pub anomaly_detection: Option<AnomalyDetection> => "AnomalyDetection",
        /// The administrative override information for the target.
        pub administrative_override: Option<AdministrativeOverride> => "AdministrativeOverride",
    }
}
