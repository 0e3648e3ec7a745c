//! Regions, zones, and what an account may have.

use super::super::error::{invalid, invalid_value};
use super::super::filter::{Dry, Filter, Listing};
use super::super::limits;
use super::super::region::Region;
use super::super::shapes::zone::{
    AccountAttribute, AccountAttributeValue, AvailabilityZone, RegionInfo,
};
use super::super::state::look;
use super::super::zones;
use crate::REGIONS;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Describes the Regions that are enabled for your account, or all Regions.
    read DescribeRegions in "ec2" = "";
    input {
        ..dry: Dry,
        /// The names of the Regions.
        region_names: Vec<String> => "RegionNames" Xml("RegionName"),
        /// Indicates whether to display all Regions, including Regions that are disabled for your
        /// account.
        all_regions: Option<bool> => "AllRegions",
        /// The filters.
        filters: Vec<Filter> => "Filters" Xml("Filter"),
    }
    output DescribeRegionsOutput {
        /// Information about the Regions.
        pub regions: Vec<RegionInfo> => "Regions" Xml("regionInfo"),
    }
    errors []
    access { "ec2:DescribeRegions" on "*" }
}

impl Read for DescribeRegions {
    type Output = DescribeRegionsOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let listing = Listing { dry: self.dry, filters: self.filters, ..Listing::default() };
        listing.dry.stop()?;
        listing.known(&["endpoint", "opt-in-status", "region-name"])?;
        let wrong: Vec<&str> = self
            .region_names
            .iter()
            .map(String::as_str)
            .filter(|name| !REGIONS.contains(name))
            .collect();
        if !wrong.is_empty() {
            return Err(invalid(format!("Invalid region '{}'", wrong.join(", "))));
        }
        // A region that the world has is one that the account uses.
        let has = |name: &str| {
            world.config().has_region(name) && !zones::opted_in(name)
                || world.config().shape.regions.iter().any(|region| region == name)
                || world.config().region == name
        };
        let info = |name: &&str| RegionInfo {
            opt_in_status: match (zones::opted_in(name), has(name)) {
                (false, _) => "opt-in-not-required",
                (true, true) => "opted-in",
                (true, false) => "not-opted-in",
            }
            .into(),
            region_name: (*name).to_owned(),
            endpoint: format!("ec2.{name}.amazonaws.com"),
        };
        let asked = |name: &str| {
            if self.region_names.is_empty() {
                self.all_regions == Some(true) || has(name)
            } else {
                self.region_names.iter().any(|asked| asked == name)
            }
        };
        let mut regions: Vec<RegionInfo> =
            REGIONS.iter().filter(|name| asked(name)).map(info).collect();
        regions.retain(|region| {
            listing.fit(|filter| match filter {
                "endpoint" => vec![region.endpoint.clone()],
                "opt-in-status" => vec![region.opt_in_status.clone()],
                "region-name" => vec![region.region_name.clone()],
                _ => Vec::new(),
            })
        });
        Ok(DescribeRegionsOutput { regions })
    }
}

sim::operation! {
    /// Describes the Availability Zones, Local Zones, and Wavelength Zones that are available to
    /// you.
    read DescribeAvailabilityZones in "ec2" = "";
    input {
        ..dry: Dry,
        /// The names of the Availability Zones, Local Zones, and Wavelength Zones.
        zone_names: Vec<String> => "ZoneNames" Xml("ZoneName"),
        /// The IDs of the Availability Zones, Local Zones, and Wavelength Zones.
        zone_ids: Vec<String> => "ZoneIds" Xml("ZoneId"),
        /// Include all Availability Zones, Local Zones, and Wavelength Zones regardless of your
        /// opt-in status.
        _all_availability_zones: Option<bool> => "AllAvailabilityZones",
        /// The filters.
        filters: Vec<Filter> => "Filters" Xml("Filter"),
    }
    output DescribeAvailabilityZonesOutput {
        /// Information about the Availability Zones, Local Zones, and Wavelength Zones.
        pub availability_zones: Vec<AvailabilityZone> =>
            "AvailabilityZones" Xml("availabilityZoneInfo"),
    }
    errors []
    access { "ec2:DescribeAvailabilityZones" on "*" }
}

impl Read for DescribeAvailabilityZones {
    type Output = DescribeAvailabilityZonesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let listing = Listing { dry: self.dry, filters: self.filters, ..Listing::default() };
        listing.dry.stop()?;
        listing.known(&[
            "group-name",
            "message",
            "opt-in-status",
            "region-name",
            "state",
            "zone-id",
            "zone-name",
            "zone-type",
        ])?;
        let region = look(world, cx);
        let mut zones: Vec<AvailabilityZone> =
            zones::names(cx.region).iter().map(|name| zone(&region, name)).collect();
        for name in &self.zone_names {
            if !zones.iter().any(|zone| zone.zone_name == *name) {
                return Err(invalid(format!("Invalid availability zone: [{name}]")));
            }
        }
        for id in &self.zone_ids {
            if !zones.iter().any(|zone| zone.zone_id == *id) {
                return Err(invalid(format!("Invalid availability zone-id: [{id}]")));
            }
        }
        zones.retain(|zone| {
            (self.zone_names.is_empty() || self.zone_names.contains(&zone.zone_name))
                && (self.zone_ids.is_empty() || self.zone_ids.contains(&zone.zone_id))
                && listing.fit(|filter| match filter {
                    "group-name" => vec![zone.group_name.clone()],
                    "opt-in-status" => vec![zone.opt_in_status.clone()],
                    "region-name" => vec![zone.region_name.clone()],
                    "state" => vec![zone.state.clone()],
                    "zone-id" => vec![zone.zone_id.clone()],
                    "zone-name" => vec![zone.zone_name.clone()],
                    "zone-type" => vec![zone.zone_type.clone()],
                    _ => Vec::new(),
                })
        });
        Ok(DescribeAvailabilityZonesOutput { availability_zones: zones })
    }
}

fn zone(own: &Region, name: &str) -> AvailabilityZone {
    let region = own.place.region.as_str();
    AvailabilityZone {
        opt_in_status: "opt-in-not-required".into(),
        messages: Vec::new(),
        region_name: region.to_owned(),
        zone_name: name.to_owned(),
        zone_id: zones::id(region, name).unwrap_or_default(),
        group_name: format!("{region}-zg-1"),
        network_border_group: region.to_owned(),
        zone_type: "availability-zone".into(),
        state: if own.dark.has(name) { "unavailable" } else { "available" }.into(),
    }
}

sim::operation! {
    /// Describes attributes of your AWS account.
    read DescribeAccountAttributes in "ec2" = "";
    input {
        ..dry: Dry,
        /// The account attribute names.
        attribute_names: Vec<String> => "AttributeNames" Xml("attributeName"),
    }
    output DescribeAccountAttributesOutput {
        /// Information about the account attributes.
        pub account_attributes: Vec<AccountAttribute> =>
            "AccountAttributes" Xml("accountAttributeSet"),
    }
    errors []
    access { "ec2:DescribeAccountAttributes" on "*" }
}

/// How many instances an account may have by this old count, which limits nothing any more.
const INSTANCES: i64 = 20;

impl Read for DescribeAccountAttributes {
    type Output = DescribeAccountAttributesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.dry.stop()?;
        let region = look(world, cx);
        let vpc = region.default_vpc().map_or("none", |vpc| &vpc.vpc_id);
        let groups = i64::try_from(limits::GROUPS_PER_INTERFACE).unwrap_or_default();
        let all = [
            ("supported-platforms", "VPC".to_owned()),
            ("vpc-max-security-groups-per-interface", groups.to_string()),
            ("max-elastic-ips", limits::ADDRESSES.to_string()),
            ("max-instances", INSTANCES.to_string()),
            ("vpc-max-elastic-ips", limits::ADDRESSES.to_string()),
            ("default-vpc", vpc.to_owned()),
        ];
        for name in &self.attribute_names {
            if !all.iter().any(|(known, _)| known == name) {
                return Err(invalid_value(name, "attributeName", ""));
            }
        }
        let asked = |name: &str| {
            self.attribute_names.is_empty() || self.attribute_names.iter().any(|n| n == name)
        };
        let shown = all.into_iter().filter(|(name, _)| asked(name));
        Ok(DescribeAccountAttributesOutput {
            account_attributes: shown
                .map(|(name, value)| AccountAttribute {
                    attribute_name: name.to_owned(),
                    attribute_values: vec![AccountAttributeValue { attribute_value: value }],
                })
                .collect(),
        })
    }
}
