//! Quotas.

use crate::page::Paging;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::structure! {
    /// Information about an Elastic Load Balancing resource limit.
    pub struct Limit {
        /// The name of the limit.
        pub name: String => "Name",
        /// The maximum value of the limit.
        pub max: String => "Max",
    }
}

/// What an account has unless it asked for more (quotas of the three kinds of load balancers).
const LIMITS: &[(&str, &str)] = &[
    ("application-load-balancers", "50"),
    ("target-groups", "3000"),
    ("targets-per-application-load-balancer", "1000"),
    ("listeners-per-application-load-balancer", "50"),
    ("rules-per-application-load-balancer", "100"),
    ("network-load-balancers", "50"),
    ("targets-per-network-load-balancer", "3000"),
    ("targets-per-availability-zone-per-network-load-balancer", "500"),
    ("listeners-per-network-load-balancer", "50"),
    ("condition-values-per-alb-rule", "5"),
    ("condition-wildcards-per-alb-rule", "6"),
    ("target-groups-per-application-load-balancer", "100"),
    ("target-groups-per-action-on-application-load-balancer", "5"),
    ("target-groups-per-action-on-network-load-balancer", "1"),
    ("certificates-per-application-load-balancer", "25"),
    ("certificates-per-network-load-balancer", "25"),
    ("targets-per-target-group", "1000"),
    ("target-id-registrations-per-application-load-balancer", "1000"),
    ("network-load-balancer-enis-per-vpc", "1200"),
    ("application-load-balancer-enis-per-vpc", "6000"),
    ("gateway-load-balancers", "100"),
    ("gateway-load-balancers-per-vpc", "100"),
    ("geneve-target-groups", "100"),
    ("targets-per-availability-zone-per-gateway-load-balancer", "300"),
];

sim::operation! {
    /// Describes the current Elastic Load Balancing resource limits for your account.
    read DescribeAccountLimits in "elbv2" = "";
    input {
        ..paging: Paging,
    }
    output DescribeAccountLimitsOutput {
        /// Information about the limits.
        pub limits: Vec<Limit> => "Limits",
        /// If there are additional results, this is the marker for the next set of results.
        pub next_marker: Option<String> => "NextMarker",
    }
    errors []
    access { "elasticloadbalancing:DescribeAccountLimits" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        limit: Some("PageSize"),
        results: &["Limits"],
    }
}

impl Read for DescribeAccountLimits {
    type Output = DescribeAccountLimitsOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let limit = |(name, max): &(&str, &str)| Limit { name: (*name).into(), max: (*max).into() };
        let all = LIMITS.iter().map(limit).collect();
        let (limits, next_marker) = self.paging.page(all, |limit| limit.name.clone())?;
        Ok(DescribeAccountLimitsOutput { limits, next_marker })
    }
}
