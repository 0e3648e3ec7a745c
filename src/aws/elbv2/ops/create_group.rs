//! `CreateTargetGroup`.

use std::collections::BTreeMap;

use super::names::{self, Of};
use super::tags;
use crate::faults::{configuration, invalid, not_simulated, other};
use crate::group::{Check, Group};
use crate::matcher::ranges;
use crate::shapes::balancer::Protocol;
use crate::shapes::group::{Matcher, TargetGroup, TargetType};
use crate::shapes::tag::Tag;
use crate::state::State;
use aws::ec2::managed;
use aws::place::Place;
use base::rng::HEX;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

/// Target groups of a region unless more were asked for (quotas of Application Load Balancers).
const GROUPS_MAX: usize = 3000;

sim::operation! {
    /// Creates a target group.
    write CreateTargetGroup in "elbv2" = "";
    input {
        /// The name of the target group.
        name: String => "Name",
        /// The protocol to use for routing traffic to the targets.
        protocol: Option<Protocol> => "Protocol",
        /// The protocol version.
        protocol_version: Option<String> => "ProtocolVersion",
        /// The port on which the targets receive traffic.
        port: Option<i64> => "Port",
        /// The identifier of the virtual private cloud (VPC).
        vpc_id: Option<String> => "VpcId",
        /// The protocol the load balancer uses when performing health checks on targets.
        health_check_protocol: Option<Protocol> => "HealthCheckProtocol",
        /// The port the load balancer uses when performing health checks on targets.
        health_check_port: Option<String> => "HealthCheckPort",
        /// Indicates whether health checks are enabled.
        health_check_enabled: Option<bool> => "HealthCheckEnabled",
        /// The destination for health checks on the targets.
        health_check_path: Option<String> => "HealthCheckPath",
        /// The approximate amount of time, in seconds, between health checks of an individual target.
        health_check_interval_seconds: Option<i64> => "HealthCheckIntervalSeconds",
        /// The amount of time, in seconds, during which no response from a target means a failed
        /// health check.
        health_check_timeout_seconds: Option<i64> => "HealthCheckTimeoutSeconds",
        /// The number of consecutive health check successes required before considering a target
        /// healthy.
        healthy_threshold_count: Option<i64> => "HealthyThresholdCount",
        /// The number of consecutive health check failures required before considering a target
        /// unhealthy.
        unhealthy_threshold_count: Option<i64> => "UnhealthyThresholdCount",
        /// The codes to use when checking for a successful response from a target.
        matcher: Option<Matcher> => "Matcher",
        /// The type of target that you must specify when registering targets.
        target_type: Option<TargetType> => "TargetType",
        /// The tags to assign to the target group.
        tags: Vec<Tag> => "Tags",
        /// The IP address type.
        ip_address_type: Option<String> => "IpAddressType",
        /// The port on which the target control agent and application load balancer exchange
        /// management traffic.
        _target_control_port: Refused<i64> => "TargetControlPort",
    }
    output CreateTargetGroupOutput {
        /// Information about the target group.
        pub target_groups: Vec<TargetGroup> => "TargetGroups",
    }
    errors [
        "DuplicateTargetGroupName", "TooManyTargetGroups", "InvalidConfigurationRequest",
        "TooManyTags",
    ]
    access {
        "elasticloadbalancing:CreateTargetGroup" on
            "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{Name}/*",
    }
}

/// What may be set of health checks, when a group is made and later.
pub(super) struct CheckGiven {
    pub(super) protocol: Option<Protocol>,
    pub(super) port: Option<String>,
    pub(super) enabled: Option<bool>,
    pub(super) path: Option<String>,
    pub(super) interval_s: Option<i64>,
    pub(super) timeout_s: Option<i64>,
    pub(super) healthy: Option<i64>,
    pub(super) unhealthy: Option<i64>,
    pub(super) matcher: Option<Matcher>,
}

impl CheckGiven {
    /// Health checks with this set.
    ///
    /// # Errors
    /// A value is out of its range, or does not go with another.
    pub(super) fn on(self, mut check: Check) -> Result<Check, ApiError> {
        match self.protocol.unwrap_or_default() {
            Protocol::Http => {}
            Protocol::Https => return Err(not_simulated("HealthCheckProtocol HTTPS")),
            other => {
                return Err(invalid(format!(
                    "Health check protocol '{}' is not supported for target groups with protocol \
                     'HTTP'",
                    other.as_str()
                )));
            }
        }
        if let Some(port) = self.port {
            let number = port.parse::<u16>().is_ok_and(|port| port > 0);
            if !number && port != "traffic-port" {
                return Err(invalid(format!(
                    "Health check port '{port}' must be 'traffic-port' or a port between 1 and 65535"
                )));
            }
            check.port = port;
        }
        if let Some(path) = self.path {
            let len = path.chars().count();
            if !path.starts_with('/') || len > 1024 || path.chars().any(char::is_whitespace) {
                return Err(invalid(format!(
                    "Health check path '{path}' must begin with a '/' character, and can have a maximum of 1024 characters"
                )));
            }
            check.path = path;
        }
        check.enabled = self.enabled.unwrap_or(check.enabled);
        let set = [
            ("interval", &mut check.interval_s, self.interval_s, 5, 300),
            ("timeout", &mut check.timeout_s, self.timeout_s, 2, 120),
            ("healthy threshold", &mut check.healthy, self.healthy, 2, 10),
            ("unhealthy threshold", &mut check.unhealthy, self.unhealthy, 2, 10),
        ];
        for (what, kept, given, min, max) in set {
            let Some(number) = given else { continue };
            if !(min..=max).contains(&number) {
                return Err(invalid(format!(
                    "Health check {what} '{number}' must be between {min} and {max}"
                )));
            }
            *kept = number;
        }
        if check.timeout_s >= check.interval_s {
            return Err(invalid(format!(
                "Health check timeout '{}' must be smaller than the interval '{}'",
                check.timeout_s, check.interval_s
            )));
        }
        if let Some(matcher) = self.matcher {
            if matcher.grpc_code.is_some() {
                return Err(invalid("gRPC codes are for target groups that speak gRPC"));
            }
            if let Some(codes) = matcher.http_code {
                if ranges(&codes).is_none() {
                    return Err(invalid(format!("HTTP code matcher '{codes}' is not valid")));
                }
                check.matcher = codes;
            }
        }
        Ok(check)
    }
}

impl Write for CreateTargetGroup {
    type Output = CreateTargetGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        names::check(Of::Group, &self.name)?;
        self.only_what_is_simulated()?;
        let tags = tags::read(self.tags)?;
        let port = self.port.ok_or_else(|| invalid("A port must be specified"))?;
        let port = u16::try_from(port).ok().filter(|port| *port > 0);
        let port = port.ok_or_else(|| invalid("The port must be between 1 and 65535"))?;
        let vpc = self.vpc_id.ok_or_else(|| invalid("A VPC ID must be specified"))?;
        if !managed::has_vpc(world, &place, &vpc) {
            return Err(invalid(format!("The VPC ID '{vpc}' is not found")));
        }
        let given = CheckGiven {
            protocol: self.health_check_protocol,
            port: self.health_check_port,
            enabled: self.health_check_enabled,
            path: self.health_check_path,
            interval_s: self.health_check_interval_seconds,
            timeout_s: self.health_check_timeout_seconds,
            healthy: self.healthy_threshold_count,
            unhealthy: self.unhealthy_threshold_count,
            matcher: self.matcher,
        };
        let check = given.on(usual())?;
        if !check.enabled {
            let message = "Health checks can be disabled for target groups of type 'lambda' only";
            return Err(configuration(message));
        }
        let group = Group {
            arn: String::new(),
            name: self.name,
            port,
            vpc,
            by: self.target_type.unwrap_or_default(),
            check,
            attributes: BTreeMap::new(),
            targets: BTreeMap::new(),
            lives: 0,
        };
        let group = put(world, &place, group, tags)?;
        Ok(CreateTargetGroupOutput { target_groups: vec![group] })
    }
}

/// Health checks unless a request says otherwise (API reference, `CreateTargetGroup`).
fn usual() -> Check {
    Check {
        enabled: true,
        port: "traffic-port".to_owned(),
        path: "/".to_owned(),
        interval_s: 30,
        timeout_s: 5,
        healthy: 5,
        unhealthy: 2,
        matcher: "200".to_owned(),
    }
}

impl CreateTargetGroup {
    fn only_what_is_simulated(&self) -> Result<(), ApiError> {
        match self.target_type.unwrap_or_default() {
            TargetType::Instance | TargetType::Ip => {}
            other => return Err(not_simulated(&format!("TargetType {}", other.as_str()))),
        }
        match self.protocol {
            None => return Err(invalid("A protocol must be specified")),
            Some(Protocol::Http) => {}
            Some(other) => return Err(not_simulated(&format!("Protocol {}", other.as_str()))),
        }
        match self.protocol_version.as_deref() {
            None | Some("HTTP1") => {}
            Some(other @ ("HTTP2" | "GRPC")) => {
                return Err(not_simulated(&format!("ProtocolVersion {other}")));
            }
            Some(other) => return Err(invalid(format!("Protocol version '{other}' is not valid"))),
        }
        match self.ip_address_type.as_deref() {
            None | Some("ipv4") => Ok(()),
            Some("ipv6") => Err(not_simulated("IpAddressType ipv6")),
            Some(other) => Err(invalid(format!("IP address type '{other}' is not valid"))),
        }
    }
}

fn put(
    world: &mut World,
    place: &Place,
    mut group: Group,
    tags: BTreeMap<String, String>,
) -> Result<TargetGroup, ApiError> {
    let region = world.get::<State>().region(place);
    if let Some(there) = region.groups.values().find(|there| there.name == group.name) {
        let same = there.port == group.port
            && there.vpc == group.vpc
            && there.by == group.by
            && there.check == group.check
            && region.tags_of(&there.arn).eq(tags.iter());
        if same {
            let user = region.user_of(&there.arn).map(|balancer| balancer.arn.clone());
            return Ok(there.shown(user.into_iter().collect()));
        }
        let message = format!(
            "A target group with the same name '{}' exists, but with different settings",
            group.name
        );
        return Err(other("DuplicateTargetGroupName", message));
    }
    if region.groups.len() >= GROUPS_MAX {
        let message = format!("The maximum number of target groups, {GROUPS_MAX}, is reached");
        return Err(other("TooManyTargetGroups", message));
    }
    let (state, rng) = world.parts::<State>();
    let id = rng.text(HEX, 16);
    group.arn = place.arn("elasticloadbalancing", &format!("targetgroup/{}/{id}", group.name));
    let shown = group.shown(Vec::new());
    let region = state.region_mut(place);
    if !tags.is_empty() {
        region.tags.insert(group.arn.clone(), tags);
    }
    region.groups.insert(group.arn.clone(), group);
    Ok(shown)
}
