//! Every operation, in alphabetical order.

use super::images::copy;
use super::images::machine_images;
use super::images::make;
use super::images::permissions;
use super::images::places;
use super::images::types;
use super::instances::attributes;
use super::instances::console_output;
use super::instances::describe;
use super::instances::interfaces;
use super::instances::metadata;
use super::instances::power;
use super::instances::run;
use super::instances::status;
use super::keys::ops;
use super::network::acl_entries;
use super::network::acls;
use super::network::addresses;
use super::network::authorize;
use super::network::gateways;
use super::network::groups;
use super::network::nat_gateways;
use super::network::own_interfaces;
use super::network::revoke;
use super::network::route_tables;
use super::network::routes;
use super::network::rule_ops;
use super::network::subnets;
use super::network::vpcs;
use super::storage::attachments;
use super::storage::snapshots;
use super::storage::volume_ops;
use super::tags;
use super::templates::{create, describe as templates, from_instance, modify};
use sim::api::OpDef;

/// Of the service EC2.
pub static ALL: &[&OpDef] = &[
    &addresses::AllocateAddress::DEF,
    &addresses::AssociateAddress::DEF,
    &route_tables::AssociateRouteTable::DEF,
    &gateways::AttachInternetGateway::DEF,
    &own_interfaces::AttachNetworkInterface::DEF,
    &attachments::AttachVolume::DEF,
    &authorize::AuthorizeSecurityGroupEgress::DEF,
    &authorize::AuthorizeSecurityGroupIngress::DEF,
    &copy::CopyImage::DEF,
    &subnets::CreateDefaultSubnet::DEF,
    &vpcs::CreateDefaultVpc::DEF,
    &make::CreateImage::DEF,
    &gateways::CreateInternetGateway::DEF,
    &ops::CreateKeyPair::DEF,
    &create::CreateLaunchTemplate::DEF,
    &create::CreateLaunchTemplateVersion::DEF,
    &nat_gateways::CreateNatGateway::DEF,
    &acls::CreateNetworkAcl::DEF,
    &acl_entries::CreateNetworkAclEntry::DEF,
    &own_interfaces::CreateNetworkInterface::DEF,
    &routes::CreateRoute::DEF,
    &route_tables::CreateRouteTable::DEF,
    &groups::CreateSecurityGroup::DEF,
    &snapshots::CreateSnapshot::DEF,
    &subnets::CreateSubnet::DEF,
    &tags::CreateTags::DEF,
    &volume_ops::CreateVolume::DEF,
    &vpcs::CreateVpc::DEF,
    &gateways::DeleteInternetGateway::DEF,
    &ops::DeleteKeyPair::DEF,
    &modify::DeleteLaunchTemplate::DEF,
    &modify::DeleteLaunchTemplateVersions::DEF,
    &nat_gateways::DeleteNatGateway::DEF,
    &acls::DeleteNetworkAcl::DEF,
    &acl_entries::DeleteNetworkAclEntry::DEF,
    &own_interfaces::DeleteNetworkInterface::DEF,
    &routes::DeleteRoute::DEF,
    &route_tables::DeleteRouteTable::DEF,
    &groups::DeleteSecurityGroup::DEF,
    &snapshots::DeleteSnapshot::DEF,
    &subnets::DeleteSubnet::DEF,
    &tags::DeleteTags::DEF,
    &volume_ops::DeleteVolume::DEF,
    &vpcs::DeleteVpc::DEF,
    &copy::DeregisterImage::DEF,
    &places::DescribeAccountAttributes::DEF,
    &addresses::DescribeAddresses::DEF,
    &places::DescribeAvailabilityZones::DEF,
    &vpcs::DescribeDhcpOptions::DEF,
    &permissions::DescribeImageAttribute::DEF,
    &machine_images::DescribeImages::DEF,
    &attributes::DescribeInstanceAttribute::DEF,
    &status::DescribeInstanceStatus::DEF,
    &types::DescribeInstanceTypeOfferings::DEF,
    &types::DescribeInstanceTypes::DEF,
    &describe::DescribeInstances::DEF,
    &gateways::DescribeInternetGateways::DEF,
    &ops::DescribeKeyPairs::DEF,
    &templates::DescribeLaunchTemplateVersions::DEF,
    &templates::DescribeLaunchTemplates::DEF,
    &nat_gateways::DescribeNatGateways::DEF,
    &acls::DescribeNetworkAcls::DEF,
    &interfaces::DescribeNetworkInterfaces::DEF,
    &places::DescribeRegions::DEF,
    &route_tables::DescribeRouteTables::DEF,
    &rule_ops::DescribeSecurityGroupRules::DEF,
    &groups::DescribeSecurityGroups::DEF,
    &snapshots::DescribeSnapshots::DEF,
    &subnets::DescribeSubnets::DEF,
    &tags::DescribeTags::DEF,
    &volume_ops::DescribeVolumes::DEF,
    &vpcs::DescribeVpcAttribute::DEF,
    &vpcs::DescribeVpcs::DEF,
    &gateways::DetachInternetGateway::DEF,
    &own_interfaces::DetachNetworkInterface::DEF,
    &attachments::DetachVolume::DEF,
    &addresses::DisassociateAddress::DEF,
    &route_tables::DisassociateRouteTable::DEF,
    &console_output::GetConsoleOutput::DEF,
    &from_instance::GetLaunchTemplateData::DEF,
    &ops::ImportKeyPair::DEF,
    &permissions::ModifyImageAttribute::DEF,
    &attributes::ModifyInstanceAttribute::DEF,
    &metadata::ModifyInstanceMetadataOptions::DEF,
    &modify::ModifyLaunchTemplate::DEF,
    &own_interfaces::ModifyNetworkInterfaceAttribute::DEF,
    &rule_ops::ModifySecurityGroupRules::DEF,
    &subnets::ModifySubnetAttribute::DEF,
    &vpcs::ModifyVpcAttribute::DEF,
    &power::RebootInstances::DEF,
    &make::RegisterImage::DEF,
    &addresses::ReleaseAddress::DEF,
    &acls::ReplaceNetworkAclAssociation::DEF,
    &acl_entries::ReplaceNetworkAclEntry::DEF,
    &routes::ReplaceRoute::DEF,
    &route_tables::ReplaceRouteTableAssociation::DEF,
    &permissions::ResetImageAttribute::DEF,
    &revoke::RevokeSecurityGroupEgress::DEF,
    &revoke::RevokeSecurityGroupIngress::DEF,
    &run::RunInstances::DEF,
    &power::StartInstances::DEF,
    &power::StopInstances::DEF,
    &power::TerminateInstances::DEF,
];
