//! What a host asks of its network, and what it answers there.

mod metadata;
mod names;
mod profile;
pub(crate) mod signal;
mod tree;

use std::net::Ipv4Addr;
use std::time::Duration;

use aws::ec2::guests::{self, Facts};
use aws::ec2::reach::{self, End, Packet, Payload};
use host::{Answer, Ask, Failure, Http};
use sim::World;
use sim::traffic::{self, Endpoint, HttpRequest, HttpResponse, Question};

use crate::address::{self, FROM, Port};
use crate::state::State;

/// The address of every instance's metadata service.
pub(crate) const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// There and back within an availability zone: of the order that one sees there.
const NEAR: Duration = Duration::from_micros(450);
/// From a machine to its own hypervisor.
const OWN: Duration = Duration::from_micros(300);

/// Where a host's connection comes to.
enum Target {
    Metadata,
    /// The host itself.
    Own,
    /// Something in a network of the account.
    There(Endpoint),
}

/// Answers what a host asks; nothing when somebody else is to do it later.
pub(crate) fn answer(world: &mut World, id: &str, ask: &Ask) -> Option<Answer> {
    let place = world.get::<State>().guests.get(id)?.place.clone();
    let facts = guests::facts(world, &place, id)?;
    let done = match ask {
        Ask::Resolve(name) => resolve(world, &facts, name).map(|all| {
            Answer::Addresses(all.into_iter().map(|address| address.to_string()).collect())
        }),
        Ask::Names { name, kind } => {
            names::told(world, &facts, name, kind).map(Answer::Names).ok_or(Failure::Silent)
        }
        Ask::Http(request) => http(world, &facts, request),
        Ask::Ping { target, .. } => ping(world, &facts, target),
        Ask::Connect { host, port } => connect(world, &facts, host, *port),
        Ask::Program { args, .. } if is(args, signal::PROGRAM) => {
            return Some(signal::run(world, &facts, args));
        }
        Ask::Program { .. } => Err(Failure::NoProgram),
    };
    Some(done.unwrap_or_else(Answer::Failed))
}

/// Whether a program is called, by its name or by its path.
fn is(args: &[String], program: &str) -> bool {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    args.first().is_some_and(|called| name(called) == name(program))
}

/// The addresses of a name, as the VPC's name server says them.
fn resolve(world: &World, facts: &Facts, name: &str) -> Result<Vec<Ipv4Addr>, Failure> {
    if let Ok(address) = name.parse() {
        return Ok(vec![address]);
    }
    let lower = name.trim_end_matches('.').to_ascii_lowercase();
    let short = facts.name.split('.').next().unwrap_or_default();
    match lower.as_str() {
        "localhost" | "localhost.localdomain" => return Ok(vec![Ipv4Addr::LOCALHOST]),
        "instance-data" | "instance-data.ec2.internal" => return Ok(vec![METADATA]),
        own if own == facts.name || own == short => return Ok(vec![facts.address]),
        _ => {}
    }
    let reply = names::ask(world, facts, &lower, "A").ok_or(Failure::UnknownHost)?;
    let found: Vec<Ipv4Addr> = reply.values("A").filter_map(|text| text.parse().ok()).collect();
    if found.is_empty() { Err(Failure::UnknownHost) } else { Ok(found) }
}

/// Where a connection to a name comes to, and the address that was dialled.
fn dial(
    world: &World,
    facts: &Facts,
    name: &str,
    payload: Payload,
    port: u16,
) -> Result<(Target, Ipv4Addr), Failure> {
    let address = *resolve(world, facts, name)?.first().ok_or(Failure::UnknownHost)?;
    if address == METADATA {
        return Ok((Target::Metadata, address));
    }
    if address.is_loopback() || address.is_unspecified() || address == facts.address {
        return Ok((Target::Own, address));
    }
    let from = End::Interface(facts.interface.clone());
    let packet = Packet { from, to: End::Address(address), payload, is_answer: false };
    let arrival = reach::exchange_at(world, &facts.place, &packet).map_err(|_| Failure::Silent)?;
    let endpoint = |network: String, region: &str, address| {
        Target::There(Endpoint { region: region.to_owned(), network, address, port })
    };
    if let Some(interface) = arrival.interface {
        let (network, own) = guests::interface_address(world, &interface).ok_or(Failure::Silent)?;
        return Ok((endpoint(network, &facts.place.region, own), address));
    }
    // It has left for the outside; somebody there may be an instance of another region.
    let (place, other) = guests::by_public(world, address).ok_or(Failure::Silent)?;
    let port_of = match payload {
        Payload::Tcp(_, port) | Payload::Udp(_, port) => port,
        Payload::Icmp(..) => 0,
    };
    address::from_outside(world, &place, address, arrival.source, port_of)
        .map_err(|_| Failure::Silent)?;
    let other = guests::facts(world, &place, &other).ok_or(Failure::Silent)?;
    Ok((endpoint(other.vpc, &place.region, other.address), address))
}

fn http(world: &mut World, facts: &Facts, request: &Http) -> Result<Answer, Failure> {
    let payload = Payload::Tcp(FROM, request.port);
    let (target, address) = dial(world, facts, &request.host, payload, request.port)?;
    let asked = HttpRequest {
        method: request.method.clone(),
        target: request.path.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
    };
    let told = match target {
        Target::Metadata if request.port == 80 => metadata::answer(world, facts, &asked),
        Target::Metadata => return Err(Failure::Refused),
        Target::Own => {
            let endpoint = Endpoint {
                region: facts.place.region.clone(),
                network: facts.vpc.clone(),
                address: facts.address,
                port: request.port,
            };
            spoken(world.call_at(&endpoint, &Question::Http(asked)))?
        }
        Target::There(endpoint) => spoken(world.call_at(&endpoint, &Question::Http(asked)))?,
    };
    Ok(Answer::Http {
        status: told.status,
        reason: reason(told.status).to_owned(),
        headers: told.headers,
        body: told.body,
        address: address.to_string(),
        took: told.took,
    })
}

fn spoken(answer: traffic::Answer) -> Result<HttpResponse, Failure> {
    match answer {
        traffic::Answer::Http(response) => Ok(response),
        traffic::Answer::Refused => Err(Failure::Refused),
        traffic::Answer::Connected | traffic::Answer::Silent | traffic::Answer::Real(_) => {
            Err(Failure::Silent)
        }
    }
}

fn connect(world: &mut World, facts: &Facts, host: &str, port: u16) -> Result<Answer, Failure> {
    let (target, address) = dial(world, facts, host, Payload::Tcp(FROM, port), port)?;
    let endpoint = match target {
        Target::Metadata if port == 80 => {
            return Ok(Answer::Connected { address: address.to_string() });
        }
        Target::Metadata => return Err(Failure::Refused),
        Target::Own => Endpoint {
            region: facts.place.region.clone(),
            network: facts.vpc.clone(),
            address: facts.address,
            port,
        },
        Target::There(endpoint) => endpoint,
    };
    match world.call_at(&endpoint, &Question::Connect) {
        traffic::Answer::Connected | traffic::Answer::Http(_) => {
            Ok(Answer::Connected { address: address.to_string() })
        }
        traffic::Answer::Refused => Err(Failure::Refused),
        traffic::Answer::Silent | traffic::Answer::Real(_) => Err(Failure::Silent),
    }
}

fn ping(world: &World, facts: &Facts, target: &str) -> Result<Answer, Failure> {
    const ECHO: u8 = 8;
    const TTL: u8 = 127;
    const TTL_OWN: u8 = 64;
    let (there, address) = dial(world, facts, target, Payload::Icmp(ECHO, 0), 0)?;
    let (ttl, took) = match there {
        Target::There(_) => (TTL, NEAR),
        Target::Own | Target::Metadata => (TTL_OWN, OWN / 10),
    };
    Ok(Answer::Echo { address: address.to_string(), ttl, took })
}

/// How the hosts behind instances answer at their addresses.
pub fn answering(
    world: &mut World,
    endpoint: &Endpoint,
    question: &Question,
) -> Option<traffic::Answer> {
    let (_, id) = guests::by_private(world, &endpoint.network, endpoint.address)?;
    tell(world, &id, endpoint.port, question)
}

/// What the host behind an instance answers at a port; nothing when there is none.
pub(crate) fn tell(
    world: &World,
    id: &str,
    port: u16,
    question: &Question,
) -> Option<traffic::Answer> {
    let guest = world.get::<State>().guests.get(id)?;
    Some(match (address::port(world, id, port), question) {
        (Port::Silent, _) => traffic::Answer::Silent,
        (Port::Refused, _) => traffic::Answer::Refused,
        (Port::Open, Question::Connect) => traffic::Answer::Connected,
        (Port::Open, Question::Http(request)) => {
            let host = guest.host.as_deref();
            host.and_then(|host| page(host, port, request)).map_or(
                // Whatever listens does not speak HTTP.
                traffic::Answer::Silent,
                traffic::Answer::Http,
            )
        }
    })
}

fn page(host: &host::Host, port: u16, request: &HttpRequest) -> Option<HttpResponse> {
    let page = host.get(port, &request.target)?;
    let (mut status, mut body) = (page.status, page.body);
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        status = 405;
        body = b"<html><head><title>405 Method Not Allowed</title></head></html>\n".to_vec();
    }
    let headers = vec![
        ("Date".to_owned(), host.now.http_date()),
        ("Server".to_owned(), page.server.to_owned()),
        ("Content-Length".to_owned(), body.len().to_string()),
        ("Content-Type".to_owned(), page.kind.to_owned()),
    ];
    if request.method == "HEAD" {
        body.clear();
    }
    Some(HttpResponse { status, headers, body, took: NEAR * 2 })
}

/// What stands behind a status (RFC 9110, 15).
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
