//! Network ACLs.

use super::super::defaults;
use super::super::error::{dependency, invalid, refuse};
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::{Kind, draw};
use super::super::region::Region;
use super::super::shapes::acl::{NetworkAcl, NetworkAclAssociation, NetworkAclEntry};
use super::super::shapes::network::Vpc;
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
use super::super::{tags, tokens};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a network ACL in a VPC.
    write CreateNetworkAcl in "ec2" = "";
    input {
        ..dry: Dry,
        /// The tags to assign to the network ACL.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Unique, case-sensitive identifier that you provide to ensure the idempotency of the
        /// request.
        client_token: Option<String> => "ClientToken",
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
    }
    output CreateNetworkAclOutput {
        /// Information about the network ACL.
        pub network_acl: NetworkAcl => "NetworkAcl",
        /// Unique, case-sensitive identifier to ensure the idempotency of the request.
        pub client_token: Option<String> => "ClientToken",
    }
    errors ["IdempotentParameterMismatch", "InvalidVpcID.NotFound"]
    access {
        "ec2:CreateNetworkAcl" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}",
        "ec2:CreateNetworkAcl" on "arn:aws:ec2:{region}:{account}:network-acl/*",
    }
    token "ClientToken"
}

impl Write for CreateNetworkAcl {
    type Output = CreateNetworkAclOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Acl)?;
        let asked = format!("{} {tags:?}", self.vpc_id);
        change(world, cx, |change| {
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            let owner = region.find::<Vpc>(&self.vpc_id)?.owner_id.clone();
            let token = self.client_token.clone();
            let again =
                tokens::done(region, "CreateNetworkAcl", token.as_deref(), &asked, change.now)?;
            if let Some(acl) = again.and_then(|id| region.find::<NetworkAcl>(&id).ok()) {
                let network_acl = acl.shown(region);
                return Ok(CreateNetworkAclOutput { network_acl, client_token: token });
            }
            self.dry.stop()?;
            let acl = defaults::network_acl(&owner, &self.vpc_id, rng);
            let id = acl.network_acl_id.clone();
            region.put(acl);
            tags::attach(region, &id, tags);
            tokens::keep(
                region,
                "CreateNetworkAcl",
                token.as_deref(),
                asked,
                id.clone(),
                change.now,
            );
            let network_acl = region.find::<NetworkAcl>(&id)?.shown(region);
            Ok(CreateNetworkAclOutput { network_acl, client_token: token })
        })
    }
}

sim::operation! {
    /// Deletes the specified network ACL.
    write DeleteNetworkAcl in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the network ACL.
        network_acl_id: String => "NetworkAclId",
    }
    output DeleteNetworkAclOutput {}
    errors ["DependencyViolation", "InvalidNetworkAclID.NotFound", "InvalidParameterValue"]
    access {
        "ec2:DeleteNetworkAcl" on "arn:aws:ec2:{region}:{account}:network-acl/{NetworkAclId}",
    }
}

impl Write for DeleteNetworkAcl {
    type Output = DeleteNetworkAclOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let id = &self.network_acl_id;
            let acl = change.region.find::<NetworkAcl>(id)?;
            if acl.is_default {
                return Err(invalid(format!("cannot delete default network ACL {id}")));
            }
            if !acl.associations.is_empty() {
                return Err(dependency(format!(
                    "The networkAcl '{id}' has dependencies and cannot be deleted."
                )));
            }
            self.dry.stop()?;
            change.region.remove::<NetworkAcl>(id);
            Ok(DeleteNetworkAclOutput {})
        })
    }
}

sim::operation! {
    /// Changes which network ACL a subnet is associated with.
    write ReplaceNetworkAclAssociation in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the current association between the original network ACL and the subnet.
        association_id: String => "AssociationId",
        /// The ID of the new network ACL to associate with the subnet.
        network_acl_id: String => "NetworkAclId",
    }
    output ReplaceNetworkAclAssociationOutput {
        /// The ID of the new association.
        pub new_association_id: String => "NewAssociationId",
    }
    errors [
        "InvalidAssociationID.NotFound",
        "InvalidNetworkAclID.NotFound",
        "InvalidParameterValue",
    ]
    access {
        "ec2:ReplaceNetworkAclAssociation" on "arn:aws:ec2:{region}:{account}:network-acl/{NetworkAclId}",
    }
}

impl Write for ReplaceNetworkAclAssociation {
    type Output = ReplaceNetworkAclAssociationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.network_acl_id);
            let is_it =
                |a: &&NetworkAclAssociation| a.network_acl_association_id == self.association_id;
            let mut all = region.acls.values().flat_map(|acl| &acl.associations);
            let old = all.find(is_it).cloned().ok_or_else(|| {
                let message =
                    format!("The association ID '{}' does not exist", self.association_id);
                refuse("InvalidAssociationID.NotFound", message)
            })?;
            let vpc = &region.find::<NetworkAcl>(id)?.vpc_id;
            if region.find::<NetworkAcl>(&old.network_acl_id)?.vpc_id != *vpc {
                let message = format!(
                    "Network ACL {id} and subnet {} belong to different networks",
                    old.subnet_id
                );
                return Err(invalid(message));
            }
            self.dry.stop()?;
            let new_association_id = draw("aclassoc-", change.rng);
            let from = region.find_mut::<NetworkAcl>(&old.network_acl_id)?;
            from.associations.retain(|a| a.network_acl_association_id != self.association_id);
            region.find_mut::<NetworkAcl>(id)?.associations.push(NetworkAclAssociation {
                network_acl_association_id: new_association_id.clone(),
                network_acl_id: id.clone(),
                subnet_id: old.subnet_id,
            });
            Ok(ReplaceNetworkAclAssociationOutput { new_association_id })
        })
    }
}

sim::operation! {
    /// Describes your network ACLs.
    read DescribeNetworkAcls in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of the network ACLs.
        network_acl_ids: Vec<String> => "NetworkAclIds" Xml("NetworkAclId"),
    }
    output DescribeNetworkAclsOutput {
        /// Information about the network ACLs.
        pub network_acls: Vec<NetworkAcl> => "NetworkAcls" Xml("networkAclSet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeNetworkAcls" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["NetworkAcls"],
    }
}

impl Listed for NetworkAcl {
    const FILTERS: &'static [&'static str] = &[
        "association.association-id",
        "association.network-acl-id",
        "association.subnet-id",
        "default",
        "entry.cidr",
        "entry.egress",
        "entry.port-range.from",
        "entry.port-range.to",
        "entry.protocol",
        "entry.rule-action",
        "entry.rule-number",
        "network-acl-id",
        "owner-id",
        "vpc-id",
    ];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let associations = self.associations.iter();
        let entries = self.entries.iter();
        let port = |entry: &NetworkAclEntry, last: bool| {
            let range = entry.port_range.as_ref()?;
            Some(if last { range.to } else { range.from }.to_string())
        };
        match filter {
            "association.association-id" => {
                associations.map(|a| a.network_acl_association_id.clone()).collect()
            }
            "association.network-acl-id" => {
                associations.map(|a| a.network_acl_id.clone()).collect()
            }
            "association.subnet-id" => associations.map(|a| a.subnet_id.clone()).collect(),
            "default" => vec![self.is_default.to_string()],
            "entry.cidr" => entries.map(|entry| entry.cidr_block.clone()).collect(),
            "entry.egress" => entries.map(|entry| entry.egress.to_string()).collect(),
            "entry.port-range.from" => entries.filter_map(|entry| port(entry, false)).collect(),
            "entry.port-range.to" => entries.filter_map(|entry| port(entry, true)).collect(),
            "entry.protocol" => entries.map(|entry| entry.protocol.clone()).collect(),
            "entry.rule-action" => entries.map(|entry| entry.rule_action.clone()).collect(),
            "entry.rule-number" => entries.map(|entry| entry.rule_number.to_string()).collect(),
            "network-acl-id" => vec![self.network_acl_id.clone()],
            "owner-id" => vec![self.owner_id.clone()],
            "vpc-id" => vec![self.vpc_id.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.network_acl_id), ..self.clone() }
    }
}

impl Read for DescribeNetworkAcls {
    type Output = DescribeNetworkAclsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (acls, next_token) = self.listing.page(&look(world, cx), &self.network_acl_ids)?;
        Ok(DescribeNetworkAclsOutput { next_token, network_acls: acls })
    }
}
