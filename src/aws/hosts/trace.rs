//! The way of a connection in words: what it goes through, and what stops it.

use std::net::Ipv4Addr;

use aws::ec2::guests::{self, Facts};
use aws::ec2::reach::{self, End, Packet, Payload};
use sim::World;
use sim::api::ApiError;

use crate::address::{self, FROM, Found, LEARNER, Port};

/// What became of a connection.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Traced {
    pub(crate) arrives: bool,
    pub(crate) through: Vec<String>,
    pub(crate) verdict: String,
    pub(crate) address: Option<String>,
    pub(crate) instance: Option<String>,
}

/// Follows a connection.
///
/// # Errors
/// `NoSuchHost` when an end of it is nowhere in this world.
pub(crate) fn trace(
    world: &World,
    from: Option<&str>,
    to: &str,
    port: u32,
) -> Result<Traced, ApiError> {
    let port = u16::try_from(port).unwrap_or_default();
    let from_inside = from.and_then(|name| instance(world, name));
    let source = from.map(|name| name.parse::<Ipv4Addr>().ok().or(guests::public_name(name)));
    let source = source.flatten().unwrap_or(LEARNER);
    if let (Some(name), None, Err(_)) =
        (from, &from_inside, from.unwrap_or_default().parse::<Ipv4Addr>())
    {
        return Err(nowhere(name));
    }
    let target = target(world, from_inside.as_ref(), to)?;
    let (end, facts) = match target {
        Ok(found) => found,
        Err(told) => return Ok(told),
    };
    let place = from_inside.as_ref().map_or(&facts.place, |own| &own.place);
    let start = from_inside
        .as_ref()
        .map_or(End::Address(source), |own| End::Interface(own.interface.clone()));
    let packet = Packet {
        from: start,
        to: End::Address(end),
        payload: Payload::Tcp(FROM, port),
        is_answer: false,
    };
    let instance = Some(facts.instance.clone());
    let address = Some(end.to_string());
    match reach::exchange_at(world, place, &packet) {
        Err(stop) => Ok(Traced {
            arrives: false,
            through: Vec::new(),
            verdict: stop.to_string(),
            address,
            instance,
        }),
        Ok(arrival) => {
            let verdict = match address::port(world, &facts.instance, port) {
                Port::Open => format!("something listens on port {port}"),
                Port::Refused => {
                    format!("nothing listens on port {port}, so the connection is refused")
                }
                Port::Silent => "its system has not started yet, so nothing answers".to_owned(),
            };
            Ok(Traced { arrives: true, through: arrival.through, verdict, address, instance })
        }
    }
}

fn nowhere(name: &str) -> ApiError {
    let message = format!("there is no instance {name}, by its id, its tag Name or an address");
    ApiError::new(404, "NoSuchHost", message)
}

/// An instance by its id, or by one of its addresses.
fn instance(world: &World, name: &str) -> Option<Facts> {
    if let Some(place) = guests::place_of(world, name) {
        return guests::facts(world, &place, name);
    }
    if let Some((place, id)) = guests::by_tag(world, name) {
        return guests::facts(world, &place, &id);
    }
    match address::outside(world, name) {
        Found::Instance(place, id, _) | Found::Private(place, id) => {
            guests::facts(world, &place, &id)
        }
        Found::Foreign | Found::Nobody(_) => None,
    }
}

/// The address that is dialled, and what has it; or what is said where nobody has it.
#[allow(clippy::type_complexity, reason = "said once")]
fn target(
    world: &World,
    from: Option<&Facts>,
    to: &str,
) -> Result<Result<(Ipv4Addr, Facts), Traced>, ApiError> {
    let told = |verdict: String, instance: Option<String>| Traced {
        verdict,
        instance,
        ..Traced::default()
    };
    let known = guests::place_of(world, to).is_some() || guests::by_tag(world, to).is_some();
    if known && instance(world, to).is_none() {
        let verdict = format!("{to} is terminated, and has no address any more");
        return Ok(Err(told(verdict, Some(to.to_owned()))));
    }
    if let Found::Nobody(address) = address::outside(world, to) {
        return Ok(Err(told(format!("no instance has {address} any more"), None)));
    }
    let facts = instance(world, to).ok_or_else(|| nowhere(to))?;
    let within = from.is_some_and(|from| from.vpc == facts.vpc);
    let given = to.parse::<Ipv4Addr>().ok();
    let address = match (given, &facts.public) {
        (Some(address), _) => address,
        _ if within => facts.address,
        (None, Some((address, _))) => *address,
        (None, None) => {
            let verdict = format!(
                "{} has no public address ({}), so nothing outside of its VPC gets to it",
                facts.instance, facts.state
            );
            return Ok(Err(told(verdict, Some(facts.instance))));
        }
    };
    Ok(Ok((address, facts)))
}
