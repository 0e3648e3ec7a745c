//! What the listeners of load balancers' own names ask of the world: a service of the lab's own.
//!
//! A request that comes to a balancer is an entry of the journal ([`Arrive`](arrive::Arrive)): the world
//! chooses, counts, and answers where a simulated target does. Where something real stands behind the
//! target, the listener carries the bytes, and tells what became of it ([`Depart`](depart::Depart)).

pub mod answer;
pub mod arrive;
pub mod certificates;
pub mod depart;
mod headers;
pub mod outside;

use sim::api::{OpDef, Protocol, Service};

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "elb-front",
    title: "Load balancers of the lab, from the outside",
    protocol: Protocol::Lab,
    signing_name: "elb-front",
    api_version: "",
    xml_namespace: "",
    operations: ALL,
    refused: &[],
};

static ALL: &[&OpDef] = &[
    &arrive::Arrive::DEF,
    &certificates::Presented::DEF,
    &depart::Depart::DEF,
    &outside::Listening::DEF,
    &outside::Probed::DEF,
    &outside::Wanted::DEF,
];

sim::structure! {
    /// A header of HTTP.
    pub struct Field {
        /// Its name.
        pub name: String => "name",
        /// Its value.
        pub value: String => "value",
    }
}

impl Field {
    /// A header.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}
