//! How much of each an account may have in a region: the default quotas (Amazon VPC User Guide,
//! "Amazon VPC quotas"; EC2 User Guide, "Amazon EC2 endpoints and quotas").

/// Of VPCs.
pub(crate) const VPCS: usize = 5;
/// Of internet gateways, as many as of VPCs.
pub(crate) const INTERNET_GATEWAYS: usize = 5;
/// Of subnets in a VPC.
pub(crate) const SUBNETS_PER_VPC: usize = 200;
/// Of route tables in a VPC.
pub(crate) const ROUTE_TABLES_PER_VPC: usize = 200;
/// Of routes in a route table.
pub(crate) const ROUTES_PER_TABLE: usize = 500;
/// Of security groups.
pub(crate) const GROUPS: usize = 2500;
/// Of rules of a security group, each direction.
pub(crate) const RULES_PER_GROUP: usize = 60;
/// Of tags on a resource.
pub(crate) const TAGS_PER_RESOURCE: usize = 50;
/// Of elastic addresses.
pub(crate) const ADDRESSES: usize = 5;
/// Of key pairs.
pub(crate) const KEY_PAIRS: usize = 5000;
/// Of launch templates.
pub(crate) const LAUNCH_TEMPLATES: usize = 5000;
/// Of versions of a launch template.
pub(crate) const LAUNCH_TEMPLATE_VERSIONS: usize = 10_000;
/// Of security groups of a network interface.
pub(crate) const GROUPS_PER_INTERFACE: usize = 5;
