//! The operations, by family.
//!
//! Members that the API has and this simulation does not act on are refused when they are given.

pub mod changes;
pub mod lists;
pub mod records;
pub mod tags;
pub mod vpcs;
pub mod zones;

use sim::api::OpDef;

/// Of the service Route 53.
pub static ALL: &[&OpDef] = &[
    &vpcs::AssociateVPCWithHostedZone::DEF,
    &records::ChangeResourceRecordSets::DEF,
    &tags::ChangeTagsForResource::DEF,
    &zones::CreateHostedZone::DEF,
    &zones::DeleteHostedZone::DEF,
    &vpcs::DisassociateVPCFromHostedZone::DEF,
    &changes::GetChange::DEF,
    &zones::GetHostedZone::DEF,
    &zones::GetHostedZoneCount::DEF,
    &lists::ListHostedZones::DEF,
    &lists::ListHostedZonesByName::DEF,
    &lists::ListHostedZonesByVPC::DEF,
    &records::ListResourceRecordSets::DEF,
    &tags::ListTagsForResource::DEF,
    &tags::ListTagsForResources::DEF,
    &changes::TestDNSAnswer::DEF,
    &zones::UpdateHostedZoneComment::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "ActivateKeySigningKey",
    "ChangeCidrCollection",
    "CreateCidrCollection",
    "CreateHealthCheck",
    "CreateKeySigningKey",
    "CreateQueryLoggingConfig",
    "CreateReusableDelegationSet",
    "CreateTrafficPolicy",
    "CreateTrafficPolicyInstance",
    "CreateTrafficPolicyVersion",
    "CreateVPCAssociationAuthorization",
    "DeactivateKeySigningKey",
    "DeleteCidrCollection",
    "DeleteHealthCheck",
    "DeleteKeySigningKey",
    "DeleteQueryLoggingConfig",
    "DeleteReusableDelegationSet",
    "DeleteTrafficPolicy",
    "DeleteTrafficPolicyInstance",
    "DeleteVPCAssociationAuthorization",
    "DisableHostedZoneDNSSEC",
    "EnableHostedZoneDNSSEC",
    "GetAccountLimit",
    "GetCheckerIpRanges",
    "GetDNSSEC",
    "GetGeoLocation",
    "GetHealthCheck",
    "GetHealthCheckCount",
    "GetHealthCheckLastFailureReason",
    "GetHealthCheckStatus",
    "GetHostedZoneLimit",
    "GetQueryLoggingConfig",
    "GetReusableDelegationSet",
    "GetReusableDelegationSetLimit",
    "GetTrafficPolicy",
    "GetTrafficPolicyInstance",
    "GetTrafficPolicyInstanceCount",
    "ListCidrBlocks",
    "ListCidrCollections",
    "ListCidrLocations",
    "ListGeoLocations",
    "ListHealthChecks",
    "ListQueryLoggingConfigs",
    "ListReusableDelegationSets",
    "ListTrafficPolicies",
    "ListTrafficPolicyInstances",
    "ListTrafficPolicyInstancesByHostedZone",
    "ListTrafficPolicyInstancesByPolicy",
    "ListTrafficPolicyVersions",
    "ListVPCAssociationAuthorizations",
    "UpdateHealthCheck",
    "UpdateHostedZoneFeatures",
    "UpdateTrafficPolicyComment",
    "UpdateTrafficPolicyInstance",
];
