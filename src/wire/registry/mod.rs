//! The registry's endpoint: the OCI distribution protocol (Docker Registry HTTP API V2) on loopback,
//! for any engine and any client.
//!
//! Blobs go straight to the blob store, a piece at a time; what a registry keeps of them, manifests
//! and tags are the world's. An upload under way lives here and nowhere else: it is lost when the
//! program ends, and its client begins anew. What was answered with 201 is in the journal.

mod access;
mod blobs;
mod handle;
mod manifests;
mod reply;
mod route;
#[cfg(test)]
mod tests;
mod uploads;

use std::sync::Arc;

use super::listen;
use gateway::Gateway;
use handle::Endpoint;

pub use super::listen::Server;
pub use access::{Access, Account};

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Who may do what.
    pub access: Access,
}

/// Forgets every upload under way.
pub type Forget = Arc<dyn Fn() + Send + Sync>;

/// Starts to listen on 127.0.0.1. The second value forgets the uploads under way, for a world that
/// begins anew.
///
/// # Errors
/// When the port is taken or not permitted.
pub async fn serve(
    gateway: Arc<dyn Gateway>,
    options: Options,
) -> anyhow::Result<(Server, Forget)> {
    let endpoint = Arc::new(Endpoint::new(gateway, options.access));
    let known = Arc::clone(&endpoint);
    let answer = move |_, request| handle::answer(Arc::clone(&endpoint), request);
    let server = listen::serve(options.port, answer).await?;
    Ok((server, Arc::new(move || known.uploads.forget())))
}
