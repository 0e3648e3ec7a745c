//! Security Token Service: who am I, and temporary credentials.
//!
//! Follows the STS API reference, version 2011-06-15. Deliberately absent: web identities and SAML,
//! since the world has no identity providers, and session tags.

pub mod ops;
mod state;

#[cfg(test)]
mod tests;

use crate::api::{Protocol, Service};
pub use state::State;

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "sts",
    title: "AWS Security Token Service",
    protocol: Protocol::Query,
    signing_name: "sts",
    api_version: "2011-06-15",
    xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    operations: ops::ALL,
};
