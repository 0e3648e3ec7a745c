//! `CreateAutoScalingGroup`.

use std::collections::{BTreeMap, BTreeSet};

use aws::place::Place;
use base::Time;
use serde_json::json;
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

use super::check::{check_bounds, check_health, check_termination, not_negative};
use super::hooks::hook_of;
use super::tags::tags_of;
use crate::activity::at;
use crate::durations::COOLDOWN_S;
use crate::faults::{exists, limit, validation};
use crate::shapes::group::LaunchTemplateSpecification;
use crate::shapes::rest::{LifecycleHook, LifecycleHookSpecification, Tag};
use crate::state::{Group, GroupTag, Source, Spot, State, Ticking, Whose, uuid};
use crate::{launch, role, wakes};

/// Of groups in a region (user guide, "Quotas for Amazon EC2 Auto Scaling").
pub(crate) const GROUPS_MAX: usize = 500;
/// Characters of a name.
const NAME_LEN_MAX: usize = 255;
/// Target groups of a group.
pub(super) const TARGETS_MAX: usize = 50;

sim::operation! {
    /// Creates an Auto Scaling group with the specified name and attributes.
    write CreateAutoScalingGroup in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The name of the launch configuration to use to launch instances.
        launch_configuration_name: Option<String> => "LaunchConfigurationName",
        /// The launch template to use to launch instances.
        launch_template: Option<LaunchTemplateSpecification> => "LaunchTemplate",
        /// The mixed instances policy.
        _mixed_instances_policy: Refused<Value> => "MixedInstancesPolicy",
        /// The ID of the instance used to base the launch configuration on.
        _instance_id: Refused<String> => "InstanceId",
        /// The minimum size of the group.
        min_size: i64 => "MinSize",
        /// The maximum size of the group.
        max_size: i64 => "MaxSize",
        /// The desired capacity is the initial capacity of the group.
        desired_capacity: Option<i64> => "DesiredCapacity",
        /// The amount of time, in seconds, between a scaling activity ending and the next one of a
        /// simple scaling policy.
        default_cooldown: Option<i64> => "DefaultCooldown",
        /// A list of Availability Zones where instances in the group can be created.
        availability_zones: Vec<String> => "AvailabilityZones",
        /// The same by the zones' ids.
        _availability_zone_ids: Refused<Vec<String>> => "AvailabilityZoneIds",
        /// A list of Classic Load Balancers associated with this group.
        _load_balancer_names: Refused<Vec<String>> => "LoadBalancerNames",
        /// The Amazon Resource Names (ARN) of the target groups to associate with the group.
        target_group_arns: Vec<String> => "TargetGroupARNs",
        /// A comma-separated value string of one or more health check types: `EC2`, `ELB`.
        health_check_type: Option<String> => "HealthCheckType",
        /// The amount of time, in seconds, that a new instance is spared before its health is checked.
        health_check_grace_period: Option<i64> => "HealthCheckGracePeriod",
        /// The name of the placement group into which to launch your instances.
        _placement_group: Refused<String> => "PlacementGroup",
        /// A comma-separated list of subnet IDs.
        vpc_zone_identifier: Option<String> => "VPCZoneIdentifier",
        /// A policy or a list of policies that are used to select the instance to terminate.
        termination_policies: Vec<String> => "TerminationPolicies",
        /// Indicates whether newly launched instances are protected from termination when scaling in.
        new_instances_protected_from_scale_in: Option<bool> => "NewInstancesProtectedFromScaleIn",
        /// Indicates whether Capacity Rebalancing is enabled.
        _capacity_rebalance: Refused<bool> => "CapacityRebalance",
        /// One or more lifecycle hooks to add to the group before instances are launched.
        lifecycle_hook_specification_list: Vec<LifecycleHookSpecification> =>
            "LifecycleHookSpecificationList",
        /// Whether the group can be deleted.
        _deletion_protection: Refused<String> => "DeletionProtection",
        /// One or more tags.
        tags: Vec<Tag> => "Tags",
        /// The ARN of the service-linked role that the group uses; only the service's own is simulated.
        service_linked_role_arn: Option<String> => "ServiceLinkedRoleARN",
        /// The maximum amount of time, in seconds, that an instance can be in service.
        _max_instance_lifetime: Refused<i64> => "MaxInstanceLifetime",
        /// Reserved.
        _context: Refused<String> => "Context",
        /// The unit of measurement for the value specified for desired capacity.
        _desired_capacity_type: Refused<String> => "DesiredCapacityType",
        /// The amount of time, in seconds, until a new instance is considered to have finished
        /// initializing.
        default_instance_warmup: Option<i64> => "DefaultInstanceWarmup",
        /// The list of traffic sources to attach to this group.
        _traffic_sources: Refused<Value> => "TrafficSources",
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
    }
    output CreateAutoScalingGroupOutput {}
    errors ["AlreadyExists", "LimitExceeded", "ResourceContention", "ServiceLinkedRoleFailure"]
    access {
        "autoscaling:CreateAutoScalingGroup" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}"
            keys {
                "autoscaling:LaunchConfigurationName": "LaunchConfigurationName",
                "autoscaling:TargetGroupARNs": "TargetGroupARNs",
                "autoscaling:VPCZoneIdentifiers": "VPCZoneIdentifier",
            },
    }
    takes time
}

impl Write for CreateAutoScalingGroup {
    type Output = CreateAutoScalingGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let name = self.auto_scaling_group_name.clone();
        check_name(&name)?;
        let region = world.get::<State>().region(&place);
        if region.is_some_and(|region| region.groups.contains_key(&name)) {
            return Err(exists(
                "AutoScalingGroup by this name already exists - A group with the name ".to_owned()
                    + &name
                    + " already exists",
            ));
        }
        if region.is_some_and(|region| region.groups.len() >= GROUPS_MAX) {
            return Err(limit(format!(
                "Only {GROUPS_MAX} AutoScalingGroups are allowed per region"
            )));
        }
        let desired = self.desired_capacity.unwrap_or(self.min_size);
        check_bounds(self.min_size, self.max_size, desired)?;
        let wanted = Wanted {
            configuration: self.launch_configuration_name.clone(),
            template: self.launch_template.clone(),
        };
        let source = wanted.source(world, cx)?;
        let source = source.ok_or_else(|| {
            validation(
                "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
                 MixedInstancesPolicy parameter.",
            )
        })?;
        let subnets = self.vpc_zone_identifier.as_deref();
        let spots = spots(world, cx, &self.availability_zones, subnets)?;
        if spots.is_empty() {
            return Err(validation("At least one Availability Zone or VPC Subnet is required."));
        }
        check_targets(world, cx, &self.target_group_arns)?;
        check_role(&place, self.service_linked_role_arn.as_deref())?;
        let tags = tags_of(&self.tags, &name)?;
        let hooks = hooks_of(&self.lifecycle_hook_specification_list, &name)?;
        let made = self.group(world.now(), source, spots, tags, hooks)?;
        role::ensure(world, cx)?;
        keep(world, &place, made, desired);
        Ok(CreateAutoScalingGroupOutput {})
    }
}

fn keep(world: &mut World, place: &Place, mut group: Group, desired: i64) {
    let now = world.now();
    group.id = uuid(world);
    group.arn = place.arn(
        "autoscaling",
        &format!("autoScalingGroup:{}:autoScalingGroupName/{}", group.id, group.name),
    );
    group.set_desired(desired, |before, after| {
        let what = format!(
            "a user request created an AutoScalingGroup changing the desired capacity from {before} to \
             {after}."
        );
        at(now, &what)
    });
    let whose = Whose { place: place.clone(), group: group.name.clone() };
    let region = world.get_mut::<State>().region_mut(place);
    region.groups.insert(group.name.clone(), group);
    wakes::wake(world, &whose);
    crate::targets::watch(world, &whose);
}

impl CreateAutoScalingGroup {
    /// The group, which has nothing yet.
    fn group(
        self,
        now: Time,
        source: Source,
        spots: Vec<Spot>,
        tags: BTreeMap<String, GroupTag>,
        hooks: BTreeMap<String, LifecycleHook>,
    ) -> Result<Group, ApiError> {
        check_termination(&self.termination_policies)?;
        let termination = if self.termination_policies.is_empty() {
            vec!["Default".to_owned()]
        } else {
            self.termination_policies
        };
        Ok(Group {
            name: self.auto_scaling_group_name,
            id: String::new(),
            arn: String::new(),
            created: now,
            source,
            min: self.min_size,
            max: self.max_size,
            desired: 0,
            cooldown_s: not_negative(self.default_cooldown, "DefaultCooldown")?
                .unwrap_or(COOLDOWN_S),
            spots,
            health_type: check_health(self.health_check_type.as_deref())?
                .unwrap_or_else(|| "EC2".to_owned()),
            grace_s: not_negative(self.health_check_grace_period, "HealthCheckGracePeriod")?
                .unwrap_or(0),
            termination,
            protects: self.new_instances_protected_from_scale_in.unwrap_or(false),
            warmup_s: not_negative(
                self.default_instance_warmup.filter(|warmup| *warmup != -1),
                "DefaultInstanceWarmup",
            )?,
            suspended: BTreeMap::new(),
            tags,
            targets: self.target_group_arns,
            hooks,
            policies: BTreeMap::new(),
            scheduled: BTreeMap::new(),
            metrics: BTreeSet::new(),
            members: BTreeMap::new(),
            activities: Vec::new(),
            causes: Vec::new(),
            refreshes: Vec::new(),
            replacing: 0,
            own_cooldown_s: None,
            calm_until: None,
            looks_at: None,
            failures: 0,
            going: false,
            ticking: Ticking::default(),
        })
    }
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let length = name.chars().count();
    if (1..=NAME_LEN_MAX).contains(&length) && !name.contains(':') {
        return Ok(());
    }
    Err(validation(format!(
        "1 validation error detected: Value '{name}' at 'autoScalingGroupName' failed to satisfy constraint: \
         Member must have length between 1 and {NAME_LEN_MAX}, and no colon"
    )))
}

fn hooks_of(
    given: &[LifecycleHookSpecification],
    group: &str,
) -> Result<BTreeMap<String, LifecycleHook>, ApiError> {
    let mut hooks = BTreeMap::new();
    for one in given {
        let hook = hook_of(
            group,
            &one.lifecycle_hook_name,
            Some(&one.lifecycle_transition),
            one.notification_metadata.clone(),
            (one.heartbeat_timeout, one.default_result.as_deref()),
        )?;
        hooks.insert(hook.lifecycle_hook_name.clone(), hook);
    }
    Ok(hooks)
}

fn check_role(place: &Place, given: Option<&str>) -> Result<(), ApiError> {
    if given.is_none_or(|arn| arn == role::arn(&place.account)) {
        return Ok(());
    }
    Err(validation(
        "ServiceLinkedRoleARN: only the role AWSServiceRoleForAutoScaling is simulated here",
    ))
}

/// What a request wants instances launched from.
pub(super) struct Wanted {
    pub(super) configuration: Option<String>,
    pub(super) template: Option<LaunchTemplateSpecification>,
}

impl Wanted {
    /// It as a group keeps it, when the request says something of it.
    ///
    /// # Errors
    /// It names both or what is not there, or nothing could be launched from it.
    pub(super) fn source(self, world: &mut World, cx: &Cx<'_>) -> Result<Option<Source>, ApiError> {
        if let Some(template) = &self.template
            && template.launch_template_id.is_some() == template.launch_template_name.is_some()
        {
            return Err(validation(
                "Valid requests must contain either launchTemplateId or LaunchTemplateName",
            ));
        }
        match (self.configuration, self.template) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(validation(
                "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
                 MixedInstancesPolicy parameter.",
            )),
            (Some(name), None) => {
                let region = world.get::<State>().region(&Place::of(cx));
                if region.is_none_or(|region| !region.configurations.contains_key(&name)) {
                    return Err(validation(format!(
                        "Launch configuration name not found - A launch configuration with the name: {name} \
                         does not exist"
                    )));
                }
                Ok(Some(Source::Configuration(name)))
            }
            (None, Some(template)) => {
                launch::would(world, cx, &template)?;
                Ok(Some(Source::Template(both_names(world, cx, template)?)))
            }
        }
    }
}

/// A template with its id and name, whichever was given: it is shown with both.
fn both_names(
    world: &mut World,
    cx: &Cx<'_>,
    given: LaunchTemplateSpecification,
) -> Result<LaunchTemplateSpecification, ApiError> {
    let input = match (&given.launch_template_id, &given.launch_template_name) {
        (Some(id), _) => json!({"LaunchTemplateIds": [id]}),
        (None, name) => json!({"LaunchTemplateNames": [name]}),
    };
    let found = role_less(world, cx, "DescribeLaunchTemplates", input)?;
    let found = &found["LaunchTemplates"][0];
    let text = |member: &str| found[member].as_str().map(str::to_owned);
    Ok(LaunchTemplateSpecification {
        launch_template_id: text("LaunchTemplateId"),
        launch_template_name: text("LaunchTemplateName"),
        version: given.version,
    })
}

/// Looks something up for the service itself, as which it may, whatever the caller may.
fn role_less(
    world: &mut World,
    cx: &Cx<'_>,
    operation: &str,
    input: Value,
) -> Result<Value, ApiError> {
    let root = Place::of(cx).caller(sim::Principal::Root);
    world.call_by(&root, "ec2", operation, input).map_err(|error| validation(error.message))
}

/// The places that a request names, by zones, by subnets, or by both.
///
/// # Errors
/// One is not there, or the two do not fit each other.
pub(super) fn spots(
    world: &mut World,
    cx: &Cx<'_>,
    zones: &[String],
    subnets: Option<&str>,
) -> Result<Vec<Spot>, ApiError> {
    let ids: Vec<&str> = subnets
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    let mut spots = BTreeSet::new();
    if ids.is_empty() {
        let known = role_less(world, cx, "DescribeAvailabilityZones", json!({}))?;
        let known = known["AvailabilityZones"].as_array().cloned().unwrap_or_default();
        for zone in zones {
            if !known.iter().any(|one| one["ZoneName"] == json!(zone)) {
                return Err(validation(format!("Invalid availability zones: [{zone}]")));
            }
            spots.insert(Spot { zone: zone.clone(), subnet: None });
        }
        return Ok(spots.into_iter().collect());
    }
    let found = role_less(world, cx, "DescribeSubnets", json!({"SubnetIds": ids}))?;
    let found = found["Subnets"].as_array().cloned().unwrap_or_default();
    let mut networks = BTreeSet::new();
    for subnet in &found {
        let text = |member: &str| subnet[member].as_str().unwrap_or_default().to_owned();
        networks.insert(text("VpcId"));
        let (zone, id) = (text("AvailabilityZone"), text("SubnetId"));
        if !zones.is_empty() && !zones.contains(&zone) {
            return Err(validation(
                "The availability zones of the specified subnets and the AvailabilityZones do not match",
            ));
        }
        spots.insert(Spot { zone, subnet: Some(id) });
    }
    if networks.len() > 1 {
        return Err(validation("All subnets of an Auto Scaling group must be in the same VPC"));
    }
    Ok(spots.into_iter().collect())
}

/// # Errors
/// There are too many target groups, or the load balancing service does not have one.
pub(super) fn check_targets(
    world: &mut World,
    cx: &Cx<'_>,
    targets: &[String],
) -> Result<(), ApiError> {
    if targets.len() > TARGETS_MAX {
        return Err(validation(format!("At most {TARGETS_MAX} target groups can be attached")));
    }
    if targets.is_empty() || world.service("elbv2").is_none() {
        return Ok(());
    }
    let input = json!({"TargetGroupArns": targets});
    match world.call(cx, "elbv2", "DescribeTargetGroups", input) {
        Ok(_) => Ok(()),
        Err(error) if error.code.starts_with("AccessDenied") => Err(error),
        Err(_) => Err(validation(format!(
            "Provided Target Groups may not be valid. Please ensure they exist and try again. {}",
            targets.join(", ")
        ))),
    }
}
