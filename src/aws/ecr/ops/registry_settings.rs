//! `DescribeRegistry`, `GetRegistryScanningConfiguration`: what holds for a whole registry. Nothing
//! can be changed here: replication and enhanced scanning are refused by name.

use super::super::place::Place;
use super::shapes::{RepositoryFilter, ScanFrequency};
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::structure! {
    /// Where images are copied to.
    pub struct ReplicationConfiguration {
        /// The rules.
        pub rules: Vec<ReplicationRule> => required "rules",
    }
}

sim::structure! {
    /// A rule of replication, of which there is none.
    pub struct ReplicationRule {
        /// Where to.
        pub destinations: Vec<ReplicationDestination> => required "destinations",
        /// Which repositories.
        pub repository_filters: Vec<RepositoryFilter> => "repositoryFilters",
    }
}

sim::structure! {
    /// A place that images are copied to.
    pub struct ReplicationDestination {
        /// The region.
        pub region: String => "region",
        /// The account.
        pub registry_id: String => "registryId",
    }
}

sim::operation! {
    /// Describes a registry.
    read DescribeRegistry in "ecr" = "POST /";
    input {}
    output DescribeRegistryOutput {
        /// The account whose registry it is.
        pub registry_id: String => "registryId",
        /// Where images are copied to.
        pub replication: ReplicationConfiguration => "replicationConfiguration",
    }
    errors ["InvalidParameterException"]
    access { "ecr:DescribeRegistry" on "*" }
}

impl Read for DescribeRegistry {
    type Output = DescribeRegistryOutput;
    fn read(self, _: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let registry_id = Place::of(cx).account;
        Ok(DescribeRegistryOutput { registry_id, replication: ReplicationConfiguration::default() })
    }
}

sim::string_enum! {
    /// How images are scanned.
    pub enum ScanType { Basic = "BASIC", Enhanced = "ENHANCED" }
}

sim::structure! {
    /// How the images of a registry are scanned.
    pub struct RegistryScanningConfiguration {
        /// How.
        pub scan_type: ScanType => "scanType",
        /// For which repositories something else holds, of which there are none.
        pub rules: Vec<RegistryScanningRule> => "rules",
    }
}

sim::structure! {
    /// When the images of some repositories are scanned.
    pub struct RegistryScanningRule {
        /// When.
        pub scan_frequency: ScanFrequency => "scanFrequency",
        /// Which repositories.
        pub repository_filters: Vec<RepositoryFilter> => "repositoryFilters",
    }
}

sim::operation! {
    /// Says how the images of a registry are scanned.
    read GetRegistryScanningConfiguration in "ecr" = "POST /";
    input {}
    output GetRegistryScanningConfigurationOutput {
        /// The account whose registry it is.
        pub registry_id: String => "registryId",
        /// How.
        pub scanning: RegistryScanningConfiguration => "scanningConfiguration",
    }
    errors ["InvalidParameterException"]
    access { "ecr:GetRegistryScanningConfiguration" on "*" }
}

impl Read for GetRegistryScanningConfiguration {
    type Output = GetRegistryScanningConfigurationOutput;
    fn read(self, _: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let registry_id = Place::of(cx).account;
        let scanning = RegistryScanningConfiguration::default();
        Ok(GetRegistryScanningConfigurationOutput { registry_id, scanning })
    }
}
