//! Attributes of load balancers, listeners and target groups.

use crate::attributes::{self, BALANCER, GROUP, LISTENER};
use crate::faults::{configuration, invalid};
use crate::log;
use crate::shapes::balancer::Attribute;
use crate::state::State;
use aws::place::Place;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Describes the attributes for the specified load balancer.
    read DescribeLoadBalancerAttributes in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: String => "LoadBalancerArn",
    }
    output DescribeLoadBalancerAttributesOutput {
        /// Information about the load balancer attributes.
        pub attributes: Vec<Attribute> => "Attributes",
    }
    errors ["LoadBalancerNotFound"]
    access { "elasticloadbalancing:DescribeLoadBalancerAttributes" on "*" }
}

impl Read for DescribeLoadBalancerAttributes {
    type Output = DescribeLoadBalancerAttributesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let set = &region.balancer(&self.load_balancer_arn)?.attributes;
        let attributes = attributes::listed(BALANCER, set);
        Ok(DescribeLoadBalancerAttributesOutput { attributes })
    }
}

sim::operation! {
    /// Modifies the specified attributes of the specified load balancer.
    write ModifyLoadBalancerAttributes in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: String => "LoadBalancerArn",
        /// The load balancer attributes.
        attributes: Vec<Attribute> => required "Attributes",
    }
    output ModifyLoadBalancerAttributesOutput {
        /// Information about the load balancer attributes.
        pub attributes: Vec<Attribute> => "Attributes",
    }
    errors ["LoadBalancerNotFound", "InvalidConfigurationRequest"]
    access { "elasticloadbalancing:ModifyLoadBalancerAttributes" on "{LoadBalancerArn}" }
}

impl Write for ModifyLoadBalancerAttributes {
    type Output = ModifyLoadBalancerAttributesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.load_balancer_arn);
        let balancer = world.get::<State>().region(&place).balancer(&arn)?;
        let set =
            attributes::changed(BALANCER, "Load balancer", &balancer.attributes, self.attributes)?;
        if attributes::value(BALANCER, &set, "access_logs.s3.enabled") == "true" {
            log::check(world, &place, &balancer.clone(), &set)?;
        }
        if let Some(kept) = world.get_mut::<State>().region_mut(&place).balancers.get_mut(&arn) {
            kept.attributes = set.clone();
        }
        Ok(ModifyLoadBalancerAttributesOutput { attributes: attributes::listed(BALANCER, &set) })
    }
}

sim::operation! {
    /// Describes the attributes for the specified target group.
    read DescribeTargetGroupAttributes in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the target group.
        target_group_arn: String => "TargetGroupArn",
    }
    output DescribeTargetGroupAttributesOutput {
        /// Information about the target group attributes.
        pub attributes: Vec<Attribute> => "Attributes",
    }
    errors ["TargetGroupNotFound"]
    access { "elasticloadbalancing:DescribeTargetGroupAttributes" on "*" }
}

impl Read for DescribeTargetGroupAttributes {
    type Output = DescribeTargetGroupAttributesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let set = &region.group(&self.target_group_arn)?.attributes;
        Ok(DescribeTargetGroupAttributesOutput { attributes: attributes::listed(GROUP, set) })
    }
}

sim::operation! {
    /// Modifies the specified attributes of the specified target group.
    write ModifyTargetGroupAttributes in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the target group.
        target_group_arn: String => "TargetGroupArn",
        /// The target group attributes.
        attributes: Vec<Attribute> => required "Attributes",
    }
    output ModifyTargetGroupAttributesOutput {
        /// Information about the target group attributes.
        pub attributes: Vec<Attribute> => "Attributes",
    }
    errors ["TargetGroupNotFound", "InvalidConfigurationRequest"]
    access { "elasticloadbalancing:ModifyTargetGroupAttributes" on "{TargetGroupArn}" }
}

/// Cookies of the balancer's own, after which an application must not name its cookie (User Guide,
/// "Sticky sessions").
const OWN_COOKIES: &[&str] = &["AWSALB", "AWSALBAPP", "AWSALBTG"];
/// The shortest slow start that is one, in seconds.
const SLOW_START_MIN: u64 = 30;

impl Write for ModifyTargetGroupAttributes {
    type Output = ModifyTargetGroupAttributesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.target_group_arn);
        let group = world.get::<State>().region(&place).group(&arn)?;
        let set = attributes::changed(GROUP, "Target group", &group.attributes, self.attributes)?;
        let get = |key: &str| attributes::value(GROUP, &set, key);
        let slow: u64 = get("slow_start.duration_seconds").parse().unwrap_or(0);
        if slow > 0 && slow < SLOW_START_MIN {
            return Err(invalid(
                "The target group attribute 'slow_start.duration_seconds' must be 0 or a number \
                 between 30 and 900",
            ));
        }
        if slow > 0 && get("load_balancing.algorithm.type") != "round_robin" {
            return Err(configuration(
                "Slow start mode is supported with the load balancing algorithm 'round_robin' only",
            ));
        }
        let name = get("stickiness.app_cookie.cookie_name");
        let sticky = get("stickiness.enabled") == "true" && get("stickiness.type") == "app_cookie";
        if sticky && name.is_empty() {
            return Err(configuration(
                "A cookie name must be specified for stickiness of type 'app_cookie'",
            ));
        }
        if OWN_COOKIES.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            return Err(configuration(format!("The cookie name '{name}' is reserved")));
        }
        let attributes = attributes::listed(GROUP, &set);
        if let Some(group) = world.get_mut::<State>().region_mut(&place).groups.get_mut(&arn) {
            group.attributes = set;
        }
        Ok(ModifyTargetGroupAttributesOutput { attributes })
    }
}

sim::operation! {
    /// Describes the attributes for the specified listener.
    read DescribeListenerAttributes in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
    }
    output DescribeListenerAttributesOutput {
        /// Information about the listener attributes.
        pub attributes: Vec<Attribute> => "Attributes",
    }
    errors ["ListenerNotFound"]
    access { "elasticloadbalancing:DescribeListenerAttributes" on "*" }
}

impl Read for DescribeListenerAttributes {
    type Output = DescribeListenerAttributesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let set = &region.listener(&self.listener_arn)?.attributes;
        Ok(DescribeListenerAttributesOutput { attributes: attributes::listed(LISTENER, set) })
    }
}

sim::operation! {
    /// Modifies the specified attributes of the specified listener.
    write ModifyListenerAttributes in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
        /// The listener attributes.
        attributes: Vec<Attribute> => required "Attributes",
    }
    output ModifyListenerAttributesOutput {
        /// Information about the listener attributes.
        pub attributes: Vec<Attribute> => "Attributes",
    }
    errors ["ListenerNotFound", "InvalidConfigurationRequest"]
    access { "elasticloadbalancing:ModifyListenerAttributes" on "{ListenerArn}" }
}

impl Write for ModifyListenerAttributes {
    type Output = ModifyListenerAttributesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.listener_arn);
        let listener = world.get::<State>().region(&place).listener(&arn)?;
        let set = attributes::changed(LISTENER, "Listener", &listener.attributes, self.attributes)?;
        let attributes = attributes::listed(LISTENER, &set);
        if let Some(kept) = world.get_mut::<State>().region_mut(&place).listeners.get_mut(&arn) {
            kept.attributes = set;
        }
        Ok(ModifyListenerAttributesOutput { attributes })
    }
}
