//! AWS Certificate Manager (API version 2015-12-08): certificates that were made elsewhere and imported.
//!
//! Source: the Certificate Manager API reference and user guide. A certificate is read (`x509`) and held
//! to its private key and its chain; whether an issuer's signature is right is not looked at. What serves
//! by a certificate says so ([`uses`]), and one that is in use stays. Deliberately absent, and refused by
//! name: certificates that AWS issues, with their validation and renewal, and exporting.

mod der;
mod faults;
pub mod key;
pub mod ops;
mod pem;
mod public;
mod shapes;
mod state;
#[cfg(test)]
mod tests;
mod x509;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, Never, System, World};
pub use state::{Certificate, State, find, uses};
pub use x509::names;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "acm",
    title: "AWS Certificate Manager",
    protocol: Protocol::Json { version: "1.1", target: "CertificateManager", errors: "" },
    signing_name: "acm",
    api_version: "2015-12-08",
    xml_namespace: "",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "acm";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}
