//! Simple Storage Service: buckets, objects and their versions.
//!
//! Follows the S3 API reference, version 2006-03-01. Bodies are blobs outside of the world.

mod access;
mod acl;
mod checksum;
mod conditions;
mod copy;
mod draft;
mod errors;
mod keys;
mod listing;
mod names;
pub mod ops;
mod policies;
mod read;
mod state;
mod store;
pub mod view;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use crate::api::{Protocol, Service};
pub use state::State;

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "s3",
    title: "Amazon Simple Storage Service",
    protocol: Protocol::RestXml,
    signing_name: "s3",
    api_version: "2006-03-01",
    xml_namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
    operations: ops::ALL,
};
