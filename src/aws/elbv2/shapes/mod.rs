//! The structures of the API.

pub mod balancer;
pub mod group;
pub mod rule;
pub mod tag;
