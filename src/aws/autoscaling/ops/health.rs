//! The health of an instance as somebody else sees it, and its protection from scale-in.

use sim::api::{ApiError, Write};
use sim::{Cx, World};

use super::standby::chosen;
use crate::faults::validation;
use crate::life::{self, Says};
use crate::shapes::group::LifecycleState;
use crate::state::group_mut;

sim::operation! {
    /// Sets the health status of the specified instance.
    write SetInstanceHealth in "autoscaling" = "";
    input {
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// The health status of the instance: Healthy or Unhealthy.
        health_status: String => "HealthStatus",
        /// Whether the grace period of the group spares the instance; it does when nothing is said.
        should_respect_grace_period: Option<bool> => "ShouldRespectGracePeriod",
    }
    output SetInstanceHealthOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:SetInstanceHealth" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/*",
    }
    takes time
}

impl Write for SetInstanceHealth {
    type Output = SetInstanceHealthOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose_member(world, cx, &self.instance_id)?;
        let instance = self.instance_id.as_str();
        match self.health_status.as_str() {
            "Healthy" => {
                let group = group_mut(world, &whose);
                if let Some(member) = group.and_then(|group| group.members.get_mut(instance)) {
                    member.healthy = true;
                }
            }
            "Unhealthy" => {
                let respects = self.should_respect_grace_period != Some(false);
                if !(respects && life::is_spared(world, &whose, instance)) {
                    life::says_unhealthy(world, &whose, instance, Says::User);
                }
            }
            other => {
                return Err(validation(format!(
                    "Invalid health status: {other}. Valid values are Healthy and Unhealthy."
                )));
            }
        }
        Ok(SetInstanceHealthOutput {})
    }
}

sim::operation! {
    /// Updates the instance protection settings of the specified instances.
    write SetInstanceProtection in "autoscaling" = "";
    input {
        /// One or more instance IDs.
        instance_ids: Vec<String> => required "InstanceIds",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// Indicates whether the instance is protected from termination when scaling in.
        protected_from_scale_in: bool => "ProtectedFromScaleIn",
    }
    output SetInstanceProtectionOutput {}
    errors ["LimitExceeded", "ResourceContention"]
    access {
        "autoscaling:SetInstanceProtection" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for SetInstanceProtection {
    type Output = SetInstanceProtectionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let states =
            [LifecycleState::InService, LifecycleState::EnteringStandby, LifecycleState::Standby];
        let ids = chosen(world, &whose, &self.instance_ids, &states, None)?;
        let Some(group) = group_mut(world, &whose) else {
            return Ok(SetInstanceProtectionOutput {});
        };
        for id in ids {
            if let Some(member) = group.members.get_mut(&id) {
                member.protected = self.protected_from_scale_in;
            }
        }
        // What was protected may be what is too much.
        crate::wakes::wake(world, &whose);
        Ok(SetInstanceProtectionOutput {})
    }
}
