//! Load balancers under their own names: a listener on loopback for each listener that the world has.
//!
//! `http://NAME-123.REGION.elb.amazonaws.com/` leads here through the session's proxy, and
//! `http://NAME.localhost:PORT/` without it, for a browser that knows of no proxy. What becomes of a
//! request is the world's to say ([`elbv2::front`]); where something real stands behind a target, the
//! bytes are carried here.

mod real;
mod reply;
mod secure;
mod serve;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::door::{ConnectionInfo, Door, Opening, Port, Served, Server, Site, Stream, Transport};
use super::{aws, http};
use elbv2::front::outside::{Entrance, Listening, ListeningOutput};
use gateway::Gateway;
use sim::api::{Shaped as _, Value};
use sim::{Caller, Principal};

/// The name of the door.
pub const DOOR: &str = "elb";

/// Load balancers as a door. It is open while the AWS endpoint is and the world has listeners.
pub struct Balancers;

impl Door for Balancers {
    fn name(&self) -> &'static str {
        DOOR
    }

    fn title(&self) -> &'static str {
        "load balancer"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        if site.wishes.get::<aws::Options>().is_none() {
            return Vec::new();
        }
        let entrances = entrances(&*site.gateway);
        let opening = |entrance: &Entrance| Opening {
            name: name(entrance),
            host: "localhost",
            port: Port::Free,
        };
        entrances.iter().map(opening).collect()
    }

    fn server(&self, site: &Site, opening: &Opening) -> Option<Arc<dyn Server>> {
        let mut entrances = entrances(&*site.gateway).into_iter();
        let entrance = entrances.find(|entrance| name(entrance) == opening.name)?;
        let port = u16::try_from(entrance.port).ok()?;
        let Entrance { dns, name, .. } = entrance;
        Some(Arc::new(Endpoint { gateway: Arc::clone(&site.gateway), dns, name, port }))
    }
}

/// What the row of a listener is called: the balancer's name, with the port where that is not the usual
/// one.
fn name(entrance: &Entrance) -> String {
    if entrance.port == 80 {
        entrance.name.clone()
    } else {
        format!("{}:{}", entrance.name, entrance.port)
    }
}

/// The listeners of the world that can be reached from outside.
fn entrances(gateway: &dyn Gateway) -> Vec<Entrance> {
    let told = gateway.call(&outside(), &Listening::DEF, Value::Object(sim::api::Map::new()));
    let told = told.ok().and_then(|told| ListeningOutput::from_value(told).ok());
    told.map(|told| told.entrances).unwrap_or_default()
}

/// Whoever asks for the outside.
fn outside() -> Caller {
    Caller::from(Principal::Lab)
}

/// One listener.
struct Endpoint {
    gateway: Arc<dyn Gateway>,
    dns: String,
    /// Of the load balancer.
    name: String,
    port: u16,
}

impl Server for Endpoint {
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served {
        Box::pin(async move {
            let mut connection = connection;
            let entered = secure::enter(&self, stream, &mut connection).await;
            let Some((stream, spoken)) = entered else { return };
            let answer = move |request| serve::answer(Arc::clone(&self), spoken.clone(), request);
            http::serve(stream, connection.stopped, answer).await;
        })
    }

    fn url(&self, address: &str) -> String {
        let port = address.rsplit(':').next().unwrap_or_default();
        let own = |entrance: &Entrance| {
            entrance.dns == self.dns && entrance.port == i64::from(self.port) && entrance.secure
        };
        let scheme = if entrances(&*self.gateway).iter().any(own) { "https" } else { "http" };
        format!("{scheme}://{}.localhost:{port}", self.name.to_ascii_lowercase())
    }

    fn answers(&self, host: &str, port: u16) -> Option<Transport> {
        let host = host.trim_end_matches('.');
        let own = host.eq_ignore_ascii_case(&self.dns) && port == self.port;
        own.then_some(Transport::Plain)
    }

    fn keeps_host(&self) -> bool {
        true
    }
}
