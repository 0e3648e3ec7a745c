//! Listeners: made, described, changed, deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::certificates::{self, Asked};
use super::{actions, tags};
use crate::faults::{invalid, other};
use crate::health;
use crate::listener::Listener;
use crate::page::Paging;
use crate::shapes::balancer::{self, Certificate, Protocol};
use crate::shapes::rule::Action;
use crate::shapes::tag::Tag;
use crate::state::{Region, State};
use aws::place::Place;
use base::rng::HEX;
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

/// Quotas of Application Load Balancers.
const LISTENERS_MAX: usize = 50;
const GROUPS_MAX: usize = 100;

sim::operation! {
    /// Creates a listener for the specified Application Load Balancer.
    write CreateListener in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: String => "LoadBalancerArn",
        /// The protocol for connections from clients to the load balancer.
        protocol: Option<Protocol> => "Protocol",
        /// The port on which the load balancer is listening.
        port: Option<i64> => "Port",
        /// The security policy that defines which protocols and ciphers are supported.
        ssl_policy: Option<String> => "SslPolicy",
        /// The default certificate for the listener.
        certificates: Vec<Certificate> => "Certificates",
        /// The actions for the default rule.
        default_actions: Vec<Action> => required "DefaultActions",
        /// The name of the Application-Layer Protocol Negotiation (ALPN) policy.
        _alpn_policy: Refused<Vec<String>> => "AlpnPolicy",
        /// The tags to assign to the listener.
        tags: Vec<Tag> => "Tags",
        /// The mutual authentication configuration information.
        _mutual_authentication: Refused<Value> => "MutualAuthentication",
    }
    output CreateListenerOutput {
        /// Information about the listener.
        pub listeners: Vec<balancer::Listener> => "Listeners",
    }
    errors [
        "DuplicateListener", "TooManyListeners", "LoadBalancerNotFound", "TargetGroupNotFound",
        "TargetGroupAssociationLimit", "InvalidConfigurationRequest", "SSLPolicyNotFound",
        "CertificateNotFound", "UnsupportedProtocol", "InvalidLoadBalancerAction",
        "TooManyUniqueTargetGroupsPerLoadBalancer", "TooManyTags",
    ]
    access {
        "elasticloadbalancing:CreateListener" on "{LoadBalancerArn}"
            keys { "elasticloadbalancing:ListenerProtocol": "Protocol" },
    }
}

fn port(given: i64) -> Result<u16, ApiError> {
    let port = u16::try_from(given).ok().filter(|port| *port > 0);
    port.ok_or_else(|| invalid(format!("Port '{given}' must be between 1 and 65535")))
}

/// # Errors
/// Another listener of the load balancer has the port.
fn port_is_free(region: &Region, balancer: &str, port: u16, but: &str) -> Result<(), ApiError> {
    let taken = region.listeners_of(balancer).any(|l| l.port == port && l.arn != but);
    if taken {
        let message =
            format!("A listener already exists on this port for this load balancer '{balancer}'");
        return Err(other("DuplicateListener", message));
    }
    Ok(())
}

/// # Errors
/// With these actions the load balancer would lead to too many target groups.
pub(super) fn few_groups(region: &Region, balancer: &str, new: &[Action]) -> Result<(), ApiError> {
    let mut groups: BTreeSet<&str> =
        region.listeners_of(balancer).flat_map(Listener::groups).collect();
    groups.extend(crate::listener::groups_in(new));
    if groups.len() > GROUPS_MAX {
        let message = format!("A load balancer can have at most {GROUPS_MAX} unique target groups");
        return Err(other("TooManyUniqueTargetGroupsPerLoadBalancer", message));
    }
    Ok(())
}

impl Write for CreateListener {
    type Output = CreateListenerOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let balancer = region.balancer(&self.load_balancer_arn)?;
        let protocol = self.protocol.ok_or_else(|| invalid("A protocol must be specified"))?;
        let asked = Asked {
            protocol,
            policy: self.ssl_policy.as_deref(),
            certificates: &self.certificates,
        };
        let secure = asked.read(world, &place, None)?;
        let port = port(self.port.ok_or_else(|| invalid("A port must be specified"))?)?;
        port_is_free(region, &balancer.arn, port, "")?;
        if region.listeners_of(&balancer.arn).count() >= LISTENERS_MAX {
            let message = format!("A load balancer can have at most {LISTENERS_MAX} listeners");
            return Err(other("TooManyListeners", message));
        }
        let tags = tags::read(self.tags)?;
        let default_actions = actions::read(region, balancer, self.default_actions)?;
        few_groups(region, &balancer.arn, &default_actions)?;
        let path = balancer.path().to_owned();
        let (state, rng) = world.parts::<State>();
        let (id, rule) = (rng.text(HEX, 16), rng.text(HEX, 16));
        let arn = |kind: &str, rest: &str| {
            place.arn("elasticloadbalancing", &format!("{kind}/{path}/{rest}"))
        };
        let listener = Listener {
            arn: arn("listener", &id),
            balancer: self.load_balancer_arn,
            port,
            secure,
            default_actions,
            default_rule: arn("listener-rule", &format!("{id}/{rule}")),
            rules: BTreeMap::new(),
            attributes: BTreeMap::new(),
        };
        let shown = listener.shown();
        let region = state.region_mut(&place);
        if !tags.is_empty() {
            region.tags.insert(listener.arn.clone(), tags);
        }
        let balancer = listener.balancer.clone();
        region.listeners.insert(listener.arn.clone(), listener);
        certificates::settle(world, &place, &balancer);
        health::settle(world, &place);
        Ok(CreateListenerOutput { listeners: vec![shown] })
    }
}

sim::operation! {
    /// Describes the specified listeners or the listeners for the specified load balancer.
    read DescribeListeners in "elbv2" = "";
    input {
        ..paging: Paging,
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: Option<String> => "LoadBalancerArn",
        /// The Amazon Resource Names (ARN) of the listeners.
        listener_arns: Vec<String> => "ListenerArns",
    }
    output DescribeListenersOutput {
        /// Information about the listeners.
        pub listeners: Vec<balancer::Listener> => "Listeners",
        /// If there are additional results, this is the marker for the next set of results.
        pub next_marker: Option<String> => "NextMarker",
    }
    errors ["ListenerNotFound", "LoadBalancerNotFound", "UnsupportedProtocol"]
    access { "elasticloadbalancing:DescribeListeners" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        limit: Some("PageSize"),
        results: &["Listeners"],
    }
}

impl Read for DescribeListeners {
    type Output = DescribeListenersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let found: Vec<balancer::Listener> =
            match (&self.load_balancer_arn, self.listener_arns.is_empty()) {
                (Some(arn), true) => {
                    region.balancer(arn)?;
                    region.listeners_of(arn).map(Listener::shown).collect()
                }
                (None, false) => {
                    let found = self.listener_arns.iter().map(|arn| region.listener(arn));
                    found.map(|one| one.map(Listener::shown)).collect::<Result<_, _>>()?
                }
                _ => {
                    return Err(invalid(
                        "You must specify either listener ARNs or a load balancer ARN",
                    ));
                }
            };
        let (listeners, next_marker) =
            self.paging.page(found, |listener| listener.listener_arn.clone())?;
        Ok(DescribeListenersOutput { listeners, next_marker })
    }
}

sim::operation! {
    /// Replaces the specified properties of the specified listener.
    write ModifyListener in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
        /// The port for connections from clients to the load balancer.
        port: Option<i64> => "Port",
        /// The protocol for connections from clients to the load balancer.
        protocol: Option<Protocol> => "Protocol",
        /// The security policy that defines which protocols and ciphers are supported.
        ssl_policy: Option<String> => "SslPolicy",
        /// The default certificate for the listener.
        certificates: Vec<Certificate> => "Certificates",
        /// The actions for the default rule.
        default_actions: Vec<Action> => "DefaultActions",
        /// The name of the Application-Layer Protocol Negotiation (ALPN) policy.
        _alpn_policy: Refused<Vec<String>> => "AlpnPolicy",
        /// The mutual authentication configuration information.
        _mutual_authentication: Refused<Value> => "MutualAuthentication",
    }
    output ModifyListenerOutput {
        /// Information about the modified listener.
        pub listeners: Vec<balancer::Listener> => "Listeners",
    }
    errors [
        "DuplicateListener", "ListenerNotFound", "TargetGroupNotFound",
        "TargetGroupAssociationLimit", "InvalidConfigurationRequest", "CertificateNotFound",
        "UnsupportedProtocol", "InvalidLoadBalancerAction",
        "TooManyUniqueTargetGroupsPerLoadBalancer",
    ]
    access {
        "elasticloadbalancing:ModifyListener" on "{ListenerArn}"
            keys { "elasticloadbalancing:ListenerProtocol": "Protocol" },
    }
}

impl Write for ModifyListener {
    type Output = ModifyListenerOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let listener = region.listener(&self.listener_arn)?;
        let balancer = region.balancer(&listener.balancer)?;
        let owner = balancer.arn.clone();
        let asked = Asked {
            protocol: self.protocol.unwrap_or_else(|| listener.protocol()),
            policy: self.ssl_policy.as_deref(),
            certificates: &self.certificates,
        };
        let secure = asked.read(world, &place, listener.secure.as_ref())?;
        let port = self.port.map(port).transpose()?;
        if let Some(port) = port {
            port_is_free(region, &balancer.arn, port, &listener.arn)?;
        }
        let actions = if self.default_actions.is_empty() {
            None
        } else {
            let read = actions::read(region, balancer, self.default_actions)?;
            few_groups(region, &balancer.arn, &read)?;
            Some(read)
        };
        let mut listeners = Vec::new();
        let region = world.get_mut::<State>().region_mut(&place);
        if let Some(kept) = region.listeners.get_mut(&self.listener_arn) {
            kept.port = port.unwrap_or(kept.port);
            kept.secure = secure;
            if let Some(actions) = actions {
                kept.default_actions = actions;
            }
            listeners.push(kept.shown());
        }
        certificates::settle(world, &place, &owner);
        health::settle(world, &place);
        Ok(ModifyListenerOutput { listeners })
    }
}

sim::operation! {
    /// Deletes the specified listener, with its rules.
    write DeleteListener in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
    }
    output DeleteListenerOutput {}
    errors ["ListenerNotFound", "ResourceInUse"]
    access { "elasticloadbalancing:DeleteListener" on "{ListenerArn}" }
}

impl Write for DeleteListener {
    type Output = DeleteListenerOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let listener = world.get::<State>().region(&place).listener(&self.listener_arn)?;
        let balancer = listener.balancer.clone();
        remove(world.get_mut::<State>().region_mut(&place), &self.listener_arn);
        certificates::settle(world, &place, &balancer);
        health::settle(world, &place);
        Ok(DeleteListenerOutput {})
    }
}

/// Takes a listener away, with its rules and their tags.
pub(super) fn remove(region: &mut Region, arn: &str) {
    let Some(listener) = region.listeners.remove(arn) else { return };
    region.tags.remove(arn);
    region.tags.remove(&listener.default_rule);
    for rule in listener.rules.values() {
        region.tags.remove(&rule.arn);
    }
}
