//! Security policies of HTTPS listeners.

use crate::faults::other;
use crate::page::Paging;
use crate::shapes::balancer::LoadBalancerType;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::structure! {
    /// Information about a cipher used in a policy.
    pub struct Cipher {
        /// The name of the cipher.
        pub name: String => "Name",
        /// The priority of the cipher.
        pub priority: i64 => "Priority",
    }
}

sim::structure! {
    /// Information about a policy used for SSL negotiation.
    pub struct SslPolicy {
        /// The protocols.
        pub ssl_protocols: Vec<String> => "SslProtocols",
        /// The ciphers.
        pub ciphers: Vec<Cipher> => "Ciphers",
        /// The name of the policy.
        pub name: String => "Name",
        /// The supported load balancers.
        pub supported_load_balancer_types: Vec<String> => "SupportedLoadBalancerTypes",
    }
}

const TLS13: &[&str] =
    &["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
const STRONG: &[&str] = &[
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
];
const OLDER: &[&str] = &[
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-RSA-AES128-SHA256",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-RSA-AES256-SHA384",
    "ECDHE-RSA-AES256-SHA",
    "ECDHE-ECDSA-AES256-SHA",
    "AES128-GCM-SHA256",
    "AES128-SHA256",
    "AES128-SHA",
    "AES256-GCM-SHA384",
    "AES256-SHA256",
    "AES256-SHA",
];

/// Some of the policies, with protocols and ciphers (User Guide, "Security policies").
type Policy = (&'static str, &'static [&'static str], &'static [&'static [&'static str]]);
const POLICIES: &[Policy] = &[
    ("ELBSecurityPolicy-2016-08", &["TLSv1", "TLSv1.1", "TLSv1.2"], &[OLDER]),
    ("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", &["TLSv1.2", "TLSv1.3"], &[TLS13, STRONG]),
    ("ELBSecurityPolicy-TLS13-1-3-2021-06", &["TLSv1.3"], &[TLS13]),
];

sim::operation! {
    /// Describes the specified policies or all policies used for SSL negotiation.
    read DescribeSSLPolicies in "elbv2" = "";
    input {
        ..paging: Paging,
        /// The names of the policies.
        names: Vec<String> => "Names",
        /// The type of load balancer.
        load_balancer_type: Option<LoadBalancerType> => "LoadBalancerType",
    }
    output DescribeSSLPoliciesOutput {
        /// Information about the security policies.
        pub ssl_policies: Vec<SslPolicy> => "SslPolicies",
        /// If there are additional results, this is the marker for the next set of results.
        pub next_marker: Option<String> => "NextMarker",
    }
    errors ["SSLPolicyNotFound"]
    access { "elasticloadbalancing:DescribeSSLPolicies" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        limit: Some("PageSize"),
        results: &["SslPolicies"],
    }
}

/// The protocols and ciphers of a policy.
///
/// # Errors
/// There is none of that name.
pub(crate) fn policy_of(name: &str) -> Result<SslPolicy, ApiError> {
    let found = POLICIES.iter().find(|(known, ..)| *known == name);
    found
        .map(policy)
        .ok_or_else(|| other("SSLPolicyNotFound", format!("SSL policy '{name}' not found")))
}

impl Read for DescribeSSLPolicies {
    type Output = DescribeSSLPoliciesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        for name in &self.names {
            policy_of(name)?;
        }
        let gateway = self.load_balancer_type == Some(LoadBalancerType::Gateway);
        let wanted = POLICIES.iter().filter(|(name, ..)| {
            !gateway && (self.names.is_empty() || self.names.iter().any(|n| n == name))
        });
        let all = wanted.map(policy).collect();
        let (ssl_policies, next_marker) =
            self.paging.page(all, |policy: &SslPolicy| policy.name.clone())?;
        Ok(DescribeSSLPoliciesOutput { ssl_policies, next_marker })
    }
}

fn policy((name, protocols, ciphers): &Policy) -> SslPolicy {
    let ciphers = ciphers.iter().flat_map(|some| some.iter()).zip(1..);
    SslPolicy {
        ssl_protocols: protocols.iter().map(|protocol| (*protocol).to_owned()).collect(),
        ciphers: ciphers
            .map(|(name, priority)| Cipher { name: (*name).to_owned(), priority })
            .collect(),
        name: (*name).to_owned(),
        supported_load_balancer_types: vec!["application".into(), "network".into()],
    }
}
