//! Simple Storage Service: buckets, objects and their versions.
//!
//! Follows the S3 API reference, version 2006-03-01. Bodies are blobs outside of the world.

pub mod ops;
mod state;
pub mod view;

use crate::sim::api::{Protocol, Service};
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
