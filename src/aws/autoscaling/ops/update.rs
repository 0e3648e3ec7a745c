//! `UpdateAutoScalingGroup`.

use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

use super::check::{check_bounds, check_health, check_termination, not_negative};
use super::create::{Wanted, spots};
use crate::activity::at;
use crate::faults::validation;
use crate::shapes::group::LaunchTemplateSpecification;
use crate::state::{group, group_mut};
use crate::{targets, wakes};

sim::operation! {
    /// Updates the configuration for the specified Auto Scaling group.
    write UpdateAutoScalingGroup in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The name of the launch configuration.
        launch_configuration_name: Option<String> => "LaunchConfigurationName",
        /// The launch template and version to use to specify the updates.
        launch_template: Option<LaunchTemplateSpecification> => "LaunchTemplate",
        /// The mixed instances policy.
        _mixed_instances_policy: Refused<Value> => "MixedInstancesPolicy",
        /// The minimum size of the group.
        min_size: Option<i64> => "MinSize",
        /// The maximum size of the group.
        max_size: Option<i64> => "MaxSize",
        /// The desired capacity of the group.
        desired_capacity: Option<i64> => "DesiredCapacity",
        /// The default cooldown, in seconds.
        default_cooldown: Option<i64> => "DefaultCooldown",
        /// One or more Availability Zones for the group.
        availability_zones: Vec<String> => "AvailabilityZones",
        /// The same by the zones' ids.
        _availability_zone_ids: Refused<Vec<String>> => "AvailabilityZoneIds",
        /// A comma-separated value string of one or more health check types.
        health_check_type: Option<String> => "HealthCheckType",
        /// The amount of time, in seconds, that a new instance is spared.
        health_check_grace_period: Option<i64> => "HealthCheckGracePeriod",
        /// The name of an existing placement group.
        _placement_group: Refused<String> => "PlacementGroup",
        /// A comma-separated list of subnet IDs.
        vpc_zone_identifier: Option<String> => "VPCZoneIdentifier",
        /// A policy or a list of policies that are used to select the instances to terminate.
        termination_policies: Vec<String> => "TerminationPolicies",
        /// Indicates whether newly launched instances are protected from termination when scaling in.
        new_instances_protected_from_scale_in: Option<bool> => "NewInstancesProtectedFromScaleIn",
        /// The ARN of the service-linked role that the group uses.
        _service_linked_role_arn: Refused<String> => "ServiceLinkedRoleARN",
        /// The maximum amount of time, in seconds, that an instance can be in service.
        _max_instance_lifetime: Refused<i64> => "MaxInstanceLifetime",
        /// Enables or disables Capacity Rebalancing.
        _capacity_rebalance: Refused<bool> => "CapacityRebalance",
        /// Reserved.
        _context: Refused<String> => "Context",
        /// The unit of measurement for the value specified for desired capacity.
        _desired_capacity_type: Refused<String> => "DesiredCapacityType",
        /// The amount of time, in seconds, until a new instance is considered to have finished
        /// initializing; -1 takes it away.
        default_instance_warmup: Option<i64> => "DefaultInstanceWarmup",
        /// An instance maintenance policy.
        _instance_maintenance_policy: Refused<Value> => "InstanceMaintenancePolicy",
        /// The instance capacity distribution across Availability Zones.
        _availability_zone_distribution: Refused<Value> => "AvailabilityZoneDistribution",
        /// The policy for Availability Zone impairment.
        _availability_zone_impairment_policy: Refused<Value> => "AvailabilityZoneImpairmentPolicy",
        /// If you enable zonal shift with cross-zone disabled load balancers, capacity could become
        /// imbalanced.
        _skip_zonal_shift_validation: Refused<bool> => "SkipZonalShiftValidation",
        /// The capacity reservation specification.
        _capacity_reservation_specification: Refused<Value> => "CapacityReservationSpecification",
        /// The instance lifecycle policy.
        _instance_lifecycle_policy: Refused<Value> => "InstanceLifecyclePolicy",
        /// Whether the group can be deleted.
        _deletion_protection: Refused<String> => "DeletionProtection",
    }
    output UpdateAutoScalingGroupOutput {}
    errors ["ResourceContention", "ScalingActivityInProgress", "ServiceLinkedRoleFailure"]
    access {
        "autoscaling:UpdateAutoScalingGroup" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}"
            keys {
                "autoscaling:LaunchConfigurationName": "LaunchConfigurationName",
                "autoscaling:VPCZoneIdentifiers": "VPCZoneIdentifier",
            },
    }
    takes time
}

impl Write for UpdateAutoScalingGroup {
    type Output = UpdateAutoScalingGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let now = world.now();
        let health = check_health(self.health_check_type.as_deref())?;
        let grace = not_negative(self.health_check_grace_period, "HealthCheckGracePeriod")?;
        let cooldown = not_negative(self.default_cooldown, "DefaultCooldown")?;
        let warmup = self.default_instance_warmup.filter(|warmup| *warmup != -1);
        not_negative(warmup, "DefaultInstanceWarmup")?;
        check_termination(&self.termination_policies)?;
        let wanted = Wanted {
            configuration: self.launch_configuration_name,
            template: self.launch_template,
        };
        let source = wanted.source(world, cx)?;
        let refresh = group(world, &whose).and_then(|group| group.refresh());
        if source.is_some() && refresh.is_some_and(|refresh| refresh.wanted.is_some()) {
            return Err(validation(
                "An active instance refresh with a desired configuration exists. All configuration options \
                 derived from the desired configuration are not available for update while the instance \
                 refresh is active.",
            ));
        }
        let subnets = self.vpc_zone_identifier.as_deref();
        let spots = spots(world, cx, &self.availability_zones, subnets)?;
        let Some(group) = group_mut(world, &whose) else {
            return Ok(UpdateAutoScalingGroupOutput {});
        };
        let (min, max) = (self.min_size.unwrap_or(group.min), self.max_size.unwrap_or(group.max));
        // Bounds take the capacity with them where it is not said.
        let desired = self.desired_capacity.unwrap_or_else(|| group.desired.max(min).min(max));
        check_bounds(min, max, desired)?;
        (group.min, group.max) = (min, max);
        group.set_desired(desired, |before, after| {
            let what = format!(
                "a user request update of AutoScalingGroup constraints to min: {min}, max: {max}, desired: \
                 {after} changing the desired capacity from {before} to {after}."
            );
            at(now, &what)
        });
        if let Some(source) = source {
            group.source = source;
            group.failures = 0;
        }
        if !spots.is_empty() {
            group.spots = spots;
        }
        group.health_type = health.unwrap_or_else(|| group.health_type.clone());
        group.grace_s = grace.unwrap_or(group.grace_s);
        group.cooldown_s = cooldown.unwrap_or(group.cooldown_s);
        if !self.termination_policies.is_empty() {
            group.termination = self.termination_policies;
        }
        group.protects = self.new_instances_protected_from_scale_in.unwrap_or(group.protects);
        match self.default_instance_warmup {
            None => {}
            Some(-1) => group.warmup_s = None,
            given => group.warmup_s = given,
        }
        wakes::wake(world, &whose);
        targets::watch(world, &whose);
        Ok(UpdateAutoScalingGroupOutput {})
    }
}
