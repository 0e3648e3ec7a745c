//! `DescribeNetworkInterfaces`.

use super::super::filter::{Listed, Listing};
use super::super::region::Region;
use super::super::shapes::interface::NetworkInterface;
use super::super::state::look;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Describes the specified network interfaces or all your network interfaces.
    read DescribeNetworkInterfaces in "ec2" = "";
    input {
        ..listing: Listing,
        /// Indicates whether to include managed resources in the output.
        _include_managed_resources: Option<bool> =>
            "IncludeManagedResources",
        /// The network interface IDs.
        network_interface_ids: Vec<String> => "NetworkInterfaceIds" Xml("NetworkInterfaceId"),
    }
    output DescribeNetworkInterfacesOutput {
        /// Information about the network interfaces.
        pub network_interfaces: Vec<NetworkInterface> =>
            "NetworkInterfaces" Xml("networkInterfaceSet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeNetworkInterfaces" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["NetworkInterfaces"],
    }
    waiters [
        waiter("NetworkInterfaceAvailable", 20, 10, &[
            success(All("NetworkInterfaces[].Status", "available")),
            failure(Error("InvalidNetworkInterfaceID.NotFound")),
        ]),
    ]
}

impl Listed for NetworkInterface {
    const FILTERS: &'static [&'static str] = &[
        "addresses.private-ip-address",
        "association.allocation-id",
        "association.association-id",
        "association.public-ip",
        "attachment.attachment-id",
        "attachment.device-index",
        "attachment.instance-id",
        "attachment.status",
        "availability-zone",
        "description",
        "group-id",
        "group-name",
        "interface-type",
        "mac-address",
        "network-interface-id",
        "owner-id",
        "private-dns-name",
        "private-ip-address",
        "requester-id",
        "requester-managed",
        "source-dest-check",
        "status",
        "subnet-id",
        "vpc-id",
    ];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let association = self.association.iter();
        let attachment = self.attachment.iter();
        let addresses = self.private_ip_addresses.iter();
        vec![match filter {
            "addresses.private-ip-address" => {
                return addresses.map(|address| address.private_ip_address.clone()).collect();
            }
            "association.allocation-id" => {
                return association.filter_map(|a| a.allocation_id.clone()).collect();
            }
            "association.association-id" => {
                return association.filter_map(|a| a.association_id.clone()).collect();
            }
            "association.public-ip" => return association.map(|a| a.public_ip.clone()).collect(),
            "attachment.attachment-id" => {
                return attachment.map(|attachment| attachment.attachment_id.clone()).collect();
            }
            "attachment.device-index" => {
                return attachment.map(|attachment| attachment.device_index.to_string()).collect();
            }
            "attachment.instance-id" => {
                return attachment.filter_map(|a| a.instance_id.clone()).collect();
            }
            "attachment.status" => return attachment.map(|a| a.status.clone()).collect(),
            "availability-zone" => self.availability_zone.clone(),
            "description" => self.description.clone(),
            "group-id" => return self.groups.iter().map(|g| g.group_id.clone()).collect(),
            "group-name" => return self.groups.iter().map(|g| g.group_name.clone()).collect(),
            "interface-type" => self.interface_type.clone(),
            "mac-address" => self.mac_address.clone(),
            "network-interface-id" => self.network_interface_id.clone(),
            "owner-id" => self.owner_id.clone(),
            "private-dns-name" => return self.private_dns_name.clone().into_iter().collect(),
            "private-ip-address" => self.private_ip_address.clone(),
            "requester-id" => return self.requester_id.clone().into_iter().collect(),
            "requester-managed" => self.requester_managed.to_string(),
            "source-dest-check" => self.source_dest_check.to_string(),
            "status" => self.status.clone(),
            "subnet-id" => self.subnet_id.clone(),
            "vpc-id" => self.vpc_id.clone(),
            _ => return Vec::new(),
        }]
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tag_set: region.tags(&self.network_interface_id), ..self.clone() }
    }
}

impl Read for DescribeNetworkInterfaces {
    type Output = DescribeNetworkInterfacesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (found, next_token) =
            self.listing.page(&look(world, cx), &self.network_interface_ids)?;
        Ok(DescribeNetworkInterfacesOutput { network_interfaces: found, next_token })
    }
}
