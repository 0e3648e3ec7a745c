//! Load balancers as they are kept.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use base::Time;

use super::attributes;
use super::counts::Counts;
use super::shapes::balancer::{
    AvailabilityZone, IpAddressType, LoadBalancer, LoadBalancerState, LoadBalancerType, Scheme,
};

/// A zone in which a load balancer has a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Zone {
    pub(crate) name: String,
    pub(crate) subnet: String,
    pub(crate) interface: String,
    pub(crate) private: Ipv4Addr,
    pub(crate) public: Option<Ipv4Addr>,
}

/// A load balancer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Balancer {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) dns: String,
    pub(crate) created: Time,
    pub(crate) scheme: Scheme,
    pub(crate) vpc: String,
    pub(crate) active: bool,
    /// In the order of their names.
    pub(crate) zones: Vec<Zone>,
    pub(crate) security_groups: Vec<String>,
    /// Those that were set.
    pub(crate) attributes: BTreeMap<String, String>,
    /// What was counted since values were last told.
    pub(crate) counts: Counts,
    /// Requests since it was made.
    pub(crate) requests: u64,
}

impl Balancer {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, key: &str) -> &str {
        attributes::value(attributes::BALANCER, &self.attributes, key)
    }

    /// Whether an attribute is switched on.
    pub(crate) fn is_on(&self, key: &str) -> bool {
        self.attribute(key) == "true"
    }

    /// `app/NAME/ID`
    pub(crate) fn path(&self) -> &str {
        self.arn.split_once("loadbalancer/").map_or("", |(_, path)| path)
    }

    /// As the API describes it.
    pub(crate) fn shown(&self, region: &str) -> LoadBalancer {
        LoadBalancer {
            load_balancer_arn: self.arn.clone(),
            dns_name: self.dns.clone(),
            canonical_hosted_zone_id: hosted_zone(region).map(str::to_owned),
            created_time: self.created,
            load_balancer_name: self.name.clone(),
            scheme: self.scheme,
            vpc_id: self.vpc.clone(),
            state: LoadBalancerState {
                code: if self.active { "active" } else { "provisioning" }.to_owned(),
                reason: None,
            },
            kind: LoadBalancerType::Application,
            availability_zones: self.zones_shown(),
            security_groups: self.security_groups.clone(),
            ip_address_type: IpAddressType::Ipv4,
            ..LoadBalancer::default()
        }
    }

    pub(crate) fn zones_shown(&self) -> Vec<AvailabilityZone> {
        let zone = |zone: &Zone| AvailabilityZone {
            zone_name: zone.name.clone(),
            subnet_id: zone.subnet.clone(),
            ..AvailabilityZone::default()
        };
        self.zones.iter().map(zone).collect()
    }
}

/// The hosted zone of a region's load balancers, where it is known here (AWS General Reference, "Elastic
/// Load Balancing endpoints and quotas").
pub(crate) fn hosted_zone(region: &str) -> Option<&'static str> {
    Some(match region {
        "us-east-1" => "Z35SXDOTRQ7X7K",
        "us-east-2" => "Z3AADJGX6KTTL2",
        "us-west-1" => "Z368ELLRRE2KJ0",
        "us-west-2" => "Z1H1FL5HABSF5",
        "af-south-1" => "Z268VQBMOI5EKX",
        "ap-east-1" => "Z3DQVH9N71FHZ0",
        "ap-northeast-1" => "Z14GRHDCWA56QT",
        "ap-northeast-2" => "ZWKZPGTI48KDX",
        "ap-northeast-3" => "Z5LXEXXYW11ES",
        "ap-south-1" => "ZP97RAFLXTNZK",
        "ap-southeast-1" => "Z1LMS91P8CMLE5",
        "ap-southeast-2" => "Z1GM3OXH4ZPM65",
        "ca-central-1" => "ZQSVJUPU6J1EY",
        "eu-central-1" => "Z215JYRZR1TBD5",
        "eu-north-1" => "Z23TAZ6LKFMNIO",
        "eu-south-1" => "Z3ULH7SSC9OV64",
        "eu-west-1" => "Z32O12XQLNTSW2",
        "eu-west-2" => "ZHURV8PSTC4K8",
        "eu-west-3" => "Z3Q77PNBQS71R4",
        "me-south-1" => "ZS929ML54UICD",
        "sa-east-1" => "Z2P70J7HTTTPLU",
        _ => return None,
    })
}
