//! A request comes to a load balancer.

use std::net::Ipv4Addr;
use std::time::Duration;

use aws::ec2::outage;
use aws::ec2::reach::{self, End, Packet, Payload};
use aws::place::Place;
use sim::api::{ApiError, Write};
use sim::traffic::{self, Endpoint, HttpRequest, Question};
use sim::{Cx, World};

use super::answer::{self, Answer};
use super::{Field, certificates, headers};
use crate::durations::CONNECT_PATIENCE;
use crate::entry::{CLIENT_PORT, Entry};
use crate::event::{Event, What};
use crate::flight::Flight;
use crate::health;
use crate::landing::land;
pub use crate::request::Spoken;
use crate::route::{self, Choice, Request, Verdict};
use crate::shapes::balancer::Scheme;
use crate::state::State;

/// The address that whoever comes from outside of the lab's networks seems to have: one of those that are
/// kept for documentation (RFC 5737).
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 25);

/// The longest request line, header, and head (User Guide, "HTTP header limits"), in bytes.
const LINE_MAX: usize = 16 << 10;
const HEADER_MAX: usize = 16 << 10;
const HEAD_MAX: usize = 64 << 10;
/// Addresses in X-Forwarded-For (User Guide, "HTTP 463").
const FORWARDED_MAX: usize = 30;

sim::string_enum! {
    /// What a listener does with a connection.
    pub enum Act {
        Answer = "answer", Forward = "forward", Silent = "silent", Refused = "refused",
    }
}

sim::operation! {
    /// Gives a request to a load balancer.
    write Arrive in "elb-front" = "";
    input {
        /// The DNS name of the load balancer.
        pub name: String => "name",
        /// The port of the listener.
        pub port: i64 => "port",
        /// `GET`
        pub method: String => "method",
        /// With the query.
        pub target: String => "target",
        /// All headers, in their order.
        pub headers: Vec<Field> => "headers",
        /// The body, where it is short enough to be given to the world.
        pub body: Option<Vec<u8>> => "body",
        /// Whether there is more of a body than can be given to the world.
        pub long: bool => "long",
        /// By which TLS it came, at a listener that speaks it.
        pub tls: Option<Spoken> => "tls",
        /// The network interface that asks, when it is not somebody outside.
        pub from: Option<String> => "from",
    }
    output ArriveOutput {
        /// What is to be done.
        pub act: Act => "act",
        /// The number of the request, while it has no answer.
        pub ticket: Option<u64> => "ticket",
        /// The status of the answer.
        pub status: i64 => "status",
        /// Headers of the answer; of a forwarded request those that are added to it.
        pub headers: Vec<Field> => "headers",
        /// The body of the answer.
        pub body: Vec<u8> => "body",
        /// How long it takes, in milliseconds of lab time.
        pub wait_ms: i64 => "waitMs",
        /// Where the request is to be sent.
        pub address: Option<String> => "address",
        /// The headers that are sent there.
        pub onward: Vec<Field> => "onward",
        /// How long an answer may take, in milliseconds.
        pub patience_ms: i64 => "patienceMs",
        /// The cookie of the application that sessions hang on, and the header that goes with it.
        pub session: Option<Field> => "session",
    }
    errors []
    access unsigned
}

/// A request at its load balancer.
struct Arrival<'a> {
    place: &'a Place,
    balancer: &'a str,
    /// The attributes of the listener that were set.
    attributes: &'a headers::Set,
    request: &'a Request,
    entry: Entry,
}

fn only(act: Act) -> ArriveOutput {
    ArriveOutput { act, ..ArriveOutput::default() }
}

impl Write for Arrive {
    type Output = ArriveOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let Some((place, arn)) = state.names.get(&self.name.to_ascii_lowercase()).cloned() else {
            return Ok(only(Act::Refused));
        };
        let region = state.region(&place);
        let Some(balancer) = region.balancers.get(&arn) else { return Ok(only(Act::Refused)) };
        let inside = self.from.is_some();
        if !balancer.active || (balancer.scheme == Scheme::Internal && !inside) {
            return Ok(only(Act::Silent));
        }
        let port = u16::try_from(self.port).unwrap_or(0);
        let listener = region.listeners_of(&arn).find(|l| l.port == port);
        // From inside, an internal balancer's name leads to private addresses. It never leads to a node
        // whose zone is out: the DNS of AWS finds that within a minute, here it is so at once.
        let private = balancer.scheme == Scheme::Internal;
        let nodes: Vec<Ipv4Addr> = balancer
            .zones
            .iter()
            .filter(|zone| !outage::is_dark(world, &place, &zone.name))
            .filter_map(|zone| if private { Some(zone.private) } else { zone.public })
            .collect();
        let turn = usize::try_from(state.arrivals).unwrap_or(0);
        let Some(node) = nodes.get(turn % nodes.len().max(1)) else {
            return Ok(only(Act::Silent));
        };
        let packet = Packet {
            from: self.from.map_or(End::Address(CLIENT), End::Interface),
            to: End::Address(*node),
            payload: Payload::Tcp(CLIENT_PORT, port),
            is_answer: false,
        };
        let Ok(arrived) = reach::exchange_at(world, &place, &packet) else {
            return Ok(only(Act::Silent));
        };
        let Some(listener) = listener else { return Ok(only(Act::Refused)) };
        let request = Request {
            method: self.method,
            target: self.target,
            headers: self.headers.into_iter().map(|field| (field.name, field.value)).collect(),
            client: arrived.source,
            port,
            at: cx.at,
            tls: self.tls,
        };
        if request.tls.is_some() != listener.secure.is_some() {
            // It was changed while the connection was made.
            return Ok(only(Act::Refused));
        }
        let certificate = certificates::chosen(world, &place, listener, &request);
        let decided = match wrong(&request) {
            Some(status) => Err(status),
            None => Ok(route::decide(listener, &request)),
        };
        let attributes = listener.attributes.clone();
        let (state, rng) = world.parts::<State>();
        state.arrivals += 1;
        let trace = headers::trace(&request, rng);
        if let Some(balancer) = state.region_mut(&place).balancers.get_mut(&arn) {
            balancer.requests += 1;
        }
        let received = self.body.as_ref().map_or(0, Vec::len);
        let entry = Entry::of(&request, &self.name, trace, received, certificate);
        let arrival = Arrival {
            place: &place,
            balancer: &arn,
            attributes: &attributes,
            request: &request,
            entry,
        };
        Ok(arrival.serve(world, decided, self.body.unwrap_or_default(), self.long))
    }
}

/// The status of a request that a load balancer takes no part in.
fn wrong(request: &Request) -> Option<u16> {
    let line = request.method.len() + request.target.len() + "  HTTP/1.1".len();
    let sizes = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4);
    let head: usize = line + sizes.clone().sum::<usize>();
    if line > LINE_MAX {
        return Some(414);
    }
    let hosts = request.all("host").count();
    if hosts != 1 || sizes.max().unwrap_or(0) > HEADER_MAX || head > HEAD_MAX {
        return Some(400);
    }
    if request.method == "TRACE" {
        return Some(405);
    }
    let forwarded = request.all("x-forwarded-for").flat_map(|value| value.split(',')).count();
    (forwarded > FORWARDED_MAX).then_some(463)
}

impl Arrival<'_> {
    /// Does what was decided, or answers with the status of what is wrong.
    fn serve(
        mut self,
        world: &mut World,
        decided: Result<(i64, Verdict), u16>,
        body: Vec<u8>,
        long: bool,
    ) -> ArriveOutput {
        let at = self.request.at;
        let (priority, verdict) = match decided {
            Ok(decided) => decided,
            Err(status) => return self.answered(world, answer::page(status, at)),
        };
        self.entry.priority = priority;
        match verdict {
            Verdict::Redirect { status, location } => {
                self.entry.action = "redirect";
                self.entry.redirect = Some(location.clone());
                self.answered(world, answer::redirect(status, &location, at))
            }
            Verdict::Fixed(config) => {
                self.entry.action = "fixed-response";
                self.answered(world, answer::fixed(&config, at))
            }
            Verdict::Forward { groups, sticky_s } => {
                self.entry.action = "forward";
                let choice = route::choose(world, self.place, self.request, &groups, sticky_s);
                match choice {
                    Some(choice) => self.forward(world, choice, body, long),
                    None => self.answered(world, answer::page(503, at)),
                }
            }
        }
    }

    /// The balancer's own answer, at once.
    fn answered(self, world: &mut World, answer: Answer) -> ArriveOutput {
        self.finished(world, answer, None, Duration::ZERO, false)
    }

    fn forward(
        mut self,
        world: &mut World,
        choice: Choice,
        body: Vec<u8>,
        long: bool,
    ) -> ArriveOutput {
        let at = self.request.at;
        self.entry.group = Some(choice.group.clone());
        let region = world.get::<State>().region(self.place);
        let (group, balancer) =
            (region.groups.get(&choice.group), region.balancers.get(self.balancer));
        let (Some(group), Some(balancer), Some(target)) = (group, balancer, &choice.target) else {
            return self.answered(world, answer::page(503, at));
        };
        let zone = group.targets.get(target).and_then(|target| target.zone.clone());
        let node = health::node(world, self.place, balancer, zone.as_deref())
            .map(|node| node.interface.clone());
        let idle = balancer.attribute("idle_timeout.timeout_seconds").parse().unwrap_or(60);
        let idle = Duration::from_secs(idle);
        let onward = headers::onward(balancer, self.request, &self.entry.trace);
        let network = group.vpc.clone();
        let address = health::address(world, self.place, group.by, target);
        let (Some(address), Some(node)) = (address, node) else {
            return self.answered(world, answer::page(503, at));
        };
        let port = target.port;
        self.entry.target = Some(format!("{address}:{port}"));
        let endpoint = Endpoint { region: self.place.region.clone(), network, address, port };
        let question = Question::Http(HttpRequest {
            method: self.request.method.clone(),
            target: self.request.target.clone(),
            headers: onward.iter().map(|f| (f.name.clone(), f.value.clone())).collect(),
            body,
        });
        match health::ask(world, self.place, &node, &endpoint, &question) {
            traffic::Answer::Http(_) if long => self.answered(world, answer::page(413, at)),
            traffic::Answer::Http(response) if response.took > idle => {
                self.finished(world, answer::page(504, at), Some(choice), idle, false)
            }
            traffic::Answer::Http(response) if !(200..600).contains(&response.status) => {
                self.finished(world, answer::page(502, at), Some(choice), response.took, false)
            }
            traffic::Answer::Http(response) => {
                self.entry.target_status = Some(response.status);
                let took = response.took;
                let answer = self.handed_on(world, &choice, response);
                self.finished(world, answer, Some(choice), took, false)
            }
            traffic::Answer::Silent => {
                self.finished(world, answer::page(504, at), Some(choice), CONNECT_PATIENCE, true)
            }
            traffic::Answer::Refused | traffic::Answer::Connected => {
                self.finished(world, answer::page(502, at), Some(choice), Duration::ZERO, true)
            }
            traffic::Answer::Real(address) => {
                let address = address.to_string();
                self.sent(world, choice, address, onward, idle)
            }
        }
    }

    /// A target's answer as the client gets it.
    fn handed_on(&self, world: &World, choice: &Choice, response: traffic::HttpResponse) -> Answer {
        let sets = choice.app_cookie.as_ref().is_some_and(|cookie| {
            response.headers.iter().any(|(name, value)| {
                name.eq_ignore_ascii_case("set-cookie")
                    && value.split('=').next().is_some_and(|own| own.trim() == cookie)
            })
        });
        let mut fields = headers::back(self.attributes, response.headers, response.body.len());
        fields.extend(choice.cookies.iter().map(|line| Field::new("Set-Cookie", line)));
        if let Some(target) = choice.target.as_ref().filter(|_| sets) {
            let seed = world.config().seed;
            let line = route::set_app_cookie(seed, self.request, &choice.group, target);
            fields.push(Field::new("Set-Cookie", line));
        }
        Answer { status: response.status, headers: fields, body: response.body }
    }

    /// Puts the request among those that have no answer yet.
    fn depart(self, world: &mut World, choice: Option<Choice>, broken: bool) -> u64 {
        let target = choice.and_then(|choice| Some((choice.group, choice.target?)));
        let state = world.get_mut::<State>();
        let ticket = state.arrivals;
        if let Some((group, key)) = &target {
            let groups = &mut state.region_mut(self.place).groups;
            if let Some(target) = groups.get_mut(group).and_then(|g| g.targets.get_mut(key)) {
                target.open += 1;
                target.requests += 1;
            }
        }
        let (place, balancer) = (self.place.clone(), self.balancer.to_owned());
        let flight = Flight { place, balancer, target, entry: self.entry, broken };
        state.flights.insert(ticket, flight);
        ticket
    }

    /// Ends with this answer after so long.
    fn finished(
        mut self,
        world: &mut World,
        mut answer: Answer,
        choice: Option<Choice>,
        took: Duration,
        broken: bool,
    ) -> ArriveOutput {
        headers::finish(self.attributes, &mut answer.headers);
        let head = answer.headers.iter().map(|field| field.name.len() + field.value.len() + 4);
        self.entry.close(answer.status, head.sum(), answer.body.len());
        if choice.is_some() {
            self.entry.target_ms = i64::try_from(took.as_millis()).ok();
        }
        let place = self.place.clone();
        let at = self.request.at;
        let ticket = self.depart(world, choice, broken);
        if took.is_zero() {
            land(world, ticket);
        } else {
            Event { place, what: What::Answered { ticket } }.at(world, at.plus(took));
        }
        ArriveOutput {
            act: Act::Answer,
            ticket: Some(ticket).filter(|_| !took.is_zero()),
            status: i64::from(answer.status),
            headers: answer.headers,
            body: answer.body,
            wait_ms: i64::try_from(took.as_millis()).unwrap_or(0),
            ..ArriveOutput::default()
        }
    }

    /// Is sent to something real.
    fn sent(
        self,
        world: &mut World,
        choice: Choice,
        address: String,
        onward: Vec<Field>,
        idle: Duration,
    ) -> ArriveOutput {
        let mut added: Vec<Field> =
            choice.cookies.iter().map(|line| Field::new("Set-Cookie", line)).collect();
        headers::finish(self.attributes, &mut added);
        let seed = world.config().seed;
        let session =
            choice.app_cookie.as_ref().zip(choice.target.as_ref()).map(|(name, target)| {
                let line = route::set_app_cookie(seed, self.request, &choice.group, target);
                Field::new(name, line)
            });
        let ticket = self.depart(world, Some(choice), false);
        ArriveOutput {
            act: Act::Forward,
            ticket: Some(ticket),
            headers: added,
            address: Some(address),
            onward,
            patience_ms: i64::try_from(idle.as_millis()).unwrap_or(i64::MAX),
            session,
            ..ArriveOutput::default()
        }
    }
}
