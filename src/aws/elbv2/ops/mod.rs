//! The operations, by family.
//!
//! Members that the API has and this simulation does not act on are refused when they are given
//! ([`Refused`](sim::api::Refused)).

mod actions;
pub mod balancers;
pub mod certificates;
mod conditions;
pub mod create_balancer;
pub mod create_group;
pub mod groups;
pub mod limits;
pub mod listeners;
mod names;
pub mod rules;
pub mod security;
pub mod settings;
pub mod tags;
pub mod targets;

use sim::api::OpDef;

/// Of the service Elastic Load Balancing.
pub static ALL: &[&OpDef] = &[
    &certificates::AddListenerCertificates::DEF,
    &tags::AddTags::DEF,
    &listeners::CreateListener::DEF,
    &create_balancer::CreateLoadBalancer::DEF,
    &rules::CreateRule::DEF,
    &create_group::CreateTargetGroup::DEF,
    &listeners::DeleteListener::DEF,
    &balancers::DeleteLoadBalancer::DEF,
    &rules::DeleteRule::DEF,
    &groups::DeleteTargetGroup::DEF,
    &targets::DeregisterTargets::DEF,
    &limits::DescribeAccountLimits::DEF,
    &settings::DescribeListenerAttributes::DEF,
    &certificates::DescribeListenerCertificates::DEF,
    &listeners::DescribeListeners::DEF,
    &settings::DescribeLoadBalancerAttributes::DEF,
    &balancers::DescribeLoadBalancers::DEF,
    &rules::DescribeRules::DEF,
    &security::DescribeSSLPolicies::DEF,
    &tags::DescribeTags::DEF,
    &settings::DescribeTargetGroupAttributes::DEF,
    &groups::DescribeTargetGroups::DEF,
    &targets::DescribeTargetHealth::DEF,
    &listeners::ModifyListener::DEF,
    &settings::ModifyListenerAttributes::DEF,
    &settings::ModifyLoadBalancerAttributes::DEF,
    &rules::ModifyRule::DEF,
    &groups::ModifyTargetGroup::DEF,
    &settings::ModifyTargetGroupAttributes::DEF,
    &targets::RegisterTargets::DEF,
    &certificates::RemoveListenerCertificates::DEF,
    &tags::RemoveTags::DEF,
    &balancers::SetIpAddressType::DEF,
    &rules::SetRulePriorities::DEF,
    &balancers::SetSecurityGroups::DEF,
    &balancers::SetSubnets::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "AddTrustStoreRevocations",
    "CreateTrustStore",
    "DeleteSharedTrustStoreAssociation",
    "DeleteTrustStore",
    "DescribeCapacityReservation",
    "DescribeTrustStoreAssociations",
    "DescribeTrustStoreRevocations",
    "DescribeTrustStores",
    "GetResourcePolicy",
    "GetTrustStoreCaCertificatesBundle",
    "GetTrustStoreRevocationContent",
    "ModifyCapacityReservation",
    "ModifyIpPools",
    "ModifyTrustStore",
    "RemoveTrustStoreRevocations",
];
