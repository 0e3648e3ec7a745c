//! A world of the account alone, for the tests of its services.

use sim::api::Service;
use sim::{Config, System, World};

static SYSTEMS: &[&System] = &[
    &crate::ec2::SYSTEM,
    &crate::ecr::SYSTEM,
    &crate::s3::SYSTEM,
    &crate::iam::SYSTEM,
    &crate::logs::SYSTEM,
    &crate::sts::SYSTEM,
    &registry::SYSTEM,
];

pub(crate) fn world(config: Config) -> World {
    World::new(SYSTEMS, config)
}

pub(crate) fn service(name: &str) -> Option<&'static Service> {
    SYSTEMS.iter().flat_map(|system| system.services).copied().find(|s| s.name == name)
}
