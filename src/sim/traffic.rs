//! What answers at an address of the simulated network.
//!
//! A system that stands behind addresses (a host, a task of a container service) says so in its entry,
//! with [`System::answering`](super::System::answering). Who asks (a load balancer's health check, another
//! host) need not know what stands there. Whether the packet gets that far is another question: routes,
//! ACLs and security groups answer that one first.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::World;

/// Where something may answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Endpoint {
    /// `us-east-1`
    pub region: String,
    /// The network that the address means something in: `vpc-0abc…`.
    pub network: String,
    pub address: Ipv4Addr,
    pub port: u16,
}

/// What is asked there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Question {
    /// Whether a TCP connection is taken.
    Connect,
    Http(HttpRequest),
}

/// A request of HTTP/1.1.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct HttpRequest {
    pub method: String,
    /// With the query, beginning with `/`.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What comes back.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// The connection is taken; nothing was asked.
    Connected,
    Http(HttpResponse),
    /// The machine is there, and nothing listens.
    Refused,
    /// Nothing comes back.
    Silent,
    /// What answers is not simulated: a published port of a container on the learner's engine. Only the
    /// session can go there, and what it sees is a fact from outside.
    Real(SocketAddr),
}

/// A response of HTTP/1.1.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct HttpResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How long it took, in lab time.
    pub took: Duration,
}

/// How a system answers at an endpoint; nothing when it is not its own.
pub type Answering = fn(&mut World, &Endpoint, &Question) -> Option<Answer>;

impl World {
    /// What answers there. Where no system has anything, no machine is there, and nothing comes
    /// back.
    pub fn call_at(&mut self, endpoint: &Endpoint, question: &Question) -> Answer {
        let systems = self.systems;
        let mut all = systems.iter().filter_map(|system| system.answering);
        all.find_map(|answering| answering(self, endpoint, question)).unwrap_or(Answer::Silent)
    }
}
