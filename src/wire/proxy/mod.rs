//! The session's HTTP proxy: simulated names are answered here, everything else goes where it went
//! before.
//!
//! The lab's shell is led through it by `http_proxy` and `https_proxy`. `CONNECT` and requests with a
//! whole URL (RFC 9110, 9112) are understood. A name of the simulated world is given to the server that
//! answers it, through TLS under a certificate of the profile's authority; any other name goes to the
//! learner's former proxy or to the network, and what is said there is not looked at. Whoever does not
//! know the token is refused, so no web page can use it.

mod former;
mod handle;
#[cfg(test)]
mod tests;
mod tunnel;

use std::sync::Arc;

use super::door::{ConnectionInfo, Door, Opening, Port, Served, Server, Site, Stream};
use super::sigv4::sha256_hex;
use super::tls::Authority;
use handle::Endpoint;

pub use former::Former;

/// How to serve. The proxy is open while the session has this wish.
#[derive(Clone)]
pub struct Options {
    /// The password of the user [`USER`].
    pub token: String,
    /// Signs for simulated names.
    pub authority: Arc<Authority>,
    /// Where everything else goes.
    pub former: Former,
}

/// The user that the proxy knows.
pub const USER: &str = "distlab";

/// The name of the proxy's row in the table.
pub const DOOR: &str = "proxy";

/// The proxy as a door.
pub struct Proxy;

impl Door for Proxy {
    fn name(&self) -> &'static str {
        DOOR
    }

    fn title(&self) -> &'static str {
        "proxy for simulated names"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        let wish = site.wishes.get::<Options>();
        wish.map(|_| Opening { name: DOOR.into(), host: "127.0.0.1", port: Port::Free })
            .into_iter()
            .collect()
    }

    fn server(&self, site: &Site, _opening: &Opening) -> Option<Arc<dyn Server>> {
        let options = site.wishes.get::<Options>()?.clone();
        let (gateway, servers) = (Arc::clone(&site.gateway), site.servers.clone());
        Some(Arc::new(Endpoint { options, servers, gateway }))
    }
}

impl Server for Endpoint {
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served {
        Box::pin(handle::serve(self, stream, connection))
    }

    fn url(&self, address: &str) -> String {
        format!("http://{USER}:{}@{address}", self.options.token)
    }
}

/// A token that nobody can guess: 128 bits of the system's randomness, in hexadecimal.
///
/// # Errors
/// When the system has none to give.
pub fn token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 16];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the system provides no random numbers"))?;
    let mut text = sha256_hex(&bytes);
    text.truncate(2 * bytes.len());
    Ok(text)
}
