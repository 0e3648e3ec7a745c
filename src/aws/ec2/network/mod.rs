//! Operations over networks: VPCs, subnets, routes, gateways, security groups, network ACLs.

pub mod acl_entries;
pub mod acls;
pub mod addresses;
pub mod authorize;
pub mod gateways;
pub mod groups;
pub mod nat_gateways;
pub mod own_interfaces;
pub mod revoke;
pub mod route_tables;
pub mod routes;
pub mod rule_ops;
pub mod rules;
pub mod single;
pub mod subnets;
pub mod vpcs;
