//! The way into simulated hosts: SSH, and the pages that their web servers serve.
//!
//! One listener has all of them. Who dials says in a first line which host is meant, since an address of
//! the simulation is none of this machine; the lab's own `ssh` does that ([`greeting`]). What is typed
//! there goes through the gateway, so it is in the journal, and a replay makes the same host.

mod channel;
mod editor;
mod handler;
mod pages;

use std::sync::Arc;
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::server::Config;
use russh::{MethodKind, MethodSet, SshId};
use tokio::io::AsyncReadExt as _;

use super::door::{ConnectionInfo, Door, Opening, Port, Served, Server, Site, Stream};
use gateway::Gateway;
use hosts::ops::find::{FindHost, FindHostOutput};
use sim::api::Shaped as _;
use sim::{Caller, Principal};

pub use pages::Pages;

/// The name of its row in the table.
pub const DOOR: &str = "ssh";

/// The port that SSH has.
pub const PORT: u16 = 22;

/// How long a client may take to say whom it wants.
const GREETING_PATIENCE: Duration = Duration::from_secs(10);
/// The longest greeting, in bytes.
const GREETING_MAX: usize = 300;
/// How sshd calls itself on Amazon Linux 2023.
const SERVER_ID: &str = "SSH-2.0-OpenSSH_8.7";
/// Tries to log in on one connection (`MaxAuthTries` of sshd).
const TRIES_MAX: usize = 6;

/// The first line that a client sends: everything behind it is SSH.
#[must_use]
pub fn greeting(host: &str, port: u16) -> String {
    format!("distlab-ssh {host} {port}\n")
}

/// How to serve. The way is open while the session has this wish.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options;

/// SSH as a door.
pub struct Ssh;

impl Door for Ssh {
    fn name(&self) -> &'static str {
        DOOR
    }

    fn title(&self) -> &'static str {
        "way into simulated hosts"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        let wish = site.wishes.get::<Options>();
        wish.map(|_| Opening { name: DOOR.into(), host: "127.0.0.1", port: Port::Free })
            .into_iter()
            .collect()
    }

    fn server(&self, site: &Site, _opening: &Opening) -> Option<Arc<dyn Server>> {
        site.wishes.get::<Options>()?;
        Some(Arc::new(Endpoint { gateway: Arc::clone(&site.gateway) }))
    }
}

/// What all connections share.
struct Endpoint {
    gateway: Arc<dyn Gateway>,
}

impl Server for Endpoint {
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served {
        Box::pin(serve(self, stream, connection))
    }

    fn url(&self, address: &str) -> String {
        format!("ssh://{address}")
    }
}

/// Asks what stands at an address.
pub(super) async fn find(gateway: &dyn Gateway, host: &str, port: u16) -> Option<FindHostOutput> {
    let input = FindHost { host: host.to_owned(), port: port.into() }.into_value();
    let answer = gateway.ask(Caller::from(Principal::Lab), &FindHost::DEF, input).await.ok()?;
    FindHostOutput::from_value(answer).ok()
}

async fn serve(endpoint: Arc<Endpoint>, mut stream: Stream, connection: ConnectionInfo) {
    let greeted = tokio::time::timeout(GREETING_PATIENCE, greeted(&mut stream)).await;
    let Ok(Some((host, port))) = greeted else { return };
    let Some(found) = find(endpoint.gateway.as_ref(), &host, port).await else { return };
    let (Some(instance), Some(key)) = (found.instance, found.host_key) else { return };
    let Some(config) = config(&key) else { return };
    let handler = handler::Handler::new(Arc::clone(&endpoint.gateway), instance);
    let mut stopped = connection.stopped;
    let serving = async {
        if let Ok(session) = russh::server::run_stream(Arc::new(config), stream, handler).await {
            // How it ended the client sees for itself.
            let _ = session.await;
        }
    };
    tokio::select! {
        () = serving => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
}

/// Whom a client wants. Its bytes are read one by one, since SSH begins behind the line.
async fn greeted(stream: &mut Stream) -> Option<(String, u16)> {
    let mut line = Vec::new();
    loop {
        let byte = stream.read_u8().await.ok()?;
        if byte == b'\n' {
            break;
        }
        line.push(byte);
        if line.len() > GREETING_MAX {
            return None;
        }
    }
    let text = String::from_utf8(line).ok()?;
    let (host, port) = text.strip_prefix("distlab-ssh ")?.split_once(' ')?;
    Some((host.to_owned(), port.parse().ok()?))
}

/// How one host serves.
fn config(secret: &[u8]) -> Option<Config> {
    let seed: [u8; 32] = secret.try_into().ok()?;
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
    Some(Config {
        server_id: SshId::Standard(SERVER_ID.into()),
        methods: MethodSet::from([MethodKind::PublicKey].as_slice()),
        // Nothing real stands behind these doors that could be guessed open.
        auth_rejection_time: Duration::from_millis(50),
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![key],
        max_auth_attempts: TRIES_MAX,
        inactivity_timeout: None,
        ..Config::default()
    })
}
