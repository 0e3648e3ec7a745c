//! Every operation, in alphabetical order.

use super::images::machine_images;
use super::images::places;
use super::images::types;
use super::keys::ops;
use super::network::acl_entries;
use super::network::acls;
use super::network::authorize;
use super::network::gateways;
use super::network::groups;
use super::network::revoke;
use super::network::route_tables;
use super::network::routes;
use super::network::rule_ops;
use super::network::subnets;
use super::network::vpcs;
use super::tags;
use sim::api::OpDef;

/// Of the service EC2.
pub static ALL: &[&OpDef] = &[
    &route_tables::AssociateRouteTable::DEF,
    &gateways::AttachInternetGateway::DEF,
    &authorize::AuthorizeSecurityGroupEgress::DEF,
    &authorize::AuthorizeSecurityGroupIngress::DEF,
    &subnets::CreateDefaultSubnet::DEF,
    &vpcs::CreateDefaultVpc::DEF,
    &gateways::CreateInternetGateway::DEF,
    &ops::CreateKeyPair::DEF,
    &acls::CreateNetworkAcl::DEF,
    &acl_entries::CreateNetworkAclEntry::DEF,
    &routes::CreateRoute::DEF,
    &route_tables::CreateRouteTable::DEF,
    &groups::CreateSecurityGroup::DEF,
    &subnets::CreateSubnet::DEF,
    &tags::CreateTags::DEF,
    &vpcs::CreateVpc::DEF,
    &gateways::DeleteInternetGateway::DEF,
    &ops::DeleteKeyPair::DEF,
    &acls::DeleteNetworkAcl::DEF,
    &acl_entries::DeleteNetworkAclEntry::DEF,
    &routes::DeleteRoute::DEF,
    &route_tables::DeleteRouteTable::DEF,
    &groups::DeleteSecurityGroup::DEF,
    &subnets::DeleteSubnet::DEF,
    &tags::DeleteTags::DEF,
    &vpcs::DeleteVpc::DEF,
    &places::DescribeAccountAttributes::DEF,
    &places::DescribeAvailabilityZones::DEF,
    &vpcs::DescribeDhcpOptions::DEF,
    &machine_images::DescribeImages::DEF,
    &types::DescribeInstanceTypeOfferings::DEF,
    &types::DescribeInstanceTypes::DEF,
    &gateways::DescribeInternetGateways::DEF,
    &ops::DescribeKeyPairs::DEF,
    &acls::DescribeNetworkAcls::DEF,
    &places::DescribeRegions::DEF,
    &route_tables::DescribeRouteTables::DEF,
    &rule_ops::DescribeSecurityGroupRules::DEF,
    &groups::DescribeSecurityGroups::DEF,
    &subnets::DescribeSubnets::DEF,
    &tags::DescribeTags::DEF,
    &vpcs::DescribeVpcAttribute::DEF,
    &vpcs::DescribeVpcs::DEF,
    &gateways::DetachInternetGateway::DEF,
    &route_tables::DisassociateRouteTable::DEF,
    &ops::ImportKeyPair::DEF,
    &rule_ops::ModifySecurityGroupRules::DEF,
    &subnets::ModifySubnetAttribute::DEF,
    &vpcs::ModifyVpcAttribute::DEF,
    &acls::ReplaceNetworkAclAssociation::DEF,
    &acl_entries::ReplaceNetworkAclEntry::DEF,
    &routes::ReplaceRoute::DEF,
    &route_tables::ReplaceRouteTableAssociation::DEF,
    &revoke::RevokeSecurityGroupEgress::DEF,
    &revoke::RevokeSecurityGroupIngress::DEF,
];
