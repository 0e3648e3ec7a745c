//! Services and their deployments.

use super::absent::{LifecycleHook, ServiceRegistry};
use super::common::{
    Anything, CapacityProviderStrategyItem, Empty, LaunchType, NetworkConfiguration,
    PlacementConstraint, PlacementStrategy, PropagateTags, Tag,
};
use base::Time;
use sim::api::Refused;

sim::structure! {
    /// A target group that a service's tasks stand in.
    pub struct LoadBalancer {
        /// The target group's ARN.
        pub target_group_arn: Option<String> => "targetGroupArn",
        /// A classic load balancer; not simulated.
        _load_balancer_name: Refused<String> => "loadBalancerName",
        /// The container that is asked.
        pub container_name: Option<String> => "containerName",
        /// Its port.
        pub container_port: Option<i64> => "containerPort",
        /// What blue/green deployments need; not simulated.
        _advanced: Refused<Anything> => "advancedConfiguration",
    }
}

sim::structure! {
    /// What ends a deployment that does not get on.
    pub struct DeploymentCircuitBreaker {
        /// Whether it is on.
        pub enable: bool => "enable",
        /// Whether the last deployment that was completed comes back.
        pub rollback: bool => "rollback",
    }
}

sim::string_enum! {
    /// How a new version comes in.
    pub enum DeploymentStrategy {
        Rolling = "ROLLING",
        BlueGreen = "BLUE_GREEN",
        Linear = "LINEAR",
        Canary = "CANARY",
    }
}

sim::structure! {
    /// How deployments go.
    pub struct DeploymentConfiguration {
        /// What ends one that does not get on.
        pub circuit_breaker: Option<DeploymentCircuitBreaker> => "deploymentCircuitBreaker",
        /// How many tasks there may be, in percent of the desired count.
        pub maximum_percent: Option<i64> => "maximumPercent",
        /// How many must be healthy.
        pub minimum_healthy_percent: Option<i64> => "minimumHealthyPercent",
        /// Alarms that end one; not simulated.
        pub alarms: Refused<Anything> => "alarms",
        /// How a new version comes in: `ROLLING`.
        pub strategy: Option<DeploymentStrategy> => "strategy",
        /// Minutes in which the old version stays; not simulated.
        pub bake_time: Refused<i64> => "bakeTimeInMinutes",
        /// Functions that are asked on the way; not simulated.
        pub lifecycle_hooks: Empty<LifecycleHook> => "lifecycleHooks",
        /// Steps of linear deployments; not simulated.
        pub linear: Refused<Anything> => "linearConfiguration",
        /// The first step of canary deployments; not simulated.
        pub canary: Refused<Anything> => "canaryConfiguration",
    }
}

sim::string_enum! {
    /// Who deploys.
    pub enum DeploymentControllerType {
        Ecs = "ECS",
        CodeDeploy = "CODE_DEPLOY",
        External = "EXTERNAL",
    }
}

sim::structure! {
    /// Who deploys.
    pub struct DeploymentController {
        /// Who.
        pub kind: DeploymentControllerType => "type",
    }
}

sim::string_enum! {
    /// How many tasks a service has.
    pub enum SchedulingStrategy {
        Replica = "REPLICA",
        Daemon = "DAEMON",
    }
}

sim::string_enum! {
    /// Where a deployment is.
    pub enum RolloutState {
        InProgress = "IN_PROGRESS",
        Completed = "COMPLETED",
        Failed = "FAILED",
    }
}

sim::string_enum! {
    /// Whether tasks are moved between zones to be spread evenly.
    pub enum ZoneRebalancing {
        Disabled = "DISABLED",
        Enabled = "ENABLED",
    }
}

sim::structure! {
    /// A version of a service, coming in, in force, or going out.
    pub struct Deployment {
        /// `ecs-svc/1234567890123456789`
        pub id: String => "id",
        /// `PRIMARY`, `ACTIVE`, `INACTIVE`
        pub status: String => "status",
        /// The ARN of its task definition.
        pub task_definition: String => "taskDefinition",
        /// How many tasks it is to have.
        pub desired_count: i64 => "desiredCount",
        /// How many are on their way.
        pub pending_count: i64 => "pendingCount",
        /// How many run.
        pub running_count: i64 => "runningCount",
        /// How many did not start, or were not healthy.
        pub failed_tasks: i64 => "failedTasks",
        /// When it was made.
        pub created_at: Time => "createdAt",
        /// When it changed last.
        pub updated_at: Time => "updatedAt",
        /// The capacity providers.
        pub capacity_provider_strategy: Vec<CapacityProviderStrategyItem> =>
            "capacityProviderStrategy",
        /// What its tasks run on.
        pub launch_type: Option<LaunchType> => "launchType",
        /// The version of Fargate.
        pub platform_version: Option<String> => "platformVersion",
        /// `Linux`, of Fargate.
        pub platform_family: Option<String> => "platformFamily",
        /// How its tasks are in the network.
        pub network_configuration: Option<NetworkConfiguration> => "networkConfiguration",
        /// Where it is.
        pub rollout_state: RolloutState => "rolloutState",
        /// Why.
        pub rollout_state_reason: String => "rolloutStateReason",
    }
}

sim::structure! {
    /// What a service did, or could not.
    pub struct ServiceEvent {
        /// What it is known by.
        pub id: String => "id",
        /// When it was.
        pub created_at: Time => "createdAt",
        /// What it was.
        pub message: String => "message",
    }
}

sim::structure! {
    /// So many tasks, kept running.
    pub struct Service {
        /// Its ARN.
        pub arn: String => "serviceArn",
        /// Its name.
        pub name: String => "serviceName",
        /// The cluster's ARN.
        pub cluster_arn: String => "clusterArn",
        /// The target groups.
        pub load_balancers: Vec<LoadBalancer> => "loadBalancers",
        /// Registries of names; not simulated.
        pub service_registries: Empty<ServiceRegistry> => "serviceRegistries",
        /// `ACTIVE`, `DRAINING`, `INACTIVE`
        pub status: String => "status",
        /// How many tasks it is to have.
        pub desired_count: i64 => "desiredCount",
        /// How many run.
        pub running_count: i64 => "runningCount",
        /// How many are on their way.
        pub pending_count: i64 => "pendingCount",
        /// What its tasks run on.
        pub launch_type: Option<LaunchType> => "launchType",
        /// The capacity providers.
        pub capacity_provider_strategy: Vec<CapacityProviderStrategyItem> =>
            "capacityProviderStrategy",
        /// The version of Fargate.
        pub platform_version: Option<String> => "platformVersion",
        /// `Linux`, of Fargate.
        pub platform_family: Option<String> => "platformFamily",
        /// The ARN of its task definition.
        pub task_definition: String => "taskDefinition",
        /// How deployments go.
        pub deployment_configuration: DeploymentConfiguration => "deploymentConfiguration",
        /// Its versions, the newest first.
        pub deployments: Vec<Deployment> => "deployments",
        /// The role in which it speaks to load balancers.
        pub role_arn: Option<String> => "roleArn",
        /// What it did, the last first.
        pub events: Vec<ServiceEvent> => "events",
        /// When it was made.
        pub created_at: Time => "createdAt",
        /// What an instance must be like.
        pub placement_constraints: Vec<PlacementConstraint> => "placementConstraints",
        /// How an instance is chosen.
        pub placement_strategy: Vec<PlacementStrategy> => "placementStrategy",
        /// How its tasks are in the network.
        pub network_configuration: Option<NetworkConfiguration> => "networkConfiguration",
        /// Seconds in which a new task need not be healthy.
        pub grace_s: Option<i64> => "healthCheckGracePeriodSeconds",
        /// How many tasks it has.
        pub scheduling_strategy: SchedulingStrategy => "schedulingStrategy",
        /// Who deploys.
        pub deployment_controller: Option<DeploymentController> => "deploymentController",
        /// Its tags; told when they are asked for.
        pub tags: Vec<Tag> => "tags",
        /// Who made it.
        pub created_by: Option<String> => "createdBy",
        /// Whether tasks have tags of ECS's own.
        pub enable_ecs_managed_tags: bool => "enableECSManagedTags",
        /// Whose tags tasks have.
        pub propagate_tags: PropagateTags => "propagateTags",
        /// Whether commands may be run in its tasks.
        pub enable_execute_command: bool => "enableExecuteCommand",
        /// Whether tasks are moved between zones.
        pub availability_zone_rebalancing: Option<ZoneRebalancing> =>
            "availabilityZoneRebalancing",
    }
}
