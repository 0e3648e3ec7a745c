//! The types of instances, and where they are to be had.

use super::super::catalogue::types::{Entry, TYPES, of_name};
use super::super::error::{invalid, refuse};
use super::super::filter::{Listing, page_size, token};
use super::super::shapes::image::{InstanceTypeInfo, InstanceTypeOffering};
use super::super::zones;
use sim::api::{ApiError, Read, Refused};
use sim::{Cx, World};

sim::operation! {
    /// Describes the specified instance types.
    read DescribeInstanceTypes in "ec2" = "";
    input {
        ..listing: Listing,
        /// The instance types.
        instance_types: Vec<String> => "InstanceTypes" Xml("InstanceType"),
        /// If true, the response includes instance types that are not supported in the current
        /// Region, in addition to the supported types.
        _include_unsupported_in_region: Refused<bool> =>
            "IncludeUnsupportedInRegion",
    }
    output DescribeInstanceTypesOutput {
        /// The instance type.
        pub instance_types: Vec<InstanceTypeInfo> => "InstanceTypes" Xml("instanceTypeSet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeInstanceTypes" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["InstanceTypes"],
    }
}

const FILTERS: &[&str] = &[
    "bare-metal",
    "burstable-performance-supported",
    "current-generation",
    "free-tier-eligible",
    "hypervisor",
    "instance-type",
    "memory-info.size-in-mib",
    "processor-info.supported-architecture",
    "vcpu-info.default-cores",
    "vcpu-info.default-threads-per-core",
    "vcpu-info.default-vcpus",
];

fn value(info: &InstanceTypeInfo, filter: &str) -> Vec<String> {
    vec![match filter {
        "bare-metal" => info.bare_metal.to_string(),
        "burstable-performance-supported" => info.burstable_performance_supported.to_string(),
        "current-generation" => info.current_generation.to_string(),
        "free-tier-eligible" => info.free_tier_eligible.to_string(),
        "hypervisor" => info.hypervisor.clone(),
        "instance-type" => info.instance_type.clone(),
        "memory-info.size-in-mib" => info.memory_info.size_in_mi_b.to_string(),
        "processor-info.supported-architecture" => {
            return info.processor_info.supported_architectures.clone();
        }
        "vcpu-info.default-cores" => info.v_cpu_info.default_cores.to_string(),
        "vcpu-info.default-threads-per-core" => {
            info.v_cpu_info.default_threads_per_core.to_string()
        }
        "vcpu-info.default-vcpus" => info.v_cpu_info.default_v_cpus.to_string(),
        _ => return Vec::new(),
    }]
}

impl Read for DescribeInstanceTypes {
    type Output = DescribeInstanceTypesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.listing.dry.stop()?;
        self.listing.known(FILTERS)?;
        if let Some(max) = self.listing.max_results {
            page_size(max, (5, 100))?;
        }
        let unknown: Vec<&str> = self
            .instance_types
            .iter()
            .map(String::as_str)
            .filter(|name| of_name(name).is_none())
            .collect();
        if !unknown.is_empty() {
            let message = format!(
                "The following supplied instance types do not exist: [{}]",
                unknown.join(", ")
            );
            return Err(refuse("InvalidInstanceType", message));
        }
        let asked = |name: &str| {
            self.instance_types.is_empty() || self.instance_types.iter().any(|asked| asked == name)
        };
        let mut infos: Vec<InstanceTypeInfo> =
            TYPES.iter().filter(|entry| asked(entry.name)).map(Entry::info).collect();
        infos.retain(|info| self.listing.fit(|filter| value(info, filter)));
        infos.sort_by(|a, b| a.instance_type.cmp(&b.instance_type));
        let next_token = cut(&self.listing, &mut infos, 100, |info| info.instance_type.clone())?;
        Ok(DescribeInstanceTypesOutput { instance_types: infos, next_token })
    }
}

/// Leaves the page that is asked for of a sorted list, and says the token of the next.
fn cut<T>(
    listing: &Listing,
    items: &mut Vec<T>,
    max: usize,
    place: impl Fn(&T) -> String,
) -> Result<Option<String>, ApiError> {
    if let Some(after) = listing.after()? {
        items.retain(|item| place(item) > after);
    }
    let max = listing.max_results.and_then(|max| usize::try_from(max).ok()).unwrap_or(max);
    if items.len() <= max {
        return Ok(None);
    }
    items.truncate(max);
    Ok(items.last().map(|last| token(&place(last))))
}

sim::operation! {
    /// Lists the instance types that are offered for the specified location.
    read DescribeInstanceTypeOfferings in "ec2" = "";
    input {
        ..listing: Listing,
        /// The location type.
        location_type: Option<String> => "LocationType",
    }
    output DescribeInstanceTypeOfferingsOutput {
        /// The instance types offered in the location.
        pub instance_type_offerings: Vec<InstanceTypeOffering> =>
            "InstanceTypeOfferings" Xml("instanceTypeOfferingSet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeInstanceTypeOfferings" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["InstanceTypeOfferings"],
    }
}

impl Read for DescribeInstanceTypeOfferings {
    type Output = DescribeInstanceTypeOfferingsOutput;
    fn read(self, _: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.listing.dry.stop()?;
        self.listing.known(&["instance-type", "location"])?;
        if let Some(max) = self.listing.max_results {
            page_size(max, (5, 1000))?;
        }
        let kind = self.location_type.as_deref().unwrap_or("region");
        let names = zones::names(cx.region);
        let places: Vec<String> = match kind {
            "region" => vec![cx.region.to_owned()],
            "availability-zone" => names,
            "availability-zone-id" => {
                names.iter().filter_map(|name| zones::id(cx.region, name)).collect()
            }
            other => return Err(invalid(format!("Invalid value '{other}' for LocationType."))),
        };
        let mut offers: Vec<InstanceTypeOffering> = TYPES
            .iter()
            .flat_map(|entry| places.iter().map(move |place| (entry.name, place)))
            .map(|(name, place)| InstanceTypeOffering {
                instance_type: name.to_owned(),
                location_type: kind.to_owned(),
                location: place.clone(),
            })
            .collect();
        offers.retain(|offer| {
            self.listing.fit(|filter| match filter {
                "instance-type" => vec![offer.instance_type.clone()],
                "location" => vec![offer.location.clone()],
                _ => Vec::new(),
            })
        });
        let place =
            |offer: &InstanceTypeOffering| format!("{} {}", offer.instance_type, offer.location);
        offers.sort_by_key(place);
        let next_token = cut(&self.listing, &mut offers, 1000, place)?;
        Ok(DescribeInstanceTypeOfferingsOutput { instance_type_offerings: offers, next_token })
    }
}
