//! Identity and Access Management: users, groups, roles, policies and access keys.
//!
//! Follows the IAM API reference, version 2010-05-08. Deliberately absent: passwords and MFA devices
//! (nobody logs in to a console here), identity providers, certificates, and the recording of when
//! a key was last used (a request that only reads changes nothing in this world).

mod credentials;
mod managed;
pub mod ops;
pub(in crate::aws) mod rules;
pub mod shapes;
mod standing;
pub(in crate::aws) mod state;

#[cfg(test)]
mod tests;

use crate::api::{Protocol, Service};
pub use credentials::Credential;
pub use state::State;

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "iam",
    title: "AWS Identity and Access Management",
    protocol: Protocol::Query,
    signing_name: "iam",
    api_version: "2010-05-08",
    xml_namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    operations: ops::ALL,
};
