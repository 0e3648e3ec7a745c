//! The registry's endpoint: the OCI distribution protocol (Docker Registry HTTP API V2) on loopback,
//! for any engine and any client.
//!
//! Blobs go straight to the blob store, a piece at a time; what a registry keeps of them, manifests
//! and tags are the world's. An upload under way lives here and nowhere else: it is lost when the
//! program ends, and its client begins anew. What was answered with 201 is in the journal.

mod access;
mod account;
mod blobs;
mod handle;
mod manifests;
mod reply;
mod route;
#[cfg(test)]
mod tests;
mod uploads;

use std::sync::Arc;

use super::door::{ConnectionInfo, Door, Opening, Port, Served, Server, Site, Stream, Transport};
use super::http;
use handle::{Endpoint, Keeper};

pub use access::{Access, Account};
pub(crate) use account::is_account_host;
pub use account::{ACCOUNT_DOOR, AccountRegistry};

/// How to serve. The registry is open while the session has this wish.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1.
    pub port: Port,
    /// Who may do what.
    pub access: Access,
}

/// The name of the registry's row in the table.
pub const DOOR: &str = "registry";

/// The registry as a door.
pub struct Registry;

impl Door for Registry {
    fn name(&self) -> &'static str {
        DOOR
    }

    fn title(&self) -> &'static str {
        "registry"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        // Engines take a registry for a local one, which needs no TLS, by this name.
        let wish = site.wishes.get::<Options>();
        wish.map(|o| Opening { name: DOOR.into(), host: "localhost", port: o.port })
            .into_iter()
            .collect()
    }

    fn server(&self, site: &Site, _opening: &Opening) -> Option<Arc<dyn Server>> {
        let access = site.wishes.get::<Options>()?.access.clone();
        Some(Arc::new(Endpoint::new(Arc::clone(&site.gateway), Keeper::Lab(access))))
    }
}

impl Server for Endpoint {
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served {
        let answer = move |request| handle::answer(Arc::clone(&self), request);
        Box::pin(http::serve(stream, connection.stopped, answer))
    }

    fn answers(&self, host: &str, port: u16) -> Option<Transport> {
        match &self.keeper {
            Keeper::Lab(_) => None,
            Keeper::Account => account::answers(host, port),
        }
    }

    fn forget(&self) {
        self.uploads.forget();
    }
}
