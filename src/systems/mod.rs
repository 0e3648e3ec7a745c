//! Every simulated system, in one list. A system is a folder and a line here.
//!
//! The kernel names no system and the families name no list; this room knows all of them, so that
//! doors, commands and sessions need to know none.

#[cfg(test)]
mod tests;

use sim::api::{OpDef, Service};
use sim::{Config, System, World};

/// Every system. Their order means nothing to a world.
pub static SYSTEMS: &[&System] = &[
    &aws::dynamodb::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::iam::SYSTEM,
    &aws::sts::SYSTEM,
    &hadoop::hdfs::SYSTEM,
    &registry::SYSTEM,
];

/// A fresh world with every system.
#[must_use]
pub fn world(config: Config) -> World {
    World::new(SYSTEMS, config).authorized_by(aws::authorize_operation)
}

/// Every service of every system.
pub fn services() -> impl Iterator<Item = &'static Service> {
    SYSTEMS.iter().flat_map(|system| system.services).copied()
}

/// The service of that name, if there is one.
#[must_use]
pub fn service(name: &str) -> Option<&'static Service> {
    services().find(|service| service.name == name)
}

/// The operation of that service and name, if there is one.
#[must_use]
pub fn operation(service: &str, name: &str) -> Option<&'static OpDef> {
    SYSTEMS.iter().find_map(|system| system.operation(service, name))
}
