//! The AWS endpoint: one door for every simulated service, under its address on loopback and, through
//! the session's proxy, under the names that AWS has.
//!
//! Each request is decoded, authenticated, asked of the [`Gateway`](gateway::Gateway) and encoded.
//! Bodies stream in both directions, so memory stays bounded whatever they weigh.

mod body;
mod document;
mod door;
pub(crate) mod guard;
mod handle;
mod handles;
pub mod names;
mod reply;
mod route;
mod s3;
#[cfg(test)]
mod tests;
mod verify;

use std::sync::Arc;

use super::door::{ConnectionInfo, Door, Opening, Port, Served, Server, Site, Stream, Transport};
use super::http;
use base::Time;
use handle::Endpoint;

pub use super::wall_clock;
pub(crate) use route::is_loopback;

/// What `POST /_distlab/reset` does.
pub type Reset = Arc<dyn Fn() -> anyhow::Result<()> + Send + Sync>;

/// How to serve. The endpoint is open while the session has this wish.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1.
    pub port: Port,
    /// Takes any key for the account's root user, unverified. Without a key a request is anonymous.
    pub no_auth: bool,
    /// Lets `POST /_distlab/reset` begin anew.
    pub reset: Option<Reset>,
    /// What opens the endpoint's own actions where requests must be signed, beside a signature of root.
    pub token: Option<String>,
    /// The clock by which requests are dated (not the lab's).
    pub clock: fn() -> Time,
    /// The longest streamed body, in bytes.
    pub stream_max: u64,
    /// The longest document or form, in bytes.
    pub document_max: usize,
    /// The longest JSON document, in bytes: a function's code is sent as one.
    pub json_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: Port::Free,
            no_auth: false,
            reset: None,
            token: None,
            clock: wall_clock,
            stream_max: 5 << 30,
            document_max: 4 << 20,
            json_max: 70 << 20,
        }
    }
}

/// The name of the endpoint's row in the table.
pub const DOOR: &str = "aws";

/// The endpoint as a door.
pub struct Aws;

impl Door for Aws {
    fn name(&self) -> &'static str {
        DOOR
    }

    fn title(&self) -> &'static str {
        "AWS endpoint"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        let wish = site.wishes.get::<Options>();
        wish.map(|o| Opening { name: DOOR.into(), host: "127.0.0.1", port: o.port })
            .into_iter()
            .collect()
    }

    fn server(&self, site: &Site, _opening: &Opening) -> Option<Arc<dyn Server>> {
        let options = site.wishes.get::<Options>()?.clone();
        Some(Arc::new(Endpoint::new(Arc::clone(&site.gateway), options)))
    }
}

impl Server for Endpoint {
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served {
        let ConnectionInfo { peer, secure, stopped, .. } = connection;
        let answer = move |request| door::answer(Arc::clone(&self), peer, secure, request);
        Box::pin(http::serve(stream, stopped, answer))
    }

    fn answers(&self, host: &str, port: u16) -> Option<Transport> {
        let named = names::read(host)?;
        // An account's registry of images has a door of its own, and so have instances.
        let instance = ::aws::ec2::guests::public_name(host).is_some();
        if instance || crate::registry::is_account_host(host) {
            return None;
        }
        // A load balancer's name that no listener answers to.
        if named.service == "elb" {
            return Some(Transport::Refused);
        }
        // Whatever the port: a request with the lab's keys must not leave the machine.
        Some(match port {
            443 => Transport::Tls,
            80 => Transport::Plain,
            _ => Transport::Refused,
        })
    }
}
