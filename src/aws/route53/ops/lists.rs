//! Lists of hosted zones.

use sim::api::{ApiError, Read, Refused};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::ops::zones::told;
use crate::shapes::zone::{HostedZone, HostedZoneOwner, HostedZoneSummary};
use crate::state::State;
use crate::zone::Zone;
use crate::{ids, name};

/// How many items a page of zones has at most, and unless said.
const ITEMS_MAX: usize = 100;

/// The length of a page, as it was asked for.
///
/// # Errors
/// It is no number, or none that a page may have.
pub(crate) fn page_length(given: Option<&str>, most: usize) -> Result<usize, ApiError> {
    let Some(text) = given else { return Ok(most) };
    let length = text.parse::<usize>().ok().filter(|n| *n > 0);
    let wrong = || invalid(format!("The value {text} of maxitems is not a positive integer."));
    length.map(|n| n.min(most)).ok_or_else(wrong)
}

sim::string_enum! {
    /// Which zones are listed.
    pub enum HostedZoneType {
        Private = "PrivateHostedZone",
    }
}

sim::operation! {
    /// Lists the account's hosted zones.
    read ListHostedZones in "route53" = "GET /2013-04-01/hostedzone";
    input {
        /// The id of the first zone of the page.
        marker: Option<String> => "Marker" Query("marker"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("maxitems"),
        /// A delegation set that can be used again; not simulated.
        _delegation_set_id: Refused<String> => "DelegationSetId" Query("delegationsetid"),
        /// Private zones only.
        zone_type: Option<HostedZoneType> => "HostedZoneType" Query("hostedzonetype"),
    }
    output ListHostedZonesResponse {
        /// A page of them.
        pub zones: Vec<HostedZone> => "HostedZones" XmlList("HostedZones", "HostedZone"),
        /// The id that the page was asked to begin with.
        pub marker: Option<String> => "Marker",
        /// Whether there are more.
        pub is_truncated: bool => "IsTruncated",
        /// The id of the first zone of the next page.
        pub next_marker: Option<String> => "NextMarker",
        /// How many a page may have.
        pub max_items: String => "MaxItems",
    }
    errors ["InvalidInput"]
    access { "route53:ListHostedZones" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["HostedZones"],
    }
}

impl Read for ListHostedZones {
    type Output = ListHostedZonesResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let length = page_length(self.max_items.as_deref(), ITEMS_MAX)?;
        let from = self.marker.as_deref().map(ids::bare).unwrap_or_default().to_owned();
        let private = self.zone_type == Some(HostedZoneType::Private);
        let all = world.get::<State>().zones.range(from..);
        let all = all.filter(|(_, zone)| !private || zone.is_private());
        let mut found: Vec<(&String, &Zone)> = all.take(length + 1).collect();
        let next = if found.len() > length { found.pop() } else { None };
        Ok(ListHostedZonesResponse {
            zones: found.into_iter().map(|(id, zone)| told(id, zone)).collect(),
            marker: self.marker,
            is_truncated: next.is_some(),
            next_marker: next.map(|(id, _)| id.clone()),
            max_items: length.to_string(),
        })
    }
}

sim::operation! {
    /// Lists the account's hosted zones in the order of their names.
    read ListHostedZonesByName in "route53" = "GET /2013-04-01/hostedzonesbyname";
    input {
        /// The name of the first zone.
        dns_name: Option<String> => "DNSName" Query("dnsname"),
        /// The id of the first zone, where several have that name.
        hosted_zone_id: Option<String> => "HostedZoneId" Query("hostedzoneid"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("maxitems"),
    }
    output ListHostedZonesByNameResponse {
        /// A page of them.
        pub zones: Vec<HostedZone> => "HostedZones" XmlList("HostedZones", "HostedZone"),
        /// The name that the page was asked to begin with.
        pub dns_name: Option<String> => "DNSName",
        /// The id that it was asked to begin with.
        pub hosted_zone_id: Option<String> => "HostedZoneId",
        /// Whether there are more.
        pub is_truncated: bool => "IsTruncated",
        /// The name of the first zone of the next page.
        pub next_dns_name: Option<String> => "NextDNSName",
        /// Its id.
        pub next_hosted_zone_id: Option<String> => "NextHostedZoneId",
        /// How many a page may have.
        pub max_items: String => "MaxItems",
    }
    errors ["InvalidDomainName", "InvalidInput"]
    access { "route53:ListHostedZonesByName" on "*" }
}

impl Read for ListHostedZonesByName {
    type Output = ListHostedZonesByNameResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let length = page_length(self.max_items.as_deref(), ITEMS_MAX)?;
        let id = self.hosted_zone_id.as_deref().map(ids::bare);
        if id.is_some() && self.dns_name.is_none() {
            return Err(invalid("A hosted zone ID can be given only together with a DNS name."));
        }
        let parsed = self.dns_name.as_deref().map(name::parse).transpose();
        let parsed = parsed.map_err(|message| ApiError::new(400, "InvalidDomainName", message))?;
        let from = (
            parsed.as_deref().map(name::order).unwrap_or_default(),
            id.unwrap_or_default().to_owned(),
        );
        let mut all: Vec<(String, &String, &Zone)> = world
            .get::<State>()
            .zones
            .iter()
            .map(|(id, zone)| (name::order(&zone.name), id, zone))
            .filter(|(order, id, _)| (order, *id) >= (&from.0, &from.1))
            .collect();
        all.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        let next = all.get(length).map(|(_, id, zone)| (zone.name.clone(), (*id).clone()));
        all.truncate(length);
        let (next_dns_name, next_hosted_zone_id) = next.unzip();
        Ok(ListHostedZonesByNameResponse {
            zones: all.into_iter().map(|(_, id, zone)| told(id, zone)).collect(),
            dns_name: parsed,
            hosted_zone_id: id.map(str::to_owned),
            is_truncated: next_dns_name.is_some(),
            next_dns_name,
            next_hosted_zone_id,
            max_items: length.to_string(),
        })
    }
}

sim::operation! {
    /// Lists the private zones that a network knows.
    read ListHostedZonesByVPC in "route53" = "GET /2013-04-01/hostedzonesbyvpc";
    input {
        /// The network.
        vpc_id: String => "VPCId" Query("vpcid"),
        /// Its region.
        vpc_region: String => "VPCRegion" Query("vpcregion"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("maxitems"),
        /// Where to go on.
        next_token: Option<String> => "NextToken" Query("nexttoken"),
    }
    output ListHostedZonesByVPCResponse {
        /// A page of them.
        pub zones: Vec<HostedZoneSummary> =>
            "HostedZoneSummaries" XmlList("HostedZoneSummaries", "HostedZoneSummary"),
        /// How many a page may have.
        pub max_items: String => "MaxItems",
        /// Where the next page begins.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidInput", "InvalidPaginationToken"]
    access { "route53:ListHostedZonesByVPC" on "*" }
}

impl Read for ListHostedZonesByVPC {
    type Output = ListHostedZonesByVPCResponse;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let length = page_length(self.max_items.as_deref(), ITEMS_MAX)?;
        let state = world.get::<State>();
        let from = self.next_token.unwrap_or_default();
        if !from.is_empty() && !state.zones.contains_key(&from) {
            let message = "The value that you specified for NextToken isn't valid.";
            return Err(ApiError::new(400, "InvalidPaginationToken", message));
        }
        let known = state.zones.range(from..);
        let known = known.filter(|(_, zone)| zone.is_known_in(&self.vpc_region, &self.vpc_id));
        let mut found: Vec<(&String, &Zone)> = known.take(length + 1).collect();
        let next = if found.len() > length { found.pop() } else { None };
        let summary = |(id, zone): (&String, &Zone)| HostedZoneSummary {
            hosted_zone_id: id.clone(),
            name: zone.name.clone(),
            owner: HostedZoneOwner { owning_account: Some(cx.account.to_owned()) },
        };
        Ok(ListHostedZonesByVPCResponse {
            zones: found.into_iter().map(summary).collect(),
            max_items: length.to_string(),
            next_token: next.map(|(id, _)| id.clone()),
        })
    }
}
