//! Every simulated system, in one list. A system is a folder and a line here.
//!
//! The kernel names no system and the families name no list; this room knows all of them, so that
//! doors, commands and sessions need to know none.

#[cfg(test)]
mod tests;

pub use aws::REGIONS;
pub use cloudformation::{
    knows_template, nested_template_urls, template_object, template_parameters, template_urls,
};
use sim::api::{OpDef, Service};
use sim::{Caller, Config, Part, Refused, System, World};

/// Some systems, as a world is made of them.
pub type Systems = &'static [&'static System];

/// Every system. Their order means nothing to a world's state. Of those that answer at one address the
/// first is asked first: containers before the hosts that they run on. The same holds of names: hosted
/// zones before the names that AWS gives.
pub static SYSTEMS: Systems = &[
    &route53::SYSTEM,
    &acm::SYSTEM,
    &autoscaling::SYSTEM,
    &aws::delivery::SYSTEM,
    &aws::dynamodb::SYSTEM,
    &aws::ec2::SYSTEM,
    &aws::ecr::SYSTEM,
    &ecs::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::cloudwatch::SYSTEM,
    &cloudformation::SYSTEM,
    &aws::iam::SYSTEM,
    &aws::logs::SYSTEM,
    &aws::ssm::SYSTEM,
    &aws::sts::SYSTEM,
    &elbv2::SYSTEM,
    &cloudfront::SYSTEM,
    &hadoop::hdfs::SYSTEM,
    &hosts::SYSTEM,
    &machines::SYSTEM,
    &registry::SYSTEM,
];

/// A fresh world with every system, in which everything exists that its shape lists.
///
/// # Errors
/// The first of these things that is refused.
pub fn world(config: Config) -> Result<World, Refused> {
    world_of(SYSTEMS, config)
}

/// A fresh world with these systems instead.
///
/// # Errors
/// As [`world`].
pub fn world_of(systems: Systems, config: Config) -> Result<World, Refused> {
    let mut world = empty_of(systems, config);
    world.begin()?;
    Ok(world)
}

/// A fresh world with every system, in which nothing exists yet, whatever its shape lists.
#[must_use]
pub fn empty(config: Config) -> World {
    empty_of(SYSTEMS, config)
}

fn empty_of(systems: Systems, config: Config) -> World {
    World::new(systems, config).authorized_by(aws::authorize_operation)
}

/// The parts of a world's shape that systems read, by name.
#[must_use]
pub fn parts() -> Vec<Part> {
    let mut parts: Vec<Part> = SYSTEMS.iter().filter_map(|system| system.part).collect();
    parts.sort_by_key(|part| part.name);
    parts
}

/// Every service of every system.
pub fn services() -> impl Iterator<Item = &'static Service> {
    SYSTEMS.iter().flat_map(|system| system.services).copied()
}

/// Whether it is to be recorded that the caller asks for something now: of what signs requests it is
/// known when it was last used.
#[must_use]
pub fn use_counts(world: &World, caller: &Caller) -> bool {
    aws::iam::last_use::counts(world, caller, world.now())
}

/// Records that the caller asked a service for something.
pub fn record_use(world: &mut World, caller: &Caller, name: &str) {
    let Some(service) = service(name) else { return };
    let at = world.now();
    aws::iam::last_use::record(world, caller, at, service.signing_name);
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
