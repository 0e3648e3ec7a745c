//! The AWS endpoint: one listener on loopback for every simulated service.
//!
//! [`serve`] binds, each connection is a task, each request is decoded, authenticated, asked of the
//! [`Gateway`] and encoded. Bodies stream in both directions, so memory stays bounded whatever they
//! weigh. There is no TLS here, and nothing but loopback is ever bound.

mod body;
mod document;
mod door;
mod handle;
mod reply;
mod route;
#[cfg(test)]
mod tests;
mod verify;

use std::sync::Arc;

use super::listen;
use base::Time;
use gateway::Gateway;
use handle::Endpoint;

pub use super::listen::Server;
pub use super::wall_clock;

/// What `POST /_distlab/reset` does.
pub type Reset = Arc<dyn Fn() -> anyhow::Result<()> + Send + Sync>;

/// How to serve.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Takes any key for the account's root user, unverified. Without a key a request is anonymous.
    pub no_auth: bool,
    /// Lets `POST /_distlab/reset` begin anew.
    pub reset: Option<Reset>,
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
            port: 0,
            no_auth: false,
            reset: None,
            clock: wall_clock,
            stream_max: 5 << 30,
            document_max: 4 << 20,
            json_max: 70 << 20,
        }
    }
}

/// Starts to listen on 127.0.0.1.
///
/// # Errors
/// When the port is taken or not permitted.
pub async fn serve(gateway: Arc<dyn Gateway>, options: Options) -> anyhow::Result<Server> {
    let port = options.port;
    let endpoint = Arc::new(Endpoint::new(gateway, options));
    listen::serve(port, move |peer, request| door::answer(Arc::clone(&endpoint), peer, request))
        .await
}
